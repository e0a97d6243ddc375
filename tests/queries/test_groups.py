"""Guests in groups, counted by hand: the grid of recency and frequency, tiers, kinds of stay, and the guests behind each of them."""
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crm_core import queries
from crm_core.marts import rfm, tables
from tests.hotel import Hotel

# Arrivals of two nights; as of 1 April 2025 each guest stands in the group of the same name.
ARRIVALS = {
    "champion": ("2023-06-01", "2023-12-01", "2024-06-01", "2024-12-01", "2025-02-01"), "loyal": ("2023-01-01", "2023-05-01", "2024-06-01"),
    "promising": ("2024-01-05", "2025-03-01"), "recent": ("2025-03-01",), "cooling": ("2024-06-01",),
    "at_risk": ("2023-02-01", "2023-08-01", "2023-12-01"), "lost": ("2022-01-10",),
}


@pytest.fixture
def built(sqlite_store):
    """One guest in each group, at Lisbon; the loyal one is from Portugal and was also in Colombo."""
    hotel = Hotel(sqlite_store).open()
    hotel.property("LIS", 10)
    hotel.property("COL", 10)
    ids = {name: hotel.guest(f"{name} X", "LIS", email=f"{name}@example.com", country="PT" if name == "loyal" else "GB") for name in ARRIVALS}
    for name, arrivals in ARRIVALS.items():
        for arrival in arrivals:
            hotel.stay("LIS", arrival, 2, 100, ids[name], segment="business" if name == "champion" else "leisure",
                       channel="ota" if name == "recent" else "own_site")
    hotel.stay("COL", "2024-05-04", 1, 50, ids["loyal"])
    for name in ("champion", "lost"):
        hotel.consent(ids[name], "given", "2025-01-01T10:00:00+00:00")
    return ids


def cells(made, scope):
    found = queries.run(made, scope, "rfm_cells").set_index("rfm")
    return {name: (int(row.recency), int(row.frequency), int(row.guests), int(row.reachable)) for name, row in found.iterrows()}


def guests(made, scope, *where):
    return queries.run(made, scope, "group_guests", where=where)["guest_id"].tolist()


def test_each_guest_stands_in_one_cell_of_the_grid_and_its_group(built, rebuilt, scope):
    """Recency by the days since the last departure, frequency by the stays of 36 months; the first stay of the lost guest is older than that."""
    assert cells(rebuilt(), replace(scope, properties=(1,))) == {
        "champion": (5, 4, 1, 1), "promising": (5, 2, 1, 0), "recent": (5, 1, 1, 0), "loyal": (3, 3, 1, 0), "cooling": (3, 1, 1, 0),
        "at_risk": (2, 3, 1, 0), "lost": (1, 1, 1, 1)}


def test_the_cells_add_up_to_the_guests_and_what_they_spent(built, rebuilt, scope):
    found = queries.run(rebuilt(), replace(scope, properties=(1,)), "rfm_cells")
    assert found[["guests", "spend", "recent_spend"]].sum().tolist() == [7, 16 * 100_00, 15 * 100_00]
    assert found["foretold"].sum() == 0  # seven guests are too few to foretell anything from


def test_a_stay_at_another_property_counts_where_the_scope_holds_it(built, rebuilt, scope):
    """With Colombo the loyal guest has four stays in 36 months and spent 350."""
    everywhere = replace(scope, chain=(1, 2))
    found = queries.run(rebuilt(), everywhere, "rfm_cells").set_index("rfm").loc["loyal"]
    assert found[["recency", "frequency", "spend"]].tolist() == [3, 3, 350_00]
    assert cells(rebuilt(), replace(scope, properties=(2,))) == {"cooling": (3, 1, 1, 0)}


def test_a_group_a_cell_and_a_country_open_to_their_guests(built, rebuilt, scope):
    made, lisbon = rebuilt(), replace(scope, properties=(1,))
    assert guests(made, lisbon, ("rfm", "at_risk")) == [built["at_risk"]]
    assert guests(made, lisbon, ("recency", 5), ("frequency", 1)) == [built["recent"]]
    assert guests(made, lisbon, ("country", "PT")) == [built["loyal"]]
    assert guests(made, lisbon, ("purpose", "business")) == [built["champion"]]
    assert guests(made, lisbon) == [built[name] for name in ("champion", "loyal", "at_risk", "promising", "recent", "cooling", "lost")]
    assert queries.run(made, lisbon, "group_guests", limit=2, offset=1)["rows"].tolist() == [7, 7]


def test_guests_are_not_asked_for_by_what_is_no_standing(built, rebuilt, scope):
    with pytest.raises(ValueError, match="not by 'spend'"):
        queries.run(rebuilt(), scope, "group_guests", where=(("spend", 1),))


def test_tiers_hold_every_guest_and_know_no_value_without_a_model(built, rebuilt, scope):
    found = queries.run(rebuilt(), replace(scope, properties=(1,)), "value_tiers")
    assert dict(zip(found["tier"], found["guests"])) == {"base": 3, "middle": 2, "high": 2}
    assert found["recent_spend"].sum() == 15 * 100_00
    assert found[["value", "at_stake"]].isna().all(axis=None)


def test_stays_on_weekends_and_booked_direct_are_counted_from_the_guests_shares(built, rebuilt, scope):
    """The champion's five arrivals were on Thursday, Friday, Saturday, Sunday and Saturday; three of them in winter."""
    found = queries.run(rebuilt(), replace(scope, properties=(1,)), "stay_patterns")
    business = found[found["purpose"] == "business"].iloc[0]
    assert business[["season", "party", "guests", "stays", "weekend", "direct"]].tolist() == ["winter", "couple", 1, 5, 3, 5]
    assert found[["guests", "stays"]].sum().tolist() == [7, 16]
    assert found["direct"].sum() == 15  # the one by the agency is not


def test_clusters_are_shown_where_one_fit_made_them_all(built, rebuilt, scope, settings):
    """The first of one property is not the first of another: two of three properties have no clusters in common."""
    made = rebuilt()
    path, one = made.path, replace(scope, properties=(1,))
    made.engine.dispose()
    _set_clusters(path)
    assert queries.run(made, one, "guest_clusters")[["cluster", "guests", "stays", "nights"]].to_numpy().tolist() == [[1, 2, 8, 16], [2, 5, 8, 16]]
    assert len(queries.run(made, replace(scope, chain=(1, 2)), "guest_clusters")) == 2
    assert queries.run(made, replace(scope, chain=(1, 2, 3)), "guest_clusters").empty


def _set_clusters(path) -> None:
    engine = sa.create_engine(f"duckdb:///{path}")
    with engine.begin() as connection:
        connection.execute(sa.update(tables.guest_scores).values(cluster=sa.case((tables.guest_scores.c.guest_id <= 2, 1), else_=2)))
    engine.dispose()


def test_a_segment_narrows_the_grid(built, rebuilt, scope):
    from crm_core.marts.fields import FIELDS
    from crm_core.rule import Segment, parse
    portuguese = Segment(parse({"field": "country", "is": "one_of", "value": ["PT"]}, FIELDS))
    assert cells(rebuilt(), replace(scope, properties=(1,), segment=portuguese)) == {"loyal": (3, 3, 1, 0)}


def test_the_groups_in_these_tests_are_those_there_are():
    assert tuple(ARRIVALS) == rfm.GROUPS
