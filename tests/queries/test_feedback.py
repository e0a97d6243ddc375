"""What guests talk about, who would recommend, what waits and how others do: counted by hand over a few reviews at two houses."""
import datetime as dt

import pytest

from crm_core import queries
from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.schema import review_benchmark
from crm_core.scope import Period, Scope
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, Hotel

LIS, ADD = 1, 2
MARCH = Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1))


def view(properties=(LIS, ADD), period=MARCH, **changes) -> Scope:
    return Scope("local", properties, period, AS_OF, chain=(LIS, ADD), **changes)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """Lisbon: 40 texts, noise blamed in 10 of them, 8 of those from floor 3; Addis: 20 texts that praise the staff. A year before, noise was praised."""
    settings = settings_.at(tmp_path_factory.mktemp("spoken"))
    hotel = Hotel(record.open_store(settings)).open()
    hotel.property("LIS", 10)
    hotel.property("ADD", 5)
    for i in range(40):
        floor = "3" if i % 10 < 2 else "1"
        stay = hotel.stay("LIS", "2025-03-03", 2, 200, room=f"{floor}{i:02d}", channel="ota" if i % 2 else "own_site")
        noisy = i % 10 < 2 or i in (5, 15)
        review = hotel.review(stay, 4.0 if noisy else 8.0, text="Some words here", reviewed_on=f"2025-03-{10 + i % 20}", platform="google", language="en")
        hotel.scored(review, "negative" if noisy else "positive", 0.5, ("noise", "negative" if noisy else "positive"))
    for i in range(20):
        stay = hotel.stay("ADD", "2025-03-03", 1, 100)
        review = hotel.review(stay, 9.0, text="Some words", reviewed_on="2025-03-20", platform="google", language="hy")
        hotel.scored(review, "positive", 0.9, ("staff", "positive"), ("staff", "positive"), tier="indicative" if i < 5 else "validated", language="hy")
    for _ in range(40):  # a year earlier
        review = hotel.review(None, 8.0, "LIS", text="Some words here", reviewed_on="2024-03-15", platform="google", language="en")
        hotel.scored(review, "positive", 0.5, ("noise", "positive"))
    hotel.review(None, 3.0, "LIS", reviewed_on="2025-03-31", platform="google", language="de", words=0)
    refresh(settings)
    return warehouses.current(settings)


def ask(made, name, scope=None, **params):
    return queries.run(made, scope or view(), name, **params)


def test_an_aspect_has_its_rate_and_share_among_texts_and_what_changed(spoken):
    row = ask(spoken, "aspects").set_index("aspect").loc["noise"]
    assert (row.texts, row.reviews, row.positive, row.negative) == (55, 40, 30, 10)  # five Armenian texts are only indicative
    assert row.rate == pytest.approx(40 / 55)
    assert (row.share, row.was_share) == (0.75, 1.0)
    assert row.change == -0.25
    assert row.change_high < 0
    assert row.verdict == "worse"


def test_two_clauses_about_one_aspect_are_one_review_that_names_it(spoken):
    row = ask(spoken, "aspects").set_index("aspect").loc["staff"]
    assert (row.reviews, row.mentions, row.positive) == (15, 30, 30)
    assert row.verdict == "few"  # nobody spoke of it a year before


def test_floors_show_where_the_noise_comes_from(spoken):
    found = ask(spoken, "aspect_groups", view((LIS,)), aspect="noise", by="floor").set_index("group")
    assert found.loc["3", ["texts", "bad"]].tolist() == [8, 8]
    assert found.loc["1", ["texts", "bad"]].tolist() == [32, 2]
    assert found.loc["3", "ratio"] == pytest.approx(16.0)
    assert found.loc["3", "ratio_low"] > 4
    assert found.loc["3", "part"] == pytest.approx(0.8)


def test_a_split_that_there_is_not_is_refused(spoken):
    with pytest.raises(ValueError, match="Reviews are split by"):
        ask(spoken, "aspect_groups", aspect="noise", by="moon")


def test_coverage_tells_languages_and_gives_no_average_under_ten(spoken):
    found = ask(spoken, "review_coverage").set_index("language")
    assert found.loc["en", ["reviews", "scored", "positive", "negative"]].tolist() == [40, 40, 30, 10]
    assert found.loc["en", "share"] == 0.75
    assert found.loc["de", ["reviews", "texts"]].tolist() == [1, 0]
    assert found["share"].isna()["de"]


def test_lists_are_newest_first_or_what_is_critical_and_waits(spoken):
    assert ask(spoken, "review_count")["reviews"].tolist() == [61]
    newest = ask(spoken, "review_list", limit=2)
    assert newest["rating"].tolist() == [30.0, 40.0 if newest["rating"][1] == 40.0 else 80.0]
    assert ask(spoken, "review_count", view="critical")["reviews"].tolist() == [11]
    assert ask(spoken, "review_count", aspect="noise", label="negative", group=("floor", "3"))["reviews"].tolist() == [8]
    assert ask(spoken, "review_list", view="lowest", limit=1)["rating"].tolist() == [30.0]


def test_what_waits_is_counted_by_its_age_whenever_it_was_written(spoken):
    found = ask(spoken, "waiting_reviews", view(period=Period(dt.date(2024, 1, 1), dt.date(2024, 2, 1)))).set_index("age")
    assert found.loc["1-2", "critical"] >= 1
    assert found["reviews"].sum() == 101
    assert found.loc[">30"].tolist() == [40, 0]


def test_nobody_answered_so_no_time_is_told(spoken):
    found = ask(spoken, "answering", by="platform")
    assert found[["group", "reviews", "answered", "share"]].to_numpy().tolist() == [["google", 61, 0, 0.0]]
    assert found["hours"].isna().all()


# --- NPS ----------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Addis: last year 16 leisure (10 promoters, 3 detractors) and 4 business answers, now 8 and 12, each segment as happy as before."""
    settings = settings_.at(tmp_path_factory.mktemp("answered"))
    hotel = Hotel(record.open_store(settings)).open()
    hotel.property("LIS", 10)
    for year, leisure, business in ((2024, 16, 4), (2025, 8, 12)):
        for i in range(leisure + business):
            kind = "leisure" if i < leisure else "business"
            stay = hotel.stay("LIS", f"{year}-03-03", 2, 200, segment=kind, channel="ota" if kind == "business" else "own_site")
            happy = i % 4 != 3 if kind == "leisure" else i % 4 == 3
            hotel.review(stay, None, kind="survey", platform="survey", nps=10 if happy else 3, reviewed_on=f"{year}-03-10")
    for _ in range(60):
        hotel.stay("LIS", "2025-03-05", 2, 200, channel="ota")
    refresh(settings)
    return warehouses.current(settings)


def test_nps_by_group_stands_beside_the_year_before(answered):
    found = ask(answered, "nps_groups", view((LIS,)), by="segment").set_index("group")
    assert found.loc["leisure", ["n", "nps", "was_n", "was_nps"]].tolist() == [8, 50.0, 16, 50.0]
    assert found.loc["business", ["n", "nps", "was_n", "was_nps"]].tolist() == [12, -50.0, 4, -50.0]
    assert found.loc["business", "change_low"] < 0 < found.loc["business", "change_high"]


def test_a_change_of_the_mix_is_told_apart_from_a_change_within(answered):
    found = ask(answered, "nps_mix", view((LIS,)), by="segment")
    assert found["within"].sum() == pytest.approx(0)
    assert found["mix"].sum() == pytest.approx(-10 - 30)  # from +30 to -10 in all


def test_answers_are_weighted_to_all_stays(answered):
    row = ask(answered, "silent_guests", view((LIS,))).iloc[0]
    assert row.raw == pytest.approx(-10)
    assert row.weighted == pytest.approx((8 * 50 + 72 * -50) / 80)
    assert row.band_low <= row.weighted <= row.band_high


def test_the_band_eases_the_delighted_and_the_angry_and_nobody_between(tmp_path):
    """Four delighted, three content, two cross, one angry: +10. At two thirds of the extremes 2.67, 3, 2 and 0.67 are left: 0."""
    settings = settings_.at(tmp_path)
    hotel = Hotel(record.open_store(settings)).open()
    hotel.property("LIS", 10)
    for answer in (10, 10, 9, 9, 8, 8, 7, 5, 4, 3):
        hotel.review(hotel.stay("LIS", "2025-03-03", 2, 200), None, kind="survey", platform="survey", nps=answer, reviewed_on="2025-03-10")
    refresh(settings)
    row = ask(warehouses.current(settings), "silent_guests", view((LIS,))).iloc[0]
    assert (row.raw, row.weighted, row.band_high) == pytest.approx((10, 10, 10))
    assert row.band_low == pytest.approx(0)


# --- comparison sets ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def benchmarked(tmp_path_factory):
    settings = settings_.at(tmp_path_factory.mktemp("benchmarked"))
    hotel = Hotel(record.open_store(settings)).open()
    for i, code in enumerate("ABCDE"):
        hotel.property(code, 10)
        for _ in range(30):
            hotel.review(None, 5.0 + i, code, reviewed_on="2025-03-10", platform="google")
    with hotel.changing("set") as change:
        for name, hotels, largest in (("Coast", 6, 3000), ("Three", 3, 3000), ("Giant", 6, 6000)):
            hotel._add(change, review_benchmark, property_id=1, name=name, month_on=dt.date(2025, 3, 1), figure="review_index", value=60.0, hotels=hotels,
                       reviews=500, largest_bp=largest, source="test", revision=change.revision)
    refresh(settings)
    return warehouses.current(settings)


def test_the_own_index_stands_beside_the_groups_other_hotels(benchmarked):
    scope = Scope("local", (1, 2, 3, 4, 5), MARCH, AS_OF, chain=(1, 2, 3, 4, 5))
    row = ask(benchmarked, "index_gaps", scope).query("set_name == '' and property_id == 1").iloc[0]
    assert (row["index"], row.set_index, row.gap) == pytest.approx((50, 75, -25))
    assert (row.hotels, row.hidden) == (4, "")


def test_a_set_that_would_show_a_single_hotel_is_hidden(benchmarked):
    found = ask(benchmarked, "index_gaps", Scope("local", (1, 2), MARCH, AS_OF, chain=(1, 2, 3, 4, 5))).query("property_id == 1").set_index("set_name")
    assert found["hidden"].to_dict() == {"": "hotels", "Coast": "", "Giant": "large", "Three": "hotels"}
    assert found.loc["Coast", "gap"] == pytest.approx(-10)
    assert found["gap"].isna()["Giant"]
