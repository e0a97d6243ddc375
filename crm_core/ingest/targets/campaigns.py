"""Campaigns with the counts of their platform, the messages sent, and what became of each."""
import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.targets.definition import CURRENCY, Column, Target, words
from crm_core.ingest.targets.landing import Landing, Misfit, Row, instant, land
from crm_core.schema import campaign, consent, profile, send, send_event

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


def _campaign(landing: Landing, row: Row) -> dict:
    currency = landing.currency(row, "attributed_revenue", row["cost"] and row["cost"][1])
    named = [name for name, *_ in COUNTS if name not in ("soft_bounces", "hard_bounces")]
    bounces = row["bounces"]
    if bounces is None and (row["soft_bounces"], row["hard_bounces"]) != (None, None):
        bounces = (row["soft_bounces"] or 0) + (row["hard_bounces"] or 0)
    return {name: row[name] for name in named} | {
        "name": row["campaign_name"], "subject": row["subject"] or None, "channel": row["channel"] or "email",
        "purpose": row["purpose"] or "marketing", "sent_at": instant(row["sent_at"]), "bounces": bounces,
        "attributed_minor": landing.money(row, "attributed_revenue", currency), "cost_minor": landing.money(row, "cost", currency),
        "currency": currency if row["attributed_revenue"] or row["cost"] else None}


def write_campaigns(landing: Landing) -> None:
    """Write campaigns with the counts of their platform."""
    land(landing, campaign, _campaign)


def _send(landing: Landing, row: Row) -> dict:
    found = landing.find.profile(row)
    landing.counts["unlinked"] += found is None
    return {"campaign_id": _campaign_id(landing, row) or _new_campaign(landing, row), "profile_id": found, "address": row["email"],
            "sent_at": instant(row["sent_at"]), "arm": row["arm"]}


def _campaign_id(landing: Landing, row: Row) -> int | None:
    """Return the campaign of that number: the same source's, else the only one that any source has."""
    found = landing.connection.execute(sa.select(campaign.c.id, campaign.c.source).where(campaign.c.external_id == row["campaign_id"])).all()
    own = [one for one in found if one.source == landing.source] or found
    return own[0].id if len(own) == 1 else None


def _new_campaign(landing: Landing, row: Row) -> int:
    return landing.connection.execute(sa.insert(campaign).values(
        source=landing.source, external_id=row["campaign_id"], name=row["campaign_name"] or row["campaign_id"], batch_id=landing.batch,
        revision=landing.change.revision).returning(campaign.c.id)).scalar_one()


def write_sends(landing: Landing) -> None:
    """Write messages; a campaign that is not here is created with its name."""
    land(landing, send, _send)


def _happened(landing: Landing, row: Row) -> dict:
    found = _message(landing, row)
    if found is None:
        raise Misfit("send_id" if row["send_id"] else "email", "no_such_send")
    return {"send_id": found, "kind": row["kind"], "at": instant(row["at"]), "is_machine": row["is_machine"] or 0, "url": row["url"] or None}


def _message(landing: Landing, row: Row) -> int | None:
    """Return the message by its number, else by campaign and address."""
    if row["send_id"]:
        found = landing.connection.execute(sa.select(send.c.id, send.c.source).where(send.c.external_id == row["send_id"])).all()
        own = [one for one in found if one.source == landing.source] or found
        return own[0].id if len(own) == 1 else None
    sent_to = _campaign_id(landing, row)
    if not (sent_to and row["email"]):
        return None
    asked = sa.select(send.c.id).where(send.c.campaign_id == sent_to, send.c.address == row["email"]).order_by(send.c.id.desc())
    return landing.connection.execute(asked.limit(1)).scalar()


def _consequences(landing: Landing, _row: Row, _id: int, record: dict, former: sa.RowMapping | None) -> None:
    """A message that came back marks the address; who unsubscribed or complained has withdrawn the consent."""
    wanted = sa.select(profile.c.id, profile.c.guest_id, profile.c.email_state, send.c.address, campaign.c.channel, profile.c.email).join_from(
        send, profile, profile.c.id == send.c.profile_id).join(campaign, campaign.c.id == send.c.campaign_id)
    whose = landing.connection.execute(wanted.where(send.c.id == record["send_id"])).first()
    if whose is None or former:
        return
    if record["kind"] == "bounced" and whose.email == whose.address and whose.channel == "email":
        landing.kept.keep(profile, [whose.id])
        landing.connection.execute(sa.update(profile).where(profile.c.id == whose.id).values(
            email_state="bounced", revision=landing.change.revision))
    if record["kind"] in ("unsubscribed", "complained"):
        _withdraw(landing, whose, record["at"])


def _withdraw(landing: Landing, whose: sa.Row, at: str) -> None:
    said = {"guest_id": whose.guest_id, "purpose": "marketing", "channel": whose.channel, "state": "withdrawn", "at": at,
            "source": landing.source}
    there = sa.select(consent.c.id).where(*(consent.c[name] == value for name, value in said.items()))
    if landing.connection.execute(there).first() is None:
        landing.connection.execute(sa.insert(consent).values(**said, actor=landing.actor, batch_id=landing.batch,
            revision=landing.change.revision))


def write_send_events(landing: Landing) -> None:
    """Write what became of messages; a row whose message is not here is kept out."""
    land(landing, send_event, _happened, _consequences)


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
), number="campaign_id", write=write_campaigns)

SENDS = Target("sends", N_("Messages sent"), N_("One row per message to one person."), (
    Column("send_id", N_("The message's number on its platform."), "id", False, "K-17-204"),
    Column("campaign_id", N_("The campaign's number on its platform."), "id", True, "K-17"),
    Column("campaign_name", N_("The campaign's name, by which a new one is created."), "text", False, "Spring at the coast"),
    Column("email", N_("The address that the message went to."), "email", True, "anna.weber@example.com"),
    Column("guest_ref", N_("The guest's number in your system."), "id", False, "G-77"),
    Column("sent_at", N_("The moment of sending; a time without a zone is UTC."), "instant", True, "2025-02-03T09:00:00Z"),
    Column("arm", N_("The variant, or holdout for those who got nothing."), "text", False, "A"),
), number="send_id", write=write_sends)

SEND_EVENTS = Target("send_events", N_("What became of messages"), N_("One row per thing that happened to a message."), (
    Column("event_id", N_("The event's number on its platform."), "id", False, "E-9001"),
    Column("send_id", N_("The message's number on its platform."), "id", False, "K-17-204"),
    Column("campaign_id", N_("The campaign's number, where the message is told by campaign and address."), "id", False, "K-17"),
    Column("email", N_("The address that the message went to."), "email", False, "anna.weber@example.com"),
    Column("kind", N_("delivered, bounced, opened, clicked, unsubscribed or complained."), "word", True, "opened", HAPPENED),
    Column("at", N_("The moment; a time without a zone is UTC."), "instant", True, "2025-02-03T10:12:00Z"),
    Column("url", N_("The link that was clicked."), "text", False, ""),
    Column("is_machine", N_("yes where a mail programme or scanner did it, and no person."), "yes_no", False, "no"),
), needs=("send_id", "campaign_id"), number="event_id", write=write_send_events)
