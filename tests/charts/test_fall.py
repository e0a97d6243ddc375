"""What is left stands solid, what was removed at a step hollow beside it; a funnel is the same shape."""
import json

from crm_core.charts.fall import fall
from crm_core.charts.theme import TOKENS

STEPS = {"labels": ["Selected", "With consent", "Delivered"], "left": [400, 300, 240], "gone": [0, 100, None], "texts": ["400", "300", "240"]}


def drawn(mode, **over):
    return fall(mode, **(STEPS | over))


def test_what_was_removed_begins_where_what_is_left_ends(mode):
    solid, hollow = drawn(mode)["data"]
    assert (solid["x"], hollow["base"], hollow["x"]) == ([400, 300, 240], [400, 300, 240], [None, 100, None])
    assert hollow["marker"]["pattern"]["shape"] == "/"


def test_only_what_the_title_names_has_the_accent(mode):
    k = TOKENS[mode]
    assert drawn(mode, accent=("Delivered",))["data"][0]["marker"]["color"] == [k["soft"], k["soft"], k["accent"]]


def test_numbers_stand_at_the_end_of_both_parts_and_markup_stays_text(mode):
    ends = drawn(mode, notes=["", "100 <no>", ""])["layout"]["annotations"]
    assert [(note["x"], note["text"]) for note in ends] == [(400, "<b>400</b>"), (400, "<b>300</b>  100 &lt;no&gt;"), (240, "<b>240</b>")]


def test_an_unknown_step_has_no_bar_and_an_empty_way_is_drawn(mode):
    assert drawn(mode, left=[400, None, 240])["data"][0]["x"] == [400, None, 240]
    json.dumps(fall(mode, [], [], [], []))


def test_rows_can_be_selected(mode):
    assert drawn(mode, keys=["a", "b", "c"])["data"][0]["customdata"] == ["a", "b", "c"]
