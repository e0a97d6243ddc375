"""What is promised: within how many hours of the desk cases are answered and solved by property and priority, and when the desk is there."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import t
from crm_core.records.service_targets import desk_hours, service_targets, set_desk_hours, set_service_target
from crm_core.telling import case_words as words
from crm_core.ui.load import act, look, view
from crm_core.ui.parts import panel, small, told
from crm_core.ui.text import safe


def targets() -> None:
    """The hours of each priority at one property, and its desk's hours, edited where the role may."""
    desks = {row["id"]: row for row in look(desk_hours)}
    with panel(t("What is promised"), t("Business hours: only while the desk is there · new cases are due by it, open ones keep their due times")):
        place = st.selectbox(t("Property"), list(desks), format_func=lambda i: desks[i]["name"], key="target_place", label_visibility="collapsed")
        if place is None:
            return
        _hours([row for row in look(service_targets) if row["property_id"] == place])
        _desk(desks[place])


def _hours(rows: list[dict]) -> None:
    may, key = view().scope.may("settings"), f"targets_{rows[0]['property_id']}_{'_'.join(str(r['version']) for r in rows)}"
    frame = pd.DataFrame({"priority": [t(words.PRIORITIES[r["priority"]]) for r in rows], "answer": [r["answer_hours"] for r in rows],
                          "solve": [r["solve_hours"] for r in rows]})
    columns = {"priority": st.column_config.TextColumn(t("Priority"), disabled=True),
               "answer": st.column_config.NumberColumn(t("Answer within, hours"), min_value=1, max_value=2000, step=1, required=True),
               "solve": st.column_config.NumberColumn(t("Solve within, hours"), min_value=1, max_value=2000, step=1, required=True)}
    edited = st.data_editor(frame, key=key, hide_index=True, column_config=columns, disabled=not may, row_height=34, num_rows="fixed", alt=t("What is promised"))
    if may and not edited.equals(frame) and st.button(t("Save hours"), key="save_targets"):
        with told():
            for row, answer, solve in zip(rows, edited["answer"], edited["solve"], strict=True):
                if (answer, solve) != (row["answer_hours"], row["solve_hours"]):
                    act(set_service_target, property_id=row["property_id"], priority=row["priority"], answer_hours=int(answer), solve_hours=int(solve),
                        version=row["version"])
            st.rerun()


def _desk(row: dict) -> None:
    """When the desk is there, by its local clock."""
    days, key = {str(n): formats.weekday_short(pd.Timestamp(2024, 1, n).date()) for n in range(1, 8)}, f"{row['id']}_{row['version']}"
    may = view().scope.may("settings")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        opens = st.text_input(t("Desk opens"), row["desk_from"], key=f"opens_{key}", width=110, disabled=not may)
        closes = st.text_input(t("Desk closes"), row["desk_to"], key=f"closes_{key}", width=110, disabled=not may)
        chosen = st.pills(t("Days"), list(days), format_func=days.get, default=list(row["desk_days"]), selection_mode="multi", key=f"days_{key}", disabled=not may)
    small(safe(t("Local time, {zone}", zone=row["time_zone"] or "UTC")), grey=True)
    values = {"desk_from": opens or "", "desk_to": closes or "", "desk_days": "".join(sorted(chosen or []))}
    if may and any(values[name] != row[name] for name in values) and st.button(t("Save desk hours"), key="save_desk"):
        with told():
            act(set_desk_hours, id=row["id"], version=row["version"], **values)
            st.rerun()
