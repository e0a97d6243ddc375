"""What playbooks ask of the KPIs: each property's values now and a year before, all of them in one go."""
import pandas as pd

from crm_core.queries.kpis import kpi_values
from crm_core.queries.registry import query
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

KEYS = ["key", "property_id"]


@query
def triggers(warehouse: Warehouse, scope: Scope, *, keys: tuple[str, ...]) -> pd.DataFrame:
    """One row per KPI of `keys` and property that has it: value with low and high, n, few, last_year = the value of the same days a year before.

    NaN where nothing is known. Raises KeyError for a KPI that there is not.
    """
    found = kpi_values(warehouse, scope, keys=tuple(dict.fromkeys(keys)), by="property").rename(columns={"group": "property_id"})
    found = found[found["property_id"].notna()]
    now, year = (found[found["period"] == name] for name in ("now", "year"))
    told = now[[*KEYS, "value", "low", "high", "n", "few"]].merge(year[[*KEYS, "value"]].rename(columns={"value": "last_year"}), how="left", on=KEYS)
    return told.astype({"property_id": "int64", "few": bool}).sort_values(KEYS, ignore_index=True)
