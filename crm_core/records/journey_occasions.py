"""What journeys begin with, found in the records: stays by arrival or departure, cancellations, birthdays, enquiries that fell silent."""
import datetime as dt
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from crm_core.outreach.journeys import Journey
from crm_core.records.persons import own_id, shown
from crm_core.schema import channel, guest, interaction, lead, lead_step, profile, property, stay
from crm_core.scope import Scope
from crm_core.store.bulk import among

BOOKED = ("confirmed", "in_house", "checked_out", "no_show")  # no_show: was expected, and is written to before the arrival like the others
NOT_ENQUIRIES = ("spam", "duplicate")  # reasons for which a lead is lost that nobody writes about
ALWAYS = pd.Timestamp(1970, 1, 1)
NOTHING = pd.DataFrame({"guest_id": pd.Series(dtype="int64"), "property_id": pd.Series(dtype="int64"), "occasion": pd.Series(dtype=object),
                        **{name: pd.Series(dtype="datetime64[ns]") for name in ("on", "known_on", "until")}})  # fmt: skip
OF_STAYS = ("person", "property_id", "id", "status", "kind", "booked_on", "arrival_on", "departure_on", "ended_on")


@dataclass(frozen=True)
class Span:
    """The days on which an occasion may lie so that one of its messages falls due in the days that are asked for; half-open."""

    first: dt.date
    end: dt.date

    @classmethod
    def of(cls, journey: Journey, from_on: dt.date, to_on: dt.date) -> "Span":
        due = journey.due()
        return cls(from_on - dt.timedelta(max(due)), to_on - dt.timedelta(min(due)))

    def of_column(self, column: sa.ColumnElement) -> sa.ColumnElement[bool]:
        return and_(column >= self.first, column < self.end)

    def of_days(self, days: pd.Series) -> pd.Series:
        return (days >= pd.Timestamp(self.first)) & (days < pd.Timestamp(self.end))


def occasions(connection: Connection, scope: Scope, journey: Journey, from_on: dt.date, to_on: dt.date) -> pd.DataFrame:
    """Return the occasions of a journey at the scope's properties of which something may be due from one day until before another.

    One row per person and occasion: guest_id, property_id, occasion (such as "stay:12"), on, known_on, and until: from that day on nothing is
    due any more (the guest left, came again, answered), NaT for never. Bookers, erased guests and house use begin nothing.
    """
    found = FINDERS[journey.on](connection, scope, journey, Span.of(journey, from_on, to_on))
    if found.empty:
        return NOTHING
    due = [found["on"] + pd.Timedelta(days=days) for days in journey.due()]
    asked = pd.concat([(day >= pd.Timestamp(from_on)) & (day < pd.Timestamp(to_on)) for day in due], axis=1).any(axis=1)
    return found[asked & ~(found["until"] <= due[0])].sort_values(["guest_id", "on", "occasion"], ignore_index=True)


# --- stays --------------------------------------------------------------------------------------------------------------
def _stays(connection: Connection, scope: Scope, where: sa.ColumnElement[bool]) -> pd.DataFrame:
    """All reservations at the scope's properties of the persons who have one that fits."""
    s, joined = stay.c, stay.join(profile, profile.c.id == stay.c.profile_id).join(guest, guest.c.id == profile.c.guest_id)
    real = and_(s.property_id.in_(scope.properties), s.rate_class != "house_use", profile.c.is_booker == 0, guest.c.erased_at.is_(None))
    fitting = select(own_id()).select_from(joined).where(real, where).distinct().subquery("fitting")
    rows = select(own_id().label("person"), s.property_id, s.id, s.status, channel.c.kind, *(sa.type_coerce(s[day], sa.Text) for day in OF_STAYS[5:]))
    found = connection.execute(rows.select_from(joined.join(channel, channel.c.id == s.channel_id))
                               .where(real, s.status != "tentative", own_id().in_(select(fitting)))).all()
    frame = pd.DataFrame.from_records([tuple(row) for row in found], columns=OF_STAYS)
    return frame.assign(**{day: pd.to_datetime(frame[day]) for day in OF_STAYS[5:]}).astype({"person": "int64", "property_id": "int64", "id": "int64"})


def _visits(stays: pd.DataFrame) -> pd.DataFrame:
    """Reservations of a person at one property without a free night between them are one visit, under the number of the first."""
    by = ["person", "property_id"]
    rows = stays.sort_values([*by, "arrival_on", "departure_on", "id"], ignore_index=True)
    until = rows.groupby(by)["departure_on"].cummax().groupby([rows[name] for name in by]).shift()
    rows["visit"] = (until.isna() | (rows["arrival_on"] > until)).cumsum()
    rows["is_over"] = rows["status"] == "checked_out"
    first = rows.groupby("visit").agg(guest_id=("person", "first"), property_id=("property_id", "first"), id=("id", "first"), kind=("kind", "first"),
                                      arrival_on=("arrival_on", "first"), departure_on=("departure_on", "max"), booked_on=("booked_on", "first"),
                                      is_over=("is_over", "min"), status=("status", "first"))  # fmt: skip
    return first.reset_index(drop=True)


def _of_visits(visits: pd.DataFrame, on: str, known_on: pd.Series | None = None, until: pd.Series | None = None) -> pd.DataFrame:
    named = "stay:" + visits["id"].astype(str)
    return _framed(visits, named, visits[on], known_on, until)


def _framed(rows: pd.DataFrame, named: pd.Series, on: pd.Series, known_on: pd.Series | None = None, until: pd.Series | None = None) -> pd.DataFrame:
    known = pd.Series(ALWAYS, rows.index) if known_on is None else known_on.fillna(ALWAYS)
    ends = pd.Series(pd.NaT, rows.index, dtype="datetime64[ns]") if until is None else until
    return pd.DataFrame({"guest_id": rows["guest_id"], "property_id": rows["property_id"], "occasion": named, "on": on, "known_on": known, "until": ends})


def _arrivals(connection: Connection, scope: Scope, journey: Journey, span: Span) -> pd.DataFrame:
    """Stays by their arrival, and those that were cancelled before: an event of the occasion's own ends them."""
    found = _stays(connection, scope, span.of_column(stay.c.arrival_on))
    if found.empty:
        return NOTHING
    is_stay = journey.on == "in_stay"
    visits = _visits(found[found["status"].isin(BOOKED[:3] if is_stay else BOOKED)])
    ends = visits["departure_on"] + pd.Timedelta(days=1) if is_stay else None
    gone = found[(found["status"] == "cancelled") & found["ended_on"].notna()].rename(columns={"person": "guest_id"})
    both = [_of_visits(visits, "arrival_on", visits["booked_on"], ends)]
    if not is_stay:
        both.append(_of_visits(gone, "arrival_on", gone["booked_on"]))
    every = pd.concat(both, ignore_index=True)
    return every[span.of_days(every["on"])]


def _departures(connection: Connection, scope: Scope, journey: Journey, span: Span) -> pd.DataFrame:
    """Realised stays by their departure; those that are looked back at for long end with the next stay."""
    found = _live(_stays(connection, scope, span.of_column(stay.c.departure_on)))
    if found.empty:
        return NOTHING
    visits = _visits(found).sort_values(["guest_id", "arrival_on", "departure_on", "id"], ignore_index=True)
    until = _next_arrival(visits) if journey.on == "ota_win_back" else _next_known(visits) if journey.on == "lapsed" else None
    mine = visits["is_over"] & span.of_days(visits["departure_on"])
    if journey.on == "ota_win_back":
        mine &= visits["kind"] == "ota"
    return _of_visits(visits, "departure_on", until=until)[mine]


def _live(stays: pd.DataFrame) -> pd.DataFrame:
    return stays[stays["status"].isin(BOOKED[:3])]


def _next_arrival(visits: pd.DataFrame) -> pd.Series:
    return visits.groupby("guest_id")["arrival_on"].shift(-1)


def _next_known(visits: pd.DataFrame) -> pd.Series:
    """The first day on which another stay of the guest's after this one is known: it is booked, or has begun."""
    known = visits[["arrival_on", "booked_on"]].min(axis=1)[::-1]
    whose = visits["guest_id"][::-1]
    return known.groupby(whose).cummin().groupby(whose).shift()[::-1]


def _cancellations(connection: Connection, scope: Scope, journey: Journey, span: Span) -> pd.DataFrame:
    """Cancelled reservations by the day of it, one per person, property and day; not where the guest has another stay in those nights."""
    found = _stays(connection, scope, and_(stay.c.status == "cancelled", span.of_column(stay.c.ended_on)))
    if found.empty:
        return NOTHING
    gone = found[(found["status"] == "cancelled") & span.of_days(found["ended_on"])].rename(columns={"person": "guest_id"})
    gone = gone.sort_values("id").drop_duplicates(["guest_id", "property_id", "ended_on"])
    live = _live(found).rename(columns={"person": "guest_id"})
    beside = gone.merge(live, on=["guest_id", "property_id"], suffixes=("", "_kept"))
    kept = beside[(beside["arrival_on"] < beside["departure_on_kept"]) & (beside["departure_on"] > beside["arrival_on_kept"])]
    return _of_visits(gone[~gone["id"].isin(kept["id"])], "ended_on")


# --- birthdays ----------------------------------------------------------------------------------------------------------
def _birthdays(connection: Connection, scope: Scope, journey: Journey, span: Span) -> pd.DataFrame:
    """Birthdays of persons who are known at the scope's properties, each at the property where the person stayed last."""
    homes = _homes(connection, scope)
    days = pd.date_range(span.first, span.end, inclusive="left")
    month = sa.extract("month", shown().selected_columns["birth_on"])
    born = connection.execute(shown().where(guest.c.erased_at.is_(None), month.in_(sorted({*days.month})))).all()
    rows = [(row.id, homes[row.id], day) for row in born if row.id in homes for day in _anniversaries(row.birth_on, span)]
    found = pd.DataFrame(rows, columns=["guest_id", "property_id", "on"]).astype({"guest_id": "int64", "property_id": "int64"})
    found["on"] = pd.to_datetime(found["on"])
    return _framed(found, "birthday:" + found["on"].dt.year.astype(str), found["on"])


def _anniversaries(birth_on: dt.date, span: Span) -> list[dt.date]:
    """The birthdays of a span; who was born on 29 February has one on the 28th in a year without it."""
    days = [birthday(birth_on, year) for year in range(span.first.year, span.end.year + 1)]
    return [day for day in days if span.first <= day < span.end]


def birthday(birth_on: dt.date, year: int) -> dt.date:
    """Return the day on which a birthday falls in a year."""
    try:
        return birth_on.replace(year=year)
    except ValueError:
        return dt.date(year, 2, 28)


def _homes(connection: Connection, scope: Scope) -> dict[int, int]:
    """Of each person the property of the last stay until the as-of date, or where there is none, of the first record."""
    p, s = profile.c, stay.c
    real = and_(p.is_booker == 0, guest.c.erased_at.is_(None))
    known = (select(own_id(), func.min(p.property_id)).select_from(profile.join(guest, guest.c.id == p.guest_id))
             .where(real, p.property_id.in_(scope.properties)).group_by(own_id()))
    joined = stay.join(profile, p.id == s.profile_id).join(guest, guest.c.id == p.guest_id)
    last = (select(own_id(), s.property_id, func.max(s.arrival_on)).select_from(joined)
            .where(real, s.property_id.in_(scope.properties), s.status.in_(("in_house", "checked_out")), s.rate_class != "house_use",
                   s.arrival_on <= scope.as_of).group_by(own_id(), s.property_id))
    stayed = sorted((day, place, person) for person, place, day in connection.execute(last))
    return dict(tuple(row) for row in connection.execute(known)) | {person: place for _, place, person in stayed}


# --- enquiries ----------------------------------------------------------------------------------------------------------
def _silences(connection: Connection, scope: Scope, journey: Journey, span: Span) -> pd.DataFrame:
    """Days on which an enquiry was last heard of, or lost; only those of which it is known which guest asked."""
    told = _touches(connection, scope)
    told = told.sort_values(["lead_id", "day", "at"]).drop_duplicates(["lead_id", "day"], keep="last")
    until = told.groupby("lead_id")["day"].shift(-1)
    named = "lead:" + told["lead_id"].astype(str) + ":" + told["day"].dt.strftime("%Y-%m-%d")
    found = _framed(told, named, told["day"], until=until)
    return found[span.of_days(told["day"]) & (told["stage"] != "won")]


def _touches(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Every sign of life of enquiries: lead_id, guest_id, property_id, at, day (of the property) and the stage in which it was then."""
    c, zones = lead.c, dict(connection.execute(select(property.c.id, property.c.time_zone).where(property.c.id.in_(scope.properties))).all())
    mine = and_(c.property_id.in_(scope.properties), guest.c.erased_at.is_(None), c.lost_reason.not_in(NOT_ENQUIRIES))
    whose = {row.id: row for row in connection.execute(select(c.id, own_id().label("person"), c.property_id, c.created_at, c.closed_at, c.stage)
                                                       .select_from(lead.join(guest, guest.c.id == c.guest_id)).where(mine))}
    said = [(row.id, row.created_at, "enquiry") for row in whose.values()]
    said += [(row.id, row.closed_at, row.stage) for row in whose.values() if row.closed_at]
    said += connection.execute(select(lead_step.c.lead_id, lead_step.c.at, lead_step.c.stage).where(among(connection, lead_step.c.lead_id, whose))).all()
    said += connection.execute(select(interaction.c.lead_id, interaction.c.at, sa.null()).where(among(connection, interaction.c.lead_id, whose))).all()
    rows = [(id_, whose[id_].person, whose[id_].property_id, at, stage, place) for place, (id_, at, stage) in enumerate(said)]
    told = pd.DataFrame(rows, columns=["lead_id", "guest_id", "property_id", "at", "stage", "place"]).sort_values(["lead_id", "at", "place"], ignore_index=True)
    told["stage"] = told.groupby("lead_id")["stage"].ffill()
    return told.assign(day=_local(told["at"], told["property_id"].map(zones))).astype({"guest_id": "int64", "property_id": "int64"})


def _local(at: pd.Series, zones: pd.Series) -> pd.Series:
    """The days of instants where they happened; a time zone that nobody knows counts as UTC."""
    instants = pd.to_datetime(at, utc=True, format="ISO8601")
    days = pd.Series(pd.NaT, at.index, dtype="datetime64[ns]")
    for zone in zones.fillna("UTC").unique():
        here = zones.fillna("UTC") == zone
        days[here] = _in_zone(instants[here], zone).dt.tz_localize(None).dt.normalize().astype("datetime64[ns]")
    return days


def _in_zone(instants: pd.Series, zone: str) -> pd.Series:
    try:
        return instants.dt.tz_convert(zone)
    except (KeyError, ValueError, OSError):
        return instants


FINDERS = {
    "pre_arrival": _arrivals, "in_stay": _arrivals, "post_stay": _departures, "ota_win_back": _departures, "lapsed": _departures,
    "birthday": _birthdays, "cancellation": _cancellations, "abandoned_enquiry": _silences,
}  # fmt: skip

