"""Lifetime models give the published figures, find the parameters that guests were drawn with, and say nothing where there is too little."""
from pathlib import Path

import numpy as np
import pytest

from crm_core.stats import lifetime
from crm_core.stats.lifetime.fitted import MODELS
from tests.stats.simulating import guests

CDNOW = np.loadtxt(Path(__file__).with_name("cdnow.csv"), delimiter=",", skiprows=3, unpack=True)
X, T_X, T, Z, N = CDNOW
PARAMS = {"r": 0.5, "alpha": 120.0, "a": 0.8, "b": 2.5}


@pytest.fixture(scope="module")
def fits():
    """Every model for a time that goes on, fitted to the CDNOW sample."""
    return {model: lifetime.fit(model, X, T_X, T, N) for model in MODELS if model != "bgbb"}


def simulated(n: int, seed: int, ahead: float = 0, lost_at_first: bool = True, params=PARAMS):
    random = np.random.default_rng(seed)
    T = random.integers(0, 3 * 365, n).astype(float)
    return *(found := guests(params, T, random, lost_at_first, ahead))[:2], T, found[2]


def test_the_sample_is_the_published_one():
    assert (N.sum(), N @ X, N[X == 0].sum()) == (2357, 2457, 1411)


def test_bgnbd_gives_the_figures_of_fader_hardie_and_lee_2005(fits):
    fit = fits["bgnbd"]
    assert fit.params == pytest.approx({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, abs=0.001)
    assert fit.log_likelihood == pytest.approx(-9582.43, abs=0.005)
    assert fit.expected(39, 2, 30.43, 38.86).value == pytest.approx(1.226, abs=0.001)
    assert (fit.n, fit.repeats, fit.converged, fit.enough) == (2357, 2457, True, True)


def test_mbgnbd_gives_the_figures_that_two_implementations_agree_on(fits):
    fit = fits["mbgnbd"]
    assert fit.params == pytest.approx({"r": 0.5248, "alpha": 6.183, "a": 0.8914, "b": 1.614}, abs=0.001)
    assert fit.log_likelihood == pytest.approx(-9582.13, abs=0.005)
    assert fit.expected(39, [2, 0], [30.43, 0], [38.86, 30]).value == pytest.approx([1.2627, 0.1995], abs=0.0002)


def test_one_time_guests_may_be_lost_in_mbgnbd_and_never_are_in_bgnbd(fits):
    once = X == 0
    assert np.average(fits["mbgnbd"].alive(X, T_X, T).value[once], weights=N[once]) == pytest.approx(0.41, abs=0.005)
    assert (fits["bgnbd"].alive(X, T_X, T).value[once] == 1).all()
