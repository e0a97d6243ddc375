"""Offers stand in the order of past use × margin, with the numbers that say why."""
import pandas as pd
import pytest

from crm_core.outreach.offers import COLUMNS, REASONS, Offer, rank

SPA, DINNER, BOAT = Offer("spa", "Spa day", "spa", 3000), Offer("dinner", "Dinner", "fnb", 1000), Offer("boat", "Boat trip", "events", 9000, 3)
BASE = {"spa": .12, "fnb": .5}
ANA, BEN, CLEO = 1, 2, 3


def guests(*rows, **more):
    return pd.DataFrame(rows, columns=["guest_id", "stays"]).assign(**more)


def uses(*rows):
    return pd.DataFrame(rows, columns=["guest_id", "department", "uses"])


def test_past_use_and_margin_make_the_order():
    found = rank([SPA, DINNER], uses((ANA, "spa", 3), (BEN, "fnb", 5), (9, "spa", 1), (ANA, "minibar", 2)), guests((BEN, 5), (ANA, 4)), BASE)
    assert tuple(found.columns) == COLUMNS
    # Ana: spa (3 + .12 × 5) / (4 + 5) = .4; dinner 2.5 / 9 = .2778. Ben: dinner 7.5 / 10 = .75; spa .6 / 10 = .06.
    assert found[["guest_id", "offer", "place", "score_minor", "reason", "uses", "stays"]].values.tolist() == [
        [ANA, "spa", 1, 1200, "used", 3, 4], [ANA, "dinner", 2, 278, "not_used", 0, 4],
        [BEN, "dinner", 1, 750, "used", 5, 5], [BEN, "spa", 2, 180, "not_used", 0, 5]]  # fmt: skip
    assert found.p.tolist() == pytest.approx([.4, .27778, .75, .06], abs=1e-5)
    assert REASONS["used"].format(uses=3, stays=4, base="12 %") == "Used in 3 of 4 stays; 12 % of all stays do."


def test_who_has_not_stayed_is_ranked_by_everybodys_use():
    found = rank([DINNER, SPA], uses(), guests((CLEO, 0)), BASE)
    assert found[["offer", "score_minor", "reason", "base"]].values.tolist() == [["dinner", 500, "new", .5], ["spa", 360, "new", .12]]


def test_an_offer_that_needs_more_nights_is_left_out():
    found = rank([SPA, BOAT], uses((ANA, "events", 1), (BEN, "events", 1)), guests((ANA, 1), (BEN, 1), nights=[3, 2]), BASE)
    assert found[["guest_id", "offer", "place"]].values.tolist() == [[ANA, "boat", 1], [ANA, "spa", 2], [BEN, "spa", 1]]
    assert found.score_minor.tolist()[0] == 1500  # (1 + 0) / (1 + 5) × 9000


def test_nobody_uses_more_often_than_they_stay_and_equal_offers_stand_by_code():
    found = rank([Offer("b", "B", "spa", 100), Offer("a", "A", "spa", 100)], uses((ANA, "spa", 9)), guests((ANA, 1)), {})
    assert found[["offer", "uses", "score_minor"]].values.tolist() == [["a", 1, 17], ["b", 1, 17]]


def test_nothing_comes_of_nothing():
    assert tuple(rank([SPA], uses(), guests(), BASE).columns) == COLUMNS
    assert rank([], uses(), guests((ANA, 1)), BASE).empty
