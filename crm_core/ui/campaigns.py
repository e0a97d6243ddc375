"""The cards of all campaigns: what they caused together, each with its figures and verdict, the global holdout, and what limits all of it."""
from math import nan

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval, survival
from crm_core.i18n import N_, t
from crm_core.records.campaigns import campaign_plan
from crm_core.records.holdout import outreach_settings
from crm_core.telling.figures import tile
from crm_core.ui import campaign_words, filters
from crm_core.ui import campaigns_words as words
from crm_core.ui.campaign_cards import LOW
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import PAGES, chart, downloads, empty, mode, panel, selectable_chart, small, table_height
from crm_core.ui.text import plain, safe

KEYS = ("incremental_bookings", "incremental_margin", "romi_incremental", "lift_abs", "unsubscribe_rate", "complaint_rate")
# Openings are no order: machines make most of them.
BY = {"started_on": N_("Newest first"), "incremental": N_("Most bookings caused"), "margin": N_("Most margin caused"), "romi": N_("Best return"),
      "clicked": N_("Most clicks"), "unsubscribed": N_("Most unsubscribed")}
VIEWS = {"effect": N_("Effect"), "messages": N_("Messages")}
SAID = {"effect": N_("Campaigns that began in the period · in brackets 95% intervals · attributed: by “30 days, opened”, an upper bound, not an effect"),
        "messages": N_("Campaigns that began in the period · in brackets 95% intervals · openings, people's only, are not a measure of success")}
ROWS = 12  # of the table, and of the chart of lifts


def anything() -> bool:
    """Say whether a campaign began in the period."""
    return not load("campaign_list").empty


def nothing() -> None:
    """The page without campaigns: what is missing, and where campaigns come from."""
    empty(t("No campaign in this view"),
          t("No campaign began in these days. Bring in an export of your e-mail platform, or plan one here and hold a part out: then its effect can be told."))
    with st.container(horizontal=True):
        st.page_link(PAGES / "data.py", label=t("Bring files in"), icon=":material/upload:")
        st.page_link(PAGES / "planning.py", label=t("Plan a campaign"), icon=":material/edit_calendar:")


def together() -> None:
    """What all campaigns of the period caused together, and how many of them can tell."""
    found = load("campaign_list")
    one = tile(load("kpi_values", keys=("incremental_bookings",)), "incremental_bookings")
    held = int(found["verdict"].isin((*words.TOLD, "few")).sum())
    with panel(words.together(one, held), t("Bookings of those written to beyond those held out, each campaign beside its own held-out part · 95% interval"),
               height="content"):
        for line in filter(None, (words.counted(found), words.unknown_said(found))):
            small(safe(line))


# --- the list ---------------------------------------------------------------------------------------------------------------------
def table() -> None:
    """Every campaign of the period: its effect with verdict, or its messages; a row that is ticked opens."""
    with panel(words.table_title(load("campaign_list")), right=_choose):
        _listed(st.session_state.get("campaign_sort") or "started_on", st.session_state.get("campaign_view") or "effect")


@st.fragment
def _listed(sort: str, shown: str) -> None:
    st.caption(safe(t(SAID[shown])))
    found = load("campaign_list", sort=sort)
    rows = _effects(found) if shown == "effect" else _messages(found)
    picked = st.dataframe(rows, hide_index=True, row_height=34, height=table_height(len(rows), ROWS), key=f"campaign_rows_{shown}", on_select="rerun",
                          selection_mode="single-row", column_config=_widths(), alt=t("Campaigns, {sort}", sort=t(BY[sort]).lower())).selection.rows
    with st.container(horizontal=True, vertical_alignment="center"):
        if picked and picked[0] < len(found):
            campaign_link(int(found["campaign_id"].iloc[picked[0]]), found["campaign"].iloc[picked[0]])
        else:
            st.markdown(f":small[:gray[{safe(t('Tick a row to open its campaign.'))}]]", width="stretch")
        downloads("campaigns", [*_effects(found), *list(_messages(found))[2:]], lambda: _all(found))


def _all(found: pd.DataFrame) -> list[tuple]:
    both = pd.concat([_effects(found), _messages(found).iloc[:, 2:]], axis=1)
    return list(both.itertuples(index=False, name=None))


def campaign_link(campaign: int, name: str) -> None:
    """Write a link to a campaign."""
    st.page_link(PAGES / "campaign.py", label=t("Open “{name}”", name=safe(name)), query_params={"campaign": str(campaign)}, icon=":material/campaign:")


def _choose() -> None:
    filters.understand("campaign_view", VIEWS)
    st.segmented_control(t("Show"), list(VIEWS), format_func=lambda code: t(VIEWS[code]), default="effect", required=True, key="campaign_view",
                         bind="query-params", label_visibility="collapsed")
    filters.understand("campaign_sort", BY)
    st.selectbox(t("Sort by"), list(BY), format_func=lambda code: t(BY[code]), key="campaign_sort", bind="query-params", label_visibility="collapsed", width=210)


def _effects(found: pd.DataFrame) -> pd.DataFrame:
    currency, rows = view().currency, list(found.to_dict("records"))
    return pd.DataFrame({
        t("Campaign"): [plain(row["campaign"]) for row in rows], t("Sent"): [_day(row["started_on"]) for row in rows],
        t("Verdict"): [campaign_words.outcome(row, currency) for row in rows], t("People"): [formats.count(campaign_words.people(row) or nan) for row in rows],
        t("Held out"): [formats.count(row["control_n"]) if row["control_n"] else formats.DASH for row in rows],
        t("Bookings caused"): [_caused(row) for row in rows], t("Margin caused"): [_money(row, currency) for row in rows],
        t("Return"): [_return(row) for row in rows],
        t("Attributed"): [formats.DASH if row["is_reported"] else formats.compact_money(row["attributed"], currency) for row in rows]})


def _messages(found: pd.DataFrame) -> pd.DataFrame:
    rows = list(found.to_dict("records"))
    return pd.DataFrame({
        t("Campaign"): [plain(row["campaign"]) for row in rows], t("Sent"): [_day(row["started_on"]) for row in rows],
        t("Arrived"): [_of(row, "delivered", "sent") for row in rows], t("Clicks"): [_share(row, "click_rate", "clicked") for row in rows],
        t("Unsubscribed"): [_share(row, "unsubscribe_rate", "unsubscribed") for row in rows], t("Complaints"): [_of(row, "complained", "delivered") for row in rows],
        t("People's openings"): [_of(row, "opened_human", "openable") for row in rows]})


def _of(row: dict, part: str, whole: str) -> str:
    return formats.DASH if pd.isna(row[part]) or pd.isna(row[whole]) else formats.n_of(int(row[part]), int(row[whole]))


def _day(day: object) -> str:
    return formats.date(day) if pd.notna(day) else formats.DASH


def _caused(row: dict) -> str:
    if pd.isna(row["incremental"]) or row["verdict"] == "few":
        return formats.DASH
    return f"{formats.count(round(row['incremental']))} ({formats.signed_interval(row['incremental_low'], row['incremental_high'])})"


def _money(row: dict, currency: str) -> str:
    if pd.isna(row["margin"]) or row["verdict"] == "few":
        return formats.DASH
    scale = 10 ** formats.exponent(currency)
    return f"{formats.money(row['margin'], currency)} ({formats.signed_interval(row['margin_low'] / scale, row['margin_high'] / scale)})"


def _return(row: dict) -> str:
    if pd.isna(row["romi"]) or row["verdict"] == "few":
        return formats.DASH
    return f"{formats.relative(row['romi'], 0)} ({formats.points_interval(row['romi_low'], row['romi_high'], 0)})"


def _share(row: dict, rate: str, part: str) -> str:
    if not row["delivered"] > 0 or pd.isna(row[part]):
        return formats.DASH
    interval_ = formats.share_interval(row[f"{rate}_low"], row[f"{rate}_high"])
    return f"{formats.n_of(int(row[part]), int(row['delivered']))} · {formats.percent(row[rate])} ({interval_})"


def _widths() -> dict:
    """Numbers and days at the right; as wide as they are, because words and amounts differ by language."""
    right = (t("Sent"), t("People"), t("Held out"), t("Bookings caused"), t("Margin caused"), t("Return"), t("Attributed"), t("Arrived"), t("Clicks"),
             t("Unsubscribed"), t("Complaints"), t("People's openings"))
    return {name: st.column_config.Column(alignment="right") for name in right}


def unfiltered() -> None:
    """Say which of the filters above change nothing, where one of them is set."""
    if said := words.unfiltered(view().scope):
        small(safe(said), grey=True)


# --- the lifts ---------------------------------------------------------------------------------------------------------------------
def lifts() -> None:
    """The lift of each campaign that held somebody out, with its interval and the line of no effect; a mark opens its campaign."""
    found = load("campaign_list")
    found = found[found["lift"].notna()].head(ROWS)
    with panel(words.lifts_title(found), t("Booked within the window, written to less held out, in points · 95% interval · newest first")):
        if found.empty:
            small(safe(t("No campaign of these days held anybody out and is over: none has an effect that could be told.")), grey=True)
        elif (found["verdict"] == "few").all():
            small(safe(campaign_words.whole(t("too few people to tell"))), grey=True)
        else:
            _picked(found)


@st.fragment
def _picked(found: pd.DataFrame) -> None:
    picked = selectable_chart(_lifts(found), words.lifts_title(found), key="lifts")
    chosen = found[found["campaign_id"].astype(str) == str(picked)]
    if len(chosen):
        campaign_link(int(chosen["campaign_id"].iloc[0]), chosen["campaign"].iloc[0])


def _lifts(found: pd.DataFrame) -> dict:
    few = found["verdict"] == "few"
    texts = [t("too few") if row.verdict == "few" else campaign_words.lifted(row.lift, row.low, row.high) for row in found.itertuples()]
    tones = ["good" if row.verdict == "shown" else "bad" if row.verdict == "harm" else "line" for row in found.itertuples()]
    values = [(100 * found[name]).where(~few) for name in ("lift", "low", "high")]
    return interval.forest(mode(), [_short(name) for name in found["campaign"]], *values, texts, tones=tones, no_effect=t("no effect"),
                           say=campaign_words.axis, keys=found["campaign_id"].tolist(), height=LOW if len(found) == 1 else None)


def _short(name: str) -> str:
    line = plain(name)
    return line if len(line) <= 22 else f"{line[:21]}…"


# --- the global holdout --------------------------------------------------------------------------------------------------------------
def holdout() -> None:
    """Guests whom the lot keeps out of every campaign, beside all others."""
    row = load("global_holdout").iloc[0].to_dict()
    share = look(outreach_settings)["holdout_bp"]
    with panel(words.holdout_title(row), t("Guests who can be written to and booked in the period: not held out beside held out by lot, in points · 95% interval")):
        if pd.notna(row["lift"]) and row["verdict"] not in ("few", "broken"):
            tone = {"shown": "good", "harm": "bad"}.get(row["verdict"], "accent")
            chart(interval.forest(mode(), [t("All campaigns")], [100 * row["lift"]], [100 * row["low"]], [100 * row["high"]],
                                  [campaign_words.lifted(row["lift"], row["low"], row["high"])], tones=[tone], no_effect=t("no effect"),
                                  say=campaign_words.axis, height=LOW), words.holdout_title(row), key="global_holdout")
        for line in words.holdout_lines(row, share):
            small(safe(line))
        if view().scope.may("campaign"):
            st.page_link(PAGES / "audiences.py", label=t("Set the share"), icon=":material/tune:")


# --- what platforms say --------------------------------------------------------------------------------------------------------------
def platforms() -> None:
    """Openings as platforms report them and as people made them, and clicks, quarter by quarter over all the years."""
    found = words.quarters(load("opens_by_month"))
    with panel(words.opens_title(found), t("Marketing e-mails by quarter, all years: opened as platforms report it, opened by people, clicked")):
        if len(found) < 2:
            small(safe(t("As soon as e-mails of two quarters are known, this shows how much of what platforms call opened is machines.")), grey=True)
            return
        chart(_opens(found), words.opens_title(found), key="opens")
        for line in words.opens_lines(found):
            small(safe(line), grey=True)


def _opens(found: pd.DataFrame) -> dict:
    x = [_months(found["quarter"].iloc[0], day) for day in found["quarter"]]
    lines = ((N_("reported"), "reported", "delivered", "grey"), (N_("people"), "opened_human", "openable", "accent"),
             (N_("clicks"), "clicked", "delivered", "amber"))
    curves = [survival.Curve(t(name), [*x, x[-1] + 3], [*shares, shares[-1]], end=formats.percent(shares[-1], 0), tone=tone)
              for name, part, of, tone in lines if (shares := (found[part] / found[of].where(found[of] > 0)).fillna(0).tolist())]
    drawn = survival.survival(mode(), curves, until=x[-1] + 3, ticks=[], say=formats.round_percent, height=250)
    years = {day.year: at for at, day in zip(reversed(x), reversed(found["quarter"].tolist()), strict=True)}
    drawn["layout"]["xaxis"] |= {"tickvals": list(years.values()), "ticktext": [str(year) for year in years]}
    drawn["layout"]["margin"]["t"] = 24
    return _marked(drawn, found)


def _months(begin: pd.Timestamp, day: pd.Timestamp) -> int:
    return (day.year - begin.year) * 12 + day.month - begin.month


def _marked(drawn: dict, found: pd.DataFrame) -> dict:
    """The chart with a line where mail programmes began to open by themselves, if the quarters reach across it."""
    began, day = found["quarter"].iloc[0], pd.Timestamp(words.PRIVACY)
    if not began < day < found["quarter"].iloc[-1]:
        return drawn
    at = _months(began, day) + (day.day - 1) / 30
    font = drawn["layout"]["xaxis"]["tickfont"]
    line = {"color": font["color"], "width": 1.3, "dash": "dot"}
    place = {"x": at, "yref": "paper", "y": 1, "yanchor": "bottom", "xanchor": "left", "showarrow": False, "font": font}
    drawn["layout"]["shapes"] = [{"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line}]
    drawn["layout"]["annotations"] += [{"text": t("Sept 2021: mail privacy"), **place}]
    return drawn


# --- what limits the figures -----------------------------------------------------------------------------------------------------------
def cautions() -> None:
    """What limits these figures, each with its count; the messages themselves are looked through on demand."""
    found = load("campaign_list")
    said = words.cautions(found, load("campaign_overlaps"))
    title = t("What limits these figures") if said else t("Nothing limits these figures")
    with panel(title, t("Campaigns of the period · each is explained on the campaign's own page")):
        for line in said:
            st.markdown(f":material/info: {safe(line)}")
        _look_through(found)


@st.fragment
def _look_through(found: pd.DataFrame) -> None:
    if st.button(t("Look through the messages"), icon=":material/manage_search:", key="look_through"):
        plans = (look(campaign_plan, id=int(campaign)) for campaign in found["campaign_id"])
        for line in words.messages_said([plan["troubles"] for plan in plans if plan]):
            st.markdown(f":material/info: {safe(line)}")
