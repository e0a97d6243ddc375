"""Word of mouth: whom members invited and what came of it, how many of those who praise also recommend, and who they are."""
import datetime as dt

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, or_, select

from crm_core.dialects import add_days, days_between
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.points import whole
from crm_core.queries.registry import query
from crm_core.scope import Scope
from crm_core.stats import intervals
from crm_core.store.warehouse import Warehouse

CAME_WITHIN = 180  # days from the invitation to the arrival
PROMOTER = 9000  # nine of ten, in hundredths of a per cent
ANSWERED_WITHIN = 730  # days: an older answer says little of today
LEAST, LEAST_INVITED = 30, 100


@query
def referral_summary(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row: open members, those who invited somebody, persons invited, how many came within 180 days, the referral factor, and what they brought.

    `share` = `came` of the `ripe` invitations, whose 180 days are over, between low and high (Wilson); a person invited twice counts once, for the
    first. `k` = persons who came within 180 days, so far, for each open member (linearised over members; `few` below 100 invitations). guests,
    stays, nights and revenue (minor units) are of realised stays at the scope's properties since the invitation, however late.
    """
    r, m = _invitations(scope).subquery("invitations").c, within(tables.members, scope).c
    ripe = add_days(r.invited_on, CAME_WITHIN) < scope.as_of
    told = warehouse.frame(select(
        func.count(sa.distinct(r.membership_id)).label("inviting"), func.count().label("invited"), func.count(case((ripe, 1))).label("ripe"),
        func.count(case((and_(ripe, r.in_time == 1), 1))).label("came"), func.count(r.came_on).label("guests"), whole(r.stays).label("stays"),
        whole(r.nights).label("nights"), case((func.count() == func.count(r.revenue), whole(r.revenue))).label("revenue")))
    low, high = intervals.wilson(told["came"], told["ripe"])
    return told.assign(share=told["came"] / told["ripe"].where(told["ripe"] > 0), low=low, high=high, **_factor(warehouse, m),
                       few=told["invited"] < LEAST_INVITED).astype({"revenue": float})


def _factor(warehouse: Warehouse, m) -> dict[str, float]:
    """Open members, and persons who came for each of them; of an account that several share, the guest is the unit that varies."""
    each = (select(sa.cast(func.sum(m.came), sa.Double).label("x"), sa.cast(func.count(), sa.Double).label("y"))
            .where(m.is_open == 1).group_by(m.cluster).subquery("each").c)
    s = warehouse.frame(select(func.count().label("n"), func.sum(each.x).label("x"), func.sum(each.y).label("y"), func.sum(each.x * each.x).label("xx"),
                               func.sum(each.x * each.y).label("xy"), func.sum(each.y * each.y).label("yy"))).astype(float).iloc[0]
    low, high = intervals.ratio(s["n"], s["x"], s["y"], s["xx"], s["xy"], s["yy"])
    return {"members": int(s["y"]) if s["n"] else 0, "k": s["x"] / s["y"], "k_low": max(float(low), 0.0), "k_high": float(high)}


@query
def promoter_share(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per tier, lowest first: open members, how many told a score within two years, and how many of these gave nine or ten of ten.

    The last score counts. `share` lies between low and high (Wilson), `few` below 30 answers. `recommended` = promoters who also invited
    somebody, and `recommends` their share, with its own bounds: to praise and to recommend are not the same.
    """
    m, s = within(tables.members, scope).c, _scores(scope).c
    promoter = s.score_bp >= PROMOTER
    frame = warehouse.frame(
        select(m.tier, func.count().label("members"), func.count(s.score_bp).label("answered"), func.count(case((promoter, 1))).label("promoters"),
               func.count(case((and_(promoter, m.invited > 0), 1))).label("recommended"))
        .select_from(m.guest_id.table.outerjoin(s.guest_id.table, s.guest_id == m.guest_id)).where(m.is_open == 1)
        .group_by(m.tier).order_by(func.min(m.tier_rank), m.tier))
    low, high = intervals.wilson(frame["promoters"], frame["answered"])
    below, above = intervals.wilson(frame["recommended"], frame["promoters"])
    share = lambda part, of: frame[part] / frame[of].where(frame[of] > 0)  # noqa: E731
    return frame.assign(share=share("promoters", "answered"), low=low, high=high, recommends=share("recommended", "promoters"), recommends_low=below,
                        recommends_high=above, few=frame["answered"] < LEAST)


@query
def advocate_list(warehouse: Warehouse, scope: Scope, *, offset: int = 0, limit: int = 50) -> pd.DataFrame:
    """One row per open member who invited somebody or praises the house, most who came first: score, public praise, invited, came, what those brought.

    A member praises who last gave nine or ten of ten; `praised` counts the reviews with such a score. `value` is the revenue of the invited
    persons' stays, in minor units. `rows` = all of them. The list is there to thank, and to offer a code to recommend with. It must not choose whom
    to ask for a public review: who asks only those who are content makes reviews say what guests do not (review gating; it is forbidden by
    the review sites and in several countries), so that such a request goes to all guests of a stay alike.
    """
    m, s, i, p = within(tables.members, scope).c, _scores(scope).c, _by_member(scope).c, _praise(scope).c
    joined = (m.guest_id.table.outerjoin(s.guest_id.table, s.guest_id == m.guest_id).outerjoin(p.guest_id.table, p.guest_id == m.guest_id)
              .outerjoin(i.membership_id.table, i.membership_id == m.membership_id))
    count = lambda c: func.coalesce(c, 0)  # noqa: E731
    columns = (m.guest_id, m.membership_id, m.property_id, m.tier, s.score_bp, s.scored_on, count(p.praised).label("praised"),
               count(i.invited).label("invited"), count(i.came).label("came"), case((i.invited.is_(None), 0), else_=i.value).label("value"))
    return warehouse.frame(
        select(*columns, func.count().over().label("rows")).select_from(joined)
        .where(m.is_open == 1, or_(i.invited > 0, s.score_bp >= PROMOTER))
        .order_by(sa.desc("came"), sa.desc("invited"), sa.desc("value").nulls_last(), s.score_bp.desc().nulls_last(), m.guest_id, m.membership_id)
        .offset(offset).limit(limit))


@query
def referred_guests(warehouse: Warehouse, scope: Scope, *, offset: int = 0, limit: int = 50) -> pd.DataFrame:
    """One row per invited person whom the scope's properties know, most revenue first: by whom and when invited, first arrival since, stays and revenue.

    `days` passed from the invitation to that arrival; `in_time` = at most 180. Revenue in minor units; `rows` = all of them.
    """
    r = _invitations(scope).subquery("invitations").c
    columns = (r.invited_id.label("guest_id"), r.guest_id.label("invited_by"), r.property_id, r.invited_on, r.channel, r.came_on,
               days_between(r.invited_on, r.came_on).label("days"), r.in_time, r.stays, r.nights, r.revenue)
    return warehouse.frame(select(*columns, func.count().over().label("rows")).where(r.invited_id.is_not(None))
                           .order_by(r.revenue.desc().nulls_last(), r.invited_on, r.referral_id).offset(offset).limit(limit))


def _invitations(scope: Scope) -> sa.Select:
    """One row per person invited (by the first who did): who it is, where the scope's properties know them, and their realised stays since."""
    r, s = _first(scope).c, within(tables.stays, scope, history=True).c
    v = within(tables.visits, scope, history=True).c
    known = select(v.guest_id).group_by(v.guest_id).subquery("known").c
    since = and_(s.guest_id == known.guest_id, s.is_stay == 1, s.stay_arrival_on >= r.invited_on, s.stay_departure_on < scope.as_of)
    joined = (r.referral_id.table.outerjoin(known.guest_id.table, known.guest_id == r.invited_id).outerjoin(s.guest_id.table, since))
    came_on, spent = func.min(s.stay_arrival_on), s.stay_room_revenue + s.stay_other_revenue
    in_time = case((came_on <= add_days(r.invited_on, CAME_WITHIN), 1), else_=0)
    told = (r.referral_id, r.membership_id, r.guest_id, r.property_id, r.invited_on, r.channel, known.guest_id)
    revenue = case((func.count(s.reservation_id) == func.count(spent), whole(spent)))
    return (select(*told[:-1], known.guest_id.label("invited_id"), came_on.label("came_on"), in_time.label("in_time"),
                   func.count(s.reservation_id).label("stays"), whole(s.stay_nights).label("nights"), revenue.label("revenue"))
            .select_from(joined).group_by(*told))


def _first(scope: Scope) -> sa.Subquery:
    """The invitations, of a person invited more than once the first; who is not known is one person for each."""
    r = within(tables.referrals, scope).c
    place = func.row_number().over(partition_by=func.coalesce(r.invited_id, -r.referral_id), order_by=(r.invited_on, r.referral_id))
    each = select(r, place.label("place")).where(r.invited_on < scope.as_of).subquery("each_invitation")
    return select(each).where(each.c.place == 1).subquery("first_invitation")


def _by_member(scope: Scope) -> sa.Subquery:
    r = _invitations(scope).subquery("invitations").c
    value = case((func.count() == func.count(r.revenue), whole(r.revenue)))
    return (select(r.membership_id, func.count().label("invited"), whole(r.in_time).label("came"), value.label("value"))
            .group_by(r.membership_id).subquery("by_member"))


def _scores(scope: Scope) -> sa.Subquery:
    """One row per guest: the last score of a stay within two years."""
    s = within(tables.stays, scope, history=True).c
    place = func.row_number().over(partition_by=s.guest_id, order_by=s.stay_key.desc())
    recent = s.stay_departure_on >= scope.as_of - dt.timedelta(ANSWERED_WITHIN)
    each = (select(s.guest_id, s.score_bp, s.stay_departure_on.label("scored_on"), place.label("place"))
            .where(s.is_stay == 1, s.guest_id.is_not(None), s.score_bp.is_not(None), recent, s.stay_departure_on < scope.as_of).subquery("each_score"))
    return select(each).where(each.c.place == 1).subquery("scores")


def _praise(scope: Scope) -> sa.Subquery:
    """One row per guest: how many reviews gave the scope's properties nine or ten of ten."""
    g = within(tables.stages, scope, history=True).c
    return select(g.guest_id, func.count().label("praised")).where(g.kind == "praise", g.from_on < scope.as_of).group_by(g.guest_id).subquery("praise")
