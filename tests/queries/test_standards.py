"""Standards beside what guests say: counted by hand at a house with a dirty corner and one that is quieter."""
import datetime as dt
import math

import pytest

from crm_core import queries
from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.scope import Period, Scope
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, Hotel

LIS, ADD = 1, 2
BOTH = Scope("local", (LIS, ADD), Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1)), AS_OF)
ITEMS = (("R1", "cleanliness", "", ""), ("R2", "food", "", ""), ("R3", "wifi", "", ""), ("D1", "", "noise", ""), ("D2", "", "", "spa"), ("X", "", "", ""))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """Thirty stays a house in March. Of Lisbon's thirty reviews ten praise how clean it is and twenty blame it, all praise the food twice, and all but
    one blame the Wi-Fi; fifteen guests complain about noise. Addis has one complaint about the spa."""
    settings = settings_.at(tmp_path_factory.mktemp("standards"))
    hotel = Hotel(record.open_store(settings)).open()
    for at in ("LIS", "ADD"):
        hotel.property(at, 10)
    opened = "2025-03-10T10:00:00+00:00"
    for i in range(30):
        stay = hotel.stay("LIS", f"2025-03-{1 + i % 20:02d}", 1, 100)
        other = hotel.stay("ADD", f"2025-03-{1 + i % 20:02d}", 1, 100)
        wifi = [("wifi", "negative")] if i else []
        hotel.scored(hotel.review(stay, 7.0, kind="review", reviewed_on="2025-03-25", text="Said", language="en"), "positive", .5,
                     ("cleanliness", "positive" if i < 10 else "negative"), ("food", "positive"), ("food", "positive"), *wifi)
        if i < 15:
            hotel.case(stay, "noise", opened_at=opened, department="front_desk")
    hotel.case(other, "other", opened_at=opened, department="spa")
    standard, weights = hotel.standard(), {"R1": 2, "D1": 1}
    for on, rooms, desk in (("2024-03-01", "not_met", "met"), ("2025-03-01", "partly", "met"), ("2025-03-31", "met", "not_assessed")):
        hotel.assessment("LIS", standard, on, {"R1": rooms, "D1": desk}, weights=weights)
    refresh(settings)
    hotel.store.engine.dispose()
    return warehouses.current(settings)


@pytest.fixture(scope="module")
def evidence(house):
    """What the guests of both houses say, by property and item."""
    return queries.run(house, BOTH, "guest_evidence", items=ITEMS).set_index(["property_id", "item"])


def test_an_aspect_that_guests_like_less_than_the_rest_contradicts_the_tick(evidence):
    """Clean: 10 of 30; over all aspects 70 of 119."""
    found = evidence.loc[(LIS, "R1")]
    assert found[["aspect_n", "house_n"]].tolist() == [30, 119]
    assert found[["aspect_share", "aspect_low", "aspect_high", "house_share"]].tolist() == pytest.approx([1 / 3, .1923, .5122, 70 / 119], abs=1e-4)
    assert found[["aspect_contradicts", "contradicted"]].tolist() == [True, True]
    assert not evidence.loc[(LIS, "R2"), "contradicted"]


def test_twenty_nine_mentions_are_too_few_to_contradict_anybody(evidence):
    found = evidence.loc[(LIS, "R3")]
    assert found[["aspect_n", "aspect_share"]].tolist() == [29, 0]
    assert not found["contradicted"]


def test_more_complaints_than_all_houses_have_contradict_the_tick(evidence):
    """Noise: 15 of 30 stays at Lisbon, none at Addis."""
    loud, quiet = evidence.loc[(LIS, "D1")], evidence.loc[(ADD, "D1")]
    assert loud[["cases", "stays", "per_100", "all_per_100"]].tolist() == [15, 30, 50, 25]
    assert loud[["per_100_low", "per_100_high"]].tolist() == pytest.approx([33.15, 66.85], abs=.01)
    assert loud["cases_contradict"] and not quiet["cases_contradict"]
    assert evidence.loc[(ADD, "D2"), ["cases", "contradicted"]].tolist() == [1, False]  # one complaint is within chance


def test_an_item_without_evidence_is_not_told_and_a_house_alone_has_no_others_to_stand_beside(house, evidence):
    assert "X" not in evidence.index.get_level_values("item")
    alone = queries.run(house, Scope("local", (LIS,), BOTH.period, AS_OF), "guest_evidence", items=ITEMS).set_index("item")
    assert math.isnan(alone.at["D1", "all_per_100"])
    assert not alone.at["D1", "contradicted"]
    assert alone.at["R1", "contradicted"]


def test_scores_move_from_assessment_to_assessment_section_by_section(house):
    """The rooms weigh twice: 1 of 3, then 2 of 3; the last one left a third out and has no score."""
    found = queries.run(house, BOTH, "standards_trend")
    whole, rooms = found[found["section"] == ""], found[found["section"] == "r"]
    assert whole["assessed_on"].tolist() == [dt.date(2024, 3, 1), dt.date(2025, 3, 1), dt.date(2025, 3, 31)]
    assert whole["score"].tolist() == pytest.approx([1 / 3, 2 / 3, math.nan], nan_ok=True)
    assert rooms["score"].tolist() == pytest.approx([0, .5, math.nan], nan_ok=True)
    assert whole["unassessed"].tolist() == pytest.approx([0, 0, 1 / 3])
    assert whole["is_latest"].tolist() == [0, 0, 1]
    assert len(found) == 9
