"""The network of an association, as packs brought it: members, events and news, put away and brought back."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.association import network
from crm_core.i18n import N_
from crm_core.records import shared
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import network_entry
from crm_core.scope import Scope
from crm_core.store.record import Change

ABSENT = N_("There is no such entry.")


@lookup("read")
def network_entries(connection: Connection, scope: Scope, *, kind: str | None = None, text: str = "", archived: bool = False) -> list[dict]:
    """Return members by name, then events and news, the latest day first: the row, with `entry` (an Entry).

    kind: of association.network.KINDS; `text` is looked for in title, text, place and contact, in every language.
    """
    rows = [_told(row) for row in shared.listed(connection, network_entry, archived)]
    rows = [row for row in rows if kind in (None, row["kind"]) and text.strip().casefold() in _words(row["entry"])]
    return sorted(rows, key=lambda row: (network.KINDS.index(row["kind"]), -(row["on_day"] or dt.date.min).toordinal(), row["entry"].title["en"].casefold()))


def _told(row: dict) -> dict:
    return {**row, "entry": network.parse(row["form"])}


def _words(entry: network.Entry) -> str:
    return "\n".join((*entry.title.values(), *entry.text.values(), entry.place, entry.contact)).casefold()


@action("standards", "archive", "network entry", marks=False)
def archive_entry(change: Change, scope: Scope, *, id: int) -> None:
    """Put an entry away, until it is brought back or a pack brings it again."""
    _move(change, id, change.at)


@action("standards", "restore", "network entry", marks=False)
def restore_entry(change: Change, scope: Scope, *, id: int) -> None:
    """Bring an entry back."""
    _move(change, id, None)


def _move(change: Change, id: int, at: str | None) -> None:
    if change.connection.execute(sa.update(network_entry).where(network_entry.c.id == id).values(archived_at=at)).rowcount != 1:
        raise Refused(ABSENT)
