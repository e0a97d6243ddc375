"""The script that Streamlit runs for every visitor: language, store, navigation, then the page."""
from pathlib import Path

import streamlit as st

from crm_core import __version__, i18n, settings
from crm_core.i18n import t
from crm_core.scope import NotAllowed
from crm_core.ui import filters, footer, keeping, load, settle, standing, states
from crm_core.ui.parts import mode

HERE = Path(__file__).resolve().parent
PAGES = HERE.parents[1] / "pages"


def language() -> str:
    """Return the language of this run: chosen in the footer, else named in the URL, else the browser's."""
    chosen = st.session_state.get("language") or st.query_params.get("lang") or (st.context.locale or "en")
    i18n.use(chosen)
    return i18n.language()


def store() -> str | None:
    """Return the name of the store to open: chosen in the footer, else named in the URL, else none (the default)."""
    named = st.session_state.get("store") or st.query_params.get("store")
    return named if named in {s.store for s in settings.published()} else None


def pages() -> dict[str, list]:
    """Return the navigation; the pages of one thing (a guest) are reached through links only."""
    def page(name: str, title: str, **options):
        return st.Page(PAGES / f"{name}.py", title=title, url_path=None if options.get("default") else name, **options)

    def hidden(name: str, title: str):
        return page(name, title, visibility="hidden")

    return {
        "": [page("briefing", t("Briefing"), default=True), page("guests", t("Guests")), page("revenue", t("Revenue"))],
        t("Retention"): [page("retention", t("Who comes back")), page("value", t("Guest value")), page("at_risk", t("At risk")),
                         page("segments", t("Segments"))],
        t("Loyalty"): [page("loyalty", t("Programme")), page("tiers", t("Tiers")), page("points", t("Points")),
                       page("member_value", t("Member value")), page("advocates", t("Advocates")), page("gatherings", t("Events")), page("programme", t("Rules"))],
        t("Feedback"): [page("feedback", t("Reviews")), page("drivers", t("What matters")), page("answers", t("Answers")), page("surveys", t("Surveys")),
                        page("cases", t("Cases")), page("service", t("Service")), page("accuracy", t("Accuracy"))],
        t("Campaigns"): [page("campaigns", t("All campaigns")), page("attribution", t("Attribution")), page("reach", t("Reach and fatigue")),
                         page("audiences", t("Audiences")), page("planning", t("Planning")), page("journeys", t("Journeys"))],
        t("Contacts"): [page("contacts", t("Contacts")), page("leads", t("Leads")), page("interactions", t("Interactions")), page("duplicates", t("Duplicates"))],
        t("Explore"): [page("explore", t("Explore")), page("boards", t("Boards")), page("decisions", t("Decisions")), page("figure", t("Figures")),
                       page("origins", t("Origins")), page("glossary", t("Glossary")),
                       page("sql", t("SQL"), visibility="visible" if settings.has_sql() else "hidden")],
        t("Association"): [page("standards", t("Standards")), page("benchmarks", t("Benchmarks")), page("playbooks", t("Playbooks")),
                           page("training", t("Training")), page("lessons", t("Lessons")), page("classroom", t("Class")), page("network", t("Network"))],
        t("Data"): [page("data", t("Files")), page("settings", t("Settings"))],
        " ": [hidden("guest", t("Guest")), hidden("lead", t("Lead")), hidden("enquiry", t("New enquiry")),
              hidden("case", t("Case")), hidden("campaign", t("Campaign")), hidden("lesson", t("Lesson"))],
    }


def scoped() -> dict[str, str]:
    """Return the headings of the pages that follow the global filters, by path.

    The filters are drawn here and not in the pages: Streamlit keeps a widget's place in the URL only where every page draws the same one.
    """
    return {"": t("Briefing"), "guests": t("Guests"), "contacts": t("Contacts"), "leads": t("Leads"), "interactions": t("Interactions"), "figure": t("Figures"),
            "retention": t("Who comes back"), "value": t("What guests are worth"), "at_risk": t("Whom to win back"), "segments": t("Segments"),
            "loyalty": t("Life of the programme"), "tiers": t("Tiers"), "points": t("Points"), "member_value": t("What members add"), "advocates": t("Advocates"),
            "feedback": t("Reviews and surveys"), "drivers": t("What matters to guests"), "answers": t("Response desk"), "surveys": t("Surveys"),
            "cases": t("Cases"), "service": t("Service"), "accuracy": t("How accurate is this?"),
            "campaigns": t("Did it cause bookings?"), "attribution": t("Attribution lab"), "reach": t("Reach and fatigue"), "audiences": t("Audiences"),
            "planning": t("Planning"), "journeys": t("Journeys"), "origins": t("Where guests come from"),
            "revenue": t("What was sold, and what was kept"), "gatherings": t("Events"), "explore": t("Explore"),
            "standards": t("Standards"), "benchmarks": t("Benchmarks"), "playbooks": t("Playbooks"), "training": t("Training")}


st.set_page_config("Innsight", str(HERE / "static/icon.png"), layout="wide")
st.session_state["language"] = language()
st.logo(str(HERE / f"static/logo-{mode()}.svg"), size="large")
page = st.navigation(pages(), position="top")
st.session_state["store"] = store()  # links between pages drop the parameter; the store stays
shown = load.open_view(st.session_state["store"])
if shown.warehouse is None and page.url_path not in ("settings", "data"):
    if shown.settings.is_published:  # not in one line: Streamlit would write the value of a bare expression on the page
        states.rebuilding()
    else:
        states.nothing_yet(shown)
else:
    standing.enter(page.url_path, page.title)
    try:
        if page.url_path in scoped():
            filters.header(scoped()[page.url_path])
        page.run()
        keeping.row(page.url_path in scoped())
    except NotAllowed:
        states.not_allowed()
footer.footer(load.view(), __version__)
settle.settle(page.url_path, i18n.language())
