"""Cells that are not known yet are blank, all rows share one scale, and each cell opens by its own key."""

import json

import numpy as np
import pytest

from crm_core.charts.heat import heat
from crm_core.charts.shades import contrast, shade
from crm_core.charts.theme import TOKENS


def figure(mode, **over):
    return heat(mode, ["Mon", "Tue"], ["Jan", "Feb"], **({"values": [[50, 80], [60, None]], "texts": [["50", "80"], ["60", "–"]]} | over))


def boxes(drawn):
    """What stands in each cell: (row, column) → text, its colour, tooltip and key."""
    found = {}
    for trace in drawn["data"][1:]:
        keys = trace.get("customdata", [None] * len(trace["y"]))
        for y, left, text, hover, key in zip(trace["y"], trace["base"], trace["text"], trace["hovertext"], keys):
            found[y, round(left + 0.5)] = (text, trace["textfont"]["color"], hover, key)
    return found


def test_an_unknown_cell_is_blank(mode):
    drawn = figure(mode)
    assert drawn["data"][0]["z"] == [[50.0, 80.0], [60.0, None]]
    assert drawn["data"][0]["hoverongaps"] is False
    assert {place: box[0] for place, box in boxes(drawn).items()} == {(0, 0): "50", (0, 1): "80", (1, 0): "60"}


def test_one_scale_from_zero_serves_all_rows(mode):
    cells = figure(mode)["data"][0]
    assert (cells["zmin"], cells["zmax"]) == (0.0, 80.0)


def test_a_value_below_zero_lowers_the_scale_to_itself(mode):
    cells = figure(mode, values=[[-20, 80], [60, None]])["data"][0]
    assert (cells["zmin"], cells["zmax"]) == (-20.0, 80.0)


def test_the_first_row_is_on_top_and_the_columns_are_named_above(mode):
    drawn = figure(mode)["layout"]
    assert drawn["yaxis"]["range"] == [1.5, -0.5]
    assert drawn["xaxis"]["side"] == "top"


@pytest.mark.parametrize("value", range(0, 101, 4))
def test_each_number_can_be_read_on_its_own_shade(mode, value):
    drawn = heat(mode, ["a", "b"], ["x"], [[value, 100]], [[str(value), "100"]])
    _, colour, _, _ = boxes(drawn)[0, 0]
    assert contrast(colour, shade(TOKENS[mode], value / 100)) >= 4.5


def test_too_few_is_grey_readable_and_stretches_no_scale(mode):
    drawn = figure(mode, few=[[False, True], [False, False]])
    assert drawn["data"][0]["z"] == [[50.0, None], [60.0, None]]
    assert drawn["data"][0]["zmax"] == 60.0
    thin = next(trace for trace in drawn["data"][1:] if trace["text"] == ["80"])
    assert (thin["marker"]["color"], thin["textfont"]["color"]) == (TOKENS[mode]["grid"], TOKENS[mode]["mute"])
    assert contrast(TOKENS[mode]["mute"], TOKENS[mode]["grid"]) >= 4.5


def test_a_blank_cell_stays_blank_also_where_it_is_marked_as_few(mode):
    assert (1, 1) not in boxes(figure(mode, few=[[False, False], [False, True]]))


def test_a_clicked_cell_answers_with_its_key(mode):
    drawn = figure(mode, keys=[["jan|mon", "jan|tue"], ["feb|mon", "feb|tue"]])
    assert {place: box[3] for place, box in boxes(drawn).items()} == {(0, 0): "jan|mon", (0, 1): "jan|tue", (1, 0): "feb|mon"}
    assert drawn["layout"]["clickmode"] == "event+select"
    assert "clickmode" not in figure(mode)["layout"]


def test_boxes_fill_their_cells_so_that_a_click_anywhere_in_one_counts(mode):
    for trace in figure(mode)["data"][1:]:
        assert trace["width"] == 1
        assert set(trace["x"]) == {1}
    assert figure(mode)["layout"]["barmode"] == "overlay"


def test_a_click_fades_nothing_and_turns_its_cell_grey(mode):
    for trace in figure(mode)["data"][1:]:
        assert trace["unselected"] == {"marker": {"opacity": 1}, "textfont": {"color": trace["textfont"]["color"]}}
        assert trace["selected"]["marker"]["color"] == TOKENS[mode]["mute"]
        assert trace["selected"]["textfont"]["color"] == TOKENS[mode]["background"]
    assert contrast(TOKENS[mode]["mute"], TOKENS[mode]["background"]) >= 4.5


def test_a_note_stands_in_grey_beside_its_row(mode):
    names = figure(mode, notes=["2,204", "<b>"])["layout"]["yaxis"]["ticktext"]
    mute = TOKENS[mode]["mute"]
    assert names == [f'Jan  <span style="color:{mute}">2,204</span>', f'Feb  <span style="color:{mute}">&lt;b&gt;</span>']


def test_the_corner_says_what_the_columns_count(mode):
    assert figure(mode)["layout"]["annotations"] == []
    assert figure(mode, corner="months")["layout"]["annotations"][0]["text"] == "months"


def test_cells_that_the_title_names_are_outlined(mode):
    (frame,) = figure(mode, marked=[(0, 1)])["layout"]["shapes"]
    assert (frame["x0"], frame["x1"], frame["y0"], frame["y1"]) == (0.5, 1.0, 0.5, 1.0)


def test_a_text_of_two_lines_breaks_and_its_markup_stays_letters(mode):
    text, _, hover, _ = boxes(figure(mode, texts=[["<i>50\n€1k", "80"], ["60", ""]]))[0, 0]
    assert text == "&lt;i&gt;50<br>€1k"
    assert hover == "Jan, Mon: &lt;i&gt;50 · €1k"


def test_a_missing_entry_is_an_error_and_not_a_shifted_table(mode):
    with pytest.raises(ValueError, match="zip"):
        figure(mode, texts=[["50"], ["60", ""]])


def test_the_figure_is_json_also_from_numpy(mode):
    drawn = figure(mode, values=np.array([[50, 80], [60, np.nan]]), keys=np.arange(4).reshape(2, 2))
    sent = json.loads(json.dumps(drawn, allow_nan=False))
    assert sent["data"][0]["z"][1] == [60.0, None]
    assert boxes(sent)[0, 1][2:] == ("Jan, Tue: 80", "1")


@pytest.mark.parametrize("values", [[[None, None], [None, None]], [[0, 0], [0, 0]]])
def test_nothing_known_and_only_zeros_are_still_a_figure(mode, values):
    cells = figure(mode, values=values)["data"][0]
    assert (cells["zmin"], cells["zmax"]) == (0.0, 1.0)


def test_no_rows_are_an_empty_figure(mode):
    assert heat(mode, ["Mon"], [], [], [])["data"][0]["z"] == []


def test_numbers_that_do_not_fit_a_phone_are_left_out_where_asked(mode):
    usual, fitting = figure(mode), figure(mode, fitting=True)
    assert "uniformtext" not in usual["layout"]
    assert usual["layout"]["xaxis"]["tickangle"] == 0
    assert fitting["layout"]["uniformtext"] == {"mode": "hide", "minsize": 11}
    assert "tickangle" not in fitting["layout"]["xaxis"]
    assert {trace["constraintext"] for trace in fitting["data"][1:]} == {"inside"}
