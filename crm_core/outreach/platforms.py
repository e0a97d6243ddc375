"""The columns that e-mail platforms read, each list in the words of its platform."""
from collections.abc import Mapping

from crm_core.i18n import N_

# What is known of a person on a list. `cell` is the arm or the cell of an experiment; `guest_ref` tells the person apart without a name.
KEYS = ("email", "phone", "given_name", "family_name", "language", "country", "campaign", "cell", "consent_id", "consent_at", "consent_proof",
        "expires_on", "guest_ref")  # fmt: skip
NAMES = {"plain": N_("Plain list"), "klaviyo": "Klaviyo", "mailchimp": "Mailchimp", "brevo": "Brevo"}
# The platforms fill fields of their own from the first of these columns; the rest become fields that the platform adds.
# Sources: help.klaviyo.com 115005078967 (the address stands first), mailchimp.com/help/format-guidelines-for-your-import-file,
# help.brevo.com 208729849 (EMAIL, FIRSTNAME, LASTNAME, SMS, EXT_ID).
_WORDS: dict[str, dict[str, str]] = {
    "plain": {key: key for key in KEYS},
    "klaviyo": {"email": "Email", "phone": "Phone Number", "given_name": "First Name", "family_name": "Last Name", "country": "Country",
                "language": "Language"},
    "mailchimp": {"email": "Email Address", "phone": "Phone Number", "given_name": "First Name", "family_name": "Last Name", "country": "Country",
                  "language": "Language"},
    "brevo": {"email": "EMAIL", "phone": "SMS", "given_name": "FIRSTNAME", "family_name": "LASTNAME", "guest_ref": "EXT_ID", "country": "COUNTRY",
              "language": "LANGUAGE"},
}  # fmt: skip
_REST = {"campaign": "Campaign", "cell": "Cell", "consent_id": "Consent ID", "consent_at": "Consent At", "consent_proof": "Consent Proof",
         "expires_on": "Expires On", "guest_ref": "Guest Ref"}  # fmt: skip


def columns(platform: str) -> list[str]:
    """Return the column names of a platform's file; KeyError for a platform that is not in NAMES."""
    return list(_fields(platform).values())


def row(platform: str, person: Mapping[str, object]) -> list[str]:
    """Return a person (by KEYS; what is missing is empty) in the order of columns(), as text; the writer of the file makes it harmless."""
    return [_written(platform, key, person.get(key)) for key in _fields(platform)]


def _fields(platform: str) -> dict[str, str]:
    """Key → column: the platform's own first, then what is left of KEYS."""
    own = _WORDS[platform]
    written = (lambda word: word.upper().replace(" ", "_")) if platform == "brevo" else str
    return own | {key: written(word) for key, word in _REST.items() if key not in own}


def _written(platform: str, key: str, value: object) -> str:
    text = "" if value is None or value != value else str(value)
    # A number that begins with + would be taken for a formula; Brevo also reads it by its country's digits alone.
    return text.lstrip("+") if (platform, key) == ("brevo", "phone") else text
