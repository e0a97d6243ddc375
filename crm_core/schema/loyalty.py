"""Members and points, as the programme's system has them."""
from crm_core.schema.columns import day, key, once, origin, personal, revision, table, text, to, whole

membership = table(
    "membership", "One row per membership in the loyalty programme.",
    key(), to("profile", nullable=True, index=True), *origin(), personal("number"), text("tier", server_default=""),
    text("status", server_default="active"), day("enrolled_on"), text("enrolled_via", server_default=""), day("expires_on"),
    whole("points", None), revision(), once(), scope="profile")

points_entry = table(
    "points_entry", "One row per movement of points that the programme's system reports.",
    key(), to("membership", index=True), to("stay", nullable=True), *origin(), day("posted_on", nullable=False), text("kind"),
    whole("points"), whole("amount_minor", None), text("currency", nullable=True), text("reference", nullable=True), revision(), once(),
    scope="membership")
