"""Everything known of a guest in order of time. A new kind of event is one function in KINDS."""

import datetime as dt
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.programme.tiers import spells
from crm_core.records import feedback_events, gathering_events, guests, message_events
from crm_core.records.activity import activity
from crm_core.records.events import Event
from crm_core.records.guests import visible
from crm_core.records.movements import entries_of, versions_of
from crm_core.records.persons import members, person_of
from crm_core.records.registry import lookup
from crm_core.schema import channel, charge, consent, interaction, membership, profile, property, stay, tier_override
from crm_core.schema import guest as person
from crm_core.scope import Scope

STATUS = {
    "confirmed": N_("Reservation"),
    "tentative": N_("Tentative reservation"),
    "in_house": N_("In house"),
    "checked_out": N_("Stay"),
    "cancelled": N_("Cancelled reservation"),
    "no_show": N_("No-show"),
}
ICONS = {"cancelled": "event_busy", "no_show": "event_busy", "confirmed": "event_upcoming"}


def stays(connection: Connection, scope: Scope, guest: int) -> list[Event]:
    """Reservations of every status, with nights, room, channel and what was paid."""
    rows = connection.execute(
        select(stay, property.c.name.label("place"), channel.c.name.label("via"))
        .join(property, property.c.id == stay.c.property_id)
        .join(channel, channel.c.id == stay.c.channel_id)
        .join(profile, profile.c.id == stay.c.profile_id)
        .where(profile.c.guest_id.in_(members(guest)), stay.c.property_id.in_(scope.properties))
        .order_by(stay.c.arrival_on)
    )
    found = [dict(row) for row in rows.mappings()]
    extras = _extras(connection, [row["id"] for row in found])
    return [_stay_event(row, extras.get(row["id"], 0)) for row in found]


def _extras(connection: Connection, ids: list[int]) -> dict[int, int]:
    spent: dict[int, int] = {}
    for row in connection.execute(select(charge.c.stay_id, charge.c.amount_minor).where(charge.c.stay_id.in_(ids))):
        spent[row.stay_id] = spent.get(row.stay_id, 0) + row.amount_minor
    return spent


def _stay_event(row: dict, extra: int) -> Event:
    nights = (row["departure_on"] - row["arrival_on"]).days
    head = ", ".join(
        filter(
            None,
            (
                t(STATUS[row["status"]]),
                row["place"],
                tn("{n} night", "{n} nights", nights, n=formats.count(nights)),
                t("room {room}", room=row["room"]) if row["room"] else "",
            ),
        )
    )
    paid = [t("{amount} room", amount=formats.money(row["room_revenue_minor"], row["currency"]))]
    paid += [t("{amount} other", amount=formats.money(extra, row["currency"]))] if extra else []
    detail = " · ".join([*paid, row["via"], *([t("confirmation {number}", number=row["external_id"])] if row["external_id"] else [])])
    return Event(row["arrival_on"], "stays", ICONS.get(row["status"], "bed"), head, detail, until=row["departure_on"])


def consents(connection: Connection, scope: Scope, guest: int) -> list[Event]:
    """Each word on what we may send."""
    words = {
        "given": N_("Consent given"),
        "withdrawn": N_("Consent withdrawn"),
        "objected": N_("Objection"),
        "expired": N_("Consent expired"),
    }
    rows = connection.execute(select(consent).where(consent.c.guest_id.in_(members(guest))).order_by(consent.c.at)).mappings()
    return [
        Event(
            dt.date.fromisoformat(r["at"][:10]),
            "consents",
            "check_circle" if r["state"] == "given" else "block",
            t(words[r["state"]]),
            f"{purpose_name(r['purpose'], r['channel'])} · {r['source']}",
        )
        for r in rows
    ]


def wishes(connection: Connection, scope: Scope, guest: int) -> list[Event]:
    """Wishes with the day they were noted."""
    noted = [row for row in guests.wishes(connection, guest) if row["noted_on"]]
    return [Event(row["noted_on"], "wishes", "favorite", t("Wish noted"), wish_text(row)) for row in noted]


LONGEST = 400  # letters of a message that the timeline shows
SPOKEN = {
    ("email", "in"): N_("E-mail from the guest"), ("email", "out"): N_("E-mail from us"), ("phone", "in"): N_("The guest called"),
    ("phone", "out"): N_("We called"), ("front_desk", "in"): N_("At the front desk"), ("front_desk", "out"): N_("At the front desk"),
}  # fmt: skip
SPEECH = {"email": "mail", "phone": "call", "front_desk": "concierge"}


def interactions(connection: Connection, scope: Scope, guest: int) -> list[Event]:
    """Messages, calls and talks, with what was said."""
    mine = interaction.c.guest_id.in_(members(guest)) & interaction.c.property_id.in_(scope.properties)
    rows = connection.execute(select(interaction).where(mine).order_by(interaction.c.at)).mappings()
    usual = {"in": N_("Message from the guest"), "out": N_("Message from us")}
    return [
        Event(
            dt.date.fromisoformat(r["at"][:10]),
            "interactions",
            SPEECH.get(r["channel"], "chat"),
            t(SPOKEN.get((r["channel"], r["direction"]), usual.get(r["direction"], r["direction"]))),
            " · ".join(filter(None, (r["subject"], r["text"])))[:LONGEST],
        )
        for r in rows
    ]


POSTED = {
    "earn": (lambda n, said: tn("{n} point earned", "{n} points earned", n, n=said), "stars"),
    "burn": (lambda n, said: tn("{n} point redeemed", "{n} points redeemed", n, n=said), "redeem"),
    "expire": (lambda n, said: tn("{n} point expired", "{n} points expired", n, n=said), "hourglass_disabled"),
    "opening": (lambda n, said: tn("{n} point taken over", "{n} points taken over", n, n=said), "stars"),
    "transfer": (lambda n, said: tn("{n} point moved between accounts", "{n} points moved between accounts", n, n=said), "swap_horiz"),
}  # fmt: skip
CHANGED = {"adjust": (N_("Points adjusted: {n}"), "tune"), "reverse": (N_("Points taken back: {n}"), "undo")}
FOLLOWS = ("expire", "transfer")  # their reference is a note of the ledger
TIERS = {
    "enrolled": N_("Joined the programme: {tier}"), "qualified": N_("Reached {tier}"), "kept": N_("Kept {tier}"), "fell": N_("Fell to {tier}"),
    "by_hand": N_("{tier} given by hand"), "as_told": N_("{tier}, as the source says"),
}  # fmt: skip


def points(connection: Connection, scope: Scope, guest: int) -> list[Event]:
    """Points by day and kind of movement, and each change of tier."""
    m = membership.c
    mine = select(membership, person.c.created_at).join(profile, profile.c.id == m.profile_id).join(person, person.c.id == profile.c.guest_id)
    rows = connection.execute(mine.where(profile.c.guest_id.in_(members(guest)))).mappings().all()
    ids = [row["id"] for row in rows]
    entries, did, versions = entries_of(connection, ids), activity(connection, ids, scope.as_of), versions_of(connection)
    found = [event for some in entries.values() for event in _postings([entry for entry in some if entry.posted_on <= scope.as_of])]
    for row in rows:
        since = row["enrolled_on"] or dt.date.fromisoformat(row["created_at"][:10])
        law = (versions.get(row["programme_id"], ()), since, row["closed_on"], _given(connection, row["id"]), scope.as_of, row["tier"])
        found += [Event(one.from_on, "points", "trending_down" if one.why == "fell" else "military_tech", t(TIERS[one.why], tier=one.tier))
                  for one in spells(did[row["id"]], *law) if one.tier]
    return found


def _given(connection: Connection, membership_id: int) -> list[tuple[str, dt.date, dt.date]]:
    o = tier_override.c
    rows = connection.execute(select(o.tier, o.from_on, o.until_on, o.ended_on).where(o.membership_id == membership_id)).all()
    ends = [(row.tier, row.from_on, min(row.until_on, row.ended_on or row.until_on)) for row in rows]
    return [one for one in ends if one[1] < one[2]]


def _postings(entries: list) -> list[Event]:
    """One event for a day's movements of one kind; a join between accounts that moved nothing is none."""
    days: dict[tuple[dt.date, str], list] = {}
    for entry in entries:
        days.setdefault((entry.posted_on, entry.kind), []).append(entry)
    return [_posting(day, kind, some) for (day, kind), some in days.items() if sum(entry.points for entry in some)]


def _posting(day: dt.date, kind: str, entries: list) -> Event:
    n = sum(entry.points for entry in entries)
    why = "" if kind in FOLLOWS else " · ".join(dict.fromkeys(filter(None, (entry.reason or entry.reference for entry in entries))))[:LONGEST]
    if kind in CHANGED:
        head, icon = CHANGED[kind]
        return Event(day, "points", icon, t(head, n=formats.signed(n)), why)
    said, icon = POSTED[kind]
    return Event(day, "points", icon, said(abs(n), formats.count(abs(n))), why)


WISHES = {
    "bed": N_("Bed"),
    "floor": N_("Floor"),
    "quiet": N_("Quiet"),
    "pillow": N_("Pillow"),
    "diet": N_("Diet"),
    "crib": N_("Crib"),
    "newspaper": N_("Newspaper"),
    "other": N_("Other wish"),
}
PURPOSES = {
    ("marketing", "email"): N_("e-mail marketing"),
    ("marketing", "sms"): N_("SMS"),
    ("marketing", "post"): N_("post"),
    ("survey", "email"): N_("surveys"),
}


def wish_text(wish: dict) -> str:
    """Return a wish in words: its kind, and its value where it says more than yes. The value is the guest's text."""
    kind = t(WISHES.get(wish["kind"], wish["kind"]))
    return kind if wish["value"] == "yes" else f"{kind}: {wish['value']}"


def purpose_name(purpose: str, via: str) -> str:
    """Return what a consent is for, in words."""
    return t(PURPOSES.get((purpose, via), f"{purpose}, {via}"))


KINDS: dict[str, tuple[str, Callable[[Connection, Scope, int], list[Event]]]] = {
    "stays": (N_("Reservations"), stays),
    "consents": (N_("Consent"), consents),
    "wishes": (N_("Wishes"), wishes),
    "interactions": (N_("Interactions"), interactions),
    "reviews": (N_("Reviews"), feedback_events.reviews),
    "surveys": (N_("Surveys"), feedback_events.surveys),
    "cases": (N_("Complaints and requests"), feedback_events.cases),
    "points": (N_("Points"), points),
    "messages": (N_("Messages from campaigns"), message_events.messages),
    "events": (N_("Events of the house"), gathering_events.gatherings),
}


@lookup("contact")
def timeline(connection: Connection, scope: Scope, *, guest: int) -> list[Event]:
    """Return a guest's events at the scope's properties, newest first; none for a guest outside the scope."""
    guest = person_of(connection, guest)
    if connection.execute(select(person.c.id).where(person.c.id == guest, visible(scope))).first() is None:
        return []
    events = [event for _, kind in KINDS.values() for event in kind(connection, scope, guest)]
    return sorted(events, key=lambda e: (e.on, e.kind), reverse=True)
