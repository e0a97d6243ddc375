"""A KPI by months and by any dimensions as printed tables, each with its picture; what too few people stand behind is kept back by the query."""
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from crm_core import formats, queries
from crm_core.i18n import t
from crm_core.metrics import Metric, metric
from crm_core.metrics.dimensions import DIMENSIONS, OTHERS, Part
from crm_core.queries.explore import TOTAL
from crm_core.reports import drawings
from crm_core.scope import Period, Scope, months_back
from crm_core.store.warehouse import Warehouse
from crm_core.telling import figures, words

MOST_ROWS, MOST_DRAWN, MOST_COLUMNS, MOST_PANELS = 60, 25, 8, 12  # what fits on a page, and what somebody reads
MONTHS, A_YEAR = 13, 364
TIMES = ("month", "week", "quarter", "year", "day")  # one after the other; weekdays come again
MOST_ACROSS = 13  # columns of what has an order of its own, such as months
KEPT_BACK = "·"
Names = Mapping[object, str]


@dataclass(frozen=True)
class Table:
    """A title, a picture (SVG or ""), the heads of columns, rows of cells as (text, small text), and notes beneath."""

    title: str
    picture: str
    head: tuple[str, ...]
    rows: tuple[tuple[tuple[str, str], ...], ...]
    notes: tuple[str, ...]
    numbers: pd.DataFrame = field(repr=False, compare=False)


@dataclass(frozen=True)
class _Asked:
    """One KPI's cells in a scope, and how they are called."""

    k: Metric
    scope: Scope
    names: Names
    currency: str

    def value(self, x: float) -> str:
        return figures.value_text(self.k, x, self.currency)

    def axis(self, x: float) -> str:
        return figures.axis_text(self.k, x, self.currency)

    def interval(self, low: float, high: float) -> str:
        return figures.interval_text(self.k, low, high, self.currency)


def by_month(warehouse: Warehouse, scope: Scope, key: str, currency: str) -> Table | None:
    """Return the last thirteen months of a KPI over those of the year before, None where it has no months; those of too few people are kept back."""
    now, before = (queries.run(warehouse, scope, "kpi_months", keys=(key,), count=MONTHS, shift=shift) for shift in (0, A_YEAR))
    if key not in now or now[key].notna().sum() < 2:
        return None
    one, months = _Asked(metric(key), scope, {}, currency), [pd.Timestamp(month).date() for month in now["month"]]
    back = _kept_back(warehouse, replace(scope, period=Period(months[0], scope.period.end)), key)
    title, frame = t("{name} by month", name=t(one.k.name)), pd.DataFrame({
        "month": months, "hidden": [month in back for month in months], "was_hidden": [months_back(month, 12) in back for month in months]})
    frame = frame.assign(now=now[key].mask(frame["hidden"]), before=before[key].mask(frame["was_hidden"]))
    drawn = [formats.month_short(month) for month in months], frame["now"].tolist(), frame["before"].tolist()
    picture = drawings.lines(title, *drawn, one.axis) if frame["now"].notna().sum() > 1 else ""
    said = lambda value, hidden: (KEPT_BACK if hidden else one.value(value), "")  # noqa: E731
    rows = tuple(((formats.month(r.month), ""), said(r.now, r.hidden), said(r.before, r.was_hidden)) for r in frame.itertuples())
    notes = ([t("Dotted: the same weekdays a year before.")] if picture else []) + ([t("The last month is still running.")] if scope.provisional else [])
    notes += [_kept_back_said()] if back else []
    return Table(title, picture, (t("Month"), t(one.k.name), t("A year before")), rows, tuple(notes), frame)


def _kept_back(warehouse: Warehouse, scope: Scope, key: str) -> set[object]:
    """The months of a scope, and of the year before it, behind which too few people stand."""
    found = queries.run(warehouse, replace(scope, comparison="year"), "explored", key=key, rows="month")
    return set(found.loc[found["hidden"] & found["period"].isin(["now", "year"]) & (found["row"] != TOTAL), "row"])


def _kept_back_said() -> str:
    return t("{mark} stands for fewer than five people, or for what would give such a number away.", mark=KEPT_BACK)


def by_groups(warehouse: Warehouse, scope: Scope, key: str, rows: str, names: Names, currency: str, *, columns: str | None = None,
              panels: str | None = None, second: str | None = None, top: int | None = None) -> list[Table]:
    """Return a KPI by one to three dimensions: one table, or one for each group of `panels`. `top` keeps so many groups of `rows`, the rest are others.

    Raises ValueError in words where the KPI cannot be told apart like that.
    """
    by = {name: _kept(warehouse, scope, key, dimension, most)
          for name, dimension, most in (("rows", rows, top), ("columns", columns, MOST_COLUMNS), ("panels", panels, MOST_PANELS - 1)) if dimension}
    found = queries.run(warehouse, scope, "explored", key=key, **by, second=second)
    one = _Asked(metric(key), scope, names, currency)
    title = t("{name} by {dimension}", name=t(one.k.name), dimension=formats.listed([t(DIMENSIONS[d].name).lower() for d in (rows, columns) if d]))
    if panels is None:
        return [_table(one, title, found, rows, columns, second)]
    groups = [g for g in _ordered(found, "panel", panels) if g != TOTAL][:MOST_PANELS]
    return [_table(one, f"{title} · {_called(one, panels, g)}", found[_is(found["panel"], g)], rows, columns, second) for g in groups]


def _kept(warehouse: Warehouse, scope: Scope, key: str, dimension: str, top: int | None) -> Part | str:
    """A dimension of which the largest groups stay themselves, the rest are others; what follows in time or has an order of its own stays whole."""
    if not top or dimension in words.ORDERED:
        return dimension
    return Part(dimension, tuple(queries.run(warehouse, scope, "largest", key=key, dimension=dimension, count=top)["group"]))


def _table(one: _Asked, title: str, found: pd.DataFrame, rows: str, columns: str | None, second: str | None) -> Table:
    groups = _ordered(found, "row", rows)
    shown = groups[:MOST_ROWS] + ([TOTAL] if TOTAL in groups[MOST_ROWS:] else [])
    notes = [t("The first {n} of {all} groups are printed.", n=formats.count(MOST_ROWS), all=formats.count(len(groups) - 1))] if len(groups) - 1 > MOST_ROWS else []
    if found["hidden"].any():
        notes.append(_kept_back_said())
    head, cells, picture = _across(one, title, found, shown, rows, columns) if columns else _down(one, title, found, shown, rows, second)
    return Table(title, picture, head, cells, tuple(notes), found)


# --- one dimension down the page ------------------------------------------------------------------------------------------------
def _down(one: _Asked, title: str, found: pd.DataFrame, groups: list, rows: str, second: str | None) -> tuple:
    """Value, interval, n, the comparison that was chosen, and a second KPI where one was asked for."""
    against = "year" if one.scope.comparison == "year" else "previous"
    now, before = (_cells(found, period) for period in ("now", against))
    lines = [(g, now[g, TOTAL], before.get((g, TOTAL))) for g in groups if (g, TOTAL) in now]
    head = (t(DIMENSIONS[rows].name), t(one.k.name), t("95% interval"), "n", *((t("Last year"),) if against == "year" else (t("Before"),)),
            *((t(metric(second).name),) if second else ()))
    cells = tuple(tuple((text, "") for text in (_called(one, rows, g), *_said(one, a, b), *(_beside(one, a, second)))) for g, a, b in lines)
    drawn = [(g, a) for g, a, _ in lines if g != TOTAL][:MOST_DRAWN]
    return head, cells, _picture(one, title, drawn, rows)


def _said(one: _Asked, now, before) -> tuple[str, str, str, str]:
    return (_value(one, now), "" if now.few else one.interval(now.low, now.high), KEPT_BACK if now.hidden else formats.count(now.n),
            "" if before is None or not one.k.dated else _value(one, before))


def _beside(one: _Asked, now, second: str | None) -> tuple[str, ...]:
    if not second:
        return ()
    known = not now.hidden and not getattr(now, "second_few", True)
    return (figures.value_text(metric(second), now.second_value, one.currency) if known else KEPT_BACK if now.hidden else formats.DASH,)


def _picture(one: _Asked, title: str, drawn: list, rows: str) -> str:
    """Lines over days, weeks and months, else rows; nothing where no group has enough cases."""
    labels = [_called(one, rows, g) for g, _ in drawn]
    value = [math.nan if a.few or a.hidden else a.value for _, a in drawn]
    if all(map(math.isnan, value)):
        return ""
    if rows in TIMES and len(drawn) > 2:
        return drawings.lines(title, labels, value, None, one.axis)
    low, high = ([math.nan if math.isnan(v) else end for v, end in zip(value, ends, strict=True)]
                 for ends in ([a.low for _, a in drawn], [a.high for _, a in drawn]))
    return drawings.rows(title, labels, value, low, high, [_value(one, a) for _, a in drawn], one.axis)


# --- two dimensions across it ---------------------------------------------------------------------------------------------------
def _across(one: _Asked, title: str, found: pd.DataFrame, groups: list, rows: str, columns: str) -> tuple:
    """A cell for each pair of groups, its interval and n small beneath it; the heat of the cells without the totals as picture."""
    now, across = _cells(found, "now"), [g for g in _ordered(found, "column", columns) if g != TOTAL]
    across = [*across[:MOST_ACROSS], TOTAL]
    grid = {g: [now.get((g, c)) for c in across] for g in groups}
    head = (t(DIMENSIONS[rows].name), *(_called(one, columns, c) for c in across))
    cells = tuple(((_called(one, rows, g), ""), *(_small(one, cell) for cell in line)) for g, line in grid.items())
    drawn = [g for g in groups if g != TOTAL][:MOST_DRAWN]
    values = [[math.nan if cell is None or cell.few or cell.hidden else cell.value for cell in grid[g][:-1]] for g in drawn]
    texts = [["" if cell is None else _value(one, cell) for cell in grid[g][:-1]] for g in drawn]
    known = any(not math.isnan(x) for line in values for x in line)
    picture = drawings.heat(title, [_called(one, rows, g) for g in drawn], head[1:-1], values, texts) if known else ""
    return head, cells, picture


def _small(one: _Asked, cell) -> tuple[str, str]:
    if cell is None:
        return "", ""
    basis = (one.interval(cell.low, cell.high), formats.n(round(cell.n))) if not cell.few and not cell.hidden else ()
    return _value(one, cell), " · ".join(filter(None, basis))


def _value(one: _Asked, cell) -> str:
    if cell.hidden:
        return KEPT_BACK
    return t("too few") if cell.few else one.value(cell.value)


# --- cells and groups -----------------------------------------------------------------------------------------------------------
def _is(found: pd.Series, group: object) -> pd.Series:
    return found.map(lambda one: one == group if group is not None else one is None)


def _cells(found: pd.DataFrame, period: str) -> dict[tuple, object]:
    """The frame's rows of a period by their group and column; a pair without cases has none."""
    return {(cell.row, cell.column): cell for cell in found[found["period"] == period].itertuples(index=False)}


def _ordered(found: pd.DataFrame, place: str, dimension: str) -> list:
    """The groups of a place: in their own order where they have one, else by cases; what is not known, others and the total last."""
    now = found[found["period"] == "now"]
    groups = list(dict.fromkeys(now[place]))
    plain = [g for g in groups if g not in (None, "", OTHERS, TOTAL)]
    if DIMENSIONS[dimension].dated or dimension in words.ORDERED:
        plain.sort(key=lambda g: words.order_of(dimension, g))
    else:
        cases = now.groupby(place, dropna=False)["n"].max().to_dict()
        plain.sort(key=lambda g: (-_known(cases.get(g, 0)), str(g)))
    return plain + [g for g in ("", None, OTHERS, TOTAL) if g in groups]


def _known(n: float) -> float:
    return -1.0 if math.isnan(n) else n


def _called(one: _Asked, dimension: str, group: object) -> str:
    if group == TOTAL:
        return t("Total")
    return t("All others") if group == OTHERS else words.group_name(dimension, group, one.names)
