"""Matching of simulated guests: quality against the known truth, time and memory at 50 k and 1 M, and Splink 5 on DuckDB beside it."""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.guests import simulated
from benchmarks.measured import child, folder, table, write
from crm_core.stats import matching
from crm_core.stats.matching.blocking import candidates
from crm_core.stats.matching.people import coded

SPLINK_SIDE = Path(__file__).with_name("splink_side.py")
SPELT = ("given", "family", "email", "phone", "birth", "document", "street", "postcode", "city", "loyalty")


def made(profiles: int, families: bool = True) -> tuple[Path, Path]:
    """Return the files of simulated people and of their truth, made once."""
    people, truth = (folder() / f"guests-{profiles}{'' if families else '-alone'}.{what}.parquet" for what in ("people", "truth"))
    if not truth.exists():
        folder().mkdir(parents=True, exist_ok=True)
        frame, person = simulated(profiles, families=families)
        frame.to_parquet(people)
        person.to_frame("person").to_parquet(truth)
    return people, truth


def quality(pairs: pd.DataFrame, ids: pd.Series, person: pd.Series) -> dict[str, float]:
    """Return precision, recall and F1 of pairs (left, right)."""
    of = pd.Series(person.to_numpy(), ids.to_numpy())
    right = int((pairs["left"].map(of).to_numpy() == pairs["right"].map(of).to_numpy()).sum())
    sizes = person.value_counts()
    precision, recall = right / max(len(pairs), 1), right / int((sizes * (sizes - 1) // 2).sum())
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / max(precision + recall, 1e-9)}


def step(profiles: int, families: bool = True) -> dict:
    """Match in this process and return what came out, with seconds and peak memory."""
    people, truth = (pd.read_parquet(path) for path in made(profiles, families))
    started, cpu = time.perf_counter(), time.process_time()
    found = matching.match(people)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    person, ids, pairs = truth["person"], people["id"], found.pairs
    brought = candidates(coded(people))
    both = pd.DataFrame({"left": ids.to_numpy()[brought.left], "right": ids.to_numpy()[brought.right]})
    return {
        "seconds": seconds, "cpu": cpu, "peak": peak, "compared": found.compared, "half": quality(pairs, ids, person),
        "automatic": quality(matching.sound_links(pairs, matching.AUTOMATIC, found.against), ids, person),
        "blocking": quality(both, ids, person)["recall"],
    }  # fmt: skip


def spelt(profiles: int, families: bool) -> Path:
    """Write the people as we compare them, in one spelling, so that Splink need not parse numbers and alphabets; return the file."""
    people = pd.read_parquet(made(profiles, families)[0])
    known = coded(people)
    columns = {field: np.append(getattr(known, field).values, None)[getattr(known, field).codes] for field in SPELT}
    path = folder() / "guests.spelt.csv"
    pd.DataFrame({"id": people["id"], **columns}).to_csv(path, index=False)
    return path


def splink(profiles: int, families: bool) -> dict:
    """Run Splink by the interpreter that SPLINK_PYTHON names and return its quality and seconds."""
    out = folder() / "splink.csv"
    command = [os.environ["SPLINK_PYTHON"], str(SPLINK_SIDE), str(spelt(profiles, families)), str(out)]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
    people, truth = (pd.read_parquet(path) for path in made(profiles, families))
    pairs = pd.read_csv(out, dtype={"id_a": "str", "id_b": "str"}).rename(columns={"id_a": "left", "id_b": "right"})
    return {**said, "half": quality(pairs, people["id"], truth["person"])}


def beside() -> str:
    """Return the table of Splink and us on 50,000 people, with families and all living alone."""
    rows = []
    for families, who in ((False, "all live alone"), (True, "families")):
        ours = min((child(__file__, 50_000, int(families)).said for _ in range(3)), key=lambda one: one["cpu"])
        rows.append((who, "Innsight", f"{ours['seconds']:.1f}", f"{ours['cpu']:.1f}", "", *_quality(ours["half"])))
        one = splink(50_000, families)
        times = f"{one['cpu'] / ours['cpu']:.1f} x, wall {one['seconds'] / ours['seconds']:.1f} x"
        by = f"Splink 5, DuckDB {one['duckdb']}"
        rows.append((who, by, f"{one['seconds']:.1f}", f"{one['cpu']:.1f}", times, *_quality(one["half"])))
    return table(("50,000 people", "by", "seconds", "CPU s", "times ours", "P at .5", "R", "F1"), rows)


def main() -> None:
    """Measure and write the section."""
    rows = [_row(f"{profiles:,}", child(__file__, profiles).said) for profiles in (50_000, 1_000_000)]
    text = table(("profiles", "seconds", "CPU s", "peak MB", "pairs compared", "blocking recall", "P at .5", "R", "F1", "P of links at .99", "R"), rows)
    if "SPLINK_PYTHON" in os.environ:
        text += ("\n\nSplink over the same people in our spelling, with the same blocking, comparisons and prior; ours is the best of three. "
                 "Splink knows no relatives, of whom families have many.\n\n" + beside())
    write("Matching", text)


def _row(name: str, one: dict) -> tuple:
    links = one["automatic"]
    return (name, f"{one['seconds']:.1f}", f"{one['cpu']:.1f}", f"{one['peak']:,.0f}", f"{one['compared']:,}", f"{one['blocking']:.3f}",
            *_quality(one["half"]), f"{links['precision']:.4f}", f"{links['recall']:.3f}")


def _quality(of: dict[str, float]) -> tuple[str, str, str]:
    return f"{of['precision']:.4f}", f"{of['recall']:.3f}", f"{of['f1']:.3f}"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(step(int(sys.argv[1]), "0" not in sys.argv[2:])))
    else:
        main()
