"""Whoever is not written to leaves the list at one step and for one reason; one by one and as a frame alike."""
import itertools
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.outreach.waterfall import LEAVES, REASONS, STEP_NAMES, STEPS, Fall, Person, fall, fall_frame, why_left
from crm_core.schema import CONSENT_STATES, FIELD_STATES

ANA = Person(1, True, "valid", "given", True, False, False, 0)


@pytest.mark.parametrize(("change", "left"), [
    ({}, None),
    ({"has_address": False}, ("has_address", "no_address")), ({"address_state": "missing"}, ("has_address", "no_address")),
    ({"address_state": "relay"}, ("valid_address", "relay")), ({"address_state": "bounced", "word": ""}, ("valid_address", "bounced")),
    ({"address_state": "placeholder"}, ("valid_address", "placeholder")), ({"address_state": "invalid"}, ("valid_address", "invalid")),
    ({"address_state": "strange"}, ("valid_address", "invalid")),
    ({"word": ""}, ("consent", "no_word")), ({"word": "strange"}, ("consent", "no_word")), ({"word": "withdrawn"}, ("consent", "withdrawn")),
    ({"word": "objected"}, ("consent", "objected")), ({"word": "expired", "erased": True}, ("consent", "expired")),
    ({"has_proof": False}, ("consent", "no_proof")), ({"erased": True, "complained": True}, ("not_suppressed", "erased")),
    ({"complained": True}, ("not_suppressed", "complained")), ({"is_minor": True}, ("not_suppressed", "minor")),
    ({"in_other": True}, ("not_suppressed", "in_other_campaign")),
    ({"recent": 1}, None), ({"recent": 2}, ("not_suppressed", "frequency_cap")),
])  # fmt: skip
def test_a_person_leaves_at_the_first_step_that_fails(change, left):
    assert why_left(replace(ANA, **change), 2) == left


def test_without_a_cap_nobody_has_had_enough():
    assert why_left(replace(ANA, recent=99), None) is None
    assert why_left(ANA, 0) == ("not_suppressed", "frequency_cap")


def test_a_list_falls_step_by_step():
    people = [ANA, replace(ANA, guest_id=2, word=""), replace(ANA, guest_id=3), replace(ANA, guest_id=4), replace(ANA, guest_id=5, has_address=False),
              replace(ANA, guest_id=6, has_address=False)]  # fmt: skip
    assert fall(people, 2, held={3, 5}, own={4, 3}) == Fall(
        {"selected": 6, "has_address": 4, "valid_address": 4, "consent": 3, "not_suppressed": 3, "not_held_out": 1, "to_send": 1},
        {("has_address", "no_address"): 2, ("consent", "no_word"): 1, ("not_held_out", "global_holdout"): 1, ("not_held_out", "held_out"): 1}, [1])


PEOPLE = st.lists(st.builds(
    Person, st.integers(1, 30), st.booleans(), st.sampled_from(FIELD_STATES), st.sampled_from(("", *CONSENT_STATES)),
    *[st.booleans()] * 3, st.integers(0, 4), *[st.booleans()] * 2), max_size=12)  # fmt: skip


@given(PEOPLE, st.one_of(st.none(), st.integers(0, 4)), st.sets(st.integers(1, 30)), st.sets(st.integers(1, 30)))
def test_every_step_adds_up_and_a_frame_falls_alike(people, cap, held, own):
    found = fall(people, cap, held, own)
    assert fall_frame(pd.DataFrame([asdict(one) for one in people], columns=list(Person.__dataclass_fields__)), cap, held, own) == found
    assert tuple(found.counts) == STEPS
    for before, step in itertools.pairwise(STEPS):
        assert found.counts[before] - found.counts[step] == sum(n for (at, _), n in found.removed.items() if at == step)
    assert found.counts["to_send"] == len(found.remaining) == len(people) - sum(found.removed.values())


def test_what_a_frame_does_not_know_keeps_a_person_off_the_list():
    frame = pd.DataFrame({"guest_id": [1, 2, 3], "has_address": [1, 1, None], "address_state": ["valid", None, "valid"],
                          "word": ["given", "given", None], "has_proof": [None, 1, 1], "complained": [None, 0, 0],
                          "erased": 0, "recent": [np.nan, 1, 1]})  # fmt: skip
    assert fall_frame(frame, 2, set()).removed == {("has_address", "no_address"): 1, ("valid_address", "invalid"): 1, ("consent", "no_proof"): 1}


def test_every_step_and_reason_has_its_words():
    assert set(STEP_NAMES) == set(STEPS)
    assert {reason for _, reason in LEAVES} == set(REASONS)
    assert {step for step, _ in LEAVES} == set(STEPS) - {"selected", "to_send"}
