"""mart_leads and its neighbours: what became of leads, when they were answered, and what the score may know."""
import datetime as dt

import pytest
import sqlalchemy as sa

from crm_core import schema, settings
from crm_core.marts import lead_scores
from crm_core.refresh import refresh
from crm_core.store import record, warehouse
from tests.hotel import AS_OF, lisbon_and_addis
from tests.looking import ask

LEADS = "SELECT lead_id, is_counted, is_mature, is_converted, is_returning, answered_minutes, messages FROM mart_leads ORDER BY 1"


def test_a_lead_carries_its_outcome_and_what_was_said(hotel, rebuilt):
    """Ana had stayed at Lisbon by March 2025, not yet by January 2024; a form is answered after 90 minutes, a call at once."""
    hotel.lead("LIS", "2025-03-20T10:00", guest_id=1)
    hotel.said("LIS", "2025-03-20T10:00", "in", lead_id=1)
    hotel.said("LIS", "2025-03-20T11:30", "out", lead_id=1)
    hotel.said("LIS", "2025-03-20T12:00", "in", lead_id=1)
    hotel.lead("LIS", "2024-01-10T10:00", ("won", "2024-01-12T10:00"), guest_id=1, via="phone")
    hotel.lead("LIS", "2024-01-10T10:00", ("lost", "2024-01-12T10:00"), lost_reason="duplicate")
    assert ask(rebuilt(), LEADS) == [(1, 1, 0, 0, 1, 90, 2), (2, 1, 1, 1, 0, 0, 0), (3, 0, 1, 0, 0, None, 0)]


def test_a_day_is_the_propertys_own(hotel, rebuilt):
    """22:00 UTC is the next morning in Colombo; a time zone that nobody knows counts as UTC."""
    for code, zone in (("COL", "Asia/Colombo"), ("XXX", "Nowhere/At all")):
        hotel.property(code, 5)
        with hotel.changing("zone") as change:
            change.connection.exec_driver_sql(f"UPDATE property SET time_zone = '{zone}' WHERE code = '{code}'")
        hotel.lead(code, "2025-03-20T22:00")
        hotel.said(code, "2025-03-20T22:00", "in")
    made = rebuilt()
    days = [(dt.date(2025, 3, 21),), (dt.date(2025, 3, 20),)]
    assert ask(made, "SELECT created_on FROM mart_leads ORDER BY lead_id") == days
    assert ask(made, "SELECT said_on FROM mart_interactions ORDER BY interaction_id") == days


def test_values_are_told_in_the_reporting_currency(hotel, rebuilt):
    hotel.lead("ADD", "2025-03-20T10:00", currency="ETB", value_minor=2_000_000)
    hotel.lead("ADD", "2025-03-20T10:00", currency="JPY", value_minor=2_000)
    assert ask(rebuilt(), "SELECT value FROM mart_leads ORDER BY lead_id") == [(20_000,), (None,)]


def test_a_stage_ends_where_the_next_begins(hotel, rebuilt):
    hotel.lead("LIS", "2025-03-01T10:00", ("qualified", "2025-03-01T12:00"), ("offer", "2025-03-02T12:00"))
    rows = ask(rebuilt(), "SELECT stage, following, minutes FROM mart_lead_stages ORDER BY step_id")
    assert rows == [("enquiry", "qualified", 120), ("qualified", "offer", 1440), ("offer", None, None)]


def test_a_refresh_of_what_changed_is_like_a_full_one(hotel, rebuilt):
    """The second refresh splices: the lead of a guest whom nothing else touched keeps its guest, and moves on."""
    hotel.lead("LIS", "2025-03-01T10:00", guest_id=1)
    hotel.said("LIS", "2025-03-01T10:00", "in", lead_id=1, guest_id=1)
    rebuilt()
    hotel.said("LIS", "2025-03-01T11:00", "out", lead_id=1, guest_id=1)
    spliced = rebuilt()
    names = ("mart_leads", "mart_interactions", "mart_lead_stages", "mart_lead_models", "mart_lead_scores")
    content = [ask(spliced, f"SELECT * FROM {name}") for name in names]
    assert spliced.version.kind == "incremental"
    assert content == [ask(rebuilt(full=True), f"SELECT * FROM {name}") for name in names]
    assert ask(spliced, "SELECT guest_id, answered_minutes FROM mart_leads") == [(1, 60)]


def test_a_merged_guest_is_the_person_everywhere(hotel, rebuilt):
    again = hotel.guest("Ana da Silva", "LIS")
    hotel.lead("LIS", "2025-03-01T10:00", guest_id=again)
    hotel.said("LIS", "2025-03-01T10:00", "in", guest_id=again)
    with hotel.changing("merge") as change:
        change.connection.exec_driver_sql(f"UPDATE guest SET merged_into = 1, revision = {change.revision} WHERE id = {again}")
    made = rebuilt()
    assert ask(made, "SELECT guest_id FROM mart_leads") == ask(made, "SELECT guest_id FROM mart_interactions") == [(1,)]


# --- what waits -------------------------------------------------------------------------------------------------------
def test_a_word_waits_for_the_first_answer_after_it(hotel, rebuilt):
    """Two letters in a row wait as one; a call answers both and itself waits for nothing; the last letter still waits."""
    for when, way, channel in (("01T10:00", "in", "email"), ("01T12:00", "in", "email"), ("02T10:00", "in", "phone"), ("03T10:00", "in", "email")):
        hotel.said("LIS", f"2025-03-{when}", way, channel, guest_id=1)
    rows = ask(rebuilt(), "SELECT opens, answered_minutes, in_time, ripe_on FROM mart_interactions ORDER BY interaction_id")
    assert [row[:3] for row in rows] == [(1, 1440, 1), (0, None, 0), (0, None, 0), (1, None, 0)]
    assert rows[0][3] == dt.date(2025, 3, 3)  # 24 hours after some moment of 1 March are over when 3 March begins


def test_threads_do_not_answer_each_other(hotel, rebuilt):
    hotel.said("LIS", "2025-03-01T10:00", "in", guest_id=1, thread="A")
    hotel.said("LIS", "2025-03-01T11:00", "out", guest_id=1, thread="B")
    hotel.said("LIS", "2025-03-01T13:00", "out", guest_id=2, thread="A")
    assert ask(rebuilt(), "SELECT answered_minutes FROM mart_interactions WHERE opens = 1") == [(180,)]


# --- what the score may know ------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def long_past(tmp_path_factory):
    """The warehouse of 1,400 leads of two years: calls book, forms do not; and of two that are open, a call and a form."""
    here = settings.at(tmp_path_factory.mktemp("long_past"))
    hotel = lisbon_and_addis(record.open_store(here))
    with hotel.changing("leads") as change:
        change.connection.execute(sa.insert(schema.lead), [_past(i) for i in range(1400)])
    for via in ("phone", "form"):
        hotel.lead("ADD", "2025-03-31T10:00", via=via)
    refresh(here)
    return warehouse.current(here)


def _past(i: int) -> dict:
    """Nine of ten calls were won and one of ten forms, each on the 36th day; every seventh lead is of Addis."""
    made, via = dt.datetime(2023, 1, 1, 10, tzinfo=dt.UTC) + dt.timedelta(hours=12 * i), "phone" if i % 3 == 0 else "form"
    won = (via == "phone") == (i % 10 < 9)
    return {"property_id": 1 if i % 7 else 2, "source": "test", "via": via, "stage": "won" if won else "lost", "lost_reason": "" if won else "price",
            "currency": "EUR", "created_at": made.isoformat(), "closed_at": (made + dt.timedelta(35)).isoformat(), "revision": 1}


def test_a_past_that_is_long_enough_gives_a_tested_probability(long_past):
    """Lisbon's own past is long enough; Addis, with a seventh of the leads, is judged by the past of both."""
    kinds = ask(long_past, "SELECT property_id, kind, mature, brier < base_brier FROM mart_lead_models ORDER BY 1")
    assert kinds == [(1, "model", 1200, True), (2, "group", 200, True)]
    phone, form = ask(long_past, "SELECT score, low, high, kind FROM mart_lead_scores ORDER BY lead_id")
    assert phone[0] > 0.7 > 0.3 > form[0]
    assert 0 < form[1] < form[2] < phone[1] < phone[2] < 1
    assert phone[3] == "group"


def test_a_lead_is_tested_before_its_outcome_on_a_model_of_earlier_leads(long_past):
    """The last fifth of Lisbon's 1,200, each looked at before it was closed on its 36th day."""
    assert ask(long_past, "SELECT count(*) FROM mart_lead_tests WHERE property_id = 1") == [(240,)]
    assert ask(long_past, "SELECT count(*) FROM mart_lead_tests t JOIN mart_leads USING (lead_id) WHERE t.created_on + 30 >= closed_on") == [(0,)]


def test_what_was_said_after_the_look_is_not_known(hotel, rebuilt):
    """Lead 1 is looked at on its 2nd day: a second word and the answer of the 3rd day do not count; open leads are looked at as of today."""
    hotel.lead("LIS", "2024-06-01T10:00", ("lost", "2024-07-20T10:00"))
    for when, way in (("2024-06-01T10:00", "in"), ("2024-06-03T10:00", "in"), ("2024-06-03T11:00", "out")):
        hotel.said("LIS", when, way, lead_id=1)
    hotel.lead("LIS", "2025-03-20T10:00")
    made = rebuilt()
    with made.engine.connect() as connection:
        text = str(lead_scores.looks().compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    rows = ask(made, f"WITH today AS (SELECT DATE '{AS_OF}' AS as_of) SELECT lead_id, age, messages, is_open FROM ({text.replace('%%', '%')})")
    assert rows == [(1, 1, 1, 0), (2, 12, 0, 1)]


def test_below_thirty_leads_of_known_outcome_there_is_no_score(hotel, rebuilt):
    for day in range(1, 30):
        hotel.lead("LIS", f"2024-06-{day:02}T10:00")
    hotel.lead("LIS", "2025-03-20T10:00")
    made = rebuilt()
    assert ask(made, "SELECT kind, mature FROM mart_lead_models") == [("none", 29)]
    assert ask(made, "SELECT count(*) FROM mart_lead_scores") == [(0,)]
    hotel.lead("LIS", "2024-06-30T10:00")
    # 40 to begin with, 5 less because nobody answered, 5 less after more than a week
    assert ask(rebuilt(), "SELECT kind, score, low FROM mart_lead_scores") == [("points", 30.0, None)]
