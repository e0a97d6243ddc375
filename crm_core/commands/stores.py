"""The stores from the command line: publish what changed, let points expire, check the audit chain."""

import json
from collections.abc import Callable

from crm_core import settings
from crm_core.commands.terminal import Problem, progress
from crm_core.store.record import open_store


def add(command: Callable) -> None:
    """Add refresh, expire-points and audit to the parser."""
    fresh = command("refresh", run_refresh, "publish a new version of the warehouse")
    fresh.add_argument("--full", action="store_true", help="rebuild everything")
    fresh.add_argument("--json", action="store_true")
    command("expire-points", run_expire, "post the points of members that expired by the as-of date")
    command("audit", run_audit, "check that the audit chain is whole")


def run_refresh(asked) -> None:
    """Publish what changed; where points are over by then, or journeys' messages fall due, that stands in the version that follows at once.

    Reports that are due by then are made, and the figures that decisions wait for are read.
    """
    from crm_core.jobs.journeys import run_due
    from crm_core.jobs.printing import follow_refresh
    from crm_core.records.points import expire_due
    from crm_core.refresh import refresh

    here = settings.read(asked.store)
    made = refresh(here, full=asked.full, progress=progress("refresh"))
    if expire_due(open_store(here), made.as_of) + run_due(here, made.as_of):
        made = refresh(here, progress=progress("refresh"))
    follow_refresh(here, made.as_of)
    said = {"version": made.version, "kind": made.kind, "as_of": made.as_of.isoformat(), "rows": made.rows, "seconds": made.seconds}
    print(json.dumps(said) if asked.json else f"\nVersion {made.version} ({made.kind}), as of {made.as_of}, in {made.seconds} s.")


def run_expire(asked) -> None:
    """Post what expired by the as-of date of the version in use; a second run posts nothing more."""
    from crm_core.records.points import expire_due
    from crm_core.store import warehouse

    here = settings.read(asked.store)
    day = warehouse.current(here).version.as_of
    posted = expire_due(open_store(here), day)
    print(f"{posted:,} expiries posted, by {day}." + (" Refresh to see them in the figures." if posted else ""))


def run_audit(asked) -> None:
    """Say whether the audit chain is whole; a broken one is a refusal."""
    from crm_core.store import audit

    with open_store(settings.read(asked.store)).reading() as connection:
        broken = audit.verify(connection)
    if broken:
        raise Problem(f"The audit chain is broken at {len(broken)} places, first at entry {broken[0]}.")
    print("The audit chain is whole.")
