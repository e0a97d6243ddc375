"""Figures from the command line: a KPI with its interval, and the rows of any registered query."""

import datetime as dt
import json
import math
from collections.abc import Callable

from crm_core import settings
from crm_core.commands.terminal import Problem, day
from crm_core.exports import csv_text
from crm_core.scope import Period, Scope, default_period
from crm_core.store import warehouse
from crm_core.store.record import open_store


def add(command: Callable) -> None:
    """Add metric and query to the parser."""
    metric = command("metric", run_metric, "a KPI with n and interval")
    metric.add_argument("key", nargs="?", help="a KPI's key; without it, all keys")
    metric.add_argument("--from", dest="start", type=day)
    metric.add_argument("--to", dest="end", type=day, help="the first day after the period")
    metric.add_argument("--property", action="append", default=[], help="a property's code (may be given again)")
    metric.add_argument("--by", help="a dimension")
    metric.add_argument("--json", action="store_true")
    query = command("query", run_query, "a registered query's rows")
    query.add_argument("name", nargs="?", help="a query's name; without it, all names")
    query.add_argument("--param", action="append", default=[], metavar="KEY=VALUE")
    query.add_argument("--from", dest="start", type=day)
    query.add_argument("--to", dest="end", type=day)
    query.add_argument("--property", action="append", default=[])
    query.add_argument("--format", choices=("csv", "json"), default="csv")


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
