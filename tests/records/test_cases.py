"""Cases are opened, routed, due in business hours and worked on under an optimistic lock; every step is kept."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core.records import case_rules, case_work, cases, service_targets
from crm_core.records.registry import Refused, Stale
from crm_core.schema import property, service_case
from crm_core.scope import NotAllowed


def open_one(hotel, view, **values) -> int:
    return case_work.open_case(hotel.store, view(), **{"property_id": 1, "kind": "noise", "text": "Music until midnight"} | values)


@pytest.fixture
def routed(small, view):
    case_rules.start_with_rules(small.store, view())
    return small


def test_a_case_is_routed_with_the_reason_and_due_by_its_targets(filled, view):
    assert case_rules.start_with_rules(filled.store, view()) == 12
    id_ = open_one(filled, view, severity="major", stay_id=1)
    found = cases.case_card(filled.store, view(), id=id_)
    assert (found["department"], found["priority"], found["status"], found["version"]) == ("front_desk", "high", "open", 1)
    assert found["reasons"] == {"department": "Noise goes to the front desk", "priority": "A serious case goes first"}
    hours = [dt.datetime.fromisoformat(found[name]) - dt.datetime.fromisoformat(found["opened_at"]) for name in ("answer_due_at", "due_at")]
    assert hours == [dt.timedelta(hours=2), dt.timedelta(hours=8)]
    assert found["stay"]["id"] == 1
    assert [step["kind"] for step in found["steps"]] == ["opened"]


def test_a_text_that_alarms_goes_to_the_management_at_once(routed, view):
    found = case_work.case_route(routed.store, view(), property_id=1, kind="staff", text="The guard was racist.")
    assert found["priority"] == {"value": "urgent", "rule": "Safety, discrimination or health goes to the management at once"}


def test_what_is_given_goes_before_the_rules(routed, view):
    found = cases.case_card(routed.store, view(), id=open_one(routed, view, priority="low"))
    assert found["priority"] == "low"
    assert "priority" not in found["reasons"]


def test_a_case_goes_from_open_to_closed_and_back_and_keeps_its_steps(filled, view):
    store, me = filled.store, view(user="ana")
    id_ = open_one(filled, view)
    assert case_work.take_case(store, me, id=id_, version=1) == 2
    assert case_work.answer_case(store, me, id=id_, version=2, text="We call the bar.") == 3
    assert case_work.wait_for_guest(store, me, id=id_, version=3) == 4
    assert case_work.close_case(store, me, id=id_, version=4, resolution="Moved to 318", compensation_minor=2500, root_cause="other_guests", told_guest=True) == 5
    done = cases.case_card(store, me, id=id_)
    assert (done["status"], done["owner"], done["resolution"], done["compensation_minor"], done["currency"], done["root_cause"]) == (
        "closed", "ana", "Moved to 318", 2500, "EUR", "other_guests")
    assert done["told_at"] == done["closed_at"] is not None
    assert case_work.reopen_case(store, me, id=id_, version=5, reason="Again") == 6
    assert case_work.note_case(store, me, id=id_, version=6, text="Call the owner") == 7
    again = cases.case_card(store, me, id=id_)
    assert (again["status"], again["closed_at"], again["reopened"]) == ("open", None, 1)
    assert [step["kind"] for step in again["steps"]] == ["opened", "taken", "answered", "waiting", "closed", "told", "reopened", "noted"]


def test_two_people_do_not_overwrite_each_other(small, view):
    id_ = open_one(small, view)
    case_work.take_case(small.store, view(user="ana"), id=id_, version=1)
    with pytest.raises(Stale) as stale:
        case_work.take_case(small.store, view(user="ben"), id=id_, version=1)
    assert stale.value.current["owner"] == "ana"


def test_another_priority_moves_the_due_time_and_says_what_was_changed(small, view):
    id_ = open_one(small, view)
    case_work.change_case(small.store, view(), id=id_, version=1, values={"priority": "urgent", "kind": "noise"})
    found = cases.case_card(small.store, view(), id=id_)
    assert dt.datetime.fromisoformat(found["due_at"]) - dt.datetime.fromisoformat(found["opened_at"]) == dt.timedelta(hours=4)
    assert found["steps"][-1]["value"] == '{"priority": "urgent"}'


def test_a_review_has_one_open_case(small, view):
    review = small.review(1, 2, reviewed_on="2025-03-08", text="Loud")
    id_ = open_one(small, view, review_id=review, opened_from="review")
    with pytest.raises(Refused, match="open case already") as refused:
        open_one(small, view, review_id=review)
    assert refused.value.case_id == id_
    case_work.close_case(small.store, view(), id=id_, version=1, resolution="Sorry")
    assert open_one(small, view, review_id=review) == id_ + 1
    with pytest.raises(Refused, match="Another case"):
        case_work.reopen_case(small.store, view(), id=id_, version=2, reason="Again")


@pytest.mark.parametrize(("values", "problem"), [
    ({"text": " "}, "Write down"), ({"text": "4111 1111 1111 1111"}, "card number"), ({"kind": "rain"}, "from the list"), ({"property_id": 9}, "no such property"),
    ({"stay_id": 999}, "not one of this property"), ({"guest_id": 999}, "no such guest"), ({"priority": "soon"}, "from the list"), ({"text": "x" * 4001}, "4,000"),
])  # fmt: skip
def test_a_case_that_cannot_be_is_refused(small, view, values, problem):
    with pytest.raises(Refused, match=problem):
        open_one(small, view, **values)


def test_a_closed_case_is_opened_again_before_it_is_worked_on(small, view):
    id_ = open_one(small, view)
    with pytest.raises(Refused, match="not closed"):
        case_work.reopen_case(small.store, view(), id=id_, version=1, reason="x")
    case_work.close_case(small.store, view(), id=id_, version=1, resolution="Done")
    with pytest.raises(Refused, match="open it again"):
        case_work.answer_case(small.store, view(), id=id_, version=2, text="x")


def test_the_queue_puts_first_what_is_due_first_and_counts_what_is_late(filled, view):
    late = filled.case(None, "food", "LIS", opened_at="2025-04-01T10:00:00+00:00", due_at="2025-04-01T22:59:00+00:00", text="Cold soup 100%", owner="ana")
    soon = filled.case(None, "wifi", "LIS", opened_at="2025-04-01T12:00:00+00:00", due_at="2025-04-02T10:00:00+00:00", priority="high", department="it")
    done = filled.case(None, "noise", "LIS", opened_at="2025-03-01T12:00:00+00:00", closed_at="2025-03-01T13:00:00+00:00", status="closed")
    queue = lambda **asked: [row["id"] for row in cases.case_queue(filled.store, view(), **asked)]  # noqa: E731
    assert [(row["id"], row["overdue_minutes"]) for row in cases.case_queue(filled.store, view())] == [(late, 60), (soon, 0)]
    assert queue(order="priority") == queue(order="opened") == [soon, late]
    assert (queue(status="closed"), queue(owner="ana"), queue(owner=""), queue(department="it"), queue(text="100%")) == ([done], [late], [soon], [soon], [late])
    assert cases.case_counts(filled.store, view()) == {"open": 2, "answered": 0, "waiting": 0, "closed": 1, "overdue": 1, "unowned": 1}
    assert cases.case_owners(filled.store, view()) == ["ana"]


def test_targets_and_desk_hours_decide_when_a_new_case_is_due(small, view):
    assert service_targets.set_service_target(small.store, view(), property_id=1, priority="normal", answer_hours=1, solve_hours=3) == 1
    with pytest.raises(Stale):
        service_targets.set_service_target(small.store, view(), property_id=1, priority="normal", answer_hours=1, solve_hours=5)
    assert service_targets.set_desk_hours(small.store, view(), id=1, version=1, desk_from="08:00", desk_to="20:00", desk_days="54321") == 2
    with small.store.reading() as connection:
        place = connection.execute(sa.select(property).where(property.c.id == 1)).one()
        assert service_targets.due_times(connection, place, "normal", "2025-03-14T19:00:00+00:00") == {
            "answer_due_at": "2025-03-14T20:00:00+00:00", "due_at": "2025-03-17T10:00:00+00:00"}
    rows = service_targets.service_targets(small.store, view(1))
    assert [(r["priority"], r["answer_hours"], r["solve_hours"], r["version"]) for r in rows] == [
        ("urgent", 1, 4, 0), ("high", 2, 8, 0), ("normal", 1, 3, 1), ("low", 8, 72, 0)]
    with pytest.raises(Refused, match="opens and closes"):
        service_targets.set_desk_hours(small.store, view(), id=1, version=2, desk_from="8", desk_to="20:00", desk_days="1")
    with pytest.raises(Refused, match="at least one hour"):
        service_targets.set_service_target(small.store, view(), property_id=1, priority="low", answer_hours=4, solve_hours=3)


def test_rules_are_moved_switched_off_and_tried_on_the_last_cases(routed, view):
    store = routed.store
    id_ = open_one(routed, view)
    mine = case_rules.save_case_rule(store, view(), name="Mine", fits={"kind": ["noise"]}, sets={"owner": "ana", "department": "management"})
    case_rules.move_case_rule(store, view(), id=mine, version=1, place=1)
    assert [rule["name"] for rule in case_rules.case_rules(store, view())][:2] == ["Mine", "Safety, discrimination or health goes to the management at once"]
    tried = case_rules.try_case_rules(store, view())
    assert [(row["id"], row["changes"], row["why"]["owner"]) for row in tried] == [(id_, ["department", "owner"], "Mine")]
    case_rules.switch_case_rule(store, view(), id=mine, version=2, is_active=False)
    assert case_rules.try_case_rules(store, view())[0]["changes"] == []
    with pytest.raises(Stale):
        case_rules.switch_case_rule(store, view(), id=mine, version=2, is_active=True)
    assert case_rules.start_with_rules(store, view()) == 0
    with pytest.raises(Refused, match="there is not"):
        case_rules.save_case_rule(store, view(), name="x", fits={"kind": ["rain"]}, sets={"priority": "low"})


def test_a_group_view_reads_no_case_and_changes_none(small, view):
    id_ = open_one(small, view)
    with pytest.raises(NotAllowed):
        cases.case_card(small.store, view(role="group"), id=id_)
    with pytest.raises(NotAllowed):
        case_work.take_case(small.store, view(role="group"), id=id_, version=1)
    with small.store.reading() as connection:
        assert connection.execute(sa.select(service_case.c.version)).scalars().all() == [1]


def test_cases_are_listed_in_the_order_asked_and_only_of_the_scope(filled, view):
    first, second, elsewhere = open_one(filled, view), open_one(filled, view, kind="wifi"), open_one(filled, view, property_id=2)
    assert [row["id"] for row in cases.case_list(filled.store, view(), ids=[second, elsewhere, first, 99, second])] == [second, elsewhere, first]
    assert [row["kind"] for row in cases.case_list(filled.store, view(1), ids=[second, elsewhere, first])] == ["wifi", "noise"]
