"""Events of the house: who registered and came, what it cost, and the nights that guests who came slept around it beside others like them."""
import datetime as dt

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.metrics import metric
from crm_core.queries.kpis import kpi_values
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.schema import ATTENDANCE
from crm_core.scope import Scope
from crm_core.stats import intervals
from crm_core.store.warehouse import Warehouse

THOUSAND = 1_000
SHOW, HALO = "event_show_rate", "event_halo_nights"
GROUPS = {"event_kind": "kind", "audience": "audience", "place": "place"}  # a dimension and the event's own column
ADDED = ("registered", "attended", "people", "members", "advocates")
EVENT = ("event_id", "property_id", "event", "kind", "audience", "place", "starts_on", "ends_on", "starts_time", "capacity", "register_until",
         "is_cancelled", "cost")  # fmt: skip


@query
def event_list(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per event that begins in the period, also those to come, the latest first: the event, cost in minor units (NaN unknown).

    booked and places = registrations that were not cancelled, and persons they are for; of an event that has begun: registered (a day before it, still
    standing), attended of these, show with show_low and show_high (Wilson) and show_few; people = persons who came, cost_each = cost / people; members and
    advocates who came; halo_n guests who came and have others alike, the nights they slept within a day of it, expected = what others like them slept,
    halo = the difference with halo_low and halo_high (Student's t over guests) and halo_few (under 30).
    """
    found = _events(warehouse, scope).merge(_booked(warehouse, scope), how="left", on="event_id").merge(_came(warehouse, scope), how="left", on="event_id")
    begun = pd.to_datetime(found["starts_on"]) < pd.Timestamp(scope.as_of)
    counts = ["booked", "places", *ADDED, "halo_n"]
    found[counts] = found[counts].fillna(0)
    return _told(found, begun)


def _events(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    e = within(tables.events, scope).c
    return warehouse.frame(select(*(e[name] for name in EVENT)).where(inside(e.starts_on, scope.period)).order_by(e.starts_on.desc(), e.event_id.desc()))


def _booked(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    r = within(tables.registrations, scope).c
    return warehouse.frame(select(r.event_id, func.count().label("booked"), _whole(r.party).label("places"))
                           .where(r.status != "cancelled").group_by(r.event_id))


def _whole(amount: sa.ColumnElement) -> sa.ColumnElement:
    return sa.cast(func.sum(amount), sa.BigInteger)


def _came(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per event that has begun: who came, and the sums behind the nights around it."""
    a = within(tables.attendances, scope).c
    alike = and_(a.is_attended == 1, a.is_known == 1, a.halo_milli.is_not(None))
    halo = sa.cast(a.halo_milli, sa.Double)
    came = lambda value: _whole(case((a.is_attended == 1, value), else_=0))  # noqa: E731
    columns = {"registered": _whole(a.is_registered), "attended": _whole(a.is_registered * a.is_attended), "people": came(a.party), "members": came(a.is_member),
               "advocates": came(a.is_advocate), "halo_n": func.count(case((alike, 1))), "nights": _whole(case((alike, a.nights))),
               "expected": _whole(case((alike, a.expected_milli))), "halo": _whole(case((alike, a.halo_milli))),
               "squares": func.sum(case((alike, halo * halo)))}
    return warehouse.frame(select(a.event_id, *(column.label(name) for name, column in columns.items()))
                           .where(inside(a.event_on, scope.period)).group_by(a.event_id))


def _told(found: pd.DataFrame, begun: pd.Series) -> pd.DataFrame:
    show, low, high = _share(found["attended"], found["registered"])
    below, above = intervals.total(found["halo_n"], found["halo"], found["squares"])
    each = found["cost"] / found["people"].where(found["people"] > 0)
    told = {"show": show, "show_low": low, "show_high": high, "show_few": found["registered"] < metric(SHOW).minimum, "cost_each": each,
            "expected": found["expected"] / THOUSAND, "halo": found["halo"] / THOUSAND, "halo_low": below / THOUSAND, "halo_high": above / THOUSAND,
            "halo_few": found["halo_n"] < metric(HALO).minimum}
    found = found.assign(**told).drop(columns="squares")
    found.loc[~begun, [*ADDED, "halo_n"]] = np.nan
    return found


def _share(part: pd.Series, whole: pd.Series) -> tuple:
    return part / whole.where(whole > 0), *intervals.wilson(part, whole)


@query
def event_groups(warehouse: Warehouse, scope: Scope, *, by: str = "event_kind") -> pd.DataFrame:
    """One row per kind, audience or social space (`by`, one of GROUPS) of the events of the period that have begun, most people first.

    group, events, cost and cost_each (minor units), registered, attended, people, members, advocates (who comes to two events counts twice), show and halo
    with _low, _high, _n and _few as the KPIs event_show_rate and event_halo_nights have them. Raises ValueError for another `by`.
    """
    if by not in GROUPS:
        raise ValueError(f"Events are split by {', '.join(GROUPS)}, not by {by!r}.")
    events = event_list(warehouse, scope)
    events = events[(pd.to_datetime(events["starts_on"]) < pd.Timestamp(scope.as_of)) & (events["is_cancelled"] == 0)]
    each = events.groupby(GROUPS[by], as_index=False).agg(events=("event_id", "size"), cost=("cost", lambda cost: cost.sum(skipna=False)),
                                                         **{name: (name, "sum") for name in ADDED}).rename(columns={GROUPS[by]: "group"})
    told = kpi_values(warehouse, scope, keys=(SHOW, HALO), by=by)
    told = told[told["period"] == "now"]
    for key, name in ((SHOW, "show"), (HALO, "halo")):
        part = told[told["key"] == key].rename(columns={"value": name, **{end: f"{name}_{end}" for end in ("low", "high", "n", "few")}})
        each = each.merge(part[["group", name, *(f"{name}_{end}" for end in ("low", "high", "n", "few"))]], how="left", on="group")
    each = each.assign(**{name: ~each[name].eq(False) for name in ("show_few", "halo_few")})  # of none nothing is told
    each["cost_each"] = each["cost"] / each["people"].where(each["people"] > 0)
    return each.sort_values(["people", "group"], ascending=[False, True], ignore_index=True)


@query
def event_people(warehouse: Warehouse, scope: Scope, *, event: int, outcome: str | None = None, limit: int = 500) -> pd.DataFrame:
    """One row per registration for an event, in the order of ATTENDANCE: attendance_id, guest_id (NaN: nobody known), outcome, party, registered_on.

    With nights slept within a day of it, is_member and is_advocate where the event has begun; `rows` = how many in all. `outcome` keeps one of
    ATTENDANCE; raises ValueError for another word.
    """
    if outcome is not None and outcome not in ATTENDANCE:
        raise ValueError(f"A registration comes to {', '.join(ATTENDANCE)}, not to {outcome!r}.")
    r, p, a = within(tables.registrations, scope).c, within(tables.profiles, scope).c, within(tables.attendances, scope).c
    joined = (r.event_id.table.outerjoin(p.guest_id.table, p.profile_id == r.profile_id)
              .outerjoin(a.event_id.table, a.attendance_id == r.attendance_id))
    narrowed = p.guest_id.is_not(None) if scope.identified or scope.segment else sa.true()
    order = case(*((r.status == one, place) for place, one in enumerate(ATTENDANCE)))
    return warehouse.frame(
        select(r.attendance_id, p.guest_id, r.status.label("outcome"), r.party, r.registered_on, a.nights, a.is_member, a.is_advocate,
               func.count().over().label("rows"))
        .select_from(joined).where(r.event_id == event, narrowed, r.status == outcome if outcome else sa.true())
        .order_by(order, r.attendance_id).limit(limit))


@query
def event_days(warehouse: Warehouse, scope: Scope, *, from_on: dt.date, to_on: dt.date) -> pd.DataFrame:
    """One row per day from from_on to before to_on and event that goes on then, in the order of the clock: day, `part` (1 on its first day), the event.

    booked and places = registrations that were not cancelled, and persons they are for.
    """
    e = within(tables.events, scope).c
    last = func.coalesce(e.ends_on, e.starts_on)
    found = warehouse.frame(select(*(e[name] for name in EVENT)).where(e.starts_on < to_on, last >= from_on))
    found = found.merge(_booked(warehouse, scope), how="left", on="event_id").fillna({"booked": 0, "places": 0})
    starts, ends = (pd.to_datetime(found[name]) for name in ("starts_on", "ends_on"))
    length = ((ends.fillna(starts) - starts).dt.days.clip(lower=0) + 1).to_numpy(int)
    row = np.repeat(np.arange(len(found)), length)
    part = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
    days = starts.iloc[row].reset_index(drop=True) + pd.to_timedelta(part, unit="D")
    each = found.iloc[row].reset_index(drop=True).assign(day=days.dt.date, part=part + 1)
    each = each[(days >= pd.Timestamp(from_on)) & (days < pd.Timestamp(to_on))]
    return each.sort_values(["day", "starts_time", "event_id"], ignore_index=True)
