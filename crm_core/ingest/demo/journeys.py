"""The journeys that run in the demo, and what fell due on them in the last weeks: written, held out, or left before, and why."""
import json
from dataclasses import replace

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import campaign_parameters as c
from crm_core.ingest.demo.campaign_plans import JOURNEYS, NUMBERS
from crm_core.ingest.demo.hotels import DAYS, Profile, iso
from crm_core.ingest.demo.messages import DEAD, NONE, addresses, before_arrival, cancelled_by
from crm_core.outreach.journeys import SHIPPED, dumps

DUE = ("id", "journey_id", "number", "guest_id", "property_id", "occasion", "step", "due_on", "arm", "state", "why", "at", "revision")
WAITS, EXPORTED, LEFT = schema.DUE_STATES
CONTACT, HELD_OUT = schema.ARMS
NAMED = {"birthday": "birthday:{}", "lapsed": "stay:{}"}


def open_journeys(writer, profile: Profile) -> None:
    """Write the journeys with their rules, as they ship; before an arrival one message is enough here."""
    houses, shipped = json.dumps(list(range(1, len(profile.hotels) + 1))), {one.code: one for one in SHIPPED}
    begun = {"pre_arrival": c.PRE_ARRIVAL_FROM[profile.name]} | c.LAUNCHED
    writer.rows(schema.journey, ("id", "name", "kind", "properties", "actor", "created_at", "is_active", "version"), (
        (number, shipped[kind].name, kind, houses, "demo", f"{begun[kind].isoformat()}T06:00:00+00:00", 1, 1) for kind, number in JOURNEYS.items()))
    writer.rows(schema.journey_version, ("id", "journey_id", "number", "rules", "from_on", "actor", "at"), (
        (number, number, 1, dumps(_rules(shipped[kind].journey)), begun[kind].isoformat(), "demo", f"{begun[kind].isoformat()}T06:00:00+00:00")
        for kind, number in JOURNEYS.items()))


def _rules(one):
    return replace(one, steps=one.steps[:1]) if one.on == "pre_arrival" else one


def write(block, writer) -> None:
    """Write the steps of the block's guests that fell due in the last weeks, by day."""
    rows = sorted([*_arrivals(block), *_greeted(block)], key=lambda row: (row[-1], row[:5]))
    days = iso(np.array([row[-1] for row in rows], int))
    writer.rows(schema.journey_due, DUE, (
        (number, row[0], 1, row[1], row[2], row[3], row[4], day, *row[5:8], f"{day}T05:00:00+00:00", writer.revision)
        for number, row, day in zip(writer.take(schema.journey_due, len(rows)), rows, days, strict=True)))


def _arrivals(block):
    """(journey, guest, property, occasion, step, arm, state, why, day) before arrivals."""
    state = addresses(block)
    stay, day = before_arrival(block)
    late = day >= DAYS - c.DUE_DAYS
    stay, day = stay[late], day[late]
    record = block.records.of_stay[stay]
    gone = cancelled_by(block, stay, day)
    whys = np.select([gone, state[record] == NONE, state[record] == DEAD], ["cancelled", "no_address", "bounced"], "").tolist()
    for s, k, on, why, hotel in zip(stay.tolist(), record.tolist(), day.tolist(), whys, block.stays.hotel[stay].tolist(), strict=True):
        yield (JOURNEYS["pre_arrival"], block.profile_ids[k], hotel + 1, f"stay:{block.stay_ids[s]}", 1, CONTACT, LEFT if why else EXPORTED, why, on)


def _greeted(block):
    """The same of greetings that belong to a journey."""
    kind_of = {NUMBERS[kind]: kind for kind in NAMED}
    found = block.outreach.greetings
    found = found.take(np.isin(found.number, list(kind_of)) & (found.day >= DAYS - c.DUE_DAYS))
    for n, number, day, occasion, step, held, why in zip(*(getattr(found, name).tolist() for name in (
            "person", "number", "day", "occasion", "step", "held", "why")), strict=True):
        kind, record = kind_of[number], int(block.records.first_of[n])
        named = NAMED[kind].format(block.stay_ids[occasion] if kind == "lapsed" else occasion)
        state = LEFT if why else WAITS if held else EXPORTED
        yield (JOURNEYS[kind], block.profile_ids[record], int(block.records.hotel[record]) + 1, named, step, HELD_OUT if held else CONTACT, state, why, day)
