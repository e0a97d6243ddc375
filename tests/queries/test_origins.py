"""Growth, value and direct booking by country, counted by hand."""
import datetime as dt

import pytest

from crm_core import queries
from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.scope import Period, Scope
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, Hotel

VIEW = Scope("local", (1,), Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1)), AS_OF)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Six Germans who book directly, three of them also a year ago; six Portuguese who book by an agency; one guest from Latvia. A night each."""
    settings = settings_.at(tmp_path_factory.mktemp("origins"))
    hotel = Hotel(record.open_store(settings)).open()
    hotel.property("LIS", 20)
    for i in range(6):
        german, local = hotel.guest(f"German {i}", "LIS", country="DE"), hotel.guest(f"Local {i}", "LIS", country="PT")
        stay = hotel.stay("LIS", "2025-03-10", 1, 100 + 20 * (i == 0), german)
        hotel.stay("LIS", "2025-03-11", 1, 100, local, channel="ota")
        if i == 0:
            hotel.charge(stay, "fnb", 60)
        if i < 3:
            hotel.stay("LIS", "2024-03-04", 1, 100, german)
    hotel.stay("LIS", "2025-03-12", 1, 100, hotel.guest("One Alone", "LIS", country="LV"))
    refresh(settings)
    hotel.store.engine.dispose()
    return warehouses.current(settings)


@pytest.fixture(scope="module")
def found(house):
    return queries.run(house, VIEW, "origin_figures").set_index("country")


def test_guests_of_a_country_grew_within_what_chance_allows(found):
    """From three to six: of nine guests two thirds are of now."""
    assert found.loc["DE", ["guests", "guests_before", "growth"]].tolist() == pytest.approx([6, 3, 1])
    assert found.loc["DE", ["growth_low", "growth_high"]].tolist() == pytest.approx([-.4515, 6.2923], abs=1e-3)
    assert found.loc["PT", ["growth", "growth_low", "growth_high"]].isna().all()
    assert found["few"].all()


def test_a_guest_is_worth_what_all_stays_came_to(found):
    """Five spent €100, one €120 and €60 for dinner."""
    assert found.loc["DE", "spend"] == pytest.approx(68_000 / 6)
    assert found.loc["DE", ["spend_low", "spend_high"]].tolist() == pytest.approx([8_720.0, 13_946.7], abs=.1)
    assert found.loc["PT", ["spend", "spend_low", "spend_high"]].tolist() == [10_000, 10_000, 10_000]


def test_the_distance_to_the_house_is_worth_so_many_nights(found):
    """Of 13 nights 7 are direct: six Portuguese nights lie 7/13 below the house, three nights and more."""
    assert found.loc["PT", ["direct", "distance", "distant_nights"]].tolist() == pytest.approx([0, -7 / 13, -42 / 13])
    low, high = found.loc["PT", ["distance_low", "distance_high"]]
    assert (low, high) == pytest.approx((-7 / 13, -.2546), abs=1e-4)  # nobody can be less direct than not at all


def test_a_country_of_fewer_than_five_guests_keeps_all_its_figures(found):
    assert found.at["LV", "hidden"]
    assert found.loc["LV"].drop(["hidden", "few"]).isna().all()
