"""People are found by whatever one types: both name orders, no accents, other scripts, e-mail, phone."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.records.search_terms import LONGEST, digits, folded, terms


@pytest.mark.parametrize(("text", "plain"), [
    ("Ana  Silva ", "ana silva"), ("José Muñoz", "jose munoz"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("Ångström", "angstrom"),
    ("Łukasz", "łukasz"), ("አበበ ቢቂላ", "አበበ ቢቂላ"), ("සුනිල්", "සුනිල්"), ("Անի Պետրոսյան", "անի պետրոսյան"), (None, ""), ("   ", ""),
])
def test_text_is_compared_without_case_and_accents_and_keeps_other_scripts(text, plain):
    assert folded(text) == plain


def test_two_ways_of_writing_one_accent_are_the_same():
    assert folded("Jose\u0301") == folded("Jos\u00e9") == "jose"


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    once = folded(text)
    assert len(once) <= LONGEST
    assert "\n" not in once
    assert once == " ".join(once.split())


@pytest.mark.parametrize(("phone", "number"), [
    ("+351 21 555-0100", "351215550100"), ("00351 (21) 555 0100", "351215550100"), ("021 555 0100", "215550100"), ("", ""), (None, ""),
    ("none", ""),
])
def test_a_phone_number_is_its_digits(phone, number):
    assert digits(phone) == number


def test_a_guest_is_found_by_both_name_orders_address_and_number():
    assert terms("Ana", "Silva", "Ana@Example.com", "+351 21 555 0100") == {
        "ana silva", "silva ana", "ana@example.com", "351215550100", "215550100"}


def test_what_is_missing_finds_nobody():
    assert terms(None, None, None, None) == set()
    assert terms("A", None, None, None) == set()
    assert terms("Cher", None, None, None) == {"cher"}
