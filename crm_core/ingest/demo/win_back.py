"""An earlier win-back list: regulars who had gone silent half a year before the as-of date, a third of them held out; contact changed nothing."""
import datetime as dt
import json

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS

SAVED = p.AS_OF - dt.timedelta(p.WIN_BACK["days ago"])
AUDIENCE = 1


def open_list(writer, profile) -> None:
    """Write the audience itself; its members follow block by block."""
    values = (AUDIENCE, p.WIN_BACK_NAME, "win_back", json.dumps({"list": "at_risk"}), SAVED.isoformat(),
              json.dumps(list(range(1, len(profile.hotels) + 1))), p.WIN_BACK["window"], round(10_000 * p.WIN_BACK["held out"]), "demo", "demo",
              f"{SAVED.isoformat()}T09:00:00+00:00", 1)
    columns = ("id", "name", "kind", "definition", "as_of", "properties", "window_days", "holdout_bp", "salt", "actor", "at", "version")
    writer.rows(schema.audience, columns, [values])


def write(block, writer) -> None:
    """Write who of the block was on the list, and in which arm."""
    chosen, held = _listed(block), block.streams.draw("win back", len(block.people)) < p.WIN_BACK["held out"]
    writer.rows(schema.audience_member, ("audience_id", "guest_id", "arm"), (
        (AUDIENCE, block.profile_ids[block.records.first_of[n]], schema.ARMS[int(held[n])]) for n in np.flatnonzero(chosen).tolist()))


def _listed(block) -> np.ndarray:
    """Persons with several stays before that day, silent for long, who had nothing booked."""
    stays, size, day = block.stays, len(block.people), DAYS - p.WIN_BACK["days ago"]
    before = stays.realised & (stays.departure <= day)
    count = np.bincount(stays.guest[before], minlength=size)
    last = np.full(size, -1)
    np.maximum.at(last, stays.guest[before], stays.departure[before])
    booked = np.bincount(stays.guest[stays.realised & (stays.booked < day) & (stays.arrival >= day)], minlength=size) > 0
    return (count >= p.WIN_BACK["stays"]) & (day - last >= p.WIN_BACK["silent"]) & ~booked & (block.records.first_of >= 0)
