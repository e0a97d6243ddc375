"""Guests who were written to, or held out: seven campaigns small enough to count by hand, at two houses, as of 1 April 2025."""
from crm_core import schema
from crm_core.store.record import RecordStore
from tests.hotel import Hotel

LIS, ADD = 1, 2
(WINTER, NO_CONTROL, EARLY, COUNTS, DOLLARS, ARMS, PLANNED) = range(1, 8)


def house(store: RecordStore) -> Hotel:
    """Lisbon in euros, Addis in birr without a rate; guests 1 to 12, all known in Lisbon, each with one profile."""
    hotel = Hotel(store).open()
    hotel.property("LIS", 10)
    hotel.property("ADD", 5, "ETB")
    guests = [hotel.guest(f"Guest {i}", "LIS", country="PT" if i < 5 else "GB", email=f"guest{i}@example.com") for i in range(1, 13)]
    assert guests == list(range(1, 13))
    _before(hotel)
    _winter(hotel)
    _no_control(hotel)
    _early(hotel)
    hotel.campaign("Counts", sent_at="2025-01-10T10:00:00+00:00", sent=100, delivered=90, bounces=10, clicks=9, unsubscribes=1, complaints=0, opens_reported=50)
    _dollars(hotel)
    _arms(hotel)
    hotel.campaign("Planned", planned_on="2025-05-10", budget_minor=50_000, currency="EUR", planned_people=500, channel="sms")
    return hotel


def _before(hotel: Hotel) -> None:
    """Guest 1 stayed twice, the last time by an agency; guest 2 once, more than two years before; guest 4 is a member."""
    hotel.stay("LIS", "2024-01-10", 2, 200, 1)
    hotel.stay("LIS", "2024-06-10", 2, 200, 1, channel="ota", segment="business")
    hotel.stay("LIS", "2023-01-05", 1, 100, 2)
    hotel.member(4, "2024-01-01", hotel.programme())


def _winter(hotel: Hotel) -> None:
    """Sent on 1 February for €50 to guests 1, 2 and 3, guest 4 held out. Guest 1 opened, clicked twice, and books on the tenth day for €400; a
    machine opened guest 2's message, whose booking was cancelled; guest 3's message bounced, and the booking came a day too late."""
    campaign = hotel.campaign("Winter", sent_at="2025-02-01T10:00:00+00:00", cost_minor=5000, budget_minor=6000, currency="EUR", groups='["way"]')
    hotel.assigned({1: "contact", 2: "contact", 3: "contact", 4: "held_out"}, "2025-01-31", campaign)
    at = "2025-02-0{}T10:00".format
    hotel.send(campaign, 1, at(1), ("delivered", at(1)), ("opened", at(2)), ("opened", at(3)), ("clicked", at(2)), ("clicked", at(4)), ("clicked", at(1), 1),
               domain="gmail.com")
    hotel.send(campaign, 2, at(1), ("opened", at(1), 1), ("unsubscribed", at(5)), domain="gmail.com")
    hotel.send(campaign, 3, at(1), ("bounced", at(1)), domain="gmx")
    hotel.stay("LIS", "2025-02-21", 2, 400, 1, lead=10)
    hotel.stay("LIS", "2025-02-21", 2, 300, 2, lead=10, status="cancelled")
    hotel.stay("LIS", "2025-03-14", 2, 300, 3, lead=10)


def _no_control(hotel: Hotel) -> None:
    """A week later to guests 1 and 2, nobody held out: guest 1 gets a second message within thirty days, and complains."""
    campaign = hotel.campaign("No control", sent_at="2025-02-08T10:00:00+00:00")
    for guest in (1, 2):
        hotel.send(campaign, guest, "2025-02-08T10:00", *([("complained", "2025-02-09T10:00")] if guest == 1 else []), domain="gmail.com")


def _early(hotel: Hotel) -> None:
    """Sent on 20 March to guests 5 and 6, guest 7 held out; guest 5 has booked, and the window runs until 19 April."""
    campaign = hotel.campaign("Early", sent_at="2025-03-20T10:00:00+00:00")
    hotel.assigned({5: "contact", 6: "contact", 7: "held_out"}, "2025-03-20", campaign)
    for guest in (5, 6):
        hotel.send(campaign, guest, "2025-03-20T10:00")
    hotel.stay("LIS", "2025-04-10", 1, 100, 5, lead=18, status="confirmed")


def _dollars(hotel: Hotel) -> None:
    """Paid in dollars, for which there is no rate. Guest 8 books in Addis, where amounts have none either; guest 9, held out, got a message by mistake."""
    campaign = hotel.campaign("Dollars", sent_at="2025-01-15T10:00:00+00:00", cost_minor=9900, currency="USD")
    hotel.assigned({8: "contact", 9: "held_out"}, "2025-01-15", campaign)
    for guest in (8, 9):
        hotel.send(campaign, guest, "2025-01-15T10:00")
    with hotel.changing("profile") as change:
        hotel._add(change, schema.profile, guest_id=8, property_id=ADD, source="test", external_id="8", revision=change.revision)
    hotel.stay("ADD", "2025-01-30", 1, 5000, 8, lead=10)
    with hotel.changing("profile") as change:
        stay, profile = schema.stay, schema.profile
        there = profile.select().with_only_columns(profile.c.id).where(profile.c.property_id == ADD).scalar_subquery()
        change.connection.execute(stay.update().where(stay.c.property_id == ADD).values(profile_id=there, revision=change.revision))


def _arms(hotel: Hotel) -> None:
    """A file of messages names arms: guest 10 in A, 11 in B, and 12 in "Holdout", who was sent nothing and books for €200."""
    campaign = hotel.campaign("Arms", sent_at="2025-01-20T10:00:00+00:00")
    for guest, arm in ((10, "A"), (11, "B"), (12, "Holdout")):
        hotel.send(campaign, guest, "2025-01-20T10:00", arm=arm)
    hotel.stay("LIS", "2025-02-05", 1, 200, 12, lead=10)
