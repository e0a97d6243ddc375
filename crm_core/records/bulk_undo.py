"""Bulk actions that were done, and their way back to exactly what stood there before."""
import datetime as dt
import json
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records import identity
from crm_core.records.bulk import TAG, WORD, say, spellings
from crm_core.records.guests import visible
from crm_core.records.persons import members, person_of, persons_of
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import bulk_action, consent, former, guest, profile, search_term, survivor
from crm_core.scope import Scope
from crm_core.store.bulk import among
from crm_core.store.record import Change

KINDS = ("remove_email", "remove_phone", "set_country", "set_language", "tag", "untag", "expire_consents")
EDITED = {"guest": guest, "profile": profile, "survivor": survivor}


@lookup("people")
def bulk_actions(connection: Connection, scope: Scope, *, limit: int = 20) -> list[dict]:
    """Return the latest bulk actions on guests who all are in the scope, newest first: id, kind, actor, at, rows, undone_at, undone_by."""
    rows = connection.execute(select(bulk_action).where(bulk_action.c.kind.in_(KINDS)).order_by(bulk_action.c.id.desc()).limit(limit))
    return [dict(row) for row in rows.mappings() if _is_open(connection, scope, _persons(connection, row["id"]))]


def _former(connection: Connection, id: int) -> list[tuple[str, int, dict]]:
    """Return the rows that an action changed, last first: table, row, and what is kept of it."""
    kept = select(former.c.table_name, former.c.row_id, former.c.row).where(former.c.bulk_action_id == id).order_by(former.c.id.desc())
    return [(table, row, json.loads(said)) for table, row, said in connection.execute(kept) if said]


def _persons(connection: Connection, id: int) -> set[int]:
    return {said["person"] for _, _, said in _former(connection, id)}


def _is_open(connection: Connection, scope: Scope, touched: Iterable[int]) -> bool:
    """Whether all persons are in the scope, whoever they were merged with since; who was erased is nobody's any more."""
    now = set(persons_of(connection, touched).values())
    seen = select(guest.c.id).where(among(connection, guest.c.id, now), sa.or_(visible(scope), guest.c.erased_at.is_not(None)))
    return bool(now) and set(connection.execute(seen).scalars()) == now


@action("people", "undo", "bulk_action")
def undo_bulk(change: Change, scope: Scope, *, id: int) -> dict[str, int]:
    """Undo a bulk action; return how many rows were restored, and how many were kept because somebody changed them since.

    Raises Refused where there is no such action, it was undone already, or one of its guests is not in the scope.
    """
    connection = change.connection
    found = connection.execute(select(bulk_action).where(bulk_action.c.id == id, bulk_action.c.kind.in_(KINDS))).mappings().one_or_none()
    if found is None or not _is_open(connection, scope, _persons(connection, id)):
        raise Refused(N_("There is no such change among yours."))
    if found["undone_at"]:
        raise Refused(N_("This change was undone already."))
    done = [_restore(change, scope, *row) for row in _former(connection, id)]
    touched = persons_of(connection, _persons(connection, id)).values()
    connection.execute(sa.update(guest).where(among(connection, guest.c.id, set(touched))).values(
        version=guest.c.version + 1, revision=change.revision))
    identity.renew(change)  # who was merged since shows again what came back
    connection.execute(sa.update(bulk_action).where(bulk_action.c.id == id).values(undone_at=change.at, undone_by=scope.user))
    return {"restored": sum(done), "kept": len(done) - sum(done)}


def _restore(change: Change, scope: Scope, table: str, row_id: int, said: dict) -> bool:
    """Put one row back; False where somebody changed it since, or its guest was erased."""
    erased = select(guest.c.id).where(guest.c.id == said["person"], guest.c.erased_at.is_not(None))
    if change.connection.execute(erased).first():
        return False
    if table in EDITED:
        return _put_back(change, EDITED[table], row_id, said)
    return _say_again(change, scope, row_id, said) if table == consent.name else _tag_back(change, said)


def _put_back(change: Change, table: sa.Table, row_id: int, said: dict) -> bool:
    key = next(iter(table.primary_key.columns))
    now = change.connection.execute(select(table).where(key == row_id)).mappings().one_or_none()
    # What a field is worth is worked out anew from time to time: only the fields themselves tell that somebody was here.
    if now is None or any(now[name] != value for name, value in said["after"].items() if not name.endswith("_state")):
        return False
    marks = {"revision": change.revision} if "revision" in table.c else {}
    change.connection.execute(sa.update(table).where(key == row_id).values(**said["before"], **marks))
    if table is profile:
        _find_again(change, now["guest_id"], said["before"])
    return True


def _find_again(change: Change, record: int, values: dict) -> None:
    """Let a guest be found again by an address or number that is back, at every property that finds the guest."""
    spelt = {word for name in ("email", "phone") for word in spellings(name, values.get(name))}
    places = change.connection.execute(select(search_term.c.property_id).where(search_term.c.guest_id == record).distinct()).scalars()
    rows = [{"property_id": place, "term": word, "guest_id": record} for place in places for word in sorted(spelt)]
    if rows:
        change.connection.execute(sa.text("INSERT INTO search_term (property_id, term, guest_id) VALUES (:property_id, :term, :guest_id) "
                                          "ON CONFLICT DO NOTHING"), rows)


def _tag_back(change: Change, said: dict) -> bool:
    word = said["before"] or said["after"]
    this = sa.and_(TAG.c.guest_id == word["guest_id"], TAG.c.tag == word["tag"])
    if said["before"] is None:
        return change.connection.execute(sa.delete(TAG).where(this)).rowcount == 1
    there = change.connection.execute(select(guest.c.id).where(guest.c.id == word["guest_id"])).first()
    if not there or change.connection.execute(select(TAG.c.id).where(this)).first():
        return False
    change.connection.execute(sa.insert(TAG).values(**word, revision=change.revision))
    return True


def _say_again(change: Change, scope: Scope, row_id: int, said: dict) -> bool:
    """Say a consent that expired again, with its source and proof, unless a later word was said: events are never taken back."""
    c = consent.c
    ours = change.connection.execute(select(consent).where(c.id == row_id)).mappings().one()
    theirs = members(person_of(change.connection, ours["guest_id"]))
    later = select(c.id).where(c.guest_id.in_(theirs), c.purpose == ours["purpose"], c.channel == ours["channel"],
                               c.id != row_id, sa.or_(c.at > ours["at"], sa.and_(c.at == ours["at"], c.id > row_id)))
    if change.connection.execute(later).first():
        return False
    # At equal times the refusal wins: the second word comes a second later.
    word = {name: said["before"][name] for name in WORD} | {"at": max(change.at, _second_after(ours["at"]))}
    say(change, word, scope.user)
    return True


def _second_after(at: str) -> str:
    return (dt.datetime.fromisoformat(at) + dt.timedelta(seconds=1)).isoformat(timespec="seconds")
