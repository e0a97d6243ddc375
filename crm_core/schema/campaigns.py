"""What was sent to whom, and what became of it."""
from crm_core.schema.columns import instant, key, once, origin, personal, revision, table, text, to, whole

campaign = table(
    "campaign", "One row per campaign; its counts are those that the e-mail platform reports.",
    key(), *origin(), text("name"), text("channel", server_default="email"), text("purpose", server_default="marketing"),
    text("subject", nullable=True), instant("sent_at", nullable=True), whole("sent", None), whole("delivered", None),
    whole("bounces", None), whole("opens_reported", None), whole("opens_proxy", None), whole("clicks", None), whole("unsubscribes", None),
    whole("complaints", None), whole("conversions", None), whole("attributed_minor", None), whole("cost_minor", None),
    text("currency", nullable=True), revision(), once(), scope="shared")

send = table(
    "send", "One row per message to one person.",
    key(), to("campaign", index=True), to("profile", nullable=True, index=True), *origin(), personal("address"), instant("sent_at"),
    text("arm", server_default=""), revision(), once(), scope="profile")

send_event = table(
    "send_event", "One row per thing that happened to a message: delivered, bounced, opened, clicked, unsubscribed, complained.",
    key(), to("send", index=True), *origin(), text("kind"), instant("at"), whole("is_machine"), text("url", nullable=True), revision(),
    once(), scope="send")
