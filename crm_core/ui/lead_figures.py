"""The figures of the Leads page: conversion by source and stage, time in stage, and how good the score is."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval
from crm_core.i18n import t, tn
from crm_core.marts.lead_scores import GROUP
from crm_core.stats.lead_score import FEWEST_CONVERSIONS, FEWEST_LEADS, GIVEN, MODEL, NONE, POINTS, START
from crm_core.telling.lead_words import KINDS, SOURCES, STAGES, reason
from crm_core.ui.load import load
from crm_core.ui.parts import chart, mode, panel, small
from crm_core.ui.text import safe

ENOUGH = 30
SPLITS = {"via": SOURCES, "kind": KINDS}


@st.fragment
def by_source() -> None:
    """Conversion by source or kind with intervals; groups below 30 leads are named, not drawn."""
    by = st.session_state.get("leads_by") or "via"
    found = load("lead_conversion_by", by=by)
    drawn = found[found["leads"] >= ENOUGH].sort_values("share", ascending=False)
    with panel(_source_title(drawn, SPLITS[by]), t("Leads won within 90 days, of those made in the period whose 90 days are over"), right=_by):
        if drawn.empty:
            small(safe(_too_few(found)))
            return
        texts = [_share(row) for row in drawn.itertuples()]
        figure = interval.forest(mode(), [t(SPLITS[by].get(g, g)) for g in drawn["group"]], drawn["share"], drawn["low"], drawn["high"], texts,
                                 tones=_tones(drawn), say=lambda x: formats.percent(x, 0))  # fmt: skip
        chart(figure, _source_title(drawn, SPLITS[by]), key="leads_by_source")
        left_out = found[found["leads"] < ENOUGH]
        if len(left_out):
            small(safe(t("Fewer than {minimum} leads, not drawn: {names}", minimum=ENOUGH,
                         names=formats.listed([t(SPLITS[by].get(g, g)) for g in left_out["group"]]))), grey=True)  # fmt: skip


def _by() -> None:
    st.segmented_control(t("Split by"), list(SPLITS), format_func=lambda b: t("Source") if b == "via" else t("Kind"), default="via",
                         key="leads_by", required=True, label_visibility="collapsed")  # fmt: skip


def _share(row) -> str:
    return f"{formats.percent(row.share)} ({formats.share_interval(row.low, row.high, 0)})"


def _stands_out(drawn: pd.DataFrame) -> bool:
    """Whether the best group's interval clears the interval of all the others together."""
    if len(drawn) < 2:
        return False
    rest = drawn.iloc[1:]
    return bool(drawn["low"].iloc[0] > rest["won"].sum() / rest["leads"].sum() and drawn["low"].iloc[0] > rest["low"].max())


def _tones(drawn: pd.DataFrame) -> list[str]:
    return ["accent" if at == 0 and _stands_out(drawn) else "line" for at in range(len(drawn))]


def _source_title(drawn: pd.DataFrame, words: dict[str, str]) -> str:
    if not _stands_out(drawn):
        return t("Conversion of leads")
    best = drawn.iloc[0]
    return t("{name}: {share} become bookings", name=t(words.get(best["group"], best["group"])), share=formats.percent(best["share"], 0))


def _too_few(found: pd.DataFrame) -> str:
    n = int(found["leads"].sum())
    return t("{n} leads of this period are old enough; a share is shown from {minimum} in a group on.", n=formats.count(n), minimum=ENOUGH)


def by_stage() -> None:
    """How many of those that reached a stage were won, and how long leads stay in it."""
    found = load("lead_stages")
    with panel(_stage_title(found), t("Won of the leads that reached a stage · days in it, those still there counted as far as seen")):
        if found["leads"].max() < ENOUGH:
            small(safe(t("Too few to tell: {n} leads are old enough, {minimum} are needed.", n=int(found["leads"].max()), minimum=ENOUGH)))
            return
        drawn = found[found["leads"] >= ENOUGH]
        figure = interval.forest(mode(), [t(STAGES[g]) for g in drawn["group"]], drawn["share"], drawn["low"], drawn["high"],
                                 [_share(row) for row in drawn.itertuples()], say=lambda x: formats.percent(x, 0))  # fmt: skip
        chart(figure, _stage_title(found), key="leads_by_stage")
        for row in found.itertuples():
            st.markdown(f":small[**{safe(t(STAGES[row.group]))}**: {safe(_time(row))}]")


def _stage_title(found: pd.DataFrame) -> str:
    offer = found.set_index("group").loc["offer"]
    if offer["leads"] < ENOUGH:
        return t("From stage to stage")
    return t("{share} of the offers are accepted", share=formats.percent(offer["share"], 0))


def _time(row) -> str:
    if row.n_days < ENOUGH or row.days != row.days:
        return t("too few to tell how long: {n} of {minimum} needed", n=formats.count(row.n_days), minimum=ENOUGH)
    high = formats.decimal(row.high_days) if row.high_days == row.high_days else t("open")
    spread = f"{formats.decimal(row.low_days)}–{high}"
    return t("half leave it within {days} ({spread}) · n {n}, {waiting} still there", days=formats.days(row.days, 1), spread=spread,
             n=formats.count(row.n_days), waiting=formats.count(row.waiting))  # fmt: skip


def score() -> None:
    """The table of tenths with the score's error, or points, or why there is no score at all."""
    models = load("lead_models")
    fitted = models["kind"].isin((MODEL, GROUP))
    if models["tested"].sum():
        _tenths(models[fitted])
    if len(models[~fitted]):
        _points(models[~fitted])


def _tenths(models: pd.DataFrame) -> None:
    found = load("lead_deciles")
    top, bottom = found.iloc[0], found.iloc[-1]
    title = t("The tenth with the highest score: {top} won; the lowest: {bottom}", top=formats.percent(top["share"], 0),
              bottom=formats.percent(bottom["share"], 0))  # fmt: skip
    said = t("Leads of {from_on} to {to_on}, scored by what was known before their outcome, by a model that had seen earlier leads only",
             from_on=formats.date(models["tested_from"].min()), to_on=formats.date(models["tested_to"].max()))  # fmt: skip
    with panel(title, said, height="content"):
        left, right = st.columns([1.62, 1])
        with left:
            labels = [_tenth(at, len(found)) for at in range(1, len(found) + 1)]
            texts = [f"{formats.n_of(int(r.won), int(r.leads))} ({formats.share_interval(r.low, r.high, 0)})" for r in found.itertuples()]
            figure = interval.forest(mode(), labels, found["share"], found["low"], found["high"], texts, former=found["score"],
                                     tones=["accent", *["line"] * (len(found) - 1)], say=lambda x: formats.percent(x, 0))  # fmt: skip
            chart(figure, title, key="lead_tenths")
        with right:
            _error(models)


def _tenth(at: int, of: int) -> str:
    return t("1, likeliest") if at == 1 else t("{n}, least likely", n=at) if at == of else str(at)


def _error(models: pd.DataFrame) -> None:
    n = models["tested"].sum()
    brier, base = ((models[name] * models["tested"]).sum() / n for name in ("brier", "base_brier"))
    st.metric(t("Error of the score (Brier)"), formats.decimal(brier, 3))
    small(safe(t("{base} if every lead got the usual share; 0 is perfect · {n}", base=formats.decimal(base, 3), n=formats.n(int(n)))))
    st.markdown(safe(t("Filled: what came true, with its interval. Hollow: what the score had said. Each lead was looked at once, on its "
                       "2nd, 8th or 31st day, and counts as won within 90 days of its first word.")))  # fmt: skip
    st.markdown(safe(t("A lead on the board shows the interval of its tenth, never 0 % or 100 %.")))
    if (models["kind"] == GROUP).any():
        small(safe(t("A property with fewer than {n} bookings from leads is judged by the past of the whole group.", n=FEWEST_CONVERSIONS)), grey=True)


def _points(models: pd.DataFrame) -> None:
    """Where a probability would be a guess, the points say how they come about; below 30 leads there is nothing at all."""
    places = load("properties").set_index("property_id")["name"]
    pointed = (models["kind"] == POINTS).any()
    title = t("Points, not probability") if pointed else t("No score yet")
    with panel(title, t("A probability needs {n} leads that became bookings", n=FEWEST_CONVERSIONS), height="content"):
        for row in models.itertuples():
            small(safe(f"{places.get(row.property_id)}: {_why(row)}"))
        if pointed:
            with st.expander(t("How points come about")):
                small(safe(t("Everyone starts at {n}, between 5 and 95. These are our judgement, not estimates.", n=START)))
                small(safe(" · ".join(f"{reason(feature, level, '+' if points > 0 else '-')} {abs(points)}"
                                      for (feature, level), points in GIVEN.items())))  # fmt: skip


def _why(row) -> str:
    if row.kind == NONE:
        return t("{n} leads of known outcome; points begin at {minimum}", n=formats.count(row.mature), minimum=FEWEST_LEADS)
    said = tn("{n} lead of known outcome", "{n} leads of known outcome", row.mature, n=formats.count(row.mature))
    return f"{said}, {t('{n} became bookings', n=formats.count(row.converted))}"
