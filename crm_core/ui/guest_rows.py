"""A page of guests behind something that was picked: who they are, what is known of each, a link, and the list as a file."""
import math
from collections.abc import Callable

import pandas as pd
import streamlit as st

from crm_core import exports, formats
from crm_core.i18n import t
from crm_core.records.guests import names
from crm_core.ui.load import look, view
from crm_core.ui.parts import downloads, guest_link, table_height
from crm_core.ui.text import plain, safe

PAGE_ROWS = 50
Rows = Callable[[int, int], pd.DataFrame]  # (offset, limit): rows with a column guest_id


def listing(key: str, total: int, rows: Rows, columns: Callable[[pd.DataFrame], dict[str, list]], alt: str) -> None:
    """Draw a page of the rows with names, further columns in words, and a link to the one that is ticked."""
    pages = max(1, math.ceil(total / PAGE_ROWS))
    page = min(st.session_state.get(f"page_{key}") or 1, pages)
    frame = rows((page - 1) * PAGE_ROWS, PAGE_ROWS)
    shown = _words(frame, columns)
    picked = st.dataframe(shown, hide_index=True, row_height=34, height=table_height(len(shown), 8), key=f"rows_{key}", on_select="rerun",
                          selection_mode="single-row", alt=alt).selection.rows
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key=f"page_{key}")
        first = (page - 1) * PAGE_ROWS
        said = t("{first}–{last} of {total}", first=formats.count(min(first + 1, total)), last=formats.count(first + len(frame)),
                 total=formats.count(total))
        st.markdown(f":small[:gray[{safe(said)}]]", width="stretch")
        if picked and picked[0] < len(frame):
            guest_link(int(frame["guest_id"].iloc[picked[0]]), t("Open guest"), icon=":material/person:")
        downloads(key.replace("_", "-"), list(shown.columns), lambda: _all(rows, columns))


def _all(rows: Rows, columns) -> list[tuple]:
    return list(_words(rows(0, exports.MOST_ROWS), columns).itertuples(index=False, name=None))


def _words(frame: pd.DataFrame, columns) -> pd.DataFrame:
    known = look(names, ids=tuple(int(i) for i in frame["guest_id"].unique())) if view().scope.may("contact") else {}
    who = [plain(known.get(int(i))) or t("Guest {id}", id=int(i)) for i in frame["guest_id"]]
    return pd.DataFrame({t("Guest"): who} | columns(frame))


def day(on) -> str:
    """Return a date of a frame as text, a dash where there is none."""
    return formats.date(on) if pd.notna(on) else formats.DASH
