"""Rules become rows of tables and come back the same; what differs between two versions is said in sentences."""
import datetime as dt
from dataclasses import replace

import pytest

from crm_core import i18n
from crm_core.programme.rules import DEFAULT, Promotion, Tier, parse, said
from crm_core.ui import programme_costs, programme_preview
from crm_core.ui import programme_rules_words as words

SPRING = Promotion("Spring", dt.date(2025, 3, 1), dt.date(2025, 4, 1), ("room", "spa"), 2.0, ("Gold",))
RULES = replace(DEFAULT, promotions=(SPRING,), tiers=(*DEFAULT.tiers[:3], Tier("Black", {"nights": 50, "points": 90_000}, {}, 3.0)))


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")


def test_rows_of_tables_give_the_same_rules_again():
    whole = said(RULES)
    earn = words.earn_of([{"spend": kind, "points": points} for kind, points in whole["earn"].items()])
    again = whole | {"tiers": words.tiers_of(words.tier_rows(whole)), "promotions": words.promotions_of(words.promotion_rows(whole)), "earn": earn}
    assert parse(again) == RULES


def test_an_empty_row_is_none_and_an_empty_cell_asks_for_nothing():
    empty = {"name": None, "qualify_nights": float("nan"), "retain_nights": None, "factor": None}
    row = {"name": "Silver", "qualify_nights": 5.0, "qualify_stays": float("nan"), "retain_nights": None, "factor": float("nan")}
    assert words.tiers_of([empty, row]) == [{"name": "Silver", "qualify": {"nights": 5}, "retain": {}, "factor": 1.0}]
    assert words.promotions_of([{"name": None, "from_on": None, "until_on": None, "spend": [], "factor": None, "tiers": []}]) == []
    assert words.earn_of([{"spend": "room", "points": 10.0}, {"spend": "spa", "points": None}, {"spend": "fnb", "points": 0.0}]) == {"room": 10.0}


def test_only_what_differs_is_said():
    then = replace(RULES, welcome=250, value_per_1000=350, expiry="none", promotions=(), window="calendar", earn={**RULES.earn, "spa": 12.5},
                   tiers=(*DEFAULT.tiers[:2], Tier("Gold", {"nights": 20}, {"nights": 12}, 1.5)))  # fmt: skip
    assert words.differences(RULES, then, "EUR") == [
        "Black is no longer a tier", "Gold: reached with 20 nights, kept with 12 nights, earns by 1.50×",
        "Counted from 1 January. A tier is given on the day it is reached and holds to the end of the next year.", "Expiry of points: never, or as the source says",
        "Spa earns 12.5 per EUR 1, 10 before", "New members get 250 points, 500 before", "1,000 points are worth €3.50, €4.00 before",
        "The promotion Spring is taken out"]  # fmt: skip
    assert words.differences(RULES, RULES, "EUR") == []
    assert words.differences(then, RULES, "EUR")[-1] == "Spring: 2.00× on Room and Spa for Gold, 1 Mar 2025 to 31 Mar 2025"


def test_of_the_first_rules_all_tiers_are_said():
    assert words.differences(None, RULES, "EUR")[0] == "Base: everybody begins here, earns by 1.00×"
    assert words.differences(None, RULES, "EUR")[3] == "Black: reached with 50 nights or 90,000 points, never lost again, earns by 3.00×"


def test_the_preview_counts_who_would_move_and_shares_each_row():
    moves = [("Base", "Base", 6), ("Base", "Silver", 2), ("Silver", "Base", 1)]
    assert words.preview_title({"n": 9, "moves": moves}) == "3 of 9 members would be in another tier"
    assert words.preview_title({"n": 6, "moves": moves[:1]}) == "Nobody would be in another tier"
    assert words.preview_title({"n": 0, "moves": []}) == "There are no members yet"
    figure = programme_preview.matrix(moves, replace(DEFAULT, tiers=DEFAULT.tiers[:2]), "light")
    for share in ("75%<br>6", "25%<br>2", "100%<br>1"):
        assert share in str(figure["data"]), share


def test_costs_stand_in_their_month_and_another_currency_is_left_out():
    march = dt.date(2025, 3, 1)
    stands = {(march, "fees"): {"amount_minor": 1250, "currency": "EUR"}, (march, "staff"): {"amount_minor": 900, "currency": "JPY"}}
    assert programme_costs.grid(stands, [march], "EUR") == [{"month": march, "fees": 12.5, "benefits": None, "staff": None, "other": None}]
    assert programme_costs.grid(stands, [march], "JPY")[0]["staff"] == 900
