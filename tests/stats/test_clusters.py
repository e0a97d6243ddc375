"""Clusters that were planted are found, and clouds of every shape are refused."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from crm_core.stats.clusters import FEWEST, find

NAMES = ("nights", "spend", "lead", "gap")
KINDS = np.array([[4, 0, 0, 0], [0, 4, 0, 0], [0, 0, 4, 4]])


def planted(n=3000, seed=3, kinds=KINDS):
    """Return features (n × 4) around three (or other) centres four standard deviations out, and whose is whose."""
    draw = np.random.default_rng(seed)
    kind = draw.integers(0, len(kinds), n)
    return draw.normal(size=(n, kinds.shape[1])) + kinds[kind], kind


@pytest.fixture(scope="module")
def three():
    features, kind = planted()
    return features, kind, find(features, NAMES)


# --- what is there ----------------------------------------------------------------------------------------------------
def test_three_planted_kinds_are_found(three):
    _, kind, found = three
    assert (found.k, found.why) == (3, "")
    assert adjusted_rand_score(kind, found.label) >= 0.95
    assert found.stability[3] > 0.95
    assert found.valley[3] < 0.1


def test_labels_fall_with_the_mean_of_the_first_feature(three):
    features, _, found = three
    means = [features[found.label == label, 0].mean() for label in (1, 2, 3)]
    assert means == sorted(means, reverse=True)
    assert means[0] == pytest.approx(4, abs=0.15)


def test_sizes_and_centres_are_those_of_the_labels(three):
    features, _, found = three
    assert found.sizes == tuple(np.bincount(found.label)[1:])
    assert sum(found.sizes) == 3000
    standard = (features - features.mean(axis=0)) / features.std(axis=0)
    assert found.centres == pytest.approx(np.array([standard[found.label == label].mean(axis=0) for label in (1, 2, 3)]), abs=0.03)


def test_each_is_told_by_its_two_most_deviant_features(three):
    """The planted ones: many nights; much spend; and a long lead with a long gap."""
    _, _, found = three
    assert found.deviant[0][0] == ("nights", "+")
    assert {frozenset(two) for two in found.deviant} >= {frozenset({("lead", "+"), ("gap", "+")})}
    assert ("spend", "+") in {two[0] for two in found.deviant}
    assert all(len(two) == 2 for two in found.deviant)


def test_names_and_columns_may_come_together(three):
    features, _, found = three
    again = find(dict(zip(NAMES, features.T)))
    assert again.names == NAMES
    assert np.array_equal(again.label, found.label)


def test_the_same_guests_give_the_same_clusters(three):
    features, _, found = three
    again = find(features, NAMES)
    assert np.array_equal(again.label, found.label)
    assert (again.stability, again.valley) == (found.stability, found.valley)


def test_another_seed_finds_the_same_kinds(three):
    features, _, found = three
    assert adjusted_rand_score(found.label, find(features, NAMES, seed=8).label) > 0.99


def test_five_kinds_are_not_four():
    features, kind = planted(kinds=6 * np.eye(5))
    found = find(features, "abcde")
    assert found.k == 5
    assert adjusted_rand_score(kind, found.label) > 0.99


def test_more_guests_than_the_sample_all_get_a_label():
    features, kind = planted(20_000)
    found = find(features, NAMES)
    assert found.k == 3
    assert (found.label > 0).all()
    assert adjusted_rand_score(kind, found.label) >= 0.95


def apart_by_factors(n=3000):
    draw = np.random.default_rng(5)
    kind = draw.integers(0, 3, n)
    return {"spend": 10.0 ** (3 + kind) * draw.lognormal(0, 0.3, n), "nights": np.array([2, 14, 5])[kind] + draw.normal(0, 0.5, n)}, kind


def test_counts_and_money_are_taken_as_logarithms():
    """On the plain scale the richest would be far from both others, which would be one."""
    features, kind = apart_by_factors()
    found = find(features)
    assert (found.k, found.logged) == (3, ("spend",))
    assert adjusted_rand_score(kind, found.label) > 0.99


def test_a_few_refunds_do_not_stop_the_logarithm():
    features, _ = apart_by_factors()
    features["spend"][:30] = -5000
    assert find(features).logged == ("spend",)
    features["spend"][:31] = -5000
    assert find(features).logged == ()


# --- what is not there ------------------------------------------------------------------------------------------------
def cloud(shape, n=3000, seed=1):
    draw = np.random.default_rng(seed)
    line = draw.normal(size=(n, 1))
    return {
        "round": draw.normal(size=(n, 4)), "even": draw.uniform(size=(n, 4)), "square": draw.uniform(size=(n, 2)),
        "steep": draw.exponential(size=(n, 3)), "money": draw.lognormal(8, 1, (n, 2)), "line": line, "long": line + 0.3 * draw.normal(size=(n, 4)),
    }[shape]  # fmt: skip


@pytest.mark.parametrize("shape", ["round", "even", "square", "steep", "money", "line", "long"])
def test_a_cloud_has_no_kinds_whatever_its_shape(shape):
    features = cloud(shape)
    found = find(features, "abcd"[: features.shape[1]])
    assert found.k == 0
    assert found.why in ("unstable", "cloud")
    assert not found.label.any()
    assert sorted(found.stability) == [3, 4, 5, 6]


def test_stable_cuts_through_one_long_cloud_are_told_from_unstable_ones():
    long, around = find(cloud("long"), "abcd"), find(cloud("round"), "abcd")
    assert (long.why, around.why) == ("cloud", "unstable")
    assert max(around.stability.values()) < 0.8 < max(long.stability.values())
    assert min(long.valley.values()) > 1


def test_guests_of_a_hotel_whose_habits_shade_into_each_other_have_no_kinds():
    draw = np.random.default_rng(2)
    rate = draw.gamma(0.5, 1, 4000)
    nights = 1 + draw.poisson(2 * rate)
    found = find({"nights": nights, "spend": nights * draw.lognormal(6, 0.5, 4000), "since": draw.integers(0, 1500, 4000)})
    assert found.k == 0


def test_one_guest_with_900_stays_is_no_kind():
    features = cloud("round")
    features[0] = 1e6
    assert find(features, NAMES).k == 0
    features, kind = planted()
    features[0] = 1e6
    found = find(features, NAMES)
    assert found.k == 3
    assert adjusted_rand_score(kind[1:], found.label[1:]) >= 0.95


def test_a_sliver_is_no_kind():
    """Fifteen of 3,000 lie far off, and together."""
    features = cloud("round")
    features[:15] += 50
    assert find(features, NAMES).k == 0


# --- odd inputs -------------------------------------------------------------------------------------------------------
def test_below_500_guests_nothing_is_looked_for():
    features, _ = planted(FEWEST)
    assert find(features, NAMES).k == 3
    found = find(features[1:], NAMES)
    assert (found.k, found.why, found.stability, found.label.tolist()) == (0, "few", {}, [0] * 499)


def test_nobody_is_no_error():
    assert find({"a": [], "b": []}).why == "few"
    assert find(np.zeros((0, 4)), NAMES).why == "few"


def test_a_guest_with_anything_unknown_belongs_nowhere_and_changes_nothing(three):
    features, _, found = three
    unknown = np.tile(features[:1], (7, 1))
    unknown[:, 2] = np.nan
    unknown[0, 2] = np.inf
    again = find(np.vstack([unknown, features]), NAMES)
    assert again.label[:7].tolist() == [0] * 7
    assert np.array_equal(again.label[7:], found.label)


def test_a_constant_feature_says_nothing(three):
    features, _, found = three
    again = find(np.column_stack([features, np.full(3000, 0.1)]), (*NAMES, "always"))
    assert np.array_equal(again.label, found.label)
    assert again.centres[:, 4].tolist() == [0, 0, 0]


@pytest.mark.parametrize("kinds", [1, 2])
def test_guests_of_fewer_than_three_makes_are_alike(kinds):
    found = find({"a": np.arange(800) % kinds, "b": np.arange(800) % kinds})
    assert (found.k, found.why) == (0, "alike")


def test_guests_of_exactly_four_makes_are_four_kinds():
    makes = np.array([[0, 1], [1, 0], [0, 0], [5, 5]])
    found = find(makes[np.arange(800) % 4], ["a", "b"])
    assert found.k == 4
    assert found.sizes == (200, 200, 200, 200)
    assert found.label[:4].tolist() == [3, 2, 4, 1]
