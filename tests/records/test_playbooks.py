"""Playbooks come with packs, are followed by decisions, and can be put away."""
import datetime as dt
from pathlib import Path

import pytest

from crm_core.association import packs as association
from crm_core.records.decisions import decide
from crm_core.records.network import archive_entry, network_entries, restore_entry
from crm_core.records.packs import bring_in
from crm_core.records.playbooks import archive_playbook, playbook_list, restore_playbook, started_playbooks
from crm_core.records.registry import Refused, Stale

EXAMPLE = association.read(Path(__file__).parents[2] / "data" / "association" / "example.zip")


@pytest.fixture
def joined(sqlite_store, view):
    """A store with the example pack."""
    bring_in(sqlite_store, view(), pack=EXAMPLE)
    return sqlite_store


def test_playbooks_are_put_away_and_brought_back(joined, view):
    found = playbook_list(joined, view())
    assert [row["playbook"] for row in found] == list(EXAMPLE.playbooks)
    archive_playbook(joined, view(), id=found[0]["id"], version=1)
    assert [row["playbook"] for row in playbook_list(joined, view())] == list(EXAMPLE.playbooks[1:])
    assert [row["id"] for row in playbook_list(joined, view(), archived=True)] == [found[0]["id"]]
    with pytest.raises(Stale):
        archive_playbook(joined, view(), id=found[1]["id"], version=4)
    with pytest.raises(Refused, match="no such playbook"):
        restore_playbook(joined, view(), id=99, version=1)
    restore_playbook(joined, view(), id=found[0]["id"], version=2)
    assert len(playbook_list(joined, view())) == 5


def test_what_follows_a_playbook_is_told_by_its_code_and_only_to_who_may_see_it(joined, view):
    what = {"kpi": "adr", "will_do": "Follow it", "due_on": dt.date(2025, 6, 1)}
    decide(joined, view(), **what)
    followed = [decide(joined, scope, **what, playbook="quiet_nights") for scope in (view(1), view(2))]
    assert [row["id"] for row in started_playbooks(joined, view())["quiet_nights"]] == followed[::-1]
    found = started_playbooks(joined, view(1))
    assert {code: [row["id"] for row in rows] for code, rows in found.items()} == {"quiet_nights": followed[:1]}
    assert found["quiet_nights"][0]["view"].params == {}


def test_the_network_is_searched_in_every_language_and_its_entries_put_away(joined, view):
    every = network_entries(joined, view())
    assert sorted(row["code"] for row in every) == sorted(entry.code for entry in EXAMPLE.network)
    kinds = [row["kind"] for row in every]
    assert kinds == sorted(kinds, key=("member", "event", "news").index)
    one = every[0]
    assert one in network_entries(joined, view(), text=f" {one['entry'].title['en'].upper()} ")
    assert {row["kind"] for row in network_entries(joined, view(), kind="news")} == {"news"}
    assert network_entries(joined, view(), text="no such words") == []
    archive_entry(joined, view(), id=one["id"])
    assert one["code"] not in {row["code"] for row in network_entries(joined, view())}
    restore_entry(joined, view(), id=one["id"])
    assert network_entries(joined, view()) == every
    with pytest.raises(Refused, match="no such entry"):
        archive_entry(joined, view(), id=99)
