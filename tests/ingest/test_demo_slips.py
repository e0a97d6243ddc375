"""How the demo's second record of a person differs from the first."""
import pytest

from crm_core.ingest.demo import slips
from crm_core.ingest.demo.slips import Known, Person

HARUTYUN = Known("Հարություն", "Սարգսյան", "harutyun.sargsyan27182@example.com", "+374 000 123 4567", "1975-03-08", "Abovyan Street 5",
                 "1023", "Yerevan", None, None)
HE = Person(("Harutyun", "Sargsyan"), ("Հարություն", "Սարգսյան"), "armenian", 12, 1)
EMILIE = Known("Émilie Claire", "Lefebvre", None, None, "1980-05-20", None, None, None, None, "TH0000007")
SHE = Person(("Émilie Claire", "Lefebvre"), None, "french", 13, 2)


def test_a_name_in_another_script_comes_back_in_latin_letters_as_another_clerk_writes_them():
    assert slips.transliterated(HARUTYUN, HE, 0)[:2] == ("Haroutioun", "Sarkissian")


def test_a_latin_name_may_come_back_in_its_own_script():
    latin = HARUTYUN._replace(given="Harutyun", family="Sargsyan")
    assert slips.transliterated(latin, HE, .2)[:2] == ("Հարություն", "Սարգսյան")
    assert slips.transliterated(latin, HE, .8)[:2] == ("Haroutioun", "Sarkissian")


@pytest.mark.parametrize(("u", "family"), [(.100000, "Lefebre"), (.100001, "Lefebvvre"), (.100002, "Lefebrve"), (.100003, "Lefebbre")])
def test_a_letter_is_left_out_doubled_exchanged_or_its_neighbour_struck(u, family):
    assert slips.mistyped(EMILIE, SHE, u).family == family


def test_short_names_are_not_mistyped():
    assert slips.mistyped(EMILIE._replace(family="Li"), SHE, .1).family == "Li"


def test_names_change_places():
    assert slips.swapped(EMILIE, SHE, 0)[:2] == ("Lefebvre", "Émilie Claire")


@pytest.mark.parametrize(("given", "short"), [("Robert", "Bob"), ("Robert James", "Bob"), ("Émilie Claire", "Émilie"), ("Lotte", "Lotte")])
def test_a_nickname_is_used_where_there_is_one(given, short):
    assert slips.nickname(EMILIE._replace(given=given), SHE, 0).given == short


def test_accents_are_lost_in_latin_letters_only():
    assert slips.accents(EMILIE, SHE, 0).given == "Emilie Claire"
    assert slips.accents(HARUTYUN, HE, 0).given == "Հարություն"


@pytest.mark.parametrize(("u", "phone"), [(0, "+3740001234567"), (.3, "00374 000 123 4567"), (.5, "+374-000-123-4567"), (.8, "+374 0001234567")])
def test_a_phone_number_is_written_in_another_hand(u, phone):
    assert slips.phone_format(HARUTYUN, HE, u).phone == phone
    assert slips.phone_format(EMILIE, SHE, u).phone is None


def test_day_and_month_change_places_only_where_both_can_be():
    assert slips.day_for_month(HARUTYUN, HE, 0).birth == "1975-08-03"
    assert slips.day_for_month(EMILIE, SHE, 0).birth == "1980-05-20"
    assert slips.no_birth(HARUTYUN, HE, 0).birth is None


def test_an_address_is_another_one_none_or_that_of_a_travel_site():
    assert slips.other_email(HARUTYUN, HE, .2).email is None
    assert slips.other_email(HARUTYUN, HE, .8).email == "hsargsyan.12@example.org"
    assert slips.relayed(HARUTYUN, HE, 0).email == slips.relayed(HARUTYUN, HE, .9).email
    assert slips.relayed(HARUTYUN, HE, 0).email.endswith("@guest.booking.example")


def test_somebody_at_home_lends_an_address_with_the_family_name():
    email = slips.family_email(HARUTYUN, HE, 0).email
    assert email.startswith("armen.sargsyan")
    assert email != HARUTYUN.email


def test_a_married_name_keeps_the_given_name_and_the_script():
    found = slips.married(HARUTYUN, HE, .99)
    assert found[:2] == ("Հարություն", "Մինասյան")
    assert slips.married(EMILIE, SHE, .99)[:2] == ("Émilie Claire", "Giraud")
