"""Words that tell good reviews from bad ones: the sure ones first, each finding once, rare words not at all."""
from crm_core.stats import keywords


def test_what_only_one_side_says_stands_first():
    good = ["The breakfast was lovely", "Lovely breakfast and view"] * 10
    bad = ["The lift was broken", "Broken lift and thin walls"] * 10
    found = {w.text: w for w in keywords.distinguishing(good, bad, "en")}
    assert found["lovely"].z > 2 and (found["lovely"].good, found["lovely"].bad) == (20, 0)
    assert any({"broken", "lift"} & set(text.split()) and w.z < -2 for text, w in found.items())


def test_what_both_sides_say_alike_is_no_finding():
    texts = ["the pool was open", "we saw the pool"] * 20
    assert all(abs(w.z) < 0.5 for w in keywords.distinguishing(texts, texts, "en"))


def test_a_word_of_fewer_than_five_reviews_is_left_out():
    assert keywords.distinguishing(["Signora Rossi helped"] * 4, ["nothing"], "en") == []


def test_a_word_counts_once_for_each_review():
    found = keywords.distinguishing(["noise noise noise"] * 5, ["quiet"] * 5, "en")
    assert {w.text: w.good for w in found}["noise" if any(w.text == "noise" for w in found) else "noise noise"] == 5


def test_a_finding_is_told_once_as_word_or_as_phrase():
    found = [w.text for w in keywords.distinguishing(["rude staff again"] * 9, ["kind people"] * 9, "en")]
    assert sum("rude" in text for text in found) == 1


def test_languages_without_spaces_are_read_by_pairs_of_letters():
    assert "早餐" in keywords.terms("早餐很好", "zh")
    assert [w.text for w in keywords.distinguishing(["早餐很好"] * 6, ["太吵了"] * 6, "zh")]


def test_vowel_signs_belong_to_their_word():
    assert "කාමරය" in keywords.terms("කාමරය ලස්සනයි", "si")


def test_nothing_in_gives_nothing_out():
    assert keywords.distinguishing([], [], "en") == []


def test_one_word_alone_is_told_from_nothing():
    assert keywords.distinguishing(["pool"] * 9, [], "en") == []
