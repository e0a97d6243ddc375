"""Answers are drafted and marked as posted under an optimistic lock; templates fill names and aspects, and nothing else."""
import datetime as dt

import pytest

from crm_core.records.registry import Refused, Stale
from crm_core.records.review_answers import (
    FITS,
    begun,
    fitting,
    mark_answered,
    save_answer_draft,
    save_template,
    take_back_answer,
    templates,
)
from crm_core.records.review_answers import archive_template as put_away
from crm_core.records.reviews import review_card
from crm_core.schema import ASPECTS, review

LANGUAGES = ["am", "ar", "de", "en", "es", "fr", "hy", "it", "ja", "nl", "pt", "ru", "si", "zh"]


@pytest.fixture
def reviewed(filled):
    """Review 1 of Ana's stay in Lisbon: noisy, and a good bed; review 2 is a survey answer."""
    filled.review(2, 4, reviewed_on="2025-03-08", profile_id=1, text="Good bed, noisy, noisy.")
    filled.scored(1, "negative", -.5, ("room", "positive"), ("noise", "negative"), ("wifi", "negative"), ("noise", "negative"))
    filled.review(2, 9, kind="survey", platform="survey")
    return filled


def test_a_draft_is_kept_and_becomes_the_answer_that_was_posted(reviewed, view):
    assert save_answer_draft(reviewed.store, view(), id=1, version=1, draft=" Dear\x00 Ana ") == 2
    assert review_card(reviewed.store, view(), id=1)["draft"] == "Dear Ana"
    before = reviewed.store.revision()
    assert mark_answered(reviewed.store, view(), id=1, version=2, text="Dear Ana, sorry.", by="Nimali  P.") == 3
    row = review_card(reviewed.store, view(), id=1)
    assert (row["answer"], row["answered_by"], row["draft"]) == ("Dear Ana, sorry.", "Nimali P.", None)
    assert row["answered_at"][:10] == dt.datetime.now(dt.UTC).date().isoformat()
    assert reviewed.store.revision() == before + 1


def test_an_answer_of_an_earlier_day_stands_at_its_noon(reviewed, view):
    reviewed.set(review, 1, draft="Later")
    mark_answered(reviewed.store, view(), id=1, version=1, text="Sorry.", answered_on=dt.date(2025, 3, 9))
    row = review_card(reviewed.store, view(), id=1)
    assert (row["answered_at"], row["answered_by"]) == ("2025-03-09T12:00:00+00:00", "local")
    assert take_back_answer(reviewed.store, view(), id=1, version=2) == 3
    row = review_card(reviewed.store, view(), id=1)
    assert (row["answer"], row["answered_at"], row["answered_by"], row["draft"]) == (None, None, "", "Sorry.")


@pytest.mark.parametrize(("values", "problem"), [
    ({"text": "  "}, "as it was posted"), ({"text": "x" * 8001}, "8,000"), ({"text": "x", "answered_on": dt.date(2025, 3, 7)}, "older than its review"),
    ({"text": "x", "answered_on": dt.date(2100, 1, 1)}, "day to come"), ({"text": "x", "id": 2}, "survey"), ({"text": "x", "id": 99}, "no such review"),
])  # fmt: skip
def test_what_cannot_be_is_refused(reviewed, view, values, problem):
    with pytest.raises(Refused, match=problem):
        mark_answered(reviewed.store, view(), **{"id": 1, "version": 1} | values)
    with pytest.raises(Refused, match="no answer"):
        take_back_answer(reviewed.store, view(), id=1, version=1)


def test_of_two_editors_the_second_is_told_and_nothing_is_overwritten(reviewed, view):
    save_answer_draft(reviewed.store, view(), id=1, version=1, draft="first")
    with pytest.raises(Stale) as told:
        mark_answered(reviewed.store, view(), id=1, version=1, text="second")
    assert (told.value.current["draft"], told.value.current["answer"]) == ("first", None)


# --- templates ------------------------------------------------------------------------------------------------------------
def test_each_language_has_a_text_for_each_kind_and_a_name_for_each_aspect(small, view):
    found = templates(small.store, view())
    assert sorted({row["language"] for row in found}) == LANGUAGES
    assert {(row["language"], row["fits"]) for row in found} == {(language, fits) for language in LANGUAGES for fits in FITS}
    for row in found:
        for aspect in ASPECTS[:-1]:
            label = "positive" if row["fits"] == "praise" else "negative"
            said = begun({"name": None, "property": "House", "mentions": [{"aspect": aspect, "label": label}]}, row)
            assert "House" in said and "{" not in said and (row["fits"] == "no_text" or said != begun({"name": None, "property": "House", "mentions": []}, row))


def test_a_template_is_filled_with_name_house_and_what_was_complained_of(reviewed, view):
    row = review_card(reviewed.store, view(), id=1)
    template = {"language": "en", "fits": "complaint", "text": "Dear {guest},\nat {property} {nothing} {0.__class__}\nWe look into: {aspects}.\nBye"}
    assert begun(row, template) == "Dear Ana Silva,\nat Lisbon {nothing} {0.__class__}\nWe look into: noise, Wi-Fi.\nBye"
    assert begun(row | {"mentions": []}, template) == "Dear Ana Silva,\nat Lisbon {nothing} {0.__class__}\nBye"
    assert begun(row, template | {"fits": "praise"}).endswith("We look into: the room.\nBye")
    assert begun(row | {"name": "{property}"}, template).startswith("Dear {property},")
    assert begun(row | {"name": None}, template).startswith("Dear guest,")


@pytest.mark.parametrize(("label", "marks", "words", "fits"), [
    ("positive", (), 5, "praise"), ("negative", (), 5, "complaint"), ("neutral", (), 5, "mixed"), ("", (), 5, "mixed"), ("positive", ("negative",), 5, "mixed"),
    ("positive", (), 0, "no_text"),
])  # fmt: skip
def test_which_templates_fit_a_review(label, marks, words, fits):
    assert fitting({"label": label, "words": words, "mentions": [{"label": mark} for mark in marks]}) == fits


def test_a_template_is_saved_edited_and_put_away_and_a_shipped_one_replaced(small, view):
    mine = {"language": "en", "fits": "praise", "name": "Ours", "text": "Dear {guest}"}
    assert save_template(small.store, view(), **mine) == 1
    with pytest.raises(Refused, match="of this name"):
        save_template(small.store, view(), **mine)
    assert save_template(small.store, view(), **mine | {"text": "Hello {guest}"}, id=1, version=1) == 1
    with pytest.raises(Stale):
        save_template(small.store, view(), **mine, id=1, version=1)
    assert [(row["name"], row["text"][:5], row["version"]) for row in templates(small.store, view(), language="en", fits="praise")] == [
        ("Ours", "Hello", 2), ("Thanks for praise", "Dear ", 0)]
    assert put_away(small.store, view(), id=1, version=2) == 1
    save_template(small.store, view(), language="en", fits="praise", name="Thanks for praise", text="Cheers")
    assert [(row["id"], row["text"]) for row in templates(small.store, view(), language="en", fits="praise")] == [(2, "Cheers")]
    assert put_away(small.store, view(), language="de", name="Dank für Lob") == 3
    assert templates(small.store, view(), language="de", fits="praise") == []
    assert save_template(small.store, view(), **mine) == 1  # brought back under its name


@pytest.mark.parametrize("values", [{"language": "english"}, {"fits": "love"}, {"name": " "}, {"name": "x" * 81}, {"text": ""}, {"id": 9, "version": 1}])
def test_a_template_that_cannot_be_used_is_refused(small, view, values):
    with pytest.raises(Refused):
        save_template(small.store, view(), **{"language": "en", "fits": "praise", "name": "Ours", "text": "Dear {guest}"} | values)
