"""Mail domains of travel sites, which stand between the hotel and the guest."""

# Travel sites hide the guest behind an address of their own: it changes with the booking and expires after the stay.
RELAYS = (
    "guest.booking.com", "property.booking.com", "m.expediapartnercentral.com", "expediapartnercentral.com", "guest.airbnb.com",
    "reply.airbnb.com", "user.airbnb.com", "agoda-messaging.com", "guest.trip.com", "messages.homeaway.com", "messages.vrbo.com",
    "guest.hotels.com")
RELAY = tuple(sign + domain for domain in RELAYS for sign in "@.")


def is_relay(email: str | None) -> bool:
    """Return whether an address belongs to a travel site instead of the guest."""
    return bool(email) and email.endswith(RELAY)
