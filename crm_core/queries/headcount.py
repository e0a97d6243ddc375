"""How many people stand behind each cell of a split: guests, and reservations of whom nobody knows the guest."""
import operator
from collections.abc import Sequence
from functools import reduce

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts.scoped import within
from crm_core.metrics import Metric
from crm_core.metrics.definition import COUNTED, Measure
from crm_core.metrics.dimensions import Split, parts_of
from crm_core.queries.estimates import PERIODS
from crm_core.queries.splits import By, columns, groups_of
from crm_core.queries.totals import inside, merged
from crm_core.scope import Period, Scope
from crm_core.store.warehouse import Warehouse


def headcount(warehouse: Warehouse, scope: Scope, k: Metric, split: Split | None) -> pd.DataFrame | None:
    """One row per group and period (now, previous, year): `people` behind a KPI there. None where nobody stands behind it, as behind rooms."""
    measures = told_of(k, split)
    if not measures:
        return None
    elapsed = scope.elapsed().period
    periods = [k.counted_in(p) for p in (elapsed, elapsed.previous(), elapsed.year_before())]
    wide = warehouse.frame(_statement(scope, k, measures, periods, split))
    groups = groups_of(wide, split).to_numpy()
    return pd.DataFrame({"group": np.tile(groups, len(PERIODS)), "period": np.repeat(np.array(PERIODS, object), len(wide)),
                         "people": np.concatenate([wide[f"people{j}"].to_numpy(float) for j in range(len(PERIODS))])})


def told_of(k: Metric, by: By) -> list[Measure]:
    """Return the measures whose rows are those of the people of whom a KPI is told: all of whom it is a part where they can be told apart."""
    whole = [m for m in k.denominator if "guest_id" in m.mart.c and all(part.fits(m.mart, m.on is not None) for part in parts_of(by))]
    return whole[:1] or [m for m in k.numerator if "guest_id" in m.mart.c]


def _statement(scope: Scope, k: Metric, measures: Sequence[Measure], periods: Sequence[Period], by: By) -> sa.Select:
    """Note for each person the periods as bits, then count the bits: distinct counts take far longer."""
    each = [_people(scope, k, m, periods, by) for m in measures]
    rows = (sa.union_all(*each) if len(each) > 1 else each[0]).subquery("rows").c
    keys = [axis.key for axis in parts_of(by)]
    split = [rows[name] for name in keys]
    person = select(rows.person, *split, func.bit_or(rows.bits, type_=sa.Integer).label("bits")).group_by(rows.person, *split).subquery("each_person").c
    counts = [func.count(case((person.bits.bitwise_and(2**j) > 0, 1))).label(f"people{j}") for j in range(len(periods))]
    return select(*(person[name] for name in keys), *counts).group_by(*(person[name] for name in keys))


def _people(scope: Scope, k: Metric, measure: Measure, periods: Sequence[Period], by: By) -> sa.Select:
    """One row per row of a measure: the person it is of, its groups, and the periods that it counts in as bits."""
    axes, dated = parts_of(by), measure.on is not None
    rows = within(measure.mart, scope, order=measure.order or any(a.order for a in axes), returns=measure.returns, apart=any(a.apart for a in axes)).c
    day = rows[measure.on] if dated else None
    bits = reduce(operator.add, (case((inside(day, p), 2**j), else_=0) for j, p in enumerate(periods))) if dated else sa.literal(1)
    person = rows.cluster if "cluster" in rows else rows.guest_id
    wanted = [person.is_not(None)] + ([sa.or_(*(inside(day, p) for p in merged(periods)))] if dated else [])
    if measure.when is not None:
        wanted.append(measure.when(rows))
    if not (measure.people or measure.distinct or k.interval in COUNTED):
        wanted.append(sa.or_(measure.value(rows) != 0, measure.value(rows).is_(None)))
    return select(person.label("person"), *columns(axes, rows, day), bits.label("bits")).where(*wanted)
