"""What the profile says of a guest's future: each figure with its doubt, the reasons, and no more than may be said."""
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from crm_core.marts import rfm
from crm_core.marts.histories import SEASONS
from crm_core.ui import group_words, guest_outlook

LATE = pd.Series({
    "alive_ppm": 310_000, "alive_low": 250_000, "alive_high": 380_000, "return_ppm": 122_000, "expected_ppm": 420_000, "expected_low": 300_000,
    "expected_high": 600_000, "value": 48_000, "value_low": 31_000, "value_high": 70_000, "gap_days": 120.0, "silent_days": 400, "stays": 5,
    "next_from": pd.NaT, "next_to": pd.NaT, "season": "summer", "rfm": "at_risk", "recency": 2, "frequency": 4, "monetary": 5, "tier": "high",
    "first_on": dt.date(2023, 5, 4),
}, dtype=object)  # fmt: skip
BLANK = dict.fromkeys(("alive_ppm", "alive_low", "alive_high", "expected_ppm", "expected_low", "expected_high", "value", "value_low", "value_high"), np.nan)
UNTESTED = dict.fromkeys(("expected_low", "expected_high", "value_low", "value_high"), np.nan)


def guest(**values) -> pd.Series:
    return pd.Series({**LATE.to_dict(), **values}, dtype=object)


def said(row: pd.Series) -> list[tuple[str, str]]:
    return [(text, note) for _, text, note in guest_outlook.rows(row, "EUR")]


@pytest.mark.parametrize(("values", "title"), [
    ({}, "Late against their own rhythm; comes within 12 months with a chance of 12%"),
    ({"silent_days": 100}, "Comes within 12 months with a chance of 12%"),
    ({"alive_ppm": 500_000}, "Comes within 12 months with a chance of 12%"),  # late, and still likelier there than not
    ({"gap_days": np.nan, "stays": 1}, "Comes within 12 months with a chance of 12%"),
    ({"return_ppm": 1000}, "Late against their own rhythm; comes within 12 months with a chance of below 1%"),
    (BLANK, "What to expect"),
], ids=str)  # fmt: skip
def test_the_title_is_the_finding(values, title):
    assert guest_outlook.title(guest(**values)) == title


def test_every_figure_stands_with_its_doubt_and_the_reason():
    assert said(LATE) == [
        ("0.42 stays expected in 12 months", "0.30–0.60"), ("Still a customer: 31%", "25–38"), ("€480 margin over three years", "€310–€700"),
        ("Comes every 120 days, last stay 400 days ago", "from 5 stays")]


def test_a_forecast_that_nobody_tested_has_no_interval():
    assert [note for _, note in said(guest(**UNTESTED))[:3:2]] == ["untested", "untested"]


def test_where_no_model_speaks_the_share_of_guests_alike_does():
    assert said(guest(**BLANK)) == [
        ("Chance to come within 12 months: 12%", "by how often and how lately guests alike came"),
        ("Comes every 120 days, last stay 400 days ago", "from 5 stays")]


def test_where_nothing_is_known_of_guests_alike_no_chance_is_told():
    assert [text for text, *_ in said(guest(**BLANK, return_ppm=np.nan))] == ["Comes every 120 days, last stay 400 days ago"]


def test_one_stay_is_no_rhythm():
    assert said(guest(gap_days=np.nan, stays=1))[-1] == ("One stay so far, last stay 400 days ago", "nobody can tell a rhythm from one stay")


@pytest.mark.parametrize(("season", "note"), [("summer", "half of such guests come then · usually in summer"), ("mixed", "half of such guests come then")])
def test_a_likely_next_stay_is_a_window_with_the_usual_season(season, note):
    window = {"next_from": pd.Timestamp("2025-06-12"), "next_to": pd.Timestamp("2025-09-30"), "season": season}
    assert said(guest(**window))[3] == ("Likely next stay: 12 Jun 2025 to 30 Sept 2025", note)


def test_badges_say_where_the_guest_stands():
    assert guest_outlook.badges(LATE) == [":orange-badge[At risk 2\\-4\\-5]", ":blue-badge[Next two tenths]", ":gray-badge[first stay Q2 23]"]


@pytest.mark.parametrize("group", rfm.GROUPS)
def test_every_group_has_a_badge(group):
    assert len(guest_outlook.badges(guest(rfm=group))) == 3
    assert set(group_words.RFM) == set(rfm.GROUPS)


def test_every_season_has_its_words():
    assert set(guest_outlook.SEASONS) == set(SEASONS)
