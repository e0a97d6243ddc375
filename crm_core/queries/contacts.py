"""How good the contacts are, and the work they ask for: scores by field and source, and lists of guests to look after."""
from collections.abc import Callable

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, or_, select

from crm_core.dialects import add_days
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

FRESH_DAYS = 3 * 365
EMPTY = ("", "missing", "placeholder")
WRONG = ("invalid", "placeholder", "bounced")
Part = tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]


def _state(column: str) -> Callable:
    return lambda r: (r[column].not_in(EMPTY), r[column] == "valid")


# Of each field: whether a profile has it, and whether what it has is right.
FIELDS: dict[str, Callable[[object], Part]] = {
    "name": _state("name_state"), "email": _state("email_state"), "phone": _state("phone_state"), "birth": _state("birth_state"),
    "country": lambda r: (r.country.is_not(None), r.country.is_not(None)),
    "language": lambda r: (r.language.is_not(None), r.language.is_not(None)),
    "consent": lambda r: (r.email_word != "", or_(r.email_word != "given", r.has_proof == 1)),
}
DIMENSIONS = ("complete", "valid", "unique", "fresh", "reachable")
# A channel on which a field lets the guest be reached, where consent was given.
REACHES = {"email": lambda r: r.email_word == "given", "phone": lambda r: r.sms_word == "given"}
LISTS: dict[str, Callable] = {
    "email_invalid": lambda r, old: r.email_state.in_(WRONG),
    "phone_invalid": lambda r, old: r.phone_state.in_(WRONG),
    "no_proof": lambda r, old: and_(r.email_word == "given", r.has_proof == 0),
    "alias_only": lambda r, old: r.email_state == "relay",
    "unseen": lambda r, old: or_(r.seen_on.is_(None), r.seen_on < old),
    "no_country": lambda r, old: r.country.is_(None),
    "birth_impossible": lambda r, old: r.birth_state.in_(("invalid", "placeholder")),
}
# Lists in which one good profile of a guest settles the matter.
SETTLED = {"alias_only": lambda r, old: r.email_state == "valid", "unseen": lambda r, old: r.seen_on >= old,
           "no_country": lambda r, old: r.country.is_not(None)}


@query
def contact_quality(warehouse: Warehouse, scope: Scope, *, by_source: bool = False) -> pd.DataFrame:
    """One row per source (or all of them) and field, with part and n of each dimension: complete, valid, unique, fresh, reachable.

    complete: profiles that have the field, of all. The others are of those: right; not waiting in a pair that may be one person; seen
    within three years; and, of the right ones only, with consent on the channel (e-mail address and phone; n = 0 for other fields).
    """
    r = _doubted(scope)
    columns = [c.label(f"{field}_{name}") for field in FIELDS for name, c in _parts(r, field, scope).items()]
    wide = warehouse.frame(select(*([r.source] if by_source else []), *columns).group_by(*([r.source] if by_source else [])))
    wide = wide if by_source else wide.assign(source="")
    rows = [{"source": row["source"], "field": field, **{name: int(row[f"{field}_{name}"]) for name in NUMBERS}}
            for row in wide.to_dict("records") for field in FIELDS]
    return pd.DataFrame(rows, columns=["source", "field", *NUMBERS]).sort_values(["source"], kind="stable", ignore_index=True)


NUMBERS = ("profiles", *(f"{name}_{what}" for name in DIMENSIONS for what in ("part", "n")))


def _parts(r, field: str, scope: Scope) -> dict[str, sa.ColumnElement]:
    """The counts of one field: n is what a dimension could be true for, part what it is true for."""
    everyone, (has, right) = sa.true(), FIELDS[field](r)
    reaches = REACHES.get(field)
    told = {"complete": (everyone, has), "valid": (has, right), "unique": (has, r.is_suspect == 0), "fresh": (has, r.seen_on >= _old(scope)),
            "reachable": (right, reaches(r)) if reaches else (sa.false(), sa.false())}
    counts = {"profiles": func.count()}
    for name, (of, part) in told.items():
        counts |= {f"{name}_part": func.count(case((and_(of, part), 1))), f"{name}_n": func.count(case((of, 1)))}
    return counts


def _doubted(scope: Scope):
    """The profiles of a scope, each with is_suspect: whether a pair that waits may join its guest to another one of the scope."""
    r = within(tables.profiles, scope)
    alike = {"partition_by": r.c.loose_id}
    others = func.min(r.c.guest_id).over(**alike) != func.max(r.c.guest_id).over(**alike)
    return select(r, case((others, 1), else_=0).label("is_suspect")).subquery("doubted").c


def _old(scope: Scope) -> sa.ColumnElement:
    return add_days(sa.literal(scope.as_of, sa.Date), -FRESH_DAYS)


@query
def duplicate_band(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per identity (strict: nothing joined, default, loose: every doubtful pair joined): profiles, guests, and the duplicate rate."""
    r = within(tables.profiles, scope).c
    guests = {"strict": r.strict_id, "default": r.guest_id, "loose": r.loose_id}
    each = [select(sa.literal(name).label("identity"), func.count().label("profiles"), func.count(sa.distinct(column)).label("guests"))
            for name, column in guests.items()]
    frame = warehouse.frame(sa.union_all(*each)).set_index("identity").loc[list(guests)].reset_index()
    return frame.assign(duplicate_rate=(frame["profiles"] - frame["guests"]) / frame["profiles"].where(frame["profiles"] > 0))


@query
def quality_behind(warehouse: Warehouse, scope: Scope, *, field: str, dimension: str, source: str = "", offset: int = 0,
                   limit: int = 50) -> pd.DataFrame:
    """One row per profile that a dimension of a field's quality is not true for, seen last first: `rows` is how many there are in all.

    The dimension "right" fails where a field is empty or wrong.
    """
    r = _doubted(scope)
    has, right = FIELDS[field](r)
    fails = {"right": sa.not_(and_(has, right)), "complete": sa.not_(has), "valid": and_(has, sa.not_(right)), "unique": and_(has, r.is_suspect == 1),
             "fresh": and_(has, or_(r.seen_on.is_(None), r.seen_on < _old(scope))),
             "reachable": and_(right, sa.not_(REACHES[field](r))) if field in REACHES else sa.false()}[dimension]
    statement = select(r.profile_id, r.guest_id, r.property_id, r.source, r.seen_on, func.count().over().label("rows")).where(fails)
    if source:
        statement = statement.where(r.source == source)
    return warehouse.frame(statement.order_by(r.seen_on.desc().nulls_last(), r.profile_id).offset(offset).limit(limit))


@query
def work_lists(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per work list: how many guests are on it."""
    each = [select(sa.literal(name).label("name"), func.count().label("guests")).select_from(_listed(scope, name).subquery(name)) for name in LISTS]
    frame = warehouse.frame(sa.union_all(*each))
    return frame.set_index("name").reindex(list(LISTS)).reset_index()


@query
def work_list(warehouse: Warehouse, scope: Scope, *, work: str, offset: int = 0, limit: int = 50) -> pd.DataFrame:
    """One row per guest on a work list: at how many profiles, when last seen, at which property; last seen first."""
    listed = _listed(scope, work)
    return warehouse.frame(listed.order_by(sa.desc("seen_on").nulls_last(), sa.asc("guest_id")).offset(offset).limit(limit))


def _listed(scope: Scope, name: str) -> sa.Select:
    """One row per guest with a profile that fits a list, unless another of the guest's profiles settles it."""
    r = within(tables.profiles, scope).c
    fits = case((LISTS[name](r, _old(scope)), 1))
    settled = func.count(case((SETTLED[name](r, _old(scope)), 1))) if name in SETTLED else sa.literal(0)
    return (select(r.guest_id, func.count(fits).label("profiles"), func.max(r.seen_on).label("seen_on"),
                   func.min(r.property_id).label("property_id"))
            .group_by(r.guest_id).having(func.count(fits) > 0, settled == 0))
