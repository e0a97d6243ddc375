"""Members, events and news of an association are read or refused, and what is ahead stands in order."""

import datetime as dt

import pytest

from crm_core.association.network import BadEntry, Entry, form, parse, upcoming

EN = {"en": "Words"}
D = dt.date
MEETING = Entry("event", "meeting", EN, EN, "Harbour House", D(2026, 4, 16), D(2026, 4, 17), "office@lantern.example")
SUPPER = Entry("event", "supper", EN, EN, on=D(2026, 4, 2))
MEMBER = Entry("member", "mill", {"en": "Mill", "am": "ወፍጮ"}, EN)
NEWS = Entry("news", "pool", EN, EN, on=D(2026, 5, 1))


@pytest.mark.parametrize("entry", [MEETING, SUPPER, MEMBER, NEWS], ids=lambda entry: entry.code)
def test_an_entry_that_is_written_is_read_as_it_was(entry):
    assert parse(form(entry)) == entry


@pytest.mark.parametrize("change, sentence", [
    ({"on": None, "until": None}, "Entry “meeting”, “on”: say on which day it is."),
    ({"on": "16.4.2026"}, "Entry “meeting”, “on”: a day is needed, written like 2025-04-30."),
    ({"until": "2026-04-15"}, "Entry “meeting”, “until”: it ends before it begins: correct one of the days."),
    ({"on": "2026-13-01"}, "Entry “meeting”, “on”: a day is needed, written like 2025-04-30."),
    ({"kind": "party"}, "Entry “meeting”, “kind”: choose from member, event, news."),
    ({"text": {"en": "\ud800"}}, "Entry “meeting”, “text.en”: this holds signs that cannot be shown: type it again.")])  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_place(change, sentence):
    with pytest.raises(BadEntry) as problem:
        parse(form(MEETING) | change)
    assert sentence in problem.value.problems


def test_events_ahead_stand_in_order_until_their_last_day_is_over():
    entries = (NEWS, MEETING, MEMBER, SUPPER)
    assert [[entry.code for entry in upcoming(entries, day)] for day in (D(2026, 4, 1), D(2026, 4, 17), D(2026, 4, 18))] == [
        ["supper", "meeting"], ["meeting"], []]  # fmt: skip
