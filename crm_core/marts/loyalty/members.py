"""mart_members: every membership as it stands on the as-of date; its tier, its points, what it did lately, and whom it brought."""
import sqlalchemy as sa
from sqlalchemy import and_, case, func, or_, select

from crm_core.dialects import add_days
from crm_core.marts import tables
from crm_core.marts.loyalty.given import MILLION, YEAR, as_of, standings
from crm_core.marts.loyalty.lots import WELCOME
from crm_core.marts.stages import PRAISE

# Days after enrolment within which a new member should have acted; before the end of which points are told to expire; for an invited person to come.
EARLY, EXPIRING, CAME_WITHIN = 90, 90, 180
today = as_of.table


def rows() -> sa.Select:
    """Return the select that fills mart_members: whoever joined before the as-of date; stays, spend and scores are those at the member's property."""
    m, s, then = _joined().subquery("joined"), standings, _year_ago().subquery("year_ago")
    moved, held, did, brought, said = (part().subquery(part.__name__.strip("_")) for part in (_moved, _held, _did, _brought, _said))
    joined = m.outerjoin(s, s.c.membership_id == m.c.membership_id)
    for part in (then, moved, held, did, brought, said):
        joined = joined.outerjoin(part, part.c.membership_id == m.c.membership_id)
    falls = s.c.falls_to.is_not(None)
    none = lambda column: func.coalesce(column, 0)  # noqa: E731
    values = {
        **{c.name: c for c in m.c}, **{c.name: c for c in s.c if c.name not in ("membership_id", "from_on", "until_on", "why")},
        "tier_from": s.c.from_on, "tier_until": s.c.until_on, "is_override": case((s.c.why == "by_hand", 1), else_=0),
        "year_ago_tier": then.c.tier, "year_ago_rank": then.c.tier_rank, "falls_on": case((falls, s.c.until_on)),
        "reach_ppm": case((s.c.wants > 0, func.round(sa.cast(s.c.has, sa.Double) / s.c.wants * MILLION))),
        "balance": none(moved.c.balance), "last_active_on": moved.c.last_active_on, "early_active": none(moved.c.early_active),
        "is_active": case((moved.c.last_active_on >= add_days(m.c.as_of, -YEAR), 1), else_=0),
        "expiring": none(held.c.expiring), "expires_next_on": held.c.expires_next_on,
        "stays_12m": none(did.c.stays), "nights_12m": none(did.c.nights), "spend_12m": case((none(did.c.stays) == 0, 0), else_=did.c.spend),
        "invited": none(brought.c.invited), "came": none(brought.c.came), "promoter": said.c.promoter,
    }  # fmt: skip
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in tables.members.c)).select_from(joined)


def _joined() -> sa.Select:
    """Whoever joined before the as-of date, whether the account is open, and whether it was a year ago; a closing to come is not known."""
    m = tables.memberships
    closed, a_year_ago = case((m.c.closed_on < as_of, m.c.closed_on)), add_days(as_of, -YEAR)
    was_open = and_(m.c.enrolled_on < a_year_ago, or_(m.c.closed_on.is_(None), m.c.closed_on >= a_year_ago))
    told = [c for c in m.c if c.name not in ("closed_on", "status", "said_tier")]
    return (select(*told, as_of, closed.label("closed_on"), case((closed.is_(None), 1), else_=0).label("is_open"), case((was_open, 1), else_=0).label("was_open"))
            .select_from(m.join(today, sa.true())).where(m.c.enrolled_on < as_of))


def _year_ago() -> sa.Select:
    """The tier at the start of the last 365 days."""
    t, day = tables.tiers, add_days(as_of, -YEAR)
    return (select(t.c.membership_id, t.c.tier, t.c.tier_rank).select_from(t.join(today, sa.true()))
            .where(t.c.from_on < day, or_(t.c.until_on.is_(None), t.c.until_on >= day)))


def _moved() -> sa.Select:
    """The balance, and what the member did with points: earning or redeeming, unless it was taken back."""
    p, m, back = tables.points, tables.memberships, _taken_back()
    acted = and_(p.c.kind.in_(("earn", "burn")), p.c.reverses_id.is_(None), back.c.reverses_id.is_(None))
    early = and_(acted, p.c.spend != WELCOME, p.c.posted_on < add_days(m.c.enrolled_on, EARLY))
    return (select(p.c.membership_id, func.sum(p.c.points).label("balance"), func.max(case((acted, p.c.posted_on))).label("last_active_on"),
                   func.max(case((early, 1), else_=0)).label("early_active"))
            .select_from(p.join(m, m.c.membership_id == p.c.membership_id).join(today, sa.true()).outerjoin(back, back.c.reverses_id == p.c.entry_id))
            .where(p.c.posted_on < as_of).group_by(p.c.membership_id))


def _taken_back() -> sa.Subquery:
    p = tables.points
    return (select(p.c.reverses_id).select_from(p.join(today, sa.true())).where(p.c.reverses_id.is_not(None), p.c.posted_on < as_of)
            .distinct().subquery("taken_back"))


def _held() -> sa.Select:
    """Open points that expire within 90 days, and the next day on which some do."""
    x = tables.lots
    soon = x.c.expires_on < add_days(as_of, EXPIRING)
    return (select(x.c.membership_id, func.sum(case((soon, x.c.points), else_=0)).label("expiring"), func.min(x.c.expires_on).label("expires_next_on"))
            .select_from(x.join(today, sa.true())).where(x.c.fate == "open", x.c.expires_on >= as_of).group_by(x.c.membership_id))


def _did() -> sa.Select:
    """Stays that ended within the last 365 days at the property of the membership."""
    m, s = tables.memberships, tables.stays
    spend = s.c.stay_room_revenue + s.c.stay_other_revenue
    return (select(m.c.membership_id, func.count().label("stays"), func.sum(s.c.stay_nights).label("nights"),
                   case((func.count() == func.count(spend), func.sum(spend))).label("spend"))
            .select_from(m.join(s, _theirs(m, s)).join(today, sa.true()))
            .where(s.c.stay_departure_on >= add_days(as_of, -YEAR), s.c.stay_departure_on < as_of).group_by(m.c.membership_id))


def _theirs(m: sa.Table, s: sa.Table) -> sa.ColumnElement[bool]:
    return and_(s.c.guest_id == m.c.guest_id, s.c.property_id == m.c.property_id, s.c.is_stay == 1)


def _said() -> sa.Select:
    """Whether the last score that the member gave the property was nine or ten of ten."""
    m, s, day = tables.memberships, tables.stays, today
    told = and_(_theirs(m, s), s.c.score_bp.is_not(None), s.c.stay_departure_on < as_of)
    last = (select(m.c.membership_id, func.max(s.c.stay_key).label("stay_key")).select_from(m.join(day, sa.true()).join(s, told))
            .group_by(m.c.membership_id).subquery("last_score"))
    return (select(last.c.membership_id, func.max(case((s.c.score_bp >= PRAISE, 1), else_=0)).label("promoter"))
            .select_from(last.join(s, s.c.stay_key == last.c.stay_key)).group_by(last.c.membership_id))


def _brought() -> sa.Select:
    """Persons invited, by the first who did, and those of them who arrived within 180 days for a stay that is complete, at any property."""
    r, s = tables.referrals, tables.stays
    place = func.row_number().over(partition_by=func.coalesce(r.c.invited_id, -r.c.referral_id), order_by=(r.c.invited_on, r.c.referral_id))
    first = select(r, place.label("place")).select_from(r.join(today, sa.true())).where(r.c.invited_on < as_of).subquery("first_invitation")
    stay = and_(s.c.guest_id == first.c.invited_id, s.c.is_stay == 1, s.c.stay_arrival_on >= first.c.invited_on,
                s.c.stay_arrival_on <= add_days(first.c.invited_on, CAME_WITHIN))
    complete = case((s.c.stay_departure_on < as_of, first.c.referral_id))
    return (select(first.c.membership_id, func.count(sa.distinct(first.c.referral_id)).label("invited"), func.count(sa.distinct(complete)).label("came"))
            .select_from(first.outerjoin(s, stay).join(today, sa.true())).where(first.c.place == 1).group_by(first.c.membership_id))
