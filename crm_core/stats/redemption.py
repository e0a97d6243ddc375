"""What share of issued points is redeemed in the end: vintages by quarter of issue, developed by chain ladder, with an interval (95 %).

A vintage is what was issued in one calendar quarter; its age is the number of calendar quarters since. Only quarters that are complete are learnt
from, so that the running one never looks like a fall. Breakage is 1 − this share; expiry is one of its causes, not its measure.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

VINTAGES = 6  # fewer leave nothing to draw from
TAIL_AGES = 8  # the last two years of development, which the tail goes on from
NEVER = 400  # quarters after which nothing is left of a tail that no expiry ends


@dataclass(frozen=True)
class Flows:
    """Points by calendar quarter, the first one being `first` (quarters since 1970): issued, and redeemed (quarter of issue × quarter of burn)."""

    first: int
    issued: np.ndarray
    redeemed: np.ndarray


@dataclass(frozen=True)
class Estimate:
    """One entry per vintage, oldest first, and the programme as a whole; shares lie between 0 and 1.

    `why` is "" or says why a share is NaN: "few" vintages (below 6), "none" redeemed yet, or "short": too few ages to tell what comes after them.
    What was observed (`issued`, `redeemed`, the share of ripe vintages) stands all the same.
    """

    issued_on: np.ndarray  # first day of the quarter
    issued: np.ndarray
    redeemed: np.ndarray  # in complete quarters
    ages: np.ndarray  # complete quarters lived through, that of issue included
    is_ripe: np.ndarray  # nothing is left that could be redeemed: the share was observed, and has no interval
    rate: np.ndarray
    low: np.ndarray
    high: np.ndarray
    factors: np.ndarray  # development: redeemed up to the next age / up to this one, weighted by volume
    developed: np.ndarray  # by the end of each age, the share of what is redeemed in the end
    overall: float
    overall_low: float
    overall_high: float
    why: str = ""


def quarter(days) -> np.ndarray:
    """The calendar quarter of each day (datetime64), counted from the first of 1970."""
    return np.asarray(days, "datetime64[M]").astype(int) // 3


def begins(quarters) -> np.ndarray:
    """The first day of each quarter, as datetime64[D]."""
    return (np.asarray(quarters) * 3).astype("datetime64[M]").astype("datetime64[D]")


def flows(issued_on, redeemed_on, points) -> Flows:
    """What parts of lots (or sums of many of them) make by quarter: days as datetime64, `redeemed_on` NaT where a part was not redeemed.

    Parts of unknown age (NaT) belong to no vintage and are left out.
    """
    known = ~np.isnat(np.asarray(issued_on, "datetime64[D]"))
    issued_on, redeemed_on = (np.asarray(days, "datetime64[D]")[known] for days in (issued_on, redeemed_on))
    points, burned = np.asarray(points, float)[known], ~np.isnat(redeemed_on)
    if not len(points):
        return Flows(0, np.zeros(0), np.zeros((0, 0)))
    row = quarter(issued_on)
    column = np.maximum(quarter(redeemed_on[burned]), row[burned])  # a ledger out of order: nothing burns before it is there
    first = int(row.min())
    n = int(max(row.max(), column.max(initial=first))) - first + 1
    redeemed = np.bincount((row[burned] - first) * n + column - first, points[burned], n * n).reshape(n, n)
    return Flows(first, np.bincount(row - first, points, n), redeemed)


def triangle(moved: Flows, until) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(issued_on, issued, redeemed by age): what was known before the day `until`; ages that a vintage has not lived through are NaN.

    The vintage of the running quarter is a row without a known age; what is issued of it later on is in it, and weighs nothing.
    """
    end = int(quarter(until))
    n = min(max(end + (begins(end) < np.datetime64(until, "D")) - moved.first, 0), len(moved.issued))
    ages = max(end - moved.first, 0)
    column = np.arange(n)[:, None] + np.arange(ages)
    wide = np.pad(moved.redeemed[:n], ((0, 0), (0, max(ages + n - len(moved.issued), 0))))
    cells = np.take_along_axis(wide, column, axis=1) if ages else np.zeros((n, 0))
    return begins(moved.first + np.arange(n)), moved.issued[:n], np.where(column < ages, cells, np.nan)


def as_known(moved: Flows, until, expiry_months, draws: int = 2000) -> Estimate:
    """The estimate as it stood before the day `until`: what burned from then on is not looked at. Within a quarter it does not move.

    So a change of the estimate between two days is the difference of two of these. expiry_months: as `estimate` takes it, or one for each of the
    quarters of `moved`. draws: 0 leaves out the intervals.
    """
    known = triangle(moved, until)
    return estimate(*known, expiry_months if np.ndim(expiry_months) == 0 else expiry_months[: len(known[1])], draws)


def estimate(issued_on, issued, redeemed, expiry_months, draws: int = 2000, seed: int = 7) -> Estimate:
    """The ultimate redemption rate of every vintage and of all together.

    redeemed: vintages × ages, NaN where not yet lived through. Development factors are weighted by volume (Mack 1993, ASTIN Bulletin 23:213–225).
    What comes after the oldest age falls off geometrically, as it did over the last two years, until points expire (`expiry_months` after
    issue, one number for all or one for each vintage; None, or infinity: never). A vintage with a shorter life than others comes to what those
    have come to by its end. A young vintage is no multiple of the little that was redeemed of it: what it has to come starts from the programme's
    own rate (Bornhuetter & Ferguson 1972, PCAS 59:181–195, with the rate of the Cape Cod method) and leans on its own development the more,
    the older it is (Benktander 1976; Mack 2000, ASTIN Bulletin 30:333–347). A vintage without a complete age has the programme's rate;
    it does not count in `overall`, which is Σ redeemed in the end / Σ issued of all others.
    Intervals are percentiles over draws of whole vintages; those of single vintages say how sure the estimate is, not how vintages differ.
    """
    issued, redeemed = np.asarray(issued, float), np.asarray(redeemed, float)
    known = np.isfinite(redeemed)
    ages, sums = known.sum(axis=1), np.where(known, redeemed, 0).cumsum(axis=1)
    so_far = sums[:, -1] if sums.shape[1] else np.zeros(len(issued))
    observed = np.divide(so_far, issued, out=np.full(len(issued), np.nan), where=issued > 0)
    months = np.broadcast_to(np.inf if expiry_months is None else np.asarray(expiry_months, float), issued.shape)
    months = np.where(months > 3 * NEVER, np.inf, months)
    is_ripe, longest = ages > _last_age(months), _longest(months)
    told = np.asarray(issued_on, "datetime64[D]"), issued, so_far, ages, is_ripe
    why = _refused(issued, so_far, ages)
    one = np.ones((1, len(issued)))
    upto = _upto(months, longest, sums.shape[1])
    developed = np.full((1, upto), np.nan) if why else _developed(sums, known, one, longest, upto)
    if why or np.isnan(developed).all():
        nothing, seen = np.full(sums.shape[1], np.nan), np.where(is_ripe, observed, np.nan)
        return Estimate(*told, seen, seen, seen, nothing[1:], nothing, np.nan, np.nan, np.nan, why or "short")
    rate, overall = (found[0] for found in _rates(developed, one, issued, so_far, ages, is_ripe, months))
    low, high, *both = _intervals(sums, known, upto, (issued, so_far, ages, is_ripe, months), draws, seed)
    return Estimate(*told, rate, low, high, _factors(sums, known, one)[0], developed[0, : sums.shape[1]], float(overall), *both)


def _longest(months) -> int | None:
    """The longest life of a vintage in months; None where points of one do not expire."""
    longest = months.max(initial=0)
    return int(longest) if np.isfinite(longest) else None


def _upto(months, longest, ages) -> int:
    """How many ages a development must tell: those that were seen, and the whole life of vintages that end before others do."""
    shorter = months[months < (np.inf if longest is None else longest)]
    return int(max(ages, *(_last_age(shorter) + 1))) if len(shorter) else ages


def _refused(issued, so_far, ages):
    """Why nothing can be said, or ""."""
    if ((issued > 0) & (ages > 0)).sum() < VINTAGES:
        return "few"
    return "" if so_far.sum() > 0 else "none"


def _factors(sums, known, weights):
    """(draws × ages − 1) Σ redeemed up to the next age / Σ up to this one, over vintages that lived through both; NaN where none has redeemed."""
    both = known[:, 1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        factors = (weights @ (sums[:, 1:] * both)) / (weights @ (sums[:, :-1] * both))
    return np.where(np.isfinite(factors) & (factors > 0), factors, np.nan)


def _developed(sums, known, weights, expiry_months, upto):
    """(draws × upto ages) share of the ultimate by the end of each age; NaN where the tail cannot be told, 0 before anything is redeemed."""
    factors = _factors(sums, known, weights)
    back = np.where(np.isnan(factors), 0, 1 / factors)
    shares = np.hstack([np.cumprod(back[:, ::-1], axis=1)[:, ::-1], np.ones((len(weights), 1))])
    tail = _tail(shares, expiry_months)
    ultimate = 1 + tail.sum(axis=1, keepdims=True)
    shares = np.hstack([shares, 1 + tail.cumsum(axis=1)])[:, :upto]
    return np.pad(shares / ultimate, ((0, 0), (0, upto - shares.shape[1])), constant_values=1)


def _developed_again(sums, known, weights, expiry_months, upto):
    """The same for draws of vintages: one that lacks the oldest ages ends at the oldest it has, and its tail begins there."""
    found, seen = np.empty((len(weights), upto)), ((weights > 0) * known.sum(axis=1)).max(axis=1)
    for age in np.unique(seen):
        found[seen == age] = _developed(sums[:, :age], known[:, :age], weights[seen == age], expiry_months, upto)
    return found


def _tail(shares, expiry_months):
    """(draws × ages) what is redeemed at each age after the oldest one, in parts of what was redeemed up to it.

    Steps fall by the ratio of the later half of the last ones to the earlier half; the first age is no whole quarter and is left out.
    """
    seen = shares.shape[1]
    ahead = _lived(expiry_months)[seen:]
    half = min(seen - 1, TAIL_AGES) // 2
    if half < 2:
        return np.full((len(shares), len(ahead)), np.nan)
    steps = np.diff(shares[:, -2 * half - 1 :], axis=1)
    early, late = steps[:, :half].sum(axis=1), steps[:, half:].sum(axis=1)
    fall = np.clip(np.divide(late, early, out=np.zeros_like(late), where=early > 0), 0, 1) ** (1 / half)
    powers = np.cumprod(np.broadcast_to(fall[:, None], (len(fall), 2 * half + len(ahead))), axis=1)
    scale = (early + late) / np.maximum(powers[:, : 2 * half].sum(axis=1), 1e-12)
    return scale[:, None] * powers[:, 2 * half :] * ahead


def _last_age(expiry_months):
    """The age in which the last point of a vintage expires."""
    return np.ceil(np.asarray(expiry_months, float) / 3)


def _lived(expiry_months):
    """How much of each age a vintage's points are valid for, issue being even over its quarter: 1, then a part of the age of expiry."""
    if expiry_months is None:
        return np.ones(NEVER)
    left = expiry_months / 3 - np.arange(int(_last_age(expiry_months)) + 1)
    return np.where(left >= 0, 1 - np.clip(1 - left, 0, 1) ** 2 / 2, np.clip(1 + left, 0, 1) ** 2 / 2)


def _reached(developed, months):
    """(draws × vintages) how far each vintage comes in its life, in parts of what is redeemed of those that live longest."""
    found = np.ones((len(developed), len(months)))
    longest, steps = _longest(months), np.diff(developed, axis=1, prepend=0)
    for life in np.unique(months[months < (np.inf if longest is None else longest)]):
        lived = _lived(life)
        found[:, months == life] = (steps[:, : len(lived)] @ lived)[:, None]
    return found


def _rates(developed, weights, issued, so_far, ages, is_ripe, months):
    """(rate: draws × vintages, overall: draws) of the vintages as they stand, by the development and the weights of each draw."""
    whole = _reached(developed, months)
    p = np.where(is_ripe, whole, np.minimum(np.hstack([np.zeros((len(developed), 1)), developed])[:, ages], whole))
    mean = (weights @ so_far / np.maximum(p * weights @ issued, 1e-12))[:, None]
    size = np.where(issued > 0, issued, np.nan)
    by_mean = so_far + (whole - p) * issued * mean
    rate = np.clip((so_far + (1 - p / np.maximum(whole, 1e-12)) * by_mean) / size, np.minimum(so_far / size, 1), 1)
    begun = weights * np.where(ages > 0, issued, 0)
    return rate, np.nansum(begun * rate, axis=1) / begun.sum(axis=1)


def _intervals(sums, known, upto, vintages, draws, seed):
    """(low, high per vintage, low, high overall); NaN without draws.

    Few vintages vary too little among themselves, so that the percentiles lie further out: the expanded percentile interval
    (Hesterberg 2015, The American Statistician 69:371–386). Draws too young to tell their tail are left out.
    """
    if not draws:
        return np.full(len(sums), np.nan), np.full(len(sums), np.nan), np.nan, np.nan
    begun = (vintages[0] > 0) & (vintages[2] > 0)
    n = begun.sum()
    weights = np.random.default_rng(seed).multinomial(n, begun / n, draws)
    developed = _developed_again(sums, known, weights, _longest(vintages[-1]), upto)
    told = np.isfinite(developed).all(axis=1)
    out = norm.cdf(np.sqrt(n / (n - 1)) * student.ppf(0.025, n - 1))
    rate, overall = (np.quantile(a, [out, 1 - out], axis=0) for a in _rates(developed[told], weights[told], *vintages))
    return *rate, *map(float, overall)


def of_open(rate, issued, redeemed, still_open, more_breakage=0.0):
    """The share of a vintage's open points that is redeemed in the end, between 0 and 1; 0 where none is open.

    All that is redeemed in the end, less what has been. `more_breakage` (a share: .05 is five points) is taken off the rate, to see what
    hangs on it; a vintage with nothing open does not move.
    """
    rate, issued, redeemed, still_open = (np.asarray(a, float) for a in (rate, issued, redeemed, still_open))
    left = (rate - more_breakage) * issued - redeemed
    return np.clip(np.divide(left, still_open, out=np.zeros(np.broadcast(left, still_open).shape), where=still_open > 0), 0, 1)
