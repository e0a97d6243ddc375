"""What came and what went, as bars up and down from one line."""
from collections.abc import Sequence
from typing import Any

from crm_core.charts.theme import TOKENS, Say, layout, number_axis, numbers, plain, steady, tooltip, under

AIR = 1.12  # room beyond the longest bars


def gain_loss(mode: str, labels: Sequence[str], gains: Sequence[Any], losses: Sequence[Any], gain_texts: Sequence[str], loss_texts: Sequence[str], *,
              ticks: Sequence[str] | None = None, say: Say = "{:g}".format, height: int = 150) -> dict:
    """A Plotly figure of two bars per label: gains (from zero up) in the accent, losses (zero or below) hatched; texts for the tooltips.

    None where nothing is known. ticks: text under the bars, "" for none; without it every third label. say: an axis value as text.
    """
    k, gains, losses = TOKENS[mode], numbers(gains), numbers(losses)
    gone = {"color": k["background"], "line": {"color": k["line"], "width": 1.2}, "pattern": {"shape": "/", "fgcolor": k["faint"], "size": 6, "solidity": 0.4}}
    low, high = (AIR * edge for edge in (min([v for v in losses if v is not None] + [0.0]), max([v for v in gains if v is not None] + [0.0])))
    drawn = layout(k, height, barmode="relative", xaxis={"range": [-0.6, len(labels) - 0.4]} | under(labels, ticks),
                   yaxis=number_axis(low, high or 1.0, say), shapes=[{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0,
                                                                     "line": {"color": k["ink"], "width": 1}}])
    bars = ((gains, {"color": k["accent"]}, gain_texts), (losses, gone, loss_texts))
    return {"data": [_bars(k, labels, *row) for row in bars], "layout": drawn}


def _bars(k: dict, labels: Sequence[str], values: list, marker: dict, texts: Sequence[str]) -> dict:
    hovers = [plain(f"{label}: {text}") for label, text in zip(labels, texts, strict=True)]
    return {"type": "bar", "x": list(range(len(values))), "y": values, "marker": marker | {"cornerradius": 2}, "hoverinfo": "text", "hovertext": hovers
            } | steady(k["ink"]) | tooltip(k)  # fmt: skip
