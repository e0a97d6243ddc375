"""What every guest is scored: over a house drawn at random in which each kind of model speaks, and over guests that one can count by hand."""
import datetime as dt
import json
from functools import partial

import numpy as np
import pandas as pd
import pytest

from crm_core import schema
from crm_core.marts import guest_scores, tables
from crm_core.marts.guest_models import Past, each, rule
from crm_core.marts.histories import histories
from crm_core.refresh import refresh
from crm_core.stats import lifetime
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF
from tests.looking import ask, content
from tests.simulated import drawn, fill, open_house

TOGETHER, LARGE, SMALL, UNLIKE = 0, 1, 2, 3
SPEAKS = (TOGETHER, LARGE, SMALL)
MODEL = ["alive_ppm", "alive_low", "alive_high", "expected_ppm", "expected_low", "expected_high", "stays_2", "stays_3", "spend_per_stay", "value", "value_low",
         "value_high", "at_stake", "value_decile", "next_from", "next_to"]
YEAR = 365


@pytest.fixture(scope="module")
def scored(simulated):
    """Every row of mart_guest_scores by place and guest."""
    return table(simulated, "guest_scores").set_index(["property_id", "guest_id"]).sort_index()


@pytest.fixture(scope="module")
def models(simulated):
    return table(simulated, "guest_models").set_index("property_id").sort_index()


def table(warehouse, name: str) -> pd.DataFrame:
    with warehouse.engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT * FROM mart_{name}").cursor.to_arrow_table().to_pandas()


def asked(warehouse, statement) -> pd.DataFrame:
    with warehouse.engine.connect() as connection:
        return connection.execute(statement).cursor.to_arrow_table().to_pandas()


# --- who speaks -------------------------------------------------------------------------------------------------------
def test_a_large_place_has_its_own_model_a_small_one_the_groups_and_one_that_failed_the_rule(models):
    assert models[["kind", "why", "speaker", "speaker_why"]].to_numpy().tolist() == [
        ["own", "passed", "learnt", "used"], ["own", "passed", "learnt", "used"], ["group", "passed", "lifetime", ""], ["rule", "biased", "rule", ""]]


def test_the_small_place_is_scored_with_the_groups_parameters(models):
    names = ["r", "alpha", "a", "b"]
    fitted = {place: [json.loads(models.at[place, "fitted"])[name] for name in names] for place in SPEAKS}
    assert fitted[SMALL] == fitted[TOGETHER] != fitted[LARGE]
    assert all(low < value < high for value, low, high in fitted[LARGE])


def test_every_guest_with_a_stay_is_scored_once_for_each_place_and_once_for_all_together(simulated, scored, models):
    own = ask(simulated, "SELECT property_id, count(DISTINCT guest_id), count(*) FROM mart_stays WHERE is_stay = 1 GROUP BY 1 ORDER BY 1")
    all_, stays = ask(simulated, "SELECT count(DISTINCT guest_id), count(*) FROM mart_stays WHERE is_stay = 1")[0]
    assert models["guests"].to_dict() == {TOGETHER: all_, **{place: guests for place, guests, _ in own}}
    assert models["repeats"].to_dict() == {TOGETHER: stays - all_, **{place: n - guests for place, guests, n in own}}
    assert scored.groupby("property_id").size().to_dict() == models["guests"].to_dict()
    assert scored.index.is_unique


def test_the_same_records_give_the_same_scores(simulated_settings, simulated):
    before = content(simulated)
    again = refresh(simulated_settings, full=True)
    after = content(warehouses.current(simulated_settings))
    assert again.kind == "full"
    for mart in ("guest_scores", "guest_models", "guest_tests", "guest_hazards"):
        assert after[f"mart_{mart}"] == before[f"mart_{mart}"], mart


# --- what a model says ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", SPEAKS)
def test_every_figure_lies_in_its_interval_and_every_chance_between_none_and_certain(scored, place):
    rows = scored.loc[place]
    for name, low, high in (("alive_ppm", "alive_low", "alive_high"), ("expected_ppm", "expected_low", "expected_high"), ("value", "value_low", "value_high")):
        assert (rows[low] <= rows[name]).all(), name
        assert (rows[name] <= rows[high]).all(), name
    for chance in ("alive_ppm", "alive_low", "alive_high", "return_ppm"):
        assert rows[chance].between(0, 1_000_000).all(), chance
    assert (rows[["expected_low", "stays_2", "stays_3", "spend_per_stay", "value_low", "at_stake"]] >= 0).all().all()
    assert np.isfinite(rows.select_dtypes("number").drop(columns=["gap_days"]).astype(float)).all().all()


@pytest.mark.parametrize("place", [LARGE, SMALL])
def test_a_place_says_what_its_model_says_of_its_own_histories(simulated, scored, models, place):
    """Chances and stays are the fit's; the interval of stays is widened by the back-test's error in both directions."""
    now = asked(simulated, histories(AS_OF, place))
    everyone = asked(simulated, histories(AS_OF, LARGE if place == LARGE else TOGETHER))
    x, age, silent = (everyone[name].to_numpy(float) for name in ("stays", "age_days", "silent_days"))
    fit, rows = lifetime.fit("mbgnbd", x - 1, age - silent, age), scored.loc[place]
    alive, stays = each(fit.alive, now), each(partial(fit.expected, YEAR), now)
    assert rows["alive_ppm"].tolist() == pytest.approx(np.round(alive.value * 1e6))
    assert rows["expected_ppm"].tolist() == pytest.approx(np.round(stays.value * 1e6))
    wide = abs(models.at[place, "predicted"] / models.at[place, "actual"] - 1)
    assert rows["expected_low"].tolist() == pytest.approx(np.round(stays.low * (1 - wide) * 1e6), abs=1)
    assert rows["expected_high"].tolist() == pytest.approx(np.round(stays.high * (1 + wide) * 1e6), abs=1)


@pytest.mark.parametrize("place", SPEAKS)
def test_a_value_is_the_margin_of_the_stays_of_three_years_discounted_month_by_month(scored, place):
    rows = scored.loc[place]
    first, second, third = (sum(1.1 ** (-month / 12) for month in range(12 * year + 1, 12 * year + 13)) / 12 for year in range(3))
    assert (first, second, third) == pytest.approx((0.95004, 0.86367, 0.78516), abs=1e-5)
    stays = rows["expected_ppm"] / 1e6 * first + rows["stays_2"] * second + rows["stays_3"] * third
    assert (rows["margin_bp"] == 3500).all()
    assert (stays * rows["spend_per_stay"] * 0.35 - rows["value"]).abs().max() < 0.6
    alive = rows["alive_ppm"] / 1e6
    some = rows[alive > 0.01]
    assert (some["value"] / alive * (1 - alive) - some["at_stake"]).abs().max() < 60  # rounded to units before it is divided


@pytest.mark.parametrize("place", SPEAKS)
def test_the_tenth_tenth_is_the_most_valuable_and_tenths_are_alike_in_size(scored, place):
    rows = scored.loc[place]
    by = rows.groupby("value_decile")["value"].agg(["min", "max", "size"])
    assert by.index.tolist() == list(range(1, 11))
    assert (by["min"].to_numpy()[1:] >= by["max"].to_numpy()[:-1]).all()
    assert np.ptp(by["size"]) <= 1
    assert rows.groupby("tier")["value_decile"].agg(["min", "max"]).to_dict("index") == {
        "base": {"min": 1, "max": 4}, "high": {"min": 8, "max": 9}, "middle": {"min": 5, "max": 7}, "top": {"min": 10, "max": 10}}


@pytest.mark.parametrize("place", SPEAKS)
def test_a_next_stay_is_foretold_only_to_likely_customers_with_a_rhythm(scored, place):
    rows = scored.loc[place]
    likely = (rows["stays"] > 1) & (rows["alive_ppm"] >= 500_000)
    assert 0 < likely.sum() < len(rows)
    assert (rows["next_from"].notna() == likely).all()
    window = rows.loc[likely, ["next_from", "next_to"]].apply(pd.to_datetime)
    assert (window["next_from"] >= pd.Timestamp(AS_OF)).all()
    assert (window["next_from"] <= window["next_to"]).all()


def test_where_the_learnt_model_speaks_a_booking_tells_of_a_coming_stay(simulated, scored):
    """It was learnt that who has booked comes; the lifetime model does not know of bookings."""
    booked = asked(simulated, histories(AS_OF, LARGE)).set_index("guest_id")["booked"] == 1
    assert booked.sum() > 50
    chance, lifetimes = scored.loc[LARGE, "return_ppm"], scored.loc[LARGE, "alive_ppm"]
    assert chance[booked].mean() > 2 * chance[~booked].mean()
    assert chance[booked].mean() / chance[~booked].mean() > 1.3 * lifetimes[booked].mean() / lifetimes[~booked].mean()


# --- where no model may speak -------------------------------------------------------------------------------------------
def test_a_place_whose_model_failed_shows_none_of_it_and_the_share_that_came_of_guests_alike(simulated, scored):
    rows = scored.loc[UNLIKE]
    assert rows[MODEL].isna().all().all()
    past = Past(partial(asked, simulated), AS_OF, UNLIKE)
    assert rows["return_ppm"].tolist() == np.round(1e6 * rule(past.cut, past.now)).tolist()
    assert rows["tier"].isin(["top", "high", "middle", "base"]).all()
    assert rows.loc[rows["tier"] == "top", "recent_spend"].min() >= rows.loc[rows["tier"] != "top", "recent_spend"].max()


def test_what_needs_no_model_is_told_of_everybody(scored):
    told = ["recency", "frequency", "monetary", "rfm", "purpose", "season", "party", "first_on", "last_on", "stays", "nights", "spend", "silent_days", "age_days",
            "margin_bp", "weekend_share", "direct_share", "tier", "cluster"]
    assert scored[told].notna().all().all()
    assert (scored["gap_days"].notna() == (scored["stays"] > 1)).all()
    several = scored[scored["stays"] > 1]
    assert ((several["age_days"] - several["silent_days"]) / (several["stays"] - 1) - several["gap_days"]).abs().max() < 1e-9


# --- the back-test ----------------------------------------------------------------------------------------------------
def test_each_guest_of_the_back_test_is_kept_and_they_add_up_to_it(simulated, models):
    tests = table(simulated, "guest_tests")
    tested = tests.groupby("property_id").agg(guests=("guest_id", "nunique"), came=("came", "sum"), foretold=("expected_ppm", "sum"))
    assert tested["guests"].to_dict() == models["tested"].to_dict()
    assert tested["came"].to_dict() == models["actual"].to_dict()
    assert (tested["foretold"] / 1e6).tolist() == pytest.approx(models["predicted"].tolist(), rel=1e-4)
    assert (models["cut_on"] == AS_OF - dt.timedelta(YEAR)).all()
    assert (tests["returned"] == (tests["came"] > 0)).all()
    assert tests.groupby("property_id")["decile"].nunique().tolist() == [10, 10, 10, 10]


def test_nobody_is_tested_who_first_came_after_the_cut(simulated):
    late = ("SELECT count(*) FROM mart_guest_tests JOIN (SELECT guest_id, min(stay_departure_on) AS first_on FROM mart_stays WHERE is_stay = 1 GROUP BY 1) "
            "USING (guest_id) WHERE first_on >= DATE '2025-04-01' - 365")
    assert ask(simulated, late) == [(0,)]


def test_the_published_cut_points_are_those_of_the_scores(scored, models):
    cuts = json.loads(models.at[LARGE, "cuts"])
    rows = scored.loc[LARGE]
    assert cuts["value"] == rows.groupby("value_decile")["value"].min().tolist()
    assert cuts["monetary"] == rows.groupby("monetary")["recent_spend"].min().tolist()
    assert json.loads(models.at[UNLIKE, "cuts"])["value"] == []


def test_the_fit_is_shown_beside_what_it_was_fitted_to(scored, models):
    checks = json.loads(models.at[LARGE, "checks"])
    repeats = (scored.loc[LARGE, "stays"] - 1).clip(upper=7).value_counts()
    assert checks["actual"] == [int(repeats.get(x, 0)) for x in range(8)]
    assert sum(checks["expected"]) == pytest.approx(sum(checks["actual"]), abs=4)
    assert json.loads(models.at[UNLIKE, "checks"]) == {}


# --- ranks, by hand -----------------------------------------------------------------------------------------------------
def test_equal_guests_are_ranked_by_their_ids_and_the_unknown_not_at_all(hotel, rebuilt):
    """Ten guests of Yerevan: one whose spend has no rate, one who cost 50, and eight who spent 100 each; nine have a rank."""
    hotel.property("YER", 10)
    guests = [hotel.guest(f"Guest {i}", "YER") for i in range(10)]
    for guest, revenue in zip(guests, [100, 100, -50, 100, 100, 100, 100, None, 100, 100], strict=True):
        stay = hotel.stay("YER", "2025-03-10", 1, revenue or 0, guest)
        if revenue is None:
            hotel.set(schema.stay, stay, currency="AMD")
    found = ask(rebuilt(), "SELECT guest_id, monetary, tier FROM mart_guest_scores WHERE property_id = 3 ORDER BY guest_id")
    assert [guest for guest, _, _ in found] == guests
    assert [monetary for _, monetary, _ in found] == [1, 2, 1, 2, 3, 3, 4, 1, 4, 5]
    assert [tier for _, _, tier in found] == ["base", "base", "base", "base", "middle", "middle", "middle", "base", "high", "high"]


def test_a_house_of_one_property_is_told_of_once(sqlite_store, settings):
    hotel = open_house(sqlite_store)
    fill(hotel, drawn(1, 30, 1))
    refresh(settings)
    assert ask(warehouses.current(settings), "SELECT property_id, kind, why, guests FROM mart_guest_models") == [(1, "none", "few", 30)]


def test_without_a_guest_nothing_is_told():
    assert list(guest_scores.scored(lambda _: pd.DataFrame(), AS_OF, (1, 2))) == []


def test_scores_stand_in_the_columns_of_their_marts(scored):
    assert set(scored.reset_index().columns) == set(tables.guest_scores.c.keys())
