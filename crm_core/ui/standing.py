"""Where a visitor stands: the page and its choices in codes, as they are saved, handed on to a lesson or written into a decision."""
import datetime as dt
from urllib.parse import urlencode, urlsplit

import streamlit as st

from crm_core import views
from crm_core.reports.content import SPLITTING
from crm_core.ui.parts import PAGES
from crm_core.views import View

USUAL = {"period": "12m", "comparison": "year", "who": "all", "among": views.EVERYONE}
HEADER = (*USUAL, "properties", "channels", "dates")


def enter(path: str, title: str) -> None:
    """Remember which page this run draws, by its path ("" is the briefing), and what it is called."""
    st.session_state["standing"], st.session_state["standing_title"] = path or "briefing", title


def title() -> str:
    """Return what the open page is called in the navigation."""
    return st.session_state.get("standing_title", "")


def here() -> View:
    """Return the page that is open with its choices; what stands at its usual value is left out."""
    page = st.session_state.get("standing", "briefing")
    named = (*views.KPI_PARAMS, *views.DIMENSION_PARAMS) if page in SPLITTING else ()
    chosen = {key: _chosen(key) for key in dict.fromkeys((*st.query_params, *HEADER, *named))}
    found = views.codes(page, {key: value for key, value in chosen.items() if value and value != USUAL.get(key)})
    if found.get("period") != "dates":
        found.pop("dates", None)
    return View(page, found)


def _chosen(key: str) -> str | list[str]:
    """What a control holds, as code; without a control what the address says."""
    value = st.session_state.get(key)
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(one, str | int | dt.date) for one in value):
        return [one.isoformat() if isinstance(one, dt.date) else str(one) for one in value]
    return st.query_params.get_all(key)


def link(view: View, label: str | None = None, names: views.Names | None = None, **options) -> None:
    """Write a link that opens a view from a page without filters of its own: what a page binds itself must not stand in its links."""
    st.page_link(PAGES / f"{view.page}.py", label=label, query_params=views.query(view, names), **options)


def lesson_link(label: str, **options) -> None:
    """Write the link that begins a lesson with the view that is open; handed() reads it there."""
    view = here()
    st.page_link(PAGES / "lesson.py", label=label, query_params={"new": view.page, "with": view.written}, **options)


def handed() -> View | None:
    """Return the view that lesson_link() handed on; None where none was."""
    page = st.query_params.get("new", "")
    return views.read(page, st.query_params.get("with", "")) if page in views.pages() else None


def address(view: View) -> str:
    """Return a view's address with its choices in codes, which every language understands."""
    at = urlsplit(st.context.url or "")
    base = f"{at.scheme}://{at.netloc}" if at.netloc else ""
    said = {**view.params, "store": st.session_state.get("store")}
    query = urlencode({key: value for key, value in said.items() if value}, safe=",")
    return f"{base}/{'' if view.page == 'briefing' else view.page}" + (f"?{query}" if query else "")

