"""Whether a guest had been before: the marks on the stays must say what the guest's visits say, for every choice of properties."""
from dataclasses import replace
from itertools import combinations

import pytest

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries import run
from crm_core.rule import Condition, Segment

CHOICES = [(1,), (2,), (1, 2)]


@pytest.mark.parametrize("chosen", CHOICES)
def test_marks_and_visits_agree_on_who_has_been_before(warehouse, scope, chosen):
    asked = replace(scope, properties=chosen)
    marked, looked_up = replace(asked, chain=(1, 2)), replace(asked, chain=())
    keys = ("repeat_ratio_guests", "repeat_ratio_stays", "repeat_ratio_nights", "new_guests")
    by_mark, by_visit = (run(warehouse, s, "kpi_values", keys=keys) for s in (marked, looked_up))
    assert by_mark.equals(by_visit)


def test_the_whole_chain_and_a_single_property_need_no_join(scope):
    whole = str(within(tables.stays, replace(scope, chain=(1, 2)), order=True).element)
    one = str(within(tables.stays, replace(scope, properties=(1,)), order=True).element)
    assert "first_anywhere" in whole and "mart_visits" not in whole
    assert "mart_stays.stay_key > mart_stays.first_here" in one and "mart_visits" not in one


def test_a_part_of_the_chain_looks_into_the_visits_of_its_own_properties(scope):
    part = replace(scope, properties=(1, 2), chain=(1, 2, 3))
    assert not part.everywhere
    assert "mart_visits" in str(within(tables.stays, part, order=True).element)


def test_a_scope_without_a_chain_never_claims_to_be_everywhere(scope):
    assert not any(replace(scope, properties=p).everywhere for n in (0, 1, 2) for p in combinations((1, 2), n))


def test_sums_that_know_no_guests_are_refused_to_a_segment(scope):
    asked = replace(scope, segment=Segment(Condition("stays", "at_least", 2)))
    with pytest.raises(ValueError, match="mart_daily knows no guests"):
        within(tables.daily, asked)
    assert within(tables.daily, asked, history=True) is not None


@pytest.mark.parametrize("mart", [t for t in tables.marts.sorted_tables if t not in {*tables.SHARED, *tables.SUMS_OF.values()}], ids=lambda t: t.name)
def test_every_mart_with_guests_is_narrowed_by_a_segment_unless_history_is_asked(scope, mart):
    asked = replace(scope, segment=Segment(Condition("country", "known")))
    narrowed, whole = (str(within(mart, asked, history=history).element) for history in (False, True))
    assert ("IN (SELECT guests.guest_id" in narrowed) == ("guest_id" in mart.c)
    assert "IN (SELECT guests.guest_id" not in whole
