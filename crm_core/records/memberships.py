"""Members of a programme: enrolled, given a tier by hand, and let go."""
import datetime as dt
import secrets

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.programme.rules import in_force
from crm_core.records.guests import known
from crm_core.records.movements import OWN, Books, Movement, versions_of
from crm_core.records.persons import members
from crm_core.records.points import by_hand, checked_reason, member_of, post_batch
from crm_core.records.posting import settle_accounts
from crm_core.records.registry import Refused, Stale, action
from crm_core.schema import membership, points_entry, profile, programme, referral_code, tier_override
from crm_core.scope import Scope
from crm_core.store.record import Change

LONGEST_NUMBER, LONGEST_WAY, LONGEST_TIER = 40, 40, 60
LONGEST_GIFT = dt.timedelta(3 * 366)
WELCOME = "welcome"  # the kind of spend under which points of enrolment stand


@action("loyalty", "enrol", "membership")
def enrol(change: Change, scope: Scope, *, guest_id: int, programme_id: int, key: str, via: str = "front_desk", number: str = "") -> int:
    """Enrol a guest on the as-of date, with the points of welcome that the rules give, and return the membership's id.

    The same `key` again enrols nobody more. Raises Refused where the guest is not in the scope or is a member already, and for a programme that
    does not exist or a number that is taken; without a number one is drawn.
    """
    connection, person = change.connection, known(change.connection, scope, guest_id)
    m, own = membership.c, by_hand(key)
    done = connection.execute(select(m.id).where(m.source == OWN, m.external_id == own)).scalar()
    if done is not None:
        return done
    _check_new(connection, person, programme_id)
    values = {"profile_id": _home(connection, scope, person), "programme_id": programme_id, "source": OWN, "external_id": own,
              "number": _numbered(connection, programme_id, number.strip()), "status": "active", "enrolled_on": scope.as_of,
              "enrolled_via": via.strip()[:LONGEST_WAY], "revision": change.revision}
    made = connection.execute(sa.insert(membership).values(values).returning(m.id)).scalar_one()
    _welcome(change, scope, made, programme_id)
    return made


def _check_new(connection: Connection, person: int, programme_id: int) -> None:
    if connection.execute(select(programme.c.id).where(programme.c.id == programme_id)).first() is None:
        raise Refused(N_("There is no such programme."))
    m = membership.c
    open_ = (select(m.id).join(profile, profile.c.id == m.profile_id)
             .where(profile.c.guest_id.in_(members(person)), m.programme_id == programme_id, m.closed_on.is_(None)))
    if connection.execute(open_).first():
        raise Refused(N_("This guest is a member of the programme already."))


def _home(connection: Connection, scope: Scope, person: int) -> int:
    """Return the person's first profile at the scope's properties, else the first one anywhere."""
    here = profile.c.property_id.in_(scope.properties)
    first = select(profile.c.id).where(profile.c.guest_id.in_(members(person))).order_by(sa.case((here, 0), else_=1), profile.c.is_booker, profile.c.id)
    return connection.execute(first.limit(1)).scalar_one()


def _numbered(connection: Connection, programme_id: int, number: str) -> str:
    taken = lambda said: connection.execute(  # noqa: E731
        select(membership.c.id).where(membership.c.number == said, membership.c.programme_id == programme_id)).first()
    if len(number) > LONGEST_NUMBER:
        raise Refused(N_("A member's number has at most 40 characters."))
    if number and taken(number):
        raise Refused(N_("This number belongs to another member: choose another."))
    while not number or taken(number):
        number = str(secrets.randbelow(9 * 10**8) + 10**8)
    return number


def _welcome(change: Change, scope: Scope, made: int, programme_id: int) -> None:
    rules = in_force(versions_of(change.connection).get(programme_id, ()), scope.as_of)
    if rules and rules.welcome:
        post_batch(change, [Movement(0, scope.as_of, "earn", rules.welcome, membership_id=made, external_id=f"welcome/{made}", spend=WELCOME,
                                     actor=scope.user)], scope.as_of)


@action("loyalty", "close", "membership")
def close_membership(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Close an account on the as-of date and return how many points lapsed with it; its code and tiers given by hand end too.

    Raises Stale where somebody changed it meanwhile, Refused where it is closed already, or its points cannot lapse.
    """
    row = member_of(change.connection, scope, id)
    if row["closed_on"]:
        raise Refused(N_("This account is closed already."))
    if row["version"] != version:
        raise Stale(dict(row))
    left = _lapsed(change, scope, id, version)
    closed = {"closed_on": scope.as_of, "status": "closed", "version": version + 1, "revision": change.revision}
    change.connection.execute(sa.update(membership).where(membership.c.id == id).values(closed))
    _end_all(change, scope, id)
    return left


def _lapsed(change: Change, scope: Scope, id: int, version: int) -> int:
    """Let all points of an account lapse, once what is due has expired, and return how many those were. Raises Refused where they cannot."""
    settle_accounts(Books(change, scope.as_of), [id])
    e = points_entry.c
    left = int(change.connection.execute(select(sa.func.coalesce(sa.func.sum(e.points), 0)).where(e.membership_id == id)).scalar_one())
    if left > 0:
        lapse = Movement(0, scope.as_of, "expire", -left, membership_id=id, external_id=f"close/{id}/{version}", actor=scope.user)
        (outcome,) = post_batch(change, [lapse], scope.as_of)
        if outcome.id is None:
            raise Refused(outcome.said)
    return left


def _end_all(change: Change, scope: Scope, membership_id: int) -> None:
    for table, also in ((referral_code, {}), (tier_override, {"ended_by": scope.user})):
        still = (table.c.membership_id == membership_id) & table.c.ended_on.is_(None)
        change.connection.execute(sa.update(table).where(still).values(
            ended_on=scope.as_of, version=table.c.version + 1, revision=change.revision, **also))


# --- tiers given by hand ------------------------------------------------------------------------------------------------
@action("loyalty", "set override", "tier_override")
def set_override(change: Change, scope: Scope, *, membership_id: int, tier: str, reason: str, from_on: dt.date, until_on: dt.date) -> int:
    """Give a member a tier by hand, from a day on, until before another; return the override's id.

    Raises Refused for a tier that the rules do not know, a time that has begun already, is over before it begins or longer than three years,
    and where another tier given by hand lasts then.
    """
    row = member_of(change.connection, scope, membership_id)
    if row["closed_on"]:
        raise Refused(N_("This account is closed already."))
    if not scope.as_of <= from_on < until_on <= from_on + LONGEST_GIFT:
        raise Refused(N_("A tier given by hand begins today or later, ends after that, and lasts three years at most."))
    values = {"membership_id": membership_id, "tier": _tier(change.connection, row["programme_id"], tier, from_on), "reason": checked_reason(reason),
              "from_on": from_on, "until_on": until_on, "actor": scope.user, "at": change.at, "revision": change.revision}
    _check_alone(change.connection, membership_id, from_on, until_on)
    return change.connection.execute(sa.insert(tier_override).values(values).returning(tier_override.c.id)).scalar_one()


def _tier(connection: Connection, programme_id: int | None, tier: str, on: dt.date) -> str:
    rules = in_force(versions_of(connection).get(programme_id, ()), on)
    if rules and tier not in [one.name for one in rules.tiers]:
        raise Refused(N_("The rules of that day know no such tier: choose one of theirs."))
    if not 0 < len(tier.strip()) <= LONGEST_TIER:
        raise Refused(N_("Say which tier, in at most 60 characters."))
    return tier.strip()


def _check_alone(connection: Connection, membership_id: int, from_on: dt.date, until_on: dt.date) -> None:
    o = tier_override.c
    ends = sa.func.coalesce(o.ended_on, o.until_on)
    if connection.execute(select(o.id).where(o.membership_id == membership_id, o.from_on < until_on, ends > from_on)).first():
        raise Refused(N_("Another tier given by hand lasts then: end that one first."))


@action("loyalty", "end override", "tier_override")
def end_override(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """End a tier given by hand on the as-of date: from that day on the member's own counts. Raises Stale where somebody was first."""
    o = tier_override.c
    row = change.connection.execute(select(tier_override).where(o.id == id)).mappings().one_or_none()
    if row is None:
        raise Refused(N_("There is no such tier given by hand."))
    member_of(change.connection, scope, row["membership_id"])
    ended = sa.update(tier_override).where(o.id == id, o.version == version, o.ended_on.is_(None)).values(
        ended_on=scope.as_of, ended_by=scope.user, version=version + 1, revision=change.revision)
    if change.connection.execute(ended).rowcount != 1:
        raise Stale(dict(row))
