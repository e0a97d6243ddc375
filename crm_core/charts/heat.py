"""A table of shades, such as month by weekday: each cell carries its number, readable on its shade, and opens on a click."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from crm_core.charts.shades import readable, shade
from crm_core.charts.theme import TOKENS, categories, layout, numbers, plain, selectable, tooltip

ROW, HEAD = 28, 28  # px of a row of cells; px above them for the names of the columns
PAD = 6  # px between the cells and their names; set here, because a page's theme brings its own
CLEAR = "rgba(0,0,0,0)"


class Cell(NamedTuple):
    """One cell that has something to say: where it is, its share of the scale (None for too few), its words and its key."""

    column: int
    row: int
    share: float | None
    text: str
    hover: str
    key: Any


def heat(
    mode: str,
    columns: Sequence[str],
    rows: Sequence[str],
    values: Sequence[Sequence[Any]],
    texts: Sequence[Sequence[str]],
    *,
    notes: Sequence[str] | None = None,
    few: Sequence[Sequence[bool]] | None = None,
    keys: Sequence[Sequence[Any]] | None = None,
    marked: Collection[tuple[int, int]] = (),
    corner: str = "",
    row_height: int = ROW,
    fitting: bool = False,
    height: int | None = None,
) -> dict:
    """A Plotly figure with one line of cells per row, top row first; values, texts, few and keys hold one list per row, one entry per column.

    values: numbers, None where nothing is known yet (a blank cell, not a zero). texts: the numbers as text, written in the cells ("\\n" breaks).
    few: cells that rest on too little; they are grey and do not stretch the scale. notes: what stands beside each row's name in grey.
    keys: make cells selectable. marked: (row, column) of the cells that the title names, outlined. corner: what the columns count, above the names.
    fitting: numbers that do not fit their cells, as on a phone, are left out, and names above turn.
    One scale from zero (or the lowest value below it) serves all rows.
    """
    k = TOKENS[mode]
    table = [numbers(row) for row in values]
    sure = _sure(table, few)
    known = [value for row in sure for value in row if value is not None]
    low, high = min([*known, 0.0]), max([*known, 0.0]) or 1.0
    cells = _cells(columns, rows, table, sure, texts, keys, (low, high))
    _, click = selectable(None if keys is None else [])
    drawn = layout(
        k, height or row_height * len(rows) + HEAD, barmode="overlay", xaxis=_above(columns), yaxis=_names(k, rows, notes),
        annotations=[_corner(k, corner)] if corner else [], shapes=[_outline(k, *place, len(rows), len(columns)) for place in marked],
    )  # fmt: skip
    drawn["margin"]["pad"] = PAD
    written = _written(k, cells, keys is not None)
    if fitting:
        drawn |= {"uniformtext": {"mode": "hide", "minsize": 11}}
        drawn["xaxis"].pop("tickangle")  # Plotly turns them where they do not fit
        written = [trace | {"constraintext": "inside"} for trace in written]
    return {"data": [_shades(k, sure, low, high), *written], "layout": drawn | click}


def _sure(table: list[list], few: Sequence[Sequence[bool]] | None) -> list[list]:
    """The values that carry a shade: all but those that rest on too little."""
    if few is None:
        return table
    return [[None if thin else value for value, thin in zip(*row, strict=True)] for row in zip(table, few, strict=True)]


def _cells(columns: Sequence, rows: Sequence, table: list, sure: list, texts: Sequence, keys: Sequence | None, span: tuple) -> list[Cell]:
    low, high = span
    keys = [[None] * len(columns)] * len(rows) if keys is None else keys
    return [
        Cell(x, y, None if shown is None else (shown - low) / (high - low), _lines(text), _hover(row, column, text), key)
        for y, (row, *line) in enumerate(zip(rows, table, sure, texts, keys, strict=True))
        for x, (column, value, shown, text, key) in enumerate(zip(columns, *line, strict=True))
        if value is not None
    ]  # fmt: skip


def _hover(row: str, column: str, text: str) -> str:
    return plain(f"{row}, {column}: {' · '.join(text.splitlines())}")


def _shades(k: dict, sure: list[list], low: float, high: float) -> dict:
    steps = k["sequential"]
    return {
        "type": "heatmap", "z": sure, "x": list(range(len(sure[0]) if sure else 0)), "y": list(range(len(sure))),
        "zmin": low, "zmax": high, "showscale": False, "colorscale": [[at / (len(steps) - 1), colour] for at, colour in enumerate(steps)],
        "xgap": 2, "ygap": 2, "hoverongaps": False, "hoverinfo": "skip",
    }  # fmt: skip


def _written(k: dict, cells: list[Cell], open_to_clicks: bool) -> list[dict]:
    """The numbers as clear boxes over the shades, one trace per text colour.

    Plotly gives a heat map one text colour and Streamlit no selection from it; a box fills its cell at any width of the page.
    """
    inks = defaultdict(list)
    for cell in cells:
        inks[k["mute"] if cell.share is None else readable(shade(k, cell.share)), cell.share is None].append(cell)
    return [_boxes(k, ink, k["grid"] if thin else CLEAR, boxes, open_to_clicks) for (ink, thin), boxes in inks.items()]


def _boxes(k: dict, ink: str, fill: str, cells: list[Cell], open_to_clicks: bool) -> dict:
    answers, _ = selectable([cell.key for cell in cells] if open_to_clicks else None)
    return {
        "type": "bar", "orientation": "h", "base": [cell.column - 0.5 for cell in cells], "x": [1] * len(cells),
        "y": [cell.row for cell in cells], "width": 1, "marker": {"color": fill, "line": {"color": k["background"], "width": 2}},
        "text": [cell.text for cell in cells], "textposition": "inside", "insidetextanchor": "middle", "textangle": 0,
        "constraintext": "none", "textfont": {"color": ink, "size": 12},
        "hoverinfo": "text", "hovertext": [cell.hover for cell in cells],
    } | _picked(k, ink) | tooltip(k) | answers  # fmt: skip


def _picked(k: dict, ink: str) -> dict:
    """A clicked cell turns to the one dark grey among the blues; all others stay as they are, because Plotly would fade them."""
    picked = {"marker": {"opacity": 1, "color": k["mute"]}, "textfont": {"color": k["background"]}}
    return {"selected": picked, "unselected": {"marker": {"opacity": 1}, "textfont": {"color": ink}}}


def _lines(text: str) -> str:
    return "<br>".join(plain(line) for line in text.splitlines())


def _above(columns: Sequence[str]) -> dict:
    names = [plain(name) for name in columns]
    return {"side": "top", "tickvals": list(range(len(names))), "ticktext": names, "range": [-0.5, len(names) - 0.5]}


def _names(k: dict, rows: Sequence[str], notes: Sequence[str] | None) -> dict:
    axis = categories(k, rows) | {"ticksuffix": ""}
    if notes is None:
        return axis
    pairs = zip(axis["ticktext"], notes, strict=True)
    return axis | {"ticktext": [f'{name}  <span style="color:{k["mute"]}">{plain(note)}</span>' for name, note in pairs]}


def _corner(k: dict, text: str) -> dict:
    font = {"color": k["mute"], "size": 12}
    return {"text": plain(text), "xref": "paper", "x": 0, "xanchor": "right", "xshift": -PAD, "yref": "paper", "y": 1, "yanchor": "bottom", "yshift": PAD - 2,
            "showarrow": False, "font": font}  # fmt: skip


def _outline(k: dict, row: int, column: int, rows: int, columns: int) -> dict:
    """A frame around one cell, placed by shares of the plot, because Plotly would cut its outer half at the plot's edge."""
    across = {"xref": "paper", "x0": column / columns, "x1": (column + 1) / columns}
    upwards = {"yref": "paper", "y0": 1 - (row + 1) / rows, "y1": 1 - row / rows}
    return {"type": "rect", "line": {"color": k["ink"], "width": 2}} | across | upwards
