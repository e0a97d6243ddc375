"""The colours, the layout and the number axis that all charts share, for light and dark pages."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from math import ceil, floor, log10
from typing import Any

import pandas as pd

SEQUENTIAL = ["#EEF3FA", "#DCE7F4", "#C3D5EC", "#A3BEE0", "#7FA3D1", "#5C86BF", "#3F6BAA", "#2A5594", "#1F437A", "#17335E"]

# shades: the five classes of a map, from little to much, always further from the background.
# line: comparisons and intervals; faint: other bars; soft: the accent's series outside the period.
# good and bad only where the measure has a better direction and the change is beyond noise.
TOKENS: dict[str, dict[str, Any]] = {
    "light": {
        "background": "#FFFFFF", "ink": "#1C1917", "mute": "#57534E", "line": "#8A847C", "faint": "#D6D2CB", "grid": "#EFEDE9",
        "accent": "#1F4E8C", "soft": "#C3D5EC", "good": "#0F766E", "bad": "#B3401A",
        "sequential": SEQUENTIAL, "shades": SEQUENTIAL[1::2],
        "categorical": ["#1F4E8C", "#B45309", "#0F766E", "#A21C5B", "#57534E", "#6D4BB0"],
    },
    "dark": {
        "background": "#121417", "ink": "#E7E5E4", "mute": "#A8A29E", "line": "#7C766F", "faint": "#3A4048", "grid": "#22272D",
        "accent": "#7CB0F2", "soft": "#2C4566", "good": "#4FC3B0", "bad": "#F0936B",
        "sequential": SEQUENTIAL[::-1], "shades": SEQUENTIAL[::-2],
        "categorical": ["#7CB0F2", "#F2B45C", "#4FC3B0", "#F08AB8", "#A8A29E", "#B79CF0"],
    },
}  # fmt: skip

ROW, LETTER, ROUND = 34, 6.8, (1, 2, 2.5, 5, 10)  # px of a row; px of a letter at 12 px; steps people count in

WIDER = (("\u0530", "\u058f", 8.0), ("\u1200", "\u139f", 10.5), ("\u3040", "\u9fff", 12.0))  # px of an Armenian, Ethiopic and East Asian letter

Say = Callable[[float], str]


def layout(k: dict, height: int = 260, r: int = 8, t: int = 8, **over: Any) -> dict:
    """The Plotly layout of every chart from the tokens `k`: still axes, no legend, horizontal grid; `over` adds to it, axis by axis."""
    axis = {
        "title": {"text": "", "font": {"color": k["mute"], "size": 12}}, "zeroline": False, "automargin": True, "fixedrange": True,
        "tickfont": {"color": k["mute"], "size": 12}, "tickangle": 0, "ticks": "",
    }  # fmt: skip
    base = {
        "height": height, "margin": {"l": 0, "r": r, "t": t, "b": 0}, "bargap": 0.34,
        "showlegend": False, "dragmode": False, "hovermode": "closest",
        "xaxis": axis | {"showgrid": False}, "yaxis": axis | {"showgrid": True, "gridcolor": k["grid"], "nticks": 5},
    }  # fmt: skip
    for name in ("xaxis", "yaxis"):
        base[name] = base[name] | over.pop(name, {})
    return base | over


def categories(k: dict, labels: Sequence[str]) -> dict:
    """The y axis of horizontal rows 0, 1, 2 … from the top down: every row labelled, equal labels stay two rows."""
    return {
        "showgrid": False, "nticks": 0, "tickvals": list(range(len(labels))), "ticktext": [plain(label) for label in labels],
        "range": [len(labels) - 0.5, -0.5], "ticksuffix": "  ", "tickfont": {"color": k["ink"], "size": 12},
    }  # fmt: skip


def number_axis(low: float, high: float, say: Say) -> dict:
    """An axis over low … high with its round ticks written by `say`, because Plotly would write them in English."""
    ticks = round_ticks(low, high)
    return {"tickvals": ticks, "ticktext": [plain(say(tick)) for tick in ticks], "range": [low, high]}


def under(labels: Sequence[str], ticks: Sequence[str] | None = None) -> dict:
    """The text under marks 0, 1, 2 …: `ticks`, "" for none; without them every third label, or fewer, so that at most twelve are written."""
    every = 1 if len(labels) <= 4 else next((step for step in (3, 6, 12) if len(labels) <= 12 * step), len(labels))
    texts = [label if at % every == 0 else "" for at, label in enumerate(labels)] if ticks is None else ticks
    written = {at: plain(text) for at, text in enumerate(texts) if text}
    return {"tickvals": list(written), "ticktext": list(written.values())}


def round_ticks(low: float, high: float) -> list[float]:
    """The round numbers in low … high, a fifth of the span or more apart: 0, 402 → 0, 100, 200, 300, 400."""
    least = (high - low or 1) / 5
    unit = 10 ** floor(log10(least))
    step = next(unit * factor for factor in ROUND if unit * factor >= least * 0.999)
    return [round(step * n, 10) for n in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def plain(text: object) -> str:
    """Text that Plotly or a map tooltip shows letter by letter; markup in a name stays a name."""
    return escape(str(text), quote=False)


def number(value: Any) -> float | None:
    """A float that JSON can carry; None for whatever is missing."""
    return None if value is None or pd.isna(value) else float(value)


def numbers(values: Iterable[Any] | None) -> list[float | None]:
    """The same for a whole column, a list or an array; [] for no column."""
    return [] if values is None else [number(value) for value in values]


def selectable(keys: Iterable[Any] | None) -> tuple[dict, dict]:
    """What a trace and a layout need so that a click on a mark answers with its key, as text; nothing without keys."""
    if keys is None:
        return {}, {}
    return {"customdata": [str(key) for key in keys]}, {"clickmode": "event+select"}


def steady(text_colour: str) -> dict:
    """What keeps a trace as it is after a click, because Plotly would fade all that was not selected."""
    stays = {"marker": {"opacity": 1}, "textfont": {"color": text_colour}}
    return {"selected": stays, "unselected": stays}


def tooltip(k: dict) -> dict:
    """What a trace without a colour of its own needs, because Plotly takes a tooltip's colour from the mark."""
    return {"hoverlabel": {"bgcolor": k["background"], "bordercolor": k["faint"], "font": {"color": k["ink"], "size": 12}}}


def room(texts: Iterable[str]) -> int:
    """Pixels that the longest of these texts needs beside a chart, at 12 px."""
    return round(max((sum(_letter(sign) for sign in text) for text in texts), default=0)) + 12


def _letter(sign: str) -> float:
    return next((px for first, last, px in WIDER if first <= sign <= last), LETTER)
