"""Audiences: split exactly and by lot, only of guests one sees, and followed by the persons that their records become."""
import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.outreach.arms import split
from crm_core.records import duplicates, erasure
from crm_core.records.audiences import archive_audience, audience_members, audiences, save_audience
from crm_core.records.registry import Refused, Stale
from crm_core.scope import NotAllowed
from tests.hotel import AS_OF

ANA, BEN = 1, 2


def save(store, view, **changes) -> int:
    return save_audience(store, view, **{"name": "May", "kind": "segment", "definition": {"segment": 1, "version": 2}, "guests": [ANA, BEN]} | changes)


# --- saving -------------------------------------------------------------------------------------------------------------
def test_an_audience_is_saved_as_it_stands(filled, view):
    made = save(filled.store, view(), holdout_bp=5000, window_days=90)
    (found,) = audiences(filled.store, view())
    assert (found["id"], found["name"], found["kind"], found["definition"]) == (made, "May", "segment", {"segment": 1, "version": 2})
    assert (found["contact"], found["held_out"], found["window_days"], found["as_of"]) == (1, 1, 90, AS_OF)
    assert dict(audience_members(filled.store, view(), id=made)) == split([ANA, BEN], found["salt"], {"contact": 5000, "held_out": 5000})


def test_saving_is_one_transaction_with_one_audit_row_that_names_nobody(small, view):
    before = small.store.revision()
    save(small.store, view())
    with small.store.reading() as connection:
        rows = connection.execute(sa.select(schema.audit).where(schema.audit.c.kind == "audience")).mappings().all()
    assert [(row["verb"], row["fields"]) for row in rows] == [("save", '["segment", "version", "guests", "kind", "name"]')]
    assert small.store.revision() == before + 1


def test_a_list_with_somebody_elses_guest_is_refused_whole(small, view):
    for foreign in ([ANA, BEN], [ANA, 99]):
        with pytest.raises(Refused, match="no such guest among yours"):
            save(small.store, view(2), guests=foreign)
    assert audiences(small.store, view()) == []


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"guests": []}, "at least one guest"), ({"guests": list(range(50_001))}, "at most 50,000"), ({"name": " "}, "1 to 80 characters"),
    ({"holdout_bp": 5001}, "0 to 50 %"), ({"holdout_bp": -1}, "0 to 50 %"), ({"window_days": 0}, "1 to 730 days"), ({"kind": "mail"}, "0 to 50 %"),
])
def test_what_cannot_be_is_refused_with_a_reason(small, view, changes, sentence):
    with pytest.raises(Refused, match=sentence):
        save(small.store, view(), **changes)
    assert audiences(small.store, view()) == []


def test_a_name_is_taken_until_its_audience_is_put_away(small, view):
    made = save(small.store, view())
    with pytest.raises(Refused, match="an audience of this name"):
        save(small.store, view(), name="MAY")
    archive_audience(small.store, view(), id=made, version=1)
    save(small.store, view())
    assert [a["version"] for a in audiences(small.store, view(), archived=True)] == [2]
    with pytest.raises(Stale):
        archive_audience(small.store, view(), id=made, version=1)


def test_kinds_are_told_apart(small, view):
    save(small.store, view())
    save(small.store, view(), name="Back", kind="win_back", definition={})
    assert [[a["name"] for a in audiences(small.store, view(), kind=kind)] for kind in (None, "segment", "win_back")] == [["Back", "May"], ["May"], ["Back"]]


def test_an_audience_is_seen_by_whoever_sees_all_the_properties_it_was_saved_for(small, view):
    made = save(small.store, view())
    assert (audiences(small.store, view(1)), audience_members(small.store, view(1), id=made), audience_members(small.store, view(1), id=99)) == ([], [], [])
    with pytest.raises(Refused, match="There is no such audience"):
        archive_audience(small.store, view(1), id=made, version=1)


@pytest.mark.parametrize("role", ["group", "trainer", "privacy", "admin"])
def test_a_role_without_the_right_saves_nothing(small, view, role):
    with pytest.raises(NotAllowed):
        save(small.store, view(role=role))


# --- persons ------------------------------------------------------------------------------------------------------------
def test_two_records_of_one_person_are_drawn_once(filled, view):
    duplicates.merge_records(filled.store, view(), id=ANA, other=BEN, picks={})
    made = save(filled.store, view(), guests=[ANA, BEN])
    assert audience_members(filled.store, view(), id=made) == [(ANA, "contact")]


def test_records_that_become_one_person_later_stand_as_contacted_if_one_was(filled, view):
    made = save(filled.store, view(), holdout_bp=5000)
    assert sorted(arm for _, arm in audience_members(filled.store, view(), id=made)) == ["contact", "held_out"]
    duplicates.merge_records(filled.store, view(), id=ANA, other=BEN, picks={})
    assert audience_members(filled.store, view(), id=made) == [(ANA, "contact")]


def test_an_erased_guest_is_on_no_audience_and_left_out_of_the_next(filled, view):
    made = save(filled.store, view())
    with filled.changing("erase") as change:
        erasure.erase(change, BEN, "nimali")
    assert audience_members(filled.store, view(), id=made) == [(ANA, "contact")]
    assert (audiences(filled.store, view())[0]["contact"], audience_members(filled.store, view(), id=save(filled.store, view(), name="June"))) == (
        1, [(ANA, "contact")])
    with pytest.raises(Refused, match="Nobody is left"):
        save(filled.store, view(), name="July", guests=[BEN])


# --- in the warehouse ---------------------------------------------------------------------------------------------------
def members(shown, scope) -> list[tuple]:
    r = within(tables.audience_members, scope, history=True).c
    frame = shown.frame(sa.select(r.audience_id, r.guest_id, r.kind, r.arm, r.saved_on, r.window_days).order_by(r.audience_id, r.guest_id))
    return [(*row[:4], row[4].isoformat()[:10], row[5]) for row in frame.itertuples(index=False, name=None)]


def test_the_mart_follows_by_a_refresh_of_what_changed(small, view, rebuilt):
    rebuilt()
    made = save(small.store, view(), window_days=90)
    expected = [(made, guest, "segment", "contact", "2025-04-01", 90) for guest in (ANA, BEN)]
    shown = rebuilt()
    assert shown.version.kind == "incremental"
    assert members(shown, view()) == expected
    assert members(shown, view(2)) == expected[:1]  # Ben was never in Addis
    assert members(rebuilt(full=True), view()) == expected


def test_the_mart_knows_persons_of_today(small, view, rebuilt):
    save(small.store, view(), holdout_bp=5000)
    rebuilt()
    duplicates.merge_records(small.store, view(), id=ANA, other=BEN, picks={})
    assert [row[1:4] for row in members(rebuilt(), view())] == [(ANA, "segment", "contact")]
