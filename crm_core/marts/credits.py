"""mart_credits: to which campaign each published rule, and each plain rule of touches, credits a booking. None subtracts what would have come anyway."""
import sqlalchemy as sa
from sqlalchemy import and_, case, func, literal, select

from crm_core.dialects import day_number, days_between
from crm_core.marts import tables
from crm_core.marts.booked import STANDS, WINDOW

# Published rules of vendors (KPIS: campaign attribution rules), and last, first and every touch of the thirty days before.
LAST = ("revinate_30d_open", "cloudbeds_30d_engaged", "last_touch")
EACH = ("guestfolio_15d_any", "inntopia_4d_action")
RULES = (*LAST, *EACH, "first_touch", "linear")
DEFAULT = "revinate_30d_open"
SOON, AFTER_ACTION = 15, 4


def rows() -> sa.Select:
    """Return the select that fills mart_credits: "within n days" counts days 0 to n; only what a person did is an opening or a click."""
    pairs = _pairs().cte("pairs")
    each = [*(_last(pairs, rule) for rule in LAST), *(_each(pairs, rule) for rule in EACH), _first(pairs), _linear(pairs)]
    c = sa.union_all(*each).subquery("credited").c
    double = case((func.count().over(partition_by=(c.rule, c.reservation_id)) > 1, 1), else_=0)
    values = {**{x.name: x for x in c}, "revenue": func.round(c.room_revenue * c.part), "is_double": double}
    return select(*(sa.cast(values[x.name], x.type).label(x.name) for x in tables.credits.c)).order_by(c.campaign_id, c.rule, c.reservation_id)


def _pairs() -> sa.Select:
    """One row per marketing message that arrived and booking of its guest within thirty days, with the rules that it qualifies under."""
    bookings = _bookings()
    m, b = tables.sends.c, bookings.c
    after = days_between(m.sent_on, b.booked_on)
    opened, clicked = m.opened_on <= b.booked_on, m.clicked_on <= b.booked_on
    last_action = func.greatest(m.sent_on, *(case((day <= b.booked_on, day), else_=m.sent_on) for day in (m.opened_on, m.clicked_on, m.acted_on)))
    qualifies = {
        "revinate_30d_open": opened, "cloudbeds_30d_engaged": sa.or_(opened, clicked), "last_touch": sa.true(),
        "guestfolio_15d_any": after <= SOON, "inntopia_4d_action": days_between(last_action, b.booked_on) <= AFTER_ACTION}
    flags = [case((when, 1), else_=0).label(rule) for rule, when in qualifies.items()]
    joined = tables.sends.join(bookings, and_(b.guest_id == m.guest_id, b.stretch == _stretch(m.sent_on), after.between(0, WINDOW)))
    return (select(m.send_id, m.campaign_id, m.property_id, m.guest_id, m.sent_on, b.property_id.label("place_id"), b.reservation_id, b.booked_on,
                   b.room_revenue, *flags)
            .select_from(joined).where(m.is_marketing == 1, m.is_delivered == 1))


def _bookings() -> sa.Subquery:
    """Each booking that stands twice, for messages of its own stretch of days and of the one before: so an equality finds the few that come into question."""
    s = tables.stays.c
    names = (s.guest_id, s.property_id, s.reservation_id, s.booked_on, s.room_revenue)
    each = (select(*names, (_stretch(s.booked_on) - back).label("stretch")).where(s.status.in_(STANDS), s.guest_id.is_not(None)) for back in (0, 1))
    return sa.union_all(*each).subquery("bookings")


def _stretch(day: sa.ColumnElement) -> sa.ColumnElement:
    """The number of a day's stretch, each a day longer than the window."""
    return func.floor(day_number(day) / float(WINDOW + 1))


COLUMNS = ("campaign_id", "property_id", "place_id", "guest_id", "reservation_id", "booked_on", "sent_on", "room_revenue")


def _placed(pairs: sa.CTE, rule: str, within: tuple, descending: bool = True, when: sa.ColumnElement | None = None) -> sa.Select:
    """The first or last qualifying message of each group of `within`, with the whole booking."""
    p = pairs.c
    order = (p.sent_on.desc(), p.send_id.desc()) if descending else (p.sent_on, p.send_id)
    place = func.row_number().over(partition_by=within, order_by=order).label("place")
    ranked = select(*(p[name] for name in COLUMNS), place).where(sa.true() if when is None else when).subquery(f"of_{rule}").c
    return select(literal(rule).label("rule"), *(ranked[name] for name in COLUMNS), literal(1.0).label("part")).where(ranked.place == 1)


def _last(pairs: sa.CTE, rule: str) -> sa.Select:
    """The last qualifying message gets all."""
    return _placed(pairs, rule, (pairs.c.reservation_id,), when=pairs.c[rule] == 1)


def _each(pairs: sa.CTE, rule: str) -> sa.Select:
    """Every campaign with a qualifying message gets all: the same booking is counted several times."""
    return _placed(pairs, rule, (pairs.c.reservation_id, pairs.c.campaign_id), when=pairs.c[rule] == 1)


def _first(pairs: sa.CTE) -> sa.Select:
    return _placed(pairs, "first_touch", (pairs.c.reservation_id,), descending=False)


def _linear(pairs: sa.CTE) -> sa.Select:
    """Every message gets the same part; a campaign's parts are added up, and stand on its last message."""
    p = pairs.c
    touches = func.count().over(partition_by=p.reservation_id)
    mine = func.count().over(partition_by=(p.reservation_id, p.campaign_id))
    place = func.row_number().over(partition_by=(p.reservation_id, p.campaign_id), order_by=(p.sent_on.desc(), p.send_id.desc()))
    ranked = select(*(p[name] for name in COLUMNS), (mine * 1.0 / touches).label("part"), place.label("place")).subquery("of_linear").c
    return select(literal("linear").label("rule"), *(ranked[name] for name in COLUMNS), ranked.part).where(ranked.place == 1)
