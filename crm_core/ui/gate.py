"""Who is asking: until log-in exists, the one local user, who may do everything on this machine."""
from dataclasses import dataclass

from crm_core.records.hotel import all_property_ids
from crm_core.settings import Settings
from crm_core.store.record import RecordStore


@dataclass(frozen=True)
class Visitor:
    """A person's role, the properties it grants at this moment, and all that there are."""

    user: str
    role: str
    properties: tuple[int, ...]
    chain: tuple[int, ...]


def visitor(settings: Settings, store: RecordStore) -> Visitor:
    """Return who asks. "All properties" is expanded here to a list, never left as a wildcard."""
    with store.reading() as connection:
        chain = all_property_ids(connection)
    return Visitor(settings.actor, settings.role, chain, chain)
