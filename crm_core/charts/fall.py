"""How many are left after each step of a way: a row per step from the top down, and what was removed there hollow and hatched beside it."""
from collections.abc import Collection, Sequence
from typing import Any

from crm_core.charts.theme import LETTER, ROW, TOKENS, categories, layout, numbers, plain, room, selectable, steady
from crm_core.charts.waterfall import removed

AIR = 0.02  # of the span: the outline of a bar is not cut


def fall(mode: str, labels: Sequence[str], left: Sequence[Any], gone: Sequence[Any], texts: Sequence[str], *, notes: Sequence[str] | None = None,
         accent: Collection[str] = (), keys: Sequence[Any] | None = None, height: int | None = None) -> dict:
    """A Plotly figure of one row per label, in the order given; all sequences have one entry per row.

    left: how many there are after the step, None where nobody knows (no bar, its text stays). gone: how many were removed at it; None or 0 draws
    nothing, so that a funnel, whose steps remove nobody, is the same shape. texts: the numbers as text, bold; notes: what stands beside them, such as
    the count that was removed and why. accent: the labels that the title names. keys: make rows selectable.
    """
    k = TOKENS[mode]
    left, gone = numbers(left), numbers(gone)
    said = [f"{text}  {note}".rstrip() for text, note in zip(texts, [""] * len(labels) if notes is None else notes, strict=True)]
    hover = [plain(f"{label}: {end}") for label, end in zip(labels, said, strict=True)]
    ends = [(value or 0.0) + (lost or 0.0) for value, lost in zip(left, gone, strict=True)]
    answers, click = selectable(keys)
    colours = [k["accent" if label in accent else "soft"] for label in labels]
    data = [_bars(hover, [0.0] * len(left), left, {"color": colours}), _bars(hover, [value or 0.0 for value in left], gone, removed(k))]
    top = max(ends, default=0.0) or 1.0
    drawn = layout(
        k, height or ROW * len(left) + 16, r=room(said), barmode="overlay", xaxis={"visible": False, "range": [0.0, top * (1 + AIR)]},
        yaxis=categories(k, labels), annotations=[_end(k, at, *row) for at, row in enumerate(zip(ends, texts, said, strict=True))])
    return {"data": [trace | steady(k["ink"]) | answers for trace in data], "layout": drawn | click}


def _bars(hover: list[str], bases: list[float], sizes: list, marker: dict) -> dict:
    return {"type": "bar", "orientation": "h", "y": list(range(len(sizes))), "base": bases, "x": [size or None for size in sizes],
            "marker": marker | {"cornerradius": 3}, "hoverinfo": "text", "hovertext": hover}


def _end(k: dict, at: int, x: float, text: str, said: str) -> dict:
    """What is written at the right end of a row: its number bold, the rest plain."""
    return {"x": x, "y": at, "xanchor": "left", "xshift": LETTER, "align": "left", "showarrow": False, "font": {"color": k["ink"], "size": 12},
            "text": f"<b>{plain(text)}</b>{plain(said.removeprefix(text))}"}
