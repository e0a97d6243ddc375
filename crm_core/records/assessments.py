"""Assessments of a property by a checklist: begun, answered item by item, completed or dropped, and how they came out."""
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core.association.standards import RESULTS, Item, Score, Section, Standard, by_section, score
from crm_core.i18n import N_, SOURCE
from crm_core.records import placed, standards
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.schema import ASSESSMENT_KINDS, assessment, assessment_item, property, standard
from crm_core.scope import Scope
from crm_core.store.bulk import among
from crm_core.store.record import Change

LONGEST_NAME, LONGEST_EVIDENCE = 80, 500
UNSEEN = "not_assessed"
ABSENT = N_("There is no such assessment.")
COMPLETE = N_("This assessment is complete and stays as it was: begin a new one.")


# --- look-ups -------------------------------------------------------------------------------------------------------------
@lookup("read")
def assessments(connection: Connection, scope: Scope, *, property_id: int | None = None, standard_id: int | None = None,
                state: str | None = None) -> list[dict]:  # fmt: skip
    """Return the scope's assessments, the latest day first: the row, with `property`, `code` of the checklist and `score` (a Score).

    Who assessed is told to those who may assess, else `assessor` is None. A complete one is scored with its weights as they were.
    """
    narrowed = {"property_id": property_id, "standard_id": standard_id, "state": state}
    asked = _rows(scope).where(*(assessment.c[name] == value for name, value in narrowed.items() if value is not None))
    rows = [dict(row) for row in connection.execute(asked.order_by(assessment.c.on_day.desc(), assessment.c.id.desc())).mappings()]
    items, lists = _items(connection, [row["id"] for row in rows]), {}
    for number in {row["standard_id"] for row in rows}:
        lists[number] = standards.find(connection, number)["standard"]
    return [_told(scope, row) | {"score": _score(row, lists[row["standard_id"]], items[row["id"]])} for row in rows]


@lookup("read")
def assessment_card(connection: Connection, scope: Scope, *, id: int) -> dict | None:
    """Return an assessment as assessments() does, with `standard`, `items` and `sections` (a section's code → its Score); None out of sight.

    `standard` is the checklist: of a complete assessment with the items and weights of then. `items`: code → result, evidence, evidence_on.
    """
    row = connection.execute(_rows(scope).where(assessment.c.id == id)).mappings().one_or_none()
    if row is None:
        return None
    items, now = _items(connection, [id])[id], standards.find(connection, row["standard_id"])["standard"]
    held = _as_it_was(now, items) if row["state"] == "complete" else now
    results = _results(items)
    told = {one["item"]: {name: one[name] for name in ("result", "evidence", "evidence_on")} for one in items}
    return _told(scope, dict(row)) | {"standard": held, "items": told, "score": score(held, results), "sections": by_section(held, results)}


def _rows(scope: Scope) -> sa.Select:
    joined = assessment.join(property, property.c.id == assessment.c.property_id).join(standard, standard.c.id == assessment.c.standard_id)
    named = (property.c.name.label("property"), standard.c.code)
    return select(assessment, *named).select_from(joined).where(assessment.c.property_id.in_(scope.properties))


def _told(scope: Scope, row: dict) -> dict:
    return row if scope.may("standards") else {**row, "assessor": None}


def _items(connection: Connection, ids: list[int]) -> dict[int, list[dict]]:
    i, found = assessment_item.c, {id_: [] for id_ in ids}
    for row in connection.execute(select(assessment_item).where(among(connection, i.assessment_id, ids)).order_by(i.assessment_id, i.item)).mappings():
        found[row["assessment_id"]].append(dict(row))
    return found


def _score(row: Mapping, now: Standard, items: list[dict]) -> Score:
    return score(_as_it_was(now, items) if row["state"] == "complete" else now, _results(items))


def _results(items: Iterable[Mapping]) -> dict[str, str]:
    return {one["item"]: one["result"] for one in items}


def _as_it_was(now: Standard, items: list[dict]) -> Standard:
    """The checklist with the items that were assessed and their weights then, in today's order; what has gone since comes last, under its code."""
    order, names = {item.code: at for at, item in enumerate(now.items)}, {section.code: section.name for section in now.sections}
    known, sections = {item.code: item for item in now.items}, {}
    for one in sorted(items, key=lambda one: (order.get(one["item"], len(order)), one["item"])):
        item = known.get(one["item"]) or Item(one["item"], {SOURCE: one["item"]})
        sections.setdefault(one["section"], []).append(replace(item, weight=one["weight"]))
    return replace(now, sections=tuple(Section(code, names.get(code, {SOURCE: code}), tuple(found)) for code, found in sections.items()))


# --- actions ---------------------------------------------------------------------------------------------------------------
@action("standards", "start", "assessment", marks=False)
def start_assessment(change: Change, scope: Scope, *, property_id: int, standard_id: int, kind: str = "self", on_day: dt.date | None = None,
                     assessor: str = "") -> int:  # fmt: skip
    """Begin to hold a property against a checklist on a day (the as-of date where none is given) and return the draft's number.

    kind: of ASSESSMENT_KINDS. Raises Refused where a draft of the same kind is open, the checklist was put away, or the day lies ahead.
    """
    placed.place(scope, property_id)
    found = standards.find(change.connection, standard_id)
    if found is None or found["archived_at"]:
        raise Refused(standards.ABSENT)
    if kind not in ASSESSMENT_KINDS:
        raise Refused(N_("An assessment is done by the hotel itself or by an auditor."))
    same = {"property_id": property_id, "standard_id": standard_id, "kind": kind, "state": "draft"}
    if change.connection.execute(select(assessment.c.id).where(*(assessment.c[name] == value for name, value in same.items()))).first():
        raise Refused(N_("An assessment by this checklist is open already: go on with it, or drop it."))
    who = placed.line(assessor, LONGEST_NAME) or None
    return placed.added(change, scope, assessment, **same, on_day=placed.come(change, scope, on_day or scope.as_of), assessor=who)


@action("standards", "answer", "assessment", marks=False)
def answer_item(change: Change, scope: Scope, *, id: int, item: str, result: str, was: str = UNSEEN, evidence: str = "",
                evidence_on: dt.date | None = None) -> None:  # fmt: skip
    """Write down how an item of a draft is met (of RESULTS), what was seen and when; `was` is the result that stood there before.

    Several people can answer different items at once. Raises Stale where somebody else answered this one meanwhile, Refused for a complete
    assessment, an item that the checklist does not have, or a day that lies ahead.
    """
    checklist = _draft(change.connection, scope, id)
    found = {one.code: (section.code, one) for section in checklist.sections for one in section.items}.get(item)
    if found is None or result not in RESULTS:
        raise Refused(N_("There is no such item on the checklist: load the page again."))
    mine = (assessment_item.c.assessment_id == id) & (assessment_item.c.item == item)
    present = change.connection.execute(select(assessment_item).where(mine)).mappings().one_or_none()
    if (present["result"] if present else UNSEEN) != was:
        raise Stale(dict(present) if present else {"item": item, "result": UNSEEN})
    values = {"section": found[0], "weight": found[1].weight, "result": result, "evidence": placed.passage(evidence, LONGEST_EVIDENCE),
              "evidence_on": evidence_on and placed.come(change, scope, evidence_on)}
    written = sa.update(assessment_item).where(mine) if present else sa.insert(assessment_item)
    change.connection.execute(written.values(**values, **({} if present else {"assessment_id": id, "item": item})))


@action("standards", "complete", "assessment")
def complete_assessment(change: Change, scope: Scope, *, id: int, version: int) -> Score:
    """Close a draft and return its score: it counts from now on and stays as it is. What has no answer is not assessed.

    Raises Refused where nothing was assessed, Stale where somebody else closed it.
    """
    checklist = _draft(change.connection, scope, id)
    answers = {one["item"]: one for one in _items(change.connection, [id])[id]}
    results = {item.code: answers[item.code]["result"] if item.code in answers else UNSEEN for item in checklist.items}
    if all(result == UNSEEN for result in results.values()):
        raise Refused(N_("Nothing has been assessed yet: answer some items first, or drop it."))
    placed.changed(change, scope, assessment, id, version, ABSENT, state="complete", completed_at=change.at)
    nothing = {"evidence": "", "evidence_on": None}
    rows = [{"assessment_id": id, "item": item.code, "section": section.code, "weight": item.weight, "result": results[item.code],
             **{name: answers.get(item.code, nothing)[name] for name in nothing}} for section in checklist.sections for item in section.items]  # fmt: skip
    change.connection.execute(sa.delete(assessment_item).where(assessment_item.c.assessment_id == id))
    change.connection.execute(sa.insert(assessment_item), rows)
    return score(checklist, results)


@action("standards", "drop", "assessment", marks=False)
def drop_assessment(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Throw a draft away with its answers. Raises Refused for a complete assessment, Stale where somebody else changed it."""
    _draft(change.connection, scope, id)
    placed.changed(change, scope, assessment, id, version, ABSENT)
    change.connection.execute(sa.delete(assessment_item).where(assessment_item.c.assessment_id == id))
    change.connection.execute(sa.delete(assessment).where(assessment.c.id == id))


def _draft(connection: Connection, scope: Scope, id: int) -> Standard:
    """The checklist of a draft, as it is today. Raises Refused where there is none, or it is complete."""
    row = placed.there(connection, scope, assessment, id, ABSENT)
    if row["state"] == "complete":
        raise Refused(COMPLETE)
    return standards.find(connection, row["standard_id"])["standard"]
