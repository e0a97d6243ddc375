"""The indices beside a comparison set, after the published examples, and the pick-up of the last seven days."""
import datetime as dt
import math
from dataclasses import replace

import pandas as pd
import pytest

from crm_core import queries, schema
from crm_core.metrics import metric
from crm_core.telling import figures

INDICES = ("mpi", "ari", "rgi")


@pytest.fixture
def lisbon(scope):
    return replace(scope, properties=(1,))


def values(made, scope, *keys: str) -> list[float]:
    frame = queries.run(made, scope, "kpi_values", keys=keys)
    return frame[frame["period"] == "now"].set_index("key")["value"].loc[list(keys)].tolist()


def sell(hotel, rooms: int, rate: float, on: str = "2025-03-25", at: str = "LIS") -> None:
    for _ in range(rooms):
        hotel.stay(at, on, 1, rate)


@pytest.mark.parametrize(("rooms", "rate", "indices"), [(5, 50, (100, 100, 100)), (6, 40, (120, 80, 96)), (4, 60, (80, 120, 96))])
def test_the_indices_are_the_published_ones_and_multiply(hotel, rebuilt, lisbon, rooms, rate, indices):
    """The set sold 50 of 100 rooms at €50; Lisbon has ten rooms."""
    hotel.market("LIS", "2025-03-25", "2025-03-26", 100, 50, 2_500)
    sell(hotel, rooms, rate)
    assert values(rebuilt(), lisbon, *INDICES) == pytest.approx(indices)


def test_days_of_several_spans_and_houses_are_added_up_before_anything_is_divided(hotel, rebuilt, scope):
    """Own: 2 of 10 and 2 of 5 rooms; the sets: 50 of 100 and 10 of 100: 4/15 beside 60/200."""
    hotel.market("LIS", "2025-03-25", "2025-03-26", 100, 50, 2_500)
    hotel.market("ADD", "2025-03-26", "2025-03-27", 100, 10, 500)
    sell(hotel, 2, 50)
    sell(hotel, 2, 5_000, "2025-03-26", "ADD")
    made = rebuilt()
    assert values(made, scope, "mpi") == pytest.approx([100 * (4 / 15) / (60 / 200)])
    by = queries.run(made, scope, "kpi_values", keys=("mpi",), by="property")
    assert by[by["period"] == "now"].set_index("group")["value"].to_dict() == pytest.approx({1: 40, 2: 400})
    months = queries.run(made, scope, "kpi_months", keys=("mpi",), count=2)
    assert months["mpi"].tolist() == pytest.approx([math.nan, 100 * (4 / 15) / (60 / 200)], nan_ok=True)


@pytest.mark.parametrize("details", [{"hotels": 3}, {"set_name": "Zone"}], ids=["three hotels", "another set"])
def test_a_set_of_three_hotels_and_a_second_set_are_not_told(hotel, rebuilt, lisbon, details):
    if "set_name" in details:
        hotel.market("LIS", "2024-01-01", "2024-01-02", 100, 50, 2_500)  # "City", of another year, comes first by name
    hotel.market("LIS", "2025-03-25", "2025-03-26", 100, 50, 2_500, **details)
    assert all(map(math.isnan, values(rebuilt(), lisbon, *INDICES)))


def test_without_a_rate_there_is_no_index_of_money(hotel, rebuilt, lisbon):
    hotel.market("LIS", "2025-03-25", "2025-03-26", 100, 50, 2_500, currency="USD")
    sell(hotel, 5, 50)
    found = values(rebuilt(), lisbon, *INDICES)
    assert found[0] == 100
    assert all(map(math.isnan, found[1:]))


def test_an_index_is_told_with_one_decimal_and_its_change_in_points():
    k = metric("mpi")
    row = lambda value: pd.Series({"value": value, "few": False, "change_low": math.nan, "change_high": math.nan})  # noqa: E731
    assert figures.value_text(k, 96.04, "EUR") == "96.0"
    assert figures.change(k, row(96.0), row(90.0)).text == "+6.0"


def test_the_pick_up_is_what_was_booked_less_what_was_cancelled_in_seven_days(hotel, rebuilt, lisbon):
    """Booked on 25 March: two nights at €100; cancelled on 31 March: one at €90; booked on 24 March: eight days ago."""
    hotel.stay("LIS", "2025-04-10", 2, 200, status="confirmed", lead=16)
    hotel.stay("LIS", "2025-04-10", 2, 200, status="confirmed", lead=17)
    hotel.set(schema.stay, hotel.stay("LIS", "2025-04-20", 1, 90, status="cancelled", lead=60), ended_on=dt.date(2025, 3, 31))
    made = rebuilt()
    assert values(made, lisbon, "pickup_7d", "pickup_7d_revenue") == [1, 11_000]
    rows = queries.run(made, lisbon, "behind", key="pickup_7d")
    assert sorted(rows["part"]) == [-1, 2]
