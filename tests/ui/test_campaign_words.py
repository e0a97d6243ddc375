"""A campaign's verdict is put in words that its figures carry, and never in more."""
import datetime as dt
import math

import pandas as pd
import pytest

from crm_core.ui import campaign_plan_words as plan_words
from crm_core.ui import campaign_words as words

NAN = math.nan
CARD = {
    "campaign": "Winter light", "verdict": "shown", "primary_kpi": "booked", "started_on": dt.date(2024, 11, 12), "planned_on": None,
    "ripe_on": dt.date(2024, 12, 12), "people": 9000, "sent": 7200, "delivered": 7133, "treated_n": 7200, "treated_booked": 230, "control_n": 1800,
    "control_booked": 36, "holdout_bp": 2000,
    "incremental": 86.0, "incremental_low": 32.4, "incremental_high": 140.6, "margin": 784_000, "margin_low": 294_000, "margin_high": 1_284_000, "cost": 94_000,
    "detectable": 0.008, "window_days": 30, "medium": "email", "fixed_on": dt.date(2024, 11, 8), "contaminated": 0, "is_reported": 0}


def said(**over) -> dict:
    return CARD | over


def test_a_title_is_the_verdict_with_both_ends_of_its_interval():
    assert words.title(CARD, "EUR") == "Winter light: about 86 extra bookings, between 32 and 141"
    assert words.title(said(primary_kpi="margin"), "EUR") == "Winter light: about €7,840 extra margin, between €2,940 and €12.8k"


@pytest.mark.parametrize(("over", "verdict", "cell"), [
    ({"verdict": "not_shown"}, "no effect seen", "no effect seen; could have seen +40% or more"),
    ({"verdict": "not_shown", "control_booked": 0}, "no effect seen", "no effect seen; could have seen +0.8 pp or more"),
    ({"verdict": "early"}, "too early to tell until 12 Dec 2024", "too early: until 12 Dec 2024"),
    ({"verdict": "early", "started_on": None}, "not sent yet", "not sent yet"),
    ({"verdict": "few"}, "too few people to tell", "not enough people"),
    ({"verdict": "broken"}, "the split is broken, so no effect is told", "split broken"),
    ({"verdict": "no_control"}, "effect not known, nobody was held out", "effect not known: nobody was held out"),
    ({"verdict": "harm", "incremental": -20, "incremental_low": -31, "incremental_high": -9},
     "about 20 bookings fewer than without it, between 9 and 31", "fewer booked than without it")])
def test_every_verdict_has_words_of_its_own(over, verdict, cell):
    assert (words.verdict(said(**over), "EUR"), words.outcome(said(**over), "EUR")) == (verdict, cell)


def test_a_list_tells_what_was_earned_only_where_the_margin_is_beyond_chance():
    assert words.outcome(CARD, "EUR") == "earned €2,940 to €12.8k"
    assert words.outcome(said(margin_low=-100), "EUR") == "32 to 141 more bookings"


def test_the_sentences_give_both_arms_and_what_is_left_after_the_cost():
    assert words.sentence(CARD, "EUR") == [
        "3.2% of those written to booked within 30 days (230 of 7,200).", "2.0% of those held out booked as well (36 of 1,800).",
        "After its cost of €940, €6,900 of margin is left (€2,000 to €11.9k)."]
    assert words.sentence(said(cost=NAN), "EUR")[-1] == "The margin beyond that is €7,840 (€2,940 to €12.8k); what it cost is not known."
    assert "chance alone hardly does that" in words.sentence(said(verdict="broken"), "EUR")[0]
    assert words.sentence(said(verdict="early"), "EUR") == [
        "Bookings count until 12 Dec 2024. Before that day the difference is not told, because it would move."]


def test_readings_before_the_day_are_counted_apart():
    planned, peek = {"kind": "planned", "as_of": dt.date(2024, 12, 12)}, {"kind": "peek", "as_of": dt.date(2024, 11, 20)}
    assert words.facts(CARD, [planned]) == "12 Nov 2024 · 9,000 people, 1,800 of them held out · result read on 12 Dec 2024, as planned"
    assert words.read_said([peek, peek, planned]) == "result read on 12 Dec 2024, as planned · looked at 2 times before its day"
    assert words.read_said([]) == ""


def groups(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["trait", "value", "p", "q", "p_same"])


def test_no_group_stands_out_unless_groups_differ_after_as_many_looks_as_there_are():
    alike = groups(("trip", "leisure", .01, .02, .4), ("trip", "business", .3, .4, .4))
    assert words.groups_title(CARD, alike) == "The lift is clear overall; no single group stands out"
    apart = groups(("trip", "leisure", .01, .02, .004), ("is_member", "1", .3, .4, .04))
    assert words.groups_title(said(verdict="not_shown"), apart) == "No lift is shown overall; it differs by: Reason of the stay"
    assert words.groups_title(said(verdict="early"), apart) == "For whom it worked"


def test_thirty_groups_without_effect_are_told_with_how_many_look_like_one():
    """Lesson: among thirty groups one has p below .05; the chance of at least one is 79 %."""
    found = groups(*(("country", str(i), .03 if i == 0 else .5, .9, NAN) for i in range(30)))
    assert words.looks(found) == ("30 groups were looked at: without any effect at least one of them looks like one in 79% of cases. "
                                  "Here 1 do, 0 after correction (Benjamini–Hochberg).")
    assert words.looks(groups(("country", "PT", NAN, NAN, NAN))) == "No group has 30 people in both arms: too few to look into."


def credited(caused, low) -> pd.DataFrame:
    return pd.DataFrame({"rule": ["inntopia_4d_action", "guestfolio_15d_any", "holdout_lift"], "bookings": [19, 143, caused], "low": [NAN, NAN, low]})


def test_what_rules_credit_stands_beside_what_was_caused():
    assert words.credits_title(credited(86.2, 32)) == "Rules credit 19 to 143 bookings; about 86 were caused"
    assert words.credits_title(credited(3, -20)) == "Rules credit 19 to 143 bookings; no extra ones are shown"
    assert words.credits_title(credited(NAN, NAN)) == "Rules credit 19 to 143 bookings; what was caused is not known"


def test_the_way_of_the_list_names_what_cost_the_most_except_the_lots():
    steps, left = [("selected", 200), ("to_send", 100)], [("not_held_out", "global_holdout", 60), ("consent", "no_word", 40)]
    reasons = {"no_word": "Never consented", "global_holdout": "Held out of every campaign"}
    assert words.fall_title(steps, left, reasons) == "50% of the 200 selected were written to; most left for: never consented"
    assert words.left_said(left, reasons) == "Held out of every campaign 60 · Never consented 40"
    assert words.fall_title([], [], {}) == "How the list was made is not known"


def arms(first: int, second: int) -> pd.DataFrame:
    return pd.DataFrame([("contact", "A", 1000, first, first / 1000), ("contact", "B", 1000, second, second / 1000), ("held_out", "", 500, 10, .02)],
                        columns=["arm", "cell", "n", "booked", "rate"])


def test_two_variants_are_compared_with_each_other():
    assert words.arms_title(arms(80, 40)) == "Variant A did better: A less B is +4.0 (1.9 to 6.1) points"
    assert words.arms_title(arms(40, 42)) == "No difference between A and B is shown: −0.2 (−2.0 to +1.6) points"
    assert words.arms_title(arms(40, 42).tail(1)) == "Each arm beside those held out"


def test_what_is_wrong_is_said_with_its_count():
    assert words.troubles(said(cost=NAN, contaminated=2), {"unlinked": 1, "twice": 3}) == [
        "What it cost is not known: no return on cost is told.", "1 message went to an address that no guest has: it is not among the figures.",
        "3 messages more went to people who had one: a person counts once.",
        "2 people held out were written to all the same and still count as held out: the effect is rather larger than told."]
    assert words.troubles(said(cost=NAN), {"no_rate": 1}) == ["Its amounts have no exchange rate: neither cost nor return is told."]
    assert words.troubles(CARD, {}) == []


def test_groups_and_arms_have_names():
    assert [words.group(*each, {1: "Lisbon"}) for each in (("is_member", "1"), ("stays_before", "0"), ("property", "1"), ("country", "PT"), ("country", "other"),
                                                           ("trip", ""))] == ["Members", "No stay before", "Lisbon", "Portugal", "Other countries", "Reason unknown"]
    assert [words.arm("held_out", ""), words.arm("contact", "A"), words.arm("contact", "")] == ["Held out", "Variant A", "Written to"]


def test_a_look_before_its_day_says_why_it_is_marked():
    assert plan_words.peek_said({"fixed_at": "x", "stop_on": dt.date(2025, 5, 1)}).startswith("The result is to be read on 1 May 2025.")
    assert plan_words.peek_said({}).startswith("No plan was fixed")


def test_a_plan_is_told_as_fixed_only_where_it_stood_before_the_first_message():
    assert plan_words.experiment_title(CARD, {"hypothesis": "More"}, True) == "The plan was fixed on 8 Nov 2024, before the first message"
    assert plan_words.experiment_title(CARD, {"hypothesis": "More"}, False) == "The plan was not fixed before the first message"
    assert plan_words.experiment_title(CARD, {}, False) == "Nothing was written down beforehand: read the result as a hint"
    assert plan_words.planned(CARD, {"planned_people": 9500, "holdout_bp": 2000, "stop_on": dt.date(2024, 12, 12)})[1:3] == [
        ("People", "9,500 planned, 9,000 got"), ("Held out", "20%")]
    unsent = {**CARD, "started_on": pd.NaT, "people": 0, "sent": 0}
    assert plan_words.planned(unsent, {"planned_people": 9500, "holdout_bp": 2000})[1] == ("People", "9,500")


def test_a_reading_keeps_what_it_said():
    row = {"kind": "planned", "as_of": dt.date(2024, 12, 12), "actor": "Lilit", "result": {"lift": .012, "low": .004, "high": .019, "verdict": "shown"}}
    assert plan_words.reading(row, "EUR") == "12 Dec 2024, by Lilit · +1.2 (0.4 to 1.9) points · lift shown"
