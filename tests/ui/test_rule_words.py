"""A rule reads as a sentence in every language, and a draft as the rule that it was made of."""
import json
import re

import pytest
from hypothesis import given

from crm_core.i18n import LANGUAGES, use
from crm_core.marts.fields import FIELDS
from crm_core.rule import OPERATORS, AllOf, BadRule, Condition, Not, canonical, parse
from crm_core.ui import rule_words
from crm_core.ui.rule_draft import JOINS, Draft, draft_of, said
from crm_core.ui.segment_open import TEMPLATES
from tests.test_rule import SAID

NAMES = {"properties": {1: "Lisbon"}, "channels": {"ota": "Online agency"}}


@pytest.fixture(autouse=True)
def english():
    yield
    use("en")


def words(rule: dict) -> str:
    return rule_words.sentence(parse(rule, FIELDS), NAMES, "EUR")


@pytest.mark.parametrize(("rule", "sentence"), [
    ({"field": "stays", "is": "at_least", "value": 2}, "Guests with stays at least 2."),
    ({"field": "spend", "is": "between", "value": [100_000, 250_000]}, "Guests with spend to date from €1,000 to €2,500."),
    ({"field": "alive", "is": "at_most", "value": 0.255}, "Guests with chance still a customer at most 25.5%."),
    ({"field": "alive", "is": "at_least", "value": 0.9}, "Guests with chance still a customer at least 90%."),
    ({"field": "late", "is": "at_least", "value": 1.5}, "Guests with silence against own rhythm at least 1.5×."),
    ({"field": "any_score", "is": "at_most", "value": 6}, "Guests with review of any stay at most 6.0."),
    ({"field": "last_departure", "is": "older_days", "value": 365}, "Guests with last departure more than 365 days ago."),
    ({"field": "last_departure", "is": "from", "value": "2025-03-01"}, "Guests with last departure on or after 1 Mar 2025."),
    ({"field": "next_arrival", "is": "unknown"}, "Guests with next arrival not booked."),
    ({"field": "silent_days", "is": "is", "value": 1}, "Guests with days since last stay exactly 1 day."),
    ({"field": "email_consent", "is": "no"}, "Guests with e-mail consent: no."),
    ({"field": "rfm", "is": "none_of", "value": ["loyal", "cooling"]}, "Guests with RFM group other than “Loyal” or “Cooling”."),
    ({"field": "country", "is": "one_of", "value": ["PT"]}, "Guests with country “Portugal”."),
    ({"field": "stayed_at", "is": "one_of", "value": [1, 9]}, "Guests with stayed at “Lisbon” or “9”."),
    ({"field": "any_channel", "is": "one_of", "value": ["ota"]}, "Guests with channel of any stay “Online agency”."),
    ({"field": "language", "is": "one_of", "value": ["en", "fr", "de", "pt", "es", "it", "hy", "am"]},
     "Guests with language “English”, “French”, “German”, “Portuguese”, “Spanish” or 3 others."),
    ({"all": [{"field": "stays", "is": "is", "value": 1}, {"any": [{"field": "member", "is": "yes"}, {"not": {"field": "country", "is": "known"}}]}]},
     "Guests with stays exactly 1 and (member: yes or not (country known))."),
    ({"not": {"any": [{"field": "member", "is": "yes"}, {"field": "praised", "is": "yes"}]}}, "Guests with not (member: yes or scored us 9 or 10: yes)."),
    ({"all": [{"any": [{"field": "stays", "is": "at_most", "value": 1234}]}]}, "Guests with stays at most 1,234."),
])
def test_a_rule_reads_as_one_sentence(rule, sentence):
    assert words(rule) == sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_and_comparison_has_words_in_every_language(language):
    use(language)
    for field in FIELDS.values():
        for operator in OPERATORS[field.type]:
            assert rule_words.operator_name(field.type, operator)
        for code in field.choices or ():
            assert rule_words.choice_name(field, code, NAMES)


@given(SAID)
def test_whatever_a_rule_is_it_can_be_said_and_drafted(rule):
    read = parse(rule, FIELDS)
    sentence = rule_words.sentence(read, NAMES, "EUR")
    assert sentence.count("{") <= json.dumps(rule, default=str).count("{")  # braces are those of a choice that holds some, never a gap left open
    assert not re.search(r"\{(field|value|low|high|n|first|last|rule|parts?)\}", sentence)
    assert canonical(_as_rule(draft_of(read))) == canonical(read)


def _as_rule(draft: Draft):
    return parse(said(draft.root), FIELDS)


def test_a_draft_shows_a_negated_condition_as_a_group_that_does_not_hold():
    draft = draft_of(AllOf((Condition("stays", "at_least", 2), Not(Condition("country", "known")))))
    inner = draft.root.parts[1]
    assert (draft.root.join, inner.join, [part.field for part in inner.parts]) == ("all", "not_all", ["country"])


def test_parts_are_added_and_taken_out_by_their_numbers():
    draft = Draft()
    first, group = draft.add_condition(draft.root), draft.add_group(draft.root)
    inside = draft.add_condition(group, "country", "one_of", ["PT"])
    assert [part.number for part in (draft.root, first, group, inside)] == [1, 2, 3, 4]
    assert said(draft.root) == {"all": [{"field": "stays", "is": "at_least", "value": 2}, {"any": [{"field": "country", "is": "one_of", "value": ["PT"]}]}]}
    draft.remove(4)
    draft.remove(2)
    assert said(draft.root) == {"all": [{"any": []}]}
    with pytest.raises(BadRule, match="A group needs at least one condition"):
        _as_rule(draft)
    assert draft.add_condition(group).number == 5


@pytest.mark.parametrize(("join", "written"), [("all", {"all": []}), ("any", {"any": []}), ("none", {"not": {"any": []}}), ("not_all", {"not": {"all": []}})])
def test_the_four_ways_to_join_are_those_of_a_rule(join, written):
    draft = Draft()
    draft.root.join = join
    assert said(draft.root) == written
    assert set(JOINS) == {"all", "any", "none", "not_all"}


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_a_rule(name):
    assert words({"all": TEMPLATES[name]}).startswith("Guests with ")
