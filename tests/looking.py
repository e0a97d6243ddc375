"""Reads a warehouse past the scope: for tests that look at whole marts."""
from crm_core.marts import tables
from crm_core.store.warehouse import Warehouse


def ask(warehouse: Warehouse, sql: str) -> list[tuple]:
    """Return the rows of a statement in SQL."""
    with warehouse.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def content(warehouse: Warehouse) -> dict[str, list[tuple]]:
    """Return every mart's rows in one order."""
    return {t.name: sorted(ask(warehouse, f"SELECT * FROM {t.name}"), key=repr) for t in tables.marts.sorted_tables}
