"""What the planted lessons look like in the product's own figures (L1 to L3, L10, L12, L14): marks as in the sealed truth stand where a scorer's would."""
import datetime as dt
import shutil
from dataclasses import replace

import pytest

from crm_core import queries, schema
from crm_core import settings as settings_
from crm_core.ingest.demo import truth
from crm_core.refresh import refresh
from crm_core.scope import Period, Scope
from crm_core.store import bulk, record
from crm_core.store import warehouse as warehouses
from crm_core.store.audit import Entry
from tests.ingest import demo_stores

ALWAYS = Period(dt.date(2021, 4, 1), dt.date(2025, 4, 1))
VIEW = Scope("local", (1, 2, 3, 4), ALWAYS, dt.date(2025, 4, 1), chain=(1, 2, 3, 4))
WHOLE = replace(VIEW, properties=(1, 2, 3, 4, 5), chain=(1, 2, 3, 4, 5))
NOW = "2025-04-01T00:00:00+00:00"
SCORE = ("id", "review_id", "language", "tier", "label", "scorer", "text_hash", "at", "revision")
MENTION = ("id", "review_id", "box", "start", "stop", "aspect", "label", "language", "scorer")


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """The warehouse of a copy of the group in full, its texts read as the sealed truth has them."""
    group = demo_stores.group()
    settings = settings_.at(tmp_path_factory.mktemp("known"))
    shutil.copytree(group.settings.home, settings.home, dirs_exist_ok=True)
    _read(record.open_store(settings), truth.mentions(group.truth))
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


# --- campaigns -----------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def campaigns(known):
    """The campaigns by name."""
    return queries.run(known, WHOLE, "campaign_list").set_index("campaign")


def test_machines_make_openings_double_while_people_open_less(campaigns):
    """Lesson L1: the naive share of messages opened nearly doubles; without machines it falls, and so do clicks."""
    usual = campaigns[campaigns["sent"].notna() & (campaigns["started_on"].astype(str) < "2024-09-01") & campaigns["people"].gt(0)]
    usual = usual[(usual["medium"] == "email") & usual["journey_id"].isna() & (usual["purpose"] == "marketing") & (usual.index != "Welcome")]
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
    assert .01 < told["p"].min() < .04
    assert (told["q"] > .2).all()
