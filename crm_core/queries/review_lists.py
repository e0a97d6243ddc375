"""Which reviews a number or a card is about: their ids, newest first or worst first, and how many there are."""
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.feedback import group_of
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

VIEWS = ("newest", "written", "critical", "uncased", "waiting", "lowest")
GOOD, BAD = 80, 60  # of 100: between them a review is neither
Group = tuple[str, object]


@query
def review_list(warehouse: Warehouse, scope: Scope, *, view: str = "newest", aspect: str | None = None, label: str | None = None,
                language: str | None = None, platform: str | None = None, kind: str | None = None, group: Group | None = None,
                offset: int = 0, limit: int = 12) -> pd.DataFrame:
    """One row per review of the period: review_id, guest_id, property_id, reviewed_on, rating, is_critical, is_answered, wait_minutes.

    view: "newest", "written" (the newest with words), "critical" (critical and unanswered), "uncased" (critical, answered or not, and no case
    was opened), "waiting" (answerable and unanswered, critical first), "lowest". `aspect` (with `label`) narrows to reviews that speak of it,
    `group` to one group of a split, as (by, value).
    """
    r, wanted = _wanted(scope, view, aspect, label, language, platform, kind, group)
    names = ("review_id", "guest_id", "property_id", "kind", "platform", "language", "reviewed_on", "rating", "nps", "is_critical", "is_answered", "wait_minutes",
             "answered_by", "case_id")
    return warehouse.frame(select(*(r[name] for name in names)).where(*wanted).order_by(*_order(r, view)).offset(offset).limit(limit))


@query
def review_count(warehouse: Warehouse, scope: Scope, *, view: str = "newest", aspect: str | None = None, label: str | None = None,
                 language: str | None = None, platform: str | None = None, kind: str | None = None, group: Group | None = None) -> pd.DataFrame:
    """One row: `reviews` in the list that the same parameters make, and `guests` known among them."""
    r, wanted = _wanted(scope, view, aspect, label, language, platform, kind, group)
    return warehouse.frame(select(func.count().label("reviews"), func.count(sa.distinct(r.guest_id)).label("guests")).where(*wanted))


@query
def review_sides(warehouse: Warehouse, scope: Scope, *, language: str, most: int = 2000) -> pd.DataFrame:
    """One row per review of the period with words of one language, the newest of each side: review_id and side ("good": 80 of 100 and above,
    "bad": 60 and below)."""
    r = within(tables.reviews, scope).c
    side = case((r.rating >= GOOD, "good"), (r.rating <= BAD, "bad"))
    place = func.row_number().over(partition_by=side, order_by=(r.reviewed_on.desc(), r.review_id.desc()))
    wanted = (r.words > 0, r.language == language, inside(r.reviewed_on, scope.elapsed().period))
    each = select(r.review_id, side.label("side"), place.label("place")).where(*wanted).subquery("each_review").c
    return warehouse.frame(select(each.review_id, each.side).where(each.side.is_not(None), each.place <= most).order_by(each.review_id))


@query
def review_facts(warehouse: Warehouse, scope: Scope, *, ids: tuple[int, ...]) -> pd.DataFrame:
    """One row per review of the ids: review_id, kind, platform, score_bp, nps; reviews outside the scope are left out."""
    r = within(tables.reviews, scope).c
    return warehouse.frame(select(r.review_id, r.kind, r.platform, r.score_bp, r.nps).where(r.review_id.in_(ids)).order_by(r.review_id))


def _order(r: sa.sql.ColumnCollection, view: str) -> tuple:
    newest = (r.reviewed_on.desc(), r.review_id.desc())
    return {"lowest": (r.rating.asc().nulls_last(), *newest), "waiting": (r.is_critical.desc(), r.wait_minutes.desc(), r.review_id)}.get(view, newest)


def _wanted(scope: Scope, view: str, aspect, label, language, platform, kind, group) -> tuple[sa.sql.ColumnCollection, list[sa.ColumnElement[bool]]]:
    """The reviews in scope, and what a list asks of them; raises ValueError for a view that there is not."""
    if view not in VIEWS:
        raise ValueError(f"A list of reviews is {', '.join(VIEWS)}, not {view!r}.")
    r = within(tables.reviews, scope).c
    wanted = [inside(r.reviewed_on, scope.elapsed().period)]
    wanted += [column == value for column, value in ((r.language, language), (r.platform, platform), (r.kind, kind)) if value]
    wanted += [group_of(r, group[0]) == group[1]] if group else []
    unanswered = (r.is_answerable == 1) & (r.is_answered == 0)
    wanted += {"written": [r.words > 0], "critical": [unanswered, r.is_critical == 1], "uncased": [r.is_critical == 1, r.case_id.is_(None)],
               "waiting": [unanswered]}.get(view, [])
    if aspect:
        wanted.append(r.review_id.in_(_speaking(scope, aspect, label)))
    return r, wanted


def _speaking(scope: Scope, aspect: str, label: str | None) -> sa.Select:
    m = within(tables.mentions, scope).c
    said = (m.label == label,) if label else ()
    return select(m.review_id).where(m.aspect == aspect, inside(m.reviewed_on, scope.elapsed().period), *said)
