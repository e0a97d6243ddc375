"""The response desk: which reviews wait for an answer and how long, and who answers how fast."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Scope
from crm_core.stats import intervals, survival
from crm_core.store.warehouse import Warehouse

DAY = 24 * 60
# Ages of what waits, in days: below each bound.
AGES = ((1, "<1"), (3, "1-2"), (8, "3-7"), (31, "8-30"), (None, ">30"))
WHO = {"who": "answered_by", "platform": "platform", "language": "language", "property": "property_id"}


@query
def waiting_reviews(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per age in days (<1, 1-2, 3-7, 8-30, >30) of the answerable reviews without an answer at the as-of date: reviews, critical ones.

    All that wait are counted, whenever they were written: a period hides none of them.
    """
    r = within(tables.reviews, scope).c
    age = case(*((r.wait_minutes < days * DAY, name) for days, name in AGES if days), else_=AGES[-1][1])
    frame = warehouse.frame(select(age.label("age"), func.count().label("reviews"), func.sum(r.is_critical).label("critical"))
                            .where(r.is_answerable == 1, r.is_answered == 0, r.reviewed_on < scope.as_of).group_by(age))
    return frame.set_index("age").reindex([name for _, name in AGES], fill_value=0).astype(int).reset_index()


@query
def answering(warehouse: Warehouse, scope: Scope, *, by: str = "who") -> pd.DataFrame:
    """One row per who answered (by = "who"), platform, language or property, of the answerable reviews written in the period.

    reviews, answered, share with low and high (Wilson); hours = median and hours_90 = P90 of the time to the answer, by Kaplan-Meier: what
    still waits counts for as long as it has waited. By who, only what that person answered is known: share is NaN.
    """
    if by not in WHO:
        raise ValueError(f"Answers are split by {', '.join(WHO)}, not by {by!r}.")
    frame = _waits(warehouse, scope, WHO[by], by == "who")
    rows = [{"group": group, **_told(part)} for group, part in frame.groupby("group", dropna=False)]
    found = pd.DataFrame(rows, columns=["group", "reviews", "answered", "hours", "hours_90"])
    low, high = intervals.wilson(found["answered"], found["reviews"])
    shares = {"share": found["answered"] / found["reviews"], "low": low, "high": high}
    found = found.assign(**(dict.fromkeys(shares, np.nan) if by == "who" else shares))
    return found.sort_values(["reviews", "group"], ascending=[False, True], ignore_index=True)


def _waits(warehouse: Warehouse, scope: Scope, column: str, answered: bool) -> pd.DataFrame:
    """One row per group, wait in minutes and whether it ended with an answer: how many reviews."""
    r = within(tables.reviews, scope).c
    group = func.coalesce(r[column], sa.literal(0 if column == "property_id" else ""))
    wanted = [r.is_answerable == 1, inside(r.reviewed_on, scope.elapsed().period), *([r.is_answered == 1] if answered else [])]
    return warehouse.frame(select(group.label("group"), r.wait_minutes, r.is_answered, func.count().label("n")).where(*wanted)
                           .group_by(group, r.wait_minutes, r.is_answered))


def _told(part: pd.DataFrame) -> dict[str, float]:
    n, answered = int(part["n"].sum()), int(part.loc[part["is_answered"] == 1, "n"].sum())
    curve = survival.kaplan_meier(part["wait_minutes"].to_numpy(), part["is_answered"].to_numpy(bool), part["n"].to_numpy())
    return {"reviews": n, "answered": answered, "hours": _quantile(curve, 0.5), "hours_90": _quantile(curve, 0.9)}


def _quantile(curve, share: float) -> float:
    """The hours after which this share was answered; NaN where that was never reached."""
    reached = np.flatnonzero(curve.survival <= 1 - share)
    return float(curve.time[reached[0]]) / 60 if len(reached) else np.nan
