"""Houses of which little can be foretold: nothing fails, no figure makes no sense, and a sentence says what is missing."""
import re

import numpy as np
import pytest

from crm_core import queries
from crm_core import settings as settings_
from crm_core.metrics import CATALOGUE
from crm_core.queries.retention import MEASURES
from crm_core.refresh import refresh
from crm_core.store import record, warehouse
from tests.hotel import AS_OF
from tests.odd_houses import ODD, settle
from tests.pages.visiting import Visits, everything, fine
from tests.returning import view
from tests.simulated import open_house

PAGES = ("retention", "value", "at_risk", "guest")
ASKED = [
    *[("cohorts", {"measure": measure}) for measure in MEASURES], *[(name, {"by": "spend"}) for name in ("return_curves", "return_groups")],
    ("value_by", {"by": "way"}), ("value_by", {"by": "cohort"}), ("risk_list", {}),
    *[(name, {}) for name in ("return_hazards", "gaps", "return_limits", "value_summary", "value_map", "value_guests", "concentration", "recency_table",
                              "guest_models", "forecast_deciles", "risk_total", "list_outcomes")],
    ("value_summary", {"years": 1, "discount_bp": 0, "margin_bp": 10_000}), ("guest_outlook", {"guest": 1}),
    ("cohort_guests", {"start": AS_OF.replace(year=2020), "end": AS_OF, "months": 36}),
]  # fmt: skip
SHARES = {"share", "year", "two", "chance", "foretold", "low", "high", "year_low", "year_high", "two_low", "two_high"}
OF_SHARES = {"return_curves", "return_groups", "recency_table", "forecast_deciles", "concentration"}
KEYS = tuple(key for key, k in CATALOGUE.items() if k.number in ("28", "29", "29a", "29b", "30", "31", "31a", "32", "33", "33a", "36", "25", "26", "27"))
# What a page must say of a house; a page that is not named has something to show.
SAID = {
    "thirty_guests": {"value": "30 guests with 18 repeat stays are too few to foretell from: 500 and 100 are needed. Counts are shown, no forecast.",
                      "retention": "Too few to tell: no group has 50 stays and a year behind it.", "at_risk": "the page Guest value says why"},
    "one_cohort": {"value": "No lifetime model fits these guests' stays: they come too unlike what it assumes. Counts are shown, no forecast.",
                   "retention": "12-month return is 19%", "at_risk": "the page Guest value says why"},
    "nobody_twice": {"value": "600 guests with 0 repeat stays are too few to foretell from", "retention": "Too few to tell: 0 returns so far, 30 are needed.",
                     "at_risk": "the page Guest value says why"},
    "everybody_twice": {"value": "No lifetime model fits these guests' stays", "retention": "after later ones –", "at_risk": "the page Guest value says why"},
    "one_with_900_stays": {"value": "we would have said", "at_risk": "valuable guests are late against their own rhythm"},
    "all_on_one_day": {"value": "600 guests with 0 repeat stays are too few", "retention": "12-month return is 0%", "at_risk": "the page Guest value says why"},
    "nothing_but_bookings": {"value": "0 guests with 0 repeat stays are too few", "retention": "No guest with a stay is known yet.",
                             "at_risk": "the page Guest value says why"},
    "for_nothing": {"value": "What guests are worth, by tenth", "at_risk": "No valuable guest is late against their own rhythm", "guest": "€0 margin"},
    "for_less_than_nothing": {"value": "What guests are worth, by tenth", "at_risk": "No valuable guest is late against their own rhythm",
                              "guest": "−€5 margin over three years"},
    "without_a_rate": {"value": "No forecast is shown for these guests.", "at_risk": "No valuable guest is late against their own rhythm"},
}  # fmt: skip
NONSENSE = re.compile(r"(?<![\w.])(?:nan|NaN|-?inf|-?Infinity|NaT|<NA>)(?!\w)")


@pytest.fixture(scope="module", params=ODD)
def odd(request, tmp_path_factory):
    """The name of an odd house, and the settings of its store."""
    settings = settings_.at(tmp_path_factory.mktemp(request.param))
    hotel = open_house(record.open_store(settings))
    settle(hotel, request.param)
    refresh(settings)
    hotel.store.engine.dispose()
    return request.param, settings


def test_every_question_has_an_answer_that_makes_sense(odd):
    name, settings = odd
    shown, scope = warehouse.current(settings), view((1,), chain=(1,))
    for question, params in ASKED:
        found = queries.run(shown, scope, question, **params)
        numbers = found.select_dtypes("number").astype(float)
        assert not np.isinf(numbers).any().any(), (question, params)
        for column in (c for c in found.columns if c.endswith("_ppm") or (question in OF_SHARES and c in SHARES)):
            told = found[column].dropna().astype(float)
            assert told.between(0, np.inf if column == "expected_ppm" else 1e6 if column.endswith("_ppm") else 1).all(), (question, params, column)
    assert queries.run(shown, scope, "risk_total").at[0, "guests"] == len(queries.run(shown, scope, "risk_list", limit=9999))
    assert name in SAID


def test_every_figure_makes_sense(odd):
    _, settings = odd
    found = queries.run(warehouse.current(settings), view((1,), chain=(1,)), "kpi_values", keys=KEYS)
    numbers = found[["value", "n", "low", "high"]].astype(float)
    assert not np.isinf(numbers).any().any()
    told = found[~found["few"].astype(bool) & found["value"].notna() & found["low"].notna() & found["high"].notna()]
    assert (told["low"] <= told["value"] + 1e-9).all()
    assert (told["value"] <= told["high"] + 1e-9).all()
    shares = told.loc[told["key"].isin([key for key in KEYS if CATALOGUE[key].unit == "share" and key != "backtest_error"]), ["value", "low", "high"]]
    assert ((shares >= 0) & (shares <= 1)).all().all()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_what_is_missing_and_nothing_that_makes_no_sense(monkeypatch, odd, page):
    name, settings = odd
    at = fine(Visits(monkeypatch, settings).open(page, **({"guest": "1"} if page == "guest" else {})))
    text = everything(at).replace("\\", "")
    assert not NONSENSE.search(text), NONSENSE.search(text)
    assert "None" not in " ".join(element.value for element in (*at.markdown, *at.metric, *at.caption))
    assert SAID[name].get(page, "") in text
    assert len(at.header) == 1
