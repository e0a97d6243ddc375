"""The cards of one guest's profile."""

import datetime as dt

import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.charts import bars
from crm_core.i18n import t, tn
from crm_core.records import notes as staff_notes
from crm_core.records import timeline as events
from crm_core.records.guests import card, viewed
from crm_core.records.registry import Refused, Stale
from crm_core.telling import words
from crm_core.ui import guest_feedback, said, stages
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import chart, filled, mode, panel, small, told
from crm_core.ui.text import plain, safe

FIRST_EVENTS = 12
RECOGNISED_FROM = 5


def asked() -> dict | None:
    """Return the card of the guest in the URL, or None where there is none for this visitor. Looking leaves an audit row."""
    said = st.query_params.get("guest", "")
    if not (said.isascii() and said.isdecimal()) or len(said) > 15 or not view().scope.may("contact"):
        return None
    person = look(card, id=int(said))
    if person is not None and st.session_state.get("viewed") != person["id"]:
        act(viewed, id=person["id"])
        st.session_state["viewed"] = person["id"]
    return person


def head(person: dict, membership: list[str]) -> None:
    """Name, where from, how to reach, and what may be sent; `membership`: the badges of who is a member."""
    st.header(safe(person["name"]) or t("Guest {id}", id=person["id"]), anchor=False)
    known = [
        formats.territory(person["country"]) if person["country"] else None,
        t("speaks {language}", language=formats.language_name(person["language"])) if person["language"] else None,
        t("born {day}", day=formats.date(person["birth_on"])) if person["birth_on"] else None,
        person["email"],
        person["phone"],
        tn("{n} source profile", "{n} source profiles", len(person["profiles"])),
        *_first_seen(person),
    ]
    small(safe(" · ".join(filter(None, known))))
    st.markdown(" ".join([*membership, *_stage_badge(person), *_consent_badges(person)]))


def _stage_badge(person: dict) -> list[str]:
    return [stages.badge(person["id"])] if view().warehouse else []


def _first_seen(person: dict) -> list[str]:
    seen = _figures(person)["first_departure_on"].dropna()
    return [t("guest since {day}", day=formats.date(seen.min()))] if len(seen) else []


def _consent_badges(person: dict) -> list[str]:
    found = []
    for purpose, via in events.PURPOSES:
        word = person["consents"].get((purpose, via))
        name = safe(events.purpose_name(purpose, via))
        if word and word["state"] == "given":
            found.append(f":green-badge[:material/check: {name}, {safe(formats.date(dt.date.fromisoformat(word['at'][:10])))}]")
        else:
            found.append(f":gray-badge[:material/block: {name}: {safe(t('no'))}]")
    return found


def _figures(person: dict) -> pd.DataFrame:
    return load("guest_figures", guest=person["id"]) if view().warehouse else pd.DataFrame()


def figures(person: dict) -> None:
    """Lifetime figures: stays, spend to date, last and next stay, rhythm."""
    known, currency = _figures(person), view().currency
    stays, spend = int(known["stays"].sum()), known["spend"].sum(skipna=False) if len(known) else 0
    last, following = known["last_departure_on"].dropna(), known["next_arrival_on"].dropna()
    cards = (
        (
            t("Stays"),
            formats.count(stays),
            _joined(
                tn("{n} night", "{n} nights", int(known["nights"].sum())),
                tn("{n} property", "{n} properties", int((known["stays"] > 0).sum())),
            ),
        ),
        (
            t("Spend to date"),
            formats.money(spend, currency),
            t("{amount} a stay", amount=formats.money(spend / stays, currency)) if stays else "",
        ),
        (
            t("Last stay"),
            formats.day_month(last.max()) if len(last) else formats.DASH,
            formats.year(last.max()) if len(last) else t("none yet"),
        ),
        (
            t("Next arrival"),
            formats.day_month(following.min()) if len(following) else formats.DASH,
            formats.year(following.min()) if len(following) else t("nothing booked"),
        ),
        (t("Between stays"), *_rhythm(known, stays)),
    )
    with st.grid(5, min_column_width=150, gap="small"):
        for name, value, line in cards:
            with st.container(border=True, height="stretch", gap="xxsmall"):
                st.metric(name, value)
                small(safe(line), grey=True)


def _joined(*parts: str) -> str:
    return " · ".join(parts)


def _rhythm(known: pd.DataFrame, stays: int) -> tuple[str, str]:
    """The mean time between departures; said only from the third stay on."""
    if stays < 3:
        return formats.DASH, t("needs 3 stays, has {n}", n=stays)
    first, last = pd.to_datetime(known["first_departure_on"]).min(), pd.to_datetime(known["last_departure_on"]).max()
    return formats.days((last - first).days / (stays - 1)), t("mean gap between {n} stays", n=stays)


def recognise(person: dict) -> None:
    """What to know at the desk, and since when; nothing is guessed."""
    known = _figures(person)
    stays, following = int(known["stays"].sum()), known["next_arrival_on"].dropna()
    title = t("Recognise at arrival on {day}", day=formats.day_month(following.min())) if len(following) else t("Recognise at arrival")
    with panel(title, t("From what this guest told us or did"), height="content"):
        rows = _recognised(person, stays, following)
        for icon, text, since in rows:
            st.markdown(f":material/{icon}: {safe(text)} :small[:gray[{safe(since)}]]")
        if not rows:
            small(safe(t("Nothing special is known yet.")), grey=True)


def _recognised(person: dict, stays: int, following: pd.Series) -> list[tuple[str, str, str]]:
    rows = []
    if stays:
        rows.append(("star" if stays + 1 >= RECOGNISED_FROM else "waving_hand", t("Stay number {n}: welcome back.", n=stays + 1), ""))
    rows += guest_feedback.recognised(person["id"])
    if person["birth_on"] and len(following) and _near(person["birth_on"], following.min()):
        rows.append(("cake", t("Birthday on {day}, close to the stay.", day=formats.day_month(person["birth_on"])), ""))
    for wish in person["preferences"]:
        since = t("since {day}", day=formats.date(wish["noted_on"])) if wish["noted_on"] else wish["source"]
        rows.append(("favorite", events.wish_text(wish), since))
    if person["language"]:
        rows.append(("translate", t("Speaks {language}.", language=formats.language_name(person["language"])), ""))
    return rows


def _near(birth: dt.date, arrival) -> bool:
    day = pd.Timestamp(arrival).date()
    return any(abs((_birthday(birth, day.year + shift) - day).days) <= 7 for shift in (-1, 0, 1))


def _birthday(birth: dt.date, year: int) -> dt.date:
    return dt.date(year, birth.month, min(birth.day, 28)) if birth.month == 2 else birth.replace(year=year)


def spend(person: dict) -> None:
    """Spend to date by department."""
    frame, currency = load("guest_departments", guest=person["id"]), view().currency
    frame = frame[frame["amount"].fillna(0) != 0]
    if frame.empty:
        return
    beyond = 1 - frame.loc[frame["department"] == "room", "amount"].sum() / frame["amount"].sum()
    with panel(
        t("{share} of the spend is beyond the room", share=formats.percent(beyond, 0)), t("Spend to date by department"), height="content"
    ):
        labels = [t(words.DEPARTMENTS.get(d, d)) for d in frame["department"]]
        figure = bars.bars(
            mode(),
            labels,
            frame["amount"].tolist(),
            [formats.money(a, currency) for a in frame["amount"]],
            [label for label, d in zip(labels, frame["department"], strict=True) if d != "room"],
        )
        chart(figure, t("Spend to date by department"), key="spend")


@st.fragment
def timeline(person: dict) -> None:
    """Everything known, newest first, by kind."""
    found = look(events.timeline, guest=person["id"])
    kinds = {kind: name for kind, (name, _) in events.KINDS.items() if any(e.kind == kind for e in found)}
    with panel(t("Everything we know, newest first"), _counts(found, kinds), right=lambda: _kinds(kinds)):
        said.log_form(_home(person), guest_id=person["id"])
        chosen = st.session_state.get("kinds") or list(kinds)
        wanted = [e for e in found if e.kind in chosen]
        whole = st.session_state.get("all_events", False)
        year = None
        for event in wanted if whole else wanted[:FIRST_EVENTS]:
            if year not in (None, event.on.year):
                st.markdown(f"**{event.on.year}**")
            year = event.on.year
            _row(event)
        if len(wanted) > FIRST_EVENTS and not whole:
            st.button(
                t("Show {n} earlier events", n=len(wanted) - FIRST_EVENTS),
                type="tertiary",
                icon=":material/expand_more:",
                key="more",
                on_click=lambda: st.session_state.update(all_events=True),
            )


def _home(person: dict) -> int:
    """The property that a talk with this guest is written down for: one that knows the guest, else any of the visitor's."""
    known = [profile["property_id"] for profile in person["profiles"]]
    return next(iter(known), view().scope.properties[0])


def _counts(found: list, kinds: dict[str, str]) -> str:
    return " · ".join(f"{t(name)} {sum(e.kind == kind for e in found)}" for kind, name in kinds.items()) or t("Nothing yet")


def _kinds(kinds: dict[str, str]) -> None:
    if len(kinds) > 1:
        st.pills(
            t("Kinds"), list(kinds), format_func=lambda k: t(kinds[k]), selection_mode="multi", key="kinds", label_visibility="collapsed"
        )


def _row(event) -> None:
    with st.container(horizontal=True, wrap=False, gap="small"):
        st.markdown(f":small[:gray[{safe(formats.day_month(event.on))}]]", width=76)
        icon = f":material/{event.icon}:"
        st.markdown(f":{event.tone}[{icon}]" if event.tone else icon, width=20)
        st.markdown(f"**{safe(event.head)}**" + (f"  \n:small[:gray[{safe(event.detail)}]]" if event.detail else ""), width="stretch")


@st.fragment
def notes(person: dict) -> None:
    """Notes of the staff, newest first; each can be edited, and the second of two editors is told."""
    if not view().scope.may("note"):
        return
    if st.session_state.pop("note_added", False):  # a field is emptied before it is drawn: taking its state away leaves the text in the browser
        st.session_state["new_note_text"] = ""
    with panel(t("Notes"), t("Seen by everyone who may see this guest"), height="content"):
        for note in look(staff_notes.notes, guest_id=person["id"]):
            _note(note)
        with st.form("new_note", clear_on_submit=False, border=False):
            text = st.text_area(
                t("New note"),
                key="new_note_text",
                placeholder=t("What should the next shift know?"),
                label_visibility="collapsed",
                height=80,
            )
            if st.form_submit_button(t("Add note"), icon=":material/add:", type=filled()):
                with told():
                    act(staff_notes.add_note, guest_id=person["id"], text=text)
                    st.session_state["note_added"] = True
                    st.rerun()


def _note(note: dict) -> None:
    key = f"note_{note['id']}"
    if st.session_state.get(f"{key}_open"):
        _editor(note, key)
        return
    edited = t("edited {day}", day=formats.date(dt.date.fromisoformat(note["edited_at"][:10]))) if note["edited_at"] else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        said = " · ".join(filter(None, (note["author"], formats.date(dt.date.fromisoformat(note["created_at"][:10])), edited)))
        st.markdown("  \n".join(safe(line) for line in note["text"].splitlines()) + f"  \n:small[:gray[{safe(said)}]]", width="stretch")
        st.button(t("Edit"), key=f"{key}_edit", type="tertiary", icon=":material/edit:", on_click=_open, args=(key, note))


def _open(key: str, note: dict) -> None:
    # The version that was read stays with the editor: saving compares against it.
    st.session_state.update({f"{key}_open": True, f"{key}_version": note["version"], f"{key}_text": note["text"]})


def _editor(note: dict, key: str) -> None:
    st.text_area(t("Note"), key=f"{key}_text", label_visibility="collapsed", height=100)
    if st.session_state.get(f"{key}_stale"):
        st.warning(
            t("Somebody else changed this note meanwhile. It now says the text below; yours is still above."),
            icon=":material/sync_problem:",
        )
        st.text(plain(note["text"]))
    with st.container(horizontal=True):
        st.button(t("Save"), key=f"{key}_save", type=filled(), on_click=_save, args=(note, key))
        st.button(
            t("Discard"), key=f"{key}_cancel", on_click=lambda: st.session_state.update({f"{key}_open": False, f"{key}_stale": False})
        )


def _save(note: dict, key: str) -> None:
    try:
        act(staff_notes.edit_note, id=note["id"], version=st.session_state[f"{key}_version"], text=st.session_state[f"{key}_text"])
        st.session_state.update({f"{key}_open": False, f"{key}_stale": False})
    except Stale as told_by:
        st.session_state.update({f"{key}_stale": True, f"{key}_version": told_by.current["version"]})
    except Refused as problem:
        st.toast(t(str(problem)), icon=":material/error:")
