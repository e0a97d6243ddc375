"""How messages fare, journeys, the global holdout, and who is selected: counted by hand (tests/mailed.py)."""
import datetime as dt
import shutil
from dataclasses import replace

import duckdb
import pytest
import sqlalchemy as sa

from crm_core import queries, schema
from crm_core import settings as settings_
from crm_core.marts.fields import FIELDS
from crm_core.refresh import refresh
from crm_core.rule import parse
from crm_core.scope import Period, Scope
from crm_core.store import record
from crm_core.store import warehouse as warehouses
from tests.hotel import AS_OF, Hotel
from tests.mailed import EARLY, LIS, PLANNED

CHAIN = (1, 2)
VIEW = Scope("local", CHAIN, Period(dt.date(2025, 1, 1), dt.date(2025, 4, 1)), AS_OF, chain=CHAIN)


def ask(made, name: str, view: Scope = VIEW, **params):
    return queries.run(made, view, name, **params)


@pytest.fixture
def altered(mailed, tmp_path):
    """A function that returns a copy of the warehouse after some statements in SQL."""
    def alter(*statements: str) -> warehouses.Warehouse:
        path = tmp_path / "altered.duckdb"
        shutil.copy(mailed.path, path)
        with duckdb.connect(str(path)) as duck:
            for statement in statements:
                duck.execute(statement)
        return warehouses.Warehouse(path, mailed.version)
    return alter


# --- messages --------------------------------------------------------------------------------------------------------
def test_providers_of_few_guests_are_told_together(mailed, altered):
    assert ask(mailed, "domains")[["domain", "guests", "sent"]].to_dict("records") == [{"domain": "other", "guests": 9, "sent": 11}]
    found = ask(altered("UPDATE mart_sends SET domain = 'gmail.com' WHERE guest_id <> 3"), "domains").set_index("domain")
    assert found["sent"].to_dict() == {"gmail.com": 10, "other": 1}
    assert (found.loc["other", "bounce_rate"], found.loc["gmail.com", "machine_rate"], found.loc["gmail.com", "click_rate"]) == (1, .1, .1)


def test_bounces_are_told_by_month(mailed):
    found = ask(mailed, "bounces")
    assert list(zip(found["month"], found["sent"], found["hard"], found["complained"], strict=True)) == [
        (dt.date(2025, 1, 1), 4, 0, 0), (dt.date(2025, 2, 1), 5, 1, 1), (dt.date(2025, 3, 1), 2, 0, 0)]


def test_ways_and_hours_say_that_nobody_drew_them_by_lot(mailed):
    assert ask(mailed, "mediums")[["medium", "campaigns", "sent", "delivered", "is_randomised"]].values.tolist() == [["email", 5, 11, 10, 0]]
    hours = ask(mailed, "send_times")
    assert hours[["weekday", "hour", "sent", "is_randomised"]].values.tolist() == [[1, 10, 2, 0], [3, 10, 2, 0], [4, 10, 2, 0], [6, 10, 5, 0]]
    assert hours["click_rate"].tolist() == [0, 0, 0, .25]


def test_a_guest_with_more_messages_is_told_in_a_higher_band(mailed):
    """Guests 1 and 2 got a second message within a week, of which guest 1 complained."""
    found = ask(mailed, "fatigue_bands").set_index("band")
    assert found["delivered"].to_dict() == {"1": 8, "2": 2, "3": 0, "4": 0, "5+": 0}
    assert (found.loc["1", "unsubscribe_rate"], found.loc["2", "complaint_rate"]) == (.125, .5)


def test_lifts_by_other_messages_are_those_of_campaigns_that_are_over(mailed):
    found = ask(mailed, "fatigue_lifts").set_index("band")
    assert found[["campaigns", "treated_n", "control_n", "few"]].values.tolist() == [[3, 4, 3, 1], [0, 0, 0, 1], [0, 0, 0, 1]]
    assert found.loc["0", "lift"] == pytest.approx((2 * 0 + 1 * 1 - 2 * 1) / 4)  # Winter, Dollars, Arms


# --- plans -----------------------------------------------------------------------------------------------------------
def test_the_calendar_holds_what_was_sent_and_what_is_to_come(mailed):
    found = ask(mailed, "calendar")
    assert found["campaign_id"].tolist() == [4, 5, 6, 1, 2, 3, PLANNED]
    assert found.iloc[-1][["medium", "is_planned", "people", "budget"]].tolist() == ["sms", 1, 500, 50_000]
    march = replace(VIEW, period=Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1)))
    assert ask(mailed, "calendar", march)["campaign_id"].tolist() == [EARLY, PLANNED]


def test_a_budget_is_told_beside_its_cost_and_what_is_not_known(mailed):
    found = ask(mailed, "budget").set_index("month")
    assert found.loc["2025-02-01"].tolist() == [2, 6000, 5000, -1000, 1, 1]
    assert found.loc["2025-05-01"].fillna(-1).tolist() == [1, 50_000, -1, -1, 0, 1]


# --- the global holdout ----------------------------------------------------------------------------------------------
REACHABLE = "UPDATE mart_profiles SET email_state = 'valid', email_word = CASE WHEN guest_id = 1 THEN 'withdrawn' ELSE 'given' END"
KNOWN = "UPDATE mart_stages SET from_on = DATE '2024-06-01' WHERE kind = 'known'"
DRAWN = "INSERT INTO mart_draws SELECT 'salt', 5000, '80000000', DATE '2025-02-01'"
HELD = "INSERT INTO mart_held_out SELECT guest_id, DATE '2025-02-01' FROM mart_guests WHERE guest_id > 6"


def test_without_a_lot_nobody_knows_what_all_campaigns_cause(mailed):
    assert ask(mailed, "global_holdout")["verdict"].tolist() == ["no_control"]


def test_whom_the_lot_holds_out_stands_beside_all_others(altered):
    """From 1 February guests 7 to 12 are held out, of whom 8 (before February) and 12 (in January) booked; of the others 1, 3 and 5 did. Guest 1
    took consent back, which a campaign may have caused: the guest counts."""
    found = ask(altered(REACHABLE, KNOWN, DRAWN, HELD), "global_holdout").iloc[0]
    assert (found["from_on"], found["to_on"]) == (dt.date(2025, 2, 1), dt.date(2025, 4, 1))
    assert found[["treated_n", "treated_booked", "control_n", "control_booked"]].tolist() == [6, 3, 6, 0]
    assert (found["lift"], found["incremental"], found["srm_p"], found["verdict"]) == (.5, 3, 1, "few")


def test_a_holdout_that_has_just_begun_tells_nothing_yet(altered):
    found = ask(altered(REACHABLE, DRAWN, HELD.replace("2025-02-01", "2025-04-01")), "global_holdout").iloc[0]
    assert (found["verdict"], found["treated_n"] != found["treated_n"]) == ("early", True)


# --- who is selected -------------------------------------------------------------------------------------------------
def test_a_rule_selects_guests_with_what_arms_are_kept_alike_in(mailed):
    twice = parse({"field": "stays", "is": "at_least", "value": 2}, FIELDS)
    assert ask(mailed, "audience_reach", rule=twice).values.tolist() == [[1, "leisure", 0, "2-3", "direct", LIS]]
    found = ask(mailed, "audience_reach", guests=(4, 8, 99))
    assert found.values.tolist() == [[4, "", 1, "0", "", LIS], [8, "leisure", 0, "1", "direct", 2]]
    assert ask(mailed, "audience_reach", replace(VIEW, properties=(2,)), guests=(4, 8))["guest_id"].tolist() == [8]


def test_each_condition_says_whether_a_guest_fulfils_it(mailed):
    rule = parse({"all": [{"field": "stays", "is": "at_least", "value": 2}, {"field": "member", "is": "yes"}]}, FIELDS)
    holds = lambda guest, view=VIEW: ask(mailed, "clause_check", view, rule=rule, guest=guest)[["holds", "fits"]].values.tolist()  # noqa: E731
    assert holds(1) == [[1, 0], [0, 0]]
    assert holds(4) == [[0, 0], [1, 0]]
    assert holds(4, replace(VIEW, properties=(2,))) == [[0, 0], [0, 0]]


# --- journeys --------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def travelled(tmp_path_factory):
    """A journey of two steps. Ana and Ben were due on 1 February, Ana on the 8th too; Ben booked on the 5th and left. Cora is held out and booked
    nothing, Dina left before her first step, and Eve's was due on 20 March."""
    settings = settings_.at(tmp_path_factory.mktemp("travelled"))
    hotel = Hotel(record.open_store(settings)).open()
    hotel.property("LIS", 10)
    ana, ben, cora, dina, eve = (hotel.guest(f"{name} Test", "LIS") for name in ("Ana", "Ben", "Cora", "Dina", "Eve"))
    hotel.stay("LIS", "2025-02-15", 1, 100, ben, lead=10)
    rows = ((ana, 1, "2025-02-01", "contact", "exported", ""), (ana, 2, "2025-02-08", "contact", "due", ""), (ben, 1, "2025-02-01", "contact", "exported", ""),
            (ben, 2, "2025-02-08", "contact", "left", "booked"), (cora, 1, "2025-02-01", "held_out", "due", ""),
            (dina, 1, "2025-02-01", "contact", "left", "no_word"), (eve, 1, "2025-03-20", "contact", "due", ""))
    with hotel.changing("journey") as change:
        made = hotel._add(change, schema.journey, name="After the stay", kind="post_stay", actor="test", created_at=change.at, is_active=1)
        for guest, step, day, arm, state, why in rows:
            change.connection.execute(sa.insert(schema.journey_due).values(
                journey_id=made, number=1, guest_id=guest, property_id=1, occasion="stay", step=step, due_on=dt.date.fromisoformat(day), arm=arm, state=state,
                why=why, at=change.at, revision=change.revision))
    refresh(settings)
    hotel.store.engine.dispose()
    return warehouses.current(settings)


ALONE = replace(VIEW, properties=(1,), chain=(1,))


def test_a_journeys_steps_are_told_in_order(travelled):
    found = ask(travelled, "journey_funnel", ALONE, journey=1)
    columns = ["step", "steps", "waiting", "exported", "left", "held", "guests", "written_ripe", "booked"]
    assert found[columns].values.tolist() == [[1, 5, 1, 2, 1, 1, 5, 2, 1], [2, 2, 1, 0, 1, 0, 2, 1, 0]]
    assert ask(travelled, "journey_left", ALONE, journey=1).values.tolist() == [["booked", 1, 1], ["no_word", 1, 1]]


def test_a_journeys_lift_is_told_from_first_steps_that_are_old_enough(travelled):
    """Ana and Ben against Cora: Ben left the second step because he booked, and would be missing there. Dina left first, Eve's days still run."""
    found = ask(travelled, "journey_lift", ALONE, journey=1).iloc[0]
    assert found[["treated_n", "treated_booked", "control_n", "control_booked", "waiting_for"]].tolist() == [2, 1, 1, 0, 1]
    assert (found["lift"], found["verdict"]) == (.5, "few")
    march = replace(ALONE, period=Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1)))
    assert ask(travelled, "journey_lift", march, journey=1)["verdict"].tolist() == ["early"]
    assert ask(travelled, "journey_lift", ALONE, journey=9)["verdict"].tolist() == ["no_control"]


def test_journeys_are_summed_up(travelled):
    found = ask(travelled, "journey_summary", ALONE).iloc[0]
    assert found[["journey", "kind", "steps", "exported", "left", "held", "guests", "treated_n"]].tolist() == ["After the stay", "post_stay", 7, 2, 2, 1, 5, 2]
