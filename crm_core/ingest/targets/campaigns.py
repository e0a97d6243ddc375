"""Campaigns with the counts of their platform, the messages sent, and what became of each."""
from crm_core.i18n import N_
from crm_core.ingest.targets.definition import CURRENCY, Column, Target, words

CHANNELS = words("email", "sms", "post", email="mail newsletter emailcampaign", sms="text textmessage", post="letter directmail")
PURPOSES = words("marketing", "survey", "transactional", marketing="campaign newsletter promotional regular automation", survey="feedback",
    transactional="service prearrival confirmation")
HAPPENED = words(
    "delivered", "bounced", "opened", "clicked", "unsubscribed", "complained", delivered="delivery",
    bounced="bounce hardbounce softbounce hardbounced softbounced failed", opened="open uniqueopened loaded proxyopen", clicked="click",
    unsubscribed="unsub unsubscribe optout unsubscribes", complained="spam complaint abuse abusereport markedasspam spamcomplaint")
COUNTS = (
    ("sent", N_("Messages that were sent."), "1200"), ("delivered", N_("Messages that arrived."), "1180"),
    ("bounces", N_("Messages that came back."), "20"), ("soft_bounces", N_("Messages that came back for the time being."), ""),
    ("hard_bounces", N_("Messages that came back for good."), ""),
    ("opens_reported", N_("People who opened it, as the platform reports."), "410"),
    ("opens_proxy", N_("Opens by the mail programme itself, without a person."), "190"), ("clicks", N_("People who clicked."), "36"),
    ("unsubscribes", N_("People who unsubscribed."), "3"), ("complaints", N_("People who complained about spam."), "0"),
    ("conversions", N_("Bookings that the platform counts as its own."), "4"))

CAMPAIGNS = Target("campaigns", N_("Campaigns"), N_("One row per campaign."), (
    Column("campaign_id", N_("The campaign's number on its platform."), "id", False, "K-17"),
    Column("campaign_name", N_("The campaign's name."), "text", True, "Spring at the coast"),
    Column("subject", N_("The subject line."), "text", False, "Three nights for two"),
    Column("channel", N_("email, sms or post; email where it is empty."), "word", False, "email", CHANNELS, "email"),
    Column("purpose", N_("marketing, survey or transactional; marketing where it is empty."), "word", False, "marketing", PURPOSES,
        "marketing"),
    Column("sent_at", N_("The moment of sending; a time without a zone is UTC."), "instant", False, "2025-02-03T09:00:00Z"),
    *(Column(name, meaning, "whole", False, example) for name, meaning, example in COUNTS),
    Column("attributed_revenue", N_("The revenue that the platform counts as the campaign's."), "amount", False, "1640.00"),
    Column("cost", N_("What the campaign cost."), "amount", False, "90.00"),
    CURRENCY,
), number="campaign_id")

SENDS = Target("sends", N_("Messages sent"), N_("One row per message to one person."), (
    Column("send_id", N_("The message's number on its platform."), "id", False, "K-17-204"),
    Column("campaign_id", N_("The campaign's number on its platform."), "id", True, "K-17"),
    Column("campaign_name", N_("The campaign's name, by which a new one is created."), "text", False, "Spring at the coast"),
    Column("email", N_("The address that the message went to."), "email", True, "anna.weber@example.com"),
    Column("guest_ref", N_("The guest's number in your system."), "id", False, "G-77"),
    Column("sent_at", N_("The moment of sending; a time without a zone is UTC."), "instant", True, "2025-02-03T09:00:00Z"),
    Column("arm", N_("The variant, or holdout for those who got nothing."), "text", False, "A"),
), number="send_id")

SEND_EVENTS = Target("send_events", N_("What became of messages"), N_("One row per thing that happened to a message."), (
    Column("event_id", N_("The event's number on its platform."), "id", False, "E-9001"),
    Column("send_id", N_("The message's number on its platform."), "id", False, "K-17-204"),
    Column("campaign_id", N_("The campaign's number, where the message is told by campaign and address."), "id", False, "K-17"),
    Column("email", N_("The address that the message went to."), "email", False, "anna.weber@example.com"),
    Column("kind", N_("delivered, bounced, opened, clicked, unsubscribed or complained."), "word", True, "opened", HAPPENED),
    Column("at", N_("The moment; a time without a zone is UTC."), "instant", True, "2025-02-03T10:12:00Z"),
    Column("url", N_("The link that was clicked."), "text", False, ""),
    Column("is_machine", N_("yes where a mail programme or scanner did it, and no person."), "yes_no", False, "no"),
), needs=("send_id", "campaign_id"), number="event_id")
