"""The views of Retention, Guest value, At risk and Segments for a filter never seen, at a million guests."""
import argparse
import json
import random
from collections import defaultdict
from dataclasses import replace

from benchmarks import measured, stores
from benchmarks.briefing import scopes
from crm_core import queries
from crm_core.store import warehouse
from crm_core.ui import at_risk, retention, value

ROUNDS = 6
TARGET = 1.5
QUESTIONS = {
    "Retention: tiles": ("kpi_values", {"keys": retention.KEYS}), "Retention: sparklines": ("kpi_months", {"keys": retention.KEYS, "count": 13}),
    "Retention: cohorts of guests": ("cohorts", {}), "Retention: cohorts of nights": ("cohorts", {"measure": "nights"}),
    "Retention: cohorts of margin": ("cohorts", {"measure": "margin"}),
    **{f"Retention: curves by {by}": ("return_curves", {"by": by}) for by in ("way", "property", "score", "spend")},
    "Retention: curves from any stay": ("return_curves", {"since": "any"}), "Retention: groups": ("return_groups", {}), "Retention: gaps": ("gaps", {}),
    "Retention: hazards": ("return_hazards", {}), "Retention: limits": ("return_limits", {}), "Retention: identity": ("identity_sensitivity", {}),
    "Value: tiles": ("kpi_values", {"keys": value.KEYS}), "Value: tenths": ("value_summary", {}), "Value: map": ("value_map", {}),
    "Value: by way of booking": ("value_by", {}), "Value: concentration": ("concentration", {}), "Value: calibration": ("forecast_deciles", {}),
    "At risk: tiles": ("kpi_values", {"keys": at_risk.KEYS}), "At risk: list": ("risk_list", {}), "At risk: total": ("risk_total", {}),
    "At risk: earlier lists": ("list_outcomes", {}),
}  # fmt: skip


def measure(size: str) -> dict:
    """Ask everything for ROUNDS filters with all properties, and ROUNDS with a part of them; return the medians in seconds."""
    shown = warehouse.current(stores.at(size))
    found = {"all": defaultdict(list), "part": defaultdict(list)}
    channels = random.Random(2)
    for number, scope in zip(range(2 * ROUNDS), scopes(shown), strict=False):
        narrowed = replace(scope, channels=tuple(sorted(channels.sample(("own_site", "phone", "booking_ota", "corporate", "group"), 2))))
        for name, (query, asked) in QUESTIONS.items():
            found["all" if number % 2 == 0 else "part"][name].append(measured.timed(lambda q=query, a=asked, s=narrowed: queries.run(shown, s, q, **a))[0])
    return {kind: {name: measured.percentile(times, 0.5) for name, times in each.items()} for kind, each in found.items()}


def write(size: str) -> None:
    """Measure in a process of its own and put the table into RESULTS.md."""
    said = measured.child(__file__, size, "--step", "measure").said
    rows = [(name, f"{said['all'][name]:.2f} s", f"{said['part'][name]:.2f} s") for name in QUESTIONS]
    over = [name for name in QUESTIONS if max(said["all"][name], said["part"][name]) > TARGET]
    said_of = f"Target {TARGET} s each: " + ("all met." if not over else f"missed by {', '.join(over)}.")
    measured.write(f"Retention and value at {size}", f"{measured.table(('view', 'all properties', 'a part of them'), rows)}\n\n"
                   f"Medians of {ROUNDS} filters never seen (period, channels, properties), run one after the other. {said_of}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", choices=list(stores.SHAPES), default=["M"])
    parser.add_argument("--step", choices=("measure",))
    asked = parser.parse_args()
    for one in asked.sizes:
        print(json.dumps(measure(one))) if asked.step else write(one)
