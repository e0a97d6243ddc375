"""Who moved from where to where between two dates: two columns of groups, and between them ribbons as thick as they are many.

Drawn from shapes instead of Plotly's own sankey, which keeps no given order, lays its labels over the ribbons and answers no click in Streamlit.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from crm_core.charts.nudge import nudged
from crm_core.charts.theme import TOKENS, Say, layout, number, plain, room, selectable, tooltip

ROW, LEAST, GAP = 48, 32, 6  # px of height for each group; the least of them, for a label of two lines; the least between two
HEAD, FOOT, BAR = 26, 8, 6  # px above for the two dates, px below, px that a group's bar is wide
STOPS = [step / 10 for step in range(1, 10)]  # where along a ribbon a click is heard


class Ribbon(NamedTuple):
    """One flow as drawn: its groups, its upper edge at both ends in px from the top, its thickness, and what it says."""

    left: int
    right: int
    start: float
    end: float
    thick: float
    value: float
    text: str
    key: Any


def sankey(
    mode: str,
    left: Sequence[str],
    right: Sequence[str],
    flows: Sequence[tuple[int, int, float]],
    texts: Sequence[str],
    *,
    accent: Collection[tuple[int, int]] = (),
    heads: tuple[str, str] = ("", ""),
    say: Say = "{:,.0f}".format,
    keys: Sequence[Any] | None = None,
) -> dict:
    """A Plotly figure of the groups `left` and `right`, each column from the top down in the order given, every group with its count.

    flows: (place in left, place in right, guests), one per pair that has any. texts: one tooltip per flow. accent: the pairs that the title names,
    softly coloured and with their count. heads: the two dates. say: a count as text. keys: one per flow, what a click on its ribbon answers.
    The height follows from the number of groups, 48 px each.
    """
    k = TOKENS[mode]
    inner = ROW * max(len(left), len(right), 1)
    moved = [(int(start), int(end), number(guests) or 0.0) for start, end, guests in flows]
    sums = [_sums(len(names), moved, side) for side, names in enumerate((left, right))]
    scale = min(_scale(column, inner) for column in sums)
    tops = [_tops(column, scale, inner) for column in sums]
    ribbons = _ribbons(moved, texts, keys, tops, scale)
    _, click = selectable(None if keys is None else [])
    drawn = layout(
        k, inner + HEAD + FOOT, t=HEAD, r=_margin(right, sums[1], heads[1], say), xaxis={"visible": False, "range": [0, 1]},
        yaxis={"visible": False, "range": [inner, 0]}, annotations=_labels(k, (left, right), sums, tops, scale, heads, say)
        + _counts(k, [ribbon for ribbon in ribbons if ribbon[:2] in set(accent)], say),
        shapes=_shapes(k, ribbons, set(accent)) + _bars(k, sums, tops, scale),
    )  # fmt: skip
    drawn["margin"] |= {"l": _margin(left, sums[0], heads[0], say), "b": FOOT, "pad": 0}
    return {"data": [_stops(k, ribbons, keys is not None)], "layout": drawn | click}


def _sums(size: int, flows: list[tuple], side: int) -> list[float]:
    return [sum(flow[2] for flow in flows if flow[side] == at) for at in range(size)]


def _scale(sums: list[float], inner: float) -> float:
    """The px per guest at which all groups fit, those too small for their label given its height."""
    room_left, rising = inner - GAP * (len(sums) - 1), sorted(sums)
    for small, amount in enumerate(rising):
        scale = (room_left - LEAST * small) / (sum(rising[small:]) or 1.0)
        if amount * scale >= LEAST:
            return scale
    return 0.0


def _tops(sums: list[float], scale: float, inner: float) -> list[float]:
    """The upper edge of each group, in the middle of its place; what is left of the height parts the places, so that both columns end alike."""
    places = [max(amount * scale, LEAST) for amount in sums]
    gap = (inner - sum(places)) / max(len(places) - 1, 1)
    return [sum(places[:at]) + gap * at + (places[at] - amount * scale) / 2 for at, amount in enumerate(sums)]


def _ribbons(flows: list[tuple], texts: Sequence, keys: Sequence | None, tops: list, scale: float) -> list[Ribbon]:
    """The flows stacked at both ends in the order of the groups that they lead to, so that as few as possible cross."""
    rows = list(zip(flows, texts, [None] * len(flows) if keys is None else keys, strict=True))
    starts, ends, found = list(tops[0]), list(tops[1]), []
    for (start, end, guests), text, key in sorted(rows, key=lambda row: row[0]):
        thick = guests * scale
        if guests:
            found.append(Ribbon(start, end, starts[start], ends[end], thick, guests, text, key))
        starts[start] += thick
        ends[end] += thick
    return found


def _shapes(k: dict, ribbons: list[Ribbon], accent: set) -> list[dict]:
    """The ribbons, those that the title names on top; the edge keeps a single guest visible."""
    return [
        {
            "type": "path", "path": _path(ribbon), "layer": "below", "fillcolor": k["soft" if named else "faint"],
            "opacity": 1 if named else 0.7, "line": {"color": k["accent" if named else "faint"], "width": 1 if named else 0.7},
        }
        for named in (False, True) for ribbon in ribbons if (ribbon[:2] in accent) is named
    ]  # fmt: skip


def _path(ribbon: Ribbon) -> str:
    a, b, thick = ribbon.start, ribbon.end, ribbon.thick
    return (
        f"M 0,{a:.1f} C 0.5,{a:.1f} 0.5,{b:.1f} 1,{b:.1f} L 1,{b + thick:.1f} C 0.5,{b + thick:.1f} 0.5,{a + thick:.1f} 0,{a + thick:.1f} Z"
    )


def _bars(k: dict, sums: list, tops: list, scale: float) -> list[dict]:
    return [
        {
            "type": "rect", "xref": "paper", "xsizemode": "pixel", "xanchor": side, "x0": -BAR * (1 - side), "x1": BAR * side,
            "y0": round(top, 1), "y1": round(top + total * scale, 1), "fillcolor": k["line"], "line": {"width": 0},
        }
        for side in (0, 1) for total, top in zip(sums[side], tops[side], strict=True)
    ]  # fmt: skip


def _labels(k: dict, names: tuple, sums: list, tops: list, scale: float, heads: tuple, say: Say) -> list[dict]:
    found = []
    for side in (0, 1):
        align = "left" if side else "right"
        shift = BAR + 4 if side else -BAR - 4
        style = {"xref": "paper", "x": side, "xanchor": align, "align": align, "xshift": shift, "showarrow": False}
        for top, name, total in zip(tops[side], names[side], sums[side], strict=True):
            found.append(style | _label(k, top + total * scale / 2, f"{plain(name)}<br><b>{plain(say(total))}</b>", "ink"))
        above = {"yref": "paper", "yanchor": "bottom", "yshift": 6}
        found += [style | _label(k, 1, plain(heads[side]), "mute") | above] if heads[side] else []
    return found


def _label(k: dict, y: float, text: str, token: str) -> dict:
    return {"y": round(y, 1), "text": text, "font": {"color": k[token], "size": 12}}


def _counts(k: dict, named: list[Ribbon], say: Say) -> list[dict]:
    """What the title names is also written, in the middle of its ribbon."""
    places = nudged([(ribbon.start + ribbon.end + ribbon.thick) / 2 for ribbon in named], 15)
    return [
        {"x": 0.5, "showarrow": False, "bgcolor": k["background"]} | _label(k, place, f"<b>{plain(say(ribbon.value))}</b>", "ink")
        for place, ribbon in zip(places, named, strict=True)
    ]


def _stops(k: dict, ribbons: list[Ribbon], open_to_clicks: bool) -> dict:
    """Clear points along each ribbon, as wide as it is thick, that hear the pointer: a shape cannot."""
    along = [(ribbon, stop) for ribbon in ribbons for stop in STOPS]
    answers, _ = selectable([ribbon.key for ribbon, _ in along] if open_to_clicks else None)
    still = {"marker": {"opacity": 1}}
    return {
        "type": "scatter", "mode": "markers", "x": [round(_along(stop, 0.5, 0.5), 3) for _, stop in along],
        "y": [round(r.start + (r.end - r.start) * _along(stop, 0.0, 1.0) + r.thick / 2, 1) for r, stop in along],
        "marker": {"color": "rgba(0,0,0,0)", "size": [round(max(ribbon.thick, 6.0), 1) for ribbon, _ in along], "line": {"width": 0}},
        "hoverinfo": "text", "hovertext": [plain(ribbon.text) for ribbon, _ in along], "selected": still, "unselected": still,
    } | tooltip(k) | answers  # fmt: skip


def _along(stop: float, first: float, second: float) -> float:
    """A cubic Bézier curve from 0 to 1 with these two control values: the very curve that the ribbon's path draws."""
    rest = 1 - stop
    return 3 * rest * rest * stop * first + 3 * rest * stop * stop * second + stop**3


def _margin(names: Sequence[str], sums: list[float], head: str, say: Say) -> int:
    return room([*names, *(say(total) for total in sums), head]) + BAR
