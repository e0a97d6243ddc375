"""Enquiries on their way to a booking."""
from crm_core.i18n import N_
from crm_core.ingest.targets.definition import (
    CURRENCY,
    FAMILY_NAME,
    GIVEN_NAME,
    LANGUAGE,
    PHONE,
    PROPERTY,
    Column,
    Target,
    words,
)

KINDS = words("room", "group", "wedding", "meeting", "other", room="rooms stay individual fit transient leisure", group="groups tour",
    wedding="weddings", meeting="mice conference event corporate meetings business")
SOURCES = words(
    "form", "phone", "email", "event", "referral", "social", "walk_in", "file", "other", form="webform website web contactform online",
    phone="call telephone", email="mail", event="fair tradeshow", referral="recommendation wordofmouth",
    social="facebook instagram linkedin", walk_in="frontdesk reception")
STAGES = words(
    "enquiry", "qualified", "offer", "won", "lost", enquiry="inquiry new lead open prospect contacted request",
    qualified="qualification prospecting negotiation", offer="offered quote quoted proposal tentative option",
    won="booked closedwon confirmed definite converted", lost="closedlost declined rejected cancelled canceled turneddown")

LEADS = Target("leads", N_("Enquiries"), N_("One row per enquiry."), (
    Column("lead_id", N_("The enquiry's number. With it a later file updates the enquiry."), "id", False, "L-12"),
    PROPERTY,
    Column("created_at", N_("The moment of the enquiry; a time without a zone is the property's."), "instant", True, "2025-01-08T11:20:00"),
    Column("name", N_("The name of who asked, where the file does not divide it."), "text", False, ""),
    GIVEN_NAME, FAMILY_NAME,
    Column("email", N_("The e-mail address of who asked."), "email", False, "anna.weber@example.com"), PHONE,
    Column("company", N_("The company or agency."), "text", False, ""),
    Column("kind", N_("room, group, wedding, meeting or other; room where it is empty."), "word", False, "wedding", KINDS, "other"),
    Column("via", N_("Where the enquiry came from: form, phone, email, event, referral, social, walk_in or other."), "word", False, "form",
        SOURCES, "other"),
    Column("stage", N_("enquiry, qualified, offer, won or lost; enquiry where it is empty."), "word", False, "offer", STAGES),
    Column("value", N_("What the enquiry is worth."), "amount", False, "4200.00"),
    CURRENCY,
    Column("arrival", N_("The day of arrival that was asked for."), "day", False, "2025-06-20"),
    Column("nights", N_("The number of nights."), "whole", False, "3"),
    Column("rooms", N_("The number of rooms."), "whole", False, "12"),
    Column("guests", N_("The number of guests."), "whole", False, "24"),
    Column("owner", N_("Who looks after the enquiry."), "text", False, "sales"),
    Column("next_step", N_("What is to be done next."), "prose", False, "Call about the menu"),
    Column("due_on", N_("The day by which it is to be done."), "day", False, "2025-01-20"),
    Column("lost_reason", N_("Why the enquiry was lost."), "text", False, ""),
    Column("closed_at", N_("The moment it was won or lost."), "instant", False, ""),
    Column("note", N_("What else is known."), "prose", False, ""),
    Column("country", N_("The country as a code or an English name."), "country", False, "DE"),
    LANGUAGE,
    Column("confirmation", N_("The number of the booking that came of it."), "id", False, ""),
), number="lead_id")
