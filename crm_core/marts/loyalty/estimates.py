"""What share of points is redeemed in the end, by quarter of issue, and what a point is worth: today, and as one knew it at any month's end."""
import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, select

from crm_core.dialects import month_start, quarter_start
from crm_core.marts import tables
from crm_core.marts.loyalty.given import UNKNOWN_QUARTER, YEAR, days, parts, shares, told, whole
from crm_core.marts.loyalty.programmes import Programme
from crm_core.stats import redemption

# What becomes of points that were issued here; what was handed on or taken back is not theirs.
OF_ISSUE = ("open", "burned", "expired")
NEVER = np.datetime64("9999-12-31")
# By how much breakage is moved, to see what hangs on it: 5 points more, so that less is redeemed, and 5 points less.
SHIFTS = (("less", 0.05), ("more", -0.05))


def flow_rows() -> sa.Select:
    """One row per programme, property, month of issue, month of posting, fate and month in which it was taken: points, and when the last end.

    `ends_on` is by the lots' own days, fixed at the issue; `endless` are those that have none.
    """
    x, m, e = parts.c, tables.memberships.c, tables.points.c
    split = (m.programme_id, m.property_id, quarter_start(x.issued_on).label("quarter_on"), month_start(x.issued_on).label("issued_on"),
             month_start(e.posted_on).label("begun_on"), x.fate, month_start(x.taken_on).label("taken_on"))
    joined = parts.join(tables.memberships, m.membership_id == x.membership_id).join(tables.points, e.entry_id == x.lot_id)
    ends = func.max(e.expires_on).label("ends_on"), (func.count() - func.count(e.expires_on)).label("endless")
    return select(*split, func.sum(x.points).label("points"), *ends).select_from(joined).group_by(*split).order_by(*split)


def worth_rows(as_of: dt.date) -> sa.Select:
    """One row per programme and day with redemptions of which the money is known: their points, and that money in minor units."""
    p = tables.points.c
    money = case((p.points > 0, -func.abs(p.amount)), else_=func.abs(p.amount))
    return (select(p.programme_id, p.posted_on, func.sum(-p.points).label("points"), func.sum(money).label("money"))
            .where(p.kind == "burn", p.amount.is_not(None), p.posted_on < as_of).group_by(p.programme_id, p.posted_on).order_by(p.programme_id, p.posted_on))


@dataclass(frozen=True)
class Vintages:
    """The quarters of issue of a programme before a day, the unknown one (NaT) last: points by what became of them, and the estimate."""

    quarter_on: np.ndarray
    issued: np.ndarray
    redeemed: np.ndarray
    expired: np.ndarray
    open: np.ndarray
    estimate: redemption.Estimate
    place: np.ndarray  # of each quarter in the estimate, −1 where that does not know it

    def rate(self, side: str = "rate", shift: float = 0.0) -> np.ndarray:
        """The share redeemed in the end of each quarter; of the unknown one, and of any too young, that of the programme."""
        whole_ = {"rate": self.estimate.overall, "low": self.estimate.overall_low, "high": self.estimate.overall_high}[side]
        known = np.append(getattr(self.estimate, side), np.nan)[self.place]
        return np.clip(np.where(np.isfinite(known), known, whole_) - shift, 0, 1)

    def redeems(self, side: str = "rate", shift: float = 0.0) -> np.ndarray:
        """The share of the open points of each quarter that is redeemed in the end; what nobody knows the age of is like all others together."""
        found = redemption.of_open(self.rate(side), self.issued, self.redeemed, self.open, shift)
        known = ~np.isnat(self.quarter_on)
        points = self.open[known].sum()
        together = (found[known] * self.open[known]).sum() / points if points else self.rate(side, shift)[-1]
        return np.where(known, np.where(np.isnan(self.rate(side)), np.nan, found), together)


class History:
    """What moved in one programme, and what one could make of it on any day."""

    def __init__(self, programme: Programme, flows: pd.DataFrame, worth: pd.DataFrame):
        self.programme = programme
        on = {name: days(flows[name]) for name in ("quarter_on", "begun_on", "taken_on")}
        known = ~np.isnat(on["quarter_on"])
        self.quarter_on = np.append(np.unique(on["quarter_on"][known]), np.datetime64("NaT"))
        self.quarter = np.where(known, np.searchsorted(self.quarter_on[:-1], on["quarter_on"]), len(self.quarter_on) - 1)
        self.place, self.points = flows["property_id"].to_numpy(int), flows["points"].to_numpy(float)
        self.begun, self.taken = on["begun_on"], np.where(np.isnat(on["taken_on"]), NEVER, on["taken_on"])
        fate = flows["fate"].to_numpy(str)
        self.is_ours, self.is_burned, self.is_expired = np.isin(fate, OF_ISSUE), fate == "burned", fate == "expired"
        burned = np.where(self.is_burned, on["taken_on"], np.datetime64("NaT"))
        self.moved = redemption.flows(on["quarter_on"][self.is_ours], burned[self.is_ours], self.points[self.is_ours])
        self.lives = self._lives(flows)
        self.redeemed_on = days(worth["posted_on"])
        self.redeemed = np.cumsum(np.vstack([[0, 0], worth[["points", "money"]].to_numpy(float)]), axis=0)

    def _lives(self, flows: pd.DataFrame) -> np.ndarray:
        """How many months the points of each quarter in `moved` last: the longest of its lots; infinity where some never end.

        Each lot has the end that was fixed at its issue, whatever the rules say since; one without by the rules of its issue.
        """
        known = self.is_ours & (self.quarter < len(self.quarter_on) - 1)
        issued, ends = (days(flows[name])[known].astype("datetime64[M]") for name in ("issued_on", "ends_on"))
        own = np.where(np.isnat(ends), 0, (ends - issued).astype(int))
        told = {month: self.programme.expiry_months(month.astype("datetime64[D]").item()) for month in np.unique(issued)}
        ruled = np.array([np.inf if (life := told[month]) is None else life for month in issued], float)
        lives = np.zeros(len(self.moved.issued))
        place = redemption.quarter(issued) - self.moved.first
        np.maximum.at(lives, place, np.where(flows["endless"].to_numpy(int)[known] > 0, np.maximum(own, ruled), own))
        return np.where(lives > 0, lives, lives.max(initial=0))

    def value(self, day: dt.date) -> float:
        """What a point is worth on a day, in minor units: by the redemptions of the year before it, else as the rules say; NaN without either."""
        end = np.datetime64(day, "D")
        begin, end = np.searchsorted(self.redeemed_on, [end - YEAR, end])
        points, money = self.redeemed[end] - self.redeemed[begin]
        return money / points if points > 0 else self.programme.said_value(day)

    def vintages(self, day: dt.date, draws: int = 0) -> Vintages:
        """The quarters of issue as they stood before a day (a month's first, or the as-of date)."""
        gone, before = self.taken < np.datetime64(day), self.begun < np.datetime64(day)
        sums = [self._by_quarter(before & which) for which in (self.is_ours, gone & self.is_burned, gone & self.is_expired, ~gone)]
        estimate = redemption.as_known(self.moved, np.datetime64(day, "D"), self.lives, draws)
        place = {on: at for at, on in enumerate(estimate.issued_on.tolist())}
        return Vintages(self.quarter_on, *sums, estimate, np.array([place.get(on, -1) for on in self.quarter_on.tolist()]))

    def _by_quarter(self, which: np.ndarray) -> np.ndarray:
        return np.bincount(self.quarter[which], self.points[which], len(self.quarter_on))

    def open_shares(self, found: Vintages, day: dt.date) -> dict[int, float]:
        """By property, which share of its open points will be redeemed, as it was known before a day."""
        still = (self.begun < np.datetime64(day)) & ~(self.taken < np.datetime64(day))
        places, at = np.unique(self.place[still], return_inverse=True)
        expected = np.bincount(at, self.points[still] * found.redeems()[self.quarter[still]])
        return dict(zip(places.tolist(), expected / np.bincount(at, self.points[still]), strict=True))


def share_rows(programme: Programme, found: Vintages, value: float) -> pd.DataFrame:
    """The rows of the temporary table `shares` for one programme."""
    quarter = np.where(np.isnat(found.quarter_on), np.datetime64(UNKNOWN_QUARTER), found.quarter_on)
    redeems = {f"redeems{name}": whole(found.redeems(side)) for name, side in (("", "rate"), ("_low", "low"), ("_high", "high"))}
    shifted = {f"redeems_{name}": whole(found.redeems(shift=shift)) for name, shift in SHIFTS}
    rates = {"rate": found.rate(), **{f"rate_{name}": found.rate(shift=shift) for name, shift in SHIFTS}}
    return told(shares, {"programme_id": programme.id, "quarter_on": quarter, **redeems, **shifted, **rates, "value": value})


def vintage_rows(programme: Programme, found: Vintages) -> pd.DataFrame:
    """The rows of mart_vintages for one programme; points of unknown age belong to no vintage."""
    known, at = ~np.isnat(found.quarter_on) & (found.issued + found.open > 0), found.place
    estimate = {name: np.append(values, 0)[at] for name, values in (("age", found.estimate.ages), ("is_ripe", found.estimate.is_ripe))}
    shares_ = {name: np.append(getattr(found.estimate, side), np.nan)[at] for name, side in (("urr", "rate"), ("urr_low", "low"), ("urr_high", "high"))}
    figures = {name: getattr(found, name) for name in ("issued", "redeemed", "expired", "open")}
    columns = {"issued_on": found.quarter_on, **estimate, **figures, **shares_}
    return told(tables.vintages, {"programme_id": programme.id, **{name: values[known] for name, values in columns.items()}})
