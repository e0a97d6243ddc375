"""Every planted lesson in the product's own figures: the naive view says what the sealed truth says that it would, the honest one tells the truth.

Records are matched as the product does it; marks as in the sealed truth stand where a scorer's would.
"""
import datetime as dt
import math
import shutil
from dataclasses import dataclass, replace

import pytest

from crm_core import queries, schema, views
from crm_core import settings as settings_
from crm_core.association import lessons
from crm_core.ingest import duplicates
from crm_core.ingest.demo import community_parameters, truth
from crm_core.refresh import refresh
from crm_core.scope import Period, Scope
from crm_core.store import bulk, record
from crm_core.store import warehouse as warehouses
from crm_core.store.audit import Entry
from tests.ingest import demo_stores

ALWAYS = Period(dt.date(2021, 4, 1), dt.date(2025, 4, 1))
VIEW = Scope("local", (1, 2, 3, 4), ALWAYS, dt.date(2025, 4, 1), chain=(1, 2, 3, 4))
WHOLE = replace(VIEW, properties=(1, 2, 3, 4, 5), chain=(1, 2, 3, 4, 5))
LAST_YEAR = replace(WHOLE, period=Period(dt.date(2024, 4, 1), dt.date(2025, 4, 1)))
NOW = "2025-04-01T00:00:00+00:00"
SCORE = ("id", "review_id", "language", "tier", "label", "scorer", "text_hash", "at", "revision")
MENTION = ("id", "review_id", "box", "start", "stop", "aspect", "label", "language", "scorer")


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """The warehouse of a copy of the group in full, its records matched, its texts read as the sealed truth has them."""
    group = demo_stores.group()
    settings = settings_.at(tmp_path_factory.mktemp("known"))
    shutil.copytree(group.settings.home, settings.home, dirs_exist_ok=True)
    _read(record.open_store(settings), truth.mentions(group.truth))
    duplicates.search(settings)
    refresh(settings)
    return warehouses.current(settings)


def _read(store, marks: list[tuple]) -> None:
    """Write what a scorer without faults would find."""
    spoken = {review: language for review, *_, language in marks}
    with store.changing(Entry("test", "score", "store", "gold")) as change:
        bulk.insert(change.connection, schema.review_score, SCORE, (
            (i, review, language, "validated", "neutral", "gold", b"-", NOW, change.revision)
            for i, (review, language) in enumerate(spoken.items(), 1)))
        bulk.insert(change.connection, schema.mention, MENTION, (
            (i, review, box, start, stop, aspect, polarity, language, "gold")
            for i, (review, box, start, stop, aspect, polarity, language) in enumerate(marks, 1)))


# --- all fourteen -----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Seen:
    """What the naive and the honest view show; the honest one's interval where it has one."""

    naive: float
    honest: float
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True)
class Asked:
    """The product, asked for figures."""

    known: warehouses.Warehouse

    def __call__(self, scope: Scope, name: str, **params):
        return queries.run(self.known, scope, name, **params)

    def first(self, scope: Scope, name: str, **params):
        """The first row of an answer."""
        return self(scope, name, **params).iloc[0]

    def kpi(self, scope: Scope, key: str, by: str | None = None):
        """A KPI's rows, by group and period where it is split, else by period."""
        return self(scope, "kpi_values", keys=(key,), by=by).set_index(["group", "period"] if by else "period")


def _openings(ask: Asked) -> Seen:
    usual = _usual(ask(WHOLE, "campaign_list").set_index("campaign"))
    sums = usual[usual["started_on"].astype(str) >= "2021-09-20"][["delivered", "openable", "opened_human", "machine_opened"]].sum()
    return Seen((sums["machine_opened"] + sums["opened_human"]) / sums["delivered"], sums["opened_human"] / sums["openable"])


def _campaign(name: str):
    def seen(ask: Asked) -> Seen:
        found = ask(WHOLE, "campaign_list").set_index("campaign").loc[name]
        rules = ask(WHOLE, "credits_by_rule", campaign=int(found["campaign_id"])).set_index("rule")
        people = found["treated_n"]
        return Seen(rules.loc["revinate_30d_open", "bookings"], found["incremental"], people * found["low"], people * found["high"])
    return seen


def _mix(ask: Asked) -> Seen:
    first = replace(LAST_YEAR, properties=(1,))
    return Seen(ask.first(first, "nps_groups", by="property")["change"], ask(first, "nps_mix", by="segment")["within"].sum())


def _persons(ask: Asked) -> Seen:
    found = ask(WHOLE, "identity_sensitivity").set_index("identity")["repeat_ratio"].astype(float)
    return Seen(found["strict"], found["default"])


def _members(ask: Asked) -> Seen:
    found = ask.first(LAST_YEAR, "member_effect")
    return Seen(*(found[name] / 100 for name in ("naive", "effect", "effect_low", "effect_high")))


def _returns(ask: Asked) -> Seen:
    came = ask(WHOLE, "cohort_guests", start=LAST_YEAR.period.start, end=LAST_YEAR.period.end, months=12, limit=9999)
    return Seen(len(came) / ask.kpi(LAST_YEAR, "new_guests").loc["now", "value"], ask.kpi(WHOLE, "km_return_12m").loc["now", "value"])


def _silent(ask: Asked) -> Seen:
    found = ask.first(replace(WHOLE, properties=(2, 3, 4, 5)), "silent_guests")
    return Seen(found["raw"], (found["band_low"] + found["band_high"]) / 2, found["band_low"], found["band_high"])


def _rates(ask: Asked) -> Seen:
    gross, net = (ask.kpi(LAST_YEAR, key, "way")["value"] / 100 for key in ("adr", "net_adr"))
    return Seen(gross["ota", "now"] - gross["direct", "now"], net["direct", "now"] - net["ota", "now"])


def _noise(ask: Asked) -> Seen:
    blocks = ask(replace(WHOLE, properties=(1,)), "aspect_groups", aspect="noise", by="block").set_index("group")
    return Seen(blocks.loc["Street side", "texts"] / blocks["texts"].sum(), blocks.loc["Street side", "part"])


def _points(ask: Asked) -> Seen:
    found = ask.first(LAST_YEAR, "liability")
    return Seen(.8 * found["open"] * .004, *(found[name] / 100 for name in ("liability", "low", "high")))


def _countries(ask: Asked) -> Seen:
    found = ask(WHOLE, "compare_groups", key="return_rate_12m", by="country")
    return Seen((found["p"] < .05).sum(), (found["q"] <= .1).sum())


def _market(ask: Asked) -> Seen:
    lisbon = replace(LAST_YEAR, properties=(3,))
    own, index = (ask.kpi(lisbon, key)["value"] for key in ("revpar", "rgi"))
    return Seen(own["now"] / own["year"] - 1, index["now"] - index["year"])


def _recovery(ask: Asked) -> Seen:
    return Seen(*ask.first(VIEW, "recovery_contrast")[["raw", "stratified", "low", "high"]])


# By the lesson's number: what is seen, and how far the naive figure may lie from what is sealed.
LESSONS = {
    "L01": (_openings, .02), "L02": (_campaign("September sun"), 0), "L03": (_campaign("Winter light"), 0), "L04": (_mix, 1), "L05": (_persons, .001),
    "L06": (_members, 15), "L07": (_returns, .02), "L08": (_silent, 1), "L09": (_rates, 1), "L10": (_noise, .03), "L11": (_points, 100), "L12": (_countries, 0),
    "L13": (_market, .01), "L14": (_recovery, .015),
}


@pytest.mark.parametrize("code", LESSONS)
def test_the_naive_view_misleads_and_the_honest_one_tells_the_truth(known, code):
    sealed, (view, off) = truth.lessons(demo_stores.group().truth)[code], LESSONS[code]
    seen = view(Asked(known))
    assert seen.naive == pytest.approx(sealed.naive, abs=off)
    assert seen.honest == pytest.approx(sealed.true, abs=sealed.tolerance)
    assert seen.low <= sealed.true <= seen.high
    assert abs(sealed.naive - sealed.true) > sealed.tolerance  # who believes the naive view answers wrongly


def test_who_reads_the_views_answers_right(known):
    """A number asked in a lesson is right as the product shows it, and what the naive view shows is wrong where the truth is asked."""
    ask, sealed = Asked(known), truth.lessons(demo_stores.group().truth)
    seen = {code: view(ask) for code, (view, _) in LESSONS.items()}
    for lesson in lessons.shipped():
        for question in (one for one in lesson.quiz if one.truth):
            shown = {"naive": seen[lesson.truth].naive, "true": seen[lesson.truth].honest}
            key = lessons.key_of(question, {"true": sealed[lesson.truth].true, "naive": sealed[lesson.truth].naive})
            assert lessons.is_right(question, f"{shown[question.truth] * question.scale:.1f}", key), (lesson.code, question.key)
            assert question.truth == "naive" or not lessons.is_right(question, f"{shown['naive'] * question.scale:.1f}", key), (lesson.code, question.key)


def test_all_fourteen_are_sealed_and_each_names_a_page():
    sealed = truth.lessons(demo_stores.group().truth)
    assert list(sealed) == list(LESSONS) == [f"L{number:02d}" for number in range(1, 15)]
    assert {one.page for one in sealed.values()} <= set(views.pages())


def test_the_single_hotel_carries_those_that_need_no_group():
    assert list(truth.lessons(demo_stores.single().truth)) == ["L07", "L08", "L10", "L13"]


def test_every_question_of_the_lessons_finds_its_key_in_the_sealed_truth():
    sealed = {code: {"true": one.true, "naive": one.naive} for code, one in truth.lessons(demo_stores.group().truth).items()}
    asked = [(lesson.truth, question) for lesson in lessons.shipped() for question in lesson.quiz if question.truth]
    assert {code for code, _ in asked} == set(sealed)
    for code, question in asked:
        key = lessons.key_of(question, sealed[code])
        assert lessons.is_right(question, f"{key:.2f}", key), (code, question.key)


def test_nothing_that_lessons_teach_is_in_the_store():
    stored = (demo_stores.group().settings.home / "demo.db").read_bytes()
    for one in truth.lessons(demo_stores.group().truth).values():
        assert one.statement.encode() not in stored


# --- more of what some of them show -------------------------------------------------------------------------------------------------
def test_the_house_looks_noisy_until_its_noise_is_asked_for_by_block(known):
    """Lesson L10: the naive share blames the hotel, the honest one eight rooms; the others are as quiet as the other hotels."""
    houses = queries.run(known, VIEW, "aspect_groups", aspect="noise", by="property").set_index("group")
    blocks = queries.run(known, replace(VIEW, properties=(1,)), "aspect_groups", aspect="noise", by="block").set_index("group")
    first, street, rest = houses.loc[1], blocks.loc["Street side"], blocks.loc[""]
    assert houses["blame"].idxmax() == 1 and first["ratio_low"] > 1  # naive: the whole house is louder than the others
    assert street["blame"] == pytest.approx(.31, abs=.02)
    assert street["ratio_low"] > 5
    assert street["part"] == pytest.approx(.54, abs=.05)
    assert street["texts"] / first["texts"] == pytest.approx(8 / 60, abs=.03)
    assert rest["blame"] == pytest.approx(.04, abs=.01) and rest["blame_low"] < houses["blame"].drop(1).min()  # honest: no louder than they


def test_what_is_left_of_fast_solutions_when_like_is_set_beside_like_is_unclear(known):
    """Lesson L14: raw, guests come back far more often after a fast solution; by severity, hotel and first stay too little is left to tell."""
    found = queries.run(known, VIEW, "recovery_contrast").iloc[0]
    groups = queries.run(known, VIEW, "recovery").set_index("group")
    assert min(found["n"], found["others"]) >= 100
    assert groups.loc["fast", "rate"] - groups.loc["slow", "rate"] == pytest.approx(found["raw"], abs=.01)
    assert found["raw"] == pytest.approx(.11, abs=.025) and found["raw_low"] > 0  # naive: fast is better, beyond chance
    assert found["stratified"] == pytest.approx(.04, abs=.02) and found["low"] < 0 < found["high"]
    assert found["verdict"] == "unclear"


def _usual(campaigns):
    """Campaigns by e-mail before those of lessons L2 and L3."""
    usual = campaigns[campaigns["sent"].notna() & (campaigns["started_on"].astype(str) < "2024-09-01") & campaigns["people"].gt(0)]
    return usual[(usual["medium"] == "email") & usual["journey_id"].isna() & (usual["purpose"] == "marketing") & (usual.index != "Welcome")]


# --- campaigns -----------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def campaigns(known):
    """The campaigns by name."""
    return queries.run(known, WHOLE, "campaign_list").set_index("campaign")


def test_machines_make_openings_double_while_people_open_less(campaigns):
    """Lesson L1: the naive share of messages opened nearly doubles; without machines it falls, and so do clicks."""
    usual = _usual(campaigns)
    late = usual["started_on"].astype(str) >= "2021-09-20"
    sums = usual.groupby(late)[["delivered", "openable", "opened_human", "machine_opened", "clicked"]].sum()
    human, clicks = sums["opened_human"] / sums["openable"], sums["clicked"] / sums["delivered"]
    reported = (sums["machine_opened"] + sums["opened_human"]) / sums["delivered"]
    assert reported[True] / human[False] == pytest.approx(1.9, abs=.15)
    assert human.tolist() == pytest.approx([.18, .165], abs=.01)
    assert clicks.tolist() == pytest.approx([.024, .019], abs=.002)
    assert 1 - sums["openable"][True] / sums["delivered"][True] == pytest.approx(.32, abs=.02)


@pytest.mark.parametrize(("name", "opened", "early"), [("September sun", 65, 22), ("Winter light", 58, 19)])
def test_the_rules_of_vendors_credit_the_first_campaign_with_more(known, campaigns, name, opened, early):
    """Lessons L2 and L3, naive: whichever rule is asked, September sun brought more bookings, and more revenue, than Winter light."""
    rules = queries.run(known, WHOLE, "credits_by_rule", campaign=int(campaigns.loc[name, "campaign_id"])).set_index("rule")
    assert rules.loc[["revinate_30d_open", "cloudbeds_30d_engaged", "inntopia_4d_action"], "bookings"].tolist() == [opened, opened, early]
    assert campaigns.loc["September sun", "attributed"] > campaigns.loc["Winter light", "attributed"] > 10 * campaigns.loc["Winter light", "cost"]


def test_beside_those_held_out_the_first_campaign_added_nothing(campaigns):
    """Lesson L2, honest: as many of the held-out booked."""
    found = campaigns.loc["September sun"]
    assert found[["treated_n", "treated_booked", "control_n", "control_booked"]].tolist() == [8100, 162, 900, 18]
    assert found["lift"] == 0
    assert found["low"] < 0 < found["high"]
    assert found["verdict"] == "not_shown"


def test_beside_those_held_out_the_second_campaign_added_eighty_six_bookings(campaigns):
    """Lesson L3, honest: the interval lies above nothing, and of all campaigns only this one's does."""
    found = campaigns.loc["Winter light"]
    assert found[["treated_n", "treated_booked", "control_n", "control_booked"]].tolist() == [7200, 230, 1800, 36]
    assert found["lift"] == pytest.approx(.0119, abs=.0001)
    assert found["low"] > 0
    assert found["incremental"] == pytest.approx(86)
    assert campaigns.index[campaigns["verdict"] == "shown"].tolist() == ["Winter light"]


def test_one_group_of_thirty_seems_to_be_put_off_and_none_is(known, campaigns):
    """Lesson L12: the naive look finds a group below .05, the honest one corrects for having looked at thirty."""
    groups = queries.run(known, WHOLE, "campaign_groups", campaign=int(campaigns.loc["September sun", "campaign_id"]), scan=True)
    told = groups[groups["p"].notna()]
    assert 28 <= len(told) <= 34
    assert (told["p"] < .05).sum() == 1
    assert told["p"].min() > .01
    assert (told["q"] > .2).all()


# --- no lesson, but planted too ------------------------------------------------------------------------------------------------------
def test_events_bring_the_nights_that_were_planted_beyond_those_of_like_guests(known):
    ask = Asked(known)
    show, halo = (ask.kpi(WHOLE, key).loc["now"] for key in ("event_show_rate", "event_halo_nights"))
    assert (show["numerator"], show["denominator"]) == (1514, 60 * 35)  # 37 to 49 of sixty at each of 35 events
    assert halo["n"] == pytest.approx(40 * 35, abs=30)  # who is known and has guests alike
    assert 0 < halo["low"] < community_parameters.HALO * halo["n"] < halo["high"]


def test_what_the_association_asks_for_has_figures_on_the_first_morning(known):
    ask = Asked(known)
    score, valid, soon = (ask.kpi(LAST_YEAR, key).loc["now", "value"] for key in ("standards_score", "certificates_valid", "certificates_expiring_90d"))
    assert .75 < score < .95
    assert valid == pytest.approx(.78, abs=.04)
    assert 5 <= soon <= 20
