"""Pictures of a printed report as SVG: rows with intervals, lines with their comparison, heat tables; values in, text out, no clock and no chance."""
from collections.abc import Callable, Iterable, Sequence
from html import escape
from math import isnan

from crm_core.charts.theme import TOKENS, room, round_ticks

INK = TOKENS["light"]
WIDTH, ROW, LETTERS = 720, 24, 12
LONGEST_LABEL = 210  # px of the names beside rows
HIGH = 190  # px of a line chart
MARGIN = 12  # px beside a name: how wide letters are is only nearly known
SHADES = tuple(INK["sequential"][:8])  # dark ink stays readable on these seven steps, white on the last

Numbers = Sequence[float]
Say = Callable[[float], str]


def rows(title: str, labels: Sequence[str], values: Numbers, lows: Numbers, highs: Numbers, texts: Sequence[str], say: Say) -> str:
    """Return one row for each label: a point on its interval where any is known, else a bar from zero; the text stands at the right.

    A value that is NaN keeps its label and its text.
    """
    is_estimate = any(not isnan(x) for x in lows)
    left, right = min(LONGEST_LABEL, room(labels) + MARGIN), room(texts) + 8
    low, high = _span([*values, *lows, *highs], from_zero=not is_estimate)
    at = _scale(low, high, left + 6, WIDTH - right - 6)
    bottom = ROW * len(labels) + 4
    parts = [_line(at(tick), 4, at(tick), bottom, INK["grid"]) + _text(at(tick), bottom + 14, say(tick), "middle", INK["mute"])
             for tick in _ticks(low, high, WIDTH - left - right, say)]
    for i, (label, value, below, above, text) in enumerate(zip(labels, values, lows, highs, texts, strict=True)):
        y = 4 + ROW * i + ROW / 2
        parts.append(_text(left - 2, y + 4, _cut(label, left), "end", INK["ink"]) + _text(WIDTH, y + 4, text, "end", INK["ink"]))
        parts.append("" if isnan(value) else _point(at, value, below, above, y) if is_estimate else _bar(at, value, y))
    return _svg(title, bottom + 20, parts)


def lines(title: str, labels: Sequence[str], values: Numbers, before: Numbers | None, say: Say) -> str:
    """Return a line over labels that follow each other, with the comparison dotted beneath; a gap is not bridged."""
    both = [*values, *(before or ())]
    low, high = _span(both, from_zero=min((x for x in both if not isnan(x)), default=0) >= 0)
    ticks = round_ticks(low, high)
    left = room([say(tick) for tick in ticks]) + 4
    x, y = _scale(0, max(1, len(labels) - 1), left + 8, WIDTH - 30), _scale(low, high, HIGH - 26, 10)
    parts = [_line(left, y(tick), WIDTH, y(tick), INK["grid"]) + _text(left - 4, y(tick) + 4, say(tick), "end", INK["mute"]) for tick in ticks]
    step = max(1, -(-len(labels) * (room(labels) + 6) // (WIDTH - left)))
    parts += [_text(x(i), HIGH - 6, label, "middle", INK["mute"]) for i, label in enumerate(labels) if i % step == 0]
    parts += _path(before or (), x, y, INK["line"], 'stroke-dasharray="2 4"') + _path(values, x, y, INK["accent"])
    return _svg(title, HIGH, parts)


def heat(title: str, names: Sequence[str], columns: Sequence[str], values: Sequence[Numbers], texts: Sequence[Sequence[str]]) -> str:
    """Return a table whose cells are the darker the higher; what is NaN stays white, with its text."""
    left = min(LONGEST_LABEL, room(names) + MARGIN)
    wide = (WIDTH - left) / max(1, len(columns))
    known = [x for line in values for x in line if not isnan(x)]
    low, high = min(known, default=0), max(known, default=1)
    parts = [_text(left + wide * (j + 0.5), 14, _cut(name, wide - 2), "middle", INK["mute"]) for j, name in enumerate(columns)]
    for i, (name, line, said) in enumerate(zip(names, values, texts, strict=True)):
        y = 20 + ROW * i
        parts.append(_text(left - 6, y + 16, _cut(name, left - 4), "end", INK["ink"]))
        for j, (value, text) in enumerate(zip(line, said, strict=True)):
            shade = -1 if isnan(value) else int(min(0.999, (value - low) / ((high - low) or 1)) * len(SHADES))
            back, ink = (SHADES[shade] if shade >= 0 else INK["background"]), (INK["background"] if shade > 4 else INK["ink"])
            parts.append(f'<rect x="{_n(left + wide * j + 1)}" y="{_n(y + 1)}" width="{_n(wide - 2)}" height="{ROW - 2}" fill="{back}"/>'
                         + _text(left + wide * (j + 0.5), y + 16, _cut(text, wide - 4), "middle", ink))
    return _svg(title, 24 + ROW * len(names), parts)


def spark(values: Numbers) -> str:
    """Return a small line without words, for a card; nothing where fewer than two values are known."""
    known = [x for x in values if not isnan(x)]
    if len(known) < 2:
        return ""
    low, high = _span(known, from_zero=False)
    x, y = _scale(0, len(known) - 1, 2, 118), _scale(low, high, 22, 2)
    return f'<svg viewBox="0 0 120 24" class="spark" aria-hidden="true">{"".join(_path(known, x, y, INK["line"]))}</svg>'


# --- strokes --------------------------------------------------------------------------------------------------------------------
def _svg(title: str, height: float, parts: Iterable[str]) -> str:
    return (f'<svg viewBox="0 0 {WIDTH} {_n(height)}" role="img" aria-label="{escape(title)}" font-size="{LETTERS}">'
            f"<title>{escape(title)}</title>{''.join(parts)}</svg>")


def _span(values: Iterable[float], from_zero: bool) -> tuple[float, float]:
    """The ends of an axis that shows all values, never a single point."""
    known = [x for x in values if not isnan(x)] + ([0.0] if from_zero else [])
    low, high = min(known, default=0.0), max(known, default=1.0)
    if low == high:
        low, high = (low, high + 1) if from_zero else (low - 1, high + 1)
    return low, high


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _ticks(low: float, high: float, width: float, say: Say) -> list[float]:
    """Round numbers, fewer where their words would run into each other."""
    found = round_ticks(low, high)
    step = max(1, round(-(-len(found) * (room([say(tick) for tick in found]) + 10) // max(width, 1))))
    return found[::step]


def _point(at: Callable[[float], float], value: float, low: float, high: float, y: float) -> str:
    drawn = "" if isnan(low) else _line(at(low), y, at(high), y, INK["line"], 2)
    return drawn + f'<circle cx="{_n(at(value))}" cy="{_n(y)}" r="4.5" fill="{INK["accent"]}"/>'


def _bar(at: Callable[[float], float], value: float, y: float) -> str:
    start, end = sorted((at(0), at(value)))
    return f'<rect x="{_n(start)}" y="{_n(y - 7)}" width="{_n(max(end - start, 1))}" height="14" fill="{INK["accent"]}"/>'


def _path(values: Numbers, x: Callable[[float], float], y: Callable[[float], float], colour: str, dash: str = "") -> list[str]:
    """One stroke for each run of known values; a value between two gaps is a dot."""
    runs: list[list[tuple[float, float]]] = [[]]
    for i, value in enumerate(values):
        runs = [*runs, []] if isnan(value) else [*runs[:-1], [*runs[-1], (x(i), y(value))]]
    strokes = [" ".join(f"{_n(px)},{_n(py)}" for px, py in run) for run in runs if len(run) > 1]
    dots = [f'<circle cx="{_n(run[0][0])}" cy="{_n(run[0][1])}" r="2" fill="{colour}"/>' for run in runs if len(run) == 1]
    return [f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" {dash}/>' for points in strokes] + dots


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, wide: float = 1) -> str:
    return f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" stroke="{colour}" stroke-width="{wide}"/>'


def _text(x: float, y: float, text: str, anchor: str, colour: str) -> str:
    return f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>' if text else ""


def _cut(text: str, px: float) -> str:
    """A text that fits, with … where letters were left out."""
    if room([text]) <= px + 12:
        return text
    while text and room([text + "…"]) > px + 12:
        text = text[:-1]
    return text.rstrip() + "…" if text else ""


def _n(x: float) -> str:
    """A coordinate to a tenth of a pixel, written the same everywhere."""
    return f"{x:.1f}".removesuffix(".0")
