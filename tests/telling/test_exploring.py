"""A KPI by any dimensions in words: order, what is kept back, the comparison beside each group, and the tables."""
import datetime as dt
import math

import pandas as pd
import pytest

from crm_core.i18n import use
from crm_core.metrics import metric
from crm_core.metrics.dimensions import DIMENSIONS, OTHERS, TOTAL
from crm_core.scope import Period
from crm_core.telling import exploring
from crm_core.telling.exploring import Axes, Grid

STAYS, CANCELLED, ADR = metric("stays"), metric("cancellation_rate"), metric("adr")
BY_CHANNEL = Axes("channel", None, None, {"channel": {"ota": "Online agency", "own_site": "Own website"}})
MARCH, APRIL = dt.date(2025, 3, 1), dt.date(2025, 4, 1)
LAST_MARCH = Period(dt.date(2024, 3, 2), dt.date(2024, 4, 1))


@pytest.fixture(autouse=True)
def english():
    use("en")


def cell(row, column=TOTAL, value=1.0, n=100, period="now", **over) -> dict:
    return {"row": row, "column": column, "panel": TOTAL, "period": period, "value": value, "n": n, "low": math.nan, "high": math.nan, "few": False,
            "hidden": False, "change_low": math.nan, "change_high": math.nan, "numerator": value, "denominator": math.nan} | over


def frame(*cells: dict) -> pd.DataFrame:
    places = {name: pd.Series([cell[name] for cell in cells], dtype=object) for name in exploring.PLACES}
    return pd.DataFrame(cells).assign(**places)


CHANNELS = frame(cell("own_site", value=10, n=10), cell("ota", value=30, n=30), cell(None, value=20, n=20), cell(OTHERS, value=99, n=99),
                 cell(TOTAL, value=159, n=159), cell("ota", value=20, n=20, period="year"))


def test_groups_stand_by_value_then_the_unknown_and_all_others_last():
    assert Grid(CHANNELS, BY_CHANNEL).rows == ["ota", "own_site", None, OTHERS]
    assert Grid(CHANNELS, BY_CHANNEL, "name").rows == ["ota", "own_site", None, OTHERS]
    weekdays = frame(*(cell(day, value=day) for day in (3, 1, 2)))
    assert Grid(weekdays, Axes("weekday", None, None, {})).rows == [1, 2, 3]
    assert Grid(weekdays, Axes("weekday", None, None, {}), "value").rows == [3, 2, 1]


def test_a_list_tells_value_cases_comparison_and_change():
    grid = Grid(CHANNELS, BY_CHANNEL)
    beside = exploring.beside(CHANNELS, BY_CHANNEL, "year", 364, LAST_MARCH)
    table = exploring.listed(STAYS, grid, beside, "Last year", "EUR")
    assert table.columns.tolist() == ["Channel", "Realised stays", "Cases (n)", "Last year", "Change"]
    assert table.iloc[0].tolist() == ["Online agency", "30", "30", "20", "▲ +50.0%"]
    assert table["Channel"].tolist() == ["Online agency", "Own website", "Unknown", "All others", "Total"]


def test_a_pivot_has_its_totals_last_and_zero_where_nobody_is():
    axes = Axes("channel", "weekday", None, BY_CHANNEL.names)
    cells = frame(cell("ota", 1, 5), cell("ota", TOTAL, 5), cell("own_site", 2, 7), cell("own_site", TOTAL, 7), cell(TOTAL, 1, 5), cell(TOTAL, 2, 7),
                  cell(TOTAL, TOTAL, 12))
    table = exploring.pivot(STAYS, Grid(cells, axes), lambda row, column: None, "value", "EUR")
    assert table.to_numpy().tolist() == [["Own website", "0", "7", "7"], ["Online agency", "5", "0", "5"], ["Total", "5", "7", "12"]]
    assert table.columns.tolist() == ["Channel", "Monday", "Tuesday", "Total"]


def test_what_is_kept_back_and_what_is_too_few_are_told_apart():
    cells = frame(cell("ota", value=math.nan, n=math.nan, hidden=True), cell("own_site", value=0.2, n=12, few=True), cell(TOTAL, value=0.2, n=40))
    grid = Grid(cells, BY_CHANNEL)
    assert [exploring.cell_text(CANCELLED, grid.cell(row), None, "value", "EUR") for row in ("ota", "own_site", TOTAL, "phone")] == [
        "hidden", "(n 12)", "20.0%", ""]
    assert exploring.kept_back(cells, CANCELLED) == [
        "1 cell is kept back: fewer than five guests stand behind it, or it could be reckoned from the others.",
        "1 cell has fewer than 30 cases, too few to tell: its number of cases stands in brackets."]


@pytest.mark.parametrize(("dimension", "group", "days", "before"), [
    ("month", MARCH, 364, None),  # of March 2024 the first day is not among those that are compared
    ("month", dt.date(2025, 4, 1), 364, None),
    ("week", dt.date(2025, 3, 10), 364, dt.date(2024, 3, 11)),
    ("day", dt.date(2025, 3, 10), 364, dt.date(2024, 3, 11)),
    ("week", dt.date(2025, 2, 24), 364, None),
    ("weekday", 3, 364, 3),
    ("channel", "ota", 364, "ota"),
    ("month", OTHERS, 364, OTHERS),
])
def test_a_group_stands_beside_the_one_so_many_days_before_if_the_comparison_holds_all_of_it(dimension, group, days, before):
    assert exploring.before_of(dimension, group, days, LAST_MARCH) == before


def test_months_quarters_and_years_stand_beside_those_of_the_year_before():
    whole = Period(dt.date(2023, 12, 28), dt.date(2025, 1, 4))
    assert exploring.before_of("month", MARCH, 364, whole) == dt.date(2024, 3, 1)
    assert exploring.before_of("quarter", APRIL, 364, whole) == dt.date(2024, 4, 1)
    assert exploring.before_of("year", 2025, 364, whole) == 2024


def test_titles_say_what_is_shown():
    assert exploring.title(ADR, Axes("channel", None, None, {})) == "Average daily rate by channel"
    assert exploring.title(ADR, Axes("channel", "month", "property", {})) == "Average daily rate by channel and month, for each property"


def test_a_file_leaves_empty_what_is_kept_back():
    cells = frame(cell("ota", value=math.nan, n=math.nan, hidden=True), cell(TOTAL, value=7, n=7))
    assert exploring.file_columns(STAYS, BY_CHANNEL) == ["Channel", "Period", "Realised stays", "Low", "High", "n"]
    assert exploring.file_rows(cells, BY_CHANNEL) == [("Online agency", "Period", None, None, None, None), ("Total", "Period", 7.0, None, None, 7.0)]


def test_what_does_not_fit_is_answered_with_what_does():
    said = exploring.unfit(STAYS, ("platform", "month"), ["property", "month"])
    assert said == "“Realised stays” cannot be told apart by Platform: what it counts does not know it. Choose among Property or Month."


def test_a_distribution_tells_only_the_quantiles_that_name_nobody():
    row = pd.Series({"n": 30, "mean": 12_345.0, "p10": math.nan, "p25": 5000.0, "p50": 10_000.0, "p75": 20_000.0, "p90": math.nan})
    assert exploring.quantiles_said(metric("room_revenue"), row, "EUR") == (
        "30 in all · on average €123 · a quarter up to €50 · half up to €100 · three quarters up to €200 · bins of fewer than five are joined with the next")


def test_an_open_bin_says_so():
    assert [exploring.bin_name("{:g}".format, *ends) for ends in ((math.nan, 5.0), (5.0, 10.0), (10.0, math.nan))] == ["below 5", "5–10", "10 or more"]


@pytest.mark.parametrize("key", exploring.TIMES)
def test_times_follow_each_other(key):
    assert DIMENSIONS[key].dated


# --- intervals and cases that are seen without choosing them ---------------------------------------------------------------------------
def test_the_whole_is_told_with_its_interval_and_cases():
    whole = frame(cell("ota", value=0.1, n=30), cell(TOTAL, value=0.25, low=0.2, high=0.3, n=400))
    assert exploring.whole_said(CANCELLED, whole, "EUR") == "in all 25.0% (20.0–30.0), n 400"
    assert exploring.whole_said(CANCELLED, frame(cell(TOTAL, hidden=True, value=math.nan)), "EUR") == ""
    assert exploring.whole_said(CANCELLED, frame(cell("ota")), "EUR") == ""


def test_a_cell_of_a_picture_carries_its_interval_and_a_count_itself_only():
    one, count, hidden = (frame(made).iloc[0] for made in (
        cell("ota", value=0.25, low=0.2, high=0.3, n=400), cell("ota", value=30, n=30), cell("ota", hidden=True)))
    assert exploring.sure_text(CANCELLED, one, "EUR") == "25.0%\n20.0–30.0"
    assert exploring.sure_text(STAYS, count, "EUR") == "30"
    assert exploring.sure_text(CANCELLED, hidden, "EUR") == "hidden"
