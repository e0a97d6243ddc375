"""The plan of a house by a checklist: what is to be done about which item, by whom and until when; overdue first."""
import datetime as dt
from collections.abc import Mapping, Sequence

import streamlit as st

from crm_core import formats
from crm_core.i18n import t, tn
from crm_core.records import improvements as records
from crm_core.ui import standards_words as words
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import downloads, filled, panel, small, told
from crm_core.ui.standards import MAY, Chosen
from crm_core.ui.text import plain, safe

SHOWN = 10
NEEDED = ("not_met", "partly")  # items that ask for something


def plan(at: Chosen, card: Mapping | None) -> None:
    """What is to be done, then what was; a row is changed in a dialog, and what nothing is planned for is named."""
    rows = look(records.improvements, property_id=at.house, standard_id=at.row["id"])
    todo, done = [row for row in rows if not row["done_on"]], [row for row in rows if row["done_on"]]
    with panel(words.plan_title(rows), t("Improvements of {house} by this checklist", house=at.houses[at.house]), right=lambda: _add_button(at)):
        for row in todo[:SHOWN]:
            _row(at, row)
        if len(todo) > SHOWN:
            small(safe(t("{n} more are in the file.", n=formats.count(len(todo) - SHOWN))), grey=True)
        _unplanned(card, rows)
        if done:
            with st.expander(tn("{n} done", "{n} done", len(done), n=formats.count(len(done)))):
                for row in done[:SHOWN]:
                    _row(at, row)
        if rows:
            _file(at, rows)
    _dialogs(at, card, rows)


def _row(at: Chosen, row: Mapping) -> None:
    who = safe(row["owner"]) if row["owner"] else safe(t("nobody yet"))
    left, right = st.columns([1.62, 1], vertical_alignment="center")
    left.markdown(f"{safe(row['what'])}  \n:small[:gray[{who} · {safe(words.short(_item_text(at, row['item'])))}]] {words.due(row)}")
    if not view().scope.may(MAY):
        return
    with right, st.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        own = {"id": row["id"], "version": row["version"]}
        if row["done_on"]:
            st.button(t("Open again"), type="tertiary", icon=":material/undo:", key=f"plan_again_{row['id']}", on_click=_do, args=(records.reopen_improvement,),
                      kwargs=own)
        else:
            st.button(t("Done"), icon=":material/check:", key=f"plan_done_{row['id']}", on_click=_do, args=(records.finish_improvement,), kwargs=own)
            st.button(t("Change"), type="tertiary", icon=":material/edit:", key=f"plan_edit_{row['id']}", on_click=_open, args=(row["id"],))


def _item_text(at: Chosen, code: str) -> str:
    return next((words.item_text(item) for item in at.standard.items if item.code == code), code)


def _do(action, **values) -> None:
    with told():
        act(action, **values)


def _unplanned(card: Mapping | None, rows: Sequence[Mapping]) -> None:
    """How many items that are not met, or only partly, have nothing planned for them."""
    planned = {row["item"] for row in rows if not row["done_on"]}
    open_ = [code for code, given in (card or {"items": {}})["items"].items() if given["result"] in NEEDED and code not in planned]
    if open_:
        small(safe(tn("{n} item that is not fully met has no improvement yet.", "{n} items that are not fully met have no improvement yet.", len(open_),
                      n=formats.count(len(open_)))), grey=True)


def _file(at: Chosen, rows: Sequence[Mapping]) -> None:
    columns = (t("Item"), t("What is to be done"), t("Who"), t("Until"), t("Done on"), t("Overdue"))
    day = lambda one: one.isoformat() if one else ""  # noqa: E731
    downloads(f"plan-{at.row['code']}", columns, lambda: [(_item_text(at, row["item"]), row["what"], row["owner"], day(row["due_on"]), day(row["done_on"]),
                                                           t("yes") if row["is_overdue"] else t("no")) for row in rows])


# --- writing it down ------------------------------------------------------------------------------------------------------------
def _add_button(at: Chosen) -> None:
    if view().scope.may(MAY):
        st.button(t("Plan an improvement"), icon=":material/add:", key="plan_add", on_click=_open, args=(0,))


def _open(number: int) -> None:
    st.session_state["planning"] = number


def _close() -> None:
    st.session_state.pop("planning", None)


def _dialogs(at: Chosen, card: Mapping | None, rows: Sequence[Mapping]) -> None:
    """Open over the page the improvement that is being written (0: a new one), until it is closed."""
    number = st.session_state.get("planning")
    row = next((row for row in rows if row["id"] == number), None)
    if number == 0:
        st.dialog(t("Plan an improvement"), on_dismiss=_close)(lambda: _new(at, card))()
    elif row:
        st.dialog(t("Change an improvement"), on_dismiss=_close)(lambda: _edit(at, row))()


def _new(at: Chosen, card: Mapping | None) -> None:
    """A new improvement; items that are not met come first among those to choose from."""
    results = {code: given["result"] for code, given in (card or {"items": {}})["items"].items()}
    items = sorted(at.standard.items, key=lambda item: results.get(item.code) not in NEEDED)
    texts = {item.code: plain(f"{words.result(results.get(item.code, words.UNSEEN))}: {words.item_text(item)}") for item in items}
    item = st.selectbox(t("Item"), list(texts), format_func=texts.get, key="plan_item")
    what, owner, due_on = _fields(None)
    if st.button(t("Save"), key="plan_save", type=filled()):
        with told():
            act(records.add_improvement, property_id=at.house, standard_id=at.row["id"], item=item, what=what, owner=owner, due_on=due_on)
            _close()
            st.rerun()


def _edit(at: Chosen, row: Mapping) -> None:
    small(safe(_item_text(at, row["item"])), grey=True)
    what, owner, due_on = _fields(row)
    own = {"id": row["id"], "version": row["version"]}
    with st.container(horizontal=True):
        for label, action, values in ((t("Save"), records.change_improvement, own | {"values": {"what": what, "owner": owner, "due_on": due_on}}),
                                      (t("Remove"), records.remove_improvement, own)):
            if st.button(label, key=f"plan_{action.__name__}", type=filled() if action is records.change_improvement else "tertiary"):
                with told():
                    act(action, **values)
                    _close()
                    st.rerun()


def _fields(row: Mapping | None) -> tuple[str, str, dt.date | None]:
    tag = row["id"] if row else 0
    now = row or {"what": "", "owner": "", "due_on": view().scope.as_of + dt.timedelta(30)}
    what = st.text_area(t("What is to be done"), now["what"], key=f"plan_what_{tag}", max_chars=records.LONGEST, height=90)
    owner = st.text_input(t("Who"), now["owner"], key=f"plan_owner_{tag}", max_chars=records.LONGEST_OWNER)
    return what or "", owner or "", st.date_input(t("Until"), now["due_on"], key=f"plan_due_{tag}", format="YYYY-MM-DD")
