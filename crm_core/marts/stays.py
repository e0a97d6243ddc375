"""mart_stays: every reservation with its guest, and the realised stays folded out of folios."""

import sqlalchemy as sa
from sqlalchemy import case, func, select
from sqlalchemy.sql import ColumnElement

from crm_core import schema
from crm_core.dialects import day_number, days_between
from crm_core.marts import memberships
from crm_core.marts.persons import persons
from crm_core.marts.tables import rates, stays

# A stay's place in time as one number: its departure day, then its id (ids stay below 2^36).
KEY_STEP = 2**36
LEAD_BANDS = (
    (0, "0"),
    (3, "1-3"),
    (7, "4-7"),
    (14, "8-14"),
    (30, "15-30"),
    (60, "31-60"),
    (90, "61-90"),
    (180, "91-180"),
    (365, "181-365"),
)


def rows() -> sa.Select:
    """Return the select that fills mart_stays, in the order of its columns."""
    whole = _folded(_folio()).subquery("whole")
    stay = case((whole.c.place == 1, whole.c.counts), else_=0)
    key = day_number(whole.c.stay_departure_on) * KEY_STEP + whole.c.stay_id
    # The keys of the guest's first stays spare most queries the search for them; another choice of properties looks them up in mart_visits.
    first = func.min(case((stay == 1, key)))
    arrives = whole.c.spent & (whole.c.place == 1)
    slept = case((arrives & (whole.c.stay_departure_on > whole.c.stay_arrival_on), whole.c.stay_arrival_on))
    values = {
        **{c.name: c for c in whole.c},
        "stay_key": key,
        "first_here": first.over(partition_by=(whole.c.cluster, whole.c.property_id)),
        "first_anywhere": first.over(partition_by=whole.c.cluster),
        "next_here": _next(stay, slept, whole, whole.c.cluster, whole.c.property_id),
        "next_anywhere": _next(stay, slept, whole, whole.c.cluster),
        "is_arrival": case((arrives, 1), else_=0),
        "is_stay": stay,
        "stay_nights": stay * days_between(whole.c.stay_arrival_on, whole.c.stay_departure_on),
        "score_bp": case((stay == 1, func.round(whole.c.fold_score))),
        "cases": case((stay == 1, whole.c.fold_cases), else_=0),
        "complaints": case((stay == 1, whole.c.fold_complaints), else_=0),
        "stay_room_revenue": case((stay == 1, whole.c.fold_room), else_=0),
        "stay_other_revenue": case((stay == 1, whole.c.fold_other), else_=0),
    }
    return select(*(sa.cast(values[c.name], c.type).label(c.name) for c in stays.c))


def _next(stay: ColumnElement, arrival_on: ColumnElement, whole, *of: ColumnElement) -> ColumnElement:
    """The day on which the guest comes again after a realised stay; one that comes before its end counts on the day it ends."""
    in_order = (whole.c.stay_arrival_on, whole.c.stay_id, whole.c.place)
    following = func.min(arrival_on).over(partition_by=of, order_by=in_order, rows=(1, None))
    return case((stay == 1, case((following < whole.c.stay_departure_on, whole.c.stay_departure_on), else_=following)))


def _folio() -> sa.Select:
    """One row per reservation with its guest, dimensions and money in the reporting currency."""
    s, p, c, who = schema.stay, schema.profile, schema.channel, persons()
    other, said, complaints, joined, rate = _other_revenue(), _reviews(), _cases(), memberships.spans(), rates.alias("stay_rate")
    told = {
        "other_revenue": case((other.c.missing > 0, None), else_=func.coalesce(other.c.amount, 0)),
        "score_bp": said.c.score_bp,
        "cases": func.coalesce(complaints.c.cases, 0),
        "complaints": func.coalesce(complaints.c.complaints, 0),
        **{name: case((p.c.is_booker == 0, joined.c[name])) for name in ("member_from", "member_until")},
    }
    columns = _whose(s, p, who) | _dimensions(s, p, c) | _money(s, c, rate) | told
    return select(*(column.label(name) for name, column in columns.items())).select_from(
        s.join(c, c.c.id == s.c.channel_id)
        .outerjoin(p, p.c.id == s.c.profile_id)
        .outerjoin(who, who.c.strict_id == p.c.guest_id)
        .outerjoin(rate, (rate.c.currency == s.c.currency) & (rate.c.day_on == s.c.departure_on))
        .outerjoin(other, other.c.stay_id == s.c.id)
        .outerjoin(said, said.c.stay_id == s.c.id)
        .outerjoin(complaints, complaints.c.stay_id == s.c.id)
        .outerjoin(joined, joined.c.guest_id == who.c.guest_id)
    )


def _whose(s: sa.Table, p: sa.Table, who: sa.Subquery) -> dict[str, ColumnElement]:
    """Whose reservation it is, in each identity, and what it is folded with."""
    known = lambda identity: case((p.c.is_booker == 0, identity))  # noqa: E731  a booker for others is not the guest
    spent = s.c.status.in_(("checked_out", "in_house")) & (s.c.rate_class != "house_use")
    cluster = func.coalesce(known(who.c.guest_id), -s.c.id)
    return {
        "reservation_id": s.c.id,
        **{name: known(who.c[name]) for name in ("guest_id", "strict_id", "loose_id")},
        "cluster": cluster,
        "folder": case((spent, cluster), else_=-s.c.id),
        "spent": spent,
    }


def _dimensions(s: sa.Table, p: sa.Table, c: sa.Table) -> dict[str, ColumnElement]:
    """What a reservation is grouped by, and its days."""
    lead = case((s.c.booked_on <= s.c.arrival_on, days_between(s.c.booked_on, s.c.arrival_on)))
    own = ("property_id", "segment", "room_type", "status", "rate_class", "booked_on", "arrival_on", "departure_on", "ended_on", "room")
    return {
        **{name: s.c[name] for name in own},
        "channel": c.c.code,
        "is_direct": case((c.c.kind.in_(schema.DIRECT_KINDS), 1), else_=0),
        "country": func.coalesce(s.c.country, p.c.country),
        "party": _party(s),
        "lead_days": lead,
        "lead_band": _lead_band(lead),
        "nights": days_between(s.c.arrival_on, s.c.departure_on),
    }


def _money(s: sa.Table, c: sa.Table, rate: sa.Alias) -> dict[str, ColumnElement]:
    """What the room brought and the booking cost, as it was said and in the reporting currency."""
    commission = func.coalesce(s.c.commission_minor, _share(s.c.room_revenue_minor, c.c.commission_bp))
    cost = commission + _share(s.c.room_revenue_minor, c.c.cost_bp)
    return {
        "currency": s.c.currency,
        "revenue_minor": s.c.room_revenue_minor,
        "cost_minor": cost,
        "room_revenue": func.round(s.c.room_revenue_minor * rate.c.factor),
        "booking_cost": func.round(cost * rate.c.factor),
    }


def _reviews() -> sa.Subquery:
    """One row per reservation with a review or survey answer: the mean score in basis points of its scale."""
    r = schema.review.c
    score = func.avg(sa.cast(r.score_bp, sa.Double)).label("score_bp")
    return select(r.stay_id, score).where(r.stay_id.is_not(None), r.score_bp.is_not(None)).group_by(r.stay_id).subquery("said")


def _cases() -> sa.Subquery:
    """One row per reservation with a complaint or request: how many, and how many of them are complaints."""
    c = schema.service_case.c
    complained = func.count(case((c.kind != "request", 1))).label("complaints")
    return select(c.stay_id, func.count().label("cases"), complained).where(c.stay_id.is_not(None)).group_by(c.stay_id).subquery("complaints")


def _other_revenue() -> sa.Subquery:
    """One row per reservation with postings: their sum in the reporting currency, and how many lack a rate."""
    c = schema.charge
    converted = func.round(c.c.amount_minor * rates.c.factor)
    return (
        select(c.c.stay_id, func.sum(converted).label("amount"), func.sum(case((rates.c.factor.is_(None), 1), else_=0)).label("missing"))
        .select_from(c.outerjoin(rates, (rates.c.currency == c.c.currency) & (rates.c.day_on == c.c.posted_on)))
        .where(c.c.department != "cancellation_fee")
        .group_by(c.c.stay_id)
        .subquery("other")
    )


def _folded(folio: sa.Select) -> sa.Select:
    """Number the folios that follow each other without a free night, and spread each such stay over its rows."""
    f = folio.subquery("folio")
    inside = {"partition_by": (f.c.folder, f.c.property_id), "order_by": (f.c.arrival_on, f.c.departure_on, f.c.reservation_id)}
    latest = func.max(f.c.departure_on).over(**inside, rows=(None, -1))
    opens = select(f, case((f.c.arrival_on <= latest, 0), else_=1).label("opens")).subquery("opens")
    inside = {
        "partition_by": (opens.c.folder, opens.c.property_id),
        "order_by": (opens.c.arrival_on, opens.c.departure_on, opens.c.reservation_id),
    }
    fold = select(opens, func.sum(opens.c.opens).over(**inside, rows=(None, 0)).label("fold")).subquery("fold")
    whole = {"partition_by": (fold.c.folder, fold.c.property_id, fold.c.fold)}
    in_order = {**whole, "order_by": (fold.c.arrival_on, fold.c.departure_on, fold.c.reservation_id)}
    first, last = func.min(fold.c.arrival_on).over(**whole), func.max(fold.c.departure_on).over(**whole)
    unfinished = func.max(case((fold.c.spent & (fold.c.status == "checked_out"), 0), else_=1)).over(**whole)
    return select(
        fold,
        func.row_number().over(**in_order).label("place"),
        func.min(fold.c.reservation_id).over(**whole).label("stay_id"),
        first.label("stay_arrival_on"),
        last.label("stay_departure_on"),
        _all_or_none(fold.c.room_revenue, whole).label("fold_room"),
        _all_or_none(fold.c.other_revenue, whole).label("fold_other"),
        func.avg(fold.c.score_bp).over(**whole).label("fold_score"),
        func.sum(fold.c.cases).over(**whole).label("fold_cases"),
        func.sum(fold.c.complaints).over(**whole).label("fold_complaints"),
        case(((unfinished == 0) & (last > first), 1), else_=0).label("counts"),
    )


def _all_or_none(value: ColumnElement, window: dict) -> ColumnElement:
    """Sum a money column, or nothing where one of its amounts lacks an exchange rate."""
    return case((func.count().over(**window) == func.count(value).over(**window), func.sum(value).over(**window)))


def _share(amount: ColumnElement, basis_points: ColumnElement) -> ColumnElement:
    return func.round(sa.cast(amount, sa.Double) * basis_points / sa.literal(10000.0, sa.Double))


def _party(s: sa.Table) -> ColumnElement:
    return case(
        (s.c.children > 0, "family"), (s.c.adults == 1, "single"), (s.c.adults == 2, "couple"), (s.c.adults == 0, "unknown"), else_="other"
    )


def _lead_band(lead: ColumnElement) -> ColumnElement:
    return case((lead.is_(None), "unknown"), *((lead <= most, band) for most, band in LEAD_BANDS), else_="366+")
