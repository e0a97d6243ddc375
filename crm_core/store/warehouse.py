"""The warehouse: immutable versions in DuckDB files, published whole and read by any number of processes."""
import datetime as dt
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import Select

from crm_core.settings import POINTER, Settings

KEPT = 3
SCOPED = "scope_properties"
READ_ONLY = {"access_mode": "READ_ONLY", "enable_external_access": "false", "autoinstall_known_extensions": "false",
             "autoload_known_extensions": "false", "lock_configuration": "true"}


class NoWarehouse(RuntimeError):
    """Nothing has been published yet: run `python -m crm_core refresh`."""


class UnscopedStatement(RuntimeError):
    """A statement reads a mart without the scope's predicate."""


@dataclass(frozen=True)
class Version:
    """What a published warehouse says of itself."""

    number: int
    revision: int
    as_of: dt.date
    at: str
    kind: str
    hotel: str
    history_from: dt.date | None = None
    marts: str = ""


class Warehouse:
    """One version, open for reading."""

    def __init__(self, path: Path, version: Version):
        self.path, self.version = path, version

    @cached_property
    def engine(self) -> Engine:
        return sa.create_engine(f"duckdb:///{self.path}", connect_args={"config": READ_ONLY}, hide_parameters=True)

    def frame(self, statement: Select) -> pd.DataFrame:
        """Return a scoped statement's rows. Raises UnscopedStatement where a mart is read without the scope's predicate."""
        require_scope(statement)
        with self.engine.connect() as connection:
            return connection.execute(statement).cursor.to_arrow_table().to_pandas()


def require_scope(statement: Select) -> None:
    """Raise UnscopedStatement unless every select over a mart that has a property also holds the scope's predicate.

    Text is refused whole: nobody can tell what it reads.
    """
    if not isinstance(statement, sa.SelectBase):
        raise UnscopedStatement(f"A statement is built with select(), not with {type(statement).__name__}.")
    for part in visitors.iterate(statement):
        if isinstance(part, Select) and _marts_of(part) and not _is_scoped(part):
            raise UnscopedStatement(f"{', '.join(_marts_of(part))} is read without a scope: build the statement from scoped.within().")


def _marts_of(part: Select) -> list[str]:
    """Name the marts with guests or properties that a select reads itself, not through a subquery."""
    return sorted({t.name for t in _tables(part) if "property_id" in t.c or "guest_id" in t.c})


def _tables(element) -> Iterator[sa.TableClause]:
    waiting = [element]  # not one function within the other: pages ask statements of a thousand parts
    while waiting:
        for child in waiting.pop().get_children():
            table = child.table if isinstance(child, sa.Column) else child
            if isinstance(table, sa.TableClause):
                yield table
            elif not isinstance(table, Select | sa.Subquery):
                waiting.append(child)


def _is_scoped(part: Select) -> bool:
    where = part.whereclause
    return where is not None and any(isinstance(b, sa.BindParameter) and b.key == SCOPED for b in visitors.iterate(where))


def current(settings: Settings) -> Warehouse:
    """Return the newest version. Raises NoWarehouse before the first refresh."""
    try:
        number = json.loads((settings.warehouse / POINTER).read_text())["version"]
    except FileNotFoundError as error:
        raise NoWarehouse("There is no warehouse yet: run `python -m crm_core refresh`.") from error
    return version(settings, number)


def version(settings: Settings, number: int) -> Warehouse:
    """Return one version by its number, for example the one a tile was computed on. Raises NoWarehouse where it was removed."""
    path = file_of(settings, number)
    try:
        return _open(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise NoWarehouse(f"{path.name} is no longer kept: reload the page.") from error


@lru_cache(maxsize=KEPT + 1)
def _open(path: Path, _written: int) -> Warehouse:
    """Open a version once per process, and anew where another file took its place."""
    said = json.loads(path.with_suffix(".json").read_text())
    return Warehouse(path, version_from(said))


def version_from(said: dict) -> Version:
    """Return a Version from its JSON form."""
    first = said.get("history_from")
    return Version(said["number"], said["revision"], dt.date.fromisoformat(said["as_of"]), said["at"], said["kind"], said["hotel"],
                   dt.date.fromisoformat(first) if first else None, said.get("marts", ""))


def file_of(settings: Settings, number: int) -> Path:
    """Return where a version's file lies."""
    return settings.warehouse / f"warehouse-{number:06d}.duckdb"


def publish(settings: Settings, built: Path, published: Version) -> None:
    """Move a finished file to its place and the pointer to it: readers see the old version or the new one, nothing between."""
    target = file_of(settings, published.number)
    said = {**published.__dict__, "as_of": published.as_of.isoformat(),
            "history_from": published.history_from.isoformat() if published.history_from else None}
    _write_durably(target.with_suffix(".json"), said)
    _sync(built)
    os.replace(built, target)
    _write_durably(settings.warehouse / POINTER, {"version": published.number})
    _remove_old(settings, published.number)


def _remove_old(settings: Settings, newest: int) -> None:
    for path in settings.warehouse.glob("warehouse-*.duckdb"):
        if int(path.stem.removeprefix("warehouse-")) <= newest - KEPT:
            path.unlink(missing_ok=True)
            path.with_suffix(".json").unlink(missing_ok=True)


def _write_durably(path: Path, content: dict) -> None:
    building = path.with_suffix(".new")
    building.write_text(json.dumps(content))
    _sync(building)
    os.replace(building, path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no way to sync a folder
    handle = os.open(path, os.O_RDONLY if path.is_dir() or os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
