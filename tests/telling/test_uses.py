"""Where a KPI is used is read from the pages' own code."""
from crm_core.metrics import CATALOGUE
from crm_core.telling import uses
from crm_core.views import pages


def test_a_page_names_its_cards_first_and_what_its_own_parts_ask_for():
    assert uses.kpis_of("value") == ("clv_3y_margin", "expected_stays_12m", "p_alive_mean", "past_spend", "backtest_error")
    assert uses.kpis_of("briefing")[:2] == ("room_revenue", "occupancy")
    assert "channel_share" in uses.kpis_of("briefing")
    assert "reachable_share" in uses.kpis_of("contacts")


def test_a_part_that_a_page_does_not_use_lends_it_no_figure():
    """The page of tiers takes its names from the module of the programme's life, and not its cards."""
    assert uses.kpis_of("tiers") == ()


def test_pages_that_show_whatever_is_chosen_or_do_not_exist_use_none_themselves():
    assert uses.kpis_of("figure") == uses.kpis_of("explore") == uses.kpis_of("glossary") == uses.kpis_of("cockpit") == ()


def test_every_use_is_told_from_both_sides():
    told = {(page, kpi) for page in pages() for kpi in uses.kpis_of(page)}
    assert told == {(page, kpi) for kpi in CATALOGUE for page in uses.pages_of(kpi)}
    assert {"advocates", "loyalty", "member_value"} <= set(uses.pages_of("members"))
