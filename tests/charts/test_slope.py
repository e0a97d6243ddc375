"""Each name is joined from its place in one order to that in the other; what the title names carries the accent."""
import json

from crm_core.charts.slope import slope
from crm_core.charts.theme import TOKENS

NAMES = ["September sun", "Winter light", "<i>"]


def figure(mode, **over):
    given = {"names": NAMES, "left": [65, 58, 3], "right": [0, 86, -4], "left_texts": ["65", "58", "3"], "right_texts": ["0", "86", "−4"],
             "heads": ("30 days, opened", "Caused"), "accent": ["September sun"]}
    return slope(mode, **(given | over))


def test_lines_join_the_places_of_both_orders(mode):
    assert [line["y"] for line in figure(mode)["data"]] == [[0, 1], [1, 0], [2, 2]]


def test_equal_numbers_keep_the_order_given(mode):
    assert [line["y"] for line in figure(mode, left=[5, 5, 5])["data"]] == [[0, 1], [1, 0], [2, 2]]


def test_only_what_is_named_has_the_accent(mode):
    k = TOKENS[mode]
    assert [line["line"]["color"] for line in figure(mode)["data"]] == [k["accent"], k["line"], k["line"]]


def test_names_stand_outside_with_their_numbers_letter_by_letter(mode):
    notes = [(note["x"], note["xanchor"], note["text"]) for note in figure(mode)["layout"]["annotations"]]
    assert notes[0] == (0, "right", "September sun  <b>65</b>")
    assert notes[4] == (1, "left", "<b>86</b>  Winter light")
    assert notes[5] == (1, "left", "<b>−4</b>  &lt;i&gt;")
    assert notes[6:] == [(0, "right", "30 days, opened"), (1, "left", "Caused")]


def test_nothing_is_drawn_of_nothing(mode):
    empty = {name: [] for name in ("names", "left", "right", "left_texts", "right_texts", "accent")}
    assert json.dumps(figure(mode, **empty))
