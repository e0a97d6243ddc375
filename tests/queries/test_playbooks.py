"""What playbooks and benchmarks ask of the catalogue: its values by property, and its own sums with the guests behind them."""
import math
from dataclasses import replace

import pytest

from crm_core import queries


def test_a_trigger_is_told_of_each_property_with_the_year_before(warehouse, scope):
    """Lisbon: 7 nights for €750, a year before 2 for €200; Addis had nothing then."""
    found = queries.run(warehouse, scope, "triggers", keys=("cancellation_rate", "adr")).set_index(["key", "property_id"])
    assert found.loc[("adr", 1), ["value", "last_year"]].tolist() == pytest.approx([75_000 / 7, 10_000])
    assert math.isnan(found.at[("adr", 2), "last_year"])
    assert found.loc[("cancellation_rate", 1), ["value", "n", "few"]].tolist() == [.2, 5, True]
    assert found.loc[("cancellation_rate", 1), ["low", "high"]].tolist() == pytest.approx([.0362, .6245], abs=1e-4)


def test_a_trigger_of_a_kpi_that_there_is_not_is_refused(warehouse, scope):
    with pytest.raises(KeyError, match="luck"):
        queries.run(warehouse, scope, "triggers", keys=("luck",))


def test_a_contribution_holds_the_sums_of_the_catalogue_and_the_guests_behind_them(warehouse, scope):
    """March: 9 nights for €950 by Ana, Ben and somebody without a name; six bookings with an outcome by one more without a name."""
    found = queries.run(warehouse, scope, "contribution_lines", keys=("adr", "cancellation_rate", "occupancy")).set_index("key")
    assert found[["unit", "numerator", "denominator", "n", "guests"]].to_numpy().tolist() == [
        ["money", 95_000, 9, 9, 3], ["share", 1, 6, 6, 4], ["share", 9, 465, 465, 3]]
    values = queries.run(warehouse, scope, "kpi_values", keys=("adr", "cancellation_rate", "occupancy"))
    assert (found["numerator"] / found["denominator"]).tolist() == values.loc[values["period"] == "now", "value"].tolist()


def test_what_is_no_ratio_of_sums_has_no_sums_to_give(warehouse, scope):
    found = queries.run(warehouse, scope, "contribution_lines", keys=("lead_time_median", "mpi", "stays")).set_index("key")
    assert found[["numerator", "denominator"]].isna().all(axis=None)
    assert found["guests"].to_dict() == {"lead_time_median": 3, "mpi": 0, "stays": 3}


def test_where_guests_are_counted_nobody_without_a_name_is_one(warehouse, scope):
    found = queries.run(warehouse, scope, "contribution_lines", keys=("repeat_ratio_guests", "alos")).set_index("key")
    assert found[["numerator", "denominator", "guests"]].to_numpy().tolist() == [[1, 2, 2], [8, 4, 3]]


def test_a_contribution_of_one_property_counts_its_own_guests(warehouse, scope):
    found = queries.run(warehouse, replace(scope, properties=(2,)), "contribution_lines", keys=("adr",))
    assert found[["numerator", "denominator", "guests"]].to_numpy().tolist() == [[20_000, 2, 1]]
