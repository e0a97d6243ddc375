"""The editor's quiz: questions for a number or a choice, their right answers, and what is said with these."""
import streamlit as st

from crm_core.association.lessons import LONGEST_OPTION, LONGEST_UNIT, MOST_OPTIONS, MOST_QUESTIONS
from crm_core.i18n import N_, SOURCE, t
from crm_core.ui import lesson_draft
from crm_core.ui.lesson_draft import Draft
from crm_core.ui.lesson_fields import field
from crm_core.ui.parts import panel, small
from crm_core.ui.text import plain, safe

KINDS = {"number": N_("a number"), "choice": N_("a choice")}
SEALED = {"": N_("written here"), "true": N_("sealed: what is true"), "naive": N_("sealed: what misleads")}


def quiz(draft: Draft, spoken: str) -> None:
    """Draw the questions with their words in a language, and the buttons that add one."""
    with panel(t("Quiz"), t("What the class answers; nobody but you sees what is right"), height="content"):
        for number, asked in enumerate(list(draft.quiz), 1):
            with st.container(border=True, gap="xsmall"):
                _question(draft, number, asked, spoken)
        with st.container(horizontal=True):
            for kind, label, icon in (("number", t("Ask for a number"), ":material/calculate:"), ("choice", t("Ask to choose"), ":material/list:")):
                st.button(label, icon=icon, key=f"quiz_add_{kind}", on_click=draft.ask, args=(kind,), disabled=len(draft.quiz) >= MOST_QUESTIONS)


def _question(draft: Draft, number: int, asked: dict, spoken: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        small(safe(f"{number} · {t(KINDS[asked['kind']])}"), grey=True)
        st.button(t("Take out"), type="tertiary", icon=":material/delete:", key=f"quiz_drop_{asked['key']}", on_click=draft.drop, args=(asked["key"],))
    _said(draft, asked, "text", t("Question"), spoken, 68)
    (_number if asked["kind"] == "number" else _choice)(draft, asked, spoken)
    _said(draft, asked, "why", t("Why it is right, said with the answer"), spoken, 68)


def _said(draft: Draft, asked: dict, name: str, label: str, spoken: str, height: int | None = None, most: int = LONGEST_OPTION) -> None:
    words = asked.setdefault(name, {})
    found = field(draft, f"{asked['key']}_{name}", label, words.get(spoken, ""), words.get(SOURCE, ""), height, most)
    lesson_draft.put(words, spoken, found)


# --- a number ---------------------------------------------------------------------------------------------------------------------
def _number(draft: Draft, asked: dict, spoken: str) -> None:
    which = _sealed(draft, asked)
    with st.container(horizontal=True):
        if not which:
            _typed(draft, asked, "answer", t("Right answer"))
        _typed(draft, asked, "tolerance", t("Still right within ±"))
        with st.container(width=160):
            _said(draft, asked, "unit", t("Unit"), spoken, most=LONGEST_UNIT)
    if any(isinstance(asked.get(name), str) for name in ("answer", "tolerance")):
        small(f":orange[{safe(t('One number is asked for, such as 12.5.'))}]")


def _sealed(draft: Draft, asked: dict) -> str:
    """Where the answer comes from: of a copy of a lesson of the demo also from the sealed truth."""
    if not draft.form.get("truth"):
        return ""
    key = f"write{draft.turn}_{asked['key']}_from"
    st.session_state.setdefault(key, asked.get("truth", ""))
    which = st.selectbox(t("Where the right answer comes from"), list(SEALED), format_func=lambda one: t(SEALED[one]), key=key)
    draft.seal(asked["key"], which)
    return which


def _typed(draft: Draft, asked: dict, name: str, label: str) -> None:
    key, value = f"write{draft.turn}_{asked['key']}_{name}", asked.get(name)
    st.session_state.setdefault(key, "" if value is None else value if isinstance(value, str) else format(value, ".12g"))
    draft.answer(asked["key"], name, st.text_input(label, key=key, max_chars=30, width=160) or "")


# --- a choice ---------------------------------------------------------------------------------------------------------------------
def _choice(draft: Draft, asked: dict, spoken: str) -> None:
    options = asked["options"]
    for place, option in enumerate(options, 1):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            words = field(draft, f"{asked['key']}_{option['key']}", t("Option {n}", n=place), option["text"].get(spoken, ""),
                                      option["text"].get(SOURCE, ""), most=LONGEST_OPTION)  # fmt: skip
            lesson_draft.put(option["text"], spoken, words)
            st.button(t("Take out"), type="tertiary", icon=":material/close:", key=f"quiz_withdraw_{asked['key']}_{option['key']}", on_click=draft.withdraw,
                      args=(asked["key"], option["key"]), disabled=len(options) <= 2)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _right(draft, asked, spoken)
        st.button(t("One more option"), type="tertiary", icon=":material/add:", key=f"quiz_offer_{asked['key']}", on_click=draft.offer, args=(asked["key"],),
                  disabled=len(options) >= MOST_OPTIONS)


def _right(draft: Draft, asked: dict, spoken: str) -> None:
    """Which option is right; the choice is told apart by what there is to choose from, so that one taken out is chosen no longer."""
    names = {one["key"]: plain(one["text"].get(spoken) or one["text"].get(SOURCE, "")) or t("Option {n}", n=place) for place, one in enumerate(asked["options"], 1)}
    key = f"write{draft.turn}_{asked['key']}_right_{'_'.join(names)}"
    st.session_state.setdefault(key, asked.get("answer"))
    found = st.selectbox(t("Right answer"), list(names), index=None, format_func=names.get, key=key, placeholder=t("Choose"), width=420)
    if found:
        asked["answer"] = found
