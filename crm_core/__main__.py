"""Innsight from the command line: python -m crm_core {demo,import,rejects,template,refresh,metric,query,audit,assumptions}."""

import argparse
import datetime as dt
import json
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from crm_core import i18n, settings
from crm_core.exports import csv_text
from crm_core.scope import Period, Scope, default_period
from crm_core.store import warehouse
from crm_core.store.record import close_all, open_store


class Problem(Exception):
    """What went wrong and what to do, for the person at the command line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused with a message, 2 a word that does not fit."""
    asked = parser().parse_args(arguments)
    i18n.use(asked.lang)
    try:
        asked.run(asked)
    except (Problem, settings.SettingsProblem, warehouse.NoWarehouse, KeyError, *_refusals()) as problem:
        print(problem.args[0] if isinstance(problem, KeyError) else problem, file=sys.stderr)
        return 1
    return 0


def _refusals() -> tuple[type[Exception], ...]:
    from crm_core.ingest.demo import NotEmpty
    from crm_core.ingest.problems import ImportProblem

    return ImportProblem, NotEmpty


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser("python -m crm_core", description=__doc__)
    whole.add_argument("--lang", default="en", choices=list(i18n.LANGUAGES), help="language of messages")
    commands = whole.add_subparsers(required=True, metavar="command")

    def command(
        name: str, run: Callable, help: str, store: str | None = "the hotel's once it has data, then the demo's"
    ) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=help)
        one.set_defaults(run=run)
        if store:
            one.add_argument("--store", choices=settings.STORES, default=None, help=f"which store (default: CRM_STORE, else {store})")
        return one

    demo = command("demo", run_demo, "make the demo hotel", "demo")
    demo.add_argument("--profile", choices=("group", "independent"), default="group")
    demo.add_argument("--seed", type=int, default=7)
    demo.add_argument("--scale", type=float, default=1.0, help="guests and properties, times the demo's")
    demo.add_argument("--stays-factor", type=float, default=1.0, help="stays per guest, times the demo's (a load shape)")
    demo.add_argument("--if-missing", action="store_true", help="do nothing where any store has data")
    brings = command("import", run_import, "bring a file in", "hotel")
    brings.add_argument("file", type=Path)
    brings.add_argument("--source", help="a source's name, where the header does not tell")
    brings.add_argument("--property", help="the property of every row, where the file does not say")
    brings.add_argument("--rejects", type=Path, help="write the rejected lines to this CSV file")
    brings.add_argument("--no-refresh", action="store_true", help="leave the figures as they are")
    brings.add_argument("--json", action="store_true")
    rejects = command("rejects", run_rejects, "print the rejected lines of a batch as CSV", "hotel")
    rejects.add_argument("batch", type=int)
    command("template", run_template, "print the bookings template", store=None)
    fresh = command("refresh", run_refresh, "publish a new version of the warehouse")
    fresh.add_argument("--full", action="store_true", help="rebuild everything")
    fresh.add_argument("--json", action="store_true")
    metric = command("metric", run_metric, "a KPI with n and interval")
    metric.add_argument("key", nargs="?", help="a KPI's key; without it, all keys")
    metric.add_argument("--from", dest="start", type=_day)
    metric.add_argument("--to", dest="end", type=_day, help="the first day after the period")
    metric.add_argument("--property", action="append", default=[], help="a property's code (may be given again)")
    metric.add_argument("--by", help="a dimension")
    metric.add_argument("--json", action="store_true")
    query = command("query", run_query, "a registered query's rows")
    query.add_argument("name", nargs="?", help="a query's name; without it, all names")
    query.add_argument("--param", action="append", default=[], metavar="KEY=VALUE")
    query.add_argument("--from", dest="start", type=_day)
    query.add_argument("--to", dest="end", type=_day)
    query.add_argument("--property", action="append", default=[])
    query.add_argument("--format", choices=("csv", "json"), default="csv")
    command("audit", run_audit, "check that the audit chain is whole")
    command("assumptions", run_assumptions, "what in the demo is measured, and what is assumed", store=None)
    return whole


def _day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date: write it as 2025-03-31") from error
    if not 1990 <= day.year <= 2100:  # what a comparison looks back to must still be a date
        raise argparse.ArgumentTypeError(f"{text!r} lies outside the years 1990 to 2100")
    return day


def run_demo(asked) -> None:
    """Make the demo store and its first version."""
    from crm_core.ingest import demo
    from crm_core.refresh import refresh

    if asked.if_missing and settings.published():
        _refit(settings.published())
        return
    said = settings.read(asked.store or "demo")
    if not said.is_demo:
        raise Problem("Demo data goes to the demo store only: leave out --store, or say --store demo.")
    _start_over(said)  # a demo is made anew from its seed: nothing in its store is anybody's work
    rows = demo.generate(open_store(said), asked.profile, asked.seed, asked.scale, asked.stays_factor, progress=_progress("demo"))
    made = refresh(said, full=True, progress=_progress("refresh"))
    print(
        f"\nDemo hotel ready: {rows.get('guest', 0):,} guests, {rows.get('stay', 0):,} reservations, version {made.version}.",
        file=sys.stderr,
    )


def _refit(stores: Sequence[settings.Settings]) -> None:
    """Rebuild the warehouses that another version of Innsight has published."""
    from crm_core.refresh import fits, refresh

    for said in stores:
        if not fits(warehouse.current(said).version):
            refresh(said, full=True, progress=_progress("refresh"))


def _start_over(said: settings.Settings) -> None:
    close_all()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{said.sqlite_path}{suffix}").unlink(missing_ok=True)


def run_import(asked) -> None:
    """Bring a file into the hotel's own store (or the one named) and refresh the figures."""
    from crm_core.ingest import reading
    from crm_core.ingest.importing import import_file
    from crm_core.ingest.problems import warning
    from crm_core.refresh import refresh

    reading.open_file(asked.file, asked.file.name).close()  # a file that cannot be read must not leave an empty store behind
    said = settings.read(asked.store or settings.named() or "hotel")
    store = open_store(said)
    done = import_file(store, asked.file, source=asked.source, property_code=asked.property, actor=said.actor, progress=_progress("import"))
    if asked.rejects:
        asked.rejects.write_text(_rejects_csv(store, done.batch), encoding="utf-8-sig", newline="")
    if not asked.no_refresh and done.accepted:
        refresh(said)
    words = [warning(code, values) for code, values in done.warnings]
    if asked.json:
        print(json.dumps({**done.as_json(), "warnings": words}, ensure_ascii=False))
        return
    print(
        f"\n{done.accepted:,} of {done.read:,} rows came in ({done.added:,} new, {done.updated:,} changed), "
        f"{done.rejected:,} rejected, {done.duplicates:,} were already here. Batch {done.batch}."
    )
    print("\n".join(f"- {line}" for line in words))


def _rejects_csv(store, batch: int) -> str:
    from crm_core.ingest.rejects import as_csv, rejects

    with store.reading() as connection:
        return as_csv(rejects(connection, batch))


def run_rejects(asked) -> None:
    """Print a batch's rejected lines."""
    from crm_core.ingest.rejects import is_batch
    store = open_store(settings.read(asked.store or "hotel"))
    with store.reading() as connection:
        if not is_batch(connection, asked.batch):
            raise Problem(f"There is no batch {asked.batch}.")
    print(_rejects_csv(store, asked.batch), end="")


def run_template(_asked) -> None:
    """Print the canonical bookings file with example rows."""
    from crm_core.ingest.template import template

    print(template(), end="")


def run_refresh(asked) -> None:
    """Publish what changed."""
    from crm_core.refresh import refresh

    made = refresh(settings.read(asked.store), full=asked.full, progress=_progress("refresh"))
    said = {"version": made.version, "kind": made.kind, "as_of": made.as_of.isoformat(), "rows": made.rows, "seconds": made.seconds}
    print(json.dumps(said) if asked.json else f"\nVersion {made.version} ({made.kind}), as of {made.as_of}, in {made.seconds} s.")


def run_metric(asked) -> None:
    """Print a KPI, or one row for each group of a dimension. Money is in units of the reporting currency, which is its unit."""
    from crm_core import queries
    from crm_core.metrics import CATALOGUE
    from crm_core.metrics.dimensions import DIMENSIONS

    if asked.key is None:
        print("\n".join(f"{k.key:28} {k.name}" for k in CATALOGUE.values()))
        return
    if asked.by and asked.by not in DIMENSIONS:
        raise Problem(f"There is no dimension {asked.by!r}. Known: {', '.join(DIMENSIONS)}.")
    shown, scope, codes = _opened(asked)
    frame = queries.run(shown, scope, "kpi_values", keys=(asked.key,), by=asked.by)
    frame, unit = _in_units(frame, asked)
    rows = [_figure(asked, now, frame, unit, shown.version, codes) for now in frame[frame["period"] == "now"].itertuples()]
    said = rows if asked.by else rows[0]
    print(json.dumps(said, ensure_ascii=False) if asked.json else "\n".join(str(row) for row in rows))


def _in_units(frame, asked) -> tuple:
    """Return the figures with money in whole units, and the name of their unit."""
    from crm_core.formats import exponent
    from crm_core.metrics import metric
    from crm_core.records import hotel

    unit = metric(asked.key).unit
    if unit != "money":
        return frame, unit
    said = settings.read(asked.store)
    scope = Scope(said.role, (), default_period(dt.date(2000, 1, 1)), dt.date(2000, 1, 1))
    currency = hotel.settings(open_store(said), scope).get("reporting_currency", "EUR")
    money = ["value", "low", "high"]
    return frame.assign(**{c: frame[c] / 10 ** exponent(currency) for c in money}), currency


def _figure(asked, now, frame, unit: str, version: warehouse.Version, codes: dict[int, str]) -> dict:
    before = frame[(frame["period"] == "previous") & ((frame["group"] == now.group) | (not asked.by))]
    previous = before["value"].iloc[0] if len(before) else math.nan
    group = (
        {} if not asked.by else {"by": asked.by, "group": _plain(codes.get(now.group, now.group) if asked.by == "property" else now.group)}
    )
    return {
        "key": asked.key,
        **group,
        "value": _plain(now.value),
        "n": _plain(now.n),
        "low": _plain(now.low),
        "high": _plain(now.high),
        "unit": unit,
        "previous": _plain(previous),
        "version": version.number,
        "as_of": version.as_of.isoformat(),
    }


def _plain(value):
    """Return a value as JSON can say it: not-a-number is null, dates are ISO text."""
    if value is None or value != value:
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return value.item() if hasattr(value, "item") else value


def run_query(asked) -> None:
    """Print a registered query's rows."""
    from crm_core import queries

    if asked.name is None:
        print("\n".join(sorted(queries.QUERIES)))
        return
    shown, scope, _ = _opened(asked)
    try:
        frame = queries.run(shown, scope, asked.name, **dict(map(_parameter, asked.param)))
    except TypeError as error:
        raise Problem(f"The query {asked.name} does not take these parameters: {error}") from error
    except ValueError as error:
        raise Problem(str(error)) from error
    rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    print(csv_text(list(frame.columns), rows) if asked.format == "csv" else frame.to_json(orient="records", date_format="iso"), end="")


def _parameter(text: str) -> tuple[str, object]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Problem(f"{text!r}: a parameter is written as key=value; several values as key=a,b.")
    try:
        return name, int(value)
    except ValueError:
        return name, tuple(value.split(",")) if "," in value or name == "keys" else value


def _opened(asked) -> tuple[warehouse.Warehouse, Scope, dict[int, str]]:
    """Open the newest version and the scope that the options ask for."""
    from crm_core.records.hotel import all_property_ids, properties
    from crm_core.refresh import fits

    said = settings.read(asked.store)
    shown, store = warehouse.current(said), open_store(said)
    if not fits(shown.version):
        raise Problem("The figures were built by another version of Innsight: run `python -m crm_core refresh`.")
    with store.reading() as connection:
        everything = all_property_ids(connection)
    as_of = shown.version.as_of
    usual = default_period(as_of)
    try:
        period = Period(asked.start or usual.start, asked.end or usual.end)
    except ValueError as error:
        raise Problem(f"{error} --to is the first day after the period.") from error
    scope = Scope(said.role, everything, period, as_of, user=said.actor, chain=everything)
    codes = {row["id"]: row["code"] for row in properties(store, scope)}
    return shown, _at(scope, codes, asked.property), codes


def _at(scope: Scope, codes: dict[int, str], wanted: list[str]) -> Scope:
    from dataclasses import replace

    unknown = {w for w in wanted if w.upper() not in {c.upper() for c in codes.values()}}
    if unknown:
        raise Problem(f"There is no property {', '.join(sorted(unknown))}. Known: {', '.join(sorted(codes.values()))}.")
    chosen = tuple(i for i, code in codes.items() if code.upper() in {w.upper() for w in wanted})
    return replace(scope, properties=chosen) if wanted else scope


def run_audit(asked) -> None:
    """Say whether the audit chain is whole; a broken one is a refusal."""
    from crm_core.store import audit

    with open_store(settings.read(asked.store)).reading() as connection:
        broken = audit.verify(connection)
    if broken:
        raise Problem(f"The audit chain is broken at {len(broken)} places, first at entry {broken[0]}.")
    print("The audit chain is whole.")


def run_assumptions(_asked) -> None:
    """Print what the demo's numbers rest on."""
    from crm_core.ingest.demo.parameters import assumptions

    for what, mark, source in assumptions():
        print(f"{mark:3} {what}: {source}")


def _progress(what: str) -> Callable[[int, int, str], None]:
    """Return a progress line for a terminal; elsewhere it stays silent."""

    def show(done: int, total: int, phase: str) -> None:
        if sys.stderr.isatty():
            print(f"\r{what}: {phase} {done / max(total, 1):6.1%}   ", end="", file=sys.stderr, flush=True)

    return show


if __name__ == "__main__":
    sys.exit(main())
