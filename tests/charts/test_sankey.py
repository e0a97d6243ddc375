"""Groups keep their order and show their counts; ribbons are as thick as they are many, and each opens its guests."""

import itertools
import json
import re

import numpy as np
import pytest

from crm_core.charts.sankey import sankey
from crm_core.charts.theme import TOKENS

NAMES = ["Loyal", "New", "Lost"]
FLOWS = [(0, 0, 60), (0, 2, 40), (1, 0, 20), (1, 2, 80), (2, 2, 200)]
TEXTS = ["60 stayed loyal", "40 were lost", "20 became loyal", "80 came once", "200 stayed away"]


def figure(mode, **over):
    return sankey(mode, **({"left": NAMES, "right": NAMES, "flows": FLOWS, "texts": TEXTS} | over))


def ribbons(drawn):
    """The upper and lower edge of each ribbon at the left and at the right, in px from the top, top to bottom at the left."""
    paths = [shape["path"] for shape in drawn["layout"]["shapes"] if shape["type"] == "path"]
    ends = [[float(y) for y in re.findall(r",(-?[\d.]+)", path)] for path in paths]
    return sorted((ys[0], ys[7], ys[3], ys[4]) for ys in ends)


def bars(drawn, side):
    return [(s["y0"], s["y1"]) for s in drawn["layout"]["shapes"] if s["type"] == "rect" and s["xanchor"] == side]


def labels(drawn, side):
    return [note["text"] for note in drawn["layout"]["annotations"] if note["x"] == side]


def test_every_group_stands_in_its_given_order_with_its_count(mode):
    drawn = figure(mode)
    assert labels(drawn, 0) == ["Loyal<br><b>100</b>", "New<br><b>100</b>", "Lost<br><b>200</b>"]
    assert labels(drawn, 1) == ["Loyal<br><b>80</b>", "New<br><b>0</b>", "Lost<br><b>320</b>"]
    for side in (0, 1):
        assert bars(drawn, side) == sorted(bars(drawn, side))


def test_ribbons_and_groups_share_one_scale(mode):
    drawn = figure(mode)
    thick = [low - top for top, low, _, _ in ribbons(drawn)]
    per_guest = thick[-1] / 200
    assert thick == pytest.approx([60 * per_guest, 40 * per_guest, 20 * per_guest, 80 * per_guest, 200 * per_guest], abs=0.11)
    assert [low - top for top, low in bars(drawn, 1)] == pytest.approx([80 * per_guest, 0, 320 * per_guest], abs=0.11)


def test_ribbons_fill_their_groups_at_both_ends_without_overlap(mode):
    drawn = figure(mode)
    for side, groups in ((0, bars(drawn, 0)), (1, bars(drawn, 1))):
        edges = sorted(ribbon[2 * side : 2 * side + 2] for ribbon in ribbons(drawn))
        assert all(one[1] <= other[0] + 0.11 for one, other in itertools.pairwise(edges))
        assert (edges[0][0], edges[-1][1]) == pytest.approx((groups[0][0], groups[-1][1]), abs=0.11)


def test_labels_of_two_lines_never_touch_however_small_a_group_is(mode):
    drawn = figure(mode, flows=[(0, 0, 1), (1, 1, 1), (2, 2, 100_000)], texts=["", "", ""])
    places = [note["y"] for note in drawn["layout"]["annotations"] if note["x"] == 0]
    assert all(other - one >= 32 for one, other in itertools.pairwise(places))
    assert places[0] >= 16


def test_both_columns_fill_the_same_height_although_one_has_more_groups(mode):
    drawn = sankey(mode, ["All"], NAMES, [(0, 0, 50), (0, 1, 50), (0, 2, 50)], ["", "", ""])
    assert drawn["layout"]["height"] == 3 * 48 + 34
    assert all(0 <= top <= low <= 144 for side in (0, 1) for top, low in bars(drawn, side))


def test_what_the_title_names_is_soft_on_top_and_written(mode):
    k = TOKENS[mode]
    drawn = figure(mode, accent=[(0, 2)])
    fills = [shape["fillcolor"] for shape in drawn["layout"]["shapes"] if shape["type"] == "path"]
    assert fills == [k["faint"]] * 4 + [k["soft"]]
    assert labels(drawn, 0.5) == ["<b>40</b>"]
    assert labels(figure(mode), 0.5) == []


def test_the_two_dates_stand_above_their_columns(mode):
    drawn = figure(mode, heads=("1 Apr 2024", "1 Apr 2025"))
    assert (labels(drawn, 0)[-1], labels(drawn, 1)[-1]) == ("1 Apr 2024", "1 Apr 2025")


def test_counts_are_written_by_the_caller(mode):
    assert labels(figure(mode, say=lambda n: f"{n:.0f} ሰዎች"), 0)[0] == "Loyal<br><b>100 ሰዎች</b>"


def test_a_click_anywhere_along_a_ribbon_answers_with_its_key(mode):
    drawn = figure(mode, keys=["0|0", "0|2", "1|0", "1|2", "2|2"])
    (stops,) = drawn["data"]
    assert stops["customdata"] == [key for key in ("0|0", "0|2", "1|0", "1|2", "2|2") for _ in range(9)]
    assert stops["hovertext"][9] == "40 were lost"
    assert drawn["layout"]["clickmode"] == "event+select"
    assert "clickmode" not in figure(mode)["layout"]


def test_what_hears_the_click_lies_in_the_middle_of_the_ribbon_and_is_as_wide(mode):
    drawn = figure(mode)
    (stops,) = drawn["data"]
    top, low, end_top, end_low = ribbons(drawn)[1]
    middle = 9 + 4  # the fifth of nine stops of the second ribbon
    assert (stops["x"][middle], stops["y"][middle]) == pytest.approx((0.5, (top + low + end_top + end_low) / 4), abs=0.11)
    assert stops["marker"]["size"][middle] == pytest.approx(low - top, abs=0.11)
    assert stops["marker"]["color"] == "rgba(0,0,0,0)"


def test_the_order_in_which_flows_are_given_does_not_matter(mode):
    assert figure(mode, flows=FLOWS[::-1], texts=TEXTS[::-1]) == figure(mode)


def test_a_flow_of_nobody_is_not_drawn(mode):
    drawn = figure(mode, flows=[*FLOWS, (2, 0, 0), (2, 1, None)], texts=[*TEXTS, "", ""])
    assert len(ribbons(drawn)) == 5


def test_a_phone_has_a_third_of_its_width_left_for_ribbons(mode):
    names = ["Cannot lose it", "Loyal"]  # 14 letters, the most that a caller gives
    margin = sankey(mode, names, names, [(0, 0, 12_345)], [""])["layout"]["margin"]
    assert 340 - margin["l"] - margin["r"] >= 340 / 3 - 10


def test_markup_stays_letters(mode):
    drawn = figure(mode, left=["<b>", "", ""], texts=["<i>", "", "", "", ""], heads=("<u>", ""))
    assert labels(drawn, 0)[0] == "&lt;b&gt;<br><b>100</b>"
    assert labels(drawn, 0)[-1] == "&lt;u&gt;"
    assert drawn["data"][0]["hovertext"][0] == "&lt;i&gt;"


def test_a_tooltip_for_every_flow_is_asked_for(mode):
    with pytest.raises(ValueError, match="zip"):
        figure(mode, texts=["one"])


def test_the_figure_is_json_also_from_numpy(mode):
    drawn = figure(mode, flows=np.array(FLOWS), keys=np.arange(5), accent=[(0, 2)])
    assert json.loads(json.dumps(drawn, allow_nan=False))["data"][0]["customdata"][0] == "0"


@pytest.mark.parametrize(("left", "right"), [([], []), (["Loyal"], []), (["Loyal"], ["Lost"])])
def test_nobody_moving_is_still_a_figure(mode, left, right):
    drawn = sankey(mode, left, right, [], [])
    assert drawn["data"][0]["x"] == []
    assert labels(drawn, 0) == ["Loyal<br><b>0</b>"] * len(left)
