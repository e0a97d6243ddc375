"""What a house would give to a benchmark: the catalogue's own sums of each KPI, and how many guests stand behind them."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import func, select

from crm_core.marts.scoped import within
from crm_core.metrics import Metric, metric
from crm_core.metrics.definition import COUNTED, Measure
from crm_core.queries.headcount import told_of
from crm_core.queries.kpis import kpi_values
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse


@query
def contribution_lines(warehouse: Warehouse, scope: Scope, *, keys: tuple[str, ...]) -> pd.DataFrame:
    """One row per KPI of `keys` in the period: unit, numerator, denominator, n, guests (a reservation without one counting as one,
    except where guests are what is counted), value.

    Their ratio is the KPI's value in its unit (money in minor units). Where the value is no ratio of these sums – a median, an estimate, a weighted score –
    or not known, numerator and denominator are NaN: such figures cannot be added up over hotels. Raises KeyError for a KPI that there is not.
    """
    found = kpi_values(warehouse, scope, keys=tuple(dict.fromkeys(keys)))
    found = found[found["period"] == "now"].reset_index(drop=True)
    ratio = found["numerator"] / found["denominator"].where(found["denominator"] > 0)
    adds_up = np.isclose(ratio, found["value"], rtol=1e-9, atol=1e-12)
    sums = found[["numerator", "denominator"]].where(pd.Series(adds_up), np.nan)
    return found[["key"]].assign(unit=[metric(key).unit for key in found["key"]], **sums, n=found["n"].fillna(0).astype("int64"),
                                 guests=[_people(warehouse, scope, metric(key)) for key in found["key"]], value=found["value"])


def _people(warehouse: Warehouse, scope: Scope, k: Metric) -> int:
    """The guests behind a KPI, counted one by one; nobody stands behind costs of a programme or days of a market."""
    each = [_persons(scope, k, measure) for measure in told_of(k, None)]
    if not each:
        return 0
    person = sa.union_all(*each).subquery("person").c.person
    return int(warehouse.frame(select(func.count(sa.distinct(person)).label("people"))).iat[0, 0])


def _persons(scope: Scope, k: Metric, measure: Measure) -> sa.Select:
    """The persons of the rows that a measure counts in the period; what stands as it is counts whenever it was."""
    rows = within(measure.mart, scope, order=measure.order, returns=measure.returns).c
    person = rows.cluster if "cluster" in rows and not measure.people else rows.guest_id
    wanted = [person.is_not(None)] + ([inside(rows[measure.on], k.counted_in(scope.elapsed().period))] if measure.on else [])
    if measure.when is not None:
        wanted.append(measure.when(rows))
    if not (measure.people or measure.distinct or k.interval in COUNTED):
        value = measure.value(rows)
        wanted.append(sa.or_(value != 0, value.is_(None)))
    return select(person.label("person")).where(*wanted)
