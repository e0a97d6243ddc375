"""Estimates with their intervals, one row each, the numbers written in a column at the right."""

from collections.abc import Sequence
from typing import Any

from crm_core.charts.theme import ROW, TOKENS, Say, categories, layout, number_axis, numbers, plain, room, selectable, steady

HEAD, FOOT = 22, 28  # px above for the name of the zero line, below for the axis


def forest(
    mode: str,
    labels: Sequence[str],
    values: Sequence[Any],
    lows: Sequence[Any],
    highs: Sequence[Any],
    texts: Sequence[str],
    *,
    tones: Sequence[str] | None = None,
    overall: bool = False,
    no_effect: str = "",
    former: Sequence[Any] | None = None,
    say: Say = "{:g}".format,
    keys: Sequence[Any] | None = None,
    height: int | None = None,
) -> dict:
    """A Plotly figure of one row per label, in the order given; all sequences have one entry per row.

    values, lows, highs: estimate and interval, None where there are too few (the row keeps its label and its text).
    texts: "+1.2 (0.4 to 1.9)". tones: the token of each marker: line, accent, good, bad. overall: the first row sums up the others.
    no_effect: draws the line at zero under this name. former: the period before, hollow. say: an axis value as text.
    keys: make the rows selectable.
    """
    k = TOKENS[mode]
    values, lows, highs, before = numbers(values), numbers(lows), numbers(highs), numbers(former)
    tones = tones or ["accent" if overall and at == 0 else "line" for at in range(len(values))]
    known = [value for value in values + lows + highs + before if value is not None] + ([0.0] if no_effect else [])
    rows = zip(labels, values, lows, highs, texts, tones, strict=True)
    data = [_row(k, at, overall and at == 0, *row) for at, row in enumerate(rows)]
    answers, click = selectable(keys)
    for at, trace in enumerate(data if keys is not None else []):
        trace |= {"customdata": [answers["customdata"][at]]} | steady(k["ink"])
    data = ([_former(k, before)] if before else []) + data
    top = HEAD if no_effect else 4
    drawn = layout(
        k, height or ROW * len(values) + top + FOOT, t=top, r=room(texts) + 10,
        xaxis=_sparse(number_axis(*_span(known), say)) | {"showgrid": True, "gridcolor": k["grid"]},
        yaxis=categories(k, labels),
        annotations=_column(k, texts, overall) + ([_zero_name(k, no_effect)] if no_effect else []),
        shapes=[_zero_line(k)] if no_effect else [],
    )  # fmt: skip
    return {"data": data, "layout": drawn | click}


def _row(k: dict, at: int, sums_up: bool, label: str, value: Any, low: Any, high: Any, text: str, tone: str) -> dict:
    known = None not in (value, low, high)
    return {
        "type": "scatter", "mode": "markers", "x": [value], "y": [at], "cliponaxis": False,
        "hoverinfo": "text", "hovertext": plain(f"{label}: {text}"),
        "marker": {"color": k[tone], "symbol": "diamond" if sums_up else "circle", "size": 12 if sums_up else 9},
        "error_x": {
            "type": "data", "symmetric": False, "array": [high - value if known else 0.0], "arrayminus": [value - low if known else 0.0],
            "width": 0, "thickness": 3 if sums_up else 2, "color": k[tone] if sums_up else k["line"],
        },
    }  # fmt: skip


def _span(known: list[float]) -> tuple[float, float]:
    """The values with a little air on both sides, so that no marker sticks to a label."""
    low, high = min(known, default=0.0), max(known, default=1.0)
    air = (high - low) * 0.04 or 0.5
    return low - air, high + air


def _sparse(axis: dict) -> dict:
    """Of more than three ticks every other one is written, zero among them: on a phone little is left between names and numbers."""
    ticks = axis["tickvals"]
    first = ticks.index(0) % 2 if 0 in ticks else 0
    texts = [text if at % 2 == first or len(ticks) <= 3 else "" for at, text in enumerate(axis["ticktext"])]
    return axis | {"ticktext": texts}


def _former(k: dict, before: list) -> dict:
    marker = {"color": k["background"], "size": 8, "line": {"color": k["line"], "width": 1.5}}
    return {"type": "scatter", "mode": "markers", "x": before, "y": list(range(len(before))), "marker": marker, "hoverinfo": "skip"}


def _column(k: dict, texts: Sequence[str], overall: bool) -> list[dict]:
    style = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 16, "showarrow": False, "font": {"color": k["ink"], "size": 12}}
    return [style | {"y": at, "text": f"<b>{plain(text)}</b>" if overall and at == 0 else plain(text)} for at, text in enumerate(texts)]


def _zero_line(k: dict) -> dict:
    ink = {"color": k["ink"], "width": 1.3}
    return {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1, "line": ink, "layer": "below"}


def _zero_name(k: dict, name: str) -> dict:
    font = {"color": k["mute"], "size": 12}
    return {"text": plain(name), "x": 0, "yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False, "font": font}
