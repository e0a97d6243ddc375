"""Cohorts, curves and gaps of guests who come back, counted by hand; and what they do not say."""
import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from crm_core import queries
from crm_core.marts.tables import TOGETHER
from crm_core.queries.retention import GRAINS, MEASURES, SPLITS, days_of, end_of
from crm_core.scope import Period
from crm_core.stats.intervals import apart
from tests.hotel import AS_OF
from tests.looking import ask
from tests.returning import CHAIN, CORA, DINA, FAR, IDA, LEA, LIS, view


def cells(warehouse, scope, **params) -> dict:
    """Return the matrix as {(first day, months): part}."""
    found = queries.run(warehouse, scope, "cohorts", **params)
    return {(str(row.cohort), row.months): row.part for row in found.itertuples()}


def row(part: list[float], start: str, step: int = 3) -> dict:
    return {(start, step * (i + 1)): value for i, value in enumerate(part)}


# --- cohorts ----------------------------------------------------------------------------------------------------------
# Of the first quarter of 2023 (Ana, Ben, Cora, Dina, Eve, Lea, Mia) Lea, Dina and Cora came within 3 months, Ana within 12, Ben within 15.
# 27 months are 821 days, and its last guest may have left 731 days ago. Fred came within 12 months, Ida after 274 days, which are 9 months.
QUARTERS = row([3, 3, 3, 4, 5, 5, 5, 5], "2023-01-01") | row([1] * 7, "2023-04-01") | row([0, 0, 0, 1], "2024-01-01") | row([0, 0, 1], "2024-04-01")


def test_a_cohort_is_told_for_as_long_as_all_of_it_was_watched(returning_house):
    """Hana's quarter has no cell at all yet, and no cell stands at nothing where nobody knows."""
    assert cells(returning_house, view()) == QUARTERS


def test_by_month_and_by_year_a_cohort_is_as_long_as_its_name_says(returning_house):
    months, years = cells(returning_house, view(), grain="month"), cells(returning_house, view(), grain="year")
    assert {key: part for key, part in months.items() if key[0] == "2023-01-01"} == row([3, 3, 3, 4, 5, 5, 5, 5], "2023-01-01")
    assert {key: part for key, part in months.items() if key[0] == "2024-03-01"} == row([0, 0, 0, 1], "2024-03-01")
    assert years == {("2023-01-01", 6): 4, ("2023-01-01", 12): 5}  # 2024 has had 90 days


def test_a_share_has_the_size_and_wilsons_interval(returning_house):
    found = queries.run(returning_house, view(), "cohorts").iloc[3]
    assert (found["size"], found["part"], found["value"]) == (7, 4, pytest.approx(4 / 7))
    assert (found["low"], found["high"]) == pytest.approx((0.250458, 0.841780), abs=1e-6)
    assert (str(found["cohort"]), str(found["end"])) == ("2023-01-01", "2023-04-01")


def test_at_one_property_or_some_others_come_back_sooner_or_never(returning_house):
    assert cells(returning_house, view((LIS,)))["2023-01-01", 3] == 1  # Lea; Dina came again elsewhere, Cora in July
    assert cells(returning_house, view((LIS, FAR)))["2023-01-01", 3] == 2  # and Dina


def test_a_filter_narrows_the_cohort_and_not_what_came_of_it(returning_house):
    """Ben, Dina and Eve began through the agency; the nights that followed were booked directly."""
    agency = replace(view(), channels=("ota",))
    assert cells(returning_house, agency) == row([1, 1, 1, 1, 2, 2, 2, 2], "2023-01-01")
    assert cells(returning_house, agency, measure="nights") == row([4, 4, 4, 4, 5, 5, 5, 5], "2023-01-01")


# Later stays by the days until they ended: Lea 1 night after 4, Dina 1 and 3 after 11 and 33, Cora 1 and 2 after 49 and 172,
# Ana 1 after 366, Ben 1 after 367; Gil 4 after 2; Ida 1 after 275, a day too late; Fred's is none yet.
NIGHTS = row([6, 8, 8, 8, 10, 10, 10, 10], "2023-01-01") | row([4] * 7, "2023-04-01") | row([0] * 4, "2024-01-01") | row([0] * 3, "2024-04-01")


def test_nights_and_margin_are_those_of_later_stays(returning_house):
    """A night costs 100, of which 35 remain."""
    assert cells(returning_house, view(), measure="nights") == NIGHTS
    assert cells(returning_house, view(), measure="margin") == {key: 3500 * nights for key, nights in NIGHTS.items()}
    found = queries.run(returning_house, view(), "cohorts", measure="margin").iloc[0]
    assert found["value"] == pytest.approx(6 * 3500 / 7)
    assert math.isnan(found["low"])


def test_a_later_stay_without_a_rate_blanks_the_margin_from_then_on_and_no_nights(hotel, rebuilt):
    """Ana left Lisbon on 6 March 2024, and in Yerevan on 1 June; she came to Lisbon again, and left on 6 March 2025."""
    hotel.property("YER", 3, "AMD")
    hotel.stay("YER", "2024-05-30", 2, 40000, 1)
    made, scope = rebuilt(), replace(view(), properties=CHAIN)
    margin = queries.run(made, scope, "cohorts", grain="month", measure="margin").set_index("months")["value"]
    assert margin[:4].tolist() == pytest.approx([math.nan] * 4, nan_ok=True)
    assert queries.run(made, scope, "cohorts", grain="month", measure="nights")["part"].tolist() == [2, 2, 2, 5]
    assert queries.run(made, replace(scope, properties=(1, 2)), "cohorts", grain="month", measure="margin")["part"].tolist() == [0, 0, 0, 12_600]


@pytest.mark.parametrize("properties", [CHAIN, (LIS,), (LIS, FAR)])
@pytest.mark.parametrize("grain", GRAINS)
def test_behind_a_cell_are_as_many_guests_as_it_says(returning_house, grain, properties):
    scope = view(properties)
    for cell in queries.run(returning_house, scope, "cohorts", grain=grain).itertuples():
        guests = queries.run(returning_house, scope, "cohort_guests", start=cell.cohort, end=cell.end, months=cell.months)
        assert len(guests) == cell.part
        assert guests["guest_id"].is_unique
        assert (guests["rows"] == cell.part).all()


def test_the_guests_of_a_cell_come_soonest_first_page_by_page(returning_house):
    cell = {"start": dt.date(2023, 1, 1), "end": dt.date(2023, 4, 1), "months": 12}
    found = queries.run(returning_house, view(), "cohort_guests", **cell)
    assert found[["guest_id", "back_days"]].to_numpy().tolist() == [[LEA, 3], [DINA, 10], [CORA, 48], [1, 365]]
    assert found["next_on"].astype(str).tolist() == ["2023-01-20", "2023-01-22", "2023-03-01", "2024-01-12"]
    page = queries.run(returning_house, view(), "cohort_guests", **cell, offset=1, limit=2)
    assert (page["guest_id"].tolist(), page["rows"].tolist()) == ([DINA, CORA], [4, 4])


def test_only_known_cohorts_and_measures_are_told(returning_house):
    for params in ({"grain": "week"}, {"measure": "revenue"}):
        with pytest.raises(ValueError, match="Cohorts are by"):
            queries.run(returning_house, view(), "cohorts", **params)


@pytest.mark.parametrize(("months", "days"), [(3, 91), (6, 182), (9, 274), (12, 365), (24, 730), (36, 1095)])
def test_months_are_whole_days_as_in_the_figures(months, days):
    assert days_of(months) == days


def test_a_cohort_ends_where_the_next_one_begins():
    assert [end_of(dt.date(2024, 10, 1), grain) for grain in GRAINS] == [dt.date(2024, 11, 1), dt.date(2025, 1, 1), dt.date(2025, 10, 1)]


# --- curves -------------------------------------------------------------------------------------------------------------
def groups(warehouse, scope, **params) -> pd.DataFrame:
    return queries.run(warehouse, scope, "return_groups", **params).set_index("group")


def test_groups_of_first_stays_are_told_apart_by_kaplan_and_meier(returning_house):
    """Direct: 0, 3, 48, 274, 364 and 365 days, and 30 and 808 without a return; through the agency: 10, 366, and 810 without one."""
    found = groups(returning_house, view())
    assert found.index.tolist() == ["direct", "ota"]
    assert found[["n", "returns", "median"]].to_numpy().tolist() == [[8, 6, 274], [3, 2, 366]]
    assert found["year"].tolist() == pytest.approx([1 - 6 / 8 * 4 / 5 * 3 / 4 * 2 / 3 * 1 / 2, 1 / 3])
    assert found["two"].tolist() == pytest.approx([0.85, 2 / 3])
    assert ((found["year_low"] <= found["year"]) & (found["year"] <= found["year_high"])).all()


def test_the_log_rank_test_compares_what_came_with_what_would_have_come_alike(returning_house):
    """At each of eight returns: those at risk directly and through the agency, of whom two came when 3.09 were to be expected."""
    at_risk = np.array([(8, 3), (7, 3), (6, 3), (5, 2), (4, 2), (3, 2), (2, 2), (1, 2)])
    share = at_risk[:, 1] / at_risk.sum(axis=1)
    chi = (2 - share.sum()) ** 2 / (share * (1 - share)).sum()
    assert groups(returning_house, view())["p"].tolist() == pytest.approx([math.erfc(math.sqrt(chi / 2))] * 2)


def test_where_fewer_than_half_ever_come_there_is_no_median(returning_house):
    assert math.isnan(groups(returning_house, view((LIS,)), by="channel").at["ota", "median"])


def test_one_group_alone_is_compared_with_nobody(returning_house):
    found = groups(returning_house, view(), by="property")
    assert (found.index.tolist(), found["n"].tolist()) == ([LIS], [11])
    assert found["p"].isna().all()


@pytest.mark.parametrize(("properties", "n", "returns"), [(CHAIN, 20, 10), ((LIS,), 16, 6)])
def test_from_any_stay_on_a_guest_counts_once_for_each(returning_house, properties, n, returns):
    """At all three: 20 stays of 11 guests, of which 10 were followed by another. In Lisbon Cora, Dina and Gil have fewer."""
    found = groups(returning_house, view(properties), since="any")
    assert (found["n"].sum(), found["returns"].sum()) == (n, returns)


@pytest.mark.parametrize("params", [{"by": "country"}, {"since": "last"}])
@pytest.mark.parametrize("name", ["return_groups", "return_curves"])
def test_only_known_splits_are_told(returning_house, name, params):
    with pytest.raises(ValueError, match="Returns are split by"):
        queries.run(returning_house, view(), name, **params)


def test_experience_is_the_review_the_complaint_and_the_third_of_spend_a_night_of_that_stay(hotel, rebuilt, scope):
    """Nine guests spent 10, 20 … 90 a night; the first three are the lowest third. Ben's and Ana's first stays were 120 and 100 a night."""
    for i, (score, cases) in enumerate([(9, 0), (10, 1), (8.9, 0), (7, 2), (6.9, 0), (0, 0), (None, 0), (None, 1), (None, 0)]):
        stay = hotel.stay("LIS", "2025-02-03", 2, 20 * (i + 1), hotel.guest(f"Guest {i}", "LIS"))
        hotel.review(stay, score)
        for _ in range(cases):
            hotel.case(stay)
    hotel.stay("LIS", "2025-03-20", 1, 1, 3)  # the guest of score 9 came again
    made = rebuilt()
    sizes = {by: groups(made, scope, by=by)["n"].to_dict() for by in ("score", "case", "spend")}
    assert sizes == {"score": {"none": 5, "9-10": 2, "7-8": 2, "0-6": 2}, "case": {"none": 8, "case": 3}, "spend": {"high": 4, "low": 3, "middle": 4}}
    assert groups(made, scope, by="score")["returns"].to_dict() == {"none": 1, "9-10": 1, "7-8": 0, "0-6": 0}  # Ana was never asked


def test_a_curve_ends_where_fewer_than_ten_are_watched(simulated):
    """Told by plain counting: at each day, first stays whose guest has neither come again nor been watched for less."""
    scope = view(period=Period(dt.date(2019, 1, 1), AS_OF))
    first = pd.DataFrame(ask(simulated, """
        SELECT CASE WHEN is_direct = 1 THEN 'direct' ELSE 'ota' END, date_diff('day', stay_departure_on, least(next_anywhere, DATE '2025-04-01'))
        FROM mart_stays WHERE is_stay = 1 AND stay_key = first_anywhere"""), columns=["group", "days"])
    drawn = queries.run(simulated, scope, "return_curves", until=10_000, step=1)
    assert set(drawn["group"]) == {"direct", "ota"}
    for group, part in drawn.groupby("group"):
        days = first.loc[first["group"] == group, "days"].to_numpy()
        last = part["days"].max()
        assert (days >= last).sum() >= 10 > (days >= last + 1).sum()
        assert part["at_risk"].iloc[0] == len(days)
        at = part.set_index("days")
        assert [at.at[day, "at_risk"] for day in (100, 800, last)] == [(days >= day).sum() for day in (100, 800, last)]
        assert at["share"].is_monotonic_increasing
        assert ((at["low"] <= at["share"]) & (at["share"] <= at["high"])).all()


def test_a_curve_has_a_point_for_each_week_up_to_three_years(simulated):
    drawn = queries.run(simulated, view(), "return_curves")
    assert drawn.groupby("group")["days"].agg(["min", "max", "size"]).to_numpy().tolist() == [[0, 1092, 157]] * 2


@pytest.mark.parametrize("by", SPLITS)
def test_curves_and_groups_agree_after_a_year(simulated, by):
    found, drawn = groups(simulated, view(), by=by), queries.run(simulated, view(), "return_curves", by=by, step=1)
    at = drawn[drawn["days"] == 365].set_index("group")
    assert at["share"].to_dict() == pytest.approx(found.loc[at.index, "year"].to_dict())
    assert len(at) > 0


def test_of_a_group_in_which_nobody_is_watched_long_enough_only_the_beginning_is_drawn(returning_house):
    drawn = queries.run(returning_house, view(), "return_curves")
    assert drawn[["group", "days", "share", "at_risk"]].to_numpy().tolist() == [["direct", 0, 1 / 8, 8], ["ota", 0, 0, 3]]


def test_the_change_of_a_return_rate_has_the_distance_of_both_bands(simulated):
    asked = view(period=Period(dt.date(2024, 1, 1), dt.date(2024, 7, 1)))
    found = queries.run(simulated, asked, "kpi_values", keys=("km_return_6m",)).set_index("period")
    now, year = (tuple(found.loc[period, ["value", "low", "high"]]) for period in ("now", "year"))
    assert not np.isnan([*now, *year]).any()
    assert tuple(found.loc["year", ["change_low", "change_high"]]) == pytest.approx(apart(now, year))


# --- what goes with it --------------------------------------------------------------------------------------------------
def test_hazards_are_told_of_all_together_or_of_one_property_with_their_intervals(simulated):
    everywhere, one, small = (queries.run(simulated, view(properties), "return_hazards") for properties in (CHAIN, (LIS,), (FAR,)))
    assert set(everywhere["property_id"]) == {TOGETHER}
    assert set(one["property_id"]) == {LIS}
    assert small.empty  # fewer than 500 guests
    assert queries.run(simulated, view((LIS, FAR)), "return_hazards").empty  # one property's would stand for both
    for found in (everywhere, one):
        assert ((found["low"] < found["ratio"]) & (found["ratio"] < found["high"])).all()
        assert found["ratio"].is_monotonic_decreasing
        assert {"direct", "weekend"} <= set(found["trait"]) <= {"direct", "weekend", "late_booking", "early_booking"}  # all others are alike
    assert everywhere["n"].iloc[0] == ask(simulated, "SELECT count(DISTINCT guest_id) FROM mart_stays WHERE is_stay = 1")[0][0]


# --- time between stays ---------------------------------------------------------------------------------------------------
def test_gaps_are_those_of_guests_who_came(returning_house):
    """After a first stay 0, 3, 10, 48, 274, 364, 365 and 366 days; after later ones Dina's 19 and Cora's 121."""
    found = queries.run(returning_house, view(), "gaps")
    assert [(r.days, r.after, r.stays) for r in found.itertuples()] == [
        (0, "first", 1), (3, "first", 1), (10, "first", 1), (19, "later", 1), (48, "first", 1), (121, "later", 1), (274, "first", 1), (364, "first", 1),
        (365, "first", 1), (366, "first", 1)]


# --- what the numbers hide --------------------------------------------------------------------------------------------------
def test_limits_are_counted(returning_house):
    """Of 11 guests all but Hana were first seen in the first two years; Hana and Ida are young; 4 of 24 stays have no guest."""
    assert queries.run(returning_house, view(), "return_limits").iloc[0].to_dict() == {"guests": 11, "early": 10, "young": 2, "nameless": 4, "stays": 24}
    far = queries.run(returning_house, view((FAR,)), "return_limits").iloc[0].to_dict()
    assert far == {"guests": 1, "early": 1, "young": 0, "nameless": 0, "stays": 1}


def test_a_guest_is_young_until_the_year_is_over(returning_house):
    assert queries.run(returning_house, replace(view(), as_of=dt.date(2025, 4, 3)), "return_limits").at[0, "young"] == 1
    assert IDA == 9


# --- nobody at all --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "params"), [
    *[("cohorts", {"grain": grain, "measure": measure}) for grain in GRAINS for measure in MEASURES],
    *[(name, {"by": by}) for name in ("return_curves", "return_groups") for by in SPLITS], ("return_hazards", {}), ("gaps", {}),
])  # fmt: skip
def test_of_nobody_nothing_is_told(returning_house, name, params):
    nobody = replace(view(), channels=("corporate",))
    assert queries.run(returning_house, nobody, name, **params).empty
