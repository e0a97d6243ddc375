"""The cards of planning: which campaign is sent when, whether money keeps to plan, and how the experiments ended."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars
from crm_core.i18n import t, tn
from crm_core.records.campaigns import campaign_plans
from crm_core.records.experiments import campaign_readings
from crm_core.ui import campaign_words
from crm_core.ui import planning_words as words
from crm_core.ui.campaigns import campaign_link
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import chart, downloads, mode, panel, small, table_height
from crm_core.ui.text import plain, safe

ROWS, MONEY_ROWS = 12, 10


# --- calendar ---------------------------------------------------------------------------------------------------------------------
@st.fragment
def calendar() -> None:
    """Every campaign of the period and to come, by day, those that stand close together marked; a row that is ticked opens."""
    found = load("calendar")
    near = words.close_by(found)
    close = int((near < words.CLOSE_DAYS).sum())
    with panel(words.calendar_title(found, close), t("Campaigns of the period and to come · nearer than {n} days to another: many guests get both",
                                                      n=words.CLOSE_DAYS), height="content"):
        if found.empty:
            small(safe(t("No campaign stands in these days. Plan one below, or bring in an export of your e-mail platform.")), grey=True)
            return
        rows = pd.DataFrame({
            t("Day"): [formats.date(day) if pd.notna(day) else t("no day yet") for day in found["day"]], t("Campaign"): [plain(name) for name in found["campaign"]],
            t("State"): [t("planned") if planned else t("sent") for planned in found["is_planned"]],
            t("Kind"): [f"{t(campaign_words.PURPOSES[row.purpose])}, {t(campaign_words.MEDIUMS[row.medium])}" for row in found.itertuples()],
            t("People"): [formats.count(n) for n in found["people"]],
            t("Held out"): [formats.percent(bp / 10_000, 0) if bp > 0 else formats.DASH for bp in found["holdout_bp"]],
            t("Bookings count until"): [formats.date(day) if pd.notna(day) else formats.DASH for day in found["ripe_on"]],
            t("Close to another"): [tn("{n} day", "{n} days", int(days)) if days < words.CLOSE_DAYS else "" for days in near]})
        ordered = rows.iloc[::-1].reset_index(drop=True)
        picked = st.dataframe(ordered, hide_index=True, row_height=34, height=table_height(len(rows), ROWS), on_select="rerun", selection_mode="single-row",
                              key="calendar_rows", alt=t("Campaigns by day"), column_config=_counted()).selection.rows
        if picked and picked[0] < len(found):
            one = found.iloc[len(found) - 1 - picked[0]]
            campaign_link(int(one["campaign_id"]), one["campaign"])
        else:
            small(safe(t("Tick a row to open its campaign.")), grey=True)


def _counted() -> dict:
    """The columns of numbers and days in the calendar: they stand at the right."""
    return {name: st.column_config.Column(alignment="right") for name in (t("Day"), t("People"), t("Held out"), t("Bookings count until"), t("Close to another"))}


# --- money ------------------------------------------------------------------------------------------------------------------------
def budget() -> None:
    """What each campaign cost beside its budget, the dearest first; the accent marks those beyond it."""
    found, currency = load("calendar"), view().currency
    title = words.budget_title(found, currency)
    with panel(title, t("Cost of the latest campaigns, in {currency} · accent: over budget", currency=currency)):
        known = found[found[["cost", "budget"]].notna().any(axis=1)].iloc[::-1].head(MONEY_ROWS)
        if known.empty:
            small(safe(t("No cost and no budget is known of these campaigns. Without a cost no return can be told.")), grey=True)
            return
        labels = [plain(name) for name in known["campaign"]]
        texts = [words.spent(row.cost, row.budget, currency) for row in known.itertuples()]
        over = [label for label, row in zip(labels, known.itertuples(), strict=True) if row.cost > row.budget]
        chart(bars.bars(mode(), labels, known["cost"], texts, over), title, key="budget")
        if note := words.budget_note(found):
            small(safe(note), grey=True)


# --- experiments ------------------------------------------------------------------------------------------------------------------
@st.fragment
def log() -> None:
    """What was expected of each campaign, on how many people and until when, whether that was fixed before, and how it ended."""
    plans = [row for row in look(campaign_plans, view().whole) if row["hypothesis"] or row["fixed_at"] or row["stop_on"]]
    with panel(words.log_title(plans), t("Fixed: written down before the first message, and never after · a look before the stop date makes chance look like an "
                                         "effect, so it is marked"), height="content"):
        if not plans:
            small(safe(t("No expectation was written down yet. Plan a campaign, say what you expect, and fix it before the first message.")), grey=True)
            return
        rows = pd.DataFrame([_experiment(row) for row in plans])
        picked = st.dataframe(rows, hide_index=True, row_height=34, height=table_height(len(rows), ROWS), on_select="rerun", selection_mode="single-row",
                              key="experiment_rows", alt=t("Log of experiments"), column_config=_widths()).selection.rows
        with st.container(horizontal=True, vertical_alignment="center"):
            if picked and picked[0] < len(plans):
                campaign_link(plans[picked[0]]["id"], plans[picked[0]]["name"])
            else:
                st.markdown(f":small[:gray[{safe(t('Tick a row to open its campaign.'))}]]", width="stretch")
            downloads("experiments", list(rows), lambda: list(rows.itertuples(index=False, name=None)))


def _widths() -> dict:
    right = (t("People planned"), t("Sent"), t("Stop date"), t("Fixed"))
    return {name: st.column_config.Column(alignment="right") for name in right} | {
        t("Looked at"): st.column_config.Column(width=206), t("Expected"): st.column_config.Column(width=420)}


def _experiment(row: dict) -> dict:
    found = load("campaign_card", view().whole, campaign=row["id"])
    told = campaign_words.outcome(found.iloc[0], view().currency) if len(found) else formats.DASH
    date = lambda day: formats.date(day) if day else formats.DASH  # noqa: E731
    return {
        t("Campaign"): plain(row["name"]), t("Result"): told,
        t("Measured by"): t(campaign_words.KPIS[row["primary_kpi"]]),
        t("People planned"): formats.count(row["planned_people"]) if row["planned_people"] else formats.DASH, t("Sent"): date(row["on"]),
        t("Stop date"): date(row["stop_on"]), t("Fixed"): formats.date(pd.Timestamp(row["fixed_at"]).date()) if row["fixed_at"] else t("not fixed"),
        t("Looked at"): words.looks(look(campaign_readings, view().whole, campaign_id=row["id"])), t("Expected"): plain(row["hypothesis"]) or formats.DASH}
