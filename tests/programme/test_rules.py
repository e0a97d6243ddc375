"""The rules of a programme are read, refused with a sentence that says what to do, and applied."""

import datetime as dt
import json
from dataclasses import replace

import numpy as np
import pytest

from crm_core.programme.months import later, later_days
from crm_core.programme.rules import (
    DEFAULT,
    BadRules,
    Promotion,
    Rules,
    Tier,
    Version,
    expires_on,
    in_force,
    parse,
    points_for,
    said,
    spans,
)

D = dt.date
SUMMER = Promotion("Summer", D(2024, 6, 1), D(2024, 9, 1), ("room",), 2.0)


def tiers(*more):
    """The rules of a Base tier and more: (name, qualify, retain)."""
    return {"tiers": [{"name": "Base"}, *({"name": name, "qualify": qualify, "retain": retain} for name, qualify, retain in more)]}


def nights(name, qualify, retain=None):
    return name, {"nights": qualify}, {"nights": qualify if retain is None else retain}


def test_the_rules_to_begin_with():
    assert [(tier.name, tier.qualify, tier.factor) for tier in DEFAULT.tiers] == [
        ("Base", {}, 1.0), ("Silver", {"nights": 5}, 1.25), ("Gold", {"nights": 15}, 1.5), ("Platinum", {"nights": 40}, 2.0)]  # fmt: skip
    assert (DEFAULT.welcome, DEFAULT.expiry, DEFAULT.expiry_months, DEFAULT.value_per_1000, DEFAULT.earn["room"]) == (500, "age", 36, 400, 10)


@pytest.mark.parametrize("rules", [DEFAULT, replace(DEFAULT, promotions=(SUMMER, replace(SUMMER, name="Gold", tiers=("Gold",)))),
                                   Rules((Tier("All"),), "calendar", expiry="none"),
                                   Rules((Tier("Base"), Tier("For life", {"points": 10**6}, {})))], ids=str)  # fmt: skip
def test_rules_that_are_written_are_read_as_they_were(rules):
    assert parse(json.loads(json.dumps(said(rules)))) == rules


def test_what_is_not_said_of_a_tier_is_kept_by_what_leads_into_it():
    found = parse({"tiers": [{"name": " Base "}, {"name": "Silver", "qualify": {"nights": 5, "points": 0}}]})
    assert found.tiers == (Tier("Base"), Tier("Silver", {"nights": 5}, {"nights": 5}))


BAD = {
    "A programme needs at least one tier: add the one in which everybody begins.": {"tiers": []},
    "The lowest tier, “Silver”, may ask for nothing: otherwise new members would have no tier.":
        {"tiers": [{"name": "Silver", "qualify": {"nights": 5}}]},
    "“Silver” asks for nothing: say how many nights, stays or points lead into it.": tiers(nights("Silver", 0)),
    "“Gold” must ask for more than “Silver”, a tier below it: the two overlap.": tiers(nights("Silver", 5), nights("Gold", 5)),
    "“Top” must ask for more than “Silver”, a tier below it: the two overlap.":
        tiers(nights("Silver", 5), ("Gold", {"stays": 9}, {"stays": 9}), nights("Top", 4)),
    "“Gold” must ask for more than “Blue”, a tier below it: the two overlap.": tiers(nights("Blue", 5), nights("Gold", 15, 4)),
    "“Silver” is harder to keep than to reach: ask for at most 5 to keep it.": tiers(nights("Silver", 5, 6)),
    "“Silver” is kept by a measure that does not lead into it: use the same measures for both.": tiers(("Silver", {"nights": 5}, {"stays": 1})),
    "Two tiers are called “base”: give each a name of its own.": tiers(nights("base", 5)),
    "“spend” is not known here: choose from nights, stays, points.": tiers(("Silver", {"spend": 5}, {})),
    "“colour” is not known here: choose from name, qualify, retain, factor.": {"tiers": [{"name": "Base", "colour": 1}]},
    "“ever” is not known here: choose from rolling, calendar.": tiers() | {"window": "ever"},
    "“-5” is no whole number from 0 to 1000000000: correct it.": tiers(nights("Silver", -5)),
    "“True” is no whole number from 0 to 1000000000: correct it.": tiers() | {"welcome": True},
    "“2.5” is no whole number from 0 to 1000000000: correct it.": tiers(nights("Silver", 2.5)),
    "“0” is no number of months from 1 to 240: correct it.": tiers() | {"valid_months": 0},
    "“nan” is no number from 0 to 1000: correct it.": tiers() | {"earn": {"room": float("nan")}},
    "Everything needs a name of at most 60 letters.": {"tiers": [{"name": " "}]},
    "Rules name each thing and say its value: “[1]” does not.": [1],
    "A list is needed here, and “Base” is none.": {"tiers": "Base"},
    "There are 13 entries where at most 12 are possible: take some out.": {"tiers": [{"name": str(at)} for at in range(13)]},
}  # fmt: skip


@pytest.mark.parametrize("sentence", BAD)
def test_rules_that_cannot_be_meant_are_refused_with_what_to_do(sentence):
    with pytest.raises(BadRules) as refused:
        parse(BAD[sentence])
    assert str(refused.value) == sentence == refused.value.message.format(**refused.value.values)


PROMOTION = {"name": "Summer", "from_on": "2024-06-01", "until_on": "2024-09-01", "spend": ["room"], "factor": 2}


@pytest.mark.parametrize("change, sentence", [
    ({"until_on": "2024-06-01"}, "The promotion “Summer” ends before it begins: choose a later end."),
    ({"spend": []}, "The promotion “Summer” is for no kind of spend: choose at least one."),
    ({"spend": ["spa"]}, "“spa” is not known here: choose from room."),
    ({"tiers": ["Gold"]}, "“Gold” is not known here: choose from Base."),
    ({"from_on": "1 June"}, "“1 June” is no day: write it like 2025-04-30."),
    ({"factor": 0.5}, "“0.5” is no number from 1 to 1000: correct it."),
])  # fmt: skip
def test_a_promotion_that_cannot_be_meant_is_refused(change, sentence):
    with pytest.raises(BadRules, match="^" + sentence.replace(".", r"\.")):
        parse(tiers() | {"earn": {"room": 10}, "promotions": [PROMOTION | change]})


def test_the_rules_in_force_are_the_highest_number_of_those_that_have_begun():
    first, third, second = (Version(n, day, replace(DEFAULT, welcome=n)) for n, day in ((1, D(2024, 1, 1)), (3, D(2024, 3, 1)), (2, D(2024, 6, 1))))
    versions = [second, first, third]
    assert in_force(versions, D(2023, 12, 31)) is None
    assert [in_force(versions, day).welcome for day in (D(2024, 1, 1), D(2024, 2, 29), D(2024, 3, 1), D(2024, 7, 1))] == [1, 1, 3, 3]
    assert [(begins, before, rules.welcome) for begins, before, rules in spans(versions)] == [(D(2024, 1, 1), D(2024, 3, 1), 1), (D(2024, 3, 1), None, 3)]
    corrected = [first, Version(2, D(2024, 1, 1), replace(DEFAULT, welcome=2))]
    assert [(begins, rules.welcome) for begins, _, rules in spans(corrected)] == [(D(2024, 1, 1), 2)]
    assert spans([]) == []


@pytest.mark.parametrize("day, months, then", [
    (D(2024, 2, 29), 12, D(2025, 2, 28)), (D(2024, 2, 29), 48, D(2028, 2, 29)), (D(2024, 1, 31), 1, D(2024, 2, 29)), (D(2023, 1, 31), 1, D(2023, 2, 28)),
    (D(2024, 12, 15), 1, D(2025, 1, 15)), (D(2024, 3, 31), -1, D(2024, 2, 29)), (D(2024, 1, 1), -12, D(2023, 1, 1)), (D(1969, 1, 31), 1, D(1969, 2, 28)),
])  # fmt: skip
def test_months_later_is_the_same_day_or_the_months_last(day, months, then):
    assert later(day, months) == then
    assert later_days(np.array([day], "datetime64[D]"), months).tolist() == [then]


def test_points_are_over_so_many_months_after_their_issue_or_on_no_fixed_day():
    year = replace(DEFAULT, expiry_months=12)
    assert [expires_on(year, day) for day in (D(2024, 1, 15), D(2024, 2, 29))] == [D(2025, 1, 15), D(2025, 2, 28)]
    assert [expires_on(replace(DEFAULT, expiry=expiry), D(2024, 1, 15)) for expiry in ("inactivity", "none")] == [None, None]


@pytest.mark.parametrize("amount, exponent, tier, points", [
    (12_345, 2, "Base", 1235),  # 123.45 × 10 = 1,234.5: half up
    (12_344, 2, "Base", 1234), (-12_345, 2, "Base", -1235), (12_345, 2, "Silver", 1543), (12_345, 2, "Platinum", 2469),
    (123, 0, "Gold", 1845), (12_345, 3, "Base", 123), (12_345, 2, "nobody's", 1235), (0, 2, "Base", 0),
])  # fmt: skip
def test_a_spend_earns_by_its_amount_and_the_tier_rounded_once(amount, exponent, tier, points):
    assert points_for(DEFAULT, "room", amount, exponent, tier, D(2024, 1, 1)) == points


def test_a_spend_that_the_rules_do_not_name_earns_nothing():
    assert points_for(DEFAULT, "cancellation_fee", 10_000, 2, "Base", D(2024, 1, 1)) == 0


def test_of_several_promotions_the_best_counts_in_its_time_for_its_spend_and_tiers():
    rules = replace(DEFAULT, promotions=(SUMMER, Promotion("Gold week", D(2024, 7, 1), D(2024, 7, 8), ("room", "spa"), 3.0, ("Gold",))))
    earned = lambda spend, tier, day: points_for(rules, spend, 10_000, 2, tier, day)  # noqa: E731
    assert [earned("room", "Base", day) for day in (D(2024, 5, 31), D(2024, 6, 1), D(2024, 7, 1), D(2024, 8, 31), D(2024, 9, 1))] == [
        1000, 2000, 2000, 2000, 1000]  # fmt: skip
    assert [earned("room", "Gold", day) for day in (D(2024, 6, 30), D(2024, 7, 1), D(2024, 7, 8))] == [3000, 4500, 3000]
    assert (earned("spa", "Base", D(2024, 7, 1)), earned("spa", "Gold", D(2024, 7, 1))) == (1000, 4500)
