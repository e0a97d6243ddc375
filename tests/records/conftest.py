"""A hotel whose guests are to be found, and a view of one or both of its properties."""
import shutil
from dataclasses import replace

import pytest

from crm_core import settings as settings_
from crm_core.store import record
from tests.hotel import Hotel, lisbon_and_addis


@pytest.fixture
def filled(store, settle):
    """Lisbon and Addis on each engine."""
    return settle(store)


@pytest.fixture
def small(hotel):
    """The same where the engine does not matter: what is refused never reaches it."""
    return hotel


@pytest.fixture
def view(scope):
    """A function that returns the scope of some properties."""
    return lambda *properties, **changes: replace(scope, properties=properties or (1, 2), **changes)


CLUB = {
    "tiers": [{"name": "Base"}, {"name": "Silver", "qualify": {"nights": 5}, "factor": 1.5}, {"name": "Gold", "qualify": {"nights": 10}, "retain": {"nights": 6}}],
    "earn": {"room": 10, "fnb": 5}, "welcome": 500, "expiry": "age", "expiry_months": 12,
}


def _with_club(hotel: Hotel) -> Hotel:
    assert hotel.programme("club", CLUB) == 1
    assert hotel.member(1, "2024-01-10", 1, number="C-1") == 1
    return hotel


@pytest.fixture(scope="session")
def club_at_first(tmp_path_factory):
    """The store of `small_club` before a test, and its hotel: made once, and copied."""
    settings = settings_.at(tmp_path_factory.mktemp("club"))
    hotel = _with_club(lisbon_and_addis(record.open_store(settings)))
    hotel.store.engine.dispose()
    return settings.sqlite_path, hotel


@pytest.fixture
def small_club(club_at_first, settings):
    """Lisbon and Addis with the programme 1: points are valid for twelve months, and Ana is its member 1 since 10 January 2024."""
    path, hotel = club_at_first
    settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, settings.sqlite_path)
    opened = record.RecordStore(record.connect(settings.store_url))  # it is migrated already
    yield replace(hotel, store=opened)
    opened.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def club(request, settle):
    """The same on each engine."""
    if request.param == "sqlite":
        yield request.getfixturevalue("small_club")
        return
    settings = replace(request.getfixturevalue("settings"), store_url=request.getfixturevalue("postgres_url"))
    opened = record.RecordStore(record.connect(settings.store_url))
    yield _with_club(settle(opened))
    opened.engine.dispose()
