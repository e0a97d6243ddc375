"""Preferences: what guests wished for with their first booking."""
import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import iso

COLUMNS = ("id", "guest_id", "kind", "value", "source", "noted_on", "revision")
KINDS = (("bed", "king"), ("bed", "twin"), ("quiet", "yes"), ("floor", "high"), ("crib", "yes"))


def write(block, writer) -> None:
    """Write the block's preferences on each person's first record; nobody wishes for two kinds of bed."""
    first = block.records.first_of
    size = len(first)
    king, twin, quiet, high, crib = p.WISHES.values()
    u = block.streams.draw("wishes", 4, size)
    wished = np.column_stack([u[0] < king, (u[0] >= king) & (u[0] < king + twin), u[1] < quiet, u[2] < high, u[3] < crib])
    guest, kind = np.nonzero(wished & (first >= 0)[:, None])
    noted = iso(block.people.created[guest])
    writer.rows(schema.preference, COLUMNS, (
        (number, block.profile_ids[g], *KINDS[k], "booking", day, writer.revision)
        for number, g, k, day in zip(writer.take(schema.preference, len(guest)), first[guest].tolist(), kind.tolist(), noted, strict=True)))
