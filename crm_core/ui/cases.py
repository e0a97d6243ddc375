"""The cards of the page of cases: critical reviews that nobody works on, the queue as a board and as a list, and what is done with several."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.records import case_work
from crm_core.records import cases as records
from crm_core.records.reviews import review_texts
from crm_core.telling import case_words as words
from crm_core.telling.feedback_words import rating
from crm_core.ui import case_opening
from crm_core.ui.filters import one, understand
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import PAGES, filled, guest_link, panel, small, table_height, told
from crm_core.ui.text import plain, safe

KEYS = ("backlog_open", "first_response_median", "sla_met_rate", "reopen_rate", "cases_per_100_stays", "solve_time_median")
VIEWS = {"board": N_("Board"), "list": N_("List")}
SORTS = {"due": N_("Due first"), "opened": N_("Newest first"), "priority": N_("Highest priority")}
COLUMNS, ROWS, STRIP, MOST_AT_ONCE = 6, 200, 3, 50


def figures_only() -> None:
    """What a role without texts is told: figures above, no cases below."""
    small(safe(t("Your role sees figures, not the cases themselves.")), grey=True)


# --- critical reviews without a case ----------------------------------------------------------------------------------------------
@st.fragment
def uncased() -> None:
    """Critical reviews of the period that nobody opened a case for, answered or not, each and all opened with a click."""
    found = load("review_list", view="uncased", limit=records.MOST)
    cards = [card for card in look(review_texts, ids=found["review_id"].astype(int).tolist()) if card["case_id"] is None]
    if not cards:
        return
    with panel(words.uncased_title(len(cards)), t("Of the period, unanswered: 40 of 100 or less, or of safety, pests, discrimination, health"), height="content"):
        for card in cards[:STRIP]:
            _uncased(card)
        if len(cards) > 1 and view().scope.may("case"):
            many = cards[:MOST_AT_ONCE]
            if st.button(t("Open a case for each of {n}", n=formats.count(len(many))), key="open_all", icon=":material/playlist_add:"):
                _open_all(many)


def _uncased(card: dict) -> None:
    text, link = st.columns([6, 1.2], vertical_alignment="center")
    first = safe(words.complaint(card, 160))
    where = " · ".join(filter(None, (card["property"], card["name"] or "", formats.date(card["reviewed_on"]) if card["reviewed_on"] else "")))
    text.markdown(f"**{safe(rating(card['score_bp'], card['nps']))}** {first}  \n:small[:gray[{safe(where)}]]")
    if view().scope.may("case"):
        link.page_link(PAGES / "case.py", label=t("Open a case"), icon=":material/add:", query_params={"review": str(card["id"])}, width="stretch")


def _open_all(cards: list[dict]) -> None:
    with told():
        for card in cards:
            act(case_work.open_case, **case_opening.about(card))
        st.rerun()


# --- the queue ---------------------------------------------------------------------------------------------------------------------
def work() -> None:
    """All that is not closed, with filters, as a board by status or as a list; a new case."""
    counts = look(records.case_counts)
    with panel(words.queue_title(counts), t("Whatever the period · due times count the desk's hours"), right=_buttons, height="content"):
        chosen = _filters()
        if st.session_state.get("case_show") == "list":
            _list(chosen)
        else:
            _board(chosen, counts)


def _buttons() -> None:
    understand("case_show", VIEWS)
    st.segmented_control(t("View"), list(VIEWS), format_func=lambda v: t(VIEWS[v]), default="board", key="case_show", required=True, bind="query-params",
                         label_visibility="collapsed")
    if view().scope.may("case"):
        st.button(t("New case"), icon=":material/add:", type=filled(), key="new_case", on_click=case_opening.begin)
        case_opening.dialog()


def _filters() -> dict:
    owners = look(records.case_owners)
    with st.grid(5, min_column_width=140, gap="xsmall"):
        text = st.text_input(t("Find a case"), key="case_text", placeholder=t("Words or room"), label_visibility="collapsed")
        owner = one("case_owner", t("Owner"), {"any": N_("Any owner"), "nobody": N_("Without an owner")} | {name: name for name in owners})
        department = one("case_department", t("Department"), {"any": N_("Any department")} | {k: v for k, v in words.DEPARTMENTS.items() if k})
        priority = one("case_priority", t("Priority"), {"any": N_("Any priority")} | words.PRIORITIES)
        kind = one("case_kind", t("Kind"), {"any": N_("Any kind")} | words.KINDS)
    picked = {"owner": "" if owner == "nobody" else owner, "department": department, "priority": priority, "kind": kind, "text": text or ""}
    return {name: value for name, value in picked.items() if value not in ("any", None)}


def _board(chosen: dict, counts: dict) -> None:
    """One column for each status; on a phone they stand below each other."""
    with st.grid(len(words.STATUSES), min_column_width=210, gap="small"):
        for status in words.STATUSES:
            with st.container(gap="xsmall"):
                _column(status, chosen, counts[status])


def _column(status: str, chosen: dict, total: int) -> None:
    rows = look(records.case_queue, status=status, order="opened" if status == "closed" else "due", limit=COLUMNS, **chosen)
    st.markdown(f"**{safe(t(words.STATUSES[status]))}** :small[:gray[{formats.count(total)}]]")
    for row in rows:
        _card(row)
    if not rows:
        small(safe(t("None here.")), grey=True)
    elif len(rows) == COLUMNS:
        small(safe(t("More in the list.")), grey=True)


def _card(row: dict) -> None:
    with st.container(border=True, gap="xxsmall"):
        st.page_link(PAGES / "case.py", label=safe(words.title(row)), query_params={"case": str(row["id"])}, width="stretch")
        if row["text"]:
            small(safe(plain(row["text"])[:110]))
        said, tone = words.state(row)
        badges = [f":{tone}-badge[{safe(said)}]"]
        if row["priority"] in ("urgent", "high") and row["status"] != "closed":
            badges.append(f":{words.PRIORITY_TONES[row['priority']]}-badge[{safe(t(words.PRIORITIES[row['priority']]))}]")
        st.markdown(" ".join(badges))
        small(safe(" · ".join(filter(None, (row["property"], row["name"] or "", row["owner"] or t("nobody yet"))))), grey=True)


def _list(chosen: dict) -> None:
    """The queue as rows; several can be ticked, taken and given to somebody."""
    left, right = st.columns(2)
    with left:
        status = one("case_status", t("Status"), {"unsolved": N_("Not closed")} | words.STATUSES)
    with right:
        order = one("case_sort", t("Sort by"), SORTS)
    rows = look(records.case_queue, status="" if status == "unsolved" else status, order=order, limit=ROWS, **chosen)
    picked = table(rows, "case_rows", "multi-row")
    small(safe(tn("{n} case shown", "{n} cases shown", len(rows), n=formats.count(len(rows)))), grey=True)
    if picked:
        _batch(picked)


def table(rows: list[dict], key: str, mode: str = "single-row", most: int = 15) -> list[dict]:
    """Draw cases as rows and return those that are ticked; overdue ones are red."""
    if not rows:
        small(safe(t("No case fits.")), grey=True)
        return []
    late = [words.state(row) for row in rows]
    shown = pd.DataFrame({
        t("Case"): [plain(words.title(r)) for r in rows], t("State"): [said for said, _ in late], t("Priority"): [t(words.PRIORITIES[r["priority"]]) for r in rows],
        t("Status"): [t(words.STATUSES[r["status"]]) for r in rows], t("Guest"): [plain(r["name"]) for r in rows], t("Owner"): [plain(r["owner"]) for r in rows],
        t("Department"): [words.coded("department", r["department"] or "") for r in rows], t("Property"): [r["property"] for r in rows],
        t("Age"): [words.waited(r["age_minutes"]) for r in rows], t("What was said"): [plain(r["text"])[:120] for r in rows]})
    red = [f"color: {'#B3401A' if st.context.theme.type != 'dark' else '#F0936B'}; font-weight: 600" if tone == "red" else "" for _, tone in late]
    styled = shown.style.apply(lambda _: red, subset=[t("State")])
    widths = {t("Case"): 210, t("State"): 140, t("Priority"): 78, t("What was said"): 260}
    ticked = st.dataframe(styled, hide_index=True, row_height=34, height=table_height(len(rows), most), key=key, on_select="rerun", selection_mode=mode,
                          alt=t("Cases"), column_config={name: st.column_config.Column(width=width) for name, width in widths.items()}).selection.rows
    found = [rows[i] for i in ticked if i < len(rows)]
    if len(found) == 1:
        with st.container(horizontal=True):
            st.page_link(PAGES / "case.py", label=t("Open this case"), icon=":material/arrow_forward:", query_params={"case": str(found[0]["id"])})
            if found[0]["guest_id"]:
                guest_link(found[0]["guest_id"], found[0]["name"] or "", icon=":material/person:")
    return found


def _batch(rows: list[dict]) -> None:
    """Take the ticked cases, or give them to somebody."""
    if not view().scope.may("case"):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        owner = st.text_input(t("Give to"), key="give_to", placeholder=t("Name of a colleague"), width=240)
        give = st.button(t("Assign {n}", n=formats.count(len(rows))), key="assign", disabled=not (owner or "").strip())
        take = st.button(t("Take {n}", n=formats.count(len(rows))), key="take_many", type=filled())
    if give or take:
        with told():
            for row in rows:
                act(case_work.take_case, id=row["id"], version=row["version"], **({"owner": owner} if give else {}))
            st.rerun()


def behind(ids: list[int], total: int, key: str) -> None:
    """Draw the cases behind a figure as rows that open; nothing for a role that may not read them."""
    if not view().scope.may("contact"):
        return
    table(look(records.case_list, ids=[int(i) for i in ids]), key, most=8)
    if total > len(ids):
        small(safe(t("The newest {n} of {total}", n=formats.count(len(ids)), total=formats.count(total))), grey=True)
