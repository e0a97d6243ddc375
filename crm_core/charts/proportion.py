"""The parts of one whole as a single bar."""

from collections.abc import Sequence

from crm_core.charts.theme import TOKENS, layout, plain


def proportion(mode: str, labels: Sequence[str], values: Sequence[float], tones: Sequence[str]) -> dict:
    """A Plotly figure of one bar whose segments are the values, in their order; tones name tokens of the theme ("accent", "bad", "line")."""
    k = TOKENS[mode]
    total = sum(values)
    segments = [
        {
            "type": "bar", "orientation": "h", "y": [0], "x": [value], "marker": {"color": k[tone], "line": {"width": 0}},
            "hoverinfo": "text", "hovertext": [f"{plain(label)}: {value:,.0f}"], "width": 0.9,
        }
        for label, value, tone in zip(labels, values, tones, strict=True) if value
    ]  # fmt: skip
    axes = {"xaxis": {"visible": False, "range": [0, total or 1]}, "yaxis": {"visible": False}}
    return {"data": segments, "layout": layout(k, 26, r=0, barmode="stack", bargap=0, **axes) | {"margin": {"l": 0, "r": 0, "t": 0, "b": 0}}}
