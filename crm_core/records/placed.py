"""Rows of one property: found where the scope sees it, changed once under an optimistic lock, and the words and days that they bear."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_, t
from crm_core.records.cases import present
from crm_core.records.registry import Refused, Stale
from crm_core.schema import setting
from crm_core.scope import Scope
from crm_core.store.record import Change


def place(scope: Scope, property_id: int) -> int:
    """Return the property. Raises Refused where the scope does not see it."""
    if property_id not in scope.properties:
        raise Refused(N_("There is no such property."))
    return property_id


def found(connection: Connection, scope: Scope, table: sa.Table, id: int) -> dict | None:
    """Return a row of a property in the scope, None where there is none."""
    row = connection.execute(select(table).where(table.c.id == id, table.c.property_id.in_(scope.properties))).mappings().one_or_none()
    return dict(row) if row else None


def there(connection: Connection, scope: Scope, table: sa.Table, id: int, absent: str) -> dict:
    """Return a row as found() does. Raises Refused (`absent`) where there is none."""
    if (row := found(connection, scope, table, id)) is None:
        raise Refused(absent)
    return row


def added(change: Change, scope: Scope, table: sa.Table, **values) -> int:
    """Write a new row with who wrote it and return its number."""
    signed = {"actor": scope.user, "created_at": change.at, "revision": change.revision}
    whole = {name: value for name, value in signed.items() if name in table.c} | values
    return change.connection.execute(sa.insert(table).values(whole).returning(table.c.id)).scalar_one()


def changed(change: Change, scope: Scope, table: sa.Table, id: int, version: int, absent: str, **values) -> int:
    """Change a row and return its new version. Raises Refused (`absent`) out of sight, Stale where somebody else changed it since."""
    row = there(change.connection, scope, table, id, absent)
    touched = {"revision": change.revision} if "revision" in table.c else {}
    mine = (table.c.id == id) & (table.c.version == version)
    if change.connection.execute(sa.update(table).where(mine).values(**touched, **values, version=version + 1)).rowcount != 1:
        raise Stale(row)
    return version + 1


def line(words: str, most: int, nothing: str = "") -> str:
    """Return words as one line. Raises Refused for too many, and (`nothing`, where it is given) for none."""
    return _within(" ".join(words.replace("\x00", "").split()), most, nothing)


def passage(words: str, most: int, nothing: str = "") -> str:
    """Return words with their line ends, as line() does."""
    return _within(words.replace("\x00", "").strip(), most, nothing)


def _within(plain: str, most: int, nothing: str) -> str:
    if nothing and not plain:
        raise Refused(nothing)
    if len(plain) > most:
        raise Refused(t("The text has at most {most} characters: shorten it.", most=most))
    return plain


def today(change: Change, scope: Scope) -> dt.date:
    """Return the day on which something is written down: today, or the as-of day of a store that stands still (a demo)."""
    return scope.as_of if _stands_still(change.connection) else max(scope.as_of, dt.date.fromisoformat(change.at[:10]))


def now(change: Change, scope: Scope) -> str:
    """Return the instant at which something is written down; in a store that stands still the last minute of its as-of day at the latest."""
    return present(scope) if _stands_still(change.connection) else change.at


def _stands_still(connection: Connection) -> bool:
    return connection.execute(select(setting.c.key).where(setting.c.key == "as_of")).first() is not None


def come(change: Change, scope: Scope, day: dt.date) -> dt.date:
    """Return a day that has come. Raises Refused for one that lies ahead."""
    if day > today(change, scope):
        raise Refused(N_("This day lies ahead: choose one that has come."))
    return day
