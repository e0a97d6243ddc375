"""Do guests come back after a complaint: those whose case was solved fast, later, slowly or not at all, beside guests without one."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import add_days
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.scope import Scope
from crm_core.stats import intervals
from crm_core.stats.recovery import difference
from crm_core.store.warehouse import Warehouse

FAST, SLOW = 4 * 60, 48 * 60  # minutes
YEAR = 365
GROUPS = ("fast", "between", "slow", "unsolved", "none")
LEAST = 100  # stays on each side; fewer tell too little


@query
def recovery(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per group of GROUPS: stays of known guests that ended a year before the as-of date or earlier, whatever the period.

    fast: solved under 4 hours; slow: over 48; between; unsolved; none: no complaint in that stay (of several cases the slowest counts). stays,
    back = with another stay within 365 days, rate with low and high (Wilson); score = mean of the next stay's review in % of the best, with
    scored; against guests without a complaint: raw with raw_low and raw_high, matched (over property and whether it was a first stay) with
    matched_low and matched_high. Association, no proof: whose case is slow had the worse case.
    """
    cells = _cells(warehouse, scope)
    return pd.DataFrame([_told(cells, group) for group in GROUPS])


@query
def recovery_contrast(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row: fast minus slow in the share that came back: raw and stratified by severity, property and first stay, each with low and high.

    n and others: stays solved fast and slowly in strata that hold both; verdict: few (under 100 on a side), unclear (the interval holds 0),
    higher, lower.
    """
    cells = _cells(warehouse, scope, alone=True)
    found = _against(cells[cells["group"] == "fast"], cells[cells["group"] == "slow"], ["severe", "property_id", "is_repeat"])
    few = min(found.n, found.others) < LEAST
    verdict = "few" if few else "higher" if found.low > 0 else "lower" if found.high < 0 else "unclear"
    return pd.DataFrame([{**vars(found), "verdict": verdict}])


def _cells(warehouse: Warehouse, scope: Scope, *, alone: bool = False) -> pd.DataFrame:
    """One row per group, severity, property and first stay or not: stays, back, scored, scores; `alone`: of stays with a complaint, without scores."""
    s, cases = within(tables.stays, scope, order=True, returns=True), _cases(scope)
    r, c = s.c, cases.c
    back = (r.back_days <= YEAR) & r.next_on.is_not(None)
    group = case((c.stay_id.is_(None), "none"), (c.unsolved > 0, "unsolved"), (c.slowest < FAST, "fast"), (c.slowest > SLOW, "slow"), else_="between")
    joined, scores = s.join(cases, c.stay_id == r.stay_id, isouter=not alone), []
    if not alone:
        after = _next(scope)
        score, joined = case((back, after.c.score_bp)), joined.outerjoin(after, (after.c.guest_id == r.guest_id) & (after.c.came_on == r.next_on))
        scores = [func.count(score).label("scored"), func.coalesce(func.sum(score), 0).label("scores")]
    keys = (group.label("group"), func.coalesce(c.severe, 0).label("severe"), r.property_id, r.is_repeat)
    ripe = (r.is_stay == 1, r.guest_id.is_not(None), add_days(r.stay_departure_on, YEAR) < scope.as_of)
    return warehouse.frame(select(*keys, func.count().label("stays"), func.count(case((back, 1))).label("back"), *scores)
                           .select_from(joined).where(*ripe).group_by(*keys))


def _cases(scope: Scope) -> sa.Subquery:
    """One row per stay with a complaint: the slowest solution in minutes, how many are unsolved, and whether one was severe."""
    c, folio = within(tables.cases, scope, history=True).c, within(tables.stays, scope, history=True).c
    solved = select(folio.stay_id, func.max(c.solve_minutes).label("slowest"), func.sum(c.is_open).label("unsolved"),
                    func.max(case((c.severity == "major", 1), else_=0)).label("severe"))
    joined = c.case_id.table.join(folio.stay_id.table, folio.reservation_id == c.reservation_id)
    return solved.select_from(joined).where(c.is_complaint == 1, folio.stay_id.is_not(None)).group_by(folio.stay_id).subquery("complained")


def _next(scope: Scope) -> sa.Subquery:
    """One row per guest and day of arrival: the score of that stay, if any."""
    s = within(tables.stays, scope, history=True).c
    return (select(s.guest_id, s.stay_arrival_on.label("came_on"), func.max(s.score_bp).label("score_bp"))
            .where(s.is_stay == 1, s.guest_id.is_not(None)).group_by(s.guest_id, s.stay_arrival_on).subquery("coming"))


def _told(cells: pd.DataFrame, group: str) -> dict:
    mine, none = cells[cells["group"] == group], cells[cells["group"] == "none"]
    stays, back, scored = (int(mine[name].sum()) for name in ("stays", "back", "scored"))
    low, high = intervals.wilson(back, stays) if stays else (np.nan, np.nan)
    row = {"group": group, "stays": stays, "back": back, "rate": back / stays if stays else np.nan, "low": float(low), "high": float(high),
           "scored": scored, "score": float(mine["scores"].sum()) / scored / 100 if scored else np.nan}
    if group == "none":
        return row | dict.fromkeys(("raw", "raw_low", "raw_high", "matched", "matched_low", "matched_high"), np.nan)
    found = _against(mine, none, ["property_id", "is_repeat"])
    return row | {"raw": found.raw, "raw_low": found.raw_low, "raw_high": found.raw_high, "matched": found.stratified, "matched_low": found.low,
                  "matched_high": found.high}


def _against(one: pd.DataFrame, other: pd.DataFrame, strata: list[str]):
    sides = [frame.groupby(strata)[["back", "stays"]].sum() for frame in (one, other)]
    both = sides[0].join(sides[1].add_suffix("_other"), how="outer").fillna(0)
    return difference(both["back"], both["stays"], both["back_other"], both["stays_other"])
