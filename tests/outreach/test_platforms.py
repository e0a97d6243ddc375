"""A list is written in the words of the platform that reads it."""
import pytest

from crm_core.exports import csv_text
from crm_core.outreach.platforms import KEYS, NAMES, columns, row

ANA = {"email": "ana@example.org", "phone": "+351912000000", "given_name": "Ana", "family_name": "Silva", "language": "pt", "country": "PT",
       "campaign": "Spring", "cell": "A", "consent_id": 12, "consent_at": "2024-03-01T10:00:00", "consent_proof": "form 7", "expires_on": None,
       "guest_ref": "g1"}  # fmt: skip


def test_each_platform_has_its_own_words():
    assert columns("plain") == list(KEYS)
    assert columns("klaviyo")[:4] == ["Email", "Phone Number", "First Name", "Last Name"]
    assert columns("mailchimp")[:4] == ["Email Address", "Phone Number", "First Name", "Last Name"]
    assert columns("brevo") == ["EMAIL", "SMS", "FIRSTNAME", "LASTNAME", "EXT_ID", "COUNTRY", "LANGUAGE", "CAMPAIGN", "CELL", "CONSENT_ID",
                                "CONSENT_AT", "CONSENT_PROOF", "EXPIRES_ON"]  # fmt: skip


def test_a_person_is_written_in_their_order():
    assert row("plain", ANA) == [
        "ana@example.org", "+351912000000", "Ana", "Silva", "pt", "PT", "Spring", "A", "12", "2024-03-01T10:00:00", "form 7", "", "g1"]  # fmt: skip
    assert row("brevo", ANA)[:7] == ["ana@example.org", "351912000000", "Ana", "Silva", "g1", "PT", "pt"]
    assert row("klaviyo", {"email": "ana@example.org", "phone": float("nan")}) == ["ana@example.org", *[""] * 12]


@pytest.mark.parametrize("platform", NAMES)
def test_every_platform_gets_everything_once_and_nothing_that_a_spreadsheet_would_run(platform):
    assert len(set(columns(platform))) == len(KEYS)
    assert sorted(row(platform, dict(zip(KEYS, KEYS)))) == sorted(KEYS)
    assert "'=1+1" in csv_text(columns(platform), [row(platform, ANA | {"given_name": "=1+1"})])


def test_another_platform_is_not_known():
    with pytest.raises(KeyError):
        columns("carrier_pigeon")
