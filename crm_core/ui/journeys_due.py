"""What fell due on a journey and what will, whom it is for, and the file of it for an e-mail platform."""
import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import exports, formats, jobs
from crm_core.i18n import N_, t, tn
from crm_core.outreach.journeys import parse
from crm_core.outreach.platforms import NAMES
from crm_core.records import journey_due as records
from crm_core.records.journey_ahead import coming_due
from crm_core.records.journeys import journeys
from crm_core.ui import filters, guest_rows, journeys_whom
from crm_core.ui import journeys_words as words
from crm_core.ui.journeys_try import steps_of
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import filled, panel, small, told
from crm_core.ui.text import plain, safe

SPANS = {"today": N_("Today"), "week": N_("Last 7 days"), "ahead": N_("Next 7 days")}
BACK = 7  # days: what was not sent by then comes too late
FILE, PLAIN = "journey_file", "plain"


@st.fragment
def card(row: dict) -> None:
    """Who is due today, was in the last week, or will be in the next, for a role that sees people."""
    if not view().scope.may("campaign"):
        return
    span = chosen("due", SPANS)
    rows = _rows(row, span)
    with panel(words.due_title(span, rows), _said(span), right=_choose, height="content"):
        if rows:
            frame = pd.DataFrame(rows).sort_values(["state", "arm", "due_on"], kind="stable", ignore_index=True)
            guest_rows.listing(f"journey_due_{span}", len(frame), lambda offset, limit: frame.iloc[offset:offset + limit], _columns,
                               t("Guests with the message that is due"))
        else:
            small(safe(_nothing(row, span)), grey=True)
        if span != "ahead":
            _export(row, rows, span)


def chosen(key: str, options: dict[str, str]) -> str:
    """Return the code of a choice that lives in the URL, also before its widget is drawn; the first of its options where none was made."""
    filters.understand(key, options)
    asked = next((code for code, words_ in options.items() if t(words_) == st.query_params.get(key)), next(iter(options)))
    return st.session_state.get(key) or asked


def _choose() -> None:
    st.segmented_control(t("Days"), list(SPANS), format_func=lambda code: t(SPANS[code]), default="today", required=True, key="due", bind="query-params",
                         label_visibility="collapsed")


def _said(span: str) -> str:
    if span == "ahead":
        return t("By what is known today: departures, bookings, cancellations and refusals of these days change it")
    return t("With those held out by lot and those left out, and why · tick a row to open the guest")


def _nothing(row: dict, span: str) -> str:
    if not row["is_active"]:
        return t("The journey does not run: start it, and its messages fall due from that day on.")
    return t("The day was looked through: nobody began it, or reached its next message.") if span != "ahead" else t("Nothing that is known now leads to a message.")


def _days(span: str) -> tuple[dt.date, dt.date]:
    """The days of a span, half-open."""
    end = view().scope.as_of + dt.timedelta(1)
    return end - dt.timedelta(1 if span == "today" else BACK), end


def _rows(row: dict, span: str) -> list[dict]:
    if span == "ahead":
        return _ahead(row["id"], row["version"], view().warehouse.version.at)
    from_on, to_on = _days(span)
    return look(records.due_list, view().whole, id=row["id"], from_on=from_on, to_on=to_on)


def _ahead(id: int, version: int, at: str) -> list[dict]:
    """What will fall due, kept for the session as long as the journey and the figures stay."""
    kept, asked = st.session_state.get("journey_ahead"), (id, version, at)
    if kept is None or kept[0] != asked:
        with st.spinner(t("Looking ahead …")):
            st.session_state["journey_ahead"] = kept = (asked, look(coming_due, view().whole, id=id, days=BACK, meets=_meets(id)))
    return kept[1]


def _meets(id: int) -> dict[int, set[int]]:
    return next((journeys_whom.meets(parse(row["rules"])) for row in look(journeys, view().whole) if row["id"] == id and row["rules"]), {})


def _columns(frame: pd.DataFrame) -> dict[str, list]:
    places = load("properties").set_index("property_id")["name"].to_dict()
    return {t("Property"): [plain(places.get(id_, str(id_))) for id_ in frame["property_id"]]} | steps_of(frame)


# --- running --------------------------------------------------------------------------------------------------------------------------
def run() -> int:
    """Write down what falls due today on all journeys that run, and return how many steps that are."""
    rows = [row for row in look(journeys, view().whole) if row["is_active"] and row["rules"]]
    return act(records.run_journeys, view().whole, meets={row["id"]: journeys_whom.meets(parse(row["rules"])) for row in rows})


def _look_again() -> None:
    if st.button(t("Look again what falls due"), icon=":material/sync:", key="journey_run",
                 help=t("It is looked through after every import; this does it now, for all journeys that run.")):
        with told():
            found = run()
            jobs.start_refresh(view().settings)
            st.toast(tn("{n} step fell due.", "{n} steps fell due.", found, n=formats.count(found)), icon=":material/check:")
            st.rerun()


# --- the file -------------------------------------------------------------------------------------------------------------------------
def _export(row: dict, rows: list[dict], span: str) -> None:
    """Consent, address and whatever ends the journey are looked at again, then the file is offered; its messages count as sent."""
    scope = view().scope
    waiting = sum(one["state"] == words.DUE and one["arm"] == words.WRITTEN for one in rows)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if waiting and all(scope.may(right) for right in ("export", "contact")):
            offered = [PLAIN] if _channel(row) == "post" else list(NAMES)
            platform = st.selectbox(t("Platform"), offered, format_func=lambda code: t(NAMES[code]), key="journey_platform", width=180)
            label = t("Check and make the file ({n})", n=formats.count(waiting))
            if st.button(label, type=filled(), icon=":material/fact_check:", key="journey_export"):
                _make(row, span, platform)
        if row["is_active"]:
            _look_again()
    _file(row)


def _channel(row: dict) -> str:
    return row["versions"][0]["rules"]["channel"]


def _make(row: dict, span: str, platform: str) -> None:
    with told():
        from_on, to_on = _days(span)
        made = act(records.export_due, view().whole, id=row["id"], platform=platform, from_on=from_on, to_on=to_on)
        st.session_state[FILE] = (row["id"], platform, made)
        jobs.start_refresh(view().settings)
        st.rerun()


def _file(row: dict) -> None:
    kept = st.session_state.get(FILE)
    if kept is None or kept[0] != row["id"]:
        return
    _, platform, made = kept
    for line in words.export_said(len(made.rows), made.left):
        st.markdown(safe(line))
    label = t("Save the list for {platform} ({n})", platform=t(NAMES[platform]), n=formats.count(len(made.rows)))
    st.download_button(label, exports.csv_bytes(made.columns, made.rows), f"innsight-journey-{row['id']}-{platform}.csv", "text/csv", key="journey_csv",
                       icon=":material/download:", on_click="ignore")
    small(safe(t("Use it until {day}. These messages count as sent now and are in no further file.", day=formats.date(made.expires_on))), grey=True)
