"""Comparison sets: what the hotels of a set come to together, month by month, so that no single one can be recognised."""
import datetime as dt

import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.targets.definition import PROPERTY, Column, Target
from crm_core.ingest.targets.landing import Landing, Misfit, Row, land
from crm_core.schema import ASPECTS, review_benchmark

FIGURES = ("review_index", *ASPECTS)
FEWEST_HOTELS, HALF = 4, 50


def _benchmark(landing: Landing, row: Row) -> dict:
    if row["hotels"] < FEWEST_HOTELS:
        raise Misfit("hotels", "few_hotels")
    if float(row["largest_share"]) > HALF:
        raise Misfit("largest_share", "one_above_half")
    value = float(row["value"])
    if row["figure"] not in FIGURES or not 0 <= value <= 100:
        raise Misfit("figure" if row["figure"] not in FIGURES else "value", "no_such_figure")
    _require_once(landing, row)
    return {"property_id": landing.place(row).id, "name": row["set"], "month_on": dt.date.fromisoformat(f"{row['month']}-01"), "figure": row["figure"],
            "value": value, "hotels": row["hotels"], "reviews": row["reviews"] or 0, "largest_bp": round(float(row["largest_share"]) * 100)}


def _require_once(landing: Landing, row: Row) -> None:
    """A set has one value for a month and figure: raises Misfit for another line of this file, or another source, that says it again."""
    place, month = landing.place(row).id, dt.date.fromisoformat(f"{row['month']}-01")
    b, said = review_benchmark.c, (place, row["set"], month, row["figure"])
    seen = landing.__dict__.setdefault("benchmarks", set())
    same = sa.and_(b.property_id == place, b.name == row["set"], b.month_on == month, b.figure == row["figure"])
    others = sa.or_(b.source != landing.source, b.external_id != row.number)
    if said in seen or landing.connection.execute(sa.select(b.id).where(same, others)).first():
        raise Misfit("set", "told_twice")
    seen.add(said)


def write(landing: Landing) -> None:
    """Write the figures of comparison sets; a set's month and figure stand once, and a later file replaces them."""
    land(landing, review_benchmark, _benchmark)


BENCHMARKS = Target("review_benchmarks", N_("Comparison sets"), N_("One row per comparison set, month and figure."), (
    PROPERTY,
    Column("set", N_("The set's name."), "text", True, "Coast, 4 stars"),
    Column("month", N_("The month as 2025-03."), "month", True, "2025-03"),
    Column("figure", N_("review_index, or an aspect such as noise (its positive share)."), "text", True, "review_index"),
    Column("value", N_("The set's figure, 0 to 100."), "decimal", True, "81.4"),
    Column("hotels", N_("How many hotels are in the set, without your own: four at least."), "whole", True, "6"),
    Column("reviews", N_("How many reviews the figure is made of."), "whole", False, "1240"),
    Column("largest_share", N_("The largest hotel's share of these reviews in per cent: 50 at most."), "decimal", True, "31"),
), content=("property", "set", "month", "figure"), write=write)
