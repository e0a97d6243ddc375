"""What guests say, from the command line: reading the reviews of a store."""
from collections.abc import Callable

from crm_core.commands.terminal import progress


def add(command: Callable) -> None:
    """Add score to the parser."""
    command("score", run_score, "have the reviews of a store read by the scorer, and publish what it found")


def run_score(asked) -> None:
    """Read the reviews that wait; the worker does the same beside the pages. What was read stands, wherever it is stopped."""
    from crm_core import sentiment, settings
    from crm_core.jobs.work import score
    from crm_core.refresh import refresh

    here = settings.read(asked.store)
    done = score(here, progress("score"))["scored"]
    if done:
        refresh(here)
    print(f"{done:,} reviews read by {sentiment.version()}.")
