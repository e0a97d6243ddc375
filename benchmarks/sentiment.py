"""Reading of guests' texts: forty-word reviews per CPU-second, cut into clauses as they come, and again where every clause is known."""

import sys
import time

from benchmarks import measured
from crm_core import sentiment
from crm_core.sentiment import evaluating, reading

TARGET = 14  # forty-word texts per CPU-second
WORDS = 40
UNSPACED = ("zh", "ja")


def texts(many: int) -> tuple[list[str], list[str]]:
    """Return texts of about forty words and their languages, put together from the labelled reviews of languages that put blanks between words."""
    found, langs, held, lang = [], [], [], ""
    for one in (one for one in evaluating.labelled() if one.lang not in UNSPACED):
        held, lang = ([*held, *one.text.split()] if one.lang == lang else one.text.split()), one.lang
        if len(held) >= WORDS:
            found.append(" ".join(held[:WORDS]))
            langs.append(lang)
            held = []
    step = max(1, len(found) // many)
    return found[::step][:many], langs[::step][:many]


def measure(many: int) -> tuple[float, float, float, float]:
    """Return clauses per text, texts per CPU-second read for the first time, and where all is known, and seconds of CPU to load the scorer."""
    found, langs = texts(many)
    started, known = time.process_time(), reading.Memory()
    sentiment.score(["The room was clean and quiet."], ["en"])
    loaded = time.process_time() - started
    _, first = measured.timed(lambda: sentiment.read(found, langs, known))
    _, again = measured.timed(lambda: sentiment.read(found, langs, known))
    return len(known) / len(found), len(found) / first, len(found) / again, loaded


def report(many: int) -> None:
    """Measure and write the section."""
    clauses, first, again, loaded = measure(many)
    measured.write("Sentiment", f"{many} texts of {WORDS} words with {clauses:.1f} clauses each, scorer {sentiment.available()}, loaded in {loaded:.1f} s of CPU: "
                   f"**{first:.1f}** texts per CPU-second, target {TARGET}: {'met' if first >= TARGET else 'MISSED'}; {again:,.0f} where every clause is known.")


if __name__ == "__main__":
    report(int(next((a for a in sys.argv[1:] if a.isdigit()), "100")))
