"""Offers are kept under a code and a lock, and ranked for each guest by what the guest used before and what they earn."""
import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records import erasure
from crm_core.records.offers import offers, offers_for, save_offer
from crm_core.records.registry import Refused, Stale
from crm_core.scope import NotAllowed

ANA, BEN = 1, 2
DINNER = {"code": "dinner", "name": "Dinner for two", "department": "fnb", "margin_minor": 3000, "currency": "EUR"}
MASSAGE = {"code": "massage", "name": "Massage", "department": "spa", "margin_minor": 5000, "currency": "EUR"}
THREE = {"code": "three_for_two", "name": "Three for two", "department": "room", "margin_minor": 4000, "currency": "EUR", "least_nights": 3}
LATE = {"code": "late", "name": "Late departure", "department": "late_checkout", "margin_minor": 9000, "currency": "EUR"}


def ranked(hotel, view, *properties: int, **asked) -> list[tuple]:
    found = offers_for(hotel.store, view(*properties), **asked)
    return [(row["guest_id"], row["offer"], row["uses"], row["stays"], row["score_minor"]) for row in found.rows]


def test_an_offer_is_added_and_changed_under_a_lock(filled, view):
    made = save_offer(filled.store, view(), **DINNER)
    assert save_offer(filled.store, view(), **DINNER | {"name": " Dinner  tonight ", "is_active": False}, id=made, version=1) == made
    one, = offers(filled.store, view())
    assert (one["code"], one["name"], one["is_active"], one["version"]) == ("dinner", "Dinner tonight", 0, 2)
    with pytest.raises(Stale):
        save_offer(filled.store, view(), **DINNER, id=made, version=1)
    with pytest.raises(Refused, match="choose another"):
        save_offer(filled.store, view(), **DINNER)
    with pytest.raises(NotAllowed):
        save_offer(filled.store, view(role="group"), **MASSAGE)


@pytest.mark.parametrize(("changes", "problem"), [
    ({"code": "A b"}, "small letters"), ({"name": ""}, "1 to 80"), ({"department": "cancellation_fee"}, "Choose from the list"), ({"margin_minor": -1}, "not less"),
    ({"least_nights": 61}, "60 nights"), ({"currency": "euro"}, "capital letters"), ({"id": 9}, "no such offer"),
])  # fmt: skip
def test_what_no_offer_can_be_is_refused(small, view, changes, problem):
    with pytest.raises(Refused, match=problem):
        save_offer(small.store, view(), **DINNER | changes)


def test_what_a_guest_used_comes_first(filled, view):
    """Of five stays that began (Ana's two of March, her first, the one in house, Ben's) one had a dinner and two had three nights. Neither was in the spa.

    Ana: dinner (1 + 5/5) / (4 + 5) of 30 euros, three nights (2 + 5 · 2/5) / 9 of 40. Ben has two nights booked: three nights are left out, dinner is
    (0 + 1) / (1 + 5) of 30.
    """
    for one in (DINNER, MASSAGE, THREE, LATE):
        save_offer(filled.store, view(), **one)
    assert ranked(filled, view, guests=(ANA, BEN), most=2) == [
        (ANA, "three_for_two", 2, 4, 1778), (ANA, "dinner", 1, 4, 667), (BEN, "dinner", 0, 1, 500), (BEN, "late", 0, 1, 0)]
    found = offers_for(filled.store, view(), guests=(ANA, BEN), most=1)
    assert (found.first, found.without_rate) == ({"dinner": 1, "three_for_two": 1}, [])
    assert [row["reason"] for row in found.rows] == ["used", "not_used"]


def test_margins_are_compared_in_one_currency_and_one_without_a_rate_is_named(small, view):
    """3,000 birr at 0.01 are 30 euros."""
    save_offer(small.store, view(), **DINNER | {"margin_minor": 300_000, "currency": "ETB"})
    save_offer(small.store, view(), **MASSAGE | {"currency": "USD"})
    assert ranked(small, view, guests=(ANA,)) == [(ANA, "dinner", 1, 4, 667)]
    assert offers_for(small.store, view(), guests=(ANA,)).without_rate == ["massage"]


def test_only_stays_and_guests_of_the_scope_count(small, view):
    save_offer(small.store, view(), **DINNER)
    assert ranked(small, view, 2, guests=(ANA, BEN)) == [(ANA, "dinner", 0, 1, 0)]
    with small.changing("erase") as change:
        erasure.erase(change, ANA, "test")
    assert ranked(small, view, guests=(ANA,)) == []


def test_an_audience_is_told_of_its_contacted_people_to_who_may_see_it(small, view):
    save_offer(small.store, view(), **DINNER)
    made = small.assigned({ANA: "contact", BEN: "held_out"}, "2025-03-01")
    assert [row[0] for row in ranked(small, view, audience_id=made)] == [ANA]
    assert ranked(small, view, 1, audience_id=made) == ranked(small, view, audience_id=99) == []


def test_a_charge_that_was_taken_back_is_no_use(small, view):
    save_offer(small.store, view(), **DINNER)
    small.charge(2, "fnb", -60)
    assert ranked(small, view, guests=(ANA,)) == [(ANA, "dinner", 0, 4, 0)]


def test_who_has_no_stay_yet_is_ranked_by_everybody(small, view):
    save_offer(small.store, view(), **DINNER)
    new = small.guest("Cleo Mensah", "LIS")
    assert ranked(small, view, guests=(new,)) == [(new, "dinner", 0, 0, 600)]
    with small.changing("book") as change:
        change.connection.execute(sa.update(schema.charge).values(department="spa"))
    assert ranked(small, view, guests=(new,)) == [(new, "dinner", 0, 0, 0)]
