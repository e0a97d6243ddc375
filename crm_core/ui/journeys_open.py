"""One journey: its rules in words, whether it runs, what it caused, its steps, and its versions."""
import json

import pandas as pd
import streamlit as st

from crm_core import formats, jobs
from crm_core.charts import bars, fall
from crm_core.i18n import t
from crm_core.outreach.journeys import parse
from crm_core.records import journeys as records
from crm_core.ui import journeys, journeys_due, journeys_edit, journeys_whom
from crm_core.ui import journeys_words as words
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import chart, empty, mode, panel, small, told
from crm_core.ui.text import plain, safe


def asked() -> bool:
    """Say whether the URL names a journey."""
    return "journey" in st.query_params


def page() -> None:
    """Everything of the journey of the URL; the same answer for one that does not exist and one of another hotel."""
    said = st.query_params.get("journey", "")
    card = look(records.journey_card, view().whole, id=int(said)) if said.isascii() and said.isdecimal() and len(said) < 16 else None
    st.button(t("All journeys"), icon=":material/arrow_back:", type="tertiary", key="journeys_back", on_click=lambda: st.query_params.pop("journey", None))
    if card is None or not card["versions"]:
        empty(t("There is no such journey"), t("The link may be old, or the journey may belong to a property that is not yours."))
        return
    _head(card)
    left, right = st.columns([1.35, 1])
    with left:
        _funnel(card)
    with right:
        _effect(card)
    _left(card)
    journeys_due.card(card)
    journeys_edit.card(card)
    _versions(card)


# --- what it is -----------------------------------------------------------------------------------------------------------------------
def _head(card: dict) -> None:
    now = in_force(card)
    tone, state = words.state(card)
    places = load("properties").set_index("property_id")["name"].to_dict()
    named = [plain(places.get(id_, str(id_))) for id_ in json.loads(card["properties"])]
    with panel(card["name"], words.facts(card, now["number"], now["from_on"], named), right=lambda: _buttons(card), height="content"):
        st.markdown(f":{tone}-badge[{safe(state)}] :gray-badge[{safe(t(words.KINDS.get(card['kind'], card['kind'])))}] "
                    f":gray-badge[{safe(t(words.PURPOSES[now['rules']['purpose']]))}]")
        said, whole = journeys_whom.lines(parse(now["rules"])), len(now["rules"]["steps"]) + 2
        left, right = st.columns([1.35, 1])
        left.markdown("  \n".join(safe(line) for line in said[:whole]))  # its way, and what ends it
        right.markdown("  \n".join(safe(line) for line in said[whole:]))


def in_force(card: dict) -> dict:
    """Return the version of a journey's rules that holds today; before the first one holds, that one."""
    return next((one for one in card["versions"] if one["from_on"] <= view().scope.as_of), card["versions"][-1])


def _buttons(card: dict) -> None:
    if not view().scope.may("campaign") or card["archived_at"]:
        return
    if card["is_active"]:
        if st.button(t("Stop"), icon=":material/pause:", key="journey_stop", help=t("Nothing more falls due; what has fallen due can still be sent.")):
            _do(records.stop_journey, card, t("Stopped."))
    elif st.button(t("Start"), icon=":material/play_arrow:", key="journey_start", help=t("From today on its messages fall due; what began before is left alone.")):
        _do(records.start_journey, card, t("Started: what falls due today stands below in a moment."))
    with st.popover(t("Put away"), icon=":material/archive:", key="journey_away"):
        st.markdown(safe(t("It stops and goes off the list; what it wrote stays known.")))
        if st.button(t("Put the journey away"), key="journey_away_yes"):
            _do(records.archive_journey, card, t("Put away."))


def _do(action, card: dict, said: str) -> None:
    with told():
        act(action, view().whole, id=card["id"], version=card["version"])
        journeys_edit.moved(card)
        if action is records.start_journey:
            journeys_due.run()
        jobs.start_refresh(view().settings)
        st.toast(said, icon=":material/check:")
        st.rerun()


# --- its steps ------------------------------------------------------------------------------------------------------------------------
def _funnel(card: dict) -> None:
    found = load("journey_funnel", journey=card["id"])
    title = words.funnel_title(found)
    with panel(title, t("Messages that came up in the period, by step · hatched: held out, or the guest left before it")):
        if found.empty:
            small(safe(_nothing(card)), grey=True)
            return
        sent, gone = found["waiting"] + found["exported"], found["left"] + found["held"]
        labels = [_step_name(card, int(step)) for step in found["step"]]
        chart(fall.fall(mode(), labels, sent, gone, [formats.count(n) for n in sent], notes=[words.removed(row) for row in found.itertuples()],
                        accent=labels[:1]), title, key="journey_funnel")
        small("  \n".join(f"{safe(label)}: {safe(words.booked(row))}" for label, row in zip(labels, found.itertuples(), strict=True)))
        small(safe(t("Who booked after a message would often have booked without it: what it caused stands beside.")), grey=True)


def _nothing(card: dict) -> str:
    if not card["is_active"]:
        return t("It does not run: try it on the last month below, then start it.")
    return t("Messages fall due day by day; choose other dates to see those before.")


def _step_name(card: dict, step: int) -> str:
    steps = in_force(card)["rules"]["steps"]
    return f"{step}. {plain(steps[step - 1]['message'])}" if step <= len(steps) else t("Step {n}", n=step)


def _left(card: dict) -> None:
    found = load("journey_left", journey=card["id"])
    if found.empty:
        return
    title = words.left_title(found)
    with panel(title, t("Messages of the period that were not due, by what ended the journey or kept the guest off it"), height="content"):
        labels = [words.reason(why) for why in found["why"]]
        notes = [t("{n} guests", n=formats.count(n)) for n in found["guests"]]
        chart(bars.bars(mode(), labels, found["left"], [formats.count(n) for n in found["left"]], labels[:1], notes=notes), title, key="journey_left")


# --- what it caused -------------------------------------------------------------------------------------------------------------------
def _effect(card: dict) -> None:
    found = load("journey_lift", journey=card["id"])
    row = found.iloc[0].to_dict()
    title = words.effect_title(row)
    with panel(title, t("Booked within 30 days of the first message, written to less held out, in points · 95% interval · everybody drawn counts")):
        if row["verdict"] in ("shown", "harm", "not_shown"):
            chart(journeys.forest(found, [t("This journey")]), title, key="journey_effect")
        st.markdown("  \n".join(safe(line) for line in words.effect_lines(row)))


# --- versions -------------------------------------------------------------------------------------------------------------------------
def _versions(card: dict) -> None:
    with panel(t("Versions"), t("Newest first, with what each changed"), height="content"):
        said = [journeys_whom.lines(parse(one["rules"])) for one in card["versions"]]
        for place, one in enumerate(card["versions"]):
            _version(card, one, words.differences(said[place + 1] if place + 1 < len(said) else [], said[place]), place)


def _version(card: dict, one: dict, new: list[str], place: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        title = t("Version {number}, from {day}", number=one["number"], day=formats.date(one["from_on"]))
        by = " · ".join(filter(None, (t("saved {day}", day=formats.date(pd.Timestamp(one["at"]).date())), plain(one["actor"]))))
        st.markdown(f"**{safe(title)}**  \n:small[:gray[{safe(by)}]]", width="stretch")
        if place and view().scope.may("campaign"):
            st.button(t("Take up"), key=f"journey_take_{one['number']}", help=t("Put these rules into the draft; nothing is saved yet"),
                      on_click=journeys_edit.begin, args=(card, one["rules"]))
    small("  \n".join(f"– {safe(line)}" for line in new or [t("Only its first day changed.")]), grey=True)
