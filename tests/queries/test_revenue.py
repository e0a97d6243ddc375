"""Where revenue comes from, how the books fill beside a year before, and the house beside its market: counted by hand at Lisbon."""
import datetime as dt
from dataclasses import replace

import pytest

from crm_core import queries, schema
from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.scope import Period, Scope
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, lisbon_and_addis

MARCH = Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1))
LISBON = Scope("local", (1,), MARCH, AS_OF)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Lisbon with a suite sold for a night, three comparison sets, and bookings for April of this year and the last; see the comments."""
    settings = settings_.at(tmp_path_factory.mktemp("revenue"))
    hotel = lisbon_and_addis(record.open_store(settings))
    hotel.stay("LIS", "2025-03-25", 1, 150, room_type="Suite")
    hotel.market("LIS", "2025-03-01", "2025-04-01", 3100, 1550, 155_000)
    hotel.market("LIS", "2025-03-01", "2025-04-01", 300, 150, 15_000, set_name="Few", hotels=3)
    hotel.market("LIS", "2025-03-01", "2025-04-01", 300, 150, 15_000, set_name="One giant", largest_bp=5001)
    hotel.stay("LIS", "2025-04-10", 2, 200, status="confirmed", lead=10)  # booked yesterday
    gone = hotel.stay("LIS", "2025-04-12", 3, 300, status="cancelled", lead=60)
    hotel.set(schema.stay, gone, ended_on=dt.date(2025, 3, 30))
    hotel.stay("LIS", "2024-04-11", 2, 300, lead=30)  # on the books 364 days before the as-of date, which was 2 April
    hotel.stay("LIS", "2024-04-11", 1, 100, lead=5)  # booked on 6 April
    hotel.stay("LIS", "2024-04-12", 1, 90, status="cancelled", lead=30)  # cancelled on 11 April
    earlier = hotel.stay("LIS", "2024-04-12", 1, 90, status="cancelled", lead=30)
    hotel.set(schema.stay, earlier, ended_on=dt.date(2024, 4, 1))
    refresh(settings)
    hotel.store.engine.dispose()
    return warehouses.current(settings)


def run(warehouse, scope, name: str, **params):
    return queries.run(warehouse, scope, name, **params)


# --- what was sold, and how ------------------------------------------------------------------------------------------------------------
def test_each_way_of_booking_stands_with_its_cost(warehouse, scope):
    """Direct: 4 nights for €410 at 4.5 %; agencies: 3 nights for €340 at 18 %; the company books Ana's two nights in Addis free of cost."""
    found = run(warehouse, scope, "channel_ledger")
    now = found[found["period"] == "now"].set_index("way")
    assert list(now.index) == ["direct", "ota", "corporate"]
    assert now[["nights", "revenue", "cost", "adr", "net_adr", "cost_per_booking"]].round(2).to_numpy().tolist() == [
        [4, 41_000, 1_845, 10_250, 9_788.75, 1_350], [3, 34_000, 6_120, 11_333.33, 9_293.33, 3_060], [2, 20_000, 0, 10_000, 10_000, 0]]
    assert now["share"].tolist() == pytest.approx([4 / 9, 3 / 9, 2 / 9])
    assert now["revenue_share"].tolist() == pytest.approx([41 / 95, 34 / 95, 20 / 95])
    assert now.loc["ota", ["cancelled", "cancelled_n", "cancelled_few"]].tolist() == [.25, 4, True]
    assert now.loc["ota", ["cancelled_low", "cancelled_high"]].tolist() == pytest.approx([.0456, .6994], abs=1e-4)


def test_a_period_before_the_first_known_day_is_blank_in_the_ledger(warehouse, scope):
    early = replace(scope, period=Period(dt.date(2024, 3, 1), dt.date(2024, 4, 1)))
    found = run(warehouse, early, "channel_ledger").set_index(["way", "period"])
    assert found.at[("direct", "now"), "nights"] == 2
    assert found.loc[("direct", "year"), ["nights", "revenue", "cost", "adr", "share"]].isna().all()


def test_cancellations_stand_by_how_far_ahead_was_booked(warehouse, scope):
    found = run(warehouse, scope, "cancellations")
    now = found[found["period"] == "now"]
    assert now[["lead_band", "cancelled", "n", "rate"]].to_numpy().tolist() == [
        ["1-3", 0, 1, 0], ["4-7", 0, 1, 0], ["8-14", 0, 1, 0], ["15-30", 0, 2, 0], ["31-60", 1, 1, 1]]
    assert now["few"].all()


def test_room_types_add_up_to_the_occupancy_of_the_house(house):
    found = run(house, LISBON, "room_mix")
    now = found[found["period"] == "now"].set_index("room_type")
    assert now[["nights", "revenue", "adr", "share"]].round(2).to_numpy().tolist() == [[7, 75_000, 10_714.29, .88], [1, 15_000, 15_000, .12]]
    whole = queries.run(house, LISBON, "kpi_values", keys=("occupancy",))["value"].iat[0]
    assert now["occupancy"].sum() == pytest.approx(whole) == pytest.approx(8 / 310)


def test_departments_add_up_to_the_total_revenue(warehouse, scope):
    found = run(warehouse, scope, "product_mix")
    now, year = (found[found["period"] == name].set_index("department") for name in ("now", "year"))
    assert now["revenue"].to_dict() == {"room": 95_000, "fnb": 6_000}
    assert now["revenue"].sum() == queries.run(warehouse, scope, "kpi_values", keys=("total_revenue",))["value"].iat[0]
    assert now["share"].to_dict() == pytest.approx({"room": .9406, "fnb": .0594}, abs=1e-4)
    assert year.loc["room", ["revenue", "change"]].tolist() == [20_000, 3.75]


# --- the books -----------------------------------------------------------------------------------------------------------------------------
def test_the_books_stand_beside_what_the_last_week_changed_and_the_year_before(house):
    """On 10 and 11 April: a night each, booked yesterday; a year before two nights were booked by then, of which one fell through later."""
    found = run(house, LISBON, "pickup_days", count=14).set_index("day")
    told = ["rooms", "nights", "revenue", "booked", "cancelled", "picked", "picked_revenue", "was_nights", "was_revenue", "was_sold"]
    day = lambda number: found.loc[dt.date(2025, 4, number), told].tolist()  # noqa: E731
    assert day(10) == [10, 1, 10_000, 1, 0, 1, 10_000, 1, 15_000, 2]
    assert day(11) == [10, 1, 10_000, 1, 0, 1, 10_000, 2, 24_000, 1]
    assert day(12) == [10, 0, 0, 0, -1, -1, -10_000, 0, 0, 0]


def test_months_to_come_add_up_their_nights(house):
    """April: Ana's last two, Ben's two and yesterday's two; the night of 31 March 2026 is the 365th and not among them."""
    found = run(house, LISBON, "pickup_months").set_index("month")
    assert len(found) == 12
    assert found.loc[dt.date(2025, 4, 1), ["rooms", "nights", "booked", "cancelled", "picked", "was_nights", "was_sold"]].tolist() == [300, 6, 2, -3, -1, 3, 3]
    assert found.at[dt.date(2026, 3, 1), "rooms"] == 300
    assert found["picked"].sum() == queries.run(house, LISBON, "kpi_values", keys=("pickup_7d",))["value"].iat[0] == -1


def test_where_history_does_not_reach_so_far_nothing_is_said_of_the_year_before(house):
    found = run(house, replace(LISBON, as_of=dt.date(2025, 2, 1)), "pickup_days", count=3)
    assert found[["was_nights", "was_revenue", "was_sold"]].isna().all(axis=None)
    assert found["nights"].tolist() == [0, 0, 0]


# --- beside the market ---------------------------------------------------------------------------------------------------------------------
def test_the_house_stands_beside_its_set_month_by_month(house):
    """March: 8 nights of 310 for €900; the set sold half of its rooms for €100."""
    found = run(house, LISBON, "market_months", count=2).set_index("month")
    march = found.loc[dt.date(2025, 3, 1)]
    assert march[["sold", "occupancy", "adr", "set_occupancy", "set_adr", "set_revpar"]].tolist() == pytest.approx([8, 8 / 310, 11_250, .5, 10_000, 5_000])
    assert march[["mpi", "ari", "rgi"]].tolist() == pytest.approx([5.1613, 112.5, 5.8065], abs=1e-4)
    assert found.loc[dt.date(2025, 2, 1)].isna().all()
    assert march[["was_mpi", "was_ari", "was_rgi"]].isna().all()


def test_the_twelve_months_together_are_those_on_which_the_set_is_known(house):
    now, year = run(house, LISBON, "market_year").to_dict("records")
    assert (now["period"], now["sold"], now["set_sold"]) == ("now", 8, 1550)
    assert [now[name] for name in ("mpi", "ari", "rgi")] == pytest.approx([5.1613, 112.5, 5.8065], abs=1e-4)
    assert year["mpi"] != year["mpi"]  # NaN: nobody told of the set a year before


def test_sets_in_which_a_hotel_could_be_recognised_say_so(house):
    found = run(house, LISBON, "market_sets")
    assert found[["set_name", "is_main", "hidden"]].to_numpy().tolist() == [["City", True, ""], ["Few", False, "hotels"], ["One giant", False, "large"]]
