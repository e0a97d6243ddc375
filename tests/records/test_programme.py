"""The rules of a programme are saved in versions, tried out before, and refused with a sentence where they cannot be meant."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records import programme, rules_preview
from crm_core.records.registry import Refused, Stale
from crm_core.scope import NotAllowed
from tests.records.conftest import CLUB

TODAY = dt.date(2025, 4, 1)


def ladder(silver: int, gold: int) -> dict:
    return {"tiers": [{"name": "Base"}, {"name": "Silver", "qualify": {"nights": silver}}, {"name": "Gold", "qualify": {"nights": gold}}]}


def save(hotel, view, rules: dict, from_on: dt.date = TODAY, number: int = 1, **changes) -> int:
    return programme.save_rules(hotel.store, view(**changes), programme_id=1, rules=rules, from_on=from_on, number=number, note="Spring")


# --- rules --------------------------------------------------------------------------------------------------------------
def test_rules_are_kept_in_versions_of_which_the_latest_that_began_is_in_force(club, view):
    assert save(club, view, ladder(3, 8), user="carla") == 2
    assert save(club, view, ladder(4, 9), dt.date(2025, 6, 1), 2) == 3
    versions = programme.rules_versions(club.store, view(), programme_id=1)
    assert [(v["number"], v["from_on"].isoformat(), v["rules"]["tiers"][1]["qualify"]["nights"], v["actor"]) for v in versions] == [
        (3, "2025-06-01", 4, "local"), (2, "2025-04-01", 3, "carla"), (1, "2023-01-01", 5, "test")]
    days = dt.date(2025, 3, 31), TODAY, dt.date(2025, 6, 1)
    in_force = [programme.programmes(club.store, view(as_of=day))[0]["rules"] for day in days]
    assert [rules["tiers"][1]["qualify"]["nights"] for rules in in_force] == [5, 3, 4]


def test_the_second_of_two_who_save_rules_is_told_what_stands(small_club, view):
    save(small_club, view, ladder(3, 8))
    with pytest.raises(Stale) as told:
        save(small_club, view, ladder(4, 8))
    assert told.value.current["number"] == 2


@pytest.mark.parametrize(("rules", "said"), [
    ({"tiers": []}, "A programme needs at least one tier"),
    ({"tiers": [{"name": "Base", "qualify": {"nights": 1}}]}, "The lowest tier, “Base”, may ask for nothing"),
    (ladder(8, 8), "“Gold” must ask for more than “Silver”"),
    (ladder(8, 5), "the two overlap"),
    (CLUB | {"expiry": "moon"}, "“moon” is not known here: choose from age, inactivity, none."),
    (CLUB | {"welcome": -1}, "“-1” is no whole number"),
])  # fmt: skip
def test_rules_that_cannot_be_meant_are_refused_with_what_to_do(small_club, view, rules, said):
    with pytest.raises(Refused, match=said):
        save(small_club, view, rules)
    with pytest.raises(Refused, match=said):
        rules_preview.preview_rules(small_club.store, view(), programme_id=1, rules=rules)
    assert len(programme.rules_versions(small_club.store, view(), programme_id=1)) == 1


def test_new_rules_begin_today_or_later_and_the_first_ones_whenever(small_club, view):
    with pytest.raises(Refused, match="what members were promised until now stays"):
        save(small_club, view, ladder(3, 8), dt.date(2025, 3, 31))
    other = programme.save_programme(small_club.store, view(), name="Other", currency="EUR", code="other")
    assert programme.save_rules(small_club.store, view(), programme_id=other, rules=CLUB, from_on=dt.date(2020, 1, 1), number=0) == 1
    with pytest.raises(Refused, match="no such programme"):
        programme.save_rules(small_club.store, view(), programme_id=9, rules=CLUB, from_on=TODAY, number=0)


@pytest.mark.parametrize("role", ["manager", "group", "trainer", "privacy"])
def test_only_who_may_change_settings_changes_rules(small_club, view, role):
    with pytest.raises(NotAllowed, match="settings"):
        save(small_club, view, ladder(3, 8), role=role)


# --- preview ------------------------------------------------------------------------------------------------------------
def test_a_preview_tells_who_would_move_and_changes_nothing(club, view):
    """Ana has been Silver since her fifth night in twelve months, on 22 March 2025; Ben slept two nights in March."""
    club.member(2, "2024-06-01", 1)
    found = rules_preview.preview_rules(club.store, view(), programme_id=1, rules=ladder(2, 5))
    assert (found["n"], found["moves"]) == (2, [("Base", "Silver", 1), ("Silver", "Gold", 1)])
    assert sorted(found["guests"]) == [(1, "Silver", "Gold"), (2, "Base", "Silver")]
    assert len(programme.rules_versions(club.store, view(), programme_id=1)) == 1


def test_a_preview_of_the_rules_in_force_moves_nobody(small_club, view):
    found = rules_preview.preview_rules(small_club.store, view(), programme_id=1, rules=CLUB)
    assert (found["n"], found["moves"], found["guests"]) == (1, [("Silver", "Silver", 1)], [])


def test_a_preview_counts_members_of_the_scopes_properties_only(small_club, view):
    assert rules_preview.preview_rules(small_club.store, view(2), programme_id=1, rules=CLUB) == {"n": 0, "moves": [], "guests": []}


# --- programmes and costs -----------------------------------------------------------------------------------------------
def test_the_first_programme_of_a_house_takes_in_the_members_without_one(filled, view):
    filled.member(1, "2024-01-10")
    made = programme.save_programme(filled.store, view(), name=" Club ", currency="EUR", code="club")
    with filled.store.reading() as connection:
        assert connection.execute(sa.select(schema.membership.c.programme_id)).scalar_one() == made
    assert [(p["name"], p["code"], p["currency"], p["rules"], p["number"]) for p in programme.programmes(filled.store, view())] == [("Club", "club", "EUR", None, 0)]


def test_a_programme_is_renamed_by_one_of_two_editors(small_club, view):
    programme.save_programme(small_club.store, view(), id=1, version=1, name="Circle", currency="EUR")
    with pytest.raises(Stale) as told:
        programme.save_programme(small_club.store, view(), id=1, version=1, name="Ring", currency="EUR")
    assert (told.value.current["name"], told.value.current["version"]) == ("Circle", 2)


@pytest.mark.parametrize(("values", "said"), [
    ({"name": "", "currency": "EUR", "code": "x"}, "needs a name"), ({"name": "X", "currency": "euro", "code": "x"}, "three capital letters"),
    ({"name": "X", "currency": "EUR", "code": "X Y"}, "small letters"), ({"name": "X", "currency": "EUR", "code": "club"}, "choose another"),
    ({"name": "X", "currency": "EUR", "id": 9, "version": 1}, "no such programme"),
])  # fmt: skip
def test_a_programme_has_a_name_a_code_and_a_currency(small_club, view, values, said):
    with pytest.raises(Refused, match=said):
        programme.save_programme(small_club.store, view(), **values)


def test_the_currency_stays_once_amounts_were_posted_in_it(small_club, view):
    small_club.points(1, "2024-05-01", "earn", 100, amount_minor=1000, currency="EUR")
    with pytest.raises(Refused, match="stays as it is"):
        programme.save_programme(small_club.store, view(), id=1, version=1, name="Club", currency="ETB")


def test_what_the_programme_costs_is_said_by_month_and_kind_and_corrected_by_whoever_saw_it(club, view):
    said = {"programme_id": 1, "property_id": 1, "month_on": dt.date(2025, 3, 1), "kind": "fees", "currency": "EUR"}
    made = programme.set_cost(club.store, view(), **said, amount_minor=12_000)
    assert programme.set_cost(club.store, view(), **said, amount_minor=15_000, version=1) == made
    assert [(c["amount_minor"], c["kind"], c["version"]) for c in programme.costs(club.store, view(), programme_id=1)] == [(15_000, "fees", 2)]
    with pytest.raises(Stale):
        programme.set_cost(club.store, view(), **said, amount_minor=1, version=1)
    assert programme.costs(club.store, view(2)) == []


@pytest.mark.parametrize(("changed", "said"), [
    ({"property_id": 9}, "not among yours"), ({"kind": "gifts"}, "a month and a kind"), ({"amount_minor": -1}, "not below zero"),
    ({"month_on": dt.date(2025, 3, 2)}, "a month and a kind"), ({"currency": ""}, "three capital letters"), ({"programme_id": 9}, "no such programme"),
])  # fmt: skip
def test_a_cost_that_cannot_be_is_refused(small_club, view, changed, said):
    values = {"programme_id": 1, "property_id": 1, "month_on": dt.date(2025, 3, 1), "kind": "fees", "currency": "EUR", "amount_minor": 1} | changed
    with pytest.raises(Refused, match=said):
        programme.set_cost(small_club.store, view(), **values)
