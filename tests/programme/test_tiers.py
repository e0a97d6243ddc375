"""A tier follows from what a member did and from the rules, on every day."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from crm_core.programme.rules import DEFAULT, Rules, Tier, Version
from crm_core.programme.tiers import SPELL, STANDING, Spell, Standing, many, spells, standing
from tests.programme.by_the_day import tiers_by_day
from tests.programme.histories import MANY

D = dt.date
RULES = [Version(1, D(2020, 1, 1), DEFAULT)]  # Silver 5, Gold 15, Platinum 40 nights in 12 months
CALENDAR = [Version(1, D(2020, 1, 1), replace(DEFAULT, window="calendar"))]
JOINED = D(2022, 1, 10)


def stay(day, nights):
    return day, nights, 1, 0


def ways(activity, until, versions=RULES, closed_on=None, overrides=()):
    return [(one.tier, one.from_on, one.until_on, one.why) for one in spells(activity, versions, JOINED, closed_on, overrides, until)]


def test_who_enrols_has_the_lowest_tier_and_climbs_on_the_day_that_reaches_the_next():
    nights = [stay(D(2022, 3, 1), 3), stay(D(2022, 5, 1), 2), stay(D(2022, 6, 1), 10)]
    assert spells(nights, RULES, JOINED, None, [], D(2022, 12, 31)) == [
        Spell("Base", 0, JOINED, D(2022, 5, 1), "enrolled"),
        Spell("Silver", 1, D(2022, 5, 1), D(2022, 6, 1), "qualified"),
        Spell("Gold", 2, D(2022, 6, 1), None, "qualified")]  # fmt: skip


def test_a_tier_can_be_left_out_on_the_way_up():
    assert ways([stay(JOINED, 40)], D(2022, 12, 31)) == [("Platinum", JOINED, None, "qualified")]


def test_a_tier_that_is_not_kept_falls_on_its_day_to_the_highest_that_is():
    nights = [stay(D(2022, 3, 1), 15), stay(D(2022, 9, 1), 6)]
    assert ways(nights, D(2023, 2, 28))[-1] == ("Gold", D(2022, 3, 1), None, "qualified")
    # 21 nights on 1 September 2022 reach Gold again: it holds until 1 September 2023, when none of the twelve months before counts any more
    assert ways(nights, D(2023, 9, 1))[-1] == ("Base", D(2023, 9, 1), None, "fell")
    few = [stay(D(2022, 3, 1), 15), stay(D(2023, 2, 20), 6)]
    assert ways(few, D(2023, 2, 28))[-1] == ("Gold", D(2022, 3, 1), None, "qualified")  # 21 nights within the year to 20 February
    assert ways(few, D(2024, 2, 20))[-1] == ("Base", D(2024, 2, 20), None, "fell")
    late = [stay(D(2022, 3, 1), 15), stay(D(2023, 3, 1), 6)]  # on the day itself: in time for Silver, not for Gold
    assert ways(late, D(2023, 12, 31))[-1] == ("Silver", D(2023, 3, 1), None, "fell")


def test_what_keeps_a_tier_may_be_less_than_what_leads_into_it():
    rules = replace(DEFAULT, tiers=(Tier("Base"), Tier("Silver", {"nights": 5}, {"nights": 2})))
    nights = [stay(D(2022, 3, 1), 5), stay(D(2022, 11, 1), 2), stay(D(2023, 11, 1), 1)]
    # 7 nights on 1 November 2022 reach Silver again; by 1 November 2023 a single night keeps nothing
    assert ways(nights, D(2025, 1, 1), [Version(1, D(2020, 1, 1), rules)])[-1] == ("Base", D(2023, 11, 1), None, "fell")
    nights[2] = stay(D(2023, 11, 1), 2)
    assert ways(nights, D(2024, 10, 31), [Version(1, D(2020, 1, 1), rules)])[-1] == ("Silver", D(2022, 3, 1), None, "qualified")


def test_any_of_the_measures_is_enough():
    tier = Tier("Silver", {"nights": 9, "stays": 3, "points": 500}, {"nights": 9, "stays": 3, "points": 500})
    versions = [Version(1, D(2020, 1, 1), replace(DEFAULT, tiers=(Tier("Base"), tier)))]
    for did in ((9, 1, 0), (1, 3, 0), (1, 1, 500)):
        assert ways([(D(2022, 2, 1), *did)], D(2022, 3, 1), versions)[-1][0] == "Silver"
    assert ways([(D(2022, 2, 1), 8, 2, 499)], D(2022, 3, 1), versions)[-1][0] == "Base"


def test_a_day_of_what_no_tier_asks_for_is_none():
    """Points alone on 17 March do not make Silver by the nights of a year before valid anew; where a tier asks for points they do."""
    did = [stay(D(2022, 3, 22), 5), (D(2023, 3, 17), 0, 0, 50)]
    assert standing(did, RULES, JOINED, None, [], D(2023, 3, 18)).until_on == D(2023, 3, 22)
    assert ways(did, D(2023, 3, 22))[-1] == ("Base", D(2023, 3, 22), None, "fell")
    either = Tier("Silver", {"nights": 5, "points": 500}, {"nights": 5})
    versions = [*RULES, Version(2, D(2023, 1, 1), replace(DEFAULT, tiers=(Tier("Base"), either)))]
    assert standing(did, versions, JOINED, None, [], D(2023, 3, 18)).until_on == D(2024, 3, 17)
    assert ways(did, D(2023, 3, 22), versions)[-1] == ("Silver", D(2022, 3, 22), None, "qualified")


def test_a_tier_of_a_calendar_year_lasts_to_the_end_of_the_next():
    nights = [stay(D(2022, 11, 1), 3), stay(D(2023, 1, 2), 3), stay(D(2023, 4, 1), 2)]  # 3 in 2022, 5 in 2023
    assert ways(nights, D(2024, 12, 31), CALENDAR) == [
        ("Base", JOINED, D(2023, 4, 1), "enrolled"), ("Silver", D(2023, 4, 1), None, "qualified")]  # fmt: skip
    assert ways(nights, D(2025, 1, 1), CALENDAR)[-1] == ("Base", D(2025, 1, 1), None, "fell")
    kept = [*nights, stay(D(2024, 12, 31), 5)]
    assert ways(kept, D(2025, 12, 31), CALENDAR)[-1] == ("Silver", D(2023, 4, 1), None, "qualified")
    assert ways(kept, D(2026, 1, 1), CALENDAR)[-1] == ("Base", D(2026, 1, 1), None, "fell")


def test_a_member_who_leaves_has_no_tier_from_that_day_on():
    nights = [stay(D(2022, 3, 1), 5), stay(D(2022, 8, 1), 20)]
    assert ways(nights, D(2023, 1, 1), closed_on=D(2022, 7, 1))[-1] == ("Silver", D(2022, 3, 1), D(2022, 7, 1), "qualified")
    assert ways(nights, D(2022, 6, 30), closed_on=D(2022, 7, 1))[-1] == ("Silver", D(2022, 3, 1), None, "qualified")
    assert standing(nights, RULES, JOINED, D(2022, 7, 1), [], D(2022, 7, 1)) is None
    assert standing(nights, RULES, JOINED, None, [], D(2022, 1, 9)) is None


def test_what_was_done_before_the_enrolment_does_not_count():
    assert ways([stay(D(2022, 1, 9), 30)], D(2022, 2, 1)) == [("Base", JOINED, None, "enrolled")]


def test_new_rules_lift_on_their_first_day_and_take_nothing_before_a_tier_is_over():
    easier = [*RULES, Version(2, D(2022, 6, 1), replace(DEFAULT, tiers=(Tier("Base"), Tier("Silver", {"nights": 3}, {"nights": 3}))))]
    assert ways([stay(D(2022, 3, 1), 4)], D(2022, 7, 1), easier)[-1] == ("Silver", D(2022, 6, 1), None, "qualified")
    harder = [*RULES, Version(2, D(2022, 6, 1), replace(DEFAULT, tiers=(Tier("Base"), Tier("Silver", {"nights": 9}, {"nights": 9}))))]
    assert ways([stay(D(2022, 3, 1), 5)], D(2023, 2, 28), harder)[-1] == ("Silver", D(2022, 3, 1), None, "qualified")
    assert ways([stay(D(2022, 3, 1), 5)], D(2023, 3, 1), harder)[-1] == ("Base", D(2023, 3, 1), None, "fell")


def test_a_tier_that_new_rules_call_otherwise_goes_on_in_its_place():
    renamed = replace(DEFAULT, tiers=(Tier("Friend"), Tier("Sapphire", {"nights": 5}, {"nights": 5})))
    assert ways([stay(D(2022, 3, 1), 6)], D(2022, 7, 1), [*RULES, Version(2, D(2022, 6, 1), renamed)])[-2:] == [
        ("Silver", D(2022, 3, 1), D(2022, 6, 1), "qualified"), ("Sapphire", D(2022, 6, 1), None, "kept")]  # fmt: skip
    nothing = replace(DEFAULT, tiers=(Tier("All"),))
    assert ways([stay(D(2022, 3, 1), 6)], D(2030, 1, 1), [*RULES, Version(2, D(2022, 6, 1), nothing)])[-1] == ("All", D(2022, 6, 1), None, "kept")


def test_a_tier_given_by_hand_hides_the_members_own_which_goes_on_below_it():
    gift = [("Platinum", D(2022, 2, 1), D(2022, 6, 1))]
    assert ways([stay(D(2022, 4, 1), 5)], D(2022, 12, 31), overrides=gift) == [
        ("Base", JOINED, D(2022, 2, 1), "enrolled"), ("Platinum", D(2022, 2, 1), D(2022, 6, 1), "by_hand"),
        ("Silver", D(2022, 6, 1), None, "qualified")]  # fmt: skip
    assert ways([stay(D(2022, 4, 1), 5)], D(2022, 5, 1), overrides=gift)[-1] == ("Platinum", D(2022, 2, 1), None, "by_hand")


def test_of_two_tiers_given_by_hand_the_later_one_counts():
    gifts = [("Gold", D(2022, 3, 1), D(2022, 4, 1)), ("Silver", D(2022, 2, 1), D(2022, 6, 1))]
    assert [one[0] for one in ways([], D(2022, 12, 31), overrides=gifts)] == ["Base", "Silver", "Gold", "Silver", "Base"]


def test_without_rules_the_tier_is_what_the_source_tells():
    assert spells([stay(D(2022, 3, 1), 50)], [], JOINED, None, [], D(2023, 1, 1), told="Diamond") == [Spell("Diamond", 0, JOINED, None, "as_told")]
    later = [Version(1, D(2022, 6, 1), DEFAULT)]
    assert [(one.tier, one.from_on) for one in spells([stay(D(2022, 3, 1), 5)], later, JOINED, None, [], D(2023, 1, 1), told="Diamond")] == [
        ("Diamond", JOINED), ("Silver", D(2022, 6, 1))]  # fmt: skip
    assert standing([], [], JOINED, None, [], D(2023, 1, 1), told="Diamond") == Standing(
        "Diamond", 0, JOINED, None, False, None, None, None, None, None, None, None)  # fmt: skip


# --- standing ---------------------------------------------------------------------------------------------------------------
def test_the_standing_tells_the_way_up_and_what_is_at_risk():
    nights = [stay(D(2022, 3, 1), 4), stay(D(2022, 5, 1), 8)]
    assert standing(nights, RULES, JOINED, None, [], D(2022, 12, 31)) == Standing(
        "Silver", 1, D(2022, 5, 1), D(2023, 5, 1), False, "Gold", "nights", has=12, wants=15, missing=3, falls_to="Base", keeps_with=5)
    # on 1 May 2023 the window holds nothing of this: its first day is 2 May 2022
    assert standing([*nights, stay(D(2022, 12, 1), 1)], RULES, JOINED, None, [], D(2022, 12, 31)) == Standing(
        "Silver", 1, D(2022, 5, 1), D(2023, 12, 1), False, "Gold", "nights", 13, 15, 2, "Base", 5)


def test_a_tier_that_is_kept_already_lacks_nothing():
    lasting = [Version(1, D(2020, 1, 1), replace(DEFAULT, window_months=24))]
    found = standing([stay(D(2022, 5, 1), 8)], lasting, JOINED, None, [], D(2022, 6, 1))
    assert (found.until_on, found.falls_to, found.keeps_with) == (D(2023, 5, 1), None, 0)


def test_the_lowest_tier_is_never_over_and_the_highest_has_no_next():
    assert standing([], RULES, JOINED, None, [], D(2022, 6, 1)) == Standing("Base", 0, JOINED, None, False, "Silver", "nights", 0, 5, 5, None, None)
    top = standing([stay(D(2022, 5, 1), 41)], RULES, JOINED, None, [], D(2022, 6, 1))
    assert top == Standing("Platinum", 3, D(2022, 5, 1), D(2023, 5, 1), False, None, "nights", 41, None, None, "Base", 40)


def test_the_measure_told_is_that_in_which_the_next_tier_is_nearest():
    tier = Tier("Silver", {"nights": 10, "stays": 4}, {"nights": 10, "stays": 4})
    versions = [Version(1, D(2020, 1, 1), replace(DEFAULT, tiers=(Tier("Base"), tier)))]
    found = standing([(D(2022, 2, 1), 4, 2, 0)], versions, JOINED, None, [], D(2022, 3, 1))
    assert (found.measure, found.has, found.wants, found.missing) == ("stays", 2, 4, 2)


def test_a_tier_given_by_hand_falls_to_what_the_member_then_has():
    gift = [("Platinum", D(2022, 2, 1), D(2022, 6, 1))]
    found = standing([stay(D(2022, 2, 5), 15)], RULES, JOINED, None, gift, D(2022, 3, 1))
    assert found == Standing("Platinum", 3, D(2022, 2, 1), D(2022, 6, 1), True, None, "nights", 15, None, None, "Gold", None)
    low = standing([stay(D(2022, 2, 5), 15)], RULES, JOINED, None, [("Silver", D(2022, 2, 1), D(2023, 6, 1))], D(2022, 3, 1))
    assert (low.tier, low.rank, low.next_tier, low.missing, low.falls_to) == ("Silver", 1, "Gold", 0, "Base")  # Gold is over in February 2023


# --- whatever the history ---------------------------------------------------------------------------------------------------
def ladders(window):
    up = lambda names, step, keep: (Tier("Base"), *(Tier(name, {"nights": step * (at + 1), "stays": 2 + at * 2}, {"nights": keep * (at + 1)} if keep else {})  # noqa: E731
                                                    for at, name in enumerate(names)))  # fmt: skip
    return st.builds(
        lambda tiers, months, valid: Rules(tiers, window, months, valid),
        st.sampled_from([up(["Silver", "Gold"], 4, 3), up(["Silver", "Gold", "Top"], 3, 2), up(["Blue", "Gold"], 5, 5), up(["Silver"], 6, 0),
                         (Tier("Base"), Tier("Silver", {"nights": 6, "points": 12}, {"points": 9}))]),
        st.integers(1, 14), st.integers(1, 14))  # fmt: skip


DAYS = st.dates(D(2022, 1, 1), D(2024, 12, 31))
VERSIONS = st.lists(st.tuples(DAYS, st.one_of(ladders("rolling"), ladders("calendar"))), max_size=2).map(
    lambda more: [Version(1, D(2022, 1, 1), DEFAULT), *(Version(at, day, rules) for at, (day, rules) in enumerate(more, 2))])
MEMBER = st.fixed_dictionaries({
    "activity": st.lists(st.one_of(st.tuples(DAYS, st.integers(1, 5), st.just(1), st.integers(0, 9)),
                                   st.tuples(DAYS, st.just(0), st.just(0), st.integers(0, 9))), max_size=15),
    "enrolled_on": DAYS, "closed_on": st.one_of(st.none(), DAYS),
    "overrides": st.lists(st.tuples(st.sampled_from(["Gold", "Silver", "Guest of honour"]), DAYS, DAYS).filter(lambda one: one[1] < one[2]), max_size=2),
})  # fmt: skip


def by_day(found, until):
    """{day: tier} of spells."""
    days = {}
    for spell in found:
        day = spell.from_on
        while day < (spell.until_on or until + dt.timedelta(1)):
            days[day] = spell.tier
            day += dt.timedelta(1)
    return days


@MANY
@given(MEMBER, VERSIONS)
def test_the_fast_way_is_the_law_day_by_day(member, versions):
    until = D(2024, 12, 31)
    overrides = sorted(member["overrides"], key=lambda one: one[1])
    law = tiers_by_day(member["activity"], versions, member["enrolled_on"], member["closed_on"], overrides, until)
    found = spells(member["activity"], versions, member["enrolled_on"], member["closed_on"], overrides, until)
    assert by_day(found, until) == {day: tier for day, (tier, _) in law.items()}
    assert all(one.tier != other.tier and one.until_on == other.from_on for one, other in pairwise(found))
    now = standing(member["activity"], versions, member["enrolled_on"], member["closed_on"], overrides, until)
    assert (now and now.tier) == law.get(until, (None,))[0]


@MANY
@given(MEMBER, VERSIONS, DAYS)
def test_what_is_said_of_a_day_never_changes(member, versions, day):
    whole, cut = (spells(versions=versions, until=until, **member) for until in (D(2024, 12, 31), day))
    known = [replace(one, until_on=one.until_on if one.until_on and one.until_on <= day else None) for one in whole if one.from_on <= day]
    assert cut == known


@MANY
@given(st.lists(MEMBER, max_size=4), VERSIONS)
def test_many_members_at_once_are_as_each_by_itself(members, versions):
    until = D(2024, 12, 31)
    rows = [(7 + 2 * at, *one) for at, member in enumerate(members) for one in sorted(member["activity"])]
    given_ = [(7 + 2 * at, *one) for at, member in enumerate(members) for one in member["overrides"]]
    table = lambda names, rows: dict(zip(names, zip(*rows) if rows else [()] * len(names)))  # noqa: E731
    people = table(("member", "enrolled_on", "closed_on", "tier"), [(7 + 2 * at, m["enrolled_on"], m["closed_on"], "") for at, m in enumerate(members)])
    activity = table(("member", "day", "nights", "stays", "points"), [(1, until, 50, 1, 0), *rows])  # of nobody here
    found, now = many(people, activity, versions, table(("member", "tier", "from_on", "until_on"), given_), until)
    alone = [(7 + 2 * at, spells(versions=versions, until=until, **m), standing(versions=versions, on=until, **m)) for at, m in enumerate(members)]
    assert list(zip(*(found[name].tolist() for name in SPELL))) == [
        (member, s.tier, s.rank, s.from_on, s.until_on, s.why) for member, mine, _ in alone for s in mine]  # fmt: skip
    lines = [[None if value == -1 else value for value in line] for line in zip(*(now[name].tolist() for name in STANDING))]
    assert [line for line in lines if line[1] is not None] == [[member, *vars(s).values()] for member, _, s in alone if s]


@MANY
@given(MEMBER, VERSIONS)
def test_a_tier_is_lost_on_the_day_told_if_nothing_more_happens(member, versions):
    on = D(2023, 6, 1)
    past = member | {"activity": [one for one in member["activity"] if one[0] <= on], "closed_on": None}
    versions = [version for version in versions if version.from_on <= on]
    now = standing(versions=versions, on=on, **past)
    if now and now.until_on and not now.by_hand:
        then = standing(versions=versions, on=now.until_on, **past | {"overrides": []})
        assert then.tier == (now.falls_to or now.tier)
        assert (now.keeps_with == 0) == (now.falls_to is None)


def test_no_members_are_no_spells():
    none = {name: np.array([]) for name in ("member", "day", "nights", "stays", "points", "enrolled_on", "closed_on", "tier")}
    found, now = many(none, none, RULES, None, D(2024, 1, 1))
    assert len(found["tier"]) == len(now["tier"]) == 0
