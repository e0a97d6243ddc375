"""Periods compare fairly, and a scope never grows."""
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core import scope as scopes
from crm_core.rule import Condition, Segment
from crm_core.scope import ROLES, NotAllowed, Period, Scope

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2040, 1, 1))
PERIODS = st.builds(lambda start, days: Period(start, start + dt.timedelta(days)), DAYS, st.integers(1, 800))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def period(start: str, end: str) -> Period:
    return Period(day(start), day(end))


def test_june_2026_is_compared_as_the_definitions_say():
    june = period("2026-06-01", "2026-07-01")
    assert june.days == 30
    assert june.previous() == period("2026-04-27", "2026-05-27")
    assert june.year_before() == period("2025-06-02", "2025-07-02")


@pytest.mark.parametrize(("days", "back"), [(1, 7), (7, 7), (8, 14), (28, 28), (30, 35), (365, 371)])
def test_the_previous_period_lies_the_smallest_number_of_weeks_back_that_clears_it(days, back):
    now = Period(day("2025-03-03"), day("2025-03-03") + dt.timedelta(days))
    assert now.previous() == now.back(back)


@given(PERIODS)
def test_the_previous_period_is_as_long_on_the_same_weekdays_and_shares_no_day(now):
    before = now.previous()
    assert before.days == now.days
    assert before.start.weekday() == now.start.weekday()
    assert before.end <= now.start
    assert (now.start - before.end).days < 7


@given(PERIODS)
def test_the_year_before_is_as_long_on_the_same_weekdays_52_weeks_back(now):
    before = now.year_before()
    assert before.days == now.days
    assert before.start.weekday() == now.start.weekday()
    assert (now.start - before.start).days == 364


@pytest.mark.parametrize("end", ["2025-03-01", "2025-02-28"])
def test_a_period_without_a_day_is_refused(end):
    with pytest.raises(ValueError, match="ends after it starts"):
        period("2025-03-01", end)


@given(PERIODS, DAYS)
def test_the_complete_part_of_a_period_ends_at_the_as_of_date(now, as_of):
    part = now.until(as_of)
    if as_of <= now.start:
        assert part is None
    else:
        assert part == Period(now.start, min(now.end, as_of))


def _scope(as_of: str, **options) -> Scope:
    return Scope("local", (1, 2), period("2025-03-01", "2025-04-01"), day(as_of), **options)


def test_a_running_period_is_provisional_and_compared_with_as_many_days():
    running = _scope("2025-03-11")
    assert running.provisional
    assert running.elapsed().period == period("2025-03-01", "2025-03-11")
    assert running.previous().period == period("2025-02-15", "2025-02-25")
    assert running.year_before().period == period("2024-03-02", "2024-03-12")


def test_a_period_that_ends_where_the_as_of_date_begins_is_complete():
    assert not _scope("2025-04-01").provisional


def test_the_comparison_that_was_chosen_is_the_one_that_is_made():
    assert _scope("2025-04-01").compared().period == period("2024-03-02", "2024-04-02")
    assert _scope("2025-04-01", comparison="previous").compared().period == period("2025-01-25", "2025-02-25")


def test_a_comparison_changes_nothing_but_the_period():
    asked = _scope("2025-04-01", channels=("ota",), identified=True)
    before = asked.previous()
    assert (before.role, before.properties, before.channels, before.identified) == ("local", (1, 2), ("ota",), True)


def test_two_users_with_equal_rights_have_the_same_scope():
    assert _scope("2025-04-01", user="ana") == _scope("2025-04-01", user="ben")
    assert _scope("2025-04-01", user="ana").digest() == _scope("2025-04-01", user="ben").digest()


@pytest.mark.parametrize("other", [
    {"role": "manager"}, {"properties": (1,)}, {"channels": ("ota",)}, {"identified": True}, {"as_of": day("2025-04-02")},
    {"period": period("2025-03-01", "2025-03-31")}, {"segment": Segment(Condition("stays", "at_least", 2))},
])
def test_scopes_that_show_different_rows_have_different_digests(other):
    from dataclasses import replace
    asked = _scope("2025-04-01")
    assert replace(asked, **other).digest() != asked.digest()
    assert replace(asked, **other) != asked


def test_two_names_of_one_rule_are_one_view_and_another_rule_is_another():
    rule = Condition("stays", "at_least", 2)
    one, two = (_scope("2025-04-01", segment=Segment(rule, name)) for name in ("Regulars", "Faithful"))
    other = _scope("2025-04-01", segment=Segment(Condition("stays", "at_least", 3), "Regulars"))
    assert (one, hash(one), one.digest()) == (two, hash(two), two.digest())
    assert one != other
    assert one.digest() != other.digest()
    assert one.previous().segment == one.segment


RIGHTS = {
    "local": "read contact note people lead segment loyalty feedback case campaign view standards export import settings audit teach sql",
    "manager": "read contact note people lead segment loyalty feedback case campaign view standards export import", "group": "read view export",
    "trainer": "read teach", "participant": "read", "privacy": "contact audit export", "admin": "settings audit",
}


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
@pytest.mark.parametrize("right", sorted(ROLES["local"]))
def test_a_role_may_what_is_listed_and_nothing_else(role, right):
    asked = Scope(role, (1,), period("2025-03-01", "2025-04-01"), day("2025-04-01"))
    if right in RIGHTS.get(role, "").split():
        asked.require(right)
    else:
        with pytest.raises(NotAllowed, match=right):
            asked.require(right)


@pytest.mark.parametrize(("as_of", "start", "end"), [
    ("2025-04-01", "2024-04-01", "2025-04-01"), ("2025-04-17", "2024-04-01", "2025-04-01"), ("2024-02-29", "2023-02-01", "2024-02-01"),
    ("2025-01-01", "2024-01-01", "2025-01-01"),
])
def test_the_default_period_is_the_last_twelve_complete_months(as_of, start, end):
    assert scopes.default_period(day(as_of)) == period(start, end)


def test_the_months_of_a_period_are_all_that_it_touches():
    assert scopes.months(period("2024-12-31", "2025-02-01")) == [day("2024-12-01"), day("2025-01-01")]


@pytest.mark.parametrize(("count", "month"), [(0, "2025-03-01"), (2, "2025-01-01"), (3, "2024-12-01"), (15, "2023-12-01")])
def test_months_back_crosses_years(count, month):
    assert scopes.months_back(day("2025-03-31"), count) == day(month)
