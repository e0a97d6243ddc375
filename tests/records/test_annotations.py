"""What happened is noted beside the days it was about, for one property, and figures are built anew with it."""
import datetime as dt

import pytest

from crm_core.records.annotations import annotate, annotations, archive_annotation, change_annotation, restore_annotation
from crm_core.records.registry import Refused, Stale

FEBRUARY, MARCH = dt.date(2025, 2, 1), dt.date(2025, 3, 1)
ROOF = {"property_id": 1, "on_day": dt.date(2025, 2, 20), "until_on": dt.date(2025, 3, 2), "kind": "works", "said": " The roof \n is mended "}


def said(store, view, **asked) -> list[str]:
    return [row["said"] for row in annotations(store, view, **asked)]


def test_a_note_is_found_by_every_day_that_it_is_about(filled, view):
    annotate(filled.store, view(), **ROOF)
    annotate(filled.store, view(), property_id=2, on_day=FEBRUARY, kind="price", said="Rates 5 % up")
    assert said(filled.store, view()) == ["Rates 5 % up", "The roof is mended"]
    assert said(filled.store, view(), since=MARCH) == ["The roof is mended"]
    assert said(filled.store, view(), since=dt.date(2025, 3, 3)) == []
    assert said(filled.store, view(), since=FEBRUARY, until=dt.date(2025, 2, 20)) == ["Rates 5 % up"]


def test_a_note_changes_what_the_figures_are_built_from(small, view):
    before = small.store.revision()
    made = annotate(small.store, view(), **ROOF)
    change_annotation(small.store, view(), id=made, version=1, values={"until_on": None})
    archive_annotation(small.store, view(), id=made, version=2)
    assert small.store.revision() == before + 3
    assert (said(small.store, view()), said(small.store, view(), archived=True)) == ([], ["The roof is mended"])
    restore_annotation(small.store, view(), id=made, version=3)
    row = annotations(small.store, view())[0]
    assert (row["revision"], row["until_on"], row["version"]) == (before + 4, None, 4)


def test_the_second_of_two_editors_is_told(small, view):
    made = annotate(small.store, view(), **ROOF)
    change_annotation(small.store, view(), id=made, version=1, values={"said": "The roof again"})
    with pytest.raises(Stale) as told:
        archive_annotation(small.store, view(), id=made, version=1)
    assert told.value.current["said"] == "The roof again"


def test_a_note_of_another_property_is_neither_seen_nor_changed(small, view):
    made = annotate(small.store, view(), **ROOF)
    assert annotations(small.store, view(2)) == []
    with pytest.raises(Refused, match="no such note"):
        change_annotation(small.store, view(2), id=made, version=1, values={"said": "Mine"})
    with pytest.raises(Refused, match="no such property"):
        annotate(small.store, view(2), **ROOF)


@pytest.mark.parametrize(("wrong", "message"), [
    ({"kind": "gossip"}, "kind of note"), ({"said": " "}, "1 to 200"), ({"said": "x" * 201}, "1 to 200"), ({"until_on": dt.date(2025, 2, 19)}, "after it begins")])
def test_a_note_that_says_nothing_or_of_no_days_is_refused(small, view, wrong, message):
    with pytest.raises(Refused, match=message):
        annotate(small.store, view(), **ROOF | wrong)
