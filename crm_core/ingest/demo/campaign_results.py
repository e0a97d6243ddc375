"""What is known of the demo's campaigns in the end: how their lists fell, what was read of their results, and the sealed truth."""
import datetime as dt
import json
from math import isfinite

import sqlalchemy as sa

from crm_core import schema
from crm_core.ingest.demo import campaign_parameters as c
from crm_core.ingest.demo.campaign_lists import steps
from crm_core.ingest.demo.campaign_plans import AUDIENCES, NOVEMBER, OWNER, PLANS, lift_of
from crm_core.stats.uplift import lift

PEEK = 10  # days after sending on which somebody looked too early at Winter light
READING = ("id", "campaign_id", "kind", "as_of", "result", "actor", "at")
PLANNED, LOOK = schema.READINGS


def close_campaigns(writer) -> None:
    """Write what is known once all guests are written."""
    for number in sorted({number for number, *_ in writer.fallen}):
        said = json.dumps(steps(writer.arms, writer.fallen, number))
        writer.connection.execute(sa.update(schema.audience).where(schema.audience.c.id == AUDIENCES[number]).values(steps=said))
    readings = list(_readings(writer)) if writer.booked else []
    writer.rows(schema.campaign_reading, READING, ((number, *one) for number, one in enumerate(readings, 1)))
    writer.truth.campaigns((number, round(1e6 * lift_of(plan.lesson)), writer.arms[number, True], writer.arms[number, False])
                           for number, plan in enumerate(PLANS, 1) if plan.is_sent)


def _readings(writer):
    """The planned reading of each lesson's campaign, and a look at Winter light before its day."""
    for number, plan in enumerate(PLANS, 1):
        if plan.lesson:
            looks = [(LOOK, PEEK)] if plan.lesson == NOVEMBER else []
            for kind, days in (*looks, (PLANNED, c.WINDOW)):
                on = plan.day + dt.timedelta(days + (kind == PLANNED))
                said = json.dumps(_result(writer, number, plan.lesson, days))
                yield number, kind, on.isoformat(), said, OWNER, f"{on.isoformat()}T09:30:00+00:00"


def _result(writer, number: int, lesson: str, days: int) -> dict:
    """What could be seen after so many days: who had booked in each arm, and the lift."""
    booked = [sum(one == lesson and treated == arm and day <= days for one, day, treated in writer.booked) for arm in (True, False)]
    people = [writer.arms[number, arm] for arm in (True, False)]
    found = lift(booked[0], people[0], booked[1], people[1])
    named = {"lift": found.difference, "low": found.low, "high": found.high}
    return {"treated_n": people[0], "treated_booked": booked[0], "control_n": people[1], "control_booked": booked[1],
            **{name: round(float(value), 6) if isfinite(value) else None for name, value in named.items()}}
