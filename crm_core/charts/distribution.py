"""How often each size occurs: upright bars side by side, with marks such as the median above them."""

from collections.abc import Collection, Sequence
from typing import Any

from crm_core.charts.theme import LETTER, TOKENS, Say, layout, number_axis, numbers, plain, selectable, steady, under

PHONE = 300  # px of a plot on a phone: numbers are written over the bars where they fit there
MARK = 17  # px of a line of text for each mark
HALF = 0.5


def distribution(
    mode: str,
    labels: Sequence[str],
    counts: Sequence[Any],
    texts: Sequence[str],
    *,
    accent: Collection[str] = (),
    marks: Sequence[tuple[float, str]] = (),
    ticks: Sequence[str] | None = None,
    across: str = "",
    say: Say = "{:,.0f}".format,
    keys: Sequence[Any] | None = None,
    height: int = 220,
) -> dict:
    """A Plotly figure of one bar per label, in the order given; all sequences have one entry per bar.

    counts: numbers, None for none known. texts: the counts as text, over the bars where all fit a phone and no mark would cut through them;
    otherwise an axis is drawn.
    accent: the labels that the title names. marks: (place, text), a line at that place between the bars: 2 is the middle of the third bar,
    2.5 its right edge. ticks: text under the bars, "" for none; without it every third label. across: what the labels count.
    say: an axis value as text. keys: make bars selectable.
    """
    k = TOKENS[mode]
    heights = numbers(counts)
    top = max([count for count in heights if count is not None], default=0.0) or 1.0
    written = not marks and sum(len(text) * LETTER + 4 for text in texts) <= PHONE
    answers, click = selectable(keys)
    drawn = layout(
        k, height, t=(20 if written else 10) + MARK * len(marks), bargap=0.08,
        xaxis={"range": [-HALF, len(heights) - HALF], "title": _across(k, across)} | under(labels, ticks),
        yaxis={"visible": False, "range": [0, top]} if written else number_axis(0.0, top, say),
        annotations=[_name(k, at, text, line, len(heights)) for line, (at, text) in enumerate(marks)],
        shapes=[part for line, (at, _) in enumerate(marks) for part in _line(k, at, line)],
    )  # fmt: skip
    drawn["margin"]["pad"] = 4  # the lowest number and the first label do not meet
    return {"data": [_bars(k, labels, heights, texts, accent, written) | answers], "layout": drawn | click}


def _bars(k: dict, labels: Sequence[str], heights: list, texts: Sequence[str], accent: Collection[str], written: bool) -> dict:
    named = [label in accent for label in labels]
    return {
        "type": "bar", "x": list(range(len(heights))), "y": heights,
        "marker": {"color": [k["accent" if a else "faint"] for a in named], "cornerradius": 3},
        "text": [(f"<b>{plain(text)}</b>" if a else plain(text)) if written else "" for text, a in zip(texts, named, strict=True)],
        "textposition": "outside", "textangle": 0, "constraintext": "none", "cliponaxis": False, "textfont": {"color": k["mute"], "size": 12},
        "hoverinfo": "text", "hovertext": [plain(f"{label}: {text}") for label, text in zip(labels, texts, strict=True)],
    } | steady(k["mute"])  # fmt: skip


def _across(k: dict, text: str) -> dict:
    return {"text": plain(text), "font": {"color": k["mute"], "size": 12}, "standoff": 12}


def _name(k: dict, at: float, text: str, line: int, bars: int) -> dict:
    """Each name has a line of its own above the bars, so that no two touch, and runs towards the middle, so that none leaves the chart."""
    side, shift = ("right", -4) if at > (bars - 1) / 2 else ("left", 4)
    place = {"x": at, "xanchor": side, "align": side, "xshift": shift, "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": MARK * line}
    return {"text": plain(text), "showarrow": False, "font": {"color": k["ink"], "size": 12}} | place


def _line(k: dict, at: float, line: int) -> list[dict]:
    """From the foot of the bars to their top, and from there as many px as its name is high."""
    style = {"type": "line", "x0": at, "x1": at, "yref": "paper", "line": {"color": k["ink"], "width": 1.3}}
    return [style | {"y0": 0, "y1": 1}, style | {"ysizemode": "pixel", "yanchor": 1, "y0": 0, "y1": MARK * (line + 1)}]
