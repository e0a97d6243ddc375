"""Groups of guests beside all others on a KPI, counted by hand: shares, means over guests, medians, return curves, and segments."""
import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from crm_core import queries
from crm_core.marts.fields import FIELDS
from crm_core.metrics import CATALOGUE, metric
from crm_core.queries.comparing import GROUPED_BY, comparable, per_guest
from crm_core.rule import Segment, parse
from crm_core.scope import Period
from crm_core.store import record, warehouse
from tests.hotel import Hotel

# Country: its guests, and those of them who came a second time, a hundred days later.
COUNTRIES = {"PT": (40, 10), "GB": (40, 20), "ES": (5, 0), None: (3, 3)}
YEAR = Period(dt.date(2024, 1, 1), dt.date(2025, 1, 1))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The warehouse of a hotel where every guest came on 1 March 2024 for 2 nights at 200, some again for 4 nights at 100; Britons by an agency."""
    from crm_core import settings as settings_
    from crm_core.refresh import refresh

    settings = settings_.at(tmp_path_factory.mktemp("countries"))
    store = record.open_store(settings)
    hotel = Hotel(store).open()
    hotel.property("LIS", 100)
    for country, (guests, again) in COUNTRIES.items():
        for i in range(guests):
            guest = hotel.guest(f"G{i} {country}", "LIS", country=country, email=f"g{i}{country}@example.com")
            via = "ota" if country == "GB" else "own_site"
            hotel.stay("LIS", "2024-03-01", 2, 200, guest, channel=via, lead=30 if country == "GB" else 10)
            if i < again:
                hotel.stay("LIS", "2024-06-09", 4, 100, guest, channel=via, lead=20)
            if country == "PT" and i < 8:
                hotel.stay("LIS", "2024-09-01", 1, 90, guest, status="cancelled")
    refresh(settings)
    store.engine.dispose()
    return warehouse.current(settings)


@pytest.fixture
def year(scope):
    return replace(scope, properties=(1,), chain=(1,), period=YEAR)


def told(made, scope, key, by="country", **more):
    return queries.run(made, scope, "compare_groups", key=key, by=by, **more).set_index("group")


def test_a_share_is_beside_that_of_all_others_with_a_known_country(made, year):
    """Returning guests: 10 of 40 from Portugal against 20 of 45; pooled 30 of 85, z = −.1944 / √(.3529 · .6471 · (1/40 + 1/45)) = −1.872."""
    found = told(made, year, "repeat_ratio_guests")
    assert found.index.tolist() == ["GB", "PT", "ES"]
    pt = found.loc["PT"]
    assert pt[["n", "value", "rest"]].tolist() == pytest.approx([40, 0.25, 20 / 45])
    assert pt["difference"] == pytest.approx(-0.19444, abs=1e-5)
    assert pt["p"] == pytest.approx(0.0612, abs=1e-4)
    assert (pt["difference_low"], pt["difference_high"]) == pytest.approx((-0.3744, 0.0088), abs=1e-4)


def test_a_group_of_fewer_than_thirty_is_told_and_not_judged(made, year):
    found = told(made, year, "repeat_ratio_guests")
    assert found["few"].tolist() == [False, False, True]
    assert found.loc["ES", ["n", "value"]].tolist() == [5, 0]
    assert found.loc["ES", ["difference", "p", "q"]].isna().all()


def test_of_two_looks_the_smaller_p_counts_twice(made, year):
    """GB: 20 of 40 against 10 of 45, p = .0075; Portugal's p of .0612 is the larger of two and stays."""
    found = told(made, year, "repeat_ratio_guests")
    assert found.loc["GB", "p"] == pytest.approx(0.0075, abs=1e-4)
    assert found.loc["GB", "q"] == pytest.approx(2 * found.loc["GB", "p"])
    assert found.loc["PT", "q"] == pytest.approx(found.loc["PT", "p"])


def test_a_ratio_over_guests_is_that_of_sums_and_has_the_spread_between_guests(made, year):
    """Length of stay: (40 · 2 + 10 · 4) / 50 = 2.4 nights in Portugal, (45 · 2 + 20 · 4) / 65 among the others."""
    pt = told(made, year, "alos").loc["PT"]
    assert pt[["n", "value", "rest"]].tolist() == pytest.approx([40, 2.4, 170 / 65])
    # Residuals x − 2.4 y: thirty of −.4 · 2 … by hand: 30 · (2 − 2.4)² + 10 · (6 − 4.8)² = 19.2; · 40/39 / 50² = .007877.
    assert (pt["high"] - pt["low"]) / 2 == pytest.approx(1.959964 * np.sqrt(19.2 * 40 / 39) / 50)


def test_a_sum_is_told_per_guest_with_a_part_in_it(made, year):
    """Room revenue: 40 · 200 + 10 · 100 = 9,000 for 40 guests from Portugal; 11,000 for the 45 others. Four nights cost 25 each."""
    found = told(made, year, "room_revenue")
    assert found.loc["PT", ["n", "value", "rest"]].tolist() == pytest.approx([40, 225_00, 11_000_00 / 45])
    assert found.loc["PT", "difference"] == pytest.approx(225_00 - 11_000_00 / 45)
    assert told(made, year, "total_revenue").loc["PT", "value"] == pytest.approx(225_00)
    assert told(made, year, "stays").loc["GB", "value"] == pytest.approx(1.5)
    assert told(made, replace(year, period=Period(dt.date(2024, 5, 1), dt.date(2024, 8, 1))), "stays").loc["GB", ["n", "value"]].tolist() == [20, 1]


def test_a_guest_without_a_country_is_among_nobodys_others(made, year):
    """88 guests stayed in March; 85 have a country."""
    found = told(made, year, "stays").loc["PT"]
    assert found["rest"] == pytest.approx((60 + 5) / 45)


def test_bookings_that_were_cancelled_are_cases_too(made, year):
    """8 of 58 bookings from Portugal, none of the others' 65."""
    assert told(made, year, "cancellation_rate").loc["PT", ["n", "value", "rest"]].tolist() == pytest.approx([58, 8 / 58, 0])


def test_a_median_is_compared_by_its_intervals(made, year):
    """Booked 30 days ahead or, the second time, 20 in Britain; 10 or 20 in Portugal."""
    found = told(made, year, "lead_time_median")
    assert found.loc["GB", ["n", "value", "rest"]].tolist() == [60, 30, 10]
    assert found.loc["GB", "difference"] == 20
    assert found.loc["GB", ["difference_low", "difference_high", "p"]].tolist() == [20, 20, 0]


def test_a_return_curve_knows_how_long_each_guest_was_seen(made, year):
    """All were seen for more than a year: the curve is the plain share, and fifty guests are asked for."""
    found = told(made, year, "km_return_12m")
    assert found["few"].all()
    assert found.loc["GB", ["n", "value", "rest"]].tolist() == pytest.approx([40, 0.5, 10 / 45])


def test_segments_may_share_guests_and_each_is_beside_everyone_who_is_not_in_it(made, year):
    """Who came twice (33) and who is from Britain (40), of 88: stays per guest 2 against 1, 1.5 against 61/48."""
    rules = ({"field": "stays", "is": "at_least", "value": 2}, {"field": "country", "is": "one_of", "value": ["GB"]})
    found = told(made, year, "stays", "segment", segments=tuple(Segment(parse(rule, FIELDS)) for rule in rules))
    assert found.loc[0, ["n", "value", "rest"]].tolist() == [33, 2, 1]
    assert found.loc[1, ["n", "value", "rest"]].tolist() == pytest.approx([40, 1.5, 61 / 48])
    assert told(made, year, "stays", "segment").empty


def test_what_is_not_known_of_many_is_blank_and_not_too_few(made, year, monkeypatch):
    """Fewer than half of Portugal's forty came again, so that there is no median to compare; forty are enough where thirty are asked for."""
    monkeypatch.setitem(CATALOGUE, "median_time_to_second_stay", replace(metric("median_time_to_second_stay"), minimum=1))
    found = told(made, year, "median_time_to_second_stay")
    assert found.loc["PT", ["n", "few"]].tolist() == [40, False]
    assert found.loc["PT", ["value", "difference", "p", "q"]].isna().all()


def test_a_kpi_that_no_one_has_a_part_in_is_blank(made, year):
    """No lifetime model speaks of 88 guests."""
    found = told(made, year, "clv_3y_margin")
    assert found["few"].all()
    assert found["value"].isna().all()


@pytest.mark.parametrize("by", GROUPED_BY)
@pytest.mark.parametrize("key", [key for key, k in CATALOGUE.items() if comparable(k)])
def test_every_kpi_of_guests_can_be_told_by_every_grouping(made, year, key, by):
    found = told(made, year, key, by)
    assert not found["n"].isna().any()
    assert found["few"].dtype == bool


@pytest.mark.parametrize("key", ["occupancy", "channel_share", "unidentified_share", "guests", "lead_conversion"])
def test_what_says_nothing_of_guests_is_refused(made, year, key):
    assert not comparable(metric(key))
    with pytest.raises(ValueError, match=key):
        told(made, year, key)


def test_sums_are_told_per_guest_and_ratios_are_not():
    assert [per_guest(metric(key)) for key in ("room_revenue", "past_spend", "alos", "lead_time_median")] == [True, True, False, False]
