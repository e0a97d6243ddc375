"""How a KPI's parts are spread: what each guest or stay adds to it, in bins of round width that no fewer than five people stand in."""
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts.scoped import within
from crm_core.metrics import Metric, metric
from crm_core.metrics.definition import COUNTED, Measure
from crm_core.metrics.dimensions import Part, Split, parts_of
from crm_core.queries.explore import require
from crm_core.queries.headcount import person_of
from crm_core.queries.registry import query
from crm_core.queries.splits import By, columns, groups_of, pieces
from crm_core.queries.totals import inside
from crm_core.scope import Scope
from crm_core.stats.suppression import LEAST
from crm_core.store.warehouse import Warehouse

MOST_BINS = 40
ROUND = (1, 2, 2.5, 5, 10)
# Between so many people a quantile is told: at least five lie beyond it, or it would name one of them.
QUANTILES = {"p10": (.1, 50), "p25": (.25, 20), "p50": (.5, 10), "p75": (.75, 20), "p90": (.9, 50)}
COLUMNS = ("group", "from", "to", "people", "n", "mean", *QUANTILES)


@query
def spread(warehouse: Warehouse, scope: Scope, *, key: str, by: Part | str | None = None) -> pd.DataFrame:
    """One row per bin [from, to) and group of `by`: the people in it (of medians: the rows), in the KPI's unit; at most 40 bins of a round width.

    An end beyond which a few lie far off is open (NaN). Bins of fewer than five are joined with the next. n = all of the
    group, their mean, and p10 to p90 where enough people lie beyond them.
    A guest, or a reservation of whom nobody knows the guest, adds one value: the sum of what its rows add to the numerator. A group of fewer
    than five is left out. Raises ValueError where everyone adds the same, or the KPI cannot be told apart by `by`.
    """
    k = metric(key)
    if not spreads(k):
        raise ValueError(f"Everyone behind “{k.name}” adds the same to it: there is nothing to spread.")
    split = Split((by if isinstance(by, Part) else Part(by),)) if by else None
    if split:
        require(k, split.parts)
    frame = warehouse.frame(_statement(scope, k, split))
    frame = frame.assign(group=groups_of(frame, split), value=frame["value"].astype(float) / k.scale).dropna(subset="value")
    grid = _grid(frame["value"].to_numpy(), frame["people"].to_numpy())
    found = [_bins(part, group, grid) for group, part in frame.groupby("group", dropna=False) if part["people"].sum() >= LEAST]
    whole = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(COLUMNS))
    return whole.assign(group=[pieces(group)[0] if split else None for group in whole["group"]])


def spreads(k: Metric) -> bool:
    """Say whether the people behind a KPI add different amounts to it: not where each counts one, as guests, or where nobody stands behind."""
    alike = k.people or k.numerator[0].distinct or k.interval in ("wilson", "lift", "nps", "strata", "survival")
    return k.opens and not alike


def _statement(scope: Scope, k: Metric, split: Split | None) -> sa.Select:
    """One row per value and group: how many people have it."""
    parts = sa.union_all(*(_rows(scope, k, m, split) for m in k.numerator)).subquery("parts").c
    keys = [axis.key for axis in parts_of(split)]
    if k.interval in COUNTED:
        value, rows = parts.part, parts
    else:
        each = select(*(parts[name] for name in keys), _sum(parts.part).label("part")).group_by(parts.person, *(parts[name] for name in keys))
        rows = each.subquery("each_person").c
        value = rows.part
    return select(value.label("value"), *(rows[name] for name in keys), func.count().label("people")).group_by(value, *(rows[name] for name in keys))


def _sum(part: sa.ColumnElement) -> sa.ColumnElement:
    """The sum of a person's parts, unknown where one of them is."""
    return case((func.count(part) == func.count(), func.sum(part)))


def _rows(scope: Scope, k: Metric, m: Measure, split: By) -> sa.Select:
    axes, period = parts_of(split), k.counted_in(scope.elapsed().period)
    rows = within(m.mart, scope, order=m.order or any(a.order for a in axes), returns=m.returns, apart=any(a.apart for a in axes)).c
    day, value = (rows[m.on] if m.on else None), m.value(rows)
    person = person_of(m.mart, rows)
    wanted = [person.is_not(None), sa.or_(value != 0, value.is_(None))] + ([inside(day, period)] if m.on else [])
    if m.when is not None:
        wanted.append(m.when(rows))
    return select(person.label("person"), sa.cast(value, sa.Double).label("part"), *columns(axes, rows, day)).where(*wanted)


# --- bins -------------------------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Grid:
    """Bins of one width: the first begins at `start` widths; what lies before it or after the last belongs to these two."""

    width: float
    start: int
    count: int


def _grid(values: np.ndarray, people: np.ndarray) -> Grid:
    """The finest round bins of which no more than 40 reach across the values; among a thousand people one at either end may lie beyond."""
    if not len(values):
        return Grid(1, 0, 1)
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(people[order])
    low, high = (values[order][np.searchsorted(reached, share * reached[-1])] for share in (.001, .999))
    least = max(high - low, 1e-9) / (MOST_BINS - 2)
    whole = bool((values == values.round()).all()) and least < 1
    scale = 10 ** math.floor(math.log10(least))
    width = 1.0 if whole else next(step * scale for step in ROUND if step * scale >= least)
    start = _place(low, width)
    return Grid(width, start, int(_place(high, width) - start + 1))


def _place(value, width: float):
    return np.floor(np.asarray(value) / width + 1e-9).astype(int)


def _bins(part: pd.DataFrame, group: object, grid: Grid) -> pd.DataFrame:
    """The bins of one group with its quantiles beside each; an end beyond which there are more is open (NaN)."""
    part = part.sort_values("value")
    values, people = part["value"].to_numpy(), part["people"].to_numpy()
    at = _place(values, grid.width) - grid.start
    joined = _joined(np.bincount(np.clip(at, 0, grid.count - 1), people, grid.count).astype(int))
    edges = (grid.start + np.array([0, *(after for _, after, _ in joined)])) * float(grid.width)  # an open end is NaN, which no whole number is
    edges[0], edges[-1] = math.nan if at[0] < 0 else edges[0], math.nan if at[-1] >= grid.count else edges[-1]
    return pd.DataFrame({"group": group, "from": edges[:-1], "to": edges[1:], "people": [n for *_, n in joined], "n": int(people.sum()),
                         "mean": float((values * people).sum() / people.sum()),
                         **{name: _quantile(values, people, share, least) for name, (share, least) in QUANTILES.items()}})


def _joined(counts: np.ndarray) -> list[tuple[int, int, int]]:
    """Bins (first, after the last, people) of none or at least five: what is fewer goes on into the next, and at the end into the last."""
    found, first, held = [], 0, 0
    for i, count in enumerate(counts):
        held += int(count)
        if held >= LEAST or (not held and first == i):
            found.append((first, i + 1, held))
            first, held = i + 1, 0
    while held and found and (held < LEAST):
        before, _, more = found.pop()
        first, held = before, held + more
    return [*found, (first, len(counts), held)] if held else found


def _quantile(values: np.ndarray, people: np.ndarray, share: float, least: int) -> float:
    """The value that a share of the people do not exceed, unknown among too few of them."""
    total = people.sum()
    return float(values[np.searchsorted(np.cumsum(people), share * total)]) if total >= least else math.nan
