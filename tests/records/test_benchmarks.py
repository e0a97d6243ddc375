"""What a house gives to a benchmark names nobody, and two pools that differ by a hotel are not kept beside each other unasked."""
import datetime as dt
import json

import pytest

from crm_core.association import benchmarks as association
from crm_core.association.benchmarks import Line
from crm_core.records.benchmarks import benchmark_list, contribute, keep_pooled, pooled, remove_benchmarks
from crm_core.records.registry import Refused
from tests.hotel import AS_OF

MARCH, APRIL = dt.date(2025, 3, 1), dt.date(2025, 4, 1)


def line(key: str, numerator: float, denominator: float, guests: int = 50) -> Line:
    return Line(key, "share", numerator, denominator, int(denominator), guests)


def files(hotels: int, key: str = "direct_share_nights", *, month: dt.date = MARCH) -> dict[str, bytes]:
    """The contributions of so many hotels, of which the n-th sells n of 10 nights directly."""
    given = [association.contribution([line(key, n, 10)], code=f"{n:016x}", from_on=month, to_on=APRIL, currency="EUR")[0] for n in range(1, hotels + 1)]
    return {f"hotel {n}.json": association.dumps(one).encode() for n, one in enumerate(given, 1)}


def figures(store, view) -> list[tuple[str, float, int]]:
    return [(row["set_name"], row["value"], row["hotels"]) for row in benchmark_list(store, view())]


def test_a_pool_of_four_hotels_is_kept_listed_and_removed(store, view):
    found = pooled(files(4), " Lantern ", AS_OF)
    assert keep_pooled(store, view(), found=found) == 1
    row = benchmark_list(store, view(), figure="direct_share_nights")[0]
    assert (row["set_name"], row["value"], row["hotels"], row["from_on"], row["to_on"]) == ("Lantern", 0.25, 4, MARCH, APRIL)
    assert row["benchmark"] == found.benchmarks[0]
    assert benchmark_list(store, view(), figure="adr") == []
    assert remove_benchmarks(store, view(), set_name="lantern", from_on=MARCH) == 1
    with pytest.raises(Refused, match="no such set"):
        remove_benchmarks(store, view(), set_name="Lantern", from_on=MARCH)


def test_a_second_pool_of_the_same_name_and_period_needs_to_be_confirmed(store, view):
    first, second = pooled(files(4), "Lantern", AS_OF), pooled(files(5), "LANTERN", AS_OF)
    keep_pooled(store, view(), found=first)
    keep_pooled(store, view(), found=pooled(files(4), "Lantern", AS_OF + dt.timedelta(9)))
    with pytest.raises(Refused, match=r"Lantern.*differ by a hotel"):
        keep_pooled(store, view(), found=second)
    assert figures(store, view) == [("Lantern", 0.25, 4)]
    assert keep_pooled(store, view(), found=second, is_confirmed=True) == 1
    assert figures(store, view) == [("LANTERN", 0.3, 5)]


def test_another_figure_of_the_same_set_is_a_second_pool_too_and_takes_the_place_of_the_whole(sqlite_store, view):
    keep_pooled(sqlite_store, view(), found=pooled(files(4), "Lantern", AS_OF))
    other = pooled(files(5, "repeat_share"), "Lantern", AS_OF)
    with pytest.raises(Refused, match="here already"):
        keep_pooled(sqlite_store, view(), found=other)
    keep_pooled(sqlite_store, view(), found=other, is_confirmed=True)
    assert [row["figure"] for row in benchmark_list(sqlite_store, view())] == ["repeat_share"]


def test_another_set_or_another_period_stands_beside_the_first(sqlite_store, view):
    for name, month in (("Lantern", MARCH), ("Harbour", MARCH), ("Lantern", dt.date(2025, 2, 1))):
        keep_pooled(sqlite_store, view(), found=pooled(files(4, month=month), name, AS_OF))
    assert [(row["set_name"], row["from_on"].month) for row in benchmark_list(sqlite_store, view())] == [("Harbour", 3), ("Lantern", 3), ("Lantern", 2)]


def test_what_cannot_be_pooled_is_told_with_the_names_of_the_files(sqlite_store, view):
    for given, said in ((files(3), "at least 4"), (files(4) | {"again.json": files(1)["hotel 1.json"]}, "same hotel"), (files(4) | {"x.json": b"{"}, "x.json"),
                        (files(4) | {"half\ud800.json": b"{}"}, "no contribution"), ({}, "at least 4")):  # fmt: skip
        with pytest.raises(Refused, match=said) as told:
            pooled(given, "Lantern", AS_OF)
        str(told.value).encode()
    with pytest.raises(Refused, match="a name"):
        pooled(files(4), " ", AS_OF)
    nothing = pooled(dict(list(files(4).items())[:3]) | {"other.json": files(9, "repeat_share")["hotel 9.json"]}, "Lantern", AS_OF)
    with pytest.raises(Refused, match="nothing to keep"):
        keep_pooled(sqlite_store, view(), found=nothing)


def test_what_the_house_gives_leaves_out_figures_of_few_guests_and_names_nobody(filled, view):
    given, withheld = contribute(filled.store, view(), lines=[line("direct_share_nights", 3, 10), line("repeat_share", 1, 4, guests=4)],
                                 from_on=MARCH, to_on=APRIL, currency="EUR")  # fmt: skip
    assert [key for key, _ in withheld] == ["repeat_share"]
    said = json.loads(given)
    assert [one["key"] for one in said["lines"]] == ["direct_share_nights"]
    assert not [word for word in ("Lisbon", "LIS", "Addis", "local") if word in given.decode()]
    assert association.loads(given).code == said["code"]


def test_the_same_properties_always_give_under_the_same_pseudonym(filled, view):
    def code(*properties: int) -> str:
        return association.loads(contribute(filled.store, view(*properties), lines=[line("adr", 3, 10)], from_on=MARCH, to_on=APRIL, currency="EUR")[0]).code

    assert code(1, 2) == code(2, 1) == code(1, 2)
    assert len({code(1, 2), code(1), code(2)}) == 3


def test_nothing_is_given_where_no_figure_has_enough_guests(small, view):
    for wrong, said in (({"lines": [line("adr", 1, 4, guests=4)]}, "enough guests"), ({"to_on": MARCH}, "before it begins")):
        with pytest.raises(Refused, match=said):
            contribute(small.store, view(), **{"lines": [line("adr", 3, 10)], "from_on": MARCH, "to_on": APRIL, "currency": "EUR", **wrong})
