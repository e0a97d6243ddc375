"""How many have come back by each month, as steps with their bands, each curve named at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_core.charts.nudge import nudged
from crm_core.charts.theme import TOKENS, Say, layout, number_axis, numbers, plain, room, tooltip

MOST = 4  # more curves than this cannot be told apart
HEAD, AXIS, TITLE = 12, 24, 24  # px above the plot, below it for the months, and for what they count from
LINE_OF_TEXT = 15  # px between two names
BAND = 0.14  # how opaque
AIR = 1.03  # room above the highest band, so that a round tick just above it is still drawn
# By place: line and name. Green is left out, it would say "good"; grey text needs the darker of the two greys.
PLACES = ("accent", "amber", "grey", "magenta")


@dataclass(frozen=True)
class Curve:
    """One group's curve: x in months, ascending from 0, and from each x on the share that came back, 0 … 1.

    low, high: its band, None from where too few are at risk. end: the figure beside the name. tone: a token, or "" for the colour of its place.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[Any] = ()
    high: Sequence[Any] = ()
    end: str = ""
    tone: str = ""


def survival(
    mode: str,
    curves: Sequence[Curve],
    *,
    until: float,
    ticks: Sequence[float],
    under: str = "",
    read_at: float | None = None,
    say: Say = "{:.0%}".format,
    height: int = 250,
) -> dict:
    """A Plotly figure of one to four curves over 0 … `until` months, the one that the title names first; more raise ValueError.

    ticks: the months written below. under: what they count from. read_at: the month of the figures at the names, a dot on each curve.
    say: a share as text. The figures at the end are ready text; the names stand in the colour of their curve, so no legend is needed.
    """
    if len(curves) > MOST:
        raise ValueError(f"at most {MOST} curves can be told apart, got {len(curves)}")
    k = TOKENS[mode]
    colours = [_colours(k, curve.tone or PLACES[at]) for at, curve in enumerate(curves)]
    drawn = [_cut(curve, until) for curve in curves]
    top = max([value for curve in drawn for value in [*curve.y, *_known(curve.high)]], default=0.0) * AIR or 1.0
    foot = AXIS + (TITLE if under else 0)
    pairs = list(zip(drawn, colours, strict=True))
    data = [_band(curve, line) for curve, (line, _) in pairs if _known(curve.high)]
    data += [_line(k, curve, line, say) for curve, (line, _) in reversed(pairs)]
    data += [] if read_at is None else [_dots(pairs, read_at)]
    shown = layout(
        k, height, t=HEAD, r=room(f"{curve.name} {curve.end}" for curve in curves) + 8, xaxis=_months(k, until, ticks, under),
        yaxis=number_axis(0.0, top, say), annotations=_ends(pairs, top, height - HEAD - foot),
    )  # fmt: skip
    shown["margin"] |= {"b": foot, "pad": 4}  # fixed, so that the names' distance in px is known
    return {"data": data, "layout": shown}


def _colours(k: dict, tone: str) -> tuple[str, str]:
    """The colour of a line and of the text beside it."""
    named = {"amber": k["categorical"][1], "magenta": k["categorical"][3]}
    if tone in ("grey", "line"):
        return k["line"], k["mute"]
    colour = named.get(tone) or k[tone]
    return colour, colour


def _cut(curve: Curve, until: float) -> Curve:
    size = sum(x <= until for x in curve.x)
    x, y = [float(month) for month in curve.x[:size]], numbers(curve.y[:size])
    return Curve(curve.name, x, y, numbers(curve.low[:size]), numbers(curve.high[:size]), curve.end, curve.tone)


def _known(values: Sequence[Any]) -> list[float]:
    """The values up to the first that is not known."""
    return list(values[: next((at for at, value in enumerate(values) if value is None), len(values))])


def _band(curve: Curve, colour: str) -> dict:
    """One closed polygon: along the upper steps and back along the lower ones."""
    size = min(len(_known(curve.low)), len(_known(curve.high)))
    x, up, down = _stairs(curve.x[:size], curve.high[:size], curve.low[:size])
    return {
        "type": "scatter", "mode": "lines", "x": x + x[::-1], "y": up + down[::-1], "fill": "toself", "fillcolor": _faded(colour),
        "line": {"width": 0}, "hoverinfo": "skip",
    }  # fmt: skip


def _stairs(x: list[float], *ys: list[float]) -> list[list[float]]:
    """The corners of steps: each value holds until the next x."""
    across = [month for month in x for _ in range(2)][1:]
    return [across] + [[value for value in y for _ in range(2)][:-1] for y in ys]


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{BAND})"


def _line(k: dict, curve: Curve, colour: str, say: Say) -> dict:
    return {
        "type": "scatter", "mode": "lines", "x": curve.x, "y": curve.y, "line": {"shape": "hv", "width": 2.2, "color": colour},
        "hoverinfo": "text", "hovertext": [plain(f"{curve.name}, {x:g}: {say(y)}") for x, y in zip(curve.x, curve.y, strict=True)],
    } | tooltip(k)  # fmt: skip


def _dots(pairs: list, read_at: float) -> dict:
    heights = [[y for x, y in zip(curve.x, curve.y, strict=True) if x <= read_at] for curve, _ in pairs]
    marker = {"size": 7, "color": [line for _, (line, _) in pairs]}
    return {"type": "scatter", "mode": "markers", "x": [read_at] * len(pairs), "y": [ys[-1] if ys else None for ys in heights],
            "marker": marker, "hoverinfo": "skip"}  # fmt: skip


def _months(k: dict, until: float, ticks: Sequence[float], under: str) -> dict:
    title = {"text": plain(under), "font": {"color": k["mute"], "size": 12}, "standoff": 8}
    written = [month for month in ticks if month <= until]
    return {"range": [0, until], "tickvals": written, "ticktext": [f"{month:g}" for month in written], "title": title, "automargin": False}


def _ends(pairs: list, top: float, height: int) -> list[dict]:
    ended = [(curve, colour, curve.y[-1] / top * height) for curve, (_, colour) in pairs if curve.y]
    places = nudged([y for _, _, y in ended], LINE_OF_TEXT, low=0, high=height)
    return [
        {
            "text": f"<b>{plain(curve.name)}</b>  {plain(curve.end)}".rstrip(), "xref": "paper", "x": 1, "xanchor": "left", "align": "left", "xshift": 6,
            "y": curve.y[-1], "yshift": round(place - y, 1), "showarrow": False, "font": {"color": colour, "size": 12},
        }
        for (curve, colour, y), place in zip(ended, places, strict=True)
    ]  # fmt: skip
