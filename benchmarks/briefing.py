"""All data of the Briefing for a filter never seen, beside the same statements on PostgreSQL and plain sums in pandas."""
import argparse
import datetime as dt
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

from benchmarks import measured, stores
from crm_core import queries
from crm_core.scope import Period, Scope, months_back
from crm_core.store import warehouse

KEYS = ("room_revenue", "occupancy", "revpar", "direct_share_nights", "repeat_ratio_guests", "cancellation_rate")
TARGETS = {"S": 0.4, "M": 1.2}
ROUNDS = 12


def asked(scope: Scope) -> list[tuple[str, str, Scope, dict]]:
    """Return what the Briefing loads for a scope: a label, the query, its scope and its parameters (see pages/briefing.py)."""
    end = scope.as_of.replace(day=1)
    year = replace(scope, period=Period(months_back(end, 12), end))
    return [
        ("properties", "properties", scope, {}), ("channels", "channels", scope, {}), ("freshness", "freshness", scope, {}),
        ("kpi_values, six tiles", "kpi_values", scope, {"keys": KEYS}),
        ("kpi_months, six sparklines", "kpi_months", scope, {"keys": KEYS, "count": 13}),
        ("unusual", "unusual", scope, {}), ("arrivals", "arrivals", scope, {"limit": 5}), ("arrivals_count", "arrivals_count", scope, {}),
        ("kpi_months, revenue", "kpi_months", year, {"keys": ("room_revenue",), "count": 13}),
        ("kpi_months, revenue a year before", "kpi_months", year, {"keys": ("room_revenue",), "count": 13, "shift": 364}),
        ("on_the_books", "on_the_books", scope, {}),
        ("kpi_values by channel", "kpi_values", scope, {"keys": ("channel_share",), "by": "channel"}),
    ]


def scopes(shown: warehouse.Warehouse, seed: int = 1) -> Iterator[Scope]:
    """Yield scopes that differ from each other: every second one has all properties, the others a part; periods of 1 to 12 months."""
    draw = random.Random(seed)
    chain = _property_ids(shown)
    whole = Scope("local", chain, Period(dt.date(2024, 1, 1), dt.date(2024, 2, 1)), shown.version.as_of, chain=chain)
    for number in range(10_000):
        end = shown.version.as_of.replace(day=1) - dt.timedelta(draw.randrange(60))
        start = end - dt.timedelta(365 if number % 4 < 2 else draw.randrange(28, 365))
        few = tuple(sorted(draw.sample(whole.properties, draw.randrange(1, len(whole.properties)))))
        yield replace(whole, properties=whole.properties if number % 2 == 0 else few, period=Period(start, end))


def _property_ids(shown: warehouse.Warehouse) -> tuple[int, ...]:
    with shown.engine.connect() as connection:
        return tuple(i for (i,) in connection.exec_driver_sql("SELECT property_id FROM mart_properties ORDER BY 1"))


def measure(size: str) -> dict:
    """Ask everything for ROUNDS filters; return wall and CPU seconds of each query and of the whole, by round."""
    shown = warehouse.current(stores.at(size))
    cost: dict[str, list] = defaultdict(list)
    for scope, _ in zip(scopes(shown), range(ROUNDS + 1), strict=False):
        whole = [measured.timed(_asking(shown, *query)) for _, *query in asked(scope)]
        for (label, *_rest), one in zip(asked(scope), whole, strict=True):
            cost[label].append(one)
        cost["all"].append((sum(w for w, _ in whole), sum(c for _, c in whole)))
    return cost


def _asking(shown: warehouse.Warehouse, name: str, scope: Scope, params: dict) -> Callable[[], object]:
    return lambda: queries.run(shown, scope, name, **params)


def report(size: str) -> None:
    """Measure one store in a process of its own and write its section."""
    cost = measured.child(__file__, size, "--step")
    rows = []
    for label, rounds in cost.said.items():
        walls, cpus = zip(*rounds[1:], strict=True)
        rows.append((label, *(f"{1000 * v:,.0f}" for v in (measured.median(walls), max(walls), measured.median(cpus), rounds[0][0]))))
    walls = [wall for wall, _ in cost.said["all"][1:]]
    met = "met" if measured.median(walls) <= TARGETS[size] else "MISSED"
    measured.write(f"Briefing {size}", f"All data for a filter never seen, median of {ROUNDS} filters (half with all properties): "
                   f"**{measured.median(walls):.2f} s**, target {TARGETS[size]} s: {met}. "
                   f"All properties: {measured.median(walls[1::2]):.2f} s, "
                   f"a part of them: {measured.median(walls[0::2]):.2f} s. Peak memory {cost.peak:,.0f} MB.\n\n"
                   + measured.table(("query", "ms median", "ms worst", "CPU ms median", "ms first, cold"), rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", choices=list(TARGETS), default=list(TARGETS))
    parser.add_argument("--step", action="store_true")
    options = parser.parse_args()
    for one in options.sizes:
        print(json.dumps(measure(one))) if options.step else report(one)
