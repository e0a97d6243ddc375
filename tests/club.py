"""A house whose members join, stay and redeem in March 2025, and whose accounts, tiers and lots are written by hand, so that one can add them up."""
import datetime as dt
import shutil
from pathlib import Path

import duckdb

from crm_core.scope import Period, Scope
from crm_core.store.record import RecordStore
from crm_core.store.warehouse import Warehouse
from tests.hotel import AS_OF, Hotel

LIS, ADD = 1, 2
ANA, BEN, CORA, DINA, EVE, FRED, GIL, HANA, IDA, JUAN = range(1, 11)
NAMES = ("Ana", "Ben", "Cora", "Dina", "Eve", "Fred", "Gil", "Hana", "Ida", "Juan")
FAR_OFF = (DINA, JUAN)  # guests of Addis
# Guest, arrival, nights, euros. Without a name: a paid night, and one free of charge. Ida's is house use.
STAYS = [
    (ANA, "2025-03-03", 3, 300, {}), (BEN, "2025-03-10", 2, 240, {}), (CORA, "2025-03-12", 1, 100, {}), (DINA, "2025-03-05", 2, 200, {}),
    (EVE, "2025-03-22", 1, 60, {}), (FRED, "2025-03-23", 1, 50, {}), (GIL, "2025-03-24", 1, 30, {}), (HANA, "2025-03-06", 1, 40, {}),
    (None, "2025-03-07", 1, 80, {}), (None, "2025-03-08", 1, 0, {"rate_class": "complimentary"}), (IDA, "2025-03-08", 1, 0, {"rate_class": "house_use"}),
    (ANA, "2025-02-03", 2, 100, {}), (FRED, "2025-02-10", 2, 100, {}),
]  # fmt: skip
# Ben joined six days after he left, Cora eight; Eve on the day she came; Gil when he left, a week before 1 April. Hana's account was closed.
ENROLLED = {ANA: ("2024-01-01", "desk"), BEN: ("2025-03-18", "web"), CORA: ("2025-03-21", "web"), EVE: ("2025-03-22", "desk"), GIL: ("2025-03-25", "desk"),
            HANA: ("2023-05-02", "web"), JUAN: ("2023-02-01", "")}  # fmt: skip
CLOSED = {HANA: "2024-12-31"}
# Day, kind, points, and what a reward cost in cents. The last of February is taken back in March, and so is one reward.
POINTS = [("2025-02-05", "earn", 200, None), ("2025-03-06", "earn", 1000, None), ("2025-03-10", "burn", -300, 120), ("2025-03-11", "burn", -100, 50),
          ("2025-03-12", "expire", -50, None), ("2025-02-20", "burn", -10, 4)]  # fmt: skip
TAKEN_BACK = {0: ("2025-03-07", -200, None), 3: ("2025-03-13", 100, None)}  # nobody says again what the reward had cost
# Member: is the account open, was it a year ago, active, tier now and then, invited, came, points that expire, early.
ACCOUNTS = {
    ANA: (1, 1, 1, "Gold", "Silver", 3, 2, 100, 1), BEN: (1, 0, 0, "Base", None, 0, 0, 0, 0), CORA: (1, 0, 1, "Base", None, 0, 0, 0, 1),
    EVE: (1, 1, 0, "Silver", "Silver", 0, 0, 0, 0), HANA: (0, 1, 1, "Base", "Base", 2, 1, 70, 1), JUAN: (1, 1, 1, "Base", "Silver", 1, 0, 40, 0),
}  # fmt: skip
RANKS = {"Base": 0, "Silver": 1, "Gold": 2}
# Member, fate, points; of open ones the share that is redeemed in the end, in millionths, with its bounds.
LOTS = [(ANA, "burned", 300), (ANA, "expired", 100), (ANA, "open", 400, 500_000, 400_000, 600_000), (JUAN, "open", 200, 250_000, 200_000, 300_000),
        (JUAN, "transferred", 70), (ANA, "adjusted", 30)]  # fmt: skip
BALANCES = {ANA: 400, JUAN: 200}
WORTH = 0.4  # of a point, in cents
# Property (0: together): matched members, what they spent more in cents, with its bounds.
EFFECTS = {0: (140, 4500, 500, 8500), LIS: (100, 5000, 2000, 8000), ADD: (50, 2000, -1000, 5000)}


def house(store: RecordStore) -> Hotel:
    """Write the guests, their stays, accounts and points, and what the programme cost."""
    hotel = Hotel(store).open()
    for code in ("LIS", "ADD"):
        hotel.property(code, 10)
    for guest, name in enumerate(NAMES, 1):
        hotel.guest(f"{name} Silva", _at(guest), email=f"{name.lower()}@example.com", country="PT")
    for guest, arrival, nights, euros, details in STAYS:
        hotel.stay(_at(guest), arrival, nights, euros, guest, **details)
    club = hotel.programme("club")
    members = {guest: hotel.member(guest, day, club, via, closed_on=CLOSED.get(guest)) for guest, (day, via) in ENROLLED.items()}
    _post(hotel, members[ANA])
    for at, month, euros, kind in (("LIS", "2025-03-01", 5, "fees"), ("LIS", "2025-02-01", 9, "fees"), ("ADD", "2025-03-01", 2, "staff")):
        hotel.cost(club, at, month, euros, kind)
    return hotel


def _at(guest: int | None) -> str:
    return "ADD" if guest in FAR_OFF else "LIS"


def _post(hotel: Hotel, member: int) -> None:
    money = lambda cents: {} if cents is None else {"amount_minor": cents, "currency": "EUR"}  # noqa: E731
    made = [hotel.points(member, day, kind, points, **money(cents)) for day, kind, points, cents in POINTS]
    for which, (day, points, cents) in TAKEN_BACK.items():
        hotel.points(member, day, "reverse", points, reverses_id=made[which], **money(cents))


def settle(duck: duckdb.DuckDBPyConnection) -> None:
    """Write by hand what a refresh works out of the ledger."""
    for name in ("members", "tiers", "lots", "member_effects"):
        duck.execute(f"DELETE FROM mart_{name}")
    for number, (guest, (is_open, was_open, active, tier, before, invited, came, expiring, early)) in enumerate(ACCOUNTS.items(), 1):
        put(duck, "members", membership_id=number, guest_id=guest, cluster=guest, property_id=ADD if guest in FAR_OFF else LIS, programme_id=1,
            enrolled_on=ENROLLED[guest][0], is_open=is_open, was_open=was_open, is_active=active, tier=tier, tier_rank=RANKS[tier], year_ago_tier=before,
            invited=invited, came=came, expiring=expiring, early_active=early, country="PT",
            balance=BALANCES.get(guest, 0), last_active_on="2025-01-15" if guest in BALANCES else None)  # fmt: skip
    for number, (guest, fate, points, *shares) in enumerate(LOTS):
        estimate = {f"redeems{bound}": share for bound, share in zip(("_ppm", "_low", "_high"), shares, strict=False)}
        worth = {f"{what}{bound}": round(points * share / 1000 * WORTH * part) for bound, share in zip(("", "_low", "_high"), shares, strict=False)
                 for what, part in (("owed", 1), ("deferred", 0.6))}
        put(duck, "lots", lot_id=number, membership_id=guest, guest_id=guest, cluster=guest, property_id=ADD if guest in FAR_OFF else LIS, programme_id=1,
            issued_on="2024-05-01", fate=fate, points=points, **estimate, **worth)  # fmt: skip
    for place, (matched, effect, low, high) in EFFECTS.items():
        put(duck, "member_effects", property_id=place, members=200, others=500, matched=matched, effect=effect, effect_low=low, effect_high=high)


def put(duck: duckdb.DuckDBPyConnection, mart: str, **values) -> None:
    """Insert a row into a mart; what is None is not known."""
    said = {name: value for name, value in values.items() if value is not None}
    duck.execute(f"INSERT INTO mart_{mart} ({', '.join(said)}) VALUES ({', '.join('?' for _ in said)})", list(said.values()))


def changed(made: Warehouse, folder: Path, *statements: str) -> Warehouse:
    """Return a copy of a warehouse, kept in a folder, in which some marts were changed by hand."""
    folder.mkdir(exist_ok=True)
    path = Path(shutil.copy(made.path, folder / "changed.duckdb"))
    with duckdb.connect(str(path)) as duck:
        for statement in statements:
            duck.execute(statement)
    return Warehouse(path, made.version)


def view(properties: tuple[int, ...] = (LIS, ADD), **details) -> Scope:
    """The local user's view in March 2025."""
    return Scope("local", properties, details.pop("period", Period(dt.date(2025, 3, 1), AS_OF)), AS_OF, **details)
