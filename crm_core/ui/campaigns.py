"""The cards of all campaigns: what they caused together, each with its figures and verdict, the global holdout, and what limits all of it."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval, survival
from crm_core.i18n import N_, t
from crm_core.queries.campaigns import SORTS
from crm_core.records.campaigns import campaign_plan
from crm_core.records.holdout import outreach_settings
from crm_core.ui import campaign_words, filters, guest_rows
from crm_core.ui import campaigns_words as words
from crm_core.ui.figures import tile
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import PAGES, chart, downloads, empty, mode, panel, selectable_chart, small, table_height
from crm_core.ui.text import plain, safe

KEYS = ("incremental_bookings", "incremental_margin", "romi_incremental", "lift_abs", "unsubscribe_rate", "complaint_rate")
# Openings are no order: machines make most of them.
BY = {"started_on": N_("Newest first"), "incremental": N_("Most bookings caused"), "margin": N_("Most margin caused"), "romi": N_("Best return"),
      "clicked": N_("Most clicks"), "unsubscribed": N_("Most unsubscribed")}
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
@st.fragment
def table() -> None:
    """Every campaign of the period: counts, effect with its interval and verdict; a row that is ticked opens."""
    filters.understand("campaign_sort", BY)
    sort = st.session_state.get("campaign_sort") or "started_on"
    found = load("campaign_list", sort=sort if sort in SORTS else "started_on")
    with panel(words.table_title(found), t("Campaigns that began in the period · in brackets 95% intervals · attributed: by “30 days, opened”, an upper bound, "
                                           "not an effect"), right=_sort):
        shown = _rows(found)
        picked = st.dataframe(shown, hide_index=True, row_height=34, height=table_height(len(shown), ROWS), key="campaign_rows", on_select="rerun",
                              selection_mode="single-row", column_config=_widths(), alt=t("Campaigns, {sort}", sort=t(BY[sort]).lower())).selection.rows
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":small[:gray[{safe(t('Opened by people: not a measure of success. Tick a row to open its campaign.'))}]]", width="stretch")
            if picked and picked[0] < len(found):
                campaign_link(int(found["campaign_id"].iloc[picked[0]]), found["campaign"].iloc[picked[0]])
            downloads("campaigns", list(shown.columns), lambda: list(_rows(found).itertuples(index=False, name=None)))


def campaign_link(campaign: int, name: str) -> None:
    """Write a link to a campaign."""
    st.page_link(PAGES / "campaign.py", label=t("Open “{name}”", name=safe(name)), query_params={"campaign": str(campaign)}, icon=":material/campaign:")


def _sort() -> None:
    st.selectbox(t("Sort by"), list(BY), format_func=lambda code: t(BY[code]), key="campaign_sort", bind="query-params", label_visibility="collapsed", width=210)


def _rows(found: pd.DataFrame) -> pd.DataFrame:
    currency, rows = view().currency, list(found.to_dict("records"))
    return pd.DataFrame({
        t("Campaign"): [plain(row["campaign"]) for row in rows], t("Verdict"): [campaign_words.outcome(row, currency) for row in rows],
        t("Sent"): [_day(row["started_on"]) for row in rows], t("People"): [formats.count(row["people"]) for row in rows],
        t("Held out"): [formats.count(row["control_n"]) if row["control_n"] else formats.DASH for row in rows],
        t("Bookings caused"): [_caused(row) for row in rows], t("Margin caused"): [_money(row, currency) for row in rows],
        t("Return"): [_return(row) for row in rows], t("Arrived"): [formats.count(row["delivered"]) for row in rows],
        t("Clicks"): [_share(row, "click_rate", "clicked") for row in rows], t("Unsubscribed"): [_share(row, "unsubscribe_rate", "unsubscribed") for row in rows],
        t("Attributed"): [formats.compact_money(row["attributed"], currency) for row in rows],
        t("People's openings"): [formats.n_of(int(row["opened_human"]), int(row["openable"])) if pd.notna(row["opened_human"]) else formats.DASH for row in rows]})


def _day(day: object) -> str:
    return formats.date(day) if pd.notna(day) else formats.DASH


def _caused(row: dict) -> str:
    if pd.isna(row["incremental"]):
        return formats.DASH
    return f"{formats.count(round(row['incremental']))} ({formats.signed_interval(row['incremental_low'], row['incremental_high'])})"


def _money(row: dict, currency: str) -> str:
    if pd.isna(row["margin"]):
        return formats.DASH
    ends = (formats.compact_money(row[f"margin{end}"], currency) for end in ("", "_low", "_high"))
    return t("{value} ({low} to {high})", **dict(zip(("value", "low", "high"), ends, strict=True)))


def _return(row: dict) -> str:
    if pd.isna(row["romi"]):
        return formats.DASH
    ends = (formats.relative(row[f"romi{end}"], 0) for end in ("", "_low", "_high"))
    return t("{value} ({low} to {high})", **dict(zip(("value", "low", "high"), ends, strict=True)))


def _share(row: dict, rate: str, part: str) -> str:
    if not row["delivered"] > 0 or pd.isna(row[part]):
        return formats.DASH
    interval_ = formats.share_interval(row[f"{rate}_low"], row[f"{rate}_high"])
    return f"{formats.n_of(int(row[part]), int(row['delivered']))} · {formats.percent(row[rate])} ({interval_})"


def _widths() -> dict:
    right = {t("Sent"): 96, t("People"): 70, t("Held out"): 70, t("Bookings caused"): 128, t("Margin caused"): 178, t("Return"): 190, t("Arrived"): 70,
             t("Clicks"): 196, t("Unsubscribed"): 190, t("Attributed"): 90, t("People's openings"): 120}
    return guest_rows.sized({t("Campaign"): 170, t("Verdict"): 230}, right)


# --- the lifts ---------------------------------------------------------------------------------------------------------------------
@st.fragment
def lifts() -> None:
    """The lift of each campaign that held somebody out, with its interval and the line of no effect; a mark opens its campaign."""
    found = load("campaign_list")
    found = found[found["lift"].notna()].head(ROWS)
    with panel(words.lifts_title(found), t("Booked within the window, written to less held out, in points · 95% interval · newest first")):
        if found.empty:
            small(safe(t("No campaign of these days held anybody out and is over: none has an effect that could be told.")), grey=True)
            return
        few = found["verdict"] == "few"
        texts = [t("{lift}, few", lift=_lifted(row)) if row.verdict == "few" else _lifted(row) for row in found.itertuples()]
        tones = ["good" if row.verdict == "shown" else "bad" if row.verdict == "harm" else "line" for row in found.itertuples()]
        values = [(100 * found[name]).where(~few) for name in ("lift", "low", "high")]
        picked = selectable_chart(interval.forest(mode(), [_short(name) for name in found["campaign"]], *values, texts, tones=tones, no_effect=t("no effect"),
                                                  say=lambda x: formats.signed(x, 1), keys=found["campaign_id"].tolist()), words.lifts_title(found), key="lifts")
        chosen = found[found["campaign_id"].astype(str) == str(picked)]
        if len(chosen):
            campaign_link(int(chosen["campaign_id"].iloc[0]), chosen["campaign"].iloc[0])


def _lifted(row) -> str:
    return campaign_words.lifted(row.lift, row.low, row.high)


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
                                  say=lambda x: formats.signed(x, 1)), words.holdout_title(row), key="global_holdout")
        for line in words.holdout_lines(row, share):
            small(safe(line))
        if view().scope.may("campaign"):
            st.page_link(PAGES / "audiences.py", label=t("Set the share"), icon=":material/tune:")


# --- what platforms say --------------------------------------------------------------------------------------------------------------
def platforms() -> None:
    """Openings as platforms report them and as people made them, and clicks, month by month over all the years."""
    found = load("opens_by_month").assign(month=lambda frame: pd.to_datetime(frame["month"]))
    found = found[found["delivered"] > 0].reset_index(drop=True)
    with panel(words.opens_title(found), t("E-mails by month, all years: opened as platforms report it, opened by people, clicked · share of those that arrived")):
        if len(found) < 2:
            small(safe(t("As soon as e-mails of two months are known, this shows how much of what platforms call opened is machines.")), grey=True)
            return
        chart(_opens(found), words.opens_title(found), key="opens")
        for line in words.opens_lines(found):
            small(safe(line), grey=True)


def _opens(found: pd.DataFrame) -> dict:
    x = [(month.year - found["month"].iloc[0].year) * 12 + month.month - found["month"].iloc[0].month for month in found["month"]]
    lines = ((N_("reported"), "reported_rate", "grey"), (N_("people"), "human_rate", "accent"), (N_("clicks"), "click_rate", "amber"))
    curves = [survival.Curve(t(name), x, found[column].fillna(0).tolist(), end=formats.percent(found[column].iloc[-1], 0), tone=tone)
              for name, column, tone in lines]
    drawn = survival.survival(mode(), curves, until=max(x[-1], 1), ticks=[], say=lambda share: formats.percent(share, 0), height=250)
    years = {month.year: at for at, month in zip(reversed(x), reversed(found["month"].tolist()), strict=True)}
    drawn["layout"]["xaxis"] |= {"tickvals": list(years.values()), "ticktext": [str(year) for year in years]}
    return _marked(drawn, found)


def _marked(drawn: dict, found: pd.DataFrame) -> dict:
    """The chart with a line where mail programmes began to open by themselves, if the months reach across it."""
    began, day = found["month"].iloc[0], pd.Timestamp(words.PRIVACY)
    if not began < day < found["month"].iloc[-1]:
        return drawn
    at = (day.year - began.year) * 12 + day.month - began.month
    font = drawn["layout"]["xaxis"]["tickfont"]
    line = {"color": font["color"], "width": 1.3, "dash": "dot"}
    place = {"x": at, "yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False, "font": font}
    drawn["layout"]["shapes"] = [{"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line}]
    drawn["layout"]["annotations"] += [{"text": t("Sept 2021: mail privacy"), **place}]
    return drawn


# --- what limits the figures -----------------------------------------------------------------------------------------------------------
@st.fragment
def cautions() -> None:
    """What limits these figures, each with its count; the messages themselves are looked through on demand."""
    found = load("campaign_list")
    said = words.cautions(found, load("campaign_overlaps"))
    title = t("What limits these figures") if said else t("Nothing limits these figures")
    with panel(title, t("Campaigns of the period · each is explained on the campaign's own page")):
        for line in said:
            st.markdown(f":material/info: {safe(line)}")
        if st.button(t("Look through the messages"), icon=":material/manage_search:", key="look_through"):
            plans = (look(campaign_plan, id=int(campaign)) for campaign in found["campaign_id"])
            for line in words.messages_said([plan["troubles"] for plan in plans if plan]):
                st.markdown(f":material/info: {safe(line)}")
