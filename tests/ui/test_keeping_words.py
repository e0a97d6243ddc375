"""A saved view in words: what it counts, and the name that is proposed for it."""
from crm_core.ui.keeping_words import filters_said, proposed
from crm_core.views import View

NAMES = ({1: "Lisbon", 2: "Addis"}, {"direct": "Direct", "agency": "Agency"}, {7: "Regulars"})


def test_a_view_without_choices_counts_everything_of_the_last_year():
    assert filters_said(View("value"), *NAMES) == "Last 12 months · All properties"


def test_every_filter_is_named():
    given = {"period": "3m", "properties": "1,2", "channels": "direct", "who": "guests", "among": "7", "comparison": "previous"}
    assert filters_said(View("value", given), *NAMES) == (
        "Last 3 months · Lisbon and Addis · Direct · Identified guests · only guests of “Regulars” · Against days before")


def test_dates_are_written_out():
    assert filters_said(View("value", {"period": "dates", "dates": "2025-01-01,2025-01-31"}), *NAMES).startswith("2025-01-01 – 2025-01-31")


def test_what_is_not_known_any_more_keeps_its_code():
    assert filters_said(View("value", {"properties": "9", "period": "5y"}), *NAMES) == "5y · 9"


def test_a_name_is_proposed_from_the_figure_and_its_split():
    assert proposed(View("figure", {"kpi": "revpar", "by": "property"})) == "RevPAR by property"
    assert proposed(View("explore", {"kpi": "revpar"})) == "RevPAR"
    assert proposed(View("retention", {"who": "guests"})) == ""
    assert proposed(View("figure", {"kpi": "happiness"})) == ""


def test_days_that_are_said_elsewhere_are_left_out():
    assert filters_said(View("figure", {"period": "3m", "channels": "agency"}), *NAMES, days=False) == "All properties · Agency"
