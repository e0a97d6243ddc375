"""Each known system's file, in rows of invented guests: its headers become our columns, its words ours, and what it leaves out is made."""
import pytest

from crm_core.ingest.chunk import RAW, Chunk
from crm_core.ingest.mapping import Suggestion, suggest
from crm_core.ingest.sources import SOURCES, ready
from crm_core.ingest.written import Detected, Form


def suggested(header: str, *rows: str) -> tuple[Suggestion, list[list[str]]]:
    """What a file of bars and lines suggests, and its rows."""
    cells = [row.split("|") for row in rows]
    return suggest(Detected(Form(), (), tuple(header.split("|")), tuple(map(tuple, cells)), len(cells))), cells


def canonical(header: str, *rows: str, form: Form | None = None, **given: str) -> tuple[str, Chunk]:
    """The name of the source, and the canonical cells of all rows as its reader gets them."""
    found, cells = suggested(header, *rows)
    ours = {cell: column for column, cell in found.mapping.columns.items()}
    columns = {ours.get(cell, RAW + cell): tuple(column) for cell, column in zip(header.split("|"), zip(*cells, strict=True), strict=True)}
    chunk = Chunk(list(range(2, 2 + len(rows))), columns)
    for column, value in (found.mapping.constants | given).items():
        chunk.cells[column] = (value,) * len(chunk)
    ready(SOURCES[found.mapping.source], chunk, form or Form())
    return found.mapping.source, chunk


def rows_of(chunk: Chunk, *columns: str) -> list[tuple[str, ...]]:
    return list(zip(*map(chunk.column, columns), strict=True))


def test_booking_com_s_list():
    source, chunk = canonical(
        "Book number|Booked by|Guest name(s)|Check-in|Check-out|Booked on|Status|Rooms|Adults|Children|Price|Commission %|"
            "Commission amount|"
        "Booker country|Travel purpose|Unit type|Duration (nights)|Phone number",
        "4402118876|Weber, Anna|Anna Weber, Jonas Weber|2025-03-28|2025-03-31|2025-01-12 10:22:01|ok|1|2|0|420 EUR|15|63 EUR|de|Leisure|"
            "Double|3|+49 30 901820",
        "4402118877|Aziz, Tariq||2025-04-02|2025-04-05|2025-01-20 08:00:00|cancelled_by_guest|1|1|0|0 EUR|15|0 EUR|gb|Business|Single|3|",
        "4402118878|Silva, Rui|Rui Silva|2025-04-07|2025-04-08|2025-02-01 19:12:44|no_show|2|2|1|180 EUR|15|27 EUR|pt|Leisure|Suite|1|")
    assert source == "booking_com"
    assert rows_of(chunk, "confirmation", "channel_ref", "given_name", "family_name", "status", "channel", "total_amount",
        "guest_country") == [
        ("4402118876", "4402118876", "Anna", "Weber", "ok", "Booking.com", "420 EUR", "de"),
        ("4402118877", "4402118877", "Tariq", "Aziz", "cancelled_by_guest", "Booking.com", "0 EUR", "gb"),
        ("4402118878", "4402118878", "Rui", "Silva", "no_show", "Booking.com", "180 EUR", "pt")]
    words = SOURCES["booking_com"].words["status"]
    assert (words["ok"], words["cancelledbyguest"], words["noshow"]) == ("confirmed", "cancelled", "no_show")


def test_booking_com_s_list_in_the_language_of_the_account_is_told_by_its_words():
    found, _ = suggested("Buchungsnummer|Name des Gastes|Anreise|Abreise|Buchungsstatus|Preis|Kommissionsbetrag",
        "41|Anna Weber|2025-03-01|2025-03-04|ok|120 EUR|18 EUR", "42|Rui Silva|2025-03-01|2025-03-04|cancelled_by_guest|0 EUR|0 EUR")
    assert (found.mapping.source, found.mapping.constants) == ("booking_com", {"channel": "Booking.com"})
    assert found.mapping.columns == {"confirmation": "Buchungsnummer", "full_name": "Name des Gastes", "arrival": "Anreise",
        "departure": "Abreise",
        "status": "Buchungsstatus", "total_amount": "Preis", "commission": "Kommissionsbetrag"}


def test_airbnb_s_earnings_are_the_revenue_and_said_to_be_net():
    source, chunk = canonical(
        "Confirmation code|Status|Guest name|Contact|# of adults|# of children|# of infants|Start date|End date|# of nights|Booked|"
            "Listing|Earnings",
        "HMA1B2C3|Past guest|Anna Weber|+49 30 901820|2|1|1|3/28/2025|3/31/2025|3|2025-01-12|Sea view|€100",
        "HMA1B2C4|Canceled by guest|Rui Silva||1|0|0|4/2/2025|4/5/2025|3|2025-01-20|Sea view|$1,020.00",
        "HMA1B2C5|Currently hosting|Ana||1|0|0|4/6/2025|4/9/2025|3|2025-01-21|Garden|€0.00")
    assert (source, SOURCES[source].notes) == ("airbnb", ("net_of_fee",))
    assert rows_of(chunk, "confirmation", "family_name", "channel", "infants", "arrival", "room_type", "room_revenue") == [
        ("HMA1B2C3", "Weber", "Airbnb", "1", "3/28/2025", "Sea view", "€100"), ("HMA1B2C4", "Silva", "Airbnb", "0", "4/2/2025",
            "Sea view", "$1,020.00"),
        ("HMA1B2C5", "Ana", "Airbnb", "0", "4/6/2025", "Garden", "€0.00")]
    words = SOURCES["airbnb"].words["status"]
    assert [words[word] for word in ("pastguest", "canceledbyguest", "currentlyhosting")] == ["checked_out", "cancelled", "in_house"]


def test_cloudbeds_report():
    found, _ = suggested("Name|Credit Card Type|Document Number|Type of Document|Reservation Number|Third Party Confirmation Number|"
        "Accommodation Total|"
        "Grand Total|Balance Due|Check in Date|Check out Date|Status|Source", "a|b|c|d|e|f|g|h|i|j|k|l|m")
    assert (found.mapping.source, found.mapping.columns["document"], found.dropped) == (
        "cloudbeds", "Document Number", ("Credit Card Type", "Type of Document"))
    source, chunk = canonical(
        "Name|Email|Phone Number|Mobile|Apt, suite, floor etc.|Reservation Number|Third Party Confirmation Number|Accommodation Total|"
            "Grand Total|"
        "Balance Due|Check in Date|Check out Date|Nights|Status|Source|Country|Cancelation Date|Cancelation fee",
        "Anna Maria Weber|anna@example.com||+49 30 901820|2nd floor|77001|4402118876|420.00|462.00|0.00|28/03/2025|31/03/2025|3|"
            "Checked Out|Booking.com|Germany||",
        "Rui Silva|rui@example.com|+351 21 000|||77002||180.00|198.00|0.00|07/04/2025|08/04/2025|1|Canceled|Website|Portugal|01/04/2025|"
            "90.00",
        "Tariq Aziz||||-|77003||90.00|99.00|99.00|09/04/2025|10/04/2025|1|Not Confirmed|Walk-In|United Kingdom||")
    assert source == "cloudbeds"
    assert rows_of(chunk, "confirmation", "channel_ref", "given_name", "family_name", "phone", "room_revenue", "total_amount",
        "cancelled_on") == [
        ("77001", "4402118876", "Anna Maria", "Weber", "+49 30 901820", "420.00", "462.00", ""),
        ("77002", "", "Rui", "Silva", "+351 21 000", "180.00", "198.00", "01/04/2025"), ("77003", "", "Tariq", "Aziz", "", "90.00",
            "99.00", "")]
    assert [SOURCES["cloudbeds"].words["status"][word] for word in ("checkedout", "canceled", "notconfirmed")] == ["checked_out",
        "cancelled", "tentative"]


def test_cloudbeds_guests_merged_and_anonymised():
    source, chunk = canonical(
        "guestID|guestFirstName|guestLastName|guestEmail|guestPhone|guestCellPhone|isAnonymized|guestOptIn|isMerged|newGuestID|"
            "dateModified|guestDocumentNumber",
        "501|Anna|Weber|anna@example.com|+49 30 901820||false|true|false||2025-02-01 10:00:00|X1",
        "502|A.|Weber|anna@example.com||+49 151 000|false|false|true|501|2025-02-02 10:00:00|",
        "503|Removed|Removed|removed@example.com|||true|false|false|0|2025-02-03 10:00:00|")
    assert source == "cloudbeds_guests"
    assert rows_of(chunk, "guest_ref", "family_name", "email", "phone", "merged_into_ref", "anonymized", "email_consent",
        "email_consent_on") == [
        ("501", "Weber", "anna@example.com", "+49 30 901820", "", "no", "given", "2025-02-01 10:00:00"),
        ("502", "Weber", "anna@example.com", "+49 151 000", "501", "no", "withdrawn", "2025-02-02 10:00:00"),
        ("503", "", "", "", "", "yes", "withdrawn", "2025-02-03 10:00:00")]
    assert chunk.column("email_consent_source")[0] == "Cloudbeds guestOptIn"


def test_cloudbeds_reservations_with_and_without_amounts():
    source, chunk = canonical("reservationID|status|guestID|profileID|guestName|startDate|endDate|dateCreated|sourceName|subReservationID|"
        "adults|thirdPartyIdentifier",
        "9001|checked_in|501|1|Anna Weber|2025-03-28|2025-03-31|2025-01-12 10:00:00|Expedia|9001-1|2|E-7",
        "9002|no_show|502|2|Rui Silva|2025-03-29|2025-03-31|2025-01-13 10:00:00|Direct|9002-1|1|",
        "9003|not_confirmed|503|3|Tariq Aziz|2025-03-30|2025-03-31|2025-01-14 10:00:00|Phone|9003-1|1|")
    assert (source, SOURCES[source].notes) == ("cloudbeds_reservations", ("no_amounts",))
    assert rows_of(chunk, "confirmation", "channel_ref", "guest_ref", "family_name", "channel", "room_revenue") == [
        ("9001", "E-7", "501", "Weber", "Expedia", "0"), ("9002", "", "502", "Silva", "Direct", "0"), ("9003", "", "503", "Aziz", "Phone",
            "0")]
    source, chunk = canonical("reservationID|status|guestName|guestEmail|isAnonymized|startDate|endDate|dateCreated|source|total|"
        "balanceDetailed|cardsOnFile",
        "9001|checked_out|Anna Weber|anna@example.com|false|2025-03-28|2025-03-31|2025-01-12|Expedia|462.00||",
        "9002|checked_out|Removed|removed@example.com|true|2025-03-28|2025-03-31|2025-01-12|Expedia|100.00||")
    assert source == "cloudbeds_reservation"
    assert rows_of(chunk, "confirmation", "family_name", "email", "total_amount") == [("9001", "Weber", "anna@example.com", "462.00"),
        ("9002", "", "", "100.00")]


def test_opera_reservations():
    source, chunk = canonical(
        "property|confirmationNo|resvStatus|arrival|departure|roomCategoryLabel|room|marketCode|rateCode|guestNameId|guestFirstName|"
            "guestName|guestEmail|"
        "roomRevenue|totalRevenue|fbRevenue|currencyCode|channel|originOfBookingDesc|houseUseYn|complimentaryYn|anonymizationStatus|"
            "adults|udfc01",
        "GALLE|700101|CHECKED OUT|2025-03-28|2025-03-31|DLX|204|LEI|BAR|881|Anna|Weber, Anna|anna@example.com|420.00|478.50|58.50|EUR|GDS|"
            "Website|N|N||2|x",
        "GALLE|700102|CANCELLED|2025-04-02|2025-04-05|STD||BUS|CORP|882|Rui|Silva, Rui|rui@example.com|0.00|0.00|0.00|EUR||Telephone|N|N||"
            "1|",
        "GALLE|700103|PROSPECT|2025-04-07|2025-04-08|STE||LEI|BAR|883|XXX|XXX|x@example.com|90.00|90.00|0.00|EUR|||N|Y|ANONYMIZED|1|",
        "GALLE|700104|CHECKED IN|2025-04-07|2025-04-08|STE|301|HSE|HU|884|Eva|Stein, Eva||0.00|0.00|0.00|EUR|WEB||Y|N||1|")
    assert source == "opera_reservations"
    assert rows_of(chunk, "confirmation", "guest_ref", "given_name", "family_name", "email", "channel", "rate_class", "room_revenue",
        "food_revenue") == [
        ("700101", "881", "Anna", "Weber", "anna@example.com", "GDS", "", "420.00", "58.50"),
        ("700102", "882", "Rui", "Silva", "rui@example.com", "Telephone", "", "0.00", "0.00"),
        ("700103", "883", "", "", "", "Other", "complimentary", "90.00", "0.00"),
        ("700104", "884", "Eva", "Stein", "", "WEB", "house_use", "0.00", "0.00")]
    words = SOURCES["opera_reservations"].words["status"]
    assert [words[word] for word in ("checkedout", "cancelled", "prospect", "checkedin")] == ["checked_out", "cancelled", "tentative",
        "in_house"]


def test_opera_profiles_and_their_opt_ins():
    source, chunk = canonical(
        "nameId|nameType|first|name|eMail|emailYn|mobilePhoneNumber|phoneNo|zipCode|city|country|nationality|language|dOptInEmailFlg|"
            "dOptInSmsFlg|"
        "dOptInMailListFlg|updateDate|vipStatus|anonymizationStatus|idType|membershipNumber",
        "881|GUEST|Anna|Weber|anna@example.com|Y|+49 151 000|+49 30 901820|10115|Berlin|DE|DE|E|Y|N||2025-02-01|VIP1||PASSPORT|M-2001",
        "882|GUEST|Rui|Silva||Y||+351 21 000|1000|Lisboa|PT|PT|P|N|N|N|2025-02-02||||",
        "883|GUEST|XXX|XXX|x@example.com|Y||+1 000|||||||||2025-02-03||ANONYMIZED||")
    assert source == "opera_profiles"
    assert rows_of(chunk, "guest_ref", "given_name", "family_name", "email", "phone", "email_consent", "sms_consent", "post_consent",
        "anonymized") == [
        ("881", "Anna", "Weber", "anna@example.com", "+49 151 000", "given", "withdrawn", "", ""),
        ("882", "Rui", "Silva", "", "+351 21 000", "withdrawn", "withdrawn", "withdrawn", ""), ("883", "", "", "", "", "", "", "", "yes")]
    assert rows_of(chunk, "email_consent_on", "seen_on", "email_consent_source", "tags")[0] == ("2025-02-01", "2025-02-01",
        "OPERA Cloud opt-in", "VIP1")


def test_opera_communications_are_addresses_or_numbers():
    source, chunk = canonical("profileID|firstName|lastName|communicationRole|communicationID|communicationValue|phoneType|updateDate",
        "881|Anna|Weber|EMAIL|1|anna@example.com|EMAIL|2025-02-01", "881|Anna|Weber|PHONE|2|+49 30 901820|HOME|2025-02-01",
        "882|Rui|Silva|WEBPAGE|3|www.example.com|WEB|2025-02-02")
    assert source == "opera_communications"
    assert rows_of(chunk, "guest_ref", "email", "phone") == [("881", "anna@example.com", ""), ("881", "", "+49 30 901820"), ("882", "", "")]


def test_opera_memberships_and_points():
    source, chunk = canonical("nameId|membershipType|membershipNumber|membershipLevel|membershipStatus|joinedDate|expirationDate|"
        "currentPoints|nameOnCard|enrollmentSource",
        "881|INN|M-2001|GOLD|A|2023-06-01|2026-05-31|1240|ANNA WEBER|DESK", "882|INN|M-2002|BASE|I|2024-01-01||0|RUI SILVA|WEB",
        "883|INN|M-2003|BASE|ACTIVE|2024-02-01||10|EVA STEIN|WEB")
    assert source == "opera_memberships"
    assert rows_of(chunk, "membership_number", "guest_ref", "tier", "status", "enrolled_on", "points")[0] == ("M-2001", "881", "GOLD",
        "A", "2023-06-01", "1240")
    assert SOURCES[source].words["status"] == {"a": "active", "y": "active", "i": "suspended", "n": "suspended"}
    source, chunk = canonical("membershipTransactionId|membershipCardNo|transactionDate|pointsCreditDate|totalPoints|basePoints|"
        "bonusPoints|adjustmentYn|cRSBookingNumber|totalRevenue",
        "1|M-2001|2025-03-31|2025-04-01|420|400|20|N|700101|420.00", "2|M-2001||2025-04-02|-300|0|0|N||",
            "3|M-2002|2025-04-03||50|0|50|Y||")
    assert source == "opera_points"
    assert rows_of(chunk, "entry_id", "membership_number", "posted_on", "kind", "points", "confirmation") == [
        ("1", "M-2001", "2025-03-31", "earn", "420", "700101"), ("2", "M-2001", "2025-04-02", "burn", "-300", ""), ("3", "M-2002",
            "2025-04-03", "adjust", "50", "")]


def test_opera_addresses_and_subscriptions():
    source, chunk = canonical("profileId|firstName|name|address1|addressType|inCareOf|postalCode|city|countryCode|foreignCountry|"
        "cleansedStatus|addressLanguageDescription",
        "881|Anna|Weber|Hauptstraße 7|HOME||10115|Berlin|DE|||German")
    assert source == "opera_addresses"
    assert rows_of(chunk, "guest_ref", "family_name", "street", "postcode", "city", "country") == [("881", "Weber", "Hauptstraße 7",
        "10115", "Berlin", "DE")]
    found, _ = suggested("nameId|profilesubscriptionId|externalDatabaseName|externalProfileId|distributeYn|lastActivityDate",
        "881|1|CRM|9|Y|2025-01-01")
    assert (found.mapping.source, found.missing, SOURCES["opera_subscriptions"].notes) == ("opera_subscriptions", ("email",),
        ("no_person",))


def test_mews_customers():
    source, chunk = canonical(
        "Id|FirstName|LastName|SecondLastName|NationalityCode|PreferredLanguageCode|Email|HasOtaEmail|Phone|Classifications|Options|"
            "MergeTargetId|UpdatedUtc|DietaryRequirements",
        "c-1|Anna|Weber||DE|de-DE|anna@example.com|false|+49 30 901820|Returning; VeryImportant|SendMarketingEmails; Invoiceable||"
            "2025-03-31T22:30:00Z|No nuts",
        "c-2|Rui|Silva|Costa|PT|pt-PT|x.1@guest.booking.com|true||['Returning']|Invoiceable||2025-02-01T10:00:00Z|",
        "c-3|Ana|Weber||DE||odd@elsewhere.example|true|||| c-1|2025-02-02T10:00:00Z|")
    assert source == "mews_customers"
    assert rows_of(chunk, "guest_ref", "family_name", "email", "tags", "email_consent", "post_consent", "preferences", "seen_on") == [
        ("c-1", "Weber", "anna@example.com", "Returning; VeryImportant", "given", "withdrawn", "diet: No nuts", "2025-03-31"),
        ("c-2", "Silva Costa", "x.1@guest.booking.com", "Returning", "withdrawn", "withdrawn", "", "2025-02-01"),
        ("c-3", "Weber", "", "", "", "", "", "2025-02-02")]
    assert chunk.column("merged_into_ref")[2].strip() == "c-1"
    assert chunk.column("email_consent_on")[0] == "2025-03-31"


MEWS = ("Number|State|Origin|CommanderOrigin|AccountId|CreatedUtc|CancelledUtc|ScheduledStartUtc|ScheduledEndUtc|CancellationReason|"
    "PersonCounts|Purpose|ChannelNumber",
    "52|Processed|Commander|Website|c-1|2025-01-12T20:00:00Z||2025-03-28T13:00:00Z|2025-03-31T20:30:00Z||"
        "AgeCategoryId: a, Count: 2; AgeCategoryId: b, Count: 1|Leisure|",
    "53|Canceled|ChannelManager||c-2|2025-01-20T20:00:00Z|2025-04-02T23:00:00Z|2025-04-02T13:00:00Z|2025-04-05T05:00:00Z|NoShow||Business|"
        "4402118876",
    "54|Started||InPerson|c-3|2025-01-20T20:00:00Z||2025-04-02T13:00:00Z|2025-04-05T05:00:00Z|||Student|")


def test_mews_reservations_by_days_of_utc():
    source, chunk = canonical(*MEWS)
    assert (source, SOURCES[source].notes) == ("mews_reservations", ("days_of_utc", "no_amounts"))
    assert rows_of(chunk, "confirmation", "status", "channel", "arrival", "departure", "adults", "channel_ref", "room_revenue") == [
        ("52", "checked_out", "Direct", "2025-03-28", "2025-03-31", "3", "", "0"),
        ("53", "no_show", "Online travel agency", "2025-04-02", "2025-04-05", "", "4402118876", "0"),
        ("54", "in_house", "Walk-in", "2025-04-02", "2025-04-05", "", "", "0")]


def test_mews_reservations_by_the_hotel_s_days_where_its_zone_is_given():
    _, chunk = canonical(*MEWS, time_zone="Asia/Colombo")
    assert rows_of(chunk, "booked_on", "arrival", "departure", "cancelled_on") == [
        ("2025-01-13", "2025-03-28", "2025-04-01", ""), ("2025-01-21", "2025-04-02", "2025-04-05", "2025-04-03"),
        ("2025-01-21", "2025-04-02", "2025-04-05", "")]


def test_mews_memberships():
    source, chunk = canonical("Id|AccountId|LoyaltyProgramId|State|IsPrimary|MembershipNumber|Points|ExpirationDate|LoyaltyTierId",
        "m-1|c-1|p-1|Enabled|true|M-2001|1240|2026-05-31|gold", "m-2|c-2|p-1|Disabled|true|M-2002|0||base",
            "m-3|c-3|p-1|Enabled|true|M-2003|5||base")
    assert source == "mews_memberships"
    assert rows_of(chunk, "membership_number", "guest_ref", "tier", "points")[0] == ("M-2001", "c-1", "gold", "1240")
    assert [SOURCES[source].words["status"][word] for word in ("enabled", "disabled")] == ["active", "suspended"]


def test_abs_and_thundi():
    source, chunk = canonical("Res#|Arr|Dept|Revenue($)|Balance Due($)|Res.Type|Pax|Room|Business Source|User|Rate Type",
        "A1|03/28/2025|03/31/2025|420.00|0.00|Confirm Booking|2|204|Booking.com|eva|BAR", "A2|04/02/2025|04/05/2025|0.00|0.00|Cancelled|1|"
            "||eva|Comp",
        "A3|04/07/2025|04/08/2025|0.00|0.00|Option|1||Walk-in|eva|House use")
    assert (source, SOURCES[source].notes) == ("abs_pms", ("status_assumed",))
    assert rows_of(chunk, "confirmation", "departure", "total_amount", "status", "channel", "rate_class", "adults") == [
        ("A1", "03/31/2025", "420.00", "confirmed", "Booking.com", "", "2"), ("A2", "04/05/2025", "0.00", "cancelled", "Other",
            "complimentary", "1"),
        ("A3", "04/08/2025", "0.00", "tentative", "Walk-in", "house_use", "1")]
    source, chunk = canonical("Res #|Arrival|Dept|Total|Booking Time", "T1|2025-03-28|2025-03-31|420.00|2025-01-12 10:00",
        "T2|2025-04-02|2025-04-05|90.00|2025-01-20 10:00")
    assert source == "thundi"
    assert rows_of(chunk, "confirmation", "departure", "total_amount", "booked_on", "status", "channel")[0] == (
        "T1", "2025-03-31", "420.00", "2025-01-12 10:00", "confirmed", "Other")


@pytest.mark.parametrize(("source", "header", "row", "cells"), [
    ("booking_com_invoice", "Reservation number|Commission amount", "4402118876|63.00", ("4402118876", "63.00")),
    ("booking_com_statement", "Reservation number|Arrival|Departure|Guest name|Original amount|Final amount|Commission amount|Status|"
        "Hotel id|Currency",
        "4402118876|2025-03-28|2025-03-31|Anna Weber|420|420|63.00|ok|1|EUR", ("4402118876", "63.00")),
    ("expedia_invoice", "Reservation ID|Guest|Total Amount Due", "E-7|Anna Weber|75.60", ("E-7", "75.60")),
    ("vrbo_invoice", "Reservation External ID (Folio #)|Commission", "V-1|33.60", ("V-1", "33.60"))])
def test_invoices_of_travel_sites(source, header, row, cells):
    found, chunk = canonical(header, row)
    assert (found, rows_of(chunk, "confirmation", "commission")) == (source, [cells])


def test_klaviyo_of_both_generations():
    source, chunk = canonical("Campaign Name|Subject|Send Time|Total Recipients|Successful Deliveries|Unique Opens|Unique Clicks|"
        "Unsubscribes|Spam Complaints|Bounces|"
        "Unique Placed Order|Revenue|Campaign Channel|Campaign ID|Open Rate", "Spring|Three nights|2025-02-03 09:00:00|1200|1180|410|36|3|"
            "0|20|4|1640.00|email|K17|34.7%")
    assert (source, SOURCES[source].notes) == ("klaviyo", ("opens_with_proxies", "vendor_revenue"))
    counted = ("campaign_id", "campaign_name", "sent", "delivered", "opens_reported", "unsubscribes", "bounces", "conversions",
        "attributed_revenue")
    assert rows_of(chunk, *counted) == [("K17", "Spring", "1200", "1180", "410", "3", "20", "4", "1640.00")]
    source, chunk = canonical("Campaign name|Campaign channel|Send time|Total recipients|Unique opens|Unique clicks|"
        "Count of unique conversions|Conversion value|Unique unsubscribes",
        "Spring|email|2025-02-03 09:00:00|1200|410|36|4|1640.00|3")
    assert source == "klaviyo"
    assert rows_of(chunk, *counted) == [("", "Spring", "1200", "", "410", "3", "", "4", "1640.00")]


def test_mailchimp_s_report_must_be_confirmed():
    found, _ = suggested("Title|Subject|Send Date|Total Recipients|Soft Bounces|Hard Bounces|Unique Opens|Unique Clicks|Unsubscribes|"
        "Abuse Complaints|Unique Id|Campaign Cost",
        "Spring|Three nights|Feb 03, 2025|1200|5|15|410|36|3|0|mc1|90.00")
    assert (found.mapping.source, found.mapping.columns["campaign_name"], found.mapping.constants) == ("mailchimp_campaigns", "Title",
        {"channel": "email"})
    assert {code for column, (code, _) in found.why.items() if column != "channel"} == {"system_unsure"}
    assert "confirm" in SOURCES["mailchimp_campaigns"].notes


def test_mailchimp_members_and_activity():
    source, chunk = canonical("email_address|status|timestamp_opt|last_changed|language|tags|merge_fields.FNAME|merge_fields.LNAME",
        "anna@example.com|subscribed|2024-01-05T10:00:00+00:00|2025-01-01T00:00:00+00:00|de|vip; spa|Anna|Weber",
        "rui@example.com|unsubscribed|2024-01-06T10:00:00+00:00|2025-02-01T00:00:00+00:00|pt||Rui|Silva",
        "eva@example.com|pending|||de||Eva|Stein")
    assert source == "mailchimp_members"
    assert rows_of(chunk, "email", "email_consent", "email_consent_on", "tags", "given_name", "email_consent_source") == [
        ("anna@example.com", "given", "2024-01-05T10:00:00+00:00", "vip; spa", "Anna", "Mailchimp"),
        ("rui@example.com", "withdrawn", "2025-02-01T00:00:00+00:00", "", "Rui", "Mailchimp"), ("eva@example.com", "", "", "", "Eva",
            "Mailchimp")]
    source, chunk = canonical("campaign_id|email_address|action|timestamp|url", "mc1|anna@example.com|click|2025-02-03T10:12:00+00:00|"
        "https://example.com/",
        "mc1|rui@example.com|unsub|2025-02-03T10:13:00+00:00|")
    assert source == "mailchimp_activity"
    assert rows_of(chunk, "campaign_id", "email", "kind")[0] == ("mc1", "anna@example.com", "click")
    assert [SOURCES[source].words["kind"][word] for word in ("open", "click", "bounce", "unsub")] == ["opened", "clicked", "bounced",
        "unsubscribed"]


def test_mailchimp_says_which_bounces_are_for_good():
    _, chunk = canonical("campaign_id|email_address|action|type|timestamp|url", "mc1|anna@example.com|bounce|hard|2025-02-03T10:12:00+00:00|",
        "mc1|rui@example.com|bounce|soft|2025-02-03T10:13:00+00:00|")
    assert rows_of(chunk, "kind", "bounce") == [("bounce", "hard"), ("bounce", "soft")]


def test_brevo_s_events_count_seconds_of_utc_and_tell_opens_of_programmes():
    found, _ = suggested("id|camp_id|email|campaign name|date_sent|date_event|event|tag|ts_sent|ts_event|URL",
        "1|7|anna@example.com|Spring|2025-02-03 11:00:00|2025-02-03 11:12:00|proxy_open||1738573200|1738573920|")
    assert (found.mapping.source, found.mapping.columns["campaign_id"]) == ("brevo_events", "camp_id")
    _, chunk = canonical("camp_id|email|date_sent|date_event|event|ts_sent|ts_event|URL",
        "7|anna@example.com|2025-02-03 11:00:00|2025-02-03 11:12:00|proxy_open|1738573200|1738573920|",
        "7|rui@example.com|2025-02-03 11:00:00|2025-02-03 11:12:01|click|1738573200||https://hotel.example/")
    assert rows_of(chunk, "campaign_id", "at", "kind", "url") == [
        ("7", "2025-02-03T09:12:00Z", "proxy_open", ""), ("7", "2025-02-03 11:12:01", "click", "https://hotel.example/")]
    words = SOURCES["brevo_events"].words["kind"]
    assert [words[word] for word in ("proxyopen", "hardbounce", "click")] == ["machine_opened", "hard_bounced", "clicked"]


@pytest.mark.parametrize("header", [
    "id|name|subject|sentDate|sent|delivered|hard_bounces|soft_bounces|unique_views|apple_mpp_opens|unique_clicks|complaints|"
        "unsubscriptions",
    "id|name|subject|sentDate|" + "|".join(f"statistics.globalStats.{name}" for name in (
        "sent", "delivered", "hardBounces", "softBounces", "uniqueViews", "appleMppOpens", "uniqueClicks", "complaints",
            "unsubscriptions"))])
def test_brevo_keeps_proxy_opens_apart(header):
    source, chunk = canonical(header, "7|Spring|Three nights|2025-02-03T09:00:00Z|1200|1180|15|5|410|190|36|0|3")
    assert source == "brevo"
    assert rows_of(chunk, "campaign_name", "sent", "hard_bounces", "opens_reported", "opens_proxy", "clicks", "unsubscribes") == [
        ("Spring", "1200", "15", "410", "190", "36", "3")]


def test_reviews_of_two_texts():
    source, chunk = canonical("Hotel_Name|Review_Date|Reviewer_Nationality|Negative_Review|Positive_Review|Reviewer_Score|Tags",
        "Galle House|8/3/2024| Germany |No Negative| Friendly people |9.6|[' Leisure trip ', ' Couple ', ' Stayed 3 nights ']",
        "Galle House|8/4/2024| Portugal | Too loud |No Positive|4.2|[' Business trip ']", "Galle House|8/5/2024| |Nothing| Sea |8|[]")
    assert source == "reviews_booking_com"
    assert rows_of(chunk, "property", "score", "score_scale", "liked", "disliked", "guest_country", "tags") == [
        ("Galle House", "9.6", "10", "Friendly people", "", "Germany", "Leisure trip; Couple; Stayed 3 nights"),
        ("Galle House", "4.2", "10", "", "Too loud", "Portugal", "Business trip"), ("Galle House", "8", "10", "Sea", "", "", "")]


def test_reviews_with_ratings():
    source, chunk = canonical("reviewId|rating|title|text|lang|publishedDate|travelDate|placeName",
        "1|5|Lovely|Quiet rooms.|en|2025-04-03T21:00:00-04:00|2025-03|Galle House", "2|2|Laut|Straße.|de|2025-04-04T21:00:00-04:00|"
            "2025-03-17|Galle House")
    assert source == "reviews_tripadvisor"
    assert rows_of(chunk, "review_id", "score", "score_scale", "title", "language", "stay_month") == [
        ("1", "5", "5", "Lovely", "en", "2025-03"), ("2", "2", "5", "Laut", "de", "2025-03")]


def test_hotel_booking_demand():
    source, chunk = canonical(
        "hotel|lead_time|arrival_date_year|arrival_date_month|arrival_date_day_of_month|stays_in_weekend_nights|stays_in_week_nights|"
            "adults|children|babies|country|"
        "market_segment|distribution_channel|reserved_room_type|adr|reservation_status|reservation_status_date",
        "Resort Hotel|68|2016|July|1|2|1|2|1|1|PRT|Online TA|TA/TO|H|75.15|Check-Out|2016-07-04",
        "City Hotel|0|2016|July|2|0|1|1|0|0|CN|Complementary|Direct|A|0|Canceled|2016-07-01")
    assert source == "hotel_booking_demand"
    assert rows_of(chunk, "property", "booked_on", "arrival", "departure", "cancelled_on", "channel", "guest_country", "room_revenue",
        "rate_class") == [
        ("RESORT", "2016-04-24", "2016-07-01", "2016-07-04", "", "ota", "PT", "225.45", "paid"),
        ("CITY", "2016-07-02", "2016-07-02", "2016-07-03", "2016-07-01", "direct", "code CN", "0.00", "complimentary")]
