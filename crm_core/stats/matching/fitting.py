"""Fellegi–Sunter without labels: how often fields agree for one person's records (m) and for two people's (u).

Fellegi & Sunter 1969, Journal of the American Statistical Association 64:1183–1210; m by expectation–maximisation over patterns of
agreement with their counts (Winkler 1988), u from random pairs, the share of matches fixed beforehand: estimated freely on pairs that
were chosen for their likeness, it swallows relatives and namesakes.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crm_core.stats.matching.levels import FIELDS

MATCHES_PER_PERSON = 0.1
RELATIVES_PER_MATCH = 1.0  # pairs of one household are taken to be as many as pairs of one person (assumption)
# How often relatives share what one person's records share; else their fields agree as strangers' do (assumption).
SHARED_BY_RELATIVES = {"given": 0.05, "family": 0.9, "birth": 0.02, "email": 0.3, "phone": 0.3, "street": 0.9, "place": 0.95}
FEW = {2: (0.15, 0.85), 4: (0.08, 0.03, 0.07, 0.82), 5: (0.06, 0.02, 0.04, 0.08, 0.80)}  # m before any data, by number of levels
CHANCE = {  # u before any data
    "given": (0.90, 0.03, 0.04, 0.02, 0.01), "family": (0.95, 0.01, 0.025, 0.01, 0.005), "birth": (0.96, 0.02, 0.015, 0.004, 0.0002),
    "email": (0.9998, 1e-4, 5e-5, 1e-5), "phone": (0.9998, 1e-4, 5e-5, 1e-5), "document": (1.0, 1e-5), "loyalty": (1.0, 1e-5),
    "street": (0.96, 0.03, 0.005, 0.0005), "place": (0.85, 0.02, 0.05, 0.06, 0.02),
}  # fmt: skip
WORTH_M, WORTH_U = 20, 200  # pairs that the values before any data count for
LEAST = 1e-6  # no agreement is rarer between two people: beyond, it would be a guess from too few pairs
ROUNDS, TURNS = 3, 60


@dataclass(frozen=True)
class Model:
    """m and u per field and level (levels from 1 on; 0, missing, is no evidence), and the share of all pairs that are matches."""

    m: Mapping[str, tuple[float, ...]]
    u: Mapping[str, tuple[float, ...]]
    prior: float

    def as_dict(self) -> dict:
        """Return the model as plain values, to be stored with what it decided."""
        return {"m": {k: list(v) for k, v in self.m.items()}, "u": {k: list(v) for k, v in self.u.items()}, "prior": self.prior}


def prior(people: int) -> float:
    """Return the share of matches among all pairs of so many people when a tenth of them are there twice."""
    return MATCHES_PER_PERSON * 2 / max(people - 1, 1)


def fit(blocked: tuple[np.ndarray, np.ndarray], random: tuple[np.ndarray, np.ndarray], people: int) -> Model:
    """Return the model from patterns (fields × patterns) with their counts, of blocked and of random pairs.

    In a small file random pairs hold matches too: u leaves them out by their probability, and both are fitted in turn.
    """
    m = {field: _start(highest) for field, highest in FIELDS.items()}
    u = {field: np.array(CHANCE[field]) for field in FIELDS}
    share = prior(people)
    for _ in range(ROUNDS):
        u = _weighted(random, 1 - _matching(random[0], m, u, share), {f: np.array(CHANCE[f]) for f in FIELDS}, WORTH_U)
        m = _maximised(blocked, m, u, share)
    return Model({f: tuple(map(float, m[f])) for f in FIELDS}, {f: tuple(map(float, u[f])) for f in FIELDS}, share)


def _start(highest: int) -> np.ndarray:
    return np.array(FEW[highest])


def _maximised(blocked, m, u, share) -> dict[str, np.ndarray]:
    start = {field: _start(highest) for field, highest in FIELDS.items()}
    for _ in range(TURNS):
        before, m = m, _weighted(blocked, _matching(blocked[0], m, u, share), start, WORTH_M)
        if max(np.abs(m[f] - before[f]).max() for f in FIELDS) < 1e-5:
            break
    return m


def _weighted(seen: tuple[np.ndarray, np.ndarray], weight: np.ndarray, start: dict[str, np.ndarray], worth: float) -> dict[str, np.ndarray]:
    """Return each field's shares of levels 1 and up under a weight per pattern, drawn towards `start` as by so many pairs."""
    found = {}
    for levels, field in zip(seen[0], FIELDS, strict=True):
        counts = np.bincount(levels, weight * seen[1], minlength=FIELDS[field] + 1)[1:] + worth * start[field]
        found[field] = np.maximum(counts / counts.sum(), LEAST)
    return found


def _matching(levels: np.ndarray, m, u, share: float) -> np.ndarray:
    """Return the probability that a pattern is one person's: against relatives and strangers."""
    same, kin, strangers = np.zeros((3, levels.shape[1]))
    for level, field in zip(levels, FIELDS, strict=True):
        one, two = np.append(1.0, m[field])[level], np.append(1.0, u[field])[level]
        same += np.log(one)
        kin += np.log(relatives(field, one, two))
        strangers += np.log(two)
    return posterior(same, kin, strangers, share)


def relatives(field: str, m: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return how often relatives agree as one person's records (m) or two strangers' (u) do."""
    shared = SHARED_BY_RELATIVES.get(field, 0.0)
    return shared * m + (1 - shared) * u


def posterior(same: np.ndarray, kin: np.ndarray, strangers: np.ndarray, share: float) -> np.ndarray:
    """Return the probability of one person from three log-likelihoods and the share of matches (Bayes)."""
    kin_share = share * RELATIVES_PER_MATCH
    others = np.logaddexp(np.log(kin_share) + kin, np.log1p(-share - kin_share) + strangers)
    return 1 / (1 + np.exp(np.clip(others - np.log(share) - same, -700, 700)))
