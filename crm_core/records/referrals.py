"""Members recommend the house: the codes by which they do, and whom they invited."""
import datetime as dt
import secrets

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.guests import known
from crm_core.records.movements import OWN
from crm_core.records.persons import members, person_of
from crm_core.records.points import by_hand, member_of
from crm_core.records.registry import Refused, Stale, action
from crm_core.schema import profile, referral, referral_code
from crm_core.scope import Scope
from crm_core.store.record import Change

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without those that are mistaken for each other
LENGTH = 8
LONGEST_CHANNEL = 40
ABSENT = N_("There is no such code.")


@action("loyalty", "issue code", "referral_code")
def issue_code(change: Change, scope: Scope, *, membership_id: int) -> str:
    """Give a member a code to recommend the house by, and return it: drawn by lot, it says nothing of the member.

    Raises Refused for a closed account, and where the member has a code that stands.
    """
    row, c = member_of(change.connection, scope, membership_id), referral_code.c
    if row["closed_on"]:
        raise Refused(N_("This account is closed already."))
    if change.connection.execute(select(c.id).where(c.membership_id == membership_id, c.ended_on.is_(None))).first():
        raise Refused(N_("This member has a code already: end it before you issue another."))
    code = drawn(change.connection)
    change.connection.execute(sa.insert(referral_code).values(
        membership_id=membership_id, code=code, issued_on=scope.as_of, actor=scope.user, revision=change.revision))
    return code


def drawn(connection: Connection) -> str:
    """Return a code that nobody has."""
    while True:
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        if connection.execute(select(referral_code.c.id).where(referral_code.c.code == code)).first() is None:
            return code


@action("loyalty", "end code", "referral_code")
def end_code(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """End a code on the as-of date: nobody is invited by it any more. Raises Stale where somebody was first."""
    row, c = _code(change.connection, scope, id), referral_code.c
    ended = sa.update(referral_code).where(c.id == id, c.version == version, c.ended_on.is_(None)).values(
        ended_on=scope.as_of, version=version + 1, revision=change.revision)
    if change.connection.execute(ended).rowcount != 1:
        raise Stale(dict(row))


@action("loyalty", "invite", "referral")
def record_invitation(change: Change, scope: Scope, *, code_id: int, key: str, invited_on: dt.date, channel: str = "", guest_id: int | None = None) -> int:
    """Note whom a member invited, a guest of the scope or somebody not known yet, and return the invitation's id; the same `key` again adds none.

    Raises Refused where the code did not stand on that day, the guest is the member, or was invited before: the first invitation counts.
    """
    connection, r, number = change.connection, referral.c, by_hand(key)
    row = _code(connection, scope, code_id)
    done = connection.execute(select(r.id).where(r.source == OWN, r.external_id == number)).scalar()
    if done is not None:
        return done
    if invited_on > scope.as_of or invited_on < row["issued_on"] or (row["ended_on"] and invited_on >= row["ended_on"]):
        raise Refused(N_("The code did not stand on that day."))
    values = {"referral_code_id": code_id, "source": OWN, "external_id": number, "invited_on": invited_on, "channel": channel.strip()[:LONGEST_CHANNEL],
              "profile_id": guest_id and _invited(connection, scope, guest_id, row["membership_id"]), "revision": change.revision}
    return connection.execute(sa.insert(referral).values(values).returning(r.id)).scalar_one()


def _code(connection: Connection, scope: Scope, id: int) -> sa.RowMapping:
    row = connection.execute(select(referral_code).where(referral_code.c.id == id)).mappings().one_or_none()
    if row is None:
        raise Refused(ABSENT)
    member_of(connection, scope, row["membership_id"])
    return row


def _invited(connection: Connection, scope: Scope, guest_id: int, membership_id: int) -> int:
    """Return the profile by which an invited guest is known."""
    known(connection, scope, guest_id)
    person = person_of(connection, guest_id)
    if member_of(connection, scope, membership_id)["person"] == person:
        raise Refused(N_("Nobody invites themselves: choose the guest who was invited."))
    theirs = select(profile.c.id).where(profile.c.guest_id.in_(members(person)))
    if connection.execute(select(referral.c.id).where(referral.c.profile_id.in_(theirs))).first():
        raise Refused(N_("This guest was invited before: the first invitation counts."))
    return connection.execute(theirs.order_by(profile.c.is_booker, profile.c.id).limit(1)).scalar_one()
