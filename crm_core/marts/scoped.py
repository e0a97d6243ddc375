"""The one place where a scope becomes SQL: every query builds on within(), and the warehouse refuses a mart read without it."""
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.scope import Scope
from crm_core.store.warehouse import SCOPED


def allowed(scope: Scope) -> sa.BindParameter:
    """Return the scope's property ids as the parameter by which scoped statements are known."""
    return sa.bindparam(SCOPED, value=list(scope.properties), expanding=True)


def within(mart: sa.Table, scope: Scope, *, history: bool = False, order: bool = False) -> sa.Subquery:
    """Return a mart's rows inside the scope: its properties, and unless `history`, its channels and identified guests.

    With `order` each row also says, as `is_repeat`, whether the guest had an earlier realised stay in the scope's properties
    (of a profile: whether the guest has an earlier profile there).
    """
    if mart in tables.THROUGH_VISITS:
        v = tables.visits
        known = select(v.c.guest_id).where(v.c.property_id.in_(allowed(scope)))
        return select(mart).where(mart.c.guest_id.in_(known)).subquery(mart.name.removeprefix("mart_"))
    statement = select(mart).where(*conditions(mart, scope, history))
    if order:
        statement = _in_order(statement, mart, scope)
    return statement.subquery(mart.name.removeprefix("mart_"))


def _in_order(statement: sa.Select, mart: sa.Table, scope: Scope) -> sa.Select:
    """Add `is_repeat`: by the mark on the stay for one property or all of them, else by a look at the guest's visits."""
    if mart is tables.profiles:
        place = func.row_number().over(partition_by=mart.c.guest_id, order_by=mart.c.profile_id)
        return statement.add_columns(case((place > 1, 1), else_=0).label("is_repeat"))
    mark = "first_here" if len(scope.properties) == 1 else "first_anywhere" if scope.everywhere else None
    if mark and mark in mart.c:
        return statement.add_columns(case((mart.c.stay_key > mart.c[mark], 1), else_=0).label("is_repeat"))
    first = firsts(scope)
    repeat = case((mart.c.stay_key > first.c.first_key, 1), else_=0).label("is_repeat")
    return statement.add_columns(repeat).select_from(mart.outerjoin(first, first.c.guest_id == mart.c.guest_id))


def conditions(mart: sa.Table, scope: Scope, history: bool) -> list[sa.ColumnElement[bool]]:
    """Return the predicates of a scope on a mart that has a property column."""
    found = [mart.c.property_id.in_(allowed(scope))]
    if not history and scope.channels and "channel" in mart.c:
        found.append(mart.c.channel.in_(scope.channels))
    if not history and scope.identified and "guest_id" in mart.c:
        found.append(mart.c.guest_id.is_not(None))
    if not history and scope.identified and "is_known" in mart.c:
        found.append(mart.c.is_known == 1)
    return found


def firsts(scope: Scope) -> sa.Subquery:
    """One row per guest: the key of the first realised stay in the scope's properties, whatever the filters."""
    v = tables.visits
    return (select(v.c.guest_id, func.min(v.c.first_key).label("first_key"))
            .where(v.c.property_id.in_(allowed(scope)), v.c.first_key.is_not(None)).group_by(v.c.guest_id).subquery("firsts"))
