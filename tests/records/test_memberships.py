"""Members are enrolled, joined and parted, given tiers by hand and let go, and their page tells it all."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.programme.rules import parse
from crm_core.records import erasure, identity, joining, member_card, memberships, points, referrals
from crm_core.records.movements import Movement
from crm_core.records.registry import Refused, Stale
from crm_core.scope import NotAllowed

ANA, BEN = 1, 2


def on(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def post(hotel, *rows: tuple, as_of: str = "2025-04-01") -> list[points.Outcome]:
    """Post rows that are told as (membership, day, kind, points)."""
    with hotel.changing("points") as change:
        return points.post_batch(change, [Movement(0, on(day), kind, n, membership_id=member, source="file") for member, day, kind, n in rows], on(as_of))


def card(hotel, view, guest: int = ANA, **changes) -> list[dict]:
    return member_card.memberships_of(hotel.store, view(**changes), guest_id=guest)


def row(hotel, table: sa.Table, id_: int) -> dict:
    with hotel.store.reading() as connection:
        return dict(connection.execute(sa.select(table).where(table.c.id == id_)).mappings().one())


def merge(hotel, a: int, b: int) -> int:
    with hotel.changing("merge") as change:
        return identity.link(change, a, b, decided_by="person", actor="test")


def end(hotel, link: int) -> None:
    with hotel.changing("split") as change:
        identity.end(change, [link], "test")


def lots(hotel, view, guest: int, place: int = 0) -> list[tuple]:
    return [(lot["issued_on"] and lot["issued_on"].isoformat(), lot["expires_on"] and lot["expires_on"].isoformat(), lot["points"])
            for lot in card(hotel, view, guest)[place]["lots"]]


# --- enrolled -----------------------------------------------------------------------------------------------------------
def test_who_is_enrolled_is_a_member_from_today_on_with_the_points_of_welcome(club, view):
    made = memberships.enrol(club.store, view(user="carla"), guest_id=BEN, programme_id=1, key="k", via="front_desk", number=" C-2 ")
    assert memberships.enrol(club.store, view(), guest_id=BEN, programme_id=1, key="k") == made
    (found,) = card(club, view, BEN)
    assert (found["number"], found["enrolled_on"], found["enrolled_via"]) == ("C-2", on("2025-04-01"), "front_desk")
    assert (found["standing"].tier, found["balance"]) == ("Base", 500)
    assert [(r["kind"], r["spend"], r["points"]) for r in found["ledger"]] == [("earn", "welcome", 500)]


def test_a_number_is_drawn_where_none_is_given(small_club, view):
    memberships.enrol(small_club.store, view(), guest_id=BEN, programme_id=1, key="k")
    number = card(small_club, view, BEN)[0]["number"]
    assert len(number) == 9
    assert number.isdigit()


@pytest.mark.parametrize(("guest", "programme", "number", "said"), [
    (ANA, 1, "", "is a member of the programme already"), (BEN, 9, "", "no such programme"), (99, 1, "", "no such guest"), (BEN, 1, "C-1", "belongs to another"),
    (BEN, 1, "9" * 41, "at most 40"),
])  # fmt: skip
def test_nobody_is_enrolled_twice_or_into_nothing(small_club, view, guest, programme, number, said):
    with pytest.raises(Refused, match=said):
        memberships.enrol(small_club.store, view(), guest_id=guest, programme_id=programme, key="k", number=number)
    assert card(small_club, view, BEN) == []


def test_a_person_of_two_records_is_a_member_by_either(small_club, view):
    merge(small_club, ANA, BEN)
    with pytest.raises(Refused, match="already"):
        memberships.enrol(small_club.store, view(), guest_id=BEN, programme_id=1, key="k")


def test_a_role_without_the_right_enrols_nobody(small_club, view):
    with pytest.raises(NotAllowed, match="loyalty"):
        memberships.enrol(small_club.store, view(role="group"), guest_id=BEN, programme_id=1, key="k")


@pytest.mark.parametrize(("first", "months", "last"), [
    ("2024-02-29", 12, "2025-02-28"), ("2024-02-28", 12, "2025-02-27"), ("2025-01-31", 1, "2025-02-28"), ("2025-03-15", 12, "2026-03-14")])
def test_nights_count_to_the_last_day_whose_window_holds_them(first, months, last):
    rules = parse({"tiers": [{"name": "Base"}, {"name": "Silver", "qualify": {"nights": 5}}], "window_months": months})
    assert member_card._counts_until([(on(first), 3, 1, 0)], rules, "nights", on(first)) == on(last)


# --- closed -------------------------------------------------------------------------------------------------------------
def test_whose_account_is_closed_loses_points_code_and_given_tier(small_club, view):
    post(small_club, (ANA, "2024-05-01", "earn", 420))
    referrals.issue_code(small_club.store, view(), membership_id=ANA)
    memberships.set_override(small_club.store, view(), membership_id=ANA, tier="Gold", reason="VIP", from_on=on("2025-04-01"), until_on=on("2026-01-01"))
    assert memberships.close_membership(small_club.store, view(), id=ANA, version=1) == 420
    (found,) = card(small_club, view)
    assert (found["closed_on"], found["status"], found["balance"], found["standing"]) == (on("2025-04-01"), "closed", 0, None)
    assert [found["codes"][0]["ended_on"], found["overrides"][0]["ends_on"]] == [on("2025-04-01")] * 2
    assert points.expire_due(small_club.store, on("2026-01-01")) == 0
    with pytest.raises(Refused, match="closed already"):
        memberships.close_membership(small_club.store, view(), id=ANA, version=2)


def test_what_is_over_expires_before_the_rest_lapses_with_the_account(small_club, view):
    post(small_club, (ANA, "2024-02-01", "earn", 700), (ANA, "2024-06-01", "earn", 80), as_of="2024-07-01")
    assert memberships.close_membership(small_club.store, view(), id=ANA, version=1) == 80
    assert [(r["posted_on"], r["points"]) for r in card(small_club, view)[0]["ledger"]][:2] == [(on("2025-04-01"), -80), (on("2025-02-01"), -700)]


def test_an_account_whose_points_cannot_lapse_stays_open(small_club, view):
    post(small_club, (ANA, "2024-05-01", "earn", 420), (ANA, "2025-04-20", "burn", -400), as_of="2025-04-20")
    small_club.points(ANA, "2025-04-25", "adjust", 30)
    with pytest.raises(Refused, match="Only"):
        memberships.close_membership(small_club.store, view(), id=ANA, version=1)
    assert row(small_club, schema.membership, ANA)["closed_on"] is None


def test_the_second_of_two_who_close_an_account_is_told(small_club, view):
    small_club.set(schema.membership, ANA, version=2)
    with pytest.raises(Stale) as told:
        memberships.close_membership(small_club.store, view(), id=ANA, version=1)
    assert told.value.current["version"] == 2


# --- tiers by hand ------------------------------------------------------------------------------------------------------
def test_a_tier_given_by_hand_counts_while_it_lasts_and_ends_when_somebody_says_so(club, view):
    made = memberships.set_override(club.store, view(), membership_id=ANA, tier="Gold", reason="VIP", from_on=on("2025-04-01"), until_on=on("2025-10-01"))
    assert [(one["standing"].tier, one["standing"].by_hand) for one in card(club, view)] == [("Gold", True)]
    assert [(s.tier, s.from_on.isoformat(), s.why) for s in card(club, view)[0]["spells"]] == [
        ("Base", "2024-01-10", "enrolled"), ("Silver", "2025-03-22", "qualified"), ("Gold", "2025-04-01", "by_hand")]
    memberships.end_override(club.store, view(as_of=on("2025-05-01")), id=made, version=1)
    assert card(club, view, as_of=on("2025-05-01"))[0]["standing"].tier == "Silver"
    with pytest.raises(Stale):
        memberships.end_override(club.store, view(), id=made, version=1)


@pytest.mark.parametrize(("tier", "reason", "from_on", "until_on", "said"), [
    ("Diamond", "x", "2025-04-01", "2025-05-01", "no such tier"), ("Gold", " ", "2025-04-01", "2025-05-01", "Say why"),
    ("Gold", "x", "2025-03-31", "2025-05-01", "today or later"), ("Gold", "x", "2025-05-01", "2025-05-01", "ends after that"),
    ("Gold", "x", "2025-04-01", "2028-05-01", "three years at most"), ("Gold", "x", "2025-04-01", "2025-07-01", "end that one first"),
])  # fmt: skip
def test_a_tier_is_given_by_hand_once_at_a_time_for_a_reason_and_not_for_ever(small_club, view, tier, reason, from_on, until_on, said):
    memberships.set_override(small_club.store, view(), membership_id=ANA, tier="Silver", reason="x", from_on=on("2025-06-01"), until_on=on("2025-08-01"))
    with pytest.raises(Refused, match=said):
        memberships.set_override(small_club.store, view(), membership_id=ANA, tier=tier, reason=reason, from_on=on(from_on), until_on=on(until_on))


# --- joined and parted --------------------------------------------------------------------------------------------------
@pytest.fixture
def two(small_club):
    """Ana is member 1, and again (as guest 3) member 2: 300 points of May 2024 and 100 of unknown age."""
    assert small_club.guest("Ana S.", "ADD") == 3
    small_club.member(3, "2024-02-01", 1)
    post(small_club, (ANA, "2024-04-10", "earn", 200), (ANA, "2024-07-01", "earn", 50), (2, "2024-05-01", "earn", 300), (2, "2024-02-01", "opening", 100))
    return small_club


def join(hotel, view, into: int = 1, version: int = 1) -> int:
    return joining.join_accounts(hotel.store, view(), guest_id=ANA, into=into, version=version)


def test_lots_that_move_keep_their_issue_and_their_end(two, view):
    merge(two, ANA, 3)
    assert join(two, view) == 400
    assert [(one["id"], one["closed_on"] and one["closed_on"].isoformat(), one["balance"], one["joined_to"]) for one in card(two, view)] == [
        (1, None, 650, None), (2, "2025-04-01", 0, 1)]
    assert lots(two, view, ANA) == [(None, None, 100), ("2024-04-10", "2025-04-10", 200), ("2024-05-01", "2025-05-01", 300), ("2024-07-01", "2025-07-01", 50)]


def test_what_moves_between_members_adds_up_to_nothing(two, view):
    merge(two, ANA, 3)
    join(two, view)
    e = schema.points_entry.c
    with two.store.reading() as connection:
        assert connection.execute(sa.select(sa.func.sum(e.points)).where(e.counter == "transferred")).scalar_one() == 0


def test_a_person_of_two_again_has_two_accounts_as_before(two, view):
    before = lots(two, view, ANA), lots(two, view, 3)
    link = merge(two, ANA, 3)
    join(two, view)
    end(two, link)
    assert (lots(two, view, ANA), lots(two, view, 3)) == before
    assert (card(two, view, 3)[0]["closed_on"], card(two, view, 3)[0]["status"]) == (None, "active")


def test_of_points_that_were_spent_meanwhile_only_the_rest_goes_back(two, view):
    link = merge(two, ANA, 3)
    join(two, view)
    post(two, (1, "2025-04-01", "burn", -450))
    end(two, link)
    assert lots(two, view, ANA) == [("2024-07-01", "2025-07-01", 50)]
    assert lots(two, view, 3) == [("2024-05-01", "2025-05-01", 150)]


def test_a_movement_that_arrives_late_in_a_joined_account_moves_on(two, view):
    merge(two, ANA, 3)
    join(two, view)
    outcomes = post(two, (2, "2024-06-01", "burn", -150), (2, "2024-09-01", "earn", 70), (2, "2024-07-01", "burn", -900))
    assert [one.what for one in outcomes] == ["added", "added", "refused"]
    assert [one["balance"] for one in card(two, view)] == [570, 0]
    assert lots(two, view, ANA) == [
        ("2024-04-10", "2025-04-10", 200), ("2024-05-01", "2025-05-01", 250), ("2024-07-01", "2025-07-01", 50), ("2024-09-01", "2025-09-01", 70)]


def test_what_moved_on_and_was_spent_there_cannot_be_spent_before(two, view):
    merge(two, ANA, 3)
    join(two, view)
    post(two, (1, "2025-04-01", "burn", -600))
    (outcome,) = post(two, (2, "2024-06-01", "burn", -150))
    assert outcome.said == "Only 50 points are there on 1 Apr 2025."
    assert [one["balance"] for one in card(two, view)] == [50, 0]


def test_points_that_moved_through_two_accounts_find_back(two, view):
    assert two.guest("A. Silva", "LIS") == 4
    third = two.member(4, "2024-03-01", 1)
    link = merge(two, ANA, 3)
    join(two, view)
    other = merge(two, ANA, 4)
    assert join(two, view, into=third) == 650
    end(two, link)
    assert [card(two, view, guest)[0]["balance"] for guest in (3, 4)] == [400, 250]
    end(two, other)
    assert [card(two, view, guest)[0]["balance"] for guest in (ANA, 3, 4)] == [250, 400, 0]
    assert lots(two, view, 3) == [(None, None, 100), ("2024-05-01", "2025-05-01", 300)]


def test_accounts_can_be_joined_parted_and_joined_again(two, view):
    for _ in range(2):
        link = merge(two, ANA, 3)
        join(two, view, version=card(two, view)[0]["version"])
        end(two, link)
    assert [card(two, view, guest)[0]["balance"] for guest in (ANA, 3)] == [250, 400]


def test_whoever_stays_together_when_a_record_is_taken_out_keeps_one_account(two, view):
    assert two.guest("A. Silva", "LIS") == 4
    merge(two, ANA, 3)
    merge(two, ANA, 4)
    join(two, view)
    with two.changing("split") as change:
        identity.take_out(change, 4, "test")
    assert [one["balance"] for one in card(two, view)] == [650, 0]


def test_only_accounts_of_one_person_are_joined_and_by_one_of_two_editors(two, view):
    with pytest.raises(Refused, match="no other open account"):
        join(two, view)
    merge(two, ANA, 3)
    with pytest.raises(Stale):
        join(two, view, version=7)
    join(two, view)
    with pytest.raises(Refused, match="no other open account"):
        join(two, view, version=2)
    with pytest.raises(Refused, match="Choose an open account"):
        join(two, view, into=2, version=2)


# --- the page of a member -----------------------------------------------------------------------------------------------
def test_the_page_tells_tier_points_and_what_the_next_stay_would_bring(small_club, view):
    """Ana stayed 2 nights in March 2024 and 3 + 2 in March 2025: €200, €300 with a dinner of €60, and ETB 20,000, which are €200."""
    post(small_club, (ANA, "2024-06-01", "earn", 900), (ANA, "2024-07-01", "burn", -200))
    (found,) = card(small_club, view)
    assert (found["standing"].tier, found["standing"].from_on, found["standing"].until_on) == ("Silver", on("2025-03-22"), on("2026-03-22"))
    assert (found["standing"].next_tier, found["standing"].has, found["standing"].missing) == ("Gold", 5, 5)
    assert (found["balance"], found["expiring"]) == (700, [(on("2025-06-01"), 700)])
    assert [(r["kind"], r["points"], r["balance"]) for r in found["ledger"]] == [("burn", -200, 700), ("earn", 900, 900)]
    # (200 + 300 + 200) / 3 = €233.33 for the room and €20 for dinner: 233.33 × 10 × 1.5 = 3,500 and 20 × 5 × 1.5 = 150 points.
    assert found["next_stay"] == {"nights": 2, "spend": 25333, "points": 3650, "tier": "Silver", "rises": False}


def test_the_next_stay_may_lead_into_the_next_tier(small_club, view):
    small_club.stay("LIS", "2025-03-24", 3, 300, ANA)
    (found,) = card(small_club, view)
    assert (found["standing"].missing, found["next_stay"]["nights"], found["next_stay"]["tier"], found["next_stay"]["rises"]) == (2, 2, "Gold", True)


def test_without_rules_the_source_tells_the_tier(small_club, view):
    other = small_club.programme("other")
    small_club.member(BEN, "2024-05-01", other, tier="Blue")
    (found,) = card(small_club, view, BEN)
    assert (found["standing"].tier, found["next_stay"], [s.why for s in found["spells"]]) == ("Blue", None, ["as_told"])


def test_a_guest_whom_one_cannot_see_is_no_member(small_club, view):
    small_club.member(BEN, "2024-01-10", 1)
    assert member_card.memberships_of(small_club.store, view(2), guest_id=BEN) == []


# --- erased -------------------------------------------------------------------------------------------------------------
def test_of_an_erased_member_the_points_stay_and_the_words_go(small_club, view):
    points.adjust_points(small_club.store, view(), membership_id=ANA, points=250, reason="Lost luggage", key="k")
    memberships.set_override(small_club.store, view(), membership_id=ANA, tier="Gold", reason="Minister", from_on=on("2025-04-01"), until_on=on("2026-01-01"))
    code = referrals.issue_code(small_club.store, view(), membership_id=ANA)
    with small_club.changing("erase") as change:
        erasure.erase(change, ANA, "nimali")
    entry, given, coded = row(small_club, schema.points_entry, 1), row(small_club, schema.tier_override, 1), row(small_club, schema.referral_code, 1)
    assert (entry["points"], entry["reason"], given["tier"], given["reason"]) == (250, None, "Gold", None)
    assert (coded["code"] != code, coded["ended_on"]) == (True, on("2025-04-01"))
    assert row(small_club, schema.membership, ANA)["number"] is None


def test_who_was_invited_and_is_erased_is_nobody_but_still_counts(small_club, view):
    code = small_club.code(ANA, "2024-02-01")
    invited = small_club.invite(code, "2024-03-01", BEN)
    with small_club.changing("erase") as change:
        erasure.erase(change, BEN, "nimali")
    assert row(small_club, schema.referral, invited)["profile_id"] is None


def test_an_erased_record_of_a_joined_person_takes_its_points_along(two, view):
    merge(two, ANA, 3)
    join(two, view)
    with two.changing("erase") as change:
        erasure.erase(change, 3, "nimali")
    e = schema.points_entry.c
    with two.store.reading() as connection:
        left = connection.execute(sa.select(e.membership_id, sa.func.sum(e.points)).group_by(e.membership_id).order_by(e.membership_id)).all()
    assert [(member, int(n)) for member, n in left] == [(1, 250), (2, 400)]
