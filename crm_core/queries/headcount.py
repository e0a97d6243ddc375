"""Whether enough people stand behind each cell of a split: guests, and reservations of whom nobody knows the guest."""
from collections.abc import Sequence
from functools import reduce
from operator import add

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics import Metric
from crm_core.metrics.definition import COUNTED, Measure
from crm_core.metrics.dimensions import Part, Split, parts_of
from crm_core.queries.estimates import PERIODS
from crm_core.queries.splits import By, columns, groups_of, pieces
from crm_core.queries.totals import inside, merged
from crm_core.scope import Period, Scope
from crm_core.stats.suppression import LEAST
from crm_core.store.warehouse import Warehouse

# Each person sets one of so many bits, by its number: there are at least as many people as bits that are set.
BITS = 61
# More cells than this are counted by counting them all.
ONE_BY_ONE = 100


class Headcount:
    """The people behind a KPI in the cells of a split and of its margins, read once: counting each person once takes ten times as long."""

    def __init__(self, warehouse: Warehouse, scope: Scope, k: Metric, parts: Sequence[Part], periods: Sequence[Period]):
        self._warehouse, self._scope, self._k, self._split = warehouse, scope, k, Split(tuple(parts))
        self._periods = [k.counted_in(p) for p in periods]
        self._measures = told_of(k, self._split)
        self._read = warehouse.frame(self._bits()) if self._measures else None

    @property
    def any(self) -> bool:
        """Whether people stand behind the KPI at all: none do behind rooms."""
        return self._read is not None

    def of(self, split: Split | None) -> pd.DataFrame:
        """One row per group and period (now, previous, year): `people` behind the KPI there, at least so many; fewer than five only where they are."""
        wide = self._margin(parts_of(split))
        groups = groups_of(wide, split).to_numpy()
        people = np.concatenate([np.bitwise_count(wide[f"bits{j}"].to_numpy("int64")) for j in range(len(PERIODS))])
        rows = np.concatenate([wide[f"rows{j}"].to_numpy() for j in range(len(PERIODS))])
        found = pd.DataFrame({"group": np.tile(groups, len(PERIODS)), "period": np.repeat(np.array(PERIODS, object), len(wide)), "people": people.astype(float)})
        unsure = (people < LEAST) & (rows >= LEAST)
        return self._made_sure(found, unsure, split) if unsure.any() else found

    def _margin(self, parts: Sequence[Part]) -> pd.DataFrame:
        """The bits and rows by some of the parts: a bit is set where it is in any of the cells."""
        if len(parts) == len(self._split.parts):
            return self._read
        keys = [part.key for part in parts]
        at = self._read.groupby(keys, dropna=False, sort=False).ngroup().to_numpy() if keys else np.zeros(len(self._read), int)
        size = int(at.max()) + 1 if len(at) else 0 if keys else 1
        found = {key: self._read[key].to_numpy()[np.unique(at, return_index=True)[1]] for key in keys}
        for name in (f"bits{j}" for j in range(len(PERIODS))):
            found[name] = np.zeros(size, "int64")
            np.bitwise_or.at(found[name], at, self._read[name].to_numpy("int64"))
        return pd.DataFrame(found | {f"rows{j}": np.bincount(at, self._read[f"rows{j}"], size).astype(int) for j in range(len(PERIODS))})

    def _bits(self) -> sa.Select:
        """One row per cell: the bits of its people in each period, and how many rows it has there."""
        rows = sa.union_all(*(self._people(m, self._split) for m in self._measures)).subquery("rows").c
        split = [rows[part.key] for part in self._split.parts]
        found = [func.coalesce(func.bit_or(case((rows.bits.bitwise_and(2**j) > 0, _bit(rows.person))), type_=sa.BigInteger), 0).label(f"bits{j}")
                 for j in range(len(PERIODS))]
        counts = [func.count(case((rows.bits.bitwise_and(2**j) > 0, 1))).label(f"rows{j}") for j in range(len(PERIODS))]
        return select(*split, *found, *counts).group_by(*split)

    def _made_sure(self, found: pd.DataFrame, unsure: np.ndarray, split: Split | None) -> pd.DataFrame:
        """Count the people of cells whose bits may have fallen together one by one."""
        cells = [pieces(group) for group in found.loc[unsure, "group"].unique()] if split else []
        wide = self._warehouse.frame(self._one_by_one(split, cells if len(cells) <= ONE_BY_ONE else ()))
        exact = pd.DataFrame({"group": np.tile(groups_of(wide, split).to_numpy(), len(PERIODS)), "period": np.repeat(np.array(PERIODS, object), len(wide)),
                              "exact": np.concatenate([wide[f"people{j}"].to_numpy(float) for j in range(len(PERIODS))])})
        both = found.merge(exact, how="left", on=["group", "period"])
        return found.assign(people=np.where(unsure, both["exact"], found["people"]))

    def _one_by_one(self, split: Split | None, cells: Sequence[tuple]) -> sa.Select:
        """Note for each person the periods as bits, then count the bits."""
        rows, keys = sa.union_all(*(self._people(m, split) for m in self._measures)).subquery("rows").c, [part.key for part in parts_of(split)]
        # Cells are sought by what their rows were told apart by: to tell it once more for each cell takes an engine minutes.
        wanted = [sa.or_(*(and_(*(rows[p.key] == p.code(value) for p, value in zip(split.parts, cell, strict=True))) for cell in cells))] if cells else []
        person = (select(rows.person, *(rows[key] for key in keys), func.bit_or(rows.bits, type_=sa.Integer).label("bits")).where(*wanted)
                  .group_by(rows.person, *(rows[key] for key in keys)).subquery("each_person").c)
        counts = [func.count(case((person.bits.bitwise_and(2**j) > 0, 1))).label(f"people{j}") for j in range(len(PERIODS))]
        return select(*(person[key] for key in keys), *counts).group_by(*(person[key] for key in keys))

    def _people(self, measure: Measure, by: By) -> sa.Select:
        """One row per row of a measure: the person it is of, its groups, and the periods that it counts in as bits."""
        axes, dated = parts_of(by), measure.on is not None
        rows = within(measure.mart, self._scope, order=measure.order or any(a.order for a in axes), returns=measure.returns,
                      apart=any(a.apart for a in axes)).c
        day = rows[measure.on] if dated else None
        person = person_of(measure.mart, rows)
        wanted = [person.is_not(None), *self._counted(measure, rows, day)]
        return select(person.label("person"), *columns(axes, rows, day), _periods_of(day, self._periods).label("bits")).where(*wanted)

    def _counted(self, measure: Measure, rows, day) -> list[sa.ColumnElement[bool]]:
        """What makes a row one of those that the KPI is told of."""
        wanted = [] if day is None else [sa.or_(*(inside(day, p) for p in merged(self._periods)))]
        if measure.when is not None:
            wanted.append(measure.when(rows))
        if not (measure.people or measure.distinct or self._k.interval in COUNTED):
            wanted.append(sa.or_(measure.value(rows) != 0, measure.value(rows).is_(None)))
        return wanted


def person_of(mart: sa.Table, rows) -> sa.ColumnElement[int]:
    """Return what tells whose a row is: the guest, or the reservation of whom nobody knows the guest."""
    # Of guests' scores the cluster is that of guests who are alike.
    return rows.cluster if "cluster" in rows and mart is not tables.guest_scores else rows.guest_id


def told_of(k: Metric, by: By) -> list[Measure]:
    """Return the measures whose rows are those of the people of whom a KPI is told: all of whom it is a part where they can be told apart."""
    whole = [m for m in k.denominator if "guest_id" in m.mart.c and all(part.fits(m.mart, m.on is not None) for part in parts_of(by))]
    return whole[:1] or [m for m in k.numerator if "guest_id" in m.mart.c]


def _periods_of(day: sa.ColumnElement | None, periods: Sequence[Period]) -> sa.ColumnElement[int]:
    """The periods that a day is in, as bits; what stands as it is belongs to the first."""
    return sa.literal(1) if day is None else reduce(add, (case((inside(day, p), 2**j), else_=0) for j, p in enumerate(periods)))


def _bit(number: sa.ColumnElement) -> sa.ColumnElement[int]:
    """The bit of a number, which may be negative, among the 61."""
    place = (number % BITS + BITS) % BITS
    return sa.cast(sa.literal(1), sa.BigInteger).bitwise_lshift(sa.cast(place, sa.Integer))
