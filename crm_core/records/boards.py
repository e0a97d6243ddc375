"""Boards of saved views, such as those of a Monday morning: listed, opened, and their views put in order."""
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records import kept
from crm_core.records.registry import Refused, action, lookup
from crm_core.records.segments import seen
from crm_core.records.views import told
from crm_core.schema import board, board_view, saved_view
from crm_core.scope import Scope
from crm_core.store.record import Change

MOST = 24  # views of one board: more than anybody reads, or prints
ABSENT = N_("There is no such board.")
NOT_ON_IT = N_("This view is not on the board: reload the page.")
TAKEN = N_("There is a board of this name: choose another, or open that one.")


@lookup("read")
def boards(connection: Connection, scope: Scope, *, archived: bool = False) -> list[dict]:
    """Return the boards made for properties that are all in the scope, by name: the row, with `views` (how many are on it).

    `archived` asks for those that were put away instead.
    """
    return [{**row, "views": len(_views(connection, scope, row["id"]))} for row in kept.listed(connection, scope, board, archived)]


@lookup("read")
def board_card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return a board with its `views` in order, each as saved_views() returns it; None where there is none that the scope may see.

    Views that were put away keep their place, and are not among them.
    """
    row = kept.found(connection, scope, board, id)
    return {**row, "views": _views(connection, scope, id)} if row else None


def _views(connection: Connection, scope: Scope, id: int) -> list[dict]:
    on = board_view.c
    rows = connection.execute(
        select(saved_view).select_from(board_view.join(saved_view, saved_view.c.id == on.saved_view_id))
        .where(on.board_id == id, saved_view.c.archived_at.is_(None)).order_by(on.place, saved_view.c.id)).mappings()
    return [told(dict(row)) for row in rows if seen(row["properties"], scope)]


@action("view", "save", "board", marks=False)
def save_board(change: Change, scope: Scope, *, name: str, note: str = "") -> int:
    """Make a board without views for the scope's properties and return its number. Raises Refused for a name that is empty or taken."""
    name = kept.free_name(change.connection, scope, board, name, TAKEN)
    return kept.added(change, scope, board, name=name, note=kept.noted(note))


@action("view", "rename", "board", marks=False)
def rename_board(change: Change, scope: Scope, *, id: int, version: int, name: str, note: str = "") -> int:
    """Give a board another name and note and return its new version. Raises Stale, or Refused for a name that is empty or taken."""
    name = kept.free_name(change.connection, scope, board, name, TAKEN, id)
    return kept.changed(change, scope, board, id, version, ABSENT, name=name, note=kept.noted(note))


@action("view", "archive", "board", marks=False)
def archive_board(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Put a board away; its reports are made no more until it is brought back."""
    kept.changed(change, scope, board, id, version, ABSENT, archived_at=change.at)


@action("view", "restore", "board", marks=False)
def restore_board(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Bring a board back. Raises Refused where another one has taken its name meanwhile."""
    kept.restored(change, scope, board, id, version, ABSENT, TAKEN)


# --- the views on it ------------------------------------------------------------------------------------------------------------
@action("view", "add", "board", marks=False)
def add_to_board(change: Change, scope: Scope, *, id: int, version: int, view_id: int) -> int:
    """Put a saved view at a board's end and return the board's new version.

    Raises Refused for a view that is there already or out of sight, and where the board is full.
    """
    new = kept.changed(change, scope, board, id, version, ABSENT)
    view = kept.found(change.connection, scope, saved_view, view_id)
    there = _order(change.connection, id)
    if view is None or view["archived_at"]:
        raise Refused(N_("There is no such view."))
    if view_id in there:
        raise Refused(N_("This view is on the board already."))
    if len(there) >= MOST:
        raise Refused(N_("A board holds 24 views: take one off, or begin another board."))
    _write(change.connection, id, [*there, view_id])
    return new


@action("view", "move", "board", marks=False)
def move_on_board(change: Change, scope: Scope, *, id: int, version: int, view_id: int, place: int) -> int:
    """Move a view of a board to a place (from 1; beyond the end is the end) among those shown and return the board's new version."""
    new = kept.changed(change, scope, board, id, version, ABSENT)
    there, shown = _on_it(change.connection, id, view_id), [row["id"] for row in _views(change.connection, scope, id)]
    others = [one for one in shown if one != view_id]
    after = others[max(0, min(place, len(shown)) - 2)] if place > 1 and others else None
    rest = [one for one in there if one != view_id]
    at = rest.index(after) + 1 if after is not None else 0
    _write(change.connection, id, [*rest[:at], view_id, *rest[at:]])
    return new


@action("view", "remove", "board", marks=False)
def take_off_board(change: Change, scope: Scope, *, id: int, version: int, view_id: int) -> int:
    """Take a view off a board and return the board's new version; the saved view stays."""
    new = kept.changed(change, scope, board, id, version, ABSENT)
    _write(change.connection, id, [one for one in _on_it(change.connection, id, view_id) if one != view_id])
    return new


def _order(connection: Connection, id: int) -> list[int]:
    on = board_view.c
    return list(connection.execute(select(on.saved_view_id).where(on.board_id == id).order_by(on.place, on.saved_view_id)).scalars())


def _on_it(connection: Connection, id: int, view_id: int) -> list[int]:
    there = _order(connection, id)
    if view_id not in there:
        raise Refused(NOT_ON_IT)
    return there


def _write(connection: Connection, id: int, views: list[int]) -> None:
    connection.execute(sa.delete(board_view).where(board_view.c.board_id == id))
    rows = [{"board_id": id, "saved_view_id": one, "place": place} for place, one in enumerate(views, 1)]
    if rows:
        connection.execute(sa.insert(board_view), rows)
