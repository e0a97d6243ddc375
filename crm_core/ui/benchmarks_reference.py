"""Figures of the trade that come with the program: typical range, year, source and strength, beside the own value where a KPI means the same."""
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.association.benchmarks import Reference, reference
from crm_core.association.texts import said
from crm_core.i18n import N_, language, t
from crm_core.metrics import CATALOGUE, metric
from crm_core.telling.figures import interval_text, value_text
from crm_core.ui import benchmarks_words as words
from crm_core.ui.benchmarks import plainly
from crm_core.ui.load import load, view
from crm_core.ui.parts import downloads, panel, small, table_height
from crm_core.ui.text import safe

SHOWS = {"own": N_("With our value"), "all": N_("All")}


@st.fragment
def table() -> None:
    """The reference figures: those beside which a KPI of ours stands, or all of them."""
    there = reference()
    own = _own(there)
    places = {at: words.stands(_told(own, one), one, view().currency) for at, one in enumerate(there)}
    with panel(words.reference_title(list(places.values())), t("Typical range, never a target · ours: the period and houses above"), right=_shows, height="content"):
        show = st.session_state.get("reference_show") or "own"
        chosen = [at for at, one in enumerate(there) if show == "all" or one.kpi in CATALOGUE]
        rows = [_row(there[at], own.get(there[at].kpi), places[at]) for at in chosen]
        columns = [t("Figure"), t("Typical"), t("Ours"), t("Ours stands"), t("Year"), t("Strength"), t("Source"), t("Note")]
        shown = pd.DataFrame(rows, columns=columns)
        shown[t("Strength")] = [[one] for one in shown[t("Strength")]]
        st.dataframe(shown, hide_index=True, row_height=34, height=table_height(len(rows), 12), column_config=_config(), alt=t("Figures of the trade beside ours"))
        small(safe(t("“Weak” is a vendor's or second-hand figure without a method, “assumption” a range to plan with. What is typical elsewhere need not be "
                     "right for this house.")), grey=True)
        downloads("reference-figures", columns, lambda: rows)


def _shows() -> None:
    st.segmented_control(t("Show"), list(SHOWS), format_func=lambda code: t(SHOWS[code]), default="own", required=True, key="reference_show",
                         label_visibility="collapsed")


def _config() -> dict:
    return {t("Figure"): st.column_config.TextColumn(width=330), t("Typical"): st.column_config.TextColumn(width=180),
            t("Ours"): st.column_config.TextColumn(width=170), t("Ours stands"): st.column_config.TextColumn(width=90),
            t("Strength"): st.column_config.MultiselectColumn(width=110, options=[t(name) for name, _ in words.STRENGTHS.values()],
                                                              color=[colour for _, colour in words.STRENGTHS.values()])}  # fmt: skip


def _own(there: Sequence[Reference]) -> dict[str, Mapping]:
    """The own values of the KPIs that the figures name, by key."""
    keys = tuple(sorted({one.kpi for one in there if one.kpi in CATALOGUE}))
    found = load("kpi_values", plainly(view().scope), keys=keys)
    return {row["key"]: row for row in found[found["period"] == "now"].to_dict("records")}


def _told(own: Mapping[str, Mapping], one: Reference) -> float:
    row = own.get(one.kpi)
    return row["value"] if row and not row["few"] else float("nan")


def _row(one: Reference, own: Mapping | None, place: str) -> tuple:
    return (words.figure(one), one.value, _ours(one.kpi, own), t(words.STANDS[place]) if place else formats.DASH, one.year or formats.DASH,
            words.strength(one.strength), one.source, said(one.note, language()))


def _ours(kpi: str, own: Mapping | None) -> str:
    if own is None:
        return formats.DASH
    if own["few"] or pd.isna(own["value"]):
        return t("too few to tell")
    k, currency = metric(kpi), view().currency
    ends = interval_text(k, own["low"], own["high"], currency)
    return f"{value_text(k, own['value'], currency)} ({ends})" if ends else value_text(k, own["value"], currency)
