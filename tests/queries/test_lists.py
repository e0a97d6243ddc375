"""Every list that is not a KPI, counted by hand at Lisbon and Addis."""
import datetime as dt
import math
from dataclasses import replace

import pytest

from crm_core import queries
from tests.hotel import AS_OF


def run(warehouse, scope, name: str, **params):
    return queries.run(warehouse, scope, name, **params)


# --- the Briefing -----------------------------------------------------------------------------------------------------
def test_the_books_hold_the_running_month_from_the_as_of_date(warehouse, scope):
    """April: the last 2 of Ana's 3 nights at €110 and Ben's 2 at €130."""
    found = run(warehouse, scope, "on_the_books")
    assert found.values.tolist() == [[dt.date(2025, 4, 1), 4, 48_000]]


def test_arrivals_to_recognise_are_of_guests_who_have_stayed_before(warehouse, scope):
    """On 2 April Ben arrives for his second stay; on 31 March Ana arrived for her fourth."""
    ben = run(warehouse, replace(scope, as_of=dt.date(2025, 4, 2)), "arrivals")
    assert ben[["guest_id", "property_id", "nights", "stays", "last_on", "all"]].values.tolist() == [[2, 1, 2, 1, dt.date(2025, 3, 12), 1]]
    ana = run(warehouse, replace(scope, as_of=dt.date(2025, 3, 31)), "arrivals")
    assert ana[["guest_id", "stays"]].values.tolist() == [[1, 3]]
    assert run(warehouse, replace(scope, as_of=dt.date(2025, 3, 31), properties=(1,)), "arrivals")["stays"].tolist() == [2]


def test_arrivals_are_counted_with_and_without_a_name(hotel, rebuilt, scope):
    hotel.stay("LIS", "2025-04-01", 1, 100, 2, status="confirmed")
    hotel.stay("LIS", "2025-04-01", 1, 100, None, status="confirmed")
    hotel.stay("LIS", "2025-04-01", 1, 100, None, status="cancelled")
    assert run(rebuilt(), scope, "arrivals_count").values.tolist() == [[2, 1]]


def test_freshness_says_what_each_property_last_heard_of(warehouse, scope):
    found = run(warehouse, scope, "freshness").set_index("property_id")
    assert found.at[1, "last_on"] == dt.date(2025, 3, 16)
    assert found.loc[1, ["reservations", "with_guest", "with_country", "with_rate"]].tolist() == [8, 6, 6, 8]
    assert found.loc[2, ["last_on", "reservations", "with_guest"]].tolist() == [dt.date(2025, 3, 22), 1, 1]


def test_too_little_history_is_never_called_unusual(warehouse, scope):
    found = run(warehouse, scope, "unusual")
    assert len(found) == 6 * 2
    assert not found["flagged"].any()


def test_a_week_that_leaves_its_range_is_flagged(hotel, rebuilt, scope):
    """Every night of a year and more three to five rooms are sold; in the last week none is, while Addis goes on as ever."""
    for week in range(60):
        day = AS_OF - dt.timedelta(7 * week + 7)
        for room in range(0 if week == 0 else 3 + week % 3):
            hotel.stay("LIS", str(day), 7, 700, lead=room)
        hotel.stay("ADD", str(day), 7, 70_000 + 700 * (week % 3))
    found = run(rebuilt(), scope, "unusual").set_index(["key", "property_id"])
    assert found.at[("rooms_sold", 1), "flagged"]
    assert found.at[("rooms_sold", 1), "value"] == 1  # Ana's night of 31 March
    assert 20 < found.at[("rooms_sold", 1), "expected"] < 36
    assert not found.at[("rooms_sold", 2), "flagged"]


# --- guests -----------------------------------------------------------------------------------------------------------
def test_the_guest_list_adds_up_what_is_known_in_the_scope(warehouse, scope):
    found = run(warehouse, scope, "guest_list").set_index("guest_id")
    assert found.loc[1, ["stays", "nights", "spend", "properties"]].tolist() == [3, 7, 76_000, 2]
    assert found.loc[2, ["stays", "nights", "spend", "properties", "next_arrival_on"]].tolist() == [1, 2, 24_000, 1, dt.date(2025, 4, 2)]
    addis = run(warehouse, replace(scope, properties=(2,)), "guest_list")
    assert addis[["guest_id", "stays", "spend"]].values.tolist() == [[1, 1, 20_000]]


@pytest.mark.parametrize(("params", "guests"), [
    ({}, [1, 2]), ({"sort": "next_arrival_on"}, [2, 1]), ({"sort": "spend"}, [1, 2]), ({"limit": 1, "offset": 1}, [2]),
    ({"country": "GB"}, [2]), ({"country": "XX"}, []),
    ({"stays_from": 2}, [1]), ({"consent": "yes"}, []), ({"consent": "no"}, [1, 2]), ({"in_period": True}, [1, 2]),
    ({"ids": (2, 99)}, [2]), ({"ids": ()}, []),
])
def test_the_guest_list_is_filtered_sorted_and_paged(warehouse, scope, params, guests):
    assert run(warehouse, scope, "guest_list", **params)["guest_id"].tolist() == guests


def test_a_channel_filter_keeps_guests_who_came_through_it_with_their_whole_history(warehouse, scope):
    found = run(warehouse, replace(scope, channels=("corporate",)), "guest_list")
    assert found[["guest_id", "stays"]].values.tolist() == [[1, 3]]


def test_an_unknown_sort_is_refused(warehouse, scope):
    with pytest.raises(ValueError, match="sorted by one of"):
        run(warehouse, scope, "guest_list", sort="guest_id; DROP TABLE mart_guests")


@pytest.mark.parametrize(("params", "counts"), [({}, [2, 100_000, 1]), ({"country": "PT"}, [1, 76_000, 1]), ({"country": "XX"}, [0, 0, 0])])
def test_the_count_is_of_the_list(warehouse, scope, params, counts):
    assert run(warehouse, scope, "guest_count", **params).iloc[0].tolist() == counts


def test_a_spend_that_lacks_a_rate_is_blank_in_the_list_and_in_its_sum(hotel, rebuilt, scope):
    hotel.property("YER", 3, "AMD")
    hotel.stay("YER", "2025-03-25", 1, 40000, 1)
    made, all_three = rebuilt(), replace(scope, properties=(1, 2, 3))
    spend = run(made, all_three, "guest_list").set_index("guest_id")["spend"]
    assert math.isnan(spend[1])
    assert spend[2] == 24_000
    assert run(made, all_three, "guest_count")["spend"].isna().all()
    spent = run(made, all_three, "guest_departments", guest=1).set_index("department")["amount"]
    assert math.isnan(spent["room"])
    assert spent["fnb"] == 6_000


def test_a_guests_figures_stand_by_property(warehouse, scope):
    found = run(warehouse, scope, "guest_figures", guest=1)
    assert found[["property_id", "stays", "spend"]].values.tolist() == [[1, 2, 56_000], [2, 1, 20_000]]
    assert run(warehouse, scope, "guest_figures", guest=99).empty


def test_a_guests_spend_stands_by_department(warehouse, scope):
    assert run(warehouse, scope, "guest_departments", guest=1).values.tolist() == [["room", 70_000], ["fnb", 6_000]]


# --- where guests come from -------------------------------------------------------------------------------------------
def test_origins_rank_countries_by_nights(warehouse, scope):
    found = run(warehouse, scope, "origins")
    assert found["nights"].tolist() == [6, 2, 1]
    assert found["country"].tolist()[:2] == ["PT", "GB"]
    assert found.loc[0, ["revenue", "guests", "nights_before", "revenue_before"]].tolist() == [61_000, 1, 2, 20_000]


def test_a_country_of_fewer_than_five_guests_is_hidden(hotel, rebuilt, scope):
    for i in range(5):
        hotel.stay("LIS", "2025-03-20", 1, 100, hotel.guest(f"Guest {i}", "LIS", country="DE"))
    found = run(rebuilt(), scope, "origins").set_index("country")
    assert found["hidden"].to_dict()["DE"] == False  # noqa: E712  numpy's False
    assert found["hidden"].to_dict()["PT"]


def test_one_country_is_split_by_property(warehouse, scope):
    assert run(warehouse, scope, "origin", country="PT").values.tolist() == [[1, 4], [2, 2]]
    assert run(warehouse, scope, "origin", country="XX").empty


# --- what the filters need --------------------------------------------------------------------------------------------
def test_properties_of_the_scope_and_channels_of_all(warehouse, scope):
    assert run(warehouse, scope, "properties")["code"].tolist() == ["ADD", "LIS"]
    assert run(warehouse, replace(scope, properties=(1,)), "properties")["code"].tolist() == ["LIS"]
    assert run(warehouse, scope, "channels")["channel"].tolist() == ["corporate", "ota", "own_site"]


# --- what is behind a figure ------------------------------------------------------------------------------------------
def test_behind_a_guest_figure_stand_guests_and_behind_others_reservations(warehouse, scope):
    assert run(warehouse, scope, "behind", key="repeat_ratio_guests")[["id", "guest_id", "times"]].values.tolist() == [[1, 1, 2]]
    revenue = run(warehouse, scope, "behind", key="room_revenue")
    assert revenue[["reservation_id", "part"]].values.tolist() == [[2, 30_000], [3, 24_000], [5, 20_000], [9, 11_000], [4, 10_000]]


def test_what_is_behind_is_paged_without_gaps_or_doubles(warehouse, scope):
    whole = run(warehouse, scope, "behind", key="rooms_sold")["id"].tolist()
    paged = [i for offset in range(0, 6, 2) for i in run(warehouse, scope, "behind", key="rooms_sold", offset=offset, limit=2)["id"]]
    assert paged == whole
    assert len(whole) == 5


def test_a_bar_opens_to_its_own_rows(warehouse, scope):
    assert run(warehouse, scope, "behind", key="rooms_sold", group=("channel", "ota"))["reservation_id"].tolist() == [3, 4]
    assert run(warehouse, scope, "behind", key="rooms_sold", group=("month", dt.date(2025, 3, 1)))["part"].sum() == 9
