"""The hotel's events that a guest registered for, as events of the timeline."""
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_, t
from crm_core.records.events import Event
from crm_core.records.gatherings import once
from crm_core.schema import event, property
from crm_core.scope import Scope
from crm_core.telling.gathering_words import KINDS

BECAME = {
    "registered": (N_("Registered for an event"), "event_available"), "attended": (N_("Came to an event"), "celebration"),
    "cancelled": (N_("Cancelled an event"), "event_busy"), "no_show": (N_("Did not come to an event"), "event_busy"),
}  # fmt: skip
CALLED_OFF = N_("Registered for an event that was called off")


def gatherings(connection: Connection, scope: Scope, guest: int) -> list[Event]:
    """Each event that the guest registered for: what became of it, the event's name, its kind, the place and the property."""
    one, e = once(), event.c
    columns = (one.c.status, e.name, e.kind, e.place, e.starts_on, e.ends_on, e.cancelled_at, property.c.name.label("house"))
    joined = one.join(event, e.id == one.c.event_id).join(property, property.c.id == e.property_id)
    rows = connection.execute(select(*columns).select_from(joined).where(one.c.guest_id == guest, e.property_id.in_(scope.properties)).order_by(e.starts_on))
    return [_told(row) for row in rows.mappings()]


def _told(row: dict) -> Event:
    head, icon = (CALLED_OFF, "event_busy") if row["cancelled_at"] and row["status"] != "cancelled" else BECAME[row["status"]]
    detail = " · ".join(filter(None, (row["name"], t(KINDS[row["kind"]]) if row["kind"] in KINDS else row["kind"], row["place"], row["house"])))
    return Event(row["starts_on"], "events", icon, t(head), detail, until=row["ends_on"])
