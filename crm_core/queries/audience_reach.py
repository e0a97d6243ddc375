"""Whom a rule selects for an audience, with what arms are kept alike in, and why one guest fits it or not."""
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, literal, or_, select

from crm_core.marts import segments, tables
from crm_core.marts.assigned import stays_band
from crm_core.marts.reach import reached
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.rule import Rule, conditions
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

# The traits that an audience can be split alike in, as a campaign's groups are told.
STRATA = ("trip", "is_member", "stays_before", "way", "property")


@query
def audience_reach(warehouse: Warehouse, scope: Scope, *, rule: Rule | None = None, guests: tuple[int, ...] = ()) -> pd.DataFrame:
    """One row per guest of the scope who fits a rule, or is one of some, by id: guest_id and the traits of STRATA at the as-of date.

    trip and way are of the last stay ("" before one), stays_before "0", "1", "2-3" or "4+", property the one of the last stay, else the first that
    knows the guest. Who may be written to is not asked here.
    """
    found, last, member = _selected(scope, rule, guests), _last_stay(scope), _members(scope)
    home = _homes(scope)
    columns = {"trip": func.coalesce(last.c.trip, ""), "is_member": case((member.c.guest_id.is_not(None), 1), else_=0),
               "stays_before": stays_band(func.coalesce(last.c.stays, 0)),
               "way": func.coalesce(last.c.way, ""), "property": func.coalesce(last.c.property_id, home.c.property_id)}
    joined = found
    for facts in (last, member, home):
        joined = joined.outerjoin(facts, facts.c.guest_id == found.c.guest_id)
    return warehouse.frame(select(found.c.guest_id, *(column.label(name) for name, column in columns.items())).select_from(joined)
                           .order_by(found.c.guest_id))


def _selected(scope: Scope, rule: Rule | None, guests: tuple[int, ...]) -> sa.Subquery:
    if rule is not None:
        return segments.members(rule, scope).subquery("found")
    everyone = reached(tables.guests, scope).subquery("everyone").c
    return select(everyone.guest_id).where(everyone.guest_id.in_(guests)).subquery("found")


def _last_stay(scope: Scope) -> sa.Subquery:
    """One row per guest with a realised stay: what the last one was for, how it was booked and where, and how many there were."""
    s, k = within(tables.stays, scope, history=True).c, tables.channels
    way = case((s.is_direct == 1, "direct"), (k.c.kind == "ota", "ota"), else_="other")
    place = func.row_number().over(partition_by=s.guest_id, order_by=s.stay_key.desc())
    stays = func.count().over(partition_by=s.guest_id)
    each = (select(s.guest_id, s.property_id, s.segment.label("trip"), way.label("way"), stays.label("stays"), place.label("place"))
            .select_from(s.guest_id.table.outerjoin(k, k.c.channel == s.channel)).where(s.is_stay == 1, s.guest_id.is_not(None)).subquery("each_stay"))
    return select(each).where(each.c.place == 1).subquery("last_stay")


def _members(scope: Scope) -> sa.Subquery:
    m = within(tables.memberships, scope, history=True).c
    is_open = and_(m.enrolled_on <= scope.as_of, or_(m.closed_on.is_(None), m.closed_on > scope.as_of))
    return select(m.guest_id).where(is_open).distinct().subquery("member")


def _homes(scope: Scope) -> sa.Subquery:
    v = within(tables.visits, scope, history=True).c
    return select(v.guest_id, func.min(v.property_id).label("property_id")).group_by(v.guest_id).subquery("home")


@query
def clause_check(warehouse: Warehouse, scope: Scope, *, rule: Rule, guest: int) -> pd.DataFrame:
    """One row per condition of a rule, in order: its place (rule.conditions), field, operator, whether it `holds` of a guest at the as-of date, and
    `fits` = whether the whole rule does. A guest whom the scope does not know fulfils nothing."""
    asked = list(dict.fromkeys(conditions(rule)))
    parts = [segments.members(one, scope).subquery(f"of_part_{i}") for i, one in enumerate((rule, *asked))]
    held = [select(literal(i).label("place")).select_from(part).where(part.c.guest_id == guest) for i, part in enumerate(parts)]
    holds = set(warehouse.frame(sa.union_all(*held))["place"])
    return pd.DataFrame([{"place": i, "field": one.field, "operator": one.operator, "holds": int(i + 1 in holds), "fits": int(0 in holds)}
                         for i, one in enumerate(asked)], columns=["place", "field", "operator", "holds", "fits"])  # fmt: skip
