"""Pairs that wait are decided on the page, one after the other, and every decision is taken back from there."""
import shutil

import pytest
import sqlalchemy as sa

from crm_core import jobs, schema
from crm_core.records import identity
from crm_core.refresh import refresh
from crm_core.store import record
from tests.hotel import Hotel
from tests.pages.visiting import Visits, everything, fine


@pytest.fixture
def visits(monkeypatch, lisbon, tmp_path) -> Visits:
    """Lisbon and Addis, where Ana's record 1 and a record 3 wait for a decision."""
    shutil.copytree(lisbon.home, tmp_path / "home")
    monkeypatch.setattr(jobs, "wake", lambda settings: None)
    settings = type(lisbon)(**{**lisbon.__dict__, "home": tmp_path / "home", "store_url": f"sqlite:///{tmp_path / 'home' / 'demo.db'}",
                               "warehouse": tmp_path / "home" / "warehouse" / "demo"})
    hotel = Hotel(record.open_store(settings), {"LIS": 1, "ADD": 2})
    hotel.guest("Ana Maria Silva", "ADD", email="ana.silva@example.net", country="PT")
    with hotel.changing("match") as change:
        change.connection.execute(sa.insert(schema.match_pair).values(
            a_id=1, b_id=3, probability=.912, evidence='{"w_name": 7.5, "w_email": -1.0}', found_at=change.at))
        identity.settle(change, (1, 3))
    refresh(settings)
    return Visits(monkeypatch, settings)


def button(page, key: str):
    return next(b for b in page.button if b.key == key)


def links(visits) -> list[tuple]:
    with record.open_store(visits.settings).reading() as connection:
        c = schema.guest_link.c
        return [tuple(row) for row in connection.execute(sa.select(c.a_id, c.b_id, c.decision, c.picks, c.ended_at.is_not(None)))]


def test_both_records_stand_side_by_side_with_how_sure_it_is(visits):
    shown = everything(fine(visits.open("duplicates"))).replace("\\", "")
    for said in ("91.2% sure that these are one person", "ana@\u2060example.com", "ana.silva@\u2060example.net", "Evidence in bits"):
        assert said in shown


def test_the_same_person_with_a_picked_value_and_back_again(visits):
    page = fine(visits.open("duplicates"))
    keep = next(box for box in page.button_group if box.key == "keep_name_1_3")
    page = fine(keep.set_value(3).run())
    page = fine(button(page, "same_person").click().run())
    assert links(visits) == [(1, 3, "same", '{"name": 3}', False)]
    page = fine(button(page, "undo_last").click().run())
    assert links(visits) == [(1, 3, "same", '{"name": 3}', True)]


def test_two_persons_are_kept_apart(visits):
    page = fine(visits.open("duplicates"))
    page = fine(button(page, "two_persons").click().run())
    assert links(visits) == [(1, 3, "different", "{}", False)]
    assert "No pair waits for a decision" in [s.value for s in page.subheader]


def test_later_leaves_the_pair_undecided(visits):
    page = fine(button(fine(visits.open("duplicates")), "pass_pair").click().run())
    assert links(visits) == []
    assert "You have seen every pair that waits" in [s.value for s in page.subheader]


def test_a_record_is_taken_out_of_a_person_on_the_guests_page(visits):
    fine(button(fine(visits.open("duplicates")), "same_person").click().run())
    page = fine(visits.open("guest", guest="3"))
    assert "2 records merged into one person" in everything(page)
    fine(button(page, "take_out_3").click().run())
    assert links(visits) == [(1, 3, "same", "{}", True)]


def test_a_role_without_contacts_sees_no_records(visits):
    page = visits.as_("group").open("duplicates")
    assert "Ana" not in everything(fine(page))
