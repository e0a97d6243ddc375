"""The map shades countries by round classes, keeps few guests hidden and carries no markup from outside."""

import itertools
import json

import pytest

from crm_core.charts.origin_map import legend, origin_map, round_classes
from crm_core.charts.theme import TOKENS
from crm_core.geography import countries, label_points, shapes

NAMES = {country.iso2: (country.name, "n") for country in countries()}
VALUES = {"ET": 1100, "LK": 100, "NA": 99, "SG": 300, "MX": 3, "FR": 0}


def drawn(mode, tooltips=NAMES, values=VALUES):
    return json.loads(origin_map(mode, shapes(), label_points(), values, [100, 250, 500, 1000], {"MX"}, tooltips).to_json())


def layer(deck, name):
    return next(layer for layer in deck["layers"] if layer["id"] == name)


def fills(deck):
    return {feature["properties"]["iso2"]: rgb(feature["properties"]["fill"]) for feature in layer(deck, "countries")["data"]["features"]}


def rgb(parts):
    return "#" + "".join(f"{part:02X}" for part in parts)


@pytest.mark.parametrize(("values", "limits"), [
    ([1102, 968, 887, 842, 655, 611, 402, 365, 120, 40], [100, 250, 500, 1000]),
    ([3, 8, 12, 30, 60, 120, 260, 550, 1200, 2600], [10, 50, 250, 1000]),
    ([1, 10, 100, 1000, 10_000], [10, 100, 1000, 10_000]),
    ([7, 7, 7], []),
    ([0, 0, None, 7, 70], [50]),
    ([], []),
])  # fmt: skip
def test_classes_have_round_limits_and_none_is_empty(values, limits):
    assert round_classes(values) == limits


def test_every_class_of_a_long_tail_holds_a_country():
    values = [2**n for n in range(14)]
    limits = round_classes(values)
    edges = [0, *limits, float("inf")]
    assert all(any(low <= value < high for value in values) for low, high in itertools.pairwise(edges))


def test_the_legend_names_each_class_from_little_to_much(mode):
    shades = TOKENS[mode]["shades"]
    assert legend(mode, [100, 250]) == [(shades[2], None, 100), (shades[3], 100, 250), (shades[4], 250, None)]
    assert legend(mode, []) == [(shades[4], None, None)]


def test_a_value_on_a_limit_belongs_to_the_class_above(mode):
    shades, colours = TOKENS[mode]["shades"], fills(drawn(mode))
    assert (colours["ET"], colours["LK"], colours["NA"]) == (shades[4], shades[1], shades[0])


def test_no_guests_and_too_few_guests_are_two_greys(mode):
    colours = fills(drawn(mode))
    assert colours["MX"] == TOKENS[mode]["faint"]
    assert colours["FR"] == colours["PE"] == TOKENS[mode]["grid"]


def test_a_country_too_small_for_a_shape_is_a_dot_once_it_has_a_value(mode):
    assert [(dot["iso2"], dot["at"], rgb(dot["fill"])) for dot in layer(drawn(mode), "small_countries")["data"]] == [
        ("SG", [104.0, 1.0], TOKENS[mode]["shades"][2])
    ]


def test_borders_have_the_colour_of_the_page(mode):
    assert rgb(layer(drawn(mode), "countries")["getLineColor"]) == TOKENS[mode]["background"]


def test_shapes_without_a_country_say_nothing(mode):
    still = layer(drawn(mode), "still")
    assert [feature["properties"]["iso2"] for feature in still["data"]["features"]] == ["", ""]
    assert still["pickable"] is False


def test_no_base_map_is_asked_for(mode):
    assert "mapProvider" not in drawn(mode)
    assert drawn(mode)["mapStyle"] == "__MAP_STYLE__"  # pydeck's word for: none was given
    assert "http" not in json.dumps(drawn(mode))


def test_a_tooltip_carries_no_markup_and_only_what_was_handed_over(mode):
    deck = drawn(mode, tooltips=NAMES | {"ET": ("<img src=x>", "<script>")})
    facts = next(f["properties"] for f in layer(deck, "countries")["data"]["features"] if f["properties"]["iso2"] == "ET")
    assert (facts["name"], facts["text"]) == ("&lt;img src=x&gt;", "&lt;script&gt;")
    assert set(facts) == {"iso2", "name", "text", "fill"}


def test_a_hidden_value_does_not_reach_the_browser(mode):
    assert drawn(mode, values=VALUES) == drawn(mode, values=VALUES | {"MX": 4})


def test_the_shapes_themselves_stay_untouched(mode):
    drawn(mode)
    assert all(set(feature["properties"]) == {"iso2"} for feature in shapes()["features"])


def test_the_world_is_sent_in_less_than_a_quarter_of_a_megabyte(mode):
    world = origin_map(mode, shapes(), label_points(), VALUES, [100], set(), NAMES)
    assert len(world.to_json()) < 250_000
