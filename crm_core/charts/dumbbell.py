"""Two values of each row joined by a bar: what there was at first, hollow, and what is left of it."""
from collections.abc import Collection, Sequence
from typing import Any

from crm_core.charts.theme import ROW, TOKENS, Say, categories, layout, number_axis, numbers, plain, room

FOOT, HEAD = 28, 24  # px below for the axis, above for the names of the two values
AIR = 0.08  # of the span beside the outermost values


def dumbbell(mode: str, labels: Sequence[str], first: Sequence[Any], left: Sequence[Any], texts: Sequence[str], *, accent: Collection[str] = (),
             names: tuple[str, str] = ("", ""), say: Say = "{:g}".format, height: int | None = None) -> dict:
    """A Plotly figure of one row per label, in the order given; all sequences have one entry per row.

    first (hollow) and left (filled): numbers, None where nothing is known; then the row keeps its label and its text. texts: what stands at the right.
    accent: the labels that the title names. names: of first and left, written over the first row that has both. say: an axis value as text.
    """
    k, first, left = TOKENS[mode], numbers(first), numbers(left)
    colours = [k["accent" if label in accent else "line"] for label in labels]
    hovers = [plain(f"{label}: {text}") for label, text in zip(labels, texts, strict=True)]
    joined = [_bar(at, *row) for at, row in enumerate(zip(first, left, colours, strict=True)) if None not in row[:2]]
    hollow = {"color": k["background"], "size": 10, "line": {"color": colours, "width": 2}}
    known = [value for value in first + left if value is not None]
    drawn = layout(k, height or ROW * len(labels) + HEAD + FOOT, t=HEAD, r=room(texts) + 16, yaxis=categories(k, labels),
                   xaxis=number_axis(*_span(known), say) | {"showgrid": True, "gridcolor": k["grid"]},
                   annotations=_texts(k, texts) + _names(k, first, left, names))
    return {"data": [*joined, _marks(first, hollow, hovers), _marks(left, {"color": colours, "size": 11}, hovers)], "layout": drawn}


def _span(known: list[float]) -> tuple[float, float]:
    low, high = min(known, default=0.0), max(known, default=1.0)
    air = (high - low) * AIR or 1.0
    return low - air, high + air


def _bar(at: int, first: float, left: float, colour: str) -> dict:
    return {"type": "scatter", "mode": "lines", "x": [first, left], "y": [at, at], "line": {"color": colour, "width": 3}, "hoverinfo": "skip"}


def _marks(values: list, marker: dict, hovers: list[str]) -> dict:
    return {"type": "scatter", "mode": "markers", "x": values, "y": list(range(len(values))), "marker": marker | {"opacity": 1}, "cliponaxis": False,
            "hoverinfo": "text", "hovertext": hovers}


def _texts(k: dict, texts: Sequence[str]) -> list[dict]:
    style = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 16, "showarrow": False, "font": {"color": k["ink"], "size": 12}}
    return [style | {"y": at, "text": plain(text)} for at, text in enumerate(texts)]


def _names(k: dict, first: list, left: list, names: tuple[str, str]) -> list[dict]:
    """The names of both values, each leaning away from the other."""
    at = next((at for at, pair in enumerate(zip(first, left, strict=True)) if None not in pair), None)
    if at is None or not any(names):
        return []
    style = {"y": at, "yshift": 16, "showarrow": False, "font": {"color": k["mute"], "size": 12}}
    sides = ("left", "right") if first[at] >= left[at] else ("right", "left")
    return [style | {"x": values[at], "xanchor": side, "text": plain(name)} for values, side, name in zip((first, left), sides, names, strict=True)]
