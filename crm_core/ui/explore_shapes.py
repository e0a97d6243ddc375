"""Shapes of Explore that stand alone: two figures of each group, the distribution of what each adds, the map of countries."""
import math

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import distribution, scatter
from crm_core.charts.origin_map import legend, origin_map, round_classes
from crm_core.geography import label_points, shapes
from crm_core.i18n import t
from crm_core.metrics import Metric, metric
from crm_core.metrics.dimensions import OTHERS, TOTAL
from crm_core.telling import exploring
from crm_core.telling.exploring import Axes, Grid, is_sure
from crm_core.telling.figures import axis_text, value_text
from crm_core.ui.load import load, view
from crm_core.ui.parts import chart, mode, picture_kind, small
from crm_core.ui.text import safe

HEIGHT = 300  # px


def axis(k: Metric):
    """Return how a chart writes an axis value of a KPI."""
    currency = view().currency
    return lambda value: axis_text(k, value, currency)


# --- two figures ------------------------------------------------------------------------------------------------------------------------
def two_figures(choice, axes: Axes, frame: pd.DataFrame, title: str) -> None:
    k, second, currency, grid = choice.k, metric(choice.second), view().currency, Grid(frame, axes, "n")
    both = [(row, cell) for row in grid.rows if is_sure(cell := grid.cell(row)) and not pd.isna(cell.second_value) and not cell.second_few]
    if len(both) < 2:
        small(safe(t("Fewer than two groups have enough cases of both figures: widen the period or the filters.")), grey=True)
        return
    texts = [f"{axes.name(0, row)}: {t(k.name)} {value_text(k, cell.value, currency)} · {t(second.name)} {exploring.second_text(second, cell, currency)}"
             f" · {formats.n(round(cell.n))}" for row, cell in both]
    cells = [cell for _, cell in both]
    figure = scatter.scatter(
        mode(), [axes.name(0, row) for row, _ in both], [c.value for c in cells], [c.second_value for c in cells], texts,
        across_ends=([c.low for c in cells], [c.high for c in cells]), up_ends=([c.second_low for c in cells], [c.second_high for c in cells]),
        titles=(t(k.name), t(second.name)), say_across=axis(k), say_up=axis(second))
    chart(figure, title, key="explore_scatter", save=picture_kind())
    small(safe(t("One dot for each group with both intervals. Groups are not people: what holds between groups need not hold within them.")), grey=True)


# --- distribution -----------------------------------------------------------------------------------------------------------------------
def spread(k: Metric, title: str) -> None:
    """How what each guest or stay adds is spread; bins of fewer than five are joined."""
    found, currency = load("spread", key=k.key), view().currency
    if found.empty:
        small(safe(t("Fewer than five people are behind it: widen the period or the filters.")), grey=True)
        return
    say = lambda value: exploring.amount(k, value, currency)  # noqa: E731
    names = [exploring.bin_name(say, low, high) for low, high in zip(found["from"], found["to"], strict=True)]
    texts = [f"{name}: {formats.count(people)}" for name, people in zip(names, found["people"], strict=True)]
    ticks = [say(low) if at % max(1, math.ceil(len(found) / 6)) == 0 and not math.isnan(low) else "" for at, low in enumerate(found["from"])]
    marks = [(place, t("half have less")) for place in [_place(found, found["p50"].iloc[0])] if place is not None]
    figure = distribution.distribution(mode(), names, found["people"].tolist(), texts, marks=marks, ticks=ticks, across=t(k.name), height=HEIGHT)
    chart(figure, title, key="explore_spread", save=picture_kind())
    small(safe(exploring.quantiles_said(k, found.iloc[0], currency)), grey=True)


def _place(found: pd.DataFrame, value: float) -> float | None:
    """The place of a value between the bars."""
    if math.isnan(value):
        return None
    for at, (low, high) in enumerate(zip(found["from"].fillna(-math.inf), found["to"].fillna(math.inf), strict=True)):
        if low <= value < high:
            return at - 0.5 + ((value - low) / (high - low) if math.isfinite(high - low) else 0.5)
    return None


# --- map --------------------------------------------------------------------------------------------------------------------------------
def world(k: Metric, frame: pd.DataFrame, title: str) -> None:
    """Countries in five shades; those of too few guests are grey."""
    now = frame[(frame["period"] == "now") & (frame["column"] == TOTAL) & (frame["panel"] == TOTAL)]
    cells = {cell.row: cell for cell in now.itertuples() if cell.row not in (TOTAL, OTHERS, None, "")}
    hidden = {code for code, cell in cells.items() if not is_sure(cell)}
    values = {code: max(0.0, cell.value) for code, cell in cells.items() if code not in hidden}
    factor = 100 if k.unit == "share" else 1
    limits = round_classes([value * factor for value in values.values()])
    tips = {code: (formats.territory(code), exploring.cell_text(k, cells[code], None, "value", view().currency)) for code in values}
    scaled = {code: value * factor for code, value in values.items()}
    st.pydeck_chart(origin_map(mode(), shapes(), label_points(), scaled | dict.fromkeys(hidden, 0), limits, hidden, tips), height=480, key="explore_map", alt=title)
    says = [exploring.class_name(k, low, high, factor, view().currency) for _, low, high in legend(mode(), limits)]
    small(safe(t("From light to dark: {classes}. Grey: too few guests or cases.", classes=" · ".join(says))), grey=True)
