"""Two values of each row are joined; a row with one of them unknown is not, and the names lean away from each other."""
import json

from crm_core.charts.dumbbell import dumbbell
from crm_core.charts.theme import TOKENS


def figure(mode, **over):
    given = {"labels": ["Direct", "<b>"], "first": [100, None], "left": [95, None], "texts": ["€100 → €95", "–"], "accent": ["Direct"],
             "names": ("paid", "kept")}
    return dumbbell(mode, **(given | over))


def test_only_rows_with_both_values_are_joined(mode):
    data = figure(mode)["data"]
    assert [trace["x"] for trace in data] == [[100, 95], [100, None], [95, None]]
    assert data[0]["line"]["color"] == TOKENS[mode]["accent"]


def test_the_first_value_is_hollow_and_the_other_filled(mode):
    k = TOKENS[mode]
    hollow, filled = (trace["marker"]["color"] for trace in figure(mode)["data"][1:])
    assert (hollow, filled) == (k["background"], [k["accent"], k["line"]])


def test_the_names_lean_away_from_each_other_and_texts_stand_letter_by_letter(mode):
    notes = figure(mode)["layout"]["annotations"]
    assert [note["text"] for note in notes] == ["€100 → €95", "–", "paid", "kept"]
    assert [note["xanchor"] for note in notes[2:]] == ["left", "right"]
    assert [note["xanchor"] for note in figure(mode, first=[90, None])["layout"]["annotations"][2:]] == ["right", "left"]
    assert figure(mode)["layout"]["yaxis"]["ticktext"] == ["Direct", "&lt;b&gt;"]


def test_nothing_is_drawn_of_nothing(mode):
    assert json.dumps(figure(mode, labels=[], first=[], left=[], texts=[], accent=[]))
