"""The record store keeps its promises on every engine: schema, transactions, append-only tables, snapshots."""
import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.store import audit, bulk, migrate, record

ENTRY = audit.Entry("test", "edit", "hotel")
INDEXED = {t.name: {i.name: [c.name for c in i.columns] for i in t.indexes} for t in schema.metadata.sorted_tables}


def add_guest(store, name: str = "Ana Silva") -> int:
    with store.changing(ENTRY) as change:
        values = {"name": name, "created_at": change.at, "revision": change.revision}
        return change.connection.execute(sa.insert(schema.guest).values(values).returning(schema.guest.c.id)).scalar_one()


def count(store, table: sa.Table) -> int:
    with store.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


# --- the schema ------------------------------------------------------------------------------------------------------
def test_a_migrated_store_has_the_tables_of_the_schema_and_no_others(store):
    found = set(sa.inspect(store.engine).get_table_names())
    index_of_words = {name for name in found if name.startswith("review_words")}  # the database keeps it: no table of ours
    assert found - index_of_words == {*schema.metadata.tables, "alembic_version"}


@pytest.mark.parametrize("table", schema.metadata.sorted_tables, ids=lambda t: t.name)
def test_a_migrated_table_is_the_declared_one(store, table):
    found = sa.inspect(store.engine)
    assert _columns(store, found.get_columns(table.name)) == _columns(store, _declared(table))
    assert found.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key.columns]
    assert {(*k["constrained_columns"], k["referred_table"]) for k in found.get_foreign_keys(table.name)} == {
        (k.parent.name, k.column.table.name) for k in table.foreign_keys}
    uniques = {c.name: [k.name for k in c.columns] for c in table.constraints if isinstance(c, sa.UniqueConstraint)}
    assert {u["name"]: u["column_names"] for u in found.get_unique_constraints(table.name)} == uniques
    indexes = [i for i in found.get_indexes(table.name) if not i.get("duplicates_constraint") and i["name"] != "ix_review_words"]
    assert {i["name"]: i["column_names"] for i in indexes} == INDEXED[table.name]
    checks = {c.name for c in table.constraints if isinstance(c, sa.CheckConstraint)}
    assert {c["name"] for c in found.get_check_constraints(table.name)} == checks


def _columns(store, columns: list[dict]) -> list[tuple]:
    type_name = lambda type_: type_.compile(store.engine.dialect).split(" COLLATE")[0]  # noqa: E731
    return [(c["name"], type_name(c["type"]), c["nullable"]) for c in columns]


def _declared(table: sa.Table) -> list[dict]:
    return [{"name": c.name, "type": c.type, "nullable": c.nullable} for c in table.columns]


@pytest.mark.parametrize("table", schema.metadata.sorted_tables, ids=lambda t: t.name)
def test_every_table_says_its_grain_and_how_it_reaches_its_property(table):
    assert table.comment.startswith("One row")
    way = table.info["scope"]
    assert way in ("shared", "audit", "batch") or way in schema.metadata.tables
    if way in schema.metadata.tables and table.name != way:
        assert {f"{way}_id", "a_id"} & set(table.c.keys())  # a pair of guests is reached through its first


def test_columns_that_name_or_reach_a_person_are_marked_personal():
    found: dict[str, set[str]] = {}
    for column in schema.PERSONAL:
        found.setdefault(column.table.name, set()).add(column.name)
    assert found == {
        "guest": {"name", "email", "phone", "birth_on"}, "survivor": {"name", "email", "phone", "birth_on"},
        "profile": {"given_name", "family_name", "email", "phone", "birth_on", "street", "postcode", "city", "document_hash", "loyalty_number"},
        "search_term": {"term"}, "preference": {"value"}, "note": {"text"}, "interaction": {"subject", "text", "address"},
        "lead": {"name", "email", "phone", "company", "next_step", "note"},
        "review": {"title", "text", "liked", "disliked", "author", "answer", "answers", "draft"}, "service_case": {"text", "resolution"},
        "case_step": {"text"},
        "send": {"address"}, "membership": {"number"}, "points_entry": {"reason"},
        "assessment": {"assessor"}, "staff": {"name"},
        "tier_override": {"reason"}, "import_reject": {"value", "cells"}, "former": {"row"}}


def test_money_is_whole_minor_units_everywhere():
    amounts = [c for t in schema.metadata.sorted_tables for c in t.columns if c.name.endswith("_minor")]
    assert len(amounts) == 15
    assert all(isinstance(c.type, sa.BigInteger) for c in amounts)


def test_opening_a_store_again_migrates_nothing(store):
    migrate.upgrade(store.engine)
    assert store.revision() == 0


def test_a_store_of_a_newer_innsight_is_refused_and_left_alone(store):
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.NewerStore, match="9999"):
        migrate.upgrade(store.engine)
    with store.reading() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


# --- what SQLite is told to be ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("pragma", "value"), [
    ("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 600_000), ("trusted_schema", 0), ("secure_delete", 1)])
def test_sqlite_runs_under_the_rules_that_keep_data_safe(sqlite_store, pragma, value):
    with sqlite_store.reading() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value


def test_every_sqlite_table_is_strict(sqlite_store):
    with sqlite_store.reading() as connection:
        listed = connection.exec_driver_sql("PRAGMA table_list").mappings().all()
    ours = {row["name"]: row["strict"] for row in listed if row["name"] in schema.metadata.tables}
    assert ours == dict.fromkeys(schema.metadata.tables, 1)


# --- what the database itself refuses ---------------------------------------------------------------------------------
def test_text_in_a_number_is_refused(store):
    with pytest.raises(sa.exc.DBAPIError):
        with store.changing(ENTRY) as change:
            change.connection.exec_driver_sql(
                "INSERT INTO property (id, code, name, currency, margin_bp) VALUES (1, 'LIS', 'Lisbon', 'EUR', 'much')")


def test_a_row_that_points_to_nothing_is_refused(store):
    with pytest.raises(sa.exc.IntegrityError):
        with store.changing(ENTRY) as change:
            change.connection.execute(sa.insert(schema.profile).values(guest_id=77, property_id=1, source="x", external_id="1"))


@pytest.mark.parametrize(("table", "bad"), [
    (schema.rooms_available, {"property_id": 1, "from_on": dt.date(2025, 1, 1), "rooms": -1}),
    (schema.exchange_rate, {"currency": "ETB", "from_on": dt.date(2025, 1, 1), "rate": 0.0}),
])
def test_values_outside_their_range_are_refused(store, table, bad):
    with store.changing(ENTRY) as change:
        change.connection.execute(sa.insert(schema.property).values(id=1, code="LIS", name="Lisbon", currency="EUR"))
    with pytest.raises(sa.exc.IntegrityError, match="ck_"):
        with store.changing(ENTRY) as change:
            change.connection.execute(sa.insert(table).values(bad))


@pytest.mark.parametrize("statement", ["UPDATE {} SET actor = 'nobody'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", schema.APPEND_ONLY, ids=lambda t: t.name)
def test_append_only_tables_refuse_update_and_delete(store, table, statement):
    guest = add_guest(store)
    with store.changing(ENTRY) as change:
        change.connection.execute(sa.insert(schema.consent).values(
            guest_id=guest, purpose="marketing", channel="email", state="given", at=change.at, source="desk", actor="test"))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        with store.engine.begin() as connection:
            connection.exec_driver_sql(statement.format(table.name))
    assert count(store, table) == {"audit": 2, "consent": 1}[table.name]


def test_an_error_does_not_repeat_the_values(store):
    with pytest.raises(sa.exc.IntegrityError) as caught:
        with store.changing(ENTRY) as change:
            change.connection.execute(sa.insert(schema.guest).values(id=1, name="Ana Silva", created_at=None))
    assert "Ana Silva" not in str(caught.value).split("DETAIL")[0]


# --- transactions -----------------------------------------------------------------------------------------------------
def test_a_change_is_one_revision_and_one_audit_row(store):
    add_guest(store)
    add_guest(store, "Ben Okafor")
    assert store.revision() == 2
    assert count(store, schema.audit) == 2


def test_a_change_that_fails_leaves_nothing(store):
    def fail() -> None:
        with store.changing(ENTRY) as change:
            change.connection.execute(sa.insert(schema.guest).values(name="Ana Silva", created_at=change.at))
            raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError):
        fail()
    assert (count(store, schema.guest), count(store, schema.audit), store.revision()) == (0, 0, 0)


def test_a_change_without_a_mark_is_audited_and_keeps_the_revision(store):
    with store.changing(ENTRY, marks=False):
        pass
    assert (count(store, schema.audit), store.revision()) == (1, 0)


def test_a_reader_sees_one_snapshot_while_others_write(store):
    add_guest(store)
    with store.reading() as connection:
        guests = sa.select(sa.func.count()).select_from(schema.guest)
        before = connection.execute(guests).scalar_one()
        add_guest(store, "Ben Okafor")
        assert connection.execute(guests).scalar_one() == before == 1
    assert count(store, schema.guest) == 2


def test_a_reader_cannot_write(store):
    with pytest.raises(sa.exc.DBAPIError):
        with store.reading() as connection:
            connection.execute(sa.update(schema.store_state).values(revision=99))
    assert store.revision() == 0


def test_eight_writers_queue_and_keep_the_chain_whole(store):
    def write():
        for _ in range(10):
            add_guest(store)
    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (count(store, schema.guest), store.revision()) == (80, 80)
    with store.reading() as connection:
        assert audit.verify(connection) == []


# --- many rows at once ------------------------------------------------------------------------------------------------
def test_bulk_rows_take_ids_of_their_own_and_single_rows_go_on_after_them(store):
    with store.changing(ENTRY) as change:
        first = bulk.next_id(change.connection, schema.guest)
        rows = ((first + i, f"Guest {i}", "2025-04-01T00:00:00+00:00", None if i % 2 else "PT") for i in range(1000))
        bulk.insert(change.connection, schema.guest, ("id", "name", "created_at", "country"), rows)
        assert bulk.next_id(change.connection, schema.guest) == 1001
    assert first == 1
    assert add_guest(store) == 1001
    with store.reading() as connection:
        assert connection.execute(sa.select(sa.func.count(schema.guest.c.country))).scalar_one() == 500


def test_bulk_keeps_quotes_breaks_and_dates(store):
    text = 'O\'Brien "Bob"\tback\\slash\nnew line'
    with store.changing(ENTRY) as change:
        bulk.insert(change.connection, schema.guest, ("id", "name", "birth_on", "created_at"), [(1, text, "1980-02-29", change.at)])
    with store.reading() as connection:
        assert tuple(connection.execute(sa.select(schema.guest.c.name, schema.guest.c.birth_on)).one()) == (text, dt.date(1980, 2, 29))


def test_a_bulk_row_that_is_refused_takes_the_others_with_it(store):
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        with store.changing(ENTRY) as change:
            bulk.insert(change.connection, schema.guest, ("id", "created_at"), [(1, change.at), (2, change.at), (1, change.at)])
    assert count(store, schema.guest) == 0


# --- opening ----------------------------------------------------------------------------------------------------------
def test_a_store_makes_its_own_folder(settings):
    from dataclasses import replace
    url = f"sqlite:///{settings.home / 'deep' / 'er' / 'demo.db'}"
    assert record.open_store(replace(settings, store_url=url)).revision() == 0
    assert (settings.home / "deep" / "er" / "demo.db").exists()


def test_a_store_is_opened_once(settings):
    assert record.open_store(settings) is record.open_store(settings)


def test_stores_that_are_closed_are_opened_anew(settings):
    first = record.open_store(settings)
    record.close_all()
    assert record.open_store(settings) is not first


@pytest.mark.parametrize("url", ["postgresql://hotel@localhost/innsight", "postgresql+psycopg://hotel@localhost/innsight"])
def test_a_postgresql_url_may_name_the_driver_or_not(url):
    assert record.connect(url).url.drivername == "postgresql+psycopg"
