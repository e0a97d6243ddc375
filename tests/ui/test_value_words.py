"""What the Value page says in words: what the best tenth holds, how the forecast did, and why there may be none."""
import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from crm_core.marts import guest_models
from crm_core.queries.value import ACQUIRED_BY, BANDS, TIERS
from crm_core.stats.lifetime import holdout
from crm_core.ui import value, value_words

MODEL = pd.Series({"property_id": 1, "kind": "own", "why": "passed", "speaker_why": "", "guests": 1200, "repeats": 300, "predicted": 1240.4,
                   "predicted_low": 1130.2, "predicted_high": 1350.1, "actual": 1305, "mean_predicted": 0.21, "observed": 0.262, "tested": 900,
                   "cut_on": dt.date(2024, 4, 1)}, dtype=object)
UNTOLD = dict.fromkeys(("predicted", "predicted_low", "predicted_high", "actual", "mean_predicted", "observed"), np.nan)


def model(**values) -> pd.Series:
    return pd.Series({**MODEL.to_dict(), **values}, dtype=object)


def test_the_forecast_is_told_as_one_would_have_told_it():
    assert value_words.came_true(MODEL) == "For 1 Apr 2024 – 31 Mar 2025 we would have said 1,240 stays (1,130 to 1,350); 1,305 came."


@pytest.mark.parametrize(("values", "said"), [
    ({}, ""),
    ({"kind": "group"}, ""),
    ({"why": "untested", **UNTOLD}, "Nobody could test this forecast yet: that needs a year more of history. It is shown without intervals."),
    ({"kind": "group", "why": "untested", **UNTOLD}, "Nobody could test this forecast yet: that needs a year more of history. It is shown without intervals."),
    ({"kind": "none", "why": "few", "guests": 30, "repeats": 4, **UNTOLD},
     "30 guests with 4 repeat stays are too few to foretell from: 500 and 100 are needed. Counts are shown, no forecast."),
    ({"kind": "none", "why": "not_converged", **UNTOLD},
     "No lifetime model fits these guests' stays: they come too unlike what it assumes. Counts are shown, no forecast."),
    ({"kind": "rule", "why": "not_converged", **UNTOLD},
     "No lifetime model fits these guests' stays: they come too unlike what it assumes. "
     "What is shown instead is simpler: how many came within the last year of those who had stayed as often and as lately."),
    ({"kind": "rule", "why": "biased"},
     "The forecast failed its test: a year ago it would have said 1,240 stays, and 1,305 came. "
     "What is shown instead is simpler: how many came within the last year of those who had stayed as often and as lately."),
    ({"kind": "rule", "why": "miscalibrated"},
     "The forecast failed its test: it said that 21.0% of the guests would come within the year, and 26.2% came. "
     "What is shown instead is simpler: how many came within the last year of those who had stayed as often and as lately."),
], ids=lambda v: f"{v.get('kind', 'own')} {v.get('why', '')}" if isinstance(v, dict) else None)  # fmt: skip
def test_it_is_said_why_there_is_no_forecast_and_what_is_shown_instead(values, said):
    assert value_words.why_not(model(**values)) == said


def test_every_reason_has_its_words():
    assert set(value_words.WHY) == {holdout.FEW, holdout.NOT_CONVERGED, holdout.BIASED, holdout.MISCALIBRATED, guest_models.UNTESTED}


@pytest.mark.parametrize(("why", "said"), [
    ("used", "Chances to come within 12 months are from the learnt model: on last year's guests it beat the lifetime model."),
    ("auc", "Chances are from the lifetime model: the learnt one ranked last year's guests no better."),
    ("brier", "Chances are from the lifetime model: the learnt one was further from what came last year."),
    ("drift", "Chances are from the lifetime model: the learnt one had drifted from what came last year."),
    ("few", "Chances are from the lifetime model."), ("", "Chances are from the lifetime model."),
])  # fmt: skip
def test_it_is_said_who_says_how_likely_a_guest_comes(why, said):
    assert value_words.speaker(model(speaker_why=why)) == said


# --- titles -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("deciles", "title"), [
    ({10: 410, 9: 300, 1: 290}, "The best tenth of the guests holds 41% of the value"), ({9: 5}, "What guests are worth, by tenth"),
    ({}, "What guests are worth, by tenth"), ({10: 0, 9: 0}, "What guests are worth, by tenth"),
    ({10: math.nan, 9: math.nan}, "What guests are worth, by tenth"),
])  # fmt: skip
def test_the_best_tenth_is_told_as_a_share(deciles, title):
    assert value_words.top_title(pd.DataFrame({"decile": list(deciles), "value": list(deciles.values())}, dtype=float)) == title


def groups(*rows: tuple[int, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["guests", "mean", "low", "high"])


@pytest.mark.parametrize(("found", "title"), [
    (groups((100, 900, 800, 1000), (100, 300, 250, 350)), "Direct: guests are worth 3.0 times those of Agency"),
    (groups((100, 900, 300, 1500), (100, 300, 250, 350)), "Value by first stay: no difference beyond noise"),
    (groups((100, 900, 800, 1000)), "Value by first stay"),
    (groups((4, 900, 800, 1000), (100, 300, 250, 350)), "Value by first stay"),  # fewer than a twentieth of the guests are no title
    (groups((100, 900, 800, 1000), (100, 0, 0, 0)), "Value by first stay"),  # nothing is a multiple of nothing
    (groups((100, 900, 800, 1000), (100, -50, -60, -40)), "Value by first stay"),
    (groups(), "Value by first stay"),
])  # fmt: skip
def test_groups_are_a_finding_only_where_their_intervals_are_apart(found, title):
    assert value_words.margin_title(found, ["Direct", "Agency"][: len(found)]) == title


def test_every_tier_band_and_split_has_its_name():
    assert tuple(value_words.TIERS) == TIERS
    assert tuple(value_words.BANDS) == tuple(value.CHANCES) == tuple(name for _, name in BANDS)
    assert set(value.BY) == set(ACQUIRED_BY)
