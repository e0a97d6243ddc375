"""Lines through time are at most four, named at their ends, with gaps where nothing is known and marks for what happened."""
import json

import pytest

from crm_core.charts.lines import Mark, Series, lines
from crm_core.charts.theme import TOKENS

LABELS = ["Jan", "Feb", "Mar"]
DIRECT = Series("Direct", [10, None, 30], ["10", "–", "30"], [8, None, 25], [12, None, 35], ["a", "b", "c"])
BEFORE = Series("last year", [5, 6, 7], ["5", "6", "7"], dotted=True)


def traces(drawn, mode_: str) -> list[dict]:
    return [trace for trace in drawn["data"] if trace["mode"] == mode_]


def test_a_gap_is_not_a_zero_and_the_band_ends_there(mode):
    drawn = lines(mode, LABELS, [DIRECT])
    line, band = traces(drawn, "lines+markers")[0], traces(drawn, "lines")[0]
    assert line["y"] == [10.0, None, 30.0]
    assert line["connectgaps"] is False
    assert (band["x"], band["y"]) == ([0, 2, 2, 0], [12.0, 35.0, 25.0, 8.0])


def test_the_first_line_is_in_the_accent_and_a_comparison_dotted_in_grey(mode):
    first, second = traces(lines(mode, LABELS, [DIRECT, BEFORE]), "lines+markers")
    assert (first["line"]["color"], first["line"]["dash"]) == (TOKENS[mode]["accent"], "solid")
    assert (second["line"]["color"], second["line"]["dash"]) == (TOKENS[mode]["line"], "dot")


def test_lines_are_named_at_their_last_point(mode):
    named = {note["text"]: note["x"] for note in lines(mode, LABELS, [DIRECT, BEFORE])["layout"]["annotations"]}
    assert named == {"Direct": 2, "last year": 2}


def test_the_axis_begins_at_zero_and_holds_the_intervals(mode):
    low, high = lines(mode, LABELS, [DIRECT])["layout"]["yaxis"]["range"]
    assert (low, high) == (0.0, pytest.approx(35 * 1.06))


def test_what_happened_is_a_triangle_with_its_words_and_a_bar_while_it_lasts(mode):
    drawn = lines(mode, LABELS, [DIRECT], marks=[Mark(0.5, "1 Feb: Concert"), Mark(1.0, "Works <b>here</b>", until=2.0)])
    told = traces(drawn, "markers")[0]
    assert told["x"] == [0.5, 1.0]
    assert told["hovertext"] == ["1 Feb: Concert", "Works &lt;b&gt;here&lt;/b&gt;"]
    assert [(shape["type"], shape["x0"], shape["x1"]) for shape in drawn["layout"]["shapes"]] == [
        ("line", 0.5, 0.5), ("line", 1.0, 1.0), ("rect", 1.0, 2.0)]


def test_five_lines_are_refused(mode):
    with pytest.raises(ValueError, match="At most 4 lines"):
        lines(mode, LABELS, [DIRECT] * 5)


def test_a_click_answers_with_its_key_and_the_figure_is_plain_json(mode):
    drawn = lines(mode, LABELS, [DIRECT])
    assert traces(drawn, "lines+markers")[0]["customdata"] == ["a", "b", "c"]
    json.dumps(drawn, allow_nan=False)
