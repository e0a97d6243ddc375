"""What rules credit stands beside what the arms tell: the handbook's example, and bookings that would have come anyway."""
import datetime as dt
import shutil
from dataclasses import replace

import duckdb
import pytest

from crm_core import queries
from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.scope import Period, Scope
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, Hotel

FIRST, SECOND = 1, 2
VIEW = Scope("local", (1,), Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1)), AS_OF, chain=(1,))


@pytest.fixture(scope="module")
def credited(tmp_path_factory):
    """Campaign 1 came on 1 March and was opened on the 2nd, campaign 2 came on the 10th and was not; the guest books on the 4th by an agency for
    €400, on the 12th for €200, on the 20th for €300. A second guest got campaign 1 and booked nothing until 31 March; a third one is held out."""
    settings = settings_.at(tmp_path_factory.mktemp("credited"))
    hotel = Hotel(record.open_store(settings)).open()
    hotel.property("LIS", 10)
    ana, ben, cora = (hotel.guest(name, "LIS") for name in ("Ana Silva", "Ben Okafor", "Cora Lind"))
    for arrival, revenue, channel in (("2025-03-14", 400, "ota"), ("2025-03-22", 200, "own_site"), ("2025-03-30", 300, "own_site")):
        hotel.stay("LIS", arrival, 2, revenue, ana, channel=channel, lead=10)
    hotel.stay("LIS", "2025-03-25", 2, 999, ana, lead=10, status="cancelled")
    for day, guests in (("2025-03-01", (ana, ben)), ("2025-03-10", (ana,))):
        campaign = hotel.campaign(day, sent_at=f"{day}T10:00:00+00:00")
        for guest in guests:
            opened = [("opened", "2025-03-02T10:00")] if (campaign, guest) == (FIRST, ana) else []
            hotel.send(campaign, guest, f"{day}T10:00", ("delivered", f"{day}T10:00"), *opened)
    hotel.assigned({ana: "contact", ben: "contact", cora: "held_out"}, "2025-03-01", FIRST, holdout_bp=0)
    refresh(settings)
    hotel.store.engine.dispose()
    return warehouses.current(settings)


def ask(made, name: str, view: Scope = VIEW, **params):
    return queries.run(made, view, name, **params)


def by_rule(made, campaign: int, column: str) -> dict:
    return ask(made, "credits_by_rule", campaign=campaign).set_index("rule")[column].to_dict()


def test_the_handbooks_example_of_attribution(credited):
    """Revinate and Cloudbeds: 900 and 0. Guestfolio: 600 and 500, of which 200 twice. Inntopia: 400 and 200."""
    first, second = (by_rule(credited, campaign, "revenue") for campaign in (FIRST, SECOND))
    names = ("revinate_30d_open", "cloudbeds_30d_engaged", "guestfolio_15d_any", "inntopia_4d_action")
    assert [first[name] for name in names] == [90_000, 90_000, 60_000, 40_000]
    assert [second[name] for name in names] == [0, 0, 50_000, 20_000]
    assert by_rule(credited, FIRST, "double_revenue")["guestfolio_15d_any"] == by_rule(credited, SECOND, "double_revenue")["guestfolio_15d_any"] == 20_000
    assert by_rule(credited, FIRST, "double_bookings")["guestfolio_15d_any"] == 1


def test_rules_of_touches_share_each_booking_once(credited):
    first, second = (by_rule(credited, campaign, "revenue") for campaign in (FIRST, SECOND))
    assert [(first[rule], second[rule]) for rule in ("last_touch", "first_touch", "linear")] == [(40_000, 50_000), (90_000, 0), (65_000, 25_000)]


def test_rules_over_paths_are_told_in_bookings(credited):
    """Three bookings: one after campaign 1 alone, two after both. Shapley shares the two; without campaign 1 no path begins any more (Markov)."""
    first, second = (by_rule(credited, campaign, "bookings") for campaign in (FIRST, SECOND))
    assert (first["shapley_credit"], second["shapley_credit"]) == (2, 1)
    # From campaign 1 paths go to a booking 1/4, to campaign 2 2/4, to nothing 1/4: a booking in 3 of 4; without campaign 2 in 1 of 4.
    assert first["markov_credit"] == pytest.approx(3 * 1 / (1 + 2 / 3))


def test_paths_end_with_a_booking_or_with_the_window(credited):
    paths = lambda campaign, view=VIEW: ask(credited, "touch_paths", view, campaign=campaign).to_dict("records")  # noqa: E731
    assert paths(FIRST) == [{"touches": "1", "conversions": 1, "non_conversions": 1}, {"touches": "1>2", "conversions": 2, "non_conversions": 0}]
    assert paths(SECOND) == [{"touches": "1>2", "conversions": 2, "non_conversions": 0}]
    a_day_sooner = replace(VIEW, as_of=dt.date(2025, 3, 30))  # the second guest may still book
    assert sum(path["non_conversions"] for path in paths(FIRST, a_day_sooner)) == 0


def test_what_is_credited_twice_is_told_beside_what_was_booked_once(credited):
    found = ask(credited, "double_counted").set_index("rule")
    assert found.loc["guestfolio_15d_any", ["bookings", "revenue", "claimed", "double_bookings"]].tolist() == [3, 90_000, 110_000, 1]
    assert found.loc["guestfolio_15d_any", "times"] == pytest.approx(11 / 9)
    assert found.loc["revinate_30d_open", "times"] == 1


def test_credited_bookings_that_would_have_come_anyway(credited, tmp_path):
    """100 of 1,000 written to booked and 60 of 1,000 held out: 40 were caused, 60 came anyway. So of three that a rule credits 1.8 came anyway."""
    path = tmp_path / "larger.duckdb"
    shutil.copy(credited.path, path)
    with duckdb.connect(str(path)) as duck:
        for arm, booked in (("contact", 100), ("held_out", 60)):
            duck.execute(f"""INSERT INTO mart_assigned SELECT a.* REPLACE (1000 + i AS guest_id, '{arm}' AS arm,
                             CASE WHEN i < {booked} THEN 1 ELSE 0 END AS is_booked, CASE WHEN i < {booked} THEN 10000 ELSE 0 END AS revenue)
                             FROM mart_assigned AS a, range(1000) AS r (i) WHERE guest_id = 2""")
        duck.execute("DELETE FROM mart_assigned WHERE guest_id < 1000")
    made = warehouses.Warehouse(path, credited.version)
    found = ask(made, "credits_by_rule", campaign=FIRST).set_index("rule")
    truth = found.loc["holdout_lift"]
    assert (truth["bookings"], truth["revenue"]) == (pytest.approx(40), pytest.approx(400_000))
    assert (round(truth["low"], 1), round(truth["high"], 1)) == (16.3, 64.0)
    assert found.loc["revinate_30d_open", "came_anyway"] == pytest.approx(1.8)
    assert found.loc["revinate_30d_open", ["came_anyway_low", "came_anyway_high"]].tolist() == pytest.approx([3 * (1 - .640), 3 * (1 - .163)], abs=.01)


def test_nothing_is_said_of_what_came_anyway_where_the_arms_tell_nothing(credited):
    found = ask(credited, "credits_by_rule", campaign=SECOND)
    assert found["came_anyway"].isna().all()
    assert found.set_index("rule").loc["holdout_lift", ["bookings", "revenue"]].isna().all()
    assert ask(credited, "credits_by_rule", campaign=99)["bookings"].fillna(0).sum() == 0
