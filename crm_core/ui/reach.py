"""The cards of reach and fatigue: complaints, bounces, mail providers, how much a guest gets and bears, when and how it is sent, and what for."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import distribution, heat, interval, points, stack
from crm_core.i18n import t
from crm_core.records.holdout import outreach_settings
from crm_core.ui import reach_words as words
from crm_core.ui.load import load, look, view
from crm_core.ui.parts import PAGES, chart, empty, mode, panel, small, table_height
from crm_core.ui.text import plain, safe

KEYS = ("delivery_rate", "complaint_rate", "unsubscribe_rate", "human_open_rate", "mails_per_guest_30d", "reachable_share")
SHOWN = 12


def anything() -> bool:
    """Say whether a message was sent in the period, or a platform tells of one."""
    return not load("purposes").empty or not load("only_reported").empty


def nothing() -> None:
    """Reach without messages: what is missing and where it comes from."""
    empty(t("No messages in this view"), t("No message was sent in these days. Choose other dates, or bring in what your e-mail platform exports."))
    with st.container(horizontal=True):
        st.page_link(PAGES / "data.py", label=t("Bring files in"), icon=":material/upload:")
        st.page_link(PAGES / "campaigns.py", label=t("All campaigns"), icon=":material/campaign:")


def _not_by_lot(text: str) -> None:
    """The warning of a comparison that nobody drew by lot."""
    st.markdown(f":orange[:material/warning:] {safe(text)}")


def _months(found: pd.DataFrame) -> list[str]:
    return [formats.month_short(pd.Timestamp(month).date()) for month in found["month"]]


# --- what arrives ------------------------------------------------------------------------------------------------------------------------
def complaints() -> None:
    """Complaints by month with their intervals, before the band between what providers ask for and where they block."""
    found = load("bounces")
    said = words.complaints_title(found)
    with panel(said, t("Reported as spam, of e-mails that arrived, with 95% interval · shaded: {low} asked for, {high} blocks", low=formats.percent(words.TARGET),
                       high=formats.percent(words.CEILING))):
        if found["delivered"].sum() == 0:
            small(safe(t("No e-mail arrived in this period.")), grey=True)
            return
        texts = [formats.percent(x, 2) for x in found["complaint_rate"]]
        chart(points.points(mode(), _months(found), 100 * found["complaint_rate"], 100 * found["complaint_rate_low"], 100 * found["complaint_rate_high"], texts,
                            band=(100 * words.TARGET, 100 * words.CEILING), say=lambda x: formats.percent(x / 100, 2),
                            few=(~words.enough(found, "complaint_rate")).tolist(), height=220), said, key="complaints")
        small(safe(t("{k} complaints, {n} e-mails · hollow: fewer than {least} e-mails in the month", k=formats.count(found["complained"].sum()),
                     n=formats.count(found["delivered"].sum()), least=formats.count(words.LEAST["complaint_rate"]))), grey=True)


def bounces() -> None:
    """What came back by month, for good and for the time being."""
    found = load("bounces")
    said = words.bounces_title(found)
    with panel(said, t("Of e-mails sent, by month · for good: no such address; for the time being: mailbox full, server away")):
        if found["sent"].sum() == 0:
            small(safe(t("No e-mail was sent in this period.")), grey=True)
            return
        parts = [100 * found[name] / found["sent"].where(found["sent"] > 0) for name in ("hard", "soft")]
        texts = [[formats.percent(x / 100) for x in part] for part in parts]
        chart(stack.stack(mode(), _months(found), [t("for good"), t("for now")], parts, texts, rising=False,
                          say=lambda x: formats.round_percent(x / 100), height=220),
              said, key="bounces")
        small(safe(t("{hard} for good and {soft} for the time being, of {n} sent", hard=formats.count(found["hard"].sum()),
                     soft=formats.count(found["soft"].sum()), n=formats.count(found["sent"].sum()))), grey=True)


def providers() -> None:
    """A row for each mail provider: what arrived, came back, was complained of, and opened by machines."""
    found = load("domains")
    with panel(words.providers_title(found), t("E-mails of the period by mail provider, most used first · with 95% intervals")):
        if found.empty:
            small(safe(t("No e-mail was sent in this period.")), grey=True)
            return
        told = lambda rate, digits=1: [words.share(row, rate, digits) for row in found.itertuples()]  # noqa: E731
        counts = lambda name: [formats.count(n) for n in found[name]]  # noqa: E731
        table = pd.DataFrame({
            t("Provider"): [t("all others") if name == "other" else plain(name) for name in found["domain"]], t("Guests"): counts("guests"),
            t("Sent"): counts("sent"), t("Arrived"): counts("delivered"), t("Came back"): told("bounce_rate"), t("For good"): counts("hard"),
            t("For now"): counts("soft"), t("Complained"): told("complaint_rate", 2), t("Clicked"): told("click_rate"),
            t("Opened by machines"): told("machine_rate", 0)})
        _table(table, t("E-mails by mail provider"))
        small(safe(t("Providers with fewer than five guests, and domains of one's own, stand together: a domain could name a person.")), grey=True)


def _table(table: pd.DataFrame, alt: str) -> None:
    """A table whose numbers stand right."""
    right = {name: st.column_config.Column(alignment="right") for name in table.columns[1:]}
    st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table)), column_config=right, alt=alt)


# --- how much a guest can bear -----------------------------------------------------------------------------------------------------------
def fatigue() -> None:
    """Unsubscribing by how many marketing messages a guest had got in thirty days."""
    found = load("fatigue_bands")
    said = words.fatigue_title(found)
    with panel(said, t("Unsubscribed, of marketing messages that arrived, with 95% interval · by messages to the guest in the 30 days up to each")):
        known = words.enough(found, "unsubscribe_rate")
        hundred = lambda name: (100 * found[name]).where(known)  # noqa: E731
        chart(interval.forest(mode(), [t(words.BANDS[band]) for band in found["band"]], hundred("unsubscribe_rate"), hundred("unsubscribe_rate_low"),
                              hundred("unsubscribe_rate_high"), [words.share(row, "unsubscribe_rate", 2) for row in found.itertuples()],
                              say=lambda x: formats.percent(x / 100, 1)), said, key="fatigue")
        _not_by_lot(t("Not drawn by lot: those who get many messages were chosen, often because they come often."))


def lifts() -> None:
    """The lift of campaigns by how many messages other campaigns sent the same people."""
    found = load("fatigue_lifts")
    said = words.lifts_title(found)
    with panel(said, t("Lift of campaigns, pooled, with 95% interval · by messages that other campaigns sent the same guest in the window")):
        if not found["campaigns"].sum():
            small(safe(t("No campaign of the period has a finished window and somebody held out.")), grey=True)
            return
        known = found["few"] == 0
        hundred = lambda name: (100 * found[name]).where(known)  # noqa: E731
        chart(interval.forest(mode(), [t(words.OTHERS[band]) for band in found["band"]], hundred("lift"), hundred("low"), hundred("high"),
                              [words.lift(row) for row in found.itertuples()], no_effect=t("no effect"), say=lambda x: formats.signed(x, 1)), said, key="lifts")
        n = [t("{band}: {treated} written to, {held} held out", band=t(words.OTHERS[row.band]), treated=formats.count(row.treated_n),
               held=formats.count(row.control_n)) for row in found.itertuples()]
        small(safe(" · ".join(n)), grey=True)
        small(safe(t("Inside a band arms were drawn by lot; between bands people differ.")), grey=True)


def spread() -> None:
    """How many marketing messages guests got in the last thirty days, with the limit of nineteen in twenty and the cap."""
    found, rules = load("messages_per_guest"), look(outreach_settings)
    cap, said = int(rules["marketing_cap"]), words.spread_title(found)
    with panel(said, t("Guests by marketing messages in the 30 days before {day}, whatever the period", day=formats.day_month(view().scope.as_of))):
        if found.empty:
            small(safe(t("What a stay needs (confirmations, surveys) is not counted here.")), grey=True)
            return
        most = int(found["messages"].max())
        counts = found.set_index("messages")["guests"].reindex(range(1, max(most, cap, 4) + 1), fill_value=0)
        labels = [formats.count(n) for n in counts.index]
        # Bars stand at 0, 1, 2 …: what is told of n messages ends at the right edge of the bar at n − 1.
        marks = [(words.percentile(found) - 0.5, t("19 of 20 guests"))]
        chart(distribution.distribution(mode(), labels, counts, [formats.count(n) for n in counts], marks=marks, ticks=labels, across=t("messages"),
                                        say=formats.count), said, key="spread")
        small(safe(t("{n} guests were written to. The cap is {cap} messages in {days}; {over} guests got more in these 30 days.",
                     n=formats.count(found["guests"].sum()), cap=formats.count(cap), days=formats.days(int(rules["marketing_cap_days"])),
                     over=formats.count(words.over_cap(found, cap)))), grey=True)
        if view().scope.may("campaign"):
            st.page_link(PAGES / "planning.py", label=t("Change the cap"), icon=":material/tune:")


# --- when, how and what for --------------------------------------------------------------------------------------------------------------
def times() -> None:
    """Clicks by weekday and hour of sending; cells of fewer than a hundred messages are blank."""
    found = load("send_times")
    said = words.times_title(found)
    with panel(said, t("People who clicked, of marketing e-mails that arrived, by the property's weekday and hour of sending · below: how many arrived")):
        known = found[found["delivered"] >= words.CELL]
        if known.empty:
            small(safe(t("A cell is told from {n} messages on.", n=words.CELL)), grey=True)
            return
        hours = list(range(int(known["hour"].min()), int(known["hour"].max()) + 1))
        cells = {(int(row.hour), int(row.weekday)): row for row in known.itertuples()}
        table = [[cells.get((hour, day)) for day in range(1, 8)] for hour in hours]
        values = [[None if cell is None else 100 * cell.click_rate for cell in line] for line in table]
        texts = [["" if cell is None else f"{formats.percent(cell.click_rate)}\n{formats.count(cell.delivered)}" for cell in line] for line in table]
        days = [words.weekday_short(day) for day in range(1, 8)]
        chart(heat.heat(mode(), days, [words.hour(at) for at in hours], values, texts, row_height=44), said, key="times")
        small(safe(t("Blank: fewer than {n} messages arrived.", n=words.CELL)), grey=True)
        _not_by_lot(t("Not drawn by lot: hours were chosen, and other guests are written to at other hours. Draw the hour by lot to know."))


def mediums() -> None:
    """Marketing by e-mail, SMS and post."""
    found = load("mediums").sort_values("sent", ascending=False)
    with panel(words.mediums_title(found), t("Marketing of the period by way of writing · with 95% intervals")):
        if found.empty:
            small(safe(t("Surveys and what a stay needs are not counted here.")), grey=True)
            return
        told = lambda rate, digits=1: [words.share(row, rate, digits) for row in found.itertuples()]  # noqa: E731
        table = pd.DataFrame({t("Way"): [t(words.MEDIUMS[m]) for m in found["medium"]],
                              t("Sent"): [formats.count(n) for n in found["sent"]], t("Came back"): told("bounce_rate"), t("Clicked"): told("click_rate"),
                              t("Unsubscribed"): told("unsubscribe_rate", 2)})
        _table(table, t("Marketing by e-mail, SMS and post"))
        if len(found) > 1:
            _not_by_lot(t("Not drawn by lot: who is written to in which way was chosen. What it cost and caused stands with each campaign."))


def purposes() -> None:
    """What messages are for: marketing, surveys, and what a stay needs."""
    found = load("purposes").sort_values("sent", ascending=False)
    with panel(words.purposes_title(found), t("Messages of the period by purpose · with 95% intervals")):
        told = lambda rate, digits=1: [words.share(row, rate, digits) for row in found.itertuples()]  # noqa: E731
        table = pd.DataFrame({t("Purpose"): [t(words.PURPOSES.get(p, p)) for p in found["purpose"]],
                              t("Sent"): [formats.count(n) for n in found["sent"]], t("Came back"): told("bounce_rate"), t("Clicked"): told("click_rate"),
                              t("Unsubscribed"): told("unsubscribe_rate", 2)})
        _table(table, t("Messages by purpose"))
        small(safe(t("Only marketing counts towards the cap and is held out.")), grey=True)


@st.fragment
def reported() -> None:
    """Campaigns of which a platform tells counts only; a row opens the campaign."""
    found = load("only_reported")
    if found.empty:
        return
    with panel(words.reported_title(found), t("As the platform reports them · openings include machines · none of this is in the rates above")):
        counts = lambda name: [formats.count(n) for n in found[f"reported_{name}"]]  # noqa: E731
        table = pd.DataFrame({t("Campaign"): [plain(name) for name in found["campaign"]],
                              t("Began"): [formats.date(pd.Timestamp(day).date()) for day in found["started_on"]], t("Sent"): counts("sent"),
                              t("Came back"): counts("bounces"), t("Opened, machines too"): counts("opens"), t("Clicked"): counts("clicks"),
                              t("Unsubscribed"): counts("unsubscribes"), t("Complained"): counts("complaints")})
        right = {name: st.column_config.Column(alignment="right") for name in table.columns[2:]}
        picked = st.dataframe(table, hide_index=True, row_height=34, height=table_height(len(table), SHOWN), column_config=right, key="reported_rows",
                              on_select="rerun", selection_mode="single-row", alt=words.reported_title(found)).selection.rows
        small(safe(t("Without single messages nobody can tell who got them, and what they caused. Ask the platform for an export of recipients.")), grey=True)
        if picked and picked[0] < len(found):
            st.page_link(PAGES / "campaign.py", label=t("Open this campaign"), icon=":material/campaign:",
                         query_params={"campaign": str(int(found["campaign_id"].iloc[picked[0]]))})
