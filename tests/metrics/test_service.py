"""KPIs of service cases, counted by hand at Lisbon for March 2025 (as of 1 April)."""
import datetime as dt
from dataclasses import replace

import pytest

from crm_core import queries
from crm_core.scope import Period

MARCH = Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1))


@pytest.fixture
def march(scope):
    return replace(scope, period=MARCH, properties=(1,))


def value(made, scope, key: str):
    frame = queries.run(made, scope, "kpi_values", keys=(key,))
    return frame[frame["period"] == "now"].iloc[0]


def at(day: str, hour: int = 10) -> str:
    return f"2025-{day}T{hour:02}:00:00+00:00"


def test_open_cases_are_told_as_of_today_whatever_the_period(hotel, rebuilt, march):
    hotel.case(None, at="LIS", opened_at=at("01-10"))
    hotel.case(None, at="LIS", opened_at=at("03-10"), status="waiting")
    hotel.case(None, at="LIS", opened_at=at("03-10"), closed_at=at("03-11"), status="closed")
    made = rebuilt()
    assert value(made, march, "backlog_open")["value"] == 2
    rows = queries.run(made, march, "behind", key="backlog_open")
    assert rows[["id", "part"]].to_numpy().tolist() == [[2, 1], [1, 1]]
    by = queries.run(made, march, "kpi_values", keys=("backlog_open",), by="month")
    assert by[by["period"] == "now"]["value"].tolist() == [2]


def test_who_has_no_word_yet_has_waited_until_today(hotel, rebuilt, march):
    """Answered after one and after three hours; the third has waited for ten: half had a word after three hours, and were solved after a day."""
    hotel.case(None, at="LIS", opened_at=at("03-10"), answered_at=at("03-10", 11), closed_at=at("03-10", 14), status="closed")
    hotel.case(None, at="LIS", opened_at=at("03-10"), answered_at=at("03-10", 13), closed_at=at("03-11"), status="closed")
    hotel.case(None, at="LIS", opened_at=at("03-31", 14))
    made = rebuilt()
    found = value(made, march, "first_response_median")
    assert (found["value"], found["n"]) == (pytest.approx(3), 3)
    assert value(made, march, "solve_time_median")["value"] == pytest.approx(24)
    by = queries.run(made, march, "kpi_values", keys=("first_response_median",), by="case_kind")
    assert by[["group", "n"]].iloc[0].tolist() == ["noise", 3]
    months = queries.run(made, march, "kpi_months", keys=("first_response_median",), count=2)["first_response_median"]
    assert months.iloc[1] == pytest.approx(3)


def test_what_is_overdue_and_open_counts_as_missed(hotel, rebuilt, march):
    hotel.case(None, at="LIS", opened_at=at("02-27"), due_at=at("03-01"), closed_at=at("02-28"), status="closed")
    hotel.case(None, at="LIS", opened_at=at("03-10"), due_at=at("03-11"), closed_at=at("03-12"), status="closed")
    hotel.case(None, at="LIS", opened_at=at("03-10"), due_at=at("03-11"))
    hotel.case(None, at="LIS", opened_at=at("03-31"), due_at=at("04-02"))
    found = value(rebuilt(), march, "sla_met_rate")
    assert found[["numerator", "denominator"]].tolist() == [1, 3]


def test_a_case_that_was_closed_two_weeks_ago_may_have_come_up_again(hotel, rebuilt, march):
    hotel.case(None, at="LIS", opened_at=at("03-01"), closed_at=at("03-05"), status="closed", reopened=1)
    hotel.case(None, at="LIS", opened_at=at("03-01"), closed_at=at("03-18"), status="closed")
    hotel.case(None, at="LIS", opened_at=at("03-01"), closed_at=at("03-19"), status="closed")  # its 14 days end on 2 April
    assert value(rebuilt(), march, "reopen_rate")[["numerator", "denominator"]].tolist() == [1, 2]


def test_complaints_are_told_per_hundred_stays(hotel, rebuilt, march):
    """Lisbon has three stays in March (Ana, Ben, one nameless); a fourth complains twice and asks for a towel."""
    stay = hotel.stay("LIS", "2025-03-20", 2, 200)
    for kind in ("noise", "noise", "request"):
        hotel.case(stay, kind, opened_at=at("03-20"))
    found = value(rebuilt(), march, "cases_per_100_stays")
    assert (found["value"], found["n"]) == (pytest.approx(50), 4)


@pytest.mark.parametrize("properties", [(1,), (1, 2)])
def test_guests_with_a_solved_case_who_came_again_within_a_year(hotel, rebuilt, march, properties):
    """Cora and Dina left on 12 March 2024, both with a solved case; Cora came again. Eve's case is open."""
    for name, again, closed in (("Cora Lind", True, True), ("Dina Roth", False, True), ("Eve Stone", True, False)):
        guest = hotel.guest(name, "LIS")
        stay = hotel.stay("LIS", "2024-03-10", 2, 200, guest)
        hotel.case(stay, opened_at="2024-03-11T10:00:00+00:00", **({"closed_at": "2024-03-11T12:00:00+00:00", "status": "closed"} if closed else {}))
        if again:
            hotel.stay("LIS", "2024-09-10", 1, 100, guest)
    made = rebuilt()
    found = value(made, replace(march, properties=properties, chain=(1, 2)), "post_case_return")
    assert found[["numerator", "denominator"]].tolist() == [1, 2]
    behind = queries.run(made, replace(march, properties=properties, chain=(1, 2)), "behind_total", key="post_case_return")
    assert behind.iloc[0].tolist() == [1, 1]
