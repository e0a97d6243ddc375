"""An estimate through time: a line of points from zero, each with its interval, before the band where it usually lies."""

from collections.abc import Sequence
from typing import Any

from crm_core.charts.theme import TOKENS, Say, layout, number_axis, numbers, plain, room, selectable, steady, tooltip, under

AIR = 1.06  # room above the highest interval


def points(
    mode: str,
    labels: Sequence[str],
    values: Sequence[Any],
    lows: Sequence[Any],
    highs: Sequence[Any],
    texts: Sequence[str],
    *,
    band: tuple[float, float] | None = None,
    ticks: Sequence[str] | None = None,
    say: Say = "{:g}".format,
    few: Sequence[bool] | None = None,
    keys: Sequence[Any] | None = None,
    height: int = 190,
) -> dict:
    """A Plotly figure of one point per label, oldest first; all sequences have one entry per point.

    values, lows, highs: estimate and interval, None where nothing is known (the line breaks). texts: the values as text; the last one is written.
    band: the usual range. ticks: text under the points, "" for none; without it every third label. say: an axis value as text.
    few: points that rest on too little, hollow and grey. keys: make points selectable.
    """
    k = TOKENS[mode]
    values, lows, highs = numbers(values), numbers(lows), numbers(highs)
    thin = [False] * len(values) if few is None else list(few)
    known = [value for value in [*values, *lows, *highs, *(band or ())] if value is not None]
    low, high = min([*known, 0.0]), max([*known, 0.0]) or 1.0
    last = max((at for at, value in enumerate(values) if value is not None), default=None)
    answers, click = selectable(keys)
    drawn = layout(
        k, height, r=8 if last is None else room([texts[last]]),
        xaxis={"range": [-0.5, len(values) - 0.5]} | under(labels, ticks), yaxis=number_axis(low, high * AIR, say),
        shapes=[] if band is None else [_band(k, *band)], annotations=[] if last is None else [_end(k, last, values[last], texts[last])],
    )  # fmt: skip
    drawn["margin"]["pad"] = 4  # the lowest number and the first label do not meet
    return {"data": [_trace(k, labels, values, lows, highs, texts, thin) | answers], "layout": drawn | click}


def _trace(k: dict, labels: Sequence, values: list, lows: list, highs: list, texts: Sequence, thin: list) -> dict:
    colours = [k["line" if hollow else "accent"] for hollow in thin]
    return {
        "type": "scatter", "mode": "lines+markers", "x": list(range(len(values))), "y": values, "connectgaps": False, "cliponaxis": False,
        "line": {"color": k["accent"], "width": 2}, "error_y": _intervals(k, values, lows, highs),
        "marker": {
            "size": 7, "color": [k["background"] if hollow else colour for hollow, colour in zip(thin, colours, strict=True)],
            "line": {"color": colours, "width": 1.5}, "opacity": 1,
        },
        "hoverinfo": "text", "hovertext": [plain(f"{label}: {text}") for label, text in zip(labels, texts, strict=True)],
    } | steady(k["ink"]) | tooltip(k)  # fmt: skip


def _intervals(k: dict, values: list, lows: list, highs: list) -> dict:
    rows = list(zip(values, lows, highs, strict=True))
    above = [0.0 if None in row else row[2] - row[0] for row in rows]
    below = [0.0 if None in row else row[0] - row[1] for row in rows]
    return {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "width": 0, "thickness": 1.6, "color": k["line"]}


def _band(k: dict, low: float, high: float) -> dict:
    place = {"xref": "paper", "x0": 0, "x1": 1, "y0": low, "y1": high}
    return {"type": "rect", "layer": "below", "fillcolor": k["soft"], "opacity": 0.5, "line": {"width": 0}} | place


def _end(k: dict, x: int, y: float, text: str) -> dict:
    place = {"x": x, "y": y, "xanchor": "left", "align": "left", "xshift": 7, "showarrow": False}
    return {"text": f"<b>{plain(text)}</b>", "font": {"color": k["accent"], "size": 12}} | place
