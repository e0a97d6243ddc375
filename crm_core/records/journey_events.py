"""What happened to guests that ends a journey of theirs, and which messages of others count against its cap."""
import datetime as dt
import json

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection

from crm_core.outreach.journeys import Journey
from crm_core.records.persons import own_id
from crm_core.records.reachable import was_sent
from crm_core.schema import ARMS, DUE_STATES, campaign, guest, journey_due, journey_version, profile, send, send_event, stay
from crm_core.scope import Scope
from crm_core.store.bulk import among

COLUMNS = ("guest_id", "kind", "on", "occasion")


def events(connection: Connection, scope: Scope, journey: Journey, found: pd.DataFrame, from_on: dt.date, to_on: dt.date,
           own: int | None = None) -> pd.DataFrame:
    """Return what happened to the guests of these occasions until before a day: guest_id, kind, on, occasion ("": not of one alone).

    Bookings and cancellations are those at the scope's properties; refusals and messages are the guest's whole. `own` is the journey's number: its
    messages are counted by what fell due, not here. A stay before which one writes is over on the day of its cancellation.
    """
    guests = sorted(set(found["guest_id"].tolist()))
    if not guests:
        return pd.DataFrame({"guest_id": pd.Series(dtype="int64"), "kind": "", "on": pd.Series(dtype="datetime64[ns]"), "occasion": ""})
    began = found["on"].min().date() + dt.timedelta(min(journey.begins(), 0))
    rows = [*_moves(connection, scope, journey, guests, began, to_on), *_refusals(connection, guests)]
    if journey.cap:
        rows += _messages(connection, guests, from_on - dt.timedelta(journey.cap[1]), to_on, own)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(on=pd.to_datetime(frame["on"])).astype({"guest_id": "int64"})


def _moves(connection: Connection, scope: Scope, journey: Journey, guests: list[int], since: dt.date, to_on: dt.date) -> list[tuple]:
    """Bookings and cancellations; a journey that belongs to a stay is ended by the cancellation of that stay alone."""
    if journey.on == "in_stay":
        return []
    s, joined = stay.c, stay.join(profile, profile.c.id == stay.c.profile_id).join(guest, guest.c.id == profile.c.guest_id)
    lately = or_(s.booked_on.between(since, to_on), s.ended_on.between(since, to_on))
    rows = connection.execute(select(own_id().label("person"), s.id, s.status, s.booked_on, s.ended_on).select_from(joined).where(
        s.property_id.in_(scope.properties), s.status != "tentative", lately, among(connection, own_id(), guests))).all()
    gone = [row for row in rows if row.status == "cancelled" and row.ended_on]
    if journey.on == "pre_arrival":
        return [(row.person, "cancelled", row.ended_on - dt.timedelta(1), f"stay:{row.id}") for row in gone]
    return [(row.person, "booked", row.booked_on, "") for row in rows if row.booked_on] + [(row.person, "cancelled", row.ended_on, "") for row in gone]


def _refusals(connection: Connection, guests: list[int]) -> list[tuple]:
    """Unsubscriptions and complaints by the people themselves: a machine that opens every link has refused nothing."""
    e = send_event.c
    rows = connection.execute(select(own_id(), e.kind, func.substr(e.at, 1, 10)).select_from(_sends().join(send_event, e.send_id == send.c.id)).where(
        e.kind.in_(("unsubscribed", "complained")), e.is_machine == 0, among(connection, own_id(), guests)))
    return [(person, kind, dt.date.fromisoformat(day), "") for person, kind, day in rows]


def _messages(connection: Connection, guests: list[int], since: dt.date, to_on: dt.date, own: int | None) -> list[tuple]:
    """Messages that were sent, and those that fell due on other journeys and are still to be; not those that belong to a booking."""
    c, others = campaign.c, sa.true() if own is None else or_(campaign.c.journey_id.is_(None), campaign.c.journey_id != own)
    sent = connection.execute(select(own_id(), func.substr(send.c.sent_at, 1, 10)).select_from(_sends().join(campaign, c.id == send.c.campaign_id)).where(
        send.c.sent_at >= since.isoformat(), send.c.sent_at < to_on.isoformat(), c.purpose != "transactional", others, was_sent(),
        among(connection, own_id(), guests)))
    return [(person, "message", dt.date.fromisoformat(day), "") for person, day in sent] + [
        (person, "message", day, "") for person, day in _waiting(connection, guests, since, to_on, own)]


def _waiting(connection: Connection, guests: list[int], since: dt.date, to_on: dt.date, own: int | None) -> sa.Result:
    """Steps of other journeys that fell due, unless a message of that journey's tells that it went out."""
    d, other = journey_due.c, guest.alias("other")
    theirs = select(send.c.id).join(campaign, campaign.c.id == send.c.campaign_id).join(profile, profile.c.id == send.c.profile_id).join(
        other, other.c.id == profile.c.guest_id).where(
        campaign.c.journey_id == d.journey_id, func.coalesce(other.c.merged_into, other.c.id) == own_id(),
        func.substr(send.c.sent_at, 1, 10) >= sa.cast(d.due_on, sa.Text)).correlate(journey_due, guest)
    return connection.execute(select(own_id(), d.due_on).select_from(journey_due.join(guest, guest.c.id == d.guest_id)).where(
        d.due_on >= since, d.due_on < to_on, d.journey_id != (own or 0), d.arm == ARMS[0], d.state.in_(DUE_STATES[:2]), ~theirs.exists(),
        among(connection, own_id(), guests), d.journey_id.not_in(_of_bookings(connection))))


def _of_bookings(connection: Connection) -> list[int]:
    """Journeys whose present messages belong to a booking."""
    v = journey_version.c
    present = {id_: json.loads(rules) for id_, rules in connection.execute(select(v.journey_id, v.rules).order_by(v.number))}
    return [id_ for id_, rules in present.items() if rules.get("purpose") == "transactional"]


def _sends() -> sa.FromClause:
    return send.join(profile, profile.c.id == send.c.profile_id).join(guest, guest.c.id == profile.c.guest_id)
