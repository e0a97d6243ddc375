"""What is owed for points: the triangle it rests on, the liability with its doubt, and a roll-forward that ties to the ledger."""
import datetime as dt

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import case, func, or_, select

from crm_core.dialects import quarter_start
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics.loyalty import OF_ISSUE
from crm_core.queries.points import ACCOUNTS, PPM, ledger, starts, whole
from crm_core.queries.registry import query
from crm_core.scope import Scope, next_month
from crm_core.stats import redemption
from crm_core.store.warehouse import Warehouse

# Money of lots is kept in 1/1000 minor units.
THOUSANDTHS = 1000
BOUNDS = ("", "_low", "_high")
KEYS = ["programme_id", "issued_on"]


# --- what the estimate rests on -------------------------------------------------------------------------------------------
@query
def points_triangle(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per quarter of issue and age in quarters (0: that of issue): points issued, and what share of them was redeemed by the end of that age.

    `share` is cumulative, and NaN where the age is not over (`is_known` false). Points of unknown age belong to no quarter of issue.
    The rates of redemption themselves are the whole programme's (see `vintages`), whatever the scope.
    """
    r = within(tables.lots, scope).c
    redeemed = quarter_start(r.taken_on)
    issued = warehouse.frame(select(r.issued_on, whole(case((r.fate == "burned", 0), else_=r.points)).label("points"))
                             .where(r.issued_on.is_not(None), r.fate.in_(OF_ISSUE)).group_by(r.issued_on))
    burned = warehouse.frame(select(r.issued_on, redeemed.label("redeemed_on"), whole(r.points).label("points"))
                             .where(r.issued_on.is_not(None), r.fate == "burned").group_by(r.issued_on, redeemed))
    sums = pd.concat([issued.assign(redeemed_on=None), burned])
    moved = redemption.flows(*(pd.to_datetime(sums[name]).to_numpy() for name in ("issued_on", "redeemed_on")), sums["points"])
    begins, points, cells = redemption.triangle(moved, np.datetime64(scope.as_of))
    begins, points, cells = (part[points > 0] for part in (begins, points, cells))
    shares = np.where(np.isfinite(cells), cells.cumsum(axis=1) / points[:, None], np.nan)
    quarter, age = np.indices(cells.shape).reshape(2, -1)
    return pd.DataFrame({"quarter": pd.Series(begins.astype(object)[quarter], dtype=object), "age": age, "issued": points[quarter].astype("int64"),
                         "share": shares.ravel(), "is_known": np.isfinite(cells).ravel()})


@query
def vintages(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per programme and quarter of issue: points issued, redeemed, expired, open, and the share redeemed in the end (urr) with its bounds.

    Of the whole programme: one property alone would not tell. `age` is in complete quarters; of ripe quarters the share was observed.
    """
    return warehouse.frame(select(tables.vintages).order_by(tables.vintages.c.programme_id, tables.vintages.c.issued_on))


# --- what is owed ---------------------------------------------------------------------------------------------------------
@query
def liability(warehouse: Warehouse, scope: Scope, *, shift_pp: float = 0) -> pd.DataFrame:
    """One row: open points, those expected to be redeemed, what that is worth, and deferred revenue, each at a breakage `shift_pp` points higher.

    Money in minor units: `value` of one point, `liability` between low and high, `deferred` (IFRS 15) between its own. `breakage` is that of the
    `issued` points of lots that can still be redeemed. A point more of it takes a hundredth of what the programme issued in a quarter off what
    is expected of that quarter's open points, which stays between 0 and all of them; points of unknown age move as all others do together.
    Deferred revenue moves as what is expected does; that less revenue is then allotted to points in the first place is left out (for a shift of
    5 points about 0.3 % of it). NaN where a programme is too young.
    """
    return sensitivity(warehouse, scope, shifts=(shift_pp,))


@query
def sensitivity(warehouse: Warehouse, scope: Scope, *, shifts: tuple[float, ...] = (-10, -5, 0, 5, 10)) -> pd.DataFrame:
    """One row per shift of the breakage in percentage points: what `liability` says of each, as `shift_pp`."""
    lots, every = _lots(warehouse, scope), vintages(warehouse, scope)
    return pd.DataFrame([{"shift_pp": shift, **_owed(lots, _change(lots, every, shift))} for shift in shifts])


def _change(lots: pd.DataFrame, every: pd.DataFrame, shift_pp: float) -> pd.DataFrame:
    """By how much the share of open points that is redeemed in the end changes, for each of `lots` and each bound of the estimate."""
    names = [f"urr{bound}" for bound in BOUNDS]
    if not shift_pp:
        return pd.DataFrame(0.0, lots.index, names)
    known = every[["issued", "redeemed", "open"]].astype(float).to_numpy().T
    change = every[KEYS].assign(**{name: redemption.of_open(every[name], *known, shift_pp / 100) - redemption.of_open(every[name], *known) for name in names})
    together = change[names].mul(known[2], axis=0).groupby(every["programme_id"]).sum().div(every.groupby("programme_id")["open"].sum(), axis=0)
    own = lots[KEYS].merge(change, on=KEYS, how="left")
    return own[names].fillna(together.reindex(own["programme_id"]).set_axis(own.index)).set_axis(lots.index)


def _owed(lots: pd.DataFrame, change: pd.DataFrame) -> dict[str, float]:
    by_programme = lots.groupby("programme_id")[["owed", "expected"]].transform("sum")
    value = by_programme["owed"] / by_programme["expected"].where(by_programme["expected"] > 0)
    told = {"open": int(lots["open"].sum()), "issued": int(lots["issued"].sum()),
            "value": _quotient(lots["owed"].sum(), lots["expected"].sum()) / THOUSANDTHS}  # fmt: skip
    for bound, name in zip(BOUNDS, ("liability", "low", "high"), strict=True):
        before = lots[f"expected{bound}"]
        after = before + lots["open"] * change[f"urr{bound}"]
        moved = ((after - before) * value).where(after != before, 0)
        told |= {f"expected{bound}": after.sum(skipna=False), name: (lots[f"owed{bound}"] + moved).sum(skipna=False) / THOUSANDTHS,
                 f"deferred{bound}": (lots[f"deferred{bound}"] * (after / before).where(before != 0, 1)).sum(skipna=False) / THOUSANDTHS}
    return {**told, "breakage": 1 - _quotient(lots["redeemed"].sum() + told["expected"], told["issued"])}


def _quotient(part: float, of: float) -> float:
    return float(part / of) if of else np.nan


def _lots(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per programme and quarter of issue with open points: what of its lots was issued, redeemed, is open and expected, and what that is worth."""
    by_day, both = (warehouse.frame(statement) for statement in (_open(scope), _alive(scope)))
    numbers = [name for name in by_day.columns if name not in KEYS]
    open_, alive = (days.assign(issued_on=starts(days["issued_on"], "Q")).groupby(KEYS, dropna=False) for days in (
        by_day.astype(dict.fromkeys(numbers, float)), both))
    sums = open_[numbers].agg(lambda part: part.sum(skipna=False)).reset_index()
    return sums.merge(alive[["issued", "redeemed"]].sum().reset_index(), on=KEYS, how="left").fillna({"issued": 0, "redeemed": 0})


def _open(scope: Scope) -> sa.Select:
    """One row per programme and day of issue: open points, those expected, and their worth; null where one of them is not known."""
    r = within(tables.lots, scope).c
    total = lambda c: case((func.count() == func.count(c), func.sum(sa.cast(c, sa.Double))))  # noqa: E731
    redeems = {"": r.redeems_ppm, "_low": r.redeems_low, "_high": r.redeems_high}
    return (select(r.programme_id, r.issued_on, whole(r.points).label("open"),
                   *(total(sa.cast(r.points, sa.Double) * redeems[bound] / PPM).label(f"expected{bound}") for bound in BOUNDS),
                   *(total(r[f"{name}{bound}"]).label(f"{name}{bound}") for name in ("owed", "deferred") for bound in BOUNDS))
            .where(r.fate == "open").group_by(r.programme_id, r.issued_on))


def _alive(scope: Scope) -> sa.Select:
    """One row per programme and day of issue: points issued and redeemed of lots that can still be redeemed."""
    r = within(tables.lots, scope).c
    return (select(r.programme_id, r.issued_on, whole(r.points).label("issued"), whole(case((r.fate == "burned", r.points), else_=0)).label("redeemed"))
            .where(r.fate.in_(OF_ISSUE), or_(r.expires_on.is_(None), r.expires_on >= scope.as_of)).group_by(r.programme_id, r.issued_on))


# --- for the accountant ---------------------------------------------------------------------------------------------------
@query
def roll_forward(warehouse: Warehouse, scope: Scope, *, from_on: dt.date, to_on: dt.date) -> pd.DataFrame:
    """One row per line, in order: opening, issued, redeemed, expired, adjusted, transferred, estimate, closing; each with its points and its money.

    Of the whole months that the dates touch, until before `to_on` and the as-of date. The lines before `closing` add up to it, in points and in
    money (whole minor units); points are the ledger's own, whatever the scope's filters. Points come in at the share that will be redeemed, as
    it was estimated at the end of their month, and leave at full worth when they are redeemed; so what expires carries no money. Whatever then
    is missing, because the estimate or the worth of a point changed, is the line `estimate`. Money is NaN where the programme was too young.
    """
    start, end = from_on.replace(day=1), to_on if to_on.day == 1 else next_month(to_on)
    moved = ledger(warehouse, scope, filtered=False)[list(ACCOUNTS)]
    points = moved[(moved.index >= start) & (moved.index < end)].sum().astype("int64")
    opening = int(moved[moved.index < start].to_numpy().sum())
    money = _valued(warehouse, scope, start, end)
    rows = [("opening", opening, money["opening"]), *((account, int(points[account]), money[account]) for account in ACCOUNTS),
            ("estimate", 0, money["closing"] - sum(money[name] for name in ("opening", *ACCOUNTS))),
            ("closing", opening + int(points.sum()), money["closing"])]
    return pd.DataFrame(rows, columns=["line", "points", "money"]).astype({"money": float})


def _valued(warehouse: Warehouse, scope: Scope, start: dt.date, end: dt.date) -> dict[str, float]:
    """The money of each line but `estimate`, in whole minor units."""
    m = within(tables.point_months, scope, history=True).c
    months = warehouse.frame(select(m).where(m.month_on < end).order_by(m.month_on))
    last = lambda before: months[months["month_on"] < before].groupby(["programme_id", "property_id"])["liability"].tail(1)  # noqa: E731
    inside = months[months["month_on"] >= start]
    at = {"issued": inside["urr"], "redeemed": 1.0, "expired": 0.0, "adjusted": inside["urr"], "transferred": inside["urr"]}
    signed = inside.assign(redeemed=-inside["redeemed"], expired=-inside["expired"])
    money = {account: _known(signed[account] * signed["value"] * at[account], signed[account]) for account in ACCOUNTS}
    return {"opening": _known(last(start)), **money, "closing": _known(last(end))}


def _known(money: pd.Series, points: pd.Series | None = None) -> float:
    """A sum in whole minor units; where no points moved, nothing needs to be known."""
    return round(total) if np.isfinite(total := float((money if points is None else money[points != 0]).sum(skipna=False))) else np.nan


@query
def journal(warehouse: Warehouse, scope: Scope, *, from_on: dt.date, to_on: dt.date) -> pd.DataFrame:
    """One row per month and account: the points booked on it, and how many postings of the month there are in all.

    The account `members` is what members hold, each other one the programme's side of it: every posting stands on both, so that the accounts
    of a month add up to 0. Of the whole months that the dates touch, until before `to_on` and the as-of date; filters play no part.
    """
    moved = ledger(warehouse, scope, filtered=False)
    end = to_on if to_on.day == 1 else next_month(to_on)
    moved = moved[(moved.index >= from_on.replace(day=1)) & (moved.index < end)]
    sides = (-moved[list(ACCOUNTS)]).assign(members=moved[list(ACCOUNTS)].sum(axis=1))
    rows = [(month, account, int(sides.at[month, account]), int(moved.at[month, "entries"])) for month in moved.index for account in ("members", *ACCOUNTS)]
    return pd.DataFrame(rows, columns=["month", "account", "points", "postings"])
