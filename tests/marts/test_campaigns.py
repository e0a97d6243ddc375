"""What the marts of campaigns make of messages, arms and money (tests/mailed.py, counted by hand), as of 1 April 2025."""
import datetime as dt

import pytest

from crm_core import schema
from crm_core import settings as settings_
from crm_core.records import identity
from crm_core.refresh import refresh
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests import mailed
from tests.hotel import Hotel
from tests.looking import ask
from tests.mailed import ADD, ARMS, DOLLARS, LIS, NO_CONTROL, PLANNED, WINTER


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    settings = settings_.at(tmp_path_factory.mktemp("mailed"))
    hotel = mailed.house(record.open_store(settings))
    refresh(settings)
    hotel.store.engine.dispose()
    return warehouses.current(settings)


def test_what_a_person_did_and_what_a_machine_did_stand_apart(made):
    rows = ask(made, f"""SELECT guest_id, is_delivered, machine_opened, is_opened, is_proxied, can_open, opened_human, is_clicked, is_scanned
                         FROM mart_sends WHERE campaign_id = {WINTER} ORDER BY guest_id""")
    assert rows == [(1, 1, 0, 1, 0, 1, 1, 1, 1), (2, 1, 1, 0, 1, 0, 0, 0, 0), (3, 0, 0, 0, 0, 0, 0, 0, 0)]


def test_messages_of_the_thirty_days_before_are_counted_with_each(made):
    assert ask(made, f"SELECT guest_id, mails_30d FROM mart_sends WHERE campaign_id = {NO_CONTROL} ORDER BY guest_id") == [(1, 2), (2, 2)]


def test_days_of_messages_add_up_to_the_messages(made):
    names = "sum(is_sent), sum(is_delivered), sum(is_bounced), sum(opened_human), sum(is_clicked), sum(is_booked), sum(booked_revenue_here)"
    assert ask(made, f"SELECT {names} FROM mart_sends") == ask(made, f"SELECT {names} FROM mart_send_days")


def test_everyone_assigned_stands_once_with_what_was_booked_in_the_window(made):
    rows = ask(made, f"""SELECT guest_id, arm, is_mailed, is_booked, revenue, margin, stays_before, way, trip, is_lapsed, is_member, assigned_on, ripe_on
                         FROM mart_assigned WHERE campaign_id = {WINTER} ORDER BY guest_id""")
    day, ripe = dt.date(2025, 2, 1), dt.date(2025, 3, 3)
    assert rows == [(1, "contact", 1, 1, 40_000, 14_000, "2-3", "ota", "business", 0, 0, day, ripe),
                    (2, "contact", 1, 0, 0, 0, "1", "direct", "leisure", 1, 0, day, ripe),
                    (3, "contact", 1, 0, 0, 0, "0", "", "", 0, 0, day, ripe), (4, "held_out", 0, 0, 0, 0, "0", "", "", 0, 1, day, ripe)]


def test_arms_that_a_file_names_are_arms_and_who_was_held_out_was_sent_nothing(made):
    assert ask(made, f"SELECT guest_id, arm, cell, is_mailed, is_booked FROM mart_assigned WHERE campaign_id = {ARMS} ORDER BY guest_id") == [
        (10, "contact", "A", 1, 0), (11, "contact", "B", 1, 0), (12, "held_out", "", 0, 1)]
    assert ask(made, f"SELECT sum(is_sent) FROM mart_sends WHERE campaign_id = {ARMS}") == [(2,)]


def test_a_booking_at_the_other_house_counts_for_the_whole_and_not_here(made):
    """It was made in birr, for which there is no rate: what it is worth is not known, which is not the same as nothing."""
    assert ask(made, f"""SELECT property_id, is_booked, is_booked_here, revenue, revenue_here FROM mart_assigned
                         WHERE campaign_id = {DOLLARS} AND guest_id = 8""") == [(LIS, 1, 0, None, 0)]


def test_a_property_carries_its_part_of_a_campaigns_cost_and_a_cost_without_a_rate_is_none(made):
    assert ask(made, f"SELECT property_id, people, cost FROM mart_campaigns WHERE campaign_id = {WINTER} ORDER BY property_id") == [(0, 4, 5000), (LIS, 4, 5000)]
    assert ask(made, f"SELECT cost FROM mart_campaigns WHERE campaign_id = {DOLLARS} AND property_id = 0") == [(None,)]
    assert ask(made, f"SELECT count(*) FROM mart_campaigns WHERE property_id = {ADD}") == [(0,)]


def test_a_plan_stands_with_its_day_and_its_budget(made):
    assert ask(made, f"SELECT planned_on, started_on, budget, planned_people FROM mart_campaigns WHERE campaign_id = {PLANNED} AND property_id = 0") == [
        (dt.date(2025, 5, 10), None, 50_000, 500)]


def test_an_audience_says_how_it_was_split(made):
    assert ask(made, f"SELECT holdout_bp, shares_said FROM mart_plans WHERE campaign_id IN ({WINTER}, {PLANNED}) ORDER BY campaign_id") == [
        (1000, "{}"), (None, "{}")]


def test_a_booking_is_credited_by_the_last_opened_message_and_by_all_that_came(made):
    """Guest 1 opened Winter, and got another message three days before booking."""
    rows = ask(made, "SELECT rule, campaign_id, part, revenue, is_double FROM mart_credits WHERE guest_id = 1 ORDER BY rule, campaign_id")
    assert rows == [("cloudbeds_30d_engaged", WINTER, 1.0, 40_000, 0), ("first_touch", WINTER, 1.0, 40_000, 0),
                    ("guestfolio_15d_any", WINTER, 1.0, 40_000, 1), ("guestfolio_15d_any", NO_CONTROL, 1.0, 40_000, 1),
                    ("inntopia_4d_action", NO_CONTROL, 1.0, 40_000, 0),
                    ("last_touch", NO_CONTROL, 1.0, 40_000, 0), ("linear", WINTER, .5, 20_000, 1), ("linear", NO_CONTROL, .5, 20_000, 1),
                    ("revinate_30d_open", WINTER, 1.0, 40_000, 0)]


# --- what goes wrong ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """Guests 1 to 6 of a house in Yerevan, four hours ahead of UTC.

    Campaign 1, from a file: guest 1 in A, guests 2 and 3 in control, but guest 3's message arrived and was clicked. Campaign 2: guest 4 gets a message at
    22:00 UTC on 1 March, opens it at 23:00 (by the house's clock on 2 March both), and books on 2 March; guest 5 booked on 1 March. Campaign 3 is drawn:
    guest 5 in variant B, guest 6 held out, and both turn out to be one person.
    """
    settings = settings_.at(tmp_path_factory.mktemp("odd"))
    hotel = Hotel(record.open_store(settings)).open()
    hotel.property("YER", 10)
    hotel.set(schema.property, 1, time_zone="Asia/Yerevan")
    for i in range(1, 7):
        hotel.guest(f"Guest {i}", "YER", email=f"guest{i}@example.com")
    file, night, drawn = (hotel.campaign(name) for name in ("File", "Night", "Drawn"))
    for guest, arm in ((1, "A"), (2, "control"), (3, "control")):
        clicked = [("delivered", "2025-01-20T10:00"), ("clicked", "2025-01-21T10:00")] if guest == 3 else []
        hotel.send(file, guest, "2025-01-20T10:00", *clicked, arm=arm)
    for guest, booked in ((4, 0), (5, 1)):
        hotel.send(night, guest, "2025-03-01T22:00", ("opened", "2025-03-01T23:00"))
        hotel.stay("YER", "2025-03-12", 1, 100, guest, lead=10 + booked)
    made = hotel.assigned({5: "contact", 6: "held_out"}, "2025-03-01", drawn)
    with hotel.changing("cells") as change:
        members = schema.audience_member
        change.connection.execute(members.update().where(members.c.audience_id == made, members.c.guest_id == 5).values(cell="B", stratum="north"))
        identity.link(change, 5, 6, decided_by="person", actor="test")
    refresh(settings)
    hotel.store.engine.dispose()
    return warehouses.current(settings)


def test_who_was_held_out_by_a_file_and_got_a_message_all_the_same_stays_held_out_and_is_marked(odd):
    assert ask(odd, "SELECT guest_id, arm, cell, is_mailed, is_clicked FROM mart_assigned WHERE campaign_id = 1 ORDER BY guest_id") == [
        (1, "contact", "A", 1, 0), (2, "held_out", "", 0, 0), (3, "held_out", "", 1, 1)]
    assert ask(odd, "SELECT sum(is_sent), sum(is_delivered), sum(is_clicked) FROM mart_sends WHERE campaign_id = 1") == [(2, 2, 1)]


def test_an_opening_has_its_day_by_the_clock_of_the_house_like_the_message_and_the_booking(odd):
    second = dt.date(2025, 3, 2)
    assert ask(odd, "SELECT DISTINCT sent_on, opened_on, acted_on FROM mart_sends WHERE campaign_id = 2") == [(second, second, second)]
    assert ask(odd, "SELECT guest_id FROM mart_credits WHERE rule = 'revinate_30d_open'") == [(4,)]


def test_of_two_records_that_are_one_person_now_the_contacted_one_keeps_its_variant(odd):
    assert ask(odd, "SELECT arm, cell, cell_stratum FROM mart_assigned WHERE campaign_id = 3") == [("contact", "B", "north")]
