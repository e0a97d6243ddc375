"""What guests say: reviews, as their source has them."""
from crm_core.schema.columns import day, instant, key, once, origin, personal, revision, table, text, to, whole

review = table(
    "review", "One row per review or survey answer of a guest.",
    key(), to("property"), to("profile", nullable=True, index=True), to("stay", nullable=True, index=True), *origin(), day("reviewed_on"),
    text("stay_month", nullable=True), whole("score_bp", None), text("language", nullable=True), text("country", nullable=True),
    personal("title"), personal("text"), personal("liked"), personal("disliked"), personal("author"), text("tags", server_default=""),
    text("room", server_default=""), personal("answer"), instant("answered_at", nullable=True), revision(), once(), scope="property")
