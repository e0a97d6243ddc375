"""Hotels give sums without a name, a pool tells of all of them and of none, and one's own value is held against it with its uncertainty."""

import datetime as dt
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats.mstats import hdquantiles

from crm_core.association.benchmarks import (
    BadBenchmark,
    BadContribution,
    Benchmark,
    Contribution,
    Line,
    contribution,
    dumps,
    form,
    index,
    loads,
    parse,
    pool,
    pseudonym,
    reference,
)
from crm_core.association.pooling import pooled_ratio
from crm_core.metrics import CATALOGUE

D = dt.date
YEAR = {"from_on": D(2025, 1, 1), "to_on": D(2026, 1, 1)}
MADE = D(2026, 1, 15)
FOUR = [(30, 100), (45, 100), (20, 50), (60, 150)]


def line(x, y, *, key="nps", unit="points", n=40, guests=40):
    return Line(key, unit, x, y, n, guests)


def given_by(number, *lines, currency="EUR", **period):
    return Contribution(f"{number:016x}", **{**YEAR, **period}, currency=currency, lines=lines)


def hotels(pairs, **kind):
    return [given_by(number, line(x, y, **kind)) for number, (x, y) in enumerate(pairs)]


# --- what one hotel gives ------------------------------------------------------------------------------------------------
def test_a_figure_of_fewer_than_five_guests_stays_at_home_and_so_does_what_is_no_ratio():
    rows = [line(1, 2, key="nps", guests=4), line(1, 2, key="adr", guests=5), line(7, 0, key="occupancy"), line(float("nan"), 3, key="revpar")]
    given_, withheld = contribution(rows, code=pseudonym(), currency="EUR", **YEAR)
    assert [one.key for one in given_.lines] == ["adr"]
    assert withheld == (("nps", "fewer than 5 guests stand behind it"),
                        ("occupancy", "it has no numerator and denominator that several hotels could add up"),
                        ("revpar", "it has no numerator and denominator that several hotels could add up"))  # fmt: skip


@pytest.mark.parametrize("name", ["Grand Hotel", "", "ABCDEF0123456789", "0123456789abcde"])
def test_a_contribution_cannot_go_under_a_name(name):
    with pytest.raises(ValueError, match="never under a name"):
        Contribution(name, **YEAR, currency="EUR", lines=())


def test_pseudonyms_are_random():
    assert len({given_by(0, line(1, 2)).code, *(pseudonym() for _ in range(50))}) == 51


def test_the_file_of_a_contribution_holds_its_sums_and_nothing_else():
    given_ = given_by(1, line(30, 100))
    assert loads(dumps(given_)) == loads(dumps(given_).encode()) == given_
    assert json.loads(dumps(given_)) == {
        "format": "innsight-contribution", "version": 1, "code": "0000000000000001", "from_on": "2025-01-01", "to_on": "2026-01-01", "currency": "EUR",
        "lines": [{"key": "nps", "unit": "points", "numerator": 30, "denominator": 100, "n": 40, "guests": 40}]}  # fmt: skip


@pytest.mark.parametrize("change, sentence", [
    ({"hotel": "Grand"}, "April.json, “hotel”: this is not known here."),
    ({"code": "Grand Hotel"}, "April.json, “code”: a contribution goes under a random pseudonym and never under a name."),
    ({"to_on": "2025-01-01"}, "April.json, “to_on”: the period ends before it begins."),
    ({"currency": "eur"}, "April.json, “currency”: write a currency as three letters, such as EUR."),
    ({"lines": []}, "April.json, “lines”: there are 0 entries, and 1 to 200 are possible."),
    ({"format": "innsight-lessons"}, "April.json: this is no contribution to a benchmark."),
    ({"version": 2}, "April.json: it was written by another version of the program.")])  # fmt: skip
def test_a_file_that_is_no_contribution_is_refused_with_its_name(change, sentence):
    with pytest.raises(BadContribution) as problem:
        loads(json.dumps(json.loads(dumps(given_by(1, line(30, 100)))) | change), "April.json")
    assert problem.value.problems[0].startswith(sentence)


@pytest.mark.parametrize("change, sentence", [
    ({"guests": 4}, "“guests”: a whole number from 5"), ({"denominator": 0}, "“denominator”: a figure without a denominator cannot be pooled"),
    ({"numerator": "30"}, "“numerator”: a number from"), ({"name": "Grand"}, "“name”: this is not known here.")])  # fmt: skip
def test_a_line_that_tells_too_much_or_nothing_is_refused(change, sentence):
    said = json.loads(dumps(given_by(1, line(30, 100))))
    said["lines"][0] |= change
    with pytest.raises(BadContribution) as problem:
        loads(json.dumps(said), "April.json")
    assert problem.value.problems[0].startswith(f"April.json, line 1, {sentence}")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b'{"format": NaN}', b"[" * 100_000, b"[" * 100_000 + b"]" * 100_000, b"1" * 10_000, b"null", b'"\\ud800"'])
def test_a_damaged_file_is_refused_in_words(data):
    with pytest.raises(BadContribution, match=r"no complete JSON file|no contribution"):
        loads(data)


# --- the pool --------------------------------------------------------------------------------------------------------------
def test_a_pool_is_the_ratio_of_the_sums_with_the_interval_between_hotels():
    found = pool(hotels(FOUR, key="occupancy", unit="share"), "Lantern", MADE)
    assert found.refused == ()
    assert found.benchmarks == (
        Benchmark("Lantern", "occupancy", D(2025, 1, 1), D(2026, 1, 1), "", 0.3875, 0.2871, 0.4879, *quartiles(FOUR), 4, 160, 3800,
                  "Lantern, 2026-01-15", "pooled"),)  # fmt: skip


def quartiles(pairs):
    return (float(f"{one:.3g}") for one in hdquantiles([x / y for x, y in pairs], [0.25, 0.75]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 10**6)), min_size=4, max_size=12))
def test_whatever_is_pooled_is_the_ratio_of_its_sums_or_refused_for_a_hotel_above_half(drawn):
    found = pool([given_by(at, line(x, y, n=n)) for at, (x, y, n) in enumerate(drawn)], "Set", MADE)
    total = sum(y for _, y, _ in drawn)
    is_too_large = max(y for _, y, _ in drawn) > total / 2
    assert (len(found.benchmarks), len(found.refused)) == ((0, 1) if is_too_large else (1, 0))
    for one in found.benchmarks:
        assert one.value == pytest.approx(sum(x for x, _, _ in drawn) / total, rel=1e-3)
        assert one.low <= one.value <= one.high
        assert one.lower_quartile <= one.upper_quartile
        assert one.hotels == len(drawn) and one.largest_bp <= 5000
        assert one.n == pytest.approx(sum(n for _, _, n in drawn), rel=0.06)


def test_three_hotels_are_no_pool():
    with pytest.raises(BadContribution) as problem:
        pool(hotels(FOUR[:3]), "Set", MADE)
    assert problem.value.problems == ("3 hotels give it, and at least 4 are needed: otherwise one could be told from the others.",)


def test_a_hotel_that_gives_twice_is_no_second_hotel():
    with pytest.raises(BadContribution) as problem:
        pool([*hotels(FOUR[:3]), given_by(0, line(1, 2))], "Set", MADE)
    assert problem.value.problems == ("Two contributions come from the same hotel, 0000000000000000: take one of them out.",
                                      "3 hotels give it, and at least 4 are needed: otherwise one could be told from the others.")  # fmt: skip


def test_periods_are_not_mixed():
    with pytest.raises(BadContribution, match=r"different periods \(2024-01-01–2026-01-01, 2025-01-01–2026-01-01\)"):
        pool([*hotels(FOUR), given_by(9, line(1, 2), from_on=D(2024, 1, 1))], "Set", MADE)


def test_a_figure_that_only_three_give_is_refused_and_the_others_stay():
    found = pool([given_by(at, line(x, y), *([line(x, y, key="adr")] if at else [])) for at, (x, y) in enumerate(FOUR)], "Set", MADE)
    assert [one.figure for one in found.benchmarks] == ["nps"]
    assert found.refused == (("adr", "3 hotels give it, and at least 4 are needed: otherwise one could be told from the others."),)


def test_exactly_half_is_borne_and_more_is_refused():
    assert pool(hotels([(1, 30), (1, 10), (1, 10), (1, 10)]), "Set", MADE).benchmarks[0].largest_bp == 5000
    assert pool(hotels([(1, 31), (1, 10), (1, 10), (1, 10)]), "Set", MADE).refused == (
        ("nps", "One hotel alone makes up more than half of it, so that its own figure would show."),)  # fmt: skip


def test_money_is_pooled_in_one_currency_only_and_shares_in_any():
    lines = (line(900, 10, key="adr", unit="money"), line(3, 10, key="occupancy", unit="share"))
    mixed = [given_by(at, *lines, currency="EUR" if at else "USD") for at in range(5)]
    found = pool(mixed, "Set", MADE)
    assert [(one.figure, one.currency) for one in found.benchmarks] == [("occupancy", "")]
    assert found.refused == (("adr", "The hotels give it in different currencies: EUR, USD."),)
    assert [(one.figure, one.currency, one.value) for one in pool(mixed[1:], "Set", MADE).benchmarks] == [("adr", "EUR", 90.0), ("occupancy", "", 0.3)]


def test_units_are_not_mixed():
    found = pool([*hotels(FOUR), given_by(9, line(1, 2, unit="share"))], "Set", MADE)
    assert found.refused == (("nps", "The hotels give it in different units: points, share."),)


def test_no_sums_are_published_and_what_is_published_is_rounded():
    one = pool(hotels([(412, 1013), (377, 988), (451, 1107), (502, 1264), (347, 811)], n=1037), "Set", MADE).benchmarks[0]
    assert set(form(one)) == {"set_name", "figure", "from_on", "to_on", "value", "low", "high", "lower_quartile", "upper_quartile", "hotels", "n",
                              "largest_bp", "source", "strength"}  # fmt: skip
    assert (one.value, one.n, one.largest_bp) == (0.403, 5200, 2500)  # of 0.403048 = 2089 / 5183, 5,185 cases, a largest part of 24.4 %


def test_a_share_stays_between_nothing_and_all():
    one = pool(hotels([(0, 50), (0, 50), (1, 50), (0, 50)], key="occupancy", unit="share"), "Set", MADE).benchmarks[0]
    assert (one.low, one.value) == (0.0, 0.005)


def test_the_interval_between_hotels_holds_the_truth_nineteen_times_in_twenty():
    random = np.random.default_rng(5)
    held = 0
    for _ in range(2000):
        y = random.integers(80, 200, 6)
        low, high = pooled_ratio(y * random.normal(0.4, 0.05, 6), y)[1:]
        held += low <= 0.4 <= high
    assert 0.93 < held / 2000 < 0.97


# --- one's own against the set -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("own, set_, value", [(0.80, 0.80, 100), (0.96, 0.80, 120), (0.64, 0.80, 80), (60, 50, 120), (40, 50, 80)])
def test_the_index_is_one_s_own_of_the_set_s_times_a_hundred(own, set_, value):
    assert index((own, None, None), (set_, None, None)) == (pytest.approx(value), None, None)


def test_the_index_carries_both_uncertainties():
    value, low, high = index((0.6, 0.5, 0.72), (0.5, 0.4, 0.625))
    half = math.hypot(math.log(1.2), math.log(1.25))
    assert (value, low, high) == (pytest.approx(120), pytest.approx(120 * math.exp(-half)), pytest.approx(120 * math.exp(half)))


def test_one_interval_alone_is_carried_over():
    assert index((0.6, 0.5, 0.72), (0.5, None, None)) == pytest.approx((120, 100, 144))
    assert index((0.6, None, None), (0.5, 0.4, 0.6)) == pytest.approx((120, 100, 150))


@pytest.mark.parametrize("own, set_", [((-4.0, -9.0, 1.0), (30.0, 20.0, 40.0)), ((0.0, 0.0, 0.1), (0.5, 0.4, 0.6)), ((0.5, 0.4, 0.6), (0.0, 0.0, 0.1)),
                                       ((None, None, None), (1.0, 0.9, 1.1)), ((float("nan"), 0.1, 0.2), (1.0, 0.9, 1.1))])  # fmt: skip
def test_there_is_no_index_of_what_is_not_above_nothing(own, set_):
    assert index(own, set_) == (None, None, None)


def test_a_limit_at_nothing_leaves_the_index_without_an_interval():
    assert index((0.5, 0.0, 0.6), (0.5, 0.4, 0.6)) == (100, None, None)


def test_the_interval_of_the_index_holds_the_truth_nineteen_times_in_twenty():
    random = np.random.default_rng(6)
    held = 0
    for own, set_ in zip(np.exp(random.normal(0, 0.1, 2000)), np.exp(random.normal(0, 0.2, 2000))):
        _, low, high = index((own, own * math.exp(-0.196), own * math.exp(0.196)), (set_, set_ * math.exp(-0.392), set_ * math.exp(0.392)))
        held += low <= 100 <= high
    assert 0.94 < held / 2000 < 0.96


# --- sets as data, and what ships ------------------------------------------------------------------------------------------
SET = Benchmark("Lantern", "adr", D(2025, 1, 1), D(2026, 1, 1), "EUR", 100.5, 90.0, 111.0, None, None, 6, 1200, 3100, "Lantern", "pooled")


@pytest.mark.parametrize("one", [SET, replace(SET, currency="", low=None, high=None, lower_quartile=0.0, upper_quartile=0.0, n=None, hotels=0, largest_bp=0,
                                              source="", strength="weak")], ids=["pooled", "weak"])  # fmt: skip
def test_a_benchmark_that_is_written_is_read_as_it_was(one):
    assert parse(form(one)) == one


@pytest.mark.parametrize("change, sentence", [
    ({"hotels": 3}, "Benchmark “adr”, “hotels”: a pooled figure comes from at least 4 hotels."),
    ({"largest_bp": 5001}, "Benchmark “adr”, “largest_bp”: one hotel may make up at most half of a pooled figure."),
    ({"low": 120}, "Benchmark “adr”, “low”: a range needs both its ends, the smaller first."),
    ({"low": None}, "Benchmark “adr”, “low”: a range needs both its ends, the smaller first."),
    ({"to_on": "2024-01-01"}, "Benchmark “adr”, “to_on”: the period ends before it begins."),
    ({"strength": "sure"}, "Benchmark “adr”, “strength”: choose from strong, weak, assumption, pooled."),
    ({"value": None}, "Benchmark “adr”, “value”: a number from -1e+12 to 1e+12 is needed.")])  # fmt: skip
def test_a_benchmark_that_cannot_be_is_refused(change, sentence):
    with pytest.raises(BadBenchmark) as problem:
        parse(form(SET) | change)
    assert problem.value.problems == (sentence,)


def test_every_reference_figure_has_a_source_and_stands_beside_a_kpi_of_its_own_unit():
    figures = reference()
    assert len(figures) == 51
    for one in figures:
        assert one.source and one.strength in ("strong", "weak", "assumption")
        assert one.low is None or one.high is None or one.low <= one.high
        if one.kpi:
            assert CATALOGUE[one.kpi].unit == one.unit
            assert (one.low, one.high) != (None, None)


def test_the_reference_figures_say_what_was_published():
    told = {one.figure["en"]: (one.kpi, one.value, one.low, one.high, one.year, one.strength) for one in reference()}
    assert told["Nights booked direct, Europe"] == ("direct_share_nights", "50.9 %", 0.509, 0.509, "2023", "strong")
    assert told["Surveys answered, of those delivered"] == ("survey_response_rate", "10–25 %", 0.10, 0.25, "", "assumption")
    assert told["Review index of a vendor, worldwide"][0] == ""  # another formula: it never stands beside ours
