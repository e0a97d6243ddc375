"""Who is asking: until log-in exists, the one local user, who may do everything on this machine; in a class, also participants."""
from dataclasses import dataclass

import streamlit as st

from crm_core.records.hotel import all_property_ids
from crm_core.settings import Settings, is_class
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
    user, role = ("class", "participant") if is_class() and not is_at_this_machine() else (settings.actor, settings.role)
    return Visitor(user, role, chain, chain)


def is_at_this_machine() -> bool:
    """Say whether the visitor's connection comes from this machine: in a class that is the trainer, everybody else takes part.

    It is the address of the connection itself; a header can only turn it into another machine's.
    """
    return st.context.ip_address is None
