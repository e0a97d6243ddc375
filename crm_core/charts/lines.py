"""Up to four series through time, each named at its end, with their intervals as bands and what happened marked under the axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm_core.charts.nudge import nudged
from crm_core.charts.theme import TOKENS, Say, layout, number_axis, numbers, plain, room, tooltip, under

MOST = 4  # more lines than this cannot be told apart
PLACES = ("accent", "amber", "grey", "magenta")
LINE_OF_TEXT = 15  # px between two names
BAND = 0.13  # how opaque
AIR = 1.06  # room above the highest value
STRIP = 18  # px under the axis for marks


@dataclass(frozen=True)
class Series:
    """One line: a value per label, None where nothing is known (a gap). low, high: its interval. texts: what each point says. dotted: a comparison."""

    name: str
    values: Sequence[Any]
    texts: Sequence[str]
    low: Sequence[Any] = ()
    high: Sequence[Any] = ()
    keys: Sequence[Any] = ()
    dotted: bool = False


@dataclass(frozen=True)
class Mark:
    """Something that happened: `at` and `until` are places on the axis (2 is the third label), `said` what it was."""

    at: float
    said: str
    until: float | None = None


def lines(mode: str, labels: Sequence[str], series: Sequence[Series], *, marks: Sequence[Mark] = (), ticks: Sequence[str] | None = None,
          say: Say = "{:g}".format, height: int = 300) -> dict:
    """A Plotly figure of at most four lines over `labels`, oldest first; the first is in the accent, a dotted one in grey.

    ticks: text under the points, "" for none; without it every third label. say: an axis value as text. A click on a point answers with its key.
    """
    if len(series) > MOST:
        raise ValueError(f"At most {MOST} lines can be told apart, not {len(series)}.")
    k = TOKENS[mode]
    known = [v for s in series for v in numbers([*s.values, *s.low, *s.high]) if v is not None]
    low, high = min([*known, 0.0]), (max([*known, 0.0]) or 1.0) * AIR
    colours = _colours(k, series)
    ends = _ends(series, colours, low, high, height)
    drawn = layout(
        k, height + (STRIP if marks else 0), r=room([end["text"] for end in ends]), yaxis=number_axis(low, high, say),
        xaxis={"range": [-0.3, len(labels) - 0.7]} | under(labels, ticks), annotations=ends,
    )  # fmt: skip
    drawn["margin"]["pad"] = 4
    bands = [_band(s, colour) for s, colour in zip(series, colours, strict=True) if len(s.low) and not s.dotted]
    drawn["shapes"] = [shape for mark in marks for shape in _strip(k, mark)]
    lined = [_line(k, labels, s, colour) for s, colour in zip(series, colours, strict=True)]
    return {"data": [*bands, *lined, *([_told(k, marks, low)] if marks else [])], "layout": drawn | {"clickmode": "event+select"}}


def _colours(k: dict, series: Sequence[Series]) -> list[str]:
    token = {"accent": k["accent"], "amber": k["categorical"][1], "grey": k["mute"], "magenta": k["categorical"][3]}
    places = iter(PLACES)
    return [k["line"] if s.dotted else token[next(places)] for s in series]


def _line(k: dict, labels: Sequence[str], s: Series, colour: str) -> dict:
    said = [plain(f"{s.name}, {label}: {text}" if s.name else f"{label}: {text}") for label, text in zip(labels, s.texts, strict=True)]
    marker = {"size": 4 if s.dotted else 6, "color": colour, "opacity": 1}
    return {
        "type": "scatter", "mode": "lines+markers", "x": list(range(len(labels))), "y": numbers(s.values), "connectgaps": False,
        "line": {"color": colour, "width": 2 if s.dotted else 2.2, "dash": "dot" if s.dotted else "solid"}, "marker": marker,
        "hoverinfo": "text", "hovertext": said, "customdata": [str(key) for key in s.keys], "unselected": {"marker": {"opacity": 1}},
        "selected": {"marker": {"opacity": 1}},
    } | tooltip(k)  # fmt: skip


def _band(s: Series, colour: str) -> dict:
    """The interval as one closed area; where it is not known the area ends."""
    pairs = [(x, low, high) for x, (low, high) in enumerate(zip(numbers(s.low), numbers(s.high), strict=True)) if low is not None and high is not None]
    xs = [x for x, _, _ in pairs]
    return {
        "type": "scatter", "mode": "lines", "x": xs + xs[::-1], "y": [high for *_, high in pairs] + [low for _, low, _ in reversed(pairs)],
        "fill": "toself", "fillcolor": _faded(colour), "line": {"width": 0}, "hoverinfo": "skip",
    }  # fmt: skip


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{BAND})"


def _ends(series: Sequence[Series], colours: Sequence[str], low: float, high: float, height: int) -> list[dict]:
    """The name of each line beside its last known point, moved apart where they would meet."""
    found = []
    for s, colour in zip(series, colours, strict=True):
        known = [(x, value) for x, value in enumerate(numbers(s.values)) if value is not None]
        if known and s.name:
            found.append((known[-1][0], known[-1][1], plain(s.name), colour))
    places = nudged([y for _, y, _, _ in found], LINE_OF_TEXT * (high - low) / height, low, high)
    return [
        {"x": x, "y": y, "text": text, "xanchor": "left", "xshift": 8, "showarrow": False, "font": {"color": colour, "size": 12}}
        for (x, _, text, colour), y in zip(found, places, strict=True)
    ]


def _strip(k: dict, mark: Mark) -> list[dict]:
    """A hair line through the plot, and the days of what lasted longer just under it."""
    hair = {"type": "line", "x0": mark.at, "x1": mark.at, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": k["grid"], "width": 1}, "layer": "below"}
    if mark.until is None:
        return [hair]
    return [hair, {"type": "rect", "x0": mark.at, "x1": mark.until, "y0": 0, "y1": 0.015, "yref": "paper", "line": {"width": 0}, "fillcolor": k["line"]}]


def _told(k: dict, marks: Sequence[Mark], low: float) -> dict:
    """A small triangle for each thing that happened, which says what it was."""
    return {
        "type": "scatter", "mode": "markers", "x": [mark.at for mark in marks], "y": [low] * len(marks), "cliponaxis": False,
        "marker": {"symbol": "triangle-up", "size": 9, "color": k["mute"], "opacity": 1}, "hoverinfo": "text",
        "hovertext": [plain(mark.said) for mark in marks], "customdata": [""] * len(marks),
    } | tooltip(k)  # fmt: skip
