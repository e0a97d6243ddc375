"""Who is there twice: from a table of people to pairs with their probability."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_core.stats.matching import scoring
from crm_core.stats.matching.blocking import candidates
from crm_core.stats.matching.bridging import bridged, within_chains
from crm_core.stats.matching.fitting import Model, fit
from crm_core.stats.matching.levels import counted, levels
from crm_core.stats.matching.people import People, coded

RANDOM_PAIRS = 200_000
SEED = 7
AT_ONCE = 1_000_000
PHASES = ("reading", "blocking", "comparing", "fitting", "scoring", "done")


@dataclass(frozen=True)
class Result:
    """Pairs of people who are probably one, and how they were found.

    pairs: one row per pair of at least the threshold, the most probable first: left, right (ids, left first in the table of people),
    probability, conflict (never merges by itself), and w_… the bits of evidence (log2 of the Bayes factor, one person against two strangers)
    of each group of fields: 0 where nothing can be compared, above where agreement speaks for one person, below where difference speaks
    against. Relatives are weighed apart, so that the bits and the prior alone do not make the probability.
    against: left, right of compared pairs below one half whose people a chain of pairs connects.
    blocks: one row per rule and size of blocks that were too large to compare: rule, size, blocks.
    """

    pairs: pd.DataFrame
    against: pd.DataFrame
    blocks: pd.DataFrame
    compared: int
    model: Model


def match(people: pd.DataFrame, *, threshold: float = 0.5, progress: Callable[[int, int, str], None] | None = None) -> Result:
    """Return the Result for people with the columns COLUMNS (all but id may be absent or None); ids must differ, else ValueError.

    Fitted to these people without labels; the same people in any order give the same probabilities.
    """

    def told(phase: str) -> None:
        if progress:
            progress(PHASES.index(phase), len(PHASES) - 1, phase)

    told("reading")
    known = coded(people)
    told("blocking")
    found = candidates(known)
    told("comparing")
    agreeing = levels(known, found.left, found.right)
    holders = scoring.holders_of(known, found.left, found.right, agreeing)
    told("fitting")
    model = fit(counted(agreeing), _random(known, people["id"], holders), known.size)
    told("scoring")
    evidence = scoring.Evidence(known, model, holders)
    pairs, low = _scored(evidence, found, agreeing, min(threshold, 0.5))
    pairs, refuted = bridged(evidence, pairs)
    against = pd.concat([refuted, within_chains(pairs, low, known.size)], ignore_index=True)
    told("done")
    ids = people["id"].to_numpy()
    return Result(_ranked(pairs[pairs["probability"] >= threshold], ids), _named(against, ids), found.dropped, len(found.left), model)


def _random(people: People, ids: pd.Series, holders: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return patterns and counts of random pairs (of all, where they are fewer), drawn by id so that the order of rows is nothing."""
    order = np.argsort(ids.astype(str).to_numpy(object), kind="stable")
    if people.size * (people.size - 1) // 2 <= RANDOM_PAIRS:
        one, two = np.triu_indices(people.size, 1)
    else:
        one, two = np.random.default_rng(SEED).integers(0, people.size, (2, RANDOM_PAIRS))
        one, two = one[one != two], two[one != two]
    left, right = order[one], order[two]
    agreeing = levels(people, left, right)
    scoring.leave_out(people, left, right, agreeing, holders)
    return counted(agreeing)


def _scored(evidence, found, agreeing: np.ndarray, threshold: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return pairs of at least the threshold, and left and right of those below one half; scored a million at a time."""
    kept, low = [], []
    for start in range(0, max(len(found.left), 1), AT_ONCE):
        part = slice(start, start + AT_ONCE)
        scores = evidence.scored(found.left[part], found.right[part], agreeing[:, part])
        kept.append(scores[scores["probability"] >= threshold])
        low.append(start + np.flatnonzero(scores["probability"] < 0.5))
    low = np.concatenate(low)
    return pd.concat(kept, ignore_index=True), pd.DataFrame({"left": found.left[low], "right": found.right[low]})


def _ranked(pairs: pd.DataFrame, ids: np.ndarray) -> pd.DataFrame:
    order = ["probability", "left", "right"]
    return _named(pairs.sort_values(order, ascending=[False, True, True], ignore_index=True), ids).drop(columns="likelier")


def _named(pairs: pd.DataFrame, ids: np.ndarray) -> pd.DataFrame:
    """Return pairs with ids in place of positions."""
    return pairs.assign(left=ids[pairs["left"]], right=ids[pairs["right"]])
