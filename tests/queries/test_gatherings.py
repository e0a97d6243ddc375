"""Events counted by hand: who registered and came, what it cost, and the nights around it beside others alike."""
import datetime as dt

import pytest

from crm_core import queries
from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.scope import Period, Scope
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, Hotel

SPRING = Scope("local", (1,), Period(dt.date(2025, 3, 1), dt.date(2025, 5, 1)), AS_OF)
CONCERT, CALLED_OFF, FAIR = 1, 2, 3


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A concert on 11 March to which Ben (2 nights around it, a member) and Dan (1, with two friends, an advocate) came, and Ana did not; Cora and Eva,
    also from Britain, slept none and one. Another was called off, and a fair of three days is to come."""
    settings = settings_.at(tmp_path_factory.mktemp("events"))
    hotel = Hotel(record.open_store(settings)).open()
    hotel.property("LIS", 10)
    ana, ben, dan, _cora, eva = (hotel.guest(f"{name} X", "LIS", country="PT" if name == "Ana" else "GB") for name in ("Ana", "Ben", "Dan", "Cora", "Eva"))
    hotel.stay("LIS", "2025-03-10", 2, 200, ben)
    stay = hotel.stay("LIS", "2025-03-12", 2, 200, dan)
    hotel.stay("LIS", "2025-03-10", 1, 100, eva)
    hotel.member(ben, "2024-01-01")
    hotel.review(stay, 9.0, kind="survey", platform="survey", nps=10, reviewed_on="2025-03-15")
    hotel.review(stay, 9.0, kind="review", reviewed_on="2025-03-16")
    hotel.event("LIS", "2025-03-11", name="Concert", kind="culture", place="Terrace", cost_minor=8000)
    for guest, status, details in ((ben, "attended", {}), (dan, "attended", {"party": 3}), (ana, "no_show", {}), (ana, "cancelled", {})):
        hotel.attend(CONCERT, guest, status, **details)
    hotel.event("LIS", "2025-03-20", name="Called off", place="Terrace", cancelled_at="2025-03-19T10:00:00+00:00", cost_minor=100)
    hotel.event("LIS", "2025-04-15", name="Fair", ends_on="2025-04-17", starts_time="10:00")
    hotel.attend(FAIR, ana, "registered", party=2)
    refresh(settings)
    hotel.store.engine.dispose()
    return warehouses.current(settings)


def test_an_event_is_told_with_who_came_and_what_it_cost(house):
    found = queries.run(house, SPRING, "event_list")
    assert found["event"].tolist() == ["Fair", "Called off", "Concert"]
    concert = found.iloc[2]
    assert concert[["booked", "places", "registered", "attended", "people", "members", "advocates"]].tolist() == [3, 5, 3, 2, 4, 1, 1]
    assert concert[["show", "show_low", "show_high"]].tolist() == pytest.approx([2 / 3, .2077, .9385], abs=1e-4)
    assert (concert["cost"], concert["cost_each"]) == (8000, 2000)


def test_the_nights_around_an_event_stand_beside_those_of_others_alike(house):
    """Ben and Dan slept three nights, Cora and Eva half a night each: 1.5 and 0.5 more; of two guests Student's t has one degree of freedom."""
    concert = queries.run(house, SPRING, "event_list").iloc[2]
    assert concert[["halo_n", "nights", "expected", "halo"]].tolist() == [2, 3, 1.0, 2.0]
    assert concert[["halo_low", "halo_high"]].tolist() == pytest.approx([2 - 12.7062, 2 + 12.7062], abs=1e-4)
    assert concert[["show_few", "halo_few"]].tolist() == [True, True]


def test_of_an_event_to_come_only_the_bookings_are_told(house):
    fair = queries.run(house, SPRING, "event_list").iloc[0]
    assert fair[["booked", "places"]].tolist() == [1, 2]
    assert fair[["registered", "attended", "show", "people", "halo", "cost_each"]].isna().all()


def test_kinds_and_spaces_leave_out_what_was_called_off_and_what_is_to_come(house):
    kind, place = (queries.run(house, SPRING, "event_groups", by=by) for by in ("event_kind", "place"))
    for found, group in ((kind, "culture"), (place, "Terrace")):
        assert found[["group", "events", "cost", "registered", "attended", "people", "cost_each", "halo", "halo_n"]].to_numpy().tolist() == [
            [group, 1, 8000, 3, 2, 4, 2000, 2.0, 2]]
        assert found[["show_few", "halo_few"]].to_numpy().tolist() == [[True, True]]
    with pytest.raises(ValueError, match="Events are split by event_kind, audience, place, not by 'colour'"):
        queries.run(house, SPRING, "event_groups", by="colour")


def test_people_open_from_what_became_of_their_registration(house):
    everyone = queries.run(house, SPRING, "event_people", event=CONCERT)
    assert everyone[["guest_id", "outcome"]].to_numpy().tolist() == [[2, "attended"], [3, "attended"], [1, "cancelled"], [1, "no_show"]]
    came = queries.run(house, SPRING, "event_people", event=CONCERT, outcome="attended")
    assert came[["guest_id", "party", "nights", "is_member", "is_advocate", "rows"]].to_numpy().tolist() == [[2, 1, 2, 1, 0, 2], [3, 3, 1, 0, 1, 2]]
    to_come = queries.run(house, SPRING, "event_people", event=FAIR)
    assert to_come[["guest_id", "outcome", "party"]].to_numpy().tolist() == [[1, "registered", 2]]
    with pytest.raises(ValueError, match="not to 'late'"):
        queries.run(house, SPRING, "event_people", event=CONCERT, outcome="late")


def test_the_calendar_has_a_row_for_each_day_of_an_event(house):
    found = queries.run(house, SPRING, "event_days", from_on=dt.date(2025, 3, 20), to_on=dt.date(2025, 4, 17))
    assert found[["event", "day", "part", "places"]].to_numpy().tolist() == [
        ["Called off", dt.date(2025, 3, 20), 1, 0], ["Fair", dt.date(2025, 4, 15), 1, 2], ["Fair", dt.date(2025, 4, 16), 2, 2]]
