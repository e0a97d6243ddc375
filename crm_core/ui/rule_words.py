"""A rule in the reader's language: the names of fields, comparisons and choices, and one sentence that says whom it means."""
from collections.abc import Callable, Mapping

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.marts.fields import FIELDS, Field
from crm_core.rule import AnyOf, Condition, Not, Rule
from crm_core.telling import words
from crm_core.ui import value_words
from crm_core.ui.group_words import RFM

SEASONS = {"spring": N_("Spring"), "summer": N_("Summer"), "autumn": N_("Autumn"), "winter": N_("Winter"), "mixed": N_("No season of their own")}
CODED = {
    **dict.fromkeys(("any_segment", "first_segment", "purpose"), words.SEGMENTS), **dict.fromkeys(("any_party", "first_party", "party"), words.PARTIES),
    "season": SEASONS, "tier": value_words.TIERS, "rfm": {code: name for code, (name, _) in RFM.items()},
}  # fmt: skip
# What a comparison is called where it is chosen, and what it makes of a field and a value.
OPERATORS = {
    "at_least": N_("at least"), "at_most": N_("at most"), "between": N_("between"), "is": N_("exactly"), "one_of": N_("is one of"),
    "none_of": N_("is none of"), "from": N_("on or after"), "before": N_("before"), "last_days": N_("in the last days"),
    "older_days": N_("longer ago than days"), "next_days": N_("in the next days"), "yes": N_("yes"), "no": N_("no"), "known": N_("is known"),
    "unknown": N_("is not known"),
}  # fmt: skip
CLAUSES = {
    "at_least": N_("{field} at least {value}"), "at_most": N_("{field} at most {value}"), "between": N_("{field} from {low} to {high}"),
    "is": N_("{field} exactly {value}"), "one_of": N_("{field} {value}"), "none_of": N_("{field} other than {value}"),
    "from": N_("{field} on or after {value}"), "before": N_("{field} before {value}"), "last_days": N_("{field} in the last {value}"),
    "older_days": N_("{field} more than {value} ago"), "next_days": N_("{field} in the next {value}"), "yes": N_("{field}: yes"),
    "no": N_("{field}: no"), "known": N_("{field} known"), "unknown": N_("{field} not known"),
}  # fmt: skip
# Of what is to come, nothing known means nothing booked.
BOOKED = {"known": (N_("is booked"), N_("{field} booked")), "unknown": (N_("is not booked"), N_("{field} not booked"))}
CHOSEN = ("one_of", "none_of")
IN_DAYS = ("last_days", "older_days", "next_days")
MOST_NAMED = 6
Names = Mapping[str, Mapping[object, str]]  # by Field.listed: the names of choices that only the data knows, such as properties


def sentence(rule: Rule, names: Names, currency: str) -> str:
    """Return one sentence that says whom a rule means, plain text."""
    return t("Guests with {rule}.", rule=clause(rule, names, currency))


def clause(rule: Rule, names: Names, currency: str, inside: bool = False) -> str:
    """Return a rule as a part of a sentence; a group within another stands in brackets."""
    if isinstance(rule, Condition):
        return _condition(rule, names, currency)
    if isinstance(rule, Not):
        return t("not ({rule})", rule=clause(rule.part, names, currency))
    parts = [clause(part, names, currency, inside=len(rule.parts) > 1) for part in rule.parts]
    joined = formats.either(parts) if isinstance(rule, AnyOf) else formats.listed(parts)
    return f"({joined})" if inside and len(parts) > 1 else joined


def _condition(condition: Condition, names: Names, currency: str) -> str:
    field, v = FIELDS[condition.field], condition.value
    say = lambda value: value_text(field, condition.operator, value, names, currency)  # noqa: E731
    if condition.operator == "between":
        said = {"low": say(v[0]), "high": say(v[1])}
    elif condition.operator in CHOSEN:
        said = {"value": _some([say(one) for one in v])}
    else:
        said = {"value": say(v)} if v is not None else {}
    words = BOOKED[condition.operator][1] if field.type == "ahead" and condition.operator in BOOKED else CLAUSES[condition.operator]
    return t(words, field=_within(t(field.name)), **said)


def operator_name(type_: str, operator: str) -> str:
    """Return what a comparison is called where it is chosen for a field of a type."""
    return t(BOOKED[operator][0] if type_ == "ahead" and operator in BOOKED else OPERATORS[operator])


def _some(choices: list[str]) -> str:
    """Choices in quotes, so that they are told from what follows; of many, the first and how many more."""
    quoted = [t("“{words}”", words=choice) for choice in choices]
    if len(choices) > MOST_NAMED:
        quoted = [*quoted[:MOST_NAMED - 1], t("{n} others", n=formats.count(len(choices) - MOST_NAMED + 1))]
    return formats.either(quoted)


def _within(name: str) -> str:
    """A name as it stands inside a sentence: small, unless it begins with letters that stand for words."""
    return name[0].lower() + name[1:] if name[1:2].islower() or not name[1:2].isalpha() else name


def value_text(field: Field, operator: str, value, names: Names, currency: str) -> str:
    """Return a value of a field in words, with its unit."""
    if operator in IN_DAYS or field.type == "days":
        return formats.days(value)
    if field.type == "choice":
        return choice_name(field, value, names)
    return _TEXTS[field.type](value, currency)


def choice_name(field: Field, code: object, names: Names) -> str:
    """Return a choice in words: a country, a property, a room type; the code itself where nobody knows it any more."""
    if field.key in CODED:
        return t(CODED[field.key].get(str(code), str(code)))
    if field.listed in ("countries", "languages"):
        return (formats.territory if field.listed == "countries" else formats.language_name)(str(code))
    if field.key == "cluster":
        return t("Cluster {n}", n=code)
    return str(names.get(field.listed or "", {}).get(code, code))


def _share(value: float, _currency: str) -> str:
    return formats.percent(value, 0 if round(value * 100, 6).is_integer() else 1)


_TEXTS: dict[str, Callable] = {
    "number": lambda value, _currency: formats.count(value), "money": formats.money, "share": _share,
    "times": lambda value, _currency: formats.times(value), "score": lambda value, _currency: formats.decimal(value, 1),
    "date": lambda value, _currency: formats.date(value), "ahead": lambda value, _currency: formats.date(value),
}  # fmt: skip
