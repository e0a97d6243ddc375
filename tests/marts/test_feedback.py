"""Reviews, mentions and invitations stand beside the stay they are about, as they were on the as-of date (1 April 2025)."""
import datetime as dt

from crm_core import schema
from tests.looking import ask


def one(made, columns: str, table: str, where: str = "true"):
    rows = ask(made, f"SELECT {columns} FROM mart_{table} WHERE {where}")
    assert len(rows) == 1
    return rows[0]


def test_a_review_knows_its_guest_and_stay(hotel, rebuilt):
    cora = hotel.guest("Cora Lind", "LIS", country="SE")
    stay = hotel.stay("LIS", "2025-03-03", 2, 200, cora, room="318", channel="ota")
    review = hotel.review(stay, 8.0, reviewed_on="2025-03-10", text="Good and quiet")
    found = one(rebuilt(), "guest_id, channel, is_direct, country, room, floor, stay_nights, stratum, rating", "reviews", f"review_id = {review}")
    assert found == (cora, "ota", 0, "SE", "318", "3", 2, "ota/guest/2-3", 80.0)


def test_a_rating_is_told_between_the_ends_of_its_scale(hotel, rebuilt):
    hotel.review(None, 6.0, "LIS", reviewed_on="2025-03-10", floor_bp=2000)  # 3 of 5 stars, where 1 is the least
    assert one(rebuilt(), "rating", "reviews", "kind = 'review' AND reviewed_on = DATE '2025-03-10'") == (50.0,)


def test_an_unanswered_review_waits_until_the_as_of_date(hotel, rebuilt):
    hotel.review(None, 3.0, "LIS", reviewed_on="2025-03-30")
    assert one(rebuilt(), "is_answerable, is_answered, is_critical, wait_minutes", "reviews", "reviewed_on = DATE '2025-03-30'") == (1, 0, 1, 2 * 1440)


def test_the_last_correction_of_a_mark_holds(hotel, rebuilt):
    review = hotel.review(None, 8.0, "LIS", reviewed_on="2025-03-10", text="Quiet room but cold food")
    hotel.scored(review, "positive", 0.4, ("noise", "negative"), ("food", "negative"))
    with hotel.changing("correct") as change:
        for label in ("neutral", "positive"):
            hotel._add(change, schema.correction, review_id=review, box="text", start=0, stop=9, aspect="noise", label=label, language="en",
                       scorer="test", actor="ana", at=change.at, revision=change.revision)
    made = rebuilt()
    assert sorted(ask(made, f"SELECT aspect, label FROM mart_mentions WHERE review_id = {review}")) == [("food", "negative"), ("noise", "positive")]
    assert one(made, "label, is_scored", "reviews", f"review_id = {review}") == ("positive", 1)


def test_a_case_is_met_or_missed_by_its_due_time(hotel, rebuilt):
    stay = hotel.stay("LIS", "2025-03-03", 2, 200)
    hotel.case(stay, opened_at="2025-03-04T10:00:00+00:00", due_at="2025-03-04T18:00:00+00:00", closed_at="2025-03-04T12:30:00+00:00", status="closed")
    hotel.case(stay, opened_at="2025-03-30T00:00:00+00:00", due_at="2025-03-30T08:00:00+00:00")
    rows = ask(rebuilt(), "SELECT is_open, is_due_met, solve_minutes, age_minutes, due_on FROM mart_cases ORDER BY case_id")
    assert rows == [(0, 1, 150, 150, dt.date(2025, 3, 4)), (1, 0, None, 2880, dt.date(2025, 3, 30))]


def test_an_invitation_is_ripe_after_three_weeks(hotel, rebuilt):
    stay = hotel.stay("LIS", "2025-03-03", 2, 200)
    hotel.asked(hotel.survey(), stay, "2025-03-06", answered_at="2025-03-08T09:00:00+00:00")
    hotel.asked(1, stay, "2025-03-07", is_bounced=1)
    rows = ask(rebuilt(), "SELECT is_delivered, is_answered, ripe_on, stratum FROM mart_invitations ORDER BY invitation_id")
    assert rows == [(1, 1, dt.date(2025, 3, 27), "direct/guest/2-3"), (0, 0, dt.date(2025, 3, 28), "direct/guest/2-3")]
