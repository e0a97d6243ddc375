"""Many keys at once against the record store, and rows by the ten thousand."""
from collections.abc import Iterable, Iterator
from itertools import islice

from crm_core.store.bulk import among

__all__ = ["CHUNK", "among", "in_chunks"]

CHUNK = 10_000


def in_chunks(rows: Iterable, size: int = CHUNK) -> Iterator[list]:
    """Yield lists of so many rows."""
    rows = iter(rows)
    while chunk := list(islice(rows, size)):
        yield chunk
