"""The demo's programme: its rules, in force from the first day, and what it costs the hotels beside its points."""
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.ingest.demo.hotels import Hotel, Profile
from crm_core.programme.rules import DEFAULT, Rules, Tier, Version, said

PROGRAMME = 1
COSTS = ("id", "programme_id", "property_id", "month_on", "kind", "amount_minor", "currency", "actor", "at", "version")


@cache
def rules() -> Rules:
    """Return the rules of the programme."""
    tiers = (Tier(name, {"nights": nights} if nights else {}, {"nights": nights} if nights else {}, factor)
             for (name, nights), factor in zip(p.QUALIFY.items(), p.TIER_FACTORS, strict=True))
    return replace(DEFAULT, tiers=tuple(tiers), valid_months=p.VALID,
                   earn=dict.fromkeys(DEFAULT.earn, p.EARN), welcome=p.WELCOME, expiry="age", expiry_months=p.EXPIRY,
                   value_per_1000=p.VALUE_PER_1000)


@cache
def versions() -> tuple[Version, ...]:
    """Return the versions of the rules: one, from the first day of history."""
    return (Version(1, p.START, rules()),)


def open_programme(writer, profile: Profile) -> None:
    """Write the programme, its rules and its costs; a profile without members has none."""
    if not any(p.MEMBERS[profile.name]):
        return
    code, name, currency = p.PROGRAMME
    began = f"{p.START.isoformat()}T00:00:00+00:00"
    writer.rows(schema.programme, ("id", "code", "name", "currency", "version", "revision"), [(PROGRAMME, code, name, currency, 1, writer.revision)])
    writer.rows(schema.programme_rules, ("id", "programme_id", "number", "from_on", "rules", "note", "actor", "at", "revision"), [
        (version.number, PROGRAMME, version.number, version.from_on.isoformat(), json.dumps(said(version.rules)), "", "demo", began, writer.revision)
        for version in versions()])
    rows = list(_costs(profile))
    writer.rows(schema.programme_cost, COSTS, (
        (number, PROGRAMME, *row, currency, "demo", f"{row[1]}T00:00:00+00:00", 1)
        for number, row in zip(writer.take(schema.programme_cost, len(rows)), rows, strict=True)))


def _costs(profile: Profile) -> Iterator[tuple[int, str, str, int]]:
    """(property, first day of the month, kind, cents): staff the same in every month, the rest as guests come."""
    for number, hotel in enumerate(profile.hotels, 1):
        year = hotel.rooms * p.OCCUPANCY * 365.25
        for month in np.datetime64(p.START, "M") + np.arange(p.RATE_MONTHS - 1):
            for kind, euro in p.PROGRAMME_COSTS.items():
                share = 1 / 12 if kind == "staff" else _season(hotel, month)
                yield number, f"{month}-01", kind, round(year * share * euro * 100)


def _season(hotel: Hotel, month: np.datetime64) -> float:
    """The month's share of a year's arrivals."""
    return p.MONTHS[hotel.season][int(month.astype(int)) % 12] / sum(p.MONTHS[hotel.season])
