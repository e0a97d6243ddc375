"""The steps of a journey that come up on some days, from the records: whom the rules mean, and who of them may be written to."""
import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import pandas as pd
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.outreach.journeys import Journey
from crm_core.outreach.simulation import COLUMNS, simulate
from crm_core.outreach.waterfall import Person, why_left
from crm_core.records.holdout import outreach
from crm_core.records.journey_events import events
from crm_core.records.journey_occasions import occasions
from crm_core.records.persons import own_id
from crm_core.records.reachable import people
from crm_core.schema import ARMS, DUE_STATES, guest, journey_due
from crm_core.scope import Scope

DUE, _, LEFT = DUE_STATES
CONTACT, HELD_OUT = ARMS
CAPPED = "frequency_cap"
GLOBAL_HOLDOUT = "global_holdout"


@dataclass(frozen=True)
class Counts:
    """What steps come to: people who get a message and who get two or more, messages, people held out, and messages not due, by reason."""

    people: int
    twice: int
    messages: int
    held_out: int
    left: dict[str, int]


@dataclass(frozen=True)
class Coming:
    """One row per step that came up: guest_id, property_id, occasion, step, due_on (a date), arm, state ("due" or "left") and why."""

    rows: pd.DataFrame

    def counts(self) -> Counts:
        rows = self.rows
        due, left = rows[rows["state"] == DUE], rows[(rows["state"] == LEFT) & (rows["arm"] == CONTACT)]
        each = due[due["arm"] == CONTACT]["guest_id"].value_counts()
        reasons = left["why"].value_counts().sort_index()
        return Counts(len(each), int((each > 1).sum()), int(each.sum()), due[due["arm"] == HELD_OUT]["guest_id"].nunique(), reasons.to_dict())


def coming(connection: Connection, scope: Scope, journey: Journey, from_on: dt.date, to_on: dt.date, salt: str, *, id: int | None = None,
           since: dt.date | None = None, meets: Mapping[int, Collection[int]] | None = None) -> Coming:
    """Return the steps of a journey that come up at the scope's properties from one day until before another.

    `id` is the number of a journey that runs: what fell due before is known, and not said again. A journey of marketing that has no cap of its
    own keeps to the house's. Whoever may not be written to (address, consent, complaints, the lot of all campaigns) is left, with the reason.
    """
    journey = _capped(connection, journey)
    found = occasions(connection, scope, journey, from_on, to_on)
    if found.empty:
        return Coming(pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS}))
    happened = events(connection, scope, journey, found, from_on, to_on, id)
    rules, happened = _with_ends(journey, found, happened)
    before = None if id is None else already(connection, id)
    rows = simulate(rules, found, happened, from_on, to_on, salt, before, since=since, meets=meets).rows
    rows = _in_their_arms(rows.assign(guest_id=rows["guest_id"].astype("int64")), before)
    return Coming(_reached(connection, scope, journey, _not_over(rows, found)))


def salt_of(id: int) -> str:
    """Return the salt of a journey's own lot."""
    return f"journey/{id}"


def _capped(connection: Connection, journey: Journey) -> Journey:
    if journey.purpose != "marketing" or journey.cap:
        return journey
    house = outreach(connection)
    return replace(journey, cap=(house.cap, house.cap_days))


def already(connection: Connection, id: int) -> pd.DataFrame | None:
    """Return what fell due on a journey until now, by the persons of today: guest_id, occasion, step, due_on, why, arm."""
    d = journey_due.c
    rows = connection.execute(select(own_id(), d.occasion, d.step, d.due_on, d.why, d.arm)
                              .select_from(journey_due.join(guest, guest.c.id == d.guest_id)).where(d.journey_id == id).order_by(d.id)).all()
    return pd.DataFrame([tuple(row) for row in rows], columns=["guest_id", "occasion", "step", "due_on", "why", "arm"]) if rows else None


def _in_their_arms(rows: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Whoever is on the journey already stays in the arm of its first step, whatever share is held out by now."""
    if before is None:
        return rows
    first = before.drop_duplicates(["guest_id", "occasion"]).set_index(["guest_id", "occasion"])["arm"].to_dict()
    arms = [first.get(key, arm) for key, arm in zip(zip(rows["guest_id"].tolist(), rows["occasion"], strict=True), rows["arm"], strict=True)]
    return rows.assign(arm=arms)


def _with_ends(journey: Journey, found: pd.DataFrame, happened: pd.DataFrame) -> tuple[Journey, pd.DataFrame]:
    """The end of an occasion is told to the simulation as if that one alone were cancelled; what the journey does not end by is taken out."""
    general = happened[(happened["occasion"] != "") | (happened["kind"] != "cancelled")] if "cancelled" not in journey.exit else happened
    ending = found[found["until"].notna()]
    ends = pd.DataFrame({"guest_id": ending["guest_id"], "kind": "cancelled", "on": ending["until"] - pd.Timedelta(days=1), "occasion": ending["occasion"]})
    parts = [part for part in (general, ends) if len(part)]
    return replace(journey, exit=tuple(dict.fromkeys((*journey.exit, "cancelled")))), pd.concat(parts, ignore_index=True) if parts else happened


def _not_over(rows: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Without the steps of occasions that were over by then: nobody asks why they were not due."""
    until = found.set_index(["guest_id", "occasion"])["until"]
    over = until.reindex(pd.MultiIndex.from_frame(rows[["guest_id", "occasion"]])).to_numpy()
    return rows[~(over <= rows["due_on"].to_numpy())].reset_index(drop=True)


def _reached(connection: Connection, scope: Scope, journey: Journey, rows: pd.DataFrame) -> pd.DataFrame:
    """With the reason of everybody who may not be written to; it stands before the cap, which counts no message that cannot be sent."""
    asked = rows["why"].isin(["", CAPPED]).tolist()
    kept = why_not(connection, scope, journey, sorted({one for one, is_asked in zip(rows["guest_id"].tolist(), asked, strict=True) if is_asked}))
    why = [kept.get(guest, said) if is_asked else said for guest, said, is_asked in zip(rows["guest_id"].tolist(), rows["why"], asked, strict=True)]
    return rows.assign(why=why, state=[LEFT if one else DUE for one in why], due_on=[day.date() for day in rows["due_on"]])


def why_not(connection: Connection, scope: Scope, journey: Journey, guests: list[int], cap: int | None = None) -> dict[int, str]:
    """Return the reason for each of these persons who may not be written to by this journey; those who may are not in it.

    `cap`: how many messages of marketing are enough; not asked where the journey's own cap has been kept.
    """
    known = people(connection, scope, guests, purpose=journey.purpose, channel=journey.channel)
    if journey.purpose == "survey":
        known = map(_may_be_asked, known)
    found = {one.guest_id: left[1] for one in known if (left := why_left(one, cap))}
    held = outreach(connection).held(guests, scope.as_of) if journey.purpose == "marketing" else set()
    return dict.fromkeys(held, GLOBAL_HOLDOUT) | found


def _may_be_asked(one: Person) -> Person:
    """Like an invitation to a survey, a question after a stay goes to whoever did not refuse it."""
    return one if one.word not in ("", "given") else replace(one, word="given", has_proof=True)
