"""mart_drivers and mart_alarms: how ratings go with what is praised and blamed, and control charts of ratings and aspects, week by week."""
import datetime as dt
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import add_days, iso_weekday
from crm_core.marts.tables import TOGETHER, alarms, mentions, reviews
from crm_core.schema import ASPECTS
from crm_core.stats import control_charts
from crm_core.stats.drivers import FEWEST, drivers

Ask = Callable[[sa.Select], pd.DataFrame]
VALIDATED = ("validated", "validated_other")
DRIVING = tuple(aspect for aspect in ASPECTS if aspect != "general")
YEARS = 2  # of reviews that the drivers are told from
NAMED = 30  # reviews that name an aspect before its part is told
WATCHED, BASELINE, SHORTEST = 13, 52, 26  # weeks shown, weeks before them that set the level, and how many of these there must be
# All charts of a property together ring by chance about once a year.
FALSE_PER_YEAR = 1.0
WEEKS_A_YEAR = 52.0
SINGLE = 5  # reviews in a week; a thinner one waits for the next


def driver_rows(ask: Ask, as_of: dt.date, properties: Sequence[int]) -> pd.DataFrame:
    """Return the rows of mart_drivers: for all properties together (where there are several), and for each with enough reviews."""
    grouped = ask(_patterns(as_of))
    if grouped.empty:
        return pd.DataFrame(columns=DRIVER_COLUMNS)
    places = [*([TOGETHER] if len(properties) > 1 else []), *properties]
    return pd.DataFrame([row for place in places for row in _drivers_of(grouped if place == TOGETHER else grouped[grouped["property_id"] == place], place)],
                        columns=DRIVER_COLUMNS)


DRIVER_COLUMNS = ["property_id", "aspect", "share", "share_low", "share_high", "effect", "effect_low", "effect_high", "positive_share", "mentions", "texts",
                  "explained"]


@lru_cache(maxsize=4)  # the same statement for the next refresh of the day
def _patterns(as_of: dt.date) -> sa.Select:
    """One row per property, rating and pattern of what is said of each aspect (−1 … 1, 0: nothing): how many reviews, and their mentions."""
    said = {"positive": 1.0, "negative": -1.0}
    polar = case(*((mentions.c.label == label, value) for label, value in said.items()), else_=0.0)
    mean = {a: func.coalesce(func.avg(case((mentions.c.aspect == a, polar))), 0.0).label(a) for a in DRIVING}
    count = {f"{a}_{label}": func.count(case(((mentions.c.aspect == a) & (mentions.c.label == label), 1))).label(f"{a}_{label}") for a in DRIVING for label in said}
    wanted = (reviews.c.rating.is_not(None), reviews.c.words > 0, reviews.c.coverage.in_(VALIDATED),
              reviews.c.reviewed_on >= as_of - dt.timedelta(366 * YEARS), reviews.c.reviewed_on < as_of)
    each = (select(reviews.c.property_id, func.round(reviews.c.rating).label("rating"), *mean.values(), *count.values())
            .select_from(reviews.outerjoin(mentions, mentions.c.review_id == reviews.c.review_id)).where(*wanted)
            .group_by(reviews.c.review_id, reviews.c.property_id, reviews.c.rating).subquery("each_review"))
    keys = [each.c.property_id, each.c.rating, *(each.c[a] for a in DRIVING)]
    return select(*keys, func.count().label("n"), *(func.sum(each.c[name]).label(name) for name in count)).group_by(*keys).order_by(*keys)


def _drivers_of(grouped: pd.DataFrame, place: int) -> list[dict]:
    if grouped["n"].sum() < FEWEST:
        return []
    told = [a for a in DRIVING if grouped.loc[grouped[a] != 0, "n"].sum() >= NAMED]
    found = drivers(grouped[told].to_numpy(float), grouped["rating"].to_numpy(float), grouped["n"].to_numpy()) if told else None
    if found is None:
        return []
    positive, negative = (np.array([grouped[f"{a}_{label}"].sum() for a in told], float) for label in ("positive", "negative"))
    polar = positive + negative
    parts = {name: getattr(found, name) for name in ("share", "share_low", "share_high", "effect", "effect_low", "effect_high")}
    with np.errstate(invalid="ignore"):
        parts |= {"positive_share": positive / polar, "mentions": polar.astype(int)}
    return [{"property_id": place, "aspect": a, "texts": found.n, "explained": found.explained, **{name: values[i] for name, values in parts.items()}}
            for i, a in enumerate(told)]


# --- alarms -------------------------------------------------------------------------------------------------------------------
ALARM_COLUMNS = [c.name for c in alarms.c]


def alarm_rows(ask: Ask, as_of: dt.date, properties: Sequence[int]) -> pd.DataFrame:
    """Return the rows of mart_alarms: for each property the last 13 complete weeks of its ratings and of each aspect that is spoken of enough."""
    end = as_of - dt.timedelta(as_of.isoweekday() - 1)  # the Monday of the running week
    weeks = [end - dt.timedelta(7 * k) for k in range(WATCHED + BASELINE, 0, -1)]
    ratings = _ratings(ask, weeks[0], end)
    if ratings.empty:
        return pd.DataFrame(columns=ALARM_COLUMNS)
    blames = _blames(ask, weeks[0], end)
    rows = [row for place in properties for row in _charts(ratings[ratings["property_id"] == place], blames[blames["property_id"] == place], weeks, place)]
    return pd.DataFrame(rows, columns=ALARM_COLUMNS)


def _week(day: sa.ColumnElement) -> sa.ColumnElement:
    return add_days(day, 1 - iso_weekday(day))


def _ratings(ask: Ask, first: dt.date, end: dt.date) -> pd.DataFrame:
    r = reviews.c
    week, value = _week(r.reviewed_on), r.rating
    return ask(select(r.property_id, week.label("week_on"), func.count(value).label("n"), func.sum(value).label("total"), func.sum(value * value).label("squares"),
                      func.count(case(((r.words > 0) & r.coverage.in_(VALIDATED), 1))).label("texts"))
               .where(r.reviewed_on >= first, r.reviewed_on < end).group_by(r.property_id, week))


def _blames(ask: Ask, first: dt.date, end: dt.date) -> pd.DataFrame:
    m = mentions.c
    week = _week(m.reviewed_on)
    return ask(select(m.property_id, m.aspect, week.label("week_on"), func.count(sa.distinct(m.review_id)).label("blamed"))
               .where(m.reviewed_on >= first, m.reviewed_on < end, m.label == "negative", m.coverage.in_(VALIDATED)).group_by(m.property_id, m.aspect, week))


def _charts(ratings: pd.DataFrame, blames: pd.DataFrame, weeks: list[dt.date], place: int) -> list[dict]:
    """All charts of one property. Their number sets how rarely each may ring by chance."""
    by_week = _in_order(ratings.set_index("week_on"), weeks)
    rare = FALSE_PER_YEAR / (1 + len(ASPECTS))
    found = _rating_chart(by_week, weeks, place, rare)
    for aspect in DRIVING:
        blamed = _in_order(blames[blames["aspect"] == aspect].set_index("week_on")[["blamed"]], weeks)["blamed"].to_numpy(float)
        found += _aspect_chart(blamed, by_week["texts"].to_numpy(float), weeks, place, aspect, rare)
    return found


def _in_order(frame: pd.DataFrame, weeks: list[dt.date]) -> pd.DataFrame:
    return frame.set_axis(pd.to_datetime(frame.index)).reindex(pd.to_datetime(weeks)).fillna(0.0)


def _is_known(n: np.ndarray) -> bool:
    """Whether the baseline has enough weeks with something in them."""
    return bool((n[:BASELINE] > 0).sum() >= SHORTEST)


def _rating_chart(by_week: pd.DataFrame, weeks: list[dt.date], place: int, rare: float) -> list[dict]:
    n, total, squares = (by_week[name].to_numpy(float) for name in ("n", "total", "squares"))
    if not _is_known(n):
        return []
    size = n[:BASELINE].sum()
    centre = total[:BASELINE].sum() / size
    sigma = np.sqrt(max(squares[:BASELINE].sum() / size - centre**2, 1e-9))
    mean = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
    chart = control_charts.ewma(mean[BASELINE:], n[BASELINE:], centre, sigma, WEEKS_A_YEAR / rare)
    return _rows(chart, n[BASELINE:], weeks[BASELINE:], place, "", "ewma", rare, worse_is_low=True)


def _aspect_chart(blamed: np.ndarray, texts: np.ndarray, weeks: list[dt.date], place: int, aspect: str, rare: float) -> list[dict]:
    if not _is_known(texts) or not blamed[:BASELINE].sum():
        return []
    centre = blamed[:BASELINE].sum() / texts[:BASELINE].sum()
    k, n, kept = _gathered(blamed[BASELINE:], texts[BASELINE:])
    chart = control_charts.p_chart(k, n, centre, rare / WEEKS_A_YEAR)
    return _rows(chart, n, [weeks[BASELINE + i] for i in kept], place, aspect, "p", rare, worse_is_low=False)


def _gathered(k: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Weeks with too few texts wait for the next; return blamed, texts, and the last week of each gathering."""
    found, blamed, texts = [], 0.0, 0.0
    for i in range(len(n)):
        blamed, texts = blamed + k[i], texts + n[i]
        if texts >= SINGLE:
            found.append((blamed, texts, i))
            blamed, texts = 0.0, 0.0
    return (np.array([f[0] for f in found]), np.array([f[1] for f in found]), [f[2] for f in found])


def _rows(chart: control_charts.Chart, n, weeks, place: int, aspect: str, kind: str, rare: float, worse_is_low: bool) -> list[dict]:
    worse = chart.signal & ((chart.value < chart.low) if worse_is_low else (chart.value > chart.high))
    same = {"property_id": place, "aspect": aspect, "chart": kind, "centre": chart.centre, "false_per_year": rare}
    return [{**same, "week_on": week, "n": int(n[i]), "value": chart.value[i], "low": chart.low[i], "high": chart.high[i],
             "is_signal": int(chart.signal[i]), "is_worse": int(worse[i])} for i, week in enumerate(weeks)]
