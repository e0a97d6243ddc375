"""KPIs by month and against their comparisons; history is a matter of the scope's properties, filters only narrow what is counted."""
import datetime as dt
import math
from dataclasses import replace

import pytest

from crm_core import queries
from crm_core.queries import kpis
from crm_core.scope import NotAllowed, Period


def now(warehouse, scope, key: str):
    found = queries.run(warehouse, scope, "kpi_values", keys=(key,))
    return found[found["period"] == "now"].iloc[0]


def months(warehouse, scope, *keys: str, **options) -> dict:
    frame = queries.run(warehouse, scope, "kpi_months", keys=keys, **options)
    return {f"{row.month:%Y-%m}": tuple(getattr(row, key) for key in keys) for row in frame.itertuples()}


# --- the register -----------------------------------------------------------------------------------------------------
def test_what_is_not_registered_is_not_run(warehouse, scope):
    with pytest.raises(KeyError, match="kpi_values"):
        queries.run(warehouse, scope, "everything")


def test_a_role_without_the_right_is_refused_before_anything_is_read(scope):
    with pytest.raises(NotAllowed):
        queries.run(None, replace(scope, role="admin"), "guest_count")


@pytest.mark.parametrize("asked", queries.QUERIES.values(), ids=lambda q: q.name)
def test_every_query_says_what_a_row_is(asked):
    assert asked.run.__doc__.startswith("One row")


# --- the comparisons --------------------------------------------------------------------------------------------------
def test_each_kpi_stands_beside_its_two_comparisons(warehouse, scope):
    found = queries.run(warehouse, scope, "kpi_values", keys=("rooms_sold", "adr"))
    assert found[["key", "period"]].to_records(index=False).tolist() == [
        (key, period) for key in ("rooms_sold", "adr") for period in ("now", "previous", "year")]
    assert found["value"].round(2).tolist()[:3] == [9, 0, 2]


def test_a_running_month_is_cut_to_its_complete_days_and_so_is_what_it_is_compared_with(warehouse, scope):
    """As of 12 March only the nights of 3, 4, 5, 10 and 11 March are there; of the year before 4 and 5 March 2024."""
    running = replace(scope, as_of=dt.date(2025, 3, 12))
    found = queries.run(warehouse, running, "kpi_values", keys=("rooms_sold",))
    assert found["value"].tolist() == [5, 0, 2]


def test_the_change_of_a_share_has_an_interval_around_it(warehouse, scope):
    found = queries.run(warehouse, scope, "kpi_values", keys=("repeat_ratio_guests",)).set_index("period")
    assert found.at["year", "change_low"] < 0.5 < found.at["year", "change_high"]
    assert math.isnan(found.at["now", "change_low"])


def test_a_full_count_has_no_interval(warehouse, scope):
    found = now(warehouse, scope, "adr")
    assert math.isnan(found["low"])
    assert math.isnan(found["high"])


# --- by month ---------------------------------------------------------------------------------------------------------
def test_months_end_with_the_periods_last(warehouse, scope):
    found = months(warehouse, scope, "rooms_sold", "adr", count=3)
    assert list(found) == ["2025-01", "2025-02", "2025-03"]
    assert found["2025-03"] == pytest.approx((9, 95_000 / 9))
    assert found["2025-01"] == pytest.approx((0, math.nan), nan_ok=True)


def test_thirteen_months_reach_the_same_month_of_the_year_before(warehouse, scope):
    found = months(warehouse, scope, "rooms_sold", "occupancy")
    assert (len(found), next(iter(found))) == (13, "2024-03")
    assert found["2024-03"] == pytest.approx((2, 2 / 465))


def test_a_running_month_stands_last(warehouse, scope):
    running = replace(scope, period=Period(dt.date(2025, 3, 1), dt.date(2025, 3, 5)))
    assert months(warehouse, running, "rooms_sold", count=2) == {"2025-02": (0,), "2025-03": (2,)}


def test_a_shifted_month_shows_the_same_weekdays_of_the_year_before(warehouse, scope):
    """March 2025 less 364 days is 2 March to 1 April 2024: Ana's two nights."""
    assert months(warehouse, scope, "rooms_sold", count=1, shift=364) == {"2025-03": (2,)}


def test_guests_are_counted_once_in_each_month(warehouse, scope):
    assert months(warehouse, scope, "guests", "repeat_ratio_guests", count=2)["2025-03"] == (2, 0.5)


def test_the_months_of_a_year_add_up_to_the_year(warehouse, scope):
    year = replace(scope, period=Period(dt.date(2024, 4, 1), dt.date(2025, 4, 1)))
    for key in ("rooms_sold", "room_revenue", "total_revenue", "stays", "arrivals"):
        assert sum(value for (value,) in months(warehouse, year, key, count=12).values()) == now(warehouse, year, key)["value"], key


def test_a_month_without_a_rate_is_blank(hotel, rebuilt, scope):
    hotel.property("YER", 3, "AMD")
    hotel.stay("YER", "2025-02-03", 1, 40000)
    found = months(rebuilt(), replace(scope, properties=(1, 2, 3)), "room_revenue", count=2)
    assert math.isnan(found["2025-02"][0])
    assert found["2025-03"] == (95_000,)


# --- scope and filters ------------------------------------------------------------------------------------------------
def test_history_is_that_of_the_scopes_properties(warehouse, scope):
    """In Addis alone Ana's stay is her first; to the chain it is her third."""
    assert now(warehouse, replace(scope, properties=(2,)), "new_guests")["value"] == 1
    assert now(warehouse, replace(scope, properties=(2,)), "repeat_ratio_stays")["value"] == 0
    assert now(warehouse, replace(scope, properties=(1,)), "repeat_ratio_stays")["value"] == 1 / 2
    assert now(warehouse, scope, "repeat_ratio_stays")["value"] == 2 / 3


def test_a_filter_narrows_what_is_counted_and_never_a_guests_history(warehouse, scope):
    """Through the corporate channel Ana came once; she returns all the same."""
    corporate = replace(scope, channels=("corporate",))
    assert now(warehouse, corporate, "stays")["value"] == 1
    assert now(warehouse, corporate, "repeat_ratio_guests")["value"] == 1
    assert now(warehouse, corporate, "new_guests")["value"] == 0


def test_channels_narrow_nights_and_leave_the_rooms(warehouse, scope):
    found = now(warehouse, replace(scope, channels=("ota",)), "occupancy")
    assert (found["numerator"], found["denominator"]) == (3, 465)


def test_identified_guests_only_leave_out_the_nameless_stay(warehouse, scope):
    known = replace(scope, identified=True)
    assert now(warehouse, known, "stays")["value"] == 3
    assert now(warehouse, known, "rooms_sold")["value"] == 8
    assert now(warehouse, known, "unidentified_share")["value"] == 0


def test_an_earlier_stay_within_the_period_makes_a_returning_guest(hotel, rebuilt, scope):
    hotel.stay("LIS", "2025-03-25", 1, 100, 2)
    assert now(rebuilt(), scope, "repeat_ratio_guests")["value"] == 1


def test_the_names_of_the_periods_are_those_of_the_catalogue():
    assert kpis.PERIODS == ("now", "previous", "year")
