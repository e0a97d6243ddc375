"""Events in the demo: when and where they were held, who registered, and who came."""
import pandas as pd
import pytest

from crm_core.schema import ATTENDANCE, EVENT_AUDIENCES, EVENT_KINDS
from tests.ingest import demo_stores
from tests.ingest.demo_stores import AS_OF


@pytest.fixture(scope="module")
def group():
    """The group in full."""
    return demo_stores.group()


@pytest.fixture(scope="module")
def events(group):
    """Its events, with the sums of what became of the registrations."""
    rows = group.frame("SELECT event_id, status FROM attendance")
    sums = rows.groupby(["event_id", "status"]).size().unstack(fill_value=0)
    return group.frame("SELECT e.*, p.code FROM event e JOIN property p ON p.id = e.property_id").join(sums, on="id")


@pytest.fixture(scope="module")
def registered(group):
    """All registrations with their event, and the property and opening of the record."""
    return group.frame("""SELECT a.*, e.property_id, e.starts_on, e.starts_time, e.audience, e.cancelled_at, g.created_at
        FROM attendance a JOIN event e ON e.id = a.event_id LEFT JOIN profile p ON p.id = a.profile_id LEFT JOIN guest g ON g.id = p.guest_id""")


def test_the_group_holds_forty_events_some_of_them_to_come(events):
    assert len(events) == 40
    assert (events.starts_on >= AS_OF).sum() == 4
    assert events.code.value_counts().to_dict() == {"ADD": 16, "LIS": 8, "EVN": 8, "GAL": 4, "KAN": 4}
    assert set(events.kind) <= set(EVENT_KINDS) and set(events.audience) <= set(EVENT_AUDIENCES)
    assert (events.cost_minor > 0).all() and events.cancelled_at.notna().sum() == 1


def test_sixty_register_and_seven_of_ten_come(events):
    held = events[(events.starts_on < AS_OF) & events.cancelled_at.isna()]
    assert set(held.attended) == {37, 40, 43, 46, 49}
    assert held.attended.sum() / (60 * len(held)) == pytest.approx(.72, abs=.01)
    assert (held.attended + held.no_show + held.cancelled).tolist() == [66] * len(held)
    assert (events.attended[~events.id.isin(held.id)] == 0).all()


def test_registrations_could_be_so(registered):
    assert set(registered.status) == set(ATTENDANCE)
    assert (registered.registered_on < registered.starts_on).all() and (registered.registered_on < AS_OF).all()
    known = registered[registered.profile_id.notna()]
    assert (known.created_at.str[:10] <= known.registered_on).all()
    assert not known.duplicated(["event_id", "profile_id"]).any()
    gone = registered[registered.status == "cancelled"]
    assert (gone.cancelled_local.notna() & (gone.cancelled_local.str[:10] >= gone.registered_on) & (gone.cancelled_local.str[:10] < AS_OF)).all()
    assert registered.cancelled_local[registered.status != "cancelled"].isna().all()


def test_one_in_ten_cancels_early_enough_and_a_few_on_the_day(registered):
    gone = registered[(registered.status == "cancelled") & (registered.starts_on < AS_OF) & registered.cancelled_at.isna()]
    hours = (pd.to_datetime(gone.starts_on + "T" + gone.starts_time) - pd.to_datetime(gone.cancelled_local)).dt.total_seconds() / 3600
    assert (hours >= 24).sum() == 6 * 35
    assert ((hours > -1) & (hours < 24)).sum() == 4 * 35


def test_members_evenings_are_for_members(group, registered):
    members = group.frame("SELECT profile_id, enrolled_on FROM membership").assign(person=lambda rows: rows.profile_id.map(group.persons))
    enrolled = members.set_index("person").enrolled_on
    there = registered[(registered.audience == "members") & registered.profile_id.notna()]
    assert len(there) > 400
    assert (there.profile_id.map(group.persons).map(enrolled) <= there.starts_on).all()


def test_the_single_hotel_holds_no_events():
    assert demo_stores.single().frame("SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM attendance) AS n").n.item() == 0
