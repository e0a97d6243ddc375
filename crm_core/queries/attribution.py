"""What rules credit a campaign with, beside what it caused: each rule's bookings, those that would have come anyway, and what is counted twice."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.dialects import add_days
from crm_core.marts import credits, tables
from crm_core.marts.booked import STANDS, WINDOW
from crm_core.marts.scoped import within
from crm_core.queries.campaigns import UNTOLD, figures, moments
from crm_core.queries.points import whole
from crm_core.queries.registry import query
from crm_core.queries.totals import inside, money
from crm_core.schema import ARMS
from crm_core.scope import Scope
from crm_core.stats import uplift
from crm_core.store.warehouse import Warehouse

HOLDOUT = "holdout_lift"
# Rules over the whole path of messages; both describe who was there, neither what was caused.
OVER_PATHS = {"markov_credit": "markov", "shapley_credit": "shapley"}
LONGEST = 8  # messages of a path that are told, the last ones
COLUMNS = ["rule", "bookings", "revenue", "double_bookings", "double_revenue", "came_anyway", "came_anyway_low", "came_anyway_high", "low", "high"]


@query
def credits_by_rule(warehouse: Warehouse, scope: Scope, *, campaign: int) -> pd.DataFrame:
    """One row per rule, the published ones first, then those over paths, last the arms ("holdout_lift"): what it says a campaign brought.

    bookings (parts added up), revenue (minor units; NaN without an exchange rate, and for rules over paths), double_bookings and double_revenue =
    credited by this rule to another campaign too. For holdout_lift bookings are guests who booked because of it, with low and high, and revenue is
    theirs. came_anyway = credited bookings × (1 − caused / all who booked among those written to), with its limits: it assumes that what a rule
    credits holds caused bookings in the same share as all bookings of the people written to. NaN where the arms tell no effect.
    """
    card = figures(warehouse, scope, campaign)
    rows = pd.concat([_of_rules(warehouse, scope, campaign), _of_paths(warehouse, scope, campaign)], ignore_index=True)
    caused = _caused(card)
    booked = float(card["treated_booked"].sum()) if len(card) else 0.0
    for name, part in zip(("came_anyway", "came_anyway_high", "came_anyway_low"), caused, strict=True):
        kept = 1 - part / booked if booked else np.nan
        rows[name] = np.clip(rows["bookings"] * kept, 0, rows["bookings"])
    truth = {"rule": HOLDOUT, "bookings": caused[0], "low": caused[1], "high": caused[2], "revenue": _caused_revenue(warehouse, scope, campaign, card)}
    return pd.concat([rows, pd.DataFrame([truth])], ignore_index=True).reindex(columns=COLUMNS).astype(dict.fromkeys(COLUMNS[1:], float))


def _caused(card: pd.DataFrame) -> tuple[float, float, float]:
    """Guests who booked because they were written to, with limits; NaN where that is not told."""
    if card.empty:
        return (np.nan,) * 3
    return tuple(float(card[f"incremental{end}"].iloc[0]) for end in ("", "_low", "_high"))


def _caused_revenue(warehouse: Warehouse, scope: Scope, campaign: int, card: pd.DataFrame) -> float:
    a = within(tables.assigned, scope).c
    arms = warehouse.frame(select(a.arm, *moments(a, sa.true(), amount="revenue")).where(a.campaign_id == campaign).group_by(a.arm)).set_index("arm")
    if card.empty or card["verdict"].iloc[0] in UNTOLD or len(arms) < len(ARMS):
        return np.nan
    return float(uplift.lift_mean_of(*(arms.loc[arm, name] for arm in ARMS for name in ("n", "margin", "squares"))).incremental)


def _of_rules(warehouse: Warehouse, scope: Scope, campaign: int) -> pd.DataFrame:
    c = within(tables.credits, scope).c
    double = c.is_double == 1
    known = func.count(case((and_(double, c.revenue.is_(None)), 1))) == 0
    columns = (sa.cast(func.sum(c.part), sa.Double).label("bookings"), money(c.revenue).label("revenue"), whole(c.is_double).label("double_bookings"),
               case((known, whole(case((double, c.revenue))))).label("double_revenue"))
    found = warehouse.frame(select(c.rule, *columns).where(c.campaign_id == campaign).group_by(c.rule)).set_index("rule")
    rules = found.reindex(list(credits.RULES)).reset_index()
    return rules.assign(**rules.loc[:, "bookings":].astype(float).where(rules["rule"].isin(found.index), 0.0))


def _of_paths(warehouse: Warehouse, scope: Scope, campaign: int) -> pd.DataFrame:
    """One row per rule over paths: the bookings that it credits to the campaign, of those that its messages preceded."""
    paths = [(tuple(path.touches.split(">")), path.conversions, path.non_conversions) for path in _paths(warehouse, scope, campaign).itertuples()]
    return pd.DataFrame([{"rule": name, "bookings": uplift.credit(rule, paths).get(str(campaign), 0.0)} for name, rule in OVER_PATHS.items()])


@query
def touch_paths(warehouse: Warehouse, scope: Scope, *, campaign: int, limit: int = 50) -> pd.DataFrame:
    """One row per path of messages on which this campaign's guests got one, the most frequent first: touches (campaign ids joined by ">", oldest
    first), conversions and non_conversions.

    A path ends with a booking and holds the marketing messages that arrived in the thirty days before it, the last eight at most; of a guest
    without a booking within thirty days of the campaign's last message it ends there. Today's path has not ended: such a guest is left out.
    """
    return _paths(warehouse, scope, campaign).head(limit)


def _paths(warehouse: Warehouse, scope: Scope, campaign: int) -> pd.DataFrame:
    end, m = _ends(scope, campaign).subquery("path_end").c, within(tables.sends, scope).c
    before = and_(m.guest_id == end.guest_id, m.sent_on <= end.end_on, m.sent_on >= add_days(end.end_on, -WINDOW), m.is_marketing == 1, m.is_delivered == 1)
    # Counted from the end, so that a longer path loses its oldest messages.
    place = func.row_number().over(partition_by=end.path_id, order_by=(m.sent_on.desc(), m.send_id.desc())).label("place")
    touch = select(end.path_id, end.is_booked, m.campaign_id, place).select_from(end.path_id.table.join(m.guest_id.table, before)).subquery("touch").c
    names = [f"t{i}" for i in range(LONGEST, 0, -1)]
    columns = [func.max(case((touch.place == i, touch.campaign_id))).label(f"t{i}") for i in range(LONGEST, 0, -1)]
    path = select(touch.path_id, func.max(touch.is_booked).label("is_booked"), *columns).group_by(touch.path_id).subquery("path").c
    keys = [path[name] for name in names]
    frame = warehouse.frame(select(*keys, whole(path.is_booked).label("conversions"), whole(1 - path.is_booked).label("non_conversions")).group_by(*keys))
    touches = [">".join(str(int(touch)) for touch in row if pd.notna(touch)) for row in frame[names].itertuples(index=False)]
    frame = frame.assign(touches=np.array(touches, object), n=frame["conversions"] + frame["non_conversions"])
    return frame.sort_values(["n", "touches"], ascending=[False, True], ignore_index=True)[["touches", "conversions", "non_conversions"]]


def _ends(scope: Scope, campaign: int) -> sa.Select:
    """One row per path of a guest to whom the campaign's message came: the booking that ends it, or the day by which there was none."""
    booked = _bookings_after(scope, campaign)
    m, done = within(tables.sends, scope).c, _bookings_after(scope, campaign).subquery("done").c
    guests = select(done.guest_id).distinct().subquery("who_booked").c
    last = add_days(func.max(m.sent_on), WINDOW)
    # Reservations are numbered from 1: a path without one goes by its guest's number, below 0.
    none = (select((-m.guest_id).label("path_id"), m.guest_id, last, sa.literal(0))
            .select_from(m.guest_id.table.outerjoin(guests.guest_id.table, guests.guest_id == m.guest_id))
            .where(m.campaign_id == campaign, m.is_delivered == 1, guests.guest_id.is_(None)).group_by(m.guest_id)
            .having(last <= sa.literal(scope.as_of, sa.Date)))
    return sa.union_all(booked, none)


def _bookings_after(scope: Scope, campaign: int) -> sa.Select:
    """One row per booking within thirty days of a message of the campaign that came."""
    m, s = within(tables.sends, scope).c, within(tables.stays, scope, history=True).c
    after = and_(s.guest_id == m.guest_id, s.booked_on >= m.sent_on, s.booked_on <= add_days(m.sent_on, WINDOW))
    return (select(s.reservation_id.label("path_id"), s.guest_id, func.max(s.booked_on).label("end_on"), sa.literal(1).label("is_booked"))
            .select_from(m.guest_id.table.join(s.guest_id.table, after))
            .where(m.campaign_id == campaign, m.is_delivered == 1, s.status.in_(STANDS)).group_by(s.reservation_id, s.guest_id))


@query
def double_counted(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per rule, of the bookings made in the period that it credits to campaigns: bookings, revenue (each once), claimed (Σ over campaigns,
    minor units), times = claimed / revenue, double_bookings = credited to more than one campaign. Money is NaN without an exchange rate.
    """
    c, s = within(tables.credits, scope).c, within(tables.stays, scope, history=True).c
    claimed = (select(c.rule, c.reservation_id, money(c.revenue).label("claimed"), func.max(c.is_double).label("is_double"))
               .where(inside(c.booked_on, scope.elapsed().period)).group_by(c.rule, c.reservation_id).subquery("claimed").c)
    joined = claimed.rule.table.join(s.reservation_id.table, s.reservation_id == claimed.reservation_id)
    frame = warehouse.frame(
        select(claimed.rule, func.count().label("bookings"), money(s.room_revenue).label("revenue"), money(claimed.claimed).label("claimed"),
               whole(claimed.is_double).label("double_bookings")).select_from(joined).group_by(claimed.rule))
    frame = frame.set_index("rule").reindex(list(credits.RULES)).reset_index()
    counts = frame[["bookings", "double_bookings"]].fillna(0).astype("int64")
    revenue, told = (frame[name].astype(float).where(frame["bookings"].notna(), 0.0) for name in ("revenue", "claimed"))
    return frame.assign(**counts, revenue=revenue, claimed=told, times=told / revenue.where(revenue > 0))
