"""KPIs by several dimensions at once: every kind of KPI, groups that nobody knows, what stays itself, and who is behind a cell."""
import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from crm_core import queries
from crm_core import settings as settings_
from crm_core.metrics import CATALOGUE
from crm_core.metrics.dimensions import DIMENSIONS, OTHERS, Part, Split
from crm_core.queries.explore import fits
from crm_core.queries.splits import groups_of, pieces, seen_by, without
from crm_core.refresh import refresh
from crm_core.scope import Period
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests import mailed

TRIED = ("country", "month", "visit", "campaign", "stratum", "tier")
TWO = Split((Part("country"), Part("channel")))


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """Guests who were written to (tests/mailed.py), and eight more who stayed in March 2025, said something of it and complained."""
    settings = settings_.at(tmp_path_factory.mktemp("busy"))
    hotel = mailed.house(record.open_store(settings))
    for i in range(8):
        guest = hotel.guest(f"Loud {i}", "LIS", country=("PT", "GB")[i % 2])
        stay = hotel.stay("LIS", f"2025-03-0{i + 1}", 2, 200, guest, channel=("ota", "own_site", "own_site")[i % 3], lead=10 * i)
        hotel.review(stay, None, kind="survey", platform="own", reviewed_on=f"2025-03-1{i}", nps=(10, 3, 8, 9)[i % 4])
        said = hotel.review(stay, 9.0 - i, platform=("google", "booking")[i % 2], reviewed_on=f"2025-03-1{i}", text="Some words here", language="en")
        hotel.scored(said, ("positive", "negative")[i % 2], 0.5, ("noise", ("negative", "positive")[i % 2]), ("staff", "positive"))
        hotel.case(stay, opened_at=f"2025-03-0{i + 1}T12:00:00+00:00", answered_at=f"2025-03-1{i}T12:00:00+00:00" if i % 2 else None)
    refresh(settings)
    hotel.store.engine.dispose()
    return warehouses.current(settings)


@pytest.fixture(scope="module")
def spring(scope):
    """Everything from Christmas on, at both places."""
    return replace(scope, period=Period(dt.date(2024, 12, 25), dt.date(2025, 4, 1)), chain=(1, 2))


def by_cell(warehouse, scope, split: Split, *keys: str, period: str = "now") -> pd.DataFrame:
    found = queries.run(warehouse, scope, "kpi_values", keys=keys, by=split)
    found = found[found["period"] == period]
    return found.assign(cell=[pieces(group) for group in found["group"]]).set_index("cell")


@pytest.mark.parametrize("by", TRIED)
def test_a_second_dimension_with_one_group_changes_nothing(busy, spring, by):
    """At one property the split by property and another is the split by the other: for every KPI, its interval and its comparisons."""
    lisbon, split = replace(spring, properties=(1,)), Split((Part(by), Part("property")))
    keys = tuple(k.key for k in CATALOGUE.values() if fits(k, by) and fits(k, "property"))
    alone = queries.run(busy, lisbon, "kpi_values", keys=keys, by=by)
    both = queries.run(busy, lisbon, "kpi_values", keys=keys, by=split)
    assert {pieces(group)[1] for group in both["group"]} <= {1}
    text = lambda groups: [str(None if pd.isna(group) else group) for group in groups]  # noqa: E731
    alone = alone.assign(group=text(alone["group"])).sort_values(["key", "period", "group"], ignore_index=True)
    both = both.assign(group=text(pieces(g)[0] for g in both["group"])).sort_values(["key", "period", "group"], ignore_index=True)
    assert_frame_equal(alone, both, check_dtype=False)


def test_every_kind_of_kpi_is_tried():
    kinds = {k.interval for k in CATALOGUE.values() if any(fits(k, by) and fits(k, "property") for by in TRIED)}
    assert kinds == {k.interval for k in CATALOGUE.values()} - {"model"}  # what a model says of guests is told of properties only


def test_nights_by_country_and_channel(warehouse, scope):
    found = by_cell(warehouse, scope, TWO, "rooms_sold")["value"]
    assert found.sum() == 9
    by_country = found.groupby([cell[0] or "" for cell in found.index]).sum()
    assert by_country.to_dict() == {"PT": 6, "GB": 2, "": 1}


OPENED = ("rooms_sold", "guests", "cancellation_rate", "alos", "lead_time_median", "nps", "aspect_positive_share", "review_index", "stays")


@pytest.mark.parametrize("key", OPENED)
def test_what_is_behind_a_cell_adds_up_to_it(busy, spring, key):
    cells = by_cell(busy, spring, TWO, key)["numerator"]
    assert (cells != 0).any()
    for cell, numerator in cells.items():
        total = queries.run(busy, spring, "behind_total", key=key, group=tuple(zip(("country", "channel"), cell, strict=True)))
        assert total.at[0, "total"] == numerator, cell


def test_who_is_behind_the_others_adds_up_to_them(warehouse, scope):
    part = Part("channel", ("ota",))
    split = Split((part, Part("property")))
    found = by_cell(warehouse, scope, split, "rooms_sold")["numerator"]
    assert {cell[0] for cell in found.index} == {"ota", OTHERS}
    for cell, numerator in found.items():
        total = queries.run(warehouse, scope, "behind_total", key="rooms_sold", group=((part, cell[0]), ("property", cell[1])))
        assert total.at[0, "total"] == numerator


def test_what_stays_itself_and_the_others_are_the_whole(warehouse, scope):
    kept = by_cell(warehouse, scope, Split((Part("channel", ("ota", "nobody")),)), "rooms_sold", "adr")
    assert kept[kept["key"] == "rooms_sold"]["value"].to_dict() == {("ota",): 3, (OTHERS,): 6}
    every = queries.run(warehouse, scope, "kpi_values", keys=("adr",), by="channel").query("period == 'now' and group != 'ota'")
    assert kept[kept["key"] == "adr"].at[(OTHERS,), "value"] == every["numerator"].sum() / every["denominator"].sum()


def test_without_any_that_stay_all_are_the_others(warehouse, scope):
    assert by_cell(warehouse, scope, Split((Part("channel", ()),)), "rooms_sold")["value"].to_dict() == {(OTHERS,): 9}


def test_a_channel_is_a_part_of_all_nights_of_its_own_month(warehouse, scope):
    split = Split((Part("channel"), Part("week")))
    found = by_cell(warehouse, scope, split, "channel_share")
    found = found[found["denominator"] > 0]
    assert found["value"].groupby([cell[1] for cell in found.index]).sum().round(9).eq(1).all()


def test_rooms_that_know_no_channel_stand_whole_beside_each_in_their_week(warehouse, scope):
    """Lisbon's ten rooms and Addis's five have 105 nights a week; the last week of March 2025 holds one day."""
    found = by_cell(warehouse, scope, Split((Part("channel"), Part("week"))), "occupancy")
    assert set(found.loc[found["numerator"] > 0, "denominator"]) == {15 * 7, 15 * 1}
    assert found["numerator"].sum() == 7 + 2


@pytest.mark.parametrize(("by", "groups"), [("week", {dt.date(2025, 3, 3), dt.date(2025, 3, 10), dt.date(2025, 3, 17), dt.date(2025, 3, 31)}),
                                            ("quarter", {dt.date(2025, 1, 1)}), ("year", {2025})])
def test_time_is_told_by_weeks_quarters_and_years(warehouse, scope, by, groups):
    found = queries.run(warehouse, scope, "kpi_values", keys=("rooms_sold",), by=by)
    found = found[(found["period"] == "now") & (found["value"] > 0)]
    assert {getattr(group, "item", lambda g=group: g)() for group in found["group"]} == groups
    assert found["value"].sum() == 9


def test_a_dimension_is_named_once():
    with pytest.raises(ValueError, match="each dimension once"):
        Split((Part("channel"), Part("channel", ("ota",))))


def test_what_nobody_knows_is_not_the_empty_text_and_one_is_no_text():
    split = Split((Part("country"), Part("property")))
    frame = pd.DataFrame({"country": [None, "", "PT"], "property": [1, 2, np.nan]})
    groups = groups_of(frame, split)
    assert [pieces(group) for group in groups] == [(None, 1), ("", 2), ("PT", None)]
    assert groups.nunique() == 3


def test_groups_are_found_by_what_a_mart_can_tell_apart():
    split = Split((Part("country"), Part("month")))
    groups = groups_of(pd.DataFrame({"country": ["PT", "GB"], "month": [dt.date(2025, 3, 1)] * 2}), split).to_numpy()
    by_month = seen_by(groups, split, (split.parts[1],))
    assert by_month[0] == by_month[1] == groups_of(pd.DataFrame({"month": [dt.date(2025, 3, 1)]}), split).iloc[0]
    assert without(groups, split, "country").tolist() == by_month.tolist()
    assert without(groups, split, "channel") is None


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_no_dimension_has_the_name_of_another_ones_others(dimension):
    assert f"{dimension}_kept" not in DIMENSIONS
