"""Audiences: guests who are to be contacted, saved as they stood, some of them held out by lot to see what contact does."""
import hashlib
import json
import secrets
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.guests import visible
from crm_core.records.persons import persons_of
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.records.segments import is_taken, plain_name, seen
from crm_core.schema import ARMS, AUDIENCE_KINDS, audience, audience_member, guest
from crm_core.scope import Scope
from crm_core.store.bulk import among
from crm_core.store.record import Change

MOST = 50_000
MOST_HELD_OUT = 5000  # of ten thousand
WINDOW, LONGEST_WINDOW = 180, 730
ABSENT = N_("There is no such audience.")


def arms(guests: Iterable[int], salt: str, holdout_bp: int) -> dict[int, str]:
    """Return the arm of each guest: the exact share is held out, those whose salted hash comes first.

    The same guests under the same salt are split alike in any order; a half rounds up.
    """
    drawn = sorted(set(guests), key=lambda i: hashlib.sha256(f"{salt}/{i}".encode()).digest())
    held = (len(drawn) * holdout_bp + 5000) // 10_000
    return {i: ARMS[1] if place < held else ARMS[0] for place, i in enumerate(drawn)}


@lookup("read")
def audiences(connection: Connection, scope: Scope, *, kind: str | None = None, archived: bool = False) -> list[dict]:
    """Return the audiences saved for properties that are all in the scope, newest first: the row, with how many are in each arm."""
    counts = [func.count(case((audience_member.c.arm == arm, 1))).label(arm) for arm in ARMS]
    put_away = audience.c.archived_at.is_not(None) if archived else audience.c.archived_at.is_(None)
    rows = connection.execute(
        select(audience, *counts).outerjoin(audience_member, audience_member.c.audience_id == audience.c.id)
        .where(put_away, *([audience.c.kind == kind] if kind else [])).group_by(audience.c.id).order_by(audience.c.id.desc())).mappings()  # fmt: skip
    return [{**row, "definition": json.loads(row["definition"])} for row in rows if seen(row["properties"], scope)]


@lookup("people")
def audience_members(connection: Connection, scope: Scope, *, id: int) -> list[tuple[int, str]]:
    """Return (person, arm) of an audience, by person; empty where there is none that the scope may see. Records that are one person now
    stand once, as contacted if one of them was to be."""
    if _find(connection, scope, id) is None:
        return []
    rows = connection.execute(select(audience_member.c.guest_id, audience_member.c.arm).where(audience_member.c.audience_id == id)).all()
    who, found = persons_of(connection, [guest_id for guest_id, _ in rows]), {}
    for guest_id, arm in rows:
        found[who[guest_id]] = min(arm, found.get(who[guest_id], arm))
    return sorted(found.items())


@action("segment", "save", "audience")
def save_audience(change: Change, scope: Scope, *, name: str, kind: str, definition: dict, guests: list[int], holdout_bp: int = 0,
                  window_days: int = WINDOW) -> int:
    """Save guests as an audience, split into arms by person, and return its id.

    Raises Refused where the name is empty or taken, a number is out of range, there is nobody or more than MOST, or one of the guests is
    not in the scope; a guest who was erased meanwhile is left out.
    """
    if kind not in AUDIENCE_KINDS or not 0 <= holdout_bp <= MOST_HELD_OUT or not 1 <= window_days <= LONGEST_WINDOW:
        raise Refused(N_("Hold out 0 to 50 %, and look at 1 to 730 days afterwards."))
    salt = secrets.token_hex(8)
    split = arms(_persons(change.connection, scope, guests), salt, holdout_bp)
    values = {"name": _named(change.connection, scope, name), "kind": kind, "definition": json.dumps(definition, ensure_ascii=False), "as_of": scope.as_of,
              "properties": json.dumps(sorted(scope.properties)), "window_days": window_days, "holdout_bp": holdout_bp, "salt": salt,
              "actor": scope.user, "at": change.at}
    made = change.connection.execute(sa.insert(audience).values(values).returning(audience.c.id)).scalar_one()
    change.connection.execute(sa.insert(audience_member), [{"audience_id": made, "guest_id": i, "arm": arm} for i, arm in sorted(split.items())])
    return made


@action("segment", "archive", "audience", marks=False)
def archive_audience(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Put an audience away; who was on it stays known. Raises Stale where somebody else changed it since."""
    present = _find(change.connection, scope, id)
    if present is None:
        raise Refused(ABSENT)
    mine = (audience.c.id == id) & (audience.c.version == version)
    if change.connection.execute(sa.update(audience).where(mine).values(archived_at=change.at, version=version + 1)).rowcount != 1:
        raise Stale(present)


def _find(connection: Connection, scope: Scope, id: int) -> dict | None:
    row = connection.execute(select(audience).where(audience.c.id == id)).mappings().one_or_none()
    return dict(row) if row and seen(row["properties"], scope) else None


def _persons(connection: Connection, scope: Scope, guests: list[int]) -> set[int]:
    """Return the persons of these guests. Raises Refused for the whole list where one of them is not in the scope."""
    if not 0 < len(guests) <= MOST:
        raise Refused(N_("An audience has at least one guest and at most 50,000: narrow the rule."))
    who = persons_of(connection, guests)
    persons = set(who.values())
    gone = set(connection.execute(select(guest.c.id).where(among(connection, guest.c.id, persons), guest.c.erased_at.is_not(None))).scalars())
    found = set(connection.execute(select(guest.c.id).where(among(connection, guest.c.id, persons - gone), visible(scope))).scalars())
    if len(who) != len(set(guests)) or found != persons - gone:
        raise Refused(N_("There is no such guest among yours; nothing was saved."))
    if not found:
        raise Refused(N_("Nobody is left on this list: the figures are older than the records. Refresh, then save it again."))
    return found


def _named(connection: Connection, scope: Scope, name: str) -> str:
    plain = plain_name(name)
    rows = connection.execute(select(audience.c.name, audience.c.properties).where(audience.c.archived_at.is_(None)))
    if any(is_taken(plain, row, scope) for row in rows):
        raise Refused(N_("There is an audience of this name: choose another."))
    return plain
