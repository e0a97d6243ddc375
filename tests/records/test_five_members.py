"""Five members over three years, every figure counted by hand: balances, lots, tiers, a reversal, a tier by hand, a merge and its end.

Tiers by nights in twelve months: Silver 5 (3 keep it), Gold 10 (8). Points are valid for twelve months.
"""
import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core import settings as settings_
from crm_core.records import identity, joining, member_card, memberships, points
from crm_core.records.movements import Movement
from crm_core.store import record
from tests.hotel import Hotel

RULES = {"tiers": [{"name": "Base"}, {"name": "Silver", "qualify": {"nights": 5}, "retain": {"nights": 3}},
                   {"name": "Gold", "qualify": {"nights": 10}, "retain": {"nights": 8}}], "earn": {"room": 10}, "expiry": "age", "expiry_months": 12}
ANA, BEN, CHEN, DORA, AGAIN = 1, 2, 3, 4, 5
MEMBERS = {ANA: ("Ana Silva", "2022-04-10"), BEN: ("Ben Okafor", "2022-06-01"), CHEN: ("Chen Wu", "2023-01-01"), DORA: ("Dora Costa", "2022-05-01"),
           AGAIN: ("D. Costa", "2023-03-01")}
STAYS = ((ANA, "2022-05-01", 3), (ANA, "2022-09-01", 2), (ANA, "2023-06-01", 4), (CHEN, "2023-05-10", 6))
POSTED = (
    (ANA, "2022-05-04", "earn", 300), (BEN, "2022-06-01", "opening", 120), (BEN, "2022-07-10", "earn", 500), (BEN, "2022-08-01", "burn", -200),
    (BEN, "2022-09-01", "reverse", 200), (ANA, "2022-09-03", "earn", 200), (ANA, "2023-01-10", "burn", -250), (AGAIN, "2023-03-20", "earn", 300),
    (DORA, "2023-04-10", "earn", 200), (CHEN, "2023-05-16", "earn", 600), (CHEN, "2023-06-01", "adjust", 50), (ANA, "2023-06-05", "earn", 400),
    (AGAIN, "2023-08-15", "earn", 150), (AGAIN, "2023-12-01", "burn", -100), ("join", "2024-02-01", "", 0), (DORA, "2024-02-15", "burn", -260),
    (ANA, "2024-05-01", "burn", -150), ("part", "2024-05-01", "", 0))  # fmt: skip
END = dt.date(2025, 3, 31)


def on(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def live(hotel, view) -> None:
    """Let the three years pass, day by day of POSTED."""
    with hotel.changing("merge") as change:
        link = identity.link(change, DORA, AGAIN, decided_by="person", actor="test")
    gift = memberships.set_override(hotel.store, view(1, as_of=on("2023-03-01")), membership_id=CHEN, tier="Gold", reason="Speaker", from_on=on("2023-03-01"),
                                    until_on=on("2023-09-01"))
    memberships.end_override(hotel.store, view(1, as_of=on("2023-07-01")), id=gift, version=1)
    for member, day, kind, n in POSTED:
        with hotel.changing("today") as change:
            change.connection.execute(sa.update(schema.setting).where(schema.setting.c.key == "as_of").values(value=day))
        if member == "join":
            assert joining.join_accounts(hotel.store, view(1, as_of=on(day)), guest_id=DORA, into=DORA, version=1) == 350
        elif member == "part":
            with hotel.changing("split") as change:
                identity.end(change, [link], "test")
        else:
            post(hotel, member, day, kind, n)
    points.expire_due(hotel.store, END)


def post(hotel, member: int, day: str, kind: str, n: int) -> None:
    back = "BEN 2022-08-01" if kind == "reverse" else None
    row = Movement(0, on(day), kind, n, membership_id=member, source="file", external_id=f"{'BEN' if member == BEN else member} {day}", reverses=back)
    with hotel.changing("points") as change:
        assert points.post_batch(change, [row], on(day))[0].what == "added"


@pytest.fixture(scope="module")
def lived(tmp_path_factory, scope):
    """The hotel after three years, and a view of it on any day."""
    hotel = Hotel(record.open_store(settings_.at(tmp_path_factory.mktemp("five")))).open()
    hotel.property("LIS", 10)
    hotel.programme("club", RULES, from_on="2022-04-01")
    for number, (name, enrolled) in MEMBERS.items():
        assert (hotel.guest(name, "LIS"), hotel.member(number, enrolled, 1)) == (number, number)
    for guest, arrival, nights in STAYS:
        hotel.stay("LIS", arrival, nights, 100, guest)

    def view(*properties, **changes):
        return replace(scope, properties=properties or (1,), **changes)
    live(hotel, view)
    yield hotel, view
    hotel.store.engine.dispose()


@pytest.mark.parametrize(("member", "balances"), [
    (ANA, {"2022-05-03": 0, "2022-12-31": 500, "2023-01-10": 250, "2023-05-03": 250, "2023-05-04": 200, "2023-06-30": 600, "2023-09-03": 400,
           "2024-05-01": 250, "2024-06-04": 250, "2024-06-05": 0}),
    (BEN, {"2022-06-30": 120, "2022-07-10": 620, "2022-08-31": 420, "2022-09-01": 620, "2023-07-09": 620, "2023-07-10": 120, "2025-03-31": 120}),
    (CHEN, {"2023-05-15": 0, "2023-05-16": 600, "2023-06-01": 650, "2024-05-15": 650, "2024-05-16": 50, "2024-06-01": 0}),
    (DORA, {"2023-04-10": 200, "2024-01-31": 200, "2024-02-01": 550, "2024-02-15": 290, "2024-04-09": 290, "2024-04-10": 150, "2024-05-01": 0}),
    (AGAIN, {"2023-03-20": 300, "2023-08-15": 450, "2023-12-01": 350, "2024-01-31": 350, "2024-02-01": 0, "2024-04-30": 0, "2024-05-01": 150, "2024-08-15": 0}),
])  # fmt: skip
def test_the_balance_on_any_day(lived, member, balances):
    hotel, view = lived
    found = {day: points.balance_on(hotel.store, view(), membership_id=member, on=on(day)) for day in balances}
    assert found == balances


@pytest.mark.parametrize(("member", "day", "lots"), [
    (ANA, "2022-12-31", [("2022-05-04", "2023-05-04", 300), ("2022-09-03", "2023-09-03", 200)]),
    (ANA, "2023-01-31", [("2022-05-04", "2023-05-04", 50), ("2022-09-03", "2023-09-03", 200)]),
    (ANA, "2024-05-02", [("2023-06-05", "2024-06-05", 250)]),
    (BEN, "2022-08-15", [("2022-07-10", "2023-07-10", 420)]),
    (BEN, "2022-09-15", [(None, None, 120), ("2022-07-10", "2023-07-10", 500)]),
    (BEN, "2025-03-31", [(None, None, 120)]),
    (CHEN, "2023-12-31", [("2023-05-16", "2024-05-16", 600), ("2023-06-01", "2024-06-01", 50)]),
    (DORA, "2024-02-01", [("2023-03-20", "2024-03-20", 200), ("2023-04-10", "2024-04-10", 200), ("2023-08-15", "2024-08-15", 150)]),
    (DORA, "2024-02-29", [("2023-04-10", "2024-04-10", 140), ("2023-08-15", "2024-08-15", 150)]),
    (DORA, "2024-04-10", [("2023-08-15", "2024-08-15", 150)]),
    (DORA, "2024-05-01", []),
    (AGAIN, "2023-12-31", [("2023-03-20", "2024-03-20", 200), ("2023-08-15", "2024-08-15", 150)]),
    (AGAIN, "2024-02-01", []),
    (AGAIN, "2024-05-01", [("2023-08-15", "2024-08-15", 150)]),
])  # fmt: skip
def test_the_lots_on_any_day(lived, member, day, lots):
    hotel, view = lived
    (card,) = member_card.memberships_of(hotel.store, view(as_of=on(day)), guest_id=member)
    iso = lambda one: one and one.isoformat()  # noqa: E731
    assert [(iso(lot["issued_on"]), iso(lot["expires_on"]), lot["points"]) for lot in card["lots"]] == lots


@pytest.mark.parametrize(("member", "spells"), [
    (ANA, [("Base", "2022-04-10", "2022-09-03", "enrolled"), ("Silver", "2022-09-03", "2024-06-05", "qualified"), ("Base", "2024-06-05", None, "fell")]),
    (BEN, [("Base", "2022-06-01", None, "enrolled")]),
    (CHEN, [("Base", "2023-01-01", "2023-03-01", "enrolled"), ("Gold", "2023-03-01", "2023-07-01", "by_hand"), ("Silver", "2023-07-01", "2024-05-16", "qualified"),
            ("Base", "2024-05-16", None, "fell")]),
    (AGAIN, [("Base", "2023-03-01", None, "enrolled")]),
])  # fmt: skip
def test_the_tiers_with_their_days(lived, member, spells):
    hotel, view = lived
    (card,) = member_card.memberships_of(hotel.store, view(as_of=END), guest_id=member)
    found = [(s.tier, s.from_on.isoformat(), s.until_on and s.until_on.isoformat(), s.why) for s in card["spells"]]
    assert found == spells


def test_what_expired_and_when(lived):
    hotel, _ = lived
    e = schema.points_entry.c
    with hotel.store.reading() as connection:
        rows = connection.execute(sa.select(e.membership_id, e.posted_on, e.points).where(e.kind == "expire").order_by(e.membership_id, e.posted_on))
        found = [(row.membership_id, row.posted_on.isoformat(), -row.points) for row in rows]
    assert found == [
        (ANA, "2023-05-04", 50), (ANA, "2023-09-03", 200), (ANA, "2024-06-05", 250), (BEN, "2023-07-10", 500), (CHEN, "2024-05-16", 600), (CHEN, "2024-06-01", 50),
        (DORA, "2024-04-10", 140), (AGAIN, "2024-08-15", 150)]


def test_the_accounts_of_the_programme_close(lived):
    """Issued 2,770 and adjusted 50, less redeemed 760 and expired 1,940, leave the 120 points that Ben brought along."""
    hotel, _ = lived
    e = schema.points_entry.c
    with hotel.store.reading() as connection:
        sums = {name: int(n) for name, n in connection.execute(sa.select(e.counter, sa.func.sum(e.points)).group_by(e.counter))}
        assert int(connection.execute(sa.select(sa.func.sum(e.points))).scalar_one()) == 120
    assert sums == {"issued": 2770, "adjusted": 50, "redeemed": -760, "expired": -1940, "transferred": 0}
