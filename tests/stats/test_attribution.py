"""Every rule credits exactly the conversions there were, and what it says of a few paths can be counted by hand."""

from itertools import combinations, pairwise
from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.stats.attribution import RULES, credit, removal_effects, time_decay

THREE = {("C1", "C2", "C3"): (1, 0), ("C1",): (0, 1), ("C2", "C3"): (0, 1)}
JOURNEYS = [(("mail", "site", "mail", "phone"), 10, 0), (("site",), 4, 6), (("mail", "ota"), 2, 1), ((), 7, 100)]
paths = st.dictionaries(
    st.lists(st.sampled_from("ABCDEF"), min_size=1, max_size=7).map(tuple), st.tuples(st.integers(0, 1000), st.integers(0, 1000)), max_size=12
)


@pytest.mark.parametrize(
    "rule, credits",
    [
        ("first_touch", {"mail": 12, "site": 4, "phone": 0, "ota": 0}),
        ("last_touch", {"mail": 0, "site": 4, "phone": 10, "ota": 2}),
        ("linear", {"mail": 5 + 1, "site": 2.5 + 4, "phone": 2.5, "ota": 1}),
        ("position", {"mail": 4 + 1 + 1, "site": 1 + 4, "phone": 4, "ota": 1}),
        ("shapley", {"mail": 10 / 3 + 1, "site": 10 / 3 + 4, "phone": 10 / 3, "ota": 1}),
    ],
)
def test_rules_by_place_share_out_sixteen_conversions(rule, credits):
    """10 by mail, site, mail, phone; 4 by site; 2 by mail, ota; the 7 without a touch are nobody's."""
    assert credit(rule, JOURNEYS) == pytest.approx(credits)


def test_removing_a_touch_loses_what_went_through_it():
    """C1>C2>C3 books, C1 and C2>C3 do not: base 1/3; without C1 it is 1/6, without C2 or C3 nothing."""
    assert removal_effects(THREE) == pytest.approx({"C1": 0.5, "C2": 1, "C3": 1}, abs=1e-9)
    assert credit("markov", THREE) == pytest.approx({"C1": 0.2, "C2": 0.4, "C3": 0.4}, abs=1e-9)


def test_a_touch_seven_days_older_counts_half():
    assert time_decay([(("mail", "site"), 3, 0, (9, 2))]) == pytest.approx({"mail": 1, "site": 2})
    assert time_decay([(("mail", "site"), 3, 0, (5000, 4993))]) == pytest.approx({"mail": 1, "site": 2})
    assert time_decay([(("mail", "site"), 3, 0, (9, 2))], half_life=3.5) == pytest.approx({"mail": 0.6, "site": 2.4})


def test_time_decay_asks_for_ages():
    with pytest.raises(ValueError, match="age of each touch"):
        credit("time_decay", THREE)


def test_paths_may_come_one_by_one_or_counted():
    one_by_one = [(("A", "B"), 1, 0)] * 3 + [(("A",), 0, 1)] * 5 + [(["B"], 1, 0)]
    counted = {("A", "B"): (3, 0), ("A",): (0, 5), ("B",): (1, 0)}
    for rule in set(RULES) - {"time_decay"}:
        assert credit(rule, one_by_one) == pytest.approx(credit(rule, counted))


@pytest.mark.parametrize("rule", RULES)
def test_without_conversions_every_touch_gets_nothing(rule):
    assert credit(rule, []) == {}
    assert credit(rule, {("A", "B"): (0, 4)}) == {"A": 0, "B": 0}
    assert credit(rule, {("A",): (0, 0)}) == {"A": 0}


def test_an_unknown_rule_and_negative_conversions_are_refused():
    with pytest.raises(ValueError, match="Choose one of: first_touch"):
        credit("nonsense", THREE)
    with pytest.raises(ValueError, match="fewer than no conversions"):
        credit("linear", {("A",): (-1, 0)})


@given(paths)
def test_credits_sum_to_the_conversions(known):
    total = sum(conversions for conversions, _ in known.values())
    for rule in RULES:
        rows = [(touches, *counts, tuple(range(len(touches), 0, -1))) for touches, counts in known.items()]
        credits = credit(rule, rows)
        assert sum(credits.values()) == pytest.approx(total, abs=1e-9)
        assert min(credits.values(), default=0) >= 0


@given(paths)
def test_a_removal_is_what_the_chain_loses_without_the_touch(known):
    """The short way through one solve, against the chain with the touch taken out and all ways into it leading to nothing."""
    whole = reached(known, None)
    for touch, effect in removal_effects(known).items():
        assert effect == pytest.approx(1 - reached(known, touch) / whole if whole else 0, abs=1e-9)


def reached(known, removed):
    """P(conversion) from the start of the first-order chain, the removed touch being a dead end."""
    names = [*sorted({touch for touches in known for touch in touches}), "start"]
    counts, converting = np.zeros((len(names), len(names))), np.zeros(len(names))
    leaving = np.zeros(len(names))
    for touches, (conversions, non_conversions) in known.items():
        steps = [names.index(name) for name in ("start", *touches)]
        for one, following in pairwise(steps):
            counts[one, following] += conversions + non_conversions
        np.add.at(leaving, steps, conversions + non_conversions)
        converting[steps[-1]] += conversions
    share = 1 / np.where(leaving > 0, leaving, 1)
    counts, converting = counts * share[:, None], converting * share
    if removed is not None:
        counts[names.index(removed)], converting[names.index(removed)] = 0, 0
    return np.linalg.solve(np.eye(len(names)) - counts, converting)[-1]


@given(paths)
def test_the_fair_share_is_the_shapley_value_of_the_coalitions(known):
    """Against the definition: the mean of what a touch adds over all orders of arrival, for the six touches by subsets."""
    names = sorted({touch for touches in known for touch in touches})
    k, credits = len(names), credit("shapley", known)

    def worth(coalition):
        return sum(conversions for touches, (conversions, _) in known.items() if set(touches) <= coalition)

    for name in names[:2]:
        others = [other for other in names if other != name]
        value = sum(factorial(size) * factorial(k - size - 1) / factorial(k) * (worth({*part, name}) - worth(set(part)))
                    for size in range(k) for part in combinations(others, size))  # fmt: skip
        assert credits[name] == pytest.approx(value, abs=1e-6)
