"""Audiences on their page: drawn with every reason told, frozen, explained guest by guest, exported after another look; limits and offers."""
import json

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.marts.fields import FIELDS
from crm_core.records.audiences import save_audience
from crm_core.records.segments import save_segment
from crm_core.rule import parse
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.hotel import AS_OF
from tests.pages.mailed import SPRING, WINTER
from tests.pages.visiting import Visits, everything, fine


def rows(visits: Visits, table: sa.Table) -> list:
    with record.open_store(visits.settings).reading() as connection:
        return connection.execute(sa.select(table).order_by(*table.primary_key)).all()


def press(at, label: str):
    return fine(next(b for b in at.button if b.label == label).click().run())


def field(at, label: str):
    return next(f for f in [*at.selectbox, *at.text_input, *at.number_input, *at.slider, *at.multiselect, *at.toggle] if f.label == label)


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def metrics(at) -> dict[str, str]:
    return {m.label: m.value for m in at.metric}


def said(at) -> str:
    return everything(at).replace("\\", "")


def opened(visits: Visits, audience: int = WINTER):
    return fine(visits.open("audiences", audience=str(audience)))


# --- the lists --------------------------------------------------------------------------------------------------------------------
def test_the_lists_say_how_each_is_split_and_what_became_of_its_file(mailed):
    at = fine(mailed.open("audiences"))
    assert titles(at)[0] == "2 audiences, each with a part held out"
    table = at.dataframe[0].value
    assert table["Audience"].tolist() == ["Spring walk, people", "Winter light, people"]
    assert table["To be written to"].tolist() == ["60", "240"]
    assert table["Held out"].tolist() == ["20", "120"]
    assert table["File"].tolist() == ["not exported yet", "exported on 10 Jan 2025"]
    assert titles(fine(mailed.open("audiences", lists="archived")))[0] == "No audience is saved yet"


def test_an_audience_opens_to_its_steps_its_arms_and_what_they_can_show(mailed):
    at = opened(mailed)
    assert titles(at)[:4] == ["Winter light, people", "240 of 400 selected are written to; most are lost to: no address", "33.3% are held out by lot",
                              "Too small to see less than +116% bookings"]
    assert metrics(at) == {"Variant A": "120", "Variant B": "120", "Held out": "120"}
    assert "those held out of the campaigns of three years: 12 of 120" in said(at)
    at = fine(field(at, "Book in the window without a message, %").set_value(20.0).run())
    assert titles(at)[3] == "Too small to see less than +70% bookings"


def test_those_who_left_are_listed_by_reason(mailed):
    at = opened(mailed)
    at = fine(field(at, "People").set_value("consent/no_word").run())
    assert at.dataframe[0].value["Decided"].tolist() == ["Never consented"] * 12
    assert at.dataframe[0].value["Guest"].tolist()[0] == "Given381 Family381"


@pytest.mark.parametrize(("name", "frozen", "now"), [
    ("Given381", "Selected on 10 Jan 2025, but left: never consented", "Said yes, with proof no Never consented"),
    ("Given250", "On the list of 10 Jan 2025: held out", "Not held out by lot no Held out of this campaign · since 10 Jan 2025"),
    ("Given230", "On the list of 10 Jan 2025: variant B", "Nothing speaks against writing yes"),
])
def test_a_guest_is_told_why(mailed, name, frozen, now):
    at = fine(field(opened(mailed), "Guest").set_value(name).run())
    plain = said(at).replace(":small[:gray[", "").replace("]]", "")
    assert frozen in plain
    assert now in plain


def test_an_audience_of_nowhere_and_one_of_another_house_look_alike(mailed):
    for visit in (opened(mailed, 99), opened(mailed.as_("manager", (1,)), WINTER)):
        assert titles(visit) == ["There is no such audience"]


# --- drawing ------------------------------------------------------------------------------------------------------------------------
def asked(visits: Visits):
    """The card with the rule "at least one stay" after it was counted."""
    at = fine(visits.open("audiences"))
    fine(at.number_input(key="audience_draft_2_stays_at_least").set_value(1).run())
    return press(at, "Show who would be written to")


def test_a_rule_is_counted_down_to_those_who_may_be_written_to(mailed):
    """Of 201 with a stay: 10 have no address, 6 gave no word, one complained, 9 are held out of a campaign that runs."""
    at = asked(mailed)
    assert "By the figures of 1 Apr 2025 184 of 201 who fit may be written to · No address 10 · Never consented 6 · Complained about a message 1" in said(at)
    assert "157 of 201 selected are written to; most are lost to: no address" in titles(at)
    assert metrics(at) == {"To be written to": "157", "Held out": "18"}
    at = fine(field(at, "Held out by lot, %").set_value(50).run())
    assert metrics(at) == {"To be written to": "87", "Held out": "88"}
    at = fine(field(at, "Held out by lot, %").set_value(0).run())
    assert "Nobody is held out: what the campaign causes will not be known" in titles(at)


def test_what_is_drawn_is_frozen_with_arms_reasons_and_groups(mailed):
    at = asked(mailed)
    at = fine(field(at, "Arms alike by").set_value(["stays_before"]).run())
    groups = next(frame.value for frame in at.dataframe if "Group" in frame.value)
    assert (len(groups), sorted(groups["Held out"])) == (2, ["0 · 0%", "18 · 10%"])
    fine(field(at, "Name").set_value("May").run())
    fine(field(at, "For the campaign").set_value(4).run())
    at = press(at, "Draw 175 people")
    assert titles(at)[0] == "May"
    made = rows(mailed, schema.audience)[-1]
    assert (made.name, made.kind, json.loads(made.shares), json.loads(made.strata)) == ("May", "segment", {"contact": 9000, "held_out": 1000}, ["stays_before"])
    members = [row for row in rows(mailed, schema.audience_member) if row.audience_id == made.id]
    assert sorted({row.stratum for row in members}) == ["1", "2-3"]
    assert sum(row.arm == "held_out" for row in members) == 18
    assert len([row for row in rows(mailed, schema.audience_left) if row.audience_id == made.id]) == 26
    assert rows(mailed, schema.campaign)[3].audience_id == made.id
    assert "Guests with stays at least 1." in said(at)
    at = fine(field(at, "Guest").set_value("Given4 ").run())
    assert ":green[:material/check:] stays at least 1" in said(at)
    at = fine(field(at, "Guest").set_value("Given5 ").run())
    assert "Not selected on 1 Apr 2025" in said(at)
    assert ":orange[:material/close:] stays at least 1" in said(at)


def test_a_saved_segment_and_a_work_list_are_drawn_from(mailed):
    kept, scope = record.open_store(mailed.settings), Scope("local", (1, 2), default_period(AS_OF), AS_OF, user="ana", chain=(1, 2))
    save_segment(kept, scope, name="Twice", rule=parse({"field": "stays", "is": "at_least", "value": 2}, FIELDS))
    made = save_audience(kept, scope, name="Late", kind="win_back", definition={"list": "at_risk"}, guests=[2, 4, 380])
    at = fine(mailed.open("audiences"))
    at = press(fine(field(at, "Whom").set_value("s1").run()), "Show who would be written to")
    assert "1 of 1 selected are written to" in titles(at)
    at = press(fine(field(at, "Whom").set_value(f"l{made}").run()), "Show who would be written to")
    assert "2 of 3 selected are written to; most are lost to: no address" in titles(at)
    at = press(at, "Draw 2 people")
    assert "Drawn from a work list: Guests at risk." in said(at)
    assert rows(mailed, schema.audience)[-1].kind == "win_back"


def test_another_question_takes_the_answer_away(mailed):
    at = asked(mailed)
    fine(field(at, "By which way").set_value("sms").run())
    assert "Freeze it" not in titles(at)
    assert "0 of 201 selected are written to; most are lost to: no address" in titles(press(at, "Show who would be written to"))


def test_a_filter_on_properties_moves_the_count_and_hides_no_list(mailed):
    at = asked(mailed)
    at.multiselect(key="properties").select("Addis House")
    at = press(fine(at.run()), "Show who would be written to")
    assert "Nobody is selected" in titles(at)
    assert next(b for b in at.button if b.label == "Draw 0 people").disabled
    assert titles(at)[0] == "2 audiences, each with a part held out"


def test_a_name_that_is_taken_is_refused_and_nothing_is_lost(mailed):
    at = asked(mailed)
    fine(field(at, "Name").set_value("Spring walk, people").run())
    at = press(at, "Draw 175 people")
    assert at.error[0].value == "There is an audience of this name: choose another."
    assert field(at, "Name").value == "Spring walk, people"
    assert len(rows(mailed, schema.audience)) == 2


# --- the file -------------------------------------------------------------------------------------------------------------------------
def test_the_file_has_those_who_may_still_be_written_to(mailed):
    """Of 240, one complained and nineteen more are held out of the campaign that runs."""
    files = mailed.downloads()
    at = opened(mailed)
    fine(field(at, "Platform").set_value("mailchimp").run())
    at = press(at, "Check again and make the list")
    assert "220 people may be written to at this moment." in said(at)
    assert "20 people were dropped since the list was drawn: In another campaign 19 · Complained about a message 1" in said(at)
    lines = next(f for f in files if b"Email Address" in f).decode().splitlines()
    assert len(lines) == 221
    assert "g250@example.com" not in "".join(lines)
    assert rows(mailed, schema.audience)[0].expires_on.isoformat() == "2025-04-08"
    assert rows(mailed, schema.audit)[-1].verb == "export"


def test_an_audience_is_put_away(mailed):
    at = press(opened(mailed, SPRING), "Put away")
    assert "put away on" in said(at)
    assert titles(fine(mailed.open("audiences")))[0] == "1 audience, each with a part held out"


# --- roles, limits, offers ------------------------------------------------------------------------------------------------------------
def test_a_role_that_reads_figures_draws_nothing_and_sees_no_names(mailed):
    at = fine(mailed.as_("group").open("audiences"))
    assert "Draw an audience" not in titles(at)
    assert not {"Save the limit", "Save the holdout", "Save offer"} & {b.label for b in at.button}
    at = opened(mailed)
    assert metrics(at)["Held out"] == "120"
    assert "The people" not in titles(at)
    assert "Family" not in everything(at)


def test_the_holdout_and_the_limit_are_set(mailed):
    at = fine(mailed.open("audiences"))
    assert "Nobody is held out of all campaigns yet" in titles(at)
    fine(field(at, "Held out of everything, %").set_value(10.0).run())
    at = press(at, "Save the holdout")
    assert "10% of all guests are held out of every campaign since 1 Apr 2025" in titles(at)
    fine(field(at, "Messages at most").set_value(2).run())
    press(at, "Save the limit")
    kept = {row.key: row.value for row in rows(mailed, schema.setting)}
    assert (kept["holdout_bp"], kept["marketing_cap"], kept["marketing_cap_days"]) == ("1000", "2", "30")


def test_an_offer_is_added_and_ranked_with_its_reason(mailed):
    at = fine(mailed.open("audiences"))
    fine(field(at, "Code").set_value("spa").run())
    next(f for f in at.text_input if f.key == "offer_name_None_0").set_value("An hour in the spa")
    field(at, "Of").set_value("spa")
    field(at, "Earns each time, EUR").set_value(22.5)
    press(at, "Save offer")
    assert [(row.code, row.department, row.margin_minor, row.currency) for row in rows(mailed, schema.offer)] == [("spa", "spa", 2250, "EUR")]
    at = fine(field(opened(mailed), "Rank the offers for these people").set_value(True).run())
    assert "“An hour in the spa” comes first for 240 of 240" in said(at)
    assert "Not used in 1 stays; 0% of all stays do." in said(at)


def test_a_house_without_stays_is_told_so(empty):
    assert fine(empty.open("audiences")).exception == []
