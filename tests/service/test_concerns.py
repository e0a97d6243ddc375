"""A text that warns of something grave is noticed in every language, and one that denies it is not."""
import pytest

from crm_core.service.concerns import CONCERNS, concern, languages


def test_fourteen_languages_have_words_for_each_concern():
    assert sorted(languages()) == ["am", "ar", "de", "en", "es", "fr", "hy", "it", "ja", "nl", "pt", "ru", "si", "zh"]
    assert CONCERNS == ("safety", "discrimination", "pests", "health")


@pytest.mark.parametrize(("lang", "text", "expected"), [
    ("en", "We found bed bugs in the mattress.", "pests"), ("en", "My laptop was STOLEN from the room", "safety"),
    ("en", "The guard was racist.", "discrimination"), ("en", "Two of us got food poisoning", "health"),
    ("en", "It did not feel safe, the street was unsafe", "safety"),
    ("de", "Im Bad waren Kakerlaken.", "pests"), ("fr", "Il y avait des punaises de lit", "pests"), ("es", "Nos robaron en la habitación", "safety"),
    ("it", "Abbiamo trovato cimici nel letto", "pests"), ("pt", "Havia baratas no quarto", "pests"), ("nl", "Mijn tas is gestolen", "safety"),
    ("ru", "В номере были тараканы", "pests"), ("hy", "Սենյակում ուտիճներ կային", "pests"), ("ar", "وجدنا صراصير في الغرفة", "pests"),
    ("zh", "房间里有蟑螂", "pests"), ("ja", "部屋にゴキブリがいました", "pests"), ("am", "ክፍሉ ውስጥ በረሮ ነበር", "pests"), ("si", "කාමරයේ කැරපොත්තන් හිටියා", "pests"),
])  # fmt: skip
def test_an_alarming_text_is_noticed(lang, text, expected):
    assert concern(text, lang) == expected


@pytest.mark.parametrize(("lang", "text"), [
    ("en", "No bedbugs, all clean"), ("en", "We didn't see any cockroaches."), ("en", "We had breakfast and rated it ten"), ("en", "A great location"),
    ("en", "It was pest and cockroach-free"), ("de", "Keine Kakerlaken"), ("fr", "Pas de cafards"), ("es", "No había cucarachas"), ("it", "Senza cimici"),
    ("pt", "Não havia baratas"), ("nl", "Geen ongedierte"), ("ru", "Тараканов не было"), ("hy", "Ուտիճներ չկային"), ("ar", "لا توجد صراصير"),
    ("zh", "没有蟑螂"), ("ja", "エコノミーの部屋"), ("pt", "Uma diária barata"), ("fr", "Notre vol du matin"), ("es", "Cerca del hospital"),
    ("ru", "Безопасный район"), ("de", "Das Personal war unsicher"), ("ja", "ゴキブリはいませんでした"), ("am", "በረሮ አልነበረም"),
    ("si", "කැරපොත්තන් නැහැ"), ("en", ""), ("xx", "🙂 12"),
])  # fmt: skip
def test_a_text_that_denies_it_or_speaks_of_something_else_warns_of_nothing(lang, text):
    assert concern(text, lang) == ""


def test_a_denial_holds_for_its_clause_only():
    assert concern("No breakfast, cockroaches in the bath", "en") == "pests"
    assert concern("The room was not clean and we found cockroaches", "en") == "pests"


def test_the_gravest_of_several_is_told_and_an_unknown_language_is_read_by_all_words():
    assert concern("Cockroaches, and a thief came in", "en") == "safety"
    assert concern("Kakerlaken im Bad", "") == "pests"
