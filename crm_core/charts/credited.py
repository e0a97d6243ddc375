"""What each rule credits, as split bars: what would have come anyway is hollow and hatched, the rest solid; the measured effect has its interval."""
from collections.abc import Sequence
from typing import Any

from crm_core.charts.theme import LETTER, ROW, TOKENS, categories, layout, numbers, plain, room, selectable, steady
from crm_core.charts.waterfall import removed

AIR = 0.02  # of the span, at both sides: the outline of a bar is not cut


def credited(mode: str, labels: Sequence[str], values: Sequence[Any], anyway: Sequence[Any], texts: Sequence[str], *, notes: Sequence[str] | None = None,
             lows: Sequence[Any] | None = None, highs: Sequence[Any] | None = None, accent: Sequence[str] = (), keys: Sequence[Any] | None = None,
             height: int | None = None) -> dict:
    """A Plotly figure of one bar per label, in the order given; all sequences have one entry per bar.

    values: what is credited, None where nothing is told (no bar, its text stays). anyway: the part of it that would have come anyway, hatched from
    zero on; None where that is not known: the whole bar is then plain grey. lows, highs: the interval of a value, drawn as a line. texts: the values
    as text, bold, notes: what stands beside them. accent: the labels that the title names. keys: make bars selectable.
    """
    k = TOKENS[mode]
    none = [None] * len(labels)
    values, parts = numbers(values), numbers(anyway)
    ends = list(zip(numbers(none if lows is None else lows), numbers(none if highs is None else highs), strict=True))
    said = [f"{text}  {note}".rstrip() for text, note in zip(texts, [""] * len(labels) if notes is None else notes, strict=True)]
    hover = [plain(f"{label}: {end}") for label, end in zip(labels, said, strict=True)]
    answers, click = selectable(keys)
    known = [0.0, *(x for x in [*values, *(x for pair in ends for x in pair)] if x is not None)]
    air = ((max(known) - min(known)) or 1.0) * AIR
    tones = [_tone(label in accent, part) for label, part in zip(labels, parts, strict=True)]
    data = [_bars(hover, values, parts, {"color": [k[tone] for tone in tones]}) | steady(k["ink"]) | answers,
            _bars(hover, parts, none, removed(k)) | steady(k["ink"]) | answers, _lines(k, values, ends)]
    drawn = layout(
        k, height or ROW * len(values) + 16, r=room(said), barmode="overlay", yaxis=categories(k, labels),
        xaxis={"visible": False, "range": [min(known) - air, max(known) + air or 1.0]},
        shapes=[_zero(k)] if min(known) < 0 else [],
        annotations=[_end(k, at, *row) for at, row in enumerate(zip(values, ends, texts, said, tones, strict=True))])
    return {"data": data, "layout": drawn | click}


def _tone(named: bool, part: float | None) -> str:
    return "accent" if named else "faint" if part is None else "soft"


def _bars(hover: list[str], values: list, bases: list, marker: dict) -> dict:
    """Bars from `bases` (or zero) to `values`; nothing where there is nothing to draw."""
    spans = [(base or 0.0, value) for base, value in zip(bases, values, strict=True)]
    return {"type": "bar", "orientation": "h", "y": list(range(len(spans))), "base": [base for base, _ in spans],
            "x": [None if value is None or value == base else value - base for base, value in spans],
            "marker": marker | {"cornerradius": 3}, "hoverinfo": "text", "hovertext": hover}


def _lines(k: dict, values: list, ends: list) -> dict:
    """The intervals, in ink: they lie over the bars they belong to."""
    gap = lambda a, b: 0.0 if a is None or b is None else abs(a - b)  # noqa: E731
    error = {"type": "data", "symmetric": False, "array": [gap(high, v) for v, (_, high) in zip(values, ends, strict=True)],
             "arrayminus": [gap(low, v) for v, (low, _) in zip(values, ends, strict=True)], "width": 6, "thickness": 1.6, "color": k["line"]}
    shown = [value if None not in pair else None for value, pair in zip(values, ends, strict=True)]
    return {"type": "scatter", "mode": "markers", "x": shown, "y": list(range(len(values))), "error_x": error, "hoverinfo": "skip", "cliponaxis": False,
            "marker": {"size": 1, "color": k["line"]}}


def _zero(k: dict) -> dict:
    return {"type": "line", "x0": 0, "x1": 0, "yref": "paper", "y0": 0, "y1": 1, "line": {"color": k["ink"], "width": 1.3}}


def _end(k: dict, at: int, value: float | None, ends: tuple, text: str, said: str, tone: str) -> dict:
    """The value beside the right end of its bar or interval, bold, in the accent where the bar is."""
    place = max([0.0, *(x for x in (value, *ends) if x is not None)])
    note = said.removeprefix(text)
    return {"x": place, "y": at, "xanchor": "left", "xshift": LETTER, "align": "left", "showarrow": False, "text": f"<b>{plain(text)}</b>{plain(note)}",
            "font": {"color": k["accent" if tone == "accent" else "mute"], "size": 12}}
