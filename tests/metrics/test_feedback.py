"""KPIs of feedback, counted by hand at Lisbon for March 2025 (as of 1 April)."""
import datetime as dt
import math
from dataclasses import replace

import pytest

from crm_core import queries
from crm_core.scope import Period

MARCH = Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1))


@pytest.fixture
def march(scope):
    return replace(scope, period=MARCH, properties=(1,))


def value(made, scope, key: str, period: str = "now"):
    frame = queries.run(made, scope, "kpi_values", keys=(key,))
    return frame[frame["period"] == period].iloc[0]


def parts(made, scope, key: str, by: str) -> dict:
    frame = queries.run(made, scope, "kpi_values", keys=(key,), by=by)
    now = frame[frame["period"] == "now"]
    return {r.group: (r.numerator, r.denominator) for r in now.itertuples()}


def answer(hotel, nps: int, stay: int | None = None, on: str = "2025-03-10", **details) -> int:
    return hotel.review(stay, None, None if stay else "LIS", kind="survey", platform="own", reviewed_on=on, nps=nps, **details)


def test_promoters_less_detractors(hotel, rebuilt, march):
    """Five promoters, four passives, one detractor: 40 points. A review of a portal is not asked, and April's answer is not there yet."""
    for nps in (9, 9, 10, 10, 10, 7, 7, 8, 8, 6):
        answer(hotel, nps)
    hotel.review(None, 3.0, "LIS", reviewed_on="2025-03-10", nps=0)
    answer(hotel, 0, on="2025-04-01")
    made = rebuilt()
    found = value(made, march, "nps")
    assert (found["value"], found["n"], found["few"]) == (pytest.approx(40), 10, True)
    assert (found["low"], found["high"]) == pytest.approx((-1.113, 81.113), abs=1e-2)  # a tenth of the published example's answers
    rows = queries.run(made, march, "behind", key="nps")
    assert sorted(rows["part"].tolist()) == [-100, 100, 100, 100, 100, 100]
    assert queries.run(made, march, "behind_total", key="nps")["total"].iloc[0] == found["numerator"] == 400


def test_the_last_answer_for_a_stay_counts(hotel, rebuilt, march):
    stay = hotel.stay("LIS", "2025-03-03", 2, 200, hotel.guest("Cora Lind", "LIS"))
    answer(hotel, 2, stay, on="2025-03-04")
    answer(hotel, 9, stay, on="2025-03-08")
    found = value(rebuilt(), march, "nps")
    assert (found["value"], found["n"]) == (100, 1)


def test_scores_by_kind_of_stay_are_weighted_by_stays(hotel, rebuilt, march):
    """Directly came three stays, which all promote; through the agency nine, of which five answered and none would recommend: -50 instead of 0."""
    for _ in range(5):
        answer(hotel, 10, hotel.stay("LIS", "2025-03-03", 2, 200))
    for i in range(15):
        stay = hotel.stay("LIS", "2025-03-03", 2, 200, channel="ota")
        if i < 5:
            answer(hotel, 0, stay)
    made = rebuilt()
    # Ana's stay of three nights is direct like these; the agency has Ben's of two and a nameless one of one night as well.
    found = value(made, march, "nps_weighted")
    assert found["value"] == pytest.approx(100 * (6 - 17) / 23)
    assert (found["n"], value(made, march, "nps")["value"]) == (10, 0)
    months = queries.run(made, march, "kpi_months", keys=("nps_weighted", "nps"), count=2)
    assert months["nps_weighted"].tolist() == pytest.approx([math.nan, 100 * (6 - 17) / 23], nan_ok=True)
    by = queries.run(made, march, "kpi_values", keys=("nps_weighted",), by="property")
    assert by["value"].iloc[0] == pytest.approx(found["value"])


def test_satisfaction_and_ease(hotel, rebuilt, march):
    for csat, ces in ((10000, 7), (8000, 5), (6000, 4), (2000, None)):
        hotel.review(None, None, "LIS", kind="survey", platform="own", reviewed_on="2025-03-10", csat_bp=csat, ces=ces)
    made = rebuilt()
    assert value(made, march, "csat_top2")[["numerator", "denominator"]].tolist() == [2, 4]
    assert value(made, march, "ces_top")[["numerator", "denominator"]].tolist() == [2, 3]


def test_who_was_asked_less_than_three_weeks_ago_may_still_answer(hotel, rebuilt, march):
    stay, survey = hotel.stay("LIS", "2025-03-03", 2, 200), hotel.survey()
    hotel.asked(survey, stay, "2025-03-10", answered_at="2025-03-12T10:00:00+00:00")
    hotel.asked(survey, stay, "2025-03-11")  # its 21st day is 1 April: over
    hotel.asked(survey, stay, "2025-03-12", answered_at="2025-03-13T10:00:00+00:00")
    hotel.asked(survey, stay, "2025-03-05", is_bounced=1)
    assert value(rebuilt(), march, "survey_response_rate")[["numerator", "denominator"]].tolist() == [1, 2]


def test_the_index_weighs_by_age_and_is_drawn_to_the_mean_of_all_time(hotel, rebuilt, march):
    """1 January is 90 days before 1 April: it weighs half. 1 March 2024 is too old to count, yet has its say in the prior of (100 + 40 + 10) / 3."""
    hotel.review(None, 4.0, "LIS", reviewed_on="2025-01-01")
    hotel.review(None, 10.0, "LIS", reviewed_on="2024-10-03")  # 180 days
    hotel.review(None, 1.0, "LIS", reviewed_on="2024-03-01")
    made = rebuilt()
    found = value(made, march, "review_index")
    assert found["value"] == pytest.approx((0.5 * 40 + 0.25 * 100 + 10 * 50) / (0.75 + 10))
    assert (found["n"], found["few"]) == (2, True)
    assert queries.run(made, march, "behind_total", key="review_index").iloc[0].tolist() == [2, 2]
    months = queries.run(made, march, "kpi_months", keys=("review_index",), count=2)["review_index"]
    assert months.iloc[1] == pytest.approx(found["value"])
    older = 2 ** (-59 / 90), 2 ** (-149 / 90), 2 ** (-365 / 90)  # on 1 March, the review of a year before counts as well
    assert months.iloc[0] == pytest.approx((older[0] * 40 + older[1] * 100 + older[2] * 10 + 500) / (sum(older) + 10))
    by = queries.run(made, march, "kpi_values", keys=("review_index",), by="property")
    assert by["value"].iloc[0] == pytest.approx(found["value"])


def test_aspects_are_told_in_validated_languages(hotel, rebuilt, march):
    first = hotel.review(None, 8.0, "LIS", reviewed_on="2025-03-10", text="Quiet, and good food, but dear")
    hotel.scored(first, "positive", 0.4, ("noise", "positive"), ("noise", "positive"), ("food", "positive"), ("value", "negative"))
    second = hotel.review(None, 4.0, "LIS", reviewed_on="2025-03-11", text="Loud")
    hotel.scored(second, "negative", -0.7, ("noise", "negative"), ("room", "neutral"))
    third = hotel.review(None, 4.0, "LIS", reviewed_on="2025-03-11", text="Vacarme")
    hotel.scored(third, "negative", -0.7, ("noise", "negative"), tier="indicative")
    hotel.review(None, 9.0, "LIS", reviewed_on="2025-03-12", text="Not read yet")
    hotel.review(None, 9.0, "LIS", reviewed_on="2025-03-12")
    made = rebuilt()
    assert parts(made, march, "aspect_positive_share", "aspect") == {"noise": (2, 3), "food": (1, 1), "value": (0, 1), "room": (0, 0)}
    assert parts(made, march, "aspect_mention_rate", "aspect") == {"noise": (2, 2), "food": (1, 2), "value": (1, 2), "room": (1, 2)}
    assert value(made, march, "aspect_mention_rate")[["numerator", "denominator"]].tolist() == [2, 2]
    assert queries.run(made, march, "behind_total", key="aspect_mention_rate").iloc[0].tolist() == [2, 2]
    assert queries.run(made, march, "behind_total", key="aspect_positive_share").iloc[0].tolist() == [1, 3]
    assert value(made, march, "sentiment_positive_share")[["numerator", "denominator"]].tolist() == [1, 2]
    assert value(made, march, "scored_share")[["numerator", "denominator"]].tolist() == [3, 4]


def test_a_review_without_an_answer_has_waited_until_today(hotel, rebuilt, march):
    """One answered after a day, one after three, one still waiting for five: half had an answer after three days, nine of ten not yet."""
    hotel.review(None, 3.0, "LIS", reviewed_on="2025-03-10", answered_at="2025-03-11T00:00:00+00:00")
    hotel.review(None, 3.0, "LIS", reviewed_on="2025-03-10", answered_at="2025-03-13T00:00:00+00:00")
    hotel.review(None, 3.0, "LIS", reviewed_on="2025-03-27")
    hotel.review(None, 3.0, "LIS", reviewed_on="2025-03-30")  # two days old: it may wait, and counts in the time
    made = rebuilt()
    assert value(made, march, "review_answer_rate")[["numerator", "denominator"]].tolist() == [2, 3]
    found = value(made, march, "answer_time_median")
    assert (found["value"], found["n"], found["few"]) == (pytest.approx(72), 4, True)
    assert math.isnan(value(made, march, "answer_time_p90")["value"])
    assert queries.run(made, march, "behind_total", key="answer_time_median").iloc[0].tolist() == [4, 4]


def test_a_loop_is_closed_by_telling_the_guest_within_thirty_days(hotel, rebuilt, march):
    stay = hotel.stay("LIS", "2025-02-24", 2, 200)
    told = hotel.review(stay, 2.0, reviewed_on="2025-03-01")
    hotel.case(stay, review_id=told, opened_at="2025-03-02T10:00:00+00:00", closed_at="2025-03-03T10:00:00+00:00", told_at="2025-03-31T10:00:00+00:00",
               status="closed")
    answer(hotel, 6, on="2025-03-02")  # its thirtieth day is 1 April
    hotel.review(None, 2.0, "LIS", reviewed_on="2025-03-03")  # too young
    hotel.review(None, 9.0, "LIS", reviewed_on="2025-03-01")
    assert value(rebuilt(), march, "loop_closed_rate")[["numerator", "denominator"]].tolist() == [1, 2]
