"""How well two people agree, field by field: 0 not comparable, 1 different, then up to the field's highest level, equal."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, JaroWinkler

from crm_core.stats.matching.people import Column, People

CORES = 2
FEW = 4  # times as many values as pairs: then only those values are looked at that the pairs have
AT_ONCE = 4_000_000  # pairs, to bound the memory
MISSING, DIFFERENT = 0, 1
INITIAL, ALIKE, NEAR, SAME = 2, 3, 4, 5  # names: an initial that fits, Jaro–Winkler at least .80, .92, equal
DISTANT, CLOSE, EQUAL = 2, 3, 4  # e-mail addresses, phone numbers, postcodes: two slips, one slip, equal
IN_A_YEAR, SAME_DAY = 2, 5  # dates: no more than a year apart, then two slips, one slip, equal
FIELDS = {  # field → its highest level
    "given": SAME, "family": SAME, "birth": SAME_DAY, "email": EQUAL, "phone": EQUAL,
    "document": 2, "loyalty": 2, "street": 4, "place": 5,
}  # fmt: skip
SAME_TOWN, SAME_POSTCODE = 3, 5
RADIX = np.array([highest + 1 for highest in FIELDS.values()])


def levels(people: People, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the levels of each pair: int8, one row per field of FIELDS, one column per pair."""
    found = np.zeros((len(FIELDS), len(left)), np.int8)
    for start in range(0, len(left), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        found[:, part] = _levels(people, left[part], right[part])
    return found


def _levels(people: People, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    given, family = _whole_names(people, left, right)
    return np.stack([
        given, family,
        compared(people.birth, left, right, dates),
        compared(people.email, left, right, slips),
        compared(people.phone, left, right, slips),
        compared(people.document, left, right, nothing_near),
        compared(people.loyalty, left, right, nothing_near),
        compared(people.street, left, right, streets),
        _places(people, left, right),
    ])  # fmt: skip


def patterns(found: np.ndarray) -> np.ndarray:
    """Return one number per pair for its levels in all fields."""
    whole = np.zeros(found.shape[1], np.int32)
    for level, base in zip(found, RADIX, strict=True):
        whole = whole * np.int32(base) + level
    return whole


def counted(found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct patterns, fields × patterns, and how many pairs show each."""
    counts = np.bincount(patterns(found), minlength=1)
    seen = np.flatnonzero(counts)
    digits, rest = [], seen
    for base in RADIX[::-1]:
        rest, digit = np.divmod(rest, base)
        digits.append(digit)
    return np.array(digits[::-1]), counts[seen]


def compared(column: Column, left: np.ndarray, right: np.ndarray, judge: Callable, other: Column | None = None) -> np.ndarray:
    """Return one field's levels; `judge` sees each distinct pair of differing values once. `other` is the right side's column."""
    one, two = column.codes[left], (other or column).codes[right]
    found = np.zeros(len(one), np.int8)
    both = (one >= 0) & (two >= 0)
    found[both & (one == two)] = judge.highest
    at = np.flatnonzero(both & (one != two))
    if len(at):
        wide = len(column.values)
        key = np.minimum(one[at], two[at]).astype(np.int64) * wide + np.maximum(one[at], two[at])
        number, distinct = pd.factorize(key)
        found[at] = _judged(column.values, distinct // wide, distinct % wide, judge)[number]
    return found


def _judged(values: np.ndarray, one: np.ndarray, two: np.ndarray, judge: Callable) -> np.ndarray:
    if len(one) * FEW < len(values):  # only the values that are needed
        used, both = np.unique(np.concatenate([one, two]), return_inverse=True)
        values, one, two = values[used], both[: len(one)], both[len(one) :]
    return judge(values, one, two)


def _judges(highest: int) -> Callable:
    """Mark a function of (values, codes, codes) that returns the levels of pairs of differing values with the level of equal ones."""

    def marked(judge: Callable) -> Callable:
        judge.highest = highest
        return judge

    return marked


@_judges(2)
def nothing_near(_values: np.ndarray, one: np.ndarray, _two: np.ndarray) -> np.ndarray:
    """Return "different" for every pair: in a document or card number a slip is another number."""
    return np.full(len(one), DIFFERENT, np.int8)


@_judges(SAME)
def names(values: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Return the level of differing names; one that holds all words of the other counts as near."""
    score = _similar(values, one, two)
    found = np.select([score >= 0.92, score >= 0.80], [NEAR, ALIKE], DIFFERENT).astype(np.int8)
    is_several = np.array([" " in name for name in values])
    several = np.flatnonzero((found < NEAR) & (is_several[one] | is_several[two]))
    if len(several):
        whole = process.cpdist(values[one[several]], values[two[several]], scorer=fuzz.token_set_ratio, score_cutoff=99.5, workers=CORES)
        found[several[whole >= 99.5]] = NEAR
    is_letter, first = np.array([len(name) == 1 for name in values]), np.array([ord(name[0]) for name in values])
    initial = is_letter[one] | is_letter[two]
    found[initial] = np.where(first[one] == first[two], INITIAL, DIFFERENT)[initial]
    return found


@_judges(EQUAL)
def streets(values: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Return the level of differing streets: at least .92 alike, at least .80, or less."""
    score = _similar(values, one, two)
    return np.select([score >= 0.92, score >= 0.80], [CLOSE, DISTANT], DIFFERENT).astype(np.int8)


@_judges(EQUAL)
def slips(values: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Return the level of differing texts by the number of slips: a sign too much, missing or wrong, or two neighbours swapped."""
    apart = process.cpdist(values[one], values[two], scorer=OSA.distance, score_cutoff=2, dtype=np.uint8, workers=CORES)
    return np.select([apart <= 1, apart == 2], [CLOSE, DISTANT], DIFFERENT).astype(np.int8)


@_judges(SAME_DAY)
def dates(values: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Return the level of differing dates: day and month exchanged count as one slip, dates within a year as a little alike."""
    exchanged = pd.Index(values).get_indexer([date[:4] + date[6:] + date[4:6] for date in values])
    found = np.where(exchanged[one] == two, CLOSE, slips(values, one, two)) + 1
    days = _days(values)
    far = (found == DIFFERENT + 1) & (np.abs(days[one] - days[two]) > 366)
    return np.where(far, DIFFERENT, found).astype(np.int8)


def _days(dates: np.ndarray) -> np.ndarray:
    """Return about how many days after the year 0 dates lie, far off where one cannot be read."""
    whole = np.array([int(date) if len(date) == 8 else -at * 10**8 for at, date in enumerate(dates, 1)])
    return whole // 10_000 * 365.25 + whole // 100 % 100 * 30.4 + whole % 100


@_judges(SAME_TOWN)
def towns(values: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Return the level of differing towns: at least .80 alike, or less."""
    return np.where(_similar(values, one, two) >= 0.80, 2, DIFFERENT).astype(np.int8)


def _similar(values: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    scorer = JaroWinkler.similarity
    return process.cpdist(values[one], values[two], scorer=scorer, score_cutoff=0.8, dtype=np.float32, workers=CORES)


def _places(people: People, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return one level for postcode and town together, as one follows from the other: the postcode speaks first."""
    code = compared(people.postcode, left, right, slips)
    town = compared(people.city, left, right, towns)
    return np.select([code == EQUAL, code >= DISTANT], [SAME_POSTCODE, 4], np.maximum(town, code)).astype(np.int8)


def _whole_names(people: People, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the levels of given and family name; where they agree only crosswise, given and family name were exchanged."""
    given, family = compared(people.given, left, right, names), compared(people.family, left, right, names)
    at = np.flatnonzero((given <= INITIAL) & (family <= INITIAL) & _crosswise(people, left, right))
    cross = compared(people.given, left[at], right[at], names, people.family)
    back = compared(people.family, left[at], right[at], names, people.given)
    better = (np.maximum(cross, back) >= NEAR) & (np.minimum(cross, back) != DIFFERENT)
    given[at[better]], family[at[better]] = np.maximum(cross, back)[better], np.minimum(cross, back)[better]
    return given, family


def _crosswise(people: People, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return which pairs can have exchanged names: one's given name begins like the other's family name. It saves most comparisons."""
    begins = np.array([*(ord(name[0]) for name in people.given.values), 0])
    given, family = begins[people.given.codes], begins[people.family.codes]
    one, two = given[left], family[left]
    return ((one == family[right]) & (one > 0)) | ((two == given[right]) & (two > 0))
