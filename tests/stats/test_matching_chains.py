"""From pairs to people: chains, and chains that contradict themselves."""

import pandas as pd
import pytest

from crm_core.stats import matching


def pairs(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["left", "right", "probability", "conflict"]).astype({"conflict": bool})


def links(found: pd.DataFrame) -> list[tuple]:
    return list(zip(found["left"], found["right"], strict=True))


def test_a_chain_is_called_by_its_first_record_in_the_order_given():
    assert matching.clusters([3, 1, 2, 9], [(2, 1), (1, 3)]) == {3: 3, 1: 3, 2: 3, 9: 9}


def test_the_order_of_links_does_not_matter():
    ids, joined = list("fedcba"), [("a", "b"), ("c", "d"), ("b", "c")]
    assert matching.clusters(ids, joined) == matching.clusters(ids, joined[::-1]) == dict(zip("fedcba", "feddd" + "d", strict=True))


def test_a_link_to_nobody_is_refused():
    with pytest.raises(KeyError):
        matching.clusters(["a"], [("a", "b")])


def test_links_below_the_threshold_or_in_conflict_do_not_merge():
    found = pairs(("a", "b", 0.995, False), ("c", "d", 0.98, False), ("e", "f", 0.995, True))
    assert links(matching.sound_links(found, 0.99)) == [("a", "b")]


@pytest.mark.parametrize("inside", [("a", "c", 0.98, True), ("a", "c", 0.3, False)])
def test_a_chain_that_contradicts_itself_is_left_to_a_person(inside):
    found = pairs(("a", "b", 0.999, False), ("b", "c", 0.999, False), ("d", "e", 0.999, False), inside)
    assert links(matching.sound_links(found, 0.99)) == [("d", "e")]


def test_pairs_that_were_compared_and_found_different_break_a_chain_too():
    found, against = pairs(("a", "b", 0.999, False), ("b", "c", 0.999, False)), pd.DataFrame({"left": ["a"], "right": ["c"]})
    assert links(matching.sound_links(found, 0.99)) == [("a", "b"), ("b", "c")]
    assert links(matching.sound_links(found, 0.99, against)) == []


def test_a_chain_of_pairs_that_were_never_compared_holds():
    found = pairs(("a", "b", 0.999, False), ("b", "c", 0.995, False), ("c", "d", 0.7, False))
    assert links(matching.sound_links(found, 0.99)) == [("a", "b"), ("b", "c")]


def test_where_no_pair_is_sure_the_columns_are_still_there():
    pairs = pd.DataFrame({"left": [1], "right": [2], "probability": [0.6], "conflict": [False], "w_name": [3.0]})
    assert list(matching.sound_links(pairs, 0.99).columns) == list(pairs.columns)
    assert len(matching.sound_links(pairs, 0.99)) == 0
