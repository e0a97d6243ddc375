"""Where a figure is used: the pages that show it, the views, lessons and playbooks that rest on it, and what was decided about it."""
from collections.abc import Callable

import streamlit as st

from crm_core import views
from crm_core.association.texts import said
from crm_core.i18n import language, t
from crm_core.metrics import Metric
from crm_core.records.decisions import decisions
from crm_core.records.lessons import lesson_list
from crm_core.records.playbooks import playbook_list
from crm_core.records.views import saved_views
from crm_core.reports.content import SPLITTING
from crm_core.telling import uses
from crm_core.ui import standing
from crm_core.ui.keeping_names import Names
from crm_core.ui.load import look, view
from crm_core.ui.parts import PAGES, small
from crm_core.ui.text import safe
from crm_core.views import View

ARROW = {"icon": ":material/arrow_forward:", "icon_position": "right"}


def opens(k: Metric) -> None:
    """Open over the page where a figure is used."""
    st.dialog(t("Where is “{figure}” used?", figure=t(k.name)), width="medium", position="right")(lambda: _drawer(k))()


def _drawer(k: Metric) -> None:
    _pages(k)
    if not view().scope.may("read"):
        return
    names = Names().by_parameter
    _part(t("Saved views"), [(row["name"], row["view"]) for row in saved_with(k.key)],
          lambda name, shown: standing.link(shown, safe(name), names, **ARROW), t("No saved view shows it."))
    _part(t("Lessons"), lessons_with(k.key), lambda title, code: st.page_link(PAGES / "lesson.py", label=safe(title), query_params={"lesson": code}, **ARROW),
          t("No lesson is about it."))
    _part(t("Playbooks"), playbooks_with(k.key), lambda name, code: st.page_link(PAGES / "playbooks.py", label=safe(name), **ARROW),
          t("No playbook watches it."))
    _part(t("Decisions"), [(row["will_do"], row["id"]) for row in look(decisions, view().whole, kpi=k.key)],
          lambda name, _id: st.page_link(PAGES / "decisions.py", label=safe(name), **ARROW), t("Nothing was decided about it."))


def _pages(k: Metric) -> None:
    st.subheader(t("Pages"), anchor=False)
    found = uses.pages_of(k.key)
    with st.container(horizontal=True):
        for page in (*found, *SPLITTING):
            query = {"kpi": t(k.name)} if page in SPLITTING else None
            st.page_link(PAGES / f"{page}.py", query_params=query)


def _part(title: str, found: list[tuple], link: Callable, nothing: str) -> None:
    st.subheader(title, anchor=False)
    if not found:
        small(safe(nothing), grey=True)
    for one in found:
        link(*one)


# --- what rests on a figure -------------------------------------------------------------------------------------------------------
def saved_with(key: str) -> list[dict]:
    """Return the saved views in sight that show a KPI: they name it, or their page has it."""
    return [row for row in look(saved_views, view().whole) if shows(row["view"], key)]


def shows(shown: View, key: str) -> bool:
    """Whether a view shows a KPI."""
    return key in views.kpis(shown) or (shown.page not in SPLITTING and key in uses.kpis_of(shown.page))


def lessons_with(key: str) -> list[tuple[str, str]]:
    """Return the title and code of the lessons whose view, or whose honest view, shows a KPI."""
    found = [row["lesson"] for row in look(lesson_list)]
    return [(said(one.title, language()), one.code) for one in found
            if any(shows(View(page, params), key) for page, params in ((one.page, one.params), (one.honest_page, one.honest_params)))]


def playbooks_with(key: str) -> list[tuple[str, str]]:
    """Return the name and code of the playbooks that a KPI triggers, that watch it, or that it ends."""
    found = [row["playbook"] for row in look(playbook_list)]
    return [(said(one.name, language()), one.code) for one in found if key in (one.trigger.kpi, one.watch, one.stop.kpi)]
