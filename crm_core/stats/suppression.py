"""Which cells of a table are kept back, so that nothing of fewer than five people can be read or reckoned from it."""
from itertools import product

import numpy as np

LEAST = 5
CANDIDATES = 12  # of each axis that are looked at where a cell needs company; the cheapest
Place = tuple[int, ...]


def hidden(people: np.ndarray, least: int = LEAST) -> np.ndarray:
    """Return which entries of a table with its totals (last along each axis) are hidden; `people` behind each, 0 where there are none.

    Entries with fewer than `least` people are hidden, and as many others as it takes that (a) none of the hidden can be reckoned from what is
    shown, and (b) the hidden part of no line adds up to fewer than `least` people beside a total that is shown.

    (a) holds because every hidden entry is a corner of a box of hidden entries: adding to one corner and taking from the next, all around, changes
    no total. Reference: Willenborg and de Waal, Elements of Statistical Disclosure Control, 2001, ch. 8 (hypercube method).
    """
    people = np.nan_to_num(np.asarray(people, float))
    found, cost = (people > 0) & (people < least), _cost(people)
    while True:
        before = found.sum()
        for place in map(tuple, np.argwhere(found)):
            if not _is_corner(found, place):
                for corner in _cheapest(found, cost, place):
                    found[corner] = True
        for dimension in range(people.ndim):
            _fill_lines(found, people, dimension, least)
        if found.sum() == before:
            return found


def _cost(people: np.ndarray) -> np.ndarray:
    """What it costs to hide an entry: the people behind it; more than any of these where there are none; most of all the total of all."""
    dear = people.sum() + 1
    cost = np.where(people > 0, people, dear)
    cost[(-1,) * people.ndim] = dear * 2**people.ndim
    return cost


def _lines(place: Place, array: np.ndarray) -> list[np.ndarray]:
    """The line through a place along each axis."""
    return [array[(*place[:d], slice(None), *place[d + 1:])] for d in range(array.ndim)]


def _is_corner(found: np.ndarray, place: Place) -> bool:
    others = [_others(np.flatnonzero(line), at) for line, at in zip(_lines(place, found), place, strict=True)]
    return bool(all(len(o) for o in others) and _whole_boxes(found, place, others).any())


def _others(indices: np.ndarray, at: int) -> np.ndarray:
    return indices[indices != at]


def _whole_boxes(found: np.ndarray, place: Place, others: list[np.ndarray]) -> np.ndarray:
    """For each opposite corner among `others`, whether all corners of its box are hidden."""
    whole = np.ones([len(o) for o in others], bool)
    for ends in product((False, True), repeat=found.ndim):
        whole &= found[np.ix_(*(o if far else np.array([at]) for far, o, at in zip(ends, others, place, strict=True)))]
    return whole


def _cheapest(found: np.ndarray, cost: np.ndarray, place: Place) -> list[Place]:
    """The corners of the box around a place whose hiding costs least."""
    left = np.where(found, 0, cost)
    others = [_others(np.argsort(line, kind="stable")[:CANDIDATES + 1], at)[:CANDIDATES] for line, at in zip(_lines(place, left), place, strict=True)]
    total = np.zeros([len(o) for o in others])
    for ends in product((False, True), repeat=found.ndim):
        total = total + left[np.ix_(*(o if far else np.array([at]) for far, o, at in zip(ends, others, place, strict=True)))]
    best = np.unravel_index(total.argmin(), total.shape)
    opposite = [o[i] for o, i in zip(others, best, strict=True)]
    return list(product(*((at, far) for at, far in zip(place, opposite, strict=True))))


def _fill_lines(found: np.ndarray, people: np.ndarray, dimension: int, least: int) -> None:
    """Hide the next smallest entry of each line whose hidden ones are too few together, where its total is shown."""
    lines, of = np.moveaxis(found, dimension, -1), np.moveaxis(people, dimension, -1)
    cells, sizes = lines[..., :-1], of[..., :-1]
    together = np.where(cells, sizes, 0).sum(-1)
    small = cells.any(-1) & ~lines[..., -1] & (together < least)
    for place in map(tuple, np.argwhere(small)):
        shown = np.where(cells[place] | (sizes[place] == 0), np.inf, sizes[place])
        if np.isfinite(shown).any():
            cells[(*place, shown.argmin())] = True
