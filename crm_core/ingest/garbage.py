"""Reading makes lists by the million and no cycles: looking for garbage in them would take a third of the time, in vain."""
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected_later() -> Iterator[None]:
    """Put the search for garbage off until the block ends."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
