"""The demo's leads and messages: shares by stage, what moves the outcome, what is still open, and how soon the hotel answers."""
import numpy as np
import pandas as pd
import pytest

from crm_core import schema
from crm_core.ingest.demo import parameters as p
from crm_core.records.pipeline import LOST_REASONS
from tests.ingest import demo_stores
from tests.ingest.demo_stores import AS_OF

OPEN = ["enquiry", "qualified", "offer"]


@pytest.fixture(scope="module")
def group():
    """The group in full."""
    return demo_stores.group()


@pytest.fixture(scope="module")
def leads(group):
    """The group's leads with their first answer in hours and the days from enquiry to arrival."""
    rows = group.frame("""SELECT l.*, (SELECT min(at) FROM interaction i WHERE i.lead_id = l.id AND i.direction = 'out') AS answered_at
        FROM lead l""")
    created, closed, answered = (pd.to_datetime(rows[name], format="ISO8601") for name in ("created_at", "closed_at", "answered_at"))
    return rows.assign(
        created=created, hours=(answered - created).dt.total_seconds() / 3600, days=(closed - created).dt.total_seconds() / 86400,
        ahead=(pd.to_datetime(rows.arrival_on, utc=True) - created.dt.normalize()).dt.days, won=rows.stage == "won", open=rows.stage.isin(OPEN))


@pytest.fixture(scope="module")
def messages(group):
    """The group's messages with their moment as a time."""
    rows = group.frame("SELECT * FROM interaction ORDER BY at")
    return rows.assign(moment=pd.to_datetime(rows["at"], format="ISO8601"))


def shares(values: pd.Series) -> dict[str, float]:
    return values.value_counts(normalize=True).to_dict()


def test_six_thousand_leads_come_by_form_phone_and_event(leads):
    assert len(leads) == 6000
    assert shares(leads.via) == pytest.approx({"form": .5, "phone": .3, "event": .2}, abs=.02)
    assert shares(leads.kind) == pytest.approx(p.LEAD_KINDS, abs=.02)
    assert set(leads.stage) == set(schema.LEAD_STAGES)
    assert set(leads.lost_reason) <= {"", *LOST_REASONS}


def test_leads_pass_the_stages_as_assumed(group, leads):
    steps = group.frame("SELECT stage, count(DISTINCT lead_id) AS n FROM lead_step GROUP BY stage").set_index("stage").n / 6000
    assert leads.hours.notna().mean() == pytest.approx(.80, abs=.015)
    assert steps["enquiry"] == 1
    assert [steps["qualified"], steps["offer"], steps["won"]] == pytest.approx([.45, .30, .12], abs=.015)
    assert leads.days.median() == pytest.approx(6, abs=.7)


def test_the_last_step_is_the_stage_and_steps_follow_each_other(group, leads):
    steps = group.frame("SELECT * FROM lead_step ORDER BY lead_id, id")
    last = steps.drop_duplicates("lead_id", keep="last").set_index("lead_id")
    assert (last.stage == leads.set_index("id").stage).all()
    assert (last["at"][leads.id[~leads.open]].values == leads.closed_at[~leads.open].values).all()
    before = steps.groupby("lead_id")["at"].shift()
    assert (before.isna() | (before <= steps["at"])).all()


def test_the_young_leads_are_open_and_the_old_ones_closed(leads):
    age = (pd.Timestamp(AS_OF, tz="UTC") - leads.created).dt.days
    assert leads.open[age > 120].mean() == pytest.approx(.025, abs=.01)  # forgotten
    assert leads.open[age <= 10].mean() > .4
    assert leads.won[(age > 120) & (age < 800)].mean() > leads.won[age <= 15].mean() + .03


def test_only_open_leads_have_something_to_do_and_some_of_it_is_late(leads):
    due = leads.due_on.dropna()
    assert set(leads.stage[leads.due_on.notna()]) <= set(OPEN)
    assert leads.next_step.notna().equals(leads.due_on.notna())
    assert (due.min() >= "2025-03-26") and (due.max() <= "2025-04-12")
    assert 0 < (due < AS_OF).mean() < .6


def test_a_won_lead_has_a_stay_of_its_guest_booked_on_the_day_it_was_won(group, leads):
    stays = group.frame("SELECT s.id, s.profile_id, s.booked_on, s.arrival_on, s.property_id FROM stay s").set_index("id")
    won = leads[leads.won]
    booked = stays.loc[won.stay_id]
    assert won.stay_id.is_unique
    assert (booked.profile_id.values == won.guest_id.values).all()
    assert (booked.booked_on.values == won.closed_at.str[:10].values).all()
    assert (booked.arrival_on.values == won.arrival_on.values).all()
    assert (booked.property_id.values == won.property_id.values).all()
    assert leads.stay_id[~leads.won].isna().all()


def test_a_quarter_of_the_leads_is_in_the_guest_records(leads):
    assert leads.guest_id.notna().mean() == pytest.approx(.27, abs=.03)


def test_the_outcome_depends_on_what_is_known_at_the_start(group, leads):
    """A logistic regression finds the effects that were put in, as far as 720 conversions can tell."""
    from sklearn.linear_model import LogisticRegression
    stayed = group.frame("""SELECT p.guest_id, min(s.departure_on) AS left_on FROM stay s JOIN profile p ON p.id = s.profile_id
        WHERE s.status = 'checked_out' GROUP BY 1""").set_index("guest_id").left_on
    ripe = leads[leads.hours.notna() & (leads.created < pd.Timestamp("2025-01-01", tz="UTC"))]
    returning = ripe.guest_id.map(stayed) < ripe.created_at.str[:10]
    known = pd.DataFrame({
        "phone": ripe.via == "phone", "event": ripe.via == "event", "group": ripe.kind == "group", "wedding": ripe.kind == "wedding",
        "meeting": ripe.kind == "meeting", "doubled days ahead": np.log2(ripe.ahead.clip(lower=1) / 30),
        "doubled hours to the answer": np.log2(ripe.hours.clip(lower=.1)), "returning guest": returning,
        "company": ripe.company.notna()}).astype(float)
    found = dict(zip(known.columns, LogisticRegression(C=1e6, max_iter=1000).fit(known, ripe.won).coef_[0], strict=True))
    planted = {name: p.LEAD_EFFECTS[name] for name in known.columns}
    assert found == pytest.approx(planted, abs=.35)
    assert found["returning guest"] > .8
    assert found["doubled hours to the answer"] < -.1


# --- messages ------------------------------------------------------------------------------------------------------------
def test_there_is_a_message_for_every_third_booking(group, messages):
    assert len(messages) / group.counts["stay"] == pytest.approx(1 / 3, abs=.03)
    assert set(messages.channel) == {"email", "phone", "chat", "social", "front_desk", "app"}
    assert (messages["at"] < AS_OF).all()
    assert (messages.text.str.len() > 10).all()


def test_each_thread_begins_with_the_guest_and_belongs_to_one(messages):
    first = messages.drop_duplicates("thread")
    assert (first.direction == "in").all()
    assert (messages.groupby("thread").guest_id.nunique() <= 1).all()
    assert (messages.guest_id.notna() | messages.lead_id.notna()).all()
    assert (messages.by[messages.direction == "out"] != "").all()


@pytest.mark.parametrize(("channel", "hours"), [("phone", .58), ("chat", .58), ("app", .58), ("social", 3.0), ("email", 4.5)])
def test_the_first_answer_takes_minutes_on_the_phone_and_hours_by_mail(messages, channel, hours):
    first = messages.drop_duplicates("thread")
    asked = first[first.channel == channel].set_index("thread").moment
    answered = messages[messages.direction == "out"].drop_duplicates("thread").set_index("thread").moment
    wait = (answered - asked).dropna().dt.total_seconds() / 3600
    assert (wait >= 0).all()
    assert wait.median() == pytest.approx(hours, rel=.2)


def test_some_messages_wait_for_an_answer_at_the_as_of_date(messages):
    asked = messages[(messages.direction == "in") & (messages.channel != "front_desk")].drop_duplicates("thread")
    waiting = ~asked.thread.isin(messages.thread[messages.direction == "out"])
    assert waiting[asked.lead_id.isna()].mean() == pytest.approx(.055, abs=.015)
    assert waiting[asked["at"] >= "2025-03-28"].sum() >= 3


def test_guests_write_in_their_language(group, messages):
    first = messages[(messages.direction == "in") & messages.lead_id.isna()].merge(
        group.frame("SELECT id, language FROM guest"), left_on="guest_id", right_on="id", suffixes=("", "_guest"))
    letters = {"am": "[\u1200-\u137f]", "hy": "[\u0530-\u058f]", "si": "[\u0d80-\u0dff]"}
    for language, script in letters.items():
        written = first[first.language == language].text.str.contains(script)
        assert written.mean() > .6  # the phrase bank does not have every topic in every language
    assert not first[first.language == "fr"].text.str.contains("|".join(letters.values())).any()
