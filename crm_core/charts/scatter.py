"""Two figures of each group beside each other: a dot per group with both intervals, the largest named."""

from collections.abc import Sequence
from typing import Any

from crm_core.charts.theme import TOKENS, Say, layout, number_axis, numbers, plain, selectable, steady, tooltip

NAMED = 12  # dots that are named beside them; the others say it when one points at them
AIR = 0.08  # of the span, around the outermost dots


def scatter(
    mode: str,
    labels: Sequence[str],
    across: Sequence[Any],
    up: Sequence[Any],
    texts: Sequence[str],
    *,
    across_ends: tuple[Sequence[Any], Sequence[Any]] = ((), ()),
    up_ends: tuple[Sequence[Any], Sequence[Any]] = ((), ()),
    titles: tuple[str, str],
    say_across: Say = "{:g}".format,
    say_up: Say = "{:g}".format,
    keys: Sequence[Any] | None = None,
    height: int = 380,
) -> dict:
    """A Plotly figure of one dot per label; all sequences have one entry per dot, the most important first: the first twelve are named.

    across, up: what the dots stand at; a dot of which one is unknown is not drawn. *_ends: lower and upper ends of the intervals, None where unknown.
    titles: what the axes count. texts: what a dot says.
    """
    k = TOKENS[mode]
    xs, ys = numbers(across), numbers(up)
    there = [at for at, (x, y) in enumerate(zip(xs, ys, strict=True)) if x is not None and y is not None]
    answers, click = selectable(None if keys is None else [keys[at] for at in there])
    trace = {
        "type": "scatter", "mode": "markers+text", "x": [xs[at] for at in there], "y": [ys[at] for at in there],
        "text": [plain(labels[at]) if place < NAMED else "" for place, at in enumerate(there)], "textposition": "top center",
        "textfont": {"color": k["ink"], "size": 12}, "marker": {"size": 9, "color": k["accent"], "opacity": 1},
        "error_x": _error(k, xs, across_ends, there), "error_y": _error(k, ys, up_ends, there),
        "hoverinfo": "text", "hovertext": [plain(texts[at]) for at in there], "cliponaxis": False,
    }  # fmt: skip
    drawn = layout(
        k, height, r=20, t=20, xaxis=number_axis(*_span(xs, across_ends), say_across) | _titled(k, titles[0]) | {"showgrid": True, "gridcolor": k["grid"]},
        yaxis=number_axis(*_span(ys, up_ends), say_up) | _titled(k, titles[1]),
    )  # fmt: skip
    return {"data": [trace | answers | tooltip(k) | steady(k["ink"])], "layout": drawn | click}


def _titled(k: dict, text: str) -> dict:
    return {"title": {"text": plain(text), "font": {"color": k["mute"], "size": 12}}}


def _error(k: dict, values: list, ends: tuple[Sequence[Any], Sequence[Any]], there: list[int]) -> dict:
    """The interval around each dot; none where it is not known."""
    low, high = numbers(ends[0]), numbers(ends[1])
    if not low:
        return {"visible": False}
    reach = lambda end, at, sign: max(0.0, sign * (end[at] - values[at])) if end[at] is not None else 0.0  # noqa: E731
    return {"type": "data", "symmetric": False, "array": [reach(high, at, 1) for at in there], "arrayminus": [reach(low, at, -1) for at in there],
            "color": k["faint"], "thickness": 1.5, "width": 0}  # fmt: skip


def _span(values: list, ends: tuple[Sequence[Any], Sequence[Any]]) -> tuple[float, float]:
    known = [v for v in [*values, *numbers(ends[0]), *numbers(ends[1])] if v is not None] or [0.0, 1.0]
    low, high = min(known), max(known)
    room = (high - low or abs(high) or 1.0) * AIR
    return (max(0.0, low - room) if low >= 0 else low - room), high + room
