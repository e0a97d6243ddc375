"""A hotel whose guests are to be found, and a view of one or both of its properties."""
from dataclasses import replace

import pytest

from tests.hotel import lisbon_and_addis


@pytest.fixture
def filled(store):
    """Lisbon and Addis on each engine."""
    return lisbon_and_addis(store)


@pytest.fixture
def small(hotel):
    """The same where the engine does not matter: what is refused never reaches it."""
    return hotel


@pytest.fixture
def view(scope):
    """A function that returns the scope of some properties."""
    return lambda *properties, **changes: replace(scope, properties=properties or (1, 2), **changes)
