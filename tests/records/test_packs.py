"""A pack of an association comes in whole or not at all, says before what it replaces, and one's own goes out sealed."""
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.association import lessons
from crm_core.association import packs as association
from crm_core.records.benchmarks import benchmark_list
from crm_core.records.courses import course_list
from crm_core.records.packs import bring_in, export_pack, pack_history, preview_pack, shared_parts, write_parts
from crm_core.records.playbooks import archive_playbook, playbook_list
from crm_core.records.registry import Refused
from crm_core.records.standards import checklists
from crm_core.store import audit

EXAMPLE = association.read(Path(__file__).parents[2] / "data" / "association" / "example.zip")
EVERYTHING = {"standards": 2, "playbooks": 5, "lessons": 1, "courses": 5, "benchmarks": 10, "network": 6}
OURS = {"code": "ours", "name": {"en": "Ours"}, "release": "1", "author": "We", "licence": "CC0-1.0"}


def seen(store, view, pack) -> dict[str, set[str]]:
    """What bringing in a pack would do: new, replaces, same → the kinds of things."""
    found: dict[str, set[str]] = {}
    for one in preview_pack(store, view(), pack=pack).changes:
        found.setdefault(one.change, set()).add(one.kind)
    return found


def test_a_pack_brings_all_its_parts_and_is_the_same_from_then_on(store, view):
    assert seen(store, view, EXAMPLE) == {"new": set(EVERYTHING)}
    assert bring_in(store, view(), pack=EXAMPLE) == 1
    assert seen(store, view, EXAMPLE) == {"same": set(EVERYTHING)}
    assert shared_parts(store, view()) == association.forms(EXAMPLE)
    assert [row["standard"] for row in checklists(store, view())] == list(EXAMPLE.standards)
    assert [(row["code"], row["points"], row["valid_months"]) for row in course_list(store, view())] == [
        (course.code, course.points, course.valid_months) for course in EXAMPLE.courses]  # fmt: skip
    assert {row["benchmark"] for row in benchmark_list(store, view())} == set(EXAMPLE.benchmarks)


def test_the_history_tells_each_pack_once_with_its_checksum(store, view):
    for _ in range(2):
        bring_in(store, view(), pack=EXAMPLE)
    row = pack_history(store, view())[0]
    assert (row["code"], row["release"], row["checksum"], row["counts"], row["actor"]) == ("lantern-2025", "1.0", EXAMPLE.checksum, EVERYTHING, "local")
    bring_in(store, view(), pack=replace(EXAMPLE, release="1.1"))
    assert [row["release"] for row in pack_history(store, view())] == ["1.1", "1.0"]
    assert [row["version"] for row in playbook_list(store, view())] == [1] * 5


def test_what_a_pack_replaces_is_told_before_and_raises_the_version(sqlite_store, view):
    bring_in(sqlite_store, view(), pack=EXAMPLE)
    later = replace(EXAMPLE, release="2.0", courses=(replace(EXAMPLE.courses[0], points=99), *EXAMPLE.courses[1:]), playbooks=())
    assert seen(sqlite_store, view, later) == {"replaces": {"courses"}, "same": set(EVERYTHING) - {"playbooks"}}
    bring_in(sqlite_store, view(), pack=later)
    assert [(row["points"], row["version"], row["pack_id"]) for row in course_list(sqlite_store, view())[:2]] == [(99, 2, 2), (EXAMPLE.courses[1].points, 1, 1)]
    assert len(playbook_list(sqlite_store, view())) == 5


def test_an_earlier_release_than_the_present_one_is_warned_of(sqlite_store, view):
    for release in ("1.9", "1.10"):
        bring_in(sqlite_store, view(), pack=replace(EXAMPLE, release=release))
    assert len(preview_pack(sqlite_store, view(), pack=EXAMPLE).warnings) == 1
    assert "1.10" in preview_pack(sqlite_store, view(), pack=EXAMPLE).warnings[0]
    for same_or_later in ("1.10", "2"):
        assert preview_pack(sqlite_store, view(), pack=replace(EXAMPLE, release=same_or_later)).warnings == ()


def test_what_was_put_away_is_new_again_and_comes_back(sqlite_store, view):
    bring_in(sqlite_store, view(), pack=EXAMPLE)
    archive_playbook(sqlite_store, view(), id=1, version=1)
    assert seen(sqlite_store, view, EXAMPLE) == {"new": {"playbooks"}, "same": set(EVERYTHING)}
    bring_in(sqlite_store, view(), pack=EXAMPLE)
    assert len(playbook_list(sqlite_store, view())) == 5


def test_a_pooled_set_with_other_figures_comes_in_only_when_confirmed_and_then_as_a_whole(sqlite_store, view):
    bring_in(sqlite_store, view(), pack=EXAMPLE)
    first = next(one for one in EXAMPLE.benchmarks if one.strength == "pooled")
    second = replace(EXAMPLE, release="1.1", benchmarks=(replace(first, value=first.value * 1.01),), playbooks=())
    assert len(preview_pack(sqlite_store, view(), pack=second).to_confirm) == 1
    with pytest.raises(Refused, match="differ by a hotel"):
        bring_in(sqlite_store, view(), pack=second)
    assert len(pack_history(sqlite_store, view())) == 1
    bring_in(sqlite_store, view(), pack=second, is_confirmed=True)
    same_set = [row for row in benchmark_list(sqlite_store, view()) if (row["set_name"], row["from_on"]) == (first.set_name, first.from_on)]
    assert [row["value"] for row in same_set] == [first.value * 1.01]


def test_a_lesson_with_a_code_of_the_program_keeps_the_whole_pack_out(sqlite_store, view):
    wrong = replace(EXAMPLE, lessons=(replace(EXAMPLE.lessons[0], code=lessons.shipped()[0].code),))
    assert len(preview_pack(sqlite_store, view(), pack=wrong).refused) == 1
    with pytest.raises(Refused, match="comes with the program"):
        bring_in(sqlite_store, view(), pack=wrong, is_confirmed=True)
    assert pack_history(sqlite_store, view()) == checklists(sqlite_store, view()) == []


def test_where_one_part_cannot_be_written_nothing_is(store, view, monkeypatch):
    """The last kind fails: the standards written before it are gone again, and no pack stands in the history."""
    broken = replace(EXAMPLE, network=(*EXAMPLE.network, replace(EXAMPLE.network[0], code=None)))
    monkeypatch.setattr("crm_core.records.packs._foreseen", lambda *_: type("Fine", (), {"check": lambda *_: None}))
    with pytest.raises(sa.exc.IntegrityError):
        bring_in(store, view(), pack=broken)
    assert pack_history(store, view()) == checklists(store, view()) == []
    assert not any(shared_parts(store, view()).values())


def test_the_parts_can_be_written_within_a_change_that_does_more(sqlite_store, view):
    with sqlite_store.changing(audit.Entry("demo", "make", "demo")) as change:
        assert write_parts(change, EXAMPLE, "demo") == 1
    with sqlite_store.reading() as connection:
        assert set(connection.execute(sa.select(schema.standard.c.actor)).scalars()) == {"demo"}
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.audit)).scalar_one() == 1


def test_an_own_pack_holds_what_was_chosen_and_can_be_read_again(store, view):
    bring_in(store, view(), pack=EXAMPLE)
    there = shared_parts(store, view())
    data = export_pack(store, view(), **OURS, chosen={kind: list(codes) for kind, codes in there.items()})
    found = association.read(data)
    assert association.forms(found) == there
    assert (found.code, found.made_on) == ("ours", view().as_of)
    part = association.read(export_pack(store, view(), **OURS, chosen={"courses": [EXAMPLE.courses[1].code], "network": []}))
    assert {kind: n for kind, n in part.counts.items() if n} == {"courses": 1}
    with store.reading() as connection:
        said = connection.execute(sa.select(schema.audit.c.verb, schema.audit.c.kind, schema.audit.c.fields).order_by(schema.audit.c.sequence.desc())).first()
    assert (said.verb, said.kind, "courses" in said.fields) == ("export", "pack", True)


@pytest.mark.parametrize(("wrong", "said"), [({"chosen": {}}, "Choose something"), ({"chosen": {"courses": ["nowhere"]}}, "no longer here"),
                                             ({"chosen": {"guests": ["1"]}}, "no longer here"), ({"code": "a b"}, "letters"), ({"name": {}}, "English")])
def test_an_own_pack_that_nobody_could_read_is_not_made(sqlite_store, view, wrong, said):
    bring_in(sqlite_store, view(), pack=EXAMPLE)
    with pytest.raises(Refused, match=said):
        export_pack(sqlite_store, view(), **OURS | {"chosen": {"courses": [EXAMPLE.courses[0].code]}} | wrong)
