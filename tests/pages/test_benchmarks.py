"""Benchmarks: the house beside a set, what it would give line by line, and a pool of what several gave."""
import datetime as dt
import json
from dataclasses import replace

import pytest

from crm_core.association import benchmarks as association
from crm_core.association import packs
from crm_core.association.benchmarks import Benchmark, Line, Pooled
from crm_core.records.benchmarks import benchmark_list, keep_pooled
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.hotel import AS_OF
from tests.pages.visiting import Visits, copied, everything, fine

WHOLE = Scope("local", (1, 2), default_period(AS_OF), AS_OF, user="ana", chain=(1, 2))
MARCH, APRIL = dt.date(2025, 3, 1), dt.date(2025, 4, 1)
SET = Benchmark("Lantern", "adr", MARCH, APRIL, "EUR", 8000, 7000, 9000, 7500, 8500, 6, 5000, 3000, "Lantern, 2025-04-01", "pooled")


@pytest.fixture
def visits(monkeypatch, lisbon_to_change) -> Visits:
    """Visits to Lisbon and Addis, which a test may change."""
    return Visits(monkeypatch, lisbon_to_change)


def store(visits: Visits):
    return record.open_store(visits.settings)


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def text(at) -> str:
    return everything(at).replace("\\", "")


def listed(at, column: str):
    """Return the first table of a page that has a column."""
    return next(table.value for table in at.dataframe if column in table.value)


def kept(visits: Visits, *figures: Benchmark) -> None:
    keep_pooled(store(visits), WHOLE, found=Pooled(figures, ()))


def contributions(hotels: int, key: str = "direct_share_nights") -> list[tuple[str, bytes, str]]:
    """The files of so many hotels, of which the n-th sells n of 10 nights directly."""
    given = [association.contribution([Line(key, "share", n, 10, 10, 50)], code=f"{n:016x}", from_on=MARCH, to_on=APRIL, currency="EUR")[0]
             for n in range(1, hotels + 1)]
    return [(f"hotel {n}.json", association.dumps(one).encode(), "application/json") for n, one in enumerate(given, 1)]


def dropped(visits: Visits, files, name: str = "Our members"):
    at = fine(visits.open("benchmarks"))
    at.file_uploader[0].set_value(files)
    at.text_input(key=f"pool_name_{at.session_state['pool_turn']}").set_value(name)
    return fine(at.run())


# --- beside others ---------------------------------------------------------------------------------------------------------
def test_without_a_set_the_page_says_where_one_comes_from_and_shows_the_trade(visits):
    at = fine(visits.open("benchmarks"))
    assert titles(at)[0] == "No set of hotels yet"
    table = listed(at, "Typical")
    assert {"30 %", "6–15 %"} <= set(table["Typical"])
    assert {"strong", "weak", "assumption"} == {one for [one] in table["Strength"]}
    at.segmented_control(key="reference_show").set_value("all")
    assert len(listed(fine(at.run()), "Typical")) == 51 > len(table)


def test_a_house_moves_beside_the_set(visits):
    kept(visits, SET, replace(SET, figure="nps", currency="", value=40, low=30, high=50, lower_quartile=35, upper_quartile=45))
    at = fine(visits.open("benchmarks"))
    both = listed(at, "Index").set_index("Figure")
    assert both.at["Net Promoter Score®", "Index"] == "–"
    assert "Net Promoter Score®: no index of a figure that can be less than nothing" in text(at)
    at.multiselect(key="properties").select("Lisbon")
    alone = listed(fine(at.run()), "Index").set_index("Figure")
    assert [one.at["Average daily rate", "Ours"] for one in (both, alone)] == ["€105.56", "€107.14"]  # 950 over 9 nights, 750 over 7
    assert [one.at["Average daily rate", "Index"] for one in (both, alone)] == ["132 (117–151)", "134 (119–153)"]
    assert titles(at)[0] == "Average daily rate is farthest above the set: index 134"


def test_of_four_pooled_hotels_ours_may_be_one_and_no_index_is_told(visits):
    kept(visits, replace(SET, hotels=4))
    at = fine(visits.open("benchmarks"))
    assert listed(at, "Index")["Index"].tolist() == ["–"]
    assert "Average daily rate: no index: our house may be one of the 4, and 4 others are needed" in text(at)
    assert "An index therefore needs 5 hotels: ours and 4 others." in text(at)
    assert titles(at)[0] == "No figure of this set can be made an index"


def test_a_set_of_days_to_come_stands_beside_the_same_days_of_a_year_that_is_over(visits):
    kept(visits, replace(SET, from_on=dt.date(2026, 3, 1), to_on=dt.date(2026, 4, 1)))
    at = fine(visits.open("benchmarks"))
    assert "The days of the set are not over here. Beside it stand ours of 1–31 Mar 2025." in text(at)
    assert listed(at, "Index")["Ours"].tolist() == ["€105.56"]


def test_a_figure_that_this_program_does_not_know_is_named(visits):
    kept(visits, SET, replace(SET, figure="of_a_later_program"))
    assert "This program knows no figure named of_a_later_program." in text(fine(visits.open("benchmarks", set="gone|2025-03-01")))


def test_a_set_is_handed_on_as_a_pack_and_taken_out(visits):
    kept(visits, SET)
    at = fine(visits.open("benchmarks"))
    at.text_input(key="set_author").set_value("Our association")
    at = fine(fine(at.run()).button(key="set_pack").click().run())
    [found] = packs.read(at.session_state["set_file"][1]).benchmarks
    assert (found.set_name, found.value, found.hotels) == ("Lantern", 8000, 6)
    assert "Save the pack" in text(at)
    at = fine(at.button(key="set_remove").click().run())
    assert titles(at)[0] == "No set of hotels yet"


def test_the_pack_of_one_set_is_not_offered_as_that_of_another(visits):
    kept(visits, SET)
    kept(visits, replace(SET, set_name="Harbour"))
    at = fine(visits.open("benchmarks", set="Lantern|2025-03-01"))
    at.text_input(key="set_author").set_value("Our association")
    at = fine(fine(at.run()).button(key="set_pack").click().run())
    at.selectbox(key="choose_set").set_value("Harbour|2025-03-01")
    assert "Save the pack" not in text(fine(at.run()))


# --- giving ----------------------------------------------------------------------------------------------------------------
@pytest.fixture
def giving(monkeypatch, houses, tmp_path) -> Visits:
    """Visits to a copy of two houses, each with eight guests of two nights for €100 in March."""
    return Visits(monkeypatch, copied(houses, tmp_path))


def looked_at(visits: Visits, *keys: str):
    at = fine(visits.open("benchmarks"))
    at.selectbox(key="give_days").set_value("above")
    at.multiselect(key="give_keys").set_value(list(keys))
    return fine(fine(at.run()).button(key="give_look").click().run())


def test_every_line_is_seen_and_agreed_to_before_the_file_is_made(giving):
    files = giving.downloads()
    at = looked_at(giving, "adr", "survey_response_rate")
    assert "1 line would leave the house, 1 stay here" in text(at)
    assert listed(at, "Numerator").values.tolist() == [["Average daily rate", "€50.00", "80,000", "16", "EUR / 100", "16", "8"]]
    assert "Survey response stays here: fewer than 5 guests stand behind it" in text(at)
    said = json.loads(next(content for content in files if content[:1] == b"{"))
    assert said["lines"] == [{"key": "adr", "unit": "money", "numerator": 80_000, "denominator": 16, "n": 16, "guests": 8}]
    assert set(said) == {"format", "version", "code", "from_on", "to_on", "currency", "lines"}
    assert not any(token in json.dumps(said) for token in ("Kolibri", "Zeisig"))


def test_nothing_can_be_saved_before_it_is_agreed_to_and_another_choice_is_looked_at_anew(giving):
    at = looked_at(giving, "adr")
    (box,) = (one for one in at.checkbox if one.key.startswith("give_agreed"))
    assert [one.disabled for one in at.get("download_button") if one.proto.label == "Make the file"] == [True]
    at = fine(box.check().run())
    assert [one.disabled for one in at.get("download_button") if one.proto.label == "Make the file"] == [False]
    at.selectbox(key="give_house").set_value((1, 2))
    at = fine(at.run())
    assert "Nothing leaves before you have seen it line by line and said so." in text(at)
    at = fine(at.button(key="give_look").click().run())
    assert listed(at, "Numerator")["Numerator"].tolist() == ["160,000"]
    assert [one.value for one in at.checkbox if one.key.startswith("give_agreed")] == [False]


def test_of_fewer_than_five_guests_nothing_leaves(visits):
    at = looked_at(visits, "adr", "occupancy")
    assert "0 lines would leave the house, 2 stay here" in text(at)
    assert not [one for one in at.checkbox if one.key.startswith("give_agreed")]


# --- the pool --------------------------------------------------------------------------------------------------------------
def test_what_members_gave_is_pooled_kept_and_stands_in_the_list(visits):
    at = dropped(visits, contributions(4))
    assert "1 figure was pooled" in text(at)
    assert listed(at, "Pooled").values.tolist() == [["Direct share", "25.0%", "4.5% to 45.5%", "4", "40", "25%"]]
    at = fine(at.button(key="pool_keep").click().run())
    assert [(row["set_name"], row["value"], row["hotels"]) for row in benchmark_list(store(visits), WHOLE)] == [("Our members", .25, 4)]
    assert "1 figure is kept" in text(at)
    assert len(at.file_uploader[0].value or []) == 0


def test_too_few_hotels_and_broken_files_are_told_in_words_and_nothing_is_pooled(visits):
    at = dropped(visits, [*contributions(3), ("notes.json", b"{}", "application/json")])
    assert "Nothing was pooled. This is wrong:" in text(at)
    assert "notes.json: this is no contribution to a benchmark." in text(at)
    at = dropped(visits, contributions(3))
    assert "3 hotels give it, and at least 4 are needed" in text(at)
    assert not [button for button in at.button if button.key == "pool_keep"]


def test_a_figure_that_three_of_five_gave_is_refused_and_the_others_are_pooled(visits):
    files = contributions(5)
    said = [json.loads(content) for _, content, _ in files[:3]]
    more = [one | {"lines": [*one["lines"], one["lines"][0] | {"key": "occupancy"}]} for one in said]
    at = dropped(visits, [(name, json.dumps(one).encode(), kind) for one, (name, _, kind) in zip(more, files[:3], strict=True)] + files[3:])
    assert "1 figure was pooled, 1 refused" in text(at)
    assert "Occupancy: 3 hotels give it, and at least 4 are needed" in text(at)


def test_a_second_pool_of_the_same_days_takes_the_first_ones_place_only_when_confirmed(visits):
    fine(dropped(visits, contributions(4)).button(key="pool_keep").click().run())
    at = fine(dropped(visits, contributions(5)).button(key="pool_keep").click().run())
    assert "From two pools of one period that differ by a hotel its figures can be told" in text(at)
    assert at.button(key="pool_keep").disabled
    at = fine(at.checkbox(key="pool_agreed").check().run())
    fine(at.button(key="pool_keep").click().run())
    assert [row["hotels"] for row in benchmark_list(store(visits), WHOLE)] == [5]


def test_who_shares_nothing_sees_no_way_to_give_or_pool(visits):
    kept(visits, SET)
    at = fine(visits.as_("group").open("benchmarks"))
    assert titles(at)[0].startswith("Average daily rate")
    assert at.file_uploader.len == 0
    assert not [button for button in at.button if button.key.startswith(("give", "set", "pool"))]
