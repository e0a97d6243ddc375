"""What is kept back of a table: small cells, and as many others as it takes that nobody can reckon them from what is shown."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from crm_core.stats.suppression import hidden


def with_totals(cells) -> np.ndarray:
    """A table with the totals of each axis after its last entry."""
    table = np.asarray(cells, float)
    for axis in range(table.ndim):
        table = np.concatenate([table, table.sum(axis, keepdims=True)], axis)
    return table


def marks(cells) -> list:
    return hidden(with_totals(cells)).astype(int).tolist()


def determined(back: np.ndarray) -> np.ndarray:
    """Which hidden entries follow from the shown ones: those that are the same in every table with these totals."""
    places = {tuple(place): i for i, place in enumerate(np.argwhere(back))}
    lines = []
    for axis in range(back.ndim):
        for rest in np.ndindex(*(size for d, size in enumerate(back.shape) if d != axis)):
            line = np.zeros(len(places))
            for i in range(back.shape[axis]):
                if (place := (*rest[:axis], i, *rest[axis:])) in places:
                    line[places[place]] = -1 if i == back.shape[axis] - 1 else 1
            lines.append(line)
    _, sizes, directions = np.linalg.svd(np.array(lines), full_matrices=True)
    free = directions[(sizes > 1e-9).sum():]
    return ~(np.abs(free) > 1e-9).any(0)


def test_a_table_of_large_cells_hides_nothing():
    assert marks([[5, 70], [9, 12]]) == [[0, 0, 0]] * 3


def test_a_single_small_cell_takes_the_next_smallest_with_it():
    """Of 3, 40, 20 and their total 63 the 3 would be 63 − 40 − 20."""
    assert marks([3, 40, 20]) == [1, 0, 1, 0]


def test_two_small_cells_that_are_too_few_together_take_a_third():
    """1 and 2 are three people whose sum could be reckoned; with 8 they are eleven."""
    assert marks([1, 2, 8, 60]) == [1, 1, 1, 0, 0]


def test_five_are_enough_and_none_are_no_secret():
    assert marks([5, 0, 12]) == [0, 0, 0, 0]


def test_a_small_cell_of_two_ways_hides_a_square():
    """The 2 stands in a row and a column: one more is hidden in each, and the one where these cross."""
    assert marks([[2, 30, 11], [12, 40, 50], [60, 70, 80]]) == [[1, 0, 1, 0], [1, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]


def test_a_group_that_is_small_in_all_hides_its_total_too():
    assert marks([[3, 0], [20, 30]])[0] == [1, 0, 1]


def test_a_hotel_with_three_guests_shows_nothing_of_them():
    assert marks([[1, 0], [0, 2]]) == [[1, 0, 1], [0, 1, 1], [1, 1, 1]]


@pytest.mark.parametrize("shape", [(4,), (3, 4), (2, 3, 3)])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_no_hidden_cell_follows_from_those_that_are_shown(shape, data):
    people = with_totals(data.draw(arrays(int, shape, elements=st.one_of(st.integers(0, 8), st.integers(0, 60)))))
    back = hidden(people)
    assert back[(people > 0) & (people < 5)].all()
    assert not determined(back).any() if back.any() else not ((people > 0) & (people < 5)).any()


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_hidden_part_of_a_line_is_never_of_one_to_four_people_beside_a_total(data):
    people = with_totals(data.draw(arrays(int, (4, 5), elements=st.integers(0, 30))))
    back = hidden(people)
    for of, kept in (*zip(people, back, strict=True), *zip(people.T, back.T, strict=True)):
        if not kept[-1] and kept[:-1].any():
            assert of[:-1][kept[:-1]].sum() >= 5
