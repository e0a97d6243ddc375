"""Journeys begin with what guests do, each trigger counted by hand; they end, hold out, keep to consent, and run day by day as over the whole span."""
import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.outreach.draw import is_held
from crm_core.outreach.journeys import SHIPPED, dump
from crm_core.records import erasure, identity, journey_due, journeys
from crm_core.records.journey_due import due_list, export_due, guest_journeys, run_journeys
from crm_core.records.journey_occasions import birthday
from crm_core.records.journeys import save_journey, save_journey_rules, simulate_journey, start_journey
from crm_core.records.registry import Refused, Stale
from crm_core.scope import NotAllowed
from crm_core.store import audit
from tests.hotel import AS_OF

MARCH, APRIL = dt.date(2025, 3, 1), dt.date(2025, 4, 1)
ANA, BEN = 1, 2
CONSENT = "2024-01-01T10:00:00+00:00"


def rules(on: str = "pre_arrival", days: int = 7, *waits: int, **changes) -> dict:
    """Rules of one message, and of one more for each further wait."""
    steps = [{"wait": wait, "message": f"m{place}"} for place, wait in enumerate((0, *waits), 1)]
    usual = {"trigger": {"on": on, "days": days}, "steps": steps, "exit": ["unsubscribed", "complained"], "purpose": "transactional", "channel": "email",
             "holdout_bp": 0, "once_per": "stay"}  # fmt: skip
    return usual | changes


def march(hotel, view, said: dict, *properties: int, from_on: dt.date = MARCH, to_on: dt.date = APRIL, **options) -> list[tuple]:
    """Who gets which message when: (guest, day, step, why)."""
    found = simulate_journey(hotel.store, view(*properties), rules=said, from_on=from_on, to_on=to_on, **options)
    return [(row["guest_id"], row["due_on"].isoformat()[5:], row["step"], row["why"]) for row in found["rows"]]


def reach(hotel, *guests: int) -> None:
    """Let the guests' addresses be known to work, and let them agree to marketing by e-mail."""
    with hotel.changing("reach") as change:
        change.connection.execute(sa.update(schema.profile).values(email_state="valid", revision=change.revision))
        for guest in guests:
            change.connection.execute(sa.insert(schema.consent).values(guest_id=guest, purpose="marketing", channel="email", state="given", at=CONSENT,
                                                                       source="desk", actor="test", proof="form 1", revision=change.revision))


@pytest.fixture
def house(small):
    """Lisbon and Addis; Ana and Ben can be written to and agree to it."""
    reach(small, ANA, BEN)
    return small


@pytest.fixture
def houses(filled):
    """The same on each engine."""
    reach(filled, ANA, BEN)
    return filled


# --- triggers -----------------------------------------------------------------------------------------------------------
def test_before_arrival_counts_back_from_stays_that_were_booked_by_then_and_not_cancelled(houses, view):
    """Ana: booked in Addis five days ahead, so 13 March was too early to know; in house since 31 March. Ben: three bookings, that of 15 March
    was cancelled on the 14th."""
    assert march(houses, view, rules("pre_arrival", 7, 6)) == [
        (BEN, "03-03", 1, ""), (BEN, "03-08", 1, ""), (BEN, "03-09", 2, ""), (BEN, "03-14", 2, "cancelled"), (ANA, "03-19", 2, ""), (ANA, "03-24", 1, ""),
        (BEN, "03-26", 1, ""), (ANA, "03-30", 2, "")]  # fmt: skip
    assert {guest for guest, *_ in march(houses, view, rules("pre_arrival", 7, 6), 2)} == {ANA}


def test_during_the_stay_counts_days_until_the_guest_leaves(houses, view):
    """On the second day all are still there; on the fourth only who stays three nights, and leaves that day."""
    assert march(houses, view, rules("in_stay", 2, 2)) == [(ANA, "03-04", 1, ""), (ANA, "03-06", 2, ""), (BEN, "03-11", 1, ""), (ANA, "03-21", 1, "")]


def test_after_the_stay_counts_from_the_departure_of_who_has_left(houses, view):
    assert march(houses, view, rules("post_stay", 2)) == [(ANA, "03-08", 1, ""), (BEN, "03-14", 1, ""), (ANA, "03-24", 1, "")]


def test_two_reservations_without_a_free_night_between_are_one_stay(house, view):
    house.stay("LIS", "2025-03-06", 2, 100, ANA)
    assert march(house, view, rules("post_stay", 2), 1) == [(ANA, "03-10", 1, ""), (BEN, "03-14", 1, "")]
    assert march(house, view, rules("pre_arrival", 1, exit=[]), 1)[0] == (ANA, "03-02", 1, "")


def test_a_guest_of_a_travel_site_is_won_for_the_next_time_unless_there_is_one_already(houses, view):
    assert march(houses, view, rules("ota_win_back", 10)) == [(BEN, "03-22", 1, "")]
    houses.stay("LIS", "2025-03-20", 1, 100, BEN)
    assert march(houses, view, rules("ota_win_back", 10)) == []


def test_lapsed_is_who_neither_came_nor_booked_since(houses, view):
    """Ana left on 6 March 2024 and booked again on 1 February 2025: a year later is too late, 300 days are not."""
    year = {"from_on": dt.date(2025, 1, 1), "to_on": APRIL}
    assert march(houses, view, rules("lapsed", 365), **year) == []
    assert march(houses, view, rules("lapsed", 301), **year) == [(ANA, "01-01", 1, "")]
    assert march(houses, view, rules("lapsed", 301, 60), **year) == [(ANA, "01-01", 1, "")]


def test_a_cancellation_counts_unless_the_guest_comes_all_the_same(houses, view):
    assert march(houses, view, rules("cancellation", 3)) == [(BEN, "03-17", 1, "")]
    houses.stay("LIS", "2025-03-16", 1, 100, BEN)
    assert march(houses, view, rules("cancellation", 3)) == []


def test_an_enquiry_is_silent_from_the_last_word_on_in_the_propertys_own_time(houses, view):
    """Late on 9 March in London is the 10th in Addis Ababa. Ben was lost on the 12th; whoever came to nothing as spam is not asked."""
    houses.set(schema.property, 2, time_zone="Africa/Addis_Ababa")
    houses.said("ADD", "2025-03-09T22:30", "in", lead_id=houses.lead("ADD", "2025-03-05T10:00", guest_id=ANA), guest_id=ANA)
    houses.lead("LIS", "2025-03-08T10:00", ("lost", "2025-03-12T10:00"), guest_id=BEN, lost_reason="price")
    houses.lead("LIS", "2025-03-08T10:00", ("lost", "2025-03-12T10:00"), guest_id=BEN, lost_reason="spam")
    houses.lead("LIS", "2025-03-08T10:00", ("won", "2025-03-09T10:00"), guest_id=ANA)
    houses.lead("LIS", "2025-03-08T10:00")
    assert march(houses, view, rules("abandoned_enquiry", 5)) == [(ANA, "03-15", 1, ""), (BEN, "03-17", 1, "")]
    assert march(houses, view, rules("abandoned_enquiry", 3)) == [(ANA, "03-08", 1, ""), (BEN, "03-11", 1, ""), (ANA, "03-13", 1, ""), (BEN, "03-15", 1, "")]


@pytest.mark.parametrize(("at", "day"), [("2025-03-29T23:30", "03-30"), ("2025-03-30T22:30", "03-31"), ("2025-03-30T23:30", "04-01")])
def test_a_day_ends_where_the_property_is_on_the_night_of_the_clock_change_too(house, view, at, day):
    """Lisbon's clocks go from UTC to an hour ahead at 01:00 UTC on 30 March."""
    house.set(schema.property, 1, time_zone="Europe/Lisbon")
    house.lead("LIS", at, guest_id=ANA)
    assert march(house, view, rules("abandoned_enquiry", 1), to_on=dt.date(2025, 4, 5)) == [(ANA, day, 1, "")]


def test_a_birthday_comes_every_year_on_28_february_where_there_is_no_29th(houses, view):
    """Ana's last stay before the as-of date began in Lisbon on 31 March: she is greeted from there."""
    houses.set(schema.guest, ANA, birth_on=dt.date(1988, 2, 29))
    spring = {"from_on": dt.date(2025, 2, 1), "to_on": APRIL}
    assert march(houses, view, rules("birthday", 14), **spring) == [(ANA, "02-14", 1, "")]
    assert march(houses, view, rules("birthday", 14), 2, **spring) == [(ANA, "02-14", 1, "")]
    found = simulate_journey(houses.store, view(), rules=rules("birthday", 14), **spring)["rows"][0]
    assert (found["property_id"], found["occasion"]) == (1, "birthday:2025")
    assert [birthday(dt.date(1988, 2, 29), year).isoformat() for year in (2024, 2025)] == ["2024-02-29", "2025-02-28"]


def test_bookers_house_use_and_erased_guests_begin_nothing(house, view):
    everything = [rules(kind, 2) for kind in ("pre_arrival", "in_stay", "post_stay", "ota_win_back", "cancellation", "lapsed")]
    house.set(schema.guest, BEN, birth_on=dt.date(1990, 3, 20))
    everything.append(rules("birthday", 2))
    house.set(schema.profile, 1, is_booker=1)
    with house.changing("erase") as change:
        erasure.erase(change, BEN, "test")
    assert [march(house, view, said) for said in everything] == [[]] * 7
    cleo = house.guest("Cleo Mensah", "LIS", email="cleo@example.com")
    house.stay("LIS", "2025-03-10", 2, 0, cleo, rate_class="house_use")
    assert march(house, view, rules("post_stay", 2)) == []


def test_two_records_of_one_person_are_written_to_once(house, view):
    again = house.guest("Ana Silva-Dias", "LIS", email="ana@example.com")
    house.stay("LIS", "2025-03-03", 3, 300, again, confirmation="L9")
    reach(house)
    assert [row[0] for row in march(house, view, rules("post_stay", 2), 1)] == [ANA, again, BEN]
    house.set(schema.guest, again, merged_into=ANA)
    assert [row[0] for row in march(house, view, rules("post_stay", 2), 1)] == [ANA, BEN]


# --- what ends it -------------------------------------------------------------------------------------------------------
MARKETING = {"purpose": "marketing", "exit": ["booked", "unsubscribed", "complained"]}


def test_a_booking_since_ends_what_brings_back(house, view):
    """Ben left on 12 March; the stay of 2 April was booked on 23 March."""
    assert march(house, view, rules("ota_win_back", 5, 10, **MARKETING)) == [(BEN, "03-17", 1, ""), (BEN, "03-27", 2, "booked")]


def test_who_unsubscribed_or_complained_gets_no_more_of_any_journey_but_a_scanner_says_nothing(house, view):
    mail = house.campaign()
    house.send(mail, ANA, "2025-01-05T10:00", ("unsubscribed", "2025-01-06T10:00"))
    house.send(mail, BEN, "2025-01-05T10:00", ("unsubscribed", "2025-01-06T10:00", 1))
    said = rules("post_stay", 2, **MARKETING)
    assert march(house, view, said, 1) == [(ANA, "03-08", 1, "unsubscribed"), (BEN, "03-14", 1, "")]


def test_the_cap_counts_messages_of_others_and_those_that_wait_on_other_journeys(house, view):
    mail, service = house.campaign(), house.campaign("Arrival", purpose="transactional")
    said = rules("post_stay", 2, cap={"messages": 2, "days": 30}, **MARKETING)
    for sent in (mail, service, service):
        house.send(sent, BEN, "2025-03-01T10:00")
    assert march(house, view, said, 1)[-1] == (BEN, "03-14", 1, "")
    other = save_journey(house.store, view(), name="Other", rules=rules("post_stay", 1, **MARKETING))
    with house.changing("due") as change:
        change.connection.execute(sa.insert(schema.journey_due).values(journey_id=other, number=1, guest_id=BEN, property_id=1, occasion="stay:3", step=1,
                                                                       due_on=dt.date(2025, 3, 13), arm="contact", state="exported", at=change.at))
    assert march(house, view, said, 1)[-1] == (BEN, "03-14", 1, "frequency_cap")
    # What went out of the other journey is one message, however it is known.
    house.send(house.campaign("Other's", journey_id=other), BEN, "2025-03-13T12:00")
    house.set(schema.campaign, mail, purpose="transactional")
    assert march(house, view, said, 1)[-1] == (BEN, "03-14", 1, "")


def test_marketing_without_a_cap_keeps_to_the_houses(house, view):
    mail = house.campaign()
    for day in range(1, 5):
        house.send(mail, BEN, f"2025-03-0{day}T10:00")
    assert march(house, view, rules("post_stay", 2, **MARKETING), 1)[-1] == (BEN, "03-14", 1, "frequency_cap")


def test_marketing_needs_consent_with_proof_and_a_booking_only_an_address(small, view):
    said = rules("post_stay", 2, **MARKETING)
    assert {why for *_, why in march(small, view, said)} == {"invalid"}
    reach(small)
    small.consent(BEN, "given", "2024-01-01T10:00:00+00:00")
    assert march(small, view, said, 1) == [(ANA, "03-08", 1, "no_word"), (BEN, "03-14", 1, "no_proof")]
    assert {why for *_, why in march(small, view, rules("post_stay", 2))} == {""}


def test_a_survey_goes_to_whoever_did_not_refuse_it(house, view):
    house.consent(BEN, "objected", "2025-01-01T10:00:00+00:00", purpose="survey")
    assert march(house, view, rules("post_stay", 2, purpose="survey"), 1) == [(ANA, "03-08", 1, ""), (BEN, "03-14", 1, "objected")]


def test_the_lot_of_all_campaigns_holds_out_of_marketing_alone(house, view):
    with house.changing("hold") as change:
        for key, value in (("holdout_salt", "s"), ("holdout_bp", "10000"), ("holdout_from", "2025-01-01")):
            change.connection.execute(sa.insert(schema.setting).values(key=key, value=value))
    assert {why for *_, why in march(house, view, rules("post_stay", 2, **MARKETING))} == {"global_holdout"}
    assert {why for *_, why in march(house, view, rules("post_stay", 2))} == {""}


def test_the_rule_of_a_step_says_for_whom_it_is(house, view):
    said = rules("post_stay", 2)
    said["steps"][0]["if"] = {"field": "stays", "is": "at_least", "value": 2}
    with pytest.raises(Refused, match="look up first"):
        march(house, view, said)
    assert march(house, view, said, 1, meets={1: {ANA}}) == [(ANA, "03-08", 1, ""), (BEN, "03-14", 1, "not_meant")]


def test_a_simulation_says_how_many_and_writes_nothing(house, view):
    before = house.store.revision()
    found = simulate_journey(house.store, view(), rules=rules("pre_arrival", 7, 6), from_on=MARCH, to_on=APRIL)
    assert {key: found[key] for key in ("people", "twice", "messages", "held_out", "left")} == {
        "people": 2, "twice": 2, "messages": 7, "held_out": 0, "left": {"cancelled": 1}}
    assert house.store.revision() == before
    with pytest.raises(Refused, match="366"):
        simulate_journey(house.store, view(), rules=rules(), from_on=APRIL, to_on=MARCH)


@pytest.mark.parametrize("example", SHIPPED, ids=lambda example: example.code)
def test_each_journey_to_begin_with_can_be_tried(house, view, example):
    assert simulate_journey(house.store, view(), rules=dump(example.journey), from_on=MARCH, to_on=APRIL)["people"] >= 0


# --- saving -------------------------------------------------------------------------------------------------------------
def saved(hotel, view, said: dict, *properties: int, start: bool = True, on: dt.date = MARCH, name: str = "Mine") -> int:
    made = save_journey(hotel.store, view(*properties, as_of=on), name=name, rules=said)
    if start:
        start_journey(hotel.store, view(*properties, as_of=on), id=made, version=1)
    return made


def test_a_journey_is_saved_changed_in_versions_started_stopped_and_put_away(filled, view):
    store, made = filled.store, saved(filled, view, rules(), start=False, on=AS_OF)
    assert save_journey_rules(store, view(), id=made, version=1, rules=rules("pre_arrival", 5)) == 2
    start_journey(store, view(), id=made, version=2)
    one, = journeys.journeys(store, view())
    assert (one["name"], one["kind"], one["is_active"], one["number"], one["rules"]["trigger"]["days"], one["written"]) == ("Mine", "pre_arrival", 1, 2, 5, 0)
    assert [version["number"] for version in journeys.journey_card(store, view(), id=made)["versions"]] == [2, 1]
    later = view(as_of=dt.date(2025, 5, 1))
    journeys.stop_journey(store, later, id=made, version=3)
    start_journey(store, later, id=made, version=4)
    assert next((row["number"], row["from_on"].isoformat()) for row in journeys.journey_card(store, later, id=made)["versions"]) == (3, "2025-05-01")
    journeys.archive_journey(store, view(), id=made, version=5)
    assert (journeys.journeys(store, view()), len(journeys.journeys(store, view(), archived=True))) == ([], 1)


@pytest.mark.parametrize(("changes", "problem"), [
    ({"rules": rules(steps=[])}, "at least one message"), ({"rules": rules(purpose="marketing", exit=[])}, "Marketing ends"), ({"rules": {}}, "names each thing"),
    ({"rules": rules(steps=[{"wait": 0, "message": "x", "if": {"field": "nothing", "is": "yes"}}])}, "nothing"),
    ({"name": " "}, "1 to 80"), ({"properties": (9,)}, "not among yours"),
])  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_a_sentence(small, view, changes, problem):
    with pytest.raises(Refused, match=problem):
        save_journey(small.store, view(), **{"name": "Mine", "rules": rules()} | changes)
    assert journeys.journeys(small.store, view()) == []


def test_a_change_on_what_somebody_else_changed_is_refused(small, view):
    made = saved(small, view, rules(), on=AS_OF)
    with pytest.raises(Stale):
        save_journey_rules(small.store, view(), id=made, version=1, rules=rules("pre_arrival", 5))
    for said, problem in ((rules(), "the same"), (rules("post_stay", 5), "begins with")):
        with pytest.raises(Refused, match=problem):
            save_journey_rules(small.store, view(), id=made, version=2, rules=said)
    with pytest.raises(Refused, match="today or later"):
        save_journey_rules(small.store, view(), id=made, version=2, rules=rules("pre_arrival", 5), from_on=MARCH)
    with pytest.raises(Refused, match="choose another"):
        save_journey(small.store, view(), name="mine", rules=rules())
    with pytest.raises(Refused, match="runs already"):
        start_journey(small.store, view(), id=made, version=2)


def test_a_journey_of_both_properties_is_not_seen_from_one(small, view):
    made = saved(small, view, rules(), on=AS_OF)
    assert journeys.journeys(small.store, view(1)) == []
    assert journeys.journey_card(small.store, view(1), id=made) is None
    with pytest.raises(Refused, match="no such journey"):
        start_journey(small.store, view(1), id=made, version=2)
    with pytest.raises(NotAllowed):
        save_journey(small.store, view(role="group"), name="Other", rules=rules())


# --- the daily run ------------------------------------------------------------------------------------------------------
def due(hotel) -> list[tuple]:
    d = schema.journey_due.c
    with hotel.store.reading() as connection:
        rows = connection.execute(sa.select(d.guest_id, d.due_on, d.step, d.arm, d.state, d.why).order_by(d.due_on, d.guest_id, d.step))
        return [(row.guest_id, row.due_on.isoformat()[5:], *row[2:]) for row in rows]


def on_days(hotel, view, *days: int) -> int:
    """Run on these days of March; what was missed between them is caught up for a week."""
    return sum(run_journeys(hotel.store, view(as_of=dt.date(2025, 3, day))) for day in days)


@pytest.mark.parametrize("said", [rules("pre_arrival", 7, 6), rules("post_stay", 2, 3, **MARKETING | {"cap": {"messages": 1, "days": 14}, "holdout_bp": 5000})])
def test_day_by_day_is_as_the_whole_month(house, view, said):
    made = saved(house, view, said)
    assert on_days(house, view, *range(1, 32)) == len(due(house))
    found = simulate_journey(house.store, view(), rules=said, from_on=MARCH, to_on=APRIL)["rows"]
    assert sorted((row["guest_id"], row["due_on"].isoformat()[5:], row["step"], row["state"], row["why"]) for row in found) == sorted(
        (guest, day, step, state, why) for guest, day, step, arm, state, why in due(house))
    assert {guest: arm for guest, *_, arm, _, _ in due(house)} == {
        guest: "held_out" if is_held(guest, f"journey/{made}", said["holdout_bp"]) else "contact" for guest, *_ in due(house)}


def test_a_second_run_adds_nothing_and_missed_days_are_caught_up_for_a_week(houses, view):
    saved(houses, view, rules("post_stay", 2))
    run_journeys(houses.store, view(as_of=dt.date(2025, 3, 7)))
    assert run_journeys(houses.store, view(as_of=dt.date(2025, 3, 14))) == 2
    assert run_journeys(houses.store, view(as_of=dt.date(2025, 3, 14))) == 0
    assert due(houses) == [(ANA, "03-08", 1, "contact", "due", ""), (BEN, "03-14", 1, "contact", "due", "")]
    assert run_journeys(houses.store, view(as_of=dt.date(2025, 3, 31))) == 0  # what was due on the 24th is over
    assert journey_due.days_to_run(dt.date(2025, 3, 14), dt.date(2025, 3, 31))[0] == dt.date(2025, 3, 25)


def test_only_what_begins_after_the_start_falls_due(house, view):
    saved(house, view, rules("post_stay", 2, 7), on=dt.date(2025, 3, 10))
    on_days(house, view, 10, 14, 15)
    assert [row[:3] for row in due(house)] == [(BEN, "03-14", 1)]  # Ana's second message, on the 15th, would have followed a first one


def test_a_journey_whose_rule_nobody_looked_up_waits_and_one_of_one_property_stays_there(house, view):
    said = rules("post_stay", 2)
    said["steps"][0]["if"] = {"field": "stays", "is": "at_least", "value": 2}
    made = saved(house, view, said)
    saved(house, view, rules("post_stay", 2), 2, name="Addis")
    assert on_days(house, view, 14, 24) == 1
    assert [row[:2] for row in due(house)] == [(ANA, "03-24")]
    assert run_journeys(house.store, view(as_of=dt.date(2025, 3, 14)), meets={made: {1: {ANA}}}) == 1
    assert due(house)[0] == (BEN, "03-14", 1, "contact", "left", "not_meant")


def test_who_began_in_an_arm_stays_in_it_when_another_share_is_held_out(house, view):
    said = rules("post_stay", 2, 3)
    made = saved(house, view, said)
    on_days(house, view, 8)
    with house.changing("rules") as change:
        change.connection.execute(sa.update(schema.journey_due).values(arm="held_out"))
    save_journey_rules(house.store, view(as_of=dt.date(2025, 3, 9)), id=made, version=2, rules=said | {"holdout_bp": 1})
    on_days(house, view, 11, 14)
    assert [row[:4] for row in due(house)] == [(ANA, "03-08", 1, "held_out"), (ANA, "03-11", 2, "held_out"), (BEN, "03-14", 1, "contact")]


def test_stopped_journeys_rest(house, view):
    made = saved(house, view, rules("post_stay", 2))
    journeys.stop_journey(house.store, view(), id=made, version=2)
    assert on_days(house, view, 8) == 0


# --- what has fallen due ------------------------------------------------------------------------------------------------
@pytest.fixture
def fallen(house, view):
    """A journey of marketing whose first message fell due for Ana on 8 and for Ben on 14 March, and for Ana again on the 24th."""
    made = saved(house, view, rules("post_stay", 2, **MARKETING))
    on_days(house, view, 8, 14, 24)
    return replace(house, batch=made)


def test_what_is_due_is_exported_once_with_its_proof(fallen, view):
    made = fallen.batch
    file = export_due(fallen.store, view(), id=made, platform="plain", from_on=MARCH, to_on=APRIL)
    rows = [dict(zip(file.columns, row, strict=True)) for row in file.rows]
    assert [(row["email"], row["given_name"], row["campaign"], row["cell"], row["consent_proof"], row["expires_on"]) for row in rows] == [
        ("ana@example.com", "Ana", "Mine", "m1", "form 1", "2025-04-08")]
    # Ana's first message was due before she had anything ahead; by now both have booked again, and Ana's second one stands alone.
    assert file.left == {"booked": 2}
    assert export_due(fallen.store, view(), id=made, platform="plain", from_on=MARCH, to_on=APRIL).rows == []


def test_rules_that_hold_from_a_later_day_on_do_not_change_what_is_exported_now(fallen, view):
    card = journeys.journey_card(fallen.store, view(), id=fallen.batch)
    save_journey_rules(fallen.store, view(), id=fallen.batch, version=card["version"], rules=card["versions"][0]["rules"] | {"channel": "sms"},
                       from_on=AS_OF + dt.timedelta(7))
    file = export_due(fallen.store, view(), id=fallen.batch, platform="plain", from_on=MARCH, to_on=APRIL)
    assert [row[:2] for row in file.rows] == [["ana@example.com", ""]]


def test_a_consent_withdrawn_between_the_due_day_and_the_export_keeps_the_guest_off_the_file(fallen, view):
    fallen.consent(ANA, "withdrawn", "2025-03-25T10:00:00+00:00")
    file = export_due(fallen.store, view(), id=fallen.batch, platform="klaviyo", from_on=dt.date(2025, 3, 20), to_on=APRIL)
    assert (file.rows, file.left) == ([], {"withdrawn": 1})
    assert due(fallen)[-1] == (ANA, "03-24", 1, "contact", "left", "withdrawn")


def test_the_house_cap_counts_at_the_export(fallen, view):
    mail = fallen.campaign()
    for day in range(25, 29):
        fallen.send(mail, ANA, f"2025-03-{day}T10:00")
    file = export_due(fallen.store, view(), id=fallen.batch, platform="plain", from_on=dt.date(2025, 3, 20), to_on=APRIL)
    assert file.left == {"frequency_cap": 1}


def test_held_out_guests_are_never_exported(house, view):
    said = rules("post_stay", 2, holdout_bp=5000)
    tried = (saved(house, view, said, name=f"Mine {n}", start=False) for n in range(40))
    made = next(one for one in tried if [is_held(guest, f"journey/{one}", 5000) for guest in (ANA, BEN)] == [True, False])
    start_journey(house.store, view(as_of=MARCH), id=made, version=1)
    on_days(house, view, 8, 14)
    file = export_due(house.store, view(), id=made, platform="plain", from_on=MARCH, to_on=APRIL)
    assert [row[0] for row in file.rows] == ["ben@example.org"]
    assert {row["arm"] for row in due_list(house.store, view(), id=made, from_on=MARCH, to_on=APRIL) if row["state"] == "due"} == {"held_out"}
    one = next(row for row in journeys.journeys(house.store, view()) if row["id"] == made)
    assert (one["written"], one["twice"], one["held_out"]) == (1, 0, 1)


def test_who_turns_out_to_be_one_person_with_somebody_held_out_is_not_exported(house, view):
    said = rules("post_stay", 2, holdout_bp=5000)
    tried = (saved(house, view, said, name=f"Mine {n}", start=False) for n in range(40))
    made = next(one for one in tried if [is_held(guest, f"journey/{one}", 5000) for guest in (ANA, BEN)] == [True, False])
    start_journey(house.store, view(as_of=MARCH), id=made, version=1)
    on_days(house, view, 8, 14)
    with house.changing("merge") as change:
        identity.link(change, ANA, BEN, decided_by="person", actor="test")
    file = export_due(house.store, view(), id=made, platform="plain", from_on=MARCH, to_on=APRIL)
    assert (file.rows, file.left) == ([], {"held_out": 1})


def test_a_cancelled_stay_is_not_written_about_though_it_was_due(house, view):
    made = saved(house, view, rules("pre_arrival", 7, exit=[]), on=dt.date(2025, 3, 26))
    run_journeys(house.store, view(as_of=dt.date(2025, 3, 26)))
    house.set(schema.stay, 8, status="cancelled", ended_on=dt.date(2025, 3, 27))
    file = export_due(house.store, view(as_of=dt.date(2025, 3, 28)), id=made, platform="plain", from_on=MARCH, to_on=APRIL)
    assert (file.rows, file.left) == ([], {"cancelled": 1})


def test_an_export_needs_its_rights_and_is_audited_with_columns_and_rows(fallen, view):
    ask = {"id": fallen.batch, "platform": "plain", "from_on": MARCH, "to_on": APRIL}
    for role in ("group", "privacy", "trainer"):
        with pytest.raises(NotAllowed):
            export_due(fallen.store, view(role=role), **ask)
    with pytest.raises(Refused, match="no such journey"):
        export_due(fallen.store, view(1), **ask)
    with pytest.raises(Refused, match="platform"):
        export_due(fallen.store, view(), **ask | {"platform": "fax"})
    export_due(fallen.store, view(), **ask)
    with fallen.store.reading() as connection:
        said = connection.execute(sa.select(schema.audit).where(schema.audit.c.verb == "export")).one()
        assert audit.verify(connection) == []
    assert '"email"' in said.fields and '"rows=1"' in said.fields and "ana@" not in said.fields


def test_a_guest_is_told_what_fell_due_by_whichever_record(fallen, view):
    mine = guest_journeys(fallen.store, view(), guest_id=ANA)
    assert [(row["journey"], row["kind"], row["message"], row["due_on"].isoformat(), row["state"]) for row in mine] == [
        ("Mine", "post_stay", "m1", "2025-03-24", "due"), ("Mine", "post_stay", "m1", "2025-03-08", "due")]
    assert [row["property_id"] for row in guest_journeys(fallen.store, view(1), guest_id=ANA)] == [1]
    assert guest_journeys(fallen.store, view(2), guest_id=BEN) == []
