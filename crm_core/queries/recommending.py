"""Who would recommend the house: NPS by group beside the comparison, how much of a change is mix, and what the silent would say."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.marts import about, memberships, tables
from crm_core.marts.scoped import within
from crm_core.queries.feedback import group_of
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.scope import Period, Scope
from crm_core.stats import intervals
from crm_core.store.warehouse import Warehouse

ANSWERS = ("promoters", "passives", "detractors")
FEWEST = 5  # answers in a stratum; below, it is weighted with its neighbour (KPI 14)
# Whoever is delighted or angry answers so many times as often as others, at most (DEMO_DATA, L8; an assumption that the page states).
KEENER = 1.5
ANGRY = 3  # of ten: the answers of the angry are up to here


@query
def nps_groups(warehouse: Warehouse, scope: Scope, *, by: str = "property") -> pd.DataFrame:
    """One row per group of a split: promoters, passives, detractors, n, nps with low and high, was_… the same in the comparison, and the change
    with change_low and change_high (two independent NPS, MOVER)."""
    now, then = (_answers(warehouse, scope, by, period) for period in (scope.elapsed().period, scope.compared().period))
    frame = now.merge(then.add_prefix("was_").rename(columns={"was_group": "group"}), how="outer", on="group").sort_values("group", ignore_index=True)
    counts = [f"{side}{name}" for side in ("", "was_") for name in ANSWERS]
    frame = frame.assign(**frame[counts].fillna(0).astype(int))
    for side in ("", "was_"):
        value, low, high = intervals.nps(*(frame[f"{side}{name}"].to_numpy() for name in ANSWERS))
        frame = frame.assign(**{f"{side}n": frame[[f"{side}{name}" for name in ANSWERS]].sum(axis=1), f"{side}nps": value, f"{side}low": low, f"{side}high": high})
    low, high = intervals.apart(*(tuple(frame[f"{side}{name}"] for name in ("nps", "low", "high")) for side in ("", "was_")))
    return frame.assign(change=frame["nps"] - frame["was_nps"], change_low=low, change_high=high)


def _answers(warehouse: Warehouse, scope: Scope, by: str, period: Period) -> pd.DataFrame:
    r = _last_answers(scope, period)
    group = group_of(r, by)
    return warehouse.frame(select(group.label("group"), *_counts(r)).group_by(group))


def _last_answers(scope: Scope, period: Period) -> sa.sql.ColumnCollection:
    """The answers to the recommendation question in a period: of each stay the last one."""
    r = within(tables.reviews, scope).c
    stay = func.coalesce(r.reservation_id, -r.review_id)
    place = func.row_number().over(partition_by=stay, order_by=(r.reviewed_on.desc(), r.review_id.desc()))
    each = select(r, place.label("place")).where(r.nps.is_not(None), inside(r.reviewed_on, period)).subquery("each_answer")
    return select(each).where(each.c.place == 1).subquery("answers").c


def _counts(r: sa.sql.ColumnCollection) -> list[sa.ColumnElement]:
    bands = (r.nps >= 9, r.nps.between(7, 8), r.nps <= 6)
    return [func.count(case((band, 1))).label(name) for name, band in zip(ANSWERS, bands, strict=True)]


@query
def nps_mix(warehouse: Warehouse, scope: Scope, *, by: str = "segment") -> pd.DataFrame:
    """One row per group of a split: its share of the answers and NPS now and in the comparison, and what it adds to the change of the whole.

    within = mean share × change of the NPS, mix = change of the share × (mean NPS − overall mean NPS): over all rows they add up to the
    change (Kitagawa 1955). A group without answers on one side keeps the NPS of the other: its whole part is mix.
    """
    frame = nps_groups(warehouse, scope, by=by)
    if frame.empty or not frame["n"].sum() or not frame["was_n"].sum():
        return frame.assign(share=np.nan, was_share=np.nan, within=np.nan, mix=np.nan)
    share, was = frame["n"] / frame["n"].sum(), frame["was_n"] / frame["was_n"].sum()
    now, then = frame["nps"].fillna(frame["was_nps"]), frame["was_nps"].fillna(frame["nps"])
    level = ((share * now).sum() + (was * then).sum()) / 2
    return frame.assign(share=share, was_share=was, within=(share + was) / 2 * (now - then), mix=(share - was) * ((now + then) / 2 - level))


@query
def non_response(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per stratum (way of booking / member or guest / nights): stays, asked, answers, promoters, passives, detractors and of these the angry
    (0-3), weight, nps.

    `weight` is the stratum's share of all stays of the period (by departure), `group` the stratum that it is weighted with: one with under
    five answers takes part in its neighbour. Strata without stays or answers at all are left out.
    """
    period = scope.elapsed().period
    frame = _stays(warehouse, scope, period).merge(_asked(warehouse, scope, period), how="left", on="stratum")
    frame = frame.merge(_by_stratum(warehouse, scope, period), how="left", on="stratum").fillna(0).sort_values("stratum", ignore_index=True)
    if frame.empty:
        return frame.assign(answers=0, weight=np.nan, group="", nps=np.nan)
    answers = frame[list(ANSWERS)].sum(axis=1)
    frame = frame.assign(answers=answers, weight=frame["stays"] / frame["stays"].sum(), group=_neighbours(frame["stratum"].tolist(), answers.tolist()))
    whole = frame.groupby("group")[list(ANSWERS)].transform("sum")
    return frame.assign(nps=intervals.nps(*(whole[name].to_numpy() for name in ANSWERS))[0])


def _neighbours(strata: list[str], answers: list[int]) -> list[str]:
    """The stratum that each is weighted with: itself, or with too few answers the nearest in order that has enough."""
    full = [i for i, n in enumerate(answers) if n >= FEWEST]
    nearest = lambda i: min(full, key=lambda j: (abs(j - i), j)) if full else 0  # noqa: E731
    return [strata[i] if i in full else strata[nearest(i)] for i in range(len(strata))]


def _stays(warehouse: Warehouse, scope: Scope, period: Period) -> pd.DataFrame:
    s, k = within(tables.stays, scope).c, tables.channels.c
    kind = select(func.max(k.kind)).where(k.channel == s.channel).scalar_subquery()
    stratum = about.stratum(s, kind, memberships.is_member(s, s.stay_departure_on))
    return warehouse.frame(select(stratum.label("stratum"), func.count().label("stays"))
                           .where(s.is_stay == 1, inside(s.stay_departure_on, period)).group_by(stratum))


def _asked(warehouse: Warehouse, scope: Scope, period: Period) -> pd.DataFrame:
    i = within(tables.invitations, scope).c
    return warehouse.frame(select(i.stratum, func.count().label("asked")).where(i.is_delivered == 1, inside(i.sent_on, period)).group_by(i.stratum))


def _by_stratum(warehouse: Warehouse, scope: Scope, period: Period) -> pd.DataFrame:
    r = _last_answers(scope, period)
    return warehouse.frame(select(r.stratum, *_counts(r), func.count(case((r.nps <= ANGRY, 1))).label("angry")).group_by(r.stratum))


@query
def silent_guests(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row: NPS as answered (raw), weighted to all stays (weighted), and the band if 0-3 and 9-10 answered 1 to 1.5 times as often as others.

    raw_low … weighted_high are intervals; band_low and band_high leave sampling aside. Weighting repairs who answers only as far as strata
    tell, and not that the delighted and the angry answer more: the band says by how much that may still mislead.
    """
    frame = non_response(warehouse, scope)
    if frame.empty or not frame["answers"].sum():
        return pd.DataFrame({name: [np.nan] for name in ("n", "raw", "raw_low", "raw_high", "weighted", "weighted_low", "weighted_high", "band_low", "band_high")})
    raw = intervals.nps(*(np.array([frame[name].sum()]) for name in ANSWERS))
    whole = frame.groupby("group", as_index=False)[["weight", *ANSWERS, "angry"]].sum()
    weighted = intervals.nps_sum(*(whole[name].to_numpy() for name in ANSWERS), whole["weight"].to_numpy())
    eased = _nps_if(whole, KEENER)
    told = dict(zip(("raw", "raw_low", "raw_high", "weighted", "weighted_low", "weighted_high"), (*(x[0] for x in raw), *weighted), strict=True))
    return pd.DataFrame([{"n": frame["answers"].sum(), **told, "band_low": min(eased, told["weighted"]), "band_high": max(eased, told["weighted"])}])


def _nps_if(whole: pd.DataFrame, times: float) -> float:
    """The weighted NPS if the delighted and the angry had answered `times` as often as all others: their counts are eased by it."""
    p, angry = whole["promoters"] / times, whole["angry"] / times
    d = angry + whole["detractors"] - whole["angry"]
    return float((whole["weight"] * 100 * (p - d) / (p + whole["passives"] + d)).sum())
