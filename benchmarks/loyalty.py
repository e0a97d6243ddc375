"""The programme at 1 M memberships and 10 M postings: tiers and lots as a refresh makes them, the views for a filter never seen, and posting.

The demo's warehouse is copied and multiplied: guests, stays and visits 25 times (a million guests), memberships and postings 200 times, spread over these
guests. It is a load shape, not a programme: every 5,007 members behave alike.
"""
import argparse
import json
import shutil
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import duckdb

from benchmarks import measured, stores
from benchmarks.briefing import scopes
from crm_core import queries, refresh
from crm_core.marts import loyalty, tables
from crm_core.store import warehouse
from crm_core.ui import member_value, points, programme_life

GUESTS, MEMBERS = 25, 200
STEP = 1_000_000  # between the ids of one copy and the next
MULTIPLIED = {**dict.fromkeys((tables.stays, tables.charges, tables.visits, tables.guests), GUESTS),
              **dict.fromkeys((tables.memberships, tables.points, tables.referrals), MEMBERS)}  # fmt: skip
# The numbers of a row, and those that name a row of the same copy.
IDS = {"guest_id", "cluster", "strict_id", "loose_id", "reservation_id", "stay_id", "charge_id", "invited_id"}
OWN = {"membership_id", "entry_id", "reverses_id", "referral_id"}
ROUNDS, TARGET, TIERS_WITHIN = 6, 1.5, 20
VIEWS = {
    "Programme: tiles": ("kpi_values", {"keys": programme_life.KEYS}), "Programme: joins": ("enrolments", {"months": 25}),
    "Programme: tiers": ("tier_mix", {"months": 25}), "Programme: shares": ("member_share", {}), "Programme: first 90 days": ("early_engagement", {}),
    "Tiers: moves": ("tier_moves", {}), "Tiers: time": ("time_in_tier", {}), "Tiers: within reach": ("tier_work", {"kind": "rise"}),
    "Tiers: about to fall": ("tier_work", {"kind": "keep"}), "Points: tiles": ("kpi_values", {"keys": points.KEYS}),
    "Points: flow": ("points_flow", {}), "Points: age": ("points_age", {}), "Points: triangle": ("points_triangle", {}),
    "Points: breakages": ("sensitivity", {}), "Points: expiring": ("points_expiring", {}), "Points: redeemed": ("redemptions", {}),
    "Points: redeemed by tier": ("redemptions", {"by": "tier"}), "Member value: tiles": ("kpi_values", {"keys": member_value.KEYS}),
    "Member value: economics": ("programme_economics", {}), "Advocates: invited": ("referral_summary", {}), "Advocates: promoters": ("promoter_share", {}),
    "Advocates: list": ("advocate_list", {}),
}  # fmt: skip


def grown() -> Path:
    """Return the multiplied warehouse; made once, with the time of each step of a refresh beside it."""
    path = measured.folder() / "loyalty" / "warehouse.duckdb"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".half")
        shutil.copyfile(warehouse.current(stores.at("demo")).path, half)
        path.with_suffix(".json").write_text(json.dumps(_grow(half, warehouse.current(stores.at("demo")).version.as_of)))
        half.rename(path)
    return path


def _grow(path: Path, as_of) -> dict[str, float]:
    with duckdb.connect(str(path), config={"memory_limit": "4GB"}) as duck:
        for table, times in MULTIPLIED.items():
            columns = ", ".join(_copied(column.name, times) for column in table.c)
            duck.execute(f"INSERT INTO {table.name} SELECT {columns} FROM {table.name}, range(1, {times}) AS copies(n)")
        duck.execute("CREATE TEMP TABLE today AS SELECT CAST(? AS DATE) AS as_of", [as_of])
        return _settled(duck, as_of)


def _copied(name: str, times: int) -> str:
    """A column of the n-th copy: what belongs to a guest goes round the guests, what belongs to a membership has a number of its own."""
    if name in OWN:
        return f"{name} + n * {STEP}"
    return f"{name} + (n % {GUESTS}) * {STEP}" if name in IDS else name


def _settled(duck: duckdb.DuckDBPyConnection, as_of) -> dict[str, float]:
    """Make the loyalty marts anew, and return the seconds that each of them took."""
    took: dict[str, float] = defaultdict(float)
    for table in loyalty.TABLES:
        duck.execute(refresh._text(refresh.sa.schema.CreateTable(table)))
    for table in (tables.tiers, tables.lots, tables.members, tables.vintages, tables.point_months, tables.member_effects):
        duck.execute(f"DELETE FROM {table.name}")
    places = [number for (number,) in duck.execute("SELECT property_id FROM mart_properties ORDER BY 1").fetchall()]
    at = time.perf_counter()
    for table, rows in loyalty.steps(lambda statement: duck.execute(refresh._text(statement)).fetch_df(), as_of, places):
        if callable(rows):
            refresh._fill_table(duck, table, rows)
        else:
            refresh._insert(duck, {table: rows})
        took[table.name] += time.perf_counter() - at
        at = time.perf_counter()
    return took


def measure() -> dict:
    """Ask every view for ROUNDS filters with all properties and as many with a part of them; return the medians in seconds."""
    path, version = grown(), warehouse.current(stores.at("demo")).version
    shown = warehouse.Warehouse(path, version)
    found = {"all": defaultdict(list), "part": defaultdict(list)}
    for number, scope in zip(range(2 * ROUNDS), scopes(shown), strict=False):
        narrowed = replace(scope, channels=())
        for name, (query, asked) in VIEWS.items():
            found["all" if number % 2 == 0 else "part"][name].append(measured.timed(lambda q=query, a=asked, s=narrowed: queries.run(shown, s, q, **a))[0])
    with shown.engine.connect() as connection:
        counts = {table.name: connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar_one()
                  for table in (*MULTIPLIED, tables.lots, tables.tiers)}
    return {"counts": counts, "took": json.loads(path.with_suffix(".json").read_text()),
            **{kind: {name: measured.median(times) for name, times in each.items()} for kind, each in found.items()}}


def write() -> None:
    """Measure in a process of its own and put the tables into RESULTS.md."""
    cost = measured.child(__file__, "--step")
    said = cost.said
    rows = [(name, f"{said['all'][name]:.2f} s", f"{said['part'][name]:.2f} s") for name in VIEWS]
    over = [name for name in VIEWS if max(said["all"][name], said["part"][name]) > TARGET]
    tiers = said["took"]["mart_tiers"] + said["took"]["standings"]
    steps = ", ".join(f"{name.removeprefix('mart_')} {seconds:.1f} s" for name, seconds in said["took"].items())
    counts = ", ".join(f"{name.removeprefix('mart_')} {count:,}" for name, count in said["counts"].items())
    measured.write("Loyalty at a million members", "\n\n".join((
        f"Rows: {counts}.", f"Tiers of all members in a refresh: **{tiers:.1f} s**, target {TIERS_WITHIN} s. All steps: {steps}.",
        measured.table(("view", "all properties", "a part of them"), rows),
        f"Medians of {ROUNDS} filters never seen. Target {TARGET} s each: " + ("all met." if not over else f"missed by {', '.join(over)}.")
        + f" Peak memory {cost.peak:,.0f} MB.")))  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", action="store_true")
    if parser.parse_args().step:
        print(json.dumps(measure()))
    else:
        write()
