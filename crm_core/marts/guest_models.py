"""What guests are scored by: the lifetime model that a property's past allows, its back-test, and who speaks for the next twelve months."""
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np
import pandas as pd
import sqlalchemy as sa

from crm_core.marts.histories import histories
from crm_core.marts.rfm import RECENCY
from crm_core.stats import lifetime, propensity
from crm_core.stats.lifetime.histories import distinct

YEAR = 365
DEFAULT = "mbgnbd"
# How a place is scored: by its own model, by that of all properties together, by the rule of recency, or not at all.
OWN, GROUP, RULE, NONE = "own", "group", "rule", "none"
UNTESTED = "untested"
# Who says how likely a guest comes within twelve months.
LIFETIME, LEARNT = "lifetime", "learnt"
FEATURES = ("lifetime", "stays", "recent_stays", "silent", "age", "gap", "lateness", "spend_per_stay", "nights_per_stay", "weekend", "direct", "business",
            "season_ahead", "booked")
Ask = Callable[[sa.Select], pd.DataFrame]


@dataclass(frozen=True)
class Past:
    """The guests of one property (0: of all together) as they stood on the as-of date and one, two and three years before it."""

    ask: Ask
    as_of: dt.date
    place: int

    @cached_property
    def now(self) -> pd.DataFrame:
        return self._at(0)

    @cached_property
    def cut(self) -> pd.DataFrame:
        """A year before, with what came of them in that year."""
        return self._at(1)

    def years_before(self, years: int) -> pd.DataFrame:
        return self.cut if years == 1 else self._at(years)

    def _at(self, years: int) -> pd.DataFrame:
        day = self.as_of - dt.timedelta(YEAR * years)
        return self.ask(_known(day, self.place, YEAR if years else 0))


@lru_cache(maxsize=64)  # the same statement for the next refresh of the day
def _known(before: dt.date, place: int, horizon: int) -> sa.Select:
    return histories(before, place, horizon)


@dataclass(frozen=True)
class Model:
    """What a place is scored by: kind, why it is not more than that, the fits of now and of the cut, the back-test, the learnt model."""

    kind: str
    why: str
    fit: lifetime.Fit | None = None
    former: lifetime.Fit | None = None
    test: lifetime.Backtest | None = None
    spend: lifetime.SpendFit | None = None
    learnt: propensity.Propensity | None = None

    @property
    def speaks(self) -> bool:
        """Whether the lifetime model may be shown."""
        return self.kind in (OWN, GROUP)

    @property
    def is_tested(self) -> bool:
        return self.test is not None and self.test.passed

    @property
    def speaker(self) -> str:
        if not self.speaks:
            return self.kind
        return LEARNT if self.learnt and self.learnt.used else LIFETIME


def triple(guests: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return x (repeat stays), t_x (days from the first to the last stay) and T (days from the first stay to the day of the frame)."""
    age = guests["age_days"].to_numpy(float)
    return guests["stays"].to_numpy(float) - 1, age - guests["silent_days"].to_numpy(float), age


def each(asked: Callable[..., lifetime.Estimate], guests: pd.DataFrame) -> lifetime.Estimate:
    """Return what a fit's method says of guests, computed once for all who share a history."""
    histories_, at = distinct(*triple(guests))
    found = asked(*histories_)
    return lifetime.Estimate(found.value[at], found.low[at], found.high[at])


def choose(past: Past, together: Model | None) -> Model:
    """Return the model of a place: its own, else the one of all properties together, else the rule of recency, else none."""
    fit = lifetime.fit(DEFAULT, *triple(past.now))
    if fit.enough and fit.converged:
        return _judged(past, OWN, fit, lifetime.fit(DEFAULT, *triple(past.cut)) if len(past.cut) else None)
    if together is not None and together.kind == OWN:
        return _judged(past, GROUP, together.fit, together.former)
    return Model(NONE, "not_converged" if fit.enough else "few", fit)


def _judged(past: Past, kind: str, fit: lifetime.Fit, former: lifetime.Fit | None) -> Model:
    """Hold a model against the last year; it speaks where it passes, and with a warning where nobody could test it."""
    test = _tested(past.cut, former)
    spend = _spend(past.now)
    if test is None or test.why == "few":
        return Model(kind, UNTESTED, fit, former, test, spend)
    if not test.passed:
        return Model(RULE, test.why, fit, former, test, spend)
    return Model(kind, test.why, fit, former, test, spend, _learnt(past, former) if kind == OWN else None)


def _tested(cut: pd.DataFrame, former: lifetime.Fit | None) -> lifetime.Backtest | None:
    if former is None or not len(cut):
        return None
    first = pd.to_datetime(cut["first_on"])
    quarters = (first.dt.year * 4 + first.dt.quarter).to_numpy()
    return lifetime.backtest(former, *triple(cut), cut["came"].to_numpy(float), YEAR, group=quarters)


def _spend(guests: pd.DataFrame) -> lifetime.SpendFit:
    mean = repeat_mean(guests)
    return lifetime.fit_spend(np.where(np.isfinite(mean), guests["stays"].to_numpy(float) - 1, 0), mean)


def waiting(fit: lifetime.Fit, share: float, guests: pd.DataFrame) -> np.ndarray:
    """Return the days from now within which this share of guests alike come next, were they still customers (Pareto, from gamma rates)."""
    r, alpha = fit.params["r"], fit.params["alpha"]
    x, _, age = triple(guests)
    return (alpha + age) * ((1 - share) ** (-1 / (r + x)) - 1)


def repeat_mean(guests: pd.DataFrame) -> np.ndarray:
    """Return the mean spend of the stays after the first, in minor units; NaN for guests without one, or without an exchange rate."""
    again = guests["stays"].to_numpy(float) - 1
    spend = guests["spend"].to_numpy(float) - guests["first_spend"].to_numpy(float)
    return np.divide(spend, again, out=np.full(len(again), np.nan), where=again > 0)


def _learnt(past: Past, former: lifetime.Fit) -> propensity.Propensity | None:
    """Fit what is learnt from features on older years, and judge it on the last one beside the lifetime model.

    The lifetime model's own chance is the first of the features: what is learnt mends it, where it can. Its parameters are those of the last
    cut throughout, which saw nothing of the year that judges.
    """
    cuts = []
    for years in (3, 2, 1):
        guests = past.years_before(years)  # of the frame only what is learnt from is kept: it is large
        if guests.empty:
            return None
        known = features(guests, past.as_of - dt.timedelta(YEAR * years), former)
        cuts.append(propensity.Cut(known, guests["returned"].to_numpy(float)))
    return propensity.fit(*cuts, each(partial(former.returns, YEAR), past.cut).value, names=FEATURES)


def features(guests: pd.DataFrame, day: dt.date, fit: lifetime.Fit) -> np.ndarray:
    """Return what the learnt model is told of each guest on a day (n × 14), all of it known then; no attribute of the person."""
    chance = np.clip(each(partial(fit.returns, YEAR), guests).value, 1e-4, 1 - 1e-4)
    n = guests["stays"].to_numpy(float)
    silent, age = guests["silent_days"].to_numpy(float), guests["age_days"].to_numpy(float)
    gap = np.divide(age - silent, n - 1, out=np.full(len(n), np.nan), where=n > 1)
    last = pd.to_datetime(guests["last_on"])
    ahead = np.cos(2 * np.pi * (last.dt.day_of_year.to_numpy(float) - day.timetuple().tm_yday) / YEAR)
    columns = (
        np.log(chance / (1 - chance)), np.log(n), np.log1p(guests["recent_stays"].to_numpy(float)), np.log1p(silent), np.log1p(age), np.log1p(gap),
        np.log1p(silent) - np.log1p(gap), np.log1p(np.maximum(guests["spend"].to_numpy(float) / n, 0)), guests["nights"].to_numpy(float) / n,
        guests["weekend_share"].to_numpy(float), guests["direct_share"].to_numpy(float), (guests["purpose"] == "business").to_numpy(float),
        ahead, guests["booked"].to_numpy(float),
    )  # fmt: skip
    return np.column_stack(columns)


def rule(cut: pd.DataFrame, guests: pd.DataFrame) -> np.ndarray:
    """Return each guest's chance by the rule of recency: the share that came within a year, of those with as many stays as lately.

    Stays count as 1, 2 and 3 or more. A cell of fewer than 30 guests takes the share of all with as many stays.
    """
    came = cut.assign(cell=_cell(cut), times=cut["stays"].clip(upper=3)).groupby(["times", "cell"])["returned"].agg(["mean", "size"])
    by_times = cut.groupby(cut["stays"].clip(upper=3))["returned"].mean()
    keys = pd.MultiIndex.from_arrays([guests["stays"].clip(upper=3), _cell(guests)])
    found = came["mean"].where(came["size"] >= 30).reindex(keys).to_numpy(float)
    wide = guests["stays"].clip(upper=3).map(by_times).to_numpy(float)
    return np.where(np.isnan(found), wide, found)


def _cell(guests: pd.DataFrame) -> np.ndarray:
    return np.searchsorted([days for days, _ in RECENCY], guests["silent_days"].to_numpy(float))
