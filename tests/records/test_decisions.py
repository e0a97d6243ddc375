"""A decision says what is expected by when; what came of it is read on that day and not before, and what was expected stands as it was written."""
import datetime as dt
import math

import pytest

from crm_core.records.decisions import (
    change_decision,
    close_decision,
    decide,
    decision_card,
    decisions,
    drop_decision,
    due_decisions,
    read_outcome,
)
from crm_core.records.registry import Refused, Stale
from crm_core.views import View

JUNE = dt.date(2025, 6, 1)  # the as-of date of the tests is 1 April
MORE_DIRECT = {"kpi": "direct_share_nights", "will_do": "Best price on our own page", "due_on": JUNE, "owner": " Ana  Silva", "expected": 0.5,
               "page": "briefing", "params": {"who": "guests"}, "was": 0.4, "was_low": 0.35, "was_high": 0.45, "was_n": 400}


def test_a_decision_keeps_the_figure_as_it_was_and_what_is_expected_of_it(store, view):
    made = decide(store, view(), **MORE_DIRECT)
    one = decision_card(store, view(), id=made)
    assert (one["kpi"], one["from_on"], one["due_on"], one["state"], one["owner"]) == ("direct_share_nights", dt.date(2025, 4, 1), JUNE, "open", "Ana Silva")
    assert (one["was"], one["was_low"], one["was_high"], one["was_n"], one["expected"], one["came"]) == (0.4, 0.35, 0.45, 400, 0.5, None)
    assert one["view"] == View("briefing", {"who": "guests"})
    assert [row["id"] for row in decisions(store, view(), state="open", kpi="direct_share_nights")] == [made]
    assert decisions(store, view(), kpi="adr") == decisions(store, view(), state="read") == []


def test_a_figure_is_read_on_its_day_and_only_once(sqlite_store, view):
    made = decide(sqlite_store, view(), **MORE_DIRECT)
    assert due_decisions(sqlite_store, view(as_of=JUNE - dt.timedelta(1))) == []
    with pytest.raises(Refused, match="not come yet"):
        read_outcome(sqlite_store, view(), id=made, version=1, came=0.5)
    assert [row["id"] for row in due_decisions(sqlite_store, view(as_of=JUNE))] == [made]
    assert read_outcome(sqlite_store, view(as_of=JUNE), id=made, version=1, came=0.48, low=0.44, high=0.52, n=380) == 2
    assert due_decisions(sqlite_store, view(as_of=JUNE)) == []
    with pytest.raises(Refused, match="read already"):
        read_outcome(sqlite_store, view(as_of=JUNE), id=made, version=2, came=0.9)
    one = decision_card(sqlite_store, view(), id=made)
    assert (one["state"], one["came"], one["came_low"], one["came_high"], one["came_n"]) == ("read", 0.48, 0.44, 0.52, 380)


def test_too_few_cases_and_the_interval_of_a_full_count_are_kept_as_unknown(sqlite_store, view):
    made = decide(sqlite_store, view(), **MORE_DIRECT | {"was": 12, "was_low": math.nan, "was_high": math.nan, "expected": None})
    read_outcome(sqlite_store, view(as_of=JUNE), id=made, version=1, came=None)
    one = decision_card(sqlite_store, view(), id=made)
    assert (one["was"], one["was_low"], one["expected"], one["came"], one["state"]) == (12, None, None, None, "read")


def test_what_will_be_done_can_be_said_otherwise_until_the_figure_is_read(sqlite_store, view):
    made = decide(sqlite_store, view(), **MORE_DIRECT)
    assert change_decision(sqlite_store, view(), id=made, version=1, will_do="Two nights for one", owner="Ben") == 2
    with pytest.raises(Stale):
        change_decision(sqlite_store, view(), id=made, version=1, will_do="Mine")
    read_outcome(sqlite_store, view(as_of=JUNE), id=made, version=2, came=0.5)
    with pytest.raises(Refused, match="read already"):
        change_decision(sqlite_store, view(), id=made, version=3, will_do="Something else")
    one = decision_card(sqlite_store, view(), id=made)
    assert (one["will_do"], one["owner"], one["expected"]) == ("Two nights for one", "Ben", 0.5)


def test_a_decision_is_closed_with_what_was_learnt_after_it_was_read(sqlite_store, view):
    made = decide(sqlite_store, view(), **MORE_DIRECT)
    with pytest.raises(Refused, match="not been read"):
        close_decision(sqlite_store, view(), id=made, version=1, learnt="Much")
    read_outcome(sqlite_store, view(as_of=JUNE), id=made, version=1, came=0.5)
    with pytest.raises(Refused, match="what was learnt"):
        close_decision(sqlite_store, view(), id=made, version=2, learnt=" ")
    close_decision(sqlite_store, view(), id=made, version=2, learnt="Price was not the reason")
    one = decision_card(sqlite_store, view(), id=made)
    assert (one["learnt"], one["state"], one["closed_at"] is None) == ("Price was not the reason", "read", False)
    with pytest.raises(Refused, match="close the decision"):
        drop_decision(sqlite_store, view(), id=made, version=3, why="Too late")


def test_a_decision_that_is_dropped_stays_in_the_list_and_is_read_no_more(sqlite_store, view):
    made = decide(sqlite_store, view(), **MORE_DIRECT)
    drop_decision(sqlite_store, view(), id=made, version=1, why="The page is being rebuilt")
    assert due_decisions(sqlite_store, view(as_of=JUNE)) == []
    assert [(row["id"], row["learnt"]) for row in decisions(sqlite_store, view(), state="dropped")] == [(made, "The page is being rebuilt")]
    with pytest.raises(Refused, match="dropped"):
        read_outcome(sqlite_store, view(as_of=JUNE), id=made, version=2, came=0.5)


@pytest.mark.parametrize(("wrong", "said"), [
    ({"kpi": "happiness"}, "no such figure"), ({"will_do": " "}, "what will be done"), ({"will_do": "x" * 401}, "400 characters"),
    ({"due_on": dt.date(2025, 4, 1)}, "after the beginning"), ({"due_on": dt.date(2029, 1, 1)}, "three years"),
    ({"expected": math.inf}, "not a number"), ({"owner": "x" * 81}, "1 to 80")])
def test_a_decision_that_cannot_be_checked_one_day_is_refused(sqlite_store, view, wrong, said):
    with pytest.raises(Refused, match=said):
        decide(sqlite_store, view(), **MORE_DIRECT | wrong)
    assert decisions(sqlite_store, view()) == []


def test_who_sees_one_property_sees_no_decision_of_both(sqlite_store, view):
    made = decide(sqlite_store, view(), **MORE_DIRECT)
    assert decisions(sqlite_store, view(2)) == due_decisions(sqlite_store, view(2, as_of=JUNE)) == []
    assert decision_card(sqlite_store, view(2), id=made) is None
    with pytest.raises(Refused, match="no such decision"):
        drop_decision(sqlite_store, view(2), id=made, version=1, why="Mine")
