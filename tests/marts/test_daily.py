"""mart_daily adds the room nights up, and figures read from it are those of mart_nights."""
from dataclasses import replace

import pytest

from crm_core import queries
from crm_core.marts import tables
from tests.looking import ask


def test_two_rooms_of_a_channel_in_one_night_are_one_row(hotel, rebuilt):
    """Two agency stays over the same two nights: 2 rows of 2 nights each, 100 + 60 euros a night."""
    for revenue in (200, 120):
        hotel.stay("LIS", "2025-02-03", 2, revenue, hotel.guest(f"Guest {revenue}", "LIS"))
    made = rebuilt()
    where = "WHERE night_on BETWEEN '2025-02-03' AND '2025-02-04'"
    assert ask(made, f"SELECT sold, room_revenue, is_known FROM mart_daily {where}") == [(2, 16_000, 1), (2, 16_000, 1)]
    assert ask(made, f"SELECT count(*) FROM mart_nights {where}") == [(4,)]


def test_one_night_without_a_rate_blanks_its_row_only(hotel, rebuilt):
    nights = "SELECT count(*) FROM mart_{} WHERE room_revenue IS NULL"
    hotel.property("YER", 3, "AMD")
    hotel.stay("YER", "2025-02-03", 2, 200, hotel.guest("Dav Sar", "YER"))
    made = rebuilt()
    assert ask(made, nights.format("nights")) == ask(made, nights.format("daily")) == [(2,)]


@pytest.mark.parametrize("by", [None, "channel", "property", "month", "weekday"])
@pytest.mark.parametrize("filters", [{}, {"channels": ("ota",)}, {"identified": True}], ids=["all", "channel", "identified"])
def test_figures_are_those_of_the_room_nights(warehouse, scope, monkeypatch, by, filters):
    keys = ("rooms_sold", "room_revenue", "adr", "net_adr", "direct_share_nights", "occupancy_total")
    narrowed = replace(scope, **filters)
    quick = queries.run(warehouse, narrowed, "kpi_values", keys=keys, by=by)
    monkeypatch.setattr(tables, "SUMS_OF", {})
    exact = queries.run(warehouse, narrowed, "kpi_values", keys=keys, by=by)
    order = ["key", "period", "group"]
    assert quick.sort_values(order).to_string(index=False) == exact.sort_values(order).to_string(index=False)
