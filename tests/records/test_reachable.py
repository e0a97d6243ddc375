"""Who can be written to and may be: by person, whatever records the person has."""
import datetime as dt

import pytest

from crm_core import schema
from crm_core.records import duplicates, erasure, reachable
from crm_core.records.holdout import Outreach
from tests.hotel import AS_OF
from tests.records.mailing import judged, reached, said

ANA, BEN = 1, 2


def people(hotel, view, *guests, **options) -> list:
    with hotel.store.reading() as connection:
        return reachable.people(connection, view(), guests, **options)


def address(hotel, guest: int, channel: str = "email") -> str:
    with hotel.store.reading() as connection:
        (found,) = reachable.addresses(connection, reachable.records_of(connection, [guest]), channel).values()
    return found.value


def test_a_guest_with_an_address_and_a_consent_can_be_written_to(filled, view):
    cora = reached(filled, "Cora Lind")
    (found,) = people(filled, view, cora)
    assert (found.guest_id, found.has_address, found.address_state, found.word, found.has_proof) == (cora, True, "valid", "given", True)
    assert (found.complained, found.erased, found.recent, found.in_other, found.is_minor) == (False, False, 0, False, False)


@pytest.mark.parametrize("state", ["relay", "invalid", "placeholder", "bounced"])
def test_an_address_is_as_good_as_its_state_says(small, view, state):
    cora = reached(small, "Cora Lind", state=state)
    assert [one.address_state for one in people(small, view, cora)] == [state]


def test_what_nobody_judged_is_not_known_to_work_and_an_agents_address_is_nobodys(small, view):
    agent = reached(small, "Travel Desk", is_booker=1)
    assert [(one.has_address, one.address_state) for one in people(small, view, ANA, agent)] == [(True, "invalid"), (False, "missing")]


def test_of_two_records_of_one_person_the_address_that_works_stands_and_the_last_word_counts(filled, view):
    """Ana's own record came back; Anna's works, and it is she who said no at last."""
    judged(filled, ANA, "bounced")
    said(filled, ANA, "given", "2025-01-02T10:00:00+00:00", proof="form 3")
    anna = reached(filled, "Anna Silva", "ADD", proof=None)
    duplicates.merge_records(filled.store, view(), id=ANA, other=anna, picks={})
    (found,) = people(filled, view, ANA, anna)
    assert (found.guest_id, found.address_state, found.word, address(filled, ANA)) == (ANA, "valid", "given", "anna@example.com")
    said(filled, anna, "withdrawn", "2025-02-02T10:00:00+00:00")
    assert [one.word for one in people(filled, view, anna)] == ["withdrawn"]


def test_of_two_addresses_that_work_the_one_that_stands_for_the_person_is_taken(small, view):
    judged(small, ANA, "valid")
    anna = reached(small, "Anna Silva", "ADD")
    for picked, expected in ((anna, "anna@example.com"), (ANA, "ana@example.com")):
        duplicates.merge_records(small.store, view(), id=ANA, other=anna, picks={"email": picked})
        assert address(small, ANA) == expected
        duplicates.split_record(small.store, view(), id=anna)


def test_at_equal_times_the_refusal_wins_and_other_purposes_and_channels_do_not_count(small, view):
    cora = reached(small, "Cora Lind")
    said(small, cora, "objected", "2024-01-05T10:00:00+00:00")
    said(small, cora, "given", "2025-01-05T10:00:00+00:00", channel="sms", proof="call")
    said(small, cora, "given", "2025-01-05T10:00:00+00:00", purpose="survey", proof="call")
    assert [(one.word, one.has_proof) for one in people(small, view, cora)] == [("objected", False)]
    assert [one.word for one in people(small, view, cora, channel="sms")] == ["given"]
    assert [one.word for one in people(small, view, cora, purpose="survey")] == ["given"]


def test_what_belongs_to_a_booking_needs_an_address_only(small, view):
    judged(small, BEN, "valid")
    assert [(one.word, one.has_proof) for one in people(small, view, BEN, purpose="transactional")] == [("given", True)]


def test_a_letter_needs_a_street_and_a_town(small, view):
    judged(small, ANA, "valid", street="Rua 1", city="Lisboa", postcode="1100")
    judged(small, BEN, "valid", street="High Street 1")
    assert [(one.has_address, one.address_state) for one in people(small, view, ANA, BEN, channel="post")] == [(True, "valid"), (True, "invalid")]
    assert address(small, ANA, "post") == "Rua 1, 1100 Lisboa"


def test_messages_of_the_last_thirty_days_are_counted_and_those_never_sent_are_not(filled, view):
    """AS_OF is 1 April: 3 March is the first of thirty days; a survey, a control group and the audience's own campaign do not count."""
    cora = reached(filled, "Cora Lind")
    spring, survey = filled.campaign("Spring"), filled.campaign("How was it", purpose="survey")
    for day in ("2025-03-02T23:59", "2025-03-03T00:00", "2025-03-20T10:00"):
        filled.send(spring, cora, day)
    filled.send(spring, cora, "2025-03-21T10:00", arm="Holdout")
    filled.send(survey, cora, "2025-03-21T10:00")
    own = filled.assigned({cora: "contact"}, "2025-03-22", filled.campaign("Own", audience_id=None))
    filled.send(3, cora, "2025-03-23T10:00")
    assert [one.recent for one in people(filled, view, cora)] == [3]
    assert [one.recent for one in people(filled, view, cora, apart_from=own)] == [2]
    assert [one.recent for one in people(filled, view, cora, purpose="survey")] == [0]


def test_who_complained_once_is_known_for_it_by_every_record(filled, view):
    cora, nora = reached(filled, "Cora Lind"), reached(filled, "Nora Lind", "ADD")
    filled.send(filled.campaign(), cora, "2024-03-01T10:00", ("complained", "2024-03-01T11:00"))
    assert [one.complained for one in people(filled, view, cora, nora)] == [True, False]
    duplicates.merge_records(filled.store, view(), id=cora, other=nora, picks={})
    assert [one.complained for one in people(filled, view, nora)] == [True]


def test_who_is_held_out_of_a_campaign_that_runs_is_in_another_campaign_until_it_ends(small, view):
    cora, dora = reached(small, "Cora Lind"), reached(small, "Dora Lind")
    small.assigned({cora: "held_out", dora: "contact"}, "2025-03-02", small.campaign())
    assert [one.in_other for one in people(small, view, cora, dora)] == [True, False]
    assert [one.in_other for one in people(small, view, cora, channel="sms")] == [False]
    with small.store.reading() as connection:
        who = reachable.records_of(connection, [cora, dora])
        assert reachable.held_elsewhere(connection, who, dt.date(2025, 4, 1), "email") == {cora}
        assert reachable.held_elsewhere(connection, who, dt.date(2025, 4, 2), "email") == set()


def test_a_list_that_was_never_used_holds_nobody_out_of_anything(small, view):
    cora = reached(small, "Cora Lind")
    made = small.assigned({cora: "held_out"}, "2025-03-20")
    assert [one.in_other for one in people(small, view, cora)] == [False]
    small.set(schema.audience, made, exported_at="2025-03-21T10:00:00+00:00")
    assert [one.in_other for one in people(small, view, cora)] == [True]


@pytest.mark.parametrize(("born", "minor"), [(dt.date(2007, 4, 1), False), (dt.date(2007, 4, 2), True), (dt.date(2008, 2, 29), True), (None, False)])
def test_who_is_known_to_be_under_age_is_told(small, view, born, minor):
    assert [one.is_minor for one in people(small, view, reached(small, "Cora Lind", birth_on=born))] == [minor]


def test_an_erased_guest_has_no_address_and_is_told_as_erased(filled, view):
    cora = reached(filled, "Cora Lind")
    with filled.changing("erase") as change:
        erasure.erase(change, cora, "nimali")
    assert [(one.has_address, one.erased) for one in people(filled, view, cora)] == [(False, True)]


def test_many_guests_are_answered_as_few_are(filled, view, monkeypatch):
    guests = [ANA, BEN, *(reached(filled, name) for name in ("Cora Lind", "Dora Lind"))]
    filled.send(filled.campaign(), guests[2], "2025-03-10T10:00", ("complained", "2025-03-10T11:00"))
    few = people(filled, view, *guests)
    monkeypatch.setattr(reachable, "MANY", 1)
    assert people(filled, view, *guests) == few
    assert people(filled, view, guests[3]) == few[3:]


def test_the_cap_looks_back_over_its_own_days_the_as_of_date_among_them(small):
    cora = reached(small, "Cora Lind")
    small.send(small.campaign(), cora, "2025-03-20T10:00")
    with small.store.reading() as connection:
        who = reachable.records_of(connection, [cora])
        assert [reachable.recently(connection, who, AS_OF, Outreach("", 0, None, 4, days))[cora] for days in (12, 13)] == [0, 1]
