"""mart_findings and mart_certified: assessments and certificates as recorded; mart_assessed and mart_credentials: how they stand at the as-of date."""
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core import schema
from crm_core.dialects import add_days
from crm_core.marts import tables
from crm_core.marts.booked import filling, flag
from crm_core.marts.leads import today

# Weights are doubled: an item that is partly met counts half of its weight.
WORTH = {"met": 2, "partly": 1}
# An assessment that leaves out more than one part in so many of what applies has no score.
UNASSESSED_UP_TO = 10
EXPIRING_DAYS = 90
EVERYBODY = "*"


def finding_rows() -> sa.Select:
    """Return the select that fills mart_findings, in the order of its columns; drafts are out."""
    a, i, s = schema.assessment, schema.assessment_item, schema.standard
    values = {**{c.name: c for c in (*a.c, *i.c)}, "assessment_id": a.c.id, "standard": s.c.code, "assessed_by": a.c.kind, "assessed_on": a.c.on_day}
    joined = i.join(a, a.c.id == i.c.assessment_id).join(s, s.c.id == a.c.standard_id)
    return select(*filling(tables.findings, values)).select_from(joined).where(a.c.state == "complete")


def certified_rows() -> sa.Select:
    """Return the select that fills mart_certified, in the order of its columns."""
    s, k, c = schema.staff, schema.course, schema.certificate
    quoted = lambda word: sa.literal('"') + word + sa.literal('"')  # noqa: E731
    names = lambda word: func.replace(k.c.required_for, quoted(word), "") != k.c.required_for  # noqa: E731  a JSON list of codes
    required = and_(k.c.archived_at.is_(None), sa.or_(names(sa.literal(EVERYBODY)), names(s.c.department)))
    values = {**{column.name: column for column in s.c}, "staff_id": s.c.id, "staff_department": s.c.department, "course": k.c.code,
              "earned_on": c.c.earned_on, "expires_on": c.c.expires_on}
    joined = s.join(k, required).outerjoin(c, and_(c.c.staff_id == s.c.id, c.c.course_id == k.c.id))
    return select(*filling(tables.certified, values)).select_from(joined)


# --- at the as-of date ------------------------------------------------------------------------------------------------------------------
def assessed_rows() -> sa.Select:
    """Return the select that fills mart_assessed, in the order of its columns."""
    f, whole = tables.findings, _whole()
    applies = case((f.c.result == "not_applicable", 0), else_=2 * f.c.weight)
    values = {**{c.name: c for c in f.c}, **{c.name: c for c in whole.c}, "applicable": applies,
              "earned": case(*((f.c.result == result, worth * f.c.weight) for result, worth in WORTH.items()), else_=0),
              "unassessed": case((f.c.result == "not_assessed", applies), else_=0)}
    return select(*filling(tables.assessed, values)).select_from(f.join(whole, whole.c.assessment_id == f.c.assessment_id))


def _whole() -> sa.Subquery:
    """One row per assessment up to the as-of date: whether enough of it was looked at, and whether it is the property's latest of its standard."""
    f = tables.findings.c
    weight = lambda when: func.coalesce(func.sum(case((when, f.weight))), 0)  # noqa: E731
    keys = (f.assessment_id, f.property_id, f.standard, f.assessed_on)
    each = (select(*keys, weight(f.result == "not_assessed").label("missing"), weight(f.result != "not_applicable").label("applies"))
            .select_from(tables.findings.join(today, f.assessed_on <= today.c.as_of)).group_by(*keys).subquery("each_assessment").c)
    place = func.row_number().over(partition_by=(each.property_id, each.standard), order_by=(each.assessed_on.desc(), each.assessment_id.desc()))
    scored = flag(each.applies > 0, each.missing * UNASSESSED_UP_TO <= each.applies)
    latest = select(each.assessment_id, scored.label("is_scored"), place.label("place")).subquery("ranked_assessment").c
    return select(latest.assessment_id, latest.is_scored, flag(latest.place == 1).label("is_latest")).subquery("whole")


def credential_rows() -> sa.Select:
    """Return the select that fills mart_credentials, in the order of its columns; expires_on is null where a valid certificate never does."""
    c, as_of = tables.certified.c, today.c.as_of
    here = and_(sa.or_(c.joined_on.is_(None), c.joined_on < as_of), sa.or_(c.left_on.is_(None), c.left_on >= as_of))
    held = c.earned_on < as_of
    valid = and_(held, sa.or_(c.expires_on.is_(None), c.expires_on >= as_of))
    count = lambda *when: func.count(case((and_(*when), 1)))  # noqa: E731
    keys = (c.staff_id, c.property_id, c.staff_department, c.course, as_of)
    expires_on = case((count(valid, c.expires_on.is_(None)) == 0, func.max(case((held, c.expires_on)))))
    each = (select(*keys, flag(count(valid) > 0).label("is_valid"), expires_on.label("expires_on"), flag(count(held) > 0).label("was_held"))
            .select_from(tables.certified.join(today, here)).group_by(*keys).subquery("each_person"))
    expiring = flag(each.c.is_valid == 1, each.c.expires_on < add_days(each.c.as_of, EXPIRING_DAYS))
    return select(*filling(tables.credentials, {**{column.name: column for column in each.c}, "is_expiring": expiring}))
