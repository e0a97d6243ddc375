"""Text in a cell can be read on every shade of the scale, in both modes and between the steps too."""

import pytest

from crm_core.charts.shades import contrast, readable, shade
from crm_core.charts.theme import SEQUENTIAL, TOKENS


@pytest.mark.parametrize(("one", "other", "ratio"), [
    ("#000000", "#FFFFFF", 21.0),
    ("#FFFFFF", "#000000", 21.0),
    ("#767676", "#FFFFFF", 4.54),  # the greys that WCAG's own pages give as just enough and just too little
    ("#777777", "#FFFFFF", 4.48),
    ("#2A5594", "#2A5594", 1.0),
])  # fmt: skip
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


def test_the_steps_of_the_scale_are_its_own_colours_and_the_middle_is_mixed(mode):
    steps = TOKENS[mode]["sequential"]
    assert [shade(TOKENS[mode], at / 9) for at in range(10)] == steps
    assert shade(TOKENS["light"], 0.5 / 9) == "#E5EDF7"  # halfway from EEF3FA to DCE7F4


def test_beyond_its_ends_the_scale_stays_at_them(mode):
    assert shade(TOKENS[mode], -0.2) == TOKENS[mode]["sequential"][0]
    assert shade(TOKENS[mode], 1.2) == TOKENS[mode]["sequential"][-1]


@pytest.mark.parametrize("colour", SEQUENTIAL)
def test_every_sequential_shade_carries_readable_text(colour):
    assert contrast(readable(colour), colour) >= 4.5


def test_every_colour_between_two_shades_carries_readable_text_too(mode):
    between = [shade(TOKENS[mode], at / 500) for at in range(501)]
    assert min(contrast(readable(colour), colour) for colour in between) >= 4.5


def test_text_is_white_on_dark_shades_and_ink_on_light_ones():
    assert [readable(colour) for colour in ("#EEF3FA", "#7FA3D1", "#3F6BAA", "#17335E")] == ["#1C1917", "#1C1917", "#FFFFFF", "#FFFFFF"]
