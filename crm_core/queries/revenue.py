"""Where room revenue comes from and what it costs: ways of booking, room types, departments and cancellations, and the house beside its market."""
import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd
from sqlalchemy import func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics import measures as m
from crm_core.metrics import metric
from crm_core.metrics.dimensions import Dimension
from crm_core.metrics.revenue import FEWEST_HOTELS
from crm_core.queries.estimates import PERIODS
from crm_core.queries.kpis import kpi_months, kpi_values
from crm_core.queries.registry import query
from crm_core.queries.totals import column, totals
from crm_core.scope import Period, Scope, months, months_back
from crm_core.store.warehouse import Warehouse

ROOM = "room"  # stands among the departments for the revenue of the rooms
LARGEST_BP = 5_000  # of a comparison set one hotel may be half
YEAR_BACK = 364  # the same weekdays a year before
LEDGER = {"rooms_sold": "nights", "room_revenue": "revenue", "adr": "adr", "net_adr": "net_adr", "cost_per_booking": "cost_per_booking",
          "cancellation_rate": "cancelled"}  # fmt: skip
MIX = {"rooms_sold": "nights", "room_revenue": "revenue", "adr": "adr", "occupancy": "occupancy"}
INDICES = ("mpi", "ari", "rgi")
POSTED = Dimension("posted_by", "", lambda r, day: r.department, "amount")  # of a posting: cases have departments of another sort


# --- what was sold, and how ------------------------------------------------------------------------------------------------------------
@query
def channel_ledger(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per way of booking (direct, ota, …) and period (now, previous, year), most nights now first.

    nights sold, revenue (rooms), cost of the bookings, adr, net_adr, cost_per_booking (minor units), share and revenue_share = part of all nights and
    room revenue; cancelled = cancellation rate of `cancelled_n` bookings with cancelled_low and cancelled_high (Wilson), cancelled_few, and
    cancelled_change_low and _high of now − period (Newcombe). NaN before the first known day, and where nothing was sold.
    """
    told = kpi_values(warehouse, scope, keys=tuple(LEDGER), by="way")
    frame = wide(told, LEDGER, "way")
    kept = _column(told, "net_adr", "numerator", frame)
    frame["cost"] = (frame["revenue"] - kept).where(frame["nights"].notna())
    for name, of in (("share", "nights"), ("revenue_share", "revenue")):
        frame[name] = frame[of] / frame.groupby("period")[of].transform("sum").replace(0, np.nan)
    for name in ("n", "low", "high", "few", "change_low", "change_high"):
        frame[f"cancelled_{name}"] = _column(told, "cancellation_rate", name, frame)
    return _largest_first(frame, "way", "nights")


@query
def cancellations(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per band of days between booking and arrival, and period (now, previous, year), the shortest first: the cancellation rate.

    rate of n bookings with a known outcome, low and high (Wilson), few, change_low and change_high of now − period (Newcombe), cancelled; value_rate =
    the same by booked room revenue with value_low and value_high (over guests).
    """
    told = kpi_values(warehouse, scope, keys=("cancellation_rate", "cancellation_rate_revenue"), by="lead_band")
    frame = wide(told, {"cancellation_rate": "rate", "cancellation_rate_revenue": "value_rate"}, "lead_band")
    for name, key, of in (("cancelled", "cancellation_rate", "numerator"), ("n", "cancellation_rate", "n"), ("low", "cancellation_rate", "low"),
                          ("high", "cancellation_rate", "high"), ("few", "cancellation_rate", "few"), ("change_low", "cancellation_rate", "change_low"),
                          ("change_high", "cancellation_rate", "change_high"), ("value_low", "cancellation_rate_revenue", "low"),
                          ("value_high", "cancellation_rate_revenue", "high")):  # fmt: skip
        frame[name] = _column(told, key, of, frame)
    place = frame["lead_band"].fillna("").str.extract(r"(\d+)", expand=False).astype(float)
    return frame.assign(place=place, at=_period_place(frame)).sort_values(["place", "at"], ignore_index=True).drop(columns=["place", "at"])


@query
def room_mix(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per room type and period (now, previous, year), most nights now first.

    nights sold, revenue and adr (minor units), share and revenue_share = part of all nights and room revenue; occupancy = its nights out of all rooms
    of the house, so that the types add up to the occupancy. NaN before the first known day.
    """
    frame = wide(kpi_values(warehouse, scope, keys=tuple(MIX), by="room_type"), MIX, "room_type")
    for name, of in (("share", "nights"), ("revenue_share", "revenue")):
        frame[name] = frame[of] / frame.groupby("period")[of].transform("sum").replace(0, np.nan)
    return _largest_first(frame, "room_type", "nights")


@query
def product_mix(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per department (ROOM: room revenue by night; all others by posting date) and period (now, previous, year), the largest now first.

    revenue (minor units; all departments add up to the KPI total_revenue), share of the period, change = now / period − 1. NaN before the first known
    day, and where a rate is missing.
    """
    rooms = kpi_values(warehouse, scope, keys=("room_revenue",)).set_index("period")["value"].reindex(list(PERIODS))
    elapsed = scope.elapsed().period
    sums = totals(warehouse, scope, (m.postings,), (elapsed, elapsed.previous(), elapsed.year_before()), (POSTED,))
    posted = {period: sums[column(0, j)].astype(float) for j, period in enumerate(PERIODS)}
    frame = pd.concat([pd.DataFrame({"department": [ROOM, *posted[p].index], "period": p, "revenue": [rooms[p], *posted[p].to_numpy()]}) for p in PERIODS],
                      ignore_index=True)
    frame["revenue"] = frame["revenue"].where(frame["period"].map(rooms.notna()))
    frame["share"] = frame["revenue"] / frame.groupby("period")["revenue"].transform(lambda part: part.sum(skipna=False)).replace(0, np.nan)
    now = frame[frame["period"] == "now"].set_index("department")["revenue"]
    frame["change"] = (frame["department"].map(now) / frame["revenue"].replace(0, np.nan) - 1).where(frame["period"] != "now")
    return _largest_first(frame, "department", "revenue")


def wide(told: pd.DataFrame, names: Mapping[str, str], group: str) -> pd.DataFrame:
    """Return the rows of kpi_values with a column for each KPI's value, named by `names`; one row per group and period."""
    keys = told[["group", "period"]].drop_duplicates().rename(columns={"group": group}).reset_index(drop=True)
    return keys.assign(**{name: _column(told, key, "value", keys) for key, name in names.items()})


def _column(told: pd.DataFrame, key: str, name: str, frame: pd.DataFrame) -> np.ndarray:
    """One figure of one KPI in the order of a frame's groups and periods; a group may be unknown (None)."""
    found = told[told["key"] == key]
    values = {(_bare(group), period): value for group, period, value in zip(found["group"], found["period"], found[name], strict=True)}
    missing = True if name == "few" else np.nan
    return np.array([values.get((_bare(group), period), missing) for group, period in zip(frame.iloc[:, 0], frame["period"], strict=True)],
                    bool if name == "few" else float)


def _bare(group: object) -> object:
    return None if pd.isna(group) else group


def _largest_first(frame: pd.DataFrame, group: str, by: str) -> pd.DataFrame:
    """The rows in the order of what each group has now; of each group now, previous, year."""
    now = {_bare(g): value for g, value, period in zip(frame[group], frame[by], frame["period"], strict=True) if period == "now"}
    size = np.array([now.get(_bare(g), 0) for g in frame[group]], float)
    order = frame.assign(size=size, text=frame[group].fillna("").astype(str), at=_period_place(frame))
    return order.sort_values(["size", "text", "at"], ascending=[False, True, True], ignore_index=True).drop(columns=["size", "text", "at"])


def _period_place(frame: pd.DataFrame) -> pd.Series:
    return frame["period"].map(PERIODS.index).astype(int)


# --- beside the market ---------------------------------------------------------------------------------------------------------------------
@query
def market_months(warehouse: Warehouse, scope: Scope, *, count: int = 13) -> pd.DataFrame:
    """One row per month (the last `count` up to the scope's end): the house and its main comparison set, on the days for which the set is known.

    sold, occupancy, adr, revpar of the house and set_… of the set (money in minor units), mpi, ari, rgi (100: as the set), was_mpi, was_ari and was_rgi =
    the same weekdays 364 days before. NaN where the set is not known.
    """
    indices = kpi_months(warehouse, scope, keys=INDICES, count=count)
    before = kpi_months(warehouse, scope, keys=INDICES, count=count, shift=YEAR_BACK)
    first = months_back(scope.period.end, count - 1 if scope.period.end.day > 1 else count)
    span = Period(first, scope.period.end)
    sums = totals(warehouse, scope, tuple(_sides().values()), (span,), ("month",))
    sums = sums.set_axis(pd.to_datetime(sums.index)).reindex(pd.to_datetime(months(span)), fill_value=0)
    told = _beside(sums, 0).reset_index(drop=True)
    return pd.concat([indices[["month"]], told, indices[list(INDICES)], before[list(INDICES)].add_prefix("was_")], axis=1)


@query
def market_year(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per period (now: the twelve months up to the scope's end; year: 364 days before): as market_months, over all their days together."""
    end = min(scope.period.end, scope.as_of)
    span = Period(_year_before(end), end)
    sums = totals(warehouse, scope, tuple(_sides().values()), (span, span.year_before()))
    told = pd.concat([_beside(sums, j) for j in (0, 1)], ignore_index=True)
    index = lambda name: 100 * told[name] / told[f"set_{name}"].replace(0, np.nan)  # noqa: E731
    indices = {key: index(name) for key, name in zip(INDICES, ("occupancy", "adr", "revpar"), strict=True)}
    return pd.concat([pd.DataFrame({"period": ["now", "year"]}), told.assign(**indices)], axis=1)


def _year_before(day: dt.date) -> dt.date:
    return months_back(day, 12) if day.day == 1 else day - dt.timedelta(365)


def _sides() -> dict[str, object]:
    """The catalogue's own measures of the house and of its set."""
    mpi, ari = metric("mpi"), metric("ari")
    return {"sold": mpi.numerator[0], "rooms": mpi.denominator[0], "revenue": ari.numerator[0],
            "set_sold": mpi.beside[0], "set_rooms": mpi.beside[1], "set_revenue": ari.beside[0]}


def _beside(sums: pd.DataFrame, j: int) -> pd.DataFrame:
    parts = {name: sums[column(i, j)].astype(float) for i, name in enumerate(_sides())}
    found = {}
    for side in ("", "set_"):
        sold, rooms, revenue = (parts[f"{side}{name}"] for name in ("sold", "rooms", "revenue"))
        known = rooms.replace(0, np.nan)
        found |= {f"{side}sold": sold.where(known.notna()), f"{side}occupancy": sold / known, f"{side}adr": revenue / sold.replace(0, np.nan),
                  f"{side}revpar": revenue / known}  # fmt: skip
    return pd.DataFrame(found)


@query
def market_sets(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per property and comparison set: hotels (the fewest told), largest_bp, from_on, to_on (the day after the last), and is_main.

    `hidden` says why its figures are not told: "hotels" (fewer than four beside the own), "large" (one of them above half of it), else "".
    """
    r = within(tables.market, scope).c
    found = warehouse.frame(select(r.property_id, r.set_name, func.min(r.hotels).label("hotels"), func.max(r.largest_bp).label("largest_bp"),
                                   func.min(r.from_on).label("from_on"), func.max(r.to_on).label("to_on"))
                            .group_by(r.property_id, r.set_name).order_by(r.property_id, r.set_name))
    hidden = np.where(found["hotels"] < FEWEST_HOTELS, "hotels", np.where(found["largest_bp"] > LARGEST_BP, "large", ""))
    return found.assign(is_main=~found.duplicated("property_id"), hidden=hidden.astype(object))
