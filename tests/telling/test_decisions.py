"""A verdict on a decision follows from the interval of what came, what was expected, and which way is better."""
import datetime as dt
from math import inf, nan

import pytest

from crm_core.i18n import LANGUAGES, t, use
from crm_core.metrics import metric
from crm_core.telling import decisions
from crm_core.telling.decisions import VERDICTS, Outcome, verdict

UP, DOWN, FULL = metric("repeat_ratio_guests"), metric("cancellation_rate"), metric("rooms_sold")
WAS = Outcome(0.20, 0.18, 0.22)


@pytest.mark.parametrize(("came", "code"), [
    (Outcome(0.26, 0.24, 0.28), "expected"), (Outcome(0.30, 0.27, 0.33), "better"), (Outcome(0.235, 0.225, 0.245), "short"),
    (Outcome(0.21, 0.19, 0.23), "same"), (Outcome(0.14, 0.12, 0.16), "worse"), (Outcome(nan, nan, nan), "few")])
def test_a_share_that_should_rise_to_a_quarter(came, code):
    assert verdict(UP, WAS, 0.25, came) == code


@pytest.mark.parametrize(("came", "code"), [
    (Outcome(0.15, 0.13, 0.17), "expected"), (Outcome(0.10, 0.08, 0.12), "better"), (Outcome(0.17, 0.16, 0.18), "short"), (Outcome(0.28, 0.26, 0.30), "worse")])
def test_a_share_that_should_fall_is_better_below(came, code):
    assert DOWN.better == "down"
    assert verdict(DOWN, WAS, 0.15, came) == code


def test_before_its_day_it_is_too_early_whatever_stands_there():
    assert verdict(UP, WAS, 0.25, Outcome(0.26, 0.24, 0.28), is_due=False) == "early"


def test_a_loss_that_was_expected_is_no_change_for_the_worse_beyond_it():
    assert verdict(UP, WAS, 0.15, Outcome(0.15, 0.14, 0.16)) == "expected"
    assert verdict(UP, WAS, 0.15, Outcome(0.18, 0.17, 0.19)) == "better"
    assert verdict(UP, WAS, 0.15, Outcome(0.11, 0.10, 0.12)) == "worse"


@pytest.mark.parametrize(("came", "code"), [(1001, "expected"), (1004, "expected"), (1100, "better"), (902, "same"), (950, "short"), (800, "worse")])
def test_a_full_count_needs_no_interval_but_its_last_half_per_cent_is_no_news(came, code):
    assert verdict(FULL, Outcome(900), 1000, Outcome(came)) == code


@pytest.mark.parametrize(("came", "code"), [(Outcome(0.3, 0.27, 0.33), "up"), (Outcome(0.1, 0.08, 0.12), "worse"), (Outcome(0.21, 0.19, 0.23), "same")])
def test_without_an_expectation_it_is_told_against_what_was(came, code):
    assert verdict(UP, WAS, nan, came) == code


def test_without_what_was_and_what_was_expected_nothing_is_claimed():
    assert verdict(UP, Outcome(nan), nan, Outcome(0.3, 0.27, 0.33)) == "same"


def test_a_figure_without_a_better_direction_is_judged_by_the_way_that_was_expected():
    neutral = metric("lead_time_median")
    assert neutral.better == "none"
    was = Outcome(40, 38, 42)
    assert verdict(neutral, was, 30, Outcome(20, 18, 22)) == "better"
    assert verdict(neutral, was, 50, Outcome(20, 18, 22)) == "worse"
    assert verdict(neutral, was, nan, Outcome(20, 18, 22)) == "moved"


def test_the_baselines_own_doubt_counts():
    came = Outcome(0.23, 0.225, 0.235)
    assert verdict(UP, Outcome(0.20, 0.199, 0.201), 0.30, came) == "short"
    assert verdict(UP, Outcome(0.20, 0.15, 0.25), 0.30, came) == "same"


def test_a_row_of_the_ledger_is_read_with_its_gaps():
    row = {"was": 0.2, "was_low": None, "was_high": None, "expected": None, "came": None, "came_low": None, "came_high": None, "state": "open",
           "due_on": dt.date(2025, 6, 1)}
    assert decisions.read(UP, row, dt.date(2025, 5, 31)) == "early"
    assert decisions.read(UP, row, dt.date(2025, 6, 1)) == "few"
    assert decisions.read(UP, row | {"came": 0.3, "came_low": 0.27, "came_high": 0.33, "state": "read"}, dt.date(2025, 6, 1)) == "up"


def test_an_interval_without_end_holds_everything_and_claims_nothing():
    assert verdict(UP, WAS, 0.9, Outcome(0.3, 0.0, inf)) == "expected"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_verdicts_are_called_the_same(language):
    use(language)
    assert len({t(word) for word in VERDICTS.values()}) == len(VERDICTS)
    use("en")
