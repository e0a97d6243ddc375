"""The sentences of the feedback pages say what the numbers say, and no more."""
import pandas as pd
import pytest

from crm_core.telling import feedback_words as words
from crm_core.ui import accuracy_words, drivers_words


def aspects(*rows) -> pd.DataFrame:
    """Aspects as (key, praise, blame, verdict)."""
    found = pd.DataFrame(rows, columns=["aspect", "positive", "negative", "verdict"])
    return found.assign(share=found["positive"] / (found["positive"] + found["negative"]))


def test_the_title_of_aspects_tells_what_got_worse_before_what_got_better():
    rows = [("staff", 90, 10, "better"), ("noise", 20, 60, "worse"), ("room", 50, 50, "noise")]
    assert words.aspects_title(aspects(*rows)) == "Noise is the weakest aspect, and the only one that got worse"
    assert words.aspects_title(aspects(("room", 50, 50, "worse"), *rows[:2])) == "Got worse beyond noise: Room and Noise"
    assert words.aspects_title(aspects(rows[0], rows[2])) == "Got better beyond noise: Staff"


def test_without_a_change_the_weakest_of_several_is_named():
    rows = [("staff", 90, 10, "noise"), ("noise", 20, 60, "noise"), ("wifi", 0, 5, "few")]
    assert words.aspects_title(aspects(*rows)) == "Noise is the weakest aspect; nothing moved beyond noise"
    assert words.aspects_title(aspects(rows[0])) == "What guests talk about"
    assert words.aspects_title(aspects()) == "What guests talk about"


@pytest.mark.parametrize(("verdict", "change", "said"), [
    ("worse", -0.094, "▼ −9.4"), ("better", 0.042, "▲ +4.2"), ("noise", 0.004, "≈ +0.4"), ("few", 0.5, "too few"), ("noise", float("nan"), "too few")])
def test_a_change_has_an_arrow_only_beyond_noise(verdict, change, said):
    assert words.change(pd.Series({"verdict": verdict, "change": change})) == said


@pytest.mark.parametrize(("score", "nps", "said"), [
    (8000, None, "8.0 of 10"), (0, None, "0.0 of 10"), (None, 9, "recommends: 9 of 10"), (None, 0, "recommends: 0 of 10"), (None, None, "no score"),
    (float("nan"), float("nan"), "no score")])
def test_a_score_is_told_of_ten(score, nps, said):
    assert words.rating(score, nps) == said


def waiting(*critical: int, reviews: int = 0) -> pd.DataFrame:
    return pd.DataFrame({"age": ["<1", "1-2", "3-7", "8-30", ">30"], "reviews": [reviews, *critical[1:]], "critical": critical})


def test_only_critical_reviews_of_more_than_two_days_are_late():
    assert words.waiting_title(waiting(4, 6, 7, 3, 1)) == "11 critical reviews wait longer than two days"
    assert words.waiting_title(waiting(4, 6, 0, 0, 1)) == "1 critical review waits longer than two days"
    assert words.waiting_title(waiting(0, 0, 0, 0, 0, reviews=2)) == "2 reviews wait for an answer"
    assert words.waiting_title(waiting(0, 0, 0, 0, 0)) == "Every review is answered"


def nps(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["group", "n", "was_n", "change", "change_low", "change_high"])


FELL, FEW, LEVEL = ("Addis", 40, 40, -20, -32, -8), ("Galle", 29, 40, -60, -80, -40), ("Kandy", 40, 40, 3, -9, 15)


def test_nps_fell_only_beyond_noise_and_where_enough_answered():
    assert words.nps_title(nps(LEVEL, FELL, FEW), str) == "NPS fell: Addis"
    assert words.nps_title(nps(LEVEL, FEW), str) == "NPS did not move beyond noise"
    assert words.nps_title(nps(("Kandy", 40, 40, 20, 8, 32)), str) == "NPS rose: Kandy"


def test_the_group_that_moved_most_is_none_within_noise():
    assert words.moved_most(nps(LEVEL, FEW, FELL, ("Kandy", 40, 40, 15, 3, 27))) == "Addis"
    assert words.moved_most(nps(LEVEL, FEW)) is None


def test_the_mix_is_told_where_it_moves_three_points_or_more():
    found = pd.DataFrame({"group": ["leisure", "business"], "within": [4.0, 4.0], "mix": [-5.0, -15.0], "share": [0.3, 0.7], "was_share": [0.6, 0.4]})
    assert words.mix_said(found, str) == "−12 points: +8 within the groups, −20 because the mix of guests changed (fewer leisure)."
    assert words.mix_said(found.assign(mix=[1.0, 1.0]), str) == ""


def silent(raw: float, weighted: float) -> str:
    return words.silent_title(pd.Series({"raw": raw, "weighted": weighted}))


def test_weighting_is_told_in_the_direction_in_which_it_moves():
    assert silent(39, 31) == "Answers flatter: weighted to all stays, NPS is +31 instead of +39"
    assert silent(31, 39) == "Answers are too harsh: weighted to all stays, NPS is +39 instead of +31"
    assert silent(31, 32) == "Who answers is like who stays: weighting changes little"
    assert silent(31, float("nan")) == "Too few answers to weigh them"


def test_the_share_scored_stands_with_what_still_waits():
    found = pd.DataFrame({"texts": [80, 20], "scored": [80, 10], "waiting": [0, 1]})
    assert words.coverage_said(found) == "90 of 100 texts scored (90%) · 1 waits to be read"
    assert words.coverage_said(found.assign(waiting=0)) == "90 of 100 texts scored (90%)"
    assert words.coverage_said(found * 0) == "No texts in this period."


# --- what matters ---------------------------------------------------------------------------------------------------------------
def drivers(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["aspect", "share", "share_low", "share_high"])


def test_the_first_driver_is_named_alone_only_where_it_is_surely_first():
    staff, noise, room = ("staff", 0.5, 0.42, 0.6), ("noise", 0.3, 0.2, 0.4), ("room", 0.2, 0.1, 0.3)
    assert drivers_words.drivers_title(drivers(staff, noise, room)) == "Ratings go most with Staff: 50% of what is explained"
    assert drivers_words.drivers_title(drivers(("staff", 0.5, 0.35, 0.6), noise, room)) == (
        "Ratings go most with Staff, Noise and Room; which comes first is not sure")
    assert drivers_words.drivers_title(drivers()) == "What ratings go with cannot be told yet"


def test_a_gain_is_told_only_beyond_noise():
    found = pd.DataFrame({"aspect": ["noise"], "best_id": [2], "gain": [1.3], "gain_low": [0.4]})
    assert drivers_words.gain_title(found, lambda i: f"House {i}") == "If Noise reached House 2's level: +1.3 points"
    assert drivers_words.gain_title(found.assign(gain_low=-0.1), str) == "Nothing stands out that the best property does surely better"


def test_no_alarm_is_told_only_where_one_could_ring():
    assert drivers_words.signals_title(pd.DataFrame(), 0) == "Too few reviews to watch week by week"
    assert drivers_words.signals_title(pd.DataFrame(), 5) == "No alarm in the last 13 weeks"
    assert drivers_words.signals_title(pd.DataFrame(index=[0, 1]), 5) == "2 alarms in the last 13 weeks"


def test_false_alarms_are_counted_over_all_charts_of_a_property():
    assert drivers_words.false_said(11, 0.2) == "11 charts of a property together ring by chance about 2.2× a year."


# --- accuracy --------------------------------------------------------------------------------------------------------------------
TABLE = {"languages": {"si": {"tier": "indicative", "accuracy": 0.5, "low": 0.2, "high": 0.8, "polar": 10},
                       "en": {"tier": "validated", "accuracy": 0.8, "low": 0.7, "high": 0.9, "polar": 30},
                       "am": {"tier": "not_scored", "accuracy": None, "low": None, "high": None, "polar": 0}}}


def test_accuracy_is_that_of_all_reviews_and_names_the_worst_language():
    """24 of 30 and 5 of 10 are 29 of 40."""
    assert accuracy_words.measured_title(TABLE) == "73% of tones are told right; Sinhala is told worst: 50%"
    assert accuracy_words.measured_title(None) == "The scorer has not been measured here yet"


def test_languages_stand_by_what_is_known_of_them():
    rows = accuracy_words.languages(TABLE)
    assert rows["lang"].tolist() == ["en", "si", "am"]
    assert [accuracy_words.language_said(row) for row in rows.itertuples()] == ["80% (70–90) · n 30", "50% (20–80) · n 10", "nothing scored"]


def test_agreement_counts_reviews_and_clauses_apart():
    said = {"language": "en", "scorer": "1"}
    found = [said | {"what": "review", "was": "positive", "label": "positive", "n": 27}, said | {"what": "review", "was": "positive", "label": "neutral", "n": 3},
             said | {"what": "clause", "was": "negative", "label": "negative", "n": 2}]
    assert accuracy_words.agreement(found)[["what", "n", "right"]].to_numpy().tolist() == [["review", 30, 27], ["clause", 2, 2]]
    assert accuracy_words.agreement_title(found) == "Your people agree with 90% of its labels (74–97)"
    assert accuracy_words.agreement_title(found[1:]) == "3 reviews judged here: too few to tell"
    assert accuracy_words.agreement_title([]) == "Nobody here has judged the scorer yet"


def test_a_fit_that_is_no_better_is_said_not_to_be_in_use():
    result = {"own": 100, "before": 80, "after": 86, "kept": True}
    assert accuracy_words.fit_said(result).startswith("Of 100 own labels, the shipped scorer tells 80 right, yours 86")
    assert accuracy_words.fit_said(result | {"after": 79, "kept": False}).endswith("It would be no better: the shipped one stays.")
