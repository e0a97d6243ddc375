"""What was said: messages, calls and talks with guests and leads, found by their words, logged, and those that wait for an answer."""
import datetime as dt
import zoneinfo

import sqlalchemy as sa
from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.marts.interactions import conversations
from crm_core.records.guests import visible
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import DIRECTIONS, INTERACTION_CHANNELS, guest, interaction, lead, property
from crm_core.scope import Scope

LONGEST_SUBJECT, LONGEST_TEXT = 200, 8000
# What waits longer is no longer waiting: it was forgotten, or answered where nobody wrote it down.
WAITS_UP_TO = dt.timedelta(60)


def here(scope: Scope) -> sa.ColumnElement[bool]:
    """Return the predicate of an interaction inside the scope."""
    return interaction.c.property_id.in_(scope.properties)


@lookup("contact")
def interactions(connection: Connection, scope: Scope, *, offset: int = 0, limit: int = 50, **chosen) -> list[dict]:
    """Return interactions of the scope, newest first, each with `who`: the guest's or lead's name. What can be chosen: see `_chosen`."""
    rows = _named(*_chosen(connection, scope, **chosen)).order_by(interaction.c.at.desc(), interaction.c.id.desc()).offset(offset).limit(limit)
    return [dict(row) for row in connection.execute(rows).mappings()]


@lookup("contact")
def interaction_count(connection: Connection, scope: Scope, **chosen) -> int:
    """Return how many interactions a choice holds."""
    counted = _named(*_chosen(connection, scope, **chosen)).with_only_columns(func.count(), maintain_column_froms=True)
    return connection.execute(counted).scalar_one()


def _named(*where: sa.ColumnElement[bool]) -> sa.Select:
    who = func.coalesce(guest.c.name, lead.c.name, lead.c.company).label("who")
    return (select(interaction, who).select_from(interaction.outerjoin(guest, guest.c.id == interaction.c.guest_id)
            .outerjoin(lead, lead.c.id == interaction.c.lead_id)).where(*where))


def _chosen(connection: Connection, scope: Scope, *, text: str | None = None, channel: str | None = None, direction: str | None = None,
            since: dt.date | None = None, until: dt.date | None = None) -> list[sa.ColumnElement[bool]]:
    """The predicates of a choice: words in subject, text, address or name; local days from `since` and before `until`."""
    found = [_between(connection, scope, since, until) if since or until else here(scope)]
    same = ((interaction.c.channel, channel), (interaction.c.direction, direction))
    found += [column == value for column, value in same if value is not None]
    if text and text.strip():
        columns = (interaction.c.subject, interaction.c.text, interaction.c.address, guest.c.name, lead.c.name, lead.c.company)
        found.append(or_(*(c.icontains(text.strip(), autoescape=True) for c in columns)))
    return found


def _between(connection: Connection, scope: Scope, since: dt.date | None, until: dt.date | None) -> sa.ColumnElement[bool]:
    """The interactions of the scope between two days, each property's days by its own clock."""
    at, found = interaction.c.at, []
    for place in connection.execute(select(property.c.id, property.c.time_zone).where(property.c.id.in_(scope.properties))):
        limits = [at >= midnight(since, place.time_zone)] if since else []
        limits += [at < midnight(until, place.time_zone)] if until else []
        found.append(sa.and_(interaction.c.property_id == place.id, *limits))
    return or_(sa.false(), *found)


def midnight(day: dt.date, zone: str) -> str:
    """Return when a local day begins, as an instant; a time zone that nobody knows counts as UTC."""
    try:
        there = zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        there = dt.UTC
    return dt.datetime.combine(day, dt.time(), there).astimezone(dt.UTC).isoformat(timespec="seconds")


@lookup("contact")
def unanswered(connection: Connection, scope: Scope, *, limit: int = 50) -> list[dict]:
    """Return the guests' words of the last 60 days that nobody answered, the one that waits longest first, with the property's `sla_hours`."""
    said = conversations(_between(connection, scope, scope.as_of - WAITS_UP_TO, None)).subquery("said")
    known = select(interaction.c.id).where(_between(connection, scope, None, scope.as_of))
    waiting = select(said.c.id).where(said.c.opens == 1, said.c.answered_at.is_(None), said.c.id.in_(known))
    rows = (_named(interaction.c.id.in_(waiting)).add_columns(property.c.sla_hours)
            .join(property, property.c.id == interaction.c.property_id).order_by(interaction.c.at, interaction.c.id).limit(limit))
    return [dict(row) for row in connection.execute(rows).mappings()]


@action("lead", "log", "interaction")
def log_interaction(change, scope: Scope, *, property_id: int, channel: str, direction: str, subject: str = "", text: str = "",
                    guest_id: int | None = None, lead_id: int | None = None, at: str | None = None) -> int:
    """Write down what was said (`at` = UTC instant, now without it) and return its id. Raises Refused for what nobody could find again."""
    if channel not in INTERACTION_CHANNELS or direction not in DIRECTIONS:
        raise Refused(N_("Choose how it was said, and by whom, from the list."))
    values = {"subject": _text(subject, LONGEST_SUBJECT), "text": _text(text, LONGEST_TEXT)}
    if not any(values.values()):
        raise Refused(N_("Write down what was said, in a few words."))
    _require_place(change, scope, property_id, guest_id, lead_id)
    row = {"property_id": property_id, "guest_id": guest_id, "lead_id": lead_id, "source": "hand", "channel": channel, "direction": direction,
           "at": at or change.at, "by": scope.user, "revision": change.revision, **values}
    return change.connection.execute(sa.insert(interaction).values(row).returning(interaction.c.id)).scalar_one()


def _require_place(change, scope: Scope, property_id: int, guest_id: int | None, lead_id: int | None) -> None:
    asked = ((property_id, select(property.c.id).where(property.c.id == property_id, property.c.id.in_(scope.properties))),
             (guest_id, select(guest.c.id).where(guest.c.id == guest_id, visible(scope))),
             (lead_id, select(lead.c.id).where(lead.c.id == lead_id, lead.c.property_id == property_id, lead.c.property_id.in_(scope.properties))))
    if any(wanted is not None and change.connection.execute(found).first() is None for wanted, found in asked):
        raise Refused(N_("There is no such property, guest or lead."))


def _text(text: str, longest: int) -> str | None:
    plain = text.replace("\x00", "").strip()
    if len(plain) > longest:
        raise Refused(N_("A subject has at most 200 characters, a text 8,000."))
    return plain or None
