"""What guests are worth, added up by hand from scores written by hand; and the tenth with most revenue, against a bootstrap."""
import datetime as dt
import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crm_core import queries
from crm_core.queries.value import ACQUIRED_BY, BANDS, factor, said
from crm_core.scope import Period
from tests.hotel import AS_OF
from tests.looking import ask
from tests.queries.conftest import FORETOLD
from tests.returning import ADD, ANA, BEN, CHAIN, CORA, DINA, EVE, FAR, FRED, GIL, HANA, IDA, LEA, LIS, MIA, view

VALUE = {guest: 100 * value for guest, (_, value, _, _) in FORETOLD.items()}
EVERYBODY = sum(VALUE.values())


def told(warehouse, scope, key: str):
    found = queries.run(warehouse, scope, "kpi_values", keys=(key,))
    return found[found["period"] == "now"].iloc[0]


# --- by tenth ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("properties", [CHAIN, (LIS,)])
def test_tenths_hold_their_guests_and_add_up_to_the_figure(foretold, properties):
    found = queries.run(foretold, view(properties), "value_summary").set_index("decile")
    assert found["guests"].to_dict() == {10: 3, 9: 2, 8: 2, 7: 1, 2: 1, 1: 2}
    assert found.at[10, "value"] == VALUE[ANA] + VALUE[DINA] + VALUE[EVE]
    kpi = told(foretold, view(properties), "clv_3y_margin")
    assert (found["value"].sum(), found["low"].sum(), found["high"].sum()) == (kpi["value"], kpi["low"], kpi["high"])
    assert (kpi["value"], kpi["low"], kpi["high"]) == (EVERYBODY, 0.8 * EVERYBODY, 1.2 * EVERYBODY)
    assert kpi["few"]  # eleven guests


def test_spend_and_stays_of_a_tenth_are_what_was(foretold):
    """Ana 2 stays of 3 nights, Dina 3 of 6, Eve 1 of 2, a night being 100; in Lisbon Dina has one of 2."""
    top = [queries.run(foretold, view(properties), "value_summary").iloc[0] for properties in (CHAIN, (LIS,))]
    assert [(row["stays"], row["spend"]) for row in top] == [(6, 110_000), (4, 70_000)]


def test_a_year_of_money_is_worth_less_the_later_it_comes():
    assert [factor(year, 1000) for year in range(3)] == pytest.approx([0.950041, 0.863673, 0.785158], abs=1e-6)
    assert [factor(year, 0) for year in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(("terms", "times"), [
    ({"years": 1}, 0.475020 / 1.016779),  # 0.5 stays × 0.950041, of 0.5 × 0.950041 + 0.4 × 0.863673 + 0.25 × 0.785158
    ({"years": 2}, (0.475020 + 0.345469) / 1.016779),
    ({"discount_bp": 0}, 1.15 / 1.016779),
    ({"margin_bp": 7000}, 2),
    ({"margin_bp": 7000, "years": 1, "discount_bp": 0}, 2 * 0.5 / 1.016779),
], ids=str)  # fmt: skip
def test_years_discount_and_margin_move_value_and_bounds_alike(foretold, terms, times):
    usual, other = (queries.run(foretold, view(), "value_summary", **options) for options in ({}, terms))
    for name in ("value", "low", "high"):
        assert other[name].tolist() == pytest.approx((usual[name] * times).tolist(), rel=1e-5, abs=2)
    assert other["spend"].equals(usual["spend"])


def test_at_some_properties_a_guest_is_one_whose_values_are_added_up(foretold):
    """Dina is worth 1,100 in Lisbon and 50 at the third property, where nobody tested what is foretold: then no total has bounds."""
    some = view((LIS, FAR))
    found = queries.run(foretold, some, "value_summary").set_index("decile")
    assert found.at[10, "value"] == VALUE[ANA] + VALUE[DINA] + 5_000 + VALUE[EVE]
    assert found["low"].isna().to_dict() == {10: True, 9: False, 8: False, 7: False, 2: False, 1: False}
    kpi = told(foretold, some, "clv_3y_margin")
    assert kpi["value"] == EVERYBODY + 5_000
    assert math.isnan(kpi["low"])
    assert math.isnan(kpi["high"])
    assert told(foretold, some, "expected_stays_12m")["value"] == 12 * 0.5


def test_sums_hold_at_some_properties_of_a_large_house_too(simulated):
    for properties in ((1, 2), (1, 3)):
        found, kpi = queries.run(simulated, view(properties), "value_summary"), told(simulated, view(properties), "clv_3y_margin")
        assert found["value"].sum() == kpi["value"]
        assert (found["low"].sum(), found["high"].sum()) == (kpi["low"], kpi["high"])
        assert kpi["low"] < kpi["value"] < kpi["high"]


# --- whom to care for -------------------------------------------------------------------------------------------------
def test_the_map_tells_tiers_and_chances_apart_at_their_edges(foretold):
    """75 % is likely, 50 % open, 25 % doubtful, and just below it gone."""
    found = queries.run(foretold, view(), "value_map").set_index(["tier", "band"])
    guests = {("top", "likely"): [ANA], ("top", "gone"): [DINA, EVE], ("high", "doubtful"): [BEN, CORA, IDA, LEA], ("middle", "doubtful"): [GIL],
              ("base", "likely"): [FRED], ("base", "open"): [HANA], ("base", "gone"): [MIA]}
    assert found["guests"].to_dict() == {square: len(who) for square, who in guests.items()}
    assert found["value"].to_dict() == {square: sum(VALUE[g] for g in who) for square, who in guests.items()}
    assert found["at_stake"].to_dict() == {square: sum(100 * FORETOLD[g][2] for g in who) for square, who in guests.items()}


def test_each_square_opens_to_its_guests_most_valuable_first(foretold):
    for square in queries.run(foretold, view(), "value_map").itertuples():
        found = queries.run(foretold, view(), "value_guests", tier=square.tier, band=square.band)
        assert (found["rows"] == square.guests).all()
        assert found["value"].sum() == square.value
    high = queries.run(foretold, view(), "value_guests", tier="high")
    assert high["guest_id"].tolist() == [LEA, BEN, IDA, CORA]
    assert queries.run(foretold, view(), "value_guests", decile=10)["guest_id"].tolist() == [DINA, ANA, EVE]
    page = queries.run(foretold, view(), "value_guests", offset=2, limit=3)
    assert (page["guest_id"].tolist(), page["rows"].tolist()) == ([LEA, BEN, IDA], [11] * 3)


def test_bands_are_from_likely_to_gone():
    assert [name for _, name in BANDS] == ["likely", "open", "doubtful", "gone"]


# --- where they come from -----------------------------------------------------------------------------------------------
WAYS = {"direct": (ANA, CORA, FRED, GIL, HANA, IDA, LEA, MIA), "ota": (BEN, DINA, EVE)}
YEARS = {2023: (ANA, BEN, CORA, DINA, EVE, GIL, LEA, MIA), 2024: (FRED, IDA), 2025: (HANA,)}


@pytest.mark.parametrize(("by", "members"), [
    ("way", WAYS), ("channel", {"own_site": WAYS["direct"], "ota": WAYS["ota"]}), ("cohort", YEARS), ("property", {LIS: tuple(VALUE)}),
    ("segment", {"leisure": tuple(VALUE)}), ("country", {"PT": tuple(VALUE)}),
])  # fmt: skip
def test_value_is_told_by_how_the_first_stay_came_about_with_the_interval_of_the_mean(foretold, by, members):
    found = queries.run(foretold, view(), "value_by", by=by).set_index("group")
    assert set(found.index) == set(members)
    for group, who in members.items():
        values = np.array([VALUE[g] for g in who], float)
        row = found.loc[group]
        assert (row["guests"], row["mean"], row["few"]) == (len(who), pytest.approx(values.mean()), True)
        half = 1.959964 * values.std(ddof=1) / math.sqrt(len(values)) if len(values) > 1 else math.nan
        assert (row["low"], row["high"]) == pytest.approx((values.mean() - half, values.mean() + half), nan_ok=True)


def test_every_way_of_telling_value_apart_is_tried_and_others_refused(foretold):
    assert set(ACQUIRED_BY) == {"way", "channel", "cohort", "property", "segment", "country"}
    with pytest.raises(ValueError, match="Value is split by"):
        queries.run(foretold, view(), "value_by", by="party")


def test_a_channel_narrows_value_to_guests_who_first_came_through_it(foretold):
    found = queries.run(foretold, replace(view(), channels=("ota",)), "value_by")
    assert found[["group", "guests"]].to_numpy().tolist() == [["ota", 3]]


# --- the tenth with most revenue --------------------------------------------------------------------------------------------
YEAR = Period(dt.date(2024, 4, 1), AS_OF)


def revenue(warehouse, places: str = "1, 2, 3") -> np.ndarray:
    return np.array([float(amount) for (amount,) in ask(warehouse, f"""
        SELECT sum(stay_room_revenue + stay_other_revenue) FROM mart_stays WHERE is_stay = 1 AND guest_id IS NOT NULL AND property_id IN ({places})
        AND stay_departure_on >= '2024-04-01' AND stay_departure_on < '2025-04-01' GROUP BY guest_id""")])


def test_concentration_is_that_of_the_period_with_the_interval_of_a_bootstrap(simulated):
    amounts, random = np.sort(revenue(simulated))[::-1], np.random.default_rng(7)
    top = math.ceil(len(amounts) / 10)
    found = queries.run(simulated, view(period=YEAR), "concentration").iloc[0]
    assert (found["guests"], found["revenue"]) == (len(amounts), amounts.sum())
    assert found["share"] == pytest.approx(amounts[:top].sum() / amounts.sum())
    again = -np.sort(-random.choice(amounts, (2000, len(amounts))), axis=1)
    shares = again[:, :top].sum(axis=1) / again.sum(axis=1)
    assert (found["low"], found["high"]) == pytest.approx(np.quantile(shares, [0.025, 0.975]), abs=0.01)


def test_concentration_needs_a_hundred_guests(simulated, foretold):
    small = queries.run(simulated, view((2,), YEAR), "concentration").iloc[0]
    assert small["guests"] == len(revenue(simulated, "2")) < 100
    assert math.isnan(small["share"])
    few = queries.run(foretold, view(), "concentration").iloc[0]
    assert (few["guests"], few["revenue"]) == (11, 100 * sum(nights * 100 for *_, nights in nights_of(foretold)))
    assert math.isnan(few["share"])


def nights_of(warehouse) -> list[tuple]:
    return ask(warehouse, "SELECT guest_id, stay_nights FROM mart_stays WHERE is_stay = 1 AND guest_id IS NOT NULL")


def test_concentration_without_a_rate_is_not_told(hotel, rebuilt, scope):
    hotel.property("YER", 3, "AMD")
    hotel.stay("YER", "2025-03-03", 1, 40000, 1)
    made = rebuilt()
    assert math.isnan(queries.run(made, replace(scope, properties=(1, 3)), "concentration").at[0, "revenue"])
    assert queries.run(made, scope, "concentration").at[0, "revenue"] == 80_000


# --- chances by stays and silence ---------------------------------------------------------------------------------------------
def test_chances_are_told_by_stays_and_recency(foretold):
    """Half of the chance to be a customer still. Hana left 30 days ago, Ida 89, Fred 366, Ben and Ana over 440, all others over two years."""
    found = queries.run(foretold, view(), "recency_table").set_index(["times", "recency"])
    assert found["guests"].to_dict() == {(1, 1): 2, (1, 2): 1, (1, 5): 1, (2, 1): 1, (2, 2): 3, (2, 5): 1, (3, 2): 1, (3, 1): 1}
    assert found["chance"].to_dict() == pytest.approx({
        (1, 1): (0.1 + 0.25) / 4, (1, 2): 0.375, (1, 5): 0.25, (2, 1): 0.125, (2, 2): (0.9 + 0.4 + 0.45) / 6, (2, 5): 0.245, (3, 2): 0.15, (3, 1): 0.1})


def test_where_nobody_has_a_chance_there_is_no_table(returning_house):
    assert queries.run(returning_house, view(), "recency_table").empty


# --- how far it can be believed -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("properties", "places"), [(CHAIN, [0]), ((LIS,), [1]), ((LIS, FAR), [1, 3]), ((ADD,), [2])])
def test_each_place_of_the_scope_tells_of_its_own_model(foretold, simulated, properties, places):
    for warehouse in (foretold, simulated):
        assert queries.run(warehouse, view(properties), "guest_models")["property_id"].tolist() == places


def test_tenths_of_the_back_test_say_what_was_foretold_and_what_came(foretold):
    found = queries.run(foretold, view(), "forecast_deciles").set_index("decile")
    assert found[["guests", "came"]].to_numpy().tolist() == [[4, 1], [3, 3]]
    assert found[["foretold", "share"]].to_numpy().tolist() == [pytest.approx([0.1, 0.25]), pytest.approx([0.8, 1])]
    assert (found.at[1, "low"], found.at[1, "high"]) == pytest.approx((0.045587, 0.699358), abs=1e-6)  # Wilson for 1 of 4
    both = queries.run(foretold, view((LIS, FAR)), "forecast_deciles")
    assert both[["decile", "guests", "came"]].to_numpy().tolist() == [[5, 3, 1]]


def test_the_forecast_error_is_of_all_stays_foretold_and_counts_its_guests(foretold):
    """Seven guests, half a stay foretold of each; four came: (3.5 − 4) / 4."""
    kpi = told(foretold, view(), "backtest_error")
    assert (kpi["value"], kpi["n"]) == (pytest.approx(-0.125), 7)
    assert kpi["low"] < -0.125 < kpi["high"]


def test_the_mean_chance_is_over_guests_with_its_bounds(foretold):
    kpi = told(foretold, view(), "p_alive_mean")
    mean = sum(alive for alive, *_ in FORETOLD.values()) / 100 / 11
    assert (kpi["value"], kpi["low"], kpi["high"], kpi["n"]) == (pytest.approx(mean, abs=1e-6), pytest.approx(mean / 2, abs=1e-6), pytest.approx(mean, abs=1e-6), 11)


def test_a_column_of_json_is_read_and_a_missing_one_is_empty():
    assert said(pd.Series({"fitted": json.dumps({"r": [1, 0.5, 2]})}), "fitted") == {"r": [1, 0.5, 2]}
    assert said(pd.Series({"fitted": None}), "fitted") == {}
