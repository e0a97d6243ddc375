"""A programme of two properties whose points, tiers, lots and invitations one can count by hand."""
import datetime as dt

import duckdb

from crm_core import schema
from crm_core.scope import Period, Scope
from crm_core.store.record import RecordStore
from tests.hotel import AS_OF, Hotel

LIS, ADD = 1, 2
CHAIN = (LIS, ADD)
ANA, BEN, CORA, DINA, EVE, FRED, GIL, HANA = range(1, 9)
NAMES = ("Ana", "Ben", "Cora", "Dina", "Eve", "Fred", "Gil", "Hana")
CLUB = 1
MARCH = Period(dt.date(2025, 3, 1), AS_OF)
# Guest, property, arrival, nights, euros, score of ten, and what is not usual about it.
STAYS = [
    (ANA, "LIS", "2025-03-03", 3, 300, 9.5, {}),
    (BEN, "LIS", "2024-12-01", 1, 50, 10, {}), (BEN, "LIS", "2025-02-01", 1, 50, 7, {}),  # the last score counts
    (CORA, "LIS", "2023-02-01", 1, 60, 10, {}),  # more than two years ago
    (DINA, "ADD", "2024-09-01", 2, 100, 6, {}),
    (EVE, "LIS", "2024-05-01", 2, 200, None, {}), (EVE, "LIS", "2025-03-10", 1, 90, None, {}),  # 61 days after the invitation
    (FRED, "LIS", "2024-10-01", 4, 400, None, {}),  # after 274 days
    (GIL, "LIS", "2025-01-10", 1, 100, None, {}),
    (HANA, "LIS", "2024-03-10", 1, 80, None, {}),
    (None, "LIS", "2024-07-01", 1, 0, None, {"rate_class": "complimentary"}),
]  # fmt: skip
# Day, kind, points, and what stands behind it.
POINTS = {
    ANA: [("2023-01-10", "earn", 1000, {}), ("2024-05-01", "burn", -300, {"spend": "room", "amount_minor": 120}), ("2024-06-01", "burn", -100, {"spend": "fnb"}),
          ("2025-02-10", "earn", 400, {}), ("2025-03-05", "burn", -200, {"spend": "room", "amount_minor": 100}),
          ("2025-03-20", "burn", -150, {"spend": "spa", "amount_minor": 60})],
    BEN: [("2023-03-15", "opening", 200, {}), ("2023-06-01", "earn", 600, {}), ("2024-06-01", "expire", -250, {}), ("2025-03-31", "adjust", -20, {}),
          ("2025-04-01", "earn", 999, {})],  # nobody knows of the last one yet
    CORA: [("2025-01-05", "earn", 80, {}), ("2025-03-02", "transfer", -50, {})],
    DINA: [("2024-08-08", "earn", 500, {}), ("2025-03-02", "transfer", 50, {}), ("2025-03-11", "burn", -100, {"spend": "room"})],
}  # fmt: skip
# The lots of these entries: member, issue, first day on which they are no longer valid, fate, day taken, points.
LOTS = [
    (ANA, "2023-01-10", "2026-01-10", "burned", "2024-05-01", 300), (ANA, "2023-01-10", "2026-01-10", "burned", "2024-06-01", 100),
    (ANA, "2023-01-10", "2026-01-10", "burned", "2025-03-20", 150), (ANA, "2023-01-10", "2026-01-10", "open", None, 450),
    (ANA, "2025-02-10", "2028-02-10", "open", None, 400), (BEN, None, None, "adjusted", "2025-03-31", 20), (BEN, None, None, "open", None, 180),
    (BEN, "2023-06-01", "2025-06-15", "expired", "2024-06-01", 250), (BEN, "2023-06-01", "2025-06-15", "open", None, 350),
    (CORA, "2025-01-05", "2025-05-01", "transferred", "2025-03-02", 50), (CORA, "2025-01-05", "2025-05-01", "open", None, 30),
    (DINA, "2024-08-08", "2027-08-08", "burned", "2025-03-11", 100), (DINA, "2024-08-08", "2027-08-08", "open", None, 400),
    (DINA, "2025-01-05", "2025-05-01", "open", None, 50),
]  # fmt: skip
# Quarter of issue: points issued, redeemed and expired; and whether it is told as over, although it is not, so that there is a breakage to count.
VINTAGES = [("2023-01-01", 1000, 550, 0, 1), ("2023-04-01", 600, 0, 250, 1), ("2024-07-01", 500, 100, 0, 0), ("2025-01-01", 480, 0, 0, 0)]
# Member: property, tier and its rank, balance, whom they invited, how many of these came in time, and whether the account is open.
MEMBERS = {ANA: (LIS, "Gold", 2, 850, 2, 1, 1), BEN: (LIS, "Base", 0, 530, 1, 0, 1), CORA: (LIS, "Silver", 1, 30, 1, 1, 1),
           DINA: (ADD, "Base", 0, 450, 1, 0, 1), HANA: (LIS, "Base", 0, 0, 0, 5, 0)}  # fmt: skip
SPELLS = [(ANA, LIS, "Base", 0, "2023-01-10", "2025-03-20"), (ANA, LIS, "Gold", 2, "2025-03-20", None), (BEN, LIS, "Base", 0, "2023-03-15", None),
          (CORA, LIS, "Silver", 1, "2024-12-01", None), (DINA, ADD, "Base", 0, "2024-08-01", None)]  # fmt: skip
# Property, month: issued, redeemed, expired, adjusted, transferred; the estimate at its end, and what was owed then in minor units.
MONTHS = [
    (LIS, "2025-01-01", 80, 0, 0, 0, 0, 0.5, 200.0), (LIS, "2025-02-01", 400, 0, 0, 0, 0, 0.5, 280.4), (LIS, "2025-03-01", 0, 150, 0, -20, -50, 0.6, 260.2),
    (ADD, "2024-08-01", 500, 0, 0, 0, 0, 0.5, 100.0), (ADD, "2025-01-01", 0, 0, 0, 0, 0, 0.5, 100.0), (ADD, "2025-02-01", 0, 0, 0, 0, 0, 0.5, 100.0),
    (ADD, "2025-03-01", 0, 100, 0, 0, 50, 0.6, 108.0),
]  # fmt: skip
# Property: members and matched ones, what they spent more in minor units, by the plain difference and beside guests alike, with its bounds.
EFFECTS = {0: (50, 120, 20_000, 5000, 2000, 8000), LIS: (30, 100, 21_000, 6000, 3000, 9000), ADD: (20, 99, 18_000, 3000, -1000, 7000)}


def view(properties: tuple[int, ...] = CHAIN, **details) -> Scope:
    """The local user's view of some of the properties in March 2025."""
    return Scope("local", properties, details.pop("period", MARCH), AS_OF, **{"chain": CHAIN, **details})


def house(store: RecordStore) -> Hotel:
    """Write the guests, their stays and scores, the ledger, the invitations and the costs."""
    hotel = Hotel(store).open()
    for code in ("LIS", "ADD"):
        hotel.property(code, 10)
    hotel.set(schema.property, ADD, margin_bp=5000)
    for name in NAMES:
        hotel.guest(f"{name} Silva", "ADD" if name == "Dina" else "LIS", email=f"{name.lower()}@example.com", country="PT")
    for guest, place, arrival, nights, euros, score, details in STAYS:
        stay = hotel.stay(place, arrival, nights, euros, guest, **details)
        if score is not None:
            hotel.review(stay, score)
        if (guest, arrival) == (EVE, "2024-05-01"):
            hotel.charge(stay, "fnb", 10)
    hotel.set(schema.review, 1, profile_id=ANA, reviewed_on=AS_OF.replace(month=3))
    _enrol(hotel)
    return hotel


def _enrol(hotel: Hotel) -> None:
    """Every member has the guest's number; Hana's account is closed."""
    club, details = hotel.programme("club"), {HANA: {"status": "closed", "closed_on": "2024-01-01"}}
    members = {guest: hotel.member(guest, day, club, **details.get(guest, {})) for guest, day in (
        (ANA, "2023-01-10"), (BEN, "2023-03-15"), (CORA, "2024-12-01"), (DINA, "2024-08-01"), (HANA, "2023-01-01"))}
    for guest, entries in POINTS.items():
        made = [hotel.points(members[guest], day, kind, points, **({"currency": "EUR"} if "amount_minor" in also else {}), **also)
                for day, kind, points, also in entries]
        if guest == ANA:  # the 200 of 5 March are taken back the next day
            hotel.points(members[ANA], "2025-03-06", "reverse", 200, reverses_id=made[4], spend="room", amount_minor=-100, currency="EUR")
    for guest, invitations in {ANA: [("2024-03-01", EVE), ("2024-01-01", FRED)], BEN: [("2024-02-01", None)], DINA: [("2024-02-02", HANA)],
                               CORA: [("2024-12-01", GIL), ("2024-04-01", EVE)]}.items():  # fmt: skip
        code = hotel.code(members[guest], "2024-01-01")
        for day, invited in invitations:
            hotel.invite(code, day, invited)
    for place, month, euros, kind in (("LIS", "2024-03-01", 99, "fees"), ("LIS", "2024-06-01", 10, "fees"), ("LIS", "2025-03-01", 5, "staff"),
                                      ("ADD", "2024-05-01", 7, "benefits")):  # fmt: skip
        hotel.cost(club, place, month, euros, kind)


def settle(duck: duckdb.DuckDBPyConnection) -> None:
    """Write by hand what a refresh works out of the ledger: every second point is expected to be redeemed, and is worth 0.4 minor units."""
    for name in ("members", "tiers", "lots", "vintages", "point_months", "member_effects"):
        duck.execute(f"DELETE FROM mart_{name}")
    member = {ANA: 1, BEN: 2, CORA: 3, DINA: 4, HANA: 5}
    for guest, (place, tier, rank, balance, invited, came, is_open) in MEMBERS.items():
        _put(duck, "members", membership_id=member[guest], guest_id=guest, cluster=guest, property_id=place, programme_id=CLUB, is_open=is_open, was_open=1,
             tier=tier, tier_rank=rank, balance=balance, invited=invited, came=came)  # fmt: skip
    for guest, place, tier, rank, from_on, until_on in SPELLS:
        _put(duck, "tiers", membership_id=member[guest], guest_id=guest, property_id=place, programme_id=CLUB, tier=tier, tier_rank=rank, from_on=from_on,
             until_on=until_on, why="qualified")  # fmt: skip
    for lot, (guest, issued_on, expires_on, fate, taken_on, points) in enumerate(LOTS):
        worth = {f"{name}{bound}": points * times for name, full in (("owed", 200), ("deferred", 100))
                 for bound, times in (("", full), ("_low", full * 0.8), ("_high", full * 1.2))}
        share = dict(zip(("redeems_ppm", "redeems_low", "redeems_high"), (500_000, 400_000, 600_000), strict=True))
        _put(duck, "lots", lot_id=lot, membership_id=member[guest], guest_id=guest, cluster=guest, property_id=MEMBERS[guest][0], programme_id=CLUB,
             issued_on=issued_on, expires_on=expires_on, fate=fate, taken_on=taken_on, points=points, tier=MEMBERS[guest][1] if guest != ANA else "Base",
             spend="room", **(worth | share if fate == "open" else {}))  # fmt: skip
    for issued_on, issued, redeemed, expired, is_ripe in VINTAGES:
        left = issued - redeemed - expired
        rates = {f"urr{bound}": (redeemed + share * left) / issued for bound, share in (("", 0.5), ("_low", 0.4), ("_high", 0.6))}
        _put(duck, "vintages", programme_id=CLUB, issued_on=issued_on, age=0, issued=issued, redeemed=redeemed, expired=expired, open=left,
             is_ripe=is_ripe, **rates)  # fmt: skip
    for place, month_on, issued, redeemed, expired, adjusted, transferred, urr, liability in MONTHS:
        _put(duck, "point_months", programme_id=CLUB, property_id=place, month_on=month_on, issued=issued, redeemed=redeemed, expired=expired,
             adjusted=adjusted, transferred=transferred, closing={LIS: 1410, ADD: 450}[place], urr=urr, value=0.4, liability=liability)  # fmt: skip
    for place, (members, matched, raw, effect, low, high) in EFFECTS.items():
        _put(duck, "member_effects", property_id=place, members=members, others=200, matched=matched, raw=raw, effect=effect, effect_low=low,
             effect_high=high, naive=30_000, balance="{}")  # fmt: skip


def _put(duck: duckdb.DuckDBPyConnection, mart: str, **values) -> None:
    said = {name: value for name, value in values.items() if value is not None}
    duck.execute(f"INSERT INTO mart_{mart} ({', '.join(said)}) VALUES ({', '.join('?' for _ in said)})", list(said.values()))
