"""The rules of a journey edited as a draft: checked at every change, read back in words, tried, and saved as the next version."""
from uuid import uuid4

import streamlit as st

from crm_core import jobs
from crm_core.i18n import N_, t
from crm_core.marts.fields import FIELDS
from crm_core.outreach import journeys as law
from crm_core.outreach.journeys import BadJourney, Journey, dump, parse
from crm_core.records import journeys as records
from crm_core.records.registry import Stale
from crm_core.rule import BadRule
from crm_core.ui import journeys_try, journeys_whom, segment_open
from crm_core.ui import journeys_words as words
from crm_core.ui.journeys_draft import Draft, Line, draft_of
from crm_core.ui.load import act, view
from crm_core.ui.parts import panel, small, told
from crm_core.ui.text import safe

USUAL_CAP, USUAL_ONCE = (2, 30), 365


# --- the draft --------------------------------------------------------------------------------------------------------------------
def _key(card: dict) -> str:
    return f"journey_draft_{card['id']}"


def begin(card: dict, rules: dict) -> None:
    """Begin a draft with these rules, beside the version that the journey has now."""
    st.session_state[_key(card)] = draft_of(parse(rules), uuid4().hex, card["version"])


def moved(card: dict) -> None:
    """Keep the draft up with a change of one's own: the journey was started, stopped or put away."""
    if draft := st.session_state.get(_key(card)):
        draft.version = card["version"] + 1


def opened(card: dict) -> Draft:
    """Return the draft of a journey; begun with its latest rules where there is none."""
    if _key(card) not in st.session_state:
        begin(card, card["versions"][0]["rules"])
    return st.session_state[_key(card)]


# --- the card ---------------------------------------------------------------------------------------------------------------------
@st.fragment
def card(row: dict) -> None:
    """The draft beside what it says in words and whom it would have written to; saved only on its button."""
    if not view().scope.may("campaign") or row["archived_at"]:
        return
    draft = opened(row)
    left, right = st.columns([1.35, 1])
    with left, panel(t("Change the rules"), t("A draft: nothing changes before it is saved, and earlier versions stay")):
        _changed_meanwhile(row, draft)
        _edit(draft)
        one = _checked(draft)
    with right, panel(t("What the draft says"), t("Try it on days that are past before you save it")):
        if one is not None:
            small("  \n".join(safe(line) for line in journeys_whom.lines(one)))
            journeys_try.card(one, f"draft_{row['id']}")
            _save(row, draft, one)
        else:
            small(safe(t("As soon as what is wrong is mended, the rules stand here in words.")), grey=True)


def _changed_meanwhile(row: dict, draft: Draft) -> None:
    """Say that somebody else changed the journey since the draft was begun; what was typed stays until the latest rules are taken up."""
    if draft.version == row["version"]:
        return
    said = t("This journey was changed since you began: version {number} is the latest.", number=row["versions"][0]["number"])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":orange[:material/sync_problem:] {safe(said)}", width="stretch")
        st.button(t("Take up the latest"), key=f"journey_{draft.form}_latest", on_click=begin, args=(row, row["versions"][0]["rules"]))


def _checked(draft: Draft) -> Journey | None:
    try:
        return parse(draft.said(), FIELDS)
    except BadJourney as wrong:
        st.error(safe(t(wrong.message, **wrong.values)), icon=":material/error:")
    except BadRule as wrong:
        st.error(safe(segment_open.problem_text(wrong)), icon=":material/error:")
    return None


def _save(row: dict, draft: Draft, one: Journey) -> None:
    if dump(one) == dump(parse(row["versions"][0]["rules"])):
        small(safe(t("Nothing differs from the latest version yet.")), grey=True)
        return
    if not st.button(t("Save as version {number}", number=row["versions"][0]["number"] + 1), icon=":material/check:", key="journey_rules_save"):
        return
    with told():
        try:
            act(records.save_journey_rules, view().whole, id=row["id"], version=draft.version, rules=dump(one))
        except Stale as other:
            draft.version = other.current["version"]  # who reads this and saves again means it
            raise
        moved(row)
        jobs.start_refresh(view().settings)
        st.toast(t("The rules hold from today on."), icon=":material/check:")
        st.rerun()


# --- its fields -------------------------------------------------------------------------------------------------------------------
def _edit(draft: Draft) -> None:
    key = f"journey_{draft.form}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draft.days = st.number_input(t(law.KINDS[draft.on].name), law.KINDS[draft.on].least, law.MOST_DAYS, draft.days, key=f"{key}_days", width=300)
    _steps(draft, key)
    _limits(draft, key)
    with st.grid(2, min_column_width=200, gap="small"):
        draft.purpose = st.selectbox(t("For"), law.PURPOSES, law.PURPOSES.index(draft.purpose), format_func=lambda code: t(words.PURPOSES[code]),
                                     key=f"{key}_purpose")
        draft.channel = st.selectbox(t("By which way"), law.CHANNELS, law.CHANNELS.index(draft.channel), format_func=lambda code: t(words.CHANNELS[code]),
                                     key=f"{key}_channel")


def _steps(draft: Draft, key: str) -> None:
    for place, line in enumerate(draft.lines, 1):
        with st.container(border=True, gap="xsmall"):
            _step(draft, line, place, f"{key}_{line.number}")
    if len(draft.lines) < law.MOST_STEPS:
        st.button(t("One more message"), icon=":material/add:", key=f"{key}_add", on_click=draft.add)


def _step(draft: Draft, line: Line, place: int, key: str) -> None:
    with st.container(horizontal=True, wrap=False, vertical_alignment="bottom", gap="xsmall"):
        line.wait = st.number_input(t("Wait, days"), 0, law.MOST_DAYS, line.wait, key=f"{key}_wait", width=110)
        said = st.text_input(t("Message {n}", n=place), line.message, key=f"{key}_message", max_chars=law.LONGEST, placeholder=t("Its name in your platform"))
        line.message = said or ""
        if len(draft.lines) > 1:
            st.button("", icon=":material/close:", key=f"{key}_out", type="tertiary", help=t("Remove this message"), on_click=draft.remove, args=(line.number,))
    found = journeys_whom.choices(line.rule)
    line.rule = st.selectbox(t("For whom"), list(found), list(found).index(line.rule), format_func=lambda rule: found[rule], key=f"{key}_whom",
                             help=t("Saved segments; the rule is kept as it is now, also when the segment changes later."))


def _limits(draft: Draft, key: str) -> None:
    draft.exit = st.multiselect(t("Ends as soon as the guest"), law.EXITS, [code for code in law.EXITS if code in draft.exit],
                                format_func=lambda code: t(words.EXITS[code]), key=f"{key}_exit", placeholder=t("Nothing ends it"))
    with st.grid(2, min_column_width=200, gap="small"):
        draft.held = st.number_input(t("Held out by lot, %"), 0.0, law.MOST_HELD_OUT / 100, float(draft.held), 5.0, format="%.1f", key=f"{key}_held")
        once = _with_days(t("A guest begins it"), (N_("for every occasion"), N_("once in so many days")), draft.once_days is not None, f"{key}_once")
    draft.once_days = st.number_input(t("Once in days"), 1, law.MOST_DAYS, draft.once_days or USUAL_ONCE, key=f"{key}_once_days", width=180) if once else None
    own = _with_days(t("Messages to a guest"), (N_("as the house allows"), N_("a limit of its own")), draft.cap is not None, f"{key}_cap")
    draft.cap = _cap(draft.cap or USUAL_CAP, key) if own else None


def _with_days(label: str, choices: tuple[str, str], is_second: bool, key: str) -> bool:
    return st.selectbox(label, [False, True], int(is_second), format_func=lambda which: t(choices[which]), key=key)


def _cap(now: tuple[int, int], key: str) -> tuple[int, int]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        messages = st.number_input(t("At most messages"), 1, law.MOST_MESSAGES, now[0], key=f"{key}_cap_messages", width=180)
        days = st.number_input(t("In days"), 1, law.MOST_DAYS, now[1], key=f"{key}_cap_days", width=140)
    return int(messages), int(days)
