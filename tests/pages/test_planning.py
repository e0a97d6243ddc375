"""Planning: the calendar, what a number of people can show, and a plan that is written down, fixed, and then only costs change."""
import sqlalchemy as sa

from crm_core import schema
from crm_core.store import record
from tests.pages.visiting import fine


def titles(at) -> list[str]:
    return [s.value.replace("\\", "") for s in at.subheader]


def column(at, name: str) -> list[str]:
    return next(d.value for d in at.dataframe if name in d.value)[name].tolist()


def field(at, label: str):
    return next(f for f in [*at.text_input, *at.text_area, *at.number_input, *at.date_input, *at.selectbox, *at.slider] if f.label == label)


def press(at, label: str):
    return fine(next(b for b in at.button if b.label == label).click().run())


def plan(visits, name: str):
    with record.open_store(visits.settings).reading() as connection:
        return connection.execute(sa.select(schema.campaign).where(schema.campaign.c.name == name)).one()


def test_the_calendar_shows_what_was_sent_and_what_has_no_day_yet(mailed):
    at = fine(mailed.open("planning"))
    assert titles(at)[0] == "1 campaign is planned"
    assert column(at, "Day") == ["no day yet", "20 Mar 2025", "10 Jan 2025", "5 Jun 2024"]
    assert column(at, "Held out")[1:3] == ["25%", "33%"]


def test_the_log_tells_what_was_expected_and_how_it_ended(mailed):
    at = fine(mailed.open("planning"))
    assert "1 of 1 fixed before the first message, 0 read as planned" in titles(at)
    assert column(at, "Expected") == ["One in ten more will book."]
    assert column(at, "Result") == ["earned €216 to €1,464"]


def test_other_people_in_the_calculator_move_its_verdict(mailed):
    at = fine(mailed.open("planning"))
    fine(field(at, "People").set_value(400).run())
    assert any("400 people are too few to see +50%" in title for title in titles(at))
    at = fine(field(at, "People").set_value(400_000).run())
    assert any("400,000 people are enough to see +50%" in title for title in titles(at))


def test_a_plan_is_written_down_fixed_and_then_only_costs_change(mailed):
    at = fine(mailed.open("planning"))
    for label, value in (("Name", "Autumn table"), ("What do you expect?", "More dinners"), ("Media and printing, EUR", 90.0), ("People planned", 500)):
        field(at, label).set_value(value)
    at = press(at, "Save plan")
    saved = plan(mailed, "Autumn table")
    assert (saved.hypothesis, saved.cost_minor, saved.currency, saved.planned_people, saved.fixed_at) == ("More dinners", 9_000, "EUR", 500, None)
    at = fine(field(at, "Plan").set_value(saved.id).run())
    at = press(at, "Fix before the first message")
    assert "Choose the day of sending and the day of reading." in [e.value for e in at.error]
    assert plan(mailed, "Autumn table").fixed_at is None


def test_who_may_not_plan_reads_only(mailed):
    at = fine(mailed.as_("group").open("planning"))
    assert not any(b.label == "Save plan" for b in at.button)
    assert titles(at)[0] == "1 campaign is planned"
