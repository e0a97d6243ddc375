"""The changes of the books add up to the books as they are less the books as they were."""
import datetime as dt

import duckdb
import pytest
import sqlalchemy as sa
from duckdb_sqlalchemy import Dialect
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from crm_core import schema
from crm_core.marts import pickups, tables
from tests.hotel import AS_OF
from tests.looking import ask

ROWS = "SELECT reservation_id, night_on, changed_on, days_ago, kind, nights, revenue FROM mart_pickups ORDER BY changed_on, reservation_id, night_on"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_a_booking_adds_its_nights_to_come_and_a_cancellation_takes_them(hotel, rebuilt):
    """Of the small hotel: Ana in house until 3 April (€110 a night), and Ben's two nights from 2 April (€130 each)."""
    hotel.stay("LIS", "2025-04-10", 1, 90, status="cancelled", lead=40)  # made on 1 March, cancelled on 9 April: after the as-of date
    hotel.set(schema.stay, 10, ended_on=day("2025-03-30"))
    assert ask(rebuilt(), ROWS) == [
        (10, day("2025-04-10"), day("2025-03-01"), 31, "booked", 1, 9_000),
        (9, day("2025-04-01"), day("2025-03-21"), 11, "booked", 1, 11_000), (9, day("2025-04-02"), day("2025-03-21"), 11, "booked", 1, 11_000),
        (8, day("2025-04-02"), day("2025-03-23"), 9, "booked", 1, 13_000), (8, day("2025-04-03"), day("2025-03-23"), 9, "booked", 1, 13_000),
        (10, day("2025-04-10"), day("2025-03-30"), 2, "cancelled", -1, -9_000)]


BOOKINGS = st.lists(st.tuples(st.sampled_from(schema.STATUSES), st.sampled_from(("paid", "complimentary")), st.one_of(st.none(), st.integers(-60, 20)),
                              st.integers(-10, 20), st.integers(0, 9), st.one_of(st.none(), st.integers(-60, 20))), max_size=12)  # fmt: skip


@pytest.fixture(scope="module")
def filled():
    """A function from bookings to the rows of mart_pickups, computed by the mart's own statement."""
    text = lambda statement: str(statement.compile(dialect=Dialect(), compile_kwargs={"literal_binds": True}))  # noqa: E731
    with duckdb.connect() as duck:
        for table in (tables.stays, tables.rates, tables.pickups):
            duck.execute(text(sa.schema.CreateTable(table)))
        duck.execute("CREATE TABLE numbers AS SELECT CAST(unnest(range(40)) AS INTEGER) AS n")
        duck.execute("CREATE TABLE today AS SELECT CAST(? AS DATE) AS as_of", [AS_OF])
        duck.execute("INSERT INTO mart_rates SELECT 'EUR', DATE '2025-01-01' + CAST(unnest(range(365)) AS INTEGER), 1")
        filling = text(pickups.rows())

        def fill(bookings: list[tuple]) -> list[tuple]:
            duck.execute("DELETE FROM mart_stays")
            at = lambda n: None if n is None else AS_OF + dt.timedelta(n)  # noqa: E731
            for i, (status, rate_class, booked, arrival, nights, ended) in enumerate(bookings):
                duck.execute("INSERT INTO mart_stays BY NAME SELECT ? AS reservation_id, ? AS status, ? AS rate_class, CAST(? AS DATE) AS booked_on, "
                             "CAST(? AS DATE) AS arrival_on, CAST(? AS DATE) AS departure_on, CAST(? AS DATE) AS ended_on, ? AS nights, 'EUR' AS currency, "
                             "100 AS revenue_minor", [i, status, rate_class, at(booked), at(arrival), at(arrival + nights), at(ended), nights])
            return duck.execute(f"SELECT days_ago, nights FROM ({filling})").fetchall()
        yield fill


def books(bookings: list[tuple], on: int) -> int:
    """Nights from the as-of date on that were on the books on the morning of a day."""
    total = 0
    for status, rate_class, booked, arrival, nights, ended in bookings:
        stands, fell = status in ("confirmed", "in_house", "checked_out"), status in ("cancelled", "no_show") and ended is not None
        made = booked is None or booked < on
        if rate_class == "paid" and made and (stands or (fell and not ended < on)):
            total += sum(night >= 0 for night in range(arrival, arrival + nights))
    return total


@examples(max_examples=60, deadline=None)
@given(bookings=BOOKINGS, back=st.integers(1, 35))
def test_the_changes_of_some_days_are_the_books_now_less_the_books_then(filled, bookings, back):
    rows = filled(bookings)
    assert sum(nights for days_ago, nights in rows if days_ago <= back) == books(bookings, 0) - books(bookings, -back)
