"""What the page of member value says in words: a finding only beyond noise, the traps with the house's own numbers, and the verdict on the cost."""
import math

import pandas as pd
import pytest

from crm_core.ui import member_words as words

NAN = math.nan


def effect(**over) -> dict:
    """A place of 300 members a year ago whose plain difference of €132 shrinks to €19 beside their like."""
    return {"place": "Lisbon", "naive": 16_000.0, "naive_members": 400, "raw": 13_200.0, "raw_low": 11_100.0, "raw_high": 15_300.0, "effect": 1900.0,
            "effect_low": 1100.0, "effect_high": 2700.0, "members": 300, "matched": 250, "matched_others": 1200} | over  # fmt: skip


def found(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(rows) or [effect()]).head(len(rows))


# --- the three answers ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("row", "text"), [
    ((1900, 1100, 2700), "€19 (11–27)"), ((-300, -1000, 500), "−€3 (−10 to +5)"), ((123_400, 100_000, 150_000), "€1,234 (1,000–1,500)"),
    ((16_000, NAN, NAN), "€160"), ((NAN, NAN, NAN), "–"),
])  # fmt: skip
def test_an_estimate_is_told_with_its_interval(row, text):
    (told,) = pd.DataFrame([row], columns=["value", "low", "high"]).itertuples()
    assert words.amount(told, "EUR") == text


def test_a_currency_without_a_minor_unit_is_not_divided():
    (told,) = pd.DataFrame([(1900, 1100, 2700)], columns=["value", "low", "high"]).itertuples()
    assert words.amount(told, "JPY") == "JP¥1,900 (1,100–2,700)"


def test_the_interval_of_money_where_a_sign_can_occur_is_joined_by_a_word():
    assert words.span(-1100, 2700, "EUR") == "−€11 to €27"


def test_the_most_misleading_answer_comes_first_and_the_honest_one_is_coloured():
    told = words.answers(pd.Series(effect()))
    assert told[["name", "value", "tone"]].to_numpy().tolist() == [
        ["Members today", 16_000, "line"], ["Members a year ago", 13_200, "line"], ["Like with like", 1900, "accent"]]
    assert told[["low", "high"]].iloc[1:].to_numpy().tolist() == [[11_100, 15_300], [1100, 2700]]
    assert told[["low", "high"]].iloc[0].isna().all()


def test_of_several_places_only_the_honest_answer_is_shown():
    told = words.places(found(effect(), effect(place="Galle", effect=-500.0)))
    assert told[["name", "value", "low", "tone"]].to_numpy().tolist() == [["Lisbon", 1900, 1100, "accent"], ["Galle", -500, 1100, "accent"]]


@pytest.mark.parametrize(("rows", "title"), [
    ([effect()], "Members spend €19 a year more than guests like them; it looks like €132"),
    ([effect(effect=-1900.0, effect_low=-2700.0, effect_high=-1100.0)], "Members spend €19 a year less than guests like them; it looks like €132"),
    ([effect(effect_low=-100.0)], "Members spend about as much as guests like them; it looks like €132"),
    ([effect(effect=NAN, effect_low=NAN, effect_high=NAN)], "What members spend more than others"),
    ([effect(), effect()], "What members spend more than others"), ([], "What members spend more than others"),
])
def test_the_title_says_what_members_add_only_beyond_noise(rows, title):
    assert words.beside_title(found(*rows), "EUR") == title


def test_what_the_answers_rest_on_is_added_up_over_places():
    assert words.beside_lines(found(effect(), effect())) == [
        "Of guests who had come before that year: 800 members today, 600 a year ago. Like with like: 500 of these, beside 2,400 others.",
        "A difference, not proof: people choose to join."]


# --- the traps ------------------------------------------------------------------------------------------------------------
def test_the_traps_are_told_with_the_numbers_of_the_largest_place():
    lines = words.traps(found(effect(members=20, naive=99_900.0), effect()), "EUR")
    assert [line.rsplit(". ", 1)[-1] for line in lines[:1]] == ["Counting that stay as the programme's work is called immortal time: it gives €160."]
    assert "when the year began: €132." in lines[1]
    assert "€19 is left. 86% of the plain difference was who joins" in lines[2]  # 1 − 19 / 132


def test_without_enough_alike_the_two_traps_are_told_and_no_remedy():
    assert len(words.traps(found(effect(effect=NAN)), "EUR")) == 2


def test_a_plain_difference_of_nothing_is_not_divided_by():
    assert "– of the plain difference" in words.traps(found(effect(raw=0.0)), "EUR")[2]


@pytest.mark.parametrize("rows", [[], [effect(members=0)]])
def test_before_a_year_of_members_the_traps_wait(rows):
    assert words.traps(found(*rows), "EUR") == ["As soon as members have been members for a year, this card says what the plain difference hides."]


# --- whether it pays --------------------------------------------------------------------------------------------------------
def economy(**over) -> pd.Series:
    return pd.Series({"points_cost": 1000.0, "fees": 2000.0, "benefits": 0.0, "staff": 0.0, "other": 0.0, "cost": 3000.0, "margin": 5000.0, "margin_low": 4000.0,
                      "margin_high": 6000.0, "net": 2000.0, "net_low": 1000.0, "net_high": 3000.0, "members": 300, "effect": 1900.0, "rate": 0.35,
                      "per_room": 514.2, "occupied": 43_485, "break_even": 1140.0} | over)  # fmt: skip


@pytest.mark.parametrize(("row", "text"), [
    (economy(), "The programme earns €20 a year more than it costs (€10 to €30)"),
    (economy(net=-2000.0, net_low=-3000.0, net_high=-1000.0), "The programme costs €20 a year more than its members add (€10 to €30)"),
    (economy(net_low=-1000.0), "The programme costs about what its members add"),
    (economy(net=NAN, net_low=NAN, net_high=NAN), "Whether the programme pays cannot be told yet"),
])
def test_the_verdict_leaves_no_doubt_or_says_so(row, text):
    assert words.verdict(row, "EUR") == text


def test_the_way_from_the_margin_over_each_cost_to_what_is_left():
    assert words.steps(economy()).to_numpy().tolist() == [
        ["Margin added", 5000, True], ["Points redeemed", -1000, False], ["Fees", -2000, False], ["What is left", 2000, True]]


def test_of_an_unknown_margin_only_the_cost_is_added_up():
    assert words.steps(economy(margin=NAN)).to_numpy().tolist() == [["Points redeemed", -1000, False], ["Fees", -2000, False], ["Cost", -3000, True]]


def test_what_the_verdict_rests_on_is_told_in_sentences():
    assert words.economy_lines(economy(), "EUR") == [
        "300 members × €19 more a year × 35% margin = €50 (€40 to €60)", "Cost: €30, or €5.14 for each of 43,485 occupied room nights",
        "It would pay for itself if each member spent €11 a year more than guests like them"]
    assert words.economy_lines(economy(margin=NAN, per_room=NAN, break_even=NAN), "EUR") == []
    assert words.economy_lines(economy(margin=NAN, cost=0.0, per_room=0.0, break_even=NAN), "EUR") == []
