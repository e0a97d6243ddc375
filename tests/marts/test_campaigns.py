"""What the marts of campaigns make of messages, arms and money (tests/mailed.py, counted by hand), as of 1 April 2025."""
import datetime as dt

import pytest

from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests import mailed
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
