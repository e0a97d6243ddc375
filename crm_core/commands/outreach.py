"""Journeys from the command line: write down what falls due, and try a journey on days that are past."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

from crm_core import settings
from crm_core.commands.terminal import Problem, day
from crm_core.store import warehouse
from crm_core.store.record import open_store


def add(command: Callable) -> None:
    """Add journeys to the parser."""
    journeys = command("journeys", run_journeys, "write down what falls due on the journeys, or try one on days that are past")
    journeys.add_argument("what", choices=("run", "simulate"), help="run: today's messages fall due; simulate: nothing is written")
    journeys.add_argument("--rules", help="simulate: one that ships (such as pre_arrival), or a JSON file with a journey's rules")
    journeys.add_argument("--from", dest="start", type=day, help="simulate: the first day (default: 30 days before the end)")
    journeys.add_argument("--to", dest="end", type=day, help="simulate: the first day after the last (default: the as-of date)")
    journeys.add_argument("--json", action="store_true")


def run_journeys(asked) -> None:
    """Do what is asked, on the as-of date of the version in use."""
    here = settings.read(asked.store)
    as_of = warehouse.current(here).version.as_of
    if asked.what == "simulate":
        _simulate(asked, here, as_of)
        return
    from crm_core.jobs.journeys import run_due

    written = run_due(here, as_of, here.actor)
    print(json.dumps({"due": written, "as_of": as_of.isoformat()}) if asked.json else f"Steps that fell due by {as_of}: {written:,}.")


def _simulate(asked, here: settings.Settings, as_of: dt.date) -> None:
    from crm_core.jobs.journeys import whole_house
    from crm_core.records.journeys import simulate_journey

    end = asked.end or as_of
    start = asked.start or end - dt.timedelta(30)
    store = open_store(here)
    found = simulate_journey(store, whole_house(store, as_of, here.actor), rules=_rules(asked.rules), from_on=start, to_on=end)
    del found["rows"]
    if asked.json:
        print(json.dumps(found))
        return
    print(f"From {start} to {end} it would have written to {found['people']:,} people, {found['twice']:,} of them twice or more: {found['messages']:,} messages.")
    print(f"{found['held_out']:,} people would have been held out.")
    for why, count in found["left"].items():
        print(f"- not due ({_word(why)}): {count:,}")


def _word(why: str) -> str:
    from crm_core.i18n import t
    from crm_core.outreach.simulation import WHYS
    from crm_core.outreach.waterfall import REASONS

    return t((WHYS | REASONS)[why])


def _rules(said: str | None) -> dict:
    from crm_core.outreach.journeys import SHIPPED, dump

    shipped = {one.code: one.journey for one in SHIPPED}
    if said in shipped:
        return dump(shipped[said])
    try:
        return json.loads(Path(said or "").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(f"There are no rules {said!r}: name one of {', '.join(shipped)}, or a JSON file.") from error
