"""A rule that says which guests are meant: conditions on typed fields, joined by all of, any of and not.

A condition that knows nothing of a guest does not hold, whichever way it asks: who has no country is neither in Portugal nor "none of
Portugal". Not is a true complement: with it, that guest is among those of whom "in Portugal" does not hold.
"""
import datetime as dt
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from crm_core.i18n import N_

DEEPEST, MOST = 8, 60
MOST_CHOICES, LONGEST_CHOICE = 500, 200
LARGEST, MOST_DAYS = 10**15, 36_500
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2200, 1, 1)

PRESENCE = ("known", "unknown")
COMPARED = ("at_least", "at_most", "between")
# The comparisons that each type of field offers; "ahead" is a date to come, "share" a part of one, "times" a multiple, "score" out of ten.
OPERATORS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("number", "money", "days"), (*COMPARED, "is", *PRESENCE)),
    **dict.fromkeys(("share", "times", "score"), (*COMPARED, *PRESENCE)),
    "choice": ("one_of", "none_of", *PRESENCE),
    "date": ("from", "before", "between", "last_days", "older_days", *PRESENCE),
    "ahead": ("from", "before", "between", "next_days", *PRESENCE),
    "flag": ("yes", "no"),
}
BARE = (*PRESENCE, "yes", "no")
IN_DAYS = ("last_days", "older_days", "next_days")

Value = int | float | str | dt.date | tuple | None


class Typed(Protocol):
    """What a rule must know of a field: its name in words, its type, its choices (none: any) and its range (none: any)."""

    name: str
    type: str
    choices: tuple | None
    range: tuple[int, int] | None


class BadRule(ValueError):
    """The rule cannot be meant; `message` says what to do, with {placeholders} for `values`."""

    def __init__(self, message: str, **values: object):
        super().__init__(message.format(**values))
        self.message, self.values = message, values


@dataclass(frozen=True)
class Condition:
    """One field compared with a value."""

    field: str
    operator: str
    value: Value = None


@dataclass(frozen=True)
class AllOf:
    """Holds where every part holds."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True)
class AnyOf:
    """Holds where at least one part holds."""

    parts: tuple["Rule", ...]


@dataclass(frozen=True)
class Not:
    """Holds where its part does not."""

    part: "Rule"


Rule = Condition | AllOf | AnyOf | Not
GROUPS = {"all": AllOf, "any": AnyOf}


@dataclass(frozen=True)
class Segment:
    """A rule under a name, as a scope carries it: two of the same rule are the same, whatever they are called."""

    rule: Rule = field(compare=False)
    name: str = field(default="", compare=False)
    id: int | None = field(default=None, compare=False)
    form: Rule = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "form", canonical(self.rule))


# --- reading and writing ------------------------------------------------------------------------------------------------
def loads(text: str, fields: Mapping[str, Typed]) -> Rule:
    """Return the rule of a JSON text. Raises BadRule."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise BadRule(N_("This rule cannot be read: it is not written in JSON.")) from problem
    return parse(said, fields)


def parse(said: object, fields: Mapping[str, Typed]) -> Rule:
    """Return the rule of what JSON gave: {"all": […]}, {"any": […]}, {"not": …} or {"field", "is", "value"}. Raises BadRule."""
    found = _parsed(said, fields, 0)
    if sum(1 for _ in conditions(found)) > MOST:
        raise BadRule(N_("A rule has at most {most} conditions: make two segments of it."), most=MOST)
    return found


def dumps(rule: Rule) -> str:
    """Return a rule as JSON text, in the order in which it was written."""
    return json.dumps(dump(rule), ensure_ascii=False)


def dump(rule: Rule) -> dict:
    """Return a rule as JSON takes it; parse() reads it again."""
    if isinstance(rule, Condition):
        value = {} if rule.operator in BARE else {"value": _plain(rule.value)}
        return {"field": rule.field, "is": rule.operator} | value
    if isinstance(rule, Not):
        return {"not": dump(rule.part)}
    return {"all" if isinstance(rule, AllOf) else "any": [dump(part) for part in rule.parts]}


def _plain(value: Value) -> object:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _parsed(said: object, fields: Mapping[str, Typed], depth: int) -> Rule:
    if not isinstance(said, dict):
        raise BadRule(N_("A rule is made of conditions and groups: write each in braces."))
    if "field" in said:
        return _condition(said, fields)
    if depth >= DEEPEST:
        raise BadRule(N_("Groups stand at most {most} deep in each other: take a level out."), most=DEEPEST)
    if set(said) == {"not"}:
        return Not(_parsed(said["not"], fields, depth + 1))
    for name, group in GROUPS.items():
        if set(said) == {name}:
            return group(_parts(said[name], fields, depth + 1))
    raise BadRule(N_("A rule is made of all, any, not, and conditions with a field: nothing else."))


def _parts(said: object, fields: Mapping[str, Typed], depth: int) -> tuple[Rule, ...]:
    if not isinstance(said, list) or not said:
        raise BadRule(N_("A group needs at least one condition: add one, or remove the group."))
    return tuple(_parsed(part, fields, depth) for part in said)


def _condition(said: dict, fields: Mapping[str, Typed]) -> Condition:
    key, operator = said["field"], said.get("is")
    field = fields.get(key) if isinstance(key, str) else None
    if field is None:
        raise BadRule(N_("There is no field “{key}”: choose one from the list."), key=str(key)[:80])
    if not isinstance(operator, str) or operator not in OPERATORS[field.type] or set(said) - {"field", "is", "value"}:
        raise BadRule(N_("“{field}” cannot be compared like this: choose a comparison from the list."), field=field.name)
    return Condition(key, operator, _value(field, operator, said.get("value")))


def _value(field: Typed, operator: str, said: object) -> Value:
    if operator in BARE:
        return None
    if operator in ("one_of", "none_of"):
        return _choices(field, said)
    if operator in IN_DAYS:
        return _whole(field, said, (1, MOST_DAYS))
    read = _READERS.get(field.type, _whole)
    return _pair(field, said, read) if operator == "between" else read(field, said)


def _choices(field: Typed, said: object) -> tuple:
    if not isinstance(said, list) or not 0 < len(said) <= MOST_CHOICES:
        raise BadRule(N_("“{field}” needs at least one choice and at most {most}."), field=field.name, most=MOST_CHOICES)
    for one in said:
        is_code = (isinstance(one, str) and 0 < len(one) <= LONGEST_CHOICE) or (type(one) is int and abs(one) <= LARGEST)
        if not is_code or (field.choices is not None and one not in field.choices):
            raise BadRule(N_("“{field}” has no choice “{value}”: choose from the list."), field=field.name, value=str(one)[:80])
    return tuple(dict.fromkeys(said))


def _pair(field: Typed, said: object, read: Callable) -> tuple:
    if not isinstance(said, list | tuple) or len(said) != 2:
        raise BadRule(N_("“{field}” between needs two values."), field=field.name)
    low, high = (read(field, one) for one in said)
    if low > high:
        raise BadRule(N_("“{field}” between needs the smaller value first."), field=field.name)
    return low, high


def _whole(field: Typed, said: object, range_: tuple[int, int] | None = None) -> int:
    if isinstance(said, float) and said.is_integer():
        said = int(said)
    if type(said) is not int:
        raise BadRule(N_("“{field}” needs a whole number."), field=field.name)
    return _ranged(field, said, range_)


def _real(field: Typed, said: object) -> float:
    if type(said) not in (int, float) or not math.isfinite(said):
        raise BadRule(N_("“{field}” needs a number."), field=field.name)
    return float(_ranged(field, said))


def _ranged(field: Typed, value: int | float, range_: tuple[int, int] | None = None):
    least, most = range_ or field.range or (-LARGEST, LARGEST)
    if not least <= value <= most:
        raise BadRule(N_("“{field}” lies between {least} and {most}."), field=field.name, least=least, most=most)
    return value


def _day(field: Typed, said: object) -> dt.date:
    try:
        day = dt.date.fromisoformat(said)
    except (TypeError, ValueError):
        day = None
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise BadRule(N_("“{field}” needs a date, written like 2025-04-30."), field=field.name)
    return day


_READERS: dict[str, Callable] = {"date": _day, "ahead": _day, **dict.fromkeys(("share", "times", "score"), _real)}


# --- what two rules have in common --------------------------------------------------------------------------------------
def conditions(rule: Rule) -> Iterator[Condition]:
    """Yield every condition of a rule, in order."""
    if isinstance(rule, Condition):
        yield rule
        return
    for part in (rule.part,) if isinstance(rule, Not) else rule.parts:
        yield from conditions(part)


def canonical(rule: Rule) -> Rule:
    """Return the one form of all rules that differ only in order, repetition, nesting of like groups, and doubled nots."""
    if isinstance(rule, Condition):
        choices = rule.operator in ("one_of", "none_of")
        return Condition(rule.field, rule.operator, tuple(sorted(rule.value, key=str))) if choices else rule
    if isinstance(rule, Not):
        part = canonical(rule.part)
        return part.part if isinstance(part, Not) else Not(part)
    kind, parts = type(rule), [canonical(part) for part in rule.parts]
    flat = {one for part in parts for one in (part.parts if isinstance(part, kind) else (part,))}
    return next(iter(flat)) if len(flat) == 1 else kind(tuple(sorted(flat, key=repr)))
