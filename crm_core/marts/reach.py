"""What of a mart lies within a scope's properties, whatever its filters: the one predicate by which scoped statements are known."""
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.marts import tables
from crm_core.scope import Scope
from crm_core.store.warehouse import SCOPED


def allowed(scope: Scope) -> sa.BindParameter:
    """Return the scope's property ids as the parameter by which scoped statements are known."""
    return sa.bindparam(SCOPED, value=list(scope.properties), expanding=True)


def reached(mart: sa.Table, scope: Scope, apart: bool = False, sums: bool = True) -> sa.Select:
    """Return a mart's rows at the scope's properties: those that say a property, and those of guests whom one of them knows.

    What is told of each property and of all together is told once for each guest, or `apart` for each property. Without `sums` what
    several properties have of a guest (tables.ADDED_UP) is left as one of them has it: who reads none of it is answered sooner.
    """
    if mart in tables.PLACED and not apart:
        return _placed(mart, scope, sums)
    if mart in tables.THROUGH_VISITS:
        return select(mart).where(*_known(mart, scope))
    if mart in tables.BOOKED and not scope.everywhere:
        return select(*_booked_here(mart)).where(mart.c.property_id.in_(allowed(scope)))
    if mart is tables.credits:
        return select(mart).where(mart.c.property_id.in_(allowed(scope)), mart.c.place_id.in_(allowed(scope)))
    return select(mart).where(mart.c.property_id.in_(allowed(scope)))


def _booked_here(mart: sa.Table) -> list[sa.ColumnElement]:
    """The columns of a mart, what was booked at the row's own property in the place of what was booked anywhere."""
    return [(mart.c.get(c.name + tables.HERE, c)).label(c.name) for c in mart.c]


def _known(mart: sa.Table, scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Guests whom one of the properties knows: every guest there is, where each property of the chain is allowed."""
    if scope.everywhere:
        return _every_one(scope)
    v = tables.visits
    return [mart.c.guest_id.in_(select(v.c.guest_id).where(v.c.property_id.in_(allowed(scope))))]


def _every_one(scope: Scope) -> list[sa.ColumnElement[bool]]:
    return [sa.literal(p).in_(allowed(scope)) for p in scope.chain]


def _placed(mart: sa.Table, scope: Scope, sums: bool) -> sa.Select:
    """The rows of one property, or those of all together; of several but not all, each one's own, added up for each guest.

    What is told of all properties together may be read only where every one of them is allowed.
    """
    if scope.everywhere and len(scope.chain) > 1:
        return select(mart).where(mart.c.property_id == tables.TOGETHER, *_every_one(scope))
    own = select(mart).where(mart.c.property_id.in_(allowed(scope)))
    if mart is not tables.guest_scores or len(scope.properties) == 1:
        return own
    return _added_up(own, mart) if sums else _best(own, mart)


def _ranked(own: sa.Select, *columns: str) -> sa.Subquery:
    """Each guest's rows, numbered from the property that values it most."""
    r = own.subquery("ranked").c
    best = func.row_number().over(partition_by=r.guest_id, order_by=(r.value.desc().nulls_last(), r.stays.desc(), r.property_id))
    return select(*(r[name] for name in columns), best.label("best")).subquery("place")


def _best(own: sa.Select, mart: sa.Table) -> sa.Select:
    """One row per guest of several properties: as the property sees the guest that values it most."""
    names = [column.name for column in mart.c]
    place = _ranked(own, *names).c
    return select(*(place[name] for name in names)).where(place.best == 1)


def _added_up(own: sa.Select, mart: sa.Table) -> sa.Select:
    """One row per guest of several properties: counts and money added up, the rest as the property sees the guest that values it most.

    Sums and places are told apart from the rows, so that an engine leaves out those that nobody reads: it is seven times as quick.
    """
    every, one, place = own.subquery("every").c, own.subquery("one").c, _ranked(own, "guest_id", "property_id").c
    added = [sa.cast(_sum(every, c.name), c.type).label(c.name) for c in mart.c if c.name in tables.ADDED_UP]
    whole = select(every.guest_id, *added).group_by(every.guest_id).subquery("whole").c
    joined = (one.guest_id.table.join(place.guest_id.table, and_(place.guest_id == one.guest_id, place.property_id == one.property_id))
              .join(whole.guest_id.table, whole.guest_id == one.guest_id))
    columns = [(whole if c.name in tables.ADDED_UP else one)[c.name].label(c.name) for c in mart.c]
    return select(*columns).select_from(joined).where(place.best == 1)


def _sum(rows: sa.sql.ColumnCollection, name: str) -> sa.ColumnElement:
    """The sum of a column, or nothing where one of its parts is unknown."""
    total, beside = func.sum(rows[name]), tables.KNOWN_WITH.get(name)
    return case((func.count(rows[name]) == func.count(rows[beside]), total)) if beside else total


def firsts(scope: Scope) -> sa.Subquery:
    """One row per guest: the key of the first realised stay in the scope's properties, whatever the filters."""
    v = tables.visits
    return (select(v.c.guest_id, func.min(v.c.first_key).label("first_key"))
            .where(v.c.property_id.in_(allowed(scope)), v.c.first_key.is_not(None)).group_by(v.c.guest_id).subquery("firsts"))
