"""What all campaigns say together: caused, not known, reported; and what limits it, each with its count."""
import datetime as dt
import math
from types import SimpleNamespace

import pandas as pd
import pytest

from crm_core.ui import campaigns_words as words

NAN = math.nan


def tile(value, low, high, few=False):
    return SimpleNamespace(value=value, low=low, high=high, few=few)


@pytest.mark.parametrize(("one", "held", "text"), [
    (tile(110, 60, 160), 3, "Together the campaigns caused about 110 bookings, between 60 and 160"),
    (tile(7, -30, 44), 3, "Together no effect is seen: −30 to +44 bookings"),
    (tile(-20, -31, -9), 3, "Together the campaigns cost bookings: about 20 fewer, between 9 and 31"),
    (tile(5, 1, 9, few=True), 3, "Too few people to tell what the campaigns caused together"),
    (tile(NAN, NAN, NAN), 0, "What the campaigns caused is not known")])
def test_the_sum_is_told_as_its_interval_allows(one, held, text):
    assert words.together(one, held) == text


def test_filters_that_change_nothing_are_told_where_they_are_set():
    plain, filtered = SimpleNamespace(channels=(), identified=False), SimpleNamespace(channels=("ota",), identified=False)
    assert words.unfiltered(plain) == ""
    assert words.unfiltered(filtered) == "Campaigns are written to people: the filters on channels and stays change nothing here."


def campaigns(*verdicts: str, **columns) -> pd.DataFrame:
    usual = {"campaign": "A", "cost": 1.0, "currency": "EUR", "contaminated": 0, "is_reported": 0, "lift": .01, "low": .005}
    return pd.DataFrame({"verdict": list(verdicts), **usual, **columns})


def test_campaigns_are_counted_by_verdict():
    found = campaigns("shown", "no_control", "no_control", "early")
    assert words.counted(found) == "4 campaigns: 1 lift shown, 1 too early and 2 effect not known"
    assert words.unknown_said(found) == "2 campaigns held nobody out: what they caused nobody can tell, and they are not part of this sum."
    assert words.table_title(found) == "1 campaign shows a lift, of 1 whose effect can be told"
    assert words.table_title(campaigns("not_shown", "few")) == "No campaign shows a lift; the effect of 1 of 2 can be told"


def test_the_largest_lift_is_named_only_beyond_chance():
    assert words.lifts_title(campaigns("shown")) == "“A” has the largest lift that is beyond chance: +1.0 pp"
    assert words.lifts_title(campaigns("not_shown", low=-.1)) == "No campaign shows a lift"


def test_cautions_are_told_with_their_counts_and_only_where_they_are():
    found = campaigns("shown", "no_control", cost=[1.0, NAN], currency=["EUR", None], contaminated=[2, 0])
    assert words.cautions(found, pd.DataFrame({"overlapping": [57]})) == [
        "1 campaign held nobody out: its effect is not known.", "1 campaign has no known cost: its return is not told.",
        "2 people held out were written to all the same: those effects are rather larger than told.",
        "57 people got another campaign in the same window. Both arms may, so the lift is fair, but it is the lift beside other campaigns."]
    assert words.cautions(campaigns("shown"), pd.DataFrame()) == []
    assert words.messages_said([{"early": 2}, {"early": 1}]) == ["3 events are dated before their message: clocks differ."]
    assert words.messages_said([{}]) == ["Every message belongs to a guest, went out once, and nothing happened to it before it was sent."]


def months() -> pd.DataFrame:
    """A quarter before mail programmes opened by themselves and one after: reported openings double, people's fall."""
    return pd.DataFrame({"month": [dt.date(2021, 4, 1), dt.date(2021, 5, 1), dt.date(2022, 1, 1)], "delivered": [600, 400, 1000], "openable": [600, 400, 500],
                         "reported": [100, 80, 340], "opened_human": [100, 80, 80], "machine_opened": [0, 0, 260], "clicked": [14, 10, 19]})


def test_reported_openings_rise_while_people_open_and_click_less():
    found = words.quarters(months())
    assert found["delivered"].tolist() == [1000, 1000]
    assert words.opens_title(found) == "Platforms report 26.0% opened; people opened 17.3%"
    assert words.opens_lines(found)[1] == ("Since September 2021 reported openings went from 18.0% to 34.0%; openings by people from 18.0% to 16.0%, "
                                           "clicks from 2.4% to 1.9%.")


def holdout(**over) -> dict:
    return {"verdict": "not_shown", "treated_n": 1270, "treated_booked": 199, "control_n": 121, "control_booked": 25, "lift": -.05, "low": -.133, "high": .016,
            "detectable": .12} | over


def test_the_holdout_of_all_campaigns_tells_both_groups():
    assert words.holdout_title(holdout()) == "All campaigns together: no effect seen"
    assert words.holdout_lines(holdout(), 1000) == [
        "Not held out: 15.7% booked (199 of 1,270). Held out: 20.7% booked (25 of 121).", "The lot is to hold out 10% of all guests.",
        "With so many people a lift of +12.0 pp or more could be seen."]
    assert words.holdout_title(holdout(verdict="no_control")) == "Nobody is held out of all campaigns"
    assert words.holdout_title(holdout(verdict="shown", lift=.02)) == "Campaigns lift bookings by +2.0 pp"
