"""A printed view says the same figures as its page, under its own filters; what is gone, does not fit or is too small is said in their place."""
import pytest

from crm_core import queries
from crm_core.i18n import LANGUAGES
from crm_core.queries.explore import TOTAL
from crm_core.reports.content import section
from crm_core.reports.making import speaking
from crm_core.reports.tables import KEPT_BACK, by_groups, by_month
from crm_core.views import View


def cards(one) -> dict[str, str]:
    return {card.name: card.value for card in one.cards}


def test_a_page_is_printed_with_its_cards_both_comparisons_and_what_they_rest_on(src):
    one = section(src, "March", "", View("briefing", {"period": "1m"}))
    assert one.said[:3] == ("All properties", "1–31 Mar 2025", "31 days")
    revenue, *_ = one.cards
    assert (revenue.name, revenue.value) == ("Room revenue", "€950.00")
    assert revenue.lines == (("▲ new vs before", "new"), ("▲ +375.0% vs last year", "good"), ("9 room nights", ""))
    assert cards(one)["Returning guests"] == "–"
    assert {card.name: card.lines for card in one.cards}["Returning guests"] == (("too few to tell: 2 of 30 needed", "noise"),)


def test_a_views_filters_narrow_what_is_printed_and_are_said(src):
    nights = lambda **params: cards(section(src, "N", "", View("figure", {"kpi": "rooms_sold", "period": "1m", **params})))["Room nights"]  # noqa: E731
    assert (nights(), nights(properties="1"), nights(properties="2"), nights(who="guests")) == ("9", "7", "2", "8")
    assert section(src, "N", "", View("value", {"properties": "1", "who": "guests", "channels": "ota"})).said[0] == "Lisbon"
    assert {"Online agency", "Identified guests"} <= set(section(src, "N", "", View("value", {"who": "guests", "channels": "ota"})).said)


@pytest.mark.parametrize(("view", "said"), [
    (View("explore", {"kpi": "happiness"}), "happiness"), (View("cockpit"), "cockpit"), (View("value", {"properties": "9"}), "9"),
    (View("value", {"among": "7"}), "no longer there"), (View("explore", {"kpi": "adr", "rows": "aspect"}), "cannot be told apart"),
    (View("guests"), "no figures to print")])
def test_what_is_gone_or_does_not_go_together_is_said_and_nothing_is_printed_in_its_place(src, view, said):
    one = section(src, "N", "", view)
    assert len(one.problems) == 1
    assert said in one.problems[0]
    assert (one.cards, one.tables, one.numbers) == ((), (), ())


def test_groups_of_fewer_than_five_people_are_kept_back_and_so_are_the_bare_numbers(src):
    table = by_groups(src.warehouse, section(src, "N", "", View("figure", {"period": "1m"})).scope, "rooms_sold", "channel", src.names, "EUR")[0]
    assert {cell[0] for row in table.rows for cell in row[1:]} == {KEPT_BACK, ""}
    assert "fewer than five people" in table.notes[-1]
    hidden = table.numbers[table.numbers["hidden"]]
    assert len(hidden)
    assert hidden[["value", "n", "low", "high", "numerator", "denominator"]].isna().all(axis=None)


def test_months_of_fewer_than_five_people_are_kept_back(src):
    table = by_month(src.warehouse, section(src, "N", "", View("figure", {"period": "1m"})).scope, "rooms_sold", "EUR")
    assert [row[0][0] for row in table.rows][-1] == "Mar 2025"
    assert table.rows[-1][1][0] == KEPT_BACK
    assert table.numbers["now"].isna()[table.numbers["hidden"]].all()


def test_a_table_by_one_dimension_adds_up_and_has_its_picture(large):
    one = section(large, "N", "", View("figure", {"kpi": "rooms_sold", "by": "weekday", "period": "12m"}))
    months, days = one.tables
    counted = [int(row[1][0].replace(",", "")) for row in days.rows]
    assert [row[0][0] for row in days.rows][:2] == ["Monday", "Tuesday"]
    assert (len(counted), sum(counted[:-1])) == (8, counted[-1])
    assert days.rows[-1][0][0] == "Total"
    assert cards(one)["Room nights"] == days.rows[-1][1][0]
    assert all(table.picture.startswith("<svg") for table in (months, days))


def test_two_dimensions_are_a_grid_with_its_totals_as_the_query_tells_them(large):
    view = View("explore", {"kpi": "repeat_ratio_guests", "rows": "weekday", "columns": "property", "period": "ly"})
    one = section(large, "N", "", view)
    table, found = one.tables[0], queries.run(large.warehouse, one.scope, "explored", key="repeat_ratio_guests", rows="weekday", columns="property")
    whole = found[(found["period"] == "now") & (found["row"] == TOTAL) & (found["column"] == TOTAL)].iloc[0]
    assert table.head[0] == "Weekday"
    assert table.head[-1] == "Total"
    assert len(table.head) == 2 + found.loc[found["period"] == "now", "column"].nunique() - 1
    assert table.rows[-1][-1][0] == f"{whole['value']:.1%}"
    assert f"n {int(whole['n']):,}" in table.rows[-1][-1][1]
    assert "–" in table.rows[-1][-1][1]  # its interval


def test_panels_are_a_table_each_and_top_groups_leave_others(large):
    one = section(large, "N", "", View("explore", {"kpi": "rooms_sold", "rows": "weekday", "panels": "property", "period": "ly"}))
    assert [table.title.split(" · ")[1] for table in one.tables] == ["Lis", "Far", "Add"]  # the one with most cases first
    top = section(large, "N", "", View("explore", {"kpi": "rooms_sold", "rows": "property", "top": "1", "period": "ly"})).tables[-1]
    assert [row[0][0] for row in top.rows][1:] == ["All others", "Total"]


def test_a_view_without_rows_is_split_as_its_page_would(src):
    assert [table.title for table in section(src, "N", "", View("explore", {"kpi": "adr"})).tables] == ["Average daily rate by month"]
    assert section(src, "N", "", View("figure", {"kpi": "adr"})).tables[-1].title == "Average daily rate by property"


def test_a_second_figure_stands_beside_the_first(large):
    one = section(large, "N", "", View("explore", {"kpi": "rooms_sold", "rows": "property", "second": "repeat_ratio_guests", "period": "ly"}))
    assert [card.name for card in one.cards] == ["Room nights", "Returning guests"]
    assert one.tables[-1].head[-1] == "Returning guests"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_view_is_printed_in_every_language(large, language):
    with speaking(language):
        one = section(large, "N", "", View("figure", {"kpi": "rooms_sold", "by": "weekday"}))
    assert one.problems == ()
    assert len(one.tables) == 2
