"""A rule under construction: parts that may still be incomplete, each with a number of its own, read as a rule whenever they can be."""
import dataclasses
import datetime as dt
from dataclasses import dataclass

from crm_core.rule import BARE, AllOf, Condition, Not, Rule

# How the parts of a group are joined: the word of the rule, and whether the whole is turned round.
JOINS = {"all": ("all", False), "any": ("any", False), "none": ("any", True), "not_all": ("all", True)}
NEW = ("stays", "at_least", 2)


@dataclass
class Part:
    """A condition, or with `join` a group of parts. A value is None, or holds None, as long as it was not given."""

    number: int
    field: str = ""
    operator: str = ""
    value: object = None
    join: str = ""
    parts: list["Part"] = dataclasses.field(default_factory=list)


@dataclass
class Draft:
    """The parts of a rule, and the last number that was given to one of them."""

    root: Part = dataclasses.field(default_factory=lambda: Part(1, join="all"))
    last: int = 1

    def add_condition(self, group: Part, key: str = NEW[0], operator: str = NEW[1], value: object = NEW[2]) -> Part:
        """Put a condition at the end of a group."""
        return self._add(group, Part(self._next(), key, operator, value))

    def add_group(self, group: Part, join: str = "any") -> Part:
        """Put an empty group at the end of a group."""
        return self._add(group, Part(self._next(), join=join))

    def remove(self, number: int) -> None:
        """Take a part out, with all that stands in it; the outermost group stays."""
        _remove(self.root, number)

    def _next(self) -> int:
        self.last += 1
        return self.last

    @staticmethod
    def _add(group: Part, part: Part) -> Part:
        group.parts.append(part)
        return part


def _remove(group: Part, number: int) -> None:
    group.parts = [part for part in group.parts if part.number != number]
    for part in group.parts:
        _remove(part, number)


def draft_of(rule: Rule) -> Draft:
    """Return a rule as a draft that reads as the same guests."""
    made = Draft()
    made.root.join, inside = _joined(rule)
    _fill(made, made.root, inside)
    return made


def _fill(draft: Draft, group: Part, rules: tuple[Rule, ...]) -> None:
    for rule in rules:
        if isinstance(rule, Condition):
            value = list(rule.value) if isinstance(rule.value, tuple) else rule.value
            draft.add_condition(group, rule.field, rule.operator, value)
        else:
            join, inside = _joined(rule)
            _fill(draft, draft.add_group(group, join), inside)


def _joined(rule: Rule) -> tuple[str, tuple[Rule, ...]]:
    """The join and the parts of the group that a rule is."""
    turned = isinstance(rule, Not)
    inner = rule.part if turned else rule
    if isinstance(inner, Condition | Not):
        return ("not_all" if turned else "all"), (inner,)
    word = "all" if isinstance(inner, AllOf) else "any"
    return next(join for join, said in JOINS.items() if said == (word, turned)), inner.parts


def said(part: Part) -> dict:
    """Return a draft's part as a rule is written in JSON; parse() says what is missing."""
    if not part.join:
        value = {} if part.operator in BARE else {"value": _plain(part.value)}
        return {"field": part.field, "is": part.operator} | value
    word, turned = JOINS[part.join]
    written = {word: [said(one) for one in part.parts]}
    return {"not": written} if turned else written


def _plain(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, dt.date) else value
