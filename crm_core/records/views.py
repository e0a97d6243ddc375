"""Views that were saved under a name: listed, opened, saved, renamed, replaced, put away and brought back."""
from collections.abc import Mapping

from sqlalchemy.engine import Connection

from crm_core import views
from crm_core.i18n import N_
from crm_core.records import kept
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import saved_view
from crm_core.scope import Scope
from crm_core.store.record import Change
from crm_core.views import View

# Pages of one person or one case: what they show is opened from a list, and is kept nowhere else.
OF_ONE = ("guest", "lead", "enquiry", "case")
LONGEST = 4000  # characters of all parameters together
ABSENT = N_("There is no such view.")
TAKEN = N_("There is a view of this name: choose another, or open that one.")


@lookup("read")
def saved_views(connection: Connection, scope: Scope, *, archived: bool = False) -> list[dict]:
    """Return the views saved for properties that are all in the scope, by name: the row, with `view` (a View).

    `archived` asks for those that were put away instead.
    """
    return [told(row) for row in kept.listed(connection, scope, saved_view, archived)]


@lookup("read")
def saved_view_card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return a saved view as saved_views() does, put away or not; None where there is none that the scope may see."""
    row = kept.found(connection, scope, saved_view, id)
    return told(row) if row else None


def told(row: dict) -> dict:
    """Return a row of saved_view with the view that it bears."""
    return {**row, "view": views.read(row["page"], row["params"])}


@action("view", "save", "view", marks=False)
def save_view(change: Change, scope: Scope, *, name: str, page: str, params: Mapping[str, str], note: str = "") -> int:
    """Save a page and its parameters (in codes, see views.codes) for the scope's properties and return the view's number.

    Raises Refused for a name that is empty or taken, and for a page that shows one person or does not exist.
    """
    name = kept.free_name(change.connection, scope, saved_view, name, TAKEN)
    return kept.added(change, scope, saved_view, name=name, note=kept.noted(note), page=page, params=_checked(page, params))


@action("view", "edit", "view", marks=False)
def replace_view(change: Change, scope: Scope, *, id: int, version: int, page: str, params: Mapping[str, str]) -> int:
    """Let a saved view bear another page or other parameters and return its new version; boards and reports follow.

    Raises Stale where somebody else changed it since.
    """
    return kept.changed(change, scope, saved_view, id, version, ABSENT, page=page, params=_checked(page, params))


@action("view", "rename", "view", marks=False)
def rename_view(change: Change, scope: Scope, *, id: int, version: int, name: str, note: str = "") -> int:
    """Give a saved view another name and note and return its new version. Raises Stale, or Refused for a name that is empty or taken."""
    name = kept.free_name(change.connection, scope, saved_view, name, TAKEN, id)
    return kept.changed(change, scope, saved_view, id, version, ABSENT, name=name, note=kept.noted(note))


@action("view", "archive", "view", marks=False)
def archive_view(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Put a saved view away: it is no longer offered nor printed, and can be brought back to where it was."""
    kept.changed(change, scope, saved_view, id, version, ABSENT, archived_at=change.at)


@action("view", "restore", "view", marks=False)
def restore_view(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Bring a saved view back. Raises Refused where another one has taken its name meanwhile."""
    kept.restored(change, scope, saved_view, id, version, ABSENT, TAKEN)


def _checked(page: str, params: Mapping[str, str]) -> str:
    """The parameters as they are written. Raises Refused for what is no view to be kept."""
    if page in OF_ONE:
        raise Refused(N_("This page shows one person or one case, and is not saved as a view."))
    if page not in views.pages():
        raise Refused(N_("There is no such page."))
    if not all(isinstance(part, str) for pair in params.items() for part in pair) or len(written := View(page, params).written) > LONGEST:
        raise Refused(N_("This view has too many choices to be saved: take some of them back."))
    return written.replace("\\u0000", "")
