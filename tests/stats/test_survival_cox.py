"""Proportional hazards against Rossi's recidivism data and worlds of known ratios, and what is refused."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crm_core.stats.survival import hazards
from crm_core.stats.survival.cox import SAMPLE

ROSSI = pd.read_csv(Path(__file__).with_name("rossi.csv"), comment="#")
NAMES = ["fin", "age", "race", "wexp", "mar", "paro", "prio"]


def rossi(**changes):
    return hazards(ROSSI[NAMES], ROSSI["week"], ROSSI["arrest"], NAMES, **changes)


def logs(found):
    return [np.log(row.ratio) for row in found.rows]


def errors(found):
    return [np.log(row.high / row.ratio) / 1.959964 for row in found.rows]


def world(n=2000, ratio=2.0, seed=3):
    """Return features (n × 2), whole days, and who returned: one more of the first multiplies the hazard by `ratio`, the second does nothing."""
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(n, 2))
    time, cut = np.ceil(draw.exponential(300 / ratio ** x[:, 0])), np.ceil(draw.uniform(1, 900, n))
    return x, np.minimum(time, cut), time <= cut


def test_rossi_is_as_published():
    found = rossi()
    assert [row.name for row in found.rows] == NAMES
    assert logs(found) == pytest.approx([-0.3794, -0.0574, 0.3139, -0.1498, -0.4337, -0.0849, 0.0915], abs=5e-4)
    assert found.log_likelihood == pytest.approx(-658.748, abs=5e-4)
    assert (found.n, found.events, found.sampled, found.why) == (432, 114, False, "")


def test_the_interval_and_p_go_with_the_ratio():
    fin = rossi().rows[0]
    assert (fin.ratio, fin.low, fin.high, fin.p) == pytest.approx((0.684257, 0.470237, 0.995684, 0.047416), abs=1e-5)


def test_ratios_that_change_with_time_are_told():
    """Allison's and lifelines' finding: age (.0007) and work experience (.007) are not proportional, the others are."""
    drift = {row.name: (row.drift, row.drift_p) for row in rossi().rows}
    assert drift["age"] == (pytest.approx(-0.26, abs=0.02), pytest.approx(7e-4, abs=3e-4))
    assert drift["wexp"] == (pytest.approx(0.23, abs=0.02), pytest.approx(7e-3, abs=1e-3))
    assert [drift[name][1] for name in ("fin", "race", "mar", "paro", "prio")] == pytest.approx([0.90, 0.23, 0.40, 0.71, 0.89], abs=0.03)


def test_delayed_entry_is_that_of_lifelines():
    """Every third man is seen only from a week of his own; who had gone before it counts nowhere."""
    found = rossi(entry=np.where(ROSSI.index % 3 == 0, (ROSSI.index * 7) % 30, 0))
    assert logs(found) == pytest.approx([-0.399961, -0.060015, 0.374904, -0.084757, -0.531840, -0.131424, 0.091082], abs=1e-6)
    assert errors(found) == pytest.approx([0.196666, 0.022544, 0.321173, 0.216127, 0.405622, 0.200158, 0.029486], abs=1e-6)
    assert (found.log_likelihood, found.n) == (pytest.approx(-620.918779, abs=1e-6), 427)


def test_the_planted_ratio_is_found():
    first, second = hazards(*world(20_000), ["matters", "does not"]).rows
    assert first.ratio == pytest.approx(2, rel=0.04)
    assert second.ratio == pytest.approx(1, abs=0.03)
    assert first.p < 1e-20 < second.p


def test_intervals_cover_the_truth_and_the_check_is_wrong_as_often_as_they_say():
    worlds = 150 if "SOAK_ROUNDS" in os.environ else 75
    rows = [(row, truth) for seed in range(worlds) for row, truth in zip(hazards(*world(250, seed=seed), ["a", "b"]).rows, (2, 1))]
    assert np.mean([row.low < truth < row.high for row, truth in rows]) == pytest.approx(0.95, abs=0.03)
    assert np.mean([row.drift_p < 0.05 for row, _ in rows]) == pytest.approx(0.05, abs=0.03)


def test_a_return_on_day_0_counts():
    x, time, _ = world(200)
    assert hazards(x, time - time.min(), np.ones(200), ["a", "b"]).events == 200


def test_the_same_guest_four_times_is_not_four_guests():
    """Each case four times over halves the error; told that they belong together, the errors come back."""
    x, time, returned = world(300)
    once = hazards(x, time, returned, ["a", "b"])
    four = (np.repeat(x, 4, axis=0), np.repeat(time, 4), np.repeat(returned, 4), ["a", "b"])
    assert errors(hazards(*four)) == pytest.approx(np.divide(errors(once), 2), rel=0.02)
    assert errors(hazards(*four, groups=np.repeat(np.arange(300), 4))) == pytest.approx(errors(once), rel=0.15)


def test_units_change_the_ratio_and_nothing_else():
    x, time, returned = world(500)
    euros, cents = (hazards(x * unit, time, returned, ["a", "b"]).rows[0] for unit in (1, 100))
    assert cents.ratio**100 == pytest.approx(euros.ratio)
    assert (cents.p, cents.drift_p) == pytest.approx((euros.p, euros.drift_p))


def test_many_cases_are_sampled_and_it_says_so():
    x, time, returned = world(SAMPLE + 1)
    found = hazards(x, time, returned, ["a", "b"])
    assert (found.n, found.sampled) == (50_000, True)
    assert found.rows[0].ratio == pytest.approx(2, rel=0.03)
    assert hazards(x, time, returned, ["a", "b"]) == found


def test_cases_with_anything_unknown_are_left_out():
    x, time, returned = world(500)
    x[:40, 1], time[40:50] = np.nan, np.nan
    found = hazards(x, time, returned, ["a", "b"])
    assert found.n == 450
    assert found == hazards(x[50:], time[50:], returned[50:], ["a", "b"])


# --- what is refused --------------------------------------------------------------------------------------------------
def refused(features, time, returned):
    found = hazards(features, time, returned, ["a", "b"])
    assert found.rows == ()
    return found.why


def test_without_a_return_there_is_nothing_to_explain():
    x, time, returned = world(100)
    assert refused(x, time, returned & False) == "no_events"
    assert refused([], [], []) == "no_events"


def test_ten_returns_for_each_feature_are_the_least():
    x, time, returned = world(100)
    returned = np.arange(100) < 19
    assert refused(x, time, returned) == "few"
    assert len(hazards(x, time, np.arange(100) < 20, ["a", "b"]).rows) == 2


def test_a_feature_that_is_the_same_for_everybody_explains_nothing():
    x, time, returned = world(100)
    x[:, 1] = 0.1
    assert refused(x, time, returned) == "constant"


def test_a_feature_told_twice_cannot_be_told_apart():
    x, time, returned = world(100)
    assert refused(np.column_stack([x[:, 0], 3 * x[:, 0] + 1]), time, returned) == "collinear"


def test_where_only_one_kind_ever_returns_the_ratio_is_without_bound():
    x, time, returned = world(400)
    x[:, 1] = np.arange(400) < 200
    assert refused(x, time, returned & (x[:, 1] == 1)) == "diverged"


def test_when_all_return_on_one_day_drift_cannot_be_judged():
    x, _, _ = world(100)
    found = hazards(x, np.full(100, 7), np.ones(100), ["a", "b"])
    assert all(np.isnan([row.drift, row.drift_p]).all() for row in found.rows)
