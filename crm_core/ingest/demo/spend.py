"""Other spend: what guests pay beside the room, by department, and fees for rooms that were lost late."""
from dataclasses import dataclass

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import DAYS, Profile, iso
from crm_core.ingest.demo.members import Members
from crm_core.ingest.demo.stays import CANCELLED, NO_SHOW, Stays
from crm_core.ingest.demo.streams import Streams, in_order_of, pick, quantile
from crm_core.ingest.demo.traits import spending

COLUMNS = ("id", "stay_id", "property_id", "posted_on", "department", "currency", "amount_minor", "revision")
DEPARTMENTS = tuple(p.DEPARTMENTS)
FEES = (*DEPARTMENTS, "cancellation_fee")


@dataclass(frozen=True)
class Spent:
    """One row per posting: the stay, the day, the department, and minor units of the hotel's currency."""

    stay: np.ndarray
    day: np.ndarray
    department: np.ndarray
    minor: np.ndarray


def write(block, writer) -> None:
    """Write the block's charges; a stay in house has those of the days that are complete."""
    stay, day, department, minor = (np.concatenate(parts) for parts in zip(vars(block.spent).values(), _fees(block), strict=True))
    order = np.argsort(stay, kind="stable")
    order = order[(minor[order] > 0) & (day[order] < DAYS)]
    hotel = block.stays.hotel[stay[order]]
    currencies = [h.currency for h in block.profile.hotels]
    rows = zip(writer.take(schema.charge, len(order)), (block.stay_ids.start + stay[order]).tolist(), (hotel + 1).tolist(), iso(day[order]),
               [FEES[d] for d in department[order].tolist()], [currencies[h] for h in hotel.tolist()], minor[order].tolist(),
               [writer.revision] * len(order), strict=True)
    writer.rows(schema.charge, COLUMNS, rows)


def spent(streams: Streams, profile: Profile, stays: Stays, members: Members) -> Spent:
    """Return what guests spend beside the room: one to three postings a stay, larger where the room cost more."""
    rows = np.flatnonzero(stays.realised)
    u = streams.draw("spend", 3, len(rows))
    lodging = stays.rate[rows] * np.maximum(stays.nights[rows], .5)
    order = np.log(lodging + 20) + p.OTHER_NOISE * spending(streams, stays.guest[rows], u[1])
    euro = in_order_of(quantile(u[0], p.OTHER) * p.OTHER_LEVEL[profile.name], order)
    euro = euro * members.premium(stays)[rows]
    row = np.repeat(np.arange(len(rows)), 1 + pick(u[2], p.POSTINGS))
    v = streams.draw("posting", 3, len(row))
    weight = v[0] + .2
    part = weight / np.bincount(row, weight, len(rows))[row]
    stay = rows[row]
    minor = np.rint((euro[row] * part) / stays.euro[stay] * 100).astype(int)
    day = stays.arrival[stay] + (v[2] * (stays.nights[stay] + 1)).astype(int)
    return Spent(stay, day, pick(v[1], tuple(p.DEPARTMENTS.values())), minor)


def _fees(block) -> tuple[np.ndarray, ...]:
    """One night is charged where a guest does not come or cancels within a day of arrival, in most cases."""
    stays = block.stays
    late = (stays.status == NO_SHOW) | ((stays.status == CANCELLED) & (stays.arrival - stays.ended <= 1))
    rows = np.flatnonzero(late & (block.streams.draw("fee", len(stays.guest)) < p.FEE) & (stays.nights > 0))
    minor = stays.lodging[rows] // np.maximum(stays.nights[rows], 1)
    return rows, stays.ended[rows], np.full(len(rows), len(DEPARTMENTS)), minor
