"""Bulk actions on contacts: what they change, what they refuse, and that undoing leads back exactly."""
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records import bulk, bulk_undo, contacts, guests, identity
from crm_core.records.registry import Refused, Stale
from crm_core.store.audit import Entry
from tests.hotel import Hotel

WATCHED = (schema.guest, schema.profile, schema.survivor, schema.tag, schema.search_term)
# What every change moves on: it says that something happened, not what.
CLOCKS = {"version", "revision", "id"}


@pytest.fixture
def built(store):
    """Anna with a wrong address, Ben with a right one, Cora without any; Dora at another property."""
    hotel = Hotel(store).open()
    hotel.property("LIS", 10)
    hotel.property("COL", 10)
    for name, at, email in (("Anna Weber", "LIS", "anna@"), ("Ben Okafor", "LIS", "ben@example.com"), ("Cora Lind", "LIS", None),
                            ("Dora Diaz", "COL", "dora@")):
        hotel.guest(name, at, email=email, phone="030 901820", country="DE", language="de")
    hotel.consent(1, "given", "2025-03-01T10:00:00+00:00")
    hotel.consent(2, "given", "2025-03-01T10:00:00+00:00")
    with store.changing(Entry("test", "check", "profile")) as change:
        change.connection.execute(sa.update(schema.profile).where(schema.profile.c.email.like("%@")).values(email_state="invalid"))
        change.connection.execute(sa.update(schema.profile).where(schema.profile.c.email.like("%.com")).values(email_state="valid"))
    return hotel


@pytest.fixture
def lisbon(scope):
    return replace(scope, properties=(1,))


def rows(store, table, **where) -> list[dict]:
    with store.reading() as connection:
        statement = sa.select(table).where(*(table.c[k] == v for k, v in where.items())).order_by(*table.primary_key.columns)
        return [dict(row) for row in connection.execute(statement).mappings()]


def content(store) -> dict:
    """Everything that bulk actions change, without the clocks."""
    return {t.name: sorted(repr({k: v for k, v in row.items() if k not in CLOCKS}) for row in rows(store, t)) for t in WATCHED}


def chosen(store, scope, *ids) -> list[tuple[int, int]]:
    return [(i, row["version"]) for i, row in contacts.contacts(store, scope, ids=ids).items()]


def last_word(store, guest) -> str:
    events = rows(store, schema.consent, guest_id=guest)
    return guests.consent_state(events)["marketing", "email"]["state"]


def test_a_wrong_address_goes_from_profile_guest_and_search_and_comes_back(store, built, lisbon):
    before = content(store)
    done = bulk.remove_email(store, lisbon, chosen=chosen(store, lisbon, 1, 2, 3))
    assert [row["email"] for row in rows(store, schema.guest)] == [None, "ben@example.com", None, "dora@"]
    assert [row["email_state"] for row in rows(store, schema.profile)][:2] == ["missing", "valid"]
    assert guests.search(store, lisbon, text="anna@") == []
    assert bulk_undo.bulk_actions(store, lisbon)[0]["rows"] == 1
    assert bulk_undo.undo_bulk(store, lisbon, id=done) == {"restored": 2, "kept": 0}
    assert content(store) == before
    assert guests.search(store, lisbon, text="anna@")[0].guest_id == 1


def test_only_wrong_numbers_are_removed(store, built, lisbon):
    with pytest.raises(Refused, match="None of the chosen contacts has anything to change"):
        bulk.remove_phone(store, lisbon, chosen=chosen(store, lisbon, 1, 2))
    assert rows(store, schema.bulk_action) == []


def test_a_person_of_two_records_shows_the_address_that_is_right(store, built, scope):
    with store.changing(Entry("test", "merge", "guest")) as change:
        identity.link(change, 1, 2, decided_by="test", actor="ana", picks={"email": 1})
    assert rows(store, schema.survivor)[0]["email"] == "anna@"
    before = content(store)
    done = bulk.remove_email(store, scope, chosen=chosen(store, scope, 1))
    assert rows(store, schema.survivor)[0]["email"] == "ben@example.com"
    assert bulk_undo.undo_bulk(store, scope, id=done)["kept"] == 0
    assert content(store) == before


def test_country_and_language_are_set_and_a_local_number_is_looked_at_anew(store, built, lisbon):
    before = content(store)
    first = bulk.set_country(store, lisbon, chosen=chosen(store, lisbon, 1, 3), country="PT")
    second = bulk.set_language(store, lisbon, chosen=chosen(store, lisbon, 3), language="pt")
    assert [(row["country"], row["language"]) for row in rows(store, schema.guest)] == [("PT", "de"), ("DE", "de"), ("PT", "pt"), ("DE", "de")]
    assert rows(store, schema.profile)[0]["phone_state"] == ""
    assert [bulk_undo.undo_bulk(store, lisbon, id=i)["kept"] for i in (second, first)] == [0, 0]
    assert content(store) == before


@pytest.mark.parametrize(("run", "values"), [(bulk.set_country, {"country": "XX"}), (bulk.set_country, {"country": "pt"}),
                                             (bulk.set_country, {"country": "001"}), (bulk.set_language, {"language": "Klingon"}),
                                             (bulk.tag_contacts, {"tag": "  "}), (bulk.tag_contacts, {"tag": "x" * 41})])
def test_a_value_that_is_none_is_refused(store, built, lisbon, run, values):
    before = content(store)
    with pytest.raises(Refused):
        run(store, lisbon, chosen=chosen(store, lisbon, 1), **values)
    assert content(store) == before


def test_tags_are_put_on_once_and_taken_off_and_both_ways_lead_back(store, built, lisbon):
    empty = content(store)
    on = bulk.tag_contacts(store, lisbon, chosen=chosen(store, lisbon, 1, 2), tag="call  back")
    with pytest.raises(Refused):
        bulk.tag_contacts(store, lisbon, chosen=chosen(store, lisbon, 1, 2), tag="call back")
    tagged = content(store)
    assert contacts.tags_in_use(store, lisbon) == ["call back"]
    off = bulk.untag_contacts(store, lisbon, chosen=chosen(store, lisbon, 1), tag="call back")
    assert [row["guest_id"] for row in rows(store, schema.tag)] == [2]
    bulk_undo.undo_bulk(store, lisbon, id=off)
    assert content(store) == tagged
    bulk_undo.undo_bulk(store, lisbon, id=on)
    assert content(store) == empty


def test_a_consent_without_proof_expires_and_is_said_again_with_its_source(store, built, lisbon):
    done = bulk.expire_consents(store, lisbon, chosen=chosen(store, lisbon, 1, 3))
    assert (last_word(store, 1), last_word(store, 2)) == ("expired", "given")
    assert bulk_undo.undo_bulk(store, lisbon, id=done) == {"restored": 1, "kept": 0}
    assert last_word(store, 1) == "given"
    assert [(row["state"], row["source"]) for row in rows(store, schema.consent, guest_id=1)] == [
        ("given", "desk"), ("expired", "bulk"), ("given", "desk")]


def test_a_consent_with_proof_stands(store, built, lisbon):
    with store.changing(Entry("test", "add", "consent")) as change:
        bulk.say(change, {"guest_id": 3, "purpose": "marketing", "channel": "email", "state": "given", "at": change.at, "source": "form",
                          "proof": "form-7"}, "ana")
    with pytest.raises(Refused):
        bulk.expire_consents(store, lisbon, chosen=chosen(store, lisbon, 3))


def test_a_refusal_said_later_is_never_undone(store, built, lisbon):
    done = bulk.expire_consents(store, lisbon, chosen=chosen(store, lisbon, 1))
    built.consent(1, "withdrawn", "2099-01-01T10:00:00+00:00")
    assert bulk_undo.undo_bulk(store, lisbon, id=done) == {"restored": 0, "kept": 1}
    assert last_word(store, 1) == "withdrawn"


def test_one_contact_outside_the_scope_refuses_the_whole_request(store, built, lisbon):
    before = content(store)
    for strange in (4, 99):
        with pytest.raises(Refused, match="There is no such contact among yours"):
            bulk.tag_contacts(store, lisbon, chosen=[(1, 1), (strange, 1)], tag="x")
    assert content(store) == before


def test_a_contact_that_somebody_edited_meanwhile_stops_the_request_and_is_named(store, built, lisbon):
    read = chosen(store, lisbon, 1, 2)
    bulk.tag_contacts(store, lisbon, chosen=chosen(store, lisbon, 2), tag="vip")
    with pytest.raises(Stale) as told:
        bulk.tag_contacts(store, lisbon, chosen=read, tag="x")
    assert told.value.current == {"ids": [2]}


def test_an_edit_after_the_action_survives_its_undoing(store, built, lisbon):
    done = bulk.set_country(store, lisbon, chosen=chosen(store, lisbon, 1, 2), country="PT")
    built.set(schema.guest, 1, country="ES")
    assert bulk_undo.undo_bulk(store, lisbon, id=done) == {"restored": 3, "kept": 1}
    assert [row["country"] for row in rows(store, schema.guest)][:2] == ["ES", "DE"]


def test_an_action_is_undone_once_and_only_by_who_sees_all_its_guests(store, built, scope, lisbon):
    done = bulk.tag_contacts(store, scope, chosen=chosen(store, scope, 1, 4), tag="x")
    assert bulk_undo.bulk_actions(store, lisbon) == []
    with pytest.raises(Refused, match="no such change"):
        bulk_undo.undo_bulk(store, lisbon, id=done)
    bulk_undo.undo_bulk(store, scope, id=done)
    with pytest.raises(Refused, match="undone already"):
        bulk_undo.undo_bulk(store, scope, id=done)


def test_an_erased_guest_stays_erased(store, built, lisbon):
    done = bulk.remove_email(store, lisbon, chosen=chosen(store, lisbon, 1))
    built.set(schema.guest, 1, erased_at="2025-04-01T00:00:00+00:00", name=None)
    assert bulk_undo.undo_bulk(store, lisbon, id=done) == {"restored": 0, "kept": 2}
    assert rows(store, schema.profile)[0]["email"] is None


def test_one_request_is_one_audit_row_without_a_word_of_the_guests(store, built, lisbon):
    with store.reading() as connection:
        before = connection.execute(sa.select(sa.func.count()).select_from(schema.audit)).scalar_one()
    bulk.tag_contacts(store, lisbon, chosen=chosen(store, lisbon, 1, 2, 3), tag="call back")
    added = rows(store, schema.audit)[before:]
    assert [(row["verb"], row["kind"]) for row in added] == [("tag", "guest")]
    assert "call back" not in repr(added)


def test_no_contact_or_too_many_are_refused(store, built, lisbon):
    for many in ([], [(1, 1)] * 10_001):
        with pytest.raises(Refused, match="at least one contact and at most"):
            bulk.tag_contacts(store, lisbon, chosen=many, tag="x")


def test_an_address_that_comes_back_stands_for_the_person_that_was_merged_meanwhile(store, built, lisbon, scope):
    done = bulk.remove_email(store, lisbon, chosen=chosen(store, lisbon, 1))
    with store.changing(Entry("test", "merge", "guest")) as change:
        identity.link(change, 1, 3, decided_by="test", actor="ana")
    assert bulk_undo.undo_bulk(store, scope, id=done)["kept"] == 0
    assert rows(store, schema.survivor)[0]["email"] == "anna@"


def test_a_tag_of_a_guest_who_is_gone_does_not_come_back(store, built, lisbon):
    bulk.tag_contacts(store, lisbon, chosen=chosen(store, lisbon, 1, 3), tag="x")
    off = bulk.untag_contacts(store, lisbon, chosen=chosen(store, lisbon, 1, 3), tag="x")
    with store.changing(Entry("test", "remove", "guest")) as change:
        for table, record in ((schema.profile, schema.profile.c.guest_id), (schema.guest, schema.guest.c.id)):
            change.connection.execute(sa.delete(table).where(record == 3))
    assert bulk_undo.undo_bulk(store, lisbon, id=off) == {"restored": 1, "kept": 1}
    assert [row["guest_id"] for row in rows(store, schema.tag)] == [1]
