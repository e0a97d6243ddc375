"""Plans are written down and fixed before the first message; the result is read once, on its day."""
import datetime as dt
import json

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records.campaigns import (
    archive_campaign,
    campaign_plan,
    campaign_plans,
    change_plan,
    fix_plan,
    plan_campaign,
    unlinked_sends,
)
from crm_core.records.experiments import campaign_readings, read_result
from crm_core.records.registry import Refused, Stale
from crm_core.scope import NotAllowed
from tests.hotel import AS_OF

ANA, BEN = 1, 2
PLAN = {"hypothesis": "A letter brings guests back", "planned_people": 400, "planned_on": dt.date(2025, 2, 1), "window_days": 30,
        "stop_on": dt.date(2025, 3, 3)}


def plan(hotel, of, **values) -> int:
    return plan_campaign(hotel.store, of, name=values.pop("name", "Spring"), values=values)


def names(hotel, of, **options) -> list[str]:
    return [row["name"] for row in campaign_plans(hotel.store, of, **options)]


@pytest.fixture
def fixed(small, view):
    """A campaign (1) whose plan was fixed: its result is read from 3 March on."""
    made = plan(small, view(), **PLAN)
    assert (made, fix_plan(small.store, view(), id=made, version=1)) == (1, 2)
    return small


# --- the plan -----------------------------------------------------------------------------------------------------------
def test_a_plan_is_stored_as_it_was_written(filled, view):
    made = plan(filled, view(), **PLAN, channel="post", offer="Spa day", groups=["country"], budget_minor=50_000, currency="EUR", holdout_bp=1000, owner="Nimali")
    row = campaign_plan(filled.store, view(), id=made)
    assert {name: row[name] for name in PLAN} == PLAN
    assert (row["name"], row["channel"], row["purpose"], row["primary_kpi"], row["groups"], row["properties"]) == (
        "Spring", "post", "marketing", "booked", ["country"], [1, 2])
    assert (row["budget_minor"], row["cost_minor"], row["holdout_bp"], row["version"], row["status"], row["troubles"]) == (50_000, None, 1000, 1, "planned", {})


def test_a_plan_can_be_changed_until_it_is_fixed_and_then_only_its_costs(fixed, view):
    with pytest.raises(Refused, match="only costs and the budget"):
        change_plan(fixed.store, view(), id=1, version=2, values={"hypothesis": "Another"})
    assert change_plan(fixed.store, view(), id=1, version=2, values={"cost_minor": 9000, "currency": "EUR"}) == 3
    row = campaign_plan(fixed.store, view(), id=1)
    assert (row["cost_minor"], row["hypothesis"], row["status"]) == (9000, PLAN["hypothesis"], "fixed")


def test_two_editors_do_not_overwrite_each_other(small, view):
    made = plan(small, view())
    change_plan(small.store, view(), id=made, version=1, values={"name": "Summer", "offer": "Spa"})
    for act in (lambda: change_plan(small.store, view(), id=made, version=1, values={"offer": "Tea"}),
                lambda: archive_campaign(small.store, view(), id=made, version=1)):
        with pytest.raises(Stale):
            act()
    assert names(small, view()) == ["Summer"]


def test_what_is_expected_cannot_be_written_down_after_the_first_message(small, view):
    made = small.campaign(properties="[1]")
    small.send(made, ANA, "2025-03-01T10:00")
    with pytest.raises(Refused, match="cannot be written down any more"):
        change_plan(small.store, view(), id=made, version=1, values={"hypothesis": "I knew it"})
    with pytest.raises(Refused, match="fixed before the first one"):
        fix_plan(small.store, view(), id=made, version=1)
    assert change_plan(small.store, view(), id=made, version=1, values={"offer": "Spa", "staff_minor": 100, "currency": "EUR"}) == 2


@pytest.mark.parametrize(("missing", "sentence"), [
    ({"hypothesis": " "}, "what you expect"), ({"planned_people": None}, "how many people"), ({"stop_on": None}, "day of reading"),
    ({"planned_on": None}, "day of sending"), ({"stop_on": dt.date(2025, 3, 2)}, "choose a later day"),
])
def test_a_plan_that_lacks_something_is_not_fixed(small, view, missing, sentence):
    made = plan(small, view(), **PLAN | missing)
    with pytest.raises(Refused, match=sentence):
        fix_plan(small.store, view(), id=made, version=1)
    assert campaign_plan(small.store, view(), id=made)["fixed_at"] is None


def test_a_plan_is_fixed_once(fixed, view):
    with pytest.raises(Refused, match="fixed already"):
        fix_plan(fixed.store, view(), id=1, version=2)


@pytest.mark.parametrize(("values", "sentence"), [
    ({"window_days": 0}, "out of range"), ({"window_days": None}, "out of range"), ({"holdout_bp": 5001}, "out of range"), ({"planned_people": 1.5}, "out of range"),
    ({"purpose": "fun"}, "values that are offered"), ({"primary_kpi": "opens"}, "values that are offered"), ({"planned_on": "soon"}, "2025-03-31"),
    ({"cost_minor": 100}, "in which currency"), ({"currency": "eur"}, "three capital letters"), ({"hypothesis": "x" * 601}, "too long"),
    ({"groups": ["x"] * 11}, "at most ten"), ({"sent_at": "now"}, "cannot be changed"),
    ({"properties": [3]}, "not among yours"), ({"properties": [1, 9]}, "not among yours"),
])
def test_a_value_that_cannot_be_is_refused(small, view, values, sentence):
    with pytest.raises(Refused, match=sentence):
        plan(small, view(), **values)
    assert campaign_plans(small.store, view()) == []


def test_a_name_is_taken_until_its_campaign_is_put_away(small, view):
    made = plan(small, view())
    with pytest.raises(Refused, match="a campaign of this name"):
        plan(small, view(), name="SPRING")
    archive_campaign(small.store, view(), id=made, version=1)
    plan(small, view())
    assert (names(small, view()), names(small, view(), archived=True)) == (["Spring"], ["Spring"])


@pytest.mark.parametrize("role", ["group", "trainer", "privacy", "admin"])
def test_a_role_without_the_right_plans_nothing(small, view, role):
    with pytest.raises(NotAllowed):
        plan(small, view(role=role))


# --- who sees which campaign --------------------------------------------------------------------------------------------
def test_a_planned_campaign_is_seen_by_whoever_sees_all_its_properties(filled, view):
    plan(filled, view(), name="Both")
    plan(filled, view(), name="Lisbon", properties=[1])
    plan(filled, view(2), name="Addis")
    assert [sorted(names(filled, view(*of))) for of in ((1,), (2,), (1, 2), (3,))] == [["Lisbon"], ["Addis"], ["Addis", "Both", "Lisbon"], []]


def test_a_campaign_of_a_file_is_seen_where_one_of_its_guests_is(filled, view):
    """Ana and Ben have their profiles in Lisbon, Cora in Addis; one campaign reached nobody that is known."""
    cora = filled.guest("Cora Lind", "ADD")
    for name, guest in (("Sent here", ANA), ("Sent there", cora), ("To nobody", None)):
        filled.send(filled.campaign(name), guest, "2025-03-01T10:00")
    filled.assigned({BEN: "held_out", cora: "contact"}, "2025-03-01", filled.campaign("Drawn"))
    assert sorted(names(filled, view(1))) == ["Drawn", "Sent here"]
    assert sorted(names(filled, view(2))) == ["Drawn", "Sent there"]
    assert sorted(names(filled, view(chain=(1, 2)))) == ["Drawn", "Sent here", "Sent there", "To nobody"]
    assert names(filled, view(1, chain=(1, 2))) == names(filled, view(1))


def test_a_campaign_of_a_file_that_wrote_to_other_properties_too_is_changed_by_those_who_see_them_all(filled, view):
    made, ben = filled.campaign("Spring"), filled.guest("Ben Other", "ADD")
    filled.send(made, ANA, "2025-03-01T10:00")
    assert change_plan(filled.store, view(1), id=made, version=1, values={"offer": "Spa"}) == 2
    filled.send(made, ben, "2025-03-01T10:00")
    for act in (lambda: change_plan(filled.store, view(1), id=made, version=2, values={"offer": "Tea"}),
                lambda: archive_campaign(filled.store, view(1), id=made, version=2)):
        with pytest.raises(Refused, match="all properties"):
            act()
    assert change_plan(filled.store, view(), id=made, version=2, values={"offer": "Tea"}) == 3


def test_what_is_out_of_sight_is_as_if_it_were_not_there(fixed, view):
    assert campaign_plan(fixed.store, view(1), id=1) is None
    assert (campaign_readings(fixed.store, view(1), campaign_id=1), unlinked_sends(fixed.store, view(1), campaign_id=1)) == ([], 0)
    acts = (lambda: change_plan(fixed.store, view(1), id=1, version=2, values={"cost_minor": 1, "currency": "EUR"}),
            lambda: archive_campaign(fixed.store, view(1), id=1, version=2), lambda: fix_plan(fixed.store, view(1), id=1, version=2),
            lambda: read_result(fixed.store, view(1), campaign_id=1, kind="planned", as_of=AS_OF, result={}))
    for act in acts:
        with pytest.raises(Refused, match="no such campaign"):
            act()


def test_campaigns_stand_by_their_day_the_latest_first(small, view):
    for name, values in (("Old", {"planned_on": dt.date(2024, 1, 1)}), ("Undated", {}), ("New", {"planned_on": dt.date(2025, 5, 1)})):
        plan(small, view(), name=name, **values)
    small.send(small.campaign("Sent", sent_at="2025-01-02T10:00:00+00:00"), ANA, "2025-01-02T10:00")
    assert [(row["name"], row["status"]) for row in campaign_plans(small.store, view())] == [
        ("Undated", "planned"), ("New", "planned"), ("Sent", "sent"), ("Old", "planned")]


# --- what is wrong with the figures of a file ---------------------------------------------------------------------------
def test_troubles_of_a_campaign_are_counted(filled, view):
    """One message to nobody; two to Ana, of which one opened before it was sent; a cost in a currency without a rate."""
    made = filled.campaign(properties="[1]", cost_minor=100, currency="LKR")
    filled.send(made, None, "2025-03-01T10:00")
    filled.send(made, ANA, "2025-03-01T10:00", ("delivered", "2025-03-01T10:01"), ("opened", "2025-03-01T09:00"))
    filled.send(made, ANA, "2025-03-02T10:00")
    filled.send(made, BEN, "2025-03-02T10:00")
    assert campaign_plan(filled.store, view(), id=made)["troubles"] == {"unlinked": 1, "twice": 1, "early": 1, "no_rate": 1}
    assert unlinked_sends(filled.store, view(1), campaign_id=made) == 1


@pytest.mark.parametrize(("values", "troubles"), [
    ({"cost_minor": 1, "currency": "EUR"}, {}), ({"cost_minor": 1, "currency": "ETB"}, {}), ({"attributed_minor": 1}, {"no_rate": 1}), ({}, {}),
])
def test_an_amount_without_a_rate_is_a_trouble(small, view, values, troubles):
    assert campaign_plan(small.store, view(), id=small.campaign(properties="[1]", **values))["troubles"] == troubles


def test_messages_to_nobody_of_a_campaign_that_a_file_brought_are_told_to_the_whole_house_only(small, view):
    made = small.campaign()
    for guest in (ANA, None):
        small.send(made, guest, "2025-03-01T10:00")
    assert [unlinked_sends(small.store, view(**of), campaign_id=made) for of in ({}, {"chain": (1, 2)})] == [0, 1]


# --- reading the result -------------------------------------------------------------------------------------------------
def test_the_planned_reading_is_done_once_on_its_day_or_later(fixed, view):
    for early in (dt.date(2025, 3, 2), dt.date(2025, 2, 1)):
        with pytest.raises(Refused, match="is due on"):
            read_result(fixed.store, view(), campaign_id=1, kind="planned", as_of=early, result={})
    read_result(fixed.store, view(), campaign_id=1, kind="planned", as_of=dt.date(2025, 3, 3), result={"lift": 0.01, "n": [300, 100]})
    with pytest.raises(Refused, match="there is only one"):
        read_result(fixed.store, view(), campaign_id=1, kind="planned", as_of=AS_OF, result={})
    (row,) = campaign_readings(fixed.store, view(), campaign_id=1)
    assert (row["kind"], row["as_of"], row["result"], row["actor"]) == ("planned", dt.date(2025, 3, 3), {"lift": 0.01, "n": [300, 100]}, "local")
    assert campaign_plan(fixed.store, view(), id=1)["status"] == "read"


def test_every_look_before_is_noted_and_the_same_look_once(fixed, view):
    looks = [(dt.date(2025, 2, 10), "ana"), (dt.date(2025, 2, 10), "ana"), (dt.date(2025, 2, 10), "ben"), (dt.date(2025, 2, 11), "ana")]
    made = [read_result(fixed.store, view(user=user), campaign_id=1, kind="peek", as_of=on, result={}) for on, user in looks]
    assert made == [1, 1, 2, 3]
    assert [(row["kind"], row["actor"]) for row in campaign_readings(fixed.store, view(), campaign_id=1)] == [("peek", "ana"), ("peek", "ben"), ("peek", "ana")]


def test_a_campaign_without_a_fixed_plan_is_looked_at_and_never_read(small, view):
    made = plan(small, view(), **PLAN)
    with pytest.raises(Refused, match="No plan was fixed"):
        read_result(small.store, view(), campaign_id=made, kind="planned", as_of=AS_OF, result={})
    for kind, as_of in (("glance", AS_OF), ("peek", AS_OF + dt.timedelta(1))):
        with pytest.raises(Refused, match="by the figures that there are"):
            read_result(small.store, view(), campaign_id=made, kind=kind, as_of=as_of, result={})


def test_the_audit_names_what_was_changed_and_not_how(fixed, view):
    change_plan(fixed.store, view(), id=1, version=2, values={"cost_minor": 9000, "currency": "EUR"})
    with fixed.store.reading() as connection:
        rows = connection.execute(sa.select(schema.audit.c.verb, schema.audit.c.object, schema.audit.c.fields).where(schema.audit.c.kind == "campaign")).all()
    assert [(verb, object_) for verb, object_, _ in rows] == [("plan", ""), ("fix plan", "1"), ("change plan", "1")]
    assert json.loads(rows[2].fields) == ["id=1", "cost_minor", "currency", "version=2"]
