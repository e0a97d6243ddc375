"""Titles of the attribution lab put what was caused first, and never call a credit an effect."""
import numpy as np
import pandas as pd
import pytest

from crm_core.ui import attribution_words as words

NAN = np.nan


def credited(**bookings: float) -> pd.DataFrame:
    rows = [{"rule": rule, "bookings": n, "came_anyway": n / 2, "came_anyway_low": 0.0, "came_anyway_high": n, "low": NAN, "high": NAN}
            for rule, n in bookings.items()]
    return pd.DataFrame([*rows, {"rule": words.HOLDOUT, "bookings": 86.4, "low": 31.6, "high": 141.2}])


def card(verdict: str, **values: object) -> pd.Series:
    return pd.Series({"verdict": verdict, "incremental": 86.4, "incremental_low": 31.6, "incremental_high": 141.2, "ripe_on": "2024-12-12",
                      "started_on": "2024-11-12", "sent": 7200, "treated_n": 7200, "treated_booked": 230, "control_n": 1800, "control_booked": 36, **values})


RULES = {"linear": 74.5, "inntopia_4d_action": 19, "guestfolio_15d_any": 143, "revinate_30d_open": 58}


@pytest.mark.parametrize(("verdict", "effect"), [
    ("shown", "86 were caused, between 32 and 141"), ("early", "what it caused is not known before 12 Dec 2024"),
    ("no_control", "what it caused nobody knows: no one was held out"), ("broken", "what it caused is not told: the split is not the one that was planned"),
    ("few", "too few people to tell what it caused")])
def test_the_title_puts_what_rules_credit_beside_what_was_caused(verdict, effect):
    assert words.title(credited(**RULES), card(verdict)) == f"Published rules credit 19 to 143 bookings; {effect}"


def test_no_effect_and_harm_are_said_with_their_interval():
    around = {"incremental": 5.0, "incremental_low": -36.2, "incremental_high": 46.0}
    assert words.effect(card("not_shown", **around)) == "no effect is shown (−36 to +46)"
    assert words.effect(card("harm", **around)) == "fewer booked than without it (−36 to +46)"


def test_one_booking_and_none_are_said_as_such():
    assert words.title(credited(revinate_30d_open=1), card("few")).startswith("Published rules credit 1 booking; ")
    assert words.title(credited(revinate_30d_open=0, linear=3), card("few")).startswith("No published rule credits a booking")


def test_what_was_caused_comes_first_then_published_rules_then_all_others():
    assert words.in_order(credited(**RULES))["rule"].tolist() == [words.HOLDOUT, "guestfolio_15d_any", "revinate_30d_open", "inntopia_4d_action", "linear"]


def test_a_bar_says_its_number_and_what_came_anyway():
    rows = {row.rule: words.numbers(row, card("shown")) for row in credited(**RULES).itertuples()}
    assert rows[words.HOLDOUT] == ("86", "(32 to 141)")
    assert rows["revinate_30d_open"] == ("58", "29 anyway")
    assert rows["linear"] == ("74.5", "37 anyway")
    assert words.anyway(next(credited(revinate_30d_open=58).itertuples())) == "29 (0–58)"


def test_what_nobody_knows_is_a_dash_and_a_word():
    unknown = credited(revinate_30d_open=58).assign(came_anyway=NAN, bookings=[58, NAN])
    rows = [words.numbers(row, card("no_control")) for row in unknown.itertuples()]
    assert rows == [("58", ""), ("not known", "")]
    assert words.anyway(next(unknown.itertuples())) == "–"


def test_the_facts_name_both_arms_once_the_effect_is_told():
    sent = "12 Nov 2024 · 7,200 messages sent · 1,800 held out"
    assert words.facts(card("shown")) == f"{sent} · 230 of 7,200 of those written to booked, 36 of 1,800 of those held out"
    assert words.facts(card("early")) == sent


@pytest.mark.parametrize("verdict", ["shown", "no_control"])
def test_how_to_read_says_that_no_rule_subtracts_and_that_paths_are_descriptive(verdict):
    said = " ".join(words.reading(card(verdict)))
    assert said.startswith("No rule subtracts what would have come anyway")
    assert "descriptive, not causal" in said


# --- ranks -------------------------------------------------------------------------------------------------------------------------------
def ranks(*campaigns: tuple) -> pd.DataFrame:
    """Campaigns as (id, name, verdict, caused, {rule: bookings})."""
    return pd.DataFrame([{"campaign_id": id, "campaign": name, "verdict": verdict, "incremental": n, "incremental_low": n - 50, "incremental_high": n + 50,
                          "treated_n": 100, "treated_booked": 10, "control_n": 50, "control_booked": 1, "rule": rule, "bookings": float(k), "revenue": 0.0,
                          "came_anyway": k / 2, "came_anyway_low": 0.0, "came_anyway_high": float(k)}
                         for id, name, verdict, n, rules in campaigns for rule, k in rules.items()])


SUN = (1, "September sun", "not_shown", 0.0, {"revinate_30d_open": 65, "inntopia_4d_action": 22})
LIGHT = (2, "Winter light", "shown", 86.0, {"revinate_30d_open": 58, "inntopia_4d_action": 19})


def test_a_campaign_without_effect_that_rules_rank_first_is_named():
    assert words.ranks_title(ranks(SUN, LIGHT)) == "2 of 2 rules rank “September sun” first, which shows no effect; “Winter light” caused most"


def test_rules_that_rank_as_the_effect_does_are_said_to():
    found = ranks((*SUN[:4], {"revinate_30d_open": 5, "inntopia_4d_action": 2}), LIGHT)
    assert words.ranks_title(found) == "Every rule ranks “Winter light” first, and it caused most"


def test_rules_still_credit_where_no_campaign_shows_an_effect():
    none = ranks(SUN, (2, "Winter light", "not_shown", 8.0, {"revinate_30d_open": 58, "inntopia_4d_action": 19}))
    assert words.ranks_title(none) == "No campaign shows an effect, and the rules still credit 41 to 123 bookings to them"


@pytest.mark.parametrize("others", [(), ((3, "Spring walk", "early", NAN, {"revinate_30d_open": 9}),)])
def test_one_campaign_has_no_rank(others):
    assert words.ranks_title(ranks(SUN, *others)) == "Fewer than two campaigns have an effect to be ranked by"


def test_two_campaigns_alike_are_none_first():
    alike = ranks(SUN, (2, "Winter light", "shown", 86.0, {"revinate_30d_open": 65, "inntopia_4d_action": 19}))
    assert words.first_of(alike).to_dict() == {"inntopia_4d_action": 1}


def test_the_table_is_by_what_was_caused_with_the_place_of_each_rule():
    found = words.ranked(ranks(SUN, LIGHT, (3, "Spring walk", "early", NAN, {"revinate_30d_open": 0})))
    assert found["campaign"].tolist() == ["Winter light", "September sun", "Spring walk"]
    assert found["revinate_30d_open"].tolist() == ["(2)  58", "(1)  65", "–"]
    assert [words.caused(row) for row in found.itertuples()] == ["86 (36 to 136)", "0 (−50 to +50)", "too early"]


def test_the_share_that_came_anyway_is_of_campaigns_whose_effect_is_told():
    found = words.shares(ranks(SUN, LIGHT, (3, "Spring walk", "early", NAN, {"revinate_30d_open": 900})))
    assert found[["rule", "bookings", "share", "low", "high"]].to_numpy().tolist() == [["revinate_30d_open", 123, 0.5, 0, 1], ["inntopia_4d_action", 41, 0.5, 0, 1]]
    assert words.shares_title(found) == "About 50% of what rules credit would have come anyway"
    assert words.shares_title(found[:0]) == "What would have come anyway cannot be told yet"


def test_the_rule_that_claims_most_is_named_only_where_it_claims_more_than_was_booked():
    found = pd.DataFrame({"rule": ["revinate_30d_open", "guestfolio_15d_any"], "bookings": [10, 12], "times": [1.0, 1.41]})
    assert words.double_title(found) == "“15 days, any send (Guestfolio)” claims 1.41× of what was booked"
    assert words.double_title(found[:1]) == "No rule claims more than was booked"
    assert words.double_title(found.assign(times=NAN)).endswith("an exchange rate is missing")
    assert words.double_title(found.assign(bookings=0)) == "No rule credits a booking of this period"


def test_the_published_caution():
    """0.56 % × 35.8 % = 0.20 %, with no effect at all."""
    assert round(words.without_effect(0.0056, 0.358), 4) == 0.0020
    assert words.caution_title(0.0056, 0.358) == "A campaign without any effect is credited 20 bookings for each 10,000 messages"
    assert words.caution_title(0, 0.358) == "What a rule credits where a campaign does nothing at all"
    assert words.own_base(ranks(SUN, LIGHT, (3, "Spring walk", "early", NAN, {"revinate_30d_open": 9}))) == (0.02, 100)
    assert words.own_base(ranks(SUN)[:0].assign(verdict=[])) == (0.0, 0)


def test_every_rule_has_a_name_and_terms():
    assert set(words.RULES) == set(words.TERMS) == set(words.SHORT)
    assert set(words.PUBLISHED) < set(words.RULES)


def test_a_long_name_is_cut_to_what_fits_a_phone():
    assert words.shortened("September sun", 16) == "September sun"
    assert words.shortened("September sun for all who came", 16) == "September sun f…"
