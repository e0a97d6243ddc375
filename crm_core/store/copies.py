"""A record store as a file to come back to: saved in one consistent snapshot, put back while others have it open."""

import sqlite3
from contextlib import closing
from pathlib import Path

from crm_core.settings import Settings
from crm_core.store import migrate
from crm_core.store.record import PATIENCE, RecordStore, open_store


def save(settings: Settings, path: Path) -> None:
    """Write the record store, as it stands at this moment, to a file of its own. Only a store in a file can be saved."""
    with closing(sqlite3.connect(settings.sqlite_path, timeout=PATIENCE / 1000)) as store, closing(sqlite3.connect(path)) as saved:
        store.backup(saved)
        saved.execute("PRAGMA journal_mode=DELETE")  # one file, without another beside it


def put_back(settings: Settings, path: Path) -> RecordStore:
    """Give the record store the content of a saved file, in one transaction: who reads goes on with what they began to read.

    A file of an older Innsight is brought to the newest schema; raises migrate.NewerStore for one of a newer.
    """
    store = open_store(settings)
    with closing(sqlite3.connect(path)) as saved, closing(sqlite3.connect(settings.sqlite_path, timeout=PATIENCE / 1000)) as live:
        saved.backup(live)
        live.execute("PRAGMA wal_checkpoint(PASSIVE)")  # what it can without waiting for readers
    migrate.upgrade(store.engine)
    return store
