"""Who is twice in a file of people, from the command line."""

import argparse
from collections.abc import Callable
from pathlib import Path

from crm_core.commands.terminal import Problem, progress
from crm_core.exports import csv_text


def add(command: Callable) -> None:
    """Add match to the parser."""
    match = command("match", run_match, "find the people who are in a file twice", store=None)
    match.add_argument("file", type=Path, help="a file with one row per person and a column of ids")
    match.add_argument("--out", type=Path, required=True, help="write id_a,id_b,probability to this CSV file")
    match.add_argument("--threshold", type=_share, default=0.5, help="the least probability that is written (default: 0.5)")


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no probability: write a number from 0 to 1")
    return share


def run_match(asked) -> None:
    """Write the pairs that are probably one person, the most probable first."""
    from crm_core.ingest.people_file import read_people
    from crm_core.stats import matching

    people = read_people(asked.file)
    found = matching.match(people, threshold=asked.threshold, progress=progress("match"))
    rows = zip(found.pairs["left"], found.pairs["right"], found.pairs["probability"].round(6), strict=True)
    try:
        asked.out.write_text(csv_text(("id_a", "id_b", "probability"), rows), encoding="utf-8", newline="")
    except OSError as error:
        raise Problem(f"{asked.out} cannot be written: {error.strerror}. Choose another place with --out.") from error
    print(f"{len(people):,} people, {found.compared:,} pairs compared, {len(found.pairs):,} of at least {asked.threshold} in {asked.out}.")
    for block in found.blocks.groupby("rule")["blocks"].sum().items():
        print("- not compared by {}: {:,} values that too many people share".format(*block))
