"""The parts of a whole through time: one bar per month, a layer per group, each layer named beside the last bar."""

from collections.abc import Sequence
from typing import Any

from crm_core.charts.nudge import nudged
from crm_core.charts.theme import TOKENS, Say, layout, number_axis, numbers, plain, room, steady, tooltip, under

HEAD, FOOT = 8, 24  # px above and below the plot; set here, so that the names' distance in px is known
LINE_OF_TEXT = 16  # px between two names
MOST = 5  # more layers than this cannot be told apart
LIGHTEST, DARKEST = 2, 8  # of the theme's ten shades
AIR = 1.04  # room above the highest bar
PATTERN = {"shape": "/", "size": 6, "solidity": 0.35}


def stack(
    mode: str,
    labels: Sequence[str],
    groups: Sequence[str],
    values: Sequence[Sequence[Any]],
    texts: Sequence[Sequence[str]],
    *,
    rising: bool = True,
    provisional: Sequence[bool] | None = None,
    ticks: Sequence[str] | None = None,
    say: Say = "{:g}".format,
    height: int = 260,
) -> dict:
    """A Plotly figure of one bar per label, oldest first, with the groups from the bottom up; more than five raise ValueError.

    values, texts: one list per group, one entry per label; numbers from zero up, None where nothing is known. rising: the highest layer is the
    darkest, as suits steps of a ladder; without it the lowest is, as suits groups from the largest on. provisional: bars that are not complete,
    hatched. ticks: text under the bars, "" for none; without it every third label. say: an axis value as text. A layer's name carries the
    text of its last bar and stands beside it, so that no legend is needed.
    """
    if len(groups) > MOST:
        raise ValueError(f"at most {MOST} layers can be told apart, got {len(groups)}")
    k, table = TOKENS[mode], [numbers(row) for row in values]
    colours = _colours(k, len(groups), rising)
    hollow = [False] * len(labels) if provisional is None else list(provisional)
    top = max((sum(value or 0.0 for value in bar) for bar in zip(*table, strict=True)), default=0.0) * AIR or 1.0
    ends = [(name, row[-1] if row else "") for name, row in zip(groups, texts, strict=True)]
    drawn = layout(
        k, height, t=HEAD, r=room(f"■ {name} {text}" for name, text in ends) + 4, barmode="stack",
        xaxis={"range": [-0.6, len(labels) - 0.4], "automargin": False} | under(labels, ticks), yaxis=number_axis(0.0, top, say),
        annotations=_names(k, ends, colours, [row[-1] or 0.0 for row in table if row], top, height - HEAD - FOOT),
    )  # fmt: skip
    drawn["margin"] |= {"b": FOOT, "pad": 4}
    rows = zip(groups, table, texts, colours, strict=True)
    return {"data": [_layer(k, labels, *row, hollow) for row in rows], "layout": drawn}


def _colours(k: dict, size: int, rising: bool) -> list[str]:
    """Shades of one hue at equal distances, further from the background where the emphasis is."""
    step = (DARKEST - LIGHTEST) / max(size - 1, 1)
    shades = [k["sequential"][round(DARKEST - step * at)] for at in range(size)]
    return shades[::-1] if rising else shades


def _layer(k: dict, labels: Sequence[str], name: str, values: list, texts: Sequence[str], colour: str, hollow: list[bool]) -> dict:
    pattern = PATTERN | {"shape": [PATTERN["shape"] if unreal else "" for unreal in hollow], "fgcolor": k["background"], "bgcolor": colour}
    return {
        "type": "bar", "x": list(range(len(values))), "y": values, "marker": {"color": colour, "pattern": pattern, "line": {"width": 0}},
        "hoverinfo": "text", "hovertext": [plain(f"{label}, {name}: {text}") for label, text in zip(labels, texts, strict=True)],
    } | steady(k["ink"]) | tooltip(k)  # fmt: skip


def _names(k: dict, ends: list[tuple[str, str]], colours: list[str], last: list[float], top: float, height: int) -> list[dict]:
    """Every layer's name at the height of its part of the last bar, behind a square of its colour."""
    middles = [(sum(last[:at]) + value / 2) / top * height for at, value in enumerate(last)]
    places = nudged(middles, LINE_OF_TEXT, low=0, high=height)
    return [
        {
            "text": f'<span style="color:{colour}">■</span> {plain(name)}  <b>{plain(text)}</b>', "xref": "paper", "x": 1, "xanchor": "left",
            "align": "left", "xshift": 4, "y": 0, "yshift": round(place, 1), "showarrow": False, "font": {"color": k["ink"], "size": 12},
        }
        for (name, text), colour, place in zip(ends, colours, places, strict=True)
    ]  # fmt: skip
