"""The warehouse's tables: each with its grain; no name, contact or text of a person is among their columns."""
import sqlalchemy as sa

marts = sa.MetaData()

Whole, Day, Text, Flag = sa.BigInteger, sa.Date, sa.Text, sa.Integer


def _mart(name: str, grain: str, /, **columns) -> sa.Table:
    return sa.Table(f"mart_{name}", marts, *(sa.Column(key, type_) for key, type_ in columns.items()), comment=grain)


def _booking_dimensions() -> dict:
    """What a reservation is grouped by, repeated on each of its facts so that no query needs a join."""
    return {"property_id": Flag, "guest_id": Whole, "cluster": Whole, "channel": Text, "is_direct": Flag, "segment": Text,
        "room_type": Text,
            "country": Text, "party": Text, "lead_band": Text, "stay_key": Whole}


properties = _mart("properties", "One row per property.", property_id=Flag, code=Text, name=Text, country=Text, currency=Text,
    margin_bp=Flag)

channels = _mart("channels", "One row per channel.", channel=Text, name=Text, kind=Text, is_direct=Flag)

rates = _mart("rates", "One row per currency and day: reporting minor units for one minor unit.", currency=Text, day_on=Day,
    factor=sa.Double)

days = _mart("days", "One row per property and day: the rooms it offers.", property_id=Flag, day_on=Day, rooms=Whole)

stays = _mart(
    "stays", "One row per reservation; the first folio of a realised stay carries the whole stay (folios without a free night between are one).",
    reservation_id=Whole, stay_id=Whole, **_booking_dimensions(), status=Text, rate_class=Text, booked_on=Day, arrival_on=Day,
        departure_on=Day,
    ended_on=Day, nights=Whole, lead_days=Whole, currency=Text, revenue_minor=Whole, cost_minor=Whole, room_revenue=Whole,
        booking_cost=Whole,
    other_revenue=Whole, is_arrival=Flag, is_stay=Flag, stay_arrival_on=Day, stay_departure_on=Day, stay_nights=Whole,
        stay_room_revenue=Whole, stay_other_revenue=Whole,
    first_here=Whole, first_anywhere=Whole, strict_id=Whole, loose_id=Whole)

nights = _mart(
    "nights", "One row per room night that was spent or is on the books.",
    night_on=Day, reservation_id=Whole, **_booking_dimensions(), status=Text, sold=Flag, complimentary=Flag, room_revenue=Whole,
        booking_cost=Whole)

daily = _mart(
    "daily", "One row per night, property, channel and status of the booking, for known and for unknown guests: their room nights added up.",
    night_on=Day, property_id=Flag, channel=Text, is_direct=Flag, status=Text, is_known=Flag, sold=Whole, complimentary=Whole,
        room_revenue=Whole,
    booking_cost=Whole)

charges = _mart(
    "charges", "One row per posting outside the room.",
    charge_id=Whole, posted_on=Day, reservation_id=Whole, **_booking_dimensions(), department=Text, amount=Whole)

visits = _mart(
    "visits", "One row per guest and property that knows the guest; first_key is null where no stay was realised.",
    guest_id=Whole, property_id=Flag, first_key=Whole, stays=Whole, nights=Whole, spend=Whole, first_departure_on=Day,
        last_departure_on=Day,
    next_arrival_on=Day)

guests = _mart(
    "guests", "One row per guest: what does not depend on the properties one looks at.",
    guest_id=Whole, country=Text, language=Text, email_consent=Flag)

# How a mart reaches its property: by its own column, through the guest's visits, or not at all (shared by everyone).
SHARED = {channels, rates}
THROUGH_VISITS = {guests}
# The marts whose rows belong to one guest (or one reservation without a guest): an incremental refresh replaces just those.
BY_GUEST = (stays, nights, charges, visits, guests)
WHOLE = (properties, channels, rates, days)
# Sums of another mart, a tenth of its size: they answer in its place where nothing finer is asked, and are made anew by every refresh.
SUMS_OF = {nights: daily}
