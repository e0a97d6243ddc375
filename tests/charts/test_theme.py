"""What all charts share: the same tokens in both modes, still axes, round ticks, text that stays text."""

import numpy as np
import pandas as pd
import pytest

from crm_core.charts.theme import TOKENS, categories, layout, number, number_axis, numbers, plain, room, round_ticks, under


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_both_modes_have_the_same_tokens():
    assert TOKENS["light"].keys() == TOKENS["dark"].keys()


@pytest.mark.parametrize("token", ["ink", "mute", "accent", "good", "bad"])
def test_text_colours_can_be_read_on_the_page(mode, token):
    assert contrast(TOKENS[mode][token], TOKENS[mode]["background"]) >= 4.5


def test_more_is_always_further_from_the_background(mode):
    for scale in ("sequential", "shades"):
        steps = [contrast(colour, TOKENS[mode]["background"]) for colour in TOKENS[mode][scale]]
        assert steps == sorted(steps)


def test_nothing_on_a_chart_can_be_dragged_or_zoomed_and_axis_text_is_12_px(mode):
    drawn = layout(TOKENS[mode], yaxis={"visible": False})
    assert drawn["dragmode"] is False
    assert drawn["showlegend"] is False
    for name in ("xaxis", "yaxis"):
        assert drawn[name]["fixedrange"] is True
        assert drawn[name]["tickfont"] == {"color": TOKENS[mode]["mute"], "size": 12}
        assert drawn[name]["title"]["font"]["color"] == TOKENS[mode]["mute"]
    assert drawn["yaxis"]["visible"] is False


@pytest.mark.parametrize(("low", "high", "ticks"), [
    (0, 402, [0, 100, 200, 300, 400]),
    (0, 386_000, [0, 100_000, 200_000, 300_000]),
    (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
    (-0.7, 3.2, [0, 1, 2, 3]),
    (-1.1, 3.2, [-1, 0, 1, 2, 3]),
    (17, 58, [20, 30, 40, 50]),
    (0, 0, [0]),
])  # fmt: skip
def test_ticks_are_round_and_inside(low, high, ticks):
    assert round_ticks(low, high) == pytest.approx(ticks)


def test_ticks_are_written_by_the_caller_and_not_by_plotly():
    axis = number_axis(0, 2, lambda value: f"{value:.1f} ኪ.ሜ")
    assert axis["ticktext"] == ["0.0 ኪ.ሜ", "0.5 ኪ.ሜ", "1.0 ኪ.ሜ", "1.5 ኪ.ሜ", "2.0 ኪ.ሜ"]
    assert axis["range"] == [0, 2]


@pytest.mark.parametrize(("marks", "written"), [
    (0, []),
    (4, [0, 1, 2, 3]),
    (5, [0, 3]),
    (36, [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33]),
    (48, [0, 6, 12, 18, 24, 30, 36, 42]),
    (400, [0]),
])  # fmt: skip
def test_at_most_twelve_labels_are_written_under_the_marks(marks, written):
    assert under([str(at) for at in range(marks)]) == {"tickvals": written, "ticktext": [str(at) for at in written]}


def test_the_caller_may_say_what_is_written_under_each_mark():
    assert under(["a", "b", "c"], ["", "<2025>", ""]) == {"tickvals": [1], "ticktext": ["&lt;2025&gt;"]}


def test_rows_of_the_same_name_stay_two_rows():
    axis = categories(TOKENS["light"], ["Anna", "Anna"])
    assert axis["tickvals"] == [0, 1]
    assert axis["ticktext"] == ["Anna", "Anna"]


def test_markup_in_a_name_stays_letters():
    assert plain("<a href='https://x'>Spa & Pool</a>") == "&lt;a href='https://x'&gt;Spa &amp; Pool&lt;/a&gt;"


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT])
def test_what_is_missing_is_none(missing):
    assert number(missing) is None


def test_numpy_numbers_become_plain_floats():
    assert numbers(np.array([1, 2])) == [1.0, 2.0]
    assert all(type(value) is float for value in numbers(np.array([1, 2])))


def test_wider_letters_get_more_room():
    assert room(["ten signs.", "two"]) == 80
    assert room(["\u0570\u0561\u0575"]) == 36  # three Armenian letters
    assert room(["\u1230\u120b\u121d"]) == 44  # three Ethiopic ones
    assert room([]) == 12
