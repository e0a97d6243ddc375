"""Lesson L5 to its end: matching brings back the repeat guests whom duplicates hid, merges nobody wrongly, and can be undone."""
import pandas as pd
import pytest

from crm_core.ingest import duplicates
from crm_core.records import identity
from crm_core.store.audit import Entry
from tests.ingest.demo_stores import made

GUESTS = "SELECT id, name, email, phone, birth_on, country, language, merged_into, loose_id FROM guest ORDER BY id"


def pairs_of(groups: pd.Series) -> int:
    """How many pairs of records stand in the same group."""
    sizes = groups.value_counts()
    return int((sizes * (sizes - 1) // 2).sum())


@pytest.fixture(scope="module")
def matched(tmp_path_factory):
    """A quarter of the group before the search, and the same store after it."""
    quarter = made(tmp_path_factory.mktemp("quarter"), scale=.25)
    before = quarter.frame(GUESTS)
    duplicates.search(quarter.settings)
    return quarter, before


@pytest.fixture(scope="module")
def records(matched):
    """Guest records with the person that the app takes them for, and the true one."""
    rows = matched[0].frame(GUESTS)
    return rows.assign(taken=rows.merged_into.fillna(rows.id).astype(int), person=rows.id.map(matched[0].persons)).set_index("id")


def test_no_two_persons_are_merged(records):
    merged, right = pairs_of(records.taken), pairs_of(records.groupby(["taken", "person"]).ngroup())
    assert merged > 2000
    assert right / merged >= .98


def test_nearly_all_pairs_are_merged_or_wait_for_a_decision(matched, records):
    merged = pairs_of(records.groupby(["taken", "person"]).ngroup())
    waiting = matched[0].frame("SELECT a_id, b_id FROM match_pair")
    a, b = records.loc[waiting.a_id].reset_index(), records.loc[waiting.b_id].reset_index()
    # A waiting pair of two merged groups would join all their records.
    joined = (a.person == b.person) & (a.taken != b.taken)
    sizes = records.taken.value_counts()
    found = pd.DataFrame({"a": a.taken[joined], "b": b.taken[joined]}).drop_duplicates()
    both = (found.a.map(sizes) * found.b.map(sizes)).sum()
    assert (merged + both) / pairs_of(records.person) >= .85


def test_matching_brings_the_repeat_guests_back(matched, records):
    stays = matched[0].frame("SELECT id, profile_id FROM stay WHERE status = 'checked_out' AND departure_on > arrival_on")
    naive = (stays.profile_id.value_counts() >= 2).mean()
    shown = (stays.profile_id.dropna().astype(int).map(records.taken).value_counts() >= 2).mean()
    true = (matched[0].person_of_stay(stays).value_counts() >= 2).mean()
    assert naive == pytest.approx(.123, abs=.02)
    assert shown >= .205
    assert shown <= true


def test_ending_all_merges_gives_every_record_back(matched):
    quarter, before = matched
    with quarter.store.changing(Entry("test", "split", "guest")) as change:
        identity.end(change, quarter.frame("SELECT id FROM guest_link").id.tolist(), "test")
    after = quarter.frame(GUESTS)
    assert after.drop(columns="loose_id").equals(before.drop(columns="loose_id"))  # who may be one person still waits
