"""A small table of shades, such as month by weekday, each cell with its number in it."""

from collections.abc import Sequence
from typing import Any

from crm_core.charts.theme import TOKENS, categories, layout, numbers, plain

ROW, HEAD = 28, 28


def heat(mode: str, columns: Sequence[str], rows: Sequence[str], values: Sequence[Sequence[Any]], texts: Sequence[Sequence[str]]) -> dict:
    """A Plotly figure with one line of cells per row, top row first; values and texts hold one list per row, one entry per column.

    values: numbers, None where nothing is known yet (a blank cell, not a zero). texts: the numbers as text, written in the cells.
    One scale from zero (or the lowest value below it) serves all rows.
    """
    k = TOKENS[mode]
    cells = [numbers(row) for row in values]
    known = [value for row in cells for value in row if value is not None]
    trace = {
        "type": "heatmap", "z": cells, "x": list(range(len(columns))), "y": list(range(len(rows))),
        "zmin": min([*known, 0.0]), "zmax": max([*known, 0.0]) or 1.0, "showscale": False, "colorscale": _scale(k),
        "text": _texts(cells, texts), "texttemplate": "%{text}", "textfont": {"size": 12}, "xgap": 2, "ygap": 2,
        "hoverongaps": False, "hoverinfo": "text", "hovertext": _hovers(columns, rows, texts),
    }  # fmt: skip
    names = [plain(name) for name in columns]
    top = {"side": "top", "tickvals": list(range(len(names))), "ticktext": names, "range": [-0.5, len(names) - 0.5]}
    return {"data": [trace], "layout": layout(k, ROW * len(rows) + HEAD, xaxis=top, yaxis=categories(k, rows))}


def _scale(k: dict) -> list[list]:
    steps = k["sequential"]
    return [[at / (len(steps) - 1), colour] for at, colour in enumerate(steps)]


def _texts(cells: list[list], texts: Sequence[Sequence[str]]) -> list[list[str]]:
    return [["" if value is None else plain(text) for value, text in zip(*row, strict=True)] for row in zip(cells, texts, strict=True)]


def _hovers(columns: Sequence[str], rows: Sequence[str], texts: Sequence[Sequence[str]]) -> list[list[str]]:
    lines = zip(rows, texts, strict=True)
    return [[plain(f"{row}, {column}: {text}") for column, text in zip(columns, line, strict=True)] for row, line in lines]
