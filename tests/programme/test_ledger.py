"""Points are taken from the oldest lot first, whatever the order in which their rows arrived."""

import datetime as dt
import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm_core.programme import bulk
from crm_core.programme.fifo import FATES, KINDS
from crm_core.programme.ledger import Entry, Part, Settled, balance, due, settle
from crm_core.programme.rules import DEFAULT, Version
from crm_core.schema import COUNTERS
from tests.programme.histories import DEEDS, END, MANY, WITH_EXPIRIES, after, looks, told

D = dt.date
END_OF_TIME = D(2030, 1, 1)


def earn(number, day, points, expires=None, **more):
    return Entry(number, day, "earn", points, expires_on=expires, **more)


def burn(number, day, points):
    return Entry(number, day, "burn", -points)


JANUARY = earn(1, D(2024, 1, 10), 500, D(2025, 1, 10))
MARCH = earn(2, D(2024, 3, 5), 300, D(2025, 3, 5))


def test_a_burn_takes_the_oldest_lot_and_goes_on_with_the_next():
    found = settle([JANUARY, MARCH, burn(3, D(2024, 4, 1), 600)], D(2024, 4, 1))
    assert found == Settled((
        Part(1, D(2024, 1, 10), D(2025, 1, 10), 500, "burned", D(2024, 4, 1), 3),
        Part(2, D(2024, 3, 5), D(2025, 3, 5), 100, "burned", D(2024, 4, 1), 3),
        Part(2, D(2024, 3, 5), D(2025, 3, 5), 200, "open")), 200)  # fmt: skip


def test_rows_after_the_day_are_not_known_yet():
    entries = [JANUARY, MARCH, burn(3, D(2024, 4, 1), 600)]
    assert [balance(entries, day) for day in (D(2024, 1, 9), D(2024, 1, 10), D(2024, 3, 31), D(2024, 4, 1))] == [0, 500, 800, 200]
    assert settle(entries, D(2024, 2, 1)) == Settled((Part(1, D(2024, 1, 10), D(2025, 1, 10), 500, "open"),), 500)


def test_an_earning_that_arrives_late_is_taken_in_the_turn_of_its_day():
    late = earn(9, D(2024, 1, 5), 100, D(2025, 1, 5))
    found = settle([JANUARY, burn(3, D(2024, 4, 1), 150), late], D(2024, 4, 1))
    assert [(part.lot_id, part.points, part.fate) for part in found.parts] == [(9, 100, "burned"), (1, 50, "burned"), (1, 450, "open")]


def test_points_credited_on_the_day_of_a_burn_can_be_burned_on_it():
    assert settle([burn(1, D(2024, 1, 10), 500), replace(JANUARY, id=2)], D(2024, 1, 10)).short_on is None


def test_a_burn_above_the_balance_is_told_with_its_first_day_and_the_next_lot_pays_it():
    found = settle([JANUARY, burn(2, D(2024, 2, 1), 580), earn(3, D(2024, 3, 1), 100)], END_OF_TIME)
    assert (found.balance, found.short_on, found.short_by) == (20, D(2024, 2, 1), 80)
    assert found.parts[1:] == (
        Part(3, D(2024, 3, 1), None, 80, "burned", D(2024, 3, 1), 2), Part(3, D(2024, 3, 1), None, 20, "open"))  # fmt: skip


def test_an_earning_that_is_reversed_after_it_was_burnt_never_was():
    entries = [JANUARY, MARCH, burn(3, D(2024, 4, 1), 600), Entry(4, D(2024, 5, 1), "reverse", -500, reverses_id=1)]
    found = settle(entries, D(2024, 5, 1))
    assert found == Settled((Part(2, D(2024, 3, 5), D(2025, 3, 5), 300, "burned", D(2024, 4, 1), 3),), -300, D(2024, 4, 1), 300)
    assert settle(entries, D(2024, 4, 30)).balance == 200  # the day before, nobody knew


def test_a_burn_that_is_reversed_gives_back_just_what_it_took():
    back = Entry(4, D(2024, 5, 1), "reverse", 600, reverses_id=3)
    found = settle([JANUARY, MARCH, burn(3, D(2024, 4, 1), 600), back], END_OF_TIME)
    assert [(part.lot_id, part.points, part.fate) for part in found.parts] == [(1, 500, "open"), (2, 300, "open")]


def test_a_reversal_that_is_reversed_changes_nothing():
    back, forth = Entry(4, D(2024, 5, 1), "reverse", 600, reverses_id=3), Entry(5, D(2024, 5, 2), "reverse", -600, reverses_id=4)
    entries = [JANUARY, MARCH, burn(3, D(2024, 4, 1), 600)]
    assert settle([*entries, back, forth], END_OF_TIME) == settle(entries, END_OF_TIME)
    assert read(bulk.parts_of(*columns({1: [*entries, back, forth]}))) == read(bulk.parts_of(*columns({1: entries})))


def test_a_lot_of_unknown_age_is_taken_before_all_others():
    opening = Entry(7, D(2024, 6, 1), "opening", 50)
    found = settle([JANUARY, opening, burn(8, D(2024, 6, 2), 60)], END_OF_TIME)
    assert found.parts[:2] == (
        Part(7, None, None, 50, "burned", D(2024, 6, 2), 8), Part(1, D(2024, 1, 10), D(2025, 1, 10), 10, "burned", D(2024, 6, 2), 8))  # fmt: skip


def test_an_expiry_takes_the_lot_that_is_over_even_if_another_is_older():
    promotion = earn(2, D(2024, 3, 5), 300, D(2024, 6, 5))  # younger than January's, and over before it
    found = settle([JANUARY, promotion, Entry(3, D(2024, 6, 5), "expire", -300)], END_OF_TIME)
    assert found.parts == (
        Part(2, D(2024, 3, 5), D(2024, 6, 5), 300, "expired", D(2024, 6, 5), 3), Part(1, D(2024, 1, 10), D(2025, 1, 10), 500, "open"))  # fmt: skip


def test_what_should_have_expired_is_what_is_left_of_a_lot_on_its_day():
    entries = [JANUARY, MARCH, burn(3, D(2024, 4, 1), 450)]
    assert due(entries, D(2025, 1, 9)) == []
    assert due(entries, D(2025, 1, 10)) == [(1, D(2025, 1, 10), 50)]
    assert due(entries, END_OF_TIME) == [(1, D(2025, 1, 10), 50), (2, D(2025, 3, 5), 300)]


def test_a_burn_on_the_day_a_lot_is_over_comes_too_late_for_it():
    assert due([JANUARY, MARCH, burn(3, D(2025, 1, 10), 100)], END_OF_TIME) == [(1, D(2025, 1, 10), 500), (2, D(2025, 3, 5), 200)]


def test_a_burn_takes_lots_that_are_over_last_even_if_nothing_expired_them():
    found = settle([JANUARY, MARCH, burn(3, D(2025, 1, 10), 100), burn(4, D(2025, 1, 11), 250)], END_OF_TIME)
    assert [(part.lot_id, part.points, part.fate, part.taken_by) for part in found.parts] == [
        (2, 100, "burned", 3), (2, 200, "burned", 4), (1, 50, "burned", 4), (1, 450, "open", None)]  # fmt: skip
    expired = settle([JANUARY, MARCH, burn(3, D(2025, 1, 10), 100), Entry(5, D(2025, 2, 1), "expire", -500)], END_OF_TIME)
    assert [(part.lot_id, part.points, part.fate) for part in expired.parts] == [(2, 100, "burned"), (1, 500, "expired"), (2, 200, "open")]


def test_a_burn_that_arrives_late_leaves_less_to_expire():
    expired = Entry(4, D(2025, 1, 10), "expire", -500, reference="expire/1/1")
    assert due([JANUARY, MARCH, expired], D(2025, 2, 1)) == [(1, D(2025, 1, 10), 500)]
    assert due([JANUARY, MARCH, expired, burn(5, D(2025, 1, 9), 120)], D(2025, 2, 1)) == [(1, D(2025, 1, 10), 380)]


def test_points_of_a_leap_day_are_over_on_the_last_of_february():
    leap = earn(1, D(2024, 2, 29), 70, D(2025, 2, 28))
    assert due([leap], D(2025, 2, 27)) == []
    assert due([leap], D(2025, 2, 28)) == [(1, D(2025, 2, 28), 70)]


def test_a_lot_that_is_moved_keeps_its_age_and_its_end():
    out = Entry(3, D(2024, 7, 1), "transfer", -300, lot_on=D(2024, 3, 5), expires_on=D(2025, 3, 5))
    into = Entry(13, D(2024, 7, 1), "transfer", 300, lot_on=D(2024, 3, 5), expires_on=D(2025, 3, 5))
    giver = settle([JANUARY, MARCH, out], END_OF_TIME)
    assert [(part.lot_id, part.points, part.fate) for part in giver.parts] == [(2, 300, "transferred"), (1, 500, "open")]
    taker = settle([earn(11, D(2024, 5, 1), 40), into, Entry(14, D(2024, 7, 2), "burn", -310)], END_OF_TIME)
    assert [(part.lot_id, part.points, part.fate) for part in taker.parts] == [(13, 300, "burned"), (11, 10, "burned"), (11, 30, "open")]


IDLE = (Version(1, D(2024, 1, 1), replace(DEFAULT, expiry="inactivity", expiry_months=6)),)


def test_points_without_a_fixed_end_are_over_when_the_member_was_idle_for_too_long():
    entries = [earn(1, D(2024, 1, 31), 100), earn(2, D(2024, 7, 30), 20), burn(3, D(2024, 8, 31), 10)]
    assert due(entries, END_OF_TIME, IDLE) == [(1, D(2025, 2, 28), 90), (2, D(2025, 2, 28), 20)]
    assert settle(entries, D(2024, 9, 1), IDLE).parts[1].expires_on == D(2025, 2, 28)
    assert due(entries, END_OF_TIME) == []


def test_activity_on_the_day_on_which_idleness_ends_points_comes_too_late():
    assert due([earn(1, D(2024, 1, 31), 100), earn(2, D(2024, 7, 31), 20)], D(2024, 8, 1), IDLE) == [(1, D(2024, 7, 31), 100)]


def test_a_rule_about_idleness_takes_no_points_before_it_is_in_force():
    late = (Version(1, D(2025, 6, 1), IDLE[0].rules), Version(2, D(2026, 1, 1), DEFAULT))
    assert due([earn(1, D(2024, 1, 31), 100)], END_OF_TIME, late) == [(1, D(2025, 6, 1), 100)]
    assert due([earn(1, D(2025, 8, 1), 100)], END_OF_TIME, late) == []  # by February 2026 other rules hold


def test_what_a_reversal_gives_back_after_the_end_expires_on_its_day():
    burnt, back = burn(3, D(2024, 4, 1), 200), Entry(4, D(2025, 2, 7), "reverse", 200, reverses_id=3)
    assert due([JANUARY, burnt, back], D(2025, 2, 6)) == [(1, D(2025, 1, 10), 300)]
    assert due([JANUARY, burnt, back], END_OF_TIME) == [(1, D(2025, 1, 10), 300), (1, D(2025, 2, 7), 200)]


# --- whatever the history -------------------------------------------------------------------------------------------------
@MANY
@given(WITH_EXPIRIES, st.data())
def test_the_parts_of_each_lot_add_up_to_it_and_the_open_ones_to_the_balance(deeds, data):
    entries, day = told(deeds), data.draw(st.dates(D(2024, 1, 1), END))
    found = settle(entries, day)
    undone = {e.reverses_id for e in entries if e.posted_on <= day} | {e.id for e in entries if e.kind == "reverse"}
    lots = {e.id: e.points for e in entries if e.points > 0 and e.posted_on <= day and e.id not in undone}
    sums: Counter = Counter()
    for part in found.parts:
        assert part.points > 0
        sums[part.lot_id] += part.points
    assert sums == lots
    assert found.balance == sum(e.points for e in entries if e.posted_on <= day) == balance(entries, day)
    assert sum(part.points for part in found.parts if part.fate == "open") == max(found.balance, 0)
    assert (found.balance >= 0) or found.short_on <= day


@MANY
@given(DEEDS)
def test_the_programmes_accounts_and_the_members_are_each_others_mirror(deeds):
    entries = told(deeds)
    kinds = {e.id: e.kind for e in entries}
    accounts: Counter = Counter()
    for e in entries:
        accounts[COUNTERS[kinds[e.reverses_id] if e.kind == "reverse" else e.kind]] -= e.points
    assert sum(accounts.values()) + balance(entries, END) == 0
    found = settle(entries, END)
    if found.balance >= 0:  # whoever owes points has taken some that no lot has given yet
        assert accounts[COUNTERS["burn"]] == sum(part.points for part in found.parts if part.fate == "burned")


@MANY
@given(DEEDS)
def test_a_lot_is_taken_when_no_older_one_is_open_and_one_that_is_over_when_no_other_is(deeds):
    entries = told(deeds)
    posted = {e.id: e.posted_on for e in entries}
    age = lambda part: part.issued_on or D.min  # noqa: E731
    parts = settle(entries, END).parts
    for taken, other in itertools.product(parts, parts):
        if taken.fate in ("burned", "adjusted") and posted[other.lot_id] <= taken.taken_on:
            runs, ran = [(part.expires_on or D.max) > taken.taken_on for part in (other, taken)]
            owed = posted[taken.lot_id] == taken.taken_on  # what comes in pays debts at once
            if (runs and not ran and not owed) or (runs == ran and age(other) < age(taken)):
                assert (other.taken_on or D.max) <= taken.taken_on


@MANY
@given(WITH_EXPIRIES, st.data())
def test_the_order_of_arrival_does_not_matter(deeds, data):
    order = data.draw(st.permutations(range(len(deeds))))
    one, two = told(deeds), told(deeds, order)
    assert looks(settle(one, END).parts) == looks(settle(two, END).parts)
    forms = [Counter((day, points) for _, day, points in due(entries, END)) for entries in (one, two)]
    assert forms[0] == forms[1]


def test_every_order_of_arrival_gives_the_same_parts():
    deeds = [("earn", 0, 5, 10, 0), ("earn", 3, 4, 25, 0), ("burn", 5, -7, None, 0), ("opening", 4, 2, None, 0), ("reverse", 9, 0, None, 0)]
    first = looks(settle(told(deeds), END).parts)
    assert sum(first.values()) == 6
    assert all(looks(settle(told(deeds, order), END).parts) == first for order in itertools.permutations(range(5)))


def expiries(entries, first):
    return [Entry(first + at, day, "expire", -points) for at, (_, day, points) in enumerate(due(entries, END))]


BURN_OF_THE_LAST_DAY = [  # what gives a point back comes after the day on which three lots are over, and on which one is burned
    ("earn", 0, 1, None, 0), *[("earn", 0, 1, 10, 0)] * 3, ("burn", 0, -1, None, 0), ("burn", 10, -1, None, 0), ("reverse", 11, 0, None, 4)]


@MANY
@given(DEEDS)
@example(BURN_OF_THE_LAST_DAY)
@example([("transfer", 10, -6, None, 0), ("burn", 0, -1, None, 0), ("earn", 0, 1, 10, 0), ("earn", 0, 6, None, 0), ("reverse", 11, 0, None, 1)])
def test_posting_what_is_due_leaves_nothing_due(deeds):
    """Where something was taken back later, which lots expired is said only of accounts that had at all times what they spent: others owed it."""
    entries = told(deeds)
    posted = entries + expiries(entries, 1000)
    assert due(posted, END) == due(entries, END)
    late = any(undoes.reverses_id == e.id and e.posted_on < undoes.posted_on for undoes in entries for e in entries)
    if late and lacked(posted):
        return
    expired, wanted, still_open = ended(posted)
    assert not still_open
    assert totals(expired) == totals(wanted)
    assert late or expired == wanted  # what is given back later can change places with what was over before


def lacked(posted):
    """Whether an account ever spent more than it had: by what stands, by the plain sum at the end of a day, or by what was not over yet."""
    found = settle(posted, END)
    late = any(part.fate in ("burned", "adjusted", "transferred") and over_when_taken(part) for part in found.parts)
    return late or found.short_on or any(balance(posted, e.posted_on) < 0 for e in posted)


def over_when_taken(part):
    return (part.expires_on or D.max) <= part.taken_on


def ended(posted):
    """({(look of the lot, day): points} as expired by the rows, the same as due, and what is over but open)."""
    look = {e.id: (e.posted_on, e.lot_on, e.expires_on, e.points) for e in posted}  # lots that look the same can change places
    expired, wanted, still_open = Counter(), Counter(), []
    for part in settle(posted, END).parts:
        if part.fate == "expired":
            expired[look[part.lot_id], part.taken_on] += part.points
        elif part.fate == "open" and part.expires_on and part.expires_on <= END:
            still_open.append(part)
    for lot, day, points in due(posted, END):
        wanted[look[lot], day] += points
    return expired, wanted, still_open


def totals(points):
    """The points of each lot, and those of each day."""
    lots, days = Counter(), Counter()
    for (lot, day), some in points.items():
        lots[lot] += some
        days[day] += some
    return lots, days


@MANY
@given(DEEDS, st.lists(st.integers(0, 40), min_size=1, max_size=3))
def test_late_burns_end_where_they_would_have_ended_in_time(deeds, days):
    """Each burn arrives when all expiries are posted already; those that are wrong then are reversed, and posted anew."""
    burns = [Entry(100 + at, after(day), "burn", -2) for at, day in enumerate(days)]
    late = told(deeds) + expiries(told(deeds), 1000)
    for at, late_burn in enumerate(burns, 1):
        undone = {e.reverses_id for e in late}
        standing = [e for e in late if e.kind == "expire" and e.id not in undone]
        late += [late_burn, *(Entry(2000 * at + e.id, e.posted_on, "reverse", -e.points, reverses_id=e.id) for e in standing)]
        late += expiries(late, 1000 + 100 * at)
    in_time = told(deeds) + burns
    in_time += expiries(in_time, 1000)
    assert looks(settle(late, END).parts) == looks(settle(in_time, END).parts)
    assert balance(late, END) == balance(in_time, END)


def moved(giver, taker, parts, first):
    """The rows that move parts from one ledger to the other."""
    rows = [{"posted_on": END, "kind": "transfer", "lot_on": part.issued_on, "expires_on": part.expires_on} for part in parts]
    giver = giver + [Entry(first + 2 * at, points=-part.points, **row) for at, (part, row) in enumerate(zip(parts, rows))]
    return giver, taker + [Entry(first + 2 * at + 1, points=part.points, **row) for at, (part, row) in enumerate(zip(parts, rows))]


@MANY
@given(DEEDS, DEEDS)
def test_moving_points_to_another_membership_and_back_restores_both(mine, yours):
    mine, yours = told(mine), told(yours)
    before = [(settle(entries, END), balance(entries, END)) for entries in (mine, yours)]
    opened = lambda entries: [part for part in settle(entries, END).parts if part.fate == "open"]  # noqa: E731
    held = opened(mine)
    mine, yours = moved(mine, yours, held, 5000)
    assert balance(mine, END) == min(before[0][1], 0)
    assert balance(mine, END) + balance(yours, END) == before[0][1] + before[1][1]
    arrived = {e.id for e in yours if e.id >= 5000}
    if before[1][1] >= 0:  # who owed points has paid with those that came
        yours, mine = moved(yours, mine, [part for part in opened(yours) if part.lot_id in arrived], 6000)
        for entries, (was, points) in zip((mine, yours), before):
            assert balance(entries, END) == points
            still = [looks(part for part in parts if part.fate == "open") for parts in (settle(entries, END).parts, was.parts)]
            assert still[0] == still[1]


# --- many at once -----------------------------------------------------------------------------------------------------------
def columns(members):
    rows = [(member, e.id + 100 * member, e.posted_on, e.kind, e.points, e.lot_on, e.expires_on, e.reverses_id and e.reverses_id + 100 * member)
            for member, entries in members.items() for e in entries]  # fmt: skip
    member, entry, posted, kind, points, lot_on, expires_on, reverses = zip(*rows) if rows else [()] * 8
    days = [np.array(column, "datetime64[D]") for column in (posted, lot_on, expires_on)]
    return np.array(member, int), np.array(entry, int), days[0], kind, np.array(points, int), days[1], days[2], np.array([n or 0 for n in reverses], int)


def read(found):
    """What parts_of says, as parts: {member: looks}."""
    members: dict = {}
    for member, _, issued, expires, points, fate, taken in zip(*(found[name].tolist() for name in bulk.PARTS)):
        members.setdefault(member, []).append(Part(0, issued, expires, points, FATES[fate], taken))
    return {member: looks(parts) for member, parts in members.items()}


@MANY
@given(st.lists(WITH_EXPIRIES, max_size=4), st.booleans())
def test_many_memberships_at_once_settle_as_each_by_itself(histories, idle):
    members = {7 + 3 * at: told(deeds) for at, deeds in enumerate(histories)}
    versions = IDLE if idle else ()
    alone = {member: looks(settle(entries, END_OF_TIME, versions).parts) for member, entries in members.items()}
    assert read(bulk.parts_of(*columns(members), versions)) == {member: parts for member, parts in alone.items() if parts}


def test_a_ledger_in_pieces_is_settled_as_a_whole(monkeypatch):
    members = {m: [earn(1, D(2024, 1, m), 10 * m), burn(2, D(2024, 2, 1), m)] for m in range(1, 8)}
    whole = bulk.parts_of(*columns(members))
    monkeypatch.setattr(bulk, "AT_ONCE", 3)
    pieces = bulk.parts_of(*columns(members))
    assert whole["points"].tolist() == [1, 9, 2, 18, 3, 27, 4, 36, 5, 45, 6, 54, 7, 63]
    assert all(np.array_equal(whole[name], pieces[name], equal_nan=whole[name].dtype.kind == "M") for name in bulk.PARTS)


def test_kinds_may_be_told_by_their_places_and_no_rows_are_no_parts():
    given_ = list(columns({1: [JANUARY, burn(3, D(2024, 4, 1), 20)]}))
    given_[3] = np.array([KINDS.index(kind) for kind in given_[3]], np.int8)
    assert bulk.parts_of(*given_)["points"].tolist() == [20, 480]
    assert {name: len(column) for name, column in bulk.parts_of(*columns({})).items()} == dict.fromkeys(bulk.PARTS, 0)


def test_an_unknown_kind_is_an_error():
    with pytest.raises(KeyError, match="gift"):
        settle([Entry(1, D(2024, 1, 1), "gift", 5)], END_OF_TIME)
