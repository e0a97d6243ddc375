"""KPIs of campaigns, counted by hand at Lisbon and Addis Ababa (as of 1 April 2025).

Ana (guest 1) booked on 1 February (Lisbon, €300), 15 March (Addis, €200) and 21 March (Lisbon, €330); Ben (guest 2) on 18 February (Lisbon, €240)
and on 23 March (Lisbon, €260); what he cancelled does not count.
"""
import datetime as dt
import math
from dataclasses import replace

import pytest

from crm_core import queries
from crm_core.scope import Period

SPRING = Period(dt.date(2025, 1, 1), dt.date(2025, 4, 1))


@pytest.fixture
def spring(scope):
    return replace(scope, period=SPRING, chain=(1, 2))


def value(made, scope, key: str):
    frame = queries.run(made, scope, "kpi_values", keys=(key,))
    return frame[frame["period"] == "now"].iloc[0]


def parts(made, scope, key: str) -> tuple[float, float]:
    found = value(made, scope, key)
    return found["numerator"], found["denominator"]


@pytest.fixture
def written_to(hotel, rebuilt):
    """Four e-mails of February: one came back; a machine opened two, and Ana one of them herself, clicked and unsubscribed; Ben complained."""
    letter = hotel.campaign(sent_at="2025-02-10T10:00:00+00:00")
    carol, dora = hotel.guest("Carol Weber", "LIS"), hotel.guest("Dora Weber", "LIS")
    hotel.send(letter, 1, "2025-02-10T10:00", ("opened", "2025-02-10T10:01", 1), ("opened", "2025-02-11T08:00"), ("opened", "2025-02-12T08:00"),
               ("clicked", "2025-02-11T08:01"), ("unsubscribed", "2025-02-11T08:05"))
    hotel.send(letter, 2, "2025-02-10T10:00", ("opened", "2025-02-10T11:00"), ("complained", "2025-02-10T11:01"))
    hotel.send(letter, carol, "2025-02-10T10:00", ("bounced", "2025-02-10T10:05"))
    hotel.send(letter, dora, "2025-02-10T10:00", ("opened", "2025-02-10T10:01", 1), ("clicked", "2025-02-10T10:00", 1))
    return rebuilt()


@pytest.mark.parametrize(("key", "expected"), [
    ("delivery_rate", (3, 4)), ("bounce_rate", (1, 4)), ("human_open_rate", (1, 1)), ("ctr_delivered", (1, 3)), ("ctr_sent", (1, 4)), ("ctor", (1, 2)),
    ("unsubscribe_rate", (1, 3)), ("complaint_rate", (1, 3)),
    ("conversion_rate", (1, 4)),  # Ben booked within thirty days; Ana did before, and five days too late
])
def test_what_became_of_four_emails(written_to, spring, key, expected):
    assert parts(written_to, spring, key) == expected


def test_who_opens_by_machine_says_nothing_of_openings(written_to, spring):
    """Of those who got it, only Ben's programme is not known to open by itself."""
    assert parts(written_to, spring, "human_open_rate") == (1, 1)
    split = queries.run(written_to, spring, "kpi_values", keys=("delivery_rate",), by="campaign")
    assert split[split["period"] == "now"][["group", "n"]].to_numpy().tolist() == [[1, 4]]


def test_an_email_counts_as_converted_only_when_its_thirty_days_are_over(hotel, rebuilt, spring):
    hotel.send(hotel.campaign(), 1, "2025-03-03T10:00")
    made = rebuilt()
    assert parts(made, spring, "conversion_rate") == (0, 0)
    assert parts(made, replace(spring, as_of=dt.date(2025, 4, 2)), "conversion_rate") == (1, 1)


def test_attributed_revenue_is_the_last_opened_messages(hotel, rebuilt, spring):
    """Ana opened the first of two messages, and booked €200 and €330 within thirty days of it."""
    hotel.send(hotel.campaign("First"), 1, "2025-03-01T10:00", ("opened", "2025-03-01T11:00"))
    hotel.send(hotel.campaign("Second"), 1, "2025-03-10T10:00", ("opened", "2025-03-10T10:00", 1))
    made = rebuilt()
    assert value(made, spring, "attributed_revenue")["value"] == 20_000 + 33_000
    assert parts(made, spring, "revenue_per_recipient") == (53_000, 2)


def test_messages_of_the_last_thirty_days_are_told_of_those_who_got_one(hotel, rebuilt, spring):
    news, survey = hotel.campaign(), hotel.campaign("Survey", purpose="survey")
    for guest, sent in ((1, "2025-03-02T10:00"), (1, "2025-03-20T10:00"), (2, "2025-03-31T10:00"), (2, "2025-03-01T10:00")):
        hotel.send(news, guest, sent)
    hotel.send(survey, 1, "2025-03-25T10:00")
    assert parts(rebuilt(), spring, "mails_per_guest_30d") == (3, 2)


@pytest.fixture
def two_arms(hotel, rebuilt):
    """Ben and Ana are written to, Carol is held out, from 15 February on for 30 days: both booked, Carol did not. It cost €50."""
    letter = hotel.campaign(cost_minor=5_000, currency="EUR", sent_at="2025-02-15T10:00:00+00:00")
    carol = hotel.guest("Carol Weber", "LIS")
    hotel.assigned({1: "contact", 2: "contact", carol: "held_out"}, "2025-02-15", letter, holdout_bp=3_333)
    return rebuilt()


def test_what_was_caused_stands_beside_who_was_held_out(two_arms, spring):
    """Two of two against none of one: too few to tell what they spend."""
    lift = value(two_arms, spring, "lift_abs")
    assert (lift["value"], lift["numerator"], lift["denominator"], lift["n"], lift["few"]) == (1, 2, 2, 1, True)
    assert value(two_arms, spring, "incremental_bookings")["value"] == 2
    assert math.isnan(value(two_arms, spring, "incremental_margin")["value"])
    assert math.isnan(value(two_arms, spring, "romi_incremental")["value"])
    assert math.isnan(value(two_arms, spring, "lift_rel")["value"])  # fewer than five bookings in an arm
    assert math.isnan(value(two_arms, spring, "cost_per_incremental_booking")["value"])  # the interval touches zero
    assert value(two_arms, spring, "srm_p")["value"] == pytest.approx(1, abs=1e-3)


@pytest.fixture
def twenty(hotel, rebuilt):
    """Ten are written to and ten held out on 1 February: nine and five of them book for €100 at a margin of 35 %. It cost €40."""
    letter = hotel.campaign(cost_minor=4_000, currency="EUR", sent_at="2025-02-01T10:00:00+00:00")
    guests = [hotel.guest(f"Guest Number{i}", "LIS") for i in range(20)]
    hotel.assigned({guest: "contact" if i < 10 else "held_out" for i, guest in enumerate(guests)}, "2025-02-01", letter)
    for guest in (*guests[:9], *guests[10:15]):
        hotel.stay("LIS", "2025-02-20", 1, 100, guest)
    return rebuilt()


def test_margin_is_told_from_five_bookings_in_each_arm_on_and_carries_the_return(twenty, spring):
    """Ten times (9 − 5) tenths of €35 are €140: €100 beyond the cost of €40."""
    assert value(twenty, spring, "incremental_bookings")["value"] == pytest.approx(4)
    margin, back = value(twenty, spring, "incremental_margin"), value(twenty, spring, "romi_incremental")
    assert (margin["value"], back["value"]) == (pytest.approx(14_000), pytest.approx(2.5))
    assert (back["low"], back["high"]) == (pytest.approx((margin["low"] - 4_000) / 4_000), pytest.approx((margin["high"] - 4_000) / 4_000))
    assert value(twenty, spring, "lift_rel")["value"] == pytest.approx(9 / 5 - 1)


def test_a_property_sees_only_what_was_booked_there(two_arms, spring):
    """Ana booked in Addis: at Lisbon she was written to and did not book."""
    lisbon = value(two_arms, replace(spring, properties=(1,)), "lift_abs")
    assert (lisbon["numerator"], lisbon["denominator"], lisbon["value"]) == (1, 2, 0.5)


def test_a_campaign_without_held_out_guests_and_one_whose_window_is_open_tell_no_lift(hotel, rebuilt, spring):
    hotel.assigned({1: "contact", 2: "contact"}, "2025-02-01", hotel.campaign("All"))
    hotel.assigned({1: "contact", 2: "held_out"}, "2025-03-15", hotel.campaign("Young"))
    made = rebuilt()
    found = value(made, spring, "incremental_bookings")
    assert math.isnan(found["value"])
    assert found["n"] == 0


def test_without_a_known_cost_there_is_no_return(hotel, rebuilt, spring):
    hotel.assigned({1: "contact", 2: "held_out"}, "2025-02-15", hotel.campaign())
    assert math.isnan(value(rebuilt(), spring, "romi_incremental")["value"])


def test_months_stand_apart(two_arms, spring):
    months = queries.run(two_arms, spring, "kpi_months", keys=("incremental_bookings",), count=3)
    assert months["incremental_bookings"].tolist()[1] == 2
    assert math.isnan(months["incremental_bookings"].iloc[0])
