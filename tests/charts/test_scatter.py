"""A dot for each group at two figures, with both intervals; a dot of which one figure is unknown is not drawn."""
import json

from crm_core.charts.scatter import scatter

DOTS = {
    "labels": ["PT", "GB", "ES"], "across": [100.0, 200.0, None], "up": [2.0, 3.0, 4.0], "texts": ["PT: 100", "GB: 200", "ES: –"],
    "across_ends": ([90, None, None], [120, None, None]), "up_ends": ([1.5, 2.5, 3.5], [2.5, 3.5, 4.5]), "titles": ("ADR", "Length of stay"),
}


def drawn(mode, **over) -> dict:
    return scatter(mode, **(DOTS | over))


def test_a_group_without_one_of_the_figures_has_no_dot(mode):
    trace = drawn(mode)["data"][0]
    assert (trace["x"], trace["y"], trace["text"]) == ([100.0, 200.0], [2.0, 3.0], ["PT", "GB"])


def test_intervals_reach_as_far_as_their_ends(mode):
    trace = drawn(mode)["data"][0]
    assert (trace["error_x"]["arrayminus"], trace["error_x"]["array"]) == ([10.0, 0.0], [20.0, 0.0])
    assert trace["error_y"]["array"] == [0.5, 0.5]


def test_the_axes_say_what_they_count_and_hold_the_intervals(mode):
    layout = drawn(mode)["layout"]
    assert (layout["xaxis"]["title"]["text"], layout["yaxis"]["title"]["text"]) == ("ADR", "Length of stay")
    assert layout["yaxis"]["range"][1] > 4.5


def test_only_the_first_twelve_are_named(mode):
    many = [str(i) for i in range(15)]
    trace = scatter(mode, many, range(15), range(15), many, titles=("a", "b"))["data"][0]
    assert [text for text in trace["text"] if text] == many[:12]
    assert trace["error_x"] == {"visible": False}


def test_a_click_answers_with_its_key_and_the_figure_is_plain_json(mode):
    figure = drawn(mode, keys=["PT", "GB", "ES"])
    assert figure["data"][0]["customdata"] == ["PT", "GB"]
    json.dumps(figure, allow_nan=False)
