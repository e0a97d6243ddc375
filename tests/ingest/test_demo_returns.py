"""Who comes back in the demo: what was planted is found again, and what was not planted only looks so (lessons L6, L7, L12)."""
import numpy as np
import pandas as pd
import pytest

from crm_core.stats import lifetime
from crm_core.stats.alerts import benjamini_hochberg
from crm_core.stats.survival import logrank
from tests.ingest import demo_stores

START, CUT, AS_OF = pd.Timestamp("2021-04-01"), pd.Timestamp("2024-04-01"), pd.Timestamp(demo_stores.AS_OF)
YEAR = 365
DIRECT = ("own_site", "phone")


@pytest.fixture(scope="module")
def group():
    """The group in full."""
    return demo_stores.group()


@pytest.fixture(scope="module")
def stays(group):
    """The stays that count, by person and arrival: hotel, kind of channel, EUR spent, review score (0: none), place among the person's stays,
    days to the next arrival (NaN: none)."""
    rows = group.frame("""
        SELECT s.id, s.profile_id, s.country, s.status, s.arrival_on, s.departure_on, p.code, c.kind, coalesce(r.score_bp, 0) / 1000 AS score,
               (s.room_revenue_minor + coalesce((SELECT sum(amount_minor) FROM charge WHERE stay_id = s.id), 0)) * coalesce(x.rate, 1) / 100 AS euro
        FROM stay s JOIN property p ON p.id = s.property_id JOIN channel c ON c.id = s.channel_id LEFT JOIN review r ON r.stay_id = s.id AND r.kind = 'review'
        LEFT JOIN exchange_rate x ON x.currency = s.currency AND x.from_on = substr(s.arrival_on, 1, 7) || '-01'
        WHERE s.status IN ('checked_out', 'in_house') AND s.departure_on > s.arrival_on""")
    rows = rows.assign(person=group.person_of_stay(rows), arrival=pd.to_datetime(rows.arrival_on), departure=pd.to_datetime(rows.departure_on))
    rows = rows.sort_values(["person", "arrival"], ignore_index=True)
    by = rows.groupby("person")
    return rows.assign(place=by.cumcount(), gap=(by.arrival.shift(-1) - rows.departure).dt.days)


@pytest.fixture(scope="module")
def first(stays):
    """Each person's first stay; `time` and `returned` for a curve, and whether the person was back in the first 12 months."""
    rows = stays[(stays.place == 0) & (stays.departure < AS_OF)]
    waited = (AS_OF - rows.departure).dt.days
    return rows.assign(time=rows.gap.fillna(waited).clip(lower=0), returned=rows.gap.notna(), waited=waited, back=rows.gap <= YEAR)


@pytest.fixture(scope="module")
def mature(first):
    """The first stays that lie 12 months back."""
    return first[first.waited >= YEAR]


def histories(stays: pd.DataFrame) -> pd.DataFrame:
    """x, t_x and T in days at the cut of every guest of these stays, and how many stays followed in the year after it."""
    before = stays[stays.departure < CUT].groupby("person").departure.agg(["size", "min", "max"])
    after = stays[(stays.departure >= CUT) & (stays.departure < AS_OF)].groupby("person").size()
    return pd.DataFrame({"x": before["size"] - 1, "t_x": (before["max"] - before["min"]).dt.days, "T": (CUT - before["min"]).dt.days,
                         "actual": after.reindex(before.index).fillna(0)})


def p_of_difference(back: int, n: int, others_back: int, others: int) -> float:
    """Two-sided p of two shares alike: z with the pooled share."""
    from scipy.special import erfc

    share = (back + others_back) / (n + others)
    return float(erfc(abs(back / n - others_back / others) / np.sqrt(share * (1 - share) * (1 / n + 1 / others)) / np.sqrt(2)))


# --- own rhythms, and the end of them ----------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["all", "ADD", "EVN", "LIS", "GAL", "KAN"])
def test_three_years_foretell_the_fourth(stays, code):
    guests = histories(stays if code == "all" else stays[stays.code == code])
    model = lifetime.fit("mbgnbd", guests.x, guests.t_x, guests["T"])
    held = lifetime.backtest(model, guests.x, guests.t_x, guests["T"], guests.actual, YEAR)
    assert abs(held.error) <= .25
    assert abs(held.mean_predicted - held.observed) <= .03
    assert held.passed


def test_regulars_come_in_a_rhythm_of_their_own(stays):
    gaps = stays[stays.gap.notna()].assign(days=lambda rows: rows.gap + 2).groupby("person").days.agg(["size", "mean", "std"])
    often = gaps[gaps["size"] >= 6]
    assert (often["std"] / often["mean"]).median() == pytest.approx(.58, abs=.08)
    low, high = often["mean"].quantile([.1, .9])
    assert high > 3 * low


def test_many_regulars_have_stopped_and_their_silence_says_so(stays):
    gaps = stays.groupby("person").agg(stays=("place", "size"), mean=("gap", "mean"), last=("departure", "max"))
    regular = gaps[gaps.stays >= 6]
    late = (AS_OF - regular["last"]).dt.days > 3 * regular["mean"]
    assert late.mean() == pytest.approx(.27, abs=.08)
    while_active = stays.gap / stays.person.map(regular["mean"])
    assert (while_active.dropna() > 3).mean() < .03


def test_a_quarter_of_those_who_return_come_in_the_season_of_their_first_stay(stays, first):
    second = first[first.returned]
    weeks = second.gap // 7
    season = weeks.between(47, 51)
    beside = (weeks.between(42, 46).sum() + weeks.between(53, 57).sum()) / 2
    planted = .25 * (1 - np.exp(-12 / 16)) * .34 * (first.waited >= 364).sum()
    assert season.sum() - beside == pytest.approx(planted, rel=.2)


# --- what goes with coming back ------------------------------------------------------------------------------------------
def test_who_books_direct_or_through_a_company_returns_more_often_than_agency_guests(first, mature):
    back = mature.assign(kind=mature.kind.replace(dict.fromkeys(DIRECT, "direct"))).groupby("kind").back.mean()
    assert back["direct"] == pytest.approx(.23, abs=.02)
    assert back["corporate"] == pytest.approx(.23, abs=.03)
    assert back["ota"] == pytest.approx(.145, abs=.015)
    assert mature.back.mean() == pytest.approx(.179, abs=.006)
    curves = [(rows.time, rows.returned, None) for _, rows in first.groupby(first.kind.isin(DIRECT))]
    assert logrank(curves)[2] < 1e-6


def test_a_poor_first_stay_brings_half_as_many_guests_back(first, mature):
    scored = mature[mature.score > 0]
    back = scored.groupby(pd.cut(scored.score, [0, 6, 8, 10], labels=["low", "middle", "high"]), observed=True).back.mean()
    assert back["low"] == pytest.approx(.10, abs=.03)
    assert back["high"] == pytest.approx(.22, abs=.03)
    assert back["low"] < back["middle"] < back["high"]
    told = first[first.score > 0]
    assert logrank([(rows.time, rows.returned, None) for _, rows in told.groupby(told.score > 6)])[2] < 1e-6


def test_guests_differ_in_what_they_spend_and_not_by_how_often_they_come(stays):
    again = stays[(stays.place > 0) & (stays.departure < AS_OF)].groupby("person").euro.agg(["size", "mean", "var"])
    spend = lifetime.fit_spend(again["size"], again["mean"])
    assert spend.is_independent
    assert abs(spend.correlation) < .1
    often = again[again["size"] >= 4]
    own = often["mean"].var() - (often["var"] / often["size"]).mean()
    assert own / (own + often["var"].mean()) == pytest.approx(.28, abs=.08)


# --- lessons -------------------------------------------------------------------------------------------------------------
def test_young_cohorts_look_lost_until_everyone_has_had_the_same_time(first, mature):
    """Lesson L7: the naive share counts who ever returned, the honest one who returned within 12 months."""
    cohort = (first.departure - START).dt.days // YEAR
    naive = first.returned.groupby(cohort).mean()
    assert naive.loc[:3].tolist() == pytest.approx([.31, .28, .22, .08], abs=.02)
    honest = mature.back.groupby(cohort[mature.index]).mean().loc[:2]
    assert honest.max() - honest.min() < .03
    assert logrank([(rows.time, rows.returned, None) for _, rows in first.groupby(cohort.clip(upper=3))])[2] > .05


def test_one_country_of_thirty_looks_loyal_and_none_is(mature):
    """Lesson L12: the naive look finds a country below .05, the honest one corrects for having looked at thirty."""
    known = mature[mature.country.notna()].groupby("country").back.agg(["sum", "size"]).sort_values("size", ascending=False)
    back, n = known["sum"].sum(), known["size"].sum()
    p = np.array([p_of_difference(one["sum"], one["size"], back - one["sum"], n - one["size"]) for _, one in known.head(30).iterrows()])
    assert (p < .05).sum() == 1
    assert .01 < p.min() < .04
    assert not benjamini_hochberg(p, .10).any()
    assert not benjamini_hochberg(p, .20).any()


def test_most_of_what_members_spend_more_is_who_joins(group, stays):
    """Lesson L6: the naive gap is mostly selection; among guests with as many stays before, the card's twelve percent is left."""
    joined = group.frame("SELECT profile_id, enrolled_on FROM membership")
    joined = joined.assign(person=joined.profile_id.map(group.persons)).set_index("person").enrolled_on
    guests = histories(stays).assign(spent=stays[stays.departure >= CUT].groupby("person").euro.sum()).fillna({"spent": 0})
    member = pd.Series(guests.index.map(joined) < "2024-04-01", guests.index)
    by = guests.groupby([guests.x.clip(upper=9), member]).spent.agg(["mean", "var", "size"]).unstack()
    weight = by["size"][True] / by["size"][True].sum()
    naive = guests.spent[member].mean() - guests.spent[~member].mean()
    honest = (weight * (by["mean"][True] - by["mean"][False])).sum()
    error = np.sqrt((weight**2 * (by["var"] / by["size"]).sum(axis=1)).sum())
    true = guests.spent[member].mean() * .12 / 1.12
    assert naive > 5 * true
    assert abs(honest - true) < 1.96 * error
    assert honest + 1.96 * error < naive / 2
