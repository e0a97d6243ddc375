"""The page of audiences: the lists that were drawn, and what became of each."""
import pandas as pd
import streamlit as st

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.records.audiences import audiences
from crm_core.records.campaigns import campaign_plans
from crm_core.schema import ARMS
from crm_core.ui import audience_words as words
from crm_core.ui import filters, guest_rows
from crm_core.ui.load import look, view
from crm_core.ui.parts import PAGES, panel, small, table_height
from crm_core.ui.text import plain, safe

SHOWN = {"kept": N_("In use"), "archived": N_("Put away")}
MOST_ROWS = 10


@st.fragment
def listing() -> None:
    """The lists of all the visitor's properties, newest first: how each is split, its campaign, its file; the row that is ticked opens."""
    filters.understand("lists", SHOWN)
    rows = look(audiences, view().whole, archived=_chosen() == "archived")
    today = view().scope.as_of
    with panel(words.list_title(rows, today), t("People as they stood on the day of the draw, newest first"), right=_shown, height="content"):
        if not rows:
            small(safe(t("Draw one below: it freezes who is written to, who is held out by lot, and why the others may not be written to.")), grey=True)
            return
        picked = st.dataframe(_table(rows), hide_index=True, row_height=34, height=table_height(len(rows), MOST_ROWS), key="audience_rows", on_select="rerun",
                              selection_mode="single-row", column_config=_widths(), alt=t("Audiences, newest first")).selection.rows
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":small[:gray[{safe(t('Tick a row to open the audience.'))}]]", width="stretch")
            if picked and picked[0] < len(rows):
                audience_link(rows[picked[0]]["id"], rows[picked[0]]["name"])


def audience_link(audience: int, name: str) -> None:
    """Write a link to an audience."""
    st.page_link(PAGES / "audiences.py", label=t("Open “{name}”", name=safe(name)), query_params={"audience": str(audience)}, icon=":material/group:")


def _chosen() -> str:
    """Which lists are shown; before the widget is drawn for the first time only the URL knows."""
    said = st.query_params.get("lists")
    return st.session_state.get("lists") or next((code for code, name in SHOWN.items() if said == t(name)), "kept")


def _shown() -> None:
    st.selectbox(t("Which lists"), list(SHOWN), format_func=lambda code: t(SHOWN[code]), key="lists", bind="query-params", label_visibility="collapsed", width=130)


def _table(rows: list[dict]) -> pd.DataFrame:
    written, today = {row["audience_id"]: row["name"] for row in look(campaign_plans, view().whole) if row["audience_id"]}, view().scope.as_of
    return pd.DataFrame({
        t("Audience"): [plain(row["name"]) for row in rows], t("Drawn"): [formats.date(row["as_of"]) for row in rows],
        t("Kind"): [t(words.KINDS[row["kind"]]) for row in rows], t("To be written to"): [formats.count(row[ARMS[0]]) for row in rows],
        t("Held out"): [formats.count(row[ARMS[1]]) if row[ARMS[1]] else formats.DASH for row in rows],
        t("Campaign"): [plain(written.get(row["id"], "")) or formats.DASH for row in rows], t("File"): [words.state(row, today) for row in rows]})


def _widths() -> dict:
    return guest_rows.sized({t("Audience"): 190, t("Kind"): 160, t("Campaign"): 160, t("File"): 300},
                            {t("Drawn"): 100, t("To be written to"): 120, t("Held out"): 80})
