"""How the benchmarks measure, print and write down: time, CPU and peak memory of a child process, medians, sections of RESULTS.md."""
import datetime as dt
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"


@dataclass(frozen=True)
class Cost:
    """What a piece of work took: wall and CPU seconds, peak memory in MB, and what it said."""

    wall: float
    cpu: float
    peak: float
    said: dict


def folder() -> Path:
    """Return the folder, outside the project, where stores and generated files are kept between runs."""
    return Path(os.environ.get("INNSIGHT_BENCH") or Path(tempfile.gettempdir()) / "innsight-bench")


def child(script: str, *arguments: object) -> Cost:
    """Run a benchmark script's step in a process of its own and return its cost; its last line of output is JSON."""
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, str(Path(script).resolve()), *map(str, arguments)], cwd=HERE.parent, stdout=subprocess.PIPE,
                          env={**os.environ, "PYTHONPATH": str(HERE.parent)}, text=True) as process:
        lines = process.stdout.read().splitlines()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{script} {' '.join(map(str, arguments))} ended with {process.returncode}.")
    return Cost(time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, json.loads(lines[-1]))


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Run some work and return its wall and CPU seconds (all threads of this process)."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def each(asked: Iterable[tuple[str, Callable[[], object]]], rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Do each named piece of work `rounds` times; return its wall and CPU seconds of every round."""
    return {name: [timed(work) for _ in range(rounds)] for name, work in asked}


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def median(values: Iterable[float]) -> float:
    """Return the middle value."""
    return statistics.median(values)


def table(head: tuple[str, ...], rows: Iterable[tuple]) -> str:
    """Return rows as a Markdown table."""
    lines = [head, tuple("---" for _ in head), *(tuple(map(str, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(section: str, text: str) -> None:
    """Print a section, and put it into RESULTS.md in place of the one of that name."""
    body = f"## {section}\n\n{dt.date.today()} · {machine()}\n\n{text.strip()}\n"
    print(body)
    kept = RESULTS.read_text() if RESULTS.exists() else "# Results\n"
    parts = [part for part in re.split(r"(?m)^(?=## )", kept) if not part.startswith(f"## {section}\n")]
    head, sections = parts[0], sorted([*parts[1:], body])
    RESULTS.write_text("\n".join(part.strip() + "\n" for part in (head, *sections)))


def machine() -> str:
    """Return the machine's shape, and how busy it is with other work: times under load say less than CPU and ratios."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (f"{os.cpu_count()} cores {platform.machine()}, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}, "
            f"load {os.getloadavg()[0]:.1f} at the end")
