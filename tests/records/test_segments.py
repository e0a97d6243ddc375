"""Segments are saved, changed in versions, renamed, put away and brought back, and seen by those who see all that they were made for."""
import json

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.marts.fields import FIELDS
from crm_core.records.registry import Refused, Stale
from crm_core.records.segments import (
    archive_segment,
    rename_segment,
    restore_segment,
    save_segment,
    save_segment_version,
    segment_card,
    segments,
)
from crm_core.rule import AllOf, Condition, loads
from crm_core.scope import NotAllowed

TWICE, CONSENT = Condition("stays", "at_least", 2), Condition("email_consent", "yes")


def names(store, view, **asked) -> list[str]:
    return [row["name"] for row in segments(store, view, **asked)]


def audited(store) -> list[tuple]:
    with store.reading() as connection:
        a = schema.audit.c
        return [tuple(row) for row in connection.execute(sa.select(a.verb, a.kind, a.object).where(a.kind == "segment").order_by(a.sequence))]


def test_a_segment_is_saved_with_its_rule_and_found_by_name(store, view):
    made = save_segment(store, view(), name="  Zealous \n regulars ", rule=TWICE, note="Twice or more")
    save_segment(store, view(), name="ardent", rule=CONSENT)
    first, second = segments(store, view())
    assert (first["name"], second["name"], second["id"]) == ("ardent", "Zealous regulars", made)
    assert (second["note"], second["number"], second["by"], second["version"]) == ("Twice or more", 1, "local", 1)
    assert loads(second["rule"], FIELDS) == TWICE
    assert audited(store) == [("save", "segment", "")] * 2


def test_a_new_rule_is_a_new_version_and_the_earlier_stays(store, view):
    made = save_segment(store, view(), name="Regulars", rule=TWICE)
    assert save_segment_version(store, view(), id=made, version=1, rule=AllOf((TWICE, CONSENT))) == 2
    card = segment_card(store, view(), id=made)
    assert [(v["number"], loads(v["rule"], FIELDS)) for v in card["versions"]] == [(2, AllOf((TWICE, CONSENT))), (1, TWICE)]
    assert segments(store, view())[0]["number"] == 2


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(store, view):
    made = save_segment(store, view(), name="Regulars", rule=TWICE)
    save_segment_version(store, view(), id=made, version=1, rule=CONSENT)
    with pytest.raises(Stale) as told:
        save_segment_version(store, view(), id=made, version=1, rule=AllOf((TWICE, CONSENT)))
    assert (told.value.current["name"], told.value.current["version"]) == ("Regulars", 2)
    for late in (lambda: rename_segment(store, view(), id=made, version=1, name="Mine"), lambda: archive_segment(store, view(), id=made, version=1)):
        with pytest.raises(Stale):
            late()
    assert [v["number"] for v in segment_card(store, view(), id=made)["versions"]] == [2, 1]


def test_the_same_rule_in_another_order_is_no_new_version(store, view):
    made = save_segment(store, view(), name="Regulars", rule=AllOf((TWICE, CONSENT)))
    with pytest.raises(Refused, match="nothing to save"):
        save_segment_version(store, view(), id=made, version=1, rule=AllOf((CONSENT, TWICE, TWICE)))
    assert segment_card(store, view(), id=made)["version"] == 1


@pytest.mark.parametrize("name", ["", "  ", "\x00", "x" * 81])
def test_a_name_that_says_nothing_or_too_much_is_refused(store, view, name):
    with pytest.raises(Refused, match="1 to 80 characters"):
        save_segment(store, view(), name=name, rule=TWICE)


def test_a_name_is_taken_in_whatever_case_until_its_segment_is_put_away(store, view):
    made = save_segment(store, view(), name="Ներքև", rule=TWICE)
    for taken in ("Ներքև", "ներքև"):
        with pytest.raises(Refused, match="There is a segment of this name"):
            save_segment(store, view(), name=taken, rule=CONSENT)
    archive_segment(store, view(), id=made, version=1)
    again = save_segment(store, view(), name="ներքև", rule=CONSENT)
    assert (names(store, view()), names(store, view(), archived=True)) == (["ներքև"], ["Ներքև"])
    with pytest.raises(Refused, match="There is a segment of this name"):
        restore_segment(store, view(), id=made, version=2)
    rename_segment(store, view(), id=again, version=1, name="Other", note="n")
    restore_segment(store, view(), id=made, version=2)
    assert names(store, view()) == ["Other", "Ներքև"]


def test_a_rule_that_cannot_be_meant_is_not_saved(store, view):
    for wrong in (Condition("shoe_size", "at_least", 42), AllOf(()), Condition("stays", "at_least", "two")):
        with pytest.raises(Refused):
            save_segment(store, view(), name="Regulars", rule=wrong)
    assert segments(store, view()) == []


def test_a_segment_is_seen_by_whoever_sees_all_the_properties_it_was_saved_for(store, view):
    whole, part = (save_segment(store, view(*places), name=name, rule=TWICE) for places, name in (((1, 2), "Whole"), ((1,), "Part")))
    assert [names(store, view(*places)) for places in ((1, 2), (1,), (2,))] == [["Part", "Whole"], ["Part"], []]
    assert segment_card(store, view(1), id=whole) is None
    assert segment_card(store, view(2), id=part) == segment_card(store, view(2), id=99) is None
    for hidden in (whole, 99):
        with pytest.raises(Refused, match="There is no such segment"):
            archive_segment(store, view(2), id=hidden, version=1)
    save_segment(store, view(2), name="Part", rule=TWICE)  # a name that is out of sight is free


@pytest.mark.parametrize("role", ["group", "trainer", "privacy", "admin"])
def test_a_role_without_the_right_saves_nothing(store, view, role):
    with pytest.raises(NotAllowed):
        save_segment(store, view(role=role), name="Regulars", rule=TWICE)


def test_the_properties_are_those_of_the_scope(store, view):
    made = save_segment(store, view(2, 1), name="Regulars", rule=TWICE)
    assert json.loads(segment_card(store, view(), id=made)["properties"]) == [1, 2]
