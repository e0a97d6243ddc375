"""Playbooks, as packs brought them: listed with the decisions that follow them, put away and brought back."""
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core import views
from crm_core.association import playbooks
from crm_core.i18n import N_
from crm_core.records import shared
from crm_core.records.registry import action, lookup
from crm_core.records.segments import seen
from crm_core.schema import decision, playbook
from crm_core.scope import Scope
from crm_core.store.record import Change

ABSENT = N_("There is no such playbook.")


@lookup("read")
def playbook_list(connection: Connection, scope: Scope, *, archived: bool = False) -> list[dict]:
    """Return the playbooks in the order in which they came: the row, with `playbook` (a Playbook). `archived` asks for those that were put away."""
    return [{**row, "playbook": playbooks.parse(row["form"])} for row in shared.listed(connection, playbook, archived)]


@lookup("read")
def started_playbooks(connection: Connection, scope: Scope) -> dict[str, list[dict]]:
    """Return the decisions in sight that follow a playbook, by its code, the latest first: the row, with `view` (a View)."""
    d, found = decision.c, {}
    for row in connection.execute(select(decision).where(d.playbook != "").order_by(d.from_on.desc(), d.id.desc())).mappings():
        if seen(row["properties"], scope):
            found.setdefault(row["playbook"], []).append({**row, "view": views.read(row["page"], row["params"])})
    return found


@action("standards", "archive", "playbook", marks=False)
def archive_playbook(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Put a playbook away and return its new version: it is called for no more, and what was begun with it goes on."""
    return shared.put_away(change, playbook, id, version, ABSENT)


@action("standards", "restore", "playbook", marks=False)
def restore_playbook(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Bring a playbook back and return its new version."""
    return shared.put_away(change, playbook, id, version, ABSENT, is_back=True)
