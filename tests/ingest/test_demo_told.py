"""What the planted lessons look like in the product's own figures: marks as in the sealed truth stand where a scorer's would (L10, L14)."""
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
