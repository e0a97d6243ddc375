"""The numbers behind lifetime models: slopes, folding, extreme guests and the places where textbook formulas break."""
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import hyp2f1

from crm_core.stats import lifetime
from crm_core.stats.lifetime.bgnbd import BetaGeometric
from crm_core.stats.lifetime.histories import distinct, grouped
from tests.stats.simulating import guests, known

CONTINUOUS = {
    "mbgnbd": np.array([0.5, 120.0, 0.8, 2.5]), "bgnbd": np.array([0.5, 120.0, 0.8, 2.5]), "paretonbd": np.array([0.6, 120.0, 0.8, 400.0]),
}  # fmt: skip
MBG = {"r": 0.5, "alpha": 120.0, "a": 0.8, "b": 2.5}
HISTORIES = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 6), st.integers(0, 4)), min_size=1, max_size=60)


def columns(drawn):
    """(x, t_x, T) of any guests, in seasons too: at most one stay a season."""
    last = np.array([row[1] for row in drawn])
    x = np.minimum([row[0] for row in drawn], last)
    t_x = np.where(x > 0, last, 0)
    return x, t_x, t_x + np.array([row[2] for row in drawn])


def likelihood(model, x, t_x, T, n):
    return lifetime.MODELS[model].likelihood(*(np.asarray(a, float) for a in (x, t_x, T, n)))


@settings(max_examples=60, deadline=None)
@given(HISTORIES, st.sampled_from(list(lifetime.MODELS)))
def test_folded_guests_are_as_likely_as_one_by_one(drawn, model):
    x, t_x, T = columns(drawn)
    params = CONTINUOUS.get(model, np.array([1.2, 0.75, 0.66, 2.8]))
    one, slope = likelihood(model, x, t_x, T, np.ones(len(x)))(params)
    folded, same = likelihood(model, *grouped(x, t_x, T))(params)
    assert folded == pytest.approx(one, rel=1e-9)
    assert same == pytest.approx(slope, rel=1e-8, abs=1e-8)


def test_a_fit_to_counts_is_the_fit_to_guests():
    x, t_x, T = guests_by_week(3000)
    one_by_one, folded = lifetime.fit("mbgnbd", x, t_x, T, np.ones(len(x))), lifetime.fit("mbgnbd", x, t_x, T)
    assert folded.log_likelihood == pytest.approx(one_by_one.log_likelihood, rel=1e-9)
    assert folded.params == pytest.approx(one_by_one.params, rel=1e-6)
    zeros = lifetime.fit("mbgnbd", np.append(x, 3), np.append(t_x, 2), np.append(T, 9), np.append(np.ones(len(x)), 0))
    assert zeros.params == pytest.approx(folded.params, rel=1e-6) and zeros.n == 3000


def guests_by_week(n):
    random = np.random.default_rng(4)
    T = random.integers(0, 150, n).astype(float)
    x, t_x, _ = guests({**MBG, "alpha": 17.0}, T, random)
    return x, np.minimum(np.ceil(t_x), T), T


@given(HISTORIES)
def test_distinct_rows_and_their_places_give_back_all_rows(drawn):
    rows = [np.array(column) for column in (*columns(drawn), [row[2] / 3 for row in drawn])]
    folded, at = distinct(*rows)
    assert [column[at].tolist() for column in folded] == [column.tolist() for column in rows]
    assert len(set(zip(*(column.tolist() for column in folded), strict=True))) == len(folded[0])


@pytest.mark.parametrize("model", list(lifetime.MODELS))
def test_the_analytic_slope_is_that_of_differences(model):
    random = np.random.default_rng(8)
    x = random.integers(0, 6, 400)
    t_x = np.where(x > 0, x + random.integers(0, 5, 400), 0)
    T = t_x + random.integers(0, 7, 400)
    of = likelihood(model, x, t_x, T, random.integers(1, 4, 400))
    params = {"bgbb": np.array([1.2, 0.75, 0.66, 2.8]), "paretonbd": np.array([0.6, 8.0, 0.7, 11.0])}.get(model, np.array([0.5, 6.0, 0.8, 2.5]))
    value, slope = of(params)
    for at, step in enumerate(1e-3 * np.eye(4)):  # Richardson: differences of the fourth order
        wide, near = ((of(params * np.exp(k * step))[0] - of(params * np.exp(-k * step))[0]) / (2e-3 * k) for k in (2, 1))
        assert slope[at] == pytest.approx((4 * near - wide) / 3, rel=1e-7, abs=1e-9 * abs(value))


@pytest.mark.parametrize("k", [0, 1])
def test_expected_stays_agree_with_the_hyp2f1_form_of_the_papers(k):
    r, alpha, a, b = 0.5, 120.0, 0.8, 2.5
    x, T, t = (grid.ravel() for grid in np.meshgrid(np.arange(25.0), [0.0, 30, 400, 1500], [1.0, 30, 365, 1095]))
    big, z = b + x + k, t / (alpha + T + t)
    papers = (a + big - 1) / (a - 1) * (1 - (1 - z) ** (r + x) * hyp2f1(r + x, big, a + big - 1, z))
    assert BetaGeometric(k).mean(np.array([r, alpha, a, b]), t, x, T) == pytest.approx(papers, rel=1e-7)


@pytest.mark.parametrize("a, x, T, t, expected", [
    (0.8, 0, 0, 1095, 2.5679556128814207), (0.8, 3, 400, 365, 2.1206343812750443), (0.8, 900, 1000, 1095, 658.3757188131649),
    (0.8, 40, 10, 1095, 118.52798095730839), (1.000001, 3, 400, 365, 2.0555061105165895), (1.0, 3, 400, 365, 2.055506421207107),
    (1.5, 3, 400, 365, 1.9163263364525358), (0.8, 0, 30, 36500, 13.823873590775445),
])  # fmt: skip
def test_expected_stays_of_a_guest_not_lost_agree_with_forty_digit_arithmetic(a, x, T, t, expected):
    """The literals are those of mpmath, of the form in the papers; at a = 1, where that is 0/0, of the integral."""
    found = BetaGeometric(1).mean(np.array([0.5, 120.0, a, 2.5]), *(np.array([float(one)]) for one in (t, x, T)))
    assert found[0] == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("model", ["mbgnbd", "bgnbd"])
def test_where_a_is_one_guests_drawn_come_as_expected(model):
    random, params = np.random.default_rng(12), {**MBG, "a": 1.0}
    T = random.uniform(0, 1000, 200_000)
    x, t_x, later = guests(params, T, random, lost_at_first=model == "mbgnbd", ahead=365)
    total = known(model, params).total(365, x, t_x, T)
    assert total.low[0] < later.sum() < total.high[0]
    assert total.high[0] - total.low[0] < 0.03 * later.sum()


EXTREMES = [(900, 1000, 1000), (900, 3, 1000), (900, 0, 1000), (900, 900, 900), (0, 0, 0), (3, 0, 0), (3, 0, 4000), (1, 1e-9, 1e-9), (0, 0, 20000)]


@pytest.mark.parametrize("model", list(CONTINUOUS))
def test_no_guest_is_too_extreme_for_a_figure(model):
    fit = known(model, dict(zip(lifetime.MODELS[model].names, CONTINUOUS[model].tolist(), strict=True)))
    x, t_x, T = np.array(EXTREMES).T
    for t in (0, 1, 365, 3650):
        found = [fit.expected(t, x, t_x, T), fit.returns(t, x, t_x, T), fit.alive(x, t_x, T)]
        for one in found:
            assert all(np.isfinite(part).all() and (part >= 0).all() for part in (one.value, one.low, one.high))
        assert all((one.value <= 1 + 1e-9).all() for one in found[1:])
        spread = fit.spread(t, x, t_x, T)
        assert np.isfinite(spread).all() and (spread >= 0).all()
    assert fit.expected(0, x, t_x, T).value == pytest.approx(0, abs=1e-12)
    assert fit.returns(0, x, t_x, T).value == pytest.approx(0, abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(list(lifetime.MODELS)), st.lists(st.floats(0.01, 100), min_size=4, max_size=4), HISTORIES, st.integers(0, 40))
def test_no_parameters_are_too_odd_for_a_figure(model, params, drawn, t):
    fit, (x, t_x, T) = known(model, dict(zip(lifetime.MODELS[model].names, params, strict=True))), columns(drawn)
    for share in (fit.alive(x, t_x, T).value, fit.returns(t, x, t_x, T).value):
        assert ((share >= 0) & (share <= 1 + 1e-9)).all()
    expected, total = fit.expected(t, x, t_x, T).value, fit.total(t, x, t_x, T)
    assert np.isfinite(expected).all() and (fit.returns(t, x, t_x, T).value <= expected * (1 + 1e-6) + 1e-9).all()
    assert np.isfinite([total.low[0], total.value[0], total.high[0]]).all() and total.value[0] == pytest.approx(expected.sum())
    frequencies = fit.frequencies(8, T)
    assert (frequencies > -1e-6 * len(T)).all() and frequencies.sum() == pytest.approx(len(T))


def test_who_stayed_900_times_until_now_will_stay_on_and_who_stopped_is_lost():
    fit = known("mbgnbd", MBG)
    on, stopped = fit.expected(365, 900, [1000, 300], 1000).value
    assert on == pytest.approx(261.40479 * 0.9991, abs=0.1)
    assert stopped < 1e-6
    assert fit.alive(900, [1000, 300], 1000).value == pytest.approx([1, 0], abs=0.01)


def test_a_guest_of_900_stays_does_not_upset_a_fit():
    x, t_x, T = guests_by_week(5000)
    without, fit = (lifetime.fit("mbgnbd", *rows) for rows in ((x, t_x, T), (np.append(x, 900), np.append(t_x, 149), np.append(T, 149))))
    assert fit.converged and fit.repeats == without.repeats + 900
    assert fit.expected(52, 0, 0, 20).value == pytest.approx(without.expected(52, 0, 0, 20).value, rel=0.2)


def test_scalars_and_arrays_answer_in_their_own_shape():
    fit = known("mbgnbd", MBG)
    grid = fit.expected([[30], [365]], [0, 1, 2], [0, 50, 200], 400)
    assert grid.value.shape == grid.low.shape == (2, 3)
    assert grid.value[1, 2] == fit.expected(365, 2, 200, 400).value
    assert np.ndim(fit.alive(2, 200, 400).value) == 0
    for model, params in CONTINUOUS.items():
        nobody = known(model, dict(zip(lifetime.MODELS[model].names, params.tolist(), strict=True))).returns(365, [], [], [])
        assert nobody.value.shape == (0,)


def test_nothing_warns_and_callers_warnings_stay_as_they_were():
    before = list(warnings.filters), np.geterr()
    lifetime.fit("bgnbd", *guests_by_week(2000))
    lifetime.fit("mbgnbd", [0] * 400 + [900] * 200, [0] * 600, [0] * 600)
    assert (list(warnings.filters), np.geterr()) == before
