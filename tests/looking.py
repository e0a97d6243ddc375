"""Reads a warehouse as it lies on disk, past the scope: for tests that compare whole marts."""
import duckdb

from crm_core.marts import tables
from crm_core.store.warehouse import Warehouse


def ask(warehouse: Warehouse, sql: str) -> list[tuple]:
    """Return the rows of a statement in SQL."""
    with duckdb.connect(str(warehouse.path), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def content(warehouse: Warehouse) -> dict[str, list[tuple]]:
    """Return every mart's rows in one order."""
    return {t.name: sorted(ask(warehouse, f"FROM {t.name}"), key=repr) for t in tables.marts.sorted_tables}
