"""What is known of a guest before a day: x, t_x and T, money, kind and rhythm, and nothing of what came after."""
import datetime as dt

import pandas as pd
import pytest

from crm_core import schema
from crm_core import settings as settings_
from crm_core.marts.guest_models import triple
from crm_core.marts.histories import histories
from crm_core.refresh import refresh
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, lisbon_and_addis
from tests.returning import ANA, BEN, CORA, EVE, FRED, GIL, HANA, LEA, LIS, MIA

TOGETHER = 0
NEW_YEAR = dt.date(2024, 1, 1)


def known(warehouse, before: dt.date, place: int = TOGETHER, horizon: int = 0) -> pd.DataFrame:
    with warehouse.engine.connect() as connection:
        frame = connection.execute(histories(before, place, horizon)).cursor.to_arrow_table().to_pandas()
    return frame.set_index("guest_id")


# --- x, t_x and T -----------------------------------------------------------------------------------------------------
def test_a_history_is_repeat_stays_first_to_last_departure_and_first_departure_to_the_day(returning_house):
    """Ana left on 12 January 2023 and on 13 January 2024, 366 days later and 444 before 1 April 2025."""
    now = known(returning_house, AS_OF)
    x, t_x, age = (pd.Series(values, now.index) for values in triple(now))
    assert (x[ANA], t_x[ANA], age[ANA]) == (1, 366, 810)
    assert (x[HANA], t_x[HANA], age[HANA]) == (0, 0, 30)
    assert (x[EVE], t_x[EVE], age[EVE]) == (0, 0, 810)  # cancelled, no-show, house use and a day room are no stays
    assert (x[FRED], t_x[FRED], age[FRED]) == (0, 0, 366)  # the stay he is on is none yet
    assert (x[MIA], t_x[MIA], age[MIA]) == (0, 0, 808)  # two folios, one stay
    assert (x[CORA], t_x[CORA], age[CORA]) == (2, 172, 810)
    assert len(now) == 11
    assert now.index.is_monotonic_increasing


def test_at_one_property_only_its_stays_count(returning_house):
    now = known(returning_house, AS_OF, LIS)
    assert now.loc[[CORA, GIL], ["stays", "nights", "silent_days"]].to_numpy().tolist() == [[2, 4, 638], [1, 9, 692]]


def test_a_guest_who_came_later_is_not_known_before(returning_house):
    before = known(returning_house, NEW_YEAR)
    assert {FRED, HANA}.isdisjoint(before.index)
    assert before.loc[[ANA, BEN], "stays"].tolist() == [1, 1]  # their second stays are of January 2024
    assert before.loc[ANA, ["age_days", "silent_days", "spend", "nights"]].tolist() == [354, 354, 20_000, 2]


def test_a_stay_that_ends_on_the_day_is_not_known_before_it(returning_house):
    """Lea's second stay ended on 21 January 2023."""
    assert [known(returning_house, dt.date(2023, 1, day)).at[LEA, "stays"] for day in (21, 22)] == [1, 2]


def test_what_came_counts_departures_within_the_horizon(returning_house):
    """From 1 January 2024 on, 13 days: Ana left on the 13th, the twelfth day after; Ben on the 14th, the thirteenth."""
    came = [known(returning_house, NEW_YEAR, horizon=days).loc[[ANA, BEN, CORA], ["came", "returned"]].to_numpy().tolist() for days in (12, 13, 14)]
    assert came == [[[0, 0], [0, 0], [0, 0]], [[1, 1], [0, 0], [0, 0]], [[1, 1], [1, 1], [0, 0]]]


def test_nobody_who_was_erased_has_a_history(hotel, rebuilt):
    hotel.set(schema.guest, 1, erased_at="2025-03-30T00:00:00+00:00")
    assert known(rebuilt(), AS_OF).index.tolist() == [2]


# --- more guests at Lisbon and Addis, each with something that one can count -------------------------------------------
# A booking for 1 June 2024, made in April or in the middle of May, its status and end; and whether it was on the books on 1 May.
BOOKED = {
    (True, "confirmed", None): 1, (True, "checked_out", "2024-06-03"): 1,  # it was on the books then, whatever came of it
    (True, "cancelled", "2024-05-10"): 1, (True, "cancelled", "2024-04-10"): 0,  # called off after the day, and before it
    (True, "tentative", None): 0, (False, "confirmed", None): 0,  # booked after the day
}  # fmt: skip
SEASON_OF = {
    (12, 1, 2): "winter", (3, 4, 5): "spring", (6, 7, 8): "summer", (9, 10, 11): "autumn", (6, 7, 8, 1, 1): "summer",  # three of five
    (6, 7, 1, 2): "mixed", (6, 7, 8, 1, 4, 5): "mixed",
}  # fmt: skip
ARRIVALS = {
    "recent": ("2022-03-20", "2022-04-01", "2025-03-10"), "weekend": ("2024-05-02", "2024-05-10", "2024-05-18", "2024-05-26"), "abroad": ("2025-03-10",),
    **{months: [f"{2016 + i}-{month:02}-10" for i, month in enumerate(months)] for months in SEASON_OF},
}  # fmt: skip


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """A warehouse of Lisbon, Addis, which keeps 54 % of what is spent, and Yerevan, which has no rate; and its further guests by what they are for."""
    settings = settings_.at(tmp_path_factory.mktemp("histories"))
    hotel = lisbon_and_addis(record.open_store(settings))
    hotel.property("YER", 3, "AMD")
    hotel.set(schema.property, 2, margin_bp=5400)
    guests = {key: hotel.guest(f"Guest {key}", "LIS") for key in (*BOOKED, *ARRIVALS, "nothing", "a loss", "halves")}
    for before, status, ended_on in BOOKED:
        guest = guests[before, status, ended_on]
        hotel.stay("LIS", "2024-03-01", 1, 100, guest)
        stay = hotel.stay("LIS", "2024-06-01", 2, 200, guest, status=status, lead=45 if before else 15)
        hotel.set(schema.stay, stay, ended_on=ended_on and dt.date.fromisoformat(ended_on))
    for key, arrivals in ARRIVALS.items():
        for arrival in arrivals:
            hotel.stay("LIS", arrival, 1, 100, guests[key])
    hotel.stay("YER", "2025-03-25", 1, 40000, guests["abroad"])
    hotel.stay("LIS", "2025-03-20", 1, 0, guests["nothing"])
    hotel.stay("LIS", "2025-03-20", 1, -50, guests["a loss"])
    hotel.stay("LIS", "2025-03-10", 1, 100, guests["halves"])
    hotel.stay("LIS", "2024-05-01", 1, 100, guests["halves"], segment="business", adults=1)
    refresh(settings)
    hotel.store.engine.dispose()
    return warehouses.current(settings), guests


def told(counted, key, before: dt.date = AS_OF, place: int = TOGETHER) -> pd.Series:
    """Return what is known of one of the further guests."""
    warehouse, guests = counted
    return known(warehouse, before, place).loc[guests[key]]


# --- what is booked ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("booking", BOOKED, ids=str)
def test_a_stay_is_booked_if_it_was_on_the_books_on_that_day(counted, booking):
    assert told(counted, booking, dt.date(2024, 5, 1))["booked"] == BOOKED[booking]


# --- money ------------------------------------------------------------------------------------------------------------
def test_spend_is_of_realised_stays_in_the_reporting_currency(warehouse):
    """Ana: 200, 300 and dinner for 60 in Lisbon, 200 in Addis; the first stay is over a year ago."""
    now, then = known(warehouse, AS_OF), known(warehouse, dt.date(2025, 3, 1))
    assert now.loc[1, ["spend", "first_spend", "recent_spend", "recent_stays", "margin_bp"]].tolist() == [76_000, 20_000, 76_000, 3, 3500]
    assert then.loc[1, ["spend", "recent_stays"]].tolist() == [20_000, 1]


def test_spend_is_unknown_where_one_stay_has_no_rate(counted):
    assert told(counted, "abroad")[["spend", "first_spend", "recent_spend"]].isna().all()
    assert told(counted, "abroad", place=LIS)["spend"] == 10_000
    assert told(counted, "abroad", dt.date(2025, 3, 25))["spend"] == 10_000  # before that stay all was known


def test_what_is_recent_ended_in_the_last_36_months(counted):
    """1,095 days before 1 April 2025 is 2 April 2022."""
    assert told(counted, "recent")[["stays", "recent_stays", "spend", "recent_spend"]].tolist() == [3, 2, 30_000, 20_000]


def test_a_margin_is_that_of_the_properties_weighed_by_what_was_spent_there(counted):
    """Ana: 560 in Lisbon at 35 %, 200 in Addis at 54 %, is 304 of 760, 40 %."""
    assert known(counted[0], AS_OF).at[1, "margin_bp"] == 4000


@pytest.mark.parametrize(("key", "spend"), [("nothing", 0), ("a loss", -5000)])
def test_where_nothing_was_spent_the_margin_is_still_the_propertys(counted, key, spend):
    assert told(counted, key)[["margin_bp", "spend"]].tolist() == [3500, spend]


# --- what kind of guest -----------------------------------------------------------------------------------------------
def test_a_guest_is_of_the_kind_of_most_stays_and_of_the_first_named_among_equals(warehouse):
    """Ana: two leisure stays and one on business together; at Addis one on business. All are in March, three of three direct but one."""
    now, addis = known(warehouse, AS_OF), known(warehouse, AS_OF, 2)
    assert now.loc[1, ["purpose", "party", "season", "direct_share"]].tolist() == ["leisure", "couple", "spring", pytest.approx(2 / 3)]
    assert addis.loc[1, ["purpose", "direct_share"]].tolist() == ["business", 0]


def test_equal_numbers_go_to_the_first_of_the_list(counted):
    assert told(counted, "halves")[["purpose", "party"]].tolist() == ["leisure", "single"]


@pytest.mark.parametrize("months", SEASON_OF, ids=str)
def test_a_season_is_a_guests_own_from_six_of_ten_arrivals_on(counted, months):
    assert told(counted, months)["season"] == SEASON_OF[months]


def test_a_weekend_begins_on_friday_or_saturday(counted):
    """A Thursday, a Friday, a Saturday and a Sunday."""
    assert told(counted, "weekend")["weekend_share"] == 0.5


def test_recency_and_frequency_are_as_of_that_day(returning_house):
    """Cora, last seen on 3 July 2023: 182 days before the new year, 638 before 1 April 2025."""
    assert known(returning_house, NEW_YEAR).loc[CORA, ["recency", "frequency", "rfm"]].tolist() == [3, 3, "loyal"]
    assert known(returning_house, AS_OF).loc[CORA, ["recency", "frequency", "rfm"]].tolist() == [2, 3, "at_risk"]
