"""Members, their points and whom they invite come in: every figure below is counted by hand."""
import datetime as dt
import json
import random
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core import settings as settings_
from crm_core.ingest.problems import RULES
from crm_core.ingest.systems.airline_loyalty import day_after, first_day
from crm_core.ingest.targets import points as target
from crm_core.ingest.undo import undo_batch
from crm_core.programme.rules import DEFAULT, said
from crm_core.records import erasure
from crm_core.records.posting import REASONS
from crm_core.records.registry import Refused
from crm_core.store import record
from crm_core.store.audit import Entry
from tests.ingest.conftest import Desk, csv_of
from tests.ingest.test_undo import dump, scope

AIRLINE = Path(__file__).parents[3] / "shared/data/airline_loyalty/customer_loyalty_history.csv"
ANNA = {"membership_number": "M-1", "given_name": "Anna", "family_name": "Weber", "email": "anna.weber@example.com", "tier": "Gold",
        "enrolled_on": "2023-06-01"}
RUI = {"membership_number": "M-2", "given_name": "Rui", "family_name": "Silva", "email": "rui.silva@example.com", "enrolled_on": "2024-01-15"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store, closed, of one property and two members: Anna since June 2023 and Rui since January 2024."""
    home = settings_.at(tmp_path_factory.mktemp("club"))
    desk = Desk(record.open_store(home), home.sqlite_path.parent)
    desk.bring_rows({})
    desk.bring(csv_of([ANNA, RUI]), "members.csv", target="memberships")
    desk.store.engine.dispose()
    return home.sqlite_path


@pytest.fixture
def club(made, settings, tmp_path):
    """A desk with a copy of that store."""
    settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(made, settings.sqlite_path)
    opened = record.open_store(settings)
    yield Desk(opened, tmp_path)
    opened.engine.dispose()


def entry(number: str, day: str, kind: str, points: int, member: str = "M-1", **more: str) -> dict:
    return {"entry_id": number, "membership_number": member, "posted_on": day, "kind": kind, "points": str(points), **more}


def post(desk, *rows: dict, name: str = "points.csv"):
    return desk.bring(csv_of(list(rows)), name, target="points")


def balances(desk) -> dict[int, int]:
    found: dict[int, int] = {}
    for member, points in desk.table("points_entry", "membership_id", "points"):
        found[member] = found.get(member, 0) + points
    return found


def ledger(desk, *columns: str) -> list[tuple]:
    return desk.table("points_entry", *(columns or ("kind", "points", "counter")), order="id")


def change(desk, table: str, **values) -> None:
    with desk.store.changing(Entry("test", "write", table)) as changing:
        changing.connection.execute(sa.insert(schema.metadata.tables[table]).values(**values))


# --- members ------------------------------------------------------------------------------------------------------------
def test_the_first_members_found_a_programme_in_the_reporting_currency(club):
    assert club.one("programme", "code", "currency") == ("main", "EUR")
    assert club.table("programme_rules") == []
    assert club.table("membership", "number", "programme_id", "tier", "status", order="id") == [("M-1", 1, "Gold", "active"), ("M-2", 1, "", "active")]


def test_a_programme_is_named_by_code_or_name_and_must_be_known(club):
    rows = [ANNA | {"membership_number": f"M-{n}", "programme": code} for n, code in ((3, "MAIN"), (4, "loyalty programme"), (5, "diners"))]
    assert club.bring(csv_of(rows), "more.csv", target="memberships").added == 2
    assert club.rejected() == [(4, "programme", "diners", "no_such_programme")]


def test_with_two_programmes_a_row_must_say_which(club):
    change(club, "programme", code="diners", name="Diners", currency="EUR")
    assert club.bring(csv_of([RUI | {"membership_number": "M-3"}, ANNA | {"programme": "diners"}]), "more.csv", target="memberships").rejected == 2
    assert [row[1:] for row in club.rejected()] == [("programme", "", "programme_needed"), ("programme", "diners", "other_programme")]


def test_a_number_that_another_source_has_is_no_second_member(club):
    change(club, "membership", profile_id=1, source="innsight", external_id="by hand", number="M-9", programme_id=1, tier="", status="active",
           enrolled_via="")
    club.bring(csv_of([ANNA | {"membership_number": "M-9"}]), "more.csv", target="memberships")
    assert club.rejected() == [(2, "membership_number", "M-9", "member_elsewhere")]


def test_a_membership_cannot_end_before_it_began(club):
    club.bring(csv_of([ANNA | {"closed_on": "2023-05-31"}]), "more.csv", target="memberships")
    assert club.rejected() == [(2, "closed_on", "2023-05-31", "closed_before_enrolment")]


def test_a_membership_that_is_over_without_a_day_ended_when_it_expired_or_by_the_import(club):
    rows = [ANNA | {"status": "closed", "expires_on": "2024-05-31"}, RUI | {"membership_number": "M-2", "status": "lapsed"}]
    club.bring(csv_of(rows), "over.csv", target="memberships")
    ((ended, status), (today, other)) = club.table("membership", "closed_on", "status", order="id")
    assert (ended, status, other) == (dt.date(2024, 5, 31), "closed", "expired")
    assert abs(today - dt.datetime.now(dt.UTC).date()) <= dt.timedelta(1)


def test_what_a_later_file_leaves_empty_stays_and_who_is_closed_stays_closed(club):
    club.bring(csv_of([ANNA | {"closed_on": "2025-01-31", "expires_on": "2026-05-31"}]), "closed.csv", target="memberships")
    done = club.bring(csv_of([{"membership_number": "M-1", "status": "active", "enrolled_via": "app"}]), "later.csv", target="memberships")
    assert (done.updated, dict(done.warnings)["still_closed"]) == (1, {"n": 1})
    assert club.table("membership", "tier", "status", "enrolled_on", "enrolled_via", "expires_on", "closed_on", "version", order="id")[0] == (
        "Gold", "closed", dt.date(2023, 6, 1), "app", dt.date(2026, 5, 31), dt.date(2025, 1, 31), 3)


def test_a_member_whom_nobody_names_is_a_guest_by_number(club):
    club.bring(csv_of([{"membership_number": "M-7", "country": "Canada", "city": "Toronto"}]), "more.csv", target="memberships")
    assert club.table("profile", "loyalty_number", "country", "city", order="id")[-1] == ("M-7", "CA", "Toronto")
    assert club.table("membership", "number", "profile_id", order="id")[-1] == ("M-7", 3)


def test_a_member_who_was_erased_does_not_come_back(club):
    with club.store.changing(Entry("test", "erase", "guest")) as changing:
        erasure.erase(changing, 1, "test")
    done = club.bring(csv_of([ANNA | {"tier": "Platinum"}]), "later.csv", target="memberships")
    assert (done.accepted, done.duplicates, done.rejected) == (0, 1, 0)
    assert club.table("membership", "number", "tier", order="id")[0] == (None, "Gold")
    assert len(club.table("guest")) == 2


# --- opening balances ---------------------------------------------------------------------------------------------------
def opened(desk, points: str = "1240", **more: str):
    return desk.bring(csv_of([ANNA | {"points": points, "points_on": "2025-03-31"} | more]), f"balance {points}.csv", target="memberships")


def test_points_of_a_member_without_movements_open_the_ledger_as_a_lot_of_unknown_age(club):
    assert ("points_opened", {"n": 1}) in opened(club).warnings
    assert ledger(club, "membership_id", "posted_on", "kind", "points", "counter", "lot_on", "expires_on") == [
        (1, dt.date(2023, 6, 1), "opening", 1240, "issued", None, None)]


def test_once_there_are_movements_a_difference_is_told_and_never_posted(club):
    post(club, entry("P-1", "2025-02-01", "earn", 500), entry("P-2", "2025-04-02", "earn", 70))
    assert ("points_differ", {"n": 1}) in opened(club, "520").warnings
    assert "points_differ" not in dict(opened(club, "500").warnings)  # the movement of April is not in the balance of March
    assert ledger(club) == [("earn", 500, "issued"), ("earn", 70, "issued")]


def test_a_history_that_comes_later_is_not_counted_twice(club):
    opened(club)
    rows = [entry("P-1", "2024-03-01", "earn", 900), entry("P-2", "2024-05-01", "burn", 1000), entry("P-3", "2025-04-01", "earn", 100)]
    done = post(club, *rows)
    assert (done.added, dict(done.warnings)["points_corrected"]) == (3, {"n": 1})
    assert ledger(club) == [("opening", 1240, "issued"), ("opening", 1340, "issued"), ("earn", 900, "issued"), ("burn", -1000, "redeemed"),
        ("earn", 100, "issued"), ("reverse", -1240, "issued")]  # 1,240 on 31 March, as shown, and 100 since
    again = post(club, *rows, entry("P-4", "2025-04-02", "earn", 1), name="again.csv")
    assert (again.added, again.duplicates, balances(club)) == (1, 3, {1: 1341})


def test_what_the_ledger_refuses_stays_in_the_opening_balance(club):
    opened(club, "100")
    done = post(club, entry("P-1", "2024-03-01", "earn", 50), entry("P-2", "2023-03-01", "earn", 30))
    assert (done.added, done.rejected, balances(club)) == (1, 1, {1: 100})
    assert [row[0:2] for row in ledger(club) if row[0] == "opening"] == [("opening", 100), ("opening", 20), ("opening", 50)]


def test_a_history_that_explains_more_than_was_shown_leaves_no_opening_balance(club):
    opened(club, "100")
    post(club, entry("P-1", "2024-03-01", "earn", 150))
    assert (balances(club), [row[:2] for row in ledger(club)]) == ({1: 150}, [("opening", 100), ("earn", 150), ("reverse", -100)])


# --- movements ----------------------------------------------------------------------------------------------------------
HISTORY = (entry("P-1", "2024-02-01", "earn", 300, spend="Room", amount="30.00"), entry("P-2", "2024-03-01", "burn", 200),
           entry("P-3", "2024-04-01", "reverse", 200, reverses="P-2"), entry("P-4", "2024-05-01", "redeemed", 450),
           entry("P-5", "2024-05-01", "bonus", 150, spend="restaurant"), entry("P-6", "2024-06-01", "adjust", -40), entry("P-7", "2024-07-01", "earn", 90, "M-2"))


@pytest.mark.parametrize("seed", range(3))
def test_rows_settle_in_any_order_and_a_second_time_change_nothing(club, seed):
    rows = list(HISTORY)
    random.Random(seed).shuffle(rows)
    done = post(club, *rows)
    assert (done.read, done.added, done.rejected, balances(club)) == (7, 6, 1, {1: 0, 2: 90})
    assert club.rejected()[0][1:] == ("points", "-40", "above_balance")  # nothing is left in June
    again = post(club, *HISTORY, entry("P-8", "2024-08-01", "earn", 5), name="again.csv")
    assert (again.added, again.duplicates, again.rejected, balances(club)) == (1, 6, 1, {1: 5, 2: 90})


def test_the_programme_s_side_of_each_movement_is_filled(club):
    post(club, *HISTORY[:5])
    assert sorted(ledger(club, "external_id", "kind", "points", "counter", "spend")) == [
        ("P-1", "earn", 300, "issued", "room"), ("P-2", "burn", -200, "redeemed", ""), ("P-3", "reverse", 200, "redeemed", ""),
        ("P-4", "burn", -450, "redeemed", ""), ("P-5", "earn", 150, "issued", "fnb")]
    assert dict(ledger(club, "external_id", "reverses_id"))["P-3"] == dict(ledger(club, "external_id", "id"))["P-2"]


def test_rows_that_the_ledger_cannot_take_wait_with_their_reasons(club):
    change(club, "setting", key="as_of", value="2025-03-01")
    rows = [
        (entry("P-1", "2024-02-01", "earn", 300, "M-8"), "membership_number", "no_such_member"),
        (entry("P-2", "2024-02-01", "earn", 300, programme="diners"), "programme", "no_such_programme"),
        (entry("P-3", "2023-05-31", "earn", 300), "posted_on", "before_enrolment"),
        (entry("P-4", "2024-02-01", "burn", 300), "points", "above_balance"),
        (entry("P-5", "2024-02-01", "earn", -300), "points", "sign"), (entry("P-6", "2024-02-01", "adjust", 0), "points", "sign"),
        (entry("P-7", "2024-02-01", "wish", 300), "kind", "word"),
        (entry("P-8", "2024-02-01", "earn", 300, amount="30.00", currency="USD"), "currency", "other_currency_points"),
        (entry("P-9", "2024-02-01", "earn", 300, amount="30.00", currency="EURO"), "currency", "currency"),
        (entry("P-10", "2024-02-30", "earn", 300), "posted_on", "no_such_day"),
        (entry("P-11", "2025-03-02", "earn", 300), "posted_on", "in_the_future"),
        (entry("P-12", "2024-02-01", "reverse", 300), "reverses", "reverses_missing"),
        (entry("P-13", "2024-02-01", "reverse", 300, reverses="P-0"), "reverses", "nothing_to_reverse")]
    done = post(club, *(row for row, *_ in rows))
    assert (done.read, done.accepted, done.rejected) == (13, 0, 13)
    assert club.rejected() == [(line, column, row.get(column, ""), rule) for line, (row, column, rule) in enumerate(rows, 2)]
    assert ledger(club) == []


def test_a_movement_is_never_changed_and_taken_back_only_once_and_whole(club):
    post(club, entry("P-1", "2024-02-01", "earn", 300))
    post(club, entry("P-1", "2024-02-01", "earn", 301), entry("P-2", "2024-02-02", "reverse", -100, reverses="P-1"),
         entry("P-3", "2024-02-03", "reverse", -300, "M-2", reverses="P-1"), name="later.csv")
    assert [row[3] for row in club.rejected()] == ["other_content", "in_part", "nothing_to_reverse"]
    post(club, entry("P-4", "2024-02-02", "reverse", -300, reverses="P-1"), entry("P-5", "2024-02-03", "reverse", -300, reverses="P-1"), name="last.csv")
    assert ((3, "reverses", "P-1", "reversed_already") in club.rejected(), balances(club)) == (True, {1: 0})


def test_every_rule_of_the_ledger_has_a_column_and_a_reason_that_can_be_kept():
    assert set(target.BLAMED) == set(REASONS)
    assert {target.RENAMED.get(rule, rule) for rule in REASONS} <= set(RULES)
    assert set(target.BLAMED.values()) <= set(target.POINTS.names)


def test_rows_without_a_number_are_known_by_what_they_say_and_equal_ones_are_counted(club):
    row = {"membership_number": "M-1", "posted_on": "2024-02-01", "kind": "earn", "points": "10"}
    assert post(club, row, row, row | {"reference": "spa"}).added == 3
    again = post(club, row | {"reference": "spa"}, row, row, row, name="again.csv")
    assert (again.added, again.duplicates, balances(club)) == (1, 3, {1: 40})


def test_points_that_do_not_arrive_where_they_were_taken_are_told(club):
    post(club, entry("P-1", "2024-02-01", "earn", 300))
    done = post(club, entry("T-1", "2024-02-02", "transfer", -300), entry("T-2", "2024-02-02", "transfer", 250, "M-2", issued_on="2024-02-01"),
        name="moved.csv")
    assert (done.added, dict(done.warnings)["transfers_differ"]) == (2, {"n": 50})
    assert ledger(club, "points", "counter", "lot_on")[1:] == [(-300, "transferred", None), (250, "transferred", dt.date(2024, 2, 1))]


@pytest.fixture
def expiring(club):
    """The club where points end twelve months after their issue, as of 1 March 2025."""
    change(club, "setting", key="as_of", value="2025-03-01")
    rules = json.dumps(said(DEFAULT) | {"expiry_months": 12})
    change(club, "programme_rules", programme_id=1, number=1, from_on=dt.date(2023, 1, 1), rules=rules, actor="test", at="2023-01-01T00:00:00+00:00")
    return club


def test_what_is_over_expires_as_it_comes_in_also_from_a_leap_day(expiring):
    post(expiring, entry("P-1", "2024-02-29", "earn", 300), entry("P-2", "2024-06-01", "earn", 70), entry("P-3", "2024-07-01", "burn", 100))
    assert sorted(ledger(expiring, "posted_on", "kind", "points", "expires_on"))[-1] == (dt.date(2025, 2, 28), "expire", -200, None)
    assert balances(expiring) == {1: 70}


def test_a_day_that_the_file_tells_counts_before_the_rules(expiring):
    post(expiring, entry("P-1", "2024-06-01", "earn", 300, expires_on="2024-12-31"))
    assert ledger(expiring, "posted_on", "kind", "points") == [(dt.date(2024, 6, 1), "earn", 300), (dt.date(2024, 12, 31), "expire", -300)]


# --- undone -------------------------------------------------------------------------------------------------------------
def test_an_undone_file_of_points_leaves_the_ledger_as_it_was(expiring):
    opened(expiring, points_on="2025-02-01")
    post(expiring, entry("P-1", "2024-02-10", "earn", 300), name="first.csv")
    before = dump(expiring)
    last = post(expiring, entry("P-2", "2024-02-15", "earn", 70), entry("P-3", "2024-03-01", "burn", 1000), entry("P-4", "2025-02-20", "earn", 5))
    assert dump(expiring) != before
    assert undo_batch(expiring.store, scope(1), id=last.batch)["restored"] == 0
    assert dump(expiring) == before


def test_points_that_were_used_since_stay(club):
    last = post(club, entry("P-1", "2024-02-01", "earn", 300))
    change(club, "points_entry", membership_id=1, source="innsight", external_id="hand/1", posted_on=dt.date(2024, 3, 1), kind="burn", points=-200,
           counter="redeemed")
    before = dump(club)
    with pytest.raises(Refused, match="used since by members: 1"):
        undo_batch(club.store, scope(1), id=last.batch)
    assert dump(club) == before


def test_a_file_whose_movement_was_taken_back_by_hand_stays(club):
    last = post(club, entry("P-1", "2024-02-01", "earn", 300))
    change(club, "points_entry", membership_id=1, source="innsight", external_id="hand/1", posted_on=dt.date(2024, 3, 1), kind="reverse",
           points=-300, counter="issued", reverses_id=1)
    with pytest.raises(Refused, match="movements of points 1"):
        undo_batch(club.store, scope(1), id=last.batch)


def test_a_first_file_of_members_goes_away_with_its_programme(desk):
    desk.bring_rows({})
    before = dump(desk)
    done = desk.bring(csv_of([ANNA | {"points": "50"}]), "members.csv", target="memberships")
    undo_batch(desk.store, scope(1), id=done.batch)
    assert dump(desk) == before


@pytest.mark.parametrize(("table", "values"), [
    ("tier_override", {"tier": "Gold", "from_on": dt.date(2025, 1, 1), "until_on": dt.date(2026, 1, 1), "actor": "x", "at": "2025-01-01"}),
    ("referral_code", {"code": "ANNA", "issued_on": dt.date(2025, 1, 1), "actor": "x"}),
    ("points_entry", {"source": "innsight", "external_id": "hand/1", "posted_on": dt.date(2025, 1, 1), "kind": "earn", "points": 5})])
def test_members_with_whom_the_staff_have_worked_stay(club, table, values):
    change(club, table, membership_id=1, **values)
    with pytest.raises(Refused, match="worked with members"):
        undo_batch(club.store, scope(1), id=2)


# --- referrals ----------------------------------------------------------------------------------------------------------
def refer(desk, *rows: dict, name: str = "referrals.csv"):
    return desk.bring(csv_of(list(rows)), name, target="referrals")


INVITED = {"advocate_number": "M-1", "invited_on": "2025-04-10", "channel": "e-mail", "given_name": "Jonas", "email": "jonas@example.com"}


def test_a_member_s_first_invitation_makes_a_code_and_the_next_uses_it(club):
    done = refer(club, INVITED, INVITED | {"email": RUI["email"], "given_name": "Rui"}, {"advocate_number": "M-1", "invited_on": "2025-05-01"})
    assert (done.added, done.rejected) == (3, 0)
    assert club.one("referral_code", "membership_id", "issued_on") == (1, dt.date(2023, 6, 1))
    assert club.table("referral", "referral_code_id", "profile_id", "channel", order="id") == [(1, 3, "e-mail"), (1, 2, "e-mail"), (1, None, "")]


def test_invitations_without_a_number_come_in_once(club):
    refer(club, INVITED, INVITED | {"email": "eva@example.com"})
    again = refer(club, INVITED | {"email": "eva@example.com"}, INVITED, INVITED | {"email": "ana@example.com"}, name="again.csv")
    assert (again.added, again.duplicates, len(club.table("referral_code"))) == (1, 2, 1)


def test_a_code_of_the_file_is_its_member_s(club):
    refer(club, INVITED | {"code": "ANNA-1"}, {"code": "anna-1", "invited_on": "2025-05-01"}, name="a.csv")
    refer(club, INVITED | {"code": "ANNA-1", "advocate_number": "M-2"}, {"code": "X-9", "invited_on": "2025-05-01"}, name="b.csv")
    assert club.one("referral_code", "code", "membership_id") == ("ANNA-1", 1)
    assert (len(club.table("referral")), [row[1:] for row in club.rejected()]) == (2, [("code", "ANNA-1", "other_code"), ("code", "X-9", "no_such_code")])


def test_invitations_that_cannot_be_wait_with_their_reasons(club):
    wrong = [({"advocate_number": "M-8"}, "advocate_number", "no_such_member"), ({"advocate_number": ""}, "code", "needs"),
             ({"invited_on": "2023-05-31"}, "invited_on", "before_enrolment"), ({"email": ANNA["email"]}, "advocate_number", "own_referral")]
    assert refer(club, *({"code": ""} | INVITED | said for said, *_ in wrong)).rejected == 4
    assert [row[1::2] for row in club.rejected()] == [(column, rule) for _, column, rule in wrong]
    assert club.table("referral_code") == []


def test_undone_invitations_take_their_codes_with_them(club):
    before = dump(club)
    done = refer(club, INVITED)
    undo_batch(club.store, scope(1), id=done.batch)
    assert dump(club) == before


# --- the airline's list -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("year", "month", "first", "after"), [
    ("2018", "2", "2018-02-01", "2018-03-01"), ("2018", "12", "2018-12-01", "2019-01-01"), ("", "", "", ""), ("2018", "13", "2018 13", "2018 13")])
def test_a_month_becomes_its_first_day_or_the_day_after_it(year, month, first, after):
    assert (first_day(year, month), day_after(year, month)) == (first, after)


AIRLINE_ROW = {"Loyalty_Number": "480934", "Country": "Canada", "Province": "Ontario", "City": "Toronto", "Postal Code": "M2Z 4K1", "Gender": "Female",
    "Education": "Bachelor", "Salary": "83236", "Marital Status": "Married", "Loyalty Card": "Star", "CLV": "3839.14",
    "Enrollment Type": "Standard", "Enrollment Year": "2016", "Enrollment Month": "2", "Cancellation Year": "2018", "Cancellation Month": "12"}


def test_an_airline_s_members_come_in_with_their_tiers_and_nothing_of_what_they_earn(desk):
    desk.bring_rows({})
    done = desk.bring(csv_of([AIRLINE_ROW, AIRLINE_ROW | {"Loyalty_Number": "480935", "Enrollment Month": "13"}]))
    assert (done.source, done.added, done.rejected) == ("airline_loyalty", 1, 1)
    assert ("dropped", {"columns": "Education, Salary, Marital Status"}) in done.warnings
    assert desk.one("membership", "number", "tier", "status", "enrolled_on", "enrolled_via", "closed_on") == (
        "480934", "Star", "closed", dt.date(2016, 2, 1), "Standard", dt.date(2019, 1, 1))
    assert "83236" not in str(desk.everything())
    assert "Bachelor" not in str(desk.everything())


@pytest.mark.skipif(not AIRLINE.is_file(), reason="../shared/data/airline_loyalty is not here")
def test_the_airline_s_list_has_members_of_three_tiers(desk):
    desk.bring_rows({})
    done = desk.bring(b"".join(AIRLINE.read_bytes().splitlines(keepends=True)[:2001]))
    assert (done.read, done.added, done.rejected) == (2000, 2000, 0)
    tiers = [tier for tier, in desk.table("membership", "tier")]
    assert {tier: tiers.count(tier) for tier in set(tiers)} == {"Star": 721, "Nova": 20, "Aurora": 1259}
    assert sum(status == "closed" for status, in desk.table("membership", "status")) == 263


def test_members_points_and_invitations_come_and_go_on_both_engines(store, tmp_path):
    desk = Desk(store, tmp_path)
    desk.bring_rows({})
    desk.bring(csv_of([ANNA | {"points": "1240"}, RUI]), "members.csv", target="memberships")
    before = dump(desk)
    last = post(desk, *HISTORY)
    assert (last.added, last.rejected, balances(desk)) == (7, 0, {1: 1240, 2: 90})  # the adjustment takes of what was there before
    refer(desk, INVITED)
    undo_batch(desk.store, scope(1), id=last.batch + 1)
    undo_batch(desk.store, scope(1), id=last.batch)
    assert dump(desk) == before
