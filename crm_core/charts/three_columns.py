"""One row per thing in three columns: how much it is spoken of (bars), how well (interval), and what changed (words)."""
from collections.abc import Sequence
from typing import Any

from crm_core.charts.theme import ROW, TOKENS, Say, categories, layout, numbers, plain, selectable, steady

BARS, MIDDLE = (0.0, 0.3), (0.36, 0.9)  # of the plot's width
HEAD, FOOT = 40, 28  # px above for heads of two lines, below for the axis
AIR = 1.75  # room behind the longest bar for its text


def three_columns(mode: str, labels: Sequence[str], sizes: Sequence[Any], size_texts: Sequence[str], values: Sequence[Any], lows: Sequence[Any],
                  highs: Sequence[Any], changes: Sequence[str], tones: Sequence[str], heads: tuple[str, str, str], *, span: tuple[float, float] = (0, 100),
                  say: Say = "{:g}".format, keys: Sequence[Any] | None = None, hover: Sequence[str] | None = None) -> dict:
    """A Plotly figure of one row per label, in the order given; all sequences have one entry per row.

    sizes: bars from zero, with their texts; values, lows, highs: an estimate with its interval on the axis `span`, None where there are too
    few; changes: words at the right in the tone (a token: line, accent, good, bad) of the row. heads: what stands above the columns.
    keys: make rows selectable.
    """
    k = TOKENS[mode]
    places = list(range(len(labels)))
    answers, click = selectable(keys)
    said = [plain(text) for text in (hover or [f"{a}: {b}" for a, b in zip(labels, size_texts, strict=True)])]
    data = [_bars(k, places, sizes, size_texts, said) | answers, _points(k, places, values, lows, highs, tones, said) | answers]
    most = max((size for size in numbers(sizes) if size is not None), default=1.0) or 1.0
    quiet = {"visible": False, "fixedrange": True}
    drawn = layout(
        k, ROW * len(labels) + HEAD + FOOT, t=HEAD, r=92, yaxis=categories(k, labels),
        xaxis=quiet | {"domain": list(BARS), "range": [0, most * AIR]},
        xaxis2=_ends(*span, say) | {"domain": list(MIDDLE), "anchor": "y", "showgrid": True, "gridcolor": k["grid"], "zeroline": False,
                                          "fixedrange": True, "tickfont": {"color": k["mute"], "size": 12}},
        annotations=_heads(k, heads) + [_change(k, at, text, tone) for at, (text, tone) in enumerate(zip(changes, tones, strict=True))])
    return {"data": data, "layout": drawn | click}


def _ends(low: float, high: float, say: Say) -> dict:
    """An axis with its ends and its middle only: more would touch on a phone."""
    ticks = [low, (low + high) / 2, high]
    return {"tickvals": ticks, "ticktext": [plain(say(tick)) for tick in ticks], "range": [low, high], "tickangle": 0}


def _bars(k: dict, places: list[int], sizes, texts: Sequence[str], said: list[str]) -> dict:
    return {"type": "bar", "orientation": "h", "y": places, "x": numbers(sizes), "text": [plain(text) for text in texts], "textposition": "outside",
            "constraintext": "none", "cliponaxis": False, "textfont": {"color": k["mute"], "size": 12}, "hoverinfo": "text", "hovertext": said,
            "marker": {"color": k["faint"], "cornerradius": 3}} | steady(k["mute"])


def _points(k: dict, places: list[int], values, lows, highs, tones: Sequence[str], said: list[str]) -> dict:
    values, lows, highs = numbers(values), numbers(lows), numbers(highs)
    gap = lambda a, b: 0.0 if a is None or b is None else abs(a - b)  # noqa: E731
    error = {"type": "data", "symmetric": False, "array": [gap(h, v) for v, h in zip(values, highs, strict=True)],
             "arrayminus": [gap(v, low) for v, low in zip(values, lows, strict=True)], "width": 0, "thickness": 2, "color": k["line"]}
    return {"type": "scatter", "mode": "markers", "xaxis": "x2", "y": places, "x": values, "error_x": error, "cliponaxis": False, "hoverinfo": "text",
            "hovertext": said, "marker": {"size": 9, "color": [k[tone] for tone in tones]}} | steady(k["ink"])


def _heads(k: dict, heads: tuple[str, str, str]) -> list[dict]:
    same = {"xref": "paper", "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": 6, "showarrow": False, "xanchor": "left"}
    same |= {"font": {"color": k["mute"], "size": 12}}
    # In two lines: side by side they would touch on a phone.
    return [same | {"text": plain(text).replace(" ", "<br>", 1), "align": "left", "x": at} for text, at in zip(heads, (BARS[0], MIDDLE[0], 1.0), strict=True)]


def _change(k: dict, at: int, text: str, tone: str) -> dict:
    colour = k[tone] if tone in ("good", "bad") else k["mute"]
    return {"text": plain(text), "x": 1, "xref": "paper", "xanchor": "left", "y": at, "showarrow": False, "font": {"color": colour, "size": 12}}
