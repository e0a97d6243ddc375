"""Lisbon and Addis open for reports, and a larger house in which not every group is too small to be told."""
import pytest

from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.reports import making
from crm_core.reports.content import Source
from crm_core.store import record
from tests.hotel import lisbon_and_addis


@pytest.fixture(scope="session")
def small_settings(tmp_path_factory):
    """Settings of Lisbon and Addis, refreshed: nobody writes there."""
    settings = settings_.at(tmp_path_factory.mktemp("reports"))
    lisbon_and_addis(record.open_store(settings))
    refresh(settings)
    return settings


@pytest.fixture(scope="session")
def house(small_settings) -> making.House:
    """Lisbon and Addis, open."""
    return making.house(small_settings)


@pytest.fixture(scope="session")
def src(house) -> Source:
    """What reports of Lisbon and Addis are made from."""
    return making.source_of(house)


@pytest.fixture(scope="session")
def large(simulated_settings) -> Source:
    """What reports of a house of 1,750 guests are made from."""
    return making.source_of(making.house(simulated_settings))
