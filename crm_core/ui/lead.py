"""The cards of one lead: what it asks for, what comes next, how likely it is, who it is, and all that was said and done."""
import json

import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.records import guests, hotel, pipeline
from crm_core.records import leads as records
from crm_core.telling.lead_words import (
    FOLLOWING,
    KINDS,
    LOST,
    SOURCES,
    STAGES,
    band,
    called,
    chance,
    clock,
    due,
    lasted,
    reason,
    stay_asked,
)
from crm_core.ui import lead_moves, said
from crm_core.ui.lead_form import fields
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import filled, guest_link, panel, small, told
from crm_core.ui.text import plain, safe


def asked() -> dict | None:
    """Return the card of the lead in the URL, or None where there is none for this visitor."""
    number = st.query_params.get("lead", "")
    if not (number.isascii() and number.isdecimal()) or len(number) > 15 or not view().scope.may("lead"):
        return None
    return look(records.lead_card, id=int(number))


def head(row: dict) -> None:
    """Name, where it stands, how to reach it, and the moves that are open to it."""
    left, right = st.columns([1, 1], vertical_alignment="center")
    with left:
        st.header(safe(called(row)), anchor=False)
    with right:
        _moves(row)
    known = [row["company"] if row["name"] else None, row["email"], row["phone"],
             formats.territory(row["country"]) if row["country"] else None,
             t("speaks {language}", language=formats.language_name(row["language"])) if row["language"] else None,
             t("since {day}", day=clock(row["created_at"], _place(row).get("time_zone")))]  # fmt: skip
    badges = [f":blue-badge[{safe(t(STAGES[row['stage']]))}]", f":gray-badge[{safe(t(SOURCES.get(row['via'], row['via'])))}]",
              f":gray-badge[{safe(t(KINDS.get(row['kind'], row['kind'])))}]", due(row, view().scope.as_of) if row["stage"] in records.OPEN else ""]
    st.markdown(" ".join(filter(None, badges)))
    small(safe(" · ".join(filter(None, known))))
    lead_moves.undo_strip(row["id"])


def _place(row: dict) -> dict:
    return next((p for p in look(hotel.properties) if p["id"] == row["property_id"]), {})


def _moves(row: dict) -> None:
    with st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        for stage in [s for s in STAGES if s != row["stage"]]:
            st.button(t("→ {stage}", stage=t(STAGES[stage])), key=f"move_{stage}", on_click=lead_moves.begin, args=(row, stage), width="content",
                      type=filled() if FOLLOWING.get(row["stage"]) == stage else "secondary")  # fmt: skip


def figures(row: dict) -> None:
    """Value, stay, score, first answer, and the property."""
    scores = load("lead_scores", ids=(row["id"],))
    score, why = _score(row, scores.iloc[0] if len(scores) else None)
    value = formats.money(row["value_minor"], row["currency"]) if row["value_minor"] is not None else formats.DASH
    cards = (
        (t("Value"), value, t("with {owner}", owner=row["owner"]) if row["owner"] else t("nobody owns it yet")),
        (t("Arrival"), formats.day_month(row["arrival_on"]) if row["arrival_on"] else formats.DASH, stay_asked(row)),
        (t("Chance"), score, why),
        (t("First answer"), *_answer(row)),
    )  # fmt: skip
    with st.grid(4, min_column_width=150, gap="small"):
        for name, value, line in cards:
            with st.container(border=True, height="stretch", gap="xxsmall"):
                st.metric(name, value)
                small(safe(line), grey=True)


def _score(row: dict, score) -> tuple[str, str]:
    if row["stage"] not in records.OPEN:
        return formats.DASH, t(LOST[row["lost_reason"]]) if row["lost_reason"] in LOST else t(STAGES[row["stage"]])
    if score is None:
        return formats.DASH, t("not scored: too new, older than 90 days, or too short a past")
    value = band(score) if score["kind"] == "points" else chance(score["low"], score["high"])
    return value, " · ".join(reason(*one) for one in json.loads(score["reasons"]))


def _answer(row: dict) -> tuple[str, str]:
    """How long the first answer took: live channels at once, else the first word of ours."""
    if row["via"] in ("phone", "walk_in"):
        return t("at once"), t("a talk, not a letter")
    answers = [one["at"] for one in row["said"] if one["direction"] == "out" or one["channel"] in ("phone", "front_desk")]
    if not answers:
        return formats.DASH, t("not answered yet") if row["stage"] in records.OPEN else t("none is written down")
    minutes = (said.instant(min(answers)) - said.instant(row["created_at"])).total_seconds() / 60
    return lasted(max(0, minutes)), clock(min(answers), _place(row).get("time_zone"))


def plan(row: dict) -> None:
    """What comes next, until when, and who does it."""
    key = f"plan_step_{row['id']}"
    version = lead_moves.held(row, key)
    with panel(t("Next step"), t("What this lead waits for from us"), height="content"), st.form(f"plan_{row['id']}", border=False):
        step = st.text_input(t("Next step"), row["next_step"] or "", key=key, placeholder=t("Send the offer, call back …"),
                             label_visibility="collapsed")  # fmt: skip
        left, right = st.columns(2)
        day = left.date_input(t("Due"), row["due_on"], key=f"plan_due_{row['id']}", format="YYYY-MM-DD")
        owner = right.text_input(t("Owner"), row["owner"], key=f"plan_owner_{row['id']}", placeholder=view().scope.user)
        if st.form_submit_button(t("Save"), icon=":material/check:"):
            with told(), lead_moves.insisting(key):
                version = act(pipeline.plan_lead, id=row["id"], version=version, next_step=step, due_on=day)
                if owner != row["owner"]:
                    version = act(pipeline.assign_lead, id=row["id"], version=version, owner=owner or "")
                lead_moves.follow(version)
                st.rerun()


def person(row: dict) -> None:
    """The guest this lead is, or who it may be: found by e-mail, phone and name."""
    if row["guest"]:
        with panel(t("This is a guest"), t("Known from earlier stays or other contacts"), height="content"):
            with st.container(horizontal=True, vertical_alignment="center"):
                guest_link(row["guest"]["id"], row["guest"]["name"] or "", width="stretch")
                st.button(t("Not this guest"), key="unlink", type="tertiary", on_click=_link, args=(row, None))
        return
    found = _candidates(row)
    with panel(t("Is this a guest we know?"), t("Guests with the same e-mail address, phone number or name"), height="content"):
        for hit in found:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                guest_link(hit.guest_id, hit.name, width="stretch")
                small(safe(hit.email or hit.phone or ""), grey=True)
                st.button(t("It is"), key=f"link_{hit.guest_id}", on_click=_link, args=(row, hit.guest_id), width="content")
        if not found:
            small(safe(t("Nobody fits. Once this lead has stayed, the same person is found by itself.")), grey=True)


def _candidates(row: dict) -> list:
    found = [hit for text in (row["email"], row["phone"], row["name"]) if text for hit in look(guests.search, text=text, limit=5)]
    return list({hit.guest_id: hit for hit in found}.values())[:5]


def _link(row: dict, guest: int | None) -> None:
    lead_moves.told_in_a_corner(lambda: lead_moves.follow(act(pipeline.link_lead, id=row["id"], version=row["version"], person=guest)))


def details(row: dict) -> None:
    """What the lead asks for, to be corrected."""
    with panel(t("Details"), t("As taken down; every correction is kept in the audit"), height="content"):
        if row["note"] and not st.session_state.get("lead_editing"):
            st.markdown("  \n".join(safe(line) for line in row["note"].splitlines()))
        if not st.toggle(t("Correct"), key="lead_editing"):
            return
        key = f"lead_name_{row['id']}_0"
        version = lead_moves.held(row, key)
        with st.form(f"edit_{row['id']}", border=False):
            values = fields(row, row["currency"])
            if st.form_submit_button(t("Save"), icon=":material/check:"):
                with told(), lead_moves.insisting(key):
                    lead_moves.follow(act(pipeline.edit_lead, id=row["id"], version=version, values=values))
                    st.session_state.pop("lead_editing", None)
                    st.rerun()


def story(row: dict) -> None:
    """All that was said and done, newest first, and a form to add to it."""
    zone = _place(row).get("time_zone")
    events = [(one["at"], one) for one in row["said"]] + [(step["at"], step) for step in row["steps"]]
    with panel(t("What was said and done"), t("Newest first"), height="content"):
        said.log_form(row["property_id"], lead_id=row["id"], guest_id=row["guest_id"])
        for at, event in sorted(events, key=lambda e: (e[0], e[1]["id"]), reverse=True):
            said.row(event, zone) if "channel" in event else _moved(event, at, zone)


def _moved(step: dict, at: str, zone: str | None) -> None:
    with st.container(horizontal=True, wrap=False, gap="small"):
        st.markdown(f":small[:gray[{safe(clock(at, zone))}]]", width=128)
        st.markdown(":material/arrow_forward:", width=20)
        st.markdown(f"**{safe(t(STAGES.get(step['stage'], step['stage'])))}** :small[:gray[{safe(plain(step['actor']))}]]", width="stretch")
