"""A guest is found by what one types, named in lists, and opened as one card, inside the scope."""
import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records.guests import card, names, search, viewed
from crm_core.records.registry import Refused


@pytest.mark.parametrize("text", ["Ana Silva", "silva a", "SILVA ANA", "ana", "ana@exam", "+351 21 555 0100", "351215550", "215550100",
                                  "0215550100", "L2"])
def test_ana_is_found_by(filled, view, text):
    assert [hit.name for hit in search(filled.store, view(), text=text)] == ["Ana Silva"]


@pytest.mark.parametrize("text", ["", " ", "a", "lva", "Zoe", "555", "L4", "%", "_", "ana%", "'; DROP TABLE guest; --", "\x00"])
def test_nobody_is_found_by(small, view, text):
    assert search(small.store, view(), text=text) == []


def test_a_hit_tells_namesakes_apart(filled, view):
    hit = search(filled.store, view(), text="L1")[0]
    assert (hit.guest_id, hit.email, hit.phone, hit.country, hit.confirmation) == (1, "ana@example.com", "+351 21 555 0100", "PT", "L1")


@pytest.mark.parametrize(("name", "text"), [("José Muñoz", "jose mun"), ("José Muñoz", "MUÑOZ"), ("አበበ ቢቂላ", "አበበ"), ("සුනිල් පෙරේරා", "පෙරේරා"),
                                            ("Անի Պետրոսյան", "պետրոսյան ա")])
def test_accents_and_other_scripts_are_found(filled, view, name, text):
    guest = filled.guest(name, "LIS")
    assert [hit.guest_id for hit in search(filled.store, view(), text=text)] == [guest]


def test_a_confirmation_number_comes_before_names_that_begin_alike(filled, view):
    named = filled.guest("Lena L1", "LIS")
    renamed = filled.guest("L1 Street", "LIS")
    assert [hit.guest_id for hit in search(filled.store, view(), text="L1")] == [1, named, renamed]
    assert [hit.guest_id for hit in search(filled.store, view(), text="L1 Le")] == [named]


def test_no_more_are_found_than_asked_for(small, view):
    for i in range(8):
        small.guest(f"Ana {i}", "LIS")
    assert len(search(small.store, view(), text="ana", limit=5)) == 5


def test_a_guest_of_another_property_is_not_found(small, view):
    assert search(small.store, view(2), text="Ben") == []
    assert search(small.store, view(2), text="L3") == []


def test_a_guest_who_stayed_here_is_seen_here_though_the_profile_is_elsewhere(filled, view):
    """Ana's profile is Lisbon's; she stayed in Addis."""
    assert card(filled.store, view(2), id=1)["name"] == "Ana Silva"
    assert card(filled.store, view(2), id=1)["profiles"] == []
    assert card(filled.store, view(2), id=2) is None
    assert names(filled.store, view(2), ids=(1, 2, 99)) == {1: "Ana Silva"}


def test_an_erased_guest_is_neither_found_nor_opened(filled, view):
    filled.set(schema.guest, 2, erased_at="2025-03-30T00:00:00+00:00")
    assert search(filled.store, view(), text="Ben") == []
    assert search(filled.store, view(), text="L3") == []
    assert card(filled.store, view(), id=2) is None


def test_a_card_holds_profiles_wishes_and_the_last_word_on_each_consent(filled, view):
    filled.consent(1, "given", "2025-03-01T10:00:00+00:00")
    filled.consent(1, "withdrawn", "2025-03-02T10:00:00+00:00")
    filled.consent(1, "given", "2025-03-01T10:00:00+00:00", purpose="survey")
    found = card(filled.store, view(), id=1)
    assert [p["given_name"] for p in found["profiles"]] == ["Ana"]
    states = {key: event["state"] for key, event in found["consents"].items()}
    assert states == {("marketing", "email"): "withdrawn", ("survey", "email"): "given"}
    assert found["preferences"] == []


def test_who_looked_at_a_profile_is_written_down_without_moving_the_data(filled, view):
    before = filled.store.revision()
    viewed(filled.store, view(user="carla"), id=1)
    with filled.store.reading() as connection:
        row = connection.execute(sa.select(schema.audit).order_by(schema.audit.c.sequence.desc())).first()
    assert (row.actor, row.verb, row.kind, row.object) == ("carla", "view", "guest", "1")
    assert filled.store.revision() == before


def test_a_look_at_a_foreign_profile_leaves_no_row(filled, view):
    with pytest.raises(Refused):
        viewed(filled.store, view(2), id=2)
