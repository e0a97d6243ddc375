"""The warehouse's tables of the house among others: events and who came, comparison sets, the books, standards and certificates."""
import sqlalchemy as sa

from crm_core.marts.declaring import Day, Flag, Text, Whole, booking_dimensions, mart

# --- community: as recorded ---------------------------------------------------------------------------------------------------------------
events = mart(
    "events", "One row per event of the hotel as recorded, its cost in the reporting currency.",
    event_id=Whole, property_id=Flag, event=Text, kind=Text, audience=Text, place=Text, starts_on=Day, ends_on=Day, starts_time=Text, capacity=Whole,
    cost=Whole, is_cancelled=Flag, register_until=Day)

registrations = mart(
    "registrations", "One row per registration for an event, as recorded.",
    attendance_id=Whole, event_id=Whole, property_id=Flag, profile_id=Whole, status=Text, registered_on=Day, party=Whole, cancelled_local=Text)

market = mart(
    "market", "One row per property, comparison set and span of days, as recorded: the set's sums without the property's own, revenue in the reporting currency.",
    property_id=Flag, set_name=Text, from_on=Day, to_on=Day, hotels=Flag, rooms=Whole, sold=Whole, revenue=Whole, largest_bp=Flag)

findings = mart(
    "findings", "One row per item of a complete assessment, as recorded.",
    assessment_id=Whole, property_id=Flag, standard=Text, assessed_by=Text, assessed_on=Day, section=Text, item=Text, weight=Whole, result=Text)

certified = mart(
    "certified", "One row per person on the staff, course that the department must have, and certificate in it (earned_on null: none), as recorded.",
    staff_id=Whole, property_id=Flag, staff_department=Text, course=Text, joined_on=Day, left_on=Day, earned_on=Day, expires_on=Day)

# --- community, market, standards: what follows from it at the as-of date --------------------------------------------------------------------
advocates = mart(
    "advocates", "One row per guest and property to which the guest speaks well of itself and to others: see KPI advocates.",
    guest_id=Whole, cluster=Whole, property_id=Flag, country=Text, answered_on=Day)

attendances = mart(
    "attendances",
    "One row per registration for an event that has begun: whether the guest came, and the nights slept within a day of it beside those of matched others.",
    attendance_id=Whole, event_id=Whole, property_id=Flag, guest_id=Whole, cluster=Whole, country=Text, event_kind=Text, audience=Text, place=Text,
    event_on=Day, party=Whole, is_registered=Flag, is_attended=Flag, is_known=Flag, stays_before=Text, nights=Whole, expected_milli=Whole, halo_milli=Whole,
    others=Whole, is_member=Flag, is_advocate=Flag)

market_days = mart(
    "market_days", "One row per property, comparison set and complete day: what the set had (a span spread evenly) beside what the property had.",
    property_id=Flag, set_name=Text, day_on=Day, hotels=Flag, rooms=sa.Double, sold=sa.Double, revenue=sa.Double, own_rooms=Whole, own_sold=Whole,
    own_revenue=Whole, is_main=Flag)

pickups = mart(
    "pickups",
    "One row per change of the books in the 35 days before the as-of date and night to come: a booking made adds its nights, a cancellation takes them.",
    reservation_id=Whole, **booking_dimensions(), night_on=Day, changed_on=Day, days_ago=Flag, kind=Text, nights=Whole, revenue=Whole)

assessed = mart(
    "assessed", "One row per item of a complete assessment; weights are doubled, so that an item partly met counts in whole numbers.",
    assessment_id=Whole, property_id=Flag, standard=Text, assessed_by=Text, assessed_on=Day, section=Text, item=Text, result=Text, earned=Whole,
    applicable=Whole, unassessed=Whole, is_scored=Flag, is_latest=Flag)

credentials = mart(
    "credentials", "One row per person on the staff and course that the department must have: whether a certificate is valid, and until when.",
    staff_id=Whole, property_id=Flag, staff_department=Text, course=Text, is_valid=Flag, expires_on=Day, is_expiring=Flag, was_held=Flag)
