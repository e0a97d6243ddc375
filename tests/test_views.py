"""A view is the same in every language, says what of it is gone, and makes a scope that it only narrows."""
import datetime as dt

import pytest

from crm_core import i18n, views
from crm_core.i18n import LANGUAGES, all_spellings, t
from crm_core.metrics import CATALOGUE
from crm_core.metrics.dimensions import DIMENSIONS
from crm_core.rule import Condition, Segment, dumps
from crm_core.scope import Period, Scope
from crm_core.views import View

AS_OF = dt.date(2025, 4, 10)
BASE = Scope("local", (1, 2), Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1)), AS_OF)
PLACES = {1: 1, 2: 2, "Tram House, Lisbon": 1, "Lotus House": 2}
REGULARS = {"id": 7, "name": "Regulars", "rule": dumps(Condition("stays", "at_least", 2))}


@pytest.fixture
def speaking():
    """A function that chooses the language of the test."""
    yield i18n.use
    i18n.use("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_every_language_become_the_same_codes_and_come_back(speaking, language):
    speaking(language)
    words = {"period": t("Last 3 months"), "comparison": t("Against days before"), "who": t("Identified guests"),
             "kpi": t(CATALOGUE["adr"].name), "by": t(DIMENSIONS["weekday"].name), "top": t("20 largest"), "chart": t("Table only")}
    codes = {"by": "weekday", "comparison": "previous", "kpi": "adr", "period": "3m", "who": "guests", "top": "20", "chart": "table"}
    assert views.codes("figure", words) == codes
    assert views.query(View("figure", codes)) == words
    assert views.codes("figure", codes) == codes


def test_the_language_the_store_and_what_was_typed_to_find_somebody_are_no_part_of_a_view():
    said = {"lang": "am", "store": "demo", "lead_text": "Ana Silva", "find": "Ana", "period": "3m", "by": ""}
    assert views.codes("leads", said) == {"period": "3m"}


def test_several_properties_stand_as_numbers_and_are_a_list_of_names_in_a_link():
    names = {"properties": {1: "Tram House, Lisbon", 2: "Lotus House"}, "among": {7: "Regulars"}}
    codes = views.codes("value", {"properties": ["Lotus House", "Tram House, Lisbon"], "among": "Regulars", "strange": "what"}, names)
    assert codes == {"among": "7", "properties": "2,1", "strange": "what"}
    assert views.query(View("value", codes), names) == {"among": "Regulars", "properties": ["Lotus House", "Tram House, Lisbon"], "strange": "what"}


def test_a_view_is_written_the_same_whatever_the_order_and_what_cannot_be_read_has_no_parameters():
    assert View("figure", {"kpi": "adr", "by": "month"}).written == View("figure", {"by": "month", "kpi": "adr"}).written == '{"by": "month", "kpi": "adr"}'
    assert views.read("figure", '{"kpi": "adr"}') == View("figure", {"kpi": "adr"})
    assert views.read("figure", "{").params == views.read("figure", "[1]").params == views.read("figure", "").params == {}


@pytest.mark.parametrize(("view", "unknown"), [
    (View("cockpit"), "cockpit"),
    (View("figure", {"kpi": "happiness"}), "happiness"),
    (View("explore", {"kpi": "adr", "second": "mood"}), "mood"),
    (View("explore", {"kpi": "adr", "rows": "month", "columns": "star_sign"}), "star_sign"),
    (View("value", {"period": "5m"}), "5m"),
    (View("value", {"comparison": "rivals"}), "rivals"),
    (View("value", {"period": "dates", "dates": "2025-01-01,soon"}), "2025-01-01,soon"),
    (View("value", {"properties": "1,9"}), "9"),
    (View("value", {"channels": "fax"}), "fax"),
    (View("value", {"among": "8"}), "8"),
])
def test_what_a_view_names_and_is_not_here_is_said_once_with_what_to_do(view, unknown):
    told = views.problems(view, PLACES, {"ota": "ota"}, [REGULARS])
    assert len(told) == 1
    assert f"“{unknown}”" in told[0]
    assert "save" in told[0]


def test_a_view_without_problems_says_nothing():
    whole = {"kpi": "adr", "rows": "month", "columns": "none", "second": "", "period": "dates", "dates": "2025-01-01,2025-01-31", "comparison": "year",
             "who": "guests", "properties": "1", "channels": "ota", "among": "7"}
    assert views.problems(View("explore", whole), PLACES, {"ota": "ota"}, [REGULARS]) == []


def test_a_segment_whose_rule_is_not_understood_here_is_told_as_gone():
    assert len(views.problems(View("value", {"among": "7"}), segments=[REGULARS | {"rule": '{"field": "mood", "is": "yes"}'}])) == 1


def test_a_view_makes_a_scope_of_its_filters():
    view = View("value", {"properties": "Lotus House", "period": "3m", "comparison": "previous", "who": "guests", "channels": "Web,ota", "among": "7"})
    scope = views.scope_of(view, BASE, PLACES, {"Web": "own_site", "ota": "ota"}, [REGULARS])
    assert (scope.properties, scope.period, scope.comparison) == ((2,), Period(dt.date(2025, 1, 1), dt.date(2025, 4, 1)), "previous")
    assert (scope.channels, scope.identified) == (("ota", "own_site"), True)
    assert scope.segment == Segment(Condition("stays", "at_least", 2), "Regulars", 7)


def test_a_view_without_filters_is_of_all_properties_and_the_usual_period():
    scope = views.scope_of(View("value"), BASE, PLACES)
    assert (scope.properties, scope.period, scope.comparison) == ((1, 2), Period(dt.date(2024, 4, 1), dt.date(2025, 4, 1)), "year")
    assert (scope.channels, scope.identified, scope.segment) == ((), False, None)


def test_a_view_never_widens_a_scope():
    one = Scope("local", (1,), BASE.period, AS_OF)
    assert views.scope_of(View("value", {"properties": "1,2"}), one, PLACES).properties == (1,)
    assert views.scope_of(View("value", {"properties": "2"}), one, PLACES).properties == ()


@pytest.mark.parametrize(("code", "start", "end"), [
    ("12m", "2024-04-01", "2025-04-01"), ("1m", "2025-03-01", "2025-04-01"), ("now", "2025-04-01", "2025-05-01"), ("ytd", "2025-01-01", "2025-04-10"),
    ("ly", "2024-01-01", "2025-01-01"), ("dates", "2024-02-01", "2024-03-01"), ("gone", "2024-04-01", "2025-04-01")])
def test_a_period_moves_with_the_as_of_date_but_for_dates_that_were_chosen(code, start, end):
    period = views.scope_of(View("value", {"period": code, "dates": "2024-02-29,2024-02-01"}), BASE, PLACES).period
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)


def test_a_decision_is_read_in_its_own_days_properties_and_filters():
    decision = {"properties": "[2]", "page": "value", "params": '{"who": "guests", "period": "3m"}', "from_on": dt.date(2025, 1, 15),
                "due_on": dt.date(2025, 4, 1)}
    scope = views.outcome_scope(decision, BASE, PLACES)
    assert (scope.properties, scope.identified, scope.period) == ((2,), True, Period(dt.date(2025, 1, 15), dt.date(2025, 4, 1)))
    assert views.outcome_scope(decision, Scope("local", (1,), BASE.period, AS_OF), PLACES).properties == ()


def test_every_choice_of_the_header_is_told_apart_in_every_language():
    for options in views.CHOICES.values():
        spelt = [word for text in options.values() for word in all_spellings(text)]
        assert len(spelt) == len(set(spelt))


def test_there_is_a_page_for_every_name():
    assert {"briefing", "figure", "value"} <= set(views.pages())
