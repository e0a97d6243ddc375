"""Many rows at once, on each engine."""
import pytest

from crm_core import schema
from crm_core.store import audit, bulk


def test_a_number_that_all_rows_share_stands_in_each(store):
    with store.changing(audit.Entry("local", "add", "guest")) as change:
        bulk.insert(change.connection, schema.guest, ("id", "created_at"), iter([(1, change.at), (2, change.at)]), revision=7, version=3)
        found = change.connection.execute(schema.guest.select().order_by(schema.guest.c.id)).all()
    assert [(row.id, row.revision, row.version) for row in found] == [(1, 7, 3), (2, 7, 3)]


def test_the_room_for_a_large_import_is_given_back_also_when_it_fails(sqlite_store):
    def cache(connection):
        return connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    with sqlite_store.engine.connect() as connection:
        usual = cache(connection)
        with bulk.roomy(connection):
            assert cache(connection) == -bulk.ROOMY
        assert cache(connection) == usual
        with pytest.raises(ZeroDivisionError), bulk.roomy(connection):
            raise ZeroDivisionError
        assert cache(connection) == usual
