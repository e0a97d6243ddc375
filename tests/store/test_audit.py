"""Whoever edits, removes, swaps or cuts rows of the audit chain is found."""
import copy

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from crm_core import schema
from crm_core.store import audit

LENGTH = 12
FIELDS = (*audit.FIELDS, "hash")
TEXTS = ("at", "actor", "verb", "kind", "object", "scope", "fields", "previous", "hash")


@pytest.fixture
def chain(sqlite_store):
    """A connection, to be rolled back, on a store with twelve changes and without the triggers that stop an honest database."""
    for i in range(LENGTH):
        with sqlite_store.changing(audit.Entry("ana", "edit", "note", str(i), scope="abc", fields=("text", "version"))):
            pass
    with sqlite_store.engine.begin() as connection:
        for verb in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER audit_no_{verb}")
    return sqlite_store


def _written(store, rows: list[dict]) -> list[int]:
    """Return what verify() says of these rows in place of the chain's; the store keeps its own."""
    with store.engine.connect() as connection:
        connection.execute(sa.delete(schema.audit))
        if rows:
            connection.execute(sa.insert(schema.audit), rows)
        broken = audit.verify(connection)
        connection.rollback()
    return broken


def _rows(store) -> list[dict]:
    with store.reading() as connection:
        return [dict(row) for row in connection.execute(sa.select(schema.audit).order_by(schema.audit.c.sequence)).mappings()]


def test_an_untouched_chain_is_whole(store):
    for i in range(5):
        with store.changing(audit.Entry("ana", "view", "guest", str(i), fields=("id",))):
            pass
    with store.reading() as connection:
        assert audit.verify(connection) == []


def test_an_empty_chain_is_whole(store):
    with store.reading() as connection:
        assert audit.verify(connection) == []


def test_a_row_names_the_one_before_it(chain):
    rows = _rows(chain)
    assert [r["sequence"] for r in rows] == list(range(1, LENGTH + 1))
    assert [r["previous"] for r in rows] == ["", *(r["hash"] for r in rows[:-1])]
    assert {len(r["hash"]) for r in rows} == {64}


few = examples(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
places = st.integers(0, LENGTH - 1)


@few
@given(places, st.sampled_from(TEXTS), st.text(min_size=1, max_size=3))
def test_an_edited_field_is_found(chain, place, field, text):
    rows = _rows(chain)
    rows[place][field] += text.replace("\x00", "0").encode("utf-8", "replace").decode()
    assert place + 1 in _written(chain, rows)


@few
@given(places)
def test_an_edit_whose_hash_was_made_to_fit_is_found(chain, place):
    rows = _rows(chain)
    rows[place]["actor"] = "nobody"
    rows[place]["hash"] = audit.digest(rows[place])
    assert _written(chain, rows) != []


@few
@given(places)
def test_a_removed_row_is_found(chain, place):
    rows = _rows(chain)
    del rows[place]
    assert _written(chain, rows) != []


@few
@given(places, places)
def test_swapped_rows_are_found(chain, one, other):
    rows, kept = _rows(chain), copy.deepcopy(_rows(chain))
    for field in set(FIELDS) - {"sequence"}:
        rows[one][field], rows[other][field] = kept[other][field], kept[one][field]
    assert (_written(chain, rows) != []) == (one != other)


@few
@given(st.integers(0, LENGTH - 1))
def test_a_chain_that_was_cut_short_is_found(chain, left):
    assert _written(chain, _rows(chain)[:left]) == [left + 1]


@few
@given(places)
def test_a_row_put_in_between_is_found(chain, place):
    rows = _rows(chain)
    added = {**rows[place], "sequence": LENGTH + 1, "previous": rows[-1]["hash"], "object": "forged"}
    added["hash"] = audit.digest(added)
    assert _written(chain, [*rows, added]) != []
