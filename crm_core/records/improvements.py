"""What is to be done about items of a checklist: who will, until when, and when it was."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records import placed, standards
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import improvement, property, standard
from crm_core.scope import Scope
from crm_core.store.record import Change

LONGEST, LONGEST_OWNER = 400, 80
EDITABLE = ("what", "owner", "due_on")
ABSENT = N_("There is no such improvement.")


@lookup("read")
def improvements(connection: Connection, scope: Scope, *, property_id: int | None = None, standard_id: int | None = None,
                 done: bool | None = None) -> list[dict]:  # fmt: skip
    """Return the scope's improvements, those still to be done first, by the day until which: the row, with `property`, `code`, `is_overdue`.

    `code` is the checklist's; overdue is what was not done before its day had come at the as-of date. `done` narrows to those done or not.
    """
    i = improvement.c
    joined = improvement.join(property, property.c.id == i.property_id).join(standard, standard.c.id == i.standard_id)
    asked = select(improvement, property.c.name.label("property"), standard.c.code).select_from(joined).where(i.property_id.in_(scope.properties))
    asked = asked.where(*(i[name] == value for name, value in {"property_id": property_id, "standard_id": standard_id}.items() if value is not None))
    asked = asked if done is None else asked.where(i.done_on.is_not(None) if done else i.done_on.is_(None))
    rows = connection.execute(asked.order_by(i.done_on.is_not(None), i.due_on.is_(None), i.due_on, i.id)).mappings()
    return [{**row, "is_overdue": row["done_on"] is None and row["due_on"] is not None and row["due_on"] < scope.as_of} for row in rows]


@action("standards", "add", "improvement", marks=False)
def add_improvement(change: Change, scope: Scope, *, property_id: int, standard_id: int, item: str, what: str, owner: str = "",
                    due_on: dt.date | None = None) -> int:  # fmt: skip
    """Write down what is to be done about an item and return its number. Raises Refused for an item that the checklist does not have."""
    placed.place(scope, property_id)
    found = standards.find(change.connection, standard_id)
    if found is None or item not in {one.code for one in found["standard"].items}:
        raise Refused(N_("There is no such item on the checklist: load the page again."))
    values = _checked(what=what, owner=owner, due_on=due_on)
    return placed.added(change, scope, improvement, property_id=property_id, standard_id=standard_id, item=item, **values)


@action("standards", "edit", "improvement", marks=False)
def change_improvement(change: Change, scope: Scope, *, id: int, version: int, values: dict) -> int:
    """Change what is to be done, by whom or until when (EDITABLE) and return the new version. Raises Stale, or Refused once it is done."""
    row = _open(change.connection, scope, id)
    if set(values) - set(EDITABLE):
        raise Refused(N_("What is to be done, by whom and until when can be changed."))
    checked = _checked(**{**{name: row[name] for name in EDITABLE}, **values})
    return placed.changed(change, scope, improvement, id, version, ABSENT, **checked)


@action("standards", "finish", "improvement", marks=False)
def finish_improvement(change: Change, scope: Scope, *, id: int, version: int, done_on: dt.date | None = None) -> int:
    """Say that it was done, on the as-of date where no day is given, and return the new version. Raises Stale, or Refused for a day ahead."""
    _open(change.connection, scope, id)
    day = placed.come(change, scope, done_on or scope.as_of)
    return placed.changed(change, scope, improvement, id, version, ABSENT, done_on=day)


@action("standards", "reopen", "improvement", marks=False)
def reopen_improvement(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Say that it is not done after all and return the new version."""
    return placed.changed(change, scope, improvement, id, version, ABSENT, done_on=None)


@action("standards", "remove", "improvement", marks=False)
def remove_improvement(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Take out what was written down by mistake. Raises Stale, or Refused once it is done."""
    _open(change.connection, scope, id)
    placed.changed(change, scope, improvement, id, version, ABSENT)
    change.connection.execute(sa.delete(improvement).where(improvement.c.id == id))


def _open(connection: Connection, scope: Scope, id: int) -> dict:
    row = placed.there(connection, scope, improvement, id, ABSENT)
    if row["done_on"]:
        raise Refused(N_("This is done already: open it again first."))
    return row


def _checked(what: str, owner: str, due_on: dt.date | None) -> dict:
    return {"what": placed.passage(what, LONGEST, N_("Say what is to be done.")), "owner": placed.line(owner, LONGEST_OWNER), "due_on": due_on}
