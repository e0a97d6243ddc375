"""Campaigns and their plans: what is expected and how it will be measured, written down before the first message and fixed from then on."""
import datetime as dt
import json

import sqlalchemy as sa
from sqlalchemy import exists, func, or_, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.plan_values import COSTS, EXPERIMENT, checked
from crm_core.records.reachable import was_sent
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.records.segments import is_taken, plain_name, seen
from crm_core.schema import (
    READINGS,
    audience,
    audience_member,
    campaign,
    campaign_reading,
    exchange_rate,
    profile,
    property,
    send,
    send_event,
    setting,
)
from crm_core.scope import Scope
from crm_core.store.record import Change

SOURCE = "innsight"
STATUSES = ("planned", "fixed", "sent", "read")
EVERYWHERE = "[]"  # the properties of a campaign that a file brought: whoever was written to says where it belongs
ABSENT = N_("There is no such campaign.")


# --- look-ups -----------------------------------------------------------------------------------------------------------
@lookup("read")
def campaign_plans(connection: Connection, scope: Scope, *, archived: bool = False) -> list[dict]:
    """Return the campaigns in sight, the latest day first: the row, with `groups` and `properties` as lists and `status` (of STATUSES)."""
    c = campaign.c
    put_away = c.archived_at.is_not(None) if archived else c.archived_at.is_(None)
    rows = connection.execute(_with_status().where(put_away, in_sight(connection, scope))).mappings()
    return sorted((_told(row) for row in rows), key=lambda row: (row["on"] or dt.date.max, row["id"]), reverse=True)


@lookup("read")
def campaign_plan(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return a campaign as campaign_plans() does, with what is wrong with its figures (`troubles`: kind → how many); None out of sight."""
    row = connection.execute(_with_status().where(campaign.c.id == id, in_sight(connection, scope))).mappings().one_or_none()
    if row is None:
        return None
    return {**_told(row), "troubles": {kind: n for kind, n in _troubles(connection, scope, row).items() if n}}


@lookup("read")
def unlinked_sends(connection: Connection, scope: Scope, *, campaign_id: int) -> int:
    """Return how many of a campaign's messages went to an address that no guest has. Only who sees all it was written for is told."""
    row = find(connection, scope, campaign_id)
    return _unlinked(connection, scope, row) if row else 0


def _with_status() -> sa.Select:
    sent = exists().where(send.c.campaign_id == campaign.c.id, was_sent())
    read = exists().where(campaign_reading.c.campaign_id == campaign.c.id, campaign_reading.c.kind == READINGS[0])
    return select(campaign, sent.label("has_sends"), read.label("is_read"), audience.c.as_of.label("drawn_on"), audience.c.exported_at).select_from(
        campaign.outerjoin(audience, audience.c.id == campaign.c.audience_id))


def _told(row: sa.RowMapping) -> dict:
    sent = bool(row["sent_at"] or row["has_sends"])
    status = "read" if row["is_read"] else "sent" if sent else "fixed" if row["fixed_at"] else "planned"
    sent_on = row["sent_at"] and dt.date.fromisoformat(row["sent_at"][:10])
    return {**row, "groups": json.loads(row["groups"]), "properties": json.loads(row["properties"]), "status": status, "on": sent_on or row["planned_on"]}


def in_sight(connection: Connection, scope: Scope) -> sa.ColumnElement[bool]:
    """Return the predicate of a campaign that the scope may see: made for none but its properties; or, where a file brought it, written to one of its guests."""
    if scope.everywhere:
        return sa.true()
    said = connection.execute(select(campaign.c.properties).where(campaign.c.properties != EVERYWHERE).distinct()).scalars()
    own = [properties for properties in said if seen(properties, scope)]
    here = profile.c.property_id.in_(scope.properties)
    written = exists().where(send.c.campaign_id == campaign.c.id, send.c.profile_id == profile.c.id, here)
    drawn = exists().where(audience_member.c.audience_id == campaign.c.audience_id, audience_member.c.guest_id == profile.c.guest_id, here)
    return campaign.c.properties.in_(own) | (campaign.c.properties == EVERYWHERE) & or_(written, drawn)


def find(connection: Connection, scope: Scope, id: int) -> dict | None:
    """Return a campaign's row, None where there is none that the scope may see."""
    row = connection.execute(select(campaign).where(campaign.c.id == id, in_sight(connection, scope))).mappings().one_or_none()
    return dict(row) if row else None


def is_sent(connection: Connection, row: dict) -> bool:
    """Say whether the first message of a campaign is out."""
    there = select(send.c.id).where(send.c.campaign_id == row["id"], was_sent()).limit(1)
    return row["sent_at"] is not None or connection.execute(there).first() is not None


# --- what is wrong with the figures of a file -----------------------------------------------------------------------------
def _troubles(connection: Connection, scope: Scope, row: sa.RowMapping) -> dict[str, int]:
    """How many messages belong to no guest, went twice to one profile, or have an event before they were sent; and whether a cost has no rate."""
    mine = send.join(profile, profile.c.id == send.c.profile_id)
    here = [send.c.campaign_id == row["id"], profile.c.property_id.in_(scope.properties)]
    twice = select(func.count() - 1).select_from(mine).where(*here).group_by(send.c.profile_id).having(func.count() > 1).subquery()
    early = select(func.count()).select_from(mine.join(send_event, send_event.c.send_id == send.c.id)).where(*here, send_event.c.at < send.c.sent_at)
    return {"unlinked": _unlinked(connection, scope, row), "twice": int(connection.execute(select(func.coalesce(func.sum(twice.c[0]), 0))).scalar_one()),
            "early": connection.execute(early).scalar_one(), "no_rate": int(_has_no_rate(connection, row))}


def _unlinked(connection: Connection, scope: Scope, row: dict | sa.RowMapping) -> int:
    if not scope.everywhere and row["properties"] == EVERYWHERE:
        return 0
    nobodys = select(func.count()).where(send.c.campaign_id == row["id"], send.c.profile_id.is_(None))
    return connection.execute(nobodys).scalar_one()


def _has_no_rate(connection: Connection, row: sa.RowMapping) -> bool:
    """Say whether an amount of the campaign cannot be told in the reporting currency."""
    if all(row[name] is None for name in (*COSTS[:4], "attributed_minor")):
        return False
    main = connection.execute(select(setting.c.value).where(setting.c.key == "reporting_currency")).scalar()
    rated = select(exchange_rate.c.id).where(exchange_rate.c.currency == row["currency"]).limit(1)
    return row["currency"] is None or (row["currency"] != main and connection.execute(rated).first() is None)


# --- actions ------------------------------------------------------------------------------------------------------------
@action("campaign", "plan", "campaign")
def plan_campaign(change: Change, scope: Scope, *, name: str, values: dict) -> int:
    """Plan a campaign for the scope's properties (or those of them that `values` names) and return its id.

    `values` are columns of plan_values.FIELDS. Raises Refused for a name that is empty or taken, and for a value that cannot be.
    """
    stored = checked(values) | {"properties": _properties(change.connection, scope, values)}
    made = sa.insert(campaign).values(source=SOURCE, name=_named(change.connection, scope, name), revision=change.revision, **stored)
    return change.connection.execute(made.returning(campaign.c.id)).scalar_one()


@action("campaign", "change plan", "campaign")
def change_plan(change: Change, scope: Scope, *, id: int, version: int, values: dict) -> int:
    """Change a plan and return its new version; a `name` may be among the values.

    Once the plan is fixed only costs and the budget can change; once the first message is out, nothing of the experiment. Raises Stale, Refused.
    """
    row = _there(change.connection, scope, id)
    _changeable(change.connection, row, set(values))
    stored = checked({name: value for name, value in values.items() if name != "name"}, row)
    if "name" in values:
        stored["name"] = _named(change.connection, scope, values["name"], id)
    if "properties" in values:
        stored["properties"] = _properties(change.connection, scope, values)
    return _edit(change, row, version, stored)


def _changeable(connection: Connection, row: dict, names: set[str]) -> None:
    if row["fixed_at"] and not names <= set(COSTS):
        raise Refused(N_("This plan is fixed: only costs and the budget can change."))
    if names & set(EXPERIMENT) and is_sent(connection, row):
        raise Refused(N_("Messages are out: what is expected of them cannot be written down any more."))


@action("campaign", "fix plan", "campaign")
def fix_plan(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Fix a plan before its first message, and return its new version. Raises Stale, and Refused with what the plan still lacks."""
    row = _there(change.connection, scope, id)
    if row["fixed_at"]:
        raise Refused(N_("This plan is fixed already."))
    if is_sent(change.connection, row):
        raise Refused(N_("Messages are out: a plan is fixed before the first one."))
    _complete(row)
    return _edit(change, row, version, {"fixed_at": change.at})


def _complete(row: dict) -> None:
    """Raise Refused with the first thing that the experiment lacks."""
    lacks = (
        (not row["hypothesis"].strip(), N_("Write down what you expect before you fix the plan.")),
        (not row["planned_people"], N_("Say on how many people it will be measured.")),
        (not (row["planned_on"] and row["stop_on"]), N_("Choose the day of sending and the day of reading.")),
    )
    for missing, sentence in lacks:
        if missing:
            raise Refused(sentence)
    if row["stop_on"] < row["planned_on"] + dt.timedelta(row["window_days"]):
        raise Refused(N_("The result is read once the days in which bookings count are over: choose a later day."))


@action("campaign", "archive", "campaign")
def archive_campaign(change: Change, scope: Scope, *, id: int, version: int) -> int:
    """Put a campaign away and return its new version; its figures stay. Raises Stale where somebody else changed it since."""
    return _edit(change, _there(change.connection, scope, id), version, {"archived_at": change.at})


def _there(connection: Connection, scope: Scope, id: int) -> dict:
    """Return a campaign that the scope may change: one that a file brought only where all its messages are the scope's."""
    row = find(connection, scope, id)
    if row is None:
        raise Refused(ABSENT)
    if row["properties"] == EVERYWHERE and not scope.everywhere and _wrote_elsewhere(connection, scope, id):
        raise Refused(N_("This holds for all properties: choose all of them first."))
    return row


def _wrote_elsewhere(connection: Connection, scope: Scope, id: int) -> bool:
    there = select(send.c.id).join(profile, profile.c.id == send.c.profile_id).where(send.c.campaign_id == id, profile.c.property_id.not_in(scope.properties))
    return connection.execute(there.limit(1)).first() is not None


def _edit(change: Change, row: dict, version: int, values: dict) -> int:
    mine = (campaign.c.id == row["id"]) & (campaign.c.version == version)
    edited = sa.update(campaign).where(mine).values(**values, version=version + 1, revision=change.revision)
    if change.connection.execute(edited).rowcount != 1:
        raise Stale(row)
    return version + 1


def _named(connection: Connection, scope: Scope, name: str, id: int = 0) -> str:
    plain = plain_name(name)
    rows = connection.execute(select(campaign.c.name, campaign.c.properties).where(
        campaign.c.archived_at.is_(None), campaign.c.id != id, campaign.c.properties != EVERYWHERE))
    if any(is_taken(plain, row, scope) for row in rows):
        raise Refused(N_("There is a campaign of this name: choose another."))
    return plain


def _properties(connection: Connection, scope: Scope, values: dict) -> str:
    """The properties that a plan is for, as JSON. Raises Refused for one that is not in the scope."""
    wanted = sorted(values.get("properties") or scope.properties)
    there = set(connection.execute(select(property.c.id).where(property.c.id.in_(wanted))).scalars()) if wanted else set()
    if not wanted or not set(wanted) <= set(scope.properties) & there:
        raise Refused(N_("This property is not among yours."))
    return json.dumps(wanted)
