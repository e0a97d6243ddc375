"""Arms are exact in all and alike in every stratum, whatever the order of the people."""
import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.outreach.arms import BadShares, Cell, imbalance, split

THREE = {"A": 4500, "B": 4500, "held_out": 1000}


def test_arms_are_exact():
    assert Counter(split(range(1000), "s", THREE).values()) == {"A": 450, "B": 450, "held_out": 100}
    assert Counter(split(range(15), "s", {"contact": 9000, "held_out": 1000}).values()) == {"contact": 13, "held_out": 2}  # a half is held out
    assert split([], "s", THREE) == {}
    assert split([7], "s", {"all": 10_000}) == {7: "all"}


def halves(people, salt: str, held: int) -> dict[int, str]:
    return split(people, salt, {"contact": 10_000 - held, "held_out": held})


@given(st.sets(st.integers(1, 10**9), max_size=60), st.text(max_size=8), st.integers(0, 5000), st.randoms(use_true_random=False))
def test_those_whose_salted_hash_comes_first_are_held_out_in_any_order(people, salt, held, chance):
    first = sorted(people, key=lambda i: hashlib.sha256(f"{salt}/{i}".encode()).digest())[: (len(people) * held + 5000) // 10_000]
    assert halves(chance.sample(sorted(people), len(people)), salt, held) == {i: "held_out" if i in first else "contact" for i in people}


def test_another_salt_draws_others():
    draws = [{i for i, arm in halves(range(1, 1001), salt, 2000).items() if arm == "held_out"} for salt in ("a", "b")]
    assert [len(draw) for draw in draws] == [200, 200]
    assert 20 <= len(draws[0] & draws[1]) <= 60  # 40 by chance


@pytest.mark.parametrize(("people", "share", "held"), [(10, 1000, 1), (15, 1000, 2), (14, 1000, 1), (3, 5000, 2), (2, 2500, 1), (1, 5000, 1), (1, 4999, 0)])
def test_a_half_rounds_up(people, share, held):
    assert list(halves(range(people), "s", share).values()).count("held_out") == held


def test_every_stratum_gets_its_share():
    strata = {i: "gold" if i < 30 else "silver" if i < 75 else "base" for i in range(200)}  # 30, 45 and 125
    drawn = split(range(200), "s", {"contact": 9000, "held_out": 1000}, strata)
    assert Counter(strata[i] for i, arm in drawn.items() if arm == "held_out") == {"gold": 3, "silver": 4, "base": 13}  # 12.5 and 4.5: 20 in all


@st.composite
def draws(draw):
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=1, max_size=3)))
    shares = {f"{name}": 100 * (high - low) for name, low, high in zip(("A", "held_out", "B", "C"), [0, *cuts], [*cuts, 100])}
    sizes = draw(st.lists(st.integers(1, 30), min_size=1, max_size=8))
    strata = {i: f"s{s}" for i, s in enumerate([s for s, size in enumerate(sizes) for _ in range(size)])}
    return shares, strata


@given(draws(), st.randoms(use_true_random=False))
def test_the_order_changes_nothing_and_no_stratum_is_off_by_one_person(drawn, chance):
    shares, strata = drawn
    people, turned = chance.sample(sorted(strata), len(strata)), dict(reversed(shares.items()))
    found = split(sorted(strata), "s", shares, strata)
    assert split(people, "s", turned, strata) == found
    for arm, n in Counter(found.values()).items():
        assert abs(n - len(strata) * shares[arm] / 10_000) < 1
    sizes, cells = Counter(strata.values()), Counter((strata[i], arm) for i, arm in found.items())
    assert all(abs(cells[stratum, arm] - sizes[stratum] * shares[arm] / 10_000) <= 1 for stratum in sizes for arm in shares)


@pytest.mark.parametrize(("shares", "problem"), [
    ({}, "at least one arm"), ({"A": -1, "B": 10_001}, "at least one arm"), ({"A": 5000.0, "B": 5000}, "at least one arm"),
    ({"A": 5000, "B": 4000}, "add up to 90 %"), ({"A": 10_050}, "add up to 100.5 %"),
])  # fmt: skip
def test_shares_that_are_not_all_are_refused(shares, problem):
    with pytest.raises(BadShares, match=problem):
        split([1], "s", shares)


def test_a_gap_between_strata_is_seen():
    arm_of = {1: "contact", 2: "contact", 3: "held_out", 4: "contact", 5: "held_out"}
    cells, gap = imbalance(arm_of, {1: "gold", 2: "gold", 3: "gold", 4: "base"})
    assert cells == [Cell("", "contact", 0, 0.0, .6), Cell("", "held_out", 1, 1.0, .4),
                     Cell("base", "contact", 1, 1.0, .6), Cell("base", "held_out", 0, 0.0, .4),
                     Cell("gold", "contact", 2, 2 / 3, .6), Cell("gold", "held_out", 1, 1 / 3, .4)]  # fmt: skip
    assert gap == pytest.approx(60)
    assert imbalance({}, {}) == ([], 0.0)
