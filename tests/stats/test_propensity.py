"""Propensity in simulated worlds of known chances: it speaks where it knows more than the lifetime model, and falls silent elsewhere."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from crm_core.stats.propensity import FEWEST, Cut, Judged, fit, judged, verdict

NAMES = ("rhythm", "review", "noise")


def cut(seed, n=6000, rhythm=1.0, review=1.0, shift=-1.2, noise=0.0):
    """Return a cut, the lifetime model's probabilities, which see the rhythm only, and the true ones, which see the review as well."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(n, 3))
    true = expit(shift + rhythm * x[:, 0] + review * x[:, 1])
    # What is left of a logistic curve when an unseen normal part is averaged out, nearly: a flatter one.
    seen = expit((shift + rhythm * x[:, 0]) / np.sqrt(1 + 0.35 * review**2))
    shown = x + noise * draw.normal(size=x.shape)
    return Cut(shown, draw.random(n) < true), seen, true


def world(sizes=(6000, 6000, 6000), last=None, **how):
    """Return three cuts, and the lifetime model's and the true probabilities of the last, which may follow rules of its own."""
    first, second = (cut(seed, n, **how)[0] for seed, n in zip((1, 2), sizes))
    third, seen, true = cut(3, sizes[2], **(how | (last or {})))
    return (first, second, third), seen, true


@pytest.fixture(scope="module")
def knowing():
    cuts, seen, true = world()
    return cuts, seen, true, fit(*cuts, seen, NAMES)


# --- where it knows more ----------------------------------------------------------------------------------------------
def test_it_is_used_where_features_tell_more_than_the_rhythm(knowing):
    *_, found = knowing
    assert (found.used, found.why) == (True, "used")
    assert found.learnt.auc > found.baseline.auc + 0.05
    assert found.learnt.brier < found.baseline.brier - 0.01


def test_what_it_says_is_near_the_truth_and_comes_true(knowing):
    cuts, _, true, found = knowing
    assert np.abs(found.predict(cuts[2].features) - true).mean() < 0.02
    assert found.learnt.mean_predicted == pytest.approx(found.learnt.observed, abs=0.02)
    assert found.learnt.ece < 0.025


def test_the_reasons_are_the_features_that_matter_the_largest_first(knowing):
    weights = dict(knowing[3].weights)
    assert [name for name, _ in knowing[3].weights][2] == "noise"
    assert (weights["rhythm"], weights["review"]) == (pytest.approx(1, abs=0.1), pytest.approx(1, abs=0.1))
    assert weights["noise"] == pytest.approx(0, abs=0.1)


def test_it_is_judged_on_the_last_cut_only(knowing):
    """The figures are those of its predictions there; turning the last outcomes round changes them and nothing that was learnt."""
    cuts, seen, _, found = knowing
    assert judged(found.predict(cuts[2].features), cuts[2].returned) == found.learnt
    assert judged(seen, cuts[2].returned) == found.baseline
    turned = fit(cuts[0], cuts[1], replace(cuts[2], returned=~cuts[2].returned), seen, NAMES)
    assert turned.weights == found.weights
    assert np.array_equal(turned.predict(cuts[2].features), found.predict(cuts[2].features))
    assert turned.learnt.auc == pytest.approx(1 - found.learnt.auc)


def test_the_second_cut_calibrates():
    """Twice as many come from the second date on: the order was learnt before, how many was not."""
    cuts, seen, _ = world(last={"shift": -0.2})
    late = cut(2, shift=-0.2)[0]
    found = fit(cuts[0], late, cuts[2], seen, NAMES)
    assert found.learnt.mean_predicted == pytest.approx(found.learnt.observed, abs=0.02)
    assert found.used


def test_the_same_guests_give_the_same_probabilities(knowing):
    cuts, seen, _, found = knowing
    again = fit(*cuts, seen, NAMES)
    assert again.predict(cuts[2].features).tobytes() == found.predict(cuts[2].features).tobytes()
    assert (again.learnt, again.baseline, again.weights) == (found.learnt, found.baseline, found.weights)


def test_a_small_hotel_is_calibrated_by_a_line():
    cuts, seen, true = world(sizes=(900, 900, 6000))
    found = fit(*cuts, seen, NAMES)
    assert found.model.line
    assert not found.model.steps
    assert np.abs(found.predict(cuts[2].features) - true).mean() < 0.04
    assert found.learnt.ece < 0.04


def test_above_200000_guests_a_sample_teaches_and_always_the_same():
    first, *_ = cut(1, 200_500)
    (_, second, third), seen, _ = world()
    found = fit(first, second, third, seen, NAMES)
    assert found.used
    assert fit(first, second, third, seen, NAMES).weights == found.weights
    assert fit(first, second, third, seen, NAMES, seed=8).weights != found.weights


# --- where it does not ------------------------------------------------------------------------------------------------
def test_features_that_tell_nothing_new_leave_the_word_to_the_lifetime_model():
    cuts, seen, _ = world(review=0.0, noise=1.0)
    found = fit(*cuts, seen, NAMES)
    assert (found.used, found.why) == (False, "auc")


def test_pure_noise_leaves_the_word_to_the_lifetime_model():
    cuts, seen, _ = world()
    draw = np.random.default_rng(9)
    found = fit(*(replace(one, features=draw.normal(size=one.features.shape)) for one in cuts), seen, NAMES)
    assert (found.used, found.why) == (False, "auc")
    assert found.learnt.auc == pytest.approx(0.5, abs=0.03)


def test_ranking_better_with_a_worse_brier_is_not_enough():
    """On the last date half as many come: the order still holds, the probabilities no longer do."""
    cuts, seen, _ = world(last={"shift": -2.6})
    found = fit(*cuts, seen, NAMES)
    assert (found.used, found.why) == (False, "brier")
    assert found.learnt.auc > found.baseline.auc


def test_what_has_drifted_away_from_what_came_is_not_used():
    """It still beats the lifetime model in both, but says 5 points too much."""
    cuts, seen, _ = world(last={"shift": -1.6}, review=2.0)
    found = fit(*cuts, seen, NAMES)
    assert (found.used, found.why) == (False, "drift")
    assert found.learnt.mean_predicted - found.learnt.observed > 0.03
    assert found.learnt.auc > found.baseline.auc
    assert found.learnt.brier < found.baseline.brier


GOOD, USUAL = Judged(0.75, 0.15, 0.01, 3, 0.20, 0.21), Judged(0.70, 0.16, 0.01, 2, 0.21, 0.21)


@pytest.mark.parametrize(("change", "why"), [
    ({}, "used"), ({"auc": 0.70}, "auc"), ({"brier": 0.16}, "brier"), ({"brier": 0.162}, "brier"),
    ({"mean_predicted": 0.24}, "used"), ({"mean_predicted": 0.241}, "drift"), ({"mean_predicted": 0.179}, "drift"),
    ({"auc": 0.6, "brier": 0.3, "mean_predicted": 0.9}, "auc"), ({"auc": np.nan}, "auc")])  # fmt: skip
def test_every_rule_must_hold_and_the_first_that_fails_is_named(change, why):
    assert verdict(replace(GOOD, **change), USUAL) == why


@pytest.mark.parametrize("baseline", [None, np.full(6000, np.nan)])
def test_without_a_lifetime_model_there_is_nothing_to_beat(knowing, baseline):
    cuts, *_, known = knowing
    found = fit(*cuts, baseline, NAMES)
    assert (found.used, found.why, found.baseline) == (False, "no_baseline", None)
    assert found.learnt == known.learnt


def test_both_are_judged_on_the_guests_whom_both_know(knowing):
    cuts, seen, _, known = knowing
    some = np.where(np.arange(6000) < 3000, seen, np.nan)
    found = fit(*cuts, some, NAMES)
    assert found.baseline == judged(seen[:3000], cuts[2].returned[:3000])
    assert found.learnt == judged(known.predict(cuts[2].features[:3000]), cuts[2].returned[:3000])


# --- too little, and odd ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("which", [0, 1, 2])
def test_500_guests_are_the_least_at_every_date(which):
    sizes = [2000, 2000, 2000]
    sizes[which] = FEWEST
    cuts, seen, _ = world(sizes)
    assert fit(*cuts, seen, NAMES).why != "few"
    cuts = [Cut(one.features[1:], one.returned[1:]) if k == which else one for k, one in enumerate(cuts)]
    found = fit(*cuts, seen[1:] if which == 2 else seen, NAMES)
    assert (found.used, found.why, found.learnt, found.weights) == (False, "few", None, ())


@pytest.mark.parametrize("which", [0, 1, 2])
def test_100_who_came_and_100_who_did_not_are_the_least(which):
    cuts, seen, _ = world([2000] * 3)
    for came, few in ((99, True), (100, False), (1900, False), (1901, True)):
        changed = [replace(one, returned=np.arange(2000) < came) if k == which else one for k, one in enumerate(cuts)]
        assert (fit(*changed, seen, NAMES).why == "few") == few


def test_nobody_is_no_error():
    nobody = Cut(np.zeros((0, 3)), np.zeros(0))
    found = fit(nobody, nobody, nobody, [], NAMES)
    assert found.why == "few"
    assert np.isnan(found.predict(np.zeros((4, 3)))).tolist() == [True] * 4


def test_an_unknown_feature_counts_as_the_mean_of_the_first_date(knowing):
    cuts, *_, found = knowing
    mean = cuts[0].features.mean(axis=0)
    for unknown in (np.nan, np.inf):
        assert found.predict([[1.0, unknown, 0.0]]) == found.predict([[1.0, mean[1], 0.0]])


def test_gaps_in_the_features_cost_little():
    cuts, seen, _ = world()
    draw = np.random.default_rng(4)
    found = fit(*(replace(one, features=np.where(draw.random(one.features.shape) < 0.1, np.nan, one.features)) for one in cuts), seen, NAMES)
    assert found.used
    assert dict(found.weights)["review"] == pytest.approx(0.9, abs=0.15)


def test_features_that_are_constant_or_never_known_weigh_nothing(knowing):
    cuts, seen, _, known = knowing
    more = [replace(one, features=np.column_stack([one.features, np.full(6000, 0.1), np.full(6000, np.nan)])) for one in cuts]
    found = fit(*more, seen, (*NAMES, "always", "never"))
    assert found.weights[3:] == (("always", 0.0), ("never", 0.0))
    assert found.predict(more[2].features) == pytest.approx(known.predict(cuts[2].features), abs=1e-3)
    assert found.predict([[0, 0, 0, 7.0, 7.0]]) == found.predict([[0, 0, 0, 0.1, np.nan]])


def test_without_any_telling_feature_everybody_gets_the_usual_share():
    cuts, seen, _ = world()
    found = fit(*(replace(one, features=np.ones((6000, 3))) for one in cuts), seen, NAMES)
    assert found.why == "auc"
    assert found.learnt.auc == 0.5
    assert found.predict(np.ones((2, 3))) == pytest.approx([cuts[1].returned.mean()] * 2)


def test_nobody_is_sure_to_come_or_to_stay_away():
    """The feature is the outcome itself: still half a guest of doubt."""
    cuts, seen, _ = world()
    sure = [replace(one, features=np.repeat(one.returned[:, None].astype(float), 3, axis=1)) for one in cuts]
    p = fit(*sure, seen, NAMES).predict(sure[2].features)
    assert (p.min(), p.max()) == (pytest.approx(0.5 / 6000), pytest.approx(1 - 0.5 / 6000))


# --- the figures it is judged by --------------------------------------------------------------------------------------
def test_figures_of_ten_guests_by_hand():
    """Of the 3 × 7 pairs of who came and who did not, 16 are in order and one is level. The first of ten came, of all 30 %: lift 1 / .3."""
    p = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.4, 0.2, 0.1, 0.0]
    came = [1, 0, 1, 0, 0, 1, 0, 0, 0, 0]
    found = judged(p, came)
    assert found.auc == pytest.approx(16.5 / 21)
    assert found.brier == pytest.approx((0.01 + 0.64 + 0.09 + 0.36 + 0.25 + 0.36 + 0.16 + 0.04 + 0.01 + 0) / 10)
    assert found.lift_10 == pytest.approx(1 / 0.3)
    assert (found.mean_predicted, found.observed) == (pytest.approx(0.46), pytest.approx(0.3))


def test_calibration_error_is_the_mean_distance_of_the_tenths():
    """A thousand guests, half told 20 % and half told 60 %; 30 % and 60 % came: half of them are 10 points off."""
    p, came = np.repeat([0.2, 0.6], 500), np.concatenate([np.arange(500) < 150, np.arange(500) < 300])
    assert judged(p, came).ece == pytest.approx(0.05)


def test_level_guests_share_the_top_tenth_whatever_their_order():
    came = np.arange(1000) < 200
    for order in (came, came[::-1]):
        found = judged(np.full(1000, 0.2), order)
        assert (found.lift_10, found.auc) == (pytest.approx(1), 0.5)


@pytest.mark.parametrize("came", [[], [0, 0], [1, 1]])
def test_where_one_outcome_is_missing_there_is_no_auc(came):
    assert np.isnan(judged([0.5] * len(came), came).auc)
