"""Brings a record store to the newest schema with Alembic; a store from a newer Innsight is refused."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

HERE = Path(__file__).parent / "migrations"


class NewerStore(RuntimeError):
    """The store was written by a newer version of Innsight: install that version, nothing was changed."""


def upgrade(engine: Engine) -> None:
    """Create or migrate the store's tables; does nothing where they are at the newest revision."""
    config = Config()
    config.set_main_option("script_location", str(HERE))
    script = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        connection.rollback()
        if present == script.get_current_head():
            return
        if present and present not in {r.revision for r in script.walk_revisions()}:
            raise NewerStore(f"This store has schema {present}, which this version of Innsight does not know. Install the newer version.")
        config.attributes["connection"] = connection.execution_options(immediate=True)
        with connection.begin():
            command.upgrade(config, "head")


def forbid_changes(operations, dialect: str, table: str) -> None:
    """Put triggers on an append-only table, so that the database itself refuses update and delete."""
    for verb in ("UPDATE", "DELETE"):
        name = f"{table}_no_{verb.lower()}"
        if dialect == "sqlite":
            operations.execute(
                sa.text(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
            )
        else:
            operations.execute(
                sa.text(
                    f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
                )
            )
            operations.execute(sa.text(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"))


def add_columns(operations, table: str, *columns: sa.Column) -> None:
    """Add columns in place, with the names that a fresh store gives their constraints; SQLite cannot add a constraint afterwards."""
    holder = sa.Table(table, sa.MetaData(), *columns)
    dialect = operations.get_bind().dialect
    for column in holder.columns:
        reference = "".join(
            f" CONSTRAINT fk_{table}_{column.name} REFERENCES {key.target_fullname.replace('.', ' (')})" for key in column.foreign_keys
        )
        operations.execute(sa.text(f"ALTER TABLE {table} ADD COLUMN {sa.schema.CreateColumn(column).compile(dialect=dialect)}{reference}"))
