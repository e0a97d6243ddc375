"""A KPI's numbers as text: value, change against the comparisons, interval and n, in the units of its definition."""

import math
from dataclasses import dataclass

import pandas as pd

from crm_core import formats
from crm_core.i18n import t
from crm_core.metrics import Metric, metric
from crm_core.metrics.measures import rooms, sold

NOISE, GOOD, BAD, MOVED, NEW = "noise", "good", "bad", "moved", "new"
# A full count has no sampling error, but its last half per cent (or half point) is not news either.
STILL = 0.005
# Of these the difference itself is told: a share of it would say nothing.
DIFFERENCES = ("share", "points", "index", "set_index", "lift", "lift_share")
# What was caused can be less than nothing: a share of it would say nothing either.
SIGNED = ("incremental", "margin")
# Shares of one in a thousand: with one decimal they would all read 0.1 %.
RARE = ("complaint_rate", "unsubscribe_rate")


@dataclass(frozen=True)
class Change:
    """How a value stands to its comparison: the text, and whether that is good, bad, just moved, or inside the noise."""

    text: str
    verdict: str
    before: float


@dataclass(frozen=True)
class Tile:
    """Everything a KPI card says."""

    metric: Metric
    value: float
    n: float
    low: float
    high: float
    numerator: float
    denominator: float
    few: bool
    changes: dict[str, Change]


def tile(frame: pd.DataFrame, key: str, currency: str = "") -> Tile:
    """Return the tile of a KPI from the rows of the query kpi_values (without a split); the currency names changes told as amounts."""
    rows = {row.period: row for row in frame[frame["key"] == key].itertuples()}
    now, k = rows["now"], metric(key)
    changes = {name: change(k, now, rows[name], currency) for name in ("previous", "year")}
    return Tile(k, now.value, now.n, now.low, now.high, now.numerator, now.denominator, bool(now.few), changes)


def change(k: Metric, now, before, currency: str = "") -> Change:
    """Return the change of a KPI between two rows of kpi_values. Shares change in points, what was caused as itself, everything else in per cent."""
    if math.isnan(now.value) or math.isnan(before.value) or before.few:
        return Change("–", NOISE, math.nan)
    difference = now.value - before.value
    if k.unit not in DIFFERENCES and k.reads not in SIGNED and before.value == 0:
        return Change(t("new") if difference else "–", NEW if difference else NOISE, before.value)
    text = _caused(k, difference, currency) if k.reads in SIGNED else _difference(k, difference, before.value)
    return Change(text, _verdict(k, difference, before), before.value)


def _difference(k: Metric, difference: float, before: float) -> str:
    if k.unit in ("share", "lift", "lift_share"):
        return formats.points(difference, _digits(k))
    if k.unit in ("points", "index", "set_index", "hours"):
        return formats.signed(difference, 0 if k.unit == "points" else 1)
    if k.unit in ("days", "nights") and k.interval != "none":
        return formats.signed(difference, 1)
    return formats.relative(difference / before)


def _caused(k: Metric, difference: float, currency: str) -> str:
    if k.unit != "money":
        return formats.signed(difference)
    said = formats.compact_money(difference, currency) if currency else formats.DASH
    return f"+{said}" if currency and round(difference) > 0 else said


def _verdict(k: Metric, difference: float, row) -> str:
    low, high = row.change_low, row.change_high
    if _still(k, difference, row) or (not math.isnan(low) and low <= 0 <= high):
        return NOISE
    if k.better == "none":
        return MOVED
    return GOOD if (difference > 0) == (k.better == "up") else BAD


def _still(k: Metric, difference: float, row) -> bool:
    """Whether a full count moved by less than anybody would call a change."""
    size = abs(difference) if k.unit in ("share", "lift", "lift_share") else abs(difference / row.value) if row.value else 1.0
    return size < STILL if k.interval == "none" else difference == 0


def value_text(k: Metric, value: float, currency: str, *, short: bool = True) -> str:
    """Return a value in its KPI's unit: compact for tiles, in whole units for lists."""
    if k.unit == "money":
        return _money(value, currency, short)
    if k.unit == "share":
        return formats.percent(value, _digits(k))
    if k.unit == "lift":
        return formats.points(value, 2)
    if k.unit == "lift_share":
        return formats.relative(value, 0)
    if k.unit == "points":
        return formats.signed(value)
    if k.unit in ("index", "set_index"):
        return formats.decimal(value, 1)
    if k.unit == "hours":
        return formats.hours(value)
    if k.unit == "ratio" or (k.unit in ("days", "nights") and k.interval != "none"):
        return formats.days(value) if k.unit == "days" else formats.decimal(value, 2)
    return formats.count(value)


def _digits(k: Metric) -> int:
    return 2 if k.key in RARE else 1


def _money(value: float, currency: str, short: bool) -> str:
    if math.isnan(value):
        return formats.DASH
    # Rates per night are told to the cent; totals are not.
    if abs(value) < 100_000:
        return formats.money_exact(value, currency)
    return formats.compact_money(value, currency) if short else formats.money(value, currency)


def interval_text(k: Metric, low: float, high: float, currency: str) -> str:
    """Return a 95 % interval in the KPI's unit, or nothing where the KPI is a full count."""
    if math.isnan(low) or math.isnan(high):
        return ""
    if k.unit == "share":
        return formats.share_interval(low, high, _digits(k)) if low >= 0 else formats.points_interval(low, high, _digits(k))
    if k.unit == "money":
        ends = [_money(end, currency, short=True) if k.denominator else formats.compact_money(end, currency) for end in (low, high)]
        return "–".join(ends) if low >= 0 else t("{low} to {high}", low=ends[0], high=ends[1])
    if k.unit == "lift":
        return formats.points_interval(low, high, 2)
    if k.unit == "lift_share":
        return formats.points_interval(low, high, 0)
    if k.unit == "points":
        return formats.signed_interval(low, high)
    write = formats.signed_interval if low < 0 else formats.interval
    return write(low, high, 1 if k.unit in ("index", "hours") else 0 if k.unit in ("days", "count") else 2)


def axis_text(k: Metric, value: float, currency: str) -> str:
    """Return a round number of an axis in the KPI's unit."""
    if k.unit == "money":
        return formats.round_money(value, currency)
    return formats.round_percent(value) if k.unit == "share" else formats.decimal(value, 0 if value == int(value) else 1)


def basis_text(tile: Tile, currency: str) -> str:
    """Return what a number rests on: its interval and n, or the cases that were counted in full."""
    k = tile.metric
    if math.isnan(tile.n) or math.isnan(tile.numerator):
        return ""
    if k.interval == "none":
        return _counted(k, round(tile.numerator), round(tile.n))
    return " · ".join(filter(None, (interval_text(k, tile.low, tile.high, currency), formats.n(round(tile.n)))))


def _counted(k: Metric, part: int, whole: int) -> str:
    """Say how many cases a full count has seen: rooms on offer, room nights, or just n."""
    if k.denominator and k.denominator[0] is rooms:
        return (
            t("of {n} nights on offer", n=formats.count(whole)) if k.unit == "share" else t("{n} nights on offer", n=formats.count(whole))
        )
    if k.unit == "share" and not k.numerator[0].money and not k.cases:  # with cases the sums are weights
        return formats.n_of(part, whole)
    if sold in (k.cases, *k.denominator):
        return t("{n} room nights", n=formats.count(whole))
    return formats.n(whole)


def change_markdown(change: Change) -> str:
    """Return a change as Markdown: green or red only beyond noise and with a better direction, ≈ inside the noise."""
    if change.verdict == NOISE:
        return f":gray[≈ {change.text}]" if change.text != "–" else ":gray[–]"
    arrow = "▼" if change.text.startswith(formats.MINUS) else "▲"
    word = f"**{arrow} {change.text}**"
    colour = {GOOD: "green", BAD: "red"}.get(change.verdict)
    return f":{colour}[{word}]" if colour else word


def against(name: str) -> str:
    """Return the name of a comparison as it follows a change."""
    return {"previous": t("vs before"), "year": t("vs last year")}[name]
