"""A rule becomes a select of guests: the facts of each source gathered once, the conditions told over them."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy import and_, case, func, or_, select

from crm_core.marts.fields import FIELDS, GUESTS, Rows, Source
from crm_core.rule import PRESENCE, AllOf, Condition, Not, Rule, conditions
from crm_core.scope import Scope

ABSENT = ("none_of", "unknown")
Labels = dict[Condition, str]
Tests = dict[Condition, sa.ColumnElement[bool]]


def members(rule: Rule, scope: Scope) -> sa.Select:
    """Return the select of the guests (guest_id) of the scope's properties for whom a rule holds, by their whole history there.

    What is not known of a guest fulfils no condition; a not around it does not know less than everyone else: it is the complement.
    """
    guests = GUESTS.rows(scope, ()).subquery(GUESTS.name)
    joined, tests = guests, {}
    for source, asked in _by_source(rule).items():
        facts = guests if source is GUESTS else _facts(source, asked, scope)
        joined = joined if source is GUESTS else joined.outerjoin(facts, facts.c.guest_id == guests.c.guest_id)
        tests |= {condition: _test(facts.c, label, condition, scope) for condition, label in asked.items()}
    return select(guests.c.guest_id).select_from(joined).where(_holds(rule, tests))


def _by_source(rule: Rule) -> dict[Source, Labels]:
    """The conditions of a rule by where their facts come from, each with the name of its column: a field's, or on many rows its own."""
    found: dict[Source, Labels] = {}
    for i, condition in enumerate(dict.fromkeys(conditions(rule))):
        field = FIELDS[condition.field]
        found.setdefault(field.source, {})[condition] = f"{field.key}_{i}" if field.each else field.key
    return found


def _holds(rule: Rule, tests: Tests, wanted: bool = True) -> sa.ColumnElement[bool]:
    """Tell a rule, or its complement. Nots are moved down to the conditions: there, and only there, unknown becomes false."""
    if isinstance(rule, Condition):
        return tests[rule] if wanted else case((tests[rule], 1), else_=0) == 0
    if isinstance(rule, Not):
        return _holds(rule.part, tests, not wanted)
    parts = [_holds(part, tests, wanted) for part in rule.parts]
    return and_(*parts) if isinstance(rule, AllOf) == wanted else or_(*parts)


def _facts(source: Source, asked: Labels, scope: Scope) -> sa.Subquery:
    """One row per guest that a source knows, with a column for each field, or for each condition on a field of many rows."""
    rows = source.rows(scope, {condition.field for condition in asked}).subquery(source.name)
    columns = {label: _column(rows.c, condition, scope) for condition, label in asked.items()}
    facts = select(rows.c.guest_id, *(column.label(label) for label, column in columns.items()))
    if all(FIELDS[c.field].each and c.operator not in ABSENT for c in asked):  # rows that fit nothing need no grouping
        facts = facts.where(or_(*(_fits(FIELDS[c.field].value(rows.c, scope), c, scope) for c in asked)))
    return (facts if source.single else facts.group_by(rows.c.guest_id)).subquery(f"of_{source.name}")


def _column(rows: Rows, condition: Condition, scope: Scope) -> sa.ColumnElement:
    """A field's value; on many rows 1 where a condition fits one of them, 0 where it fits none, null where no row has a value."""
    field = FIELDS[condition.field]
    value = field.value(rows, scope)
    return func.max(case((value.is_(None), None), (_fits(value, condition, scope), 1), else_=0)) if field.each else value


def _fits(value: sa.ColumnElement, condition: Condition, scope: Scope) -> sa.ColumnElement[bool]:
    """Whether one row has what a condition is about, be it asked for or ruled out."""
    if condition.operator in PRESENCE:
        return value.is_not(None)
    return value.in_(condition.value) if condition.operator == "none_of" else _compared(value, condition, scope)


def _test(facts: Rows, label: str, condition: Condition, scope: Scope) -> sa.ColumnElement[bool]:
    field = FIELDS[condition.field]
    if not field.each:
        return _compared(field.value(facts, scope) if field.source is GUESTS else facts[label], condition, scope)
    return facts[label].is_(None) if condition.operator == "unknown" else facts[label] == (0 if condition.operator == "none_of" else 1)


def _compared(value: sa.ColumnElement, condition: Condition, scope: Scope) -> sa.ColumnElement[bool]:
    """Compare a value; null where it is not known. A flag that nothing is known of is down."""
    v, as_of = condition.value, scope.as_of
    back = lambda days: as_of - dt.timedelta(days)  # noqa: E731
    match condition.operator:
        case "known":
            return value.is_not(None)
        case "unknown":
            return value.is_(None)
        case "yes":
            return value == 1
        case "no":
            return func.coalesce(value, 0) == 0
        case "at_least" | "from":
            return value >= v
        case "at_most":
            return value <= v
        case "before":
            return value < v
        case "is":
            return value == v
        case "between":
            return and_(value >= v[0], value <= v[1])
        case "one_of":
            return value.in_(v)
        case "none_of":
            return value.not_in(v)
        case "last_days":
            return and_(value >= back(v), value < as_of)
        case "older_days":
            return value < back(v)
        case "next_days":
            return and_(value >= as_of, value < back(-v))
    raise ValueError(f"There is no comparison {condition.operator!r}.")
