"""Who can be written to, and may be: of each person the best address, the last word on consent, complaints, and messages lately."""
import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from crm_core.marts.sends import CONTROL
from crm_core.outreach.waterfall import Person
from crm_core.records.holdout import Outreach, outreach
from crm_core.records.persons import persons_of, shown
from crm_core.schema import ARMS, audience, audience_member, campaign, consent, guest, profile, send, send_event
from crm_core.scope import Scope
from crm_core.store.bulk import among

FULL_AGE = 18  # years
# A profile's address by channel: what it is, and how it is judged. A letter goes to street, postcode and town.
PLACES = {"email": (profile.c.email, profile.c.email_state), "sms": (profile.c.phone, profile.c.phone_state)}
RANKS = ("valid", "bounced", "relay", "invalid", "placeholder", "missing")  # the better one stands for the person
MANY = 2000  # from so many on, one walk through a table is faster than as many look-ups


@dataclass(frozen=True)
class Address:
    """Where a person is written to: the address (of a letter: street, postcode and town), how it is judged, and the profile that it stands in."""

    value: str
    state: str
    profile_id: int
    given_name: str
    family_name: str


@dataclass(frozen=True)
class Word:
    """The last word on a purpose and channel: the event's number, what it says, when and where it was said, and what proves it."""

    consent_id: int
    state: str
    at: str
    source: str
    proof: str


def people(connection: Connection, scope: Scope, guests: Iterable[int], *, purpose: str = "marketing", channel: str = "email",
           apart_from: int | None = None) -> list[Person]:
    """Return what is known of the persons of these guests, each once, by number; `apart_from` names an audience that does not count.

    Marketing needs a consent of its own and keeps to the cap; a survey needs a consent; what belongs to a booking needs an address only.
    In another campaign is who is held out of one that runs: a message would spoil what it measures.
    """
    who, asked = records_of(connection, guests), purpose in ("marketing", "survey")
    places = addresses(connection, who, channel)
    said = words(connection, who, purpose, channel) if asked else {}
    angry = complainers(connection, who) if asked else set()
    recent, others = Counter(), set()
    if purpose == "marketing":
        recent, others = recently(connection, who, scope.as_of, outreach(connection), apart_from), held_elsewhere(connection, who, scope.as_of, channel, apart_from)
    bare = Word(0, "" if asked else "given", "", "", "" if asked else purpose)
    return [_person(row, places.get(row.id), said.get(row.id, bare), row.id in angry, recent[row.id], row.id in others, scope.as_of)
            for row in _persons(connection, who)]


def _persons(connection: Connection, who: dict[int, int]) -> list[sa.Row]:
    mine = shown(guest.c.erased_at).where(among(connection, guest.c.id, set(who.values())))
    return list(connection.execute(mine.order_by(guest.c.id)))


def _person(row: sa.Row, place: Address | None, word: Word, complained: bool, recent: int, in_other: bool, as_of: dt.date) -> Person:
    minor = row.birth_on is not None and _years_later(row.birth_on, FULL_AGE) > as_of
    return Person(row.id, place is not None, place.state if place else "missing", word.state, bool(word.proof), complained, row.erased_at is not None,
                  recent, in_other, minor)


def _years_later(day: dt.date, years: int) -> dt.date:
    """The same day years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 3, 1)


# --- by person ----------------------------------------------------------------------------------------------------------
def records_of(connection: Connection, guests: Iterable[int]) -> dict[int, int]:
    """Return every guest record of the persons of these guests, with its person."""
    persons = set(persons_of(connection, guests).values())
    merged = connection.execute(select(guest.c.id, guest.c.merged_into).where(among(connection, guest.c.merged_into, persons)))
    return {person: person for person in persons} | dict(merged.all())


def addresses(connection: Connection, who: dict[int, int], channel: str) -> dict[int, Address]:
    """Return the best address of each person that has one: the one that works, that stands for the person, and was seen last."""
    p, stands = profile.c, _standing(connection, who, channel)
    value, state = PLACES.get(channel, (p.street, p.city))
    rows = connection.execute(
        select(p.guest_id, p.id, value.label("value"), state.label("state"), p.postcode, p.seen_on, p.given_name, p.family_name)
        .where(_of(connection, p.guest_id, who), p.is_booker == 0, value.is_not(None), value != ""))
    best: dict[int, tuple] = {}
    for row in rows:
        person = who.get(row.guest_id)
        if person is not None:
            judged = _judged(row.state, channel)
            place = (RANKS.index(judged), row.value != stands.get(person), -(row.seen_on or dt.date.min).toordinal(), row.id)
            if person not in best or place < best[person][0]:
                best[person] = place, Address(_written(row, channel), judged, row.id, row.given_name or "", row.family_name or "")
    return {person: found for person, (_, found) in best.items()}


def _written(row: sa.Row, channel: str) -> str:
    if channel in PLACES:
        return row.value
    return ", ".join(filter(None, (row.value, " ".join(filter(None, (row.postcode, row.state))))))


def _judged(state: str | None, channel: str) -> str:
    """A state as RANKS name it; what nobody has judged is not known to work. A letter needs a town."""
    if channel not in PLACES:
        return "valid" if state else "invalid"
    return state if state in RANKS else "invalid"


def _standing(connection: Connection, who: dict[int, int], channel: str) -> dict[int, str]:
    """Of each person the address that was picked to stand for all its records."""
    if channel not in PLACES:
        return {}
    one = shown().subquery()
    value = one.c[PLACES[channel][0].name]
    rows = connection.execute(select(one.c.id, value).where(_of(connection, one.c.id, set(who.values())), value.is_not(None)))
    return dict(rows.all())


def words(connection: Connection, who: dict[int, int], purpose: str, channel: str) -> dict[int, Word]:
    """Return each person's last word on a purpose and channel, by whichever of the records; at equal times the refusal wins."""
    c = consent.c
    rows = connection.execute(select(c.guest_id, c.id, c.state, c.at, c.source, c.proof).where(
        c.purpose == purpose, c.channel == channel, _of(connection, c.guest_id, who)))
    last: dict[int, tuple] = {}
    for row in rows:
        person = who.get(row.guest_id)
        place = (row.at, row.state != "given", row.id)
        if person is not None and (person not in last or place > last[person][0]):
            last[person] = place, Word(row.id, row.state, row.at, row.source, row.proof or "")
    return {person: word for person, (_, word) in last.items()}


def complainers(connection: Connection, who: dict[int, int]) -> set[int]:
    """Return the persons who called one of our messages spam."""
    happened = (select(profile.c.guest_id).select_from(_messages()).join(send_event, send_event.c.send_id == send.c.id)
                .where(send_event.c.kind == "complained", _of(connection, profile.c.guest_id, who)).distinct())
    return {who[record] for record in connection.execute(happened).scalars() if record in who}


def recently(connection: Connection, who: dict[int, int], as_of: dt.date, rules: Outreach, apart_from: int | None = None) -> Counter:
    """Return how many marketing messages each person got in the days that the cap looks back over, without those of an audience's campaign."""
    since = (as_of - dt.timedelta(rules.cap_days - 1)).isoformat()  # the as-of date is one of the days, as on journeys and in the figures
    sent = (select(profile.c.guest_id).select_from(_messages()).join(campaign, campaign.c.id == send.c.campaign_id)
            .where(send.c.sent_at >= since, campaign.c.purpose == "marketing", was_sent(), _of(connection, profile.c.guest_id, who)))
    if apart_from is not None:
        sent = sent.where(or_(campaign.c.audience_id.is_(None), campaign.c.audience_id != apart_from))
    return Counter(who[record] for record in connection.execute(sent).scalars() if record in who)


def was_sent() -> sa.ColumnElement[bool]:
    """Return the predicate of a message that was sent: a file also lists those whom it held out."""
    return sa.func.lower(send.c.arm).not_in(CONTROL)


def held_elsewhere(connection: Connection, who: dict[int, int], as_of: dt.date, channel: str, apart_from: int | None = None) -> set[int]:
    """Return the persons whom another campaign on this channel holds out, while its days are running."""
    a, m = audience.c, audience_member.c
    used = or_(a.exported_at.is_not(None), select(campaign.c.id).where(campaign.c.audience_id == a.id, campaign.c.archived_at.is_(None)).exists())
    drawn = connection.execute(select(a.id, a.as_of, a.window_days).where(a.archived_at.is_(None), a.purpose == "marketing", a.channel == channel, used))
    running = [row.id for row in drawn if row.id != apart_from and row.as_of <= as_of <= row.as_of + dt.timedelta(row.window_days)]
    held = connection.execute(select(m.guest_id).where(m.audience_id.in_(running), m.arm == ARMS[1])).scalars()
    return {who[record] for record in held if record in who}


def _messages() -> sa.FromClause:
    return send.join(profile, profile.c.id == send.c.profile_id)


def _of(connection: Connection, column: sa.ColumnElement, records: Iterable[int]) -> sa.ColumnElement[bool]:
    """The condition that a row is one of the records'; true where they are so many that the caller had better read all rows and choose."""
    return among(connection, column, records) if len(records) < MANY else sa.true()
