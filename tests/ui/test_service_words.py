"""Titles of the page of service name what is beyond chance, and claim no cause."""
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from crm_core.ui import service_words as words


def met(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["group", "due", "met", "met_high"])


def test_the_group_that_is_late_beyond_chance_is_named_beside_all():
    found = met(("it", 40, 0.5, 0.65), ("spa", 60, 0.9, 0.95), ("accounts", 5, 0.0, 0.4))
    assert words.met_title(found, str) == "it solves 50% in time, 70% of all cases are"


def test_no_group_is_named_within_chance_and_nothing_is_said_of_too_few():
    assert words.met_title(met(("it", 40, 0.6, 0.75), ("spa", 60, 0.7, 0.8)), str) == "66% were solved in time; no group is beyond chance below that"
    assert words.met_title(met(("it", 29, 0.1, 0.3)), str) == "Too few cases were due to tell: 29 of 30"


def test_the_backlog_says_how_many_are_overdue():
    assert words.backlog_title(pd.DataFrame({"cases": [3, 4], "overdue": [0, 2]})) == "7 cases are open, 2 of them overdue"
    assert words.backlog_title(pd.DataFrame({"cases": [1], "overdue": [0]})) == "1 case is open, none is overdue"
    assert words.backlog_title(pd.DataFrame({"cases": [], "overdue": []})) == "No case is open"


def test_the_few_causes_are_named_with_what_they_come_to_together():
    found = pd.DataFrame({"cause": ["broken", "building", "other"], "is_vital": [True, True, False], "up_to": [0.5, 0.85, 1.0]})
    assert words.causes_title(found, str) == "85% of the cases come from: broken and building"
    assert words.causes_title(found[:0], str) == "No cause was noted in this period"


def test_complaints_are_compared_where_there_are_stays_enough():
    found = pd.DataFrame({"group": ["Galle", "Kandy", "Lisbon"], "stays": [500, 400, 20], "per_100": [4.0, 6.2, 50.0]})
    assert words.rates_title(found, str) == "Kandy has most complaints: 6.2 per 100 stays"
    assert words.rates_title(found[:1], str) == "Complaints per 100 stays"


@pytest.mark.parametrize(("verdict", "difference", "said"), [
    ("few", 0.2, "Too few to tell whether guests with a fast solution come back more often"),
    ("unclear", 0.02, "Fast or slow: no difference in who came back beyond chance"),
    ("higher", 0.084, "Guests with a fast solution came back more often, by 8 pp"), ("lower", -0.084, "Guests with a fast solution came back less often, by 8 pp")])
def test_recovery_says_what_was_seen_and_never_why(verdict, difference, said):
    title = words.recovery_title(SimpleNamespace(verdict=verdict, stratified=difference))
    assert title.replace("+", "") == said


def test_the_warning_claims_no_cause_and_tells_on_how_many_it_rests():
    few = words.warning(SimpleNamespace(verdict="few", n=229, others=48))
    assert few.startswith("This is no proof of a cause")
    assert few.endswith("There are 229 stays solved fast and 48 solved slowly to compare; each side needs 100.")
    assert words.warning(SimpleNamespace(verdict="higher", n=900, others=800)) == few[:few.index(" There are")]


def test_shares_and_times_without_cases_enough_say_so():
    assert words.share(0.5, 0.4, 0.6, 50) == "50% (40–60)"
    assert words.share(0.5, 0.1, 0.9, 4) == "4 of 30"
    assert words.lasted(np.nan) == "not reached"
    assert words.lasted(36) == "36 hours"
    row = SimpleNamespace(stays=12, rate=0.5, low=0.2, high=0.8)
    assert words.returned(row) == "12 of 30 stays"
    assert words.against(0.05, -0.01, 0.11) == "+5.0 pp (−1.0 to +11.0)"
    assert words.against(np.nan, np.nan, np.nan) == "–"
