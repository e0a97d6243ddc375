"""The segment that is open in the builder: what was saved, the draft that is being changed, and the rule that the draft reads as."""
from dataclasses import dataclass

import streamlit as st

from crm_core.i18n import N_, t
from crm_core.marts.fields import FIELDS
from crm_core.rule import BadRule, Rule, canonical, loads, parse
from crm_core.ui.load import view
from crm_core.ui.rule_draft import Draft, draft_of, said

STATE, PARAMETER = "segment_open", "segment"


def _is(field: str, operator: str, value: object = None) -> dict:
    return {"field": field, "is": operator} | ({} if value is None else {"value": value})


TEMPLATES = {
    N_("One-time guests of last year with consent"): [
        _is("stays", "is", 1), _is("last_departure", "last_days", 365), _is("email_consent", "yes"), _is("valid_email", "yes"),
        _is("next_arrival", "unknown")],
    N_("Regulars who are late"): [_is("stays", "at_least", 3), _is("late", "at_least", 1.5), _is("next_arrival", "unknown")],
    N_("High value without consent"): [_is("tier", "one_of", ["top", "high"]), _is("email_consent", "no")],
}  # fmt: skip


@dataclass
class Opened:
    """A draft with its number among those of the session; `row` is the saved segment that it was opened from, as it was then."""

    number: int
    asked: str | None
    draft: Draft
    row: dict | None = None

    @property
    def key(self) -> str:
        return f"rule_{self.number}"

    def rule(self) -> Rule:
        """Return the rule that the draft reads as. Raises BadRule where something is missing."""
        return parse(said(self.draft.root), FIELDS)

    def is_changed(self, rule: Rule) -> bool:
        """Say whether a rule differs from the one that was saved."""
        return self.row is None or canonical(rule) != canonical(loads(self.row["rule"], FIELDS))


def opened() -> Opened:
    """Return the draft of the segment that the URL names; without one, what was open before, or a new rule."""
    asked, here = st.query_params.get(PARAMETER), st.session_state.get(STATE)
    if here is None or (asked and asked != here.asked):
        return start(asked)
    if not asked and here.row:
        st.query_params[PARAMETER] = here.asked
    return here


def start(asked: str | None = None, rule: Rule | None = None) -> Opened:
    """Open a saved segment by its number, or a new draft of a rule; keep it for the session."""
    row = next((row for row in view().saved if str(row["id"]) == asked), None)
    try:
        draft = draft_of(rule or loads(row["rule"], FIELDS)) if rule or row else _blank()
    except BadRule:
        row, draft = None, _blank()
    before = st.session_state.get(STATE)
    if row:
        st.query_params[PARAMETER] = asked
    return _keep(Opened(before.number + 1 if before else 1, asked, draft, row))


def put(rule: Rule) -> None:
    """Take a rule, such as that of an earlier version, as the draft of what is open."""
    here = st.session_state[STATE]
    _keep(Opened(here.number + 1, here.asked, draft_of(rule), here.row))


def take_template(name: str) -> None:
    """Begin a new rule from a template."""
    start_new(parse({"all": TEMPLATES[name]}, FIELDS))


def start_new(rule: Rule | None = None) -> None:
    """Leave what is open and begin a new rule."""
    st.query_params.pop(PARAMETER, None)
    start(None, rule)


def show(id: int) -> None:
    """Open a segment as it stands saved, on a run of the whole page."""
    st.session_state[STATE].asked = None
    st.query_params[PARAMETER] = str(id)
    st.rerun()


def changed(id: int, gone: bool = False, **values) -> None:
    """Take note, where this segment is open, that it was put away or that some of its row is another now; then run the whole page."""
    here = st.session_state.get(STATE)
    if here and here.row and here.row["id"] == id:
        here.row |= values
        if gone:
            start_new()
    st.rerun()


def problem_text(problem: BadRule) -> str:
    """Return what a draft lacks, in the reader's language."""
    return t(problem.message, **{name: t(value) if name == "field" else value for name, value in problem.values.items()})


def _blank() -> Draft:
    made = Draft()
    made.add_condition(made.root)
    return made


def _keep(here: Opened) -> Opened:
    st.session_state[STATE] = here
    return here

