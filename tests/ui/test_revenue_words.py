"""Titles of the page of revenue say who earns more before and after costs, and tell a weak house from a weak market."""
from types import SimpleNamespace

import pandas as pd
import pytest

from crm_core.telling.figures import Change
from crm_core.ui import revenue_words as words

NAN = float("nan")


def ledger(ota: tuple[float, float], direct: tuple[float, float], nights: int = 40) -> pd.DataFrame:
    rows = [("ota", "now", nights, *ota), ("direct", "now", 30, *direct), ("gds", "now", 29, 90_000, 90_000), ("ota", "year", 900, 1, 1)]
    return pd.DataFrame(rows, columns=["way", "period", "nights", "adr", "net_adr"])


def test_who_earns_more_before_costs_and_who_after_is_told_with_amounts():
    turned = ledger((11_351, 9_308), (10_739, 10_255))
    assert words.kept_title(turned, "EUR") == "Online agencies bring €6.12 more a night; after costs a direct night leaves €9.47 more"
    assert words.kept_note(turned, "EUR") == "Online agency beside direct: +€6.12 a night before the cost of booking, −€9.47 after it."


@pytest.mark.parametrize(("ota", "direct", "title"), [
    ((12_000, 11_000), (10_000, 9_500), "A night from an online agency leaves €15.00 more than a direct one"),
    ((10_000, 8_200), (10_000, 9_500), "A direct night leaves €13.00 more than one from an online agency"),
    ((11_000, 9_500), (10_000, 9_510), "After the cost of booking, agencies and direct nights leave the same")])  # fmt: skip
def test_a_clear_winner_is_named_alone_and_a_tie_as_one(ota, direct, title):
    assert words.kept_title(ledger(ota, direct), "EUR") == title


def test_of_too_few_nights_no_rate_is_told():
    few = ledger((11_351, 9_308), (10_739, 10_255), nights=29)
    assert words.told_ways(few)["way"].tolist() == ["direct"]
    assert (words.kept_title(few, "EUR"), words.kept_note(few, "EUR")) == ("What a night keeps, by way of booking", "")


def test_a_row_says_rate_rest_and_part():
    assert words.kept_text(SimpleNamespace(adr=10_000, net_adr=8_200), "EUR") == "€100 → €82 · 82%"


def test_the_direct_share_moves_only_beyond_noise():
    assert words.direct_title(.247, Change("+1.1 pp", "good", .236)) == "24.7% of the nights are booked directly, +1.1 pp on last year"
    assert words.direct_title(.247, Change("+0.1 pp", "noise", .246)) == "24.7% of the nights are booked directly"
    assert words.direct_title(NAN, Change("–", "noise", NAN)) == "Nights booked directly"


@pytest.mark.parametrize(("nights", "before", "picked", "title"), [
    (110, 100, 5, "10.0% more nights are on the books than a year ago; the last 7 days added 5"),
    (90, 100, -2, "10.0% fewer nights are on the books than a year ago; the last 7 days took 2 away"),
    (100, 100, 0, "As many nights are on the books as a year ago; the last 7 days added 0"),
    (100, NAN, 1, "100 nights are on the books; the last 7 days added 1")])
def test_the_books_stand_beside_the_year_before(nights, before, picked, title):
    assert words.books_title(pd.DataFrame({"nights": [nights], "was_nights": [before], "picked": [picked]})) == title


def bands(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["lead_band", "rate", "low", "high", "few"]).assign(period="now")


def test_cancellations_are_told_where_intervals_part():
    apart = bands(("0", .04, .02, .07, False), ("181-365", .43, .39, .48, False), ("366+", .9, .3, 1., True), ("unknown", .01, .0, .02, False))
    assert words.cancelled_title(apart) == "Of bookings made 181–365 days ahead 43% are cancelled, made on the day 4%"
    assert words.cancelled_title(bands(("0", .2, .1, .4, False), ("1-3", .3, .2, .5, False))) == (
        "How far ahead was booked makes no difference to cancellations beyond chance")
    assert words.cancelled_title(apart[2:]) == "Cancellations by how far ahead was booked"


def test_a_rate_of_too_few_bookings_is_their_number():
    row = {"rate": .25, "low": .2, "high": .3, "n": 40}
    assert words.rate_text(SimpleNamespace(**row, few=False)) == "25.0% (20–30)"
    assert words.rate_text(SimpleNamespace(**row, few=True)) == "too few: 40"


def test_what_sells_most_is_named():
    rooms = pd.DataFrame({"room_type": ["Standard", "Suite"], "period": "now", "revenue_share": [.7, .3]})
    assert words.rooms_title(rooms, str) == "Standard brings 70% of the room revenue"
    assert words.rooms_title(rooms[:1], str) == "Room types"
    products = pd.DataFrame({"department": ["room", "fnb", "spa"], "period": "now", "share": [.8, .15, .05]})
    assert words.products_title(products, str, "room") == "20.0% of the revenue comes from beside the rooms, most from: fnb"
    assert words.products_title(products[:1], str, "room") == "Revenue by department"


def year(own: tuple[float, float], of_set: tuple[float, float], rgi: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame({"period": ["now", "year"], "revpar": own, "set_revpar": of_set, "rgi": rgi})


@pytest.mark.parametrize(("own", "of_set", "rgi", "title"), [
    ((93, 100), (88, 100), (94.3, 89.2), "We lost 7.0%, the market lost 12.0%: our share rose"),
    ((105, 100), (110, 100), (95.5, 100), "We gained 5.0%, the market gained 10.0%: our share fell"),
    ((105, 100), (90, 100), (116, 100), "We gained 5.0%, the market lost 10.0%: our share rose"),
    ((95, 100), (100, 95), (94, 100), "We lost 5.0%, the market gained 5.3%: our share fell"),
    ((95, 100), (95, 100), (100, 100), "We lost 5.0%, the market lost 5.0%: our share stayed"),
    ((95, NAN), (95, NAN), (99.5, NAN), "For each room the house earns 99.5 where its set earns 100"),
    ((NAN, NAN), (NAN, NAN), (NAN, NAN), "The house beside its market")])  # fmt: skip
def test_a_weak_house_is_told_from_a_weak_market(own, of_set, rgi, title):
    assert words.market_title(year(own, of_set, rgi)) == title


def test_the_index_is_told_now_and_a_year_before():
    assert words.market_note(year((93, 100), (88, 100), (94.3, 89.2))).startswith("The RevPAR index went from 89.2 to 94.3, by +5.1 points.")
    assert words.market_note(year((93, NAN), (88, NAN), (94.3, NAN))).startswith("100 means")
