"""A batch with campaigns or their arms is undone: people leave the audiences that it made, what people did with them forbids it."""
import json
from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.i18n import t
from crm_core.ingest import former as before
from crm_core.ingest.lookup import among
from crm_core.records.registry import Refused
from crm_core.schema import audience, audience_left, audience_member, campaign, campaign_reading, journey_due, profile, send


def check(connection: Connection, batch: int, guests: list[int], images: dict) -> None:
    """Raise Refused where people planned or read campaigns of a batch, used its audiences, or wrote to its guests since."""
    own = sa.select(campaign.c.id).where(campaign.c.batch_id == batch, sa.not_(among(connection, campaign.c.id, images.get("campaign", {}))))
    made = _made(images)
    read = campaign_reading.c.campaign_id.in_(own) | campaign_reading.c.campaign_id.in_(
        sa.select(campaign.c.id).where(among(connection, campaign.c.audience_id, made)))
    theirs = sa.select(profile.c.id).where(among(connection, profile.c.guest_id, guests))
    sent = send.c.batch_id.is_(None) & (send.c.campaign_id.in_(own) | send.c.profile_id.in_(theirs))
    due = among(connection, journey_due.c.guest_id, guests) & (journey_due.c.state == "exported")
    used = among(connection, audience.c.id, made) & ((audience.c.version > 1) | audience.c.exported_at.is_not(None))
    readings, messages, dues, audiences = (_count(connection, table, where) for table, where in (
        (campaign_reading, read), (send, sent), (journey_due, due), (audience, used)))
    plans = _replanned(connection, batch, images.get("campaign", {}))
    if plans or readings or messages or dues or audiences:
        raise Refused(t("The staff have worked with campaigns of this file since: plans {plans}, results read {readings}, messages {messages}, audiences "
            "used {audiences}. The file has to stay.", plans=plans, readings=readings, messages=messages + dues, audiences=audiences))


def remove_members(connection: Connection, images: dict) -> int:
    """Take the people whom a batch put on audiences off them; return how many."""
    of_audience = defaultdict(list)
    for guest_id, noted in images.pop("audience_member", {}).items():
        for id_ in json.loads(noted):
            of_audience[id_].append(guest_id)
    m = audience_member.c
    return sum(connection.execute(sa.delete(audience_member).where(m.audience_id == id_, among(connection, m.guest_id, guests))).rowcount
               for id_, guests in of_audience.items())


def remove_audiences(connection: Connection, images: dict) -> None:
    """Remove the audiences that a batch made. Call it when no campaign refers to them any more."""
    made = _made(images)
    for table in (audience_member, audience_left):
        connection.execute(sa.delete(table).where(among(connection, table.c.audience_id, made)))
    connection.execute(sa.delete(audience).where(among(connection, audience.c.id, made)))


def _made(images: dict) -> list[int]:
    return [id_ for id_, row in images.get("audience", {}).items() if row is before.NEW]


def _replanned(connection: Connection, batch: int, changed: dict[int, str | None]) -> int:
    """How many of the campaigns that a batch brought or changed somebody has edited since: their version went on from what the batch left."""
    c, left = campaign.c, {id_: json.loads(row)["version"] for id_, row in changed.items()}
    rows = connection.execute(sa.select(c.id, c.batch_id, c.version).where((c.batch_id == batch) | among(connection, c.id, changed)))
    return sum(version > left.get(id_, 0) + (of == batch) for id_, of, version in rows)


def _count(connection: Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar_one()
