"""What falls due on a day that a refresh brought: reports are made, and figures that decisions wait for are read; none stops another."""
import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

from crm_core.jobs.journeys import whole_house
from crm_core.records.decisions import due_decisions, read_outcome
from crm_core.records.registry import Refused, Stale
from crm_core.records.reports import ABSENT, due_reports, report_card
from crm_core.reports import filing
from crm_core.reports.making import House, house, source_of
from crm_core.reports.outcomes import outcome
from crm_core.settings import Settings
from crm_core.store.record import open_store


@dataclass(frozen=True)
class Followed:
    """How many reports were made and how many could not be, how many decisions' figures were read, and how many could not be."""

    reports: int = 0
    failed_reports: int = 0
    decisions: int = 0
    unread_decisions: int = 0


def follow_refresh(settings: Settings, day: dt.date) -> Followed:
    """Make the reports and read the decisions that are due by a day. A report that fails is noted as such and not tried again for its day."""
    store = open_store(settings)
    scope = whole_house(store, day, settings.actor)
    reports, decisions = due_reports(store, scope, day=day), due_decisions(store, scope)
    if not reports and not decisions:
        return Followed()
    there = house(settings)
    made, read = _made(settings, there, reports), _read(there, decisions)
    return Followed(made, len(reports) - made, read, len(decisions) - read)


def print_now(settings: Settings, id: int) -> dict:
    """Make a report for the as-of date because somebody asked, and return its files and hash; what fails is noted as a run and raised."""
    there = house(settings)
    report = report_card(there.store, there.scope, id=id)
    if report is None:
        raise Refused(ABSENT)
    filed = filing.print_report(settings, there, report, there.scope.as_of)
    return {"files": [str(file) for file in filed.files], "hash": filed.hash}


def _made(settings: Settings, there: House, reports: list[dict]) -> int:
    """How many of the reports could be made; why another could not is written down with it, for whoever waits for it."""
    made = 0
    for report in reports:
        with suppress(Exception):
            filing.print_report(settings, there, report, report["due_on"])
            made += 1
    return made


def _read(there: House, decisions: list[dict]) -> int:
    """How many of the figures could be read; where what a decision names is gone, or somebody is at it, it stays open and its page says why."""
    src, read = source_of(there) if decisions else None, 0
    for decision in decisions:
        with suppress(ValueError, Refused, Stale):
            came = outcome(src, decision)
            read_outcome(there.store, there.scope, id=decision["id"], version=decision["version"], came=came.value, low=came.low, high=came.high, n=came.n)
            read += 1
    return read
