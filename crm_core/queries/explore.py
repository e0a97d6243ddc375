"""Any KPI by any dimensions, with its totals; what fewer than five people stand behind is kept back here, before anybody sees it."""
import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from crm_core.metrics import Metric, metric
from crm_core.metrics.dimensions import DIMENSIONS, OTHERS, TOTAL, Part, Split
from crm_core.queries import splits
from crm_core.queries.headcount import Headcount
from crm_core.queries.kpis import values
from crm_core.queries.reading import Reading
from crm_core.queries.registry import query
from crm_core.scope import Scope
from crm_core.stats import suppression
from crm_core.store.warehouse import Warehouse

PLACES = ("row", "column", "panel")
FIGURES = ("value", "n", "low", "high", "numerator", "denominator")
SHOWN = (*FIGURES, "people", "change_low", "change_high")


@query
def explored(warehouse: Warehouse, scope: Scope, *, key: str, rows: Part | str, columns: Part | str | None = None,
             panels: Part | str | None = None, second: str | None = None) -> pd.DataFrame:
    """One row per group of `rows`, `columns` and `panels` (TOTAL: of all of them together) and period with cases: now, and the comparison
    that the scope chose (previous or year).

    value, n, low, high, numerator, denominator, few, change_low and change_high as of kpi_values; `people` = guests behind it, at least so
    many, a reservation without one counting as one (NaN: nobody stands behind such a figure). Where these are fewer than five, or where such a cell
    could be reckoned from those that are shown, the figures are NaN and `hidden` is true. second_value, second_low, second_high, second_n and
    second_few are those of a second KPI. Raises ValueError where a KPI cannot be told apart like that.
    """
    parts = {place: part if isinstance(part, Part) else Part(part) for place, part in zip(PLACES, (rows, columns, panels), strict=True) if part is not None}
    keys = (key, second) if second and second != key else (key,)
    for one in keys:
        require(metric(one), tuple(parts.values()))
    reading = Reading(warehouse, scope, _split(parts), compared=True)
    told = pd.concat([_told(reading, keys, some) for some in _margins(parts)], ignore_index=True)
    first, *others = (_guarded(reading, metric(one), told[told["key"] == one], parts) for one in keys)
    return _beside(first, others[0] if others else first if second else None).drop(columns="key")


@query
def largest(warehouse: Warehouse, scope: Scope, *, key: str, dimension: str, count: int = 10) -> pd.DataFrame:
    """One row per group of a dimension with most cases now, at most `count`, largest first: what stays itself where the rest become "others".

    Groups of fewer than five people are not named.
    """
    found = explored(warehouse, scope, key=key, rows=dimension)
    found = found[(found["period"] == "now") & (found["row"] != TOTAL) & ~found["hidden"]].assign(group=lambda f: f["row"])
    found = found.assign(text=[str(group) for group in found["group"]]).sort_values(["n", "text"], ascending=[False, True])
    return found[["group", "value", "n", "people"]].head(count).reset_index(drop=True)


def fits(k: Metric, dimension: str) -> bool:
    """Say whether a KPI can be told apart by a dimension: whether all that it adds up can."""
    return all(DIMENSIONS[dimension].fits(m.mart, m.on is not None) for m in k.numerator)


def require(k: Metric, parts: Sequence[Part]) -> None:
    """Raise ValueError, saying what is possible, where a KPI cannot be told apart by these dimensions."""
    unfit = [DIMENSIONS[part.dimension].name for part in parts if not fits(k, part.dimension)]
    if unfit:
        possible = ", ".join(d.name for d in DIMENSIONS.values() if fits(k, d.key))
        raise ValueError(f"“{k.name}” cannot be told apart by {', '.join(unfit)}. It can be by {possible or 'nothing'}.")
    Split(tuple(parts))


def _margins(parts: dict[str, Part]) -> list[dict[str, Part]]:
    """The parts that a table and each of its margins keep, by their places: all of them, then fewer, then none."""
    return [dict(some) for size in range(len(parts), -1, -1) for some in combinations(parts.items(), size)]


def _split(parts: dict[str, Part]) -> Split | None:
    return Split(tuple(parts.values())) if parts else None


def _told(reading: Reading, keys: tuple[str, ...], parts: dict[str, Part]) -> pd.DataFrame:
    """The figures of one margin, each part's bare group in its place."""
    found = values(reading, keys, _split(parts))
    found = found[found["period"].isin(["now", "year" if reading.scope.comparison == "year" else "previous"])]
    if parts:
        found = found[(found["n"] != 0) | (found["numerator"] != 0)]
    return _placed(found, parts)


def _placed(found: pd.DataFrame, parts: dict[str, Part]) -> pd.DataFrame:
    """The frame with row, column and panel in the place of the group."""
    named = {group: splits.pieces(group) for group in found["group"].unique()} if parts else {}
    at = {place: i for i, place in enumerate(parts)}
    places = {place: _bare([named[group][at[place]] for group in found["group"]] if place in at else [TOTAL] * len(found), found.index) for place in PLACES}
    return found.drop(columns="group").assign(**places)


def _bare(values: list, index: pd.Index | None = None) -> pd.Series:
    """Values as they are: pandas would make NaN of None, and floats of whole numbers beside it."""
    return pd.Series(values, index, dtype=object)


# --- what is kept back ------------------------------------------------------------------------------------------------------------------
def _guarded(reading: Reading, k: Metric, told: pd.DataFrame, parts: dict[str, Part]) -> pd.DataFrame:
    """One KPI's rows with the people behind each, those kept back that too few stand behind."""
    heads = Headcount(reading.warehouse, reading.scope, k, tuple(parts.values()), reading.periods)
    counted = [_placed(heads.of(_split(some)), some) for some in _margins(parts)] if heads.any else []
    if not counted:
        return told.assign(people=math.nan, hidden=False)
    whole = told.merge(pd.concat(counted, ignore_index=True), how="left", on=[*PLACES, "period"])
    whole = pd.concat([_kept_back(whole[whole["period"] == name], list(parts)) for name in whole["period"].unique()], ignore_index=True)
    return _blanked(whole)


def _kept_back(found: pd.DataFrame, places: list[str]) -> pd.DataFrame:
    """The rows of one period with the mark `hidden`; a cell with nobody in it that must not be told from the others is added."""
    # In an order of their own: an engine gives rows in any, and who asks twice must not be shown what was hidden before.
    axes = [pd.Index([*sorted(pd.unique(found.loc[found[name] != TOTAL, name]), key=repr), TOTAL], dtype=object) for name in places]
    at = tuple(axis.get_indexer(found[name]) for axis, name in zip(axes, places, strict=True))
    people, known = np.zeros([len(axis) for axis in axes]), np.zeros([len(axis) for axis in axes], bool)
    people[at], known[at] = found["people"].fillna(0), True
    back = suppression.hidden(people)
    found = found.assign(hidden=back[at], people=found["people"].fillna(0))
    empty = np.argwhere(back & ~known)
    if not len(empty):
        return found
    groups = {name: _bare([axes[places.index(name)][j] for j in empty[:, places.index(name)]] if name in places else [TOTAL] * len(empty)) for name in PLACES}
    added = pd.DataFrame(groups).assign(key=found["key"].iloc[0], period=found["period"].iloc[0], few=True, hidden=True)
    return pd.concat([found, added.assign(**dict.fromkeys(SHOWN, math.nan))], ignore_index=True)


def _blanked(found: pd.DataFrame) -> pd.DataFrame:
    """Hidden figures become NaN, and with them what compares one with a figure of another period."""
    found.loc[found["hidden"], list(SHOWN)] = math.nan
    cells = [tuple(cell) for cell in found[list(PLACES)].itertuples(index=False)]
    back = {cell for cell, period, hidden in zip(cells, found["period"], found["hidden"], strict=True) if hidden and period == "now"}
    found.loc[[cell in back for cell in cells], ["change_low", "change_high"]] = math.nan
    return found


def _beside(first: pd.DataFrame, second: pd.DataFrame | None) -> pd.DataFrame:
    """The first KPI's rows with what the second comes to in the groups that both have."""
    if second is None:
        return first.reset_index(drop=True)
    names = {name: f"second_{name}" for name in ("value", "low", "high", "n", "few")}
    return first.merge(second.rename(columns=names)[[*PLACES, "period", *names.values()]], how="left", on=[*PLACES, "period"])


__all__ = ["OTHERS", "TOTAL", "explored", "fits", "largest"]
