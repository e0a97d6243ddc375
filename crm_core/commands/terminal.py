"""What the commands share with the person at the terminal: a problem in one line, a date, a line that shows progress."""

import argparse
import datetime as dt
import sys
from collections.abc import Callable


class Problem(Exception):
    """What went wrong and what to do, for the person at the command line."""


def day(text: str) -> dt.date:
    """Return a date written as 2025-03-31; argparse tells of any other."""
    try:
        read = dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date: write it as 2025-03-31") from error
    if not 1990 <= read.year <= 2100:  # what a comparison looks back to must still be a date
        raise argparse.ArgumentTypeError(f"{text!r} lies outside the years 1990 to 2100")
    return read


def progress(what: str) -> Callable[[int, int, str], None]:
    """Return a progress line for a terminal; elsewhere it stays silent."""

    def show(done: int, total: int, phase: str) -> None:
        if sys.stderr.isatty():
            print(f"\r{what}: {phase} {done / max(total, 1):6.1%}   ", end="", file=sys.stderr, flush=True)

    return show
