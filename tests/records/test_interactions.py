"""What was said is written down, found by its words, and who waits for an answer is named."""
import datetime as dt

import pytest

from crm_core import settings
from crm_core.records.interactions import interaction_count, interactions, log_interaction, midnight, unanswered
from crm_core.records.registry import Refused
from crm_core.records.timeline import timeline
from crm_core.scope import NotAllowed
from crm_core.store.record import open_store
from tests.hotel import lisbon_and_addis

LIS, ADD, ANA, BEN = 1, 2, 1, 2


def _talked(filled):
    """At Lisbon Ana's e-mail is answered, Ben's two are not; a call, a lead's form without an answer; a chat at Addis."""
    filled.said("LIS", "2025-03-10T10:00", "in", guest_id=ANA, subject="Late check-out", text="May we stay until two?")
    filled.said("LIS", "2025-03-10T11:00", "out", guest_id=ANA, text="Of course.", by="carla")
    filled.said("LIS", "2025-03-20T10:00", "in", guest_id=BEN, text="The heating is cold", thread="T1")
    filled.said("LIS", "2025-03-21T10:00", "in", guest_id=BEN, text="Still cold: 100%", thread="T1")
    filled.said("LIS", "2025-03-22T10:00", "in", "phone", guest_id=BEN, text="Where is the station?")
    lead = filled.lead("LIS", "2025-03-25T10:00", name="Mira Keller")
    filled.said("LIS", "2025-03-25T10:00", "in", lead_id=lead, text="A room in May")
    filled.said("ADD", "2025-03-26T10:00", "in", "chat", guest_id=ANA, text="Hello Addis")
    return filled


@pytest.fixture
def talked(small):
    """The same in a store that the test may change."""
    return _talked(small)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """The same for all tests that only read."""
    opened = open_store(settings.at(tmp_path_factory.mktemp("talked")))
    yield _talked(lisbon_and_addis(opened))
    opened.engine.dispose()


def words(hotel, scope, **chosen) -> list[tuple]:
    return [(row["who"], row["text"]) for row in interactions(hotel.store, scope, **chosen)]


@pytest.mark.parametrize(("chosen", "found"), [
    ({"text": "STATION"}, [("Ben Okafor", "Where is the station?")]), ({"text": "late check"}, [("Ana Silva", "May we stay until two?")]),
    ({"text": "mira"}, [("Mira Keller", "A room in May")]), ({"text": "100%"}, [("Ben Okafor", "Still cold: 100%")]),
    ({"channel": "chat"}, [("Ana Silva", "Hello Addis")]), ({"direction": "out"}, [("Ana Silva", "Of course.")]),
    ({"since": dt.date(2025, 3, 25)}, [("Ana Silva", "Hello Addis"), ("Mira Keller", "A room in May")]),
    ({"until": dt.date(2025, 3, 11)}, [("Ana Silva", "Of course."), ("Ana Silva", "May we stay until two?")]),
])  # fmt: skip
def test_words_are_found_newest_first(read, view, chosen, found):
    assert words(read, view(), **chosen) == found
    assert interaction_count(read.store, view(), **chosen) == len(found)


def test_pages_follow_each_other(read, view):
    assert interaction_count(read.store, view()) == 7
    assert words(read, view(), limit=2, offset=1) == words(read, view())[1:3]


def test_nothing_of_another_property_is_found(read, view):
    assert words(read, view(ADD)) == [("Ana Silva", "Hello Addis")]
    assert [row["text"] for row in unanswered(read.store, view(ADD))] == ["Hello Addis"]


def test_who_waits_longest_is_named_first_and_a_second_word_waits_with_the_first(read, view):
    """Ana was answered, and Ben's call was a talk; it is another thread, so that it did not answer his letters."""
    found = unanswered(read.store, view())
    assert [(row["who"], row["text"], row["sla_hours"]) for row in found] == [
        ("Ben Okafor", "The heating is cold", 24), ("Mira Keller", "A room in May", 24), ("Ana Silva", "Hello Addis", 24)]


def test_the_same_on_each_engine(filled, view):
    _talked(filled)
    assert [row["who"] for row in unanswered(filled.store, view())] == ["Ben Okafor", "Mira Keller", "Ana Silva"]
    assert words(filled, view(), text="STATION", since=dt.date(2025, 3, 22)) == [("Ben Okafor", "Where is the station?")]


def test_an_answer_ends_the_waiting_at_once(talked, view):
    log_interaction(talked.store, view(), property_id=LIS, channel="phone", direction="out", text="Offered the river room", lead_id=1,
                    at="2025-03-26T09:00:00+00:00")
    assert [row["who"] for row in unanswered(talked.store, view())] == ["Ben Okafor", "Ana Silva"]


def test_what_is_older_than_sixty_days_waits_no_longer(small, view):
    """As of 1 April 2025, 31 January is the first of the sixty days."""
    small.said("LIS", "2025-01-30T23:59", "in", guest_id=ANA)
    assert unanswered(small.store, view()) == []
    small.said("LIS", "2025-01-31T00:00", "in", guest_id=BEN)
    assert len(unanswered(small.store, view())) == 1


def test_a_day_begins_where_the_property_is():
    assert midnight(dt.date(2025, 4, 1), "Asia/Colombo") == "2025-03-31T18:30:00+00:00"
    assert midnight(dt.date(2025, 4, 1), "Nowhere/At all") == "2025-04-01T00:00:00+00:00"


# --- written down -----------------------------------------------------------------------------------------------------
def test_a_talk_is_written_down_and_stands_on_the_guests_timeline(small, view):
    log_interaction(small.store, view(user="carla"), property_id=LIS, channel="front_desk", direction="in", text=" Likes jazz. ", guest_id=ANA)
    row = interactions(small.store, view())[0]
    assert (row["text"], row["by"], row["source"], row["subject"]) == ("Likes jazz.", "carla", "hand", None)
    event = next(e for e in timeline(small.store, view(), guest=ANA) if e.kind == "interactions")
    assert (event.head, event.detail) == ("At the front desk", "Likes jazz.")
    assert [e for e in timeline(small.store, view(ADD), guest=ANA) if e.kind == "interactions"] == []


@pytest.mark.parametrize("values", [
    {"text": "  "}, {"text": "x" * 8001}, {"text": "a", "subject": "x" * 201}, {"text": "a", "channel": "pigeon"}, {"text": "a", "direction": "up"},
    {"text": "a", "guest_id": 99}, {"text": "a", "lead_id": 99}, {"text": "a", "property_id": 99},
])  # fmt: skip
def test_what_nobody_could_find_again_is_refused(read, view, values):
    with pytest.raises(Refused):
        log_interaction(read.store, view(), **{"property_id": LIS, "channel": "phone", "direction": "in", **values})
    assert interaction_count(read.store, view()) == 7


def test_a_talk_with_a_guest_of_another_property_is_refused(read, view):
    with pytest.raises(Refused):
        log_interaction(read.store, view(ADD), property_id=ADD, channel="phone", direction="in", text="hello", guest_id=BEN)


def test_who_may_not_read_names_reads_no_words(read, view):
    with pytest.raises(NotAllowed):
        interactions(read.store, view(role="group"))
    with pytest.raises(NotAllowed):
        log_interaction(read.store, view(role="privacy"), property_id=LIS, channel="phone", direction="in", text="x")
