"""A warehouse is published whole, read by many, never edited, and never read without a scope."""
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa
from sqlalchemy import select

from crm_core.marts import tables
from crm_core.marts.reach import allowed
from crm_core.marts.scoped import within
from crm_core.refresh import refresh
from crm_core.store import warehouse as warehouses
from crm_core.store.warehouse import UnscopedStatement

ROOT = Path(__file__).parents[2]
SCOPED_MARTS = [t for t in tables.marts.sorted_tables if t not in tables.SHARED]


def files(settings) -> list[str]:
    return sorted(p.name for p in settings.warehouse.iterdir())


# --- publishing -------------------------------------------------------------------------------------------------------
def test_before_the_first_refresh_there_is_no_warehouse(settings):
    with pytest.raises(warehouses.NoWarehouse, match="crm_core refresh"):
        warehouses.current(settings)


def test_a_version_says_what_it_is(settings, hotel):
    refresh(settings)
    said = json.loads((settings.warehouse / "warehouse-000001.json").read_text())
    assert (said["number"], said["as_of"], said["kind"], said["history_from"]) == (1, "2025-04-01", "full", "2024-03-04")
    assert said["revision"] == hotel.store.revision()
    assert warehouses.current(settings).version == warehouses.version_from(said)


def test_publishing_leaves_the_file_its_note_and_the_pointer_only(settings, hotel):
    refresh(settings)
    assert files(settings) == ["current.json", "refresh.lock", "warehouse-000001.duckdb", "warehouse-000001.json"]


def test_the_last_three_versions_stay(settings, hotel):
    for _ in range(5):
        refresh(settings, full=True)
    kept = [name for name in files(settings) if name.startswith("warehouse-")]
    assert kept == [f"warehouse-{n:06d}.{end}" for n in (3, 4, 5) for end in ("duckdb", "json")]
    assert warehouses.version(settings, 3).version.number == 3
    with pytest.raises(warehouses.NoWarehouse, match="no longer kept"):
        warehouses.version(settings, 2)


def test_a_version_in_use_stays_readable_while_the_next_is_published(settings, hotel, scope):
    refresh(settings)
    reader = warehouses.current(settings)
    hotel.stay("LIS", "2025-03-25", 1, 100)
    refresh(settings)
    stays = select(sa.func.count()).select_from(within(tables.stays, scope))
    assert int(reader.frame(stays).iat[0, 0]) == 9
    assert int(warehouses.current(settings).frame(stays).iat[0, 0]) == 10


def test_a_version_that_was_not_pointed_to_is_not_in_use(settings, hotel):
    refresh(settings)
    built = settings.warehouse / "built"
    built.write_bytes(b"half")
    built.rename(warehouses.file_of(settings, 2))
    assert warehouses.current(settings).version.number == 1
    assert refresh(settings, full=True).version == 2
    assert warehouses.current(settings).version.number == 2


READER = """
import sys, time
from pathlib import Path
from crm_core import settings
from crm_core.store import warehouse
found = warehouse.current(settings.at(Path(sys.argv[1])))
with found.engine.connect() as connection:
    print(connection.exec_driver_sql("SELECT count(*) FROM mart_stays").scalar_one(), flush=True)
    sys.stdin.readline()
"""


def test_two_processes_read_one_version_at_the_same_time(settings, hotel):
    refresh(settings)
    command = [sys.executable, "-c", READER, str(settings.home)]
    readers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)]
    assert [reader.stdout.readline().strip() for reader in readers] == ["9", "9"]
    for reader in readers:
        reader.communicate("\n")
        assert reader.returncode == 0


# --- reading ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("statement", ["DELETE FROM mart_stays", "CREATE TABLE more (n INT)", "COPY mart_stays TO '/tmp/stays.csv'",
                                       "SELECT * FROM '/etc/passwd'", "SET enable_external_access = true", "INSTALL httpfs"])
def test_a_reader_neither_writes_nor_leaves_its_file(warehouse, statement):
    with warehouse.engine.connect() as connection:
        with pytest.raises((sa.exc.DBAPIError, duckdb.Error)):
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize("mart", SCOPED_MARTS, ids=lambda t: t.name)
def test_no_mart_is_read_without_a_scope(warehouse, scope, mart):
    for unscoped in (select(mart), select(sa.func.count()).select_from(mart), select(mart.alias("a")), select(select(mart).subquery()),
                     select(select(mart).cte()), sa.union_all(select(mart), select(within(mart, scope))),
                     select(tables.channels).where(sa.exists(select(mart)))):
        with pytest.raises(UnscopedStatement, match=mart.name):
            warehouse.frame(unscoped)
    warehouse.frame(select(within(mart, scope)))


def test_a_join_needs_the_scope_on_its_own_select(warehouse, scope):
    r, n = within(tables.stays, scope), tables.nights
    with pytest.raises(UnscopedStatement, match="mart_nights"):
        warehouse.frame(select(r).join(n, n.c.reservation_id == r.c.reservation_id))


def test_another_parameter_of_the_same_value_is_no_scope(warehouse):
    with pytest.raises(UnscopedStatement):
        warehouse.frame(select(tables.stays).where(tables.stays.c.property_id.in_([1])))


def test_statements_written_as_text_are_refused(warehouse):
    with pytest.raises(UnscopedStatement):
        warehouse.frame(sa.text("SELECT * FROM mart_stays"))
    with pytest.raises(UnscopedStatement):
        warehouse.frame(select(sa.column("guest_id")).select_from(sa.table("mart_stays", sa.column("guest_id"))))


def test_what_every_property_shares_needs_no_scope(warehouse):
    assert warehouse.frame(select(tables.channels.c.channel).order_by("channel"))["channel"].tolist() == ["corporate", "ota", "own_site"]


def test_a_scope_without_properties_reads_nothing(warehouse, scope):
    from dataclasses import replace
    nothing = replace(scope, properties=())
    for mart in SCOPED_MARTS:
        assert len(warehouse.frame(select(within(mart, nothing)))) == 0
    assert allowed(nothing).value == []
