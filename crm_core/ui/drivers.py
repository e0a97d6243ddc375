"""The cards of what matters: what ratings go with, what would be gained, how others do, and the alarms."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import control, interval
from crm_core.i18n import t
from crm_core.marts.tables import TOGETHER
from crm_core.stats.drivers import FEWEST
from crm_core.telling.feedback_words import aspect
from crm_core.ui import drivers_words as words
from crm_core.ui.feedback import group_name
from crm_core.ui.load import load, view
from crm_core.ui.parts import PAGES, chart, mode, panel, small
from crm_core.ui.text import safe


def _place(property_id: int) -> str:
    return t("All properties") if property_id == TOGETHER else group_name("property", property_id)


def _of_one(found: pd.DataFrame, key: str) -> pd.DataFrame:
    """The rows of one property, chosen where several are told apart."""
    places = found["property_id"].drop_duplicates().tolist()
    if len(places) < 2:
        return found
    names = {place: _place(place) for place in places}
    chosen = st.selectbox(t("Property"), places, format_func=names.get, key=key, label_visibility="collapsed", width=220)
    return found[found["property_id"] == chosen]


# --- what ratings go with -------------------------------------------------------------------------------------------------------
def matters() -> None:
    """Each aspect's share of the spread that all aspects explain, with its bootstrap interval."""
    found = load("drivers")
    shown = found[found["property_id"] == found["property_id"].iloc[0]] if len(found) else found
    with panel(words.drivers_title(shown), t("Share of the ratings' explained spread (Shapley), with 95% interval · last two years")):
        if found.empty:
            small(safe(t("{n} scored reviews with a score are needed. More come with more properties, or with time.", n=formats.count(FEWEST))), grey=True)
            return
        one = _of_one(found, "drivers_of")
        texts = [f"{formats.percent(r.share, 0)} ({formats.share_interval(r.share_low, r.share_high, 0)})" for r in one.itertuples()]
        tones = ["accent", *["line"] * (len(one) - 1)]
        chart(interval.forest(mode(), [aspect(a) for a in one["aspect"]], 100 * one["share"], 100 * one["share_low"], 100 * one["share_high"], texts, tones=tones,
                              say=lambda x: formats.percent(x / 100, 0)), words.drivers_title(one), key="drivers")
        small(safe(t("What goes together: an association, never a cause. {explained} of the ratings' spread is explained · {texts} reviews",
                     explained=formats.percent(one["explained"].iloc[0], 0), texts=formats.count(one["texts"].iloc[0]))), grey=True)


def what_if() -> None:
    """The points that ratings would gain if an aspect were as well spoken of as at the best property."""
    found = load("what_if")
    with panel(words.gain_title(found, _place), t("Points of rating (0 to 100) that go with reaching the best property's positive share")):
        if found.empty:
            small(safe(t("Two properties with 30 mentions of an aspect are needed to compare.")), grey=True)
            return
        one = _of_one(found, "gain_of").sort_values("gain", ascending=False)
        texts = [t("{gain} ({interval}) · {own} → {best}", gain=formats.signed(r.gain, 1), interval=formats.signed_interval(r.gain_low, r.gain_high, 1),
                   own=formats.percent(r.share, 0), best=formats.percent(r.best, 0)) for r in one.itertuples()]
        tones = ["accent" if r.gain_low > 0 else "line" for r in one.itertuples()]
        chart(interval.forest(mode(), [aspect(a) for a in one["aspect"]], one["gain"], one["gain_low"], one["gain_high"], texts, tones=tones,
                              no_effect=t("nothing"), say=lambda x: formats.signed(x, 1)), words.gain_title(found, _place), key="what_if")
        small(safe(t("If the association were a cause, and all else stayed: read it as an order of what to look at first.")), grey=True)


# --- beside others ---------------------------------------------------------------------------------------------------------------
def gap() -> None:
    """The own index against the group's other hotels, or an imported set."""
    found = load("index_gaps")
    with panel(words.gap_title(found), t("Own review index less the set's mean, with 95% interval")):
        told = found[found["hidden"] == ""]
        if len(told):
            names = [f"{_place(r.property_id)} · {r.set_name or t('our other hotels')}" for r in told.itertuples()]
            texts = [t("{gap} ({interval}) · {own} vs {theirs}", gap=formats.signed(r.gap, 1), interval=formats.signed_interval(r.low, r.high, 1),
                       own=formats.decimal(r.index_), theirs=formats.decimal(r.set_index)) for r in told.rename(columns={"index": "index_"}).itertuples()]
            tones = ["good" if r.low > 0 else "bad" if r.high < 0 else "line" for r in told.itertuples()]
            chart(interval.forest(mode(), names, told["gap"], told["low"], told["high"], texts, tones=tones, no_effect=t("the set"),
                                  say=lambda x: formats.signed(x)), words.gap_title(found), key="gap")
        for reason in found.loc[found["hidden"] != "", "hidden"].drop_duplicates():
            small(safe(t("Hidden: {why}.", why=t(words.HIDDEN[reason]))), grey=True)
        small(safe(t("A set of an association comes in as a file (comparison sets); its own figures have no interval.")), grey=True)


# --- alarms ------------------------------------------------------------------------------------------------------------------------
def signals() -> None:
    """What rang lately, the latest first, with a way to the case queue."""
    found, charts = load("alarm_signals"), load("alarm_charts")
    with panel(words.signals_title(found, len(charts)), t("Control charts by week, for each property and aspect")):
        if charts.empty:
            small(safe(t("A chart needs reviews in 26 of the 52 weeks before the last 13.")), grey=True)
            return
        for row in found.head(6).itertuples():
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f":red[:material/notifications_active:] {safe(words.signal_said(row, _place(row.property_id), _percent))} "
                            f":small[:gray[{safe(formats.date(row.week_on))}]]", width="stretch")
                if view().scope.may("case"):
                    st.page_link(PAGES / "cases.py", label=t("Open a case"), query_params={"alarm": f"{row.property_id}:{row.aspect}"})
        n = int(charts.groupby("property_id").size().max())
        weeks = load("alarm_weeks", property=int(charts["property_id"].iloc[0]), aspect=charts["aspect"].iloc[0])
        small(safe(words.false_said(n, weeks["false_per_year"].iloc[0])), grey=True)


def _percent(share: float) -> str:
    return formats.percent(share, 0)


@st.fragment
def watch() -> None:
    """One control chart: the weeks, the level before, and the limits."""
    charts = load("alarm_charts")
    if charts.empty:
        return
    keys = zip(charts["property_id"].tolist(), charts["aspect"].tolist(), strict=True)
    names = {(place, key): words.chart_name(_place(place), key) for place, key in keys}
    with panel(t("One chart"), t("Weeks against the limits of the year before")):
        property_id, key = st.selectbox(t("Chart"), list(names), format_func=names.get, key="alarm_chart", label_visibility="collapsed")
        weeks = load("alarm_weeks", property=property_id, aspect=key)
        name = names[property_id, key]
        scale = 100 if key else 1
        say = (lambda x: formats.percent(x / 100, 0)) if key else (lambda x: formats.decimal(x, 0))
        chart(control.control(mode(), [formats.day_month(week) for week in weeks["week_on"]], scale * weeks["value"], scale * weeks["low"], scale * weeks["high"],
                              scale * weeks["centre"].iloc[0], weeks["is_signal"].astype(bool), say=say, centre_name=t("before")), name, key="control")
        what = t("Share of texts that blame it, against exact binomial limits") if key else t("Moving average of the ratings (weight 0.2), against its limits")
        small(safe(what) + " · " + safe(formats.n(int(weeks["n"].sum()))), grey=True)
