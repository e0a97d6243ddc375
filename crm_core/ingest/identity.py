"""Which guest record of a source a row belongs to: by its reference, else its e-mail address, else its name with phone or birth date."""
from crm_core.records.search_terms import digits, folded
from crm_core.stats.relays import is_relay

__all__ = ["is_relay", "key"]


def key(ref: str | None, email: str | None, given: str, family: str, phone: str, birth_on: str | None) -> str | None:
    """Return the key of the profile that a row belongs to; None for an unidentified guest. Relay addresses must be out already."""
    if ref:
        return f"ref:{ref}"
    if email:
        return f"email:{email}"
    if given and family and (proof := birth_on or digits(phone)):
        return f"name:{folded(given)} {folded(family)}|{proof}"
    return None
