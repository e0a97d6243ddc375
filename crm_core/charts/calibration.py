"""What was predicted against what came: one point with its interval per group of guests, and the line on which both agree."""

from collections.abc import Sequence
from typing import Any

from crm_core.charts.theme import TOKENS, Say, layout, number_axis, numbers, plain, selectable, steady, tooltip

HEAD, AIR = 24, 1.04  # px above the plot for the line's name; room beyond the highest value


def calibration(
    mode: str,
    predicted: Sequence[Any],
    observed: Sequence[Any],
    lows: Sequence[Any],
    highs: Sequence[Any],
    texts: Sequence[str],
    *,
    agreed: str,
    across: str = "",
    upwards: str = "",
    say: Say = "{:.0%}".format,
    keys: Sequence[Any] | None = None,
    height: int = 280,
) -> dict:
    """A Plotly figure of one point per group, usually tenths by predicted value; all sequences have one entry per group.

    predicted: across. observed, lows, highs: upwards, the share that came and its interval, None where the group is empty (no point).
    texts: tooltips. agreed: the name of the line, such as "as predicted". across, upwards: what the axes show. say: an axis value as text.
    Both axes run from zero over the same numbers, so that the line is the diagonal. keys: make points selectable.
    """
    k = TOKENS[mode]
    predicted, observed, lows, highs = numbers(predicted), numbers(observed), numbers(lows), numbers(highs)
    top = max([value for value in [*predicted, *observed, *highs] if value is not None], default=0.0) * AIR or 1.0
    axis = number_axis(0.0, top, say)
    answers, click = selectable(keys)
    below = {"text": plain(across), "font": {"color": k["mute"], "size": 12}, "standoff": 12}
    lower = axis | {"showgrid": True, "gridcolor": k["grid"], "title": below}
    drawn = layout(k, height, t=HEAD, xaxis=lower, yaxis=axis, annotations=[_name(k, agreed), _upwards(k, upwards)])
    drawn["margin"]["pad"] = 4  # the two zeros do not meet
    return {"data": [_diagonal(k, top), _points(k, predicted, observed, lows, highs, texts) | answers], "layout": drawn | click}


def _diagonal(k: dict, top: float) -> dict:
    line = {"color": k["line"], "width": 2, "dash": "dot"}
    return {"type": "scatter", "mode": "lines", "x": [0, top], "y": [0, top], "line": line, "hoverinfo": "skip"}


def _points(k: dict, predicted: list, observed: list, lows: list, highs: list, texts: Sequence[str]) -> dict:
    rows = list(zip(observed, lows, highs, strict=True))
    return {
        "type": "scatter", "mode": "markers", "x": predicted, "y": observed, "cliponaxis": False, "marker": {"size": 9, "color": k["accent"]},
        "error_y": {
            "type": "data", "symmetric": False, "array": [0.0 if None in row else row[2] - row[0] for row in rows],
            "arrayminus": [0.0 if None in row else row[0] - row[1] for row in rows], "width": 0, "thickness": 2, "color": k["line"],
        },
        "hoverinfo": "text", "hovertext": [plain(text) for text in texts],
    } | steady(k["ink"]) | tooltip(k)  # fmt: skip


def _name(k: dict, text: str) -> dict:
    """The line's name in the corner where it ends; no point lies above it."""
    return _written(k, text) | {"x": 1, "xanchor": "right"}


def _upwards(k: dict, text: str) -> dict:
    """The upright axis is named on top of it, so that nobody turns the head."""
    return _written(k, text) | {"x": 0, "xanchor": "left"}


def _written(k: dict, text: str) -> dict:
    place = {"xref": "paper", "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 2, "showarrow": False}
    return {"text": plain(text), "font": {"color": k["mute"], "size": 12}} | place
