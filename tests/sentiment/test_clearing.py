"""What is not the guest's words is cleared away, and places in the text stay true."""

import pytest

from crm_core.sentiment import wrapping
from crm_core.sentiment.clauses import clauses


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<p>Great room</p>", "Great room"),
        ("<script>alert('x')</script>Nice pool", "Nice pool"),
        ("Nice ![x](http://e.example/a.png) pool", "Nice pool"),
        ("Mail me at ann@mail.example please", "Mail me at please"),
        ("See https://e.example/a?b=c now", "See now"),
        ("Positive: Kind staff\nNegative: Noisy street", "Kind staff Noisy street"),
        ("Kind staff\nResponse from the hotel: We are sorry.", "Kind staff"),
        ("> You wrote this\nI answered that", "I answered that"),
        ("Good\x00 food", "Good food"),
        ("No Negative", ""),
    ],
)
def test_only_the_guests_words_are_left(text, left):
    plain = wrapping.cleared(text)
    assert " ".join(plain.split()) == left
    assert len(plain) == len(text)


def test_a_long_text_ends_with_a_sentence():
    plain = wrapping.cleared("The room was dirty. " * 5000)
    assert len(plain) <= 20_000
    assert plain.endswith("dirty. ") or plain.endswith("dirty.")


@pytest.mark.parametrize("piece", ["a", "a@", "\n", "<", "<script", "![", "](http:", "&a", "a.a@", "-- ", " "])
def test_what_is_repeated_without_end_is_cut_like_any_other(piece):
    assert len(wrapping.cleared(piece * 100_000)) <= 20_000


@pytest.mark.parametrize(
    ("text", "lang", "reason"),
    [
        ("", "und", "no_text"),
        ("👍👍👍", "und", "no_text"),
        ("8/10", "und", "no_text"),
        ("bed", "en", "too_short"),
        ("Perfect!", "en", None),
        ("房间", "zh", "too_short"),
        ("完美", "zh", None),
        ("房间很脏", "zh", None),
    ],
)
def test_a_text_without_words_is_not_judged(text, lang, reason):
    assert wrapping.problem(wrapping.cleared(text), lang) == reason


@pytest.mark.parametrize(
    ("text", "lang", "parts"),
    [
        ("The room was fine but the lift was broken. We left early.", "en",
         ["The room was fine", "but the lift was broken.", "We left early."]),
        ("Das Zimmer war schön, aber das Bad war kalt.", "de", ["Das Zimmer war schön,", "aber das Bad war kalt."]),
        ("部屋は広い。朝食はまずい。", "ja", ["部屋は広い。", "朝食はまずい。"]),
        ("ክፍሉ ንጹህ ነበር። ምግቡ ጥሩ ነበር።", "am", ["ክፍሉ ንጹህ ነበር።", "ምግቡ ጥሩ ነበር።"]),
        ("Սենյակը մաքուր էր։ Նախաճաշը համեղ էր։", "hy", ["Սենյակը մաքուր էր։", "Նախաճաշը համեղ էր։"]),
    ],
)
def test_clauses_end_with_sentences_and_before_words_of_contrast(text, lang, parts):
    found = clauses(text, lang)
    assert [text[c.start:c.end] for c in found] == parts


def test_a_text_without_marks_is_cut_into_parts_of_alike_length():
    found = clauses("bed " * 100, "en")
    assert [len(c.words.split()) for c in found] == [34, 34, 32]
