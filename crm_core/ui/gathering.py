"""One event: what it is, who is on its list, checked in at the door, registered or taken off, and what it brought."""
import datetime as dt
from collections import Counter
from dataclasses import replace

import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.records import guests
from crm_core.records.gatherings import cancel_gathering, gathering_card, gathering_people, last_day, restore_gathering
from crm_core.records.registrations import MOST_PARTY, cancel_registration, check_in, register_guest
from crm_core.scope import Period
from crm_core.telling.gathering_words import STATES, STATUSES
from crm_core.ui import gatherings_plan
from crm_core.ui import gatherings_words as words
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import downloads, empty, filled, guest_link, panel, small, told
from crm_core.ui.text import plain, safe

TONES = {"coming": "blue", "over": "gray", "cancelled": "red"}
BADGES = {"registered": "blue", "attended": "green", "cancelled": "gray", "no_show": "orange"}
ROWS = 15


def page(id: int) -> None:
    """Draw one event instead of the overview; one that is not in sight says so."""
    st.button(t("All events"), icon=":material/arrow_back:", type="tertiary", key="all_events", on_click=_back)
    row = look(gathering_card, id=id)
    if row is None:
        empty(t("There is no such event"), t("The link may be old, or the event may be of a property that is not yours or not chosen above."))
        return
    left, right = st.columns([1, 1.62])
    with left:
        _facts(row)
        _brought(row)
    with right:
        _list(row)


def _today() -> dt.date:
    """The day at the door: figures may be of yesterday, a store that stands still (a demo) has a day of its own."""
    as_of = view().scope.as_of
    return as_of if "as_of" in view().facts else max(as_of, dt.date.today())


def _back() -> None:
    st.query_params.pop("event", None)


# --- what it is --------------------------------------------------------------------------------------------------------------------------
def _facts(row: dict) -> None:
    with panel(row["name"], words.when(row), height="content"):
        st.markdown(f":{TONES[row['state']]}-badge[{safe(t(STATES[row['state']]))}]")
        small(safe(" · ".join(filter(None, (words.kind(row["kind"]), words.group("audience", row["audience"]), row["place"], row["property"])))))
        if row["capacity"]:
            st.progress(min(1.0, row["registered"] / row["capacity"]), text=safe(words.left(row)))
        else:
            small(safe(words.left(row)))
        if row["register_until"]:
            small(safe(t("Registers until {day}", day=formats.date(row["register_until"]))), grey=True)
        if row["cost_minor"] is not None:
            small(safe(t("Cost: {cost}", cost=formats.money(row["cost_minor"], row["currency"] or view().currency))), grey=True)
        if row["about"]:
            st.markdown(safe(row["about"]))
        if view().scope.may("standards"):
            _moves(row)


def _moves(row: dict) -> None:
    with st.container(horizontal=True):
        st.button(t("Change"), icon=":material/edit:", key="change_event", on_click=gatherings_plan.begin, args=(row,))
        if row["state"] == "cancelled":
            if st.button(t("Hold it after all"), icon=":material/undo:", key="restore_event"):
                _do(restore_gathering, id=row["id"], version=row["version"])
        elif row["state"] == "coming":
            with st.popover(t("Call off"), icon=":material/event_busy:"):
                st.markdown(safe(t("Nobody can register any more; the list stays, so that people can be told.")))
                if st.button(t("Call the event off"), key="cancel_event"):
                    _do(cancel_gathering, id=row["id"], version=row["version"])


def _brought(row: dict) -> None:
    """What the warehouse knows of it once it has begun."""
    span = Period(row["starts_on"], row["starts_on"] + dt.timedelta(1))
    found = load("event_list", replace(view().scope, period=span))
    found = found[found["event_id"] == row["id"]]
    if found.empty or row["starts_on"] >= view().scope.as_of or row["state"] == "cancelled":
        return
    one, currency = next(found.itertuples()), view().currency
    with panel(t("What it brought"), t("To {day}", day=formats.date(view().scope.as_of)), height="content"):
        lines = {t("Came of those registered"): words.show(one), t("People"): formats.count(one.people), t("Members"): formats.count(one.members),
                 t("Advocates"): formats.count(one.advocates), t("For each person"): formats.money_exact(one.cost_each, currency),
                 t("Nights around it beyond others alike"): words.around(one.halo, one.halo_low, one.halo_high, one.halo_few, one.halo_n)}  # fmt: skip
        for name, value in lines.items():
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f":small[:gray[{safe(name)}]]", width="stretch")
                st.markdown(f"**{safe(value)}**", width="content")
        small(safe(t(words.CAUTION)), grey=True)


# --- who is on its list ------------------------------------------------------------------------------------------------------------------
def _list(row: dict) -> None:
    if not view().scope.may("contact"):
        with panel(t("Who is on the list"), height="content"):
            small(safe(t("Your role sees how many came, not who.")), grey=True)
        return
    people = look(gathering_people, id=row["id"])
    counts = Counter(one["status"] for one in people)
    with panel(t("On the list: {n}", n=formats.count(len(people))), " · ".join(f"{t(STATUSES[s])} {formats.count(n)}" for s, n in counts.items()) or None,
               height="content"):
        if view().scope.may("standards") and row["state"] != "cancelled":
            _register(row)
        if not people:
            small(safe(t("Nobody has registered yet.")), grey=True)
            return
        shown = _narrowed(people)
        at = _page_of(len(shown))
        has_begun = row["starts_on"] <= _today()
        for one in shown[at * ROWS : (at + 1) * ROWS]:
            _person(row, one, has_begun)
        downloads(f"event-{row['id']}", [t("Guest"), t("Status"), t("People"), t("Registered on")],
                  lambda: [(one["name"], t(STATUSES[one["status"]]), one["party"], one["registered_on"]) for one in people])


def _narrowed(people: list[dict]) -> list[dict]:
    left, right = st.columns(2, vertical_alignment="bottom")
    sought = (left.text_input(t("Name on the list"), key="event_name", placeholder=t("Begin to type")) or "").casefold()
    with right:
        status = st.pills(t("Status"), list(STATUSES), format_func=lambda s: t(STATUSES[s]), key="event_status", label_visibility="collapsed")
    return [one for one in people if (not status or one["status"] == status) and sought in (one["name"] or "").casefold()]


def _page_of(rows: int) -> int:
    """The page of the list that is shown, from 0; one list fits on one page without a control."""
    pages = max(1, -(-rows // ROWS))
    if pages == 1:
        return 0
    return int(st.number_input(t("Page, of {n}", n=formats.count(pages)), 1, pages, 1, key=f"event_page_{pages}", width=140)) - 1


def _person(row: dict, one: dict, has_begun: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":{BADGES[one['status']]}-badge[{safe(t(STATUSES[one['status']]))}]", width=88)
        with st.container(width="stretch"):
            if one["guest_id"]:
                guest_link(one["guest_id"], one["name"] or "", width="stretch")
            else:
                small(safe(t("Nobody known")), grey=True)
        if one["party"] > 1:
            small(f":material/group: {formats.count(one['party'])}")
        if view().scope.may("standards") and row["state"] != "cancelled":
            _buttons(one, has_begun)


def _buttons(one: dict, has_begun: bool) -> None:
    press = lambda label, name, **options: st.button(label, key=f"{name}_{one['id']}", **options)  # noqa: E731
    known = {"id": one["id"], "version": one["version"]}
    if one["status"] == "registered":
        if has_begun and press(t("Came"), "came", icon=":material/check:"):
            _do(check_in, **known)
        if has_begun and press(t("Did not come"), "absent"):
            _do(check_in, **known, status="no_show")
        if not has_begun and press(t("Cancel"), "off"):
            _do(cancel_registration, **known)
    elif one["status"] in ("attended", "no_show") and press(t("Take back"), "back", type="tertiary"):
        _do(check_in, **known, status="registered")


def _do(action, **values) -> None:
    """Do it and draw the list anew; a refusal or a faster colleague is told beside the row."""
    with told():
        act(action, **values)
        st.rerun()


def _register(row: dict) -> None:
    """Find a guest and put them on the list; at the door they are there already."""
    is_over = last_day(row) < _today()
    with st.expander(t("Add somebody who was there") if is_over else t("Register a guest"), icon=":material/person_add:"):
        text = st.text_input(t("Guest"), key="event_guest", placeholder=t("Name, e-mail, phone or confirmation number"))
        hits = {hit.guest_id: hit for hit in look(guests.search, text=text, limit=8)} if (text or "").strip() else {}
        if text and not hits:
            small(safe(t("Nobody fits.")), grey=True)
        if not hits:
            return
        say = lambda i: plain(" · ".join(filter(None, (hits[i].name, hits[i].email or hits[i].phone))))  # noqa: E731
        left, right = st.columns([2, 1])
        guest = left.selectbox(t("Which guest"), list(hits), format_func=say, key="event_which")
        party = right.number_input(t("People"), 1, MOST_PARTY, 1, key="event_party")
        is_here = is_over or (row["starts_on"] <= _today() and st.checkbox(t("Is here now"), key="event_here"))
        if st.button(t("Put on the list"), type=filled(), key="event_register"):
            _do(register_guest, id=row["id"], guest_id=guest, party=int(party), is_here=bool(is_here))
