"""What can be done with a case: taken, answered, left to the guest, closed, opened again, corrected, noted; what is typed survives a conflict."""
import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.records import case_work
from crm_core.records.registry import Stale
from crm_core.telling import case_words as words
from crm_core.ui.lead_moves import follow, held, insisting
from crm_core.ui.load import act, view
from crm_core.ui.parts import filled, panel, small, told
from crm_core.ui.text import plain, safe

MOVES = {"answer": N_("Answer"), "wait": N_("Wait for the guest"), "close": N_("Close"), "reopen": N_("Open again"), "tell": N_("Guest was told"),
         "note": N_("Note"), "change": N_("Correct")}
ASKED = {"answer": N_("What the guest was answered"), "wait": N_("What the guest was asked"), "close": N_("What was done"),
         "reopen": N_("Why it is opened again"), "tell": N_("What the guest was told"), "note": N_("What colleagues should know")}
SOLVED, UNSOLVED = ("reopen", "tell", "note", "change"), ("answer", "wait", "close", "note", "change")
DOES = {"answer": case_work.answer_case, "wait": case_work.wait_for_guest, "reopen": case_work.reopen_case, "tell": case_work.tell_guest,
        "note": case_work.note_case}
DUE = ("answer", "close")  # what is done first, by whether there was an answer


def card(row: dict) -> None:
    """The moves that are open to the case; a role that works on none sees none."""
    if not view().scope.may("case"):
        return
    key = f"case_said_{row['id']}"
    if st.session_state.pop("case_done", False):  # emptied before it is drawn: taking its state away leaves the text in the browser
        st.session_state[key] = ""
    version = held(row, f"case_move_{row['id']}")
    with panel(t("What next"), height="content"):
        _owner(row, version)
        moves = SOLVED if row["status"] == "closed" else UNSOLVED
        default = "note" if row["status"] == "closed" else DUE[bool(row["answered_at"])]
        move = st.pills(t("Move"), moves, format_func=lambda m: t(MOVES[m]), default=default, key=f"case_move_{row['id']}", required=True,
                        label_visibility="collapsed")
        if move not in moves:  # the case was closed or opened under an earlier choice
            move = default
        _correct(row, version) if move == "change" else _say(row, version, move, key)


def _owner(row: dict, version: int) -> None:
    """Take the case, or give it to a colleague."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(t("Owner"), row["owner"], key=f"case_owner_{row['id']}_{row['version']}", placeholder=view().scope.user, width=220)
        if st.button(t("Give"), key="give", disabled=(name or "") == row["owner"]):
            _do(row, case_work.take_case, version, owner=name or "")
        if row["owner"] != view().scope.user and st.button(t("I take it"), key="take", icon=":material/person_add:"):
            _do(row, case_work.take_case, version)


def _say(row: dict, version: int, move: str, key: str) -> None:
    text = st.text_area(t(ASKED[move]), key=key, height=120, max_chars=case_work.LONGEST)
    more = _closing(row) if move == "close" else {}
    if st.button(t("Save: {move}", move=t(MOVES[move])), key=f"do_{move}", type=filled()):
        if move == "close":
            _do(row, case_work.close_case, version, resolution=text or "", **more)
        else:
            _do(row, DOES[move], version, **{"reason" if move == "reopen" else "text": text or ""})


def _closing(row: dict) -> dict:
    currency = row["currency"] or view().currency
    unit = 10 ** formats.exponent(currency)
    left, right = st.columns(2)
    money = left.number_input(t("Given to the guest, {currency}", currency=currency), 0.0, float(case_work.MOST_MONEY // unit), None,
                              key=f"money_{row['id']}", step=10.0, format="%.2f")
    causes = ["", *(c for c in words.CAUSES if c)]
    cause = right.selectbox(t("Cause"), causes, format_func=lambda c: t(words.CAUSES[c]), key=f"cause_{row['id']}")
    told_guest = st.checkbox(t("The guest knows what became of it"), key=f"told_{row['id']}")
    return {"compensation_minor": None if money is None else round(money * unit), "root_cause": cause, "told_guest": told_guest}


def _correct(row: dict, version: int) -> None:
    """Correct what was taken down: kind, how bad, who gets it, how urgent, where."""
    key = lambda name: f"fix_{name}_{row['id']}_{row['version']}"  # noqa: E731
    values = {}
    with st.grid(2, min_column_width=160, gap="small"):
        for name, codes in (("kind", words.KINDS), ("severity", words.SEVERITIES), ("department", words.DEPARTMENTS), ("priority", words.PRIORITIES)):
            options, now = list(codes), row[name] or ""
            values[name] = st.selectbox(t(words.FIELDS[name]), options, options.index(now) if now in options else 0, key=key(name),
                                        format_func=lambda code, codes=codes: t(codes[code]))
        values["room"] = st.text_input(t("Room"), row["room"], key=key("room"), max_chars=20) or ""
    small(safe(t("Another priority has another due time.")), grey=True)
    if st.button(t("Save"), key="do_change", type=filled()):
        _do(row, case_work.change_case, version, values=values)


def _do(row: dict, action, version: int, **values) -> None:
    """Do it and draw the page anew; where somebody was faster, show what stands there beside what was typed."""
    with told(), insisting(f"case_move_{row['id']}"):
        try:
            follow(act(action, id=row["id"], version=version, **values))
        except Stale as stale:
            _both(stale.current)
            raise
        st.session_state["case_done"] = action is not case_work.take_case
        st.rerun()


def _both(now: dict) -> None:
    """What a colleague has made of the case meanwhile."""
    said = [f"{t(words.FIELDS[name])}: {words.coded(name, now[name] or '')}" for name in ("owner", "priority", "department")]
    st.text("\n".join(filter(None, (t("It now stands at: {status}", status=t(words.STATUSES[now["status"]])), " · ".join(said), plain(now["resolution"])))))
