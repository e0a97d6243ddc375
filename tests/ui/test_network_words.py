"""The network in words: what a search found, when an event is, what a pack holds and what it would change."""
import datetime as dt
from collections import Counter

from crm_core.association.network import Entry
from crm_core.association.packs import Change
from crm_core.ui import network_words as words

MEETING = Entry("event", "spring", {"en": "Spring"}, {"en": "x"}, on=dt.date(2025, 4, 16))


def test_what_was_found_is_counted_by_kind_and_what_is_not_there_left_out():
    assert words.found_title(Counter(member=2, news=1), "") == "2 members, 1 piece of news"
    assert words.found_title(Counter(), "mill") == "Nothing fits “mill”"
    assert words.found_title(Counter(), "") == "The association is quiet: nothing came in yet"


def test_an_event_says_its_days_and_how_far_it_lies_ahead():
    assert words.days(MEETING) == "16 Apr 2025"
    assert words.days(Entry("event", "x", {"en": "x"}, {"en": "x"}, on=dt.date(2025, 4, 16), until=dt.date(2025, 4, 17))) == "16 Apr 2025 to 17 Apr 2025"
    assert words.days(Entry("member", "x", {"en": "x"}, {"en": "x"})) == ""
    assert [words.ahead(MEETING, day) for day in (dt.date(2025, 4, 1), dt.date(2025, 4, 15), dt.date(2025, 4, 16))] == ["in 15 days", "in 1 day", "now"]


def test_a_pack_says_what_it_holds_and_what_it_would_change():
    assert words.holds({"standards": 2, "playbooks": 0, "network": 6}) == "Checklists 2 · Members, events, news 6"
    assert words.holds({}) == "nothing"
    changes = [Change("courses", str(place), "x", change) for place, change in enumerate(("new", "new", "replaces", "same"))]
    assert words.coming(changes) == "2 things are new, 1 takes the place of what is here, 1 is here already"
    assert words.coming([]) == "The pack is empty"


def test_a_checksum_is_read_in_groups():
    assert words.checksum("0123456789abcdef0123") == "01234567 89abcdef 0123"
