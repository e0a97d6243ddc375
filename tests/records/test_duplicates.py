"""The review queue: two records side by side, a decision, and the way back."""
import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records import duplicates, guests, identity
from crm_core.records.registry import Refused

ANA, BEN = 1, 2


@pytest.fixture
def waiting(filled):
    """Ana's record 1 and a record 3 at Addis wait for a decision; so do Ben's record 2 and 3."""
    filled.guest("Ana Maria Silva", "ADD", email="ana.silva@example.net", country="PT")
    with filled.changing("match") as change:
        change.connection.execute(sa.insert(schema.match_pair), [
            {"a_id": 1, "b_id": 3, "probability": .9, "evidence": '{"w_name": 7.5}', "conflict": 0, "found_at": change.at},
            {"a_id": 2, "b_id": 3, "probability": .6, "evidence": "{}", "conflict": 0, "found_at": change.at}])
        identity.settle(change, (1, 2, 3))
    return filled


def test_the_surest_pair_comes_first_with_its_evidence(waiting, view):
    first, second = duplicates.waiting(waiting.store, view())
    assert (first["a_id"], first["b_id"], first["evidence"]) == (1, 3, {"w_name": 7.5})
    assert second["probability"] == .6
    assert duplicates.waiting_count(waiting.store, view()) == 2


def test_a_pair_is_seen_by_whoever_sees_both_records(waiting, view):
    """Ana has stayed in Addis, Ben has not."""
    assert [(p["a_id"], p["b_id"]) for p in duplicates.waiting(waiting.store, view(2))] == [(1, 3)]
    assert duplicates.waiting(waiting.store, view(1)) == []
    assert duplicates.side(waiting.store, view(1), id=3) is None


def test_a_side_says_what_a_reviewer_needs(waiting, view):
    ana = duplicates.side(waiting.store, view(), id=1)
    assert (ana["name"], ana["stays"], ana["notes"], ana["consent"], ana["sources"], ana["properties"]) == (
        "Ana Silva", 4, 0, None, ["bookings"], [1])


def test_merging_takes_the_pair_off_the_queue_and_is_in_the_history(waiting, view):
    made = duplicates.merge_records(waiting.store, view(), id=1, other=3, picks={"name": 1})
    assert [(p["a_id"], p["b_id"]) for p in duplicates.waiting(waiting.store, view())] == [(2, 3)]
    row = duplicates.merges(waiting.store, view())[0]
    assert (row["id"], row["a_name"], row["b_name"], row["decided_by"], row["probability"]) == (made, "Ana Silva", "Ana Maria Silva", "person", .9)
    assert duplicates.record_counts(waiting.store, view()) == {"records": 3, "persons": 2, "by_rule": 0, "by_person": 1}
    assert guests.card(waiting.store, view(), id=3)["name"] == "Ana Silva"


def test_a_merge_can_be_undone_once(waiting, view):
    made = duplicates.merge_records(waiting.store, view(), id=1, other=3, picks={})
    duplicates.undo_decision(waiting.store, view(), id=made)
    assert guests.card(waiting.store, view(), id=3)["id"] == 3
    with pytest.raises(Refused, match="undone already"):
        duplicates.undo_decision(waiting.store, view(), id=made)


def test_two_persons_are_not_proposed_again(waiting, view):
    duplicates.keep_records_apart(waiting.store, view(), id=1, other=3)
    assert [(p["a_id"], p["b_id"]) for p in duplicates.waiting(waiting.store, view())] == [(2, 3)]


def test_one_person_is_not_kept_apart_from_itself_and_a_decision_stands_once(waiting, view):
    duplicates.merge_records(waiting.store, view(), id=1, other=3, picks={})
    with pytest.raises(Refused, match="one person already"):
        duplicates.keep_records_apart(waiting.store, view(), id=3, other=1)
    first = duplicates.keep_records_apart(waiting.store, view(), id=2, other=3)
    assert duplicates.keep_records_apart(waiting.store, view(), id=3, other=2) == first
    assert [row["decision"] for row in duplicates.merges(waiting.store, view())] == ["different", "same"]


@pytest.mark.parametrize("picks", [{"name": 2}, {"spouse": 1}])
def test_a_value_is_kept_from_one_of_the_two_records_only(waiting, view, picks):
    with pytest.raises(Refused, match="one of the two"):
        duplicates.merge_records(waiting.store, view(), id=1, other=3, picks=picks)


def test_a_record_outside_the_scope_is_no_guest(waiting, view):
    for attempt in (lambda: duplicates.merge_records(waiting.store, view(1), id=1, other=3, picks={}),
                    lambda: duplicates.keep_records_apart(waiting.store, view(1), id=3, other=1),
                    lambda: duplicates.split_record(waiting.store, view(1), id=3)):
        with pytest.raises(Refused, match="no such guest"):
            attempt()


def test_a_property_can_keep_its_guests_from_being_merged_by_a_rule(waiting, view):
    duplicates.set_merged_by_hand(waiting.store, view(2), properties=(2,))
    duplicates.set_merged_by_hand(waiting.store, view(1), properties=(1, 2))
    assert duplicates.merged_by_hand(waiting.store, view()) == (1, 2)
    duplicates.set_merged_by_hand(waiting.store, view(2), properties=())
    assert duplicates.merged_by_hand(waiting.store, view()) == (1,)


def test_before_the_first_search_there_is_no_last_one(waiting, view):
    assert duplicates.last_search(waiting.store, view()) is None
