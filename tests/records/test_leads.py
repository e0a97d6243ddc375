"""Leads are found, taken down, moved and moved back; two people who work on one lead never overwrite each other."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core import schema, settings
from crm_core.records import leads, pipeline
from crm_core.records.registry import Refused, Stale
from crm_core.scope import NotAllowed
from crm_core.store.record import open_store
from tests.hotel import lisbon_and_addis

LIS, ADD, ANA = 1, 2, 1


def _asked(filled):
    """Six leads: four at Lisbon (enquiry, overdue offer, won, lost), two at Addis."""
    filled.lead("LIS", "2025-03-20T10:00", name="Mira Keller", email="mira@example.com", via="phone", owner="ana", due_on=dt.date(2025, 4, 3))
    filled.lead("LIS", "2025-03-01T10:00", ("qualified", "2025-03-02T10:00"), ("offer", "2025-03-04T10:00"), name="Tomas Weber",
                company="Weber & Co", kind="meeting", value_minor=900_000, owner="ben", due_on=dt.date(2025, 3, 25))
    filled.lead("LIS", "2025-02-01T10:00", ("won", "2025-03-10T10:00"), name="Ana Silva", guest_id=ANA, value_minor=None)
    filled.lead("LIS", "2025-01-01T10:00", ("lost", "2025-01-10T10:00"), name="Ravi Perera", lost_reason="price", value_minor=10_000)
    filled.lead("ADD", "2025-03-22T10:00", name="Lia Novak", currency="ETB", value_minor=2_000_000)
    filled.lead("ADD", "2025-03-23T10:00", name="Sara 100% _x", currency="ETB", value_minor=None, due_on=dt.date(2025, 3, 31))
    return filled


@pytest.fixture
def asked(small):
    """The same in a store that the test may change."""
    return _asked(small)


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """The same for all tests that only read."""
    opened = open_store(settings.at(tmp_path_factory.mktemp("asked")))
    yield _asked(lisbon_and_addis(opened))
    opened.engine.dispose()


def names(hotel, scope, **chosen) -> list[str]:
    return [row["name"] for row in leads.leads(hotel.store, scope, **chosen)]


# --- found ------------------------------------------------------------------------------------------------------------
def test_what_is_due_first_comes_first_and_what_has_no_date_last(read, view):
    assert names(read, view(), stages=leads.OPEN) == ["Tomas Weber", "Sara 100% _x", "Mira Keller", "Lia Novak"]


@pytest.mark.parametrize(("chosen", "found"), [
    ({"owner": "ana"}, ["Mira Keller"]), ({"owner": ""}, ["Sara 100% _x", "Lia Novak", "Ana Silva", "Ravi Perera"]),
    ({"via": "phone"}, ["Mira Keller"]), ({"kind": "meeting"}, ["Tomas Weber"]),
    ({"due": "overdue"}, ["Tomas Weber", "Sara 100% _x"]), ({"due": "week"}, ["Mira Keller"]), ({"due": "none"}, ["Lia Novak"]),
    ({"text": "weber & c"}, ["Tomas Weber"]), ({"text": "MIRA@"}, ["Mira Keller"]), ({"text": "100%"}, ["Sara 100% _x"]), ({"text": "_"}, ["Sara 100% _x"]),
    ({"stages": ("won", "lost"), "closed_from": dt.date(2025, 3, 1)}, ["Ana Silva"]),
    ({"sort": "value", "limit": 2}, ["Lia Novak", "Tomas Weber"]),
])  # fmt: skip
def test_leads_are_chosen(read, view, chosen, found):
    assert names(read, view(), **chosen) == found


def test_nobody_sees_the_leads_of_another_property(read, view):
    assert names(read, view(ADD)) == ["Sara 100% _x", "Lia Novak"]
    assert leads.lead_card(read.store, view(ADD), id=1) is None
    assert leads.lead_owners(read.store, view(ADD)) == []
    assert leads.lead_owners(read.store, view()) == ["ana", "ben"]
    assert leads.lead_names(read.store, view(LIS), ids=(1, 5)) == {1: "Mira Keller"}


def test_stages_add_up_in_the_reporting_currency(read, view):
    """Lisbon's enquiry of €500 and Addis's of ETB 20,000, which is €200; the second one of Addis has no value."""
    found = leads.lead_totals(read.store, view())
    assert found["enquiry"] == {"leads": 3, "value": 70_000.0, "overdue": 1, "no_step": 1}
    assert found["offer"] == {"leads": 1, "value": 900_000.0, "overdue": 1, "no_step": 0}
    assert [found[stage]["leads"] for stage in ("qualified", "won", "lost")] == [0, 1, 1]


def test_a_currency_without_a_rate_blanks_the_sum_of_its_stage_only(asked, view):
    asked.lead("LIS", "2025-03-20T10:00", name="Kim", currency="JPY", value_minor=70_000)
    found = leads.lead_totals(asked.store, view())
    assert found["enquiry"]["value"] is None
    assert found["offer"]["value"] == 900_000.0


def test_a_card_holds_steps_words_and_the_guest(asked, view):
    asked.said("LIS", "2025-02-01T10:00", "in", lead_id=3, subject="A room")
    asked.said("LIS", "2025-02-01T12:00", "out", lead_id=3)
    card = leads.lead_card(asked.store, view(), id=3)
    assert [step["stage"] for step in card["steps"]] == ["won", "enquiry"]
    assert [(word["direction"], word["subject"]) for word in card["said"]] == [("out", None), ("in", "A room")]
    assert (card["guest"]["name"], card["booking"]) == ("Ana Silva", None)


def test_bookings_that_may_have_come_of_a_lead_are_its_guests_own_and_later(read, view):
    """Ana booked L2 on 1 February, the day she asked, and L8 after it; Addis is another property."""
    assert [row["external_id"] for row in leads.lead_bookings(read.store, view(), id=3)] == ["L8", "L2"]
    assert leads.lead_bookings(read.store, view(ADD), id=3) == []


# --- taken down -------------------------------------------------------------------------------------------------------
def test_an_enquiry_is_taken_down_with_its_first_step(small, view):
    made = pipeline.add_lead(small.store, view(user="carla"), property_id=ADD, values={
        "name": " Mira ", "email": "mira@example.com", "via": "phone", "nights": 2, "arrival_on": dt.date(2025, 5, 1), "company": ""})
    card = leads.lead_card(small.store, view(), id=made)
    assert [card[c] for c in ("name", "company", "via", "kind", "stage", "currency", "source", "version", "owner")] == [
        "Mira", None, "phone", "room", "enquiry", "ETB", "hand", 1, ""]
    assert [(step["stage"], step["actor"]) for step in card["steps"]] == [("enquiry", "carla")]


@pytest.mark.parametrize("values", [
    {}, {"name": "  "}, {"note": "no name"}, {"name": "A", "email": "no address"}, {"name": "A", "email": "a@"}, {"name": "A", "nights": -1},
    {"name": "A", "value_minor": 10**13}, {"name": "A", "kind": "party"}, {"name": "A", "via": "pigeon"}, {"name": "x" * 201},
    {"name": "A", "note": "x" * 4001}, {"name": "A", "stage": "won"}, {"name": "A", "property_id": 2},
])  # fmt: skip
def test_what_cannot_be_is_refused_with_a_reason(read, view, values):
    with pytest.raises(Refused):
        pipeline.add_lead(read.store, view(), property_id=LIS, values=values)
    assert len(leads.leads(read.store, view())) == 6


def test_an_enquiry_for_another_property_is_refused(read, view):
    with pytest.raises(Refused, match="property"):
        pipeline.add_lead(read.store, view(LIS), property_id=ADD, values={"name": "Mira"})


# --- moved ------------------------------------------------------------------------------------------------------------
def stage(hotel, scope, id: int) -> tuple:
    card = leads.lead_card(hotel.store, scope, id=id)
    return card["stage"], card["closed_at"] is not None, card["lost_reason"], card["stay_id"], [s["stage"] for s in reversed(card["steps"])]


def test_a_lead_walks_to_won_with_its_booking(asked, view):
    assert pipeline.move_lead(asked.store, view(), id=1, version=1, stage="offer") == 2
    assert pipeline.move_lead(asked.store, view(), id=1, version=2, stage="won", confirmation=" L2 ") == 3
    assert stage(asked, view(), 1) == ("won", True, "", 2, ["enquiry", "offer", "won"])


def test_the_same_on_each_engine(filled, view):
    made = pipeline.add_lead(filled.store, view(), property_id=LIS, values={"name": "Mira", "value_minor": 10_000, "due_on": dt.date(2025, 3, 1)})
    pipeline.move_lead(filled.store, view(), id=made, version=1, stage="lost", reason="price")
    pipeline.undo_move(filled.store, view(), id=made, version=2)
    assert names(filled, view(), text="MIRA", due="overdue") == ["Mira"]
    assert leads.lead_totals(filled.store, view())["enquiry"] == {"leads": 1, "value": 10_000.0, "overdue": 1, "no_step": 0}
    assert leads.lead_bookings(filled.store, view(), id=made) == []


def test_a_move_is_taken_back_and_stays_in_the_history(asked, view):
    pipeline.move_lead(asked.store, view(), id=2, version=1, stage="lost", reason="price")
    assert stage(asked, view(), 2)[:3] == ("lost", True, "price")
    assert pipeline.undo_move(asked.store, view(), id=2, version=2) == 3
    assert stage(asked, view(), 2) == ("offer", False, "", None, ["enquiry", "qualified", "offer", "lost", "offer"])


def test_a_reopened_lead_is_closed_again_as_it_was(asked, view):
    before = leads.lead_card(asked.store, view(), id=3)["closed_at"]
    pipeline.move_lead(asked.store, view(), id=3, version=1, stage="offer")
    pipeline.undo_move(asked.store, view(), id=3, version=2)
    assert leads.lead_card(asked.store, view(), id=3)["closed_at"] == before


@pytest.mark.parametrize("move", [
    {"stage": "enquiry"}, {"stage": "sold"}, {"stage": "lost"}, {"stage": "lost", "reason": "weather"},
    {"stage": "won", "confirmation": "NOPE"}, {"stage": "won", "confirmation": "A1"}, {"stage": "won", "stay_id": 5},
])  # fmt: skip
def test_a_move_that_cannot_be_is_refused_and_changes_nothing(read, view, move):
    """A1, reservation 5, is of Addis; the lead is of Lisbon."""
    with pytest.raises(Refused):
        pipeline.move_lead(read.store, view(), id=1, version=1, **move)
    assert stage(read, view(), 1) == ("enquiry", False, "", None, ["enquiry"])


def test_without_a_move_there_is_nothing_to_take_back(asked, view):
    with pytest.raises(Refused, match="no move"):
        pipeline.undo_move(asked.store, view(), id=1, version=1)


CHANGES = (
    lambda store, scope: pipeline.move_lead(store, scope, id=1, version=1, stage="offer"),
    lambda store, scope: pipeline.edit_lead(store, scope, id=1, version=1, values={"name": "Other"}),
    lambda store, scope: pipeline.assign_lead(store, scope, id=1, version=1, owner="ben"),
    lambda store, scope: pipeline.plan_lead(store, scope, id=1, version=1, next_step="Call", due_on=None),
    lambda store, scope: pipeline.link_lead(store, scope, id=1, version=1, person=ANA),
)


def test_the_second_of_two_people_is_told(asked, view):
    pipeline.plan_lead(asked.store, view(), id=1, version=1, next_step="Send the offer", due_on=dt.date(2025, 4, 4))
    for change in CHANGES:
        with pytest.raises(Stale) as told:
            change(asked.store, view())
        assert (told.value.current["next_step"], told.value.current["version"]) == ("Send the offer", 2)


def test_a_plan_an_owner_and_a_guest_are_kept(asked, view):
    pipeline.plan_lead(asked.store, view(), id=1, version=1, next_step=" Call back ", due_on=dt.date(2025, 4, 9))
    pipeline.assign_lead(asked.store, view(), id=1, version=2, owner="ben")
    pipeline.link_lead(asked.store, view(), id=1, version=3, person=ANA)
    card = leads.lead_card(asked.store, view(), id=1)
    assert (card["next_step"], card["due_on"], card["owner"], card["guest"]["id"]) == ("Call back", dt.date(2025, 4, 9), "ben", ANA)
    pipeline.link_lead(asked.store, view(), id=1, version=4, person=None)
    assert leads.lead_card(asked.store, view(), id=1)["guest"] is None


def test_a_guest_one_cannot_see_is_not_linked(asked, view):
    with pytest.raises(Refused, match="guest"):
        pipeline.link_lead(asked.store, view(ADD), id=5, version=1, person=2)


def test_a_correction_that_leaves_nobody_to_reach_is_refused(asked, view):
    assert pipeline.edit_lead(asked.store, view(), id=5, version=1, values={"name": "", "phone": "+351 1"}) == 2
    with pytest.raises(Refused, match="needs a name"):
        pipeline.edit_lead(asked.store, view(), id=5, version=2, values={"phone": ""})


def test_every_action_leaves_one_audit_row_without_a_word_of_the_guest(small, view):
    made = pipeline.add_lead(small.store, view(), property_id=LIS, values={"name": "Mira Keller"})
    pipeline.move_lead(small.store, view(), id=made, version=1, stage="lost", reason="price")
    pipeline.undo_move(small.store, view(), id=made, version=2)
    with small.store.reading() as connection:
        chain = connection.execute(sa.select(schema.audit).where(schema.audit.c.kind == "lead").order_by(schema.audit.c.sequence)).all()
    assert [(row.verb, row.object) for row in chain] == [("add", ""), ("move", "1"), ("undo", "1")]
    assert "Mira" not in repr(chain)


@pytest.mark.parametrize("role", ["group", "trainer", "privacy", "admin"])
def test_only_who_works_on_leads_sees_them(read, view, role):
    with pytest.raises(NotAllowed):
        leads.leads(read.store, view(role=role))
    with pytest.raises(NotAllowed):
        pipeline.add_lead(read.store, view(role=role), property_id=LIS, values={"name": "Mira"})
