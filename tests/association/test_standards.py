"""Checklists are read or refused whole, and scored by what applies."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.association.standards import RESULTS, BadStandard, Item, Score, Section, Standard, by_section, form, parse, problems, score

EN = {"en": "Words"}
HOUSE = Standard("house", EN, "1", (
    Section("door", EN, (Item("a", EN, 3, "checkin", "staff", "front_desk"), Item("b", EN, 2))),
    Section("bed", EN, (Item("c", EN, 4, kpi="nps", course="sleep"), Item("d", {"en": "Bed", "am": "አልጋ"}, 1)))))  # fmt: skip


def test_a_standard_that_is_written_is_read_as_it_was():
    assert parse(form(HOUSE)) == HOUSE


def test_met_counts_whole_and_partly_half():
    found = score(HOUSE, {"a": "met", "b": "partly", "c": "not_met", "d": "met"})
    assert found == Score(0.5, 5.0, 10, 0.0, 4, 4)


def test_what_does_not_apply_is_left_out_of_both_sides():
    found = score(HOUSE, {"a": "met", "b": "partly", "c": "not_applicable", "d": "not_met"})
    assert (found.value, found.applicable_weight) == (pytest.approx(4 / 6), 6)


def test_a_tenth_not_assessed_is_borne_and_more_blanks_the_score():
    assert score(HOUSE, {"a": "met", "b": "met", "c": "met"}) == Score(0.9, 9.0, 10, 0.1, 3, 4)
    assert score(HOUSE, {"a": "met", "c": "met", "d": "met"}) == Score(None, 8.0, 10, 0.2, 3, 4)


def test_nothing_assessed_and_nothing_applicable_have_no_score():
    assert score(HOUSE, {}).value is None
    assert score(HOUSE, dict.fromkeys("abcd", "not_applicable")) == Score(None, 0.0, 0, 0.0, 4, 4)


def test_each_section_has_its_own_score():
    found = by_section(HOUSE, {"a": "met", "b": "not_met", "c": "met"})
    assert {code: one.value for code, one in found.items()} == {"door": 0.6, "bed": None}


def test_a_result_that_is_none_is_an_error():
    with pytest.raises(ValueError, match="“yes” is no result"):
        score(HOUSE, {"a": "yes"})


@given(st.lists(st.tuples(st.integers(1, 100), st.sampled_from(RESULTS)), min_size=1, max_size=30))
def test_the_score_is_a_share_and_only_rises_when_an_item_gets_better(drawn):
    standard = Standard("s", EN, "1", (Section("x", EN, tuple(Item(f"i{at}", EN, weight) for at, (weight, _) in enumerate(drawn))),))
    results = {f"i{at}": result for at, (_, result) in enumerate(drawn)}
    found = score(standard, results)
    assert (found.value is None) == (found.applicable_weight == 0 or found.unassessed_share > 0.1)
    if found.value is not None:
        assert 0 <= found.value <= 1
        better = score(standard, {code: "met" if result in ("partly", "not_met") else result for code, result in results.items()})
        assert better.value >= found.value


def changed(change):
    said = copy.deepcopy(form(HOUSE))
    change(said)
    return said


WRONG = {
    "Standard “house”, section 1, item 1, “weight”: a whole number from 1 to 100 is needed.": lambda s: s["sections"][0]["items"][0].update(weight=0),
    "Standard “house”, section 2, item 1, “text”: write it in English": lambda s: s["sections"][1]["items"][0].update(text={"am": "አልጋ"}),
    "Standard “house”, “items”: two entries have the code “a”: give each its own.": lambda s: s["sections"][1]["items"][0].update(code="a"),
    "Standard “house”, “sections”: two entries have the code “door”": lambda s: s["sections"][1].update(code="door"),
    "Standard “house”, “sections”: there are 0 entries, and 1 to 40 are possible.": lambda s: s.update(sections=[]),
    "Standard “house”, section 1: fields with values are needed here.": lambda s: s.update(sections=["door"]),
    "Standard “house”, section 1, “items”: a list is needed here.": lambda s: s["sections"][0].update(items="a"),
    "Standard “house”, “stars”: this is not known here.": lambda s: s.update(stars=5),
    "Standard “house”, section 1, item 2, “kpi”: use Latin letters": lambda s: s["sections"][0]["items"][1].update(kpi="no such thing"),
    "Standard “house”, section 1, item 2, “text.en”: this has 501 letters": lambda s: s["sections"][0]["items"][1].update(text={"en": "x" * 501}),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_what_cannot_be_meant_is_refused_with_its_place(sentence):
    with pytest.raises(BadStandard) as problem:
        parse(changed(WRONG[sentence]))
    assert any(one.startswith(sentence) for one in problem.value.problems)


def test_everything_that_is_wrong_is_said_at_once_and_at_most_fifty_times():
    with pytest.raises(BadStandard) as problem:
        parse({"code": "x", "name": EN, "release": "1", "sections": [{"code": "a", "name": EN, "items": [{}] * 200}]})
    assert len(problem.value.problems) == 50


def test_more_than_two_hundred_items_are_refused():
    items = [{"code": f"i{at}", "text": EN} for at in range(101)]
    sections = [{"code": name, "name": EN, "items": [item | {"code": name + item["code"]} for item in items]} for name in "ab"]
    with pytest.raises(BadStandard, match="there are 202 items, and 200 are possible"):
        parse({"code": "x", "name": EN, "release": "1", "sections": sections})


def test_evidence_that_this_house_does_not_know_is_told():
    known = {"aspect": ("checkin",), "case_kind": ("noise",), "department": ("front_desk",), "kpi": ("csat_top2",)}
    assert problems(HOUSE, known) == [
        "Standard “house”, item “a”: “staff” (kind of case) does not exist here; the item stands without this evidence.",
        "Standard “house”, item “c”: “nps” (KPI) does not exist here; the item stands without this evidence."]  # fmt: skip
