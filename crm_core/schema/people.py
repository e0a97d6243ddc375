"""People: guests, the profiles that sources keep of them, wishes, consents, notes, and which records are one person."""
import sqlalchemy as sa

from crm_core.schema.columns import day, instant, key, origin, personal, revision, table, text, to, version, whole

# A row keeps the guest it was written for, for ever; merged guests are one person because `merged_into` says so.
guest = table(
    "guest", "One row per guest record; those that are one person name its first record in merged_into.",
    key(), personal("name"), personal("email"), personal("phone"), personal("birth_on", sa.Date), text("country", nullable=True),
    text("language", nullable=True), instant("created_at"), instant("erased_at", nullable=True), version(), revision(),
    to("guest", nullable=True, name="merged_into", index=True), whole("loose_id", None), scope="guest")

survivor = table(
    "survivor", "One row per person of several guest records: the values that stand for all of them.",
    sa.Column("guest_id", sa.BigInteger, sa.ForeignKey("guest.id"), primary_key=True, autoincrement=False),
    personal("name"), personal("email"), personal("phone"), personal("birth_on", sa.Date), text("country", nullable=True),
    text("language", nullable=True), scope="guest")

guest_link = table(
    "guest_link", "One row per decision that two guest records are one person, or that they are not; ended, never removed.",
    key(), to("guest", name="a_id", index=True), to("guest", name="b_id", index=True), text("decision"),
    sa.Column("probability", sa.Double, nullable=True), text("evidence", server_default="{}"), text("decided_by"),
    text("picks", server_default="{}"), text("actor"), instant("at"), instant("ended_at", nullable=True), text("ended_by", nullable=True),
    scope="guest")

match_pair = table(
    "match_pair", "One row per pair of guest records that may be one person and waits for a decision.",
    sa.Column("a_id", sa.BigInteger, sa.ForeignKey("guest.id"), primary_key=True, autoincrement=False),
    sa.Column("b_id", sa.BigInteger, sa.ForeignKey("guest.id"), primary_key=True, autoincrement=False),
    sa.Column("probability", sa.Double, nullable=False), text("evidence", server_default="{}"), whole("conflict"),
    instant("found_at"), scope="guest")

match_run = table(
    "match_run", "One row per search for records of the same person.",
    key(), instant("at"), whole("profiles"), whole("compared"), whole("merged"), whole("to_review"), text("model", server_default="{}"),
    text("dropped", server_default="[]"), scope="shared")

profile = table(
    "profile", "One row per guest record of a source.",
    key(), to("guest", index=True), to("property"), text("source"), text("external_id"), personal("given_name"),
    personal("family_name"),
    personal("email"), personal("phone"), personal("birth_on", sa.Date), text("country", nullable=True), text("language",
        nullable=True),
    whole("is_booker"), to("import_batch", nullable=True, name="batch_id"), revision(),
    personal("street"), personal("postcode"), personal("city"), personal("document_hash"), personal("loyalty_number"),
    text("name_state", server_default=""), text("email_state", server_default=""), text("phone_state", server_default=""),
    text("birth_state", server_default=""), day("seen_on"),
    sa.UniqueConstraint("source", "external_id"), scope="property")

# No foreign keys here: they would cost a third of an import's time, and a term that outlives its guest finds nobody.
search_term = table(
    "search_term", "One row per property, spelling and guest: what a person can be found by.",
    whole("property_id", None, primary_key=True, autoincrement=False),
    sa.Column("term", sa.Text(collation="C").with_variant(sa.Text(), "sqlite"), primary_key=True, info={"personal": True}),
    whole("guest_id", None, primary_key=True, autoincrement=False), scope="property", sqlite_with_rowid=False)

preference = table(
    "preference", "One row per guest and kind of wish.",
    key(), to("guest"), text("kind"), text("value", info={"personal": True}), text("source"), day("noted_on"), revision(),
    to("import_batch", nullable=True, name="batch_id"),
    sa.UniqueConstraint("guest_id", "kind"), scope="guest")

consent = table(
    "consent", "One row per consent event; append-only, the state is their fold.",
    key(), to("guest", index=True), text("purpose"), text("channel"), text("state"), instant("at"), text("source"), text("wording",
        nullable=True),
    text("language", nullable=True), text("proof", nullable=True), text("actor"), revision(),
    to("import_batch", nullable=True, name="batch_id"), scope="guest")

note = table(
    "note", "One row per note that staff wrote about a guest.",
    key(), to("guest", index=True), to("property"), text("text", info={"personal": True}), text("author"), instant("created_at"),
    instant("edited_at", nullable=True), version(), scope="property")

tag = table(
    "tag", "One row per guest and tag: a mark by which staff keep a list together.",
    key(), to("guest", index=True), text("tag"), text("actor"), instant("at"), revision(), sa.UniqueConstraint("guest_id", "tag"),
    scope="guest")

interaction = table(
    "interaction", "One row per message, call or talk with a guest or lead, in either direction.",
    key(), to("property"), to("guest", nullable=True, index=True), to("lead", nullable=True, index=True), *origin(),
    text("channel"), text("direction"), instant("at"), personal("subject"), personal("text"), personal("address"),
    text("by", server_default=""), text("thread", nullable=True), version(), revision(),
    sa.UniqueConstraint("source", "external_id"), sa.Index("ix_interaction_property_id_at", "property_id", "at"), scope="property")
