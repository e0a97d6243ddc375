"""Campaigns, messages, what became of them, and who was in which arm: what files of mail platforms become."""
import json

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.ingest.undo import undo_batch
from crm_core.records.registry import Refused
from crm_core.store.audit import Entry
from tests.ingest.conftest import csv_of
from tests.ingest.test_undo import dump, scope

ANNA, RUI = "anna@gmail.com", "rui@silva.example"
GUESTS = [{"guest_ref": "G-1", "given_name": "Anna", "email": ANNA, "property": "GALLE"},
          {"guest_ref": "G-2", "given_name": "Rui", "email": RUI, "property": "GALLE"},
          {"guest_ref": "G-3", "given_name": "Eva", "email": "eva@web.de", "property": "GALLE"}]  # fmt: skip
SPRING = {"campaign_id": "K", "campaign_name": "Spring", "sent": "1200", "delivered": "1180"}
MESSAGE = {"campaign_id": "K", "email": ANNA, "sent_at": "2025-02-03T09:00:00Z"}
OPENED = {"campaign_id": "K", "email": ANNA, "kind": "opened", "at": "2025-02-03T10:00:00Z"}


@pytest.fixture
def house(desk):
    """A desk whose store knows Anna, Rui and Eva at GALLE."""
    desk.bring_rows({})
    assert desk.bring(csv_of(GUESTS), "guests.csv", target="guests").added == 3
    return desk


@pytest.fixture
def mailed(house):
    """The same after one message to Anna."""
    sent(house, {})
    return house


def campaigns(desk, *rows, name="campaigns.csv"):
    return desk.bring(csv_of([SPRING | row for row in rows]), name, target="campaigns")


def sent(desk, *rows, name="sends.csv"):
    return desk.bring(csv_of([MESSAGE | row for row in rows]), name, target="sends")


def happened(desk, *rows, name="events.csv"):
    return desk.bring(csv_of([OPENED | row for row in rows]), name, target="send_events")


def members(desk, *rows, name="arms.csv"):
    return desk.bring(csv_of([{"campaign_id": "K", "assigned_on": "2025-02-01"} | row for row in rows]), name, target="audience_members")


def warned(done) -> dict[str, int]:
    return {code: values.get("n") for code, values in done.warnings}


def edited(desk, table: sa.Table, **values):
    """Somebody edits the only row of a table."""
    with desk.store.changing(Entry("ana", "change", table.name)) as change:
        change.connection.execute(sa.update(table).values(**values, version=table.c.version + 1))


# --- campaigns ----------------------------------------------------------------------------------------------------------
def test_a_campaign_brings_its_plan_and_its_cost(desk):
    done = campaigns(desk, {"purpose": "Newsletter", "offer": "Third night free", "window_days": "45", "cost": "90.00", "discount": "240.00", "staff_cost": "75",
        "budget": "500", "currency": "EUR", "planned_on": "2025-02-03", "stop_on": "2025-03-20", "holdout": "12.5", "planned_people": "1300"})  # fmt: skip
    assert done.added == 1
    assert desk.one("campaign", "purpose", "offer", "window_days", "cost_minor", "discount_minor", "staff_minor", "budget_minor", "currency",
                    "holdout_bp", "planned_people") == ("marketing", "Third night free", 45, 9000, 24000, 7500, 50000, "EUR", 1250, 1300)  # fmt: skip
    assert [str(day) for day in desk.one("campaign", "planned_on", "stop_on")] == ["2025-02-03", "2025-03-20"]


@pytest.mark.parametrize(("said", "column", "rule"), [
    ({"delivered": "1201"}, "delivered", "above_sent"), ({"bounces": "1300"}, "bounces", "above_sent"),
    ({"unsubscribes": "1181"}, "unsubscribes", "above_delivered"),
    ({"complaints": "1181"}, "complaints", "above_delivered"), ({"window_days": "0"}, "window_days", "window"), ({"window_days": "366"}, "window_days", "window"),
    ({"holdout": "100"}, "holdout", "share"), ({"planned_on": "2025-02-03", "stop_on": "2025-02-02"}, "stop_on", "stop_before_start"),
    ({"cost": "90 EUR", "discount": "5 USD"}, "discount", "currencies"), ({"cost": "90 EUR", "attributed_revenue": "5", "currency": "USD"}, "cost", "currencies")])
def test_counts_plans_and_amounts_that_cannot_be_are_kept_out_with_a_reason(desk, said, column, rule):
    done = campaigns(desk, said)
    assert (done.added, done.rejected) == (0, 1)
    assert [(found, why) for _, found, _, why in desk.rejected()] == [(column, rule)]


def test_opens_that_count_times_and_not_people_are_left_out_and_said(desk):
    done = campaigns(desk, {"opens_reported": "1900", "clicks": "36"})
    assert desk.one("campaign", "opens_reported", "clicks", "delivered") == (None, 36, 1180)
    assert warned(done)["times_counted"] == 1


def test_a_cost_in_a_currency_without_a_rate_is_kept_and_said(desk):
    done = campaigns(desk, {"cost": "90 CHF"}, {"campaign_id": "L", "cost": "90 EUR"}, {"campaign_id": "M"})
    assert desk.table("campaign", "currency", order="id") == [("CHF",), ("EUR",), (None,)]
    assert warned(done)["no_rate"] == 1


def test_a_later_report_takes_nothing_away_of_what_was_planned_here(desk):
    campaigns(desk, {})
    edited(desk, schema.campaign, purpose="survey", window_days=60, cost_minor=7000, currency="EUR", offer="Spa", holdout_bp=1000)
    assert campaigns(desk, {"clicks": "40"}, name="later.csv").updated == 1
    assert desk.one("campaign", "clicks", "purpose", "window_days", "cost_minor", "currency", "offer", "holdout_bp") == (
        40, "survey", 60, 7000, "EUR", "Spa", 1000)
    done = campaigns(desk, {"attributed_revenue": "10 USD"}, name="other.csv")
    assert (done.rejected, desk.rejected()[0][-1]) == (1, "other_currency_campaign")


def test_a_plan_that_is_fixed_stays_whatever_a_file_says(desk):
    campaigns(desk, {})
    edited(desk, schema.campaign, fixed_at="2025-02-01T09:00:00+00:00", holdout_bp=1000)
    done = campaigns(desk, {"window_days": "90", "holdout": "20", "budget": "5 EUR"}, name="later.csv")
    assert desk.one("campaign", "window_days", "holdout_bp", "budget_minor") == (30, 1000, 500)
    assert warned(done)["plan_fixed"] == 1


# --- messages -----------------------------------------------------------------------------------------------------------
def test_a_message_keeps_the_large_provider_of_its_address_and_the_arm(house):
    done = sent(house, {"arm": "B"}, {"email": RUI, "arm": "Universal Holdout"}, {"email": "eva@web.de", "arm": "treatment"})
    assert done.added == 3
    assert house.table("send", "domain", "arm", order="id") == [("gmail.com", "B"), ("other", "held_out"), ("web.de", "")]


def test_a_second_message_without_a_number_is_told_as_sent_again_and_one_with_a_number_is_kept(mailed):
    done = sent(mailed, {"sent_at": "2025-02-04T09:00:00Z"}, {"email": "other@gmail.com", "guest_ref": "G-1"}, name="again.csv")
    assert (done.added, done.duplicates, warned(done)) == (0, 2, {"resent": 2})
    done = sent(mailed, {"send_id": "7", "sent_at": "2025-02-04T09:00:00Z"}, name="numbered.csv")
    assert (done.added, len(mailed.table("send"))) == (1, 2)


def test_two_equal_messages_of_one_file_count_once(house):
    done = sent(house, {}, {})
    assert (done.added, done.duplicates, warned(done)) == (1, 1, {"resent": 1})


def test_nobody_is_held_out_and_written_to_by_one_campaign(house):
    sent(house, {"send_id": "1", "arm": "A"}, {"send_id": "2", "arm": "holdout"})
    assert house.rejected() == [(3, "arm", "holdout", "two_arms")]
    assert sent(house, {"send_id": "1", "arm": "holdout"}, name="corrected.csv").updated == 1


def test_a_message_of_tomorrow_was_not_sent(house):
    sent(house, {"sent_at": "2199-01-01T09:00:00Z"})
    assert house.rejected()[0][1:] == ("sent_at", "2199-01-01T09:00:00Z", "after_today")


# --- what became of messages ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("said", "kept"), [
    ({"kind": "hardBounce"}, ("bounced", "hard", 0)), ({"kind": "soft bounces"}, ("bounced", "soft", 0)), ({"kind": "bounce"}, ("bounced", "", 0)),
    ({"kind": "bounce", "bounce": "Permanent"}, ("bounced", "hard", 0)), ({"kind": "unique_proxy_open"}, ("opened", "proxy", 1)),
    ({"is_machine": "yes"}, ("opened", "", 1)), ({"kind": "click", "url": "https://hotel.example/spring"}, ("clicked", "", 0)),
    ({"kind": "click", "url": "https://mail.example/Unsubscribe/?u=7"}, ("clicked", "unsubscribe_link", 1)),
    ({"kind": "click", "url": "https://mail.example/email-preferences"}, ("clicked", "unsubscribe_link", 1)),
    ({"kind": "click", "url": "https://hotel.example/stay-preferences"}, ("clicked", "", 0)),
    ({"kind": "click", "url": "https://hotel.example/", "user_agent": "BarracudaCentral 1.0"}, ("clicked", "scanner", 1)),
    ({"user_agent": "Mozilla/5.0"}, ("opened", "scanner", 1)),
    ({"user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)"}, ("opened", "", 0))])
def test_what_people_do_is_told_apart_from_what_programmes_do(mailed, said, kept):
    assert happened(mailed, said).added == 1
    assert mailed.one("send_event", "kind", "detail", "is_machine") == kept


@pytest.mark.parametrize(("kind", "state"), [("hard_bounced", "bounced"), ("bounced", "bounced"), ("soft_bounced", "valid")])
def test_only_an_address_that_is_gone_for_good_is_marked(mailed, kind, state):
    happened(mailed, {"kind": kind})
    assert mailed.table("profile", "email_state", order="id")[0] == (state,)


def test_an_event_of_before_its_message_is_kept_out_but_a_day_is_forgiven(mailed):
    done = happened(mailed, {"at": "2025-02-02T09:00:00Z"}, {"at": "2025-02-02T08:59:59Z"}, {"at": "2199-01-01"})
    assert (done.added, done.rejected) == (1, 2)
    assert [rule for *_, rule in mailed.rejected()] == ["before_send", "after_today"]


def test_the_same_event_told_twice_counts_once_unless_it_has_a_number(mailed):
    done = happened(mailed, {}, {}, {"at": "2025-02-03T10:00:01Z"})
    assert (done.added, done.duplicates, warned(done)) == (2, 1, {"repeated_events": 1})
    assert happened(mailed, {"event_id": "E-1"}, {}, name="later.csv").added == 1


def test_an_event_is_of_the_last_message_before_it(house):
    sent(house, {"send_id": "1"}, {"send_id": "2", "sent_at": "2025-02-10T09:00:00Z"})
    happened(house, {}, {"at": "2025-02-11T09:00:00Z"})
    assert house.table("send_event", "send_id", order="id") == [(1,), (2,)]


CLICK = {"kind": "clicked", "at": "2025-02-03T09:00:04Z", "url": "https://hotel.example/a"}


def test_clicks_on_two_links_within_ten_seconds_are_a_scanner_s_even_from_two_files(mailed):
    assert warned(happened(mailed, CLICK)) == {}
    done = happened(mailed, CLICK | {"url": "https://hotel.example/b", "at": "2025-02-03T09:00:10Z"},
                    CLICK | {"url": "https://hotel.example/c", "at": "2025-02-03T09:00:11Z"}, name="later.csv")  # fmt: skip
    assert warned(done) == {"scanner_clicks": 2}
    assert mailed.table("send_event", "is_machine", "detail", order="id") == [(1, "scanner"), (1, "scanner"), (0, "")]
    undo_batch(mailed.store, scope(1), id=done.batch)
    assert mailed.one("send_event", "is_machine", "detail") == (0, "")


def test_seconds_count_from_the_arrival_too_and_one_link_is_a_person_s(mailed):
    happened(mailed, {"kind": "delivered", "at": "2025-02-03T11:00:00Z"}, CLICK, CLICK | {"at": "2025-02-03T11:00:03Z"})
    assert mailed.table("send_event", "is_machine", order="id") == [(0,), (0,), (0,)]
    happened(mailed, CLICK | {"at": "2025-02-03T11:00:05Z", "url": "https://hotel.example/b"}, name="later.csv")
    assert mailed.table("send_event", "is_machine", order="id") == [(0,), (1,), (1,), (1,)]


def test_a_link_that_names_a_person_loses_what_follows_its_question_mark(mailed):
    happened(mailed, {"kind": "clicked", "url": "https://hotel.example/a?to=anna%40gmail.com"}, {"kind": "clicked", "url": "https://hotel.example/a?room=2"})
    assert mailed.table("send_event", "url", order="id") == [("https://hotel.example/a",), ("https://hotel.example/a?room=2",)]


def test_who_unsubscribes_or_complains_has_withdrawn_and_undoing_keeps_the_refusal(mailed):
    done = happened(mailed, {"kind": "complaint"})
    assert mailed.one("consent", "state", "channel") == ("withdrawn", "email")
    undo_batch(mailed.store, scope(1), id=done.batch)
    assert (mailed.table("send_event"), mailed.one("consent", "state")) == ([], "withdrawn")


# --- who was in which arm -----------------------------------------------------------------------------------------------
def test_arms_of_another_tool_become_an_audience_of_their_campaign(house):
    campaigns(house, {"window_days": "45"})
    done = members(house, {"guest_ref": "G-1", "arm": "A"}, {"email": RUI, "arm": "Holdout"}, {"guest_ref": "G-3", "arm": "sent", "cell": "B"})
    assert (done.added, warned(done)) == (3, {"few_in_arm": 3})
    assert house.table("audience_member", "guest_id", "arm", "cell", order="guest_id") == [(1, "contact", "A"), (2, "held_out", ""), (3, "contact", "B")]
    name, kind, definition, as_of, window, holdout, shares = house.one(
        "audience", "name", "kind", "definition", "as_of", "window_days", "holdout_bp", "shares")
    assert (name, kind, json.loads(definition), str(as_of), window) == ("Spring", "segment", {"import": "audience_members"}, "2025-02-01", 45)
    assert (holdout, json.loads(shares)) == (3334, {"A": 3333, "B": 3333, "held_out": 3334})
    assert house.one("campaign", "audience_id") == 1


def test_people_who_cannot_be_found_or_are_in_two_arms_are_kept_out(house):
    done = members(house, {"guest_ref": "G-9", "arm": "A"}, {"email": "who@example.com", "arm": "A"}, {"guest_ref": "G-1", "arm": "A"},
                   {"email": ANNA, "arm": "control"}, {"guest_ref": "G-2", "arm": "A", "assigned_on": "2025-02-02"}, {"guest_ref": "G-3", "arm": "A"},
                   {"email": "eva@web.de", "arm": "A"}, {"guest_ref": "G-3", "arm": "A", "assigned_on": "2199-01-01"})  # fmt: skip
    assert (done.added, done.duplicates, done.rejected) == (1, 1, 6)
    assert [(column, rule) for _, column, _, rule in house.rejected()] == [
        ("guest_ref", "no_such_guest"), ("email", "no_such_guest"), ("arm", "two_arms"), ("arm", "two_arms"), ("assigned_on", "other_day_of_arms"),
        ("assigned_on", "after_today")]
    assert warned(done) == {"no_control": 1, "few_in_arm": 1}


def test_an_arm_that_is_known_is_never_changed_and_further_people_may_join(house):
    members(house, {"guest_ref": "G-1", "arm": "A"})
    done = members(house, {"guest_ref": "G-1", "arm": "holdout"}, {"guest_ref": "G-2", "arm": "holdout"}, name="later.csv")
    assert (done.added, done.rejected, house.rejected()[0][-1]) == (1, 1, "two_arms")
    assert house.one("audience", "holdout_bp", "shares") == (5000, '{"A": 5000, "held_out": 5000}')
    assert members(house, {"guest_ref": "G-2", "arm": "holdout"}, name="again.csv").duplicates == 1


def test_arms_that_were_drawn_here_take_nobody_from_a_file(house):
    members(house, {"guest_ref": "G-1", "arm": "A"})
    edited(house, schema.audience, definition="{}")
    members(house, {"guest_ref": "G-2", "arm": "A"}, name="later.csv")
    assert house.rejected()[0][1:] == ("campaign_id", "K", "arms_drawn_here")


def test_arms_without_a_day_are_of_the_campaign_s_first_message_or_kept_out(house):
    done = members(house, {"guest_ref": "G-1", "arm": "A", "assigned_on": ""})
    assert (done.rejected, house.rejected()[0][-1], house.table("campaign")) == (1, "no_day_of_arms", [])
    sent(house, {})
    assert members(house, {"guest_ref": "G-1", "arm": "A", "assigned_on": ""}, name="later.csv").added == 1
    assert str(house.one("audience", "as_of")) == "2025-02-03"


def test_arms_are_undone_with_their_audience_and_those_who_joined_leave(house):
    sent(house, {})
    before = dump(house)
    first = members(house, {"guest_ref": "G-1", "arm": "A"}, {"guest_ref": "G-2", "arm": "holdout"})
    with_two = dump(house)
    second = members(house, {"guest_ref": "G-3", "arm": "holdout"}, {"campaign_id": "L", "guest_ref": "G-1", "arm": "A"}, name="later.csv")
    assert undo_batch(house.store, scope(1), id=second.batch)["removed"] == 3  # two people, one campaign
    assert dump(house) == with_two
    undo_batch(house.store, scope(1), id=first.batch)
    assert dump(house) == before


def test_a_file_whose_campaign_was_planned_or_read_here_since_stays(house):
    done = campaigns(house, {})
    with house.store.changing(Entry("ana", "read", "campaign")) as change:
        read = {"campaign_id": 1, "kind": "peek", "as_of": scope(1).as_of, "result": "{}", "actor": "ana", "at": change.at}
        change.connection.execute(sa.insert(schema.campaign_reading).values(read))
    edited(house, schema.campaign, offer="Spa")
    with pytest.raises(Refused, match="plans 1, results read 1"):
        undo_batch(house.store, scope(1), id=done.batch)
