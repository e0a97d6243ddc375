"""Lifetime models on simulated guests at 100 k, 1 M and 5 M: folding, fits, scores with intervals; lifetimes 0.11.3 on the same rows beside them.

    python -m benchmarks.lifetimes [PYTHON]    # PYTHON: the interpreter of an environment with lifetimes (and pandas < 3)
"""

import json
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.measured import child, folder, median, table, timed, write
from crm_core.stats import lifetime
from crm_core.stats.lifetime.histories import grouped
from tests.stats.simulating import guests

SIZES = {100_000: "5 x", 1_000_000: "10 x", 5_000_000: ""}  # and how much faster than lifetimes BG/NBD must be
TARGETS = {1_000_000: 8, 5_000_000: 15}  # seconds for folding and MBG/NBD
PARAMS = {"r": 0.5, "alpha": 120.0, "a": 0.8, "b": 2.5}
DAYS = 5 * 365
LIFETIMES = """
import json, sys, time, warnings
import numpy as np
from lifetimes import BetaGeoFitter
warnings.simplefilter("ignore")
x, t_x, T = np.load(sys.argv[1])
started = time.perf_counter()
fitter = BetaGeoFitter().fit(x, t_x, T)
print(json.dumps({"seconds": time.perf_counter() - started, "params": dict(fitter.params_)}))
"""


def made(count: int) -> Path:
    """Return the file of simulated guests in whole days, made once: x, t_x and T, first stays spread over five years."""
    path = folder() / f"lifetimes-{count}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        random = np.random.default_rng(7)
        T = random.integers(1, DAYS, count).astype(float)
        x, t_x, _ = guests(PARAMS, T, random)
        np.save(path, np.array([x, np.minimum(np.ceil(t_x), T), T]))
    return path


def step(path: str) -> dict:
    """Fold, fit and score the guests of a file in this process; return the seconds of each and what came out."""
    x, t_x, T = np.load(path)
    took = {"fold": timed(lambda: grouped(x, t_x, T))[0]}
    lifetime.fit("bgnbd", x[:10_000], t_x[:10_000], T[:10_000])  # loads what is loaded at first use
    fits: dict = {}
    for model in ("mbgnbd", "bgnbd"):
        took[model] = median(timed(lambda model=model: fits.update({model: lifetime.fit(model, x, t_x, T)}))[0] for _ in range(3))
    fit, rows = fits["mbgnbd"], grouped(x, t_x, T)[:3]
    for name, histories in (("groups", rows), ("guests", (x, t_x, T))):
        took[name] = timed(lambda histories=histories: _scored(fit, *histories))[0]
    random = np.random.default_rng(8)
    spent = random.gamma(6 * np.maximum(x, 1)) / random.gamma(4, 1 / 150, len(x)) / np.maximum(x, 1)
    took["spend"] = timed(lambda: lifetime.fit_spend(x, spent))[0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**took, "rows": len(rows[0]), "peak": peak, "params": fits["bgnbd"].params, "converged": fit.converged}


def _scored(fit: lifetime.Fit, x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> None:
    fit.expected(365, x, t_x, T)
    fit.alive(x, t_x, T)
    fit.returns(365, x, t_x, T)


def beside(python: str, path: Path) -> dict:
    """Return the seconds of lifetimes' BG/NBD and its parameters."""
    return json.loads(subprocess.run([python, "-c", LIFETIMES, str(path)], check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def measured(count: int, python: str | None) -> tuple[tuple, tuple]:
    """Return one line of each table: ours, and BG/NBD beside lifetimes (not at the largest size)."""
    path = made(count)
    ours = child(__file__, "--step", path).said
    line = (f"{count:,}", f"{ours['rows']:,}", f"{ours['fold']:.2f}", f"{ours['mbgnbd']:.2f}", TARGETS.get(count, ""),
            f"{ours['mbgnbd'] / ours['fold']:.1f}", f"{ours['groups']:.2f}", f"{ours['guests']:.2f}", f"{ours['spend']:.2f}",
            f"{ours['peak']:,.0f}")
    if not (python and SIZES[count]):
        return line, ()
    theirs = beside(python, path)
    apart = max(abs(theirs["params"][name] / value - 1) for name, value in ours["params"].items())
    return line, (f"{count:,}", f"{ours['bgnbd']:.2f}", f"{theirs['seconds']:.1f}", f"{theirs['seconds'] / ours['bgnbd']:.0f} x", SIZES[count],
                  f"{apart:.0e}")


def main(python: str | None = None) -> None:
    """Measure and write the section."""
    lines = [measured(count, python) for count in SIZES]
    text = ("Seconds. Fits start from rows in whole days over five years; scores are expected stays, P(alive) and P(return), each with its "
            "interval, which takes nine passes for one; target at 1 M: 3 s.\n\n")
    text += table(("guests", "groups", "folding", "folding + MBG/NBD", "target", "times folding", "scores of groups", "scores of all guests",
                   "Gamma-Gamma", "peak MB"), [line for line, _ in lines])
    if python:
        text += "\n\n" + table(("BG/NBD from rows", "ours", "lifetimes 0.11.3", "ratio", "target", "parameters differ by"), [two for _, two in lines if two])
    write("Lifetimes", text)


if __name__ == "__main__":
    print(json.dumps(step(sys.argv[2]))) if "--step" in sys.argv else main(*sys.argv[1:2])
