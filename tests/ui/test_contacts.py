"""Scores of fields, from the counts of their dimensions."""
import math

import pandas as pd

from crm_core.queries.contacts import DIMENSIONS, FIELDS, LISTS
from crm_core.ui import contacts, worklists


def test_the_score_is_the_mean_of_the_shares_that_can_be_told():
    counts = {"complete": (8, 10), "valid": (4, 8), "unique": (8, 8), "fresh": (2, 8), "reachable": (0, 0)}
    row = {"source": "", "field": "email", "profiles": 10} | {
        f"{name}_{what}": value for name, pair in counts.items() for what, value in zip(("part", "n"), pair, strict=True)}
    found = contacts.scored(pd.DataFrame([row])).iloc[0]
    assert [found[name] for name in DIMENSIONS[:4]] == [0.8, 0.5, 1.0, 0.25]
    assert math.isnan(found["reachable"])
    assert found["score"] == (0.8 + 0.5 + 1.0 + 0.25) / 4


def test_every_field_dimension_and_list_has_its_words():
    assert tuple(contacts.FIELDS) == tuple(FIELDS)
    assert tuple(contacts.TITLES) == DIMENSIONS
    assert set(contacts.FAILING) == {*DIMENSIONS, "right"}
    assert tuple(worklists.NAMES) == tuple(worklists.SAID) == tuple(LISTS)


def test_a_contact_that_was_mended_leaves_its_list_at_once():
    wrong = {"country": None, "profiles": [{"email_state": "invalid"}, {"email_state": "valid"}]}
    mended = {"country": "PT", "profiles": [{"email_state": "missing"}, {"email_state": "valid"}]}
    assert worklists._still("email_invalid", wrong)
    assert not worklists._still("email_invalid", mended)
    assert worklists._still("no_country", wrong)
    assert not worklists._still("no_country", mended)
