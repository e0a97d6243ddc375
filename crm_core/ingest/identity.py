"""Which guest record of a source a row belongs to: by its reference, else its e-mail address, else its name with phone or birth date."""
from crm_core.records.search_terms import digits, folded

# Travel sites hide the guest behind an address of their own: it changes with the booking and expires after the stay.
RELAYS = (
    "guest.booking.com", "property.booking.com", "m.expediapartnercentral.com", "expediapartnercentral.com", "guest.airbnb.com",
    "reply.airbnb.com", "user.airbnb.com", "agoda-messaging.com", "guest.trip.com", "messages.homeaway.com", "messages.vrbo.com",
    "guest.hotels.com")
RELAY = tuple(sign + domain for domain in RELAYS for sign in "@.")


def is_relay(email: str | None) -> bool:
    """Return whether an address belongs to a travel site instead of the guest."""
    return bool(email) and email.endswith(RELAY)


def key(ref: str | None, email: str | None, given: str, family: str, phone: str, birth_on: str | None) -> str | None:
    """Return the key of the profile that a row belongs to; None for an unidentified guest. Relay addresses must be out already."""
    if ref:
        return f"ref:{ref}"
    if email:
        return f"email:{email}"
    if given and family and (proof := birth_on or digits(phone)):
        return f"name:{folded(given)} {folded(family)}|{proof}"
    return None
