"""Reviews: a filter moves a number, an aspect opens to its texts, guest text stays text, and a correction is kept."""
import datetime as dt

import pytest

from crm_core import jobs
from crm_core.records.corrections import corrections_for_accuracy
from crm_core.records.reviews import review_card
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.pages.reviewed import BLAMED, house
from tests.pages.test_retention import drawn, metrics, titles
from tests.pages.visiting import Visits, copied, everything, fine

AS_OF = dt.date(2025, 4, 1)
SCOPE = Scope("local", (1, 2), default_period(AS_OF), AS_OF)


@pytest.fixture(scope="module")
def at_first(tmp_path_factory):
    """Settings of the house before anybody's visit."""
    return house(tmp_path_factory.mktemp("reviewed_pages"))


@pytest.fixture
def reviewed(monkeypatch, at_first, tmp_path) -> Visits:
    """Visits to a copy, which a test may change; nothing is done in the background."""
    for name in ("start_refresh", "wake"):
        monkeypatch.setattr(jobs, name, lambda _settings: None)
    return Visits(monkeypatch, copied(at_first, tmp_path))


def text(at) -> str:
    return everything(at).replace("\\\\", "")


def cards(at) -> list[str]:
    """Return the first line of each review that is shown."""
    return [m.value.replace("\\", "") for m in at.markdown if " of 10** :small" in m.value]


def pick(at, key: str, value):
    next(e for kind in (at.pills, at.button_group, at.selectbox, at.text_input, at.date_input) for e in kind if e.key == key).set_value(value)
    return fine(at.run())


def test_a_property_narrows_the_aspects_and_the_reviews(reviewed):
    at = fine(reviewed.open("feedback"))
    assert drawn(at, "aspects")["layout"]["yaxis"]["ticktext"] == ["Staff", "Noise"]
    assert "More: 12 of 51 shown" in [b.label for b in at.button]
    at.multiselect(key="properties").select("Addis House")
    there = fine(at.run())
    assert drawn(there, "aspects")["layout"]["yaxis"]["ticktext"] == ["Noise"]
    assert len(cards(there)) == 11
    assert "10 of 11 texts scored (91%) · 1 waits to be read" in text(there)


def test_critical_reviews_that_wait_are_counted_and_listed(reviewed):
    at = fine(reviewed.open("feedback"))
    assert "11 critical reviews wait longer than two days" in titles(at)
    critical = cards(pick(at, "reviews_view", "critical"))
    assert [line.split(" of 10")[0].strip("*") for line in critical] == ["2.0", *["3.0"] * 10]


def test_more_shows_the_next_dozen(reviewed):
    at = fine(reviewed.open("feedback"))
    assert len(cards(at)) == 12
    at.button(key="reviews_more").click()
    assert len(cards(fine(at.run()))) == 24


def test_a_search_looks_through_the_texts(reviewed):
    at = pick(fine(reviewed.open("feedback")), "reviews_text", "music")
    assert len(cards(at)) == 10
    assert "No review fits" in text(pick(at, "reviews_text", "zeppelin"))


def test_a_language_narrows_the_reviews(reviewed):
    assert len(cards(pick(fine(reviewed.open("feedback")), "reviews_language", "de"))) == 4


def test_what_a_guest_wrote_is_never_markdown(reviewed):
    at = pick(fine(reviewed.open("feedback")), "reviews_text", "evil")
    written = next(m.value for m in at.markdown if "evil" in m.value)
    assert r"\!\[x\]\(" in written
    assert "https://" not in written
    assert r"\:red\[paid\]" in written
    assert r"\<script\>" in written


def test_a_correction_is_kept(reviewed):
    at = pick(fine(reviewed.open("feedback")), "reviews_view", "lowest")
    at.button(key="correct_41").click()
    at = fine(at.run())
    assert BLAMED[:5] in text(at)
    # A browser runs the dialog alone; here the whole page runs, and the dialog must be asked for again.
    at.session_state["correcting"] = review_card(record.open_store(reviewed.settings), SCOPE, id=41)
    next(e for e in at.button_group if e.key == "label_41").set_value("neutral")
    at.button(key="save_41").click()
    fine(at.run())
    store = record.open_store(reviewed.settings)
    kept = corrections_for_accuracy(store, SCOPE)
    assert [(row["what"], row["was"], row["label"], row["n"]) for row in kept] == [("review", "negative", "neutral", 1)]


@pytest.mark.parametrize("role", ["group", "trainer"])
def test_who_may_not_read_texts_sees_figures_only(reviewed, role):
    at = fine(reviewed.as_(role).open("feedback"))
    assert metrics(at)["Reviews answered"] == "78.4%"
    assert cards(at) == []
    assert "Your role sees figures, not texts" in text(at)
    assert BLAMED[:9] not in text(at)


def test_a_house_without_reviews_is_told_where_they_come_from(monkeypatch, lisbon):
    at = fine(Visits(monkeypatch, lisbon).open("feedback"))
    assert titles(at) == ["No reviews in this view"]
