"""The language of a text: by script, by frequent words, by a classifier, and unsure where nothing is clear."""

import sys
from collections import Counter

import pytest

from crm_core import sentiment
from crm_core.sentiment import evaluating, langid


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Very good", "en"),
        ("Muy bien", "es"),
        ("Très bien", "fr"),
        ("Das Personal war super freundlich!", "de"),
        ("Breakfast is served from seven to ten.", "en"),
        ("酒店很干净，早餐一般。", "zh"),
        ("ホテルは快適でした。", "ja"),
        ("فندق رائع والموظفون ودودون", "ar"),
        ("الغرفة كانت نظيفة جدا", "ar"),
        ("هتل خیلی خوب بود و کارکنان مهربان", "und"),
        ("Отель был чистый, персонал вежливый", "ru"),
        ("Готель був чудовий, дуже привітний персонал", "uk"),
        ("โรงแรมดีมาก ห้องสะอาด", "th"),
        ("სასტუმრო ძალიან კარგი იყო", "ka"),
        ("Το ξενοδοχείο ήταν υπέροχο", "el"),
        ("Hotel był wspaniały, obsługa bardzo miła i pokoje czyste", "pl"),
        ("hotel eka hari hondai kema rasai apita godak sathutui", "und"),
        ("", "und"),
        ("👍 12345", "und"),
    ],
)
def test_a_language_is_told_or_left_unsure(text, lang):
    assert sentiment.identify([text]) == [lang]


def test_what_the_source_says_counts_where_the_text_is_unclear():
    assert langid.language("Ok hm", "de-AT") == "de"
    assert langid.language("The room was dirty and the bed was old.", "de") == "en"


def test_the_labelled_reviews_are_told_right_in_every_language():
    found = evaluating.labelled()
    right = Counter(one.lang for one, told in zip(found, sentiment.identify([one.text for one in found])) if one.lang == told)
    n = Counter(one.lang for one in found)
    assert {lang: right[lang] / n[lang] for lang in n if right[lang] / n[lang] < 0.95} == {}


def test_without_the_classifier_frequent_words_still_tell(monkeypatch):
    monkeypatch.setitem(sys.modules, "py3langid", None)
    monkeypatch.setitem(sys.modules, "py3langid.langid", None)
    langid._classifier.cache_clear()
    assert sentiment.identify(["The room was dirty and the bed was old."]) == ["en"]
    langid._classifier.cache_clear()
