"""Playbooks: those that the figures call for come first with the house, are begun as decisions, and say how they stand."""
import datetime as dt
import json

import pytest

from crm_core.association import playbooks as association
from crm_core.association.packs import Pack
from crm_core.records.decisions import decide, decisions
from crm_core.records.packs import bring_in
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.hotel import AS_OF
from tests.pages.visiting import Visits, everything, fine

WHOLE = Scope("local", (1, 2), default_period(AS_OF), AS_OF, user="ana", chain=(1, 2))
LISBON, ADDIS = 1, 2


def playbook(code: str, trigger: dict, **other):
    """A playbook that watches room nights."""
    return association.parse({
        "code": code, "name": {"en": code.capitalize()}, "why": {"en": "Because **it** helps"}, "trigger": trigger, "steps": [{"en": "Look"}, {"en": "Act"}],
        "watch": "rooms_sold", "expect": {"change": 0.5, "unit": "relative", "days": 60}, "benefits": {"en": "Everybody"},
        "stop": {"text": {"en": "It costs too much."}, "kpi": "rooms_sold", "op": "<", "value": 1, "days": 30}, **other})


# In the twelve months to 1 April 2025 Lisbon sold 7 room nights, Addis 2.
QUIET = playbook("quiet", {"kpi": "rooms_sold", "op": "<", "against": "value", "value": 5, "least": 1})
OTHERS = (playbook("crowded", {"kpi": "rooms_sold", "op": ">", "against": "value", "value": 50, "least": 1}),
          playbook("cautious", {"kpi": "cancellation_rate", "op": ">", "against": "value", "value": 0.01, "least": 200}),
          playbook("compared", {"kpi": "rooms_sold", "op": "<", "against": "benchmark", "value": 0, "least": 1}),
          playbook("foreign", {"kpi": "happiness", "op": "<", "against": "value", "value": 5, "least": 1}))


@pytest.fixture
def visits(monkeypatch, lisbon_to_change) -> Visits:
    """Visits to Lisbon and Addis with five playbooks, of which one is called for in Addis."""
    found = Visits(monkeypatch, lisbon_to_change)
    bring_in(store(found), WHOLE, pack=Pack("ours", {"en": "Ours"}, "1", "We", "CC0-1.0", dt.date(2025, 1, 1), playbooks=(QUIET, *OTHERS)))
    return found


def store(visits: Visits):
    return record.open_store(visits.settings)


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def told(at) -> str:
    return everything(at).replace("\\", "")


def test_what_is_called_for_stands_first_with_the_house_its_steps_and_its_limits(visits):
    at = fine(visits.open("playbooks"))
    assert titles(at)[0] == "Quiet: called for at Addis Ababa"
    for said in ("Addis Ababa: Room nights 2, below 5", "1. Look", "2. Act", "Room nights: +50% within 60 days", "Room nights below 1, within 30 days",
                 "It costs too much.", "Everybody", "Because **it** helps"):
        assert said in told(at)


def test_the_others_say_why_they_wait(visits):
    at = fine(visits.open("playbooks"))
    assert "4 playbooks wait" in [one.label for one in at.expander]
    for said in ("Lisbon: Room nights 7, not above 50", "too few to tell: ", "of 200 needed", "no set of hotels is here to hold Room nights against",
                 "looks at the KPI “happiness”, which does not exist here"):
        assert said in told(at)


def test_the_chosen_properties_decide_what_is_called_for(visits):
    at = fine(visits.open("playbooks", properties="1"))
    assert titles(at)[0] == "Nothing calls for a playbook now"


def test_a_playbook_is_begun_as_a_decision_at_the_house_that_calls_for_it(visits):
    at = fine(visits.open("playbooks"))
    assert at.selectbox(key="playbook_where_quiet").value == ADDIS
    at.text_input(key="playbook_who_quiet").set_value("Ben")
    at = fine(at.button(key="playbook_begin_quiet").click().run())
    [row] = decisions(store(visits), WHOLE)
    assert (row["playbook"], row["kpi"], row["will_do"], row["owner"], json.loads(row["properties"])) == ("quiet", "rooms_sold", "Quiet", "Ben", [ADDIS])
    assert (row["was"], row["expected"], row["due_on"]) == (2.0, 3.0, AS_OF + dt.timedelta(60))
    assert dict(row["view"].params) == {"kpi": "rooms_sold", "properties": "2"}
    assert "1 playbook is under way" in titles(at)
    assert at.selectbox(key="playbook_where_quiet").options == ["Lisbon"]
    assert "Begun today" in told(at)


def test_a_filter_of_guests_changes_nothing_and_says_so(visits):
    at = fine(visits.open("playbooks", channels="ota"))
    assert titles(at)[0] == "Quiet: called for at Addis Ababa"
    assert "change nothing here" in told(at)
    fine(at.button(key="playbook_begin_quiet").click().run())
    assert decisions(store(visits), WHOLE)[0]["was"] == 2.0


def test_one_under_way_says_its_day_what_came_so_far_and_when_to_stop(visits):
    decide(store(visits), Scope("local", (ADDIS,), WHOLE.period, AS_OF), kpi="rooms_sold", will_do="Quiet", due_on=dt.date(2025, 4, 20),
           from_on=dt.date(2025, 3, 21), was=2.0, expected=3.0, playbook="quiet")
    at = fine(visits.open("playbooks"))
    for said in ("Room nights was 2, 3 is expected, so far 1", "Day 11 of 30, until 20 Apr 2025", "Stop rule not reached: Room nights 1, the limit is 1."):
        assert said in told(at)


def test_a_day_that_has_come_leads_to_the_decisions(visits):
    decide(store(visits), Scope("local", (ADDIS,), WHOLE.period, AS_OF), kpi="rooms_sold", will_do="Quiet", due_on=AS_OF, from_on=dt.date(2025, 3, 1),
           was=2.0, playbook="quiet")
    assert "See what came of it" in told(fine(visits.open("playbooks")))


def test_a_playbook_is_put_away_and_brought_back(visits):
    at = fine(visits.open("playbooks"))
    at = fine(at.button(key="playbook_1_away").click().run())
    assert titles(at)[0] == "Nothing calls for a playbook now"
    at = fine(at.button(key="playbook_1_back").click().run())
    assert titles(at)[0] == "Quiet: called for at Addis Ababa"


def test_who_keeps_nothing_sees_what_is_called_for_and_begins_nothing(visits):
    at = fine(visits.as_("trainer").open("playbooks"))
    assert titles(at)[0] == "Quiet: called for at Addis Ababa"
    assert [button.key for button in at.button if button.key.startswith("playbook_")] == []


def test_without_a_playbook_the_page_says_where_they_come_from(monkeypatch, lisbon):
    at = fine(Visits(monkeypatch, lisbon).open("playbooks"))
    assert titles(at) == ["No playbook is here yet"]
    assert "Bring a pack in" in told(at)


def test_every_condition_is_in_the_file(visits):
    found = visits.downloads()
    fine(visits.open("playbooks"))
    lines = found[0].decode("utf-8-sig").splitlines()
    assert lines[0] == "Playbook,Property,State,Figure,Value,Threshold,Cases"
    assert [line.split(",")[2] for line in lines if line.startswith("Quiet")] == ["called for", "not called for"]
    assert len(lines) == 1 + 2 * 4
