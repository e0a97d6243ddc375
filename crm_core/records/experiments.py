"""Readings of a campaign's result: once on its planned day, and every look before, which is marked as one."""
import datetime as dt
import json

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.records.campaigns import ABSENT, find
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import READINGS, campaign_reading
from crm_core.scope import Scope
from crm_core.store.record import Change

PLANNED, PEEK = READINGS


@lookup("read")
def campaign_readings(connection: Connection, scope: Scope, *, campaign_id: int) -> list[dict]:
    """Return the looks at a campaign's result in order of time: kind (of READINGS), as_of, result (a dict), actor, at."""
    if find(connection, scope, campaign_id) is None:
        return []
    r = campaign_reading.c
    rows = connection.execute(select(r.kind, r.as_of, r.result, r.actor, r.at).where(r.campaign_id == campaign_id).order_by(r.id)).mappings()
    return [{**row, "result": json.loads(row["result"])} for row in rows]


@action("campaign", "read result", "campaign_reading", marks=False)
def read_result(change: Change, scope: Scope, *, campaign_id: int, kind: str, as_of: dt.date, result: dict) -> int:
    """Note that a result was read at an as-of date, and return the reading's id; the same look of a person at the same date is noted once.

    The planned reading is one: of a plan that was fixed, on its day or later. Raises Refused for another, with what to do.
    """
    row = find(change.connection, scope, campaign_id)
    if row is None:
        raise Refused(ABSENT)
    if kind not in READINGS or as_of > scope.as_of:
        raise Refused(N_("A result is read as planned or looked at before, by the figures that there are."))
    if kind == PLANNED:
        _due(change.connection, row, as_of)
    elif (noted := _noted(change.connection, scope, campaign_id, as_of)) is not None:
        return noted
    values = {"campaign_id": campaign_id, "kind": kind, "as_of": as_of, "result": json.dumps(result, ensure_ascii=False, default=str), "actor": scope.user,
              "at": change.at}
    return change.connection.execute(sa.insert(campaign_reading).values(values).returning(campaign_reading.c.id)).scalar_one()


def _due(connection: Connection, row: dict, as_of: dt.date) -> None:
    """Raise Refused unless the planned reading of a campaign is due, and was not done yet."""
    r = campaign_reading.c
    done = connection.execute(select(r.as_of).where(r.campaign_id == row["id"], r.kind == PLANNED)).scalar()
    if done is not None:
        raise Refused(t("The planned reading was done on {day}: there is only one.", day=formats.date(done)))
    if not (row["fixed_at"] and row["stop_on"]):
        raise Refused(N_("No plan was fixed for this campaign: its result can be looked at, not read as planned."))
    if as_of < row["stop_on"]:
        raise Refused(t("The planned reading is due on {day}: until then this is a look before time.", day=formats.date(row["stop_on"])))


def _noted(connection: Connection, scope: Scope, campaign_id: int, as_of: dt.date) -> int | None:
    r = campaign_reading.c
    mine = select(r.id).where(r.campaign_id == campaign_id, r.kind == PEEK, r.as_of == as_of, r.actor == scope.user)
    return connection.execute(mine.limit(1)).scalar()
