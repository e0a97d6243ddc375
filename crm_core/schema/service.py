"""Complaints and requests, and what was done about them."""
from crm_core.schema.columns import instant, key, once, origin, personal, revision, table, text, to, version, whole

service_case = table(
    "service_case", "One row per complaint or request.",
    key(), to("property"), to("profile", nullable=True, index=True), to("stay", nullable=True, index=True), *origin(),
    text("kind"), text("severity", server_default="minor"), text("status", server_default="open"), instant("opened_at"),
    instant("answered_at", nullable=True), instant("closed_at", nullable=True), whole("reopened"), personal("text"), personal("resolution"),
    whole("compensation_minor", None), text("currency", nullable=True), text("room", server_default=""), text("owner", server_default=""),
    version(), revision(), once(), scope="property")
