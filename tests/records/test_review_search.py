"""Reviews are found by the beginnings of their words, in every script, newest first and inside the scope only."""
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crm_core.records import review_search
from crm_core.records.review_search import catch_up, search_reviews, words_of
from crm_core.schema import review

TEXTS = (
    ("LIS", "2025-03-01", {"text": "The breakfast was quiet; Crème brûlée!"}),
    ("LIS", "2025-03-05", {"title": "Noisy", "liked": "breakfasts", "disliked": "street"}),
    ("ADD", "2025-03-03", {"text": "Breakfast in Addis"}),
    ("ADD", "2025-03-04", {"text": "房间很干净，早餐不错"}),
    ("LIS", "2025-03-02", {"text": "ක්‍රීඩා පහසුකම් හොඳයි"}),
    ("LIS", "2025-03-06", {"text": "ቁርሱ ጥሩ ነበር"}),
)


@pytest.fixture
def told(filled):
    for at, day, boxes in TEXTS:
        filled.review(None, at=at, reviewed_on=day, **boxes)
    _index(filled)
    return filled


def _index(hotel) -> int:
    with hotel.changing("index") as change:
        return catch_up(change)


@pytest.mark.parametrize(("text", "found"), [
    ("breakf", [2, 3, 1]), ("BREAKFAST quiet", [1]), ("noisy street", [2]), ("早餐", [4]), ("干净 早餐", [4]), ("净干", []), ("ቁርሱ", [6]), ("පහසු", [5]),
    ("", []), ("   ", []), ("!!! --", []), ("nothing", []), ("reakfast", []),
])  # fmt: skip
def test_words_are_found_by_their_beginnings_newest_first(told, view, text, found):
    assert search_reviews(told.store, view(), text=text) == found


@pytest.mark.parametrize("text", [
    '"', '" OR breakfast', "breakfast NOT quiet", "said:breakfast", "NEAR(breakfast quiet)",
    "break* AND *", "^ ( ) { } -- '", "a & | ! <->", "\x00"])  # fmt: skip
def test_signs_of_a_query_language_are_only_signs(told, view, text):
    assert set(search_reviews(told.store, view(), text=text)) <= {1, 2, 3}


def test_accents_do_not_matter_where_the_index_is_sqlites(small, view):
    small.review(None, at="LIS", reviewed_on="2025-03-01", text="Crème brûlée")
    _index(small)
    assert search_reviews(small.store, view(), text="creme") == search_reviews(small.store, view(), text="brûlée") == [1]


def test_a_property_finds_its_own_and_no_property_finds_nothing(told, view):
    assert search_reviews(told.store, view(2), text="breakfast") == [3]
    assert search_reviews(told.store, replace(view(), properties=()), text="breakfast") == []


def test_the_next_page_goes_on_after_the_last_one(told, view):
    assert search_reviews(told.store, view(), text="breakfast", limit=2) == [2, 3]
    assert search_reviews(told.store, view(), text="breakfast", limit=2, before=3) == [1]


@pytest.mark.parametrize(("few", "many", "first"), [(0, 99, 9), (0, 1, 9), (0, 1, 1)])
def test_common_words_are_found_alike_whichever_way_they_are_looked_for(small, view, monkeypatch, few, many, first):
    for at, day, boxes in TEXTS:
        small.review(None, at=at, reviewed_on=day, **boxes)
    _index(small)
    for name, value in (("FEW", few), ("MANY", many), ("READ_FIRST", first)):
        monkeypatch.setattr(review_search, name, value)
    assert search_reviews(small.store, view(), text="breakf") == [2, 3, 1]
    assert search_reviews(small.store, view(), text="BREAKFAST creme") == [1]
    assert search_reviews(small.store, view(), text="早餐 干净") == [4]
    assert search_reviews(small.store, view(), text="breakfast", before=3) == [1]


def test_the_index_is_kept_up_with_what_changed_and_what_went(small, view):
    for at, day, boxes in TEXTS:
        small.review(None, at=at, reviewed_on=day, **boxes)
    assert (_index(small), _index(small)) == (6, 0)
    small.set(review, 1, text="Now it speaks of towels")
    small.set(review, 2, answer="Thank you")
    small.set(review, 3, text=None)
    with small.changing("undo") as change:
        change.connection.execute(sa.delete(review).where(review.c.id == 4))
    assert _index(small) == 2
    assert [search_reviews(small.store, view(), text=text) for text in ("towels", "breakfast", "早餐")] == [[1], [2], []]
    with small.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT rowid FROM review_words ORDER BY rowid").scalars().all() == [1, 2, 5, 6]


def test_words_are_runs_of_letters_marks_and_digits():
    assert words_of("Wi-Fi, room_204 & Café! හොඳයි") == ["wi", "fi", "room", "204", "café", "හොඳයි"]
    assert len(words_of(" ".join(f"w{i}" for i in range(50)))) == 8
