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


def listing(key: str, total: int, rows: Rows, columns: Callable[[pd.DataFrame], dict[str, list]], alt: str, *, widths: dict | None = None,
            keep: Callable[[list[int]], None] | None = None) -> None:
    """Draw a page of the rows with names, further columns in words, and a link to the one that is ticked.

    widths: how columns are drawn, by their names. keep: draws what is done with the list; it is given the guests that are ticked, here several.
    """
    pages = max(1, math.ceil(total / PAGE_ROWS))
    page = min(st.session_state.get(f"page_{key}") or 1, pages)
    frame = rows((page - 1) * PAGE_ROWS, PAGE_ROWS)
    shown = _words(frame, columns)
    picked = st.dataframe(shown, hide_index=True, row_height=34, height=table_height(len(shown), 8), key=f"rows_{key}", on_select="rerun",
                          selection_mode="multi-row" if keep else "single-row", alt=alt,
                          column_config={name: drawn for name, drawn in (widths or {}).items() if name in shown}).selection.rows
    ticked = [int(frame["guest_id"].iloc[i]) for i in picked if i < len(frame)]
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key=f"page_{key}")
        first = (page - 1) * PAGE_ROWS
        said = t("{first}–{last} of {total}", first=formats.count(min(first + 1, total)), last=formats.count(first + len(frame)),
                 total=formats.count(total))
        st.markdown(f":small[:gray[{safe(said)}]]", width="stretch")
        if len(ticked) == 1:
            guest_link(ticked[0], t("Open guest"), icon=":material/person:")
        downloads(key.replace("_", "-"), list(shown.columns), lambda: _all(rows, columns))
        if keep:
            keep(ticked)


def sized(left: dict[str, int], right: dict[str, int]) -> dict:
    """Return how columns of words and of numbers are drawn: their widths in px, numbers at the right."""
    return {**{name: st.column_config.Column(width=width) for name, width in left.items()},
            **{name: st.column_config.Column(width=width, alignment="right") for name, width in right.items()}}


def _all(rows: Rows, columns) -> list[tuple]:
    return list(_words(rows(0, exports.MOST_ROWS), columns).itertuples(index=False, name=None))


def _words(frame: pd.DataFrame, columns) -> pd.DataFrame:
    known = look(names, ids=tuple(int(i) for i in frame["guest_id"].unique())) if view().scope.may("contact") else {}
    who = [plain(known.get(int(i))) or t("Guest {id}", id=int(i)) for i in frame["guest_id"]]
    return pd.DataFrame({t("Guest"): who} | columns(frame))


def day(on) -> str:
    """Return a date of a frame as text, a dash where there is none."""
    return formats.date(on) if pd.notna(on) else formats.DASH
