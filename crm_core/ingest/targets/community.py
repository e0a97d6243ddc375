"""Events that the hotel holds, and who registered for them."""
from crm_core.i18n import N_
from crm_core.ingest.targets.definition import (
    EMAIL,
    FAMILY_NAME,
    GIVEN_NAME,
    GUEST_REF,
    PHONE,
    PROPERTY,
    Column,
    Target,
    words,
)

STATUSES = words(
    "registered", "attended", "cancelled", "no_show", registered="booked confirmed yes invited rsvp", attended="present came checkedin",
    cancelled="canceled declined no", no_show="absent noshow missed")

EVENTS = Target("events", N_("Events of the hotel"), N_("One row per event."), (
    Column("event_id", N_("The event's number."), "id", False, "EV-3"),
    PROPERTY,
    Column("name", N_("The event's name."), "text", True, "Garden concert"),
    Column("kind", N_("The kind of event in your own word."), "text", False, "concert"),
    Column("starts_on", N_("The first day."), "day", True, "2025-05-10"),
    Column("ends_on", N_("The last day, where there are several."), "day", False, ""),
    Column("place", N_("Where it is held."), "text", False, "Garden"),
    Column("capacity", N_("How many people fit."), "whole", False, "80"),
), number="event_id")

ATTENDANCE = Target("attendance", N_("Who came to events"), N_("One row per person and event."), (
    Column("attendance_id", N_("The registration's number."), "id", False, "A-41"),
    Column("event_id", N_("The event's number."), "id", True, "EV-3"),
    PROPERTY, GIVEN_NAME, FAMILY_NAME, EMAIL, PHONE, GUEST_REF,
    Column("status", N_("registered, attended, cancelled or no_show; registered where it is empty."), "word", False, "attended", STATUSES),
    Column("registered_on", N_("The day of the registration."), "day", False, "2025-04-02"),
    Column("party", N_("How many people the registration is for; 1 where it is empty."), "whole", False, "2"),
), number="attendance_id")
