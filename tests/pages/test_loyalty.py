"""The programme's life and its tiers: a choice changes what is drawn, a way opens to its members, and a list is kept as an audience."""
import datetime as dt
import json
import shutil

import duckdb
import pytest

from crm_core import jobs, settings
from crm_core.records.audiences import audience_members, audiences
from crm_core.refresh import refresh
from crm_core.store import record
from crm_core.ui import tiers
from tests import club
from tests.club import ADD, ANA, BEN, CORA, EVE, LIS
from tests.pages.test_retention import choose, drawn, metrics, texts, titles
from tests.pages.visiting import Visits, everything, fine

# Member: tier, from, until before; accounts as tests/club.py numbers them.
SPELLS = [
    (ANA, LIS, "Silver", "2024-01-01", "2024-10-01"), (ANA, LIS, "Gold", "2024-10-01", None), (BEN, LIS, "Base", "2025-03-18", None),
    (CORA, LIS, "Silver", "2023-05-01", "2025-03-21"), (CORA, LIS, "Base", "2025-03-21", None), (EVE, LIS, "Base", "2023-05-01", None),
    (10, ADD, "Base", "2023-02-01", "2024-12-31"),
]  # fmt: skip
STANDINGS = {
    BEN: "next_tier = 'Silver', measure = 'nights', has = 4, wants = 5, missing = 1, reach_ppm = 800000, spend_12m = 24000",
    CORA: "next_tier = 'Silver', measure = 'stays', has = 3, wants = 5, missing = 2, reach_ppm = 600000, spend_12m = 10000",
    ANA: "measure = 'nights', has = 13, falls_to = 'Silver', falls_on = DATE '2025-05-14', keeps_with = 2, spend_12m = 40000",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Settings of the house of tests/club.py, with tiers written by hand; nobody changes it."""
    made = settings.at(tmp_path_factory.mktemp("club_pages"))
    opened = record.open_store(made)
    club.house(opened)
    refresh(made)
    opened.engine.dispose()
    with duckdb.connect(str(next(made.warehouse.glob("*.duckdb")))) as duck:
        club.settle(duck)
        for guest, place, tier, from_on, until_on in SPELLS:
            club.put(duck, "tiers", membership_id=guest, guest_id=guest, property_id=place, programme_id=1, tier=tier, tier_rank=club.RANKS[tier],
                     from_on=from_on, until_on=until_on, why="qualified")  # fmt: skip
        for guest, said in STANDINGS.items():
            duck.execute(f"UPDATE mart_members SET {said} WHERE guest_id = {guest}")
    return made


@pytest.fixture
def members(monkeypatch, house) -> Visits:
    """Visits to the house with members."""
    return Visits(monkeypatch, house)


# --- the programme's life -----------------------------------------------------------------------------------------------
def test_who_joins_is_told_by_source_and_by_property(members):
    at = fine(members.open("loyalty"))
    assert titles(at)[0] == "4 members joined within 12 months, about as many as in the 12 before"  # one, which may be chance
    by_source = texts(drawn(at, "joins"))
    assert "Own website" in by_source
    assert "Front desk" in by_source
    by_place = texts(drawn(choose(at, "joins_by", "property"), "joins"))
    assert "Own website" not in by_place
    assert "Lis" in by_place


def test_tiers_are_drawn_lowest_first_and_the_lowest_can_be_left_out(members):
    """In March: Ben, Cora and Eve are in the lowest tier, Ana in the highest."""
    at = fine(members.open("loyalty"))
    layers = drawn(at, "mix")
    assert [trace["y"][-1] for trace in layers["data"]] == [3, 0, 1]
    assert titles(at)[1] == "25% of members stand above Base, about as many as a year ago"
    upper = drawn(choose(at, "mix_of", "upper"), "mix")
    assert [trace["y"][-1] for trace in upper["data"]] == [0, 1]
    assert "The programme has no rules" in everything(at)


def test_the_share_of_nights_and_of_revenue_are_two_figures(members):
    """Four of the thirteen nights of March, and €360 of €1,100."""
    at = fine(members.open("loyalty"))
    assert drawn(at, "shares_nights")["data"][0]["y"][-1] == pytest.approx(4 / 13)
    assert drawn(choose(at, "share_of", "revenue"), "shares_revenue")["data"][0]["y"][-1] == pytest.approx(360 / 1100)
    assert "6 of 17 nights in 12 months" in everything(at).replace("\\", "")


def test_new_members_of_a_quarter_that_is_too_young_are_blank(members):
    at = fine(members.open("loyalty"))
    assert drawn(at, "early")["data"][0]["y"] == [0, 1, 1, None]
    assert "the last end on 30 Jun 2025" in everything(at).replace("\\", "")


def test_a_property_narrows_the_members(members):
    at = fine(members.open("loyalty"))
    assert metrics(at)["Members"] == "5"
    at.multiselect(key="properties").select("Add")
    assert metrics(fine(at.run()))["Members"] == "1"


# --- tiers --------------------------------------------------------------------------------------------------------------
def test_two_days_that_are_chosen_change_who_moved(members):
    """From 1 April 2024 Ana rose, Cora fell, Eve kept hers and Juan left; from 1 November only Cora and Juan moved."""
    at = fine(members.open("tiers"))
    text = everything(at).replace("\\", "")
    assert [text.count(said) for said in ("1 of 4", "2 of 4")] == [4, 0]
    at.date_input(key="tiers_from").set_value(dt.date(2024, 11, 1))
    text = everything(fine(at.run())).replace("\\", "")
    assert [text.count(said) for said in ("1 of 4", "2 of 4", "0 of 4")] == [2, 1, 1]


def test_a_link_opens_with_its_two_days_and_one_that_is_none_with_the_usual_ones(members):
    at = fine(members.open("tiers", tiers_from="2024-11-01"))
    assert at.date_input(key="tiers_from").value == dt.date(2024, 11, 1)
    assert "0 of 4" in everything(at)
    for strange in ("nonsense", "9999-12-31"):
        fine(members.open("tiers", tiers_from=strange, tiers_to=strange))


def test_before_the_first_member_nobody_can_have_moved(members):
    at = fine(members.open("tiers", tiers_from="2022-01-01"))
    assert "No account was open on 1 Jan 2022." in everything(at).replace("\\", "")


def test_a_way_opens_to_its_members(monkeypatch, members):
    """The ways from the lowest tier on come first: Base to Base, to Silver, to Gold, closed; then Silver to Base."""
    monkeypatch.setattr(tiers, "selectable_chart", lambda *_, **__: "4")
    at = fine(members.open("tiers"))
    assert at.dataframe[0].value.to_numpy().tolist() == [["Cora Silva", "Lis", "21 Mar 2025"]]
    assert "Silver → Base" in everything(at)


def test_members_near_the_next_tier_and_about_to_lose_theirs_are_listed_with_what_is_missing(members):
    at = fine(members.open("tiers"))
    near, losing = (table.value for table in at.dataframe[:2])
    assert near[["Guest", "Tier", "Next tier", "Missing", "Has"]].to_numpy().tolist() == [
        ["Ben Silva", "Base", "Silver", "1 night", "4 of 5"], ["Cora Silva", "Base", "Silver", "2 stays", "3 of 5"]]
    assert losing[["Guest", "Falls to", "Ends on", "Missing", "Has", "Spend, 12 months"]].to_numpy().tolist() == [
        ["Ana Silva", "Silver", "14 May 2025", "2 nights", "–", "€400"]]  # no rules say of how many
    assert {"2 members are within reach of the next tier", "1 member loses a tier within 90 days"} <= set(titles(at))


def test_without_the_right_to_contacts_no_list_bears_a_name(members):
    at = fine(members.as_("group").open("tiers"))
    assert "Silva" not in everything(at)
    assert at.dataframe[0].value["Guest"].tolist() == ["Guest 2", "Guest 3"]


@pytest.mark.parametrize(("kind", "guests"), [("tier_rise", [BEN, CORA]), ("tier_keep", [ANA])])
def test_a_list_is_kept_as_an_audience_with_a_part_held_out(monkeypatch, tmp_path, house, kind, guests):
    shutil.copytree(house.home, tmp_path / "home")
    visits = Visits(monkeypatch, settings.at(tmp_path / "home"))
    monkeypatch.setattr(jobs, "start_refresh", lambda _settings: None)
    at = fine(visits.open("tiers"))
    at.text_input(key=f"{kind}_name").set_value("Spring")
    at.slider(key=f"{kind}_held").set_value(50)
    fine(at.button(key=f"{kind}_save").click().run())
    store = record.open_store(visits.settings)
    (made,) = audiences(store, club.view())
    assert (made["name"], made["kind"], json.loads(json.dumps(made["definition"]))) == ("Spring", kind, {"list": kind, "ticked": False})
    assert made["held_out"] == 1
    assert [guest for guest, _ in audience_members(store, club.view(), id=made["id"])] == guests


def test_a_role_that_saves_no_audiences_has_no_button_for_it(members):
    assert not [b for b in fine(members.as_("trainer").open("tiers")).button if b.key == "tier_rise_save"]


def test_without_members_both_pages_say_where_members_come_from(monkeypatch, lisbon):
    visits = Visits(monkeypatch, lisbon)
    for page in ("loyalty", "tiers"):
        assert titles(fine(visits.open(page))) == ["There is no loyalty programme yet"]


def test_a_property_without_members_offers_to_clear_the_filters(monkeypatch, tmp_path, house):
    shutil.copytree(house.home, tmp_path / "home")
    made = settings.at(tmp_path / "home")
    with duckdb.connect(str(next(made.warehouse.glob("*.duckdb")))) as duck:
        duck.execute("DELETE FROM mart_members")
    at = fine(Visits(monkeypatch, made).open("loyalty"))
    assert titles(at) == ["No members in this view"]
    assert "Clear the filters" in [b.label for b in at.button]
