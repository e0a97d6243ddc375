"""The demo hotel from the command line: made anew, and what its numbers rest on."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from crm_core import settings
from crm_core.commands.terminal import Problem, progress
from crm_core.store import warehouse
from crm_core.store.record import close_all, open_store


def add(command: Callable) -> None:
    """Add demo and assumptions to the parser."""
    demo = command("demo", run_demo, "make the demo hotel", "demo")
    demo.add_argument("--profile", choices=("group", "independent"), default="group")
    demo.add_argument("--seed", type=int, default=7)
    demo.add_argument("--scale", type=float, default=1.0, help="guests and properties, times the demo's")
    demo.add_argument("--stays-factor", type=float, default=1.0, help="stays per guest, times the demo's (a load shape)")
    demo.add_argument("--if-missing", action="store_true", help="do nothing where any store has data")
    command("assumptions", run_assumptions, "what in the demo is measured, and what is assumed", store=None)


def run_demo(asked) -> None:
    """Make the demo store and its first version."""
    from crm_core.classroom import pristine
    from crm_core.classroom.keys import TRUTH
    from crm_core.ingest import demo, duplicates
    from crm_core.refresh import refresh

    if asked.if_missing and settings.published():
        _refit(settings.published())
        return
    said = settings.read(asked.store or "demo")
    if not said.is_demo:
        raise Problem("Demo data goes to the demo store only: leave out --store, or say --store demo.")
    _start_over(said)  # a demo is made anew from its seed: nothing in its store is anybody's work
    rows = demo.generate(open_store(said), asked.profile, asked.seed, asked.scale, asked.stays_factor, progress=progress("demo"),
        truth=said.home / TRUTH)  # beside the store, never in it: what the demo's lessons are judged by
    found = duplicates.search(said, progress=progress("duplicates"))
    made = refresh(said, full=True, progress=progress("refresh"))
    pristine.keep(said)
    records = rows.get("guest", 0)
    print(
        f"\nDemo hotel ready: {records:,} guest records, {found.merged:,} of them merged, {rows.get('stay', 0):,} reservations, "
        f"version {made.version}.",
        file=sys.stderr,
    )


def _refit(stores: Sequence[settings.Settings]) -> None:
    """Rebuild the warehouses that another version of Innsight has published."""
    from crm_core.refresh import fits, refresh

    for said in stores:
        if not fits(warehouse.current(said).version):
            refresh(said, full=True, progress=progress("refresh"))


def _start_over(said: settings.Settings) -> None:
    close_all()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{said.sqlite_path}{suffix}").unlink(missing_ok=True)


def run_assumptions(_asked) -> None:
    """Print what the demo's numbers rest on."""
    from crm_core.ingest.demo.parameters import assumptions

    for what, mark, source in assumptions():
        print(f"{mark:3} {what}: {source}")
