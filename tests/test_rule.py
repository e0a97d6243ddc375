"""A rule is read or refused with what to do about it, written as it was, and known again in another order."""
import datetime as dt
import json
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.marts.fields import FIELDS
from crm_core.rule import (
    BARE,
    DEEPEST,
    MOST,
    OPERATORS,
    AllOf,
    AnyOf,
    BadRule,
    Condition,
    Not,
    Segment,
    canonical,
    conditions,
    dump,
    dumps,
    loads,
    parse,
)

STAYS = {"field": "stays", "is": "at_least", "value": 2}
CONSENT = {"field": "email_consent", "is": "yes"}
COUNTRY = {"field": "country", "is": "one_of", "value": ["PT", "GB"]}


def nested(levels: int) -> dict:
    said = STAYS
    for _ in range(levels):
        said = {"all": [said]}
    return said


def test_a_rule_of_every_kind_of_part_is_read():
    said = {"all": [STAYS, {"any": [CONSENT, {"not": COUNTRY}]}]}
    assert parse(said, FIELDS) == AllOf((
        Condition("stays", "at_least", 2), AnyOf((Condition("email_consent", "yes"), Not(Condition("country", "one_of", ("PT", "GB")))))))


@pytest.mark.parametrize(("said", "value"), [
    ({"field": "last_departure", "is": "between", "value": ["2024-01-01", "2024-12-31"]}, (dt.date(2024, 1, 1), dt.date(2024, 12, 31))),
    ({"field": "last_departure", "is": "last_days", "value": 90}, 90),
    ({"field": "stays", "is": "is", "value": 2.0}, 2),
    ({"field": "late", "is": "at_least", "value": 2}, 2.0),
    ({"field": "country", "is": "known"}, None),
    ({"field": "stayed_at", "is": "one_of", "value": [2, 1, 2]}, (2, 1)),
    ({"field": "spend", "is": "at_most", "value": -500}, -500),
])
def test_values_are_read_as_their_field_means_them(said, value):
    read = parse(said, FIELDS)
    assert read.value == value
    assert type(read.value) is type(value)


@pytest.mark.parametrize(("said", "sentence"), [
    ({"field": "shoe_size", "is": "at_least", "value": 42}, "There is no field “shoe_size”: choose one from the list."),
    ({"field": "stays", "is": "before", "value": 2}, "“Stays” cannot be compared like this: choose a comparison from the list."),
    ({"field": "stays", "is": ["at_least"], "value": 2}, "“Stays” cannot be compared like this: choose a comparison from the list."),
    ({**STAYS, "and": 1}, "“Stays” cannot be compared like this: choose a comparison from the list."),
    ({**STAYS, "value": "2"}, "“Stays” needs a whole number."),
    ({**STAYS, "value": 2.5}, "“Stays” needs a whole number."),
    ({**STAYS, "value": True}, "“Stays” needs a whole number."),
    ({**STAYS, "value": -1}, "“Stays” lies between 0 and 100000."),
    ({"field": "recency", "is": "is", "value": 6}, "“Recency” lies between 1 and 5."),
    ({"field": "alive", "is": "at_least", "value": 25}, "“Chance still a customer” lies between 0 and 1."),
    ({"field": "alive", "is": "at_least", "value": float("nan")}, "“Chance still a customer” needs a number."),
    ({"field": "stays", "is": "between", "value": 2}, "“Stays” between needs two values."),
    ({"field": "stays", "is": "between", "value": [3, 2]}, "“Stays” between needs the smaller value first."),
    ({"field": "last_departure", "is": "from", "value": "31/12/2024"}, "“Last departure” needs a date, written like 2025-04-30."),
    ({"field": "last_departure", "is": "last_days", "value": 0}, "“Last departure” lies between 1 and 36500."),
    ({"field": "country", "is": "one_of", "value": []}, "“Country” needs at least one choice and at most 500."),
    ({"field": "country", "is": "one_of", "value": "PT"}, "“Country” needs at least one choice and at most 500."),
    ({"field": "tier", "is": "one_of", "value": ["golden"]}, "“Value tier” has no choice “golden”: choose from the list."),
    ({"field": "country", "is": "one_of", "value": [None]}, "“Country” has no choice “None”: choose from the list."),
    ({"all": []}, "A group needs at least one condition: add one, or remove the group."),
    ({"not": {"any": []}}, "A group needs at least one condition: add one, or remove the group."),
    ({"all": STAYS}, "A group needs at least one condition: add one, or remove the group."),
    ({"all": [STAYS], "any": [STAYS]}, "A rule is made of all, any, not, and conditions with a field: nothing else."),
    ({}, "A rule is made of all, any, not, and conditions with a field: nothing else."),
    ([STAYS], "A rule is made of conditions and groups: write each in braces."),
    (nested(9), "Groups stand at most 8 deep in each other: take a level out."),
    ({"all": [STAYS] * 61}, "A rule has at most 60 conditions: make two segments of it."),
])
def test_what_cannot_be_meant_is_refused_with_what_to_do(said, sentence):
    with pytest.raises(BadRule) as refused:
        parse(said, FIELDS)
    assert str(refused.value) == sentence


def test_the_limits_themselves_are_allowed():
    assert len(list(conditions(parse({"all": [STAYS] * MOST}, FIELDS)))) == 60
    assert parse(nested(DEEPEST), FIELDS)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "NaN", '{"not":' * 5000 + "1" + "}" * 5000])
def test_text_that_is_no_rule_is_refused(text):
    with pytest.raises(BadRule):
        loads(text, FIELDS)


def test_a_refusal_keeps_its_words_and_its_values_apart_for_translation():
    with pytest.raises(BadRule) as refused:
        parse({**STAYS, "value": "many"}, FIELDS)
    assert (refused.value.message, refused.value.values) == ("“{field}” needs a whole number.", {"field": "Stays"})


# --- any rule -----------------------------------------------------------------------------------------------------------
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)).map(dt.date.isoformat)


def _values(field, operator: str) -> st.SearchStrategy:
    if operator in ("one_of", "none_of"):
        codes = st.sampled_from(field.choices) if field.choices else st.text(min_size=1, max_size=5)
        return st.lists(codes, min_size=1, max_size=4)
    if operator.endswith("_days"):
        return st.integers(1, 36_500)
    one = DAYS if field.type in ("date", "ahead") else st.integers(*(field.range or (-1000, 1000)))
    return st.lists(one, min_size=2, max_size=2).map(sorted) if operator == "between" else one


@st.composite
def said_conditions(draw) -> dict:
    field = FIELDS[draw(st.sampled_from(sorted(FIELDS)))]
    operator = draw(st.sampled_from(OPERATORS[field.type]))
    return {"field": field.key, "is": operator} | ({} if operator in BARE else {"value": draw(_values(field, operator))})


def _depth(said: dict) -> int:
    inner = next((said[name] for name in ("all", "any", "not") if name in said), None)
    return 0 if inner is None else 1 + max(map(_depth, inner if isinstance(inner, list) else [inner]))


SAID = st.recursive(said_conditions(), lambda inner: st.one_of(
    st.fixed_dictionaries({"not": inner}), *(st.fixed_dictionaries({name: st.lists(inner, min_size=1, max_size=3)}) for name in ("all", "any"))),
    max_leaves=8).filter(lambda said: _depth(said) <= DEEPEST)
JSON = st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4)), lambda inner: st.one_of(
    st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["all", "any", "not", "field", "is", "value", "x"]), inner, max_size=3)))


@given(SAID)
def test_what_is_written_is_read_again_as_it_was(said):
    rule = parse(said, FIELDS)
    assert loads(dumps(rule), FIELDS) == rule
    assert parse(dump(rule), FIELDS) == rule


@given(JSON)
def test_whatever_json_says_it_is_a_rule_or_refused(said):
    with suppress(BadRule):
        assert list(conditions(parse(said, FIELDS)))


@given(SAID, st.randoms(use_true_random=False))
def test_order_repetition_and_double_negation_make_no_other_rule(said, chance):
    rule = canonical(parse(said, FIELDS))
    assert canonical(rule) == rule
    assert canonical(_shuffled(parse(said, FIELDS), chance)) == rule
    assert canonical(Not(Not(rule))) == rule
    assert canonical(AllOf((rule, rule))) == rule


def _shuffled(rule, chance):
    if isinstance(rule, Condition):
        choices = rule.operator in ("one_of", "none_of")
        return replace(rule, value=tuple(chance.sample(rule.value, len(rule.value)))) if choices else rule
    if isinstance(rule, Not):
        return Not(Not(Not(_shuffled(rule.part, chance))))
    parts = tuple(_shuffled(part, chance) for part in chance.sample(rule.parts, len(rule.parts)))
    return type(rule)((type(rule)(parts), parts[0]))


def test_all_and_any_of_the_same_are_two_rules():
    both = (Condition("stays", "at_least", 2), Condition("email_consent", "yes"))
    assert canonical(AllOf(both)) != canonical(AnyOf(both))


def test_segments_of_one_rule_are_the_same_under_any_name():
    rule, turned = AllOf((Condition("stays", "at_least", 2), Condition("email_consent", "yes"))), AllOf(
        (Condition("email_consent", "yes"), Condition("stays", "at_least", 2)))
    assert Segment(rule, "Regulars", 1) == Segment(turned, "Others", 2)
    assert hash(Segment(rule, "Regulars", 1)) == hash(Segment(turned))
    assert Segment(rule) != Segment(Not(rule))


def test_a_rule_is_json_that_people_can_read():
    assert json.loads(dumps(parse({"all": [CONSENT, COUNTRY]}, FIELDS))) == {"all": [CONSENT, COUNTRY]}
