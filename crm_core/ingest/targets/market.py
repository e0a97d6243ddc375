"""Rooms and revenue of comparison sets: what the hotels of a set sold together in a span of days, so that no single one can be recognised."""
import datetime as dt

import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.targets.benchmarks import FEWEST_HOTELS, HALF
from crm_core.ingest.targets.definition import CURRENCY, PROPERTY, Column, Target
from crm_core.ingest.targets.landing import Landing, Misfit, Row, land, on
from crm_core.schema import market

LONGEST = 366  # days: a set is told at least year by year
A_DAY = dt.timedelta(1)


def _set(landing: Landing, row: Row) -> dict:
    place, (begin, end) = landing.place(row), _span(row)
    _require_hidden(row)
    if not row["rooms_available"]:
        raise Misfit("rooms_available", "no_rooms")
    if row["sold"] > row["rooms_available"]:
        raise Misfit("sold", "above_rooms")
    _require_once(landing, row, place.id, begin, end)
    currency = landing.currency(row, "revenue", place.currency)
    return {"property_id": place.id, "set_name": row["set"], "from_on": begin, "to_on": end, "hotels": row["hotels"], "rooms": row["rooms_available"],
            "sold": row["sold"], "currency": currency, "revenue_minor": landing.money(row, "revenue", currency),
            "largest_bp": round(float(row["largest_share"]) * 100)}


def _span(row: Row) -> tuple[dt.date, dt.date]:
    """The first day of a span and the day after its last one: a month's, or those that the row tells. Raises Misfit."""
    if row["month"]:
        if row["from_on"] or row["until_on"]:
            raise Misfit("month", "month_and_days")
        begin = dt.date.fromisoformat(f"{row['month']}-01")
        return begin, (begin + 31 * A_DAY).replace(day=1)
    if not row["until_on"]:
        raise Misfit("until_on", "missing")
    begin, end = on(row["from_on"]), on(row["until_on"]) + A_DAY
    if end <= begin:
        raise Misfit("until_on", "ends_before_start")
    if (end - begin).days > LONGEST:
        raise Misfit("until_on", "long_span")
    return begin, end


def _require_hidden(row: Row) -> None:
    """Raise Misfit where one hotel of the set could be recognised, or the largest would be smaller than an equal share."""
    hotels, share = row["hotels"], float(row["largest_share"])
    if hotels < FEWEST_HOTELS:
        raise Misfit("hotels", "few_hotels")
    if share > HALF:
        raise Misfit("largest_share", "one_above_half_of_nights")
    if share * hotels < 99:  # per cent, with room for rounding
        raise Misfit("largest_share", "below_equal_share")


def _require_once(landing: Landing, row: Row, place: int, begin: dt.date, end: dt.date) -> None:
    """A day of a set is told once: raises Misfit for a span that another line of this file, or what is here already, tells too."""
    m, seen = market.c, landing.__dict__.setdefault("spans", {}).setdefault((place, row["set"]), [])
    others = sa.or_(m.source != landing.source, m.external_id.is_(None), m.external_id != row.number)
    meets = (m.property_id == place, m.set_name == row["set"], m.from_on < end, m.to_on > begin)
    told = [*seen, *map(tuple, landing.connection.execute(sa.select(m.from_on, m.to_on).where(*meets, others)))]
    if (begin, end) in told:
        raise Misfit("set", "span_told_twice")
    if any(first < end and last > begin for first, last in told):
        raise Misfit("set", "spans_meet")
    seen.append((begin, end))


def write(landing: Landing) -> None:
    """Write what comparison sets had; a set's span stands once, and a later file replaces it."""
    land(landing, market, _set)


COMPARISON_SETS = Target("comparison_sets", N_("Rooms and revenue of comparison sets"), N_("One row per comparison set and month, or other span of days."), (
    PROPERTY,
    Column("set", N_("The set's name."), "text", True, "Coast, 4 stars"),
    Column("month", N_("The month as 2025-03; without it the two days tell."), "month", False, "2025-03"),
    Column("from_on", N_("The first day, where it is no month."), "day", False, ""),
    Column("until_on", N_("The last day, where it is no month: it counts too."), "day", False, ""),
    Column("hotels", N_("How many hotels are in the set, without your own: four at least."), "whole", True, "6"),
    Column("rooms_available", N_("The room nights that these hotels could sell in these days, without your own."), "whole", True, "14880"),
    Column("sold", N_("The room nights that they sold."), "whole", True, "10120"),
    Column("revenue", N_("Their room revenue."), "amount", True, "1214400.00"),
    CURRENCY,
    Column("largest_share", N_("The largest hotel's share of the room nights in per cent: 50 at most."), "decimal", True, "31"),
), needs=("month", "from_on"), content=("property", "set", "month", "from_on", "until_on"), write=write)
