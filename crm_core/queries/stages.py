"""Life-cycle stages under a scope: who stands where, since when, and who came and went within a year."""
import datetime as dt
from dataclasses import dataclass

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
    h = _history(scope, guest)
    facts = select(h.guest_id, *_facts(h, _on(scope, scope.as_of))).group_by(h.guest_id).subquery("facts").c
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
    now, then = _on(scope, scope.as_of), _on(scope, scope.as_of - dt.timedelta(YEAR))
    h = _history(scope)
    columns = [c.label(f"{name}_{c.name}") for name, on in (("now", now), ("then", then)) for c in _facts(h, on)]
    both = select(h.guest_id, *columns).group_by(h.guest_id).subquery("both").c
    f, g = _Facts(both, "now_"), _Facts(both, "then_")
    return select(both.guest_id, _stage(f).label("stage"), _current_since(f).label("since_on"), f.stays.label("stays"),
                  f.last_on.label("last_on"), case((g.known_on.is_not(None), _stage(g))).label("before")).where(f.known_on.is_not(None))


class _Facts:
    """The facts of one day among those of several: their names begin with the day's."""

    def __init__(self, columns, begins: str):
        self._columns, self._begins = columns, begins

    def __getattr__(self, name: str) -> sa.ColumnElement:
        return self._columns[self._begins + name]


@dataclass(frozen=True)
class _Day:
    """A day and what had happened before it; at the as-of date itself, contacts that came in with a later file are known too."""

    day: dt.date
    is_now: bool

    def saw(self, h) -> sa.ColumnElement[bool]:
        return or_(h.from_on < self.day, h.kind == "known") if self.is_now else h.from_on < self.day


def _on(scope: Scope, day: dt.date) -> _Day:
    return _Day(day, day == scope.as_of)


def _history(scope: Scope, guest: int | None = None):
    """The steps of guests, and of each stay which of theirs it is; of one guest also where a filter leaves the guest out."""
    s = within(tables.stages, scope, history=guest is not None).c
    whose = [s.guest_id == guest] if guest is not None else []
    place = func.row_number().over(partition_by=s.guest_id, order_by=s.from_on)
    columns = (s.guest_id, s.kind, s.from_on, s.until_on)
    # Bookings count while they are to come: those that were over a year ago are most of the rows and say nothing.
    matters = or_(s.kind != "booked", s.until_on >= scope.as_of - dt.timedelta(YEAR))
    return sa.union_all(select(*columns, place.label("place")).where(s.kind == "stay", *whose),
                        select(*columns, sa.null().label("place")).where(s.kind != "stay", matters, *whose)).subquery("history").c


def _facts(h, on: _Day) -> list[sa.ColumnElement]:
    """What had happened to a guest before a day, and whether the last stay lay too long back."""
    open_ = or_(h.until_on.is_(None), h.until_on >= on.day)
    first = lambda *when: func.min(case((and_(on.saw(h), *when), h.from_on)))  # noqa: E731
    stay = and_(on.saw(h), h.kind == "stay")
    last = func.max(case((stay, h.from_on)))
    booked = func.count(case((and_(on.saw(h), h.kind == "booked", open_), 1)))
    lapsed = case((and_(booked == 0, last < on.day - dt.timedelta(LAPSED_DAYS)), 1), else_=0)
    return [
        first().label("known_on"), func.max(case((and_(on.saw(h), h.kind == "lead", open_), h.from_on))).label("lead_on"),
        first(stay).label("first_on"), first(stay, h.place == 2).label("second_on"), last.label("last_on"),
        func.count(case((stay, 1))).label("stays"), first(h.kind == "member", open_).label("member_on"),
        first(h.kind == "praise").label("praise_on"), lapsed.label("is_lapsed"),
    ]


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
