"""Whom to win back: valuable guests who are late against their own rhythm, with the reason, the last experience, and how to reach them."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.dialects import add_days
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics.value import at_risk
from crm_core.queries.registry import query
from crm_core.scope import Scope
from crm_core.stats import intervals
from crm_core.store.warehouse import Warehouse

SORTS = ("at_stake", "alive_ppm", "silent_days", "stays")
LEAST = 30
REACHES = ("any", "reachable", "unreachable")


@query
def risk_list(warehouse: Warehouse, scope: Scope, *, sort: str = "at_stake", reach: str = "any", offset: int = 0, limit: int = 50) -> pd.DataFrame:
    """One row per guest at risk without a stay on the books, most at stake first: rhythm, silence, chances, value, last experience, consent.

    gap_days is the guest's own mean from departure to departure, silent_days the days since the last one; money in minor units.
    score_bp and cases are of the last stay, null or 0 where nothing was said; is_reachable = a working own address and a yes to marketing.
    """
    listed = _listed(scope, reach)
    column, guest = (listed.selected_columns[name] for name in (sort if sort in SORTS else "at_stake", "guest_id"))
    ascending = sort == "alive_ppm"
    return warehouse.frame(listed.order_by(column.asc() if ascending else column.desc(), guest).offset(offset).limit(limit))


@query
def risk_total(warehouse: Warehouse, scope: Scope, *, reach: str = "any") -> pd.DataFrame:
    """One row: how many guests the list holds, what is at stake, what they brought in the last 36 months, how many can be reached."""
    r = _listed(scope, reach).subquery("listed").c
    whole = lambda c: sa.cast(func.coalesce(func.sum(c), 0), sa.BigInteger)  # noqa: E731
    return warehouse.frame(select(func.count().label("guests"), whole(r.at_stake).label("at_stake"), whole(r.recent_spend).label("recent_spend"),
                                  whole(r.is_reachable).label("reachable"), whole(r.has_complained).label("complained")))


@query
def list_outcomes(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per audience with guests of the scope, newest first: of those contacted and those held out, how many came within its window.

    Came = a stay of one night or more began in the window, counted from the day the audience was saved. low and high bound the difference of
    the shares (Newcombe); `is_ripe` once the window is over, and `few` where an arm has fewer than 30 guests.
    """
    m, s = within(tables.audience_members, scope).c, within(tables.stays, scope, history=True).c
    slept = and_(s.is_arrival == 1, s.stay_departure_on > s.stay_arrival_on, s.stay_arrival_on < scope.as_of)
    inside = and_(s.stay_arrival_on >= m.saved_on, s.stay_arrival_on < add_days(m.saved_on, m.window_days))
    came = (select(m.audience_id, m.guest_id).select_from(m.guest_id.table.join(s.guest_id.table, s.guest_id == m.guest_id))
            .where(slept, inside).distinct().subquery("came").c)
    one = within(tables.audience_members, scope).c
    joined = one.guest_id.table.outerjoin(came.guest_id.table, and_(came.guest_id == one.guest_id, came.audience_id == one.audience_id))
    counts = [func.count(case((and_(one.arm == arm, *also), 1))).label(name) for arm, name, also in (
        ("contact", "contacted", ()), ("contact", "contacted_came", (came.guest_id.is_not(None),)),
        ("held_out", "held_out", ()), ("held_out", "held_out_came", (came.guest_id.is_not(None),)))]
    frame = warehouse.frame(select(one.audience_id, one.saved_on, one.window_days, *counts).select_from(joined)
                            .group_by(one.audience_id, one.saved_on, one.window_days).order_by(one.saved_on.desc(), one.audience_id.desc()))
    return _compared(frame, scope)


def _compared(frame: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    n, k = (frame[[f"contacted{end}", f"held_out{end}"]].to_numpy(float).T for end in ("", "_came"))
    with np.errstate(invalid="ignore", divide="ignore"):
        difference = k[0] / n[0] - k[1] / n[1]
    low, high = intervals.newcombe(k[0], n[0], k[1], n[1])
    over = pd.to_datetime(frame["saved_on"]) + pd.to_timedelta(frame["window_days"], unit="D") <= pd.Timestamp(scope.as_of)
    return frame.assign(difference=difference, low=low, high=high, is_ripe=over, few=(n < LEAST).any(axis=0))


def _listed(scope: Scope, reach: str) -> sa.Select:
    r = within(tables.guest_scores, scope).c
    reachable, last, coming = _reach(scope), _last_stay(scope), _coming(scope)
    joined = (r.guest_id.table.outerjoin(reachable, reachable.c.guest_id == r.guest_id).outerjoin(last, last.c.guest_id == r.guest_id)
              .outerjoin(coming, coming.c.guest_id == r.guest_id))
    columns = (r.guest_id, r.property_id, r.stays, r.gap_days, r.silent_days, r.last_on, r.alive_ppm, r.return_ppm, r.value, r.at_stake,
               r.recent_spend, r.rfm, r.purpose, r.season)
    can = func.coalesce(reachable.c.is_reachable, 0)
    bad = case((sa.or_(last.c.cases > 0, last.c.score_bp < 7000), 1), else_=0)
    wanted = {"any": sa.true(), "reachable": can == 1, "unreachable": can == 0}[reach if reach in REACHES else "any"]
    return (select(*columns, last.c.property_id.label("last_property"), last.c.score_bp, func.coalesce(last.c.cases, 0).label("cases"),
                   can.label("is_reachable"), func.coalesce(reachable.c.has_phone, 0).label("has_phone"), bad.label("has_complained"))
            .select_from(joined).where(at_risk(r), r.silent_days > r.gap_days, coming.c.guest_id.is_(None), wanted))


def _reach(scope: Scope) -> sa.Subquery:
    """One row per guest: whether an own address works and marketing was agreed to, and whether a phone number works with a yes to messages."""
    p = within(tables.profiles, scope).c
    yes = lambda *when: func.max(case((and_(*when), 1), else_=0))  # noqa: E731
    return (select(p.guest_id, yes(p.email_state == "valid", p.email_word == "given").label("is_reachable"),
                   yes(p.phone_state == "valid", p.sms_word == "given").label("has_phone")).group_by(p.guest_id).subquery("reach"))


def _last_stay(scope: Scope) -> sa.Subquery:
    """One row per guest: the last realised stay's property, review score and complaints."""
    s = within(tables.stays, scope, history=True).c
    place = func.row_number().over(partition_by=s.guest_id, order_by=s.stay_key.desc())
    risky = within(tables.guest_scores, scope).c
    each = (select(s.guest_id, s.property_id, s.score_bp, s.cases, place.label("place"))
            .where(s.is_stay == 1, s.guest_id.in_(select(risky.guest_id).where(at_risk(risky)))).subquery("each_stay"))
    return select(each).where(each.c.place == 1).subquery("last_stay")


def _coming(scope: Scope) -> sa.Subquery:
    """One row per guest with a stay on the books: booked, or in house now."""
    s = within(tables.stays, scope, history=True).c
    booked = sa.or_(s.status == "in_house", and_(s.status == "confirmed", s.arrival_on >= scope.as_of))
    return select(s.guest_id).where(s.guest_id.is_not(None), booked).group_by(s.guest_id).subquery("coming")
