"""A house that writes to its guests: three campaigns small enough to count by hand. The as-of date is 1 April 2025."""
import datetime as dt
import json

import sqlalchemy as sa

from crm_core import schema
from crm_core import settings as settings_
from crm_core.records.search_terms import terms
from crm_core.refresh import refresh
from crm_core.store import record
from crm_core.store.record import Change
from tests.hotel import Hotel

WINTER, SPRING, LETTER, SUMMER = 1, 2, 3, 4  # the campaigns' ids
GUESTS = 400
STEPS = [("selected", 400), ("has_address", 380), ("valid_address", 380), ("consent", 368), ("not_suppressed", 368), ("not_held_out", 240), ("to_send", 240)]


def house(home) -> settings_.Settings:
    """Make the house in a folder and return its settings.

    Guests 1 to 400 ("Given7 Family7", g7@example.com), all of Lisbon; those with an even number stayed once, in March 2024. Everybody said yes.

    1 "Winter light", fixed before it began and due to be read since 9 February: drawn on 10 January 2025 from 400 guests. 20 had no address (361–380),
    12 gave no word (381–392), 8 are held out of everything (393–400), 120 by this campaign's own lot (241–360); 240 were written to, variant A
    (1–120) and B (121–240). Of A 30 booked for €100 each (1–30), of B 18 (121–138), of those held out 12 (241–252): 20 % against 10 %, 24 bookings
    and €840 of margin more, for €300. 12 messages bounced (229–240), 60 were opened by machines (101–160), 80 by people (1–80), 24 clicked (1–24),
    three unsubscribed (61–63), one complained (64).

    2 "Spring walk": drawn on 20 March, so it is too early: 60 written to (1–60), 20 held out (61–80); its cost is in francs without a rate.
    3 "June letter" of 2024: 50 written to (1–50), nobody held out, no cost known; one message more went to an address that no guest has.
    4 "Summer nights": a plan without a day.
    """
    made = settings_.at(home)
    built = Hotel(record.open_store(made)).open()
    built.property("LIS", 40, name="Lisbon House")
    built.property("ADD", 20, name="Addis House")
    with built.changing("guests") as change:
        _guests(built, change)
        _stays(built, change)
    with built.changing("campaigns") as change:
        _winter(built, change)
        _spring(built, change)
        _letter(built, change)
        _add(change, schema.campaign, id=SUMMER, name="Summer nights", source="innsight", properties=json.dumps(_all(built)), revision=change.revision)
    refresh(made)
    built.store.engine.dispose()
    return made


def _add(change: Change, table: sa.Table, *rows: dict, **row) -> None:
    change.connection.execute(sa.insert(table), list(rows) or [row])


def _all(built: Hotel) -> list[int]:
    return sorted(built.properties.values())


def _guests(built: Hotel, change: Change) -> None:
    numbers, home, at = range(1, GUESTS + 1), built.properties["LIS"], "2024-01-05T10:00:00+00:00"
    mail = {i: None if 361 <= i <= 380 else f"g{i}@example.com" for i in numbers}
    _add(change, schema.guest, *({"id": i, "name": f"Given{i} Family{i}", "email": mail[i], "country": "PT", "created_at": at, "revision": change.revision}
                                 for i in numbers))
    _add(change, schema.profile, *(
        {"id": i, "guest_id": i, "property_id": home, "source": "bookings", "external_id": f"ref:{i}", "given_name": f"Given{i}", "family_name": f"Family{i}",
         "email": mail[i], "email_state": "valid" if mail[i] else "missing", "country": "PT", "is_booker": 0, "revision": change.revision} for i in numbers))
    _add(change, schema.search_term, *({"property_id": home, "term": term, "guest_id": i} for i in numbers
                                       for term in sorted(terms(f"Given{i}", f"Family{i}", mail[i], None))))
    _add(change, schema.consent, *({"guest_id": i, "purpose": "marketing", "channel": "email", "state": "given", "at": at, "source": "desk", "actor": "test",
                                    "wording": "v1", "proof": f"form {i}", "revision": change.revision} for i in numbers if not 381 <= i <= 392))


def _stays(built: Hotel, change: Change) -> None:
    booked = [*range(1, 31), *range(121, 139), *range(241, 253)]
    rows = [_stay(built, change, i, "2024-02-20", f"2024-03-{1 + i % 20:02}", "checked_out") for i in range(2, GUESTS + 1, 2)]
    rows += [_stay(built, change, i, f"2025-01-{13 + i % 15:02}", "2025-06-10", "confirmed") for i in booked]
    rows += [_stay(built, change, 1, "2025-03-22", "2025-07-01", "confirmed"), *(_stay(built, change, i, "2024-06-10", "2024-07-01", "checked_out") for i in (3, 4))]
    _add(change, schema.stay, *rows)


def _stay(built: Hotel, change: Change, guest: int, booked: str, arrival: str, status: str) -> dict:
    """Two nights of €50."""
    arrival_on = dt.date.fromisoformat(arrival)
    leaves = arrival_on + dt.timedelta(2)
    return {"property_id": built.properties["LIS"], "profile_id": guest, "source": "bookings", "external_id": f"{guest}/{booked}", "status": status,
            "booked_on": dt.date.fromisoformat(booked), "arrival_on": arrival_on, "departure_on": leaves, "ended_on": leaves if status == "checked_out" else None,
            "channel_id": built.channels["own_site"], "segment": "leisure", "room_type": "A", "room": "", "rate_class": "paid", "adults": 2, "children": 0,
            "country": "PT", "currency": "EUR", "room_revenue_minor": 10_000, "row_hash": b"-", "batch_id": built.batch, "revision": change.revision}


def _winter(built: Hotel, change: Change) -> None:
    _audience(built, change, WINTER, "Winter light, people", "2025-01-10", shares={"A": 3333, "B": 3334, "held_out": 3333}, holdout_bp=3333, steps=json.dumps(STEPS),
              exported_at="2025-01-10T09:00:00+00:00")
    arms = {i: ("contact", "A" if i <= 120 else "B") if i <= 240 else ("held_out", "") for i in range(1, 361)}
    _members(change, WINTER, arms)
    left = {**dict.fromkeys(range(361, 381), ("has_address", "no_address")), **dict.fromkeys(range(381, 393), ("consent", "no_word")),
            **dict.fromkeys(range(393, 401), ("not_held_out", "global_holdout"))}
    _add(change, schema.audience_left, *({"audience_id": WINTER, "guest_id": i, "step": step, "why": why} for i, (step, why) in left.items()))
    _add(change, schema.campaign, id=WINTER, name="Winter light", source="innsight", sent_at="2025-01-10T10:00:00+00:00", cost_minor=30_000, currency="EUR",
         planned_on=dt.date(2025, 1, 10), stop_on=dt.date(2025, 2, 9), fixed_at="2025-01-05T10:00:00+00:00", planned_people=360, holdout_bp=3333,
         hypothesis="One in ten more will book.", groups=json.dumps(["stays_before"]), audience_id=WINTER, properties=json.dumps(_all(built)), owner="Lilit",
         revision=change.revision)
    _sends(change, WINTER, 1000, {i: arms[i][1] for i in range(1, 241)}, "2025-01-10T10:00:00+00:00")
    _events(change, 1000, "bounced", range(229, 241), "2025-01-10T10:05:00+00:00", detail="hard")
    _events(change, 1000, "opened", range(101, 161), "2025-01-10T10:06:00+00:00", is_machine=1)
    _events(change, 1000, "opened", range(1, 81), "2025-01-11T18:00:00+00:00")
    _events(change, 1000, "clicked", range(1, 25), "2025-01-11T18:05:00+00:00")
    _events(change, 1000, "unsubscribed", range(61, 64), "2025-01-11T18:06:00+00:00")
    _events(change, 1000, "complained", range(64, 65), "2025-01-11T18:07:00+00:00")


def _spring(built: Hotel, change: Change) -> None:
    _audience(built, change, SPRING, "Spring walk, people", "2025-03-20", shares={"": 7500, "held_out": 2500}, holdout_bp=2500)
    _members(change, SPRING, {i: ("contact" if i <= 60 else "held_out", "") for i in range(1, 81)})
    _add(change, schema.campaign, id=SPRING, name="Spring walk", source="innsight", sent_at="2025-03-20T09:00:00+00:00", cost_minor=10_000, currency="CHF",
         audience_id=SPRING, holdout_bp=2500, properties=json.dumps(_all(built)), revision=change.revision)
    _sends(change, SPRING, 2000, dict.fromkeys(range(1, 61), ""), "2025-03-20T09:00:00+00:00")
    _events(change, 2000, "opened", range(1, 11), "2025-03-20T20:00:00+00:00")


def _letter(built: Hotel, change: Change) -> None:
    _add(change, schema.campaign, id=LETTER, name="June letter", source="mailchimp", external_id="c3", sent_at="2024-06-05T08:00:00+00:00", sent=51, delivered=51,
         opens_reported=40, clicks=2, revision=change.revision)
    _sends(change, LETTER, 3000, {**dict.fromkeys(range(1, 51), ""), 51: ""}, "2024-06-05T08:00:00+00:00", unknown=51)
    _events(change, 3000, "opened", range(1, 6), "2024-06-05T20:00:00+00:00")
    _events(change, 3000, "clicked", range(1, 3), "2024-06-05T20:05:00+00:00")


def _audience(built: Hotel, change: Change, id: int, name: str, day: str, *, shares: dict, holdout_bp: int, **details) -> None:
    _add(change, schema.audience, id=id, name=name, kind="segment", definition='{"ticked": false}', as_of=dt.date.fromisoformat(day), salt="test", actor="test",
         properties=json.dumps(_all(built)), window_days=30, holdout_bp=holdout_bp, at=f"{day}T08:00:00+00:00", shares=json.dumps(shares), **details)


def _members(change: Change, audience: int, arms: dict[int, tuple[str, str]]) -> None:
    _add(change, schema.audience_member, *({"audience_id": audience, "guest_id": i, "arm": arm, "cell": cell} for i, (arm, cell) in arms.items()))


def _sends(change: Change, campaign: int, first: int, cells: dict[int, str], at: str, unknown: int | None = None) -> None:
    """One message each; its id is `first` and the guest's number. `unknown`: one that no guest has the address of."""
    _add(change, schema.send, *(
        {"id": first + i, "campaign_id": campaign, "profile_id": None if i == unknown else i, "source": "test", "external_id": f"{campaign}/{i}",
         "address": f"g{i}@example.com", "domain": "example.com", "sent_at": at, "arm": cell, "revision": change.revision} for i, cell in cells.items()))


def _events(change: Change, first: int, kind: str, guests: range, at: str, **details) -> None:
    _add(change, schema.send_event, *({"send_id": first + i, "source": "test", "kind": kind, "at": at, "is_machine": 0, "revision": change.revision, **details}
                                      for i in guests))
