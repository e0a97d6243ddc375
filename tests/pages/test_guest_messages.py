"""What a guest was sent, may be sent, and which audience the guest is on, on the profile."""
import pytest

from tests.pages.test_audiences import said, titles
from tests.pages.visiting import fine


def shown(visits, guest: int):
    return fine(visits.open("guest", guest=str(guest)))



@pytest.mark.parametrize(("guest", "found"), [
    (1, {"May be written to: e-mail marketing", "1 marketing message in 30 days, at most 4", "On 2 of 2 audiences that were drawn"}),
    (64, {"0 marketing messages in 30 days, at most 4", "On 2 of 2 audiences that were drawn"}),
    (381, {"May not be written to: this guest never consented", "On 0 of 1 audiences that were drawn"}),
])
def test_the_cards_say_what_was_sent_and_what_may_be(mailed, guest, found):
    assert found <= set(titles(shown(mailed, guest)))


@pytest.mark.parametrize(("guest", "outcomes"), [
    (1, ["Winter light", "opened by a person", "clicked", "written to, variant A"]), (130, ["opened by a machine", "variant B"]),
    (229, ["came back"]), (64, ["complained", "opened by a person", "held out by lot"]), (61, ["unsubscribed"]), (395, ["Held out of every campaign"]),
])
def test_what_became_of_messages_and_lists_stands_in_badges(mailed, guest, outcomes):
    text = said(shown(mailed, guest))
    assert [one for one in outcomes if f"-badge[{one}]" not in text and one not in text] == []


def test_consent_stands_with_its_proof(mailed):
    assert "5 Jan 2024 · by desk · wording v1 · proof: form 7" in said(shown(mailed, 7))


def test_an_audience_that_is_chosen_says_how_it_would_be_today(mailed):
    at = shown(mailed, 64)
    at = fine(next(f for f in at.selectbox if f.label == "How would it be today?").set_value(1).run())
    assert "Complained about a message · since 11 Jan 2025" in said(at)


def test_a_guest_who_was_never_written_to_has_no_card_of_messages(mailed):
    assert not [title for title in titles(shown(mailed, 381)) if "marketing message" in title]
