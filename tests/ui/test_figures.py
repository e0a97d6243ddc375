"""A figure's text: its value in its unit, its change only where it is more than noise, and what it rests on."""

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from crm_core.metrics import metric
from crm_core.telling.figures import (
    BAD,
    GOOD,
    MOVED,
    NEW,
    NOISE,
    Change,
    basis_text,
    change,
    change_markdown,
    interval_text,
    tile,
    value_text,
)

NAN = math.nan
ROW = {
    "value": 0.0,
    "n": 100.0,
    "low": NAN,
    "high": NAN,
    "numerator": NAN,
    "denominator": NAN,
    "few": False,
    "change_low": NAN,
    "change_high": NAN,
}


def row(**values):
    return SimpleNamespace(**ROW | values)


def changed(key: str, now: float, before: float, **of_before) -> Change:
    return change(metric(key), row(value=now), row(value=before, **of_before))


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("room_revenue", 123_456_700, "€1.23M"),
        ("room_revenue", 11_460_000, "€114.6k"),
        ("adr", 12_345, "€123.45"),
        ("occupancy", 0.2414, "24.1%"),
        ("rooms_sold", 1234.0, "1,234"),
        ("lead_time_median", 21.0, "21 days"),
        ("room_revenue", NAN, "–"),
    ],
)
def test_a_value_is_told_in_its_unit(key, value, text):
    assert value_text(metric(key), value, "EUR") == text


def test_money_changes_in_per_cent_and_a_share_in_points():
    assert changed("room_revenue", 110_000, 100_000).text == "+10.0%"
    assert changed("occupancy", 0.50, 0.48).text == "+2.0 pp"


@pytest.mark.parametrize(
    ("key", "now", "before", "verdict"),
    [
        ("room_revenue", 110, 100, GOOD),
        ("room_revenue", 90, 100, BAD),
        ("cost_per_booking", 110, 100, BAD),
        ("occupancy_total", 0.6, 0.5, MOVED),
        ("room_revenue", 100.1, 100, NOISE),
    ],
)
def test_a_full_count_is_good_or_bad_by_its_direction_and_still_below_half_a_per_cent(key, now, before, verdict):
    assert changed(key, now, before).verdict == verdict


def test_a_share_of_cases_changes_only_where_the_interval_of_its_change_leaves_zero():
    assert changed("cancellation_rate", 0.30, 0.25, change_low=-0.01, change_high=0.11).verdict == NOISE
    assert changed("cancellation_rate", 0.30, 0.25, change_low=0.01, change_high=0.09).verdict == BAD


def test_what_was_caused_changes_by_itself_and_not_in_per_cent_because_it_can_be_less_than_nothing():
    assert changed("incremental_bookings", 102.0, -47.0).text == "+149"
    assert changed("incremental_bookings", 5.0, 0.0).text == "+5"
    assert change(metric("incremental_margin"), *(row(value=v) for v in (528_600.0, -212_300.0)), "EUR").text == "+€7,409"
    assert interval_text(metric("incremental_bookings"), -35.0, 196.0, "EUR") == "−35 to +196"
    assert interval_text(metric("incremental_bookings"), 25.0, 136.0, "EUR") == "25–136"


def test_nothing_is_said_of_a_change_from_nothing_or_from_too_few():
    assert changed("room_revenue", 5.0, 0.0).verdict == NEW
    assert changed("room_revenue", 5.0, NAN) == changed("room_revenue", 5.0, 4.0, few=True)
    assert changed("room_revenue", 5.0, NAN).text == "–"


@pytest.mark.parametrize(
    ("verdict", "text", "markdown"),
    [
        (NOISE, "+0.3%", ":gray[≈ +0.3%]"),
        (NOISE, "–", ":gray[–]"),
        (GOOD, "+10.0%", ":green[**▲ +10.0%**]"),
        (BAD, "−10.0%", ":red[**▼ −10.0%**]"),
        (MOVED, "+2.0 pp", "**▲ +2.0 pp**"),
    ],
)
def test_colour_is_for_good_and_bad_and_the_arrow_for_the_direction(verdict, text, markdown):
    assert change_markdown(Change(text, verdict, 1.0)) == markdown


def test_a_tile_holds_the_figure_and_both_its_changes():
    rows = [
        {
            **ROW,
            "key": "cancellation_rate",
            "period": p,
            "value": v,
            "low": 0.2,
            "high": 0.3,
            "numerator": v * 400,
            "denominator": 400.0,
            "n": 400.0,
            "change_low": low,
            "change_high": 0.2,
        }
        for p, v, low in (("now", 0.25, NAN), ("previous", 0.2, 0.01), ("year", 0.24, -0.1))
    ]
    one = tile(pd.DataFrame(rows), "cancellation_rate")
    assert (one.value, one.n) == (0.25, 400)
    assert {name: c.verdict for name, c in one.changes.items()} == {"previous": BAD, "year": NOISE}
    assert basis_text(one, "EUR") == "20.0–30.0 · n 400"


def test_a_full_count_has_no_interval():
    assert interval_text(metric("room_revenue"), NAN, NAN, "EUR") == ""


@pytest.mark.parametrize(("low", "high", "text"), [(1120, 2691, "€11.20–€26.91"), (-120, 2691, "−€1.20 to €26.91")])
def test_the_interval_of_a_money_ratio_is_told_as_money(low, high, text):
    assert interval_text(metric("incremental_member_value"), low, high, "EUR") == text


@pytest.mark.parametrize(("key", "text", "ends"), [("complaint_rate", "0.05%", "0.02–0.11"), ("bounce_rate", "0.1%", "0.0–0.1")])
def test_a_share_of_one_in_a_thousand_has_two_decimals(key, text, ends):
    assert value_text(metric(key), 0.0005, "EUR") == text
    assert interval_text(metric(key), 0.0002, 0.0011, "EUR") == ends
