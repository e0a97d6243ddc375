"""What a guest was sent, which audiences the guest is on or left, and every word on consent with what proves it."""
import datetime as dt
from collections import defaultdict

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from crm_core.marts.sends import CONTROL
from crm_core.records.audience_cards import frozen
from crm_core.records.guests import consent_state, visible
from crm_core.records.persons import members, person_of
from crm_core.records.registry import lookup
from crm_core.records.segments import seen
from crm_core.schema import ARMS, audience, audience_left, audience_member, campaign, consent, guest, profile, send, send_event
from crm_core.scope import Scope

DAYS = 30
# What became of a message: (kind, by a machine) → its code; a machine's opening or click says nothing of the guest.
OUTCOMES = {
    ("delivered", 0): "delivered", ("delivered", 1): "delivered", ("bounced", 0): "bounced", ("bounced", 1): "bounced", ("opened", 0): "opened",
    ("opened", 1): "machine_opened", ("clicked", 0): "clicked", ("clicked", 1): "scanned", ("unsubscribed", 0): "unsubscribed",
    ("unsubscribed", 1): "unsubscribed", ("complained", 0): "complained", ("complained", 1): "complained",
}  # fmt: skip


@lookup("contact")
def guest_messages(connection: Connection, scope: Scope, *, guest: int) -> list[dict]:
    """Return the messages to a guest at the scope's properties, newest first: campaign_id, campaign, purpose, channel, sent_at, arm (held_out:
    never sent), `outcomes` (codes of OUTCOMES in order of time), and messages_30d: marketing messages of the thirty days until then."""
    person = _known(connection, scope, guest)
    return messages_of(connection, scope, person) if person else []


def messages_of(connection: Connection, scope: Scope, person: int) -> list[dict]:
    """Return the same of a person who is known to be in the scope."""
    s, c = send.c, campaign.c
    rows = [dict(row) for row in connection.execute(
        select(s.id, s.campaign_id, c.name.label("campaign"), c.purpose, c.channel, s.sent_at, s.arm, profile.c.property_id)
        .join_from(send, profile, profile.c.id == s.profile_id).join(campaign, c.id == s.campaign_id)
        .where(profile.c.guest_id.in_(members(person)), profile.c.property_id.in_(scope.properties)).order_by(s.sent_at.desc(), s.id.desc())).mappings()]
    happened = _outcomes(connection, [row["id"] for row in rows])
    for row in rows:
        row["arm"] = ARMS[1] if row["arm"].lower() in CONTROL else row["arm"]
    counted = sorted(_day(row) for row in rows if row["purpose"] == "marketing" and row["arm"] != ARMS[1])
    return [row | {"outcomes": happened.get(row["id"], ()), "messages_30d": _until(counted, _day(row))} for row in rows]


def _day(row: dict) -> dt.date:
    return dt.date.fromisoformat(row["sent_at"][:10])


def _until(days: list[dt.date], day: dt.date) -> int:
    return sum(day - dt.timedelta(DAYS) < one <= day for one in days)


def _outcomes(connection: Connection, ids: list[int]) -> dict[int, tuple[str, ...]]:
    e, found = send_event.c, defaultdict(list)
    for row in connection.execute(select(e.send_id, e.kind, e.is_machine).where(e.send_id.in_(ids)).order_by(e.at, e.id)):
        code = OUTCOMES.get((row.kind, row.is_machine))
        if code and code not in found[row.send_id]:
            found[row.send_id].append(code)
    return {id_: tuple(codes) for id_, codes in found.items()}


@lookup("contact")
def guest_audiences(connection: Connection, scope: Scope, *, guest: int) -> list[dict]:
    """Return the audiences that a guest is on or left, newest first: audience_id, name, at, as_of, purpose, channel, campaign_id, campaign, and
    `on`, `arm`, `cell`, `stratum`, `step`, `why` as they were frozen."""
    person = _known(connection, scope, guest)
    if person is None:
        return []
    a, c = audience.c, campaign.c
    touched = [select(table.c.audience_id).where(table.c.guest_id.in_(members(person))) for table in (audience_member, audience_left)]
    rows = connection.execute(
        select(a.id.label("audience_id"), a.name, a.at, a.as_of, a.purpose, a.channel, a.properties, c.id.label("campaign_id"), c.name.label("campaign"))
        .select_from(audience.outerjoin(campaign, c.audience_id == a.id)).where(or_(*(a.id.in_(one) for one in touched)))
        .order_by(a.id.desc(), c.id)).mappings()
    return [{name: value for name, value in row.items() if name != "properties"} | frozen(connection, row["audience_id"], person)
            for row in rows if seen(row["properties"], scope)]


@lookup("contact")
def guest_consents(connection: Connection, scope: Scope, *, guest: int) -> list[dict]:
    """Return every word of a guest on consent, newest first: purpose, channel, state, at, source, wording, language, proof, actor, and
    `is_last`: it is the one that counts for its purpose and channel."""
    person = _known(connection, scope, guest)
    if person is None:
        return []
    rows = [dict(row) for row in connection.execute(select(consent).where(consent.c.guest_id.in_(members(person))).order_by(consent.c.at, consent.c.id)).mappings()]
    last = {event["id"] for event in consent_state(rows).values()}
    names = ("id", "purpose", "channel", "state", "at", "source", "wording", "language", "proof", "actor")
    return [{name: row[name] for name in names} | {"is_last": row["id"] in last} for row in reversed(rows)]


def _known(connection: Connection, scope: Scope, guest_id: int) -> int | None:
    """Return the person of a guest record, None for one outside of the scope."""
    person = person_of(connection, guest_id)
    return connection.execute(select(guest.c.id).where(guest.c.id == person, visible(scope))).scalar()
