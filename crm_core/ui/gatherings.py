"""The cards of events: what is ahead with places left, what was held and brought, by kind, audience and place, and the evenings for members."""
import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import interval
from crm_core.i18n import t
from crm_core.records.gatherings import gatherings
from crm_core.telling.figures import tile
from crm_core.ui import gatherings_plan
from crm_core.ui import gatherings_words as words
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import chart, downloads, empty, mode, panel, small, table_height
from crm_core.ui.text import plain, safe

KEYS = ("event_show_rate", "event_halo_nights", "advocates")
WEEKS, AHEAD = 6, 180  # weeks of the calendar; days of the list of what is ahead
MOST = 8
PARAMETER = "event"


def anything() -> bool:
    """Say whether an event of these properties is known, whenever it is."""
    return bool(look(gatherings))


def nothing() -> None:
    """The page without events: how the first one comes in."""
    empty(t("No event yet"), t("Plan the first one here, or bring in a file of events and registrations: then this page tells who came and what it brought."))
    gatherings_plan.button()


def open_id() -> int | None:
    """Return the event that the address names."""
    said = st.query_params.get(PARAMETER, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def go(event: int) -> None:
    """Open one event, from a button's callback."""
    st.query_params[PARAMETER] = str(event)


# --- what is ahead -----------------------------------------------------------------------------------------------------------------------
def ahead() -> None:
    """The coming weeks as a calendar, and each event with its places left."""
    as_of = view().scope.as_of
    rows = [row for row in look(gatherings, since=as_of - dt.timedelta(14), until=as_of + dt.timedelta(AHEAD)) if row["state"] != "over"]
    title = words.ahead_title(rows)
    with panel(title, t("From {day} on · as they stand now", day=formats.date(as_of)), right=gatherings_plan.button, height="content"):
        if not rows:
            small(safe(t("Plan one: members come for other members.")), grey=True)
            return
        _calendar(rows, as_of)
        with st.grid(4, min_column_width=220, gap="small"):
            for row in rows[:MOST]:
                _coming(row)
        downloads("events-ahead", [t("Event"), t("Property"), t("Day"), t("Places"), t("Registered")],
                  lambda: [(row["name"], row["property"], row["starts_on"], row["capacity"], row["registered"]) for row in rows])


def _calendar(rows: list[dict], as_of: dt.date) -> None:
    """Six weeks from this week's Monday, a cell a day; a day without an event shows its number only."""
    monday = as_of - dt.timedelta(as_of.weekday())
    said: dict[dt.date, list[str]] = {}
    for row in rows:
        for at in range(((row["ends_on"] or row["starts_on"]) - row["starts_on"]).days + 1):
            said.setdefault(row["starts_on"] + dt.timedelta(at), []).append(f"{row['starts_time']} {row['name']}".strip())
    weeks = [[monday + dt.timedelta(7 * week + day) for day in range(7)] for week in range(WEEKS)]
    table = pd.DataFrame([[_day(day, said.get(day, []), as_of) for day in week] for week in weeks], columns=[formats.weekday_short(day) for day in weeks[0]])
    st.table(table, border="horizontal", hide_index=True)


def _day(day: dt.date, said: list[str], as_of: dt.date) -> str:
    """A day of the calendar as Markdown: its number, and below it what is held; today's is marked."""
    number = safe(formats.day_month(day))
    head = f":blue-background[{number}]" if day == as_of else f"**{number}**" if said else f":gray[{number}]"
    return "  \n".join((head, *(f":small[{safe(one)}]" for one in said)))


def _coming(row: dict) -> None:
    with st.container(border=True, height="stretch", gap="xxsmall"):
        st.markdown(f"**{safe(row['name'])}**  \n:small[{safe(words.when(row))}]")
        small(safe(" · ".join(filter(None, (words.kind(row["kind"]), row["place"], row["property"])))), grey=True)
        st.space("stretch")
        if row["capacity"] and row["state"] == "coming":
            st.progress(min(1.0, row["registered"] / row["capacity"]), text=safe(words.left(row)))
        else:
            small(safe(words.left(row)))
        st.button(t("Open"), key=f"event_{row['id']}", on_click=go, args=(row["id"],), icon=":material/arrow_forward:", icon_position="right", type="tertiary")


# --- what it brought ---------------------------------------------------------------------------------------------------------------------
@st.fragment
def brought() -> None:
    """Nights around events beside others alike, by kind, audience or place, with the cost of a person."""
    by = st.session_state.get("events_by") or "event_kind"
    title = words.halo_title(tile(load("kpi_values", keys=("event_halo_nights",)), "event_halo_nights"))
    with panel(title, t("Nights within a day of the event beyond those of others alike, with 95% interval · events of the period that have begun"), right=_by):
        found = load("event_groups", by=by)
        if found.empty:
            small(safe(t("No event of this period has begun.")), grey=True)
            return
        labels = [plain(words.group(by, code)) for code in found["group"]]
        told = lambda column: found[column].where(~found["halo_few"].astype(bool))  # noqa: E731
        texts = [words.around(r.halo, r.halo_low, r.halo_high, r.halo_few, r.halo_n) for r in found.itertuples()]
        chart(interval.forest(mode(), labels, told("halo"), told("halo_low"), told("halo_high"), texts, no_effect=t("as others alike"),
                              say=lambda x: formats.signed(x)), title, key=f"halo_{by}")
        _groups(found, labels, by)
        small(safe(t(words.CAUTION)), grey=True)


def _by() -> None:
    st.segmented_control(t("Split by"), list(words.BY), format_func=lambda by: t(words.BY[by]), default="event_kind", required=True, key="events_by",
                         label_visibility="collapsed")


def _groups(found: pd.DataFrame, labels: list[str], by: str) -> None:
    currency = view().currency
    table = pd.DataFrame({
        t(words.BY[by]): labels, t("Events"): [formats.count(n) for n in found["events"]], t("People"): [formats.count(n) for n in found["people"]],
        t("Came of those registered"): [words.show(row) for row in found.itertuples()],
        t("Cost"): [formats.money(x, currency) for x in found["cost"]],
        t("For each person"): [formats.money_exact(x, currency) for x in found["cost_each"]]})  # fmt: skip
    right = {name: st.column_config.Column(alignment="right", width=width) for name, width in zip(table.columns[1:], (64, 66, 172, 86, 112), strict=True)}
    st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 10), column_config=right, alt=t("Events by group"))
    downloads(f"events-by-{by}", [*table.columns, t("Nights around events")],
              lambda: [(*row, halo) for row, halo in zip(table.itertuples(index=False, name=None), found["halo"], strict=True)])


# --- what was held -----------------------------------------------------------------------------------------------------------------------
def begun() -> pd.DataFrame:
    """Return the events of the period that have begun and were held."""
    found = load("event_list")
    return found[(pd.to_datetime(found["starts_on"]) < pd.Timestamp(view().scope.as_of)) & (found["is_cancelled"] == 0)].reset_index(drop=True)


def held() -> None:
    """The events of the period, the latest first; one that is ticked opens."""
    found, currency = begun(), view().currency
    with panel(words.past_title(found), t("Events of the period that have begun · tick a row to open it")):
        if found.empty:
            small(safe(t("No event of this period has begun.")), grey=True)
            return
        table = pd.DataFrame({
            t("Day"): [formats.date(pd.Timestamp(day).date()) for day in found["starts_on"]], t("Event"): [plain(name) for name in found["event"]],
            t("Kind"): [plain(words.kind(code)) for code in found["kind"]], t("Came"): [words.show(row) for row in found.itertuples()],
            t("People"): [formats.count(n) for n in found["people"]], t("For each person"): [formats.money_exact(x, currency) for x in found["cost_each"]],
            t("Nights around it"): [words.around(r.halo, r.halo_low, r.halo_high, r.halo_few, r.halo_n) for r in found.itertuples()]})  # fmt: skip
        right = {name: st.column_config.Column(alignment="right") for name in table.columns[3:]}
        picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), 12), key="events_held", on_select="rerun",
                              selection_mode="single-row", column_config=right, alt=t("Events that were held")).selection.rows
        downloads("events", list(table.columns), lambda: list(table.itertuples(index=False, name=None)))
    if picked and picked[0] < len(found):
        go(int(found["event_id"].iloc[picked[0]]))
        st.rerun()


def members() -> None:
    """What the evenings for members come to."""
    with panel(t("Evenings for members"), t("Events for members only, or of that kind"), height="content"):
        for line in words.members_lines(begun(), view().currency):
            st.markdown(safe(line))


