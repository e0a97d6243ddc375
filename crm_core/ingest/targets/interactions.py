"""Messages, calls and talks with guests, in either direction."""
import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.targets.definition import EMAIL, GUEST_REF, PHONE, PROPERTY, Column, Target, words
from crm_core.ingest.targets.landing import Landing, Row, instant, land
from crm_core.schema import interaction, lead

CHANNELS = words(
    "email", "phone", "chat", "social", "front_desk", "app", "sms", "post", email="mail", phone="call telephone voice",
    chat="webchat livechat whatsapp messenger", social="facebook instagram twitter x", front_desk="desk reception inperson facetoface walkin",
    app="inapp mobileapp", sms="text textmessage", post="letter")
DIRECTIONS = words("in", "out", **{"in": "incoming inbound received fromguest", "out": "outgoing outbound sent toguest"})


def _interaction(landing: Landing, row: Row) -> dict:
    place, guest = landing.place(row), landing.find.guest(row)
    landing.counts["unlinked"] += guest is None and any(row[name] for name in ("email", "guest_ref", "phone"))
    same = ("channel", "direction", "subject", "text", "by", "thread")
    return {name: row[name] for name in same} | {
        "property_id": place.id, "guest_id": guest, "lead_id": _lead(landing, row), "at": instant(row["at"], place.time_zone),
        "address": row["email"] or row["phone"] or None}


def _lead(landing: Landing, row: Row) -> int | None:
    """Return the lead of that number: the same source's, else the only one that any source has."""
    if not row["lead_id"]:
        return None
    found = landing.connection.execute(sa.select(lead.c.id, lead.c.source).where(lead.c.external_id == row["lead_id"])).all()
    own = [one for one in found if one.source == landing.source] or found
    return own[0].id if len(own) == 1 else None


def write(landing: Landing) -> None:
    """Write messages and calls, each linked with its guest and enquiry where they are known."""
    land(landing, interaction, _interaction)


INTERACTIONS = Target("interactions", N_("Messages and calls"), N_("One row per message, call or talk."), (
    Column("interaction_id", N_("The message's number. With it a later file updates the message."), "id", False, "I-7"),
    PROPERTY,
    Column("at", N_("The moment; a time without a zone is the property's."), "instant", True, "2025-03-20T14:05:00"),
    Column("channel", N_("email, phone, chat, social, front_desk, app, sms or post."), "word", True, "email", CHANNELS),
    Column("direction", N_("in where the guest spoke, out where the hotel did."), "word", True, "in", DIRECTIONS),
    Column("subject", N_("The subject."), "prose", False, "Late arrival"),
    Column("text", N_("What was said."), "prose", False, "We land at eleven in the evening."),
    Column("by", N_("Who of the staff wrote or spoke."), "text", False, ""),
    Column("thread", N_("The conversation that the message belongs to."), "id", False, "T-2"),
    GUEST_REF, EMAIL, PHONE,
    Column("lead_id", N_("The number of the enquiry that the message belongs to."), "id", False, ""),
), number="interaction_id", write=write)
