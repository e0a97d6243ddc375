"""A house whose scores are written by hand, so that one can add them up."""
import datetime as dt
import shutil

import duckdb
import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests import mailed as mailed_
from tests import rewarded
from tests.returning import ANA, BEN, CORA, DINA, EVE, FAR, FRED, GIL, HANA, IDA, LEA, LIS, MIA, STAYS, house

# Of each guest, at all properties together and at Lisbon: the chance to be a customer still in %, value and what is at stake in euros, tenth by value.
FORETOLD = {
    ANA: (90, 1000, 100, 10), BEN: (40, 800, 2000, 9), CORA: (30, 600, 1200, 8), DINA: (20, 1100, 1400, 10), EVE: (10, 500, 4000, 10),
    FRED: (75, 60, 20, 2), GIL: (45, 400, 500, 7), HANA: (50, 50, 50, 1), IDA: (49, 700, 800, 8), LEA: (25, 900, 2700, 9), MIA: (24.9999, 40, 120, 1),
}  # fmt: skip
TIERS = ("base",) * 5 + ("middle",) * 3 + ("high",) * 2 + ("top",)
# Every guest is expected for half a stay in the first year, 0.4 in the second and 0.25 in the third, at 200 a stay; a value may be a fifth off.
ALIKE = "expected_ppm = 500000, expected_low = 400000, expected_high = 700000, stays_2 = 0.4, stays_3 = 0.25, spend_per_stay = 20000"
# Place, tenth, chance foretold in %, guests, and how many of them came.
TESTED = [(0, 1, 10, 4, 1), (0, 10, 80, 3, 3), (LIS, 5, 50, 2, 1), (FAR, 5, 20, 1, 0)]
# Day, window in days, and who was contacted or held out.
LISTS = [
    ("2023-01-15", 10, (LEA, DINA, EVE, CORA), (ANA, BEN)), ("2024-01-13", 366, (ANA, BEN, FRED), ()), ("2025-01-01", 180, (IDA, FRED), (MIA,)),
]  # fmt: skip


@pytest.fixture(scope="session")
def foretold(tmp_path_factory):
    """The warehouse of the guests who come back, with scores, back-tests, reviews, cases, consents and lists."""
    settings = settings_.at(tmp_path_factory.mktemp("foretold"))
    hotel = house(record.open_store(settings))
    _say(hotel)
    _list(hotel)
    refresh(settings)
    hotel.store.engine.dispose()
    with duckdb.connect(str(next(settings.warehouse.glob("*.duckdb")))) as duck:
        _foretell(duck)
    return warehouses.current(settings)


@pytest.fixture(scope="session")
def mailed(tmp_path_factory):
    """The warehouse of guests who were written to, or held out (tests/mailed.py)."""
    settings = settings_.at(tmp_path_factory.mktemp("mailed"))
    hotel = mailed_.house(record.open_store(settings))
    refresh(settings)
    hotel.store.engine.dispose()
    return warehouses.current(settings)


@pytest.fixture(scope="session")
def refreshed_house(tmp_path_factory):
    """The warehouse of a programme with a ledger (tests/rewarded.py), as a refresh leaves it."""
    settings = settings_.at(tmp_path_factory.mktemp("rewarded"))
    hotel = rewarded.house(record.open_store(settings))
    refresh(settings)
    hotel.store.engine.dispose()
    return warehouses.current(settings)


@pytest.fixture(scope="session")
def rewarded_house(refreshed_house, tmp_path_factory):
    """The same, with lots, tiers and estimates written by hand."""
    path = tmp_path_factory.mktemp("settled") / "settled.duckdb"
    shutil.copy(refreshed_house.path, path)
    with duckdb.connect(str(path)) as duck:
        rewarded.settle(duck)
    return warehouses.Warehouse(path, refreshed_house.version)


@pytest.fixture
def altered(rewarded_house, tmp_path):
    """A function that returns a copy of that warehouse after some statements in SQL."""
    def alter(*statements: str) -> warehouses.Warehouse:
        path = tmp_path / "altered.duckdb"
        shutil.copy(rewarded_house.path, path)
        with duckdb.connect(str(path)) as duck:
            for statement in statements:
                duck.execute(statement)
        return warehouses.Warehouse(path, rewarded_house.version)
    return alter


def stay_of(guest: int, place: int, arrival: str) -> int:
    """Return the number of a stay of the house."""
    return next(i for i, stay in enumerate(STAYS, 1) if stay[:3] == (guest, place, arrival))


def _say(hotel) -> None:
    """Ben's last stay was a six, Cora had a case in hers; Dina was unhappy with her first, and Lea comes again in May."""
    hotel.review(stay_of(BEN, LIS, "2024-01-13"), 6)
    hotel.case(stay_of(CORA, LIS, "2023-07-01"))
    hotel.review(stay_of(DINA, LIS, "2023-01-10"), 2)
    hotel.stay("LIS", "2025-05-02", 1, 100, LEA, status="confirmed")
    for guest, state in ((BEN, "given"), (CORA, "withdrawn"), (DINA, "given")):
        hotel.consent(guest, state, "2024-01-20T10:00:00+00:00")
    hotel.set(schema.profile, CORA, phone="+351 21 555 0100")
    hotel.consent(CORA, "given", "2024-01-20T10:00:00+00:00", channel="sms")


def _list(hotel) -> None:
    with hotel.changing("list") as change:
        for i, (day, window, contacted, held_out) in enumerate(LISTS, 1):
            values = {"name": f"List {i}", "kind": "win_back", "definition": "{}", "as_of": dt.date.fromisoformat(day), "properties": "[1, 2, 3]",
                      "window_days": window, "holdout_bp": 0, "salt": "-", "actor": "test", "at": change.at}
            change.connection.execute(sa.insert(schema.audience).values(id=i, **values))
            members = [(guest, "contact") for guest in contacted] + [(guest, "held_out") for guest in held_out]
            change.connection.execute(sa.insert(schema.audience_member), [{"audience_id": i, "guest_id": g, "arm": arm} for g, arm in members])


def _foretell(duck: duckdb.DuckDBPyConnection) -> None:
    for guest, (alive, value, stake, decile) in FORETOLD.items():
        duck.execute(
            f"""UPDATE mart_guest_scores SET alive_ppm = {alive * 10_000}, alive_low = {alive * 5000}, alive_high = {alive * 10_000}, {ALIKE},
                return_ppm = {alive * 5000}, value = {value * 100}, value_low = {value * 80}, value_high = {value * 120}, at_stake = {stake * 100},
                value_decile = {decile}, tier = '{TIERS[decile]}' WHERE guest_id = {guest} AND property_id <= {LIS}""")
    duck.execute(f"""UPDATE mart_guest_scores SET alive_ppm = 600000, {ALIKE}, value = 5000, at_stake = 100, value_decile = 4, tier = 'base'
                     WHERE property_id = {FAR}""")
    guest = 100
    for place, decile, chance, guests, came in TESTED:
        for i in range(guests):
            guest += 1
            duck.execute(f"""INSERT INTO mart_guest_tests BY NAME SELECT {place} AS property_id, {guest} AS guest_id, {guest} AS cluster,
                             DATE '2024-01-01' AS last_on, 1 AS stays, 90 AS silent_days, 500000 AS expected_ppm, {chance * 10_000} AS return_ppm,
                             {decile} AS decile, {int(i < came)} AS came, {int(i < came)} AS returned""")
