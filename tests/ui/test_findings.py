"""Titles and sentences say what the data shows, and no more than it shows."""

import datetime as dt
import math
from types import SimpleNamespace

import pandas as pd
import pytest

from crm_core.metrics import metric
from crm_core.queries.briefing import WATCHED
from crm_core.ui.findings import SENTENCES, direct_title, fresh_title, origin_title, revenue_title, sentence, usually

MONTHS = pd.DataFrame({"month": [dt.date(2025, m, 1) for m in range(1, 7)]})


def titled(now: list[float], before: list[float]) -> str:
    return revenue_title(MONTHS.assign(revpar=now), MONTHS.assign(revpar=before), "revpar", "RevPAR")


def test_three_months_that_agree_are_a_finding():
    assert titled([100, 100, 100, 110, 110, 110], [100] * 6) == "RevPAR has run ahead of last year since Apr 2025"
    assert titled([100, 100, 90, 90, 90, 90], [100] * 6) == "RevPAR has run behind last year since Mar 2025"


@pytest.mark.parametrize(
    "now",
    [
        [100, 100, 100, 100, 110, 110],  # two months only
        [110, 110, 110, 110, 110, 101],  # the last one is too close to call
        [110, 110, 110, 110, 110, 90],  # the last one says the opposite
        [110, 110, 110, 110, 110, math.nan],
    ],
)
def test_less_is_the_plain_name(now):
    assert titled(now, [100] * 6) == "RevPAR by month"


@pytest.mark.parametrize(
    ("share", "title"),
    [
        (0.33, "One night in three is booked direct"),
        (0.258, "One night in four is booked direct"),
        (0.5, "Half of the nights are booked direct"),
        (0.42, "42% of the nights are booked direct"),
        (math.nan, "Room nights by channel"),
    ],
)
def test_the_direct_share_is_a_fraction_where_it_is_close_to_one(share, title):
    assert direct_title(share) == title


def origins(**nights: float) -> str:
    return origin_title(pd.DataFrame({"country": [c if c != "unknown" else None for c in nights], "nights": nights.values()}))


def test_the_map_says_how_few_countries_bring_half_of_the_nights():
    assert origins(PT=60, GB=30, DE=10) == "Portugal brings half of the nights"
    assert origins(PT=30, GB=30, DE=40) == "2 countries bring half of the nights"
    assert origins(PT=10, unknown=90) == "Room nights by guests' country"
    assert origins() == "Room nights by guests' country"


def test_late_properties_are_named():
    day = dt.date(2025, 3, 31)
    assert fresh_title([], day) == "All bookings are complete to 31 Mar"
    assert fresh_title([("Lisbon", 3), ("Galle", 2)], day) == "Late bookings: Lisbon and Galle; the rest is complete to 31 Mar"


def found(key: str, value: float, expected: float):
    return SimpleNamespace(key=key, value=value, expected=expected, low=expected * 0.8, high=expected * 1.2, n=40.0)


def test_a_sentence_names_place_value_and_change():
    row = found("rooms_sold", 30, 60)
    assert sentence(row, "Lisbon", "EUR") == "Lisbon sold 30 nights in the last 7 days, 50% fewer than usual."
    assert usually(row, "EUR") == "usually 48 – 72 · n 40"


@pytest.mark.parametrize("key", WATCHED)
@pytest.mark.parametrize("factor", [0.5, 2])
def test_every_watched_figure_has_a_sentence_for_either_direction(key, factor):
    expected = 0.2 if metric(key).unit == "share" else 10_000
    said = sentence(found(key, expected * factor, expected), "Lisbon", "EUR")
    assert "Lisbon" in said
    assert "{" not in said
    assert (key, "up" if factor > 1 else "down") in SENTENCES
