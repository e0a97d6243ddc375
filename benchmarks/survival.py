"""Return curves of simulated guests at 50 k and 1 M, from rows and from counts, Cox at its sample's size; lifelines on the same times beside it.

    python -m benchmarks.survival [PYTHON]    # PYTHON: the interpreter of an environment with lifelines
"""

import json
import subprocess
import sys

import numpy as np

from benchmarks.measured import folder, median, table, timed, write
from crm_core.stats.survival import hazards, kaplan_meier

TARGETS = {50_000: 0.5, 1_000_000: 1.5}  # times lifelines
LIFELINES = """
import json, sys, time
import numpy as np
from lifelines import KaplanMeierFitter
days, returned = np.load(sys.argv[1])
taken = []
for _ in range(3):
    started = time.perf_counter()
    curve = KaplanMeierFitter().fit(days, returned)
    taken.append(time.perf_counter() - started)
print(json.dumps({"seconds": taken, "at": list(curve.survival_function_.index), "survival": list(curve.survival_function_["KM_estimate"])}))
"""


def simulated(guests: int) -> tuple[np.ndarray, np.ndarray]:
    """Return whole days from departure to the next arrival or to the last day seen, over five years, and who returned."""
    draw = np.random.default_rng(7)
    days, seen = draw.exponential(draw.gamma(0.8, 2000, guests)).round(), draw.integers(1, 1826, guests)
    return np.minimum(days, seen), days <= seen


def beside(python: str, days: np.ndarray, returned: np.ndarray) -> tuple[float, float]:
    """Return lifelines' seconds, and the largest difference between its curve and ours."""
    path = folder() / "survival.npy"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, np.array([days, returned]))
    said = json.loads(subprocess.run([python, "-c", LIFELINES, str(path)], check=True, capture_output=True, text=True).stdout)
    ours = 1 - kaplan_meier(days, returned).returned(np.array(said["at"]))[0]
    return median(said["seconds"]), float(np.abs(ours - said["survival"]).max())


def measured(guests: int, python: str | None) -> tuple:
    """Return one line of the table."""
    days, returned = simulated(guests)
    pairs, n = np.unique(np.array([days, returned]), axis=1, return_counts=True)
    rows, counts = (median(timed(work)[0] for _ in range(5)) for work in (
        lambda: kaplan_meier(days, returned), lambda: kaplan_meier(pairs[0], pairs[1], n)))  # fmt: skip
    seconds, apart = beside(python, days, returned) if python else (np.nan, np.nan)
    return (f"{guests:,}", f"{rows * 1000:,.0f}", f"{counts * 1000:,.1f}", f"{seconds * 1000:,.0f}", f"{rows / seconds:.2f}", f"{TARGETS[guests]}",
            f"{apart:.0e}")


def cox(cases: int = 50_000) -> float:
    """Return the seconds of Cox with five features, its import apart."""
    draw, (days, returned) = np.random.default_rng(7), simulated(cases)
    x = draw.normal(size=(cases, 5))
    hazards(x[:500], days[:500], returned[:500], "abcde")
    return timed(lambda: hazards(x, days, returned, "abcde"))[0]


def main(python: str | None = None) -> None:
    head = ("guests", "ms from rows", "ms from counts", "ms lifelines 0.30.3", "ratio", "target", "largest difference")
    lines = table(head, [measured(guests, python) for guests in TARGETS])
    write("Survival", f"Kaplan–Meier with its band; target at 1 M: 2 s. Cox, Efron, 50,000 × 5 with the check of proportionality: {cox():.1f} s.\n\n{lines}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
