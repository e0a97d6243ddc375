"""A decision's figure is read in its own days, properties and filters, and not at all where these are gone."""
import datetime as dt
import json

import pytest

from crm_core.reports.outcomes import Came, outcome
from crm_core.views import View


def decision(kpi: str, properties=(1, 2), **params) -> dict:
    return {"kpi": kpi, "properties": json.dumps(properties), "page": "value", "params": json.dumps(params), "view": View("value", params),
            "from_on": dt.date(2025, 3, 1), "due_on": dt.date(2025, 4, 1)}


@pytest.mark.parametrize(("asked", "nights"), [
    ({}, 9), ({"who": "guests"}, 8), ({"properties": (2,)}, 2), ({"properties": (1, 2), "channels": "corporate"}, 2), ({"period": "3m"}, 9)])
def test_room_nights_of_march(src, asked, nights):
    assert outcome(src, decision("rooms_sold", **asked)) == Came(nights, None, None, nights)


def test_too_few_cases_are_read_as_too_few_with_how_many_there_were(src):
    assert outcome(src, decision("repeat_ratio_guests")) == Came(None, None, None, 2)


def test_a_figure_that_stands_as_it_is_is_read_as_it_stands(src):
    assert outcome(src, decision("past_spend")).value == 100_000


@pytest.mark.parametrize("gone", [decision("rooms_sold", among="7"), decision("rooms_sold", channels="fax"), decision("rooms_sold", (1, 3)), decision("mood")])
def test_what_is_gone_is_not_read_as_something_else(src, gone):
    with pytest.raises(ValueError, match=r"7|fax|rooms_sold|mood"):
        outcome(src, gone)


def test_a_page_that_is_gone_does_not_matter_to_a_figure(src):
    row = decision("rooms_sold")
    assert outcome(src, row | {"view": View("cockpit", {"kpi": "mood"}), "page": "cockpit", "params": '{"kpi": "mood"}'}).value == 9
