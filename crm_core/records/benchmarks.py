"""Benchmarks of sets of hotels: listed, kept, removed; and what the own house gives to one, under a pseudonym."""
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.association import benchmarks
from crm_core.association.benchmarks import OF_BENCHMARK, BadContribution, Benchmark, Line, Pooled
from crm_core.i18n import N_, t
from crm_core.records import placed
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import benchmark, setting
from crm_core.scope import Scope
from crm_core.store.record import Change

CODES = "contribution_codes"  # a setting: properties → the pseudonym under which they give
LONGEST_NAME = 80


@lookup("read")
def benchmark_list(connection: Connection, scope: Scope, *, figure: str | None = None) -> list[dict]:
    """Return the figures of sets of hotels, by figure, set and period, the latest first: the row, with `benchmark` (a Benchmark)."""
    b = benchmark.c
    asked = select(benchmark).order_by(b.figure, b.set_name, b.from_on.desc())
    asked = asked if figure is None else asked.where(b.figure == figure)
    return [{**row, "benchmark": _told(row)} for row in connection.execute(asked).mappings()]


def _told(row: Mapping) -> Benchmark:
    return Benchmark(**{name: row[name] for name in OF_BENCHMARK})


# --- a set ---------------------------------------------------------------------------------------------------------------
def pooled(files: Mapping[str, bytes], name: str, made_on: dt.date) -> Pooled:
    """Pool contributions (name of the file → content) into a set of that name; nothing is kept yet. Raises Refused with everything that is wrong."""
    given, problems, name = [], [], placed.line(name, LONGEST_NAME, N_("Give the set a name."))
    for file, content in files.items():
        try:
            given.append(benchmarks.loads(content, file[:LONGEST_NAME]))
        except BadContribution as problem:
            problems += problem.problems
    if problems:
        raise Refused("\n".join(problems))
    try:
        return benchmarks.pool(given, name, made_on)
    except BadContribution as problem:
        raise Refused("\n".join(problem.problems)) from problem


@action("standards", "keep", "benchmark", marks=False)
def keep_pooled(change: Change, scope: Scope, *, found: Pooled, is_confirmed: bool = False) -> int:
    """Keep what was pooled and return how many figures. It takes the place of the set of the same name and period.

    Raises Refused where there is such a set with other figures and it is not confirmed: the difference of two pools tells of a single hotel.
    """
    if not found.benchmarks:
        raise Refused(N_("Nothing could be pooled: there is nothing to keep."))
    if (problems := second_pools(change.connection, found.benchmarks)) and not is_confirmed:
        raise Refused("\n".join(problems))
    clear(change.connection, found.benchmarks)
    signed = {"actor": scope.user, "at": change.at}
    change.connection.execute(sa.insert(benchmark), [asdict(one) | signed for one in found.benchmarks])
    return len(found.benchmarks)


def second_pools(connection: Connection, new: Iterable[Benchmark]) -> list[str]:
    """Say which pooled sets stand here already, under the same name and for the same period, with other figures."""
    there = _pools(_told(row) for row in connection.execute(select(benchmark)).mappings())
    found = [next(iter(there[key].values())) for key, figures in _pools(new).items() if there.get(key, figures) != figures]
    return [t("The set “{name}” from {day} on is here already, with other figures. From two pools of one period that differ by a hotel its figures can "
              "be told: replace the first only where it was wrong and was shown to nobody.", name=one.set_name, day=one.from_on.isoformat()) for one in found]


def _pools(of: Iterable[Benchmark]) -> dict[tuple[str, dt.date], dict[str, Benchmark]]:
    """Pooled sets by name and first day: figure → benchmark, whenever it was pooled."""
    found: dict[tuple[str, dt.date], dict[str, Benchmark]] = {}
    for one in of:
        if one.strength == "pooled":
            found.setdefault((one.set_name.casefold(), one.from_on), {})[one.figure] = replace(one, source="")
    return found


def clear(connection: Connection, new: Iterable[Benchmark]) -> None:
    """Take out the pooled sets whose place new ones take: two pools never stand in one set."""
    for name, from_on in {(one.set_name, one.from_on) for one in new if one.strength == "pooled"}:
        _remove(connection, name, from_on)


@action("standards", "remove", "benchmark", marks=False)
def remove_benchmarks(change: Change, scope: Scope, *, set_name: str, from_on: dt.date) -> int:
    """Take out a set of one period and return how many figures it had. Raises Refused where there is none."""
    if not (removed := _remove(change.connection, set_name, from_on)):
        raise Refused(N_("There is no such set of hotels."))
    return removed


def _remove(connection: Connection, set_name: str, from_on: dt.date) -> int:
    b = benchmark.c
    names = [name for name in connection.execute(select(b.set_name).where(b.from_on == from_on).distinct()).scalars() if name.casefold() == set_name.casefold()]
    return connection.execute(sa.delete(benchmark).where(b.set_name.in_(names), b.from_on == from_on)).rowcount


# --- what the house gives ---------------------------------------------------------------------------------------------------
@action("standards", "export", "contribution", marks=False)
def contribute(change: Change, scope: Scope, *, lines: list[Line], from_on: dt.date, to_on: dt.date, currency: str) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """Return the file of what the scope's properties give to a benchmark for [from_on, to_on), and (KPI, why) for each line that stays here.

    The properties always give under the same random pseudonym, so that nobody counts twice. Raises Refused where nothing is left to give.
    """
    if not from_on < to_on:
        raise Refused(N_("The period ends before it begins."))
    given, withheld = benchmarks.contribution(lines, code=_pseudonym(change, scope), from_on=from_on, to_on=to_on, currency=currency)
    if not given.lines:
        raise Refused(N_("No figure has enough guests behind it: choose a longer period."))
    return benchmarks.dumps(given).encode(), withheld


def _pseudonym(change: Change, scope: Scope) -> str:
    """The pseudonym of the scope's properties, made at its first use and kept."""
    said = change.connection.execute(select(setting.c.value).where(setting.c.key == CODES)).scalar()
    known, own = json.loads(said or "{}"), ",".join(map(str, sorted(scope.properties)))
    if own not in known:
        known[own] = benchmarks.pseudonym()
        change.connection.execute(sa.delete(setting).where(setting.c.key == CODES))
        change.connection.execute(sa.insert(setting).values(key=CODES, value=json.dumps(known)))
    return known[own]
