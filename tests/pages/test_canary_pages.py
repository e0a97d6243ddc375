"""Nothing of one house shows on any page, in any drawer or in any file of a visitor to the other."""

import pytest

from crm_core.scope import ROLES
from tests.pages.visiting import PAGES, Visits, by_turns, everything, fine

KOLIBRI, ZEISIG = 1, 2
OPEN_TO_ALL = ("glossary",)
TILES = ("room_revenue", "occupancy", "revpar", "direct_share_nights", "repeat_ratio_guests", "cancellation_rate")


@pytest.fixture
def visits(monkeypatch, houses) -> Visits:
    """Visits to the two houses."""
    return Visits(monkeypatch, houses)


@pytest.mark.parametrize(("page", "role"), [*((page, "local") for page in PAGES), *by_turns([role for role in ROLES if role != "local"], 3)])
def test_a_visitor_to_one_house_sees_nothing_of_the_other(visits, page, role):
    files = visits.as_(role, (KOLIBRI,)).downloads()
    for foreign in ({}, {"guest": "9", "properties": "House Zeisig", "country": "LK"}):
        sent = everything(fine(visits.open(page, **({"guest": "1"} | foreign if page == "guest" else foreign))))
        assert "zeisig" not in sent.lower().replace("house zeisig" if foreign else "", "")
    assert [f for f in files if b"zeisig" in f.lower()] == []


@pytest.mark.parametrize(
    ("page", "sees"),
    [
        ("briefing", "House Kolibri"),
        ("guests", "GivenKolibri7"),
        ("guest", "GivenKolibri0"),
        ("origins", "Portugal"),
        ("figure", "House Kolibri"),
        ("settings", "House Kolibri"),
    ],
)
def test_the_same_visitor_sees_the_own_house(visits, page, sees):
    visits.as_("local", (KOLIBRI,))
    assert sees in everything(fine(visits.open(page, guest="1", by="property")))


def test_everybody_else_sees_both(visits):
    sent = everything(fine(visits.open("guests")))
    assert "GivenKolibri7" in sent
    assert "GivenZeisig7" in sent


@pytest.mark.parametrize("key", TILES)
def test_an_opened_number_shows_nothing_of_the_other_house(visits, key):
    files = visits.as_("local", (KOLIBRI,)).downloads()
    at = visits.open("briefing")
    sent = everything(fine(at.button(key=f"open_{key}").click().run()))
    assert "Kolibri" in sent
    assert "zeisig" not in sent.lower()
    assert len(files) >= 2
    assert [f for f in files if b"zeisig" in f.lower()] == []


@pytest.mark.parametrize("text", ["Given", "familyz", "zeisig0@", "CZeisig", "NZ"])
def test_a_search_finds_nobody_of_the_other_house(visits, text):
    at = visits.as_("manager", (KOLIBRI,)).open("guests")
    at.text_input(key="find").set_value(text)
    assert "zeisig" not in everything(fine(at.run())).lower().replace(text.lower(), "")


def test_a_guest_of_the_other_house_is_told_of_like_one_who_does_not_exist(visits):
    visits.as_("local", (KOLIBRI,))
    assert everything(fine(visits.open("guest", guest="9"))) == everything(fine(visits.open("guest", guest="999")))


def test_a_visitor_without_properties_sees_nothing_of_either(visits):
    visits.as_("local", ())
    for page in PAGES:
        assert [token for token in ("kolibri", "zeisig") if token in everything(fine(visits.open(page, guest="1"))).lower()] == []
