"""The stack keeps the order of its layers, names each beside the last bar, and hatches what is not complete."""

import json
from itertools import pairwise

import pytest

from crm_core.charts.stack import LINE_OF_TEXT, stack
from crm_core.charts.theme import TOKENS

MONTHS, TIERS = ["Jan", "Feb", "Mar"], ["Base", "Silver", "Gold"]
VALUES = [[60, 62, 64], [20, 22, 30], [0, 1, 6]]
TEXTS = [[str(value) for value in row] for row in VALUES]


def figure(mode, **over):
    return stack(mode, MONTHS, TIERS, VALUES, TEXTS, **over)


def test_layers_stand_on_each_other_in_the_order_given(mode):
    drawn = figure(mode)
    assert [trace["y"] for trace in drawn["data"]] == [[60.0, 62.0, 64.0], [20.0, 22.0, 30.0], [0.0, 1.0, 6.0]]
    assert drawn["layout"]["barmode"] == "stack"
    assert drawn["layout"]["yaxis"]["range"] == [0.0, pytest.approx(104)]  # the highest bar holds 100


def test_the_highest_layer_is_furthest_from_the_background_or_the_lowest(mode):
    shades = TOKENS[mode]["sequential"]
    colours = lambda drawn: [shades.index(trace["marker"]["color"]) for trace in drawn["data"]]  # noqa: E731
    assert colours(figure(mode)) == [2, 5, 8]
    assert colours(figure(mode, rising=False)) == [8, 5, 2]


def test_every_layer_is_named_beside_its_part_of_the_last_bar_and_no_name_lies_on_another(mode):
    names = figure(mode, height=240)["layout"]["annotations"]
    assert [name["text"].split("</span> ")[1] for name in names] == ["Base  <b>64</b>", "Silver  <b>30</b>", "Gold  <b>6</b>"]
    heights = [name["yshift"] for name in names]
    assert heights[0] == pytest.approx(32 / 104 * 208, abs=0.1)
    assert all(b - a >= LINE_OF_TEXT - 0.1 for a, b in pairwise(heights))


def test_names_of_layers_that_nobody_is_in_stay_apart(mode):
    names = stack(mode, ["Jan"], TIERS, [[0], [0], [0]], [["0"]] * 3)["layout"]["annotations"]
    assert [name["yshift"] for name in names] == [0, LINE_OF_TEXT, 2 * LINE_OF_TEXT]


def test_a_bar_that_is_not_complete_is_hatched(mode):
    for trace in figure(mode, provisional=[False, False, True])["data"]:
        assert trace["marker"]["pattern"]["shape"] == ["", "", "/"]


def test_an_unknown_value_is_a_gap(mode):
    assert stack(mode, ["Jan", "Feb"], ["a"], [[None, 2]], [["–", "2"]])["data"][0]["y"] == [None, 2.0]


def test_markup_in_a_name_stays_a_name(mode):
    drawn = json.dumps(stack(mode, ["Jan"], ["<b>x</b>"], [[1]], [["1"]]))
    assert "<b>x</b>" not in drawn
    assert "&lt;b&gt;x&lt;/b&gt;" in drawn


def test_more_layers_than_one_can_tell_apart_are_refused(mode):
    with pytest.raises(ValueError, match="at most 5"):
        stack(mode, ["Jan"], list("abcdef"), [[1]] * 6, [["1"]] * 6)


def test_without_a_single_bar_there_is_an_empty_chart(mode):
    assert stack(mode, [], [], [], [])["data"] == []
