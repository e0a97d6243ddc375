"""A travel site's own list tells of bookings that the property system has too: both are one stay.

A row of another source is an existing stay of the same property where one names the other's number: the site's number stands in the
property system as channel_ref, or both know the booking by the same number and day of arrival. Such a row only fills what the stay lacks:
commission, country, the site's number. Only where the property system's file comes after the site's list does it take the stay over:
what became of a booking is known at the desk.
"""
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.ingest.former import Former
from crm_core.ingest.lookup import among, in_chunks
from crm_core.ingest.sources import SOURCES
from crm_core.ingest.staging import FACTS, FURTHER, Staging, unpacked
from crm_core.schema import stay
from crm_core.store.record import Change

SITES = frozenset(source.origin for source in SOURCES.values() if source.site)
COUNTRY, COMMISSION = FACTS.index("country"), FACTS.index("commission_minor")


@dataclass(frozen=True)
class Paired:
    """The rows that were taken out because their stay is there: those that filled something, and those that had nothing new."""

    filled: int = 0
    same: int = 0


def pair(change: Change, staging: Staging, source: str, batch: int, kept: Former) -> Paired:
    """Find the rows whose stay another source has: they replace a travel site's word, else they fill what is lacking and go.

    Return how many filled something, and how many had nothing new; those that replace are the staging's updates.
    """
    connection = change.connection
    if connection.execute(sa.select(stay.c.id).where(stay.c.source != source).limit(1)).first() is None:
        return Paired()
    filled = same = 0
    for rows in in_chunks(staging.unpaired()):
        there = _there(connection, source, rows)
        found = [(row, partner) for row in rows if (partner := _partner(row, there)) is not None]
        if source not in SITES:
            found = _taken_over(staging, found)
        new = {partner["id"]: values for row, partner in found if not row[6] & FURTHER and (values := _lacking(row, partner))}
        kept.keep(stay, new)
        for id_, values in new.items():
            connection.execute(sa.update(stay).where(stay.c.id == id_).values(**values, batch_id=batch, revision=change.revision))
        staging.drop(row[0] for row, _ in found)
        rows_of_file = [partner["id"] for row, partner in found if not row[6] & FURTHER]
        filled += sum(id_ in new for id_ in rows_of_file)
        same += sum(id_ not in new for id_ in rows_of_file)
    return Paired(filled, same)


def _taken_over(staging: Staging, found: list[tuple]) -> list[tuple]:
    """Let the rows replace the stays that a travel site's list brought; return the others. Further rooms of such a row are stays of their own."""
    sites = [(row, partner) for row, partner in found if partner["source"] in SITES]
    staging.mark([(partner["id"], row[0]) for row, partner in sites if not row[6] & FURTHER])
    return [(row, partner) for row, partner in found if partner["source"] not in SITES]


def _there(connection: Connection, source: str, rows: list[tuple]) -> dict[tuple, dict]:
    """Return the stays of other sources by (property, kind of number, number); of several the first."""
    numbers = {number for row in rows for number in row[2:4] if number}
    places = {row[1] for row in rows}
    columns = (stay.c.id, stay.c.property_id, stay.c.external_id, stay.c.channel_ref, stay.c.arrival_on, stay.c.country,
               stay.c.commission_minor, stay.c.source)
    found: dict[tuple, dict] = {}
    for kind in ("external_id", "channel_ref"):
        column = stay.c[kind]
        asked = sa.select(*columns).where(stay.c.source != source, stay.c.property_id.in_(places), column.is_not(None),
            among(connection, column, numbers)).order_by(stay.c.id.desc())
        found |= {(row["property_id"], kind, row[kind]): dict(row) for row in connection.execute(asked).mappings()}
    return found


def _partner(row: tuple, there: dict[tuple, dict]) -> dict | None:
    _, place, confirmation, channel_ref, arrival, *_ = row
    found = there.get((place, "channel_ref", confirmation)) if confirmation else None
    if channel_ref and not found:
        found = there.get((place, "channel_ref", channel_ref)) or there.get((place, "external_id", channel_ref))
    if confirmation and not found:
        found = there.get((place, "external_id", confirmation))
        if found and found["arrival_on"].isoformat() != arrival:
            return None  # two systems may count alike
    return found


def _lacking(row: tuple, partner: dict) -> dict[str, object]:
    facts = unpacked(row[5])
    said = {"country": facts[COUNTRY], "commission_minor": facts[COMMISSION],
            "channel_ref": row[3] or (row[2] if partner["external_id"] != row[2] else None)}
    return {name: value for name, value in said.items() if value is not None and partner[name] is None}
