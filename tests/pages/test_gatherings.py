"""Events: the calendar and the list of one event, in which guests are registered, checked in and taken off; who may not sees no names."""
import pytest
import sqlalchemy as sa

from crm_core import schema, settings
from crm_core.refresh import refresh
from crm_core.store import record
from tests.hotel import Hotel
from tests.pages.test_retention import titles
from tests.pages.visiting import Visits, copied, everything, fine

CONCERT, FAIR, OFF = "1", "2", "3"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A concert that Ben came to and Ana did not, a fair to come with a place left beside Ana's, and a talk that was called off."""
    made = settings.at(tmp_path_factory.mktemp("events_page"))
    hotel = Hotel(record.open_store(made)).open()
    hotel.property("LIS", 10)
    ana, ben = (hotel.guest(f"{name} Sol", "LIS", country="PT") for name in ("Ana", "Ben"))
    for guest in (ana, ben):
        hotel.stay("LIS", "2025-03-10", 2, 200, guest)
    hotel.event("LIS", "2025-03-11", name="Concert", kind="culture", audience="members", place="Terrace", cost_minor=8000)
    hotel.attend(1, ben, "attended", party=2)
    hotel.attend(1, ana, "no_show")
    hotel.event("LIS", "2025-04-15", name="Fair <b>", capacity=2, starts_time="10:00")
    hotel.attend(2, ana, "registered")
    hotel.event("LIS", "2025-04-20", name="Talk", cancelled_at="2025-03-19T10:00:00+00:00")
    refresh(made)
    hotel.store.engine.dispose()
    return made


@pytest.fixture
def events(monkeypatch, house, tmp_path) -> Visits:
    """Visits to a copy of that house, which a test may change."""
    return Visits(monkeypatch, copied(house, tmp_path / "copy"))


def text(at) -> str:
    return everything(at).replace("\\", "")


def press(at, label: str):
    return fine(next(b for b in at.button if b.label == label).click().run())


def statuses(events: Visits, event: str) -> list[str]:
    a = schema.attendance.c
    with record.open_store(events.settings).reading() as connection:
        return list(connection.execute(sa.select(a.status).where(a.event_id == int(event)).order_by(a.id)).scalars())


def test_what_is_ahead_stands_with_its_places_and_what_was_held_with_who_came(events):
    at = fine(events.open("gatherings", period="12m"))
    assert "1 event is ahead, with 1 places left" in titles(at)
    assert "2 people came to 1 event" in titles(at)
    held = next(d.value for d in at.dataframe if "Nights around it" in d.value)
    assert held[["Event", "Came", "For each person"]].to_numpy().tolist() == [["Concert", "1 of 2", "€40.00"]]
    assert "1 evening for members: 2 people came" in text(at)


def test_a_filter_moves_the_numbers(events):
    assert "Nobody came to an event in this period" in titles(fine(events.open("gatherings", period="dates", dates=["2025-01-01", "2025-01-31"])))


def test_a_guest_is_checked_in_and_it_can_be_taken_back(events):
    at = press(fine(events.open("gatherings", event=CONCERT)), "Take back")
    assert sorted(statuses(events, CONCERT)) == ["no_show", "registered"]
    press(at, "Came")
    assert sorted(statuses(events, CONCERT)) == ["attended", "no_show"]


def test_a_guest_is_registered_until_the_places_are_taken(events):
    at = fine(events.open("gatherings", event=FAIR))
    at = fine(at.text_input(key="event_guest").set_value("Ben").run())
    at = fine(at.number_input(key="event_party").set_value(2).run())
    at = press(at, "Put on the list")
    assert [e.value for e in at.error] == ["Places left: 1. Register fewer people, or give the event more places."]
    at = press(fine(at.number_input(key="event_party").set_value(1).run()), "Put on the list")
    assert statuses(events, FAIR) == ["registered", "registered"]
    assert "Full: 2 places" in text(at)


def test_a_registration_is_cancelled_before_the_event_and_the_event_called_off_and_held_after_all(events):
    at = press(fine(events.open("gatherings", event=FAIR)), "Cancel")
    assert statuses(events, FAIR) == ["cancelled"]
    at = press(at, "Call the event off")
    assert "Hold it after all" in [b.label for b in at.button]
    assert "Call the event off" in [b.label for b in press(at, "Hold it after all").button]


def test_an_event_is_planned_and_opens(events):
    at = press(fine(events.open("gatherings")), "Plan an event")
    at = press(at, "Save")
    assert [e.value for e in at.error] == ["Say on which day it begins."]
    at.text_input(key="event_new_name").set_value("Supper")
    at.date_input(key="event_new_starts").set_value("2025-05-01")
    press(at, "Save")
    with record.open_store(events.settings).reading() as connection:
        assert "Supper" in connection.execute(sa.select(schema.event.c.name)).scalars().all()


def test_who_may_not_contact_guests_sees_counts_and_no_names(events):
    shown = text(fine(events.as_("group").open("gatherings", event=CONCERT)))
    assert "Your role sees how many came, not who." in shown
    assert "Ben Sol" not in shown


@pytest.mark.parametrize("event", ["99", "-1", "abc", "9" * 40])
def test_an_event_that_is_not_there_is_told_so_or_left_out(events, event):
    at = fine(events.open("gatherings", event=event))
    assert titles(at)[0] in ("There is no such event", "1 event is ahead, with 1 places left")


def test_what_became_of_an_event_stands_in_the_guests_timeline(events):
    ana, ben = (text(fine(events.open("guest", guest=guest))) for guest in ("1", "2"))
    assert "Came to an event" in ben
    assert "Did not come to an event" in ana
    assert "Registered for an event" in ana


def test_a_house_without_events_is_told_how_to_begin(monkeypatch, lisbon):
    assert titles(fine(Visits(monkeypatch, lisbon).open("gatherings")))[0] == "No event yet"
