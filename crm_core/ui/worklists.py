"""Work lists of contacts that need a hand: counts as cards, the people of one list, and changes of many at once that can be undone."""
import datetime as dt
import math

import pandas as pd
import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import N_, t, tn
from crm_core.queries.contacts import LISTS
from crm_core.records import bulk
from crm_core.records.bulk_undo import bulk_actions, undo_bulk
from crm_core.records.contacts import contacts
from crm_core.records.duplicates import waiting_count
from crm_core.records.registry import Refused, Stale
from crm_core.ui import bulk_controls
from crm_core.ui.guest_rows import day
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import PAGES, guest_link, panel, small, table_height, told
from crm_core.ui.text import plain, safe

PAGE_ROWS = 50
NAMES = {
    "email_invalid": N_("E-mail invalid"), "phone_invalid": N_("Phone invalid"), "no_proof": N_("Consent without proof"),
    "alias_only": N_("Travel-site e-mail only"), "unseen": N_("Not seen for 3 years"), "no_country": N_("No country"),
    "birth_impossible": N_("Impossible birth date"),
}
SAID = {
    "email_invalid": N_("malformed, a placeholder, or bounced"), "phone_invalid": N_("no number that can be dialled"),
    "no_proof": N_("they said yes, nobody can show where"), "alias_only": N_("ask for their own address at check-in"),
    "unseen": N_("no stay and no booking since"), "no_country": N_("no profile says where from"),
    "birth_impossible": N_("to come, before 1900, or a system's default"),
}
# What a list shows of a contact: the values of the profiles that are in one of these states.
SHOWS = {"email_invalid": ("email", bulk.WRONG), "phone_invalid": ("phone", bulk.WRONG), "alias_only": ("email", ("relay",)),
         "birth_impossible": ("birth", ("invalid", "placeholder"))}
DONE = {
    "remove_email": N_("Wrong e-mail addresses removed"), "remove_phone": N_("Wrong phone numbers removed"), "set_country": N_("Country set"),
    "set_language": N_("Language set"), "tag": N_("Tag added"), "untag": N_("Tag removed"), "expire_consents": N_("Unproven consents expired"),
}


@st.fragment
def work() -> None:
    """The lists as cards, the one that is open, and what was done to many contacts at once."""
    counts = load("work_lists").set_index("name")["guests"]
    open_ = st.session_state.get("work") or next((name for name in LISTS if counts[name]), "unseen")
    total = int(counts.sum())
    with panel(_title(counts), t("Guests of the properties chosen above, at the as-of date · a guest can be on several lists")):
        with st.grid(4, min_column_width=140, gap="xsmall"):
            for name in LISTS:
                _card(name, int(counts[name]), name == open_)
            _pairs()
        if total and view().scope.may("contact"):
            _list(open_, int(counts[open_]))
        if view().scope.may("people"):
            _history()


def _title(counts: pd.Series) -> str:
    open_lists = int((counts > 0).sum())
    return tn("{n} work list has guests on it", "{n} work lists have guests on them", open_lists) if open_lists else t("Nothing to put in order")


def _card(name: str, count: int, is_open: bool) -> None:
    with st.container(border=True, height="stretch", gap="xxsmall"):
        st.button(t(NAMES[name]), type="tertiary", key=f"work_{name}", icon=":material/chevron_right:", icon_position="right",
                  on_click=lambda: st.session_state.update(work=name, work_page=1), disabled=not count)
        st.metric(t(NAMES[name]), formats.count(count), label_visibility="collapsed")
        small(f"**{safe(t('shown below'))}**" if is_open and count else safe(t(SAID[name])), grey=not (is_open and count))


def _pairs() -> None:
    if not view().scope.may("people"):
        return
    with st.container(border=True, height="stretch", gap="xxsmall"):
        if st.button(t("Perhaps one person"), type="tertiary", key="work_pairs", icon=":material/arrow_forward:", icon_position="right"):
            st.switch_page(PAGES / "duplicates.py")
        st.metric(t("Perhaps one person"), formats.count(look(waiting_count)), label_visibility="collapsed")
        small(safe(t("pairs that wait for a decision")), grey=True)


def _list(name: str, total: int) -> None:
    """The people of a list, page by page, as they stand now; those who are ticked can be changed together."""
    if not total:
        return
    pages = math.ceil(total / PAGE_ROWS)
    page = min(st.session_state.get("work_page") or 1, pages)
    people, frame = _people(name, (page - 1) * PAGE_ROWS, PAGE_ROWS)
    st.markdown(f"**{safe(t(NAMES[name]))}** :small[:gray[{safe(_below(len(people), total))}]]")
    # A new key after each change: rows that left the list must not leave their ticks to others.
    picked = st.dataframe(_words(name, people, frame), hide_index=True, row_height=34, height=table_height(len(people), 10),
                          key=f"work_rows_{name}_{page}_{st.session_state.get('work_done', 0)}", on_select="rerun", selection_mode="multi-row",
                          column_config=_widths(name), alt=t(NAMES[name])).selection.rows
    ticked = [people[i] for i in picked if i < len(people)]
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key="work_page")
        whole = total > len(people) and st.checkbox(t("All {n} on this list", n=formats.count(min(total, bulk.MOST))), key=f"work_all_{name}")
        if len(ticked) == 1:
            guest_link(ticked[0]["id"], t("Open guest"), icon=":material/person:")
    if view().scope.may("people"):
        chosen = _people(name, 0, bulk.MOST)[0] if whole else ticked
        bulk_controls.controls(name, [(person["id"], person["version"]) for person in chosen], _run)


def _below(here: int, total: int) -> str:
    waiting = t("the counts follow in a moment") if jobs.is_refreshing(view().settings) else ""
    return " · ".join(filter(None, (t("{here} of {total}, last seen first", here=formats.count(here), total=formats.count(total)), waiting)))


def _people(name: str, offset: int, limit: int) -> tuple[list[dict], pd.DataFrame]:
    """Return those of a list's guests who are still on it, as they stand now, and the list's own rows by guest."""
    frame = load("work_list", work=name, offset=offset, limit=limit).set_index("guest_id")
    now = look(contacts, ids=tuple(int(i) for i in frame.index))
    return [now[i] for i in map(int, frame.index) if i in now and _still(name, now[i])], frame


def _still(name: str, person: dict) -> bool:
    """Whether a contact still belongs to a list: the counts are those of the last refresh, what was mended since is out at once."""
    if name in SHOWS:
        field, wrong = SHOWS[name]
        return any(row[f"{field}_state"] in wrong for row in person["profiles"])
    return not person["country"] if name == "no_country" else True


def _words(name: str, people: list[dict], frame: pd.DataFrame) -> pd.DataFrame:
    places = load("properties").set_index("property_id")["name"]
    columns = {t("Guest"): [plain(p["name"]) or t("Guest {id}", id=p["id"]) for p in people]}
    if name in SHOWS:
        columns[_column(name)] = [_value(name, p) for p in people]
    return pd.DataFrame(columns | {
        t("Country"): [formats.territory(p["country"]) for p in people],
        t("Language"): [formats.language_name(p["language"]) for p in people],
        t("Last seen"): [day(frame["seen_on"].get(p["id"])) for p in people],
        t("Property"): [str(places.get(frame["property_id"].get(p["id"]))) for p in people],
        t("Tags"): [", ".join(map(plain, p["tags"])) for p in people],
    })


def _column(name: str) -> str:
    return {"email": t("E-mail"), "phone": t("Phone"), "birth": t("Birth date")}[SHOWS[name][0]]


def _value(name: str, person: dict) -> str:
    field, wrong = SHOWS[name]
    column = "birth_on" if field == "birth" else field
    found = dict.fromkeys(row[column] for row in person["profiles"] if row[f"{field}_state"] in wrong and row[column])
    return ", ".join(value.isoformat() if isinstance(value, dt.date) else plain(value) for value in found)


def _widths(name: str) -> dict:
    widths = {t("Guest"): 180, t("Country"): 130, t("Language"): 110, t("Last seen"): 112, t("Property"): 170, t("Tags"): 130}
    return {title: st.column_config.Column(width=w) for title, w in (widths | ({_column(name): 260} if name in SHOWS else {})).items()}


def _run(action, chosen: list[tuple[int, int]], **values) -> None:
    """Do one thing to all chosen contacts; what was changed by somebody else meanwhile stops it and is said."""
    try:
        act(action, chosen=chosen, **values)
        _after(tn("{n} contact was looked after. It can be undone below.", "{n} contacts were looked after. It can be undone below.",
                  len(chosen), n=formats.count(len(chosen))))
    except Refused as problem:
        st.error(t(str(problem)), icon=":material/error:")
    except Stale as problem:
        st.warning(t("{n} of these contacts were changed by somebody else meanwhile. Nothing was done: look again, then repeat it.",
                     n=len(problem.current["ids"])), icon=":material/sync_problem:")


def _after(said: str) -> None:
    jobs.start_refresh(view().settings)
    st.session_state["work_done"] = st.session_state.get("work_done", 0) + 1
    st.toast(said, icon=":material/check:")
    st.rerun(scope="fragment")


def _history() -> None:
    """What was done to many at once, newest first, each with its way back."""
    done = look(bulk_actions, limit=8)
    if not done:
        return
    with st.expander(tn("{n} change of many contacts", "{n} changes of many contacts", len(done)), icon=":material/history:"):
        for row in done:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(_told(row), width="stretch")
                if not row["undone_at"] and st.button(t("Undo"), key=f"undo_{row['id']}", icon=":material/undo:"):
                    _undo(row["id"])


def _told(row: dict) -> str:
    on = formats.instant(dt.datetime.fromisoformat(row["at"]))
    undone = t("undone by {who}", who=row["undone_by"]) if row["undone_at"] else ""
    guests = tn("{n} guest", "{n} guests", row["rows"], n=formats.count(row["rows"]))
    return f"{safe(t(DONE[row['kind']]))} · {safe(guests)}  \n:small[:gray[{safe(' · '.join(filter(None, (row['actor'], on, undone))))}]]"


def _undo(id: int) -> None:
    with told():
        found = act(undo_bulk, id=id)
        kept = tn("{n} value was changed since and stays.", "{n} values were changed since and stay.", found["kept"]) if found["kept"] else ""
        _after(f"{t('Undone.')} {kept}" if kept else t("Undone: everything stands as before."))
