"""Events that the hotel holds for its guests and neighbours."""
from crm_core.schema.columns import day, instant, key, once, origin, revision, table, text, to, version, whole

event = table(
    "event", "One row per event.",
    key(), to("property"), *origin(), text("name"), text("kind", server_default="other"), day("starts_on", nullable=False),
    day("ends_on"), text("place", server_default=""), whole("capacity", None), revision(), once(),
    # The local time at which it begins ("19:00", where it is told), whom it is for, what it cost, and until when one registers.
    text("starts_time", server_default=""), text("audience", server_default="everyone"), whole("cost_minor", None), text("currency", server_default=""),
    day("register_until"), text("about", server_default=""), text("actor", server_default=""), instant("cancelled_at", nullable=True), version(),
    scope="property")

attendance = table(
    "attendance", "One row per person and event registered for.",
    key(), to("event", index=True), to("profile", nullable=True, index=True), *origin(), text("status", server_default="registered"),
    day("registered_on"), whole("party", 1), revision(), once(),
    # The local minute at which it was cancelled, as 2025-05-09T18:30.
    text("cancelled_local", nullable=True), text("actor", server_default=""), version(), scope="event")
