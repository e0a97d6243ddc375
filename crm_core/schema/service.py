"""Complaints and requests: who looks after them until when, what was done, and the rules that route them."""
import sqlalchemy as sa

from crm_core.schema.columns import instant, key, once, origin, personal, revision, table, text, to, version, whole

service_case = table(
    "service_case", "One row per complaint or request.",
    key(), to("property"), to("profile", nullable=True, index=True), to("stay", nullable=True, index=True), *origin(),
    text("kind"), text("severity", server_default="minor"), text("status", server_default="open"), instant("opened_at"),
    instant("answered_at", nullable=True), instant("closed_at", nullable=True), whole("reopened"), personal("text"), personal("resolution"),
    whole("compensation_minor", None), text("currency", nullable=True), text("room", server_default=""), text("owner", server_default=""),
    version(), revision(),
    text("aspect", server_default=""), text("department", server_default=""), text("priority", server_default="normal"),
    text("opened_from", server_default="import"), to("review", nullable=True, index=True), to("interaction", nullable=True),
    instant("answer_due_at", nullable=True), instant("due_at", nullable=True), instant("told_at", nullable=True),
    text("root_cause", server_default=""), once(), sa.Index("ix_service_case_property_id_status", "property_id", "status"), scope="property")

case_step = table(
    "case_step", "One row per thing that happened to a case: opened, taken, answered, waiting, closed, reopened, told, changed, noted.",
    key(), to("service_case", index=True), text("kind"), text("value", server_default=""), personal("text"), text("actor"), instant("at"),
    to("import_batch", nullable=True, name="batch_id"), revision(), scope="service_case")

case_rule = table(
    "case_rule", "One row per routing rule: which new cases it fits and what it sets, as JSON; the first that fits decides each value.",
    key(), whole("place"), text("name"), text("fits"), text("sets"), whole("is_active", 1), version(), scope="shared")

service_target = table(
    "service_target", "One row per property and priority: within how many business hours a case is answered and solved.",
    key(), to("property"), text("priority"), whole("answer_hours", 4), whole("solve_hours", 24), version(),
    sa.UniqueConstraint("property_id", "priority"), scope="property")
