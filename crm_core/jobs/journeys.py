"""The daily run of the journeys: after a refresh, what falls due on the as-of date is written down, and days that were missed before it."""

import datetime as dt
import json
from dataclasses import replace

import sqlalchemy as sa

from crm_core import rule
from crm_core.marts.fields import FIELDS
from crm_core.queries.segments import segment_members
from crm_core.records.journey_due import Meets, days_to_run, due_on, run, run_until, running
from crm_core.schema import property
from crm_core.scope import Scope, default_period
from crm_core.settings import Settings
from crm_core.store import audit, warehouse
from crm_core.store.record import RecordStore, open_store

EVERYBODY = 10**8


def run_due(settings: Settings, day: dt.date, actor: str = "journeys") -> int:
    """Write down what falls due by a day on all journeys that run, and return how many steps that are; the data version moves only if there are any.

    A second run of a day finds only what came to be known since. It is looked at before the store is locked.
    """
    store = open_store(settings)
    scope = whole_house(store, day, actor)
    with store.reading() as connection:
        if not running(connection, scope, day):
            return 0
        is_new = (run_until(connection) or dt.date.min) < day
        meets = whom_rules_mean(settings, scope, running(connection, scope, day))
        comes = any(due_on(connection, scope, one, meets) for one in days_to_run(run_until(connection), day))
    if not comes and not is_new:
        return 0
    with store.changing(audit.Entry(actor, "run", "journey", day.isoformat()), marks=comes) as change:
        return run(change, scope, day, meets)


def whole_house(store: RecordStore, day: dt.date, actor: str) -> Scope:
    """Return the scope of all properties on a day."""
    with store.reading() as connection:
        places = tuple(connection.execute(sa.select(property.c.id).order_by(property.c.id)).scalars())
    return Scope("local", places, default_period(day), day, user=actor, chain=places)


def whom_rules_mean(settings: Settings, scope: Scope, rows: list) -> Meets:
    """Return, by journey and step, the guests whom the rule of a step means by the figures in use; nothing of a journey without such rules, and
    nothing at all before the first figures: those journeys wait."""
    try:
        figures = warehouse.current(settings)
    except warehouse.NoWarehouse:
        return {}
    found = {}
    for row, version in rows:
        here = replace(scope, properties=tuple(json.loads(row["properties"])) or scope.properties)
        found[row["id"]] = {number: set(segment_members(figures, here, rule=rule.loads(step.rule, FIELDS), limit=EVERYBODY)["guest_id"].tolist())
                            for number, step in enumerate(version.journey.steps, 1) if step.rule}  # fmt: skip
    return found
