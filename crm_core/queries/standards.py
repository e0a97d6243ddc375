"""Standards beside what guests say of the same thing, and how the scores of assessments moved."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.queries.feedback import LEAST, VALIDATED
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Scope
from crm_core.stats import intervals
from crm_core.stats.alerts import adjusted
from crm_core.store.warehouse import Warehouse

FALSE_DISCOVERIES = 0.10
WHOLE = ""  # stands among the sections for all of them
Evidence = tuple[str, str, str, str]  # the item, and the aspect, kind of case and department where guests say something of it ("": nowhere)


@query
def guest_evidence(warehouse: Warehouse, scope: Scope, *, items: tuple[Evidence, ...]) -> pd.DataFrame:
    """One row per property and item (item, aspect, case_kind, department) with an aspect, a kind of case or a department: what its guests say of it.

    From the reviews written in the period: aspect_n mentions that are good or bad, aspect_share = good among them with aspect_low and aspect_high (Wilson),
    house_share of house_n over all aspects of the property. From the complaints opened in the period: cases, per 100 of the stays that ended in it
    (per_100 with per_100_low and _high, Wilson), all_per_100 of all properties of the scope (NaN where it has one).
    aspect_contradicts: at least 30 mentions, and the whole interval lies below the house's own share over all aspects; cases_contradict: at least 30
    stays, and the whole interval lies above that of all properties; both also after a correction for looking at many (Benjamini-Hochberg, q 0.10);
    contradicted: one of them, whatever was ticked.
    """
    items = tuple(item for item in items if any(item[1:]))
    said, cases, stays = _said(warehouse, scope), _complaints(warehouse, scope), _stays(warehouse, scope)
    places = sorted({*said["property_id"], *cases["property_id"], *stays.index})
    rows = [{"property_id": place, "item": item, "aspect": aspect, "case_kind": kind, "department": department}
            | _of_reviews(said[said["property_id"] == place], aspect) | _of_cases(cases, stays, place, kind, department)
            for place in places for item, aspect, kind, department in items]
    return _contradicted(pd.DataFrame(rows, columns=list(COLUMNS)))


COLUMNS = ("property_id", "item", "aspect", "case_kind", "department", "good", "aspect_n", "house_good", "house_n", "cases", "stays", "all_cases", "all_stays")


def _said(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per property and aspect: its mentions that are good, and that are bad."""
    m = within(tables.mentions, scope).c
    count = lambda label: func.count(case((m.label == label, 1)))  # noqa: E731
    return warehouse.frame(select(m.property_id, m.aspect, count("positive").label("good"), count("negative").label("bad"))
                           .where(m.coverage.in_(VALIDATED), inside(m.reviewed_on, scope.elapsed().period))
                           .group_by(m.property_id, m.aspect).order_by(m.property_id, m.aspect))


def _complaints(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per property, kind and department of the complaints."""
    c = within(tables.cases, scope).c
    return warehouse.frame(select(c.property_id, c.kind, c.department, func.count().label("cases"))
                           .where(c.is_complaint == 1, inside(c.opened_on, scope.elapsed().period)).group_by(c.property_id, c.kind, c.department))


def _stays(warehouse: Warehouse, scope: Scope) -> pd.Series:
    """Stays that ended in the period, by property."""
    s = within(tables.stays, scope).c
    found = warehouse.frame(select(s.property_id, func.count().label("stays")).where(s.is_stay == 1, inside(s.stay_departure_on, scope.elapsed().period))
                            .group_by(s.property_id))
    return found.set_index("property_id")["stays"]


def _of_reviews(said: pd.DataFrame, aspect: str) -> dict:
    own, both = said[said["aspect"] == aspect], said["good"] + said["bad"]
    if not aspect:
        return dict.fromkeys(("good", "aspect_n", "house_good", "house_n"), np.nan)
    return {"good": own["good"].sum(), "aspect_n": own["good"].sum() + own["bad"].sum(), "house_good": said["good"].sum(), "house_n": both.sum()}


def _of_cases(cases: pd.DataFrame, stays: pd.Series, place: int, kind: str, department: str) -> dict:
    if not (kind or department):
        return dict.fromkeys(("cases", "stays", "all_cases", "all_stays"), np.nan)
    same = cases[((cases["kind"] == kind) | (kind == "")) & ((cases["department"] == department) | (department == ""))]
    several = len(stays) > 1
    return {"cases": same.loc[same["property_id"] == place, "cases"].sum(), "stays": stays.get(place, 0),
            "all_cases": same["cases"].sum() if several else np.nan, "all_stays": stays.sum() if several else np.nan}


def _contradicted(found: pd.DataFrame) -> pd.DataFrame:
    """The counts as shares with their intervals, and whether guests say otherwise."""
    n, stays, all_stays, house_n = (found[name].astype(float).where(found[name] > 0) for name in ("aspect_n", "stays", "all_stays", "house_n"))
    low, high = intervals.wilson(found["good"].astype(float), n)
    rate_low, rate_high = (100 * limit for limit in intervals.wilson(found["cases"].astype(float), stays))
    found = found.assign(aspect_share=found["good"] / n, aspect_low=low, aspect_high=high, house_share=found["house_good"] / house_n,
                         per_100=100 * found["cases"] / stays, per_100_low=rate_low, per_100_high=rate_high,
                         all_per_100=100 * found["all_cases"] / all_stays).drop(columns=["good", "house_good", "all_cases", "all_stays"])
    told, visited = found["aspect_n"] >= LEAST, found["stays"] >= LEAST
    worse = told & (found["aspect_high"] < found["house_share"])
    more = visited & (found["per_100_low"] > found["all_per_100"])
    # Among so many looks some lie beyond their interval by chance.
    by_aspect = _q(found, ["property_id", "aspect"], found["aspect_share"].where(told), found["house_share"], n)
    by_cases = _q(found, ["property_id", "case_kind", "department"], (found["per_100"] / 100).where(visited), found["all_per_100"] / 100, stays)
    worse, more = worse & (by_aspect <= FALSE_DISCOVERIES), more & (by_cases <= FALSE_DISCOVERIES)
    return found.assign(aspect_contradicts=worse, cases_contradict=more, contradicted=worse | more)


def _q(found: pd.DataFrame, looked: list[str], share: pd.Series, other: pd.Series, n: pd.Series) -> pd.Series:
    """The q-value of each share against another that is taken as known; items that look at the same are one look."""
    p = pd.Series(intervals.score_p(share, other, n), found.index)
    once = p.where(~found.duplicated(looked) & p.notna())
    return pd.Series(adjusted(once), found.index).groupby([found[name] for name in looked]).transform("first")


# --- scores ------------------------------------------------------------------------------------------------------------------------------
@query
def standards_trend(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per complete assessment up to the as-of date and section (WHOLE: all of them), by standard, property and day.

    assessment_id, property_id, standard, assessed_by (self, audit, …), assessed_on, section, items, score = weight met (partly: half) of the weight that
    applies (NaN where more than a tenth of the whole was left out: is_scored 0, or where nothing applies), unassessed = part left out, is_latest of the
    property and standard.
    """
    a = within(tables.assessed, scope).c
    keys = (a.assessment_id, a.property_id, a.standard, a.assessed_by, a.assessed_on, a.is_scored, a.is_latest)
    sums = tuple(sa.cast(func.sum(column), sa.BigInteger).label(name)
                 for name, column in (("earned", a.earned), ("applicable", a.applicable), ("left_out", a.unassessed)))
    parts = warehouse.frame(select(*keys, a.section, func.count().label("items"), *sums).group_by(*keys, a.section))
    whole = parts.groupby([column.name for column in keys], as_index=False)[["items", "earned", "applicable", "left_out"]].sum().assign(section=WHOLE)
    found = pd.concat([whole[parts.columns], parts], ignore_index=True) if len(parts) else parts
    applies = found["applicable"].where(found["applicable"] > 0)
    found = found.assign(score=(found["earned"] / applies).where(found["is_scored"] == 1), unassessed=found["left_out"] / applies)
    return (found.drop(columns=["earned", "applicable", "left_out"])
            .sort_values(["standard", "property_id", "assessed_on", "assessment_id", "section"], ignore_index=True))
