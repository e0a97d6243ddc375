"""What the cards of groups say: a finding where there is one, else the plain name; and the rules in words are those that count."""
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from crm_core.marts import rfm
from crm_core.metrics import metric
from crm_core.queries.groups import STANDINGS
from crm_core.rule import Condition, Segment
from crm_core.stats.alerts import adjusted
from crm_core.ui import groups, kind_words

FIRST = dt.date(2024, 4, 1)


def grid(*cells) -> pd.DataFrame:
    """Cells of the query rfm_cells: recency, frequency, group, guests, spend of 36 months."""
    frame = pd.DataFrame(cells, columns=["recency", "frequency", "rfm", "guests", "recent_spend"])
    return frame.assign(spend=frame["recent_spend"], returns=frame["guests"] * 0.5, foretold=frame["guests"], reachable=1)


# --- recency and frequency ------------------------------------------------------------------------------------------------
def test_the_rules_in_words_are_those_that_count():
    """The texts name 180 and 365 days, 1, 2, 3 and 5 stays, and 36 months: with other windows they have to be written anew."""
    assert rfm.RECENCY == ((90, 5), (180, 4), (365, 3), (730, 2))
    assert rfm.FREQUENCY == ((9, 5), (5, 4), (3, 3), (2, 2))
    assert rfm.WINDOW == 36 * 365 // 12
    assert tuple(kind_words.RULES) == rfm.GROUPS
    assert list(kind_words.RECENCIES) == list(kind_words.FREQUENCIES) == [5, 4, 3, 2, 1]


def test_cells_add_up_to_groups_and_a_group_without_guests_is_there():
    counted = groups.counted(grid((5, 5, "champion", 2, 300), (5, 4, "champion", 3, 100), (1, 1, "lost", 5, 100)))
    assert counted.index.tolist() == list(rfm.GROUPS)
    assert counted.loc["champion", ["guests", "recent_spend", "returns", "reachable"]].tolist() == [5, 400, 2.5, 2]
    assert counted.loc["loyal"].tolist() == [0] * 6


def test_spend_without_a_rate_leaves_the_group_blank():
    assert np.isnan(groups.counted(grid((5, 5, "champion", 2, 300), (5, 4, "champion", 1, np.nan))).loc["champion", "recent_spend"])


def test_the_title_says_what_the_best_two_groups_bring():
    counted = groups.counted(grid((5, 5, "champion", 2, 300), (3, 3, "loyal", 3, 100), (1, 1, "lost", 5, 400)))
    assert kind_words.rfm_title(counted) == "Champions and loyal guests are 50% of all and bring 50% of the spend"
    assert kind_words.rfm_title(counted.assign(recent_spend=np.nan)) == "Guests by how lately and how often they stayed"


# --- tiers, patterns, clusters ----------------------------------------------------------------------------------------------
def test_tiers_are_told_by_value_or_where_no_model_speaks_by_spend():
    tiers = pd.DataFrame({"guests": [1, 2], "value": [75.0, 25.0], "recent_spend": [10, 30]}, index=["top", "base"])
    assert kind_words.tiers_title(tiers) == "The best tenth of the guests holds 75% of the value"
    assert kind_words.tiers_title(tiers.assign(value=np.nan)) == "The best tenth of the guests brought 25% of the spend"
    assert kind_words.tiers_title(tiers.drop("top")) == "Guests by value"


def seasons(**purposes) -> pd.DataFrame:
    names = ("spring", "summer", "autumn", "winter", "mixed")
    return pd.DataFrame([(p, s, n) for p, counts in purposes.items() for s, n in zip(names, counts)], columns=["purpose", "season", "guests"])


def test_a_purpose_that_keeps_to_a_season_is_named_beside_all_others():
    found = seasons(leisure=(50, 200, 50, 50, 50), business=(100, 100, 100, 100, 100))
    assert kind_words.patterns_title(found) == "Leisure, summer: 57% of those with a season, 25% of all others"


def test_where_seasons_are_alike_or_guests_few_no_purpose_is_named():
    plain = "No purpose keeps to a season more than the others"
    assert kind_words.patterns_title(seasons(leisure=(100, 101, 99, 100, 100), business=(100, 99, 101, 100, 100))) == plain
    assert kind_words.patterns_title(seasons(leisure=(0, 20, 0, 0, 0), business=(100, 100, 100, 100, 100))) == plain
    assert kind_words.patterns_title(seasons(leisure=(100, 100, 100, 100, 400), business=(100, 100, 100, 100, 0))) == plain
    assert kind_words.patterns_title(seasons(leisure=(100, 100, 100, 100, 100))) == plain
    assert kind_words.patterns_title(seasons(leisure=(0, 0, 0, 0, 100)).tail(1)) == plain


def test_a_cluster_is_named_by_its_two_most_deviant_features():
    assert kind_words.cluster_name([["stays", "+"], ["nights_per_stay", "-"]]) == "Many stays and short stays"
    assert kind_words.cluster_name([["silent_days", "+"]]) == "Long silent"


def test_every_reason_for_no_clusters_is_a_sentence_with_its_numbers():
    stable = {"stability": {"3": 0.62, "5": 0.951}}
    assert kind_words.no_clusters({"why": "few"}) == "Fewer than 500 guests: too few to look for kinds of guests."
    assert "do not differ enough" in kind_words.no_clusters({"why": "alike"})
    assert "agreement 0.95, 0.80 needed" in kind_words.no_clusters({"why": "unstable"} | stable)
    assert "into 5 parts that come back in every sample (agreement 0.95)" in kind_words.no_clusters({"why": "cloud"} | stable)
    assert kind_words.no_clusters({}) == kind_words.no_clusters({"why": "few"})


# --- moves ------------------------------------------------------------------------------------------------------------------
FLOWS = pd.DataFrame([("champion", "champion", 5), ("champion", "at_risk", 2), ("loyal", "cooling", 4), ("loyal", "champion", 1), ("new", "recent", 9)],
                     columns=["before", "now", "guests"])


def test_the_title_counts_the_best_guests_who_slipped_away():
    assert kind_words.moves_title(FLOWS, "rfm", FIRST) == "6 of 12 champions and loyal guests of 1 Apr 2024 have slipped away"
    named = [row.guests for row in FLOWS.itertuples() if kind_words.slipped("rfm", row.before, row.now)]
    assert sum(named) == 6


def test_without_a_champion_then_the_title_names_the_measure():
    assert kind_words.moves_title(FLOWS.tail(1), "rfm", FIRST) == "How guests moved between groups"


def test_of_the_fifths_the_top_one_is_told():
    flows = pd.DataFrame([("fifth_5", "fifth_5", 8), ("fifth_5", "none", 1), ("fifth_5", "fifth_3", 3), ("fifth_4", "fifth_5", 7)], columns=FLOWS.columns)
    assert kind_words.moves_title(flows, "spend", FIRST) == "4 of 12 guests of the top fifth on 1 Apr 2024 have fallen out of it"
    assert [kind_words.slipped("spend", *pair) for pair in zip(flows["before"], flows["now"])] == [False, True, True, False]


# --- comparing ----------------------------------------------------------------------------------------------------------------
def compared(*p: float) -> pd.DataFrame:
    return pd.DataFrame({"p": p, "q": adjusted(p), "difference": np.linspace(0.1, -0.1, len(p)), "few": np.isnan(p)})


def test_one_of_thirty_is_no_finding():
    """Lesson L12: p of .02 among thirty is .60 after correction."""
    found = compared(0.02, *np.linspace(0.1, 0.9, 29))
    assert kind_words.compare_title(metric("return_rate_12m"), found, ["BE"] * 30, ["20%"] * 30) == "No group differs from the others beyond chance"
    assert kind_words.scan(found) == ("30 compared: at 5%, chance alone makes about 1.5 look different; here 1. After correction for so many looks: none of them.")


def test_what_stays_after_correction_is_named_with_its_value():
    k = metric("return_rate_12m")
    assert kind_words.compare_title(k, compared(0.5, 0.001, 0.6), ["A", "B", "C"], ["1%", "2%", "3%"]) == "B stands out: 2%"
    assert kind_words.compare_title(k, compared(0.002, 0.001, 0.6), ["A", "B", "C"], ["1%", "2%", "3%"]) == (
        "2 of 3 groups differ from the others, B most clearly: 2%")


def test_without_a_group_that_is_large_enough_nothing_is_judged():
    found = compared(np.nan, np.nan)
    assert kind_words.compare_title(metric("adr"), found, ["A", "B"], ["", ""]) == "Average daily rate, by group"
    assert kind_words.scan(found) == "Too few to tell: no group has 30 cases with as many among the others."
    assert kind_words.scan(found.assign(few=False)) == "Of no group is the figure known beside that of the others."


def test_a_sum_is_named_per_guest():
    assert kind_words.kpi_name(metric("room_revenue")) == "Room revenue per guest"
    assert kind_words.kpi_name(metric("adr")) == "Average daily rate"


@pytest.mark.parametrize(("by", "group", "name"), [
    ("country", "PT", "Portugal"), ("rfm", "at_risk", "At risk"), ("tier", "top", "Best tenth"), ("purpose", "business", "Business"),
    ("season", "summer", "Summer"), ("party", "couple", "Couple"), ("cluster", 2, "Cluster 2")])
def test_a_group_has_its_name(by, group, name):
    assert kind_words.group_name(by, group) == name
    assert by in (*STANDINGS, "country")


def test_a_segment_bears_the_name_under_which_it_was_saved():
    assert kind_words.group_name("segment", 0, (Segment(Condition("member", "yes"), "Regulars"),)) == "Regulars"
