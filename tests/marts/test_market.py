"""What a comparison set had is spread over its days, and stands beside what the property had on them."""
import pytest

from tests.looking import ask

DAYS = "SELECT day_on, rooms, sold, revenue, own_rooms, own_sold, own_revenue, is_main FROM mart_market_days ORDER BY set_name, day_on"


def test_a_span_is_spread_evenly_and_days_to_come_are_left_out(hotel, rebuilt):
    """30 March to 2 April: three days, of which 1 April is not over. Ana's night of the 31st was sold for €110."""
    hotel.market("LIS", "2025-03-30", "2025-04-02", 300, 150, 15_000)
    (_, *sunday), (_, *monday) = ask(rebuilt(), DAYS)
    assert sunday == [100.0, 50.0, 500_000.0, 10, 0, 0, 1]
    assert monday == [100.0, 50.0, 500_000.0, 10, 1, 11_000, 1]


def test_the_first_set_by_name_is_the_main_one_and_each_property_has_its_own(hotel, rebuilt):
    for at, name in (("LIS", "Old town"), ("LIS", "City"), ("ADD", "Old town")):
        hotel.market(at, "2025-03-30", "2025-03-31", 100, 50, 5_000, set_name=name)
    found = ask(rebuilt(), "SELECT property_id, set_name, is_main FROM mart_market_days ORDER BY 1, 2")
    assert found == [(1, "City", 1), (1, "Old town", 0), (2, "Old town", 1)]


@pytest.mark.parametrize(("currency", "revenue"), [("EUR", 500_000.0), ("ETB", 5_000.0), ("USD", None)])
def test_the_sets_money_is_in_the_reporting_currency_or_not_known(hotel, rebuilt, currency, revenue):
    hotel.market("LIS", "2025-03-30", "2025-03-31", 100, 50, 5_000, currency=currency)
    assert ask(rebuilt(), "SELECT revenue FROM mart_market_days") == [(revenue,)]


def test_days_on_which_nobody_told_the_propertys_rooms_have_none(hotel, rebuilt):
    hotel.market("LIS", "2022-03-30", "2022-03-31", 100, 50, 5_000)
    assert ask(rebuilt(), "SELECT own_rooms, own_sold FROM mart_market_days") == [(None, 0)]
