"""mart_member_effects: what members spent more in the last year than guests who were like them a year ago, property by property.

Members are those of the first day of the year. Whoever joined later had to come first in order to join: counting them as members would credit
the programme with the stays that led to it (immortal time). That wrong figure is told beside, so that it can be explained.
"""
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, literal, or_, select

from crm_core.dialects import days_between
from crm_core.marts import tables
from crm_core.marts.loyalty.given import YEAR, Ask, told
from crm_core.stats import matched

# Stays before the year, and days since the last of them: guests within the same limits are alike.
STAYS = ((1, 1), (2, 2), (3, 3), (5, 4), (9, 6))
HERE = ((1, 1), (3, 2))
SILENT = ((90, 0), (180, 90), (365, 180), (730, 365))
SPEND_PARTS = 5  # of equal size, by what guests of as many stays spent
COVARIATES = ("direct", "abroad", "prior_stays", "prior_spend", "prior_nights", "silent_days", "known_days")


def guests(before: dt.date, as_of: dt.date, place: int) -> sa.Select:
    """One row per guest with a realised stay that ended before a day, at one property (0: at any): what is known then, and revenue from then to as-of.

    `revenue` (minor units, of stays that began on or after the day) is that of the place. What leads to membership is the history at all
    properties, which is what guests are compared by; `here` and `silent` are of the place. Guests of whom a rate is missing are left out.
    `member`: on the day itself; `today`: on the as-of date.
    """
    s, p = tables.stays.c, tables.properties.c
    day, end = (sa.cast(sa.literal(on, sa.Date), sa.Date) for on in (before, as_of))
    here = s.property_id == place if place else sa.true()
    past, later = s.stay_departure_on < day, and_(s.stay_arrival_on >= day, s.stay_departure_on < end, here)
    spend, came_here = s.stay_room_revenue + s.stay_other_revenue, and_(past, here)
    of_first = lambda value: func.max(case((s.stay_key == s.first_anywhere, value)))  # noqa: E731
    total = lambda value, when: func.sum(case((when, value), else_=0))  # noqa: E731
    columns = {
        "here": total(1, came_here), "stays": total(1, past), "nights": total(s.stay_nights, past), "spend": total(spend, past),
        "revenue": total(spend, later), "priced": func.count(case((or_(past, later), spend))), "seen": func.count(case((or_(past, later), 1))),
        "direct": of_first(s.is_direct), "abroad": of_first(case((s.country == p.country, 0), else_=1)), "first_place": of_first(s.property_id),
        "first_on": func.min(case((past, s.stay_departure_on))), "last_on": func.max(case((came_here, s.stay_departure_on))),
        "member": func.max(_is_member(s, day)), "today": func.max(_is_member(s, end)),
    }  # fmt: skip
    each = (select(s.guest_id, *(column.label(name) for name, column in columns.items()))
            .select_from(tables.stays.join(tables.properties, p.property_id == s.property_id))
            .where(s.is_stay == 1, s.guest_id.in_(select(tables.guests.c.guest_id)), *_known_at(s, place)).group_by(s.guest_id).subquery("each_guest"))
    return select(each, days_between(each.c.last_on, day).label("silent"), days_between(each.c.first_on, day).label("known")).where(
        each.c.here > 0, each.c.priced == each.c.seen)


def _known_at(s, place: int) -> list[sa.ColumnElement[bool]]:
    v = tables.visits.c
    return [s.guest_id.in_(select(v.guest_id).where(v.property_id == place))] if place else []


def _is_member(s, day: sa.ColumnElement) -> sa.ColumnElement:
    return case((and_(s.member_from < day, or_(s.member_until.is_(None), s.member_until >= day)), 1), else_=0)


def sums(before: dt.date, as_of: dt.date, place: int) -> sa.Select:
    """One row per stratum and side: people, and of revenue and every covariate the sum and the sum of squares; with those who are members today."""
    g = guests(before, as_of, place).subquery("looked_at").c
    count = _band(g.stays, STAYS, 10)
    part = func.ntile(SPEND_PARTS).over(partition_by=count, order_by=(g.spend, g.guest_id))
    half = sa.extract("year", g.first_on) * 2 + case((sa.extract("month", g.first_on) > 6, 1), else_=0)
    strata = {"way": g.direct, "origin": g.abroad, "place": g.first_place, "half": half, "count": count, "part": part,
              "here": _band(g.here, HERE, 4), "lately": _band(g.silent, SILENT, 730)}  # fmt: skip
    values = {"revenue": g.revenue, "direct": g.direct, "abroad": g.abroad, "prior_stays": g.stays, "prior_spend": g.spend, "prior_nights": g.nights,
              "silent_days": g.silent, "known_days": g.known}  # fmt: skip
    each = select(g.member, g.today, *(column.label(name) for name, column in strata.items()),
                  *(sa.cast(value, sa.Double).label(f"of_{name}") for name, value in values.items())).subquery("each").c
    split = [each[name] for name in strata]
    measured = [func.sum(each[f"of_{name}"]).label(name) for name in values]
    measured += [func.sum(each[f"of_{name}"] * each[f"of_{name}"]).label(f"{name}_2") for name in values]
    return (select(*split, each.member, each.today, func.count().label("n"), *measured).group_by(*split, each.member, each.today)
            .order_by(*split, each.member, each.today))


def _band(value: sa.ColumnElement, limits: tuple[tuple[int, int], ...], beyond: int) -> sa.ColumnElement:
    return case(*((value <= most, literal(least)) for most, least in limits), else_=beyond)


def rows(ask: Ask, as_of: dt.date, properties: Sequence[int]) -> Iterator[pd.DataFrame]:
    """Yield the rows of the mart, all properties together first; none of a place that knew no guest a year ago."""
    before = as_of - dt.timedelta(YEAR)
    for place in (tables.TOGETHER, *properties) if len(properties) > 1 else properties:
        found = ask(sums(before, as_of, place))
        if len(found):
            yield _row(place, before, found)


def _row(place: int, before: dt.date, found: pd.DataFrame) -> pd.DataFrame:
    strata = list(found.columns[:found.columns.get_loc("member")])
    numbers = [name for name in found.columns if name not in (*strata, "member", "today")]
    sides = found.groupby([*strata, "member"], dropna=False)[numbers].sum().astype(float).unstack("member", fill_value=0.0)
    member, other = (sides.xs(side, axis=1, level="member") if side in sides.columns.get_level_values("member") else sides.xs(1 - side, axis=1, level="member") * 0
                     for side in (1, 0))
    effect = asdict(matched.effect(*(tuple(side[name].to_numpy() for name in ("n", "revenue", "revenue_2")) for side in (member, other))))
    named = {"effect_low": effect.pop("low"), "effect_high": effect.pop("high")}
    columns = {"property_id": place, "from_on": pd.Timestamp(before), **effect, **named, **_naive(found), "balance": json.dumps(_balance(member, other))}
    return told(tables.member_effects, {name: [value] for name, value in columns.items()})


def _balance(member: pd.DataFrame, other: pd.DataFrame) -> dict[str, list[float | None]]:
    """The standardised difference of each covariate before and after matching; nothing where it cannot be told."""
    squares = [f"{name}_2" for name in COVARIATES]
    before, after = matched.balance(*((side["n"].to_numpy(), side[list(COVARIATES)].to_numpy(), side[squares].to_numpy()) for side in (member, other)))
    plain = lambda value: round(float(value), 4) if np.isfinite(value) else None  # noqa: E731
    return {name: [plain(before[i]), plain(after[i])] for i, name in enumerate(COVARIATES)}


def _naive(found: pd.DataFrame) -> dict[str, float]:
    """The wrong figure: those who are members today, whenever they joined, beside all others."""
    by = found.groupby("today")[["n", "revenue"]].sum().astype(float).reindex([0, 1], fill_value=0.0)
    mean = (by["revenue"] / by["n"].where(by["n"] > 0)).to_numpy()
    return {"naive": mean[1] - mean[0], "naive_members": int(by["n"].iloc[1])}
