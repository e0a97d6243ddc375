"""The page of events says how full they are, and claims nights around them only beyond chance."""
import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest

from crm_core.ui import gatherings_words as words

NAN = float("nan")
ROW = {"state": "coming", "capacity": 80, "registered": 30, "places_left": 50, "starts_on": dt.date(2025, 4, 17), "ends_on": None, "starts_time": "19:00"}


def test_what_is_ahead_is_counted_without_what_was_called_off():
    off, open_ended = ROW | {"state": "cancelled"}, ROW | {"places_left": None}
    assert words.ahead_title([ROW, off]) == "1 event is ahead, with 50 places left"
    assert words.ahead_title([open_ended]) == "1 event is ahead"
    assert words.ahead_title([off]) == "No event is ahead"


@pytest.mark.parametrize(("change", "said"), [
    ({}, "50 of 80 places left"), ({"places_left": 0}, "Full: 80 places"), ({"places_left": None}, "30 people registered"), ({"state": "cancelled"}, "Called off"),
    ({"state": "over"}, "30 of 80 places taken")])
def test_how_full_an_event_is(change, said):
    assert words.left(ROW | change) == said


def test_days_and_hour_of_an_event():
    assert words.when(ROW) == "Thu · 17 Apr 2025 · 19:00"
    assert words.when(ROW | {"ends_on": dt.date(2025, 4, 18), "starts_time": ""}) == "Thu · 17 Apr 2025 – 18 Apr 2025"


@pytest.mark.parametrize(("value", "low", "high", "few", "title"), [
    (36., 20., 51., False, "Guests who came slept 36 nights more around the events than others alike, between 20 and 51"),
    (-6., -10., -2., False, "Guests who came slept 6 nights fewer around the events than others alike, between 2 and 10"),
    (6., -1., 14., False, "Guests who came slept as many nights around it as others alike, as far as one can tell"),
    (6., 1., 14., True, "What the events brought is not known yet: too few guests came")])
def test_nights_are_claimed_beyond_chance_only(value, low, high, few, title):
    assert words.halo_title(SimpleNamespace(value=value, low=low, high=high, few=few)) == title


def test_nights_around_stand_with_their_interval_or_with_how_many_came():
    assert words.around(3.9, -.9, 8.8, False, 40) == "+3.9 (−1 to +9)"
    assert words.around(3.9, -.9, 8.8, True, 12) == "too few: 12"
    assert words.around(NAN, NAN, NAN, True, NAN) == "too few: 0"


def test_who_came_stands_with_an_interval_where_enough_registered():
    row = {"attended": 43, "registered": 60, "show": .717, "show_low": .592, "show_high": .815}
    assert words.show(SimpleNamespace(**row, show_few=False)) == "43 of 60 · 72% (59–82)"
    assert words.show(SimpleNamespace(**row, show_few=True)) == "43 of 60"
    assert words.show(SimpleNamespace(**(row | {"registered": NAN}), show_few=True)) == "–"


def held(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["audience", "kind", "people", "members", "advocates", "cost"])


def test_evenings_for_members_are_counted_by_audience_and_by_kind():
    found = held(("members", "food", 40, 30, 2, 20_000.), ("everyone", "member_evening", 60, 20, 1, 30_000.), ("everyone", "sport", 500, 1, 0, NAN))
    assert words.members_lines(found, "EUR") == ["2 evenings for members: 100 people came, among them 50 members and 3 advocates.",
                                                 "They cost €500, €5.00 for each person."]
    assert words.past_title(found) == "600 people came to 3 events"
    assert words.members_lines(found[2:], "EUR") == ["No evening for members was held in this period."]
    assert words.past_title(found[:0]) == "Nobody came to an event in this period"


def test_a_files_own_kind_stays_its_word():
    assert (words.kind("food"), words.kind("Karaoke"), words.group("place", "")) == ("Food and drink", "Karaoke", "Not known")
