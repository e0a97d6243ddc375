"""Colours between the steps of the sequential scale, and the text colour that can be read on each of them."""

from crm_core.charts.theme import TOKENS

READABLE = 4.5  # contrast ratio that WCAG 2 asks of small text
# Ink and white leave a gap in the middle of the scale where neither can be read; black closes it.
WRITINGS = (TOKENS["light"]["ink"], "#FFFFFF", "#000000")


def shade(k: dict, share: float) -> str:
    """The colour at 0 … 1 of the sequential scale of the tokens `k`, mixed between two steps just as Plotly mixes it."""
    steps = k["sequential"]
    at = min(max(share, 0.0), 1.0) * (len(steps) - 1)
    below = min(int(at), len(steps) - 2)
    pairs = zip(_rgb(steps[below]), _rgb(steps[below + 1]), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * (at - below)):02X}" for one, other in pairs)


def readable(colour: str) -> str:
    """The first of ink, white and black with a contrast of 4.5 : 1 or more on this colour; one of them always has it."""
    return next(writing for writing in WRITINGS if contrast(writing, colour) >= READABLE)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours "#RRGGBB", 1 … 21, in either order (WCAG 2.2, relative luminance)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in _rgb(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _rgb(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
