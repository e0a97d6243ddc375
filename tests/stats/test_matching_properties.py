"""Matching of any people: the order of rows and the direction of pairs are nothing, and what is said twice is equal."""

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_core.stats import matching
from crm_core.stats.matching.levels import FIELDS, levels
from crm_core.stats.matching.people import coded

PERSON = st.fixed_dictionaries({
    "given_name": st.sampled_from(["John", "Jon", "J.", "Maria", "Whitaker", "Anna Maria", "Анна", None]),
    "family_name": st.sampled_from(["Whitaker", "Witaker", "Silva", "da Silva", "John", None]),
    "email": st.sampled_from(["john@example.com", "jon@example.com", "a@guest.booking.com", "", None]),
    "phone": st.sampled_from(["+447700900123", "07700 900123", "123", None]), "country": st.sampled_from(["GB", None]),
    "birth_date": st.sampled_from(["1971-06-24", "1971-24-06", "1972-06-24", "1998-11-02", "x", None]),
    "document": st.sampled_from(["C1", "C2", None]), "city": st.sampled_from(["Leeds", "Leds", "York", None]),
    "postcode": st.sampled_from(["LS1 4AP", "LS1 4AQ", None]), "street": st.sampled_from(["12 Mill Lane", "Mill Lane 12", "4 New Road", None]),
})  # fmt: skip
PEOPLE = st.lists(PERSON, min_size=2, max_size=25)
SOME = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def frame(people: list[dict]) -> pd.DataFrame:
    return pd.DataFrame([{"id": f"p{at}", **person} for at, person in enumerate(people)])


def said(found: matching.Result) -> dict[frozenset, tuple]:
    return {frozenset(row[:2]): tuple(row[2:]) for row in found.pairs.itertuples(index=False, name=None)}


@SOME
@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(people, chance):
    whole = frame(people)
    order = chance.sample(range(len(whole)), len(whole))
    one, two = said(matching.match(whole)), said(matching.match(whole.iloc[order].reset_index(drop=True)))
    assert one.keys() == two.keys()
    for key in one:
        np.testing.assert_allclose(np.array(one[key], float), np.array(two[key], float), rtol=1e-6, atol=1e-6)


@SOME
@given(PEOPLE)
def test_the_same_people_give_the_same_pairs(people):
    pd.testing.assert_frame_equal(matching.match(frame(people)).pairs, matching.match(frame(people)).pairs, check_exact=True)


@SOME
@given(PEOPLE)
def test_pairs_are_sorted_each_once_and_left_comes_first(people):
    found = matching.match(frame(people), threshold=0).pairs
    place = {f"p{at}": at for at in range(len(people))}
    assert (found["left"].map(place) < found["right"].map(place)).all()
    assert not found.duplicated(["left", "right"]).any()
    assert found["probability"].between(0, 1).all()
    assert found["probability"].is_monotonic_decreasing
    assert not (found["conflict"] & (found["probability"] >= matching.AUTOMATIC)).any()


@SOME
@given(PEOPLE)
def test_both_directions_of_a_pair_agree_alike_and_a_record_agrees_with_itself(people):
    known = coded(frame(people))
    left, right = np.triu_indices(known.size, 1)
    np.testing.assert_array_equal(levels(known, left, right), levels(known, right, left))
    itself = levels(known, np.arange(known.size), np.arange(known.size))
    highest = np.array(list(FIELDS.values()))[:, None]
    assert ((itself == 0) | (itself == highest) | (np.arange(len(FIELDS))[:, None] == list(FIELDS).index("place"))).all()
