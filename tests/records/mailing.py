"""Guests who may be written to, for tests of audiences: an address that works and a consent with proof."""
import sqlalchemy as sa

from crm_core import schema
from tests.hotel import Hotel


def reached(hotel: Hotel, name: str, at: str = "LIS", *, state: str = "valid", proof: str | None = "form 3", **details) -> int:
    """Add a guest with an e-mail address in a state, who said yes to marketing by e-mail. Return the guest's id."""
    guest = hotel.guest(name, at, **{"email": f"{name.split()[0].lower()}@example.com"} | details)
    judged(hotel, guest, state)
    if proof is not None:
        said(hotel, guest, "given", "2024-01-05T10:00:00+00:00", proof=proof)
    return guest


def judged(hotel: Hotel, guest: int, state: str, column: str = "email_state", **details) -> None:
    """Say of all profiles of a guest how an address is judged."""
    with hotel.changing("judge") as change:
        change.connection.execute(sa.update(schema.profile).where(schema.profile.c.guest_id == guest).values(
            **{column: state}, **details, revision=change.revision))


def said(hotel: Hotel, guest: int, state: str, at: str, **details) -> int:
    """Add a word on consent, with what proves it. Return its id."""
    values = {"purpose": "marketing", "channel": "email", "source": "desk", "actor": "test"} | details
    with hotel.changing("consent") as change:
        return change.connection.execute(sa.insert(schema.consent).values(
            guest_id=guest, state=state, at=at, revision=change.revision, **values).returning(schema.consent.c.id)).scalar_one()
