"""Guests counted in squares by two measures, such as value by chance, so that one can choose whom to care for."""

from collections.abc import Collection, Sequence
from typing import Any

from crm_core.charts.heat import heat

ROW = 46  # px: two lines of text


def grid_map(
    mode: str,
    columns: Sequence[str],
    rows: Sequence[str],
    values: Sequence[Sequence[Any]],
    texts: Sequence[Sequence[str]],
    keys: Sequence[Sequence[Any]],
    *,
    named: Collection[tuple[int, int]] = (),
    corner: str = "",
    notes: Sequence[str] | None = None,
    height: int | None = None,
) -> dict:
    """A Plotly figure of a few large squares, top row first; values, texts and keys hold one list per row, one entry per column.

    values: guests, None for a square that cannot occur (blank). texts: the count, and after "\\n" a second line such as what they are worth.
    keys: what a click answers, so that every square opens its guests. named: (row, column) of the squares that the title names, outlined.
    corner: what the columns mean. notes: what stands in grey beside a row's name. Five columns of 50 px fit a phone.
    """
    return heat(mode, columns, rows, values, texts, notes=notes, keys=keys, marked=named, corner=corner, row_height=ROW, height=height)
