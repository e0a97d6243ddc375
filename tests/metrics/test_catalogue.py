"""Every KPI of the catalogue, counted by hand for March 2025 at Lisbon and Addis Ababa."""
import datetime as dt
import math
import os
from dataclasses import replace
from functools import cache

import pytest
from pandas.testing import assert_frame_equal

from crm_core import queries
from crm_core.metrics import CATALOGUE, metric
from crm_core.metrics.definition import UNITS
from crm_core.metrics.dimensions import DIMENSIONS
from crm_core.scope import Period
from tests.hotel import AS_OF

# The hotel in March 2025, in euros (its costs in brackets):
#   Ana, own website   3–5 March, 3 nights, 300 (13.50), dinner 60      booked 30 days ahead; her second stay
#   Ben, agency        10–11 March, 2 nights, 240 (43.20)               20 days; his first
#   nameless, agency   12 March, 1 night, 100 (18.00)                   2 days
#   Ana in Addis       20–21 March, 2 nights, 200 (0), corporate        5 days; her third
#   Ana, own website   31 March, the first of 3 nights, 110 (4.95)      in house, not yet a stay
#   cancelled 180, no-show 90; rooms (10 + 5) × 31 = 465
# (numerator, denominator, n): money in cents.
SOLD, ROOMS, REVENUE, COST, NONE = 3 + 2 + 1 + 2 + 1, (10 + 5) * 31, 95_000, 1350 + 4320 + 1800 + 0 + 495, math.nan
EXPECTED = {
    "rooms_sold": (SOLD, NONE, 9),
    "room_revenue": (30_000 + 24_000 + 10_000 + 20_000 + 11_000, NONE, 9),
    "total_revenue": (REVENUE + 6_000, NONE, 9),
    "occupancy": (SOLD, ROOMS, 465),
    "occupancy_total": (SOLD, ROOMS, 465),  # nobody stayed free of charge
    "adr": (REVENUE, SOLD, 9),
    "revpar": (REVENUE, ROOMS, 465),
    "trevpar": (REVENUE + 6_000, ROOMS, 465),
    "net_adr": (REVENUE - COST, SOLD, 9),
    "cope_pct": (REVENUE - COST, REVENUE, 9),
    "direct_share_nights": (3 + 1, SOLD, 9),
    "direct_share_revenue": (30_000 + 11_000, REVENUE, 9),
    "channel_share": (SOLD, SOLD, 9),  # all channels together are the whole
    "cost_per_booking": (1350 + 4320 + 1800, 4, 4),
    "stays": (4, NONE, 4),
    "arrivals": (5, NONE, 5),  # with the one that is in house
    "other_spend_share": (6_000, 30_000 + 6_000 + 24_000 + 10_000 + 20_000, 4),
    "unidentified_share": (1, 4, 4),
    "cancellation_rate": (1, 4 + 1 + 1, 6),
    "cancellation_rate_revenue": (18_000, 84_000 + 18_000 + 9_000, 6),
    "no_show_rate": (1, 4 + 1, 5),
    "lead_time_median": (4, NONE, 4),
    "alos": (3 + 2 + 1 + 2, 4, 4),
    "guests": (2, NONE, 2),
    "new_guests": (1, NONE, 1),
    "repeat_ratio_guests": (1, 2, 2),
    "repeat_ratio_stays": (2, 3, 3),
    "repeat_ratio_nights": (3 + 2, 3 + 2 + 2, 3),
    "return_rate_12m": (1, 1, 1),  # Ana's 365 days were over on 6 March, and she came after 362
    "km_return_6m": (0, 1, 1),  # Ben began in March
    "km_return_12m": (0, 1, 1),
    "km_return_24m": (0, 1, 1),
    "median_time_to_second_stay": (0, 1, 1),
    # Two guests are too few for a model; what they spent is known: 200 + 300 + 60 + 200 and 240.
    "p_alive_mean": (0, 0, 0),
    "guests_at_risk": (0, NONE, 0),
    "expected_stays_12m": (0, NONE, 0),
    "clv_3y_margin": (0, NONE, 0),
    "past_spend": (76_000 + 24_000, NONE, 2),
    "backtest_error": (0, 0, 0),
    "lead_conversion": (0, 0, 0),  # nobody asked: leads are counted in test_leads.py
    "lead_score_brier": (0, 0, 0),
    # Ana and Ben have one profile each, with name, country and e-mail address; no language there and no word on consent.
    "duplicate_rate": (0, 2, 2),
    "completeness": (2 + 2 + 0 + 2 + 0, 5 * 2, 10),
    "valid_email_rate": (2, 2, 2),
    "ota_alias_share": (0, 2, 2),
    "consent_rate": (0, 2, 2),
    "reachable_share": (0, 2, 2),
    # Nobody is a member yet: accounts and points are counted in test_loyalty.py. Ana and Ben arrived, and neither joined.
    "members": (0, NONE, 0),
    "members_active_12m": (0, 0, 0),
    "enrolment_rate": (0, 2, 2),
    "member_contribution": (0, SOLD, 9),
    "member_revenue_share": (0, REVENUE, 9),
    "burn_earn_ratio": (0, 0, 0),
    "ultimate_redemption_rate": (0, 0, 0),
    "breakage_rate": (0, 0, 0),
    "points_liability": (0, NONE, 0),
    "ifrs15_deferred": (0, NONE, 0),
    "liability_per_member": (0, 0, 0),
    "tier_migration_rate": (0, 0, 0),
    "programme_cost_per_room": (0, SOLD, 9),
    "incremental_member_value": (0, 0, 0),
    "referral_k": (0, 0, 0),
    "points_expiring_90d": (0, NONE, 0),
    # Nobody wrote or complained: reviews are counted in test_feedback.py, cases in test_service.py. Four stays ended without a complaint.
    **dict.fromkeys(("nps", "nps_weighted", "csat_top2", "ces_top", "survey_response_rate", "aspect_positive_share", "sentiment_positive_share",
                     "aspect_mention_rate", "scored_share", "review_answer_rate", "loop_closed_rate", "sla_met_rate", "reopen_rate",
                     "post_case_return"), (0, 0, 0)),
    **dict.fromkeys(("review_index", "answer_time_median", "answer_time_p90", "first_response_median", "solve_time_median", "backlog_open"),
                    (0, NONE, 0)),
    "cases_per_100_stays": (0, 4, 4),
    # Nobody was written to: campaigns are counted in test_campaigns.py.
    **dict.fromkeys(("delivery_rate", "bounce_rate", "human_open_rate", "ctr_delivered", "ctr_sent", "ctor", "unsubscribe_rate", "complaint_rate",
                     "conversion_rate", "revenue_per_recipient", "lift_abs", "lift_rel", "incremental_bookings", "incremental_margin", "romi_incremental",
                     "cost_per_incremental_booking", "mails_per_guest_30d", "minimal_detectable_lift", "srm_p"), (0, 0, 0)),
    "attributed_revenue": (0, NONE, 0),
    # No set, event, checklist or course is known here: they are counted in test_market.py, test_community.py and test_association.py.
    **dict.fromkeys(("mpi", "ari", "rgi", "event_show_rate", "standards_score", "certificates_valid"), (0, 0, 0)),
    # The bookings for the nights to come were made more than a week ago.
    **dict.fromkeys(("pickup_7d", "pickup_7d_revenue", "event_halo_nights", "advocates", "certificates_expiring_90d"), (0, NONE, 0)),
}
VALUES = {
    "occupancy": 0.0193548, "adr": 10_555.56, "revpar": 204.301, "trevpar": 217.204, "net_adr": 9_670.56, "cope_pct": 0.916158,
    "cost_per_booking": 1_867.5, "other_spend_share": 0.0666667, "cancellation_rate_revenue": 0.162162, "lead_time_median": 12.5,
    "alos": 2.0, "repeat_ratio_nights": 0.714286,
}
WITHOUT_CASES = {key for key, (_, bottom, _) in EXPECTED.items() if bottom == 0}
# Ben has been seen for 20 days: what he will have done after half a year, nobody knows.
TOO_YOUNG = {"km_return_6m", "km_return_12m", "km_return_24m", "median_time_to_second_stay"}
# Without a review or a case there is no index, and nobody has waited.
UNHEARD = {key for key, k in CATALOGUE.items() if k.interval in ("index", "waiting")}
# Members with points, of whom a model says less than of stays; pairs of members and guests who are alike.
OF_LOYALTY = dict.fromkeys(("ultimate_redemption_rate", "breakage_rate", "points_liability", "ifrs15_deferred"), 30) | {"incremental_member_value": 100}
# Of what seldom happens to a message it takes many messages to tell a share.
OF_MAIL = {"human_open_rate": 100, "ctr_delivered": 100, "ctr_sent": 100, "unsubscribe_rate": 300, "complaint_rate": 1000, "conversion_rate": 300}
LEAST_OF = {"wilson": 30, "nps": 30, "strata": 100, "index": 25, "median": 20, "waiting": 20, "survival": 50, "lift": 100, "total": 30}
BARS = ("country", "visit")
PEOPLE = [k for k, m in CATALOGUE.items() if m.people]


@cache
def catalogue(warehouse, scope, by: str | None):
    """Return every KPI at once, the way the Briefing asks for them; split, those that are told apart and some of the others."""
    return queries.run(warehouse, scope, "kpi_values", keys=tuple(key for key in CATALOGUE if by in (None, *BARS) or split(key, by)), by=by)


def told_apart(key: str, by: str) -> bool:
    """Whether the marts of a KPI know the groups of a dimension; where not, the whole stands beside every group."""
    return all(DIMENSIONS[by].fits(m.mart) for m in CATALOGUE[key].numerator)


def split(key: str, by: str) -> bool:
    """Whether a KPI is tried by a dimension: by all that tell it apart, and by every fourth of the others in turn; in the long version by all."""
    turn = (list(CATALOGUE).index(key) + list(DIMENSIONS).index(by)) % 4
    return told_apart(key, by) or turn == 0 or "SOAK_ROUNDS" in os.environ


@cache
def by_key(warehouse, scope, by: str | None, period: str) -> dict:
    """The rows of a period of every KPI, put apart once: thousands of tests read one of them each."""
    found = catalogue(warehouse, scope, by)
    return {key: rows.reset_index(drop=True) for key, rows in found[found["period"] == period].groupby("key")}


def figures(warehouse, scope, key: str, by: str | None = None, period: str = "now"):
    """Return one KPI's rows for a period, by group where it is split."""
    return by_key(warehouse, scope, by, period).get(key, catalogue(warehouse, scope, by).iloc[:0])


def alone(warehouse, scope, key: str, by: str | None = None):
    """Return one KPI's rows for the period where no other is asked: a house of one test has few questions."""
    found = queries.run(warehouse, scope, "kpi_values", keys=(key,), by=by)
    return found[found["period"] == "now"].reset_index(drop=True)


def figure(warehouse, scope, key: str, period: str = "now"):
    return figures(warehouse, scope, key, period=period).iloc[0]


def test_every_kpi_has_an_expected_value():
    assert set(EXPECTED) == set(CATALOGUE)


@pytest.mark.parametrize("key", CATALOGUE)
def test_a_kpi_of_march_is_what_one_counts_by_hand(warehouse, scope, key):
    top, bottom, n = EXPECTED[key]
    found = figure(warehouse, scope, key)
    assert (found["numerator"], found["n"]) == (top, n)
    assert found["denominator"] == pytest.approx(bottom, nan_ok=True)
    if key != "lead_time_median":
        blank = bottom == 0 or key in TOO_YOUNG | UNHEARD
        assert math.isnan(found["value"]) if blank else found["value"] == pytest.approx(top if math.isnan(bottom) else top / bottom)


@pytest.mark.parametrize("key", VALUES)
def test_a_kpi_is_the_number_in_the_books(warehouse, scope, key):
    assert figure(warehouse, scope, key)["value"] == pytest.approx(VALUES[key], rel=1e-5)


@pytest.mark.parametrize(("key", "value"), [("rooms_sold", 2), ("room_revenue", 20_000), ("stays", 1), ("guests", 1), ("new_guests", 1),
                                            ("repeat_ratio_guests", 0.0), ("adr", 10_000.0)])
def test_the_year_before_holds_anas_first_stay(warehouse, scope, key, value):
    """2 March to 1 April 2024: two nights at €100, a guest who had not been there before."""
    assert figure(warehouse, scope, key, "year")["value"] == value


def test_the_previous_period_is_empty_and_its_ratios_are_blank(warehouse, scope):
    """25 January to 24 February 2025: nobody came."""
    assert figure(warehouse, scope, "stays", "previous")["value"] == 0
    assert math.isnan(figure(warehouse, scope, "adr", "previous")["value"])
    assert math.isnan(figure(warehouse, scope, "alos", "previous")["value"])
    assert math.isnan(figure(warehouse, scope, "lead_time_median", "previous")["value"])


@pytest.mark.parametrize("key", CATALOGUE)
def test_a_kpi_asked_for_alone_is_the_same_as_among_all(warehouse, scope, key):
    alone = queries.run(warehouse, scope, "kpi_values", keys=(key,))
    together = catalogue(warehouse, scope, None)
    assert_frame_equal(alone, together[together["key"] == key].reset_index(drop=True), check_dtype=False)


def test_revpar_is_occupancy_times_rate(warehouse, scope):
    assert figure(warehouse, scope, "revpar")["value"] == pytest.approx(
        figure(warehouse, scope, "occupancy")["value"] * figure(warehouse, scope, "adr")["value"], rel=1e-12)


# --- how each is declared ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("k", CATALOGUE.values(), ids=lambda k: k.key)
def test_a_kpi_has_words_unit_direction_and_source(k):
    assert k.name
    assert len(k.definition) > 40
    assert k.definition.endswith(".")
    assert k.unit in UNITS
    assert k.better in ("up", "down", "none")
    assert k.interval in ("none", "wilson", "clusters", "median", "survival", "model", "nps", "strata", "index", "waiting", "lift", "total")
    assert k.source
    assert k.minimum >= 1


def test_kpi_numbers_and_names_are_unique():
    assert len({k.number for k in CATALOGUE.values()}) == len(CATALOGUE)
    assert len({k.name for k in CATALOGUE.values()}) == len(CATALOGUE)


def test_a_share_of_cases_has_an_interval_and_a_minimum_of_thirty():
    for k in CATALOGUE.values():
        least = LEAST_OF.get(k.interval, k.minimum) if k.interval != "model" else OF_LOYALTY.get(k.key, 500)
        least = OF_MAIL.get(k.key, least)
        assert k.minimum == least, k.key
        assert (k.minimum > 1) == (k.interval != "none"), k.key


def test_an_unknown_kpi_is_answered_with_those_that_exist():
    with pytest.raises(KeyError, match="rooms_sold"):
        metric("room_nights")


# --- too little data is said ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("key", CATALOGUE)
def test_below_its_minimum_a_kpi_says_few(warehouse, scope, key):
    """The small hotel has too few of everything that needs a minimum; sums, counts and ratios of full counts of something are always shown."""
    assert figure(warehouse, scope, key)["few"] == (CATALOGUE[key].minimum > 1 or EXPECTED[key][1] == 0)


def test_a_count_of_nothing_is_nothing_and_not_too_few(warehouse, scope):
    empty = replace(scope, period=Period(dt.date(2024, 6, 1), dt.date(2024, 7, 1)))
    found = alone(warehouse, empty, "new_guests").iloc[0]
    assert (found["value"], found["few"]) == (0, False)
    assert alone(warehouse, empty, "adr").at[0, "few"]


def test_thirty_bookings_are_enough_for_a_cancellation_rate(hotel, rebuilt, scope):
    """The six of March and 23 more are 29, one more is 30."""
    for _ in range(23):
        hotel.stay("LIS", "2025-03-20", 1, 100)
    assert alone(rebuilt(), scope, "cancellation_rate").at[0, "few"]
    hotel.stay("LIS", "2025-03-20", 1, 100, status="cancelled")
    enough = alone(rebuilt(), scope, "cancellation_rate").iloc[0]
    assert (enough["numerator"], enough["n"], enough["few"]) == (2, 30, False)
    assert (enough["low"], enough["high"]) == pytest.approx((0.018477, 0.213235), abs=1e-6)  # Wilson for 2 of 30


# --- every number opens -----------------------------------------------------------------------------------------------
OPENED = [k for k, m in CATALOGUE.items() if m.opens]


def test_a_kpi_without_guests_behind_it_does_not_open(warehouse, scope):
    assert set(CATALOGUE) - set(OPENED) == {
        "programme_cost_per_room", "incremental_member_value", "mpi", "ari", "rgi", "standards_score", "certificates_valid", "certificates_expiring_90d"}
    with pytest.raises(ValueError, match="no guests behind it"):
        queries.run(warehouse, scope, "behind", key="programme_cost_per_room")


@pytest.mark.parametrize("key", OPENED)
def test_what_is_behind_a_kpi_adds_up_to_it(warehouse, scope, key):
    total = queries.run(warehouse, scope, "behind_total", key=key).iloc[0]
    rows = queries.run(warehouse, scope, "behind", key=key, limit=1000)
    assert total["total"] == rows["part"].sum() == figure(warehouse, scope, key)["numerator"]
    assert total["rows"] == len(rows)
    assert rows["id"].is_unique


@pytest.mark.parametrize("key", OPENED)
@pytest.mark.parametrize("by", BARS)
def test_what_is_behind_a_bar_adds_up_to_the_bar(warehouse, scope, key, by):
    for bar in figures(warehouse, scope, key, by).itertuples():
        group = None if bar.group != bar.group else bar.group  # a country that is not known is NaN in the frame
        total = queries.run(warehouse, scope, "behind_total", key=key, group=(by, group))
        assert total.at[0, "total"] == bar.numerator, (key, by, group)


# --- splits -----------------------------------------------------------------------------------------------------------
SPLITS = [by for by in DIMENSIONS if by != "tier"]  # nobody is a member here: test_loyalty.py splits by it


@pytest.mark.parametrize(("key", "by"), [(key, by) for by in SPLITS for key in CATALOGUE if key not in PEOPLE and split(key, by)])
def test_the_parts_of_a_split_add_up_to_the_whole(warehouse, scope, key, by):
    whole, parts = figure(warehouse, scope, key), figures(warehouse, scope, key, by)
    if not told_apart(key, by):
        assert (parts["numerator"] == whole["numerator"]).all()  # what a mart cannot tell apart stands whole beside every part
        return
    assert parts["numerator"].sum() == whole["numerator"]
    if key == "lead_time_median":
        assert parts["n"].sum() == whole["n"]
    elif CATALOGUE[key].by == by or not all(DIMENSIONS[by].fits(m.mart) for m in CATALOGUE[key].denominator):
        assert (parts["denominator"] == whole["denominator"]).all()  # the whole stands beside every part
    else:
        assert parts["denominator"].sum() == pytest.approx(whole["denominator"], nan_ok=True) or math.isnan(whole["denominator"])


# What a guest stands whole beside has no part where nobody wrote or complained.
TOLD_APART = [(key, by) for key in PEOPLE for by in SPLITS if told_apart(key, by)]


@pytest.mark.parametrize(("key", "by"), TOLD_APART)
def test_a_guest_counts_once_in_the_whole_and_once_in_each_part(warehouse, scope, key, by):
    whole, parts = figure(warehouse, scope, key), figures(warehouse, scope, key, by)
    assert max(parts["numerator"], default=0) <= whole["numerator"] <= parts["numerator"].sum()


def test_occupancy_by_property_uses_each_ones_own_rooms(warehouse, scope):
    by = figures(warehouse, scope, "occupancy", "property").set_index("group")
    assert by["numerator"].to_dict() == {1: 7, 2: 2}
    assert by["denominator"].to_dict() == {1: 310, 2: 155}


def test_what_guests_spent_at_all_properties_together_is_told_of_each_when_it_is_split(warehouse, scope):
    """Ana spent 560 in Lisbon and 200 in Addis: she is one guest of both, and one of each."""
    everywhere = replace(scope, chain=(1, 2))
    by = queries.run(warehouse, everywhere, "kpi_values", keys=("past_spend",), by="property")
    assert by.loc[by["period"] == "now", ["group", "value", "n"]].to_numpy().tolist() == [[1, 80_000, 2], [2, 20_000, 1]]
    behind = queries.run(warehouse, everywhere, "behind", key="past_spend", group=("property", 2))
    assert behind[["id", "part"]].to_numpy().tolist() == [[1, 20_000]]


def test_the_channel_mix_is_of_all_nights(warehouse, scope):
    mix = figures(warehouse, scope, "channel_share", "channel").set_index("group")["value"]
    assert mix.to_dict() == pytest.approx({"own_site": 4 / 9, "ota": 3 / 9, "corporate": 2 / 9})


def test_new_and_returning_are_told_apart_by_stay(warehouse, scope):
    """Nights in March: Ben's 2 are new, Ana's 3 + 2 and the one in house return, one has no name."""
    visits = figures(warehouse, scope, "rooms_sold", "visit").set_index("group")["value"]
    assert visits.to_dict() == {"new": 2, "returning": 6, "unidentified": 1}


# --- money and free nights --------------------------------------------------------------------------------------------
def test_a_missing_exchange_rate_blanks_every_total_of_money_and_no_count(hotel, rebuilt, scope):
    hotel.property("YER", 3, "AMD")
    stay = hotel.stay("YER", "2025-03-03", 1, 40000, hotel.guest("Ani Petrosyan", "YER"))
    hotel.charge(stay, "spa", 5000)
    made, all_three = rebuilt(), replace(scope, properties=(1, 2, 3))
    blank = {key for key in set(CATALOGUE) - WITHOUT_CASES - TOO_YOUNG - UNHEARD if math.isnan(figure(made, all_three, key)["value"])}
    assert blank == {"room_revenue", "total_revenue", "adr", "revpar", "trevpar", "net_adr", "cope_pct", "direct_share_revenue",
                     "cost_per_booking", "other_spend_share", "cancellation_rate_revenue", "past_spend", "member_revenue_share"}
    assert figure(made, all_three, "rooms_sold")["value"] == 10
    assert queries.run(made, all_three, "behind_total", key="adr")["total"].isna().all()
    assert alone(made, all_three, "room_revenue", "property")["value"].tolist()[:2] == [75_000, 20_000]
    assert alone(made, scope, "room_revenue").at[0, "value"] == 95_000  # the other two properties are as before
    assert alone(made, scope, "past_spend").at[0, "value"] == 100_000


def test_what_a_guest_spent_where_no_rate_is_known_blanks_what_the_guest_spent_at_some_properties(hotel, rebuilt, scope):
    """Ana's euros in Lisbon are not all that she spent in Lisbon and Yerevan."""
    hotel.property("YER", 3, "AMD")
    hotel.stay("YER", "2025-03-24", 1, 40000, 1)
    made, some = rebuilt(), replace(scope, properties=(1, 3), chain=(1, 2, 3))
    assert math.isnan(alone(made, some, "past_spend").at[0, "value"])
    assert alone(made, replace(some, properties=(1, 2)), "past_spend").at[0, "value"] == 100_000


def test_free_nights_are_occupied_and_not_sold(hotel, rebuilt, scope):
    hotel.stay("LIS", "2025-03-20", 2, 0, hotel.guest("Cora Lind", "LIS"), rate_class="complimentary")
    made = rebuilt()
    assert alone(made, scope, "occupancy").at[0, "numerator"] == 9
    assert alone(made, scope, "occupancy_total").at[0, "numerator"] == 11
    assert alone(made, scope, "adr").at[0, "denominator"] == 9
    assert alone(made, scope, "guests").at[0, "value"] == 3


def test_a_group_has_no_say_in_the_lead_time(hotel, rebuilt, scope):
    hotel.stay("LIS", "2025-03-20", 1, 100, segment="group", lead=300)
    assert alone(rebuilt(), scope, "lead_time_median").at[0, "value"] == 12.5


def test_as_of_is_the_day_of_the_small_hotel(warehouse):
    assert warehouse.version.as_of == AS_OF
