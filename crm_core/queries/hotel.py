"""The scope's properties and the channels, as the filters and labels need them."""
import pandas as pd
from sqlalchemy import select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse


@query
def properties(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per property of the scope, by name."""
    p = within(tables.properties, scope, history=True).c
    return warehouse.frame(select(p).order_by(p.name))


@query
def channels(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per channel, by name: shared by all properties."""
    return warehouse.frame(select(tables.channels).order_by(tables.channels.c.name))
