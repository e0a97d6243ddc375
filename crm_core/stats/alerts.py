"""What changed more than noise: the last day or week of many series, each against its own weeks before."""

from dataclasses import dataclass
from math import gcd

import numpy as np
from scipy.stats import norm

LIMIT = 3.5
RESIDUALS = 12  # fewer make the scale so uncertain that pure noise is flagged too often (2 % of series at 8, simulated)


@dataclass(frozen=True)
class Unusual:
    """One entry per series; NaN, and not flagged, where there is too little history, a missing day or no noise to measure against."""

    value: np.ndarray  # of the last block
    expected: np.ndarray  # median of its comparisons
    low: np.ndarray  # usual range: 3.5 scales either side of expected, so that a flagged value always lies outside
    high: np.ndarray
    z: np.ndarray
    p: np.ndarray  # two-sided, normal
    flagged: np.ndarray  # outside the range, and still so after Benjamini-Hochberg over all series, q = 0.10


def benjamini_hochberg(p, q=0.10):
    """Which p-values are discoveries at false discovery rate q (booleans); NaN never is, and does not count as a test.

    Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57:289–300.
    """
    p = np.asarray(p, float)
    ordered = np.sort(p[np.isfinite(p)])
    passing = ordered[ordered <= q * np.arange(1, len(ordered) + 1) / max(len(ordered), 1)]
    return p <= passing[-1] if len(passing) else np.zeros(p.shape, bool)


def adjusted(p):
    """The q-values of p-values: the least false discovery rate at which each would still be a discovery; NaN stays NaN and is no test.

    The step-up rule of `benjamini_hochberg` turned round: `adjusted(p) <= q` flags just what it flags (Yekutieli & Benjamini 1999, JSPI 82:171–196).
    """
    p = np.asarray(p, float)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(-p[known])]  # the largest first
    steps = p[order] * len(order) / np.arange(len(order), 0, -1)
    found = np.full(p.shape, np.nan)
    found[order] = np.minimum.accumulate(np.minimum(steps, 1))
    return found


def unusual(values, block=7, weeks=8, over=None):
    """`Unusual` for the last `block` days of each series in `values` (days × series, oldest first, the last row the last complete day).

    Days are summed into blocks counted back from the last day; with denominators `over` a block is Σ values / Σ over. Blocks are compared on
    the log scale with the median of those of the same weekdays in the `weeks` before, at least half of them known. The scale is 1.4826 ×
    the median absolute deviation of the same residuals over all earlier blocks, at least 12 known: with block = 7, 16 weeks of history.
    Half a unit is added to every numerator, so that zero has a logarithm. A missing day (NaN), a denominator of 0 or a negative sum makes
    its block missing, never zero. Trusts that a block is no longer than `weeks`.
    """
    above = _blocks(values, block)
    below = np.ones_like(above) if over is None else _blocks(over, block)
    below = np.where(below > 0, below, np.nan)
    level = np.log(np.where(above >= 0, above + 0.5, np.nan) / below)
    expected = _expected(level, _same_weekday(block, weeks))
    scale = _noise((level - expected)[:-1])
    return _verdict(above[-1] / below[-1], level[-1], expected[-1], scale, 0.5 / below[-1])


def _blocks(days, block):
    """(blocks × series) sums, counted back from the last day; before the full ones stands at least one missing block."""
    days = np.asarray(days, float)
    full = np.pad(days, ((-len(days) % block + block, 0), (0, 0)), constant_values=np.nan)
    return full.reshape(len(full) // block, block, days.shape[1]).sum(axis=1)


def _same_weekday(block, weeks):
    """How many blocks back each comparison lies: whole weeks, up to `weeks`."""
    step = 7 // gcd(7, block)
    return range(step, 7 * weeks // block + 1, step)


def _expected(level, back):
    """(blocks × series) median of the blocks that lie `back` before each block."""
    padded = np.pad(level, ((back[-1], 0), (0, 0)), constant_values=np.nan)
    earlier = np.stack([padded[back[-1] - b : len(padded) - b] for b in back])
    return _median(earlier, least=len(back) / 2)


def _noise(residual):
    """1.4826 × the median absolute deviation per series: the standard deviation of normal noise, unmoved by a few wild blocks."""
    return 1.4826 * _median(np.abs(residual - _median(residual, RESIDUALS)), RESIDUALS)


def _median(a, least):
    """Median along the first axis of the known entries; NaN below `least` of them."""
    enough = np.isfinite(a).sum(axis=0) >= least
    return np.where(enough, np.nanmedian(np.where(enough, a, 0), axis=0), np.nan)


def _verdict(value, level, expected, scale, half_unit):
    """`Unusual` from the last block's log level, its expectation and scale; a scale of rounding error's size is no noise at all."""
    scale = np.where(scale > 1e-9, scale, np.nan)
    z = (level - expected) / scale
    p = 2 * norm.sf(np.abs(z))
    usual, low, high = (np.maximum(np.exp(at) - half_unit, 0) for at in (expected, expected - LIMIT * scale, expected + LIMIT * scale))
    return Unusual(value, usual, low, high, z, p, (np.abs(z) > LIMIT) & benjamini_hochberg(p))
