"""Chance that is the same everywhere: PCG64 uniforms, one stream per (profile, name, block), turned into values by inverse tables."""
import zlib
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

NORMAL = np.array([NormalDist().inv_cdf((i + .5) / 400) for i in range(400)])


@dataclass(frozen=True)
class Streams:
    """The streams of one block of guests; each is named, so that a new one never disturbs the others."""

    seed: int
    profile: str
    block: int

    def draw(self, name: str, *shape: int) -> np.ndarray:
        """Return uniforms in [0, 1) of that shape; the same name gives the same numbers again."""
        child = np.random.SeedSequence(self.seed, spawn_key=(zlib.crc32(self.profile.encode()), zlib.crc32(name.encode()), self.block))
        return np.random.Generator(np.random.PCG64(child)).random(shape)


def pick(u: np.ndarray, shares) -> np.ndarray:
    """Return indices 0, 1, … chosen with the shares (which need not add up to one): one table, or one row of shares per uniform."""
    table = np.cumsum(np.asarray(shares, float), axis=-1)
    if table.ndim == 1:
        return np.minimum(np.searchsorted(table / table[-1], u, side="right"), len(table) - 1)
    return np.minimum((table <= u[:, None] * table[:, -1:]).sum(axis=1), table.shape[1] - 1)


def quantile(u: np.ndarray, points: tuple[tuple[float, float], ...]) -> np.ndarray:
    """Return values of the distribution whose quantiles are `points`, (probability, value), straight lines between them."""
    return np.interp(u, [p for p, _ in points], [value for _, value in points])


def normal(u: np.ndarray) -> np.ndarray:
    """Return standard normal values from a table of 400 steps: cut at ±3, and the same on every machine."""
    return NORMAL[(u * len(NORMAL)).astype(int)]


def in_order_of(values: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return the same values rearranged so that the highest stands where the score is highest: coupled, with the shares untouched."""
    arranged = np.empty_like(values)
    arranged[np.argsort(score, kind="stable")] = np.sort(values)
    return arranged


def ranks(score: np.ndarray) -> np.ndarray:
    """Return each score's place as a number strictly between 0 and 1: evenly spread uniforms in the order of the score."""
    return in_order_of((np.arange(len(score)) + .5) / max(len(score), 1), score)


def whole(expected: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return expected counts as whole numbers that have this mean: 1.3 is 1, and 2 in three of ten cases."""
    return np.floor(expected + u).astype(int)
