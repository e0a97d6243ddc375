"""A benchmark pooled from the contributions of several hotels: ratios of sums with an interval between hotels, and no hotel to be told from them."""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, stdtrit

from crm_core.association.contributions import BadContribution, Contribution, Line
from crm_core.i18n import t, tn

LEAST_HOTELS, MOST_SHARE = 4, 0.5
VALUE_DIGITS, QUARTILE_DIGITS, COUNT_DIGITS, WHOLE_PERCENT = 4, 3, 2, 100


@dataclass(frozen=True)
class Benchmark:
    """One figure of a set of hotels for [from_on, to_on), in the KPI's own unit (a share as 0.25, money in minor units of `currency`).

    low, high: the 95 % interval of the pooled value between hotels; the quartiles are those of the hotels' own values; n: cases, roughly;
    largest_bp: at most this part of the denominator is one hotel's; strength: of STRENGTHS.
    """

    set_name: str
    figure: str
    from_on: dt.date
    to_on: dt.date
    currency: str
    value: float
    low: float | None
    high: float | None
    lower_quartile: float | None
    upper_quartile: float | None
    hotels: int
    n: int | None
    largest_bp: int
    source: str
    strength: str


@dataclass(frozen=True)
class Pooled:
    """What came of a pool: the benchmarks, and (KPI, why) for each figure that would tell too much or mix what cannot be mixed."""

    benchmarks: tuple[Benchmark, ...]
    refused: tuple[tuple[str, str], ...]


def pool(contributions: Iterable[Contribution], name: str, made_on: dt.date) -> Pooled:
    """Pool contributions of one period into a set of benchmarks of that name.

    Per KPI Σ numerator / Σ denominator of the hotels that give it, from at least four of them, none with more than half of the denominator,
    money in one currency only. Raises BadContribution where fewer than four hotels give, one gives twice, or the periods differ.

    So that one's own figures, subtracted, leave at least three other hotels together and only roughly: sums are not published, values are
    rounded to four digits, quartiles to three, n to two, the largest share up to a whole percent, and each quartile is a mean over all hotels.
    Two pools of one period that differ by a hotel would still tell of it by their difference: publish one of them.
    """
    given = sorted(contributions, key=lambda one: one.code)
    _check(given)
    benchmarks, refused = [], []
    for key in sorted({line.key for one in given for line in one.lines}):
        lines = [(one.currency, line) for one in given for line in one.lines if line.key == key]
        why = _refusal(lines)
        if why:
            refused.append((key, why))
        else:
            benchmarks.append(_benchmark(lines, (name, key, given[0].from_on, given[0].to_on), f"{name}, {made_on.isoformat()}"))
    return Pooled(tuple(benchmarks), tuple(refused))


def _check(given: Sequence[Contribution]) -> None:
    found, codes = [], [one.code for one in given]
    found += [t("Two contributions come from the same hotel, {code}: take one of them out.", code=code) for code in sorted(set(codes)) if codes.count(code) > 1]
    if len(set(codes)) < LEAST_HOTELS:
        found.append(_too_few(len(set(codes))))
    periods = sorted({(one.from_on, one.to_on) for one in given})
    if len(periods) > 1:
        told = ", ".join(f"{start.isoformat()}–{end.isoformat()}" for start, end in periods[:4])
        found.append(t("The contributions are of different periods ({periods}): pool those of one period only.", periods=told))
    if found:
        raise BadContribution(*found)


def _too_few(hotels: int) -> str:
    return tn("{n} hotel gives it, and at least {least} are needed: otherwise one could be told from the others.",
              "{n} hotels give it, and at least {least} are needed: otherwise one could be told from the others.", hotels, least=LEAST_HOTELS)  # fmt: skip


def _refusal(lines: Sequence[tuple[str, Line]]) -> str:
    """Why a figure is not pooled; "" where it is."""
    units, currencies = {line.unit for _, line in lines}, {currency for currency, _ in lines}
    if len(lines) < LEAST_HOTELS:
        return _too_few(len(lines))
    if len(units) > 1:
        return t("The hotels give it in different units: {units}.", units=", ".join(sorted(units)))
    if units == {"money"} and len(currencies) > 1:
        return t("The hotels give it in different currencies: {currencies}.", currencies=", ".join(sorted(currencies)))
    if _largest(lines) > MOST_SHARE:
        return t("One hotel alone makes up more than half of it, so that its own figure would show.")
    return ""


def _largest(lines: Sequence[tuple[str, Line]]) -> float:
    denominators = [line.denominator for _, line in lines]
    return max(denominators) / math.fsum(denominators)


def _benchmark(lines: Sequence[tuple[str, Line]], of: tuple[str, str, dt.date, dt.date], source: str) -> Benchmark:
    x, y = (np.array([getattr(line, part) for _, line in lines], float) for part in ("numerator", "denominator"))
    unit, currency = lines[0][1].unit, lines[0][0] if lines[0][1].unit == "money" else ""
    limits = (0.0, 1.0) if unit == "share" else (-math.inf, math.inf)
    value, low, high = (_rounded(one, VALUE_DIGITS) for one in pooled_ratio(x, y, limits))
    lower, upper = (_rounded(quartile(x / y, part), QUARTILE_DIGITS) for part in (0.25, 0.75))
    return Benchmark(*of, currency, value, low, high, lower, upper, len(lines), int(_rounded(sum(line.n for _, line in lines), COUNT_DIGITS)),
                     math.ceil(round(_largest(lines) * WHOLE_PERCENT, 6)) * WHOLE_PERCENT, source, "pooled")  # fmt: skip


def _rounded(number: float, digits: int) -> float:
    return float(f"{number:.{digits}g}")


# --- arithmetic -------------------------------------------------------------------------------------------------------------
def pooled_ratio(x: np.ndarray, y: np.ndarray, limits: tuple[float, float] = (-math.inf, math.inf)) -> tuple[float, float, float]:
    """(value, low, high) of Σx/Σy over h ≥ 2 hotels: the linearised ratio estimator with hotels as clusters, t quantile with h − 1 degrees of freedom.

    Cochran 1977, Sampling Techniques, §6.3, without the finite population correction; the interval is cut at `limits`, never inside the value.
    """
    hotels, value = len(x), float(x.sum() / y.sum())
    variance = hotels / (hotels - 1) * float(((x - value * y) ** 2).sum()) / float(y.sum()) ** 2
    half = float(stdtrit(hotels - 1, 0.975)) * math.sqrt(variance)
    return value, min(value, max(value - half, limits[0])), max(value, min(value + half, limits[1]))


def quartile(values: np.ndarray, part: float) -> float:
    """The quantile of values as a weighted mean of all of them, so that it is never one hotel's own value.

    Harrell & Davis 1982, Biometrika 69:635–640.
    """
    edges = betainc(part * (len(values) + 1), (1 - part) * (len(values) + 1), np.linspace(0, 1, len(values) + 1))
    return float(np.sort(values) @ np.diff(edges))
