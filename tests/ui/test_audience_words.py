"""Audiences in words: how a list falls, what its arms can show, what became of its file, and why somebody is not on it."""
import datetime as dt

import pandas as pd
import pytest

from crm_core.ui import audience_words as words
from crm_core.ui import guest_messages_words as of_guest

TODAY = dt.date(2025, 4, 1)
LEFT = [("consent", "no_word", 12), ("has_address", "no_address", 20), ("not_held_out", "global_holdout", 8)]


def test_a_list_falls_in_the_order_of_the_steps_down_to_those_written_to():
    assert [(row.name, row.people, row.is_level) for row in words.fall(400, LEFT, 120)] == [
        ("Selected", 400, True), ("No address", -20, False), ("Never consented", -12, False), ("Held out of every campaign", -8, False),
        ("May be written to", 360, True), ("Held out of this campaign", -120, False), ("To be written to", 240, True)]


def test_without_a_held_out_part_there_is_no_step_for_it():
    assert [row.name for row in words.fall(5, [], 0)] == ["Selected", "To be written to"]


@pytest.mark.parametrize(("selected", "written", "left", "title"), [
    (400, 240, LEFT, "240 of 400 selected are written to; most are lost to: no address"), (5, 5, [], "5 of 5 selected are written to"),
    (0, 0, [], "Nobody is selected"),
])
def test_the_title_of_a_fall_names_the_largest_loss(selected, written, left, title):
    assert words.fall_title(selected, written, left) == title


@pytest.mark.parametrize(("held", "variants", "shares"), [
    (10, 1, {"contact": 9000, "held_out": 1000}), (0, 1, {"contact": 10_000}), (20, 3, {"A": 2667, "B": 2667, "C": 2666, "held_out": 2000}),
    (10, 2, {"A": 4500, "B": 4500, "held_out": 1000}),
])
def test_shares_add_up_whatever_the_variants(held, variants, shares):
    assert words.shares(held, variants) == shares
    assert sum(shares.values()) == 10_000


@pytest.mark.parametrize(("written", "held", "base", "title"), [
    (240, 120, .1, "Too small to see less than +116% bookings"), (80_000, 20_000, .02, "Large enough: +16% bookings and more would be seen"),
    (60, 0, .02, "Nobody is held out: what the campaign causes will not be known"), (1, 1, .5, "Too few people to show any lift"),
])
def test_what_arms_can_show_is_said_plainly(written, held, base, title):
    assert words.power_title(written, held, base) == title


def test_a_small_hotel_is_told_what_it_cannot_see_and_what_six_campaigns_would_show():
    assert words.power_lines(240, 120, .1) == [
        "Of those who are not written to, 10.00% book in the window.",
        "With 240 written to and 120 held out, +116% bookings or more would be seen in four cases of five.",
        "An increase of 20% would not be seen here, even if it is there.", "Read several campaigns together: 6 like this one would show +42%."]
    assert len(words.power_lines(80_000, 20_000, .02)) == 2


@pytest.mark.parametrize(("values", "said"), [
    ({}, "not exported yet"), ({"exported_at": "2025-03-01T10:00:00+00:00"}, "exported on 1 Mar 2025"),
    ({"exported_at": "2025-03-01T10:00:00+00:00", "expires_on": dt.date(2025, 3, 8)}, "exported on 1 Mar 2025, the file expired on 8 Mar 2025"),
    ({"exported_at": "2025-03-30T10:00:00+00:00", "expires_on": dt.date(2025, 4, 6)}, "exported on 30 Mar 2025, to be used until 6 Apr 2025"),
    ({"archived_at": "2025-03-30T10:00:00+00:00"}, "put away on 30 Mar 2025"),
])
def test_what_became_of_a_file(values, said):
    assert words.state({"archived_at": None, "exported_at": None, "expires_on": None} | values, TODAY) == said


def test_lists_without_a_held_out_part_and_expired_files_are_counted():
    rows = [{"held_out": 0, "expires_on": dt.date(2025, 3, 1)}, {"held_out": 5, "expires_on": None}]
    assert words.list_title(rows, TODAY) == "2 audiences; 1 of them holds nobody out; 1 file has expired"


def test_a_file_says_who_was_dropped_and_why():
    assert words.export_said(1, {("consent", "withdrawn"): 2, ("not_suppressed", "complained"): 3}) == [
        "1 person may be written to at this moment.", "5 people were dropped since the list was drawn: Complained about a message 3 · Withdrew consent 2"]
    assert words.export_said(2, {})[1] == "Nobody was dropped since the list was drawn."


# --- on the guest's profile -------------------------------------------------------------------------------------------------------------
def message(day: str, **values) -> dict:
    return {"purpose": "marketing", "arm": "", "sent_at": f"{day}T10:00:00+00:00", "outcomes": ()} | values


def test_messages_lately_are_those_of_marketing_that_were_sent():
    rows = [message("2025-03-31"), message("2025-03-03"), message("2025-03-02"), message("2025-03-20", purpose="survey"), message("2025-03-20", arm="held_out")]
    assert of_guest.lately(rows, TODAY, 30) == 2
    assert of_guest.messages_title(2, 4, 30) == "2 marketing messages in 30 days, at most 4"
    assert of_guest.messages_title(4, 4, 30) == "4 marketing messages in 30 days: enough for now"


def test_a_persons_click_is_told_from_a_machines():
    assert of_guest.outcomes(message("2025-03-31", outcomes=("machine_opened", "scanned", "clicked"))) == [
        ("gray", "opened by a machine"), ("gray", "clicked by a scanner"), ("green", "clicked")]
    assert of_guest.outcomes(message("2025-03-31", arm="held_out")) == [("blue", "held out, got nothing")]


def test_a_consent_says_day_source_wording_and_proof():
    given = {"purpose": "marketing", "channel": "email", "state": "given", "at": "2024-01-05T10:00:00+00:00", "source": "desk", "wording": "v1", "language": "en",
             "proof": "form 7", "is_last": True}
    assert of_guest.word(given) == ("green", "e-mail marketing: yes", "5 Jan 2024 · by desk · wording v1 · English · proof: form 7")
    assert of_guest.may_title([given]) == "May be written to: e-mail marketing"
    assert of_guest.may_title([given | {"state": "withdrawn"}]) == "May not be written to: no consent stands"
    assert of_guest.may_title([]) == "May not be written to: this guest never consented"


@pytest.mark.parametrize(("row", "said"), [
    ({"state": "left", "why": "booked", "arm": "contact"}, "left out: booked"), ({"state": "left", "why": "no_word", "arm": "contact"}, "left out: never consented"),
    ({"state": "due", "why": "", "arm": "held_out"}, "held out by lot"), ({"state": "exported", "why": "", "arm": "contact"}, "in a file"),
])
def test_a_step_of_a_journey_says_what_became_of_it(row, said):
    assert of_guest.step_state(row) == said


def test_a_glance_names_those_who_may_be_written_to_and_the_largest_losses():
    found = pd.DataFrame([("consent", "no_word", 40), ("has_address", "no_address", 10), ("not_held_out", "global_holdout", 30), ("valid_address", "relay", 20),
                          ("to_send", "", 900)], columns=["step", "why", "guests"])
    assert words.glance(found, dt.date(2025, 4, 1)) == ("By the figures of 1 Apr 2025 900 of 1,000 who fit may be written to · Never consented 40 · "
                                                        "Held out of every campaign 30 · Address of a travel site 20")
    assert words.glance(found.iloc[:0], dt.date(2025, 4, 1)) == "By the figures of 1 Apr 2025 0 of 0 who fit may be written to"
