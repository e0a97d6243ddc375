"""Staged rows of a target land in their table: new ones are added, changed ones replace what was there, equal ones are left."""
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain, groupby
from operator import itemgetter
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from crm_core import formats
from crm_core.ingest import parsing
from crm_core.ingest.chunk import Reject, reject
from crm_core.ingest.former import Former
from crm_core.ingest.house import REPORTING_CURRENCY
from crm_core.ingest.lookup import among, in_chunks
from crm_core.ingest.problems import Fault
from crm_core.ingest.staging import Staging, digest
from crm_core.ingest.targets.definition import Target
from crm_core.ingest.targets.finding import NAMING, Finder
from crm_core.schema import guest, profile, setting
from crm_core.schema import property as property_table
from crm_core.store.record import Change

TOGETHER = 5_000
# What people enter here too and files seldom tell: a file that says nothing of it takes nothing away.
ENTERED_HERE = ("answer", "answered_at", "answered_by")


class Misfit(Fault):
    """A value that does not go with what the store holds: the column that it stands in, and the broken rule."""

    def __init__(self, column: str, rule: str):
        super().__init__(rule)
        self.column = column


@dataclass(frozen=True)
class Row:
    """One staged row: its line, its number in its source (None: it has none), the property's code, hash, values and original cells."""

    line: int
    number: str | None
    property: str | None
    hash: bytes
    values: dict
    cells: tuple[str, ...]

    def __getitem__(self, column: str):
        return self.values[column]


class Landing:
    """What a target's writer works with: the open change, the staged rows, and what became of them so far."""

    def __init__(self, change: Change, staging: Staging, target: Target, source: str, actor: str, batch: int, kept: Former):
        self.change, self.staging, self.target, self.source = change, staging, target, source
        self.actor, self.batch, self.kept, self.connection = actor, batch, kept, change.connection
        self.counts: Counter[str] = Counter()
        self.by_place: dict[str, dict[str, int]] = defaultdict(Counter)
        self.rejects: list[Reject] = []
        self.find = Finder(self.connection, source)

    def chunks(self, columns: tuple[str, ...] = NAMING) -> Iterator[list[Row]]:
        """Yield the staged rows some thousand together, what they refer to in some columns being looked up at once."""
        for rows in in_chunks(self._rows(self.staging.records()), TOGETHER):
            self.find.look_up(rows, columns)
            yield rows

    def gathered(self) -> Iterator[dict[int, list[Row]]]:
        """Yield the rows that staging.gather() gave an owner, by owner: all of an owner's together, some thousand rows at once."""
        some: dict[int, list[Row]] = {}
        owned = groupby(self.staging.gathered(), itemgetter(0))
        for owner, records in owned:
            some[owner] = list(self._rows(record for _, *record in records))
            if sum(map(len, some.values())) >= TOGETHER:
                yield self._looked_up(some)
                some = {}
        yield self._looked_up(some)

    def _looked_up(self, some: dict[int, list[Row]]) -> dict[int, list[Row]]:
        self.find.look_up(chain.from_iterable(some.values()))
        return some

    def _rows(self, records: Iterable[Sequence]) -> Iterator[Row]:
        """Yield staged records as rows; one without a number may be known by its content, and by how many of its equals came before it."""
        names, equals = self.target.names, Counter()
        for line, number, code, hash_, said, cells in records:
            values = dict(zip(names, said, strict=True))
            if number is None and self.target.content:
                content = digest(repr([values[name] for name in self.target.content]).encode()).hex()
                equals[content] += 1
                number = f"row/{content}/{equals[content]}"
            yield Row(line, number, code, hash_, values, cells)

    def keep_out(self, row: Row, fault: Fault) -> None:
        """Keep a row out that does not go with what the store holds."""
        header, column = self.staging.header, getattr(fault, "column", "")
        name = header.header_of(column)
        value = row.cells[header.cells.index(name)] if name in header.cells else ""
        self.rejects.append(reject(row.line, name, value, fault.rule, row.property, header.kept(row.cells)))

    def done(self, row: Row, what: str, place: str | None = None) -> None:
        """Count a row as "added", "updated" or "duplicates"."""
        self.counts[what] += 1
        self.by_place[place or row.property or ""][what] += 1

    def warnings(self) -> tuple[tuple[str, dict], ...]:
        """Return what is worth a warning, as (code, values)."""
        told = ("unlinked", "relay", "rounded", "points_opened", "points_differ", "points_corrected", "transfers_differ", "still_closed",
                "no_rate", "times_counted", "plan_fixed", "resent", "repeated_events", "unsubscribe_links", "scanner_clicks", "no_control", "few_in_arm")
        return tuple((code, {"n": self.counts[code]}) for code in told if self.counts[code])

    @cached_property
    def places(self) -> dict[str, sa.Row]:
        """Return the properties by code."""
        return {row.code: row for row in self.connection.execute(sa.select(property_table))}

    def place(self, row: Row, stay: "object | None" = None) -> sa.Row:
        """Return a row's property: its own, else its stay's, else the only one there is; raises Misfit."""
        if row.property:
            return self.places[row.property]
        if stay is not None:
            return next(place for place in self.places.values() if place.id == stay.property_id)
        if len(self.places) == 1:
            return next(iter(self.places.values()))
        raise Misfit("property", "property_missing")

    @cached_property
    def reporting(self) -> str:
        """Return the currency of rows that name none and have no property."""
        said = sa.select(setting.c.value).where(setting.c.key == "reporting_currency")
        return self.connection.execute(said).scalar() or REPORTING_CURRENCY

    def currency(self, row: Row, column: str, usual: str | None = None) -> str:
        """Return the currency of a row's amount: the one beside it, the row's, else the usual one; raises Misfit where two differ."""
        beside, own = (row[column] or (None, None))[1], row.values.get("currency")
        if beside and own and beside != own:
            raise Misfit(column, "currencies")
        return beside or own or usual or self.reporting

    def money(self, row: Row, column: str, currency: str) -> int | None:
        """Return an amount in minor units of a currency, None where the row has none."""
        if row[column] is None:
            return None
        amount, exponent = Decimal(row[column][0]), formats.exponent(currency)
        self.counts["rounded"] += amount != round(amount, exponent)
        return parsing.minor(amount, exponent) if amount >= 0 else -parsing.minor(-amount, exponent)


def land(landing: Landing, table: sa.Table, make: Callable[[Landing, Row], dict], then: Callable | None = None,
         ahead: Callable[[Landing, list[Row]], None] | None = None, keep: Callable | None = None) -> None:
    """Write the staged rows into a table: `make` gives a row's columns, None for a row that
    is there already, or raises Misfit and the row is kept out.

    A row with a number that the source has here already replaces it, or is a duplicate where its content is equal. `then(landing, row, id,
    record, former)` is called for each row that was written; former is what stood there, None for a new row. `ahead(landing, rows)` is called
    for some thousand rows before the first of them is made. `keep(landing, row, former, values)` gives what is written over a former row where
    people have worked on it here.
    """
    for rows in landing.chunks():
        if ahead:
            ahead(landing, rows)
        there, new = _there(landing, table, rows), []
        for row in rows:
            try:
                former = there.get(row.number)
                record = None if former and former.get("row_hash") == row.hash else make(landing, row)
                if record is None or (former and _says_the_same(former, record)):
                    landing.done(row, "duplicates")
                else:
                    _one(landing, table, row, record, former, then, new, keep)
            except Fault as fault:
                landing.keep_out(row, fault)
        if new:
            landing.connection.execute(sa.insert(table), new)


def _says_the_same(former: sa.RowMapping, record: dict) -> bool:
    """Say whether a row of a table that keeps no hash is there already."""
    return "row_hash" not in former and all(former[name] == value for name, value in record.items())


def _there(landing: Landing, table: sa.Table, rows: list[Row]) -> dict[str, sa.RowMapping]:
    """Return what the source has in the table already, by number."""
    asked = among(landing.connection, table.c.external_id, [row.number for row in rows if row.number])
    return {row["external_id"]: row for row in landing.connection.execute(
        sa.select(table).where(table.c.source == landing.source, asked)).mappings()}


def _one(landing: Landing, table: sa.Table, row: Row, record: dict, former: sa.RowMapping | None, then: Callable | None,
         new: list[dict], keep: Callable | None) -> None:
    if former and former.get("property_id", 0) != record.get("property_id", former.get("property_id", 0)):
        raise Misfit("property", "other_property")
    values = record | {"batch_id": landing.batch, "revision": landing.change.revision}
    if "row_hash" in table.c:
        values["row_hash"] = row.hash
    id_ = _replaced(landing, table, former, keep(landing, row, former, values) if keep else values) if former else None
    if not former:
        values |= {"source": landing.source, "external_id": row.number}
        if then:
            id_ = landing.connection.execute(sa.insert(table).values(values).returning(table.c.id)).scalar_one()
        else:
            new.append(values)
    landing.done(row, "updated" if former else "added", _code(landing, record))
    if then:
        then(landing, row, id_, record, former)


def _replaced(landing: Landing, table: sa.Table, former: sa.RowMapping, values: dict) -> int:
    landing.kept.keep(table, [former["id"]])
    for column, owner in (("profile_id", profile), ("guest_id", guest)):
        if former.get(column) not in (None, values.get(column)):  # whoever loses the row is looked at by the next refresh too
            landing.connection.execute(sa.update(owner).where(owner.c.id == former[column]).values(revision=landing.change.revision))
    values = {name: value for name, value in values.items() if value or name not in ENTERED_HERE}
    versioned = {"version": table.c.version + 1} if "version" in table.c else {}
    landing.connection.execute(sa.update(table).where(table.c.id == former["id"]).values(**values, **versioned))
    return former["id"]


def _code(landing: Landing, record: dict) -> str | None:
    wanted = record.get("property_id")
    return next((code for code, place in landing.places.items() if place.id == wanted), None)


def on(day: str | None) -> dt.date | None:
    """Return a day that was read as a date."""
    return dt.date.fromisoformat(day) if day else None


def instant(said: str | None, zone: str = "UTC") -> str | None:
    """Return a moment as the store writes it, in UTC; one without a zone of its own is in the given one."""
    if not said:
        return None
    at = dt.datetime.fromisoformat(said)
    if at.tzinfo is None:
        at = at.replace(tzinfo=_zone(zone))
    try:
        return at.astimezone(dt.UTC).isoformat(timespec="seconds")
    except OverflowError:
        return at.replace(tzinfo=dt.UTC).isoformat(timespec="seconds")


def _zone(name: str) -> dt.tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return dt.UTC
