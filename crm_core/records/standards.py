"""Checklists of standards, as packs brought them: listed, opened, put away and brought back."""
from sqlalchemy.engine import Connection

from crm_core.association import standards
from crm_core.i18n import N_
from crm_core.records import shared
from crm_core.records.registry import action, lookup
from crm_core.schema import standard
from crm_core.scope import Scope
from crm_core.store.record import Change

ABSENT = N_("There is no such checklist.")


@lookup("read")
def checklists(connection: Connection, scope: Scope, *, archived: bool = False) -> list[dict]:
    """Return the checklists in the order in which they came: the row, with `standard` (a Standard).

    `archived` asks for those that were put away instead.
    """
    return [told(row) for row in shared.listed(connection, standard, archived)]


@lookup("read")
def checklist(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return a checklist as checklists() does, put away or not; None where there is none."""
    return find(connection, id)


def find(connection: Connection, id: int) -> dict | None:
    """Return a checklist's row with its `standard`, None where there is none."""
    row = shared.found(connection, standard, id)
    return told(row) if row else None


def told(row: dict) -> dict:
    """Return a row of the table standard with the checklist that it bears."""
    return {**row, "standard": standards.parse(row["form"])}


@action("standards", "archive", "standard")
def archive_checklist(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Put a checklist away and return its new version: what was assessed by it stays, and nothing new is begun with it."""
    return shared.put_away(change, standard, id, version, ABSENT)


@action("standards", "restore", "standard")
def restore_checklist(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Bring a checklist back and return its new version."""
    return shared.put_away(change, standard, id, version, ABSENT, is_back=True)
