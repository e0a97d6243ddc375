"""Points are posted once, in any order, never below zero, and expire by themselves."""
import datetime as dt
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records import points
from crm_core.records.points import Movement
from crm_core.records.registry import Refused
from crm_core.scope import NotAllowed

ANA = 1


def on(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def row(day: str, kind: str, n: int, number: str | None = None, member: int = ANA, **more) -> Movement:
    return Movement(0, on(day), kind, n, membership_id=member, source="file", external_id=number, **more)


def post(hotel, *rows: Movement, as_of: str = "2025-04-01") -> list[points.Outcome]:
    with hotel.changing("points") as change:
        return points.post_batch(change, rows, on(as_of))


def ledger(hotel, member: int = ANA) -> list[tuple]:
    """(day, kind, points) of a member's rows, by day."""
    e = schema.points_entry.c
    with hotel.store.reading() as connection:
        rows = connection.execute(sa.select(e.posted_on, e.kind, e.points).where(e.membership_id == member).order_by(e.posted_on, e.id))
        return [(row.posted_on.isoformat(), row.kind, row.points) for row in rows]


def balance(hotel, view, day: str, member: int = ANA) -> int:
    return points.balance_on(hotel.store, view(), membership_id=member, on=on(day))


# --- in any order -------------------------------------------------------------------------------------------------------
def test_a_balance_is_the_sum_of_the_rows_by_that_day(small_club, view):
    post(small_club, row("2024-05-01", "earn", 1000), row("2024-06-01", "burn", -300), row("2024-07-01", "adjust", -50), row("2024-08-01", "earn", 80))
    assert [balance(small_club, view, day) for day in ("2024-04-30", "2024-05-01", "2024-06-01", "2024-07-31", "2025-03-31")] == [0, 1000, 700, 650, 730]


def test_both_sides_of_every_row_add_up_to_zero(club):
    post(club, row("2024-01-20", "earn", 1000, "1"), row("2024-05-02", "opening", 400), row("2024-06-01", "burn", -300))
    post(club, row("2024-07-01", "reverse", -1000, reverses="1"))
    e = schema.points_entry.c
    with club.store.reading() as connection:
        accounts = {name: int(-n) for name, n in connection.execute(sa.select(e.counter, sa.func.sum(e.points)).group_by(e.counter)) if n}
    assert accounts == {"issued": -400, "redeemed": 300}
    assert sum(n for _, _, n in ledger(club)) == 100


def test_a_redemption_may_stand_before_the_earning_in_a_file(small_club, view):
    outcomes = post(small_club, row("2024-06-01", "burn", -300, "b"), row("2024-05-01", "earn", 300, "a"))
    assert [one.what for one in outcomes] == ["added", "added"]
    assert balance(small_club, view, "2024-06-01") == 0


def test_points_expire_on_their_first_day_of_no_validity_without_being_asked(club, view):
    post(club, row("2024-02-29", "earn", 700), row("2024-03-15", "earn", 40))
    assert ledger(club)[2:] == [("2025-02-28", "expire", -700), ("2025-03-15", "expire", -40)]
    assert [balance(club, view, day) for day in ("2025-02-27", "2025-02-28", "2025-03-15")] == [740, 40, 0]


def test_the_oldest_lot_is_redeemed_first_and_only_the_rest_expires(small_club):
    post(small_club, row("2024-02-01", "earn", 700), row("2024-06-01", "earn", 500), row("2024-07-01", "burn", -600))
    assert ledger(small_club)[3:] == [("2025-02-01", "expire", -100)]


def test_a_redemption_that_arrives_late_corrects_what_had_expired_on_that_day(club, view):
    post(club, row("2024-02-01", "earn", 700), row("2024-06-01", "earn", 500))
    post(club, row("2024-07-01", "burn", -600, "late"))
    assert ledger(club)[3:] == [("2025-02-01", "expire", -700), ("2025-02-01", "reverse", 700), ("2025-02-01", "expire", -100)]
    assert [balance(club, view, day) for day in ("2024-07-01", "2025-01-31", "2025-02-01")] == [600, 600, 500]


def test_an_earning_that_arrives_late_gives_back_what_it_would_have_paid(small_club, view):
    post(small_club, row("2024-03-20", "earn", 500), row("2024-07-01", "burn", -200))
    assert balance(small_club, view, "2025-03-20") == 0
    post(small_club, row("2024-03-01", "earn", 200, "late"))
    assert ledger(small_club)[-2:] == [("2025-03-20", "reverse", 300), ("2025-03-20", "expire", -500)]
    assert [balance(small_club, view, day) for day in ("2025-03-19", "2025-03-20")] == [500, 0]


def test_what_a_source_says_has_expired_is_believed_and_nothing_is_added(small_club, view):
    post(small_club, row("2024-02-01", "earn", 700))
    assert balance(small_club, view, "2025-04-01") == 0
    post(small_club, row("2025-02-03", "expire", -650, "told"))
    assert balance(small_club, view, "2025-04-01") == 50


def test_an_opening_balance_is_of_unknown_age_and_goes_first(small_club):
    post(small_club, row("2024-02-01", "opening", 300), row("2024-01-20", "earn", 100), row("2024-05-01", "burn", -300))
    assert ledger(small_club)[3:] == [("2025-01-20", "expire", -100)]


def test_a_day_of_its_own_counts_before_the_rules(small_club, view):
    post(small_club, row("2024-05-01", "earn", 100, expires_on=on("2024-12-24")))
    assert [balance(small_club, view, day) for day in ("2024-12-23", "2024-12-24")] == [100, 0]


# --- once ---------------------------------------------------------------------------------------------------------------
def test_the_same_number_with_the_same_content_is_posted_once(club):
    first, again = post(club, row("2024-05-01", "earn", 100, "7")), post(club, row("2024-05-01", "earn", 100, "7"), row("2024-05-01", "earn", 100, "7"))
    assert [(one.what, one.id) for one in again] == [("known", first[0].id)] * 2
    assert ledger(club) == [("2024-05-01", "earn", 100)]


def test_a_number_that_comes_twice_in_one_batch_is_posted_once(small_club):
    outcomes = post(small_club, row("2024-05-01", "earn", 100, "7"), row("2024-05-01", "earn", 100, "7"), row("2024-05-01", "earn", 90, "7"))
    assert [one.what for one in outcomes] == ["added", "known", "refused"]
    assert outcomes[2].said == "This number was posted already, with other content. A movement is never changed: reverse it, then post it anew."


def test_whoever_repeats_a_refused_row_is_refused_too(small_club):
    assert [one.rule for one in post(small_club, row("2024-05-01", "burn", -5, "7"), row("2024-05-01", "burn", -5, "7"))] == ["above_balance"] * 2


# --- refused ------------------------------------------------------------------------------------------------------------
def test_more_than_is_there_cannot_be_redeemed_and_the_rest_of_the_batch_stands(club, view):
    post(club, row("2024-05-01", "earn", 420))
    outcomes = post(club, row("2024-05-03", "burn", -500, "much"), row("2024-05-04", "burn", -400, "fits"), row("2024-05-05", "burn", -30, "more"))
    assert [one.said for one in outcomes] == ["Only 420 points are there on 3 May 2024.", "", "Only 20 points are there on 5 May 2024."]
    assert balance(club, view, "2024-06-01") == 20


def test_points_that_were_spent_later_cannot_be_redeemed_before(small_club):
    post(small_club, row("2024-05-01", "earn", 420), row("2024-06-01", "burn", -400))
    (outcome,) = post(small_club, row("2024-05-10", "burn", -100))
    assert outcome.said == "Only 20 points are there on 1 Jun 2024."


@pytest.mark.parametrize(("wrong", "said"), [
    (row("2024-05-01", "earn", 10, member=99), "There is no such member."),
    (row("2024-05-01", "win", 10), "There is no such kind of movement."),
    (row("2024-05-01", "earn", -10), "Earned points are above zero, redeemed and expired ones below, and none are 0."),
    (row("2024-05-01", "burn", 10), "Earned points are above zero, redeemed and expired ones below, and none are 0."),
    (row("2024-05-01", "adjust", 0), "Earned points are above zero, redeemed and expired ones below, and none are 0."),
    (row("2024-05-01", "earn", 1_000_000_001), "At most 1,000,000,000 points move at once."),
    (row("2025-04-02", "earn", 10), "2 Apr 2025 has not come yet: points are posted by the day on which they moved."),
    (row("2024-01-09", "earn", 10), "The member joined on 10 Jan 2024: nothing can move before."),
    (row("2024-05-01", "earn", 10, amount_minor=100), "Say in which currency the amount is."),
    (row("2024-05-01", "earn", 10, amount_minor=100, currency="ETB"), "The programme counts in EUR: say the amount in EUR."),
    (row("2024-05-01", "earn", 10, lot_on=on("2024-05-02")), "Points are issued on the day of their movement or before."),
    (row("2024-05-01", "reverse", -10, reverses="none"), "There is no such movement of this member to reverse."),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence_and_leaves_nothing(small_club, wrong, said):
    assert [one.said for one in post(small_club, wrong)] == [said]
    assert ledger(small_club) == []


def test_after_an_account_was_closed_nothing_moves(small_club):
    small_club.set(schema.membership, ANA, closed_on=on("2024-06-01"))
    early, late = post(small_club, row("2024-06-01", "earn", 10), row("2024-06-02", "earn", 10))
    assert (early.what, late.said) == ("added", "The account was closed on 1 Jun 2024: nothing can move after.")


def test_an_account_that_lacked_points_before_takes_credits_and_no_debits(small_club, view):
    small_club.points(ANA, "2024-05-01", "burn", -100)
    assert [one.what for one in post(small_club, row("2024-06-01", "earn", 30), row("2024-06-02", "burn", -10))] == ["added", "refused"]
    assert balance(small_club, view, "2025-04-01") == -70


# --- reversed -----------------------------------------------------------------------------------------------------------
def test_a_reversed_redemption_gives_its_lot_back_with_the_old_end(club, view):
    post(club, row("2024-05-01", "earn", 400), row("2024-06-01", "burn", -300, "b"))
    burn = post(club, row("2024-06-01", "burn", -300, "b"))[0].id
    points.reverse_entry(club.store, view(), id=burn, reason="Never happened", key="r")
    assert [balance(club, view, day) for day in ("2025-03-31", "2025-04-01")] == [100, 400]
    points.expire_due(club.store, on("2025-05-01"))
    assert ledger(club)[-1] == ("2025-05-01", "expire", -400)


def test_points_that_were_spent_are_not_taken_back(small_club, view):
    earned = post(small_club, row("2024-05-01", "earn", 400), row("2024-06-01", "burn", -300))[0].id
    with pytest.raises(Refused, match=r"These points were spent: 300 would be missing on 1 Jun 2024\."):
        points.reverse_entry(small_club.store, view(), id=earned, reason="A slip", key="r")


def test_what_a_reversal_gives_back_to_a_lot_that_is_over_expires_on_the_day_of_the_reversal(club, view):
    post(club, row("2024-02-01", "earn", 700), row("2024-06-01", "burn", -600, "b"))
    post(club, row("2025-03-20", "reverse", 600, reverses="b"))
    assert ledger(club)[2:] == [("2025-02-01", "expire", -100), ("2025-03-20", "reverse", 600), ("2025-03-20", "expire", -600)]
    assert [balance(club, view, day) for day in ("2025-01-31", "2025-02-01", "2025-03-19", "2025-03-20")] == [100, 0, 0, 0]
    assert [one.what for one in post(club, row("2025-03-21", "earn", 90), row("2025-03-22", "burn", -50))] == ["added", "added"]


def test_an_expiry_of_the_source_that_is_reversed_comes_back_as_one_of_that_day(small_club, view):
    post(small_club, row("2024-02-01", "earn", 700), row("2024-03-01", "earn", 300), row("2025-02-01", "expire", -700, "x"), as_of="2025-02-02")
    post(small_club, row("2025-02-03", "reverse", 700, reverses="x"), as_of="2025-02-28")
    assert ledger(small_club)[2:] == [("2025-02-01", "expire", -700), ("2025-02-03", "reverse", 700), ("2025-02-03", "expire", -700)]
    assert [balance(small_club, view, day) for day in ("2025-02-02", "2025-02-03")] == [300, 300]


@pytest.mark.parametrize(("wrong", "rule"), [("again", "reversed_already"), ("of a reversal", "a_reversal"), ("in part", "in_part"), ("expired", "follows")])
def test_a_row_is_reversed_once_as_a_whole_and_only_if_somebody_posted_it(small_club, wrong, rule):
    post(small_club, row("2024-02-01", "earn", 100, "1"), row("2024-06-01", "earn", 50, "2"))
    back = post(small_club, row("2024-07-01", "reverse", -50, "3", reverses="2"))[0]
    e = schema.points_entry.c
    with small_club.store.reading() as connection:
        expired = connection.execute(sa.select(e.id).where(e.kind == "expire")).scalar_one()
    tried = {"again": row("2024-07-02", "reverse", -50, reverses="2"), "of a reversal": row("2024-07-02", "reverse", 50, reverses_id=back.id),
             "in part": row("2024-07-02", "reverse", -60, reverses="1"), "expired": row("2025-03-02", "reverse", 100, reverses_id=expired)}[wrong]
    assert [one.rule for one in post(small_club, tried)] == [rule]


def test_nothing_is_reversed_before_its_own_day(small_club, view):
    post(small_club, row("2024-05-01", "earn", 500), row("2024-06-01", "burn", -100, "b"))
    early, late = post(small_club, row("2024-05-31", "reverse", 100, reverses="b"), row("2024-06-01", "reverse", 100, reverses="b"))
    assert (early.said, late.what) == ("This movement is of 1 Jun 2024: it cannot be reversed before.", "added")
    assert balance(small_club, view, "2024-05-31") == 500


def test_who_reverses_a_refused_row_of_the_batch_reverses_nothing(small_club):
    outcomes = post(small_club, row("2024-05-01", "burn", -9, "1"), row("2024-05-02", "reverse", 9, "2", reverses="1"), row("2024-05-03", "burn", -9, "3"))
    assert [one.rule for one in outcomes] == ["above_balance", "nothing_to_reverse", "above_balance"]
    assert ledger(small_club) == []


# --- by hand ------------------------------------------------------------------------------------------------------------
def test_an_adjustment_needs_a_reason_and_leaves_its_actor(club, view):
    made = points.adjust_points(club.store, view(user="carla"), membership_id=ANA, points=250, reason=" Lost luggage ", key="k")
    assert points.adjust_points(club.store, view(user="carla"), membership_id=ANA, points=250, reason="Lost luggage", key="k") == made
    e = schema.points_entry.c
    with club.store.reading() as connection:
        stands = connection.execute(sa.select(e.kind, e.points, e.reason, e.actor, e.source, e.counter, e.expires_on)).one()
    assert tuple(stands) == ("adjust", 250, "Lost luggage", "carla", "innsight", "adjusted", on("2026-04-01"))
    with pytest.raises(Refused, match="Say why"):
        points.adjust_points(club.store, view(), membership_id=ANA, points=1, reason=" ", key="l")


def test_a_form_that_is_sent_again_on_another_day_posts_nothing_more(small_club, view):
    for day in ("2025-03-01", "2025-03-02"):
        made = points.adjust_points(small_club.store, view(as_of=on(day)), membership_id=ANA, points=250, reason="x", key="k")
    for day in ("2025-03-03", "2025-03-04"):
        points.reverse_entry(small_club.store, view(as_of=on(day)), id=made, reason="x", key="r")
    assert ledger(small_club) == [("2025-03-01", "adjust", 250), ("2025-03-03", "reverse", -250)]


def test_points_posted_by_hand_take_the_sign_of_their_kind(small_club, view):
    for kind, n, key in (("earn", 500, "a"), ("burn", 200, "b")):
        points.post_points(small_club.store, view(), membership_id=ANA, kind=kind, points=n, posted_on=on("2025-03-01"), key=key, spend="room")
    assert ledger(small_club) == [("2025-03-01", "earn", 500), ("2025-03-01", "burn", -200)]
    with pytest.raises(Refused, match="all else is an adjustment"):
        points.post_points(small_club.store, view(), membership_id=ANA, kind="expire", points=1, posted_on=on("2025-03-01"), key="c")


@pytest.mark.parametrize("role", ["group", "trainer", "privacy", "admin"])
def test_only_who_works_with_members_changes_points(small_club, view, role):
    with pytest.raises(NotAllowed, match="loyalty"):
        points.adjust_points(small_club.store, view(role=role), membership_id=ANA, points=1, reason="x", key="k")


def test_a_member_whom_one_cannot_see_has_no_points(small_club, view):
    other = small_club.member(2, "2024-01-10", 1)
    assert points.balance_on(small_club.store, view(2), membership_id=other, on=on("2025-01-01")) is None
    with pytest.raises(Refused, match="no such member"):
        points.adjust_points(small_club.store, view(2), membership_id=other, points=1, reason="x", key="k")


def test_every_change_of_points_is_audited_without_a_word_of_the_reason(small_club, view):
    points.adjust_points(small_club.store, view(user="carla"), membership_id=ANA, points=250, reason="Secret", key="k")
    with small_club.store.reading() as connection:
        last = connection.execute(sa.select(schema.audit).order_by(schema.audit.c.sequence.desc()).limit(1)).mappings().one()
    assert (last["actor"], last["verb"], last["kind"]) == ("carla", "adjust", "points_entry")
    assert "membership_id=1" in last["fields"]
    assert "Secret" not in repr(dict(last))


# --- expiry by the worker -----------------------------------------------------------------------------------------------
def test_what_is_due_expires_once_and_the_data_version_moves_only_then(club):
    post(club, row("2024-05-01", "earn", 100))
    revision = club.store.revision()
    assert points.expire_due(club.store, on("2025-04-30")) == 0
    assert club.store.revision() == revision
    assert points.expire_due(club.store, on("2025-05-01")) == 1
    assert club.store.revision() == revision + 1
    assert [points.expire_due(club.store, on(day)) for day in ("2025-05-01", "2025-05-02")] == [0, 0]
    assert ledger(club) == [("2024-05-01", "earn", 100), ("2025-05-01", "expire", -100)]


def test_idle_points_are_over_after_the_months_of_the_rules_and_activity_keeps_them(small_club, view):
    small_club.rules(1, {"tiers": [{"name": "Base"}], "expiry": "inactivity", "expiry_months": 6}, "2023-01-01")
    post(small_club, row("2024-02-29", "earn", 100), row("2024-08-28", "burn", -10), row("2024-12-01", "adjust", 5), as_of="2024-12-31")
    assert points.expire_due(small_club.store, on("2025-02-27")) == 0
    assert points.expire_due(small_club.store, on("2025-02-28")) == 1
    assert ledger(small_club)[-1] == ("2025-02-28", "expire", -90)
    assert balance(small_club, view, "2025-04-01") == 5
    assert points.expire_due(small_club.store, on("2025-06-01")) == 1


def test_rules_that_begin_end_what_was_idle_for_too_long(small_club):
    points.expire_due(small_club.store, on("2025-01-01"))
    small_club.rules(1, {"tiers": [{"name": "Base"}], "expiry": "none"}, "2023-01-01")
    post(small_club, row("2024-02-01", "earn", 100), as_of="2025-01-01")
    small_club.rules(1, {"tiers": [{"name": "Base"}], "expiry": "inactivity", "expiry_months": 3}, "2025-02-01")
    assert points.expire_due(small_club.store, on("2025-01-31")) == 0
    assert points.expire_due(small_club.store, on("2025-02-01")) == 1
    assert ledger(small_club)[-1] == ("2025-02-01", "expire", -100)


def test_a_batch_leaves_nothing_where_its_transaction_fails(small_club):
    def fail() -> None:
        with small_club.changing("points") as change:
            points.post_batch(change, [row("2024-05-01", "earn", 100)], on("2025-04-01"))
            raise RuntimeError
    with pytest.raises(RuntimeError):
        fail()
    assert ledger(small_club) == []


def test_a_posting_day_is_a_local_date_so_no_change_of_clocks_moves_it(small_club, view):
    """On 30 March 2025 an hour is missing in Lisbon; the day has all its points."""
    post(small_club, *(replace(row("2025-03-30", "earn", 1), external_id=str(n)) for n in range(24)))
    assert [balance(small_club, view, day) for day in ("2025-03-29", "2025-03-30")] == [0, 24]


def test_whoever_posts_by_an_earlier_day_takes_no_expiry_back_and_misses_none(small_club):
    post(small_club, row("2024-02-01", "earn", 700), row("2024-06-01", "earn", 80), as_of="2025-03-01")
    points.expire_due(small_club.store, on("2025-07-01"))
    post(small_club, row("2024-06-15", "earn", 5), as_of="2024-07-01")
    assert ledger(small_club)[3:] == [("2025-02-01", "expire", -700), ("2025-06-01", "expire", -80), ("2025-06-15", "expire", -5)]
