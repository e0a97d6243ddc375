"""How many duplicates are found, and how few strangers: labelled public data, and simulated guests with twins and families."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.guests import simulated
from crm_core.ingest.people_file import read_people
from crm_core.stats import matching
from crm_core.stats.matching.blocking import candidates
from crm_core.stats.matching.people import coded

DATA = Path(__file__).parents[3] / "shared/data"
FEBRL, FAKE = DATA / "febrl1/febrl_dataset1.csv", DATA / "splink_fake_1000/fake_1000.csv"


def true_pairs(ids, persons) -> set[frozenset]:
    groups = pd.Series(list(ids)).groupby(list(persons)).agg(list)
    return {frozenset((one, two)) for group in groups for at, one in enumerate(group) for two in group[:at]}


def of(pairs: pd.DataFrame) -> set[frozenset]:
    return set(map(frozenset, zip(pairs["left"], pairs["right"], strict=True)))


def f1(found: set, truth: set) -> float:
    return 2 * len(found & truth) / (len(found) + len(truth))


@pytest.mark.shared
@pytest.mark.skipif(not FEBRL.exists(), reason=f"the public data set is not beside the project: {FEBRL}")
def test_febrl_1():
    people = read_people(FEBRL)
    truth = true_pairs(people["id"], people["id"].str.split("-").str[1])
    found = matching.match(people)
    assert f1(of(found.pairs), truth) >= 0.98
    assert of(found.pairs[found.pairs["probability"] >= 0.99]) <= truth


@pytest.mark.shared
@pytest.mark.skipif(not FAKE.exists(), reason=f"the public data set is not beside the project: {FAKE}")
def test_fake_1000():
    people = read_people(FAKE)
    truth = true_pairs(people["id"], pd.read_csv(FAKE)["cluster"])
    found = matching.match(people)
    assert f1(of(found.pairs), truth) >= 0.90
    assert of(found.pairs[found.pairs["probability"] >= 0.99]) <= truth


@pytest.fixture(scope="module")
def guests():
    """3,000 simulated profiles, their true pairs and what was found."""
    people, persons = simulated(3000, seed=11)
    return people, true_pairs(people["id"], persons), matching.match(people)


def test_simulated_duplicates_are_brought_together(guests):
    people, truth, _ = guests
    brought = candidates(coded(people))
    pairs = pd.DataFrame({"left": people["id"].to_numpy()[brought.left], "right": people["id"].to_numpy()[brought.right]})
    assert len(of(pairs) & truth) / len(truth) >= 0.98


def test_simulated_duplicates_are_found(guests):
    _, truth, found = guests
    pairs = of(found.pairs)
    assert len(pairs & truth) / len(pairs) >= 0.93
    assert len(pairs & truth) / len(truth) >= 0.95


def test_hardly_any_two_simulated_guests_merge_by_themselves(guests):
    _, truth, found = guests
    merged = of(matching.sound_links(found.pairs, matching.AUTOMATIC, found.against))
    assert len(merged & truth) >= 0.5 * len(truth)
    assert len(merged - truth) <= 1
