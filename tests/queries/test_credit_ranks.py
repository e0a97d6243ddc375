"""Campaigns as rules credit them, beside what they caused, and what messages are for: counted by hand (tests/mailed.py)."""
import datetime as dt
import math
from dataclasses import replace

import pytest

from crm_core import queries
from crm_core.scope import Period, Scope
from tests.hotel import AS_OF
from tests.mailed import ARMS, COUNTS, DOLLARS, EARLY, LIS, NO_CONTROL, WINTER

VIEW = Scope("local", (1, 2), Period(dt.date(2025, 1, 1), dt.date(2025, 4, 1)), AS_OF, chain=(1, 2))


def ask(made, name: str, view: Scope = VIEW, **params):
    return queries.run(made, view, name, **params)


def credited(found, campaign: int) -> dict[str, float]:
    rows = found[(found["campaign_id"] == campaign) & (found["bookings"] > 0)]
    return dict(zip(rows["rule"], rows["bookings"], strict=True))


def test_every_campaign_with_messages_stands_beside_every_rule(mailed):
    """The newest first; what is only planned, and what is known by counts alone, has nothing that a rule could credit."""
    found = ask(mailed, "credit_ranks")
    assert found["campaign_id"].drop_duplicates().tolist() == [EARLY, NO_CONTROL, WINTER, ARMS, DOLLARS]
    assert found.groupby("campaign_id").size().unique().tolist() == [7]


def test_one_booking_is_credited_by_each_rule_in_its_own_way(mailed):
    """Guest 1 opened "Winter" on 2 February, got "No control" on the eighth, and booked on the eleventh."""
    found = ask(mailed, "credit_ranks")
    assert credited(found, WINTER) == {"revinate_30d_open": 1, "cloudbeds_30d_engaged": 1, "guestfolio_15d_any": 1, "first_touch": 1, "linear": 0.5}
    assert credited(found, NO_CONTROL) == {"last_touch": 1, "guestfolio_15d_any": 1, "inntopia_4d_action": 1, "linear": 0.5}


def test_what_came_anyway_follows_from_the_arms_and_is_not_told_without(mailed):
    """Of those whom "Winter" wrote to one booked, of those held out none: one was caused, and nothing came anyway."""
    found = ask(mailed, "credit_ranks").set_index(["campaign_id", "rule"])
    winter = found.loc[(WINTER, "linear")]
    assert (winter["incremental"], winter["came_anyway"], winter["came_anyway_low"], winter["came_anyway_high"]) == (pytest.approx(1), 0, 0, 0.5)
    for campaign in (EARLY, NO_CONTROL, ARMS):  # the window runs; nobody was held out; of those written to nobody booked
        assert math.isnan(found.loc[(campaign, "linear"), "came_anyway"])


def test_revenue_without_a_rate_is_not_told_and_nothing_credited_is_zero(mailed):
    found = ask(mailed, "credit_ranks").set_index(["campaign_id", "rule"])["revenue"]
    assert math.isnan(found[(DOLLARS, "last_touch")])
    assert (found[(DOLLARS, "revinate_30d_open")], found[(WINTER, "linear")]) == (0, 20_000)


def test_a_period_without_campaigns_has_no_rows(mailed):
    assert ask(mailed, "credit_ranks", replace(VIEW, period=Period(dt.date(2023, 1, 1), dt.date(2023, 4, 1)))).empty


def test_guests_are_counted_by_the_messages_of_the_last_thirty_days(mailed):
    """In March only "Early" wrote, to two; before 1 March "Winter" and "No control" lie in the thirty days, too."""
    assert ask(mailed, "messages_per_guest").values.tolist() == [[1, 2]]
    assert ask(mailed, "messages_per_guest", replace(VIEW, as_of=dt.date(2025, 3, 1))).values.tolist() == [[1, 1], [2, 2]]


def test_messages_are_told_by_what_they_are_for(mailed):
    found = ask(mailed, "purposes")
    assert found[["purpose", "campaigns", "sent", "delivered", "hard", "clicked"]].values.tolist() == [["marketing", 5, 11, 10, 1, 1]]
    assert found["click_rate"].tolist() == [0.1]


def test_a_campaign_known_by_counts_alone_is_listed_with_what_its_platform_says(mailed):
    found = ask(mailed, "only_reported")
    assert found["campaign_id"].tolist() == [COUNTS]
    assert found.filter(like="reported_").iloc[0].dropna().tolist() == [100, 90, 10, 50, 9, 1, 0]


def test_a_property_sees_the_messages_of_its_own_guests(mailed):
    assert ask(mailed, "purposes", replace(VIEW, properties=(2,)))["sent"].sum() == 0
    assert ask(mailed, "messages_per_guest", replace(VIEW, properties=(LIS,))).values.tolist() == [[1, 2]]
