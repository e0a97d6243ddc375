"""Guests: the contact files of property systems and e-mail platforms."""
from crm_core.i18n import N_
from crm_core.ingest import parsing
from crm_core.ingest.targets.definition import (
    EMAIL,
    FAMILY_NAME,
    FULL_NAME,
    GIVEN_NAME,
    GUEST_REF,
    LANGUAGE,
    PHONE,
    PROPERTY,
    Column,
    Target,
)

GUESTS = Target("guests", N_("Guests and contacts"), N_("One row per guest or contact."), (
    GUEST_REF, PROPERTY, GIVEN_NAME, FAMILY_NAME, FULL_NAME, EMAIL, PHONE,
    Column("birth_date", N_("The guest's date of birth."), "past_day", False, "1980-05-17"),
    Column("street", N_("The guest's street and number."), "text", False, "Hauptstraße 7"),
    Column("postcode", N_("The guest's postcode."), "text", False, "10115"),
    Column("city", N_("The guest's town."), "text", False, "Berlin"),
    Column("country", N_("The guest's country as a code or an English name."), "country", False, "DE"),
    LANGUAGE,
    Column("document", N_("The number of a passport or identity card. Only a keyed hash is kept, by which two records can be compared."),
        "document", False, ""),
    Column("loyalty_number", N_("The guest's number in the loyalty programme."), "id", False, "M-2001"),
    Column("guest_is_booker", N_("yes where the named person books for others and does not stay."), "yes_no", False, "no"),
    Column("preferences", N_("Wishes as kind: value, separated by semicolons. "
        "Kinds are bed, floor, quiet, pillow, diet, crib, newspaper and other."), "preferences", False, "bed: king; floor: high"),
    Column("email_consent", N_("given or withdrawn: whether marketing e-mail is allowed."), "word", False, "given", parsing.CONSENTS),
    Column("email_consent_on", N_("The day the consents of this row were given or withdrawn. A consent without a day is left out."), "day",
        False, "2025-01-12"),
    Column("email_consent_source", N_("Where the consent was given, such as the booking form."), "text", False, "booking form"),
    Column("sms_consent", N_("given or withdrawn: whether text messages are allowed."), "word", False, "", parsing.CONSENTS),
    Column("post_consent", N_("given or withdrawn: whether letters are allowed."), "word", False, "", parsing.CONSENTS),
    Column("tags", N_("Marks of the guest, separated by semicolons or commas."), "words", False, "vip; wedding 2025"),
    Column("merged_into_ref", N_("The number of the guest with whom your system has merged this one."), "id", False, ""),
    Column("anonymized", N_("yes where your system has erased this guest: nothing personal is kept of the row."), "yes_no", False, ""),
    Column("seen_on", N_("The last day the guest was seen, or the row was changed."), "day", False, "2025-03-31"),
), needs=("email", "phone", "full_name", "family_name", "given_name"), number="guest_ref")
