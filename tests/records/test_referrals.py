"""Members recommend the house by a code that says nothing of them; whom they invited is noted once."""
import datetime as dt

import pytest

from crm_core.records import identity, member_card, referrals
from crm_core.records.registry import Refused, Stale

ANA, BEN = 1, 2
TODAY = dt.date(2025, 4, 1)


@pytest.fixture
def code(small_club, view):
    """Ana's code: its row on her page."""
    referrals.issue_code(small_club.store, view(), membership_id=ANA)
    return member_card.memberships_of(small_club.store, view(), guest_id=ANA)[0]["codes"][0]


def invite(hotel, view, code: dict, key: str = "k", **more) -> int:
    return referrals.record_invitation(hotel.store, view(), **{"code_id": code["id"], "key": key, "invited_on": TODAY} | more)


def test_a_code_is_drawn_for_a_member_and_can_be_ended(club, view):
    word = referrals.issue_code(club.store, view(), membership_id=ANA)
    (code,) = member_card.memberships_of(club.store, view(), guest_id=ANA)[0]["codes"]
    assert (code["code"], len(word), set(word) <= set(referrals.LETTERS), code["issued_on"], code["invitations"]) == (word, 8, True, TODAY, [])
    with pytest.raises(Refused, match="has a code already"):
        referrals.issue_code(club.store, view(), membership_id=ANA)
    referrals.end_code(club.store, view(), id=code["id"], version=1)
    with pytest.raises(Stale):
        referrals.end_code(club.store, view(), id=code["id"], version=1)
    assert referrals.issue_code(club.store, view(), membership_id=ANA) != word


def test_whom_a_member_invited_is_noted_once(small_club, view, code):
    made = invite(small_club, view, code, channel="email", guest_id=BEN)
    assert invite(small_club, view, code, channel="email", guest_id=BEN) == made
    invite(small_club, view, code, "l")
    (shown,) = member_card.memberships_of(small_club.store, view(), guest_id=ANA)[0]["codes"]
    assert [(one["guest_id"], one["channel"]) for one in shown["invitations"]] == [(None, ""), (BEN, "email")]


def test_of_whom_one_cannot_see_only_the_invitation_is_shown(small_club, view, code):
    invite(small_club, view, code, guest_id=BEN)
    (shown,) = member_card.memberships_of(small_club.store, view(2), guest_id=ANA)[0]["codes"]
    assert [one["guest_id"] for one in shown["invitations"]] == [None]


@pytest.mark.parametrize(("more", "said"), [
    ({"guest_id": ANA}, "Nobody invites themselves"), ({"guest_id": 99}, "no such guest"), ({"invited_on": dt.date(2025, 3, 31)}, "did not stand"),
    ({"invited_on": dt.date(2025, 4, 2)}, "did not stand"), ({"code_id": 9}, "no such code"), ({"key": " "}, "Something is missing"),
])  # fmt: skip
def test_an_invitation_that_cannot_be_is_refused(small_club, view, code, more, said):
    with pytest.raises(Refused, match=said):
        invite(small_club, view, code, **more)


def test_the_first_invitation_of_a_guest_counts_by_whatever_record(small_club, view, code):
    assert small_club.guest("Benjamin Okafor", "LIS") == 3
    invite(small_club, view, code, guest_id=BEN)
    with small_club.changing("merge") as change:
        identity.link(change, BEN, 3, decided_by="person", actor="test")
    with pytest.raises(Refused, match="the first invitation counts"):
        invite(small_club, view, code, "l", guest_id=3)
