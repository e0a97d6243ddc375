"""The hotel's own data: properties, rooms, channels, exchange rates and settings; every change under an optimistic lock and audited."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.schema import CHANNEL_KINDS, channel, exchange_rate, property, rooms_available, setting
from crm_core.scope import Scope

EDITABLE = {
    "property": (property, ("name", "city", "country", "currency", "time_zone", "margin_bp", "sla_hours")),
    "rooms_available": (rooms_available, ("from_on", "rooms", "reason")),
    "channel": (channel, ("name", "kind", "commission_bp", "cost_bp")),
    "exchange_rate": (exchange_rate, ("currency", "from_on", "rate", "source")),
}
SETTINGS = ("as_of", "reporting_currency")


@lookup("read")
def properties(connection: Connection, scope: Scope) -> list[dict]:
    """Return the scope's properties by name."""
    return _rows(connection, select(property).where(property.c.id.in_(scope.properties)).order_by(property.c.name))


@lookup("read")
def channels(connection: Connection, scope: Scope) -> list[dict]:
    """Return the channels by name."""
    return _rows(connection, select(channel).order_by(channel.c.name))


@lookup("read")
def rooms(connection: Connection, scope: Scope) -> list[dict]:
    """Return from which day each property offers how many rooms."""
    return _rows(
        connection,
        select(rooms_available)
        .where(rooms_available.c.property_id.in_(scope.properties))
        .order_by(rooms_available.c.property_id, rooms_available.c.from_on),
    )


@lookup("read")
def rates(connection: Connection, scope: Scope) -> list[dict]:
    """Return the exchange rates, newest first."""
    return _rows(connection, select(exchange_rate).order_by(exchange_rate.c.currency, exchange_rate.c.from_on.desc()))


@lookup("read")
def settings(connection: Connection, scope: Scope) -> dict[str, str]:
    """Return the store's settings by key."""
    return {row.key: row.value for row in connection.execute(select(setting))}


def all_property_ids(connection: Connection) -> tuple[int, ...]:
    """Return every property's id: what "all" expands to for a role that may see all of them."""
    return tuple(connection.execute(select(property.c.id).order_by(property.c.id)).scalars())


@action("settings", "edit", "hotel")
def edit_row(change, scope: Scope, *, table: str, id: int, version: int, values: dict) -> int:
    """Change a row's columns and return its new version. Raises Stale where another editor was first, Refused for a bad value."""
    target, columns = _editable(table)
    checked = _checked(values, columns)
    edited = (
        sa.update(target)
        .where(target.c.id == id, target.c.version == version, _inside(target, scope))
        .values(**checked, version=version + 1)
    )
    if change.connection.execute(edited).rowcount == 1:
        return version + 1
    current = change.connection.execute(select(target).where(target.c.id == id, _inside(target, scope))).mappings().one_or_none()
    if current is None:
        raise Refused(N_("This row does not exist any more: reload the page."))
    raise Stale(dict(current))


@action("settings", "add", "hotel")
def add_row(change, scope: Scope, *, table: str, values: dict) -> int:
    """Add a row and return its id. Raises Refused for a bad value or a row that exists."""
    target, columns = _editable(table)
    fixed = {k: v for k, v in values.items() if k in ("property_id", "code")}
    if "property_id" in target.c and fixed.get("property_id") not in scope.properties:
        raise Refused(N_("This property is not among yours."))
    row = _checked(values, (*fixed, *columns))
    if any(row.get(c.name) is None for c in target.columns if not (c.nullable or c.primary_key or c.server_default)):
        raise Refused(N_("Something is missing: fill in every column."))
    try:
        return change.connection.execute(sa.insert(target).values(row).returning(target.c.id)).scalar_one()
    except sa.exc.IntegrityError as error:
        raise Refused(N_("There is already a row with this code or day.")) from error


@action("settings", "remove", "hotel")
def remove_row(change, scope: Scope, *, table: str, id: int, version: int) -> None:
    """Remove a rooms or rate row. Raises Stale where another editor was first, Refused for tables that facts point to."""
    if table not in ("rooms_available", "exchange_rate"):
        raise Refused(N_("Only rooms and exchange rates can be removed."))
    target, _ = _editable(table)
    if (
        change.connection.execute(sa.delete(target).where(target.c.id == id, target.c.version == version, _inside(target, scope))).rowcount
        != 1
    ):
        raise Stale({})


@action("settings", "edit", "setting")
def set_setting(change, scope: Scope, *, id: str, value: str | None) -> None:
    """Set or clear a setting of the store. Raises Refused for an unknown one or a value it cannot take."""
    if id not in SETTINGS:
        raise Refused(N_("There is no such setting."))
    change.connection.execute(sa.delete(setting).where(setting.c.key == id))
    if value:
        change.connection.execute(sa.insert(setting).values(key=id, value=_day(value).isoformat() if id == "as_of" else _currency(value)))


def _editable(table: str) -> tuple[sa.Table, tuple[str, ...]]:
    if table not in EDITABLE:
        raise Refused(N_("This table cannot be changed here."))
    return EDITABLE[table]


def _inside(target: sa.Table, scope: Scope) -> sa.ColumnElement[bool]:
    if target is property:
        return property.c.id.in_(scope.properties)
    return target.c.property_id.in_(scope.properties) if "property_id" in target.c else sa.true()


def _checked(values: dict, columns: tuple[str, ...]) -> dict:
    unknown = set(values) - set(columns)
    if unknown:
        raise Refused(N_("This column cannot be changed here."))
    return {name: CHECKS.get(name, _text)(value) for name, value in values.items()}


def _text(value) -> str:
    return " ".join(str(value or "").split())[:200]


def _named(value) -> str:
    if not _text(value):
        raise Refused(N_("A name is needed."))
    return _text(value)


def _between(low: float, high: float, problem: str):
    def check(value) -> int:
        try:
            number = int(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise Refused(problem) from error
        if not low <= number <= high or (isinstance(value, float) and number != value):
            raise Refused(problem)
        return number

    return check


def _rate(value) -> float:
    try:
        rate = float(value)
    except (TypeError, ValueError) as error:
        raise Refused(N_("A rate is a number above 0, for example 0.0068.")) from error
    if not 0 < rate < 1e9:
        raise Refused(N_("A rate is a number above 0, for example 0.0068."))
    return rate


def _day(value) -> dt.date:
    try:
        if isinstance(value, dt.datetime):
            return value.date()
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise Refused(N_("Write the date as 2025-03-31.")) from error


def _currency(value) -> str:
    from babel import Locale

    code = str(value or "").upper().strip()
    if code not in Locale("en").currencies:
        raise Refused(N_("A currency is a three-letter code such as EUR, ETB, LKR or AMD."))
    return code


def _kind(value) -> str:
    if value not in CHANNEL_KINDS:
        raise Refused(N_("Choose one of the kinds of channel."))
    return value


def _zone(value) -> str:
    from zoneinfo import available_timezones

    if value not in available_timezones():
        raise Refused(N_("A time zone is written like Africa/Addis_Ababa."))
    return value


def _country(value) -> str | None:
    from crm_core.geography import iso2_of

    code = iso2_of(str(value)) if value else None
    if value and code is None:
        raise Refused(N_("A country is a two-letter code or its English name."))
    return code


CHECKS = {
    "name": _named,
    "currency": _currency,
    "kind": _kind,
    "time_zone": _zone,
    "country": _country,
    "rate": _rate,
    "from_on": _day,
    "code": _named,
    "property_id": int,
    "margin_bp": _between(0, 10_000, N_("A margin rate lies between 0 and 100 %.")),
    "commission_bp": _between(0, 10_000, N_("A commission lies between 0 and 100 %.")),
    "cost_bp": _between(0, 10_000, N_("A cost lies between 0 and 100 %.")),
    "sla_hours": _between(1, 24 * 365, N_("Answer times are whole hours, one or more.")),
    "rooms": _between(0, 100_000, N_("Rooms are a whole number, 0 while closed.")),
}


def _rows(connection: Connection, statement: sa.Select) -> list[dict]:
    return [dict(row) for row in connection.execute(statement).mappings()]
