"""Who comes back, counted by hand from the first stay on: within a year, and by Kaplan and Meier where some have had less time."""
import math
from dataclasses import replace

import pytest

from crm_core import queries
from crm_core.scope import Period
from tests.hotel import AS_OF
from tests.returning import ADD, BACK, CHAIN, FAR, IDA, JANUARY, LIS, view

KAPLAN_MEIER = ("km_return_6m", "km_return_12m", "km_return_24m", "median_time_to_second_stay")


def told(warehouse, scope, key: str, **options):
    """Return a KPI of the period."""
    found = queries.run(warehouse, scope, "kpi_values", keys=(key,), **options)
    return found[found["period"] == "now"].iloc[0]


# --- within a year ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("properties", "came", "of"), [
    (CHAIN, 6, 9),  # Ana, Cora, Dina, Fred, who is in house, Gil and Lea; not Ben, Eve and Mia; Hana and Ida are too young
    ((LIS,), 4, 9),  # Dina and Gil came again elsewhere only
    ((LIS, ADD), 6, 9),
    ((LIS, FAR), 5, 9),  # Dina's next stay is another one here
    ((ADD, FAR), 1, 3),  # Cora, Dina and Gil began in Addis: Dina went on to the third property
    ((FAR,), 0, 1),
])  # fmt: skip
def test_back_within_a_year_counts_guests_whose_365_days_are_over(returning_house, properties, came, of):
    found = told(returning_house, view(properties), "return_rate_12m")
    assert (found["numerator"], found["denominator"], found["n"], found["value"]) == (came, of, of, pytest.approx(came / of))
    assert found["few"]


def test_back_within_a_year_stands_in_the_period_in_which_the_year_was_over(returning_house):
    """Fred's year was over on 31 March 2025, those of January 2023 on 12 to 17 January 2024; Ida's ends tomorrow."""
    march, january = (Period(AS_OF.replace(year=year, month=month, day=1), AS_OF.replace(year=year, month=month + 1, day=1))
                      for year, month in ((2025, 3), (2024, 1)))
    assert told(returning_house, view(period=march), "return_rate_12m")[["numerator", "denominator"]].tolist() == [1, 1]
    assert told(returning_house, view(period=january), "return_rate_12m")[["numerator", "denominator"]].tolist() == [4, 7]
    behind = queries.run(returning_house, view(), "behind", key="return_rate_12m", limit=99)["id"]
    assert BACK[CHAIN][IDA] <= 365
    assert IDA not in set(behind)


def test_a_running_year_is_cut_at_the_as_of_date(returning_house):
    """A period that ends after it counts nobody whose year is not over."""
    running = view(period=Period(JANUARY.start, AS_OF.replace(year=2026)))
    assert told(returning_house, running, "return_rate_12m")["denominator"] == 9


def test_an_agency_and_the_nameless_are_no_guests(returning_house):
    assert told(returning_house, view(period=JANUARY), "km_return_6m")["denominator"] == 7


# --- by Kaplan and Meier ------------------------------------------------------------------------------------------------
# Of the whole time: back after 0, 3, 10, 48, 274, 364, 365 and 366 days; seen without a return for 30 (Hana), 808 (Mia) and 810 days (Eve).
#   S(10) = 8/11, then 7 at risk: S(48) = 8/11 × 6/7, S(274) = … × 5/6, S(364) = … × 4/5, S(365) = … × 3/4, S(366) = … × 2/3
S_48 = 8 / 11 * 6 / 7
ALL = (1 - S_48, 1 - S_48 * 5 / 6 * 4 / 5 * 3 / 4, 1 - S_48 * 5 / 6 * 4 / 5 * 3 / 4 * 2 / 3, 364)


@pytest.mark.parametrize(("scope", "values"), [
    (view(), ALL),
    (view(period=JANUARY), (3 / 7, 4 / 7, 5 / 7, 365)),  # 3, 10, 48, 365 and 366 days of seven guests
    (view((LIS,), JANUARY), (2 / 7, 3 / 7, 4 / 7, 366)),  # Lea after 3, Cora after 170, Ana, Ben
    (view((LIS, FAR), JANUARY), (3 / 7, 4 / 7, 5 / 7, 365)),  # Dina after 30
    (view((FAR,)), (0, 0, 0, math.nan)),
], ids=["all", "january", "lisbon", "some", "far"])  # fmt: skip
def test_returns_by_kaplan_and_meier_are_what_one_computes_by_hand(returning_house, scope, values):
    found = [told(returning_house, scope, key)["value"] for key in KAPLAN_MEIER]
    assert found == pytest.approx(values, nan_ok=True)


def test_a_share_that_nobody_has_been_watched_long_enough_for_is_blank(returning_house):
    """Hana left on 2 March 2025: after 30 days her half year is not known."""
    march = view(period=Period(AS_OF.replace(month=3), AS_OF))
    assert all(math.isnan(told(returning_house, march, key)["value"]) for key in KAPLAN_MEIER)


def test_kaplan_and_meier_say_few_below_fifty_and_give_a_band(returning_house):
    found = told(returning_house, view(), "km_return_12m")
    assert found["few"]
    assert (found["low"], found["high"]) == pytest.approx((0.408751, 0.924678), abs=1e-6)  # Greenwood's variance on the log-log scale


@pytest.mark.parametrize("key", ["return_rate_12m", *KAPLAN_MEIER])
def test_a_filter_narrows_whom_it_counts_and_never_what_came_of_them(returning_house, key):
    """Of those who first came through the agency Ben and Dina came back, directly: Ben on the 366th day."""
    agency = replace(view(period=Period(JANUARY.start, AS_OF)), channels=("ota",))
    value = {"return_rate_12m": 1 / 3, "km_return_6m": 1 / 3, "km_return_12m": 1 / 3, "km_return_24m": 2 / 3, "median_time_to_second_stay": 366}
    assert told(returning_house, agency, key)["value"] == pytest.approx(value[key])
