"""How much oftener one group comes back than another that is like it: the difference of shares over strata, with an interval (95 %)."""
from dataclasses import dataclass

import numpy as np

from crm_core.stats.intervals import Z, newcombe


@dataclass(frozen=True)
class Difference:
    """Two shares, their raw difference with its interval, and the stratified one; `n` and `others` are who stands in strata that hold both."""

    raw: float
    raw_low: float
    raw_high: float
    stratified: float
    low: float
    high: float
    n: int
    others: int


def difference(back, n, other_back, other_n) -> Difference:
    """Return the difference back/n − other_back/other_n, each an array with one entry per stratum; NaN where there is nobody to compare.

    Raw: Newcombe 1998, method 10. Stratified: Mantel–Haenszel risk difference with weights n₁n₀/(n₁+n₀), variance of Greenland & Robins 1985,
    Biometrics 41:55–68. It compares who is alike in the strata, and is no proof.
    """
    a, n1, b, n0 = (np.asarray(x, float) for x in (back, n, other_back, other_n))
    raw = a.sum() / n1.sum() - b.sum() / n0.sum() if n1.sum() and n0.sum() else np.nan
    low, high = newcombe(a.sum(), n1.sum(), b.sum(), n0.sum()) if np.isfinite(raw) else (np.nan, np.nan)
    both = (n1 > 0) & (n0 > 0)
    return Difference(float(raw), float(low), float(high), *_stratified(*(x[both] for x in (a, n1, b, n0))), int(n1[both].sum()), int(n0[both].sum()))


def _stratified(a, n1, b, n0) -> tuple[float, float, float]:
    if not len(a):
        return np.nan, np.nan, np.nan
    total = n1 + n0
    weight = (n1 * n0 / total).sum()
    found = ((a * n0 - b * n1) / total).sum() / weight
    variance = ((a * (n1 - a) * n0**3 + b * (n0 - b) * n1**3) / (n1 * n0 * total**2)).sum() / weight**2
    half = Z * np.sqrt(variance)
    return float(found), float(found - half), float(found + half)
