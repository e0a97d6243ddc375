"""What each pair's agreements are worth: common values less, shared addresses less, and what speaks against a merge."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from crm_core.stats.matching import levels as lv
from crm_core.stats.matching.fitting import Model, posterior, relatives
from crm_core.stats.matching.levels import FIELDS
from crm_core.stats.matching.people import Column, People

MOST_HOLDERS = 3  # an address or number of more people tells nothing about one of them
ESTABLISHED = 3  # so many bearers make a name a name, and no slip of the pen
AUTOMATIC, LOOKED_AT = 0.99, 0.98  # from here on pairs merge by themselves; what is in conflict stays below
HELD = ("email", "phone", "document", "loyalty")
EVIDENCE = {  # column → the fields whose bits it adds up
    "w_name": ("given", "family"), "w_email": ("email",), "w_phone": ("phone",), "w_birth": ("birth",),
    "w_document": ("document",), "w_address": ("street", "place"), "w_loyalty": ("loyalty",),
}  # fmt: skip
ROW = {field: row for row, field in enumerate(FIELDS)}


def holders_of(people: People, left: np.ndarray, right: np.ndarray, levels: np.ndarray) -> dict[str, np.ndarray]:
    """Return by field how many people hold each value; levels of values with more than three holders become missing, in place."""
    one_name = _one_name(levels)
    holders = {
        field: _holders(getattr(people, field), left, right, (levels[ROW[field]] == FIELDS[field]) & one_name) for field in HELD
    }
    leave_out(people, left, right, levels, holders)
    return holders


def leave_out(people: People, left: np.ndarray, right: np.ndarray, levels: np.ndarray, holders: dict[str, np.ndarray]) -> None:
    """Set the levels of values with more than three holders to missing, in place."""
    for field in HELD:
        codes, crowded = getattr(people, field).codes, np.append(holders[field] > MOST_HOLDERS, False)
        levels[ROW[field], crowded[codes[left]] | crowded[codes[right]]] = lv.MISSING


def _one_name(levels: np.ndarray) -> np.ndarray:
    """Return which pairs may be one person by name: the given name, or where it is missing all that is known."""
    given, family, birth = levels[ROW["given"]], levels[ROW["family"]], levels[ROW["birth"]]
    nothing_against = (family != lv.DIFFERENT) & (birth != lv.DIFFERENT)
    return (given >= lv.INITIAL) | ((given == lv.MISSING) & nothing_against)


def _holders(column: Column, left: np.ndarray, right: np.ndarray, alike: np.ndarray) -> np.ndarray:
    """Return how many different people have each value: records of one name count once."""
    size = len(column.codes)
    links = coo_array((np.ones(int(alike.sum()), np.int8), (left[alike], right[alike])), shape=(size, size))
    groups = connected_components(links, directed=False)[1] if size else np.zeros(0, int)
    first = np.unique(groups, return_index=True)[1]
    codes = column.codes[first]
    return np.bincount(codes[codes >= 0], minlength=len(column.values))


@dataclass(frozen=True)
class Evidence:
    """All that a pair's levels are weighed with: the people, the fitted model, and how many people hold each address and number."""

    people: People
    model: Model
    holders: dict[str, np.ndarray]

    def scored(self, left: np.ndarray, right: np.ndarray, levels: np.ndarray) -> pd.DataFrame:
        """Return one row per pair: left, right, probability, conflict, the bits of EVIDENCE, and likelier.

        likelier is the log of the likelihood of one person over that of two, who are relatives or strangers, either as often.
        """
        same, kin, strangers = np.zeros((3, len(left)))
        bits = {column: np.zeros(len(left), np.float32) for column in EVIDENCE}
        for column, fields in EVIDENCE.items():
            for field in fields:
                m, u = _odds(self, field, left, right, levels[ROW[field]])
                same += np.log(m)
                kin += np.log(relatives(field, m, u))
                strangers += np.log(u)
                bits[column] += np.log2(m / u)
        conflict = conflicting(self.people, left, right, levels)
        probability = posterior(same, kin, strangers, self.model.prior)
        probability = np.where(conflict, np.minimum(probability, LOOKED_AT), probability)
        likelier = same - np.logaddexp(kin, strangers) + np.log(2)
        return pd.DataFrame({
            "left": left, "right": right, "probability": probability, "conflict": conflict, **bits, "likelier": likelier.astype(np.float32)
        })  # fmt: skip


def _odds(evidence: Evidence, field: str, left: np.ndarray, right: np.ndarray, level: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return m and u of each pair in one field; of an equal value u is its own frequency, and shared values count by their holders."""
    people, model = evidence.people, evidence.model
    m, u = np.append(1.0, model.m[field])[level], np.append(1.0, model.u[field])[level]
    if field in HELD:
        at = np.flatnonzero(level == FIELDS[field])
        held = np.maximum(evidence.holders[field][getattr(people, field).codes[left[at]]], 1)
        u[at] = m[at] * (u[at] / m[at]) ** (1 / held)
    for equal, common in _frequencies(people, field):
        at = np.flatnonzero(level == equal)
        u[at] = _own(common, left[at], right[at], u[at])
    return m, u


def _frequencies(people: People, field: str):
    """Yield (level, columns) where equal values are worth more the rarer they are in any of the columns."""
    if field == "given":
        yield lv.SAME, (people.given, people.family)
    elif field == "family":
        yield lv.SAME, (people.family, people.given)
    elif field == "place":
        yield lv.SAME_TOWN, (people.city,)
        yield lv.SAME_POSTCODE, (people.postcode,)
    elif field in ("birth", "street"):
        yield FIELDS[field], (getattr(people, field),)


def _own(columns: tuple[Column, ...], left: np.ndarray, right: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return the middle (geometric) between a value's own frequency and the usual chance: a rare value may be a slip that was copied.

    The value is that of the first column; exchanged names, equal only crosswise, keep the usual chance.
    """
    own = columns[0].codes[left]
    share = np.zeros(len(left))
    for column in columns:
        share = np.maximum(share, column.counts()[own] / max((column.codes >= 0).sum(), 1))
    return np.where(own == columns[0].codes[right], np.sqrt(np.clip(share, 1e-7, 1) * usual), usual)


def conflicting(people: People, left: np.ndarray, right: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return which pairs may be twins or parent and child: given names or birth dates that do not agree. They never merge by themselves.

    Two given names that are near count as different where each is borne by others and neither begins the other (Maria and Mario).
    """
    given, birth = levels[ROW["given"]], levels[ROW["birth"]]
    against = (given == lv.DIFFERENT) | (birth == lv.DIFFERENT)
    near = np.flatnonzero(((given == lv.ALIKE) | (given == lv.NEAR)) & ~against)
    against[near] = _two_names(people.given, left[near], right[near])
    return against


def _two_names(column: Column, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    known = np.append(column.counts() >= ESTABLISHED, False)
    one, two = column.codes[left], column.codes[right]
    both = known[one] & known[two]
    at = np.flatnonzero(both)
    both[at] = [not (a.startswith(b) or b.startswith(a)) for a, b in zip(column.values[one[at]], column.values[two[at]], strict=True)]
    return both
