"""What a class reads from the back of the room: large type and bars, as HTML in which every text is escaped."""

from collections.abc import Sequence
from html import escape

from crm_core.charts.theme import TOKENS
from crm_core.classroom.running import Count

SIZES = {"code": "5.5rem", "title": "3.2rem", "question": "2.2rem", "key": "3.6rem", "text": "1.7rem", "line": "1.25rem"}
MOST_BARS = 8


def words(text: str, size: str, mode: str, colour: str = "ink", spaced: bool = False) -> str:
    """Return a text at one of SIZES, in a colour of the theme; lines stay lines."""
    spacing = "letter-spacing:.16em;" if spaced else ""
    weight = 650 if size in ("code", "title", "key") else 400
    style = f"font-size:{SIZES[size]};line-height:1.25;font-weight:{weight};color:{TOKENS[mode][colour]};{spacing}overflow-wrap:anywhere;margin:.2em 0"
    return f'<div style="{style}">{escape(text).replace(chr(10), "<br>")}</div>'


def bars(rows: Sequence[tuple[str, int, bool | None]], mode: str) -> str:
    """Return a bar for each (answer, people, is_right): before the reveal (None) all alike, after it the right ones in the accent."""
    most = max([people for _, people, _ in rows] + [1])
    return "".join(_bar(label, people, 100 * people / most, is_right, TOKENS[mode]) for label, people, is_right in rows)


def _bar(label: str, people: int, width: float, is_right: bool | None, k: dict) -> str:
    fill = k["accent"] if is_right else k["faint"] if is_right is False else k["soft"]
    mark, weight = ("✓ ", 650) if is_right else ("", 400)
    said = f'<div style="font-size:1.4rem;font-weight:{weight};color:{k["ink"]}">{mark}{escape(label)}</div>'
    bar = f'<div style="height:1.5rem;width:{width:.1f}%;min-width:2px;max-width:85%;background:{fill};border-radius:4px"></div>'
    count = f'<div style="font-size:1.4rem;font-weight:650;color:{k["ink"]}">{people}</div>'
    return f'<div style="margin:.7rem 0">{said}<div style="display:flex;gap:.6rem;align-items:center">{bar}{count}</div></div>'


def grouped(counts: Sequence[Count], most: int = MOST_BARS) -> list[Count]:
    """Return counts of numbers, neighbours put together ("2–4") where there are more than so many; the people add up."""
    size = -(-len(counts) // most)
    return [_together(counts[i : i + size]) for i in range(0, len(counts), size)] if size > 1 else list(counts)


def _together(part: Sequence[Count]) -> Count:
    told = [one.is_right for one in part if one.is_right is not None]
    name = part[0].answer if len(part) == 1 else f"{part[0].answer}–{part[-1].answer}"
    return Count(name, sum(one.people for one in part), any(told) if told else None)
