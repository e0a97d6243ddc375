"""Refresh: after 10 k changed stays, and all of it; seconds and peak memory."""
import json
import random
import sys

import sqlalchemy as sa

from benchmarks import measured, stores
from crm_core import schema
from crm_core.refresh import refresh
from crm_core.store.audit import Entry
from crm_core.store.record import open_store

CHANGED, SECONDS, MEGABYTES = 10_000, 5, 1_500


def change(size: str) -> dict:
    """Change the revenue of stays all over the store by one unit, as an import that corrects them would."""
    s = schema.stay
    with open_store(stores.at(size)).changing(Entry("benchmark", "change", "stay")) as made:
        last = made.connection.execute(sa.select(sa.func.max(s.c.id))).scalar()
        ids = random.Random(made.revision).sample(range(1, last + 1), CHANGED)
        values = {"room_revenue_minor": s.c.room_revenue_minor + 100, "revision": made.revision}
        made.connection.execute(sa.update(s).where(s.c.id == sa.bindparam("one")).values(values), [{"one": i} for i in ids])
    return {}


def measure(size: str, full: bool) -> dict:
    """Refresh; return its kind and seconds."""
    said = stores.at(size)
    open_store(said)
    done = refresh(said, full=full)
    return {"kind": done.kind, "seconds": done.seconds}


def report(size: str, full: bool) -> None:
    """Change, refresh (in processes of their own) and write the section."""
    rows = []
    for _ in range(1 if full else 3):
        measured.child(__file__, size, "--step", "change")
        cost = measured.child(__file__, size, "--step", "full" if full else "incremental")
        rows.append((cost.said["kind"], f"{cost.said['seconds']:.1f}", f"{cost.cpu:.1f}", f"{cost.peak:,.0f}"))
        quick = full or cost.said["seconds"] <= SECONDS
    met = "met" if quick and cost.peak <= MEGABYTES else "MISSED"
    target = f"{MEGABYTES:,} MB" if full else f"{SECONDS} s, {MEGABYTES:,} MB"
    measured.write(f"Refresh {size}, {'full' if full else f'{CHANGED:,} changed stays'}", f"Target {target}: {met}.\n\n"
                   + measured.table(("kind", "seconds", "CPU s", "peak MB"), rows))


if __name__ == "__main__":
    one = next((a for a in sys.argv[1:] if a in stores.SHAPES), "M")
    if "--step" in sys.argv:
        print(json.dumps(change(one) if sys.argv[-1] == "change" else measure(one, sys.argv[-1] == "full")))
    else:
        report(one, full=False)
        report(one, full=True)
