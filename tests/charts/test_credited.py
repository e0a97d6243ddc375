"""What would have come anyway is hollow, the rest solid; the measured effect carries the accent and its interval."""
import json

from crm_core.charts.credited import credited
from crm_core.charts.theme import TOKENS

LABELS = ["Held out: caused", "30 days, opened", "Last touch"]


def figure(mode, **over):
    given = {"labels": LABELS, "values": [86, 58, 74], "anyway": [0, 36, None], "texts": ["86", "58", "74"], "notes": ["(32 to 141)", "36 came anyway", ""],
             "lows": [32, None, None], "highs": [141, None, None], "accent": LABELS[:1]}
    return credited(mode, **(given | over))


def test_the_solid_part_begins_where_the_hatched_one_ends(mode):
    solid, hollow, _ = figure(mode)["data"]
    assert (solid["base"], solid["x"]) == ([0, 36, 0], [86, 22, 74])
    assert (hollow["base"], hollow["x"]) == ([0, 0, 0], [None, 36, None])
    assert hollow["marker"]["pattern"]["shape"] == "/"


def test_the_effect_has_the_accent_and_what_is_not_known_is_grey(mode):
    k = TOKENS[mode]
    assert figure(mode)["data"][0]["marker"]["color"] == [k["accent"], k["soft"], k["faint"]]


def test_only_the_effect_has_an_interval_and_its_number_stands_behind_it(mode):
    drawn = figure(mode)
    line = drawn["data"][2]
    assert line["x"] == [86, None, None]
    assert (line["error_x"]["arrayminus"][0], line["error_x"]["array"][0]) == (54, 55)
    assert [(note["x"], note["text"]) for note in drawn["layout"]["annotations"]] == [
        (141, "<b>86</b>  (32 to 141)"), (58, "<b>58</b>  36 came anyway"), (74, "<b>74</b>")]


def test_an_effect_below_zero_is_drawn_below_zero_and_nothing_told_is_no_bar(mode):
    drawn = figure(mode, values=[-12, None, 0], lows=[-40, None, None], highs=[16, None, None], anyway=[0, None, 0])
    assert drawn["data"][0]["x"] == [-12, None, None]
    assert drawn["layout"]["xaxis"]["range"][0] < -40
    assert json.dumps(drawn)


def test_a_bar_answers_a_click_with_its_key(mode):
    assert figure(mode, keys=["holdout_lift", "revinate_30d_open", "last_touch"])["data"][0]["customdata"] == ["holdout_lift", "revinate_30d_open", "last_touch"]
