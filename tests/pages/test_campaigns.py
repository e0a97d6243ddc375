"""All campaigns and one campaign: the counted numbers, filters that move them, a reading that is written down, and what a role does not see."""
import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.store import record
from tests.pages.mailed import LETTER, SPRING, SUMMER, WINTER
from tests.pages.visiting import Visits, everything, fine


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def text(at) -> str:
    return " ".join(m.value for m in at.markdown).replace("\\", "")


def column(at, name: str) -> list[str]:
    return next(d.value for d in at.dataframe if name in d.value)[name].tolist()


def figures(at) -> dict[str, str]:
    return {m.label: m.value for m in at.metric}


def test_the_overview_says_what_was_caused_and_what_can_not_be_told(mailed):
    at = fine(mailed.open("campaigns"))
    assert titles(at)[:2] == ["Together the campaigns caused about 24 bookings, between 5 and 41", "1 campaign shows a lift, of 1 whose effect can be told"]
    assert column(at, "Campaign") == ["Spring walk", "Winter light", "June letter"]
    assert column(at, "Verdict") == ["too early: until 19 Apr 2025", "earned €216 to €1,464", "effect not known: nobody was held out"]
    assert column(at, "Bookings caused") == ["–", "24 (5 to 41)", "–"]
    assert figures(at)["Incremental bookings"] == "24"
    assert "1 campaign has a cost in a currency without a rate" in text(at)


def test_messages_stand_in_a_view_of_their_own_with_their_denominators(mailed):
    at = fine(mailed.open("campaigns", campaign_view="messages", campaign_sort="clicked"))
    assert column(at, "Clicks")[0] == "24 of 228 · 10.5% (7.2–15.2)"
    assert column(at, "People's openings") == ["80 of 168", "5 of 50", "10 of 60"]


def test_a_filter_moves_the_numbers(mailed):
    at = fine(mailed.open("campaigns", period="3m"))
    assert column(at, "Campaign") == ["Spring walk", "Winter light"]
    assert titles(fine(mailed.open("campaigns", period="1m")))[0] == "What the campaigns caused is not known"


def test_the_messages_are_looked_through_on_demand(mailed):
    at = fine(mailed.open("campaigns"))
    at = fine(next(b for b in at.button if b.label == "Look through the messages").click().run())
    assert "1 message went to an address that no guest has." in text(at)


def test_a_house_that_writes_to_nobody_is_told_how_to_begin(monkeypatch, lisbon):
    assert titles(fine(Visits(monkeypatch, lisbon).open("campaigns")))[0] == "No campaign in this view"


def test_one_campaign_tells_its_verdict_its_figures_and_how_its_list_was_made(mailed):
    at = fine(mailed.open("campaign", campaign=str(WINTER)))
    assert at.header[0].value.replace("\\", "") == "Winter light: about 24 extra bookings, between 5 and 41"
    assert figures(at) == {"Lift": "+10.0 pp", "Extra bookings": "24", "Extra margin": "€840", "Return on cost": "+180%", "Unsubscribed": "1.32%",
                           "Split check": "p 1.00"}
    assert "60% of the 400 selected were written to; most left for: no address" in titles(at)
    assert "Held out of this campaign 120 · No address 20 · Never consented 12 · Held out of every campaign 8" in text(at)
    assert "Rules credit 9 to 48 bookings; about 24 were caused" in titles(at)
    assert "20.0% of those written to booked within 30 days (48 of 240)" in text(at)


def test_all_groups_are_told_beside_how_many_were_looked_at(mailed):
    at = fine(mailed.open("campaign", campaign=str(WINTER)))
    assert "2 groups were looked at" in text(at)
    at = fine(next(one for one in at.toggle if one.label == "Look at all groups").set_value(True).run())
    assert "10 groups were looked at" in text(at)


@pytest.mark.parametrize(("campaign", "verdict"), [(SPRING, "Spring walk: too early to tell until 19 Apr 2025"),
                                                   (LETTER, "June letter: effect not known, nobody was held out"), (SUMMER, "Summer nights: not sent yet")])
def test_where_no_effect_is_known_none_is_told(mailed, campaign, verdict):
    at = fine(mailed.open("campaign", campaign=str(campaign)))
    assert at.header[0].value.replace("\\", "") == verdict
    assert {figures(at).get(name, "–") for name in ("Lift", "Extra bookings", "Extra margin", "Return on cost")} == {"–"}


def test_people_are_listed_by_what_they_did(mailed):
    at = fine(mailed.open("campaign", campaign=str(WINTER), people="Held out and booked"))
    assert "Held out and booked: 12" in text(at)
    assert column(at, "Guest")[0] == "Given241 Family241"


def test_the_result_is_read_once_as_planned(mailed):
    at = fine(mailed.open("campaign", campaign=str(WINTER)))
    at = fine(next(b for b in at.button if b.label == "Read the result").click().run())
    assert "result read on 1 Apr 2025, as planned" in text(at)
    with record.open_store(mailed.settings).reading() as connection:
        kept = connection.execute(sa.select(schema.campaign_reading)).one()
    assert (kept.kind, '"control_n": 120' in kept.result) == ("planned", True)
    assert not [b for b in at.button if b.label.startswith(("Read the", "Look at the"))]


def test_a_look_before_the_day_is_marked_as_one(mailed):
    at = fine(mailed.open("campaign", campaign=str(SPRING)))
    at = fine(next(b for b in at.button if b.label == "Look at the result now").click().run())
    assert "looked at 1 time before its day" in text(at)


def test_a_role_without_the_right_reads_figures_without_names_and_buttons(mailed):
    at = fine(mailed.as_("trainer").open("campaign", campaign=str(WINTER)))
    assert not [b for b in at.button if b.label == "Read the result"]
    assert "Family1" not in everything(at)


@pytest.mark.parametrize("asked", ["999", "x", ""])
def test_a_campaign_that_is_not_there_is_told_so(mailed, asked):
    assert titles(fine(mailed.open("campaign", campaign=asked))) == ["There is no such campaign"]
