"""The cards of one KPI's own page."""

import math

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars, interval, trend
from crm_core.i18n import N_, t
from crm_core.metrics import CATALOGUE, Metric, metric
from crm_core.metrics.dimensions import DIMENSIONS
from crm_core.telling import words
from crm_core.telling.figures import axis_text, interval_text, value_text
from crm_core.ui import drawer, tiles
from crm_core.ui.filters import missing, one, tell_missing
from crm_core.ui.load import load, view
from crm_core.ui.parts import downloads, mode, panel, selectable_chart, small
from crm_core.ui.text import safe

SPLITS = tuple(key for key in DIMENSIONS if key != "day")
MOST_BARS = 15


def choose() -> tuple[str, str]:
    """Draw the two choices of the page, a KPI and a dimension, and return their keys."""
    kpis = {k.key: k.name for k in CATALOGUE.values()}
    tell_missing(missing({"kpi": kpis}))
    left, right = st.columns([1.62, 1])
    with left:
        key = one("kpi", t("Figure"), kpis)
    with right:
        fitting = [d for d in SPLITS if any(DIMENSIONS[d].fits(m.mart) for m in metric(key).numerator)]
        by = one("by", t("Split by"), {d: DIMENSIONS[d].name for d in fitting})
    return key, by


def value(key: str) -> None:
    """The KPI's card beside its definition."""
    k = metric(key)
    left, right = st.columns([1, 1.62])
    with left:
        tiles.kpi_row((key,), columns=1)
    with right, panel(t(k.name), t("Definition {number} · source: {source}", number=k.number, source=k.source)):
        drawer.definition(k)
        drawer.as_run(k)


def split(key: str, by: str) -> tuple[str, object] | None:
    """The KPI by a dimension: intervals where there are any, else bars; groups with too few cases are named, not drawn.

    Returns the group that was clicked, as the query `behind` takes it, or None.
    """
    k = metric(key)
    if not all(DIMENSIONS[by].fits(m.mart) for m in k.numerator):
        with panel(t("{name} by {dimension}", name=t(k.name), dimension=t(DIMENSIONS[by].name).lower())):
            small(safe(t("This figure cannot be told apart like this: choose another split.")))
        return None
    frame = load("kpi_values", keys=(key,), by=by)
    now = _ordered(frame[frame["period"] == "now"], by)
    names = {**load("properties").set_index("property_id")["name"].to_dict(), **load("channels").set_index("channel")["name"].to_dict()}
    now = now[now["n"] > 0]  # a split by month also names the comparison's months
    enough = now[~now["few"].astype(bool) & now["value"].notna()]
    title = t("{name} by {dimension}", name=t(k.name), dimension=t(DIMENSIONS[by].name).lower())
    with panel(title, _said(now, enough, k.minimum)):
        if enough.empty:
            small(safe(t("Every group has too few cases: widen the period or the filters.")))
            return None
        shown = enough.head(MOST_BARS)
        labels = [words.group_name(by, g, names) for g in shown["group"]]
        picked = selectable_chart(_picture(k, shown, labels, by), title, key=f"split_{key}_{by}")
        downloads(
            f"{key}-by-{by}",
            [t(DIMENSIONS[by].name), t(k.name), t("Low"), t("High"), "n"],
            lambda: [(words.group_name(by, r.group, names), r.value, _none(r.low), _none(r.high), r.n) for r in now.itertuples()],
        )
    return (by, _bare(shown["group"].iloc[int(picked)])) if picked and int(picked) < len(shown) else None


def _bare(group: object) -> object:
    """Return a group's value as a statement takes it: plain numbers and dates, None for what is not known."""
    if pd.isna(group):
        return None
    return group.date() if isinstance(group, pd.Timestamp) else getattr(group, "item", lambda: group)()


def _ordered(now: pd.DataFrame, by: str) -> pd.DataFrame:
    if by in words.ORDERED:
        return now.iloc[now["group"].map(lambda g: words.order_of(by, g)).argsort().to_numpy()]
    return now.sort_values("value", ascending=False, na_position="last")


def _said(now: pd.DataFrame, enough: pd.DataFrame, minimum: int) -> str:
    scope = view().scope
    parts = [formats.period(scope.period.start, scope.period.end), t("{n} groups", n=len(now))]
    if len(now) > len(enough):
        parts.append(t("{n} groups with fewer than {minimum} cases are not drawn", n=len(now) - len(enough), minimum=minimum))
    if len(enough) > MOST_BARS:
        parts.append(t("the first {n} are drawn", n=MOST_BARS))
    return " · ".join(parts)


def _picture(k, shown: pd.DataFrame, labels: list[str], by: str) -> dict:
    currency, keys = view().currency, list(range(len(shown)))
    texts, axis = [value_text(k, v, currency) for v in shown["value"]], lambda v: axis_text(k, v, currency)
    if k.interval != "none" and shown["low"].notna().any():
        texts = [f"{text} ({interval_text(k, r.low, r.high, currency)})" for text, r in zip(texts, shown.itertuples(), strict=True)]
        return interval.forest(
            mode(), labels, shown["value"].tolist(), shown["low"].tolist(), shown["high"].tolist(), texts, say=axis, keys=keys
        )
    if by in words.ORDERED:
        return trend.trend(mode(), labels, shown["value"].tolist(), None, [True] * len(shown), texts, ticks=labels, say=axis, keys=keys)
    return bars.bars(mode(), labels, shown["value"].tolist(), texts, notes=drawer.cases(k, shown["n"]), keys=keys)


def _none(x: float) -> float | None:
    return None if math.isnan(x) else x


def months(key: str) -> None:
    """The KPI month by month."""
    with panel(t("{name} by month", name=t(metric(key).name)), t("Complete months; the last one may be running")):
        drawer.months(metric(key), "-page")


def rows(key: str, group: tuple[str, object] | None) -> None:
    """The guests or stays behind the KPI, or behind the part of it that was clicked."""
    k = metric(key)
    if not k.opens:
        return
    narrowed = {"group": group} if group else {}
    count = int(load("behind_total", key=key, **narrowed)["rows"].iloc[0])
    title = _behind_title(k, formats.count(count))
    said = (
        t("Of the part that was clicked above; click it again for all")
        if group
        else t("What each adds to the number; together they make it")
    )
    with panel(title, said):
        drawer.rows_behind(k, count, group, "-page")


def _behind_title(k: Metric, n: str) -> str:
    names = {"guests": N_("The {n} guests behind it"), "leads": N_("The {n} leads behind it"), "profiles": N_("The {n} profiles behind it"),
             "stays": N_("The {n} stays behind it"), "reviews": N_("The {n} reviews behind it"), "cases": N_("The {n} cases behind it")}
    return t(names[k.behind], n=n)
