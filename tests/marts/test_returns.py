"""When a guest came again: the marks on the stays say it for one property and for all, a look at the followers for some of them."""
import datetime as dt
import random
from collections import defaultdict
from dataclasses import replace
from itertools import combinations

import pytest
from duckdb_sqlalchemy import Dialect
from sqlalchemy import select

from crm_core import schema
from crm_core import settings as settings_
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.refresh import refresh
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, Hotel
from tests.looking import ask
from tests.returning import ANA, BACK, CHAIN, CORA, DINA, FAR, FRED, GIL, IDA, LIS, view

SUBSETS = [chosen for n in (1, 2, 3) for chosen in combinations(CHAIN, n)]


def returns(warehouse, scope) -> list[tuple]:
    """Each realised stay of a known guest: guest, reservation, whether it is a repeat, when the guest came again, after how many days."""
    r = within(tables.stays, scope, order=True, returns=True).c
    wanted = select(r.guest_id, r.reservation_id, r.is_repeat, r.next_on, r.back_days).where(r.is_stay == 1, r.guest_id.is_not(None))
    with warehouse.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(wanted.order_by(r.reservation_id))]


def first_returns(warehouse, scope) -> dict:
    return {guest: days for guest, _, is_repeat, _, days in returns(warehouse, scope) if not is_repeat}


@pytest.mark.parametrize("properties", BACK)
def test_a_guest_comes_back_to_the_properties_one_looks_at(returning_house, properties):
    assert first_returns(returning_house, view(properties)) == BACK[properties]


def test_the_next_stay_is_another_one_for_one_property_for_all_and_for_some(returning_house):
    """Dina went from Lisbon to Addis and then to the third property, Cora to Addis and back."""
    said = {chosen: first_returns(returning_house, view(chosen)) for chosen in SUBSETS}
    assert [said[chosen].get(DINA) for chosen in SUBSETS] == [None, None, None, 10, 30, 19, 10]
    assert [said[chosen].get(CORA) for chosen in SUBSETS] == [170, None, None, 48, 170, None, 48]


@pytest.mark.parametrize("properties", SUBSETS)
def test_marks_and_followers_agree(returning_house, properties):
    """Without knowing the chain a scope cannot know that it is the whole, and looks at the followers."""
    known = view(properties)
    assert returns(returning_house, known) == returns(returning_house, replace(known, chain=()))


def test_only_a_part_of_the_chain_needs_to_look_at_followers():
    said = {chosen: str(within(tables.stays, view(chosen), returns=True).element.compile(dialect=Dialect())) for chosen in ((LIS,), CHAIN, (LIS, FAR))}
    assert ["followers" in text for text in said.values()] == [False, False, True]
    assert "next_here" in said[(LIS,)]
    assert "next_anywhere" in said[CHAIN]


@pytest.mark.parametrize(("as_of", "after"), [(dt.date(2023, 1, 22), None), (dt.date(2023, 1, 23), 10)])
def test_what_comes_on_the_as_of_date_or_later_is_not_known_yet(returning_house, as_of, after):
    asked = replace(view(), as_of=as_of)
    assert first_returns(returning_house, asked)[DINA] == after
    assert first_returns(returning_house, replace(asked, chain=()))[DINA] == after


def test_a_stay_that_begins_before_the_last_one_ends_counts_on_the_day_it_ends(returning_house):
    ((_, _, _, next_on, days),) = [row for row in returns(returning_house, view()) if row[0] == GIL and not row[2]]
    assert (next_on, days) == (dt.date(2023, 5, 10), 0)


def test_who_is_in_house_now_has_come_again_though_the_stay_is_none_yet(returning_house):
    (fred,) = [row for row in returns(returning_house, view((LIS,))) if row[0] == FRED]
    assert fred[3:] == (dt.date(2025, 3, 30), 364)


def test_a_year_after_a_departure_is_365_days_later_also_in_a_leap_year(returning_house):
    r = within(tables.stays, view(), returns=True).c
    with returning_house.engine.connect() as connection:
        rows = connection.execute(select(r.guest_id, r.stay_departure_on, r.year_on).where(r.is_stay == 1, r.guest_id.in_((ANA, IDA)))).all()
    assert {(guest, str(left)): str(year) for guest, left, year in rows} == {
        (ANA, "2023-01-12"): "2024-01-12", (ANA, "2024-01-13"): "2025-01-12", (IDA, "2024-04-02"): "2025-04-02", (IDA, "2025-01-02"): "2026-01-02"}


def test_only_realised_stays_bear_a_mark(returning_house):
    marks = "SELECT count(*) FROM mart_stays WHERE is_stay = 0 AND (next_here IS NOT NULL OR next_anywhere IS NOT NULL)"
    assert ask(returning_house, marks) == [(0,)]
    assert ask(returning_house, "SELECT count(*) FROM mart_stays WHERE guest_id IS NULL AND next_anywhere IS NOT NULL") == [(0,)]


# --- any stays at all, against the same told in plain Python ----------------------------------------------------------
@pytest.fixture(scope="module")
def any_stays(tmp_path_factory):
    """A warehouse of 240 reservations drawn at random, of eight guests at three properties, and the same reservations as tuples."""
    settings = settings_.at(tmp_path_factory.mktemp("any"))
    hotel, chance, rows = Hotel(record.open_store(settings)).open(), random.Random(7), []
    for code in ("LIS", "ADD", "FAR"):
        hotel.property(code, 10)
    guests = [hotel.guest(f"Guest {i}", "LIS") for i in range(8)]
    for _ in range(240):
        row = (chance.choice(guests), chance.choice(CHAIN), dt.date(2024, 1, 1) + dt.timedelta(chance.randrange(450)), chance.choice((0, 1, 1, 2, 3, 9)),
               chance.choice(("checked_out",) * 8 + ("in_house", "cancelled", "no_show", "confirmed")), chance.choice(("paid",) * 9 + ("house_use",)))
        guest, place, arrival, nights, status, rate_class = row
        stay = hotel.stay(("", "LIS", "ADD", "FAR")[place], str(arrival), nights, 100, guest, status=status, rate_class=rate_class)
        rows.append((stay, *row))
    refresh(settings)
    record.close_all()
    return warehouses.current(settings), rows


def folded(rows: list[tuple]) -> list[tuple]:
    """(guest, place, stay, arrival, departure, whether it is complete) of each stay that was or is spent, folios without a free night as one."""
    found, at = [], defaultdict(list)
    for stay, guest, place, arrival, nights, status, rate_class in rows:
        if status in ("checked_out", "in_house") and rate_class != "house_use":
            at[guest, place].append((arrival, arrival + dt.timedelta(nights), stay, status == "checked_out"))
    for (guest, place), folios in at.items():
        for arrival, departure, stay, done in sorted(folios):
            last = found[-1] if found and found[-1][:2] == [guest, place] else None
            if last and arrival <= last[4]:
                last[2], last[4], last[5] = min(last[2], stay), max(last[4], departure), last[5] and done
            else:
                found.append([guest, place, stay, arrival, departure, done])
    return [tuple(stay) for stay in found if stay[4] > stay[3]]


@pytest.mark.parametrize("properties", SUBSETS)
def test_of_any_stays_the_next_arrival_is_what_plain_python_says(any_stays, properties):
    warehouse, rows = any_stays
    by_guest = defaultdict(list)
    for stay in sorted(folded(rows), key=lambda s: (s[3], s[2])):
        if stay[1] in properties:
            by_guest[stay[0]].append(stay)
    expected = []
    for guest, stays in by_guest.items():
        first = min(((s[4], s[2]) for s in stays if s[5]), default=None)
        for i, (_, _, stay, _, left, done) in enumerate(stays):
            following = min((max(later[3], left) for later in stays[i + 1:]), default=None)
            seen = following if following and following < AS_OF else None
            if done:
                expected.append((guest, stay, int((left, stay) > first), seen, seen and (seen - left).days))
    # A stay is told on its first folio; it has the number of the smallest.
    carried = dict(ask(warehouse, "SELECT reservation_id, stay_id FROM mart_stays"))
    for chain in (CHAIN, ()):
        found = [(guest, carried[at], *rest) for guest, at, *rest in returns(warehouse, view(properties, chain=chain))]
        assert sorted(found, key=repr) == sorted(expected, key=repr)
    assert len(expected) > 30


# --- what was said of a stay ------------------------------------------------------------------------------------------
def experience(warehouse, guest: int) -> list[tuple]:
    return ask(warehouse, f"SELECT reservation_id, score_bp, cases FROM mart_stays WHERE guest_id = {guest} ORDER BY 1")


def test_reviews_and_cases_of_all_folios_stand_on_the_first_one(hotel, rebuilt):
    """Two folios without a free night: scores of 8 and 6 on the first one are 7, with 9 on the second 8; three cases in all."""
    cora = hotel.guest("Cora Lind", "LIS")
    first, second = hotel.stay("LIS", "2025-03-03", 2, 200, cora), hotel.stay("LIS", "2025-03-05", 2, 200, cora)
    for stay, score in ((first, 8), (first, 6), (second, 9), (second, None)):
        hotel.review(stay, score)
    for stay in (first, second, second):
        hotel.case(stay)
    assert experience(rebuilt(), cora) == [(first, 8000, 3), (second, None, 0)]


def test_a_review_or_case_alone_reaches_the_stay_by_an_incremental_refresh(hotel, rebuilt, settings):
    rebuilt()
    review = hotel.review(2, 9)
    assert refresh(settings).kind == "incremental"
    assert experience(warehouses.current(settings), 1)[1] == (2, 9000, 0)
    hotel.case(2)
    hotel.set(schema.review, review, score_bp=4000)
    assert refresh(settings).kind == "incremental"
    assert experience(warehouses.current(settings), 1)[1] == (2, 4000, 1)


def test_words_without_a_score_and_a_stay_that_never_was_say_nothing(hotel, rebuilt):
    """The cancelled booking of Ben has a review and a case: they belong to no stay."""
    hotel.review(2, None)
    hotel.review(6, 2)
    hotel.case(6)
    made = rebuilt()
    assert ask(made, "SELECT score_bp, cases FROM mart_stays WHERE reservation_id IN (2, 6) ORDER BY reservation_id") == [(None, 0), (None, 0)]
