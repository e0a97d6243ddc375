"""Routing rules as data: which new cases a rule fits and what it sets; the first rule that fits decides each value, and gives its name as reason."""
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from crm_core.i18n import N_

# What a rule may look at, and what it sets.
FITS = ("kind", "aspect", "severity", "property", "platform", "concern", "room", "block", "language", "opened_from")
SETS = ("department", "owner", "priority", "kind")
LONGEST = 80


class BadRule(ValueError):
    """A rule that cannot work; the text says what to do."""


@dataclass(frozen=True)
class Rule:
    """A rule: `fits` by key the values of which one must be there (no key: every case), `sets` by key one value."""

    name: str
    fits: Mapping[str, tuple[str, ...]]
    sets: Mapping[str, str]


@dataclass(frozen=True)
class Decided:
    """A value and the name of the rule that decided it."""

    value: str
    rule: str


def route(facts: Mapping[str, str], rules: Iterable[Rule]) -> dict[str, Decided]:
    """Return what the rules, in their order, set for a case with these facts (keys of FITS), by key of SETS; what no rule sets is not there."""
    found: dict[str, Decided] = {}
    for rule in rules:
        if fits(facts, rule):
            found = {key: Decided(value, rule.name) for key, value in rule.sets.items()} | found
    return found


def fits(facts: Mapping[str, str], rule: Rule) -> bool:
    """Say whether a rule fits a case: each of its keys names the case's value, in whatever case it is written."""
    return all(str(facts.get(key, "")).casefold() in {value.casefold() for value in values} for key, values in rule.fits.items())


def checked(name: str, fits: Mapping, sets: Mapping, known: Mapping[str, Collection[str]]) -> Rule:
    """Return a rule from what somebody wrote; a single value stands for a list of one. Raises BadRule.

    `known` holds the values there are by key; a key that is not in it (an owner, a block of rooms) takes any text.
    """
    called = " ".join(str(name).split())
    if not 0 < len(called) <= LONGEST:
        raise BadRule(N_("A rule needs a name of at most 80 characters."))
    if not sets:
        raise BadRule(N_("A rule sets at least one thing: the department, the owner, the priority or the kind."))
    if not (set(fits) <= set(FITS) and set(sets) <= set(SETS)):
        raise BadRule(N_("A rule cannot look at or set this: choose from the list."))
    return Rule(called, {key: _values(known.get(key), values) for key, values in fits.items()},
                {key: _value(known.get(key), value) for key, value in sets.items()})


def _values(known: Collection[str] | None, values) -> tuple[str, ...]:
    listed = values if isinstance(values, list | tuple) else [values]
    if not listed:
        raise BadRule(N_("A condition without a value fits nothing: choose a value, or leave the condition out."))
    return tuple(dict.fromkeys(_value(known, value) for value in listed))


def _value(known: Collection[str] | None, value) -> str:
    text = " ".join(str(value).split())
    if not 0 < len(text) <= LONGEST or (known is not None and text not in known):
        raise BadRule(N_("A rule names a value that there is not: choose from the list."))
    return text
