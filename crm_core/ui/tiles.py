"""The KPI row, and what a KPI opens to: definition, interval, the SQL as run, and the guests or stays behind it."""
import math

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.metrics.measures import rooms
from crm_core.telling.figures import Tile, against, basis_text, change_markdown, tile, value_text
from crm_core.ui import drawer
from crm_core.ui.load import load, view
from crm_core.ui.parts import too_few


def kpi_row(keys: tuple[str, ...], columns: int = 6) -> dict[str, Tile]:
    """Draw one card for each KPI and return their tiles."""
    values = load("kpi_values", keys=keys)
    months = load("kpi_months", keys=keys, count=13)
    tiles = {key: tile(values, key, view().currency) for key in keys}
    with st.grid(columns, min_column_width=150, gap="small"):
        for key, one in tiles.items():
            _card(one, sparkline(months, key))
    return tiles


def card(key: str) -> None:
    """Draw one KPI's card where the caller's grid is."""
    _card(tile(load("kpi_values", keys=(key,)), key, view().currency), sparkline(load("kpi_months", keys=(key,), count=13), key))


def sparkline(months: pd.DataFrame, key: str) -> list[float] | None:
    """Return a KPI's complete months for its sparkline; nothing where there are fewer than two."""
    if key not in months:
        return None
    as_of = pd.Timestamp(view().scope.as_of)
    ends = pd.to_datetime(months["month"]) + pd.offsets.MonthBegin(1)
    values = [v for v in months.loc[ends <= as_of, key].tail(12).tolist() if not math.isnan(v)]
    return values if len(values) > 1 else None


def _card(one: Tile, line: list[float] | None) -> None:
    name = t(one.metric.name)
    with st.container(border=True, height="stretch", gap="xxsmall"):
        if st.button(name, type="tertiary", key=f"open_{one.metric.key}", icon=":material/chevron_right:", icon_position="right"):
            drawer.opens(one.metric.key)
        shown = formats.DASH if one.few else value_text(one.metric, one.value, view().currency)
        st.metric(name, shown, label_visibility="collapsed", chart_data=line, delta_color="gray")
        st.markdown("  \n".join(f":small[{said}]" for said in lines(one)))


def lines(one: Tile) -> list[str]:
    """Return the small lines under a tile's value: the change on either comparison, then what the number rests on."""
    if one.few and rooms in one.metric.denominator:
        return [t("No rooms are known for these days: add them in Settings.")]
    if one.few:
        return [too_few(one.n, one.metric.minimum)]
    if not one.metric.dated:
        return [basis_text(one, view().currency), t("as of {day}", day=formats.day_month(view().scope.as_of))]
    return [*(f"{change_markdown(change)} {against(name)}" for name, change in one.changes.items()), basis_text(one, view().currency)]
