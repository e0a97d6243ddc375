"""What files other than bookings become, row by row, and what they are linked with."""
import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from crm_core import schema
from crm_core.ingest.problems import ImportProblem
from crm_core.ingest.targets import TARGETS
from crm_core.ingest.targets.definition import KINDS
from crm_core.ingest.template import explained, template
from crm_core.records.persons import shown
from crm_core.store.audit import Entry
from tests.ingest import sound
from tests.ingest.conftest import csv_of

ANNA = {"guest_ref": "G-77", "given_name": "Anna", "family_name": "Weber", "email": "anna.weber@example.com"}
OTHERS = [name for name in TARGETS if name != "bookings"]
IN_ORDER = ("bookings", "guests", "campaigns", "sends", "memberships", "events", "staff", *OTHERS)


@pytest.fixture
def house(desk):
    """A desk whose store has the booking R-1 of Anna at GALLE."""
    desk.bring_rows(ANNA | {"channel_ref": "440211", "currency": "EUR"}, name="bookings.csv")
    return desk


@pytest.mark.parametrize("name", TARGETS)
def test_every_column_is_of_a_known_kind_and_explains_itself(name):
    assert {column.kind for column in TARGETS[name].columns} <= set(KINDS)
    assert all(row["meaning"].endswith(".") for row in explained(name))
    number = TARGETS[name].number
    assert number is None or TARGETS[name].column(number)


def test_every_template_comes_in_as_it_is_and_a_second_time_changes_nothing(desk):
    sound.teach(desk.store)
    for name in dict.fromkeys(IN_ORDER):
        first = desk.bring(template(name), f"{name}.csv")
        assert (first.target, first.rejected) == (name, 0), desk.rejected()
        again = desk.bring(template(name) + "\n", f"again {name}.csv")
        assert (again.accepted, again.duplicates) == (0, first.read), name


def test_charges_find_their_booking_by_the_hotels_or_the_sites_number(house):
    done = house.bring(csv_of([
        {"charge_id": "C-1", "confirmation": "R-1", "posted_on": "2025-03-29", "department": "Restaurant", "amount": "58.50"},
        {"charge_id": "C-2", "confirmation": "440211", "posted_on": "2025-03-30", "department": "spa", "amount": "-10"},
        {"charge_id": "C-3", "confirmation": "R-9", "posted_on": "2025-03-30", "department": "spa", "amount": "1"}]))
    assert (done.read, done.accepted, done.rejected) == (3, 2, 1)
    assert house.table("charge", "external_id", "department", "amount_minor") == [("C-1", "fnb", 5850), ("C-2", "spa", -1000)]
    assert house.rejected() == [(4, "confirmation", "R-9", "no_such_booking")]


def test_a_booking_that_comes_again_keeps_the_postings_of_a_file_of_their_own(house):
    house.bring(csv_of([{"charge_id": "C-1", "confirmation": "R-1", "posted_on": "2025-03-29", "department": "fnb", "amount": "58.50"}]))
    house.bring_rows(ANNA | {"food_revenue": "7.00"}, name="later.csv")
    assert sorted(house.table("charge", "amount_minor")) == [(700,), (5850,)]


def test_a_corrected_row_replaces_what_its_number_said(house):
    row = {"review_id": "V-1", "reviewed_on": "2025-04-03", "score": "8", "text": "good", "confirmation": "R-1"}
    house.bring(csv_of([row]), "one.csv")
    done = house.bring(csv_of([row | {"score": "4,5", "score_scale": "5"}, row | {"review_id": "V-2", "score": "11"}]), "two.csv",
        form={"decimal": ","})
    assert (done.added, done.updated, done.rejected) == (0, 1, 1)
    assert house.one("review", "score_bp", "stay_id", "profile_id", "batch_id") == (9000, 1, 1, 3)
    assert house.rejected()[0][1:] == ("score", "11", "score")


def test_commissions_fill_stays_and_tell_those_that_are_not_here(house):
    text = csv_of([{"confirmation": "440211", "commission": "63.00"}, {"confirmation": "7", "commission": "1"}])
    done = house.bring(text, target="commissions")
    assert (done.updated, done.rejected, house.one("stay", "commission_minor")) == (1, 1, 6300)
    house.bring_rows(ANNA | {"room_revenue": "421.00"}, name="later.csv")
    assert house.one("stay", "room_revenue_minor", "commission_minor") == (42100, 6300)


def test_a_sites_list_fills_what_the_stay_lacks_and_makes_no_second_one(house):
    done = house.bring(csv_of([{"confirmation": "440211", "property": "GALLE", "status": "ok", "arrival": "2025-03-28",
        "departure": "2025-03-31", "channel": "Booking.com", "room_revenue": "500", "commission": "75", "guest_country": "DE"}]),
        source="booking_com_reservations" if "booking_com_reservations" in _sources() else _other_bookings())
    assert (done.updated, done.added, len(house.table("stay"))) == (1, 0, 1)
    assert house.one("stay", "room_revenue_minor", "commission_minor", "country") == (42000, 7500, "DE")


def _sources():
    from crm_core.ingest.sources import SOURCES
    return SOURCES


def _other_bookings():
    return next(name for name, source in _sources().items() if source.target == "bookings" and name != "bookings" and not source.closed)


def test_a_booking_of_three_rooms_is_three_stays_that_share_its_amounts(desk):
    done = desk.bring_rows({"rooms": "3", "adults": "5", "room_revenue": "100.00", "commission": "9.00", "food_revenue": "7.00"})
    assert (done.read, done.accepted) == (1, 1)
    assert ("further_room", {"n": 2}) in done.warnings
    assert desk.table("stay", "external_id", "room_revenue_minor", "commission_minor", "adults", order="id") == [
        ("R-1", 3334, 300, 3), ("R-1/2", 3333, 300, 1), ("R-1/3", 3333, 300, 1)]
    assert desk.one("charge", "amount_minor") == 700


def test_a_departure_is_made_of_nights(desk):
    desk.bring(csv_of([{"property": "GALLE", "status": "confirmed", "arrival": "2025-03-28", "nights": "3", "channel": "phone",
        "total_amount": "90"}]))
    assert desk.one("stay", "departure_on", "room_revenue_minor") == (dt.date(2025, 3, 31), 9000)


def test_a_contact_file_renews_what_the_profile_and_its_guest_say(house):
    house.bring(csv_of([ANNA | {"phone": "+49 30 901820", "tags": "vip, wedding", "preferences": "bed: king"}]), "guests.csv",
        property_code="GALLE")
    done = house.bring(csv_of([ANNA | {"email": "anna@new.example", "sms_consent": "given", "email_consent_on": "2025-01-12"}]), "later.csv",
        target="guests")
    assert (done.added, done.updated) == (0, 1)
    assert house.table("profile", "source", "email", "email_state", order="id") == [("bookings", "anna@new.example", "valid")]
    assert house.table("guest", "email", "phone", order="id") == [("anna@new.example", "+49 30 901820")]
    assert house.table("tag", "tag", order="id") == [("vip",), ("wedding",)]
    assert house.one("consent", "channel", "state") == ("sms", "given")
    assert house.one("preference", "kind", "value") == ("bed", "king")


def test_a_relay_address_is_kept_out_of_a_contact_and_a_wrong_one_says_so(desk):
    desk.bring(csv_of([ANNA | {"email": "x7@guest.booking.com"}, ANNA | {"guest_ref": "G-2", "email": "none"}]), property_code="GALLE",
        target="guests")
    assert desk.table("profile", "email", "email_state", order="id") == [(None, "relay"), ("none", "placeholder")]


def test_the_number_of_a_document_is_never_kept(desk):
    desk.bring(csv_of([ANNA | {"document": "P 907-416"}, ANNA | {"guest_ref": "G-2", "document": "p907416"}]), property_code="GALLE",
        target="guests")
    (first,), (second,) = desk.table("profile", "document_hash", order="id")
    assert len(first) == 64
    assert first == second
    secret = next(desk.home.rglob("secret"))
    assert secret.stat().st_mode & 0o777 == 0o600
    assert "907416" not in str(desk.everything())


def test_guests_whom_their_system_has_merged_are_one_person(desk):
    desk.bring(csv_of([ANNA, {"guest_ref": "G-2", "given_name": "A.", "merged_into_ref": "G-77"}]), property_code="GALLE", target="guests")
    assert desk.one("guest_link", "decision", "decided_by") == ("same", "source")
    assert desk.table("guest", "id", "merged_into", order="id") == [(1, None), (2, 1)]


def test_a_guest_whom_their_system_has_erased_keeps_nothing_and_does_not_come_back(desk):
    desk.bring(csv_of([ANNA]), property_code="GALLE", target="guests")
    desk.bring(csv_of([ANNA | {"anonymized": "yes"}]), "later.csv", target="guests")
    assert desk.one("guest", "name", "email") == (None, None)
    assert desk.one("profile", "given_name", "email") == (None, None)
    assert desk.table("search_term") == []
    assert desk.bring(csv_of([ANNA | {"phone": "1"}]), "last.csv", target="guests").duplicates == 1
    assert desk.one("guest", "phone") is None


def test_the_others_of_a_person_stay_when_one_record_is_erased(desk):
    eva, third = {"guest_ref": "G-2", "given_name": "Eva"}, {"guest_ref": "G-3", "given_name": "Annie", "phone": "030 901820"}
    desk.bring(csv_of([ANNA, eva, third | {"merged_into_ref": "G-77"}]), property_code="GALLE", target="guests")
    assert desk.table("guest", "id", "merged_into", order="id") == [(1, None), (2, None), (3, 1)]
    desk.bring(csv_of([ANNA | {"anonymized": "yes"}, third | {"merged_into_ref": "G-77"}]), "later.csv", target="guests")
    assert desk.table("guest", "id", "name", "merged_into", order="id") == [(1, None, None), (2, "Eva", None), (3, "Annie", None)]
    assert desk.one("guest_link", "decision", "ended_by") == ("same", "local")
    assert desk.table("survivor") == []
    with desk.store.reading() as connection:
        seen = connection.execute(shown().where(schema.guest.c.erased_at.is_(None)).order_by(schema.guest.c.id)).all()
    assert [(row.id, row.name) for row in seen] == [(2, "Eva"), (3, "Annie")]


def test_a_lead_enters_its_stages_at_the_moments_that_are_known(house):
    lead = {"lead_id": "L-1", "created_at": "2025-01-08T11:20:00", "name": "Eva", "stage": "won", "closed_at": "2025-01-20T09:00:00Z"}
    house.bring(csv_of([lead]), target="leads")
    assert house.table("lead_step", "stage", "at", order="id") == [
        ("enquiry", "2025-01-08T11:20:00+00:00"), ("won", "2025-01-20T09:00:00+00:00")]


CASE = {"case_id": "S-1", "opened_at": "2025-03-29T21:40:00", "kind": "noise"}


def test_a_case_says_who_solves_it_until_when_and_where_it_came_from(house):
    house.bring(csv_of([CASE | {"aspect": "Noise", "department": "Reception", "priority": "Urgent", "due_at": "2025-03-30T08:00:00Z",
                                "told_at": "2025-03-30T07:00:00Z", "root_cause": "other guests", "status": "waiting for guest"}]), "c.csv", target="cases")
    assert house.one("service_case", "aspect", "department", "priority", "due_at", "told_at", "root_cause", "status") == (
        "noise", "front_desk", "urgent", "2025-03-30T08:00:00+00:00", "2025-03-30T07:00:00+00:00", "other_guests", "waiting")


def _work_on_it(house, **values):
    """Somebody closes the case here."""
    with house.store.changing(Entry("ana", "close", "service_case")) as change:
        change.connection.execute(sa.update(schema.service_case).values(status="closed", closed_at="2025-03-30T09:00:00+00:00", **values))
        change.connection.execute(sa.insert(schema.case_step).values(service_case_id=1, kind="closed", actor="ana", at=change.at))


def test_a_later_file_takes_nothing_away_of_what_people_entered_for_a_case_here(house):
    house.bring(csv_of([CASE]), "c.csv", target="cases")
    _work_on_it(house, owner="Ana", resolution="Another room", priority="high", told_at="2025-03-30T09:00:00+00:00", root_cause="building")
    done = house.bring(csv_of([CASE | {"text": "Music until midnight."}]), "later.csv", target="cases")
    assert (done.updated, done.accepted) == (1, 1)
    assert house.one("service_case", "text", "owner", "resolution", "priority", "told_at", "root_cause", "status", "closed_at") == (
        "Music until midnight.", "Ana", "Another room", "high", "2025-03-30T09:00:00+00:00", "building", "closed", "2025-03-30T09:00:00+00:00")


def test_a_later_file_that_opens_a_case_again_is_believed(house):
    house.bring(csv_of([CASE]), "c.csv", target="cases")
    _work_on_it(house)
    house.bring(csv_of([CASE | {"status": "open", "reopened": "1"}]), "later.csv", target="cases")
    assert house.one("service_case", "status", "closed_at", "reopened") == ("open", None, 1)


def test_a_case_that_nobody_touched_here_follows_its_source(house):
    house.bring(csv_of([CASE | {"closed_at": "2025-03-30T09:00:00Z"}]), "c.csv", target="cases")
    house.bring(csv_of([CASE]), "later.csv", target="cases")
    assert house.one("service_case", "status", "closed_at") == ("open", None)


def test_messages_and_cases_are_linked_with_their_guest_where_one_is_known(house):
    house.bring(csv_of([{"at": "2025-03-20T14:05:00", "channel": "mail", "direction": "incoming", "text": "Hi", "email": ANNA["email"]},
        {"at": "2025-03-20T14:06:00", "channel": "phone", "direction": "in", "text": "Hello", "email": "who@example.com"}]))
    assert house.table("interaction", "channel", "guest_id", order="id") == [("email", 1), ("phone", None)]
    done = house.bring(csv_of([{"opened_at": "2025-03-29T21:40:00", "kind": "flood", "confirmation": "R-1"}]), "c.csv", target="cases")
    assert house.one("service_case", "kind", "stay_id", "status") == ("other", 1, "open")
    assert ("words", {"column": "kind", "n": 1, "values": "flood"}) in done.warnings


def test_who_unsubscribes_has_withdrawn_and_an_address_that_bounces_is_marked(house):
    house.bring(csv_of([{"send_id": "1", "campaign_id": "K", "email": ANNA["email"], "sent_at": "2025-02-03T09:00:00Z"}]), target="sends")
    house.bring(csv_of([{"send_id": "1", "kind": kind, "at": "2025-02-04T09:00:00Z"} for kind in ("unsubscribe", "hard_bounce")]),
        target="send_events")
    assert house.one("consent", "guest_id", "state", "channel") == (1, "withdrawn", "email")
    assert house.one("profile", "email_state") == "bounced"


def test_burned_points_are_taken_away_and_unknown_members_told(house):
    house.bring(csv_of([{"membership_number": "M-1", **ANNA}]), target="memberships")
    rows = [("M-1", "Redeemed", "40"), ("M-2", "Redeemed", "40"), ("M-1", "Earned", "100")]
    done = house.bring(csv_of([{"membership_number": number, "posted_on": "2025-03-31", "kind": kind, "points": points}
        for number, kind, points in rows]), target="points")
    assert (done.accepted, sorted(house.table("points_entry", "points")), house.one("membership", "profile_id")) == (2, [(-40,), (100,)], 1)
    assert house.rejected()[0][3] == "no_such_member"


def test_a_file_of_several_properties_that_names_none_asks(desk):
    desk.bring_rows({}, {"confirmation": "R-2", "property": "KANDY"})
    with pytest.raises(ImportProblem, match=r"--property GALLE\|KANDY"):
        desk.bring(csv_of([{"created_at": "2025-01-08", "name": "Eva"}]), target="leads")


CELLS = st.sampled_from(["", "R-1", "G-77", "2025-03-28", "2025-13-01", "x", "in", "email", "10.50", "-1", "\0", '"', "é", "a\nb",
    "anna.weber@example.com", "4111 1111 1111 1111", "GALLE", "yes"])


@pytest.mark.parametrize("name", OTHERS)
@examples(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_row_of_a_messy_file_is_accepted_rejected_or_a_duplicate(house, name, data):
    good = {column.name: st.just(column.example) for column in TARGETS[name].columns}
    rows = data.draw(st.lists(st.fixed_dictionaries({column: st.one_of(value, CELLS) for column, value in good.items()}), max_size=6))
    text = csv_of(rows, list(good))
    done = house.bring(text, target=name, source=name, form={"date_order": "ymd", "decimal": ".", "encoding": "utf-8"})
    assert done.accepted + done.rejected + done.duplicates == done.read
    assert done.added + done.updated == done.accepted
    assert "4111 1111" not in str(house.rejected())


def test_a_family_that_shares_an_address_is_not_one_person(desk):
    rows = [{"given_name": name, "family_name": "Weber", "email": "weber@example.com"} for name in ("Anna", "Jonas", "Anna")]
    done = desk.bring(csv_of(rows), target="guests", property_code="GALLE")
    assert (done.added, done.duplicates) == (2, 1)
    assert desk.table("guest", "name", order="id") == [("Anna Weber",), ("Jonas Weber",)]


def test_an_undone_file_leaves_the_figures_too(house, settings):
    from crm_core.ingest.undo import undo_batch
    from crm_core.refresh import refresh
    from tests.ingest.test_undo import scope
    first = refresh(settings).rows["mart_stays"]
    house.bring_rows({"confirmation": "R-2"}, name="later.csv")
    assert refresh(settings).rows["mart_stays"] == first + 1
    undo_batch(house.store, scope(1), id=2)
    assert refresh(settings).rows["mart_stays"] == first


def test_a_booking_of_a_thousand_rooms_is_a_mistake(desk):
    desk.bring_rows({"rooms": "1000"})
    assert desk.rejected() == [(2, "rooms", "1000", "too_large")]


# --- what guests say --------------------------------------------------------------------------------------------------
def said(**changes) -> dict:
    return {"review_id": "V-1", "reviewed_on": "2025-04-03", "score": "4", "score_scale": "5", "text": "Very quiet room", "confirmation": "R-1"} | changes


def test_stars_begin_at_one_and_the_words_of_a_review_are_counted(house):
    assert house.bring(csv_of([said()]), "one.csv").added == 1
    assert house.one("review", "score_bp", "floor_bp", "words", "kind", "platform") == (8000, 2000, 3, "review", "")


def test_a_scale_that_begins_elsewhere_says_so_or_shows_it(house):
    done = house.bring(csv_of([said(score="0"), said(review_id="V-2", score="2", score_lowest="3")]), "two.csv")
    assert (done.added, done.rejected) == (1, 1)
    assert house.one("review", "score_bp", "floor_bp") == (0, 0)


def test_an_answer_to_a_survey_is_told_by_its_recommendation(house):
    house.bring(csv_of([said(score="", nps="9", csat="4", ces="6", text="")]), "survey.csv", target="reviews")
    assert house.one("review", "kind", "platform", "nps", "csat_bp", "ces", "words", "score_bp") == ("survey", "survey", 9, 8000, 6, 0, None)


def test_a_review_from_the_future_or_beyond_a_scale_is_kept_out_with_a_reason(house):
    done = house.bring(csv_of([said(reviewed_on="2049-01-01"), said(review_id="V-2", nps="11"), said(review_id="V-3", ces="0")]), "odd.csv", target="reviews")
    assert (done.added, done.rejected) == (0, 3)
    assert {(column, rule) for _, column, _, rule in house.rejected()} == {("reviewed_on", "after_today"), ("nps", "score"), ("ces", "score")}


def test_a_file_without_answers_does_not_take_away_the_one_that_was_noted_here(house):
    house.bring(csv_of([said(answer="Thank you", answered_on="2025-04-04")]), "one.csv")
    house.bring(csv_of([said(text="Very quiet room, really")]), "two.csv")
    assert house.one("review", "answer", "words") == ("Thank you", 4)


def test_a_comparison_set_is_kept_only_where_it_hides_its_hotels(house):
    row = {"property": "GALLE", "set": "Coast", "month": "2025-03", "figure": "review_index", "value": "81.4", "hotels": "6", "reviews": "900",
           "largest_share": "31"}
    rows = [row, row | {"hotels": "3", "month": "2025-02"}, row | {"largest_share": "51", "month": "2025-01"}, row | {"figure": "luck"}]
    done = house.bring(csv_of(rows), "set.csv", target="review_benchmarks")
    assert (done.added, done.rejected) == (1, 3)
    assert house.one("review_benchmark", "name", "value", "hotels", "largest_bp") == ("Coast", 81.4, 6, 3100)
    assert {rule for *_, rule in house.rejected()} == {"few_hotels", "one_above_half", "no_such_figure"}
    assert house.bring(csv_of([row]), "again.csv", target="review_benchmarks").duplicates == 1


def test_a_figure_of_a_set_that_is_told_twice_is_kept_out(house):
    row = {"property": "GALLE", "set": "Coast", "month": "2025-03", "figure": "noise", "value": "41", "hotels": "6", "largest_share": "31"}
    done = house.bring(csv_of([row, row | {"value": "42"}]), "set.csv", target="review_benchmarks")
    assert (done.added, done.rejected) == (1, 1)
    assert house.rejected()[0][1:] == ("set", "Coast", "told_twice")
