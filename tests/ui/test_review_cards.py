"""A card shows what a guest wrote, character by character: marks come from the scorer's places alone, nothing of the text becomes Markdown."""
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.ui.review_cards import marked, spans
from crm_core.ui.text import plain
from tests.ui.test_text import PAYLOADS, shown

MARK = re.compile(r" :(red|green)-background\[((?:\\.|[^\\\]])*)\] ")


def seen(markdown: str) -> str:
    """What a reader sees of marked text: a mark is a colour behind words."""
    return plain(shown(MARK.sub(r"\2 ", markdown)))


def test_a_clause_is_marked_where_the_scorer_found_it():
    text = "The staff were kind. But the music kept us awake."
    assert marked(text, [(21, 49, "red"), (0, 20, "green")]) == (
        r" :green-background[The staff were kind\.]  :red-background[But the music kept us awake\.] ")


def test_what_overlaps_is_marked_once():
    assert marked("Cold and noisy room", [(0, 14, "red"), (9, 19, "green")]) == r" :red-background[Cold and noisy] room"


@pytest.mark.parametrize("place", [(5, 5, "red"), (4, 5, "red"), (50, 60, "red")])
def test_a_place_without_words_marks_nothing(place):
    assert marked("Cold room", [place]) == "Cold room"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_inert_inside_and_outside_a_mark(payload):
    text = f"{payload} good {payload}"
    drawn = marked(text, [(0, len(payload), "green")])
    assert seen(drawn) == plain(text)
    assert len(MARK.findall(drawn)) == 1  # the one that was asked for, none of the guest's


@pytest.mark.parametrize("forged", [":red-background[bad]", "] :red[x] :green-background[", "\\] x \\[", "a](https://evil.example)"])
def test_a_guest_cannot_end_or_begin_a_mark(forged):
    drawn = marked(f"so {forged} so", [(0, len(forged) + 6, "green")])
    assert MARK.sub("", drawn) == ""
    assert seen(drawn) == f"so {forged} so"


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_every_text_is_shown_as_it_is_with_any_mark(text, start, end):
    drawn = marked(text, [(start, end, "red")])
    assert "".join(seen(drawn).split()) == "".join(plain(text).split())


def test_the_boxes_are_marked_by_their_own_mentions():
    mention = {"box": "liked", "start": 0, "stop": 9, "label": "positive"}
    card = {"mentions": [mention, mention | {"box": "text", "label": "negative"}, mention | {"start": 10, "stop": 12, "label": "neutral"}]}
    assert spans(card, "liked") == [(0, 9, "green")]
    assert spans(card, "text") == [(0, 9, "red")]
    assert spans(card, "title") == []


@pytest.mark.parametrize("order", [("positive", "negative"), ("negative", "positive")])
def test_a_clause_that_praises_and_blames_is_marked_as_blame(order):
    card = {"mentions": [{"box": "text", "start": 0, "stop": 9, "label": label} for label in order]}
    assert spans(card, "text") == [(0, 9, "red")]
