"""A measure over time as bars from zero, the period in the accent, its comparison as a dotted line named at its end."""

from collections.abc import Sequence
from typing import Any

from crm_core.charts.theme import TOKENS, Say, layout, number_axis, numbers, plain, room, selectable, steady, under

HALF_BAR = 0.36  # of a step: a name starts just beside its bar
LABEL = 0.17  # of the highest bar: how far a bar's number reaches above it
NARROWEST = 16  # px of a step on a phone with a year of bars: what a name may use of the bars after it


def trend(
    mode: str,
    labels: Sequence[str],
    values: Sequence[Any],
    comparison: Sequence[Any] | None,
    inside: Sequence[bool],
    texts: Sequence[str],
    *,
    provisional: Sequence[bool] | None = None,
    comparison_name: str = "",
    ticks: Sequence[str] | None = None,
    say: Say = "{:g}".format,
    keys: Sequence[Any] | None = None,
    height: int = 260,
) -> dict:
    """A Plotly figure of one bar per label, oldest first; all sequences have one entry per bar.

    values, comparison: numbers, None where nothing is known (a gap, not a zero). inside: whether the bar belongs to the period.
    texts: the values as text; shown on the last complete bar and on provisional ones (running, or on the books), which are hollow.
    ticks: text under the bars, "" for none; without it every third label. say: an axis value as text. keys: make bars selectable.
    """
    k = TOKENS[mode]
    values, comparison, inside = numbers(values), numbers(comparison), list(inside)
    hollow = [False] * len(values) if provisional is None else list(provisional)
    solid = [None if unreal else value for value, unreal in zip(values, hollow, strict=True)]
    ahead = [value if unreal else None for value, unreal in zip(values, hollow, strict=True)]
    answers, click = selectable(keys)
    colours = [k["accent" if part else "soft"] for part in inside]
    data = [
        _bars(solid, labels, texts, {"color": colours}) | _last_text(k, texts, _last(solid), inside) | answers,
        _bars(ahead, labels, texts, hatched(k)) | _texts(texts, hollow, k["mute"]) | answers,
        _line(k, comparison),
    ]
    drawn = _layout(k, labels, values, comparison, comparison_name, ticks, say, height)
    return {"data": [trace for trace in data if _last(trace["y"]) is not None], "layout": drawn | click}


def hatched(k: dict) -> dict:
    """The marker of what is not yet real: hollow, outlined in the accent, hatched."""
    pattern = {"shape": "/", "fgcolor": k["soft"], "bgcolor": k["background"], "size": 6, "solidity": 0.35}
    return {"color": k["background"], "line": {"color": k["accent"], "width": 1.5}, "pattern": pattern}


def _bars(values: list, labels: Sequence[str], texts: Sequence[str], marker: dict) -> dict:
    hovers = [plain(f"{label}: {text}") for label, text in zip(labels, texts, strict=True)]
    marker = marker | {"cornerradius": 3}
    return {"type": "bar", "x": list(range(len(values))), "y": values, "marker": marker, "hoverinfo": "text", "hovertext": hovers}


def _last_text(k: dict, texts: Sequence[str], last: int | None, inside: list) -> dict:
    colour = k["accent"] if last is not None and inside[last] else k["ink"]
    return _texts(texts, [at == last for at in range(len(texts))], colour, "<b>{}</b>")


def _texts(texts: Sequence[str], shown: Sequence[bool], colour: str, style: str = "{}") -> dict:
    return {
        "text": [style.format(plain(text)) if show else "" for text, show in zip(texts, shown, strict=True)],
        "textposition": "outside", "textangle": 0, "constraintext": "none", "cliponaxis": False, "textfont": {"color": colour, "size": 12},
    } | steady(colour)  # fmt: skip


def _line(k: dict, comparison: list) -> dict:
    return {
        "type": "scatter", "mode": "lines+markers", "x": list(range(len(comparison))), "y": comparison, "hoverinfo": "skip",
        "line": {"color": k["line"], "width": 2, "dash": "dot"}, "marker": {"color": k["line"], "size": 4},
    } | steady(k["mute"])  # fmt: skip


def _layout(k: dict, labels: Sequence, values: list, comparison: list, name: str, ticks: Sequence | None, say: Say, height: int) -> dict:
    end = _last(comparison)
    beyond = 0 if end is None else room([name]) - NARROWEST * (len(labels) - 1 - end)
    known = [value for value in [*values, *comparison, 0.0] if value is not None]
    return layout(
        k, height, t=22, r=max(8, beyond), barmode="overlay",
        annotations=[] if end is None else [_name(k, name, end, comparison[end]) | _clear(values[end:], comparison[end], max(known))],
        xaxis={"range": [-0.6, len(labels) - 0.4]} | under(labels, ticks),
        yaxis=number_axis(min(known), max(known) or 1.0, say),
    )  # fmt: skip


def _name(k: dict, name: str, x: int, y: float) -> dict:
    font = {"color": k["mute"], "size": 12}
    return {"text": plain(name), "x": x + HALF_BAR, "y": y, "xanchor": "left", "showarrow": False, "font": font, "bgcolor": k["background"]}


def _clear(bars: list, y: float, top: float) -> dict:
    """Lift the comparison's name off the numbers that stand on the bars beside it."""
    touches = any(bar is not None and -0.04 * top < y - bar < LABEL * top for bar in bars)
    return {"yshift": 18} if touches else {}


def _last(values: Sequence) -> int | None:
    return max((at for at, value in enumerate(values) if value is not None), default=None)
