"""What a file would move: the figures before and after it, taken inside the transaction that a dry run takes back."""
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core import formats
from crm_core.ingest.problems import reason
from crm_core.schema import import_reject, stay
from crm_core.schema import property as property_table
from crm_core.store.record import Change

MOST_REJECTS = 50
REALISED = ("checked_out", "in_house")


@dataclass(frozen=True)
class Measured:
    """Figures of the whole store. Stays and room nights are those that took place, without house use; money is in minor units."""

    reservations: int = 0
    stays: int = 0
    room_nights: int = 0
    guests: int = 0
    revenue: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Preview:
    """What a dry run found. `moves` says it in sentences, as (code, values) of problems.WARNINGS; `rejects` are the first 50 lines.

    `change` are the figures after less those before; `by_property` counts rows by property and what became of them; first and last day
    and months (as 2025-03) are those of the reservations that the file touches.
    """

    rejects: tuple[dict, ...]
    by_property: dict[str, dict[str, int]]
    change: Measured = Measured()
    first_on: str | None = None
    last_on: str | None = None
    months: tuple[str, ...] = ()
    moves: tuple[tuple[str, dict], ...] = ()


def measure(connection: Connection) -> Measured:
    """Return the figures of the store as the connection sees it."""
    took_place = sa.and_(stay.c.status.in_(REALISED), stay.c.rate_class != "house_use")
    nights = sa.func.sum(sa.case((took_place, _nights(connection)), else_=0))
    counts = connection.execute(sa.select(sa.func.count(), sa.func.sum(sa.case((took_place, 1), else_=0)), nights).select_from(stay)).one()
    guests = connection.execute(sa.select(sa.func.count(stay.c.profile_id.distinct())).where(took_place)).scalar()
    money = sa.select(stay.c.currency, sa.func.sum(stay.c.room_revenue_minor)).where(took_place).group_by(stay.c.currency)
    revenue = {currency: int(amount) for currency, amount in connection.execute(money)}
    return Measured(counts[0], int(counts[1] or 0), int(counts[2] or 0), guests, revenue)


def preview(change: Change, done, before: Measured, target: str) -> Preview:
    """Return what an open change has moved since `before` was measured; `done` is what commit.write() returned."""
    connection = change.connection
    rejects = tuple(_rejects(connection, done.batch))
    if target != "bookings":
        by_property = {place: dict(counts) for place, counts in done.places.items()}
        return Preview(rejects, by_property, moves=tuple(_rows_moved(by_property)))
    after = measure(connection)
    revenue = {currency: after.revenue.get(currency, 0) - before.revenue.get(currency, 0)
               for currency in sorted({*before.revenue, *after.revenue})}
    moved = Measured(after.reservations - before.reservations, after.stays - before.stays, after.room_nights - before.room_nights,
        after.guests - before.guests, {currency: amount for currency, amount in revenue.items() if amount})
    days = _days(connection, done.batch)
    return Preview(rejects, _by_property(connection, done.batch), moved, *days, tuple(_moves(moved, *days)))


def _rows_moved(by_property: dict[str, dict[str, int]]) -> Iterator[tuple[str, dict]]:
    for place, counts in sorted(by_property.items()):
        yield "moves_rows", {"property": place or "–", "new": counts.get("added", 0), "changed": counts.get("updated", 0)}


def _moves(moved: Measured, first: str | None, last: str | None, months: tuple[str, ...]) -> Iterator[tuple[str, dict]]:
    for code, n in (("moves_reservations", moved.reservations), ("moves_stays", moved.stays), ("moves_nights", moved.room_nights),
                    ("moves_guests", moved.guests)):
        if n:
            yield code, {"n": f"{n:+,}"}
    for currency, amount in moved.revenue.items():
        places = formats.exponent(currency)
        yield "moves_revenue", {"amount": f"{amount / 10 ** places:+,.{places}f}", "currency": currency}
    if first:
        yield "moves_days", {"first": first, "last": last, "n": len(months)}


def _nights(connection: Connection) -> sa.ColumnElement:
    if connection.dialect.name == "sqlite":
        return sa.func.julianday(stay.c.departure_on) - sa.func.julianday(stay.c.arrival_on)
    return sa.literal_column("stay.departure_on - stay.arrival_on")


def _rejects(connection: Connection, batch: int) -> list[dict]:
    c = import_reject.c
    rows = connection.execute(sa.select(c.line, c.column, c.value, c.rule).where(c.batch_id == batch).order_by(c.line, c.id).limit(MOST_REJECTS))
    return [{**row, "reason": reason(row["rule"])} for row in rows.mappings()]


def _by_property(connection: Connection, batch: int) -> dict[str, dict[str, int]]:
    """Return the reservations that the batch has written, by property."""
    counted = sa.select(property_table.c.code, sa.func.count()).join_from(stay, property_table).where(stay.c.batch_id == batch)
    return {code: {"written": n} for code, n in connection.execute(counted.group_by(property_table.c.code))}


def _days(connection: Connection, batch: int) -> tuple[str | None, str | None, tuple[str, ...]]:
    own = stay.c.batch_id == batch
    first, last = connection.execute(sa.select(sa.func.min(stay.c.arrival_on), sa.func.max(stay.c.departure_on)).where(own)).one()
    month = sa.func.substr(sa.cast(stay.c.arrival_on, sa.Text), 1, 7)
    months = connection.execute(sa.select(month).where(own).distinct().order_by(month)).scalars()
    return first and first.isoformat(), last and last.isoformat(), tuple(months)
