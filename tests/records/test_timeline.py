"""All that is known of a guest stands in one order of time, inside the scope."""
import datetime as dt

from crm_core import i18n
from crm_core.records.timeline import timeline


def test_anas_timeline_is_her_four_reservations_newest_first(filled, view):
    i18n.use("en")
    events = timeline(filled.store, view(), guest=1)
    assert {e.kind for e in events} == {"stays"}
    assert [e.on for e in events] == [dt.date(2025, 3, 31), dt.date(2025, 3, 20), dt.date(2025, 3, 3), dt.date(2024, 3, 4)]
    assert events[2].head == "Stay, Lisbon, 3 nights"
    assert events[2].until == dt.date(2025, 3, 6)
    assert "€300" in events[2].detail
    assert "€60" in events[2].detail
    assert "confirmation L2" in events[2].detail


def test_one_property_sees_its_own_part(filled, view):
    assert [e.on for e in timeline(filled.store, view(2), guest=1)] == [dt.date(2025, 3, 20)]


def test_a_consent_stands_on_its_day(filled, view):
    i18n.use("en")
    filled.consent(1, "given", "2025-03-10T10:00:00+00:00")
    found = [e for e in timeline(filled.store, view(), guest=1) if e.kind == "consents"]
    assert [(e.on, e.head) for e in found] == [(dt.date(2025, 3, 10), "Consent given")]


def test_points_stand_by_day_and_kind_and_a_tier_on_the_day_on_which_it_changed(small_club, view):
    """Two earnings of a day are one event; five nights of March lead into Silver on the 22nd; what is to come is not told."""
    i18n.use("en")
    for day, kind, points in (("2025-03-06", "earn", 900), ("2025-03-06", "earn", 100), ("2025-03-10", "burn", -250), ("2025-04-02", "earn", 5)):
        small_club.points(1, day, kind, points, reference="L2")
    small_club.points(1, "2025-03-11", "adjust", -50, reason="breakfast was missing")
    found = [(e.on.isoformat(), e.head, e.detail) for e in timeline(small_club.store, view(), guest=1) if e.kind == "points"]
    assert found == [
        ("2025-03-22", "Reached Silver", ""), ("2025-03-11", "Points adjusted: −50", "breakfast was missing"), ("2025-03-10", "250 points redeemed", "L2"),
        ("2025-03-06", "1,000 points earned", "L2"), ("2024-01-10", "Joined the programme: Base", "")]  # fmt: skip


def test_what_a_guest_said_was_asked_and_complained_of_stands_on_its_day(filled, view):
    i18n.use("en")
    filled.review(2, 8, reviewed_on="2025-03-08", profile_id=1, title="Nice", text="Good beds", platform="booking_com", floor_bp=1000)
    filled.review(5, 8, reviewed_on="2025-03-24", profile_id=1, kind="survey", platform="survey", floor_bp=2000)
    filled.review(3, None, reviewed_on="2025-03-09", profile_id=2, text="Not hers")
    filled.asked(filled.survey(), 5, "2025-03-23", profile_id=1)
    filled.case(2, "noise", profile_id=1, opened_at="2025-03-04T10:00:00+00:00", text="Music at night")
    filled.case(2, "request", profile_id=1, opened_at="2025-03-03T10:00:00+00:00", closed_at="2025-03-05T10:00:00+00:00", status="closed")
    found = [(e.on.isoformat(), e.head, e.detail, e.tone) for e in timeline(filled.store, view(), guest=1) if e.kind in ("reviews", "surveys", "cases")]
    assert found == [
        ("2025-03-24", "Survey answered, Addis Ababa, 4 of 5", "", None), ("2025-03-23", "Asked to answer a survey", "Stay", None),
        ("2025-03-08", "Review on Booking.com, Lisbon, 8 of 10", "Nice · Good beds", None), ("2025-03-04", "Complaint about noise", "Music at night", "orange"),
        ("2025-03-03", "Request", "", None)]  # fmt: skip
    assert {e.kind for e in timeline(filled.store, view(1), guest=1)} == {"stays", "reviews", "cases"}


def test_the_timeline_of_a_guest_one_cannot_see_is_empty(filled, view):
    filled.consent(2, "given", "2025-03-10T10:00:00+00:00")
    assert timeline(filled.store, view(2), guest=2) == timeline(filled.store, view(2), guest=99) == []
