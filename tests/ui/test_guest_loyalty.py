"""A member's card says what is missing, until when a tier holds, what points are worth and what the next stay would bring."""
import datetime as dt

import pytest

from crm_core import i18n
from crm_core.programme.rules import DEFAULT
from crm_core.programme.tiers import Standing
from crm_core.ui import guest_loyalty_words as words

DAY, END = dt.date(2025, 3, 1), dt.date(2026, 5, 26)


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")


def silver(**changes) -> Standing:
    usual = {"tier": "Silver", "rank": 1, "from_on": DAY, "until_on": END, "by_hand": False, "next_tier": "Gold", "measure": "nights", "has": 3,
             "wants": 8, "missing": 5, "falls_to": "Base", "keeps_with": 2}  # fmt: skip
    return Standing(**usual | changes)


def test_the_way_to_the_next_tier_has_an_end_while_what_was_done_still_counts():
    assert words.progress(silver(), dt.date(2025, 10, 14), DEFAULT) == "3 of 8 nights to Gold, 5 more by 14 Oct 2025"
    assert words.progress(silver(has=0, missing=8), None, DEFAULT) == "0 of 8 nights to Gold"
    assert words.progress(silver(next_tier=None, wants=None, missing=None), None, DEFAULT) == ""


@pytest.mark.parametrize(("standing", "said"), [
    ({}, "until 26 May 2026: 2 nights more keep it, else Base"),
    ({"keeps_with": 0, "falls_to": None}, "until 26 May 2026, and kept then with what was done so far"),
    ({"by_hand": True}, "given by hand until 26 May 2026, then Base"),
    ({"by_hand": True, "falls_to": None}, "given by hand until 26 May 2026"),
    ({"until_on": None, "tier": "Base"}, ""),
])
def test_a_tier_says_until_when_it_holds_and_what_keeps_it(standing, said):
    assert words.keeps(silver(**standing)) == said


def test_a_balance_is_worth_what_the_rules_say():
    assert words.worth(11_322, DEFAULT, "EUR") == "worth €45.29 at €4.00 for 1,000 points"
    assert words.worth(11_322, None, "EUR") == words.worth(0, DEFAULT, "EUR") == ""


def test_the_next_stay_says_whether_the_tier_rises():
    found = {"nights": 2, "spend": 18_700, "points": 2_339, "tier": "Gold", "rises": True}
    assert words.next_stay(found, silver(), "EUR") == ["One more stay like those so far (2 nights, €187) earns 2,339 points.", "It leads to Gold."]
    assert words.next_stay(found | {"tier": "Silver", "rises": False}, silver(), "EUR")[1] == "The tier stays Silver."
    assert words.next_stay(None, silver(), "EUR") == []


def test_a_lot_of_unknown_age_says_so():
    assert words.lot({"issued_on": None, "expires_on": None, "points": 1200}) == ("unknown age", "1,200", "no end")
    assert words.lot({"issued_on": DAY, "expires_on": END, "points": 5}) == ("1 Mar 2025", "5", "26 May 2026")


def test_of_those_invited_only_guests_are_counted_once():
    assert words.invited({"invitations": [{"guest_id": 4}, {"guest_id": None}, {"guest_id": 4}]}) == "3 persons invited, 1 known as guests"
    assert words.invited({"invitations": []}) == "nobody invited yet"


def test_a_movement_says_what_stands_behind_it():
    row = {"kind": "adjust", "spend": "", "reason": "late\u202e arrival", "was_reversed": True, "posted_on": DAY, "points": -40}
    assert words.choice(row) == "1 Mar 2025 · Adjusted · late arrival · taken back since · −40"
    assert words.movement(row | {"kind": "earn", "spend": "welcome", "reason": None, "was_reversed": False}) == "Earned · welcome"
