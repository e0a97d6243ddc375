"""A KPI by any dimensions in words: titles, the table with its totals, what is kept back, and the comparison beside each group."""
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.metrics import Metric
from crm_core.metrics.dimensions import DIMENSIONS, OTHERS, TOTAL
from crm_core.scope import Period, months_back
from crm_core.telling import words
from crm_core.telling.figures import NEW, NOISE, change, interval_text, value_text

SHOWN = {"value": N_("Value"), "interval": N_("Interval"), "n": N_("Cases (n)"), "change": N_("Change")}
SORTS = {"usual": N_("In their own order"), "value": N_("Largest value first"), "n": N_("Most cases first"), "name": N_("By name")}
TIMES = ("month", "week", "quarter", "year", "day")  # one after the other; weekdays come again
PLACES = ("row", "column", "panel")


@dataclass(frozen=True)
class Axes:
    """What a table is by: keys of dimensions, None for none; and what groups are called, by dimension."""

    rows: str
    columns: str | None
    panels: str | None
    names: dict

    @property
    def keys(self) -> tuple[str | None, str | None, str | None]:
        return self.rows, self.columns, self.panels

    def name(self, place: int, group: object) -> str:
        """Return a group of the rows (0), columns (1) or panels (2) in words."""
        if isinstance(group, str) and group in (TOTAL, OTHERS):
            return t("Total") if group == TOTAL else t("All others")
        return words.group_name(self.keys[place], group, self.names.get(self.keys[place], {}))


class Grid:
    """The cells of one period and one panel: rows and columns in their order, each cell's figures by its place."""

    def __init__(self, frame: pd.DataFrame, axes: Axes, sort: str = "usual", panel: object = TOTAL, period: str = "now"):
        found = _of(frame, period, panel)
        self.axes, self.panel = axes, panel
        self.cells = {(cell.row, cell.column): cell for cell in found.itertuples()}
        self.rows = self._ordered(0, sort)
        self.columns = self._ordered(1, "usual") if axes.columns else []

    def _ordered(self, place: int, sort: str) -> list:
        """The groups of an axis: in their own order, or by value, cases or name; all others last."""
        groups = {cell[place] for cell in self.cells if cell[place] != TOTAL}
        own = self.axes.keys[place] in words.ORDERED
        by = {"usual": "own" if own else "value"}.get(sort, sort)
        return sorted(groups, key=lambda group: self._rank(place, group, by))

    def _rank(self, place: int, group: object, by: str) -> tuple:
        cell = self.cells.get((group, TOTAL) if place == 0 else (TOTAL, group))
        size = -math.inf if cell is None or math.isnan(getattr(cell, by, math.nan) if by in ("value", "n") else 0) else getattr(cell, by, 0)
        first = (words.order_of(self.axes.keys[place], group) if group is not None else 0) if by == "own" else -size if by in ("value", "n") else 0
        return group == OTHERS, group is None, first if by == "own" else float(first), self.axes.name(place, group)

    def cell(self, row: object, column: object = TOTAL):
        """Return a cell's figures, None where nobody is in it."""
        return self.cells.get((row, column))


def _of(frame: pd.DataFrame, period: str, panel: object) -> pd.DataFrame:
    """The cells of one period and panel; what nobody knows is a panel too."""
    return frame[[one == period and group == panel for one, group in zip(frame["period"], frame["panel"], strict=True)]]


def panels_of(frame: pd.DataFrame, axes: Axes) -> list:
    """Return the groups of the panels in their order, those with most cases first where they have none of their own."""
    whole = frame[(frame["period"] == "now") & (frame["row"] == TOTAL) & (frame["column"] == TOTAL)]
    sizes = {group: -1 if math.isnan(n) else n for group, n in zip(whole["panel"], whole["n"], strict=True) if group != TOTAL}
    own = axes.panels in words.ORDERED
    return sorted(sizes, key=lambda g: (g == OTHERS, g is None, words.order_of(axes.panels, g) if own and g is not None else -sizes[g], axes.name(2, g)))


# --- words ------------------------------------------------------------------------------------------------------------------------------
def title(k: Metric, axes: Axes) -> str:
    """Return what is shown: "ADR by channel and month"."""
    name, rows = t(k.name), t(DIMENSIONS[axes.rows].name).lower()
    columns, panels = (t(DIMENSIONS[key].name).lower() if key else "" for key in (axes.columns, axes.panels))
    if columns and panels:
        return t("{name} by {rows} and {columns}, for each {panels}", name=name, rows=rows, columns=columns, panels=panels)
    if columns:
        return t("{name} by {rows} and {columns}", name=name, rows=rows, columns=columns)
    return t("{name} by {rows}, for each {panels}", name=name, rows=rows, panels=panels) if panels else t("{name} by {rows}", name=name, rows=rows)


def whole_said(k: Metric, frame: pd.DataFrame, currency: str) -> str:
    """Return the figure of all together with its interval and its cases, "" where it is not told: "in all 37.6% (36.9–38.3), n 18,204"."""
    cell = next((c for c in frame.itertuples() if c.period == "now" and (c.row, c.column, c.panel) == (TOTAL, TOTAL, TOTAL)), None)
    if not is_sure(cell):
        return ""
    spread = interval_text(k, cell.low, cell.high, currency)
    value = value_text(k, cell.value, currency) + (f" ({spread})" if spread else "")
    return t("in all {value}", value=value) + ("" if math.isnan(cell.n) else f", {formats.n(round(cell.n))}")


def sure_text(k: Metric, cell, currency: str) -> str:
    """Return below one another the value of a cell, and its interval; of a figure without an interval its cases, where they say more than the value."""
    value = cell_text(k, cell, None, "value", currency)
    if not is_sure(cell):
        return value
    below = interval_text(k, cell.low, cell.high, currency) or ("" if is_count(k) or math.isnan(cell.n) else formats.n(round(cell.n)))
    return f"{value}\n{below}" if below else value


def kept_back(frame: pd.DataFrame, k: Metric) -> list[str]:
    """Return in sentences what of a table is not told: cells of too few guests, and figures with too few cases."""
    now = frame[frame["period"] == "now"]
    hidden, few = int(now["hidden"].sum()), int((now["few"].astype(bool) & ~now["hidden"]).sum())
    return ([tn("{n} cell is kept back: fewer than five guests stand behind it, or it could be reckoned from the others.",
                "{n} cells are kept back: fewer than five guests stand behind them, or they could be reckoned from the others.", hidden, n=formats.count(hidden))]
            if hidden else []) + (
        [tn("{n} cell has fewer than {minimum} cases, too few to tell: its number of cases stands in brackets.",
            "{n} cells have fewer than {minimum} cases, too few to tell: their number of cases stands in brackets.", few, n=formats.count(few),
            minimum=formats.count(k.minimum))] if few else [])


def cell_text(k: Metric, cell, before, shown: str, currency: str) -> str:
    """Return a cell as the table writes it: its value, interval, cases or change; "hidden" where it is kept back, nothing where nobody is."""
    if cell is None:
        return formats.count(0) if is_count(k) and shown in ("value", "n") else ""
    if cell.hidden:
        return t("hidden")
    if cell.few:
        return f"({formats.n(round(cell.n))})" if not math.isnan(cell.n) else formats.DASH
    if shown == "n":
        return formats.count(round(cell.n)) if not math.isnan(cell.n) else formats.DASH
    if shown == "interval":
        return interval_text(k, cell.low, cell.high, currency) or formats.DASH
    if shown == "change":
        return change_text(k, cell, before, currency)
    return formats.DASH if math.isnan(cell.value) else value_text(k, cell.value, currency)


def is_sure(cell) -> bool:
    """Say whether a cell has a value that is told: neither kept back nor of too few cases."""
    return cell is not None and not cell.hidden and not cell.few and not math.isnan(cell.value)


def is_count(k: Metric) -> bool:
    """Say whether a KPI counts or adds up, so that nobody in a cell makes 0."""
    return not k.denominator and k.interval in ("none", "total")


def change_text(k: Metric, cell, before, currency: str) -> str:
    """Return the change against the comparison, ≈ inside its noise; a dash where there is nothing to compare with."""
    if cell is None or before is None or cell.hidden or before.hidden or cell.few:
        return formats.DASH
    told = change(k, cell, before, currency)
    if told.text == formats.DASH or told.verdict == NEW:
        return told.text
    if told.verdict == NOISE:
        return f"≈ {told.text}"
    return f"{'▼' if told.text.startswith(formats.MINUS) else '▲'} {told.text}"


def said(k: Metric, axes: Axes, cell, row: object, column: object, currency: str) -> str:
    """Return what a mark of a chart says of its cell: whose, the value, its interval and its cases."""
    whose = " · ".join(axes.name(place, group) for place, group in ((0, row), (1, column)) if group != TOTAL)
    parts = [cell_text(k, cell, None, "value", currency)]
    if cell is not None and not (cell.hidden or cell.few):
        parts += [interval_text(k, cell.low, cell.high, currency), formats.n(round(cell.n)) if not math.isnan(cell.n) else ""]
    return f"{whose}: {' · '.join(filter(None, parts))}" if whose else " · ".join(filter(None, parts))


# --- the comparison ---------------------------------------------------------------------------------------------------------------------
def before_of(dimension: str, group: object, days: int, compared: Period) -> object:
    """Return the group of the comparison that stands beside a group: the same one; of times that follow each other the one so many days earlier.

    None where the comparison does not hold all days of it.
    """
    if dimension not in TIMES or group in (None, OTHERS, TOTAL):
        return group
    if dimension in ("week", "day"):
        found = group - dt.timedelta(days)
    elif dimension == "year":
        found = int(group) - max(1, round(days / 365.25))
    else:
        whole = max(1, round(days / 30.44)) if dimension == "month" else 3 * max(1, round(days / 91.31))
        found = months_back(group, whole)
    first, after = span_of(dimension, found)
    return found if compared.start <= first and after <= compared.end else None


def span_of(dimension: str, group: object) -> tuple[dt.date, dt.date]:
    """Return the first day of a month, week, quarter, year or day, and the first day after it."""
    if dimension == "year":
        return dt.date(int(group), 1, 1), dt.date(int(group) + 1, 1, 1)
    if dimension in ("day", "week"):
        return group, group + dt.timedelta(7 if dimension == "week" else 1)
    return group, months_back(group, -1 if dimension == "month" else -3)


def beside(frame: pd.DataFrame, axes: Axes, name: str, days: int, compared: Period, panel: object = TOTAL):
    """Return a function of a row and a column: the figures of the comparison `name` ("previous", "year") that stand beside that cell, or None."""
    found = _of(frame, name, panel)
    cells = {(cell.row, cell.column): cell for cell in found.itertuples()}

    def tell(row: object, column: object = TOTAL):
        if axes.panels in TIMES and panel != TOTAL:
            return None
        there = tuple(group if group == TOTAL else before_of(key, group, days, compared) for key, group in zip(axes.keys, (row, column), strict=False))
        lost = any(was is None and group is not None for was, group in zip(there, (row, column), strict=True))
        return None if lost else cells.get(there)

    return tell


# --- tables -----------------------------------------------------------------------------------------------------------------------------
def pivot(k: Metric, grid: Grid, compared, shown: str, currency: str) -> pd.DataFrame:
    """Return rows by columns in words, the totals last."""
    rows, columns = [*grid.rows, TOTAL], [*grid.columns, TOTAL]
    found = {t(DIMENSIONS[grid.axes.rows].name): [grid.axes.name(0, row) for row in rows]}
    for column in columns:
        name = grid.axes.name(1, column)
        while name in found:  # two channels of one name stay two columns
            name += " "
        found[name] = [cell_text(k, grid.cell(row, column), compared(row, column), shown, currency) for row in rows]
    return pd.DataFrame(found)


def listed(k: Metric, grid: Grid, compared, against: str, currency: str, second: Metric | None = None) -> pd.DataFrame:
    """Return one row per group in words: value, interval, cases, what it was in the comparison, the change, and a second KPI; the total last."""
    rows = [*grid.rows, TOTAL]
    told = lambda shown: [cell_text(k, grid.cell(row), compared(row), shown, currency) for row in rows]  # noqa: E731
    found = {t(DIMENSIONS[grid.axes.rows].name): [grid.axes.name(0, row) for row in rows], t(k.name): told("value")}
    if k.interval != "none":
        found[t("95% interval")] = told("interval")
    found[t("Cases (n)")] = told("n")
    if k.dated:
        found |= {against: [cell_text(k, was, None, "value", currency) if (was := compared(row)) is not None else formats.DASH for row in rows],
                  t("Change"): told("change")}
    if second:
        found[t(second.name)] = [second_text(second, grid.cell(row), currency) for row in rows]
    return pd.DataFrame(found)


def second_text(k: Metric, cell, currency: str) -> str:
    """Return the second KPI of a cell in words."""
    if cell is None or pd.isna(cell.second_value):
        return formats.DASH
    return f"({formats.n(round(cell.second_n))})" if cell.second_few else value_text(k, cell.second_value, currency)


def file_columns(k: Metric, axes: Axes) -> list[str]:
    """Return the names of a file's columns: one for each dimension, then the figures."""
    return [*(t(DIMENSIONS[key].name) for key in axes.keys if key), t("Period"), t(k.name), t("Low"), t("High"), "n"]


def file_rows(frame: pd.DataFrame, axes: Axes) -> list[tuple]:
    """Return a file's rows: every cell of the period and its comparisons, what is kept back left empty."""
    periods = {"now": t("Period"), "previous": t("Days before"), "year": t("Last year")}
    none = lambda x: None if pd.isna(x) else float(x)  # noqa: E731
    return [(*(axes.name(place, getattr(r, name)) for place, (name, key) in enumerate(zip(PLACES, axes.keys, strict=True)) if key), periods[r.period],
             none(r.value), none(r.low), none(r.high), none(r.n)) for r in frame.itertuples()]


# --- what cannot be shown ---------------------------------------------------------------------------------------------------------------
def unfit(k: Metric, keys: Sequence[str | None], fitting: Sequence[str]) -> str:
    """Return why a KPI is not told by these dimensions, and by what it can be."""
    wrong = [t(DIMENSIONS[key].name) for key in keys if key and key not in fitting]
    possible = [t(DIMENSIONS[key].name) for key in fitting]
    if not possible:
        return t("“{name}” is told of all together only: its rows know nothing to split it by.", name=t(k.name))
    return t("“{name}” cannot be told apart by {wrong}: what it counts does not know it. Choose among {possible}.", name=t(k.name),
             wrong=formats.listed(wrong), possible=formats.either(possible))


# --- distributions and maps -------------------------------------------------------------------------------------------------------------
def amount(k: Metric, value: float, currency: str) -> str:
    """Return what one guest or stay adds to a KPI, in the unit of what is added up."""
    if k.unit == "money" or any(m.money for m in k.numerator):
        return formats.compact_money(value, currency)
    return formats.decimal(value, 0 if value == int(value) else 1)


def bin_name(say, low: float, high: float) -> str:
    """Return a bin in words; an open end says so."""
    if math.isnan(low):
        return t("below {high}", high=say(high))
    return t("{low} or more", low=say(low)) if math.isnan(high) else f"{say(low)}–{say(high)}"


def quantiles_said(k: Metric, row, currency: str) -> str:
    """Return the mean and the quantiles of a distribution in a sentence, as far as enough people lie beyond them."""
    parts = [t("{n} in all", n=formats.count(row["n"])), t("on average {mean}", mean=amount(k, row["mean"], currency))]
    names = {"p10": t("a tenth has up to {value}"), "p25": t("a quarter up to {value}"), "p50": t("half up to {value}"),
             "p75": t("three quarters up to {value}"), "p90": t("nine tenths up to {value}")}
    parts += [text.format(value=amount(k, row[name], currency)) for name, text in names.items() if not math.isnan(row[name])]
    return " · ".join(parts) + " · " + t("bins of fewer than five are joined with the next")


def class_name(k: Metric, low: float | None, high: float | None, factor: int, currency: str) -> str:
    """Return a class of the map in words."""
    say = lambda value: value_text(k, value / factor, currency)  # noqa: E731
    if low is None:
        return t("below {high}", high=say(high)) if high is not None else t("all alike")
    return t("{low} or more", low=say(low)) if high is None else f"{say(low)}–{say(high)}"
