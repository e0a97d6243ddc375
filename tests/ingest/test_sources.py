"""Known systems are recognised by their headers."""
import json
from pathlib import Path

import pytest

from crm_core.ingest.aliases import folded
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.mapping import suggest
from crm_core.ingest.sources import COLUMNS, NOTES, SOURCES, note_text, recognised
from crm_core.ingest.systems import deriving
from crm_core.ingest.written import Detected, Form

LISTS = Path(__file__).parents[3] / "shared/data/pms_formats/export_headers.json"
KNOWN = {
    "opera_rna/SimpleReportsProfileIndividualsProfileDetailsType": "opera_profiles",
    "opera_rna/ProfilesIndividualsProfileAllInformationDetailsType": "opera_profiles",
    "opera_rna/ProfilesNotesProfileAllInformationDetailsType": "opera_profiles",
    "opera_rna/SimpleReportsBookingsReservationReservationGeneralDetailsType": "opera_reservations",
    "opera_rna/ProfilesLoyaltyLoyaltyProfileMembershipDetailsType": "opera_memberships",
    "opera_rna/ProfilesIndividualsProfileMembershipDetailsType": "opera_memberships",
    "opera_rna/ProfilesLoyaltyMembershipTransactionsDetailsType": "opera_points",
    "opera_rna/ProfilesIndividualsProfileCommunicationDetailsType": "opera_communications",
    "opera_rna/ProfilesIndividualsProfileAddressDetailsType": "opera_addresses",
    "opera_rna/ProfilesIndividualsProfileSubscriptionDetailsType": "opera_subscriptions",
    "mews_api/Customer": "mews_customers", "mews_api/Reservation (ver 2023-06-06)": "mews_reservations",
    "mews_api/Loyalty membership": "mews_memberships",
    "cloudbeds_api_v1.3/get_guests_by_filter_response_data_inner": "cloudbeds_guests",
    "cloudbeds_api_v1.3/get_guest_response_data": "cloudbeds_guests",
    "cloudbeds_api_v1.3/get_guest_list_response_data_value": "cloudbeds_guests",
    "cloudbeds_api_v1.3/get_reservation_response_data": "cloudbeds_reservation",
    "cloudbeds_api_v1.3/get_reservations_response_data_inner": "cloudbeds_reservations",
    "cloudbeds_export_csv/reservations (2 public importers agree)": "cloudbeds",
    "bookingcom_extranet_xls/reservations EN (read)": "booking_com", "bookingcom_invoice/": "booking_com_invoice",
    "airbnb_csv/reservations (read, 6+ sources)": "airbnb", "expedia_invoice (read, partial)": "expedia_invoice",
    "vrbo_invoice (read, partial)": "vrbo_invoice", "abs_pms (read)": "abs_pms", "thundi_biosphere_bookinglist (read, partial)": "thundi",
    "klaviyo_campaign_csv (read, 4+ sources)": "klaviyo", "klaviyo_campaign_csv/newer names (read)": "klaviyo",
    "mailchimp_campaign_csv (from memory, NOT verified)": "mailchimp_campaigns",
}
# A list of profiles by number has no name, and the newer names of Klaviyo are only those that changed.
LACKING = {"opera_subscriptions": {"email"}, "klaviyo_campaign_csv/newer names (read)": {"campaign_name"}}


def of(header) -> Detected:
    return Detected(Form(), (), tuple(header), (), 0)


@pytest.mark.parametrize("target", COLUMNS)
def test_our_own_columns_are_our_own_file(target):
    found = suggest(of(COLUMNS[target]))
    assert (found.mapping.source, found.mapping.columns) == (target, {column: column for column in COLUMNS[target]})
    assert (found.missing, found.ignored) == ((), ())
    assert {code for code, _ in found.why.values()} == {"own"}


@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if source.signature])
def test_a_system_is_recognised_by_its_marks_in_any_order_and_spelling(name):
    header = [cell.upper().replace("_", " ") for cell in reversed(SOURCES[name].signature)]
    if not SOURCES[name].narrow:
        header = ["Something", *header, "Another"]
    assert recognised(header)[0][0].name == name


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_speaks_of_columns_that_its_target_has(name):
    source = SOURCES[name]
    columns = {*source.columns, *source.constants, *source.words, *source.derives}
    assert columns <= set(COLUMNS[source.target])
    assert set(source.notes) <= set(NOTES)


@pytest.mark.parametrize("name", SOURCES)
def test_no_header_of_a_source_is_spelled_twice(name):
    for spellings in SOURCES[name].columns.values():
        assert len({folded(spelling) for spelling in spellings}) == len(spellings)


@pytest.mark.parametrize("name", [name for name, source in SOURCES.items() if source.prepare])
def test_what_a_source_makes_its_columns_of_is_not_said_to_be_unused(name, monkeypatch):
    source, asked, raw = SOURCES[name], set(), deriving.raw
    monkeypatch.setattr(deriving, "raw", lambda chunk, *headers: asked.update(headers) or raw(chunk, *headers))
    source.prepare(Chunk([2], dict.fromkeys(source.columns, ("",))), Form())
    used = {*source.reads, *(spelling for spellings in source.columns.values() for spelling in spellings)}
    assert asked <= used
    assert not set(suggest(of([*source.signature, *source.reads])).ignored) & set(source.reads)


def test_lists_of_one_system_share_the_numbers_of_its_guests():
    shared = {name: SOURCES[name].origin for name in ("mews_customers", "mews_reservations", "opera_profiles", "cloudbeds_guests",
        "guests", "airbnb")}
    assert shared == {"mews_customers": "mews", "mews_reservations": "mews", "opera_profiles": "opera", "cloudbeds_guests": "cloudbeds",
        "guests": "bookings", "airbnb": "airbnb"}


def test_a_file_with_a_few_usual_names_is_no_known_system():
    assert recognised(["Reservation number", "Commission amount", "Arrival", "Departure", "Status", "Guest name", "Email", "Phone",
        "City"]) == []
    assert recognised(["Email Address", "First Name", "Last Name", "Status", "Tags"]) == []


def test_what_should_be_known_of_an_export_is_said():
    assert SOURCES["airbnb"].notes == ("net_of_fee",)
    assert note_text("net_of_fee") == "Airbnb's earnings are what is left after its fee: the revenue is lower than what the guest paid."


@pytest.mark.shared
@pytest.mark.skipif(not LISTS.exists(), reason=f"the lists of export headers are not beside the project: {LISTS}")
@pytest.mark.parametrize("listed", KNOWN)
def test_the_real_headers_are_recognised_with_what_their_rows_need(listed):
    found = suggest(of(json.loads(LISTS.read_text(encoding="utf-8"))[listed]))
    lacking = LACKING.get(listed) or LACKING.get(KNOWN[listed], set())
    assert found.mapping.source == KNOWN[listed]
    assert set(found.missing) - {"property"} == lacking


@pytest.mark.shared
@pytest.mark.skipif(not LISTS.exists(), reason=f"the lists of export headers are not beside the project: {LISTS}")
def test_lists_without_people_stays_or_points_are_taken_for_no_system():
    lists = json.loads(LISTS.read_text(encoding="utf-8"))
    assert {name for name in set(lists) - set(KNOWN) if recognised(lists[name])} == set()
