"""The pictures of Explore: lines, bars and heat maps, one or a few small ones on one scale."""
import datetime as dt
import math

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars, heat, interval, lines
from crm_core.i18n import t
from crm_core.metrics import Metric
from crm_core.metrics.dimensions import DIMENSIONS, OTHERS, TOTAL
from crm_core.queries.spread import spreads
from crm_core.telling import exploring, words
from crm_core.telling.exploring import Axes, Grid, is_sure
from crm_core.telling.figures import interval_text, value_text
from crm_core.ui import explore_marks, explore_shapes
from crm_core.ui.explore_shapes import axis
from crm_core.ui.load import view
from crm_core.ui.parts import chart, mode, picture_kind, small
from crm_core.ui.text import safe

MOST_LINES, MOST_ROWS = 4, 20
SMALL, LARGE, TALL = 190, 300, 42  # px of a picture among several, of one alone, and of a row of cells in two lines


def kind_of(chosen: str, axes: Axes) -> str:
    """Return what is drawn: the choice, or what fits: time as a line, two dimensions as a heat map, groups as bars."""
    if chosen != "auto":
        return chosen
    return "line" if axes.rows in exploring.TIMES else "heat" if axes.columns else "bars"


def draw(kind: str, choice, axes: Axes, frame: pd.DataFrame, compared: tuple, title: str) -> None:
    """Draw the picture, or say why there is none and what to choose."""
    if (why := _cannot(kind, choice, axes)) is not None:
        small(safe(why), grey=True)
    elif kind == "spread":
        explore_shapes.spread(choice.k, title)
    elif kind == "map":
        explore_shapes.world(choice.k, frame, title)
    elif kind == "scatter":
        explore_shapes.two_figures(choice, axes, frame, title)
    else:
        _pictures(kind, choice, axes, frame, compared, title)


def _cannot(kind: str, choice, axes: Axes) -> str | None:
    """Why a picture cannot be drawn of these choices."""
    if kind == "line" and axes.rows not in words.ORDERED:
        return t("A line needs rows in an order: choose time for the rows, or bars as the chart.")
    if kind == "heat" and not axes.columns:
        return t("A heat map needs columns: choose a dimension for the columns, or bars as the chart.")
    if kind == "map" and axes.rows != "country":
        return t("The map shows countries: choose Country for the rows, or bars as the chart.")
    if kind == "scatter" and (not choice.second or choice.second == choice.kpi):
        return t("This chart shows two figures of each group: choose a second figure.")
    if kind == "spread" and not spreads(choice.k):
        return t("Everyone behind this figure adds the same to it, so that there is nothing to spread: choose nights, revenue or days.")
    return None


# --- one picture, or one for each panel -------------------------------------------------------------------------------------------------
def _pictures(kind: str, choice, axes: Axes, frame: pd.DataFrame, compared: tuple, title: str) -> None:
    groups = exploring.panels_of(frame, axes) if axes.panels else [TOTAL]
    grids = [Grid(frame, axes, choice.sort, group) for group in groups]
    before = [exploring.beside(frame, axes, *compared, panel=group) for group in groups]
    figures = [_figure(kind, choice, grid, was, SMALL if axes.panels else LARGE) for grid, was in zip(grids, before, strict=True)]
    _alike(kind, [figure for figure in figures if figure])
    if not axes.panels:
        _one(figures[0], title, f"explore_{kind}")
    else:
        with st.grid(3, min_column_width=280, gap="small"):
            for group, figure in zip(groups, figures, strict=True):
                with st.container(gap="xxsmall"):
                    st.markdown(f"**{safe(axes.name(2, group))}**")
                    _one(figure, f"{title}: {axes.name(2, group)}", f"explore_{kind}_{group}")
    if kind == "line":
        _said_of_lines(axes, grids)
        explore_marks.said(axes)


def _one(figure: dict | None, alt: str, key: str) -> None:
    if figure is None:
        small(safe(t("Every group has too few cases: widen the period or the filters.")), grey=True)
    else:
        chart(figure, alt, key=key, save=picture_kind())


def _figure(kind: str, choice, grid: Grid, before, height: int) -> dict | None:
    if not any(is_sure(cell) for cell in grid.cells.values()):
        return None
    return {"line": _lines, "bars": _bars, "heat": _heat}[kind](choice, grid, before, height)


def _value(cell) -> float | None:
    return cell.value if is_sure(cell) else None


def _alike(kind: str, figures: list[dict]) -> None:
    """Give small pictures one scale, so that they can be compared."""
    axis = {"line": "yaxis", "bars": "xaxis"}.get(kind)
    if axis and len(figures) > 1:
        ends = [figure["layout"][axis]["range"] for figure in figures]
        widest = max(figures, key=lambda figure: figure["layout"][axis]["range"][1])["layout"][axis]
        for figure in figures:
            figure["layout"][axis] |= {**widest, "range": [min(low for low, _ in ends), max(high for _, high in ends)]}


# --- lines ------------------------------------------------------------------------------------------------------------------------------
def _lines(choice, grid: Grid, before, height: int) -> dict:
    k, axes = choice.k, grid.axes
    labels = [axes.name(0, row) for row in grid.rows]
    drawn = _columns(grid)
    series = [_series(k, grid, column, axes.name(1, column) if axes.columns else "") for column in drawn]
    if not axes.columns and k.dated:
        was = [before(row) for row in grid.rows]
        name = t("last year") if view().scope.comparison == "year" else t("before")
        if any(is_sure(cell) for cell in was):
            series.append(lines.Series(name, [_value(cell) for cell in was], [exploring.cell_text(k, cell, None, "value", view().currency) for cell in was],
                                       dotted=True))
    return lines.lines(mode(), labels, series, marks=explore_marks.marks(axes, grid.rows), ticks=_ticks(axes, grid.rows), say=axis(k), height=height)


def _columns(grid: Grid) -> list:
    """The columns that are drawn: at most four, those with most cases."""
    if not grid.axes.columns:
        return [TOTAL]
    size = lambda column: -(cell.n if is_sure(cell := grid.cell(TOTAL, column)) and not math.isnan(cell.n) else -1)  # noqa: E731
    return sorted((column for column in grid.columns if column != OTHERS), key=size)[:MOST_LINES]


def _series(k: Metric, grid: Grid, column: object, name: str) -> lines.Series:
    cells = [grid.cell(row, column) for row in grid.rows]
    zero = exploring.is_count(k)
    values = [0.0 if cell is None and zero else _value(cell) for cell in cells]
    texts = [" · ".join(filter(None, (exploring.cell_text(k, cell, None, "value", view().currency), _spread_text(k, cell)))) for cell in cells]
    return lines.Series(name, values, texts, *([getattr(cell, end) if is_sure(cell) else None for cell in cells] for end in ("low", "high")))


def _spread_text(k: Metric, cell) -> str:
    """The interval and cases of a cell, as a tooltip tells them."""
    if not is_sure(cell):
        return ""
    return " · ".join(filter(None, (interval_text(k, cell.low, cell.high, view().currency), formats.n(round(cell.n)) if not math.isnan(cell.n) else "")))


def _ticks(axes: Axes, rows: list) -> list[str]:
    """Short names under the points: at most six, so that they fit a phone."""
    step = max(1, math.ceil(len(rows) / 6))
    return [_short(axes, row) if at % step == 0 else "" for at, row in enumerate(rows)]


def _short(axes: Axes, row: object) -> str:
    if axes.rows in ("week", "day") and isinstance(row, dt.date):
        return formats.day_month(row)
    if axes.rows == "weekday" and row is not None:
        return formats.weekday_short(dt.date(2024, 1, int(row)))
    return axes.name(0, row)


def _said_of_lines(axes: Axes, grids: list[Grid]) -> None:
    if axes.columns and any(len(grid.columns) > len(_columns(grid)) for grid in grids):
        small(safe(t("At most {n} lines can be told apart: those with most cases are drawn, the table holds all.", n=MOST_LINES)), grey=True)


# --- bars and heat ----------------------------------------------------------------------------------------------------------------------
def _bars(choice, grid: Grid, before, height: int) -> dict:
    """Groups as bars; as points with their intervals where there are any."""
    k, axes, currency = choice.k, grid.axes, view().currency
    rows = [row for row in grid.rows if is_sure(grid.cell(row))][:MOST_ROWS]
    cells, labels = [grid.cell(row) for row in rows], [axes.name(0, row) for row in rows]
    texts = [value_text(k, cell.value, currency) for cell in cells]
    if k.interval != "none" and any(not math.isnan(cell.low) for cell in cells):
        texts = [f"{text} ({interval_text(k, cell.low, cell.high, currency)})" for text, cell in zip(texts, cells, strict=True)]
        return interval.forest(mode(), labels, [c.value for c in cells], [c.low for c in cells], [c.high for c in cells], texts, say=axis(k))
    return bars.bars(mode(), labels, [c.value for c in cells], texts, sort=False, notes=[exploring.change_text(k, c, before(row), currency) if k.dated else ""
                                                                              for c, row in zip(cells, rows, strict=True)])


def _heat(choice, grid: Grid, before, height: int) -> dict:
    k, axes, currency = choice.k, grid.axes, view().currency
    rows, zero = grid.rows[:MOST_ROWS], exploring.is_count(k)
    table = [[grid.cell(row, column) for column in grid.columns] for row in rows]
    values = [[0.0 if cell is None and zero else None if cell is None else 0.0 if not is_sure(cell) else cell.value for cell in line] for line in table]
    texts = [[exploring.sure_text(k, cell, currency) if cell is None or not cell.hidden else "·" for cell in line] for line in table]
    tall = any("\n" in text for line in texts for text in line)
    few = [[cell is not None and not is_sure(cell) for cell in line] for line in table]
    return heat.heat(mode(), [_column(axes, column) for column in grid.columns], [axes.name(0, row) for row in rows], values, texts, few=few,
                     corner=t(DIMENSIONS[axes.columns].name), row_height=TALL if tall else heat.ROW, fitting=True)


def _column(axes: Axes, column: object) -> str:
    return _short(Axes(axes.columns, None, None, axes.names), column) if column not in (OTHERS, TOTAL) else axes.name(1, column)
