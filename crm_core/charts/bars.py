"""Categories as horizontal bars, longest on top, each with its value written at its end."""

from collections.abc import Collection, Sequence
from typing import Any

from crm_core.charts.theme import ROW, TOKENS, categories, layout, numbers, plain, room, selectable, steady


def bars(
    mode: str,
    labels: Sequence[str],
    values: Sequence[Any],
    texts: Sequence[str],
    accent: Collection[str] = (),
    *,
    notes: Sequence[str] | None = None,
    keys: Sequence[Any] | None = None,
    sort: bool = True,
    height: int | None = None,
) -> dict:
    """A Plotly figure of one bar per label, sorted by value; all sequences have one entry per bar, in any order.

    values: numbers, None where too little is known (last, no bar, its text stays). texts: the values as text, shown bold.
    notes: what stands beside it in plain type, such as the change. accent: the labels that the title names. keys: make bars selectable.
    sort: False keeps the order given, such as days of the week.
    """
    k = TOKENS[mode]
    empty = [""] * len(labels)
    rows = list(zip(labels, numbers(values), texts, empty if notes is None else notes, empty if keys is None else keys, strict=True))
    if sort:
        rows.sort(key=lambda row: (row[1] is None, -(row[1] or 0)))
    answers, click = selectable(None if keys is None else [row[4] for row in rows])
    ends = [f"{text}  {note}".rstrip() for _, _, text, note, _ in rows]
    axes = {"xaxis": {"visible": False, "range": _range(rows)}, "yaxis": categories(k, [row[0] for row in rows])}
    return {"data": [_trace(k, rows, accent) | answers], "layout": layout(k, height or ROW * len(rows) + 16, r=room(ends), **axes, **click)}


def _trace(k: dict, rows: list[tuple], accent: Collection[str]) -> dict:
    return {
        "type": "bar", "orientation": "h", "y": list(range(len(rows))), "x": [row[1] or 0.0 for row in rows],
        "text": [f"<b>{plain(text)}</b>  {plain(note)}" for _, _, text, note, _ in rows],
        "textposition": "outside", "constraintext": "none", "cliponaxis": False, "textfont": {"color": k["mute"], "size": 12},
        "marker": {"color": [k["accent" if row[0] in accent else "faint"] for row in rows], "cornerradius": 3},
        "hoverinfo": "text", "hovertext": [f"{plain(label)}: {plain(text)} {plain(note)}".rstrip() for label, _, text, note, _ in rows],
    } | steady(k["mute"])  # fmt: skip


def _range(rows: list[tuple]) -> list[float]:
    known = [row[1] for row in rows if row[1] is not None] + [0.0]
    return [min(known), max(known) or 1.0]
