"""The one place where a scope becomes SQL: every query builds on within(), and the warehouse refuses a mart read without it."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import add_days, days_between
from crm_core.marts import reach, segments, tables
from crm_core.scope import Scope

YEAR = 365
RIPENING = {tables.reviews, tables.invitations, tables.cases, tables.sends, tables.send_days, tables.assigned, tables.campaigns}


def within(mart: sa.Table, scope: Scope, *, history: bool = False, order: bool = False, returns: bool = False,
           apart: bool = False) -> sa.Subquery:
    """Return a mart's rows inside the scope: its properties, and unless `history`, its channels, identified guests and segment.

    With `order` each row also says, as `is_repeat`, whether the guest had an earlier realised stay in the scope's properties
    (of a profile: whether the guest has an earlier profile there; of an answer to the recommendation question: whether the guest answered it
    again later for that stay). With `returns` each realised stay says, as `next_on`, when the guest
    came again to the scope's properties (null: not before the as-of date), as `back_days` how long after, as `year_on` the day on
    which a year had passed since, and as `seen_days` how long ago it ended. With `apart`, what is told of guests at several properties
    together is told at each of them. What needs time to ripen also says the as-of date, as `as_of`.
    """
    statement = reach.reached(mart, scope, apart)
    if not history:
        statement = statement.where(*_filters(statement.selected_columns, mart, scope))
    if mart in RIPENING:
        statement = statement.add_columns(sa.literal(scope.as_of, sa.Date).label("as_of"))
    if order:
        statement = _in_order(statement, mart, scope)
    if returns:
        statement = _with_returns(statement, mart, scope)
    return statement.subquery(mart.name.removeprefix("mart_"))


def _in_order(statement: sa.Select, mart: sa.Table, scope: Scope) -> sa.Select:
    """Add `is_repeat`: by the mark on the stay for one property or all of them, else by a look at the guest's visits."""
    if mart is tables.profiles:
        place = func.row_number().over(partition_by=mart.c.guest_id, order_by=mart.c.profile_id)
        return statement.add_columns(case((place > 1, 1), else_=0).label("is_repeat"))
    if mart is tables.reviews:
        again = _answered_again(scope)
        repeat = case((again.c.review_id.is_not(None), 1), else_=0).label("is_repeat")
        return statement.add_columns(repeat).select_from(mart.outerjoin(again, again.c.review_id == mart.c.review_id))
    mark = "first_here" if len(scope.properties) == 1 else "first_anywhere" if scope.everywhere else None
    if mark and mark in mart.c:
        return statement.add_columns(case((mart.c.stay_key > mart.c[mark], 1), else_=0).label("is_repeat"))
    first = reach.firsts(scope)
    repeat = case((mart.c.stay_key > first.c.first_key, 1), else_=0).label("is_repeat")
    return statement.add_columns(repeat).select_from(mart.outerjoin(first, first.c.guest_id == mart.c.guest_id))


def _answered_again(scope: Scope) -> sa.Subquery:
    """One row per answer to the recommendation question after which the guest gave another one for the same stay.

    Only these are put in order: reviews that answer no such question would be one large group to sort.
    """
    r = tables.reviews.c
    place = func.row_number().over(partition_by=r.reservation_id, order_by=(r.reviewed_on.desc(), r.review_id.desc()))
    asked = (r.nps.is_not(None), r.kind == "survey", r.reservation_id.is_not(None), r.property_id.in_(reach.allowed(scope)))
    each = select(r.review_id, place.label("place")).where(*asked).subquery("each_answer").c
    return select(each.review_id).where(each.place > 1).subquery("answered_again")


def _with_returns(statement: sa.Select, stays: sa.Table, scope: Scope) -> sa.Select:
    """Add what came after a stay: from the marks on the stay for one property or all of them, else by a look at its followers."""
    mark = "next_here" if len(scope.properties) == 1 else "next_anywhere" if scope.everywhere else None
    following = stays.c[mark] if mark else (found := followers(scope)).c.next_on
    if not mark:
        statement = statement.outerjoin_from(statement.get_final_froms()[0], found, found.c.reservation_id == stays.c.reservation_id)
    seen = case((following < scope.as_of, following))
    return statement.add_columns(seen.label("next_on"), days_between(stays.c.stay_departure_on, seen).label("back_days"),
                                 add_days(stays.c.stay_departure_on, YEAR).label("year_on"),
                                 days_between(stays.c.stay_departure_on, sa.literal(scope.as_of, sa.Date)).label("seen_days"))


def followers(scope: Scope) -> sa.Subquery:
    """One row per realised stay of a known guest: the guest's next arrival at the scope's properties, not before the stay's end."""
    s = tables.stays.c
    slept = case(((s.is_arrival == 1) & (s.stay_departure_on > s.stay_arrival_on), s.stay_arrival_on))
    following = func.min(slept).over(partition_by=s.guest_id, order_by=(s.stay_arrival_on, s.stay_id), rows=(1, None))
    each = (select(s.reservation_id, s.is_stay, s.stay_departure_on, following.label("next_on"))
            .where(s.property_id.in_(reach.allowed(scope)), s.guest_id.is_not(None), s.is_arrival == 1).subquery("each_arrival").c)
    not_before = case((each.next_on < each.stay_departure_on, each.stay_departure_on), else_=each.next_on)
    return select(each.reservation_id, not_before.label("next_on")).where(each.is_stay == 1).subquery("followers")


def _filters(rows: sa.sql.ColumnCollection, mart: sa.Table, scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Return the predicates of a scope's filters, as far as a mart's rows can tell."""
    found = []
    if scope.channels and "channel" in rows:
        found.append(rows.channel.in_(scope.channels))
    if scope.identified and "guest_id" in rows:
        found.append(rows.guest_id.is_not(None))
    if scope.identified and "is_known" in rows:
        found.append(rows.is_known == 1)
    if scope.segment and mart in tables.SUMS_OF.values():
        raise ValueError(f"{mart.name} knows no guests: a segment is counted over the rows that it sums.")
    if scope.segment and "guest_id" in rows:
        found.append(rows.guest_id.in_(segments.members(scope.segment.rule, scope)))
    return found
