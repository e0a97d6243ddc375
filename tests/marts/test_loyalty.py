"""The loyalty marts: the ledger as it was written, and what follows from it: tiers, lots, what is owed, months, members, and what members add."""
import datetime as dt
import json
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from duckdb_sqlalchemy import Dialect

from crm_core import schema
from crm_core import settings as settings_
from crm_core.marts import tables
from crm_core.marts.loyalty import effects
from crm_core.marts.loyalty.programmes import Programme
from crm_core.marts.loyalty.tiers import places
from crm_core.programme.rules import DEFAULT, Tier, Version, said
from crm_core.refresh import refresh
from crm_core.stats import deferred
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, Hotel, lisbon_and_addis
from tests.looking import ask

LIS, ADD = 1, 2
TEN, RULED, TOLD = 1, 2, 3  # programmes: ten quarters old, with rules, without
GUESTS = ("Ten Ana", "Ten Ben", "Reversed", "Paid", "Given", "Lots", "Opening", "Taken", "Climber", "Leaver", "Ruby", "Active", "Expiring", "Stayer", "Advocate",
          "Dina", "Eve", "Fay", "Moved", "Joined")  # fmt: skip


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A warehouse in which every test has members of its own: `ask` answers SQL, other names are numbers of memberships and entries."""
    settings = settings_.at(tmp_path_factory.mktemp("loyalty"))
    hotel = lisbon_and_addis(record.open_store(settings))
    for name, rules in (("ten", DEFAULT), ("ruled", DEFAULT), ("told", None)):
        hotel.programme(name, rules and said(rules))
    numbers = {name: hotel.guest(name, "ADD" if name == "Ten Ben" else "LIS") for name in GUESTS}
    members = {write.__name__.lstrip("_"): write(hotel, numbers) for write in WRITTEN}
    refresh(settings)
    hotel.store.engine.dispose()
    made = warehouses.current(settings)
    return SimpleNamespace(ask=lambda sql: ask(made, sql), **members)


# --- what every test looks at -------------------------------------------------------------------------------------------
def _ten_quarters(hotel: Hotel, guests: dict) -> list[int]:
    """Each quarter both earn 1,000; Ana redeems 400 half a year later, Ben 600, at €2 for 1,000; Ben also has a welcome and what he took over."""
    members = [hotel.member(guests[name], "2022-12-01", TEN) for name in ("Ten Ana", "Ten Ben")]
    hotel.points(members[1], "2022-12-01", "earn", 500, spend="welcome")
    hotel.points(members[1], "2022-12-02", "opening", 250)
    for quarter in range(10):
        on = dt.date(2022 + quarter // 4, quarter % 4 * 3 + 1, 15)
        later = (pd.Timestamp(on) + pd.DateOffset(months=6)).date()
        for member, burned, paid in zip(members, (400, 600), ({"amount_minor": 8000, "currency": "EUR"}, {}), strict=True):
            hotel.points(member, str(on), "earn", 1000, spend="room", expires_on=str(on.replace(year=on.year + 3)), **paid)
            if later < AS_OF:
                hotel.points(member, str(later), "burn", -burned, amount_minor=burned // 5, currency="EUR")
    return members


def _reversed(hotel: Hotel, guests: dict) -> int:
    """An earning and a redemption that are taken back, and a reversal of an older store, which does not say of what."""
    member = hotel.member(guests["Reversed"], "2024-01-01", TOLD)
    earned = hotel.points(member, "2024-02-01", "earn", 100)
    burned = hotel.points(member, "2024-02-02", "burn", -60, amount_minor=25, currency="EUR")
    hotel.points(member, "2024-02-03", "reverse", -100, reverses_id=earned)
    hotel.points(member, "2024-02-04", "reverse", 60, reverses_id=burned, amount_minor=-25, currency="EUR")
    hotel.set(schema.points_entry, hotel.points(member, "2024-02-05", "adjust", 7), kind="reverse")
    return member


def _paid(hotel: Hotel, guests: dict) -> int:
    member = hotel.member(guests["Paid"], "2024-01-01", TOLD)
    for currency in ("ETB", "XXX", None):
        hotel.points(member, "2024-02-02", "burn", -1, amount_minor=30_000, currency=currency)
    hotel.points(member, "2024-02-02", "adjust", 3)
    return member


def _given(hotel: Hotel, guests: dict) -> int:
    """Three tiers by hand, of which one was ended early and one on its first day."""
    member = hotel.member(guests["Given"], "2024-01-01", TOLD)
    hotel.override(member, "Gold", "2024-02-01", "2025-02-01")
    hotel.override(member, "Silver", "2024-03-01", "2025-02-01", ended_on="2024-04-01")
    hotel.override(member, "Platinum", "2024-05-01", "2025-02-01", ended_on="2024-05-01")
    return member


def _lots(hotel: Hotel, guests: dict) -> list[int]:
    """1,000 of the first lot: 300 burned, 100 adjusted, 50 expired, 550 open; an entry that was taken back; another lot; and what is not known yet."""
    member = hotel.member(guests["Lots"], "2024-01-01", RULED)
    hotel.override(member, "Gold", "2024-06-01", "2025-06-01")
    first = hotel.points(member, "2024-01-10", "earn", 1000, spend="room", expires_on="2027-01-10")
    gone = hotel.points(member, "2024-03-01", "earn", 77, spend="fnb")
    for on, kind, points in (("2024-04-01", "burn", -300), ("2024-05-01", "adjust", -100), ("2024-05-02", "expire", -50)):
        hotel.points(member, on, kind, points)
    second = hotel.points(member, "2024-07-01", "earn", 400, spend="room", expires_on="2027-07-01")
    hotel.points(member, "2024-08-01", "reverse", -77, reverses_id=gone)
    hotel.points(member, "2025-04-01", "burn", -500)
    return [member, first, second]


def _opening(hotel: Hotel, guests: dict) -> int:
    member = hotel.member(guests["Opening"], "2024-01-01", TOLD)
    for on, kind, points in (("2024-01-10", "earn", 100), ("2024-02-10", "opening", 50), ("2024-03-10", "burn", -60)):
        hotel.points(member, on, kind, points)
    return member


def _taken(hotel: Hotel, guests: dict) -> int:
    """Points of every origin, in a programme that is too young for an estimate."""
    member = hotel.member(guests["Taken"], "2024-01-01", TOLD)
    for kind, spend in (("earn", "welcome"), ("adjust", ""), ("opening", ""), ("earn", "room")):
        hotel.points(member, "2024-01-10", kind, 100, spend=spend)
    return member


def _climber(hotel: Hotel, guests: dict) -> int:
    hotel.stay("LIS", "2023-05-01", 5, 500, guests["Climber"])
    hotel.stay("LIS", "2024-04-10", 6, 600, guests["Climber"])
    return hotel.member(guests["Climber"], "2023-01-01", RULED)


def _leaver(hotel: Hotel, guests: dict) -> list[int]:
    """Accounts that closed, that close on a day to come, and that open on the as-of date."""
    return [hotel.member(guests["Leaver"], "2023-01-01", RULED, closed_on="2025-01-01"), hotel.member(guests["Leaver"], "2023-01-01", RULED, closed_on="2025-05-01"),
            hotel.member(guests["Leaver"], "2025-04-01", RULED)]  # fmt: skip


def _ruby(hotel: Hotel, guests: dict) -> int:
    return hotel.member(guests["Ruby"], "2023-01-01", tier="Ruby", via="desk")


def _active(hotel: Hotel, guests: dict) -> dict[str, int]:
    joined = {name: hotel.member(guests["Active"], "2024-05-01", TOLD) for name in ("earned", "welcomed", "taken back", "adjusted", "late", "long ago")}
    hotel.points(joined["earned"], "2024-07-29", "earn", 10)  # the 89th day
    hotel.points(joined["welcomed"], "2024-05-01", "earn", 10, spend="welcome")
    back = hotel.points(joined["taken back"], "2024-06-01", "earn", 10)
    hotel.points(joined["taken back"], "2024-07-01", "reverse", -10, reverses_id=back)
    hotel.points(joined["adjusted"], "2024-06-01", "adjust", 10)
    hotel.points(joined["late"], "2024-07-30", "burn", -10)
    hotel.points(joined["long ago"], "2024-03-31", "earn", 10)
    return joined


def _expiring(hotel: Hotel, guests: dict) -> int:
    member = hotel.member(guests["Expiring"], "2022-01-01", TOLD)
    for points, over in ((10, "2025-03-31"), (20, "2025-04-01"), (40, "2025-06-29"), (80, "2025-06-30")):
        hotel.points(member, "2022-05-01", "earn", points, expires_on=over)
    return member


def _stayer(hotel: Hotel, guests: dict) -> int:
    guest = guests["Stayer"]
    hotel.charge(hotel.stay("LIS", "2024-04-01", 2, 200, guest), "fnb", 30)
    hotel.review(hotel.stay("LIS", "2024-09-01", 1, 90, guest), 10)
    hotel.review(hotel.stay("LIS", "2025-03-01", 1, 90, guest), 8)
    hotel.stay("LIS", "2024-03-29", 2, 500, guest)  # a day too long ago
    return hotel.member(guest, "2022-01-01", TOLD)


def _advocate(hotel: Hotel, guests: dict) -> list[int]:
    members = [hotel.member(guests["Advocate"], "2022-01-01", TOLD) for _ in range(2)]
    first, second = (hotel.code(member, "2022-01-01") for member in members)
    hotel.stay("LIS", "2024-06-29", 1, 90, guests["Dina"])  # day 180
    hotel.stay("LIS", "2024-07-01", 1, 90, guests["Eve"])  # day 182
    hotel.stay("LIS", "2024-03-30", 1, 90, guests["Fay"], status="cancelled")
    for guest in (guests["Dina"], guests["Eve"], guests["Fay"], None):
        hotel.invite(first, "2024-01-01", guest)
    hotel.invite(second, "2024-02-01", guests["Dina"])
    hotel.invite(second, "2024-02-01")
    return members


def _booker(hotel: Hotel, guests: dict) -> int:
    bronze = Tier("Bronze", {"nights": 2}, {"nights": 2})
    hotel.rules(TEN, said(replace(DEFAULT, expiry_months=12, tiers=(DEFAULT.tiers[0], bronze, *DEFAULT.tiers[1:]))), "2025-01-01")
    hotel.cost(RULED, "ADD", "2025-01-01", 1000, "staff", "ETB")
    return hotel.member(hotel.guest("Travel Desk", "ADD", is_booker=1), "2024-01-01", TOLD)


def _moved(hotel: Hotel, guests: dict) -> int:
    """Silver and then Gold under rules that had no Bronze below them yet."""
    hotel.stay("LIS", "2024-05-01", 5, 500, guests["Moved"])
    hotel.stay("LIS", "2024-07-01", 10, 900, guests["Moved"])
    return hotel.member(guests["Moved"], "2024-01-01", TEN)


def _joined(hotel: Hotel, guests: dict) -> list[int]:
    """Three accounts, each joined to the next: €40 for 400 points in Gold and a welcome of 100 go all the way; 50 come from another system."""
    members = [hotel.member(guests["Joined"], "2023-11-01", TEN, **closed) for closed in ({"closed_on": "2025-01-10"}, {"closed_on": "2025-02-10"}, {})]
    hotel.override(members[0], "Gold", "2023-12-01", "2024-12-01")
    lots = {hotel.points(members[0], "2024-01-10", "earn", 400, spend="fnb", amount_minor=4000, currency="EUR"): 400,
            hotel.points(members[0], "2024-01-11", "earn", 100, spend="welcome"): 100}
    for nth, (from_, into) in enumerate(pairwise(members), 1):
        lots = {_brought(hotel, from_, into, lot, points, f"2025-0{nth}-10"): points for lot, points in lots.items()}
    hotel.points(members[2], "2025-02-11", "transfer", 50, lot_on="2024-01-12", external_id=f"join/1/2/1/{min(lots)}/1/in")
    return members


def _brought(hotel: Hotel, from_: int, into: int, lot: int, points: int, on: str) -> int:
    """Move a lot as joining does; return the entry that opens it anew."""
    issued = "2024-01-10" if points == 400 else "2024-01-11"
    number = {"reference": f"join/{from_}/{into}/1", "source": "innsight", "lot_on": issued}
    hotel.points(from_, on, "transfer", -points, external_id=f"join/{from_}/{into}/1/{lot}/1/out", **number)
    return hotel.points(into, on, "transfer", points, external_id=f"join/{from_}/{into}/1/{lot}/1/in", **number)


WRITTEN = (_ten_quarters, _reversed, _paid, _given, _lots, _opening, _taken, _climber, _leaver, _ruby, _active, _expiring, _stayer, _advocate, _booker, _moved,
           _joined)  # fmt: skip


# --- as recorded ------------------------------------------------------------------------------------------------------
def test_a_reversal_counts_under_what_it_takes_back_and_one_that_names_nothing_as_an_adjustment(house):
    told = house.ask(f"SELECT kind, counter, points, amount FROM mart_points WHERE membership_id = {house.reversed} ORDER BY entry_id")
    assert told == [("earn", "issued", 100, None), ("burn", "redeemed", -60, 25), ("earn", "issued", -100, None), ("burn", "redeemed", 60, -25),
                    ("adjust", "adjusted", 7, None)]


def test_money_behind_points_is_converted_and_missing_without_a_rate(house):
    assert house.ask(f"SELECT amount FROM mart_points WHERE membership_id = {house.paid} ORDER BY entry_id") == [(300,), (None,), (None,), (None,)]


def test_a_member_belongs_to_the_property_of_the_record_and_a_booker_is_none(house):
    told = house.ask(f"""SELECT guest_id, property_id, programme_id, enrolled_via, said_tier FROM mart_memberships
                         WHERE membership_id IN ({house.ruby}, {house.ten_quarters[1]}, {house.booker}) ORDER BY 1""")
    ben, ruby = (house.ask(f"SELECT guest_id FROM mart_memberships WHERE membership_id = {m}")[0][0] for m in (house.ten_quarters[1], house.ruby))
    assert told == [(ben, ADD, TEN, "", ""), (ruby, LIS, 0, "desk", "Ruby")]


def test_a_tier_by_hand_ends_when_somebody_ended_it(house):
    assert house.ask(f"SELECT tier, from_on, until_on FROM mart_overrides WHERE membership_id = {house.given} ORDER BY from_on") == [
        ("Gold", day("2024-02-01"), day("2025-02-01")), ("Silver", day("2024-03-01"), day("2024-04-01"))]
    assert house.ask(f"SELECT tier, from_on, until_on, why FROM mart_tiers WHERE membership_id = {house.given} ORDER BY from_on")[1:] == [
        ("Gold", day("2024-02-01"), day("2024-03-01"), "by_hand"), ("Silver", day("2024-03-01"), day("2024-04-01"), "by_hand"),
        ("Gold", day("2024-04-01"), day("2025-02-01"), "by_hand"), ("", day("2025-02-01"), None, "as_told")]


def test_every_version_of_the_rules_is_a_row_and_a_programme_without_any_is_one_too(house):
    assert house.ask("SELECT code, currency, number, from_on FROM mart_programmes ORDER BY programme_id, number") == [
        ("ten", "EUR", 1, day("2023-01-01")), ("ten", "EUR", 2, day("2025-01-01")), ("ruled", "EUR", 1, day("2023-01-01")), ("told", "EUR", 0, None)]


def test_costs_are_told_in_the_reporting_currency(house):
    assert house.ask("SELECT property_id, month_on, kind, amount FROM mart_programme_costs") == [(ADD, day("2025-01-01"), "staff", 1000)]


# --- lots ---------------------------------------------------------------------------------------------------------------
def test_lots_say_what_became_of_their_points_and_the_tier_of_the_day_of_issue(house):
    member, first, second = house.lots
    told = house.ask(f"SELECT lot_id, fate, points, taken_on, issued_on, tier, spend FROM mart_lots WHERE membership_id = {member} ORDER BY lot_id, taken_on")
    assert told == [(first, "burned", 300, day("2024-04-01"), day("2024-01-10"), "Base", "room"),
                    (first, "adjusted", 100, day("2024-05-01"), day("2024-01-10"), "Base", "room"),
                    (first, "expired", 50, day("2024-05-02"), day("2024-01-10"), "Base", "room"),
                    (first, "open", 550, None, day("2024-01-10"), "Base", "room"), (second, "open", 400, None, day("2024-07-01"), "Gold", "room")]


def test_an_opening_balance_is_a_lot_of_unknown_age_that_is_spent_first(house):
    assert house.ask(f"SELECT points, issued_on, fate FROM mart_lots WHERE membership_id = {house.opening} ORDER BY 2 NULLS FIRST, 1") == [
        (50, None, "burned"), (10, day("2024-01-10"), "burned"), (90, day("2024-01-10"), "open")]


def test_every_balance_is_the_sum_of_the_ledger_and_of_open_lots(house):
    found = house.ask("""SELECT m.balance, (SELECT coalesce(sum(points), 0) FROM mart_points p WHERE p.membership_id = m.membership_id AND posted_on < '2025-04-01'),
        (SELECT coalesce(sum(points), 0) FROM mart_lots l WHERE l.membership_id = m.membership_id AND fate = 'open') FROM mart_members m WHERE balance >= 0""")
    assert [row for row in found if len(set(row)) > 1] == []
    assert len(found) == 25


# --- what is owed ---------------------------------------------------------------------------------------------------------
OF_TEN = f"programme_id = {TEN} AND fate = 'open'"


def test_what_is_owed_is_open_points_times_their_share_times_the_worth_of_a_point(house):
    """Both redeem at €2 for 1,000 points: a point is worth 0.2 minor units, 200 thousandths."""
    rows = house.ask(f"SELECT points, redeems_ppm, owed, owed_low, owed_high FROM mart_lots WHERE {OF_TEN}")
    assert len(rows) == 14
    assert all(owed == pytest.approx(points * ppm * 200 / 1e6, abs=0.5) for points, ppm, owed, _, _ in rows)
    assert all(low <= owed <= high for _, _, owed, low, high in rows)


def test_the_last_months_liability_is_that_of_the_lots(house):
    owed = dict(house.ask(f"SELECT property_id, sum(owed) / 1000.0 FROM mart_lots WHERE {OF_TEN} GROUP BY 1"))
    last = dict(house.ask(f"SELECT property_id, liability FROM mart_point_months WHERE programme_id = {TEN} AND month_on = DATE '2025-03-01'"))
    assert set(owed) == {LIS, ADD}
    assert all(abs(owed[place] - amount) < 0.02 < owed[place] for place, amount in last.items())


def test_revenue_waits_for_points_as_it_was_allocated_to_them_and_is_not_yet_released(house):
    """Ana's 1,000 points of a quarter came with €80; by the rules Ben's did with €100, ten points a euro."""
    rows = house.ask(f"""SELECT l.property_id, l.points, v.issued, v.redeemed, v.open, v.urr, l.deferred FROM mart_lots l
        JOIN mart_vintages v ON v.programme_id = l.programme_id AND v.issued_on = date_trunc('quarter', l.issued_on)
        WHERE l.{OF_TEN} AND l.spend = 'room' AND l.redeems_ppm > 0""")
    assert {place for place, *_ in rows} == {LIS, ADD}
    for place, points, issued, redeemed, open_, urr, said_ in rows:
        price = {LIS: 8.0, ADD: 10.0}[place]
        allocation = deferred.allocate(price * issued, price * issued, 0.2 * issued, urr)
        waits = deferred.waiting(allocation, redeemed, urr * issued) * points / open_
        assert said_ == pytest.approx(1000 * float(waits), abs=1)


def test_what_was_given_defers_nothing_and_of_what_was_taken_over_or_earned_without_a_price_all_that_is_owed(house):
    told = house.ask(f"SELECT e.kind, l.spend, l.deferred, l.owed FROM mart_lots l JOIN mart_points e ON entry_id = lot_id WHERE l.membership_id = {house.taken}")
    assert sorted(told) == [("adjust", "", 0, None), ("earn", "room", None, None), ("earn", "welcome", 0, None), ("opening", "", None, None)]


def test_a_lot_that_moved_between_joined_accounts_is_still_what_was_earned(house):
    """The price of €40 for 400 points, ten minor units each; what another system handed over has none, whatever its number looks like."""
    told = house.ask(f"""SELECT l.points, l.tier, l.spend, l.owed > 0, l.deferred, round(l.owed * 10 / (10 + 0.2 * v.urr)), l.owed FROM mart_lots l
        JOIN mart_vintages v ON v.programme_id = l.programme_id AND v.issued_on = date_trunc('quarter', l.issued_on)
        WHERE l.membership_id = {house.joined[2]} ORDER BY l.points""")
    fifty, welcome, earned = told
    assert [row[:4] for row in told] == [(50, "Base", "", True), (100, "Gold", "welcome", True), (400, "Gold", "fnb", True)]
    assert (welcome[4], fifty[4]) == (0, fifty[6])
    assert earned[4] == pytest.approx(earned[5], abs=1) and earned[4] < earned[6]


def test_a_vintage_says_what_became_of_its_points(house):
    """Nine times 400 and nine times 600 were redeemed, the oldest first, and of the oldest the balance that was taken over."""
    rows = house.ask(f"SELECT issued_on, issued, redeemed, expired, open, is_ripe, age FROM mart_vintages WHERE programme_id = {TEN} ORDER BY 1")
    assert (rows[0], rows[-1][0]) == ((day("2022-01-01"), 2000, 2000, 0, 0, 1, 13), day("2024-04-01"))
    assert sum(redeemed for _, _, redeemed, *_ in rows) == 9 * (400 + 600) + 1000 - 250
    assert all(issued == redeemed + expired + open_ for _, issued, redeemed, expired, open_, *_ in rows)


def test_points_keep_the_life_they_were_issued_with_when_the_rules_shorten_it(house):
    """Since January 2025 points last a year; all of these were issued for three, so that only the first quarter of 2022 is over."""
    assert house.ask(f"SELECT issued_on FROM mart_vintages WHERE programme_id = {TEN} AND is_ripe = 1") == [(day("2022-01-01"),)]
    owed = house.ask(f"SELECT count(*), count(*) FILTER (WHERE redeems_ppm > 0) FROM mart_lots WHERE {OF_TEN} AND issued_on >= DATE '2023-07-01'")
    assert owed[0][0] == owed[0][1] > 0


def test_a_young_programme_has_no_estimate(house):
    assert house.ask(f"SELECT DISTINCT redeems_ppm, owed FROM mart_lots WHERE fate = 'open' AND programme_id = {RULED}") == [(None, None)]
    last = house.ask(f"SELECT closing, expected, urr, value, liability FROM mart_point_months WHERE programme_id = {RULED} AND month_on = DATE '2025-03-01'")
    assert last == [(950, None, None, 0.4, None)]


def test_months_run_on_without_a_gap_and_close_to_the_point(house):
    names = ["programme_id", "property_id", "month_on", "opening", "issued", "redeemed", "expired", "adjusted", "transferred", "closing"]
    by = pd.DataFrame(house.ask(f"SELECT {', '.join(names)} FROM mart_point_months ORDER BY 1, 2, 3"), columns=names)
    assert (by["closing"] == by["opening"] + by["issued"] - by["redeemed"] - by["expired"] + by["adjusted"] + by["transferred"]).all()
    for _, months in by.groupby(["programme_id", "property_id"]):
        assert (months["opening"].iloc[1:].to_numpy() == months["closing"].iloc[:-1].to_numpy()).all()
        assert (months["opening"].iloc[0], months["month_on"].iloc[-1]) == (0, day("2025-03-01"))
    ruled = by[by["programme_id"] == RULED].set_index("month_on")
    assert ruled.loc[day("2024-03-01"):day("2024-08-01"), ["issued", "redeemed", "expired", "adjusted", "closing"]].to_numpy().tolist() == [
        [77, 0, 0, 0, 1077], [0, 300, 0, 0, 777], [0, 0, 50, -100, 627], [0, 0, 0, 0, 627], [400, 0, 0, 0, 1027], [-77, 0, 0, 0, 950]]


# --- members --------------------------------------------------------------------------------------------------------------
def test_a_member_stands_where_stays_led(house):
    """Five nights in May 2023 made Silver until May 2024, six in April 2024 keep it for a year; by then these are a year old, and count no more."""
    spells = house.ask(f"SELECT tier, tier_rank, from_on, until_on, why FROM mart_tiers WHERE membership_id = {house.climber} ORDER BY from_on")
    assert spells == [("Base", 0, day("2023-01-01"), day("2023-05-06"), "enrolled"), ("Silver", 1, day("2023-05-06"), None, "qualified")]
    told = house.ask(f"""SELECT tier, tier_from, tier_until, year_ago_tier, next_tier, measure, has, wants, missing, reach_ppm, falls_on, falls_to, keeps_with,
                                is_override FROM mart_members WHERE membership_id = {house.climber}""")
    assert told == [("Silver", day("2023-05-06"), day("2025-04-16"), "Silver", "Gold", "nights", 6, 15, 9, 400_000, day("2025-04-16"), "Base", 5, 0)]


def test_a_spell_ranks_as_its_tier_does_in_the_rules_of_today(house):
    """Bronze came in below Silver in January 2025: Silver, once the second, is the third."""
    told = house.ask(f"SELECT tier, tier_rank, from_on FROM mart_tiers WHERE membership_id = {house.moved} ORDER BY from_on")
    assert told == [("Base", 0, day("2024-01-01")), ("Silver", 2, day("2024-05-06")), ("Gold", 3, day("2024-07-11"))]
    assert house.ask("SELECT programme_id, tier FROM mart_tiers GROUP BY 1, 2 HAVING count(DISTINCT tier_rank) > 1") == []
    assert house.ask(f"SELECT tier_rank, year_ago_rank FROM mart_members WHERE membership_id = {house.moved}") == [(3, 0)]


def test_a_tier_that_the_rules_gave_up_keeps_its_last_place_as_far_as_there_are_so_many():
    four, two = (replace(DEFAULT, tiers=DEFAULT.tiers[:n]) for n in (4, 2))
    versions = (Version(1, day("2023-01-01"), four), Version(2, day("2024-01-01"), two), Version(3, day("2025-01-01"), four))
    programme = Programme(1, "EUR", versions, 1.0)
    assert places(programme, day("2023-12-31")) == {"Base": 0, "Silver": 1, "Gold": 2, "Platinum": 3}
    assert places(programme, day("2024-01-01")) == {"Base": 0, "Silver": 1, "Gold": 1, "Platinum": 1}
    assert places(programme, day("2022-12-31")) == {}


def test_a_closed_account_keeps_its_last_tier_and_one_that_closes_later_is_still_open(house):
    numbers = ", ".join(map(str, house.leaver))
    assert house.ask(f"SELECT is_open, was_open, closed_on, tier FROM mart_members WHERE membership_id IN ({numbers}) ORDER BY is_open") == [
        (0, 1, day("2025-01-01"), "Base"), (1, 1, None, "Base")]


def test_without_rules_the_tier_is_as_told(house):
    assert house.ask(f"SELECT tier, why FROM mart_tiers WHERE membership_id = {house.ruby}") == [("Ruby", "as_told")]
    assert house.ask(f"SELECT tier, next_tier, year_ago_tier FROM mart_members WHERE membership_id = {house.ruby}") == [("Ruby", None, "Ruby")]


def test_earning_and_redeeming_make_a_member_active_unless_taken_back(house):
    numbers = ", ".join(map(str, house.active.values()))
    told = house.ask(f"SELECT is_active, early_active, last_active_on FROM mart_members WHERE membership_id IN ({numbers}) ORDER BY membership_id")
    assert told == [(1, 1, day("2024-07-29")), (1, 0, day("2024-05-01")), (0, 0, None), (0, 0, None), (1, 0, day("2024-07-30")), (0, 1, day("2024-03-31"))]


def test_points_that_expire_within_ninety_days_are_told(house):
    told = house.ask(f"SELECT balance, expiring, expires_next_on FROM mart_members WHERE membership_id = {house.expiring}")
    assert told == [(150, 60, AS_OF)]


def test_stays_and_the_last_score_of_a_member_are_those_at_the_members_property(house):
    told = house.ask(f"SELECT stays_12m, nights_12m, spend_12m, promoter FROM mart_members WHERE membership_id = {house.stayer}")
    assert told == [(3, 4, 41_000, 0)]


def test_an_invited_person_comes_within_180_days_for_whoever_invited_first(house):
    numbers = ", ".join(map(str, house.advocate))
    assert house.ask(f"SELECT invited, came FROM mart_members WHERE membership_id IN ({numbers}) ORDER BY membership_id") == [(4, 1), (1, 0)]


# --- what members add -----------------------------------------------------------------------------------------------------
class Guests:
    """A warehouse in memory; every guest has a stay two years ago, and one in the last year where something is spent in it."""

    def __init__(self):
        self.duck, self.guests, self.stays = duckdb.connect(), [], []
        for table in (tables.stays, tables.guests, tables.visits, tables.properties):
            self.duck.execute(str(sa.schema.CreateTable(table)))
        self.duck.execute("INSERT INTO mart_properties (property_id, country) VALUES (1, 'PT')")

    def add(self, past: int, later: int, since: str | None) -> None:
        self.guests.append({"guest_id": len(self.guests)})
        for key, (on, amount) in enumerate((("2023-06-02", past), ("2024-08-02", later)), 1):
            if amount:
                self.stays.append({
                    "guest_id": len(self.guests) - 1, "property_id": 1, "is_stay": 1, "is_direct": 1, "country": "PT", "stay_nights": 1, "stay_key": key,
                    "first_here": 1, "first_anywhere": 1, "stay_arrival_on": pd.Timestamp(on) - pd.Timedelta(days=1), "stay_departure_on": pd.Timestamp(on),
                    "stay_room_revenue": amount, "stay_other_revenue": 0, "member_from": pd.Timestamp(since) if since else pd.NaT})  # fmt: skip

    def effects(self) -> list[dict]:
        for name, rows in (("guests", self.guests), ("stays", self.stays), ("visits", [{**row, "property_id": 1} for row in self.guests])):
            if rows:
                frame = pd.DataFrame(rows)
                self.duck.register("incoming", frame)
                self.duck.execute(f"INSERT INTO mart_{name} ({', '.join(frame)}) SELECT * FROM incoming")
        look = lambda statement: self.duck.execute(  # noqa: E731
            str(statement.compile(dialect=Dialect(), compile_kwargs={"literal_binds": True}))).fetch_df()
        return [rows.iloc[0].to_dict() for rows in effects.rows(look, AS_OF, [LIS])]


def test_members_are_compared_with_guests_who_spent_alike():
    """A fifth spent little: there members spend 10 more, elsewhere 20 more. Half of the members are among them, but few of the others."""
    guests = Guests()
    for number in range(600):
        little, member = number < 120, number % 2 == 0 if number < 120 else number % 8 == 0
        later = 100 + number % 3 + (0 if little else 800) + (0 if not member else 10 if little else 20)
        guests.add(1000 if little else 9000, later, "2024-01-01" if member else None)
    told, = guests.effects()
    assert (told["members"], told["others"], told["matched"], told["strata"]) == (120, 480, 120, 5)
    assert told["raw"] == pytest.approx(15 + 400 - 700, abs=1)
    assert told["effect"] == pytest.approx(15, abs=0.5)
    assert told["effect_low"] < 15 < told["effect_high"]
    before, after = json.loads(told["balance"])["prior_spend"]
    assert (before < -0.5, after) == (True, 0)


def test_who_joined_during_the_year_is_no_member_of_its_start_and_makes_the_naive_figure_wrong():
    """Nobody spends more for being a member; yet those who came in the year joined when they came."""
    guests = Guests()
    for number in range(400):
        came = number % 2
        guests.add(1000, 500 * came, "2024-08-02" if came else "2024-01-01" if number % 8 == 0 else None)
    told, = guests.effects()
    assert (told["members"], told["naive_members"]) == (50, 250)
    assert told["raw"] < 0
    assert told["naive"] == pytest.approx(500 * 200 / 250)


def test_below_a_hundred_pairs_nothing_is_told_but_the_plain_difference():
    guests = Guests()
    for number in range(60):
        guests.add(1000, 100 + 50 * (number % 3 == 0), "2024-01-01" if number % 3 == 0 else None)
    told, = guests.effects()
    assert (told["raw"], told["matched"]) == (50, 20)
    assert np.isnan(told["effect"])


def test_a_place_that_knew_nobody_a_year_ago_has_no_row():
    assert Guests().effects() == []
