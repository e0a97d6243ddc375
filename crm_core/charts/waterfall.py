"""How one level becomes another: a row per step from the top down, each beginning where the one above it ended."""

from collections.abc import Sequence
from typing import Any

from crm_core.charts.theme import LETTER, ROW, TOKENS, categories, layout, numbers, plain, room

HALF = 0.33  # of a row: where a bar ends and the line to the next one begins
AIR = 0.02  # of the span, at both sides: the outline of a bar is not cut


def waterfall(
    mode: str,
    labels: Sequence[str],
    values: Sequence[Any],
    texts: Sequence[str],
    levels: Sequence[bool],
    *,
    notes: Sequence[str] | None = None,
    height: int | None = None,
) -> dict:
    """A Plotly figure of one row per label, in the order given; all sequences have one entry per row.

    levels: whether a row is a level, drawn from zero (the last one in the accent), or a step that changes it by its value: up is solid, down is
    hollow and hatched. values: numbers; a step of 0 or None draws nothing and keeps its text. texts: the values as text, notes: what stands
    beside them in plain type. That the steps lead to the next level is for the caller to see to.
    """
    k = TOKENS[mode]
    spans = _spans(numbers(values), levels)
    low, high = min([0.0, *map(min, spans)]), max([0.0, *map(max, spans)]) or 1.0
    air = (high - low) * AIR
    ends = [f"{text}  {note}".rstrip() for text, note in zip(texts, [""] * len(labels) if notes is None else notes, strict=True)]
    last = max((at for at, is_level in enumerate(levels) if is_level), default=None)
    down = [end < begin and not is_level for (begin, end), is_level in zip(spans, levels, strict=True)]
    colours = [k["accent" if at == last else "soft" if is_level else "faint"] for at, is_level in enumerate(levels)]
    hover = [plain(f"{label}: {end}") for label, end in zip(labels, ends, strict=True)]
    drawn = layout(
        k, height or ROW * len(spans) + 16, r=room(ends), barmode="overlay",
        xaxis={"visible": False, "range": [low - air, high + air]}, yaxis=categories(k, labels),
        shapes=_joints(k, spans), annotations=_ends(k, spans, texts, ends, last),
    )  # fmt: skip
    solid = _bars(hover, spans, [not hollow for hollow in down], {"color": colours})
    return {"data": [solid, _bars(hover, spans, down, removed(k))], "layout": drawn}


def _spans(values: list, levels: Sequence[bool]) -> list[tuple[float, float]]:
    """(from, to) of each row: a level from zero, a step from where the row above ended."""
    spans, at = [], 0.0
    for value, is_level in zip(values, levels, strict=True):
        begin = 0.0 if is_level else at
        at = begin + (value or 0.0)
        spans.append((begin, at))
    return spans


def _bars(hover: list[str], spans: list, shown: list[bool], marker: dict) -> dict:
    return {
        "type": "bar", "orientation": "h", "y": list(range(len(spans))),
        "base": [min(span) for span in spans],
        "x": [abs(end - begin) or None if show else None for (begin, end), show in zip(spans, shown, strict=True)],
        "marker": marker | {"cornerradius": 3}, "hoverinfo": "text", "hovertext": hover,
    }  # fmt: skip


def removed(k: dict) -> dict:
    """The marker of what went away: hollow, outlined, hatched. One colour for the whole trace, because a list of them would hide the hatching."""
    pattern = {"shape": "/", "fgcolor": k["faint"], "bgcolor": k["background"], "size": 6, "solidity": 0.35}
    return {"color": k["background"], "line": {"color": k["line"], "width": 1}, "pattern": pattern}


def _joints(k: dict, spans: list) -> list[dict]:
    """A thin line from the end of each bar to the beginning of the next, through rows without a bar."""
    line = {"type": "line", "line": {"color": k["line"], "width": 1}}
    above = [HALF if begin != end else -HALF for begin, end in spans]
    return [line | {"x0": end, "x1": end, "y0": at + above[at], "y1": at + 1 - HALF} for at, (_, end) in enumerate(spans[:-1])]


def _ends(k: dict, spans: list, texts: Sequence[str], ends: list[str], last: int | None) -> list[dict]:
    """The value beside the right end of each bar, bold, in the accent where the bar is."""
    style = {"xanchor": "left", "xshift": LETTER, "align": "left", "showarrow": False}
    written = [f"<b>{plain(text)}</b>{plain(end.removeprefix(text))}" for text, end in zip(texts, ends, strict=True)]
    return [
        style | {"x": max(span), "y": at, "text": text, "font": {"color": k["accent" if at == last else "ink"], "size": 12}}
        for at, (span, text) in enumerate(zip(spans, written, strict=True))
    ]
