"""KPIs of what campaigns caused: each campaign beside its own held-out part, then all of them together."""
import datetime as dt
import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.stats import chi2

from crm_core.marts import tables
from crm_core.metrics import Metric, campaigns
from crm_core.metrics.dimensions import DIMENSIONS, Dimension, Part, parts_of
from crm_core.queries.estimates import PERIODS, Rows, apart, blank, by_group, compare, known_as
from crm_core.queries.splits import By, fitting, groups_of
from crm_core.queries.totals import column, totals
from crm_core.scope import Period, Scope
from crm_core.stats import uplift
from crm_core.store.warehouse import Warehouse

READ = (*campaigns.ARMS, *campaigns.BESIDE)
NAMES = ("treated", "treated_booked", "treated_margin", "treated_squares", "held", "held_booked", "held_margin", "held_squares", "cost", "holdout_bp")
LEAST = 100  # people in the smaller arm
Arms = pd.DataFrame  # one row per campaign with both arms, a column for each of NAMES
Told = tuple[float, float, float]  # value, low, high


def sums(warehouse: Warehouse, scope: Scope, periods: Sequence[Period], by: By, shift: int = 0) -> pd.DataFrame:
    """One row per campaign and `group` of `by`: everyone assigned in each period, by arm, with bookings, margin, cost and the planned share held out."""
    return by_campaign(totals(warehouse, scope, READ, periods, beside_campaign(by), shift), scope, len(periods), by)


def beside_campaign(by: By) -> tuple[Dimension | Part, ...]:
    """Return the parts of a split, and the campaign, told once."""
    axes = parts_of(by)
    return tuple(axes) if any(axis.key == "campaign" for axis in axes) else (*axes, DIMENSIONS["campaign"])


def by_campaign(found: pd.DataFrame, scope: Scope, periods: int, by: By) -> pd.DataFrame:
    """Return the totals of READ by beside_campaign() with the `group` of `by`, its cost blank where the campaigns cannot tell the group apart."""
    frame = found.reset_index()
    frame = frame.assign(group=groups_of(frame, by))
    whole = scope.segment is None and len(fitting(by, tables.campaigns)) == len(parts_of(by))
    if not whole:  # a campaign's cost is of all its people: for a part of them nobody knows it
        frame[[column(READ.index(campaigns.cost), j) for j in range(periods)]] = math.nan
    return frame


def told(k: Metric, found: pd.DataFrame, by: By) -> Rows:
    """Return all rows of a KPI of what campaigns caused, from the sums of `now`, `previous` and `year`."""
    groups = _groups(found, by)
    rows = blank(groups)
    each = by_group(found)
    arms = [_both(each[known_as(group)], j) for j in range(len(PERIODS)) for group in groups]
    rows["value"], rows["low"], rows["high"] = np.array([TELL[k.reads](a) for a in arms], float).reshape(-1, 3).T
    rows["numerator"], rows["denominator"] = (np.array([a[name].sum() for a in arms], float) for name in ("treated_booked", "treated"))
    rows["n"] = np.array([_n(a) for a in arms], float)
    compare(rows, apart)
    return rows


def by_month(k: Metric, found: pd.DataFrame, names: Sequence[dt.date]) -> np.ndarray:
    """Return a KPI's value for the campaigns of each month, from sums by month."""
    months = pd.to_datetime(found["group"])
    return np.array([TELL[k.reads](_both(found[months == pd.Timestamp(name)], 0))[0] for name in names], float)


def _groups(found: pd.DataFrame, by: By) -> np.ndarray:
    """The groups in which somebody was assigned; all together, one group that is there also where nobody was."""
    return np.array([None], object) if by is None else found["group"].drop_duplicates().to_numpy()


def _both(rows: pd.DataFrame, j: int) -> Arms:
    """The campaigns of period j with people in both arms."""
    named = rows[[column(i, j) for i in range(len(READ))]].set_axis(NAMES, axis=1).astype(float)
    return named[(named["treated"] > 0) & (named["held"] > 0)]


def _n(arms: Arms) -> float:
    """Everyone assigned, or the smaller arm where it is too small to tell anything."""
    treated, held = arms["treated"].sum(), arms["held"].sum()
    return treated + held if min(treated, held) >= LEAST else min(treated, held)


# --- what is read ------------------------------------------------------------------------------------------------------------------------
def _lift(arms: Arms) -> uplift.Pooled:
    return uplift.pooled(*(arms[name].to_numpy() for name in ("treated_booked", "treated", "held_booked", "held")))


def _of_lift(name: str) -> Callable[[Arms], Told]:
    def tell(arms: Arms) -> Told:
        found = _lift(arms) if len(arms) else None
        return (math.nan,) * 3 if found is None else tuple(float(getattr(found, name + end)) for end in ("", "_low", "_high"))
    return tell


def _difference(arms: Arms) -> Told:
    found = _lift(arms) if len(arms) else None
    return (math.nan,) * 3 if found is None else (float(found.difference), float(found.low), float(found.high))


def _margin(arms: Arms) -> Told:
    """Each campaign's margin per person beside that of its held-out part (Welch), then added up: limits move by the root of squared distances."""
    if min(arms["treated_booked"].sum(), arms["held_booked"].sum()) < uplift.EVENTS:  # so few amounts tell neither their mean nor how far they scatter
        return (math.nan,) * 3
    m = uplift.lift_mean_of(*(arms[name].to_numpy() for name in ("treated", "treated_margin", "treated_squares", "held", "held_margin", "held_squares")))
    total = float(np.sum(m.incremental))
    below, above = (float(np.sqrt(np.square(limit - m.incremental).sum())) for limit in (m.incremental_low, m.incremental_high))
    return total, total - below, total + above


def _cost(arms: Arms) -> float:
    return float(arms["cost"].sum(skipna=False)) if len(arms) else math.nan


def _romi(arms: Arms) -> Told:
    return tuple(map(float, uplift.romi(*_margin(arms), _cost(arms))))


def _cost_per(arms: Arms) -> Told:
    return tuple(map(float, uplift.cost_per(*_of_lift("incremental")(arms), _cost(arms))))


def _detectable(arms: Arms) -> Told:
    treated, held, base = arms["treated"].sum(), arms["held"].sum(), arms["held_booked"].sum()
    return (float(uplift.detectable(treated, held, base / held)) if held and base else math.nan), math.nan, math.nan


def _split(arms: Arms) -> Told:
    """The chi-squares of all campaigns that say how many they meant to hold out, added up."""
    planned = arms[arms["holdout_bp"] > 0]
    found = [uplift.srm((a.treated, a.held), (1 - a.holdout_bp / 10_000, a.holdout_bp / 10_000))[0] for a in planned.itertuples()]
    return float(chi2.sf(sum(found), len(found))) if found else math.nan, math.nan, math.nan


TELL: dict[str, Callable[[Arms], Told]] = {
    "difference": _difference, "relative": _of_lift("relative"), "incremental": _of_lift("incremental"), "margin": _margin, "romi": _romi,
    "cost_per": _cost_per, "detectable": _detectable, "split": _split}
