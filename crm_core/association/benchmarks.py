"""Benchmarks: figures of sets of hotels as data, the reference figures that ship, and the index of one's own value against a set."""

import math
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from crm_core.association.contributions import (
    CURRENCY,
    FORMAT,
    UNITS,
    BadContribution,
    Contribution,
    K,
    Line,
    contribution,
    dumps,
    loads,
    pseudonym,
)
from crm_core.association.forms import LARGEST
from crm_core.association.pooling import LEAST_HOTELS, MOST_SHARE, Benchmark, Pooled, pool
from crm_core.association.reading import LINE, NAME, Bad, Sheet, filled
from crm_core.association.texts import Texts
from crm_core.i18n import t

__all__ = ["FORMAT", "LEAST_HOTELS", "MOST_SHARE", "STRENGTHS", "BadBenchmark", "BadContribution", "Benchmark", "Contribution", "K", "Line", "Pooled",
           "Reference", "contribution", "dumps", "form", "index", "loads", "parse", "pool", "pseudonym", "reference"]  # fmt: skip

STRENGTHS = ("strong", "weak", "assumption", "pooled")
REFERENCE = Path(__file__).parents[2] / "data" / "association" / "reference.toml"
MOST_HOTELS, MOST_CASES, BP = 1_000_000, 10**12, 10_000
OF_BENCHMARK = tuple(Benchmark.__dataclass_fields__)


class BadBenchmark(Bad):
    """The benchmark cannot be meant."""


@dataclass(frozen=True)
class Reference:
    """A figure of the trade: a typical range with its source, never a target.

    kpi: the key of the KPI beside which it may stand, "" where none means the same; value: the numbers in words; low, high: the range in the
    unit of the KPI (a share as 0.25, money in whole units of `currency`), None where nothing is numeric; year "" where the source has none.
    """

    figure: Texts
    kpi: str
    value: str
    low: float | None
    high: float | None
    unit: str
    currency: str
    year: str
    source: str
    strength: str
    note: Texts


# --- sets that came as a file -------------------------------------------------------------------------------------------------
def parse(said: object) -> Benchmark:
    """Return the benchmark of what JSON or TOML gave, in the form of form(). Raises BadBenchmark with every problem."""
    figure = said.get("figure") if isinstance(said, dict) else None
    sheet = Sheet.of(said, t("Benchmark “{code}”", code=figure[:40] if isinstance(figure, str) else "?"), OF_BENCHMARK)
    numbers = [sheet.maybe(name, sheet.number, -LARGEST, LARGEST) for name in ("low", "high", "lower_quartile", "upper_quartile")]
    benchmark = Benchmark(
        sheet.text("set_name", NAME), sheet.code("figure"), sheet.day("from_on"), sheet.day("to_on"), sheet.text("currency", 3, is_needed=False),
        sheet.number("value", -LARGEST, LARGEST), *numbers, sheet.whole("hotels", 0, MOST_HOTELS, 0), sheet.maybe("n", sheet.whole, 0, MOST_CASES),
        sheet.whole("largest_bp", 0, BP, 0), sheet.text("source", LINE, is_needed=False), sheet.choice("strength", STRENGTHS))  # fmt: skip
    _check(sheet, benchmark)
    return sheet.done(benchmark, BadBenchmark)


def _check(sheet: Sheet, found: Benchmark) -> None:
    if found.to_on <= found.from_on:
        sheet.refuse("to_on", t("the period ends before it begins."))
    if found.currency and not CURRENCY.fullmatch(found.currency):
        sheet.refuse("currency", t("write a currency as three letters, such as EUR."))
    for low, high in ((found.low, found.high), (found.lower_quartile, found.upper_quartile)):
        if (low is None) != (high is None) or (low is not None and low > high):
            sheet.refuse("low", t("a range needs both its ends, the smaller first."))
    if found.strength == "pooled" and found.hotels < LEAST_HOTELS:
        sheet.refuse("hotels", t("a pooled figure comes from at least {least} hotels.", least=LEAST_HOTELS))
    if found.strength == "pooled" and found.largest_bp > MOST_SHARE * BP:
        sheet.refuse("largest_bp", t("one hotel may make up at most half of a pooled figure."))


def form(benchmark: Benchmark) -> dict:
    """Return a benchmark as JSON takes it; parse() reads it again."""
    return filled(asdict(benchmark) | {"from_on": benchmark.from_on.isoformat(), "to_on": benchmark.to_on.isoformat()})


# --- one's own value against a set ---------------------------------------------------------------------------------------------
Estimate = tuple[float | None, float | None, float | None]  # value, low, high


def index(own: Estimate, set_: Estimate) -> Estimate:
    """Return own / set × 100 with an interval that combines both, each given as (value, low, high); 100 is the set's level.

    The limits of ln own − ln set by MOVER, from the two intervals taken as independent (Zou & Donner 2008, Statistics in Medicine 27:1693–1702).
    A value without an interval counts as exact; all None where a value is not above 0, no interval where a limit is not, or neither has one.
    """
    if not _is_positive(own[0]) or not _is_positive(set_[0]):
        return None, None, None
    value, edges = 100 * own[0] / set_[0], [_edges(own), _edges(set_)]
    if None in edges or edges == [(0.0, 0.0)] * 2:
        return value, None, None
    (own_below, own_above), (set_below, set_above) = edges
    return value, value * math.exp(-math.hypot(own_below, set_above)), value * math.exp(math.hypot(own_above, set_below))


def _edges(estimate: Estimate) -> tuple[float, float] | None:
    """How far the limits lie below and above the value on the log scale; None where a limit has no logarithm."""
    value, low, high = estimate
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return 0.0, 0.0
    if not _is_positive(low) or not _is_positive(high):
        return None
    return max(0.0, math.log(value / low)), max(0.0, math.log(high / value))


def _is_positive(number: float | None) -> bool:
    return number is not None and math.isfinite(number) and number > 0


# --- what ships -----------------------------------------------------------------------------------------------------------------
@cache
def reference() -> tuple[Reference, ...]:
    """Return the reference figures of the trade that come with the program, in the order of the file."""
    return tuple(_reference(one) for one in tomllib.loads(REFERENCE.read_text(encoding="utf-8"))["figure"])


def _reference(said: dict) -> Reference:
    sheet = Sheet.of(said, str(said.get("figure")), tuple(Reference.__dataclass_fields__))
    low, high = (sheet.maybe(name, sheet.number, -LARGEST, LARGEST) for name in ("low", "high"))
    found = Reference(
        sheet.texts("figure", NAME), sheet.code("kpi", is_needed=False), sheet.text("value", NAME), low, high, sheet.choice("unit", ("", *UNITS), ""),
        sheet.text("currency", 3, is_needed=False), sheet.text("year", 40, is_needed=False), sheet.text("source", LINE),
        sheet.choice("strength", STRENGTHS), sheet.texts("note", LINE, is_needed=False))  # fmt: skip
    return sheet.done(found, BadBenchmark)
