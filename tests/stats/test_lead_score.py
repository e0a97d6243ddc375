"""The lead score against leads whose chance is known, and what it refuses."""
import numpy as np
import pytest

from crm_core.stats import lead_score
from crm_core.stats.lead_score import FEWEST_CONVERSIONS, FEWEST_LEADS, GIVEN, MODEL, NONE, POINTS, fit, score


def leads(n: int, seed: int = 5, shift: float = 0.0) -> tuple[dict, np.ndarray, np.ndarray]:
    """Return features, outcomes and true chances: returning guests, calls and quick answers book more often, far arrivals less."""
    draw = np.random.default_rng(seed)
    via = draw.choice(["form", "phone", "email"], n)
    returning, ahead, answered = draw.integers(0, 2, n), draw.integers(0, 300, n), draw.exponential(600, n)
    z = -1.6 + shift + 1.2 * returning + 0.8 * (via == "phone") - 0.9 * (ahead > 180) + 0.7 * (answered <= 60)
    chance = 1 / (1 + np.exp(-z))
    features = {
        "via": via, "kind": np.full(n, "room"), "value": np.where(draw.random(n) < 0.1, np.nan, draw.lognormal(10, 1, n)),
        "nights": draw.integers(1, 9, n).astype(float), "party": draw.integers(1, 6, n).astype(float), "ahead": ahead.astype(float),
        "age": np.full(n, 1.0), "messages": draw.integers(1, 4, n).astype(float), "weekday": draw.integers(0, 7, n).astype(float),
        "country": draw.integers(0, 2, n).astype(float), "returning": returning.astype(float), "answered": answered,
    }  # fmt: skip
    return features, (draw.random(n) < chance).astype(int), chance


@pytest.fixture(scope="module")
def known():
    return leads(6000)


@pytest.fixture(scope="module")
def fitted(known):
    features, won, _ = known
    return fit(features, won)


def test_what_it_says_comes_true(known, fitted):
    """In the last fifth, which it never saw, the mean score and the share won differ by less than two standard errors."""
    _, won, _ = known
    test, late = fitted.test, won[4800:]
    assert fitted.kind == MODEL
    assert len(test.score) == 1200
    assert abs(test.score.mean() - late.mean()) < 2 * np.sqrt(late.mean() * (1 - late.mean()) / 1200)


def test_it_is_near_the_truth_and_better_than_saying_the_usual_share_of_everybody(known, fitted):
    _, won, chance = known
    late = won[4800:]
    best, usual = np.mean((chance[4800:] - late) ** 2), np.mean((fitted.test.usual - late) ** 2)
    assert fitted.test.brier < usual
    assert fitted.test.brier - best < 0.25 * (usual - best)
    assert np.abs(fitted.test.score - chance[4800:]).mean() < 0.05


def test_tenths_are_equal_and_rise_with_what_came_true(known, fitted):
    _, won, _ = known
    test, late = fitted.test, won[4800:]
    sizes = np.bincount(test.decile, minlength=11)[1:]
    assert sizes.tolist() == pytest.approx([120] * 10, abs=15)
    assert late[test.decile == 10].mean() > 3 * late[test.decile == 1].mean()
    assert np.all(test.low < test.high)


def test_no_band_says_never_or_always(known):
    """Calls always book and nothing else ever does: the bands stop at 1 and 99 %, the scores short of 0 and 1."""
    features, _, _ = known
    sure = fit(features, (features["via"] == "phone").astype(int))
    assert (sure.test.low.min(), sure.test.high.max()) == (0.01, 0.99)
    assert sure.test.score.min() > 0
    assert sure.test.score.max() < 1


def test_the_reasons_are_what_moves_the_chance(fitted):
    features, _, _ = leads(1)
    features |= {"via": np.array(["phone"]), "returning": np.array([1.0]), "ahead": np.array([250.0]), "answered": np.array([900.0])}
    said = score(fitted, features)
    assert sorted(said.reasons[0]) == [("ahead", "181+", "-"), ("returning", "yes", "+"), ("via", "phone", "+")]
    assert said.low[0] <= said.high[0]


def test_an_open_lead_of_a_kind_never_seen_is_still_scored(fitted):
    features, _, _ = leads(2)
    features |= {"via": np.array(["pigeon", "pigeon"]), "value": np.array([np.nan, np.nan])}
    assert np.all((score(fitted, features).score > 0) & (score(fitted, features).score < 1))


def test_the_same_leads_give_the_same_score(known, fitted):
    features, won, _ = known
    again = fit(features, won)
    assert again.test.score.tobytes() == fitted.test.score.tobytes()
    assert again.edges.tobytes() == fitted.edges.tobytes()


def test_later_leads_teach_nothing(known, fitted):
    """Whatever became of the last fifth, the score is the same: it is tested there and learns nothing from it."""
    features, won, _ = known
    turned = np.concatenate([won[:4800], 1 - won[4800:]])
    assert fit(features, turned).test.score.tobytes() == fitted.test.score.tobytes()


# --- too short a past -------------------------------------------------------------------------------------------------
def _past(n: int, conversions: int):
    features, _, _ = leads(n)
    won = np.zeros(n, int)
    won[np.linspace(0, n - 1, conversions).astype(int)] = 1
    return features, won


@pytest.mark.parametrize(("n", "conversions", "kind"), [
    (FEWEST_LEADS - 1, 20, NONE), (FEWEST_LEADS, 20, POINTS), (1000, FEWEST_CONVERSIONS - 1, POINTS), (1000, FEWEST_CONVERSIONS, MODEL)])
def test_a_short_past_gives_points_and_a_shorter_one_nothing(n, conversions, kind):
    assert fit(*_past(n, conversions)).kind == kind


def test_a_last_stretch_without_a_booking_is_no_test():
    features, won = _past(2000, 300)
    won[1600:] = 0
    assert fit(features, won).kind == POINTS


def test_points_are_those_of_the_table():
    """40 to begin with, 20 for a returning guest, 10 for a call, 10 for an answer within the hour, 5 for the country: 85, without a band."""
    features, _, _ = leads(1)
    features |= {"via": np.array(["phone"]), "returning": np.array([1.0]), "country": np.array([1.0]), "answered": np.array([20.0]),
                 "ahead": np.array([120.0]), "messages": np.array([1.0]), "value": np.array([np.nan])}
    said = score(fit(*_past(100, 10)), features)
    assert said.score.tolist() == [85.0]
    assert np.isnan(said.low[0])
    assert said.reasons[0][0] == ("returning", "yes", "+")


def test_points_stay_between_5_and_95():
    features, _, _ = leads(2)
    features |= {"via": np.array(["walk_in", "social"]), "returning": np.array([1.0, 0.0]), "answered": np.array([1.0, np.nan]),
                 "ahead": np.array([3.0, -9.0]), "messages": np.array([5.0, 1.0]), "country": np.array([1.0, 0.0]), "age": np.array([1.0, 60.0])}
    assert score(fit(*_past(100, 10)), features).score.tolist() == [95.0, 5.0]


def test_every_point_is_given_for_a_level_that_leads_can_have():
    bands = {name: {*names, "unknown"} for name, (_, names) in lead_score.BANDS.items()} | {"value": {"low", "middle", "high"}}
    assert all(level in bands[feature] for feature, level in GIVEN if feature in bands)
    assert {feature for feature, _ in GIVEN} <= {*bands, "via", "kind"}
