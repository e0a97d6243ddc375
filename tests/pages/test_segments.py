"""Segments on their page: built with a count that follows, saved, opened by link, used as a filter everywhere, kept as an audience."""
import json

import pytest
import sqlalchemy as sa

from crm_core import queries, schema
from crm_core.marts.fields import FIELDS
from crm_core.records.audiences import audiences, save_audience
from crm_core.records.segments import archive_segment, save_segment, segment_card, segments
from crm_core.rule import parse
from crm_core.scope import Scope, default_period
from crm_core.store import record, warehouse
from tests.hotel import AS_OF
from tests.pages.visiting import Visits, everything, fine

TWICE = {"field": "stays", "is": "at_least", "value": 2}
WHOLE = Scope("local", (1, 2), default_period(AS_OF), AS_OF, user="ana", chain=(1, 2))


@pytest.fixture
def visits(monkeypatch, lisbon_to_change) -> Visits:
    """Visits to Lisbon and Addis (Ana stayed three times, Ben once), which a test may change."""
    return Visits(monkeypatch, lisbon_to_change)


def store(visits: Visits):
    return record.open_store(visits.settings)


def keep(visits: Visits, name: str, said: dict) -> int:
    return save_segment(store(visits), WHOLE, name=name, rule=parse(said, FIELDS))


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def by_label(elements, label: str):
    return next(e for e in elements if e.label == label)


# --- building -----------------------------------------------------------------------------------------------------------
def test_the_count_follows_what_is_changed(visits):
    at = fine(visits.open("segments"))
    assert titles(at)[:4] == ["No segment is saved yet", "New rule", "1 guest fits: 50%", "Who fits"]
    assert at.dataframe[0].value["Guest"].tolist() == ["Ana Silva"]
    at.number_input(key="rule_1_2_stays_at_least").set_value(1)
    at = fine(at.run())
    assert titles(at)[2] == "2 guests fit: 100%"
    assert "Guests with stays at least 1" in everything(at)
    assert at.dataframe[0].value["Guest"].tolist() == ["Ana Silva", "Ben Okafor"]


def test_a_filter_on_properties_moves_the_count(visits):
    at = visits.open("segments")
    at.multiselect(key="properties").select("Addis Ababa")
    assert titles(fine(at.run()))[2] == "0 guests fit: 0%"


def test_conditions_and_groups_are_added_joined_and_taken_out(visits):
    at = visits.open("segments")
    fine(at.button(key="rule_1_1_group").click().run())
    at.selectbox(key="rule_1_4_field").set_value("email_consent")
    fine(at.run())
    at.selectbox(key="rule_1_1_join").set_value("none")
    fine(at.run())
    assert "Guests with not (stays at least 2 or e-mail consent: yes)." in [m.value.replace("\\", "") for m in at.markdown]
    assert titles(at)[2] == "1 guest fits: 50%"
    fine(at.button(key="rule_1_2_out").click().run())
    assert titles(at)[2] == "2 guests fit: 100%"
    fine(at.button(key="rule_1_3_out").click().run())
    assert titles(at)[2] == "Not a rule yet"
    assert "A group needs at least one condition" in everything(at)


def test_what_is_not_complete_yet_is_said_and_nothing_is_lost(visits):
    at = visits.open("segments")
    at.selectbox(key="rule_1_2_field").set_value("country")
    at = fine(at.run())
    assert titles(at)[2] == "Not a rule yet"
    assert "“Country” needs at least one choice" in everything(at)
    at.multiselect(key="rule_1_2_country_one_of").set_value(["GB"])
    at = fine(at.run())
    assert titles(at)[2:4] == ["1 guest fits: 50%", "Who fits"]
    at.selectbox(key="rule_1_2_is_country").set_value("none_of")
    at = fine(at.run())
    assert at.multiselect(key="rule_1_2_country_none_of").value == ["GB"]
    assert at.dataframe[0].value["Guest"].tolist() == ["Ana Silva"]


def test_every_field_can_be_chosen(monkeypatch, lisbon):
    at = Visits(monkeypatch, lisbon).open("segments")
    for field in FIELDS:
        at.selectbox(key="rule_1_2_field").set_value(field)
        at = fine(at.run())
        assert at.selectbox(key=f"rule_1_2_is_{field}").options


@pytest.mark.parametrize("field", {field.type: key for key, field in FIELDS.items()}.values())
def test_a_field_of_each_type_can_be_compared_in_every_way(monkeypatch, lisbon, field):
    at = Visits(monkeypatch, lisbon).open("segments")
    at.selectbox(key="rule_1_2_field").set_value(field)
    at = fine(at.run())
    for operator in at.selectbox(key=f"rule_1_2_is_{field}").options:
        at.selectbox(key=f"rule_1_2_is_{field}").select(operator)
        at = fine(at.run())


@pytest.mark.parametrize("template", range(3))
def test_a_template_is_a_beginning(visits, template):
    at = visits.open("segments")
    at = fine(at.button(key=f"template_{template}").click().run())
    assert "fit" in titles(at)[2]
    assert len([box for box in at.selectbox if box.label == "Field"]) in (5, 3, 2)


def test_a_cent_that_a_rule_names_is_not_rounded_away_by_looking(visits):
    made = keep(visits, "Odd", {"field": "spend", "is": "at_least", "value": 12_345})
    at = fine(visits.open("segments", segment=str(made)))
    assert "€123" in everything(at)
    at.text_input(key="rule_1_name").set_value("Odd again")
    fine(at.button(key="rule_1_save").click().run())
    assert [json.loads(row["rule"]) for row in segments(store(visits), WHOLE) if row["name"] == "Odd again"] == [
        {"all": [{"field": "spend", "is": "at_least", "value": 12_345}]}]


# --- saving -------------------------------------------------------------------------------------------------------------
def test_a_rule_is_saved_under_a_name_and_listed(visits):
    at = visits.open("segments")
    at.text_input(key="rule_1_name").set_value("Regulars")
    at.text_input(key="rule_1_note").set_value("for the desk")
    at = fine(at.button(key="rule_1_save").click().run())
    (row,) = segments(store(visits), WHOLE)
    assert (row["name"], row["note"], json.loads(row["rule"])) == ("Regulars", "for the desk", {"all": [TWICE]})
    assert titles(at)[:2] == ["1 saved segment", "Regulars"]
    assert at.query_params["segment"] in (["1"], "1")


@pytest.mark.parametrize("name", ["", "regulars"])
def test_a_name_that_cannot_be_is_told_with_what_to_do_and_the_rule_stays(visits, name):
    keep(visits, "Regulars", TWICE)
    at = visits.open("segments")
    at.number_input(key="rule_1_2_stays_at_least").set_value(3)
    at.text_input(key="rule_1_name").set_value(name)
    at = fine(at.button(key="rule_1_save").click().run())
    assert len(at.error) == 1
    assert at.number_input(key="rule_1_2_stays_at_least").value == 3
    assert len(segments(store(visits), WHOLE)) == 1


def test_an_open_segment_is_saved_as_its_next_version_and_an_earlier_one_is_taken_up(visits):
    made = keep(visits, "Regulars", TWICE)
    at = fine(visits.open("segments", segment=str(made)))
    assert by_label(at.button, "Save as version 2").disabled
    at.number_input(key="rule_1_2_stays_at_least").set_value(1)
    at = fine(at.run())
    at = fine(by_label(at.button, "Save as version 2").click().run())
    assert [json.loads(v["rule"]) for v in segment_card(store(visits), WHOLE, id=made)["versions"]] == [{"all": [TWICE | {"value": 1}]}, TWICE]
    assert titles(at)[2] == "2 guests fit: 100%"
    at = fine(at.button(key="rule_2_take_1").click().run())
    assert titles(at)[2] == "1 guest fits: 50%"
    assert not by_label(at.button, "Save as version 3").disabled


def test_the_second_of_two_editors_is_told_loses_nothing_and_may_insist(visits):
    made = keep(visits, "Regulars", TWICE)
    first, second = (visits.open("segments", segment=str(made)) for _ in range(2))
    for editor, value in ((first, 3), (second, 1)):
        editor.number_input(key="rule_1_2_stays_at_least").set_value(value)
        fine(editor.run())
        fine(by_label(editor.button, "Save as version 2").click().run())
    assert [w.value[:13] for w in second.warning] == ["Somebody else"]
    assert second.number_input(key="rule_1_2_stays_at_least").value == 1
    fine(by_label(second.button, "Save as version 2").click().run())
    assert [json.loads(v["rule"])["all"][0]["value"] for v in segment_card(store(visits), WHOLE, id=made)["versions"][:2]] == [1, 3]


def test_a_segment_is_renamed_put_away_and_brought_back(visits):
    made = keep(visits, "Regulars", TWICE)
    at = visits.open("segments")
    at.text_input(key=f"segment_{made}_1_name").set_value("Faithful")
    at = fine(at.button(key=f"segment_{made}_rename").click().run())
    assert "Faithful" in everything(at)
    at = fine(at.button(key=f"segment_{made}_archive").click().run())
    assert titles(at)[0] == "No segment is saved yet"
    at = fine(at.button(key=f"segment_{made}_restore").click().run())
    assert titles(at)[0] == "1 saved segment"


# --- links and filters --------------------------------------------------------------------------------------------------
def test_a_link_opens_a_segment_and_one_that_is_gone_says_so(visits):
    made = keep(visits, "Regulars", {"all": [TWICE, {"not": {"any": [{"field": "country", "is": "one_of", "value": ["GB"]}]}}]})
    at = fine(visits.open("segments", segment=str(made)))
    assert titles(at)[1] == "Regulars"
    assert at.selectbox(key="rule_1_3_join").value == "none"
    archive_segment(store(visits), WHOLE, id=made, version=1)
    for gone in (str(made), "99", "nonsense", "-1", "9" * 400):
        at = fine(visits.open("segments", segment=gone))
        assert titles(at)[1] == "New rule"
        assert "There is no such segment" in everything(at)


def test_a_click_on_a_saved_segment_opens_it(visits):
    made = keep(visits, "Regulars", TWICE | {"value": 4})
    at = visits.open("segments")
    at = fine(at.button(key=f"segment_{made}_open").click().run())
    assert titles(at)[1:3] == ["Regulars", "0 guests fit: 0%"]


def nights(visits, **chosen) -> str:
    return fine(visits.open("figure", kpi="rooms_sold", **chosen)).metric[0].value


def test_a_saved_segment_filters_every_page_and_is_told_in_the_grey_line(visits):
    made = keep(visits, "Regulars", TWICE)
    # The year to April 2025: Ana 3 + 2 nights and the first of three from the 31st, Ben 2, one without a name.
    assert [nights(visits), nights(visits, among="Regulars"), nights(visits, among=str(made))] == ["9", "6", "6"]
    at = fine(visits.open("guests", among="Regulars"))
    assert at.dataframe[0].value["Guest"].tolist() == ["Ana Silva"]
    assert "only guests of “Regulars”" in at.markdown[0].value
    at.selectbox(key="among").set_value("all")
    assert len(fine(at.run()).dataframe[0].value) == 2


def test_the_filter_is_chosen_from_the_list_of_segments_and_stays_on_the_next_page(visits):
    made = keep(visits, "Regulars", TWICE)
    at = visits.open("segments")
    at = fine(at.button(key=f"segment_{made}_filter").click().run())
    assert at.selectbox(key="among").value == str(made)
    at = fine(at.switch_page("../../pages/guests.py").run())
    assert at.dataframe[0].value["Guest"].tolist() == ["Ana Silva"]


def test_a_filter_by_a_segment_that_is_gone_is_no_filter(visits):
    made = keep(visits, "Regulars", TWICE)
    at = visits.open("guests", among="Regulars")
    archive_segment(store(visits), WHOLE, id=made, version=1)
    assert len(fine(at.run()).dataframe[0].value) == 2
    for gone in ("Regulars", str(made), "nonsense"):
        assert nights(visits, among=gone) == "9"


def test_a_rule_that_this_version_does_not_know_is_said_and_filters_nothing(visits):
    made = keep(visits, "Regulars", TWICE)
    with store(visits).engine.begin() as connection:
        connection.execute(sa.update(schema.segment_version).values(rule='{"field": "shoe_size", "is": "at_least", "value": 42}'))
    assert nights(visits, among="Regulars") == "9"
    at = fine(visits.open("segments", segment=str(made)))
    assert "Its rule cannot be read any more" in everything(at)
    assert titles(at)[1] == "New rule"


# --- audiences ----------------------------------------------------------------------------------------------------------
def test_those_who_fit_are_kept_as_an_audience_and_put_away(visits):
    made = keep(visits, "Everyone", {"field": "stays", "is": "at_least", "value": 1})
    at = visits.open("segments", segment=str(made))
    at.slider(key="rule_1_held").set_value(50)
    at = fine(at.button(key="rule_1_audience_save").click().run())
    (row,) = audiences(store(visits), WHOLE)
    assert (row["name"], row["contact"], row["held_out"], row["window_days"]) == ("Everyone, 1 Apr 2025", 1, 1, 180)
    assert row["definition"] == {"segment": made, "version": 1, "rule": {"all": [{"field": "stays", "is": "at_least", "value": 1}]}}
    assert "1 to contact, 1 held out" in everything(at)
    at = fine(at.button(key=f"audience_{row['id']}_archive").click().run())
    assert audiences(store(visits), WHOLE) == []


def test_an_audience_of_a_name_that_is_taken_is_told(visits):
    save_audience(store(visits), WHOLE, name="May", kind="segment", definition={}, guests=[1])
    at = visits.open("segments")
    at.text_input(key="rule_1_audience_name").set_value("may")
    at = fine(at.button(key="rule_1_audience_save").click().run())
    assert [e.value for e in at.error] == ["There is an audience of this name: choose another."]


# --- who sees what ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["group", "trainer"])
def test_a_role_that_saves_nothing_still_filters_and_counts(visits, role):
    keep(visits, "Regulars", TWICE)
    at = fine(visits.as_(role).open("segments", among="Regulars"))
    assert titles(at)[2] == "1 guest fits: 50%"
    assert not [b for b in at.button if b.key != "keep_view" and ("ave" in b.label or b.label in ("Rename", "Put away"))]


def test_a_visitor_to_one_property_sees_no_segment_of_both(visits):
    keep(visits, "Secret regulars", TWICE)
    at = fine(visits.as_("manager", (1,)).open("segments", segment="1", among="Secret regulars"))
    assert "Secret" not in everything(at).replace('"Secret regulars"', "")
    assert titles(at)[0] == "No segment is saved yet"


def test_the_count_on_the_page_is_that_of_the_query(visits):
    shown = warehouse.current(visits.settings)
    sizes = queries.run(shown, WHOLE, "segment_sizes", rules=(parse(TWICE, FIELDS),))
    assert sizes["guests"].tolist() == [1]
