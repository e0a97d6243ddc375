"""A control chart: values in time inside a band of what chance allows, those beyond it marked."""
from collections.abc import Sequence
from typing import Any

from crm_core.charts.theme import TOKENS, Say, layout, number_axis, numbers, plain, under


def control(mode: str, labels: Sequence[str], values: Sequence[Any], lows: Sequence[Any], highs: Sequence[Any], centre: float, signals: Sequence[bool], *,
            say: Say = "{:g}".format, centre_name: str = "", height: int = 260) -> dict:
    """A Plotly figure of one point per label, oldest first; all sequences have one entry per point.

    values, lows, highs: numbers, None where nothing is known; centre: the level of the baseline, dotted, under its name. signals: points that
    rang, larger and in the colour of what is bad.
    """
    k, places = TOKENS[mode], list(range(len(labels)))
    values, lows, highs = numbers(values), numbers(lows), numbers(highs)
    known = [x for x in (*values, *lows, *highs, centre) if x is not None]
    air = (max(known) - min(known)) * 0.08 or 1.0
    band = {"type": "scatter", "mode": "lines", "x": places + places[::-1], "y": highs + lows[::-1], "fill": "toself", "fillcolor": k["grid"],
            "line": {"width": 0, "shape": "hvh"}, "hoverinfo": "skip"}
    said = [plain(f"{label}: {say(value)}") if value is not None else "" for label, value in zip(labels, values, strict=True)]
    marker = {"color": [k["bad"] if rang else k["accent"] for rang in signals], "size": [11 if rang else 7 for rang in signals]}
    line = {"type": "scatter", "mode": "lines+markers", "x": places, "y": values, "line": {"color": k["soft"], "width": 2}, "marker": marker, "hoverinfo": "text",
            "hovertext": said}
    level = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": centre, "y1": centre, "line": {"color": k["line"], "width": 1.5, "dash": "dot"}}
    name = {"text": plain(f"{centre_name} {say(centre)}".strip()), "xref": "paper", "x": 1, "xanchor": "left", "xshift": 6, "y": centre, "showarrow": False,
            "font": {"color": k["mute"], "size": 12}}
    drawn = layout(k, height, r=84, xaxis={"range": [-0.5, len(labels) - 0.5]} | under(labels),
                   yaxis=number_axis(min(known) - air, max(known) + air, say), shapes=[level], annotations=[name])
    return {"data": [band, line], "layout": drawn}
