"""A cohort's row carries its size, its immature cells stay blank, and a colour means the same in every row."""

import json

import pytest

from crm_core.charts.cohort import cohort
from crm_core.charts.theme import TOKENS

ROWS = {
    "columns": ["3", "6", "9"],
    "rows": ["Q1 24", "Q2 24", "Q3 24"],
    "sizes": ["2,204", "2,318", "18"],
    "values": [[6, 11, 16], [5, 10, None], [50, None, None]],
    "texts": [["6", "11", "16"], ["5", "10", ""], ["50", "", ""]],
}


def figure(mode, **over):
    return cohort(mode, **(ROWS | over))


def written(drawn):
    return {(y, round(left + 0.5)): text for trace in drawn["data"][1:] for y, left, text in zip(trace["y"], trace["base"], trace["text"])}


def test_the_row_says_the_cohort_and_its_size_in_grey(mode):
    mute = TOKENS[mode]["mute"]
    assert figure(mode)["layout"]["yaxis"]["ticktext"][0] == f'Q1 24  <span style="color:{mute}">2,204</span>'


def test_cells_that_are_too_early_are_blank_and_not_zero(mode):
    drawn = figure(mode)
    assert drawn["data"][0]["z"] == [[6.0, 11.0, 16.0], [5.0, 10.0, None], [50.0, None, None]]
    assert written(drawn) == {(0, 0): "6", (0, 1): "11", (0, 2): "16", (1, 0): "5", (1, 1): "10", (2, 0): "50"}


def test_a_cohort_of_eighteen_does_not_pale_all_others(mode):
    few = [[False] * 3, [False] * 3, [True] * 3]
    assert figure(mode)["data"][0]["zmax"] == 50.0
    assert figure(mode, few=few)["data"][0]["zmax"] == 16.0
    assert written(figure(mode, few=few))[2, 0] == "50"


def test_the_cells_have_a_gap_and_no_colour_bar(mode):
    cells = figure(mode)["data"][0]
    assert (cells["type"], cells["xgap"], cells["ygap"], cells["showscale"]) == ("heatmap", 2, 2, False)


def test_a_cell_opens_its_own_guests(mode):
    drawn = figure(mode, keys=[[f"{row}|{column}" for column in ROWS["columns"]] for row in ROWS["rows"]])
    opened = {(y, round(left + 0.5)): key for t in drawn["data"][1:] for y, left, key in zip(t["y"], t["base"], t["customdata"])}
    assert opened[1, 1] == "Q2 24|6"
    assert drawn["layout"]["clickmode"] == "event+select"


def test_the_corner_lets_the_columns_be_bare_numbers(mode):
    drawn = figure(mode, corner="months")["layout"]
    assert drawn["annotations"][0]["text"] == "months"
    assert drawn["xaxis"]["ticktext"] == ["3", "6", "9"]


def test_a_size_for_every_cohort_is_asked_for(mode):
    with pytest.raises(ValueError, match="zip"):
        figure(mode, sizes=["2,204"])


def test_rows_are_28_px_high_unless_the_caller_says_otherwise(mode):
    assert figure(mode)["layout"]["height"] == 112
    assert figure(mode, height=300)["layout"]["height"] == 300


def test_the_figure_is_json(mode):
    assert json.loads(json.dumps(figure(mode), allow_nan=False))["data"][0]["z"][1] == [5.0, 10.0, None]
