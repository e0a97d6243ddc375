"""Points of members: posted, adjusted, reversed, expired when they are due, and counted as of any day."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.programme.months import later
from crm_core.records.guests import visible
from crm_core.records.movements import EXPIRED_UNTIL, OWN, Books, Movement, expired_until, today, versions_of
from crm_core.records.posting import REASONS, Outcome, post_batch, settle_accounts, unsettled
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import guest, membership, points_entry, profile, setting
from crm_core.scope import Scope
from crm_core.store import audit
from crm_core.store.record import Change, RecordStore

__all__ = ["REASONS", "Movement", "Outcome", "adjust_points", "balance_on", "by_hand", "checked_reason", "expire_due", "member_of", "post_batch",
           "post_points", "reverse_entry"]  # fmt: skip

POSTED_BY_HAND = ("earn", "burn", "opening")
LONGEST_REASON = 400
ABSENT = N_("There is no such member.")
TOGETHER = 20_000
SLACK = dt.timedelta(3)  # months are not all as long


@lookup("contact")
def balance_on(connection: Connection, scope: Scope, *, membership_id: int, on: dt.date) -> int | None:
    """Return a member's points at the end of a day, the plain sum of the ledger; None where there is no such member in the scope."""
    if not _is_seen(connection, scope, membership_id):
        return None
    e = points_entry.c
    return int(connection.execute(select(func.coalesce(func.sum(e.points), 0)).where(e.membership_id == membership_id, e.posted_on <= on)).scalar_one())


@action("loyalty", "post", "points_entry")
def post_points(change: Change, scope: Scope, *, membership_id: int, kind: str, points: int, posted_on: dt.date, key: str, spend: str = "",
                amount_minor: int | None = None, currency: str | None = None, reason: str = "") -> int:
    """Post earned, redeemed or opening points (above zero in every kind) and return the row's id. The same `key` again posts nothing more.

    Raises Refused where the member is not in the scope, the kind is not one of POSTED_BY_HAND, or a rule of REASONS is broken.
    """
    if kind not in POSTED_BY_HAND:
        raise Refused(N_("Points are earned, redeemed or taken over here; all else is an adjustment."))
    signed = -abs(points) if kind == "burn" else abs(points)
    return _posted(change, scope, Movement(0, posted_on, kind, signed, membership_id=membership_id, external_id=by_hand(key), spend=spend, actor=scope.user,
                                           amount_minor=amount_minor, currency=currency, reason=reason.strip()[:LONGEST_REASON] or None))


@action("loyalty", "adjust", "points_entry")
def adjust_points(change: Change, scope: Scope, *, membership_id: int, points: int, reason: str, key: str, posted_on: dt.date | None = None) -> int:
    """Give points, or take some (below zero), for a reason that is kept; return the row's id. Without a day: on the as-of date."""
    day = posted_on or _stood_on(change, key) or scope.as_of
    return _posted(change, scope, Movement(0, day, "adjust", points, membership_id=membership_id, external_id=by_hand(key),
                                           reason=checked_reason(reason), actor=scope.user))


@action("loyalty", "reverse", "points_entry")
def reverse_entry(change: Change, scope: Scope, *, id: int, reason: str, key: str) -> int:
    """Take a movement back, on the as-of date, and return the reversal's id: its lot comes back, or goes. Raises Refused where it was reversed
    already, is a reversal, follows from others, or its points were spent."""
    row = change.connection.execute(select(points_entry.c.membership_id, points_entry.c.points, points_entry.c.posted_on)
                                    .where(points_entry.c.id == id)).one_or_none()
    if row is None:
        raise Refused(REASONS["nothing_to_reverse"])
    day = _stood_on(change, key) or max(scope.as_of, row.posted_on)
    return _posted(change, scope, Movement(0, day, "reverse", -row.points, None, None, id, membership_id=row.membership_id,
                                           external_id=by_hand(key), reason=checked_reason(reason), actor=scope.user))


def _stood_on(change: Change, key: str) -> dt.date | None:
    """Return the day on which this was posted already: whoever sends a form again on another day means the same."""
    e = points_entry.c
    return change.connection.execute(select(e.posted_on).where(e.source == OWN, e.external_id == by_hand(key))).scalar()


def _posted(change: Change, scope: Scope, row: Movement) -> int:
    member_of(change.connection, scope, row.membership_id)
    outcome = post_batch(change, [row], max(scope.as_of, today(change.connection)))[0]
    if outcome.id is None:
        raise Refused(outcome.said)
    return outcome.id


def by_hand(key: str) -> str:
    """Return the number of a row that is posted by hand: whatever a form makes up, it is no number of those that follow from others."""
    if not key.strip():
        raise Refused(N_("Something is missing: fill in every column."))
    return f"hand/{key.strip()}"


def checked_reason(reason: str) -> str:
    """Return a reason without what cannot be stored. Raises Refused where it is empty or too long."""
    plain = reason.replace("\x00", "").strip()
    if not 0 < len(plain) <= LONGEST_REASON:
        raise Refused(N_("Say why, in at most 400 characters."))
    return plain


def member_of(connection: Connection, scope: Scope, membership_id: int) -> sa.RowMapping:
    """Return a membership's row, with the `person` who it belongs to. Raises Refused for one whose person is outside the scope."""
    row = connection.execute(_seen(scope).where(membership.c.id == membership_id)).mappings().one_or_none()
    if row is None:
        raise Refused(ABSENT)
    return row


def _is_seen(connection: Connection, scope: Scope, membership_id: int) -> bool:
    return connection.execute(_seen(scope).where(membership.c.id == membership_id)).first() is not None


def _seen(scope: Scope) -> sa.Select:
    record = guest.alias("own_record")
    person = guest.c.id == func.coalesce(record.c.merged_into, record.c.id)
    joined = membership.join(profile, profile.c.id == membership.c.profile_id).join(record, record.c.id == profile.c.guest_id).join(guest, person)
    return select(membership, guest.c.id.label("person")).select_from(joined).where(visible(scope))


# --- expiry -------------------------------------------------------------------------------------------------------------
def expire_due(store: RecordStore, as_of: dt.date, actor: str = "expiry") -> int:
    """Post what expired by a day, for all members, and return how many rows that were; the data version moves only if there are any.

    Every posting leaves its account settled, so only accounts are looked at in which something ends between the last time and this day; and
    they are looked at before the store is locked.
    """
    with store.reading() as connection:
        last = expired_until(connection)
        if (last and as_of <= last) or connection.execute(select(points_entry.c.id).limit(1)).first() is None:
            return 0
        ending = _ending(connection, last, as_of)
        ids = [id_ for start in range(0, len(ending), TOGETHER) for id_ in unsettled(connection, ending[start : start + TOGETHER], as_of)]
    entry = audit.Entry(actor, "expire", "points_entry", fields=(f"accounts={len(ids)}",))
    with store.changing(entry, marks=bool(ids)) as change:
        posted = settle_accounts(Books(change, as_of), ids)
        change.connection.execute(sa.delete(setting).where(setting.c.key == EXPIRED_UNTIL))
        change.connection.execute(sa.insert(setting).values(key=EXPIRED_UNTIL, value=as_of.isoformat()))
    return posted


def _ending(connection: Connection, last: dt.date | None, as_of: dt.date) -> list[int]:
    """Return the memberships in which a lot, or the patience with an idle member, may end after one day and by another."""
    e, idle = points_entry.c, [one for some in versions_of(connection).values() for one in some if one.rules.expiry == "inactivity"]
    ends = [(e.expires_on <= as_of) & (e.points > 0) & (e.expires_on > last if last else sa.true())]
    for one in idle:
        # Who has been idle for too long when such rules begin loses the points on that day, however long ago the last sign of life was.
        lately = last is not None and one.from_on <= last
        since = e.posted_on > later(last, -one.rules.expiry_months) - SLACK if lately else sa.true()
        ends.append((e.posted_on <= later(as_of, -one.rules.expiry_months) + SLACK) & since)
    return list(connection.execute(select(e.membership_id).where(or_(*ends)).distinct()).scalars())
