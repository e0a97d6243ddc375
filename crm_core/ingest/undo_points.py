"""A batch with members or points is undone so that every account still adds up: what followed from its rows goes too, what used them forbids it."""
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.i18n import N_, t
from crm_core.ingest import former as before
from crm_core.ingest.lookup import among
from crm_core.records.movements import OWN, Books
from crm_core.records.posting import settle_accounts
from crm_core.records.registry import Refused
from crm_core.records.settling import shortage
from crm_core.schema import membership, points_entry, profile, referral_code, tier_override
from crm_core.scope import Scope
from crm_core.store.record import Change

FOLLOWING = ("expire", "join", "part")  # how the numbers begin of rows that the ledger posts by itself


def check(connection: Connection, scope: Scope, batch: int, images: dict) -> None:
    """Raise Refused where members or movements of a batch are of other properties, or the staff have worked with them since."""
    e, m = points_entry.c, membership.c
    mine = sa.select(m.id).where(m.batch_id == batch, sa.not_(among(connection, m.id, images.get("membership", {}))))
    touched = sa.or_(m.batch_id == batch, m.id.in_(sa.select(e.membership_id).where(e.batch_id == batch)))
    elsewhere = sa.select(m.id).join_from(membership, profile).where(touched, profile.c.property_id.not_in(scope.properties))
    if connection.execute(elsewhere.limit(1)).first():
        raise Refused(N_("This file holds rows of properties that you do not see."))
    by_hand = sa.or_(e.batch_id.is_(None), e.batch_id != batch) & ~_follows()
    reversals = e.reverses_id.in_(sa.select(e.id).where(e.batch_id == batch).correlate(None))
    used = {points_entry: by_hand & sa.or_(e.membership_id.in_(mine), reversals), tier_override: tier_override.c.membership_id.in_(mine),
            referral_code: referral_code.c.membership_id.in_(mine)}
    counts = [connection.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar_one() for table, where in used.items()]
    living = m.number.is_not(None)  # erasing a guest is no work that undoing would lose
    edits = before.edited(connection, membership, batch, images.get("membership", {}), living)
    if any(counts) or edits:
        movements, tiers, codes = counts
        raise Refused(t("The staff have worked with members of this file since: edits {edits}, movements of points {movements}, tiers by hand "
            "{tiers}, referral codes {codes}. The file has to stay.", edits=edits, movements=movements, tiers=tiers, codes=codes))


def _follows() -> sa.ColumnElement[bool]:
    e = points_entry.c
    return (e.source == OWN) & sa.or_(*(e.external_id.startswith(f"{word}/") for word in FOLLOWING))


def remove_following(connection: Connection, batch: int) -> list[int]:
    """Remove what the ledger posted by itself because of the batch's rows; return the memberships whose accounts these rows move."""
    e = points_entry.c
    rows = connection.execute(sa.select(e.id, e.membership_id, e.revision).where(e.batch_id == batch)).all()
    if not rows:
        return []
    lots, members, brought_in = {row.id for row in rows}, {row.membership_id for row in rows}, min(row.revision for row in rows)
    following = connection.execute(sa.select(e.external_id, e.revision).where(
        _follows(), sa.or_(e.revision == brought_in, among(connection, e.membership_id, members)))).all()
    numbers = {number for number, revision in following if revision == brought_in or _lot(number) in lots}
    numbers |= {_partner(number) for number in numbers}
    first = sa.select(e.id).where(e.source == OWN, among(connection, e.external_id, numbers))
    gone = sa.or_(e.id.in_(first), e.reverses_id.in_(first))
    members |= set(connection.execute(sa.select(e.membership_id).where(gone)).scalars())
    connection.execute(sa.delete(points_entry).where(gone))
    return sorted(members)


def _lot(number: str) -> int | None:
    """Return the lot that a following row is about: expire/<lot>/…, or join/<from>/<into>/<nth>/<lot>/…"""
    words = number.split("/")
    place = 1 if words[0] == "expire" else 4
    return int(words[place]) if len(words) > place and words[place].isdecimal() else None


def _partner(number: str) -> str:
    """Return the number of the other account's row where points moved from one to another."""
    there = {"/out": "/in", "/in": "/out"}
    return next((f"{number.removesuffix(end)}{other}" for end, other in there.items() if number.endswith(end)), number)


def settle(change: Change, members: list[int]) -> None:
    """Post what follows from the rows that are left. Raises Refused where an account lacks points without those that went."""
    books = Books(change)
    there = change.connection.execute(sa.select(membership.c.id).where(among(change.connection, membership.c.id, members))).scalars()
    settle_accounts(books, list(there))
    short = sum(shortage(account.entries) is not None for account in books.accounts.values())
    if short:
        raise Refused(t("Points of this file were used since by members: {n}. Take these movements back first, or keep the file.", n=short))
