"""Countries of the world in five shades by how many guests, nights or how much money they bring."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from math import floor, log10
from typing import Any

import pydeck
from pydeck.bindings.json_tools import default_serialize

from crm_core.charts.theme import TOKENS, number, plain

CLASSES = 5
ROUND = (1, 2.5, 5)
SMALLEST_DOT = 3.5  # px: a country too small for a shape is still seen
# The inhabited world, 56° south to 84° north, stands whole in a card of 900 × 480.
VIEW = {"latitude": 44, "longitude": 5, "zoom": 0.48, "min_zoom": 0, "max_zoom": 5}


class CompactDeck(pydeck.Deck):
    """A deck whose JSON is not indented: the same map in a fifth of the bytes and the time."""

    def to_json(self) -> str:
        return json.dumps(self, default=default_serialize, separators=(",", ":"))


def origin_map(
    mode: str,
    shapes: Mapping,
    points: Mapping[str, tuple[float, float]],
    values: Mapping[str, Any],
    limits: Sequence[float],
    hidden: Collection[str],
    tooltips: Mapping[str, tuple[str, str]],
) -> pydeck.Deck:
    """A pydeck map; countries are alpha-2 codes throughout.

    shapes: GeoJSON with the property iso2. points: (longitude, latitude), for the dot of a country that has a value but no shape.
    values: what is shown, at least 0. limits: from `round_classes`. hidden: countries with too few guests, their value never leaves.
    tooltips: name and text, translated and formatted; escaped here, because a tooltip is HTML. A country without one is still.
    """
    k = TOKENS[mode]
    colours = _colours(k, values, limits, hidden)
    tips = {code: {"name": plain(name), "text": plain(text)} for code, (name, text) in tooltips.items()}
    features = [_feature(feature, colours, tips, _rgb(k["grid"])) for feature in shapes["features"]]
    still = [feature for feature in features if feature["properties"]["iso2"] not in tips]
    alive = [feature for feature in features if feature["properties"]["iso2"] in tips]
    layers = [_areas(k, "still", still, False), _areas(k, "countries", alive, True), _dots(k, shapes, points, colours, tips)]
    # A wheel that scrolls the page must not zoom the map under it.
    view = pydeck.View(type="MapView", controller={"scrollZoom": False, "dragRotate": False, "touchRotate": False})
    return CompactDeck(layers, views=[view], initial_view_state=pydeck.ViewState(**VIEW), map_provider=None, tooltip=_tooltip(k))


def round_classes(values: Sequence[Any]) -> list[float]:
    """Up to four ascending limits 1, 2.5 or 5 × 10^k that part positive values into up to five classes; [] if all are alike.

    A value equal to a limit belongs above it. No class is empty; where round limits abound, the smallest classes are joined,
    so that a few large countries do not leave the rest of the map in one shade.
    """
    floors = Counter(_round_down(value) for value in map(number, values) if value)
    classes = sorted(floors.items())
    while len(classes) > CLASSES:
        at = min(range(len(classes) - 1), key=lambda at: classes[at][1] + classes[at + 1][1])
        classes[at : at + 2] = [(classes[at][0], classes[at][1] + classes[at + 1][1])]
    return [limit for limit, _ in classes[1:]]


def legend(mode: str, limits: Sequence[float]) -> list[tuple[str, float | None, float | None]]:
    """Colour, lowest value and first value no longer in it, for each class from low to high; None where the class is open."""
    return list(zip(_ramp(TOKENS[mode], limits), [None, *limits], [*limits, None], strict=True))


def _round_down(value: float) -> float:
    unit = 10.0 ** floor(log10(value))
    return max(unit * factor for factor in ROUND if unit * factor <= value)


def _ramp(k: dict, limits: Sequence[float]) -> list[str]:
    return k["shades"][CLASSES - 1 - len(limits) :]


def _colours(k: dict, values: Mapping, limits: Sequence[float], hidden: Collection[str]) -> dict[str, list[int]]:
    ramp = _ramp(k, limits)
    shown = {code: number(value) for code, value in values.items() if code not in hidden}
    colours = {code: _rgb(ramp[sum(value >= limit for limit in limits)]) for code, value in shown.items() if value}
    return colours | dict.fromkeys(hidden, _rgb(k["faint"]))


def _tooltip(k: dict) -> dict:
    frame = {"border": f"1px solid {k['faint']}", "borderRadius": "6px", "fontSize": "13px"}
    return {"html": "<b>{name}</b><br>{text}", "style": {"backgroundColor": k["background"], "color": k["ink"]} | frame}


def _areas(k: dict, name: str, features: list[dict], pickable: bool) -> pydeck.Layer:
    return pydeck.Layer(
        "GeoJsonLayer", {"type": "FeatureCollection", "features": features}, id=name,
        pickable=pickable, auto_highlight=pickable, highlight_color=[*_rgb(k["line"]), 110],
        get_fill_color="properties.fill", get_line_color=_rgb(k["background"]), line_width_min_pixels=0.6, get_line_width=0,
    )  # fmt: skip


def _feature(feature: Mapping, colours: Mapping, tips: Mapping, empty: list[int]) -> dict:
    code = feature["properties"]["iso2"]
    facts = {"iso2": code, "fill": colours.get(code, empty)} | tips.get(code, {})
    return {"type": "Feature", "properties": facts, "geometry": feature["geometry"]}


def _dots(k: dict, shapes: Mapping, points: Mapping, colours: Mapping, tips: Mapping) -> pydeck.Layer:
    drawn = {feature["properties"]["iso2"] for feature in shapes["features"]}
    small = [code for code in sorted(colours) if code in points and code in tips and code not in drawn]
    facts = [{"iso2": code, "at": list(points[code]), "fill": colours[code]} | tips[code] for code in small]
    return pydeck.Layer(
        "ScatterplotLayer", facts, id="small_countries", pickable=True, auto_highlight=True,
        highlight_color=[*_rgb(k["line"]), 110], get_position="at", get_fill_color="fill",
        get_line_color=_rgb(k["background"]), stroked=True, line_width_min_pixels=1, radius_min_pixels=SMALLEST_DOT, get_radius=1,
    )  # fmt: skip


def _rgb(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
