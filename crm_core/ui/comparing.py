"""The card that compares groups of guests on a KPI: each beside all others, with intervals and a correction for having looked at many."""
from dataclasses import replace

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval
from crm_core.i18n import N_, t
from crm_core.metrics import CATALOGUE, Metric, metric
from crm_core.queries.comparing import comparable, is_share, per_guest
from crm_core.rule import Segment
from crm_core.scope import Period, Scope
from crm_core.telling.figures import axis_text, value_text
from crm_core.ui import groups, guest_rows, kind_words
from crm_core.ui.load import load, view
from crm_core.ui.parts import mode, panel, selectable_chart, small, table_height
from crm_core.ui.text import safe
from crm_core.views import segment_of

BY = {"country": N_("Country"), "rfm": N_("RFM group"), "tier": N_("Value tier"), "cluster": N_("Cluster"), "purpose": N_("Purpose"), "season": N_("Season"),
      "party": N_("Party"), "segment": N_("Saved segment")}
WHEN = {"all": N_("All history"), "period": N_("In the period")}
FIRST_KPI = "return_rate_12m"
WHOLE_UNITS = 1000  # minor units from which a difference is told without them
# Groups that are made from stays and spend differ in them by their making.
MADE_OF_STAYS = ("rfm", "tier", "cluster", "season")
HOW = {
    "share": N_("Interval of the difference: Newcombe; p: z test with the pooled share."),
    "cases": N_("Interval of the difference: Newcombe; p: z test with the pooled share; both allow for guests who booked several times."),
    "curve": N_("Interval of the difference: from both intervals (MOVER); p fits it."),
    "ratio": N_("Interval and p: from the spread between guests (linearised)."),
}


@st.fragment
def card() -> None:
    """Choose a KPI and what to compare; see each group against all others."""
    kpis = [key for key, k in CATALOGUE.items() if comparable(k)]
    key, by, when = _picked("compare_key", kpis, FIRST_KPI), _picked("compare_by", list(BY), "country"), _picked("compare_when", list(WHEN), "all")
    k, segments = metric(key), _segments() if by == "segment" else ()
    scope = _scope(k, when)
    found = load("compare_groups", scope, key=key, by=by, segments=segments)
    names = [kind_words.group_name(by, g, segments) for g in found["group"]]
    values = [_value(k, v) for v in found["value"]]
    with panel(kind_words.compare_title(k, found, names, values), _subtitle(k, scope)):
        _choose(kpis)
        if found["value"].notna().any():
            clicked = _drawn(k, found, names, values, f"{key}_{by}_{when}")
            small(safe(" ".join(_said(k, by, found))), grey=True)
            if clicked is not None and clicked < len(found):
                _guests(by, found["group"].iloc[clicked], names[clicked], segments)
        else:
            small(safe(_nothing(by)), grey=True)


def _picked(key: str, known: list[str], first: str) -> str:
    chosen = st.session_state.get(key)
    return chosen if chosen in known else first


def _choose(kpis: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.selectbox(t("Figure"), kpis, index=kpis.index(FIRST_KPI), format_func=lambda key: kind_words.kpi_name(metric(key)), key="compare_key",
                     label_visibility="collapsed", width=280)
        st.selectbox(t("Compare by"), list(BY), format_func=lambda by: t(BY[by]), key="compare_by", label_visibility="collapsed", width=180)
        st.segmented_control(t("When"), list(WHEN), format_func=lambda when: t(WHEN[when]), default="all", required=True, key="compare_when",
                             label_visibility="collapsed")


def _segments() -> tuple[Segment, ...]:
    return tuple(segment for row in view().saved if (segment := segment_of(row)))


def _scope(k: Metric, when: str) -> Scope:
    scope, first = view().scope, view().warehouse.version.history_from
    return replace(scope, period=Period(first, scope.as_of)) if when == "all" and k.dated and first and first < scope.as_of else scope


def _subtitle(k: Metric, scope: Scope) -> str:
    period = formats.period(scope.period.start, scope.period.end) if k.dated else t("as of {day}", day=formats.date(scope.as_of))
    said = (N_("{name}: each group less all others, in points, with 95% interval · {period} · guests known by name") if k.unit == "share"
            else N_("{name}: each group less all others, with 95% interval · {period} · guests known by name"))
    return t(said, name=kind_words.kpi_name(k), period=period)


def _nothing(by: str) -> str:
    said = {"segment": N_("No segment is saved yet: build one above."), "cluster": N_("There are no clusters to compare: see above.")}
    return t(said.get(by, N_("Nothing is known of this figure for these guests.")))


# --- the picture and the table ------------------------------------------------------------------------------------------------
def _drawn(k: Metric, found: pd.DataFrame, names: list[str], values: list[str], key: str) -> int | None:
    """Draw both, and return the place of the group that was clicked or ticked."""
    left, right = st.columns([1, 1])
    judged = found[found["p"].notna()]
    with left:
        if judged.empty:
            small(safe(kind_words.scan(found)), grey=True)
        clicked = None if judged.empty else selectable_chart(_forest(k, judged, names), t("Difference of each group from all others"), key=f"compare_{key}")
    with right:
        ticked = st.dataframe(_table(k, found, names, values), hide_index=True, row_height=34, height=table_height(len(found), 31), key=f"compared_{key}",
                              on_select="rerun", selection_mode="single-row", column_config=_widths(), alt=t("Groups compared")).selection.rows
    return ticked[0] if ticked else int(clicked) if clicked else None


def _forest(k: Metric, judged: pd.DataFrame, names: list[str]) -> dict:
    tones = ["accent" if q <= kind_words.DISCOVERY else "line" for q in judged["q"]]
    texts = [_with_interval(k, r.difference, r.difference_low, r.difference_high) for r in judged.itertuples()]
    return interval.forest(
        mode(), [names[i] for i in judged.index], judged["difference"], judged["difference_low"], judged["difference_high"], texts, tones=tones,
        no_effect=t("no difference"), say=lambda v: _axis(k, v), keys=list(judged.index),
    )  # fmt: skip


def _table(k: Metric, found: pd.DataFrame, names: list[str], values: list[str]) -> pd.DataFrame:
    spans = [f"{value} ({said})" if (said := _own_span(k, r.low, r.high)) else value for value, r in zip(values, found.itertuples(), strict=True)]
    return pd.DataFrame({
        t("Guest group"): names, t("n"): [formats.count(n) for n in found["n"]], t("Value"): spans, t("Others"): [_value(k, v) for v in found["rest"]],
        t("p"): [_p(p, few) for p, few in zip(found["p"], found["few"], strict=True)],
        t("q, corrected"): [_p(q, few) for q, few in zip(found["q"], found["few"], strict=True)],
    })  # fmt: skip


def _widths() -> dict:
    right = {t("n"): 58, t("Value"): 150, t("Others"): 68, t("p"): 62, t("q, corrected"): 94}
    return {t("Guest group"): st.column_config.Column(width=130)} | {name: st.column_config.Column(width=width, alignment="right") for name, width in right.items()}


def _p(p: float, few: bool) -> str:
    if few:
        return t("too few")
    return "< 0.001" if p < 0.001 else formats.decimal(p, 3)


# --- numbers as text ----------------------------------------------------------------------------------------------------------
def _value(k: Metric, value: float) -> str:
    if per_guest(k) and k.unit != "money":
        return formats.decimal(value, 2)
    return value_text(k, value, view().currency)


def _own_span(k: Metric, low: float, high: float) -> str:
    if pd.isna(low) or pd.isna(high):
        return ""
    if k.unit == "money":
        return f"{formats.money(low, view().currency)}–{formats.money(high, view().currency)}"
    return formats.share_interval(low, high) if k.unit == "share" else formats.interval(low, high, 0 if k.unit == "days" else 2)


def _difference(k: Metric, *values: float) -> list[str]:
    """Differences, or the ends of their interval, as text: shares in points, money to the cent where it is little."""
    if k.unit == "money":
        write = formats.money if max(map(abs, values)) >= WHOLE_UNITS else formats.money_exact
        return [("+" if value > 0 else "") + write(value, view().currency) for value in values]
    scale, digits = (100, 1) if k.unit == "share" else (1, 0 if k.unit == "days" else 2)
    return [formats.signed(scale * value, digits) for value in values]


def _with_interval(k: Metric, difference: float, low: float, high: float) -> str:
    said, first, last = _difference(k, difference, low, high)
    return f"{said} ({t('{low} to {high}', low=first, high=last)})"


def _axis(k: Metric, value: float) -> str:
    if k.unit == "share":
        return formats.signed(100 * value, 0)
    return axis_text(k, value, view().currency)


# --- what to make of it -------------------------------------------------------------------------------------------------------
def _said(k: Metric, by: str, found: pd.DataFrame) -> list[str]:
    kind = "curve" if k.interval in ("survival", "median") else "ratio" if not is_share(k) else "share" if k.people else "cases"
    own = [t("These groups are made from stays and spend: that they differ in them is no finding.")] if by in MADE_OF_STAYS else []
    if found["p"].isna().all():
        return own
    return [kind_words.scan(found), t("Correction: Benjamini-Hochberg, q at most 0.10."), t(HOW[kind]), *own]


def _guests(by: str, group: object, name: str, segments: tuple[Segment, ...]) -> None:
    """The guests of the group that was clicked, whatever the KPI counts of them."""
    scope = replace(view().scope, segment=segments[group]) if by == "segment" else view().scope
    where = () if by == "segment" else ((by, getattr(group, "item", lambda: group)()),)
    rows = lambda offset, limit: load("group_guests", scope, where=where, offset=offset, limit=limit)  # noqa: E731
    total = rows(0, 1)["rows"]
    st.markdown(f"**{safe(name)}** :small[:gray[{safe(t('guests with a stay, highest spend of 36 months first'))}]]")
    if len(total):
        guest_rows.listing(f"compared_{by}_{group}", int(total.iloc[0]), rows, groups.guest_columns, name)
    else:
        small(safe(t("Nobody.")), grey=True)
