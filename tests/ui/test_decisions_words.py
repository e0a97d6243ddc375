"""Decisions in words and numbers: typed in the units that people write, told with their intervals."""
import datetime as dt
import math

import pytest

from crm_core.metrics import metric
from crm_core.ui import decisions_words as words

NOTHING = {f"{name}{end}": None for name in ("was", "expected", "came") for end in ("", "_low", "_high")}


@pytest.mark.parametrize(("key", "value", "typed"), [
    ("cancellation_rate", 0.2413, 24.13), ("revpar", 12_345.0, 123.45), ("rooms_sold", 912.0, 912.0), ("nps", 41.5, 41.5)])
def test_a_value_is_typed_in_per_cent_whole_money_or_as_it_is_and_comes_back(key, value, typed):
    k = metric(key)
    assert words.typed(k, value, "EUR") == typed
    assert words.stored(k, typed, "EUR") == pytest.approx(value)


def test_what_is_not_known_is_typed_as_nothing():
    assert words.typed(metric("revpar"), math.nan, "EUR") is None
    assert words.stored(metric("revpar"), None, "EUR") is None


def test_money_without_a_minor_unit_is_typed_as_it_is():
    assert words.typed(metric("revpar"), 12_345.0, "JPY") == 12_345.0


def test_sums_over_days_are_told_from_rates():
    assert [words.adds_up(metric(key)) for key in ("rooms_sold", "room_revenue", "adr", "occupancy", "nps", "cancellation_rate")] == [
        True, True, False, False, False, False]


def test_the_unit_stands_beside_the_box():
    assert [words.unit(metric(key), "EUR") for key in ("cancellation_rate", "revpar", "rooms_sold")] == ["%", "EUR", "nights"]


def test_the_sentence_says_what_is_known_so_far():
    k = metric("cancellation_rate")
    row = NOTHING | {"was": 0.24}
    assert words.sentence(k, row, "EUR") == "It was 24.0%."
    assert words.sentence(k, row | {"expected": 0.2}, "EUR") == "It was 24.0%; 20.0% was expected."
    came = row | {"came": 0.21, "came_low": 0.18, "came_high": 0.24}
    assert words.sentence(k, came, "EUR") == "It was 24.0% and came to 21.0% (18.0–24.0)."
    assert words.sentence(k, came | {"expected": 0.2}, "EUR") == "It was 24.0%; 20.0% was expected, and it came to 21.0% (18.0–24.0)."


def test_the_days_that_are_left_are_counted():
    as_of = dt.date(2025, 4, 1)
    assert [words.ahead({"due_on": as_of + dt.timedelta(n)}, as_of) for n in (2, 1, 0, -3)] == ["in 2 days", "in 1 day", "due", "due"]
