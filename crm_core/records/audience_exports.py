"""Audiences as files for an e-mail platform: who may still be written to at this moment, each with the proof of the consent."""
import datetime as dt
from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.outreach import platforms
from crm_core.outreach.waterfall import HELD, why_left
from crm_core.records import audiences, reachable
from crm_core.records.holdout import outreach
from crm_core.records.persons import persons_of, shown
from crm_core.records.registry import Refused, action
from crm_core.schema import ARMS, audience, audience_member, campaign, guest
from crm_core.scope import Scope
from crm_core.store import audit
from crm_core.store.bulk import among
from crm_core.store.record import Change

VALID_DAYS, LONGEST_DAYS = 7, 90
PLAIN, POSTAL = "plain", "address"


@dataclass(frozen=True)
class Exported:
    """A file's columns and rows, until when it may be used, and how many were dropped since the audience was frozen, by (step, reason)."""

    columns: list[str]
    rows: list[list[str]]
    expires_on: dt.date
    dropped: dict[tuple[str, str], int]


@action("campaign", "export", "audience", marks=False)
def export_audience(change: Change, scope: Scope, *, id: int, platform: str, expires_on: dt.date | None = None) -> Exported:
    """Return the contacted arm of an audience as a platform's file; needs the rights "export" and "contact" too.

    Consent, complaints, erasure, the cap and the lots are looked at again: who may no longer be written to is dropped, and so is everybody who
    turned out to be one person with somebody held out. Raises Refused for an audience out of sight, put away, or with nobody left.
    """
    for right in ("export", "contact"):
        scope.require(right)
    connection, row = change.connection, audiences.find(change.connection, scope, id)
    if row is None or row["archived_at"]:
        raise Refused(audiences.ABSENT)
    until, columns = _until(scope, expires_on), _columns(platform, row["channel"])
    kept, dropped = _still(connection, scope, row)
    if not kept:
        raise Refused(N_("Nobody on this list may be written to any more."))
    rows = [_line(platform, row["channel"], one) for one in _told(connection, row, kept, until)]
    connection.execute(sa.update(audience).where(audience.c.id == id).values(exported_at=change.at, expires_on=until, version=row["version"] + 1))
    entry = audit.Entry(scope.user, "export", "audience", str(id), scope=scope.digest(), fields=(platform, f"rows={len(rows)}", *columns))
    audit.append(connection, entry, change.at)
    return Exported(columns, rows, until, dropped)


def _until(scope: Scope, expires_on: dt.date | None) -> dt.date:
    until = expires_on or scope.as_of + dt.timedelta(VALID_DAYS)
    if not scope.as_of <= until <= scope.as_of + dt.timedelta(LONGEST_DAYS):
        raise Refused(N_("A list is used within 90 days: consent may be withdrawn meanwhile."))
    return until


def _columns(platform: str, channel: str) -> list[str]:
    """The file's columns: of a letter, where it goes to beside the plain ones."""
    if platform not in platforms.NAMES or (channel == "post" and platform != PLAIN):
        raise Refused(N_("Choose one of the platforms that are offered; letters need the plain list."))
    return [*platforms.columns(platform), *([POSTAL] if channel == "post" else [])]


def _line(platform: str, channel: str, one: dict) -> list[str]:
    return [*platforms.row(platform, one), *([one[POSTAL]] if channel == "post" else [])]


def _still(connection: Connection, scope: Scope, row: dict) -> tuple[dict[int, str], dict[tuple[str, str], int]]:
    """Return the cell of each person of the contacted arm who may still be written to, and how many are dropped, by step and reason."""
    cells, held = _members(connection, row["id"])
    rules, marketing = outreach(connection), row["purpose"] == "marketing"
    out = rules.held(cells, scope.as_of) if marketing else set()
    persons = reachable.people(connection, scope, cells, purpose=row["purpose"], channel=row["channel"], apart_from=row["id"])
    left = {one.guest_id: why_left(one, rules.cap if marketing else None) or (HELD[0] if one.guest_id in out else HELD[1] if one.guest_id in held else None)
            for one in persons}
    return {i: cells[i] for i, why in left.items() if why is None}, dict(Counter(why for why in left.values() if why))


def _members(connection: Connection, id: int) -> tuple[dict[int, str], set[int]]:
    """Return the persons of today who were to be contacted, with their cell, and those who are held out."""
    m = audience_member.c
    rows = connection.execute(select(m.guest_id, m.arm, m.cell).where(m.audience_id == id).order_by(m.guest_id.desc())).all()
    who = persons_of(connection, [row.guest_id for row in rows])
    return {who[row.guest_id]: row.cell for row in rows if row.arm == ARMS[0]}, {who[row.guest_id] for row in rows if row.arm == ARMS[1]}


def _told(connection: Connection, row: dict, cells: dict[int, str], until: dt.date) -> list[dict]:
    """What the file can say of each person: where to write, in which language, which variant, and what proves the consent."""
    who = reachable.records_of(connection, cells)
    places, words = reachable.addresses(connection, who, row["channel"]), reachable.words(connection, who, row["purpose"], row["channel"])
    known = {one.id: one for one in connection.execute(shown().where(among(connection, guest.c.id, cells)))}
    written = connection.execute(select(campaign.c.name).where(campaign.c.audience_id == row["id"]).order_by(campaign.c.id)).scalars().first()
    same = {"campaign": written or row["name"], "expires_on": until.isoformat()}
    return [_one(known[i], places[i], words.get(i), row["channel"]) | {"cell": cell} | same for i, cell in sorted(cells.items())]


def _one(person: sa.Row, place: reachable.Address, word: reachable.Word | None, channel: str) -> dict:
    said = {"email": place.value if channel == "email" else "", "phone": place.value if channel == "sms" else "", POSTAL: place.value if channel == "post" else ""}
    proof = {"consent_id": str(word.consent_id), "consent_at": word.at, "consent_proof": word.proof} if word else {}
    return {"given_name": place.given_name, "family_name": place.family_name, "language": person.language or "", "country": person.country or "",
            "guest_ref": str(person.id), "consent_id": "", "consent_at": "", "consent_proof": ""} | said | proof
