"""Campaigns with their plans, what was sent to whom and what became of it, journeys, and the offers that a message can make."""
import sqlalchemy as sa

from crm_core.schema.columns import day, instant, key, once, origin, personal, revision, table, text, to, version, whole

campaign = table(
    "campaign", "One row per campaign: its plan, and the counts that the e-mail platform reports.",
    key(), *origin(), text("name"), text("channel", server_default="email"), text("purpose", server_default="marketing"),
    text("subject", nullable=True), instant("sent_at", nullable=True), whole("sent", None), whole("delivered", None),
    whole("bounces", None), whole("opens_reported", None), whole("opens_proxy", None), whole("clicks", None), whole("unsubscribes", None),
    whole("complaints", None), whole("conversions", None), whole("attributed_minor", None), whole("cost_minor", None),
    text("currency", nullable=True), revision(), once(), whole("discount_minor", None), whole("staff_minor", None), whole("budget_minor", None),
    text("offer", server_default=""), day("planned_on"), whole("window_days", 30),
    # The experiment: what is expected, measured by what, on how many people, read on which day. Fixed before the first message, never after.
    text("hypothesis", server_default=""), text("primary_kpi", server_default="booked"), whole("planned_people", None), whole("holdout_bp", None),
    day("stop_on"), text("groups", server_default="[]"), instant("fixed_at", nullable=True),
    to("audience", nullable=True, index=True), to("journey", nullable=True, index=True), text("properties", server_default="[]"),
    text("owner", server_default=""), instant("archived_at", nullable=True), version(), scope="shared")

campaign_reading = table(
    "campaign_reading", "One row per look at a campaign's result: once on its planned day, and every look before it.",
    key(), to("campaign", index=True), text("kind"), day("as_of", nullable=False), text("result"), text("actor"), instant("at"), scope="campaign")

send = table(
    "send", "One row per message to one person.",
    key(), to("campaign", index=True), to("profile", nullable=True, index=True), *origin(), personal("address"), instant("sent_at"),
    text("arm", server_default=""), revision(), text("domain", server_default=""), once(), scope="profile")

send_event = table(
    "send_event", "One row per thing that happened to a message: delivered, bounced, opened, clicked, unsubscribed, complained.",
    key(), to("send", index=True), *origin(), text("kind"), instant("at"), whole("is_machine"), text("url", nullable=True), revision(),
    text("detail", server_default=""), once(), scope="send")

journey = table(
    "journey", "One row per journey: messages that follow from what a guest does.",
    key(), text("name"), text("kind"), text("properties", server_default="[]"), text("actor"), instant("created_at"), whole("is_active"),
    instant("archived_at", nullable=True), version(), scope="shared")

journey_version = table(
    "journey_version", "One row per rules that a journey had or has, as JSON, in force from a day on.",
    key(), to("journey", index=True), whole("number"), text("rules"), day("from_on", nullable=False), text("actor"), instant("at"),
    sa.UniqueConstraint("journey_id", "number"), scope="journey")

journey_due = table(
    "journey_due", "One row per step of a journey that fell due for a guest: to be written, exported, held out, or left before it.",
    key(), to("journey", index=True), whole("number"), to("guest", index=True), to("property", index=True), text("occasion"), whole("step"),
    day("due_on", nullable=False), text("arm"), text("state"), text("why", server_default=""), instant("at"), revision(),
    sa.UniqueConstraint("journey_id", "guest_id", "occasion", "step"), scope="property")

offer = table(
    "offer", "One row per offer that a message can make: what it is of, and what it earns.",
    key(), text("code"), text("name"), text("department"), whole("margin_minor"), text("currency"), whole("least_nights"),
    whole("is_active", 1), version(), sa.UniqueConstraint("code"), scope="shared")
