"""The search through a store: sure pairs are merged, doubtful ones wait, and what staff decided stands."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core import queries, schema
from crm_core.ingest import duplicates
from crm_core.records import identity
from crm_core.records.duplicates import BY_HAND
from crm_core.refresh import refresh
from crm_core.scope import Period, Scope
from crm_core.store import warehouse
from tests.hotel import Hotel

GIVEN = ("Abel", "Bruno", "Carla", "Dora", "Egon", "Frida", "Gustav", "Helga", "Ilse", "Kurt")
FAMILY = ("Brandt", "Cordes", "Dietz", "Engel", "Fuchs", "Gruber", "Hahn", "Imhof", "Jung", "Klein")
ANNA = {"email": "anna.weber@example.com", "phone": "+49 30 901820", "birth_on": dt.date(1980, 5, 17), "country": "DE"}


def person(hotel: Hotel, name: str, **details) -> int:
    """Add a record whose profile says all that its guest does."""
    record = hotel.guest(name, details.pop("at", "LIS"), **details)
    with hotel.store.reading() as connection:
        profile = connection.execute(sa.select(schema.profile.c.id).where(schema.profile.c.guest_id == record)).scalar_one()
    hotel.set(schema.profile, profile, **{k: details.get(k) for k in ("birth_on", "postcode") if k in details})
    return record


@pytest.fixture
def peopled(sqlite_store):
    """A hundred strangers; Anna Weber twice beyond doubt, with a stay on each record; the twins Ida and Ava of one address."""
    hotel = Hotel(sqlite_store).open()
    hotel.property("LIS", 10)
    for i in range(100):
        person(hotel, f"{GIVEN[i % 10]} {FAMILY[i // 10]}", email=f"box{i * i + 7919}@mail{i}.example", phone=f"+49151{(i + 3) * 7_654_321 % 10**8:08}",
               birth_on=dt.date(1930 + i * 37 % 70, 1 + i * 5 % 12, 1 + i * 11 % 28), country="DE")
    for name, arrival in (("Anna Weber", "2025-03-03"), ("Anna Weber-Koch", "2025-03-17")):
        hotel.stay("LIS", arrival, 1, 100, person(hotel, name, **ANNA))
    for name in ("Ida Marlow", "Ava Marlow"):
        person(hotel, name, email="marlow@example.org", phone="+44 7700 900123", birth_on=dt.date(2001, 2, 3), country="GB")
    return hotel


ANNAS, TWINS = (101, 102), (103, 104)


def pairs(hotel, table) -> list[tuple]:
    with hotel.store.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(table.c.a_id, table.c.b_id).order_by(table.c.a_id))]


def test_what_is_sure_is_merged_and_twins_wait_for_a_person(peopled, settings):
    found = duplicates.search(settings)
    assert (found.profiles, found.merged, found.to_review) == (104, 1, 1)
    assert pairs(peopled, schema.guest_link) == [ANNAS]
    assert pairs(peopled, schema.match_pair) == [TWINS]


def test_a_second_search_finds_nothing_new(peopled, settings):
    duplicates.search(settings)
    again = duplicates.search(settings)
    assert (again.merged, again.to_review) == (0, 1)
    assert pairs(peopled, schema.guest_link) == [ANNAS]


def test_who_was_called_two_persons_is_neither_merged_nor_proposed(peopled, settings):
    with peopled.changing("review") as change:
        identity.keep_apart(change, *ANNAS, decided_by="person", actor="test")
        identity.keep_apart(change, *TWINS, decided_by="person", actor="test")
    found = duplicates.search(settings)
    assert (found.merged, found.to_review) == (0, 0)


def test_a_merge_that_was_undone_waits_for_a_person_and_is_not_made_by_a_rule_again(peopled, settings):
    duplicates.search(settings)
    with peopled.changing("undo") as change:
        identity.end(change, [1], "test")
    again = duplicates.search(settings)
    assert (again.merged, again.to_review) == (0, 2)
    assert pairs(peopled, schema.match_pair) == [ANNAS, TWINS]


def test_where_only_people_merge_the_sure_pairs_wait_too(peopled, settings):
    with peopled.changing("edit") as change:
        change.connection.execute(sa.insert(schema.setting).values(key=BY_HAND, value="1"))
    found = duplicates.search(settings)
    assert (found.merged, found.to_review) == (0, 2)
    assert pairs(peopled, schema.match_pair) == [ANNAS, TWINS]


def test_merging_shows_a_returning_guest_whom_two_records_hid(peopled, settings):
    duplicates.search(settings)
    refresh(settings)
    march = Scope("local", (1,), Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1)), dt.date(2025, 4, 1))
    frame = queries.run(warehouse.current(settings), march, "identity_sensitivity").set_index("identity")
    assert frame["guests"].to_dict() == {"strict": 2, "default": 1, "loose": 1}
    assert frame["repeaters"].to_dict() == {"strict": 0, "default": 1, "loose": 1}
    assert frame["repeat_ratio"].to_dict() == {"strict": 0.0, "default": 1.0, "loose": 1.0}


def test_an_empty_store_has_nobody_to_compare(settings, sqlite_store):
    assert duplicates.search(settings) == duplicates.Found(0, 0, 0, 0, 0.0)
