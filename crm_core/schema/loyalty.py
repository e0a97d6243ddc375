"""The loyalty programme: its rules, its members, the ledger of their points, and whom members recommend the house to."""
import sqlalchemy as sa

from crm_core.schema.columns import day, instant, key, origin, personal, revision, table, text, to, version, whole

programme = table(
    "programme", "One row per loyalty programme; its rules are in programme_rules.",
    key(), text("code", unique=True), text("name"), text("currency"), version(), revision(), scope="shared")

# The rules in force on a day are those of the highest number among the versions that have begun; none: the source's own word counts.
programme_rules = table(
    "programme_rules", "One row per version of the rules of a programme, in force from a day on; never changed.",
    key(), to("programme", index=True), whole("number"), day("from_on", nullable=False), text("rules"), text("note", server_default=""),
    text("actor"), instant("at"), revision(), sa.UniqueConstraint("programme_id", "number"), scope="programme")

programme_cost = table(
    "programme_cost", "One row per programme, property, month and kind of cost that is charged to the programme.",
    key(), to("programme"), to("property"), day("month_on", nullable=False), text("kind"), whole("amount_minor"), text("currency"), text("actor"),
    instant("at"), version(), sa.UniqueConstraint("programme_id", "property_id", "month_on", "kind"), scope="property")

membership = table(
    "membership", "One row per membership in a loyalty programme.",
    key(), to("profile", nullable=True, index=True), *origin(), personal("number"), text("tier", server_default=""),
    text("status", server_default="active"), day("enrolled_on"), text("enrolled_via", server_default=""), day("expires_on"),
    whole("points", None), revision(), to("programme", nullable=True), day("closed_on"), version(),
    sa.UniqueConstraint("source", "external_id"), scope="profile")

# A row is both sides of a booking: `points` for the member, and as many with the other sign for `counter`, the programme's account.
points_entry = table(
    "points_entry", "One row per movement of points between a membership and an account of the programme; never changed, only reversed.",
    key(), to("membership", index=True), to("stay", nullable=True), *origin(), day("posted_on", nullable=False), text("kind"),
    whole("points"), whole("amount_minor", None), text("currency", nullable=True), text("reference", nullable=True), revision(),
    text("counter", server_default=""), to("points_entry", nullable=True, name="reverses_id", index=True), day("lot_on"), day("expires_on"),
    text("spend", server_default=""), personal("reason"), text("actor", server_default=""),
    sa.UniqueConstraint("source", "external_id"), scope="membership")

tier_override = table(
    "tier_override", "One row per tier that staff gave a member by hand, until a day or until somebody ended it.",
    key(), to("membership", index=True), text("tier"), personal("reason"), day("from_on", nullable=False), day("until_on", nullable=False),
    text("actor"), instant("at"), day("ended_on"), text("ended_by", nullable=True), version(), revision(), scope="membership")

referral_code = table(
    "referral_code", "One row per code by which a member recommends the house.",
    key(), to("membership", index=True), text("code", unique=True), day("issued_on", nullable=False), day("ended_on"), text("actor"), version(),
    revision(), scope="membership")

referral = table(
    "referral", "One row per person whom a member invited.",
    key(), to("referral_code", index=True), to("profile", nullable=True, index=True), *origin(), day("invited_on", nullable=False),
    text("channel", server_default=""), revision(), sa.UniqueConstraint("source", "external_id"), scope="referral_code")
