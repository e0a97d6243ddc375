"""Enquiries on their way to a booking."""
import sqlalchemy as sa

from crm_core.schema.columns import day, instant, key, once, origin, personal, revision, table, text, to, version, whole

lead = table(
    "lead", "One row per enquiry, from its first word to won or lost.",
    key(), to("property"), to("guest", nullable=True, index=True), *origin(), text("kind", server_default="room"),
    personal("name"), personal("email"), personal("phone"), personal("company"), text("country", nullable=True),
    text("language", nullable=True), text("via", server_default="other"), text("stage", server_default="enquiry"),
    whole("value_minor", None), text("currency"), day("arrival_on"), whole("nights", None), whole("rooms", None), whole("guests", None),
    text("owner", server_default=""), personal("next_step"), day("due_on"), personal("note"), text("lost_reason", server_default=""),
    instant("created_at"), instant("closed_at", nullable=True), to("stay", nullable=True), version(), revision(), once(),
    sa.Index("ix_lead_property_id_stage", "property_id", "stage"), scope="property")

lead_step = table(
    "lead_step", "One row per stage that a lead entered.",
    key(), to("lead", index=True), text("stage"), instant("at"), text("actor"), to("import_batch", nullable=True, name="batch_id"),
    revision(), scope="lead")
