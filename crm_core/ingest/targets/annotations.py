"""What is worth knowing beside a time axis: a change of prices, works in the house."""
import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.targets.definition import PROPERTY, Column, Target, words
from crm_core.ingest.targets.landing import Landing, Misfit, Row, land, on
from crm_core.records.annotations import LONGEST
from crm_core.schema import ANNOTATION_KINDS, annotation

KINDS = words(*ANNOTATION_KINDS, price="prices rate rates tariff pricing", works="renovation construction repairs closure building",
    team="staff staffing management people", market="competitor competition demand event city", other="misc general note")


def _annotation(landing: Landing, row: Row) -> dict:
    begin, end = on(row["on_day"]), on(row["until_on"])
    if end and end < begin:
        raise Misfit("until_on", "ends_before_start")
    if len(row["said"]) > LONGEST:
        raise Misfit("said", "long_note")
    return {"property_id": landing.place(row).id, "on_day": begin, "until_on": end if end != begin else None, "kind": row["kind"] or "other",
            "said": row["said"], "actor": landing.actor}


def _kept(landing: Landing, row: Row, former: sa.RowMapping, values: dict) -> dict:
    """What a later file writes over a note: the file's, but a kind that it does not tell stays as somebody chose it here."""
    return values if row["kind"] else values | {"kind": former["kind"]}


def write(landing: Landing) -> None:
    """Write notes beside the time axis; one that was put away here stays so."""
    land(landing, annotation, _annotation, keep=_kept)


ANNOTATIONS = Target("annotations", N_("Notes on the time axis"), N_("One row per note about a day or some days."), (
    Column("annotation_id", N_("The note's number. With it a later file updates the note."), "id", False, "N-5"),
    PROPERTY,
    Column("on_day", N_("The day that the note is about, or the first of some days."), "day", True, "2025-03-10"),
    Column("until_on", N_("The last day, where there are several."), "day", False, "2025-04-04"),
    Column("kind", N_("price, works, team, market or other; other where it is empty."), "word", False, "works", KINDS, "other"),
    Column("said", N_("What happened, in 200 characters at most."), "text", True, "North wing closed for new bathrooms"),
), number="annotation_id", content=("property", "on_day", "until_on", "said"), write=write)
