"""The attribution lab and the page of reach show counted numbers, follow the campaign in the URL and the filters, and say what is not known."""
import pytest

from crm_core import jobs
from crm_core.ui import attribution_words as words
from tests.pages.mailed import LETTER, SPRING, SUMMER, WINTER, house
from tests.pages.test_retention import drawn, metrics, titles
from tests.pages.visiting import Visits, everything, fine


@pytest.fixture(scope="module")
def at_first(tmp_path_factory):
    """Settings of the house that writes to its guests; these visits change nothing."""
    return house(tmp_path_factory.mktemp("mailed_lab"))


@pytest.fixture
def visits(monkeypatch, at_first) -> Visits:
    monkeypatch.setattr(jobs, "start_refresh", lambda _settings: None)
    return Visits(monkeypatch, at_first)


def text(at) -> str:
    return everything(at).replace("\\\\", "").replace("\\", "")


def bars(at) -> dict[str, list]:
    """Return the names, the solid and the hatched parts of the lab's bars."""
    figure = drawn(at, "lab")
    return {"names": figure["layout"]["yaxis"]["ticktext"], "solid": figure["data"][0]["x"], "anyway": figure["data"][1]["x"]}


def table(at, *columns: str):
    return next(frame.value for frame in at.dataframe if set(columns) <= set(frame.value.columns))


# --- the lab -----------------------------------------------------------------------------------------------------------------------------
def test_the_newest_campaign_with_an_effect_is_shown_with_what_each_rule_credits(visits):
    """Of 240 written to 48 booked, of 120 held out 12: 24 caused, so half of each credit would have come anyway."""
    at = fine(visits.open("attribution"))
    assert at.selectbox(key="lab_campaign").value == WINTER
    shown = bars(at)
    assert shown["names"][0] == "Held out: caused"
    assert shown["solid"][0] == pytest.approx(24)
    rules = table(at, "Rule", "Came anyway (95% interval)").set_index("Rule")
    # They booked 3 to 17 days after it, six of them after more than 15; the 30 of variant A had all opened.
    assert rules.loc["15 days, any send (Guestfolio)", ["Bookings", "Came anyway (95% interval)"]].tolist() == ["42", "21 (6–38)"]
    assert rules.loc["30 days, opened (Revinate)", "Bookings"] == "30"
    assert titles(at)[0].endswith("24 were caused, between 5 and 41")


def test_the_campaign_of_the_url_is_shown_also_where_the_period_is_another(visits):
    at = fine(visits.open("attribution", campaign=str(LETTER), period="3m"))
    assert at.selectbox(key="lab_campaign").value == LETTER
    assert titles(at)[0].endswith("what it caused nobody knows: no one was held out")
    assert "not known" in text(at)


def test_a_choice_is_written_to_the_url_and_a_window_that_runs_is_too_early(visits):
    at = fine(visits.open("attribution"))
    at = fine(at.selectbox(key="lab_campaign").set_value(SPRING).run())
    assert at.query_params["campaign"] == str(SPRING)
    assert titles(at)[0].endswith("what it caused is not known before 19 Apr 2025")


@pytest.mark.parametrize("asked", [str(SUMMER), "99", "x", "-1", "9" * 40])
def test_a_campaign_that_is_planned_only_is_shown_and_one_that_is_unknown_is_not(visits, asked):
    at = fine(visits.open("attribution", campaign=asked))
    assert at.selectbox(key="lab_campaign").value == (SUMMER if asked == str(SUMMER) else WINTER)


def test_no_rule_is_called_an_effect(visits):
    said = text(fine(visits.open("attribution")))
    assert "No rule subtracts what would have come anyway" in said
    assert "descriptive, not causal" in said
    assert "an upper bound, not an effect" in said


def test_ranks_need_two_campaigns_with_an_effect_and_a_row_leads_to_its_campaign(visits):
    at = fine(visits.open("attribution"))
    assert "Fewer than two campaigns have an effect to be ranked by" in titles(at)
    ranked = table(at, "Campaign", "Caused")
    assert ranked["Campaign"].tolist() == ["Winter light", "Spring walk", "June letter"]
    assert ranked["Caused"].tolist() == ["24 (5 to 41)", "too early", "nobody held out"]


def test_the_caution_begins_with_the_hotels_own_base_rate_and_follows_what_is_typed(visits):
    """12 of 120 held out booked; half of the openings by people is not known here, so the published example stands."""
    at = fine(visits.open("attribution"))
    assert at.number_input(key="caution_base").value == 10
    at.number_input(key="caution_base").set_value(0.56)
    at.number_input(key="caution_open").set_value(35.8)
    at = fine(at.run())
    assert metrics(at)["Credited without any effect"] == "0.20%"
    assert "A campaign without any effect is credited 20 bookings for each 10,000 messages" in titles(at)


def test_terms_of_every_rule_are_told(visits):
    terms = table(fine(visits.open("attribution")), "The clock starts", "Several campaigns")
    assert len(terms) == len(words.TERMS)


def test_a_property_without_campaigns_is_told_so(visits):
    at = fine(visits.open("attribution", properties=["Addis House"]))
    assert titles(at) == ["No stays in this view"]


def test_a_house_that_wrote_to_nobody_is_told_where_campaigns_come_from(monkeypatch, lisbon):
    visits = Visits(monkeypatch, lisbon)
    assert titles(fine(visits.open("attribution"))) == ["No campaign in this view"]
    assert titles(fine(visits.open("reach"))) == ["No messages in this view"]


# --- reach and fatigue -------------------------------------------------------------------------------------------------------------------
def test_reach_counts_what_arrived_came_back_and_was_resented(visits):
    """Winter light, Spring walk and June letter: 240 + 60 + 50 messages, of which 12 bounced for good and one was complained of."""
    at = fine(visits.open("reach"))
    shown = metrics(at)
    assert shown["Delivery rate"] == "96.6%"
    assert "3.4% came back, 3.4% for good" in titles(at)
    assert table(at, "Provider")["Sent"].tolist() == ["350"]
    assert "Too few e-mails to tell about complaints: 338 of 1,000" in titles(at)


def test_a_period_moves_the_numbers_of_reach(visits):
    at = fine(visits.open("reach", period="1m"))
    assert table(at, "Provider")["Sent"].tolist() == ["60"]
    assert "0.0% came back, 0.0% for good" in titles(at)


def test_what_was_not_drawn_by_lot_is_said_to_be(visits):
    said = text(fine(visits.open("reach")))
    assert said.count("Not drawn by lot") == 2
    assert "Inside a band arms were drawn by lot; between bands people differ." in said


def test_messages_per_guest_stand_beside_the_cap_and_only_planners_may_change_it(visits):
    at = fine(visits.open("reach"))
    assert "19 of 20 guests who were written to got 1 message at most" in titles(at)
    assert "60 guests were written to. The cap is 4 messages in 30 days; 0 guests got more in these 30 days." in text(at)
    assert "Change the cap" in text(at)
    assert "Change the cap" not in text(fine(visits.as_("group").open("reach")))


def test_hours_are_shown_from_a_hundred_messages_on(visits):
    """240 were sent on a Friday at ten; 60 and 50 at other hours are too few."""
    at = fine(visits.open("reach"))
    assert drawn(at, "times")["layout"]["yaxis"]["ticktext"] == ["10:00"]
    assert "Too few messages by weekday and hour to tell" in titles(at)
