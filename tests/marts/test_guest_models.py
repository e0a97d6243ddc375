"""Which model a place is scored by: its own, the group's, the rule of recency or none, for every reason there is."""
import datetime as dt
import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from crm_core.marts import guest_models as models
from crm_core.stats import lifetime
from tests.hotel import AS_OF
from tests.stats.simulating import guests as drawn
from tests.stats.simulating import known

TRUTH = {"r": 0.9, "alpha": 300.0, "a": 0.8, "b": 1.6}
TOGETHER = models.Model(models.OWN, "passed", known("mbgnbd", TRUTH), known("mbgnbd", TRUTH))
YEAR = 365


def frame(n: int = 900, seed: int = 7, least: int = 0) -> pd.DataFrame:
    """Return guests as histories() tells them, drawn from the model itself, with what came within the year after; `least` repeat stays of each."""
    random = np.random.default_rng(seed)
    age = random.integers(1, 1500, 20 * n if least else n).astype(float)
    x, t_x, later = drawn(TRUTH, age, random, ahead=YEAR)
    x, t_x, later, age = (a[x >= least][:n] for a in (x, np.round(t_x), later, age))
    return pd.DataFrame({"guest_id": np.arange(1, n + 1), "stays": x + 1, "age_days": age, "silent_days": age - t_x, "spend": (x + 1) * 100.0,
                         "first_spend": 100.0, "first_on": pd.Timestamp(AS_OF) - pd.to_timedelta(age, "D"), "came": later, "returned": later > 0})


def chosen(now: pd.DataFrame, cut: pd.DataFrame, together=None) -> models.Model:
    """Return the model of a place whose older years nobody knows."""
    past = SimpleNamespace(now=now, cut=cut, as_of=AS_OF, place=1, years_before=lambda years: cut if years == 1 else cut.iloc[:0])
    return models.choose(past, together)


def told(model: models.Model) -> tuple:
    return model.kind, model.why, model.speaks, model.is_tested, model.speaker


def too_many(cut: pd.DataFrame) -> pd.DataFrame:
    """Three times as many stays came as did."""
    return cut.assign(came=3 * cut["came"])


def piled_up(cut: pd.DataFrame) -> pd.DataFrame:
    """As many stays came as did, ten each of a few guests."""
    came = np.where(np.arange(len(cut)) < cut["came"].sum() // 10, 10, 0)
    return cut.assign(came=came, returned=came > 0)


NOBODY = frame(5).iloc[:0]
CASES = {
    "its own model stood the test": (frame(), frame(seed=8), None, ("own", "passed", True, True, "lifetime")),
    "more came than it foretold": (frame(), too_many(frame(seed=8)), None, ("rule", "biased", False, False, "rule")),
    "others came than it foretold": (frame(), piled_up(frame(seed=8)), None, ("rule", "miscalibrated", False, False, "rule")),
    "a year ago nobody was known": (frame(), NOBODY, None, ("own", "untested", True, False, "lifetime")),
    "a year ago too few were known": (frame(), frame(200, 8), None, ("own", "untested", True, False, "lifetime")),
    "a year ago no model fitted": (frame(), frame(700, 8, least=1), None, ("rule", "not_converged", False, False, "rule")),
    "too few guests": (frame(499), frame(499, 8), None, ("none", "few", False, False, "none")),
    "too few, and a group": (frame(499), frame(499, 8), TOGETHER, ("group", "passed", True, True, "lifetime")),
    "too few, a group, and more came": (frame(499), too_many(frame(499, 8)), TOGETHER, ("rule", "biased", False, False, "rule")),
    "too few, a group, nobody a year ago": (frame(499), NOBODY, TOGETHER, ("group", "untested", True, False, "lifetime")),
    "too few, and a group that failed": (frame(499), frame(499, 8), models.Model("rule", "biased"), ("none", "few", False, False, "none")),
    "everybody came again": (frame(700, least=1), frame(seed=8), None, ("none", "not_converged", False, False, "none")),
}


@pytest.mark.parametrize("case", CASES)
def test_a_place_is_scored_by_what_its_past_allows(case):
    now, cut, together, expected = CASES[case]
    assert told(chosen(now, cut, together)) == expected


def test_every_reason_is_reached():
    reasons = {expected[1] for *_, expected in CASES.values()}
    assert reasons == {"passed", "few", "untested", "not_converged", "biased", "miscalibrated"}
    assert {expected[0] for *_, expected in CASES.values()} == {models.OWN, models.GROUP, models.RULE, models.NONE}


def test_the_model_of_the_group_keeps_its_parameters_and_its_spend_is_the_places_own():
    """Guests of a place who come again spend 100 each time, which the group does not know."""
    model = chosen(frame(499), frame(499, 8), TOGETHER)
    assert model.fit is TOGETHER.fit
    assert model.spend.n == (frame(499)["stays"] > 1).sum()


def test_what_is_learnt_speaks_only_where_it_is_used():
    used, unused = (models.Model(models.OWN, "passed", learnt=SimpleNamespace(used=used)) for used in (True, False))
    assert (used.speaker, unused.speaker) == ("learnt", "lifetime")
    assert models.Model(models.RULE, "biased", learnt=SimpleNamespace(used=True)).speaker == "rule"


# --- the rule of recency ----------------------------------------------------------------------------------------------
def alike(n: int, stays: int, silent: int, returned: int) -> pd.DataFrame:
    return pd.DataFrame({"stays": stays, "silent_days": silent, "returned": [1] * returned + [0] * (n - returned)})


def test_the_rule_is_the_share_that_came_of_those_with_as_many_stays_as_lately():
    """Of one-timers 10 of 40 within 90 days, 2 of 50 within 365; of the 20 in between 8, too few: all one-timers, 20 of 110, stand for them."""
    cut = pd.concat([alike(40, 1, 90, 10), alike(20, 1, 91, 8), alike(50, 1, 200, 2), alike(30, 3, 10, 15), alike(30, 7, 10, 30)])
    asked = pd.DataFrame({"stays": [1, 1, 1, 1, 3, 9, 2], "silent_days": [0, 180, 365, 5000, 90, 30, 10]})
    assert models.rule(cut, asked).tolist() == pytest.approx([10 / 40, 20 / 110, 2 / 50, 20 / 110, 45 / 60, 45 / 60, math.nan], nan_ok=True)


# --- small things -----------------------------------------------------------------------------------------------------
def test_half_of_guests_alike_come_within_the_window():
    """r 1 and α 100, one repeat stay in 100 days: the chance to wait d days or less is 1 − (200 / (200 + d))²."""
    fit = known("mbgnbd", {"r": 1.0, "alpha": 100.0, "a": 1.0, "b": 1.0})
    guest = pd.DataFrame({"stays": [2], "age_days": [100], "silent_days": [40]})
    assert [models.waiting(fit, share, guest)[0] for share in (0.25, 0.75)] == pytest.approx([200 * (0.75**-0.5 - 1), 200])


def test_the_mean_of_repeat_stays_leaves_out_the_first_one():
    """760 in three stays, of which 200 in the first: 280 each."""
    guests = pd.DataFrame({"stays": [3, 1, 2], "spend": [760, 200, None], "first_spend": [200, 200, None]})
    assert models.repeat_mean(guests).tolist() == pytest.approx([280, math.nan, math.nan], nan_ok=True)


def test_a_guest_is_described_by_what_was_known_on_the_day():
    day = dt.date(2025, 4, 1)
    guests = pd.DataFrame({"stays": [1, 4], "age_days": [365, 1000], "silent_days": [365, 100], "recent_stays": [1, 3], "spend": [None, 1200.0],
                           "nights": [2, 12], "weekend_share": [0.0, 0.5], "direct_share": [1.0, 0.25], "purpose": ["business", "leisure"], "booked": [0, 1],
                           "last_on": [dt.date(2024, 4, 1), dt.date(2024, 12, 22)]})
    found = pd.DataFrame(models.features(guests, day, known("mbgnbd", TRUTH)), columns=models.FEATURES)
    assert found.shape == (2, 14)
    assert found["stays"].tolist() == pytest.approx([0, math.log(4)])
    assert found["gap"].tolist() == pytest.approx([math.nan, math.log1p(300)], nan_ok=True)
    assert found["lateness"][1] == pytest.approx(math.log1p(100) - math.log1p(300))
    assert math.isnan(found["spend_per_stay"][0])
    assert found["spend_per_stay"][1] == pytest.approx(math.log1p(300))
    assert found["season_ahead"].tolist() == pytest.approx([1, math.cos(2 * math.pi * 266 / 365)], abs=1e-3)  # a leap year counts a day more
    assert found[["nights_per_stay", "weekend", "direct", "business", "booked"]].to_numpy().tolist() == [[2, 0, 1, 1, 0], [3, 0.5, 0.25, 0, 1]]
    chance = known("mbgnbd", TRUTH).returns(YEAR, *models.triple(guests)).value
    assert found["lifetime"].tolist() == pytest.approx(np.log(chance / (1 - chance)).tolist())


def test_features_have_their_names_and_none_is_of_the_person():
    assert len(models.FEATURES) == 14
    assert not {"country", "age_years", "gender", "name", "language"} & set(models.FEATURES)


def test_nothing_is_fitted_below_what_a_model_needs():
    assert (lifetime.MIN_GUESTS, lifetime.MIN_REPEATS) == (500, 100)
