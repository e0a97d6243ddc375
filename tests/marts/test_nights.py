"""A stay's money is spread over its nights and none of it is lost; rooms are counted by day."""
import datetime as dt

import duckdb
import pytest
import sqlalchemy as sa
from duckdb_sqlalchemy import Dialect
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from crm_core.marts import nights
from crm_core.marts.tables import marts
from tests.looking import ask

AMOUNTS = st.integers(-(10**12), 10**12)
BILLS = st.lists(st.tuples(AMOUNTS, st.integers(1, nights.LONGEST_STAY)), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def shares():
    """A function from bills (amount, nights) to each bill's nightly shares, computed by the statement's own expression."""
    amount, n, of = sa.column("amount", sa.BigInteger), sa.column("n", sa.Integer), sa.column("nights", sa.BigInteger)
    part = nights.part(amount, n, of).compile(dialect=Dialect(), compile_kwargs={"literal_binds": True})
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE bill (i INTEGER, amount BIGINT, nights BIGINT)")

        def split(bills: list[tuple[int, int]]) -> list[list[float]]:
            connection.execute("DELETE FROM bill")
            connection.executemany("INSERT INTO bill VALUES (?, ?, ?)", [(i, *bill) for i, bill in enumerate(bills)])
            rows = connection.execute(f"""SELECT list({part} ORDER BY n) FROM bill, unnest(range(nights)) AS numbers(n)
                                          GROUP BY i ORDER BY i""")
            return [row[0] for row in rows.fetchall()]
        yield split


def test_ten_euros_over_three_nights_are_333_333_334_cents(shares):
    assert shares([(1000, 3)]) == [[333, 333, 334]]


@examples(max_examples=60, deadline=None)
@given(BILLS)
def test_the_shares_of_all_nights_add_up_to_the_amount(shares, bills):
    for (amount, of), parts in zip(bills, shares(bills), strict=True):
        assert len(parts) == of
        assert sum(parts) == amount
        assert all(part == int(part) for part in parts)
        assert max(parts) - min(parts) <= 1


def test_nights_are_those_that_were_spent_or_are_booked(warehouse):
    """Ana 2 + 3, Ben 2, nameless 1, Ana in Addis 2, booked 2, in house 3; cancelled and no-show make none."""
    assert ask(warehouse, "SELECT status, count(*), sum(room_revenue) FROM mart_nights GROUP BY 1 ORDER BY 1") == [
        ("checked_out", 10, 104000), ("confirmed", 2, 26000), ("in_house", 3, 33000)]


def test_nights_carry_the_dates_of_the_stay(warehouse):
    assert ask(warehouse, "SELECT night_on FROM mart_nights WHERE reservation_id = 2 ORDER BY 1") == [
        (dt.date(2025, 3, 3),), (dt.date(2025, 3, 4),), (dt.date(2025, 3, 5),)]


def test_rooms_are_those_of_the_latest_row_that_has_begun(hotel, rebuilt):
    """Lisbon has 10 rooms, closes on 10 March and opens 8 rooms on the 20th: 9 × 10 + 10 × 0 + 12 × 8 = 186 in March."""
    hotel.rooms("LIS", "2025-03-10", 0)
    hotel.rooms("LIS", "2025-03-20", 8)
    made = rebuilt()
    march = "property_id = 1 AND day_on >= '2025-03-01' AND day_on < '2025-04-01'"
    assert ask(made, f"SELECT sum(rooms), count(*), count(*) FILTER (rooms = 0) FROM mart_days WHERE {march}") == [(186, 31, 10)]


def test_before_its_first_row_a_property_has_no_rooms(warehouse):
    assert ask(warehouse, "SELECT min(day_on) FROM mart_days") == [(dt.date(2023, 1, 1),)]


@pytest.mark.parametrize("mart", marts.sorted_tables, ids=lambda t: t.name)
def test_every_mart_says_its_grain_and_holds_nothing_personal(mart):
    from crm_core import schema
    assert mart.comment.startswith("One row per")
    personal = {c.name for c in schema.PERSONAL} - {"name", "value"}  # names of properties and channels, and what a lead is worth, are no person's
    personal -= {"number"} if mart.name == "mart_programmes" else set()  # of a version of the rules, not of a card
    assert not personal & {c.name for c in mart.c}
