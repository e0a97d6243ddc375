"""What the page of advocates says in words: shares where enough was counted, else the counts."""
import math

import pandas as pd
import pytest

from crm_core.ui import advocate_words as words

NAN = math.nan


@pytest.mark.parametrize(("said", "name"), [("email", "E-mail"), ("desk", "Front desk"), ("Pigeon", "Pigeon"), ("", "Not known"), (None, "Not known"),
                                            (NAN, "Not known")])  # fmt: skip
def test_a_channel_keeps_the_word_of_its_source_where_it_is_not_ours(said, name):
    assert words.channel(said) == name


# --- who was invited ----------------------------------------------------------------------------------------------------
def summary(**over) -> pd.Series:
    """1,370 persons invited by 477 members; of 1,099 whose time is over 203 came."""
    return pd.Series({"inviting": 477, "invited": 1370, "ripe": 1099, "came": 203, "share": 203 / 1099, "low": 0.1629, "high": 0.2089, "few": False,
                      "guests": 250, "stays": 305, "nights": 903, "revenue": 11_430_000.0, "k": 0.046, "k_low": 0.04, "k_high": 0.056} | over,
                     dtype=object)  # fmt: skip


@pytest.mark.parametrize(("row", "title"), [
    (summary(), "18% of invited persons came within 180 days (16–21)"), (summary(few=True, came=1), "1 invited person came"),
    (summary(few=True, came=2), "2 invited persons came"), (summary(ripe=0, came=0, share=NAN), "Who came because a member invited them"),
])
def test_the_share_that_came_is_told_where_enough_were_invited(row, title):
    assert words.invited_title(row) == title


def test_the_steps_from_an_invitation_to_a_stay():
    assert words.steps(summary()).to_numpy().tolist() == [
        ["Persons invited", 1370, ""], ["Time to come is over", 1099, ""], ["Came in time", 203, "18.5%"]]
    assert words.steps(summary(ripe=0, came=0, share=NAN))["note"].tolist() == ["", "", ""]


def test_what_the_invited_brought_and_the_factor_are_told_in_sentences():
    assert words.brought(summary(), "EUR") == [
        "477 members invited somebody", "Invited guests who came, however late: 250 · stays: 305 · nights: 903 · revenue so far: €114.3k",
        "Each member brings 0.05 new guests (0.04–0.06); some would have come anyway"]


@pytest.mark.parametrize(("row", "lines"), [
    (summary(inviting=1, few=True, guests=1, stays=1, nights=2, revenue=NAN),
     ["1 member invited somebody", "Invited guests who came, however late: 1 · stays: 1 · nights: 2 · revenue so far: –"]),  # an exchange rate is missing
    (summary(guests=0, k=NAN), ["477 members invited somebody"]), (summary(guests=0, few=True), ["477 members invited somebody"]),
])
def test_a_factor_of_few_and_the_stays_of_nobody_are_not_told(row, lines):
    assert words.brought(row, "EUR") == lines


# --- who praises --------------------------------------------------------------------------------------------------------
def tier(**over):
    row = {"answered": 248, "few": False, "share": 0.609, "low": 0.547, "high": 0.667, "promoters": 151, "recommended": 14, "recommends": 14 / 151,
           "recommends_low": 0.056, "recommends_high": 0.150} | over  # fmt: skip
    return next(pd.DataFrame([row]).itertuples())


@pytest.mark.parametrize(("row", "text"), [(tier(), "61% (55–67) · n 248"), (tier(answered=29, few=True), "n 29")])
def test_the_share_of_promoters_has_its_interval_and_n(row, text):
    assert words.praise(row) == text


@pytest.mark.parametrize(("row", "text"), [
    (tier(), "Gold: 9% (6–15) also invited somebody · 14 of 151"), (tier(promoters=29, recommended=3), "Gold: 3 of 29 promoters also invited somebody"),
    (tier(promoters=0, recommended=0, recommends=NAN), "Gold: 0 of 0 promoters also invited somebody"),
])
def test_to_praise_and_to_recommend_are_two_things(row, text):
    assert words.recommends(row, "Gold") == text


@pytest.mark.parametrize(("rows", "title"), [
    ([(151, 14), (317, 37)], "51 of 468 members who praise us also invited somebody"), ([(0, 0)], "Who praises the house"), ([], "Who praises the house"),
])
def test_promoters_who_recommend_are_counted_over_all_tiers(rows, title):
    assert words.promoters_title(pd.DataFrame(rows, columns=["promoters", "recommended"])) == title


@pytest.mark.parametrize(("total", "title"), [(0, "Whom to thank"), (1, "1 member recommends or praises us"), (883, "883 members recommend or praise us")])
def test_the_work_list_says_how_long_it_is(total, title):
    assert words.work_title(total) == title
