"""An entry of the glossary says where its figure is used: pages, saved views, lessons, playbooks, decisions."""
import datetime as dt

from crm_core.records.decisions import decide
from crm_core.records.views import save_view
from crm_core.scope import Scope, default_period
from crm_core.store import record
from crm_core.ui.glossary_uses import shows
from crm_core.views import View
from tests.hotel import AS_OF
from tests.pages.visiting import Visits, everything, fine

WHOLE = Scope("local", (1, 2), default_period(AS_OF), AS_OF, user="ana", chain=(1, 2))


def test_a_figure_names_its_pages_views_lessons_and_decisions(monkeypatch, lisbon_to_change):
    visits = Visits(monkeypatch, lisbon_to_change)
    store = record.open_store(visits.settings)
    save_view(store, WHOLE, name="Prices of the terrace", page="figure", params={"kpi": "revpar"})
    save_view(store, WHOLE, name="Somebody else's", page="figure", params={"kpi": "nps"})
    decide(store, WHOLE, kpi="revpar", will_do="Raise the terrace", due_on=AS_OF + dt.timedelta(30))
    at = fine(visits.open("glossary"))
    fine(at.button(key="uses_revpar").click().run())
    sent = everything(at)
    assert "Prices of the terrace" in sent
    assert "Somebody else's" not in sent
    assert "Raise the terrace" in sent
    assert "No playbook watches it" in sent.replace("\\\\", "")


def test_a_role_that_reads_nothing_learns_the_pages_only(monkeypatch, lisbon_to_change):
    visits = Visits(monkeypatch, lisbon_to_change).as_("admin")
    at = fine(visits.open("glossary"))
    fine(at.button(key="uses_revpar").click().run())
    assert [s.value for s in at.subheader][-1] == "Pages"


def test_a_view_shows_what_it_names_or_what_its_page_has():
    assert shows(View("figure", {"kpi": "revpar"}), "revpar")
    assert not shows(View("figure", {"kpi": "revpar"}), "adr")
    assert shows(View("explore", {"kpi": "revpar", "second": "adr"}), "adr")
    assert shows(View("briefing"), "revpar")
    assert not shows(View("briefing"), "nps")
