"""Journeys run after a refresh, once for each day that comes, with the rules of their steps looked up in the figures; and from the command line."""

import datetime as dt
import json

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core import settings as settings_
from crm_core.__main__ import main
from crm_core.jobs import store
from crm_core.jobs.journeys import run_due
from crm_core.records.journeys import save_journey, start_journey
from crm_core.refresh import refresh
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.hotel import AS_OF, Hotel, lisbon_and_addis

ANA, BEN = 1, 2
THANKS = {"trigger": {"on": "post_stay", "days": 20}, "steps": [{"wait": 0, "message": "thanks"}], "exit": [], "purpose": "transactional"}


def started(hotel: Hotel, rules: dict, day: dt.date = dt.date(2025, 3, 1)) -> int:
    """Save and start a journey on a day, for guests whose addresses work."""
    with hotel.changing("reach") as change:
        change.connection.execute(sa.update(schema.profile).values(email_state="valid", revision=change.revision))
    scope = Scope("local", tuple(hotel.properties.values()), default_period(day), day)
    made = save_journey(hotel.store, scope, name="Thanks", rules=rules)
    start_journey(hotel.store, scope, id=made, version=1)
    return made


def due(opened) -> list[tuple]:
    d = schema.journey_due.c
    with opened.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(d.guest_id, d.due_on, d.state, d.why).order_by(d.id))]


def test_what_falls_due_stands_in_the_version_that_follows_and_once(home):
    """Ben left on 12 March, twenty days before the as-of date."""
    opened = record.open_store(home.settings)
    started(lisbon_and_addis(opened), THANKS)
    for refreshed in (2, 3):
        store.submit(home.settings, "refresh", None)
        home.work()
        assert (due(opened), home.refreshed) == ([(BEN, AS_OF, "due", "")], refreshed)


def test_where_no_journey_runs_nothing_is_written(home):
    opened = record.open_store(home.settings)
    lisbon_and_addis(opened)
    before = opened.revision()
    assert run_due(home.settings, AS_OF) == 0
    with opened.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).where(schema.audit.c.actor == "journeys")).scalar() == 0
    assert opened.revision() == before


def test_the_rule_of_a_step_is_looked_up_in_the_figures_and_waits_for_them(tmp_path):
    """Ben has been here once, Ana twice and more; before there are figures nobody knows, and a day is not lost by it."""
    here = settings_.at(tmp_path)
    opened = record.open_store(here)
    rules = {"field": "stays", "is": "at_least", "value": 2}
    started(lisbon_and_addis(opened), THANKS | {"steps": [{"wait": 0, "message": "thanks", "if": rules}]})
    assert run_due(here, AS_OF) == 0
    refresh(here)
    assert run_due(here, AS_OF) == 1
    assert due(opened) == [(BEN, AS_OF, "left", "not_meant")]
    record.close_all()


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """The folder of Lisbon and Addis with a journey, refreshed before it."""
    folder = tmp_path_factory.mktemp("counted")
    opened = record.open_store(settings_.at(folder))
    hotel = lisbon_and_addis(opened)
    refresh(settings_.at(folder))
    started(hotel, THANKS)
    record.close_all()
    return folder


@pytest.fixture
def run(counted, monkeypatch, capsys):
    """A function that runs `journeys` with these words and returns its exit code, output and errors."""
    monkeypatch.setenv("CRM_HOME", str(counted))
    for name in ("CRM_STORE", "CRM_AS_OF", "CRM_STORE_URL", "CRM_WAREHOUSE_URL"):
        monkeypatch.delenv(name, raising=False)
    yield lambda *words: (main(["journeys", *map(str, words)]), *capsys.readouterr())
    record.close_all()


def test_the_command_runs_the_journeys_and_says_how_many_steps_fell_due(run):
    assert run("run") == (0, "Steps that fell due by 2025-04-01: 1.\n", "")
    assert json.loads(run("run", "--json")[1]) == {"due": 0, "as_of": "2025-04-01"}


def test_the_command_tries_a_journey_on_the_days_that_were(run, tmp_path):
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(THANKS | {"trigger": {"on": "post_stay", "days": 2}}))
    said = json.loads(run("simulate", "--rules", file, "--from", "2025-03-01", "--to", "2025-04-01", "--json")[1])
    assert said == {"people": 2, "twice": 1, "messages": 3, "held_out": 0, "left": {}}
    code, out, _ = run("simulate", "--rules", "pre_arrival", "--from", "2025-03-01", "--to", "2025-04-01")
    assert (code, out.splitlines()) == (0, [
        "From 2025-03-01 to 2025-04-01 it would have written to 2 people, 2 of them twice or more: 7 messages.", "0 people would have been held out.",
        "- not due (Cancelled): 1"])  # fmt: skip


def test_rules_that_there_are_not_are_refused_with_what_there_is(run):
    code, out, err = run("simulate", "--rules", "nothing")
    assert (code, out) == (1, "") and "pre_arrival" in err
