"""Any KPI by any dimensions, on a hotel of forty guests: totals from the rows, small cells kept back, the largest beside all others."""
import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core import queries
from crm_core.metrics import metric
from crm_core.metrics.dimensions import OTHERS, Part
from crm_core.queries import explore, headcount
from crm_core.queries.explore import TOTAL, fits
from crm_core.scope import Period
from crm_core.store import record, warehouse
from tests.hotel import Hotel

MARCH, APRIL = dt.date(2024, 3, 1), dt.date(2024, 4, 1)
YEAR = Period(dt.date(2024, 1, 1), dt.date(2025, 1, 1))
# Country and channel: guests who stayed one night of March 2024 for 100.
STAYED = {("PT", "own_site"): 12, ("PT", "ota"): 8, ("GB", "own_site"): 6, ("GB", "ota"): 9, ("ES", "own_site"): 7, ("ES", "ota"): 2, ("FR", "own_site"): 5}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The warehouse of these 49 guests; six Portuguese came again in April for three nights at 50 each, six reservations were cancelled."""
    from crm_core import settings as settings_
    from crm_core.refresh import refresh

    settings = settings_.at(tmp_path_factory.mktemp("explored"))
    store = record.open_store(settings)
    hotel = Hotel(store).open()
    hotel.property("LIS", 100)
    for (country, channel), guests in STAYED.items():
        for i in range(guests):
            guest = hotel.guest(f"G{i} {country} {channel}", "LIS", country=country, email=f"g{i}{country}{channel}@example.com")
            hotel.stay("LIS", "2024-03-04", 1, 100, guest, channel=channel)
            if (country, channel) == ("PT", "own_site") and i < 6:
                hotel.stay("LIS", "2024-04-08", 3, 150, guest, channel=channel)
                hotel.stay("LIS", "2024-04-20", 1, 100, guest, channel=channel, status="cancelled")
    refresh(settings)
    store.engine.dispose()
    return warehouse.current(settings)


@pytest.fixture
def year(scope):
    return replace(scope, properties=(1,), chain=(1,), period=YEAR)


def told(made, scope, key, rows="country", columns="channel", period="now", **more):
    found = queries.run(made, scope, "explored", key=key, rows=rows, columns=columns, **more)
    return found[found["period"] == period].set_index(["row", "column"])


def test_a_table_has_its_cells_and_its_totals(made, year):
    found = told(made, year, "rooms_sold", "channel", "month")["value"].to_dict()
    assert found == {("own_site", MARCH): 30, ("ota", MARCH): 19, ("own_site", APRIL): 18, ("own_site", TOTAL): 48, ("ota", TOTAL): 19,
                     (TOTAL, MARCH): 49, (TOTAL, APRIL): 18, (TOTAL, TOTAL): 67}


def test_totals_of_a_ratio_come_from_the_rows(made, year):
    """ADR: 12 nights of March at 100 and 18 of April at 50."""
    found = told(made, year, "adr", Part("country", ("PT",)), "month")["value"]
    assert found["PT", MARCH] == 10_000
    assert found["PT", APRIL] == 5000
    assert found["PT", TOTAL] == (20 * 10_000 + 18 * 5000) / 38


def test_guests_of_a_total_count_once(made, year):
    found = told(made, year, "guests", "channel", "month")["value"]
    assert (found["own_site", MARCH], found["own_site", APRIL], found["own_site", TOTAL], found[TOTAL, TOTAL]) == (30, 6, 30, 49)


def test_a_median_of_a_total_is_that_of_all_its_rows(made, year):
    assert told(made, year, "lead_time_median", "channel", "month").at[(TOTAL, TOTAL), "value"] == 10


def test_people_stand_behind_each_cell_once(made, year):
    assert told(made, year, "rooms_sold", "channel", "month")["people"].to_dict() == {
        ("own_site", MARCH): 30, ("ota", MARCH): 19, ("own_site", APRIL): 6, ("own_site", TOTAL): 30, ("ota", TOTAL): 19, (TOTAL, MARCH): 49,
        (TOTAL, APRIL): 6, (TOTAL, TOTAL): 49}


def test_people_whose_bits_fall_together_are_counted_one_by_one(made, year, monkeypatch):
    sure = told(made, year, "guests", Part("country", ("PT", "ES")), "way")
    monkeypatch.setattr(headcount, "BITS", 2)
    counted = told(made, year, "guests", Part("country", ("PT", "ES")), "way")
    assert counted["hidden"].to_dict() == sure["hidden"].to_dict()
    assert counted["people"].to_dict() == pytest.approx(sure["people"].to_dict(), nan_ok=True)


def test_two_spaniards_of_an_agency_are_kept_back_and_nobody_can_reckon_them(made, year):
    """Their cell would be Spain's total less its direct guests, and the agency's less Portugal and Britain: four cells go together."""
    found = told(made, year, "guests")
    back = found.index[found["hidden"]].tolist()
    assert set(back) == {("ES", "ota"), ("ES", "own_site"), ("GB", "ota"), ("GB", "own_site")}
    assert found.loc[back, ["value", "n", "numerator", "denominator", "low", "high", "people"]].isna().all(axis=None)
    assert found["value"]["ES", TOTAL] == 9
    assert found["value"]["PT", "own_site"] == 12


def test_what_compares_a_hidden_cell_with_another_year_is_hidden_too(made, year):
    later = replace(year, period=Period(dt.date(2025, 1, 1), dt.date(2025, 4, 1)))
    found = told(made, later, "cancellation_rate", "channel", None, period="year")
    assert found.loc[found["hidden"], ["value", "change_low", "change_high"]].isna().all(axis=None)


def test_rooms_have_no_people_to_hide(made, year):
    found = told(made, year, "occupancy", "month", None)
    assert found["people"][MARCH, TOTAL] == 49
    assert not found["hidden"].any()


def test_the_largest_are_named_and_the_rest_are_counted_together(made, year):
    largest = queries.run(made, year, "largest", key="rooms_sold", dimension="country", count=2)
    assert largest[["group", "n"]].to_numpy().tolist() == [["PT", 38], ["GB", 15]]
    found = told(made, year, "rooms_sold", Part("country", tuple(largest["group"])), None)["value"]
    assert found.to_dict() == {("PT", TOTAL): 38, ("GB", TOTAL): 15, (OTHERS, TOTAL): 14, (TOTAL, TOTAL): 67}


def test_small_groups_are_not_named_among_the_largest(made, year):
    quiet = replace(year, channels=("ota",))
    assert queries.run(made, quiet, "largest", key="guests", dimension="country")["group"].tolist() == ["GB"]


def test_a_second_kpi_stands_beside_the_first(made, year):
    found = told(made, year, "rooms_sold", "channel", None, second="adr")
    assert found["second_value"].round(2).to_dict() == {("own_site", TOTAL): 8125.0, ("ota", TOTAL): 10_000.0, (TOTAL, TOTAL): 8656.72}
    assert found["second_n"].to_dict() == {("own_site", TOTAL): 48, ("ota", TOTAL): 19, (TOTAL, TOTAL): 67}


def test_guests_are_told_apart_by_who_they_are_also_where_they_are_in_clusters_of_alike_ones(made, year):
    found = told(made, year, "past_spend", "property", None)
    assert found["people"].to_dict() == {(1, TOTAL): 49, (TOTAL, TOTAL): 49}
    assert found["value"][1, TOTAL] == 49 * 10_000 + 6 * 15_000


def test_panels_are_a_third_way(made, year):
    found = queries.run(made, year, "explored", key="rooms_sold", rows="channel", columns="month", panels="property")
    now = found[(found["period"] == "now") & (found["panel"] == 1)]
    assert now["value"].sum() == 4 * 67  # cells, totals of rows, of columns, and of all
    assert set(found["panel"]) == {1, TOTAL}


def test_panels_without_columns_stay_panels(made, year):
    found = queries.run(made, year, "explored", key="rooms_sold", rows="month", panels="channel")
    now = found[found["period"] == "now"]
    assert set(now["column"]) == {TOTAL}
    assert {(row, panel): value for row, panel, value in zip(now["row"], now["panel"], now["value"], strict=True)}[MARCH, "ota"] == 19


def test_a_dimension_that_does_not_fit_is_answered_with_those_that_do(made, year):
    with pytest.raises(ValueError, match=r"“Room nights” cannot be told apart by Platform\. It can be by Property, Month"):
        told(made, year, "rooms_sold", "platform", None)
    with pytest.raises(ValueError, match="cannot be told apart by Month"):
        told(made, year, "rooms_sold", "month", None, second="members")


def test_a_kpi_that_stands_as_it_is_has_no_months():
    assert fits(metric("stays"), "month")
    assert not fits(metric("members"), "month")
    assert not fits(metric("past_spend"), "channel")


def test_what_is_kept_back_does_not_depend_on_the_order_in_which_an_engine_gives_rows():
    """One guest in a corner of nine cells that are otherwise alike: any of four could be hidden beside it, and it is always the same."""
    places = [(row, column) for row in (*"abc", TOTAL) for column in (*"xyz", TOTAL)]
    people = [sum(1 if (r, c) == ("a", "x") else 20 for r in "abc" for c in "xyz" if row in (r, TOTAL) and column in (c, TOTAL)) for row, column in places]
    told = pd.DataFrame({"row": [row for row, _ in places], "column": [column for _, column in places], "panel": TOTAL, "people": people, "key": "guests",
                         "period": "now"})
    found = [explore._kept_back(told.sample(frac=1, random_state=seed).reset_index(drop=True), ["row", "column"]) for seed in range(8)]
    back = {frozenset(map(tuple, one.loc[one["hidden"], ["row", "column"]].to_numpy())) for one in found}
    assert len(back) == 1
    assert ("a", "x") in next(iter(back))
    assert len(next(iter(back))) == 4


def test_nothing_happened_and_nothing_is_hidden(made, year):
    quiet = replace(year, period=Period(dt.date(2024, 6, 1), dt.date(2024, 7, 1)))
    found = told(made, quiet, "rooms_sold")
    assert found["value"].to_dict() == {(TOTAL, TOTAL): 0}
    assert not found["hidden"].any()
    assert math.isnan(told(made, quiet, "adr")["value"].iloc[0])


# --- how the parts are spread -----------------------------------------------------------------------------------------
def bins(made, scope, key: str, **more) -> list[tuple]:
    found = queries.run(made, scope, "spread", key=key, **more)
    return [(group, low, high, people) for group, low, high, people in found[["group", "from", "to", "people"]].itertuples(index=False, name=None)]


def test_nights_of_a_guest_are_spread_in_bins_of_one_night(made, year):
    """43 guests of one night, six of four nights."""
    assert bins(made, year, "rooms_sold") == [(None, 1, 2, 43), (None, 2, 3, 0), (None, 3, 4, 0), (None, 4, 5, 6)]
    one = queries.run(made, year, "spread", key="rooms_sold").iloc[0]
    assert (one["n"], one["mean"], one["p50"], one["p75"]) == (49, pytest.approx(67 / 49), 1, 1)
    assert math.isnan(one["p90"])  # fewer than five guests lie beyond it


def test_a_bin_of_two_guests_goes_with_the_next(made, year):
    """Two Spaniards of an agency are joined to nothing of theirs: the group is left out; six of four nights stay a bin."""
    found = bins(made, replace(year, channels=("ota",)), "rooms_sold", by="country")
    assert found == [("GB", 1, 2, 9), ("PT", 1, 2, 8)]


def test_reservations_are_spread_by_their_days_ahead(made, year):
    assert bins(made, year, "lead_time_median") == [(None, 10, 11, 55)]


def test_one_guest_far_off_leaves_the_last_bin_open():
    from crm_core.queries.spread import _bins, _grid
    values, people = np.array([*range(0, 100, 10), 100_000.0]), np.array([300] * 10 + [1])
    grid = _grid(values, people)
    found = _bins(pd.DataFrame({"value": values, "people": people}), None, grid)
    assert grid.width == 2.5
    assert found["people"].sum() == 3001
    assert math.isnan(found["to"].iloc[-1])
    assert (found["from"].iloc[0], found["people"].iloc[-1]) == (0, 301)


def test_an_end_is_open_also_where_bins_are_hundreds_wide():
    from crm_core.queries.spread import _bins, _grid
    values, people = np.array([-90_000.0, *range(0, 10_000, 1000)]), np.array([1] + [300] * 10)
    found = _bins(pd.DataFrame({"value": values, "people": people}), None, _grid(values, people))
    assert math.isnan(found["from"].iloc[0])
    assert found["people"].sum() == 3001


@given(st.lists(st.integers(0, 12), min_size=1, max_size=40).filter(lambda counts: sum(counts) >= 5))
def test_no_bin_holds_one_to_four_people_and_none_is_lost(counts):
    from crm_core.queries.spread import _joined
    found = _joined(np.array(counts))
    assert [first for first, _, _ in found] == [0, *(after for _, after, _ in found[:-1])]
    assert found[-1][1] == len(counts)
    assert sum(people for *_, people in found) == sum(counts)
    assert all(people == 0 or people >= 5 for *_, people in found)


def test_what_everyone_adds_alike_is_not_spread(made, year):
    with pytest.raises(ValueError, match="adds the same"):
        bins(made, year, "guests")


def test_groups_are_bare_values_and_what_nobody_knows_is_none(hotel, rebuilt, scope):
    for country in (None, "SE"):
        for i in range(8):
            hotel.stay("LIS", "2025-03-20", 1, 100, hotel.guest(f"Nils {country} {i}", "LIS", country=country))
    found = queries.run(rebuilt(), replace(scope, properties=(1,)), "explored", key="guests", rows="country", columns="property")
    now = found[found["period"] == "now"]
    assert set(zip(now["row"], now["column"], strict=True)) == {(country, place) for country in (None, "SE", "PT", "GB", TOTAL) for place in (1, TOTAL)}
