"""Two orders of the same things side by side, each joined by a line: who stands elsewhere crosses the others."""
from collections.abc import Collection, Sequence
from typing import Any

from crm_core.charts.theme import LETTER, ROW, TOKENS, layout, plain, room

HEAD = 26  # px above for the names of the orders


def slope(mode: str, names: Sequence[str], left: Sequence[Any], right: Sequence[Any], left_texts: Sequence[str], right_texts: Sequence[str], *,
          heads: tuple[str, str], accent: Collection[str] = (), height: int | None = None) -> dict:
    """A Plotly figure of one line per name, from its place on the left to that on the right, the first place on top.

    left, right: numbers to be put in order, the largest first; equal ones keep the order given. left_texts, right_texts: the numbers as text, bold,
    outside beside the names. heads: what the two orders go by. accent: the names that the title names.
    """
    k = TOKENS[mode]
    ends = [(_places(left), left_texts), (_places(right), right_texts)]
    notes = [note for side, (places, texts) in enumerate(ends) for note in _names(k, side, names, places, texts, accent)]
    lines = [_line(k, name, pair, name in accent) for name, *pair in zip(names, ends[0][0], ends[1][0], strict=True)]
    margins = [room(f"{name} {text}" for name, text in zip(names, texts, strict=True)) + 6 for _, texts in ends]
    quiet = {"visible": False, "fixedrange": True, "automargin": False}
    drawn = layout(k, height or ROW * len(names) + HEAD, t=HEAD, r=margins[1], xaxis=quiet | {"range": [0, 1]},
                   yaxis=quiet | {"range": [len(names) - 0.5, -0.5]}, annotations=notes + _heads(k, heads))
    drawn["margin"]["l"] = margins[0]
    return {"data": lines, "layout": drawn}


def _places(values: Sequence[Any]) -> list[int]:
    order = sorted(range(len(values)), key=lambda at: -values[at])
    return [order.index(at) for at in range(len(values))]


def _line(k: dict, name: str, places: list[int], named: bool) -> dict:
    colour = k["accent" if named else "line"]
    return {"type": "scatter", "mode": "lines+markers", "x": [0, 1], "y": places, "line": {"color": colour, "width": 3 if named else 1.5},
            "marker": {"color": colour, "size": 9 if named else 7, "opacity": 1}, "cliponaxis": False, "hoverinfo": "text",
            "hovertext": plain(f"{name}: {places[0] + 1} → {places[1] + 1}")}


def _names(k: dict, side: int, names: Sequence[str], places: list[int], texts: Sequence[str], accent: Collection[str]) -> list[dict]:
    style = {"x": side, "xanchor": "left" if side else "right", "xshift": LETTER * 1.5 * (1 if side else -1), "showarrow": False}
    written = [f"<b>{plain(text)}</b>  {plain(name)}" if side else f"{plain(name)}  <b>{plain(text)}</b>" for name, text in zip(names, texts, strict=True)]
    return [style | {"y": at, "text": text, "font": {"color": k["accent" if name in accent else "ink"], "size": 12}}
            for name, at, text in zip(names, places, written, strict=True)]


def _heads(k: dict, heads: tuple[str, str]) -> list[dict]:
    style = {"yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False, "font": {"color": k["mute"], "size": 12}}
    return [style | {"x": side, "xanchor": "left" if side else "right", "text": plain(head)} for side, head in enumerate(heads)]
