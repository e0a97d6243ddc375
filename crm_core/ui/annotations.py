"""The notes beside the time axes: listed with their days, put away and brought back."""
import streamlit as st

from crm_core import formats, jobs
from crm_core.i18n import t, tn
from crm_core.records import annotations as records
from crm_core.ui import keeping_words
from crm_core.ui.load import act, load, look, view
from crm_core.ui.parts import panel, told
from crm_core.ui.text import safe

SHOWN, MOST = 5, 200


def listing() -> None:
    """The notes in sight, the latest first; nothing where nobody noted anything."""
    rows, away = look(records.annotations, view().whole)[::-1], look(records.annotations, view().whole, archived=True)[::-1]
    if not rows and not away:
        return
    title = tn("{n} note beside the time axes", "{n} notes beside the time axes", len(rows)) if rows else t("No note beside the time axes")
    with panel(title, t("They stand beside the lines of the page Explore"), height="content"):
        for row in rows[:SHOWN]:
            _row(row)
        if rows[SHOWN:]:
            with st.expander(tn("{n} earlier note", "{n} earlier notes", len(rows) - SHOWN), icon=":material/history:"):
                for row in rows[SHOWN:MOST]:
                    _row(row)
        if away and view().scope.may("view"):
            with st.expander(tn("{n} note was put away", "{n} notes were put away", len(away)), icon=":material/archive:"):
                for row in away[:MOST]:
                    _row(row)


def _row(row: dict) -> None:
    places = load("properties", view().whole).set_index("property_id")["name"]
    days = formats.date(row["on_day"]) if row["until_on"] is None else f"{formats.date(row['on_day'])} – {formats.date(row['until_on'])}"
    below = " · ".join((days, str(places.get(row["property_id"], "")), t(keeping_words.ANNOTATIONS[row["kind"]])))
    with st.container(horizontal=True, wrap=False, vertical_alignment="center"):
        st.markdown(f"{safe(row['said'])}  \n:small[:gray[{safe(below)}]]", width="stretch")
        if not view().scope.may("view"):
            return
        action, label = (records.restore_annotation, t("Bring back")) if row["archived_at"] else (records.archive_annotation, t("Put away"))
        if st.button(label, type="tertiary", key=f"note_{row['id']}_move"):
            with told():
                act(action, view().whole, id=row["id"], version=row["version"])
                jobs.start_refresh(view().settings)
                st.rerun()
