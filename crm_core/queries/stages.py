"""Life-cycle stages under a scope: who stands where, since when, and who came and went within a year."""
import datetime as dt

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, literal, or_, select

from crm_core.dialects import add_days
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

# From the weakest to the strongest: a guest who has reached several stands at the last of them.
STAGES = ("prospect", "lead", "first", "repeat", "member", "advocate", "lapsed")
LAPSED_DAYS = 730
YEAR = 365


@query
def stage_moves(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per pair of stages, a year before the as-of date (none: not known then) and at it: how many guests made that way."""
    moves = _moves(scope).subquery("moves").c
    return warehouse.frame(select(moves.before, moves.stage, func.count().label("guests"))
                           .group_by(moves.before, moves.stage).order_by(moves.before, moves.stage))


@query
def stage_guests(warehouse: Warehouse, scope: Scope, *, stage: str, move: str | None = None, offset: int = 0, limit: int = 50) -> pd.DataFrame:
    """One row per guest at a stage, or who `entered` or `left` it within a year: both stages, since when, stays, last departure."""
    moves = _moves(scope).subquery("moves")
    return warehouse.frame(select(moves).where(_moved(moves.c, stage, move))
                           .order_by(moves.c.since_on.desc(), moves.c.guest_id).offset(offset).limit(limit))


@query
def guest_stages(warehouse: Warehouse, scope: Scope, *, guest: int) -> pd.DataFrame:
    """One row per stage that a guest has reached at the scope's properties, since when, in order; `is_current` marks where it stands."""
    facts = _facts(scope, scope.as_of, guest).subquery("facts").c
    each = sa.union_all(*(select(literal(stage).label("stage"), literal(place).label("place"), since.label("since_on"), _stage(facts).label("now"))
                          .where(since.is_not(None)) for place, (stage, since) in enumerate(_since(facts).items()))).subquery("each").c
    current = case((each.stage == each.now, 1), else_=0)
    return warehouse.frame(select(each.stage, each.since_on, current.label("is_current")).order_by(each.since_on, each.place))


def _moved(moves, stage: str, move: str | None) -> sa.ColumnElement[bool]:
    other = func.coalesce(moves.before, "")
    if move == "entered":
        return and_(moves.stage == stage, other != stage)
    return and_(moves.before == stage, moves.stage != stage) if move == "left" else moves.stage == stage


def _moves(scope: Scope) -> sa.Select:
    """One row per guest: the stage now and a year before, since when, stays and last departure."""
    now = _facts(scope, scope.as_of).subquery("now")
    then = _facts(scope, scope.as_of - dt.timedelta(YEAR)).subquery("then")
    return select(now.c.guest_id, _stage(now.c).label("stage"), _current_since(now.c).label("since_on"), now.c.stays,
                  now.c.last_on, case((then.c.guest_id.is_not(None), _stage(then.c))).label("before")
                  ).select_from(now.outerjoin(then, then.c.guest_id == now.c.guest_id))


def _facts(scope: Scope, day: dt.date, guest: int | None = None) -> sa.Select:
    """One row per guest known before a day: what had happened until then, and whether the last stay lies too long back."""
    s = within(tables.stages, scope, history=True).c
    place = func.row_number().over(partition_by=(s.guest_id, s.kind), order_by=s.from_on)
    # A contact that came in with a file is known now, although the data in that file end earlier.
    happened = or_(s.from_on < day, s.kind == "known") if day == scope.as_of else s.from_on < day
    seen = select(s.guest_id, s.kind, s.from_on, s.until_on, place.label("place")).where(
        happened, *([s.guest_id == guest] if guest is not None else [])).subquery(f"seen_{day:%Y%m%d}").c
    open_ = or_(seen.until_on.is_(None), seen.until_on >= day)
    first = lambda *when: func.min(case((and_(*when), seen.from_on)))  # noqa: E731
    stay = seen.kind == "stay"
    last = func.max(case((stay, seen.from_on)))
    booked = func.count(case((and_(seen.kind == "booked", open_), 1)))
    return select(
        seen.guest_id, func.min(seen.from_on).label("known_on"), func.max(case((and_(seen.kind == "lead", open_), seen.from_on))).label("lead_on"),
        first(stay).label("first_on"), first(stay, seen.place == 2).label("second_on"), last.label("last_on"),
        func.count(case((stay, 1))).label("stays"), first(seen.kind == "member", open_).label("member_on"),
        first(seen.kind == "praise").label("praise_on"),
        case((and_(booked == 0, last < day - dt.timedelta(LAPSED_DAYS)), 1), else_=0).label("is_lapsed"),
    ).group_by(seen.guest_id)


def _since(f) -> dict[str, sa.ColumnElement]:
    """Since when each stage holds; null where it was not reached."""
    praised = and_(f.second_on.is_not(None), f.praise_on.is_not(None))
    return {"prospect": f.known_on, "lead": f.lead_on, "first": f.first_on, "repeat": f.second_on, "member": f.member_on,
            "advocate": case((praised, func.greatest(f.second_on, f.praise_on))),
            "lapsed": case((f.is_lapsed == 1, add_days(f.last_on, LAPSED_DAYS + 1)))}


def _stage(f) -> sa.ColumnElement[str]:
    """The last of the stages that were reached; an enquiry is a stage only of those who have not stayed yet."""
    return case((f.is_lapsed == 1, "lapsed"), (and_(f.second_on.is_not(None), f.praise_on.is_not(None)), "advocate"),
                (f.member_on.is_not(None), "member"), (f.stays > 1, "repeat"), (f.stays == 1, "first"),
                (f.lead_on.is_not(None), "lead"), else_="prospect")


def _current_since(f) -> sa.ColumnElement:
    since = _since(f)
    return case(*((_stage(f) == stage, since[stage]) for stage in STAGES))
