"""What the page of events says in words: what is ahead, how full it is, who came, and the nights around events."""
import math
from collections.abc import Callable, Mapping

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.telling.gathering_words import AUDIENCES, KINDS

BY = {"event_kind": N_("Kind of event"), "audience": N_("For whom"), "place": N_("Place")}
CAUTION = N_("Others alike: guests of the same property, country and number of stays who did not register. Who comes to an event may have been "
             "there anyway, so this is no proof of a cause.")  # fmt: skip
Name = Callable[[object], str]


def kind(code: object) -> str:
    """Return a kind of event in words; a file's own word as it stands."""
    return t(KINDS[code]) if code in KINDS else str(code or t("Not known"))


def group(by: str, code: object) -> str:
    """Return a group of events in words: a kind, an audience or a place."""
    if by == "event_kind":
        return kind(code)
    return t(AUDIENCES[code]) if by == "audience" and code in AUDIENCES else str(code or t("Not known"))


def ahead_title(rows: list[Mapping]) -> str:
    """Return how many events are ahead and how many places they have left."""
    coming = [row for row in rows if row["state"] == "coming"]
    if not coming:
        return t("No event is ahead")
    said = tn("{n} event is ahead", "{n} events are ahead", len(coming), n=formats.count(len(coming)))
    left = [row["places_left"] for row in coming if row["places_left"] is not None]
    return t("{events}, with {n} places left", events=said, n=formats.count(sum(left))) if left else said


def left(row: Mapping) -> str:
    """Return how full an event is or was: places left of its capacity, or how many are registered where there is no limit."""
    if row["state"] == "cancelled":
        return t("Called off")
    if row["places_left"] is None:
        return tn("{n} person registered", "{n} people registered", row["registered"], n=formats.count(row["registered"]))
    if row["state"] == "over":
        return t("{taken} of {n} places taken", taken=formats.count(row["registered"]), n=formats.count(row["capacity"]))
    if not row["places_left"]:
        return t("Full: {n} places", n=formats.count(row["capacity"]))
    return t("{left} of {n} places left", left=formats.count(row["places_left"]), n=formats.count(row["capacity"]))


def when(row: Mapping) -> str:
    """Return the days and the hour of an event."""
    ends = row["ends_on"] if isinstance(row["ends_on"], type(row["starts_on"])) and row["ends_on"] == row["ends_on"] else None
    days = f"{formats.date(row['starts_on'])} – {formats.date(ends)}" if ends and ends != row["starts_on"] else formats.date(row["starts_on"])
    return " · ".join(filter(None, (formats.weekday_short(row["starts_on"]), days, row["starts_time"])))


def around(value: float, low: float, high: float, few: bool, size: float) -> str:
    """Return the nights around events with their interval; of too few guests, how many there are."""
    if few or math.isnan(value):
        return t("too few: {n}", n=formats.count(0 if math.isnan(size) else size))
    return f"{formats.signed(value, 1)} ({formats.signed_interval(low, high, 0)})"


def halo_title(one) -> str:
    """Return the nights that guests slept around events beyond others alike, from the KPI's tile; within chance it says so."""
    if one.few or math.isnan(one.value):
        return t("What the events brought is not known yet: too few guests came")
    n, low, high = (formats.count(abs(value)) for value in (one.value, one.low, one.high))
    if one.low > 0:
        return t("Guests who came slept {n} nights more around the events than others alike, between {low} and {high}", n=n, low=low, high=high)
    if one.high < 0:
        return t("Guests who came slept {n} nights fewer around the events than others alike, between {low} and {high}", n=n, low=high, high=low)
    return t("Guests who came slept as many nights around it as others alike, as far as one can tell")


def show(row) -> str:
    """Return who came of those registered, with the interval of the share."""
    if row.registered != row.registered:
        return formats.DASH
    said = formats.n_of(int(row.attended), int(row.registered))
    return said if row.show_few or row.show != row.show else f"{said} · {formats.percent(row.show, 0)} ({formats.share_interval(row.show_low, row.show_high, 0)})"


def past_title(found: pd.DataFrame) -> str:
    """Return how many people came to the events of the period, and what each cost; `found` holds those that have begun."""
    people = found["people"].sum()
    if not people:
        return t("Nobody came to an event in this period")
    said = tn("{people} people came to {n} event", "{people} people came to {n} events", len(found), people=formats.count(people), n=formats.count(len(found)))
    return said


def members_lines(found: pd.DataFrame, currency: str) -> list[str]:
    """Return what the evenings for members come to: who came, of them members and advocates, and what a person cost; `found` as in past_title()."""
    evenings = found[(found["audience"] == "members") | (found["kind"] == "member_evening")]
    if evenings.empty:
        return [t("No evening for members was held in this period.")]
    people, members, advocates = (int(evenings[name].sum()) for name in ("people", "members", "advocates"))
    lines = [tn("{n} evening for members: {people} people came, among them {members} members and {advocates} advocates.",
                "{n} evenings for members: {people} people came, among them {members} members and {advocates} advocates.", len(evenings),
                n=formats.count(len(evenings)), people=formats.count(people), members=formats.count(members), advocates=formats.count(advocates))]
    cost = evenings["cost"].sum(skipna=False)
    return lines + ([t("They cost {cost}, {each} for each person.", cost=formats.money(cost, currency), each=formats.money_exact(cost / people, currency))]
                    if people and cost == cost else [])
