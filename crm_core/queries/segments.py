"""Rules at work: how many guests fit, who they are, and what the choices of a field are."""
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import func, select

from crm_core.marts import segments, tables
from crm_core.marts.fields import FIELDS, choices_in_data
from crm_core.marts.reach import reached
from crm_core.queries.registry import query
from crm_core.rule import Rule
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse


@query
def segment_sizes(warehouse: Warehouse, scope: Scope, *, rules: tuple[Rule, ...]) -> pd.DataFrame:
    """One row per rule, in order: how many guests of the scope's properties fit it. The scope's other filters play no part."""
    counts = [select(sa.literal(i).label("place"), func.count().label("guests")).select_from(segments.members(rule, scope).subquery(f"of_rule_{i}"))
              for i, rule in enumerate(rules)]
    if not counts:
        return pd.DataFrame({"place": pd.Series(dtype="int64"), "guests": pd.Series(dtype="int64")})
    return warehouse.frame(sa.union_all(*counts)).sort_values("place", ignore_index=True)


@query
def segment_everyone(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row: the guests of the scope's properties, of whom a segment is a part."""
    return warehouse.frame(select(func.count().label("guests")).select_from(reached(tables.guests, scope).subquery("guests")))


@query
def segment_members(warehouse: Warehouse, scope: Scope, *, rule: Rule, limit: int) -> pd.DataFrame:
    """One row per guest who fits a rule, by id."""
    found = segments.members(rule, scope).subquery("found").c
    return warehouse.frame(select(found.guest_id).order_by(found.guest_id).limit(limit))


@query
def guest_segments(warehouse: Warehouse, scope: Scope, *, rules: tuple[Rule, ...], guest: int) -> pd.DataFrame:
    """One row per rule that a guest fits: its place among the rules."""
    fits = []
    for i, rule in enumerate(rules):
        found = segments.members(rule, scope).subquery(f"of_rule_{i}")
        fits.append(select(sa.literal(i).label("place")).select_from(found).where(found.c.guest_id == guest))
    if not fits:
        return pd.DataFrame({"place": pd.Series(dtype="int64")})
    return warehouse.frame(sa.union_all(*fits)).sort_values("place", ignore_index=True)


@query
def field_choices(warehouse: Warehouse, scope: Scope, *, field: str) -> pd.DataFrame:
    """One row per choice that a field has in the data of the scope's properties, most frequent first. Raises KeyError for an unknown field."""
    return warehouse.frame(choices_in_data(FIELDS[field], scope))
