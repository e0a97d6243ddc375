"""Pairs that no rule brought together and a third record connects: judged by what the two say themselves."""

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from crm_core.stats.matching import scoring
from crm_core.stats.matching.levels import levels

ROUNDS = 3  # chains of up to eight links
MOST_LINKS = 50  # a record with more is no person's


def bridged(evidence: scoring.Evidence, pairs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return all pairs of at least one half with those that a chain adds, and left and right of those that the chain does not persuade.

    The chain's probability (the product of its two links) stands in place of the prior; the direct evidence then decides against relatives
    and strangers. A chain is no stronger than its weaker link, which is the most that a pair can reach.
    """
    refuted = pd.DataFrame({"left": [], "right": []}, dtype=np.int32)
    for _ in range(ROUNDS):
        ends = _ends(pairs)
        ends = ends[~_key(ends, evidence).isin(_key(pairs[pairs["probability"] >= 0.5], evidence))]
        if not len(ends):
            return pairs, refuted
        judged = _judged(evidence, ends)
        refuted = judged.loc[judged["probability"] < 0.5, ["left", "right"]]
        judged = judged[judged["probability"] >= 0.5]
        if not len(judged):
            return pairs, refuted
        pairs = pd.concat([pairs[~_key(pairs, evidence).isin(_key(judged, evidence))], judged], ignore_index=True)
    return pairs, refuted


def _ends(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return left, right of people who share a neighbour, with the highest product of the two links and the highest weaker one."""
    links = pairs.loc[(pairs["probability"] >= 0.5) & ~pairs["conflict"], ["left", "right", "probability"]]
    both = pd.concat([links, links.rename(columns={"left": "right", "right": "left"})])
    both = both[both.groupby("left")["right"].transform("size") <= MOST_LINKS]
    steps = both.merge(both, on="left", suffixes=("", "_on"))
    steps = steps[steps["right"] < steps["right_on"]]
    one, two = steps["probability"], steps["probability_on"]
    steps = steps.assign(path=one * two, weakest=np.minimum(one, two))
    found = steps.groupby(["right", "right_on"], as_index=False)[["path", "weakest"]].max()
    return found.set_axis(["left", "right", "path", "weakest"], axis=1)


def _key(pairs: pd.DataFrame, evidence: scoring.Evidence) -> pd.Series:
    return pairs["left"].astype(np.int64) * evidence.people.size + pairs["right"]


def _judged(evidence: scoring.Evidence, ends: pd.DataFrame) -> pd.DataFrame:
    left, right, path, weakest = (ends[column].to_numpy() for column in ("left", "right", "path", "weakest"))
    agreeing = levels(evidence.people, left, right)
    scoring.leave_out(evidence.people, left, right, agreeing, evidence.holders)
    judged = evidence.scored(left, right, agreeing)
    odds = np.log(path) - np.log1p(-np.minimum(path, 1 - 1e-12)) + judged["likelier"]
    limit = np.where(judged["conflict"], np.minimum(weakest, scoring.LOOKED_AT), weakest)
    return judged.assign(probability=np.minimum(1 / (1 + np.exp(np.clip(-odds, -700, 700))), limit))


def within_chains(pairs: pd.DataFrame, low: pd.DataFrame, size: int) -> pd.DataFrame:
    """Return those rows of `low` (left, right) that a chain of pairs connects and no pair of at least one half contains."""
    if not size:
        return low
    links = pairs[pairs["probability"] >= 0.5]
    chain = connected_components(coo_array((np.ones(len(links), np.int8), (links["left"], links["right"])), shape=(size, size)), False)[1]
    inside = low[chain[low["left"]] == chain[low["right"]]]
    settled = links["left"].astype(np.int64) * size + links["right"]
    return inside[~(inside["left"].astype(np.int64) * size + inside["right"]).isin(settled)]
