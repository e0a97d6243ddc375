"""Records that are one person, and records that are two again."""
import json

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from crm_core import schema
from crm_core import settings as settings_
from crm_core.records import guests, identity, notes, persons
from crm_core.records.registry import Refused
from crm_core.records.timeline import timeline
from crm_core.store import record
from tests.hotel import Hotel

ANA, BEN = 1, 2


def merge(hotel, a: int, b: int, **picks) -> int | None:
    with hotel.changing("merge") as change:
        return identity.link(change, a, b, decided_by="person", actor="test", picks=picks)


def end(hotel, *links: int) -> None:
    with hotel.changing("split") as change:
        identity.end(change, links, "test")


def dump(store) -> dict[str, list]:
    """What a merge may change for the world: where records belong and which values stand. Marks for refresh are no part of it."""
    g, s = schema.guest, schema.survivor
    with store.reading() as connection:
        return {"guest": [tuple(r) for r in connection.execute(sa.select(*(c for c in g.c if c.name not in ("revision", "version"))).order_by(g.c.id))],
                "survivor": [tuple(r) for r in connection.execute(sa.select(s).order_by(s.c.guest_id))]}


@pytest.fixture
def twice(filled):
    """Ana is in Lisbon's records twice: as record 1 with her stays, and as record 3 with another e-mail address and a wish."""
    again = filled.guest("Ana Maria Silva", "ADD", email="ana.silva@example.net", country="PT", language="pt")
    filled.consent(again, "given", "2025-03-05T10:00:00+00:00")
    filled.stay("ADD", "2025-02-01", 2, 15000, again, confirmation="A9")
    return filled


# --- one person --------------------------------------------------------------------------------------------------------
def test_a_merged_record_opens_the_person(twice, view):
    merge(twice, ANA, 3)
    card = guests.card(twice.store, view(), id=3)
    assert (card["id"], card["records"], [p["external_id"] for p in card["profiles"]]) == (
        1, [1, 3], ["ref:Ana Silva", "ref:Ana Maria Silva"])
    assert card["consents"]["marketing", "email"]["state"] == "given"


def test_the_newest_address_and_the_newest_of_two_names_stand_for_the_person(twice, view):
    merge(twice, ANA, 3)
    card = guests.card(twice.store, view(), id=1)
    assert (card["name"], card["email"], card["phone"]) == ("Ana Maria Silva", "ana.silva@example.net", "+351 21 555 0100")
    assert guests.names(twice.store, view(), ids=(1, 2, 3)) == {1: "Ana Maria Silva", 2: "Ben Okafor"}


def test_what_a_reviewer_picked_stands_whatever_the_rules_say(twice, view):
    merge(twice, ANA, 3, name=1, email=1)
    card = guests.card(twice.store, view(), id=1)
    assert (card["name"], card["email"]) == ("Ana Silva", "ana@example.com")


def test_an_address_that_is_known_to_be_wrong_stands_only_where_there_is_no_other(twice, view):
    twice.set(schema.profile, 3, email_state="relay")
    merge(twice, ANA, 3)
    assert guests.card(twice.store, view(), id=1)["email"] == "ana@example.com"


def test_the_person_is_found_once_by_the_words_of_either_record(twice, view):
    merge(twice, ANA, 3)
    for text in ("ana silva", "ana maria", "ana.silva@example.net", "A9"):
        assert [hit.guest_id for hit in guests.search(twice.store, view(), text=text)] == [1]


def test_stays_and_notes_of_all_records_stand_on_one_timeline(twice, view):
    notes.add_note(twice.store, view(), guest_id=3, text="Asked for a quiet room.")
    merge(twice, ANA, 3)
    assert [note["text"] for note in notes.notes(twice.store, view(), guest_id=1)] == ["Asked for a quiet room."]
    arrivals = [e.on.isoformat() for e in timeline(twice.store, view(), guest=3) if e.kind == "stays"]
    assert arrivals == ["2025-03-31", "2025-03-20", "2025-03-03", "2025-02-01", "2024-03-04"]


def test_a_person_is_seen_by_whoever_may_see_one_of_the_records(twice, view):
    merge(twice, BEN, 3)
    assert guests.card(twice.store, view(2), id=2)["records"] == [2, 3]
    assert [p["property_id"] for p in guests.card(twice.store, view(2), id=2)["profiles"]] == [2]


def test_two_records_of_one_person_are_not_merged_again(twice):
    first = merge(twice, ANA, 3)
    assert first is not None
    assert merge(twice, 3, ANA) is None


# --- two persons -------------------------------------------------------------------------------------------------------
def test_a_merge_that_is_undone_months_later_gives_both_records_back(twice, view):
    before = dump(twice.store)
    first = merge(twice, ANA, 3)
    second = merge(twice, BEN, 3)
    end(twice, first)
    assert [guests.card(twice.store, view(), id=i)["id"] for i in (1, 2, 3)] == [1, 2, 2]
    end(twice, second)
    assert dump(twice.store) == before


def test_a_record_that_is_taken_out_leaves_the_others_together(twice, view):
    fourth = twice.guest("A. Silva", "LIS")
    merge(twice, ANA, 3)
    merge(twice, ANA, fourth)
    with twice.changing("split") as change:
        identity.take_out(change, ANA, "test")
    assert [guests.card(twice.store, view(), id=i)["records"] for i in (1, 3)] == [[1], [3, 4]]


def test_records_that_somebody_called_two_persons_are_not_merged_by_a_rule(twice):
    with twice.changing("review") as change:
        identity.keep_apart(change, ANA, 3, decided_by="person", actor="test")
        assert identity.link_all(change, [(1, 3, .999, {}), (2, 3, .995, {}), (1, 2, .993, {})], decided_by="rule", actor="test") == 1
        assert persons.persons_of(change.connection, (1, 2, 3)) == {1: 1, 2: 2, 3: 2}


def test_what_somebody_undid_is_not_merged_by_a_rule_again(twice):
    def by_rule() -> int:
        with twice.changing("match") as change:
            return identity.link_all(change, [(1, 3, .999, {})], decided_by="rule", actor="matching")
    assert by_rule() == 1
    with twice.changing("split") as change:
        identity.take_out(change, 3, "test")
    assert by_rule() == 0
    assert merge(twice, ANA, 3)


def test_a_pair_that_waits_makes_one_person_under_loose_matching_only(twice):
    with twice.changing("match") as change:
        change.connection.execute(sa.insert(schema.match_pair).values(a_id=1, b_id=3, probability=.7, found_at=change.at))
        identity.settle(change, (1, 3))
    assert [(r[0], r[-2], r[-1]) for r in dump(twice.store)["guest"]] == [(1, None, None), (2, None, None), (3, None, 1)]
    with twice.changing("review") as change:
        identity.keep_apart(change, 1, 3, decided_by="person", actor="test")
    assert dump(twice.store)["guest"][2][-1] is None


# --- any order ---------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def eight(tmp_path_factory):
    """A store with eight records, each with values of its own."""
    store = record.open_store(settings_.at(tmp_path_factory.mktemp("eight")))
    hotel = Hotel(store).open()
    hotel.property("LIS", 10)
    for n in range(8):
        hotel.guest(f"Guest {n // 2}{n % 2 * 'x'}", "LIS", email=f"{n}@example.com" if n % 3 else None, country=("PT", "GB", None)[n % 3])
    yield hotel
    store.engine.dispose()


PAIR = st.tuples(st.integers(1, 8), st.integers(1, 8)).filter(lambda pair: pair[0] != pair[1])


@examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(PAIR, min_size=1, max_size=9), choice=st.randoms(use_true_random=False))
def test_after_any_merges_and_splits_the_records_are_what_the_standing_merges_make_of_them(eight, pairs, choice):
    """Merging step by step and splitting in another order: every state that comes again is exactly the same, and the end is the beginning."""
    states, standing = [dump(eight.store)], []
    for a, b in pairs:
        made = merge(eight, a, b, **({"email": a} if a % 2 else {}))
        if made is not None:
            standing.append(made)
            states.append(dump(eight.store))
    for link, state in zip(reversed(standing), reversed(states[:-1]), strict=True):
        end(eight, link)
        assert dump(eight.store) == state
    again = [merge(eight, a, b) for a, b in pairs]
    ended = [link for link in again if link is not None]
    choice.shuffle(ended)
    for link in ended:
        end(eight, link)
    assert dump(eight.store) == states[0]


def test_the_evidence_of_a_merge_is_kept(twice):
    with twice.changing("match") as change:
        identity.link_all(change, [(1, 3, .997, {"w_name": 8.5})], decided_by="rule", actor="matching")
        row = change.connection.execute(sa.select(schema.guest_link)).one()
    assert (row.probability, json.loads(row.evidence), row.decided_by) == (.997, {"w_name": 8.5}, "rule")


def test_the_card_of_a_guest_outside_the_scope_says_nothing(twice, view):
    merge(twice, ANA, BEN)
    assert guests.card(twice.store, view(2), id=3)["id"] == 3
    with pytest.raises(Refused, match="no such guest"):
        guests.viewed(twice.store, view(2), id=99)


def test_what_a_record_learns_later_stands_for_the_person(twice, view):
    """An import that touches a merged record chooses anew what stands for its person."""
    merge(twice, ANA, 3)
    with twice.changing("import") as change:
        change.connection.execute(sa.update(schema.guest).where(schema.guest.c.id == 3).values(phone="+351 21 555 0199", revision=change.revision))
        identity.renew(change)
    assert guests.card(twice.store, view(), id=1)["phone"] == "+351 21 555 0199"
