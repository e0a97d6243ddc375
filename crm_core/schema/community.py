"""Events that the hotel holds for its guests and neighbours."""
from crm_core.schema.columns import day, key, once, origin, revision, table, text, to, whole

event = table(
    "event", "One row per event.",
    key(), to("property"), *origin(), text("name"), text("kind", server_default="other"), day("starts_on", nullable=False),
    day("ends_on"), text("place", server_default=""), whole("capacity", None), revision(), once(), scope="property")

attendance = table(
    "attendance", "One row per person and event registered for.",
    key(), to("event", index=True), to("profile", nullable=True, index=True), *origin(), text("status", server_default="registered"),
    day("registered_on"), whole("party", 1), revision(), once(), scope="event")
