"""Says of any file at all whether its import kept its promises: every row accounted for, or one sentence and nothing written."""
import json
import os
import re
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from crm_core import schema, settings
from crm_core.ingest.importing import Result, import_file
from crm_core.ingest.problems import PROBLEMS, RULES, WARNINGS, ImportProblem, warning
from crm_core.ingest.rejects import rejects
from crm_core.ingest.targets import TARGETS
from crm_core.ingest.template import template
from crm_core.store import audit, record
from tests.ingest import sound

SECONDS, PATIENCE = 10, 60  # of work, and by the clock of a machine that does other things besides
WITHOUT_COLUMN = ("json", "quotes", "nul", "undecodable", "cell_too_long", "cells_extra")  # of these the whole line is wrong
GAP = re.compile(r"\{(" + "|".join(sorted({name for text in (*PROBLEMS.values(), *WARNINGS.values()) for name in re.findall(r"{(\w+)}", text)}))
    + r")\}")


class Judge:
    """Brings each file into a store of its own, a copy of a hotel that has one row of everything."""

    def __init__(self, folder: Path):
        self.base, self.home, self.slowest = folder / "base", folder / "home", (0.0, "")
        opened = record.open_store(settings.at(self.base))
        sound.teach(opened)
        for target in TARGETS:
            path = self.base / f"{target}.csv"
            path.write_text(template(target), encoding="utf-8")
            import_file(opened, path, target=target)
        opened.engine.dispose()

    def __call__(self, content: bytes, name: str, **said) -> str:
        """Import the file; return the code of the problem that it has as a whole, "" where its rows were read."""
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.base, self.home)
        (path := self.home / name).write_bytes(content)
        store = record.RecordStore(record.connect(settings.at(self.home).store_url))
        try:
            return self._judged(store, path, **said)
        finally:
            store.engine.dispose()

    def _judged(self, store: record.RecordStore, path: Path, **said) -> str:
        before, started, at = counts(store), worked(), time.monotonic()
        try:
            result = import_file(store, path, **said)
        except ImportProblem as problem:
            result = problem
        seconds = worked() - started
        self.slowest = max(self.slowest, (seconds, path.name))
        assert seconds < SECONDS and time.monotonic() - at < PATIENCE
        with store.reading() as connection:
            assert audit.verify(connection) == []
        if isinstance(result, Result):
            check_result(store, result, before)
            return ""
        assert is_sentence(str(result))
        assert counts(store) == before
        return result.code


def worked() -> float:
    """Return the seconds that this process and its children have worked so far."""
    return sum(os.times()[:4])


def counts(store: record.RecordStore) -> dict[str, int]:
    """Return how many rows each table has."""
    with closing(sqlite3.connect(store.engine.url.database)) as file:
        return {name: file.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in schema.metadata.tables}


def check_result(store: record.RecordStore, result: Result, before: dict[str, int]) -> None:
    """Assert that a result says of every row what became of it, and that the store agrees."""
    assert result.accepted + result.rejected + result.duplicates == result.read
    assert min(result.added, result.updated, result.rejected, result.duplicates) >= 0
    assert all(is_sentence(warning(code, values)) for code, values in result.warnings)
    with store.reading() as connection:
        batch = connection.execute(sa.select(schema.import_batch).where(schema.import_batch.c.id == result.batch)).mappings().one()
        out = list(rejects(connection, result.batch))
    assert [batch[name] for name in ("read", "added", "updated", "rejected", "duplicates")] == [
        result.read, result.added, result.updated, result.rejected, result.duplicates]
    assert len(out) == result.rejected
    for row in out:
        assert row["rule"] in RULES and is_sentence(row["reason"])
        assert row["line"] > 0
        assert row["column"] or row["rule"] in WITHOUT_COLUMN, row
    after = counts(store)
    assert after["import_batch"] == before["import_batch"] + 1
    assert after["audit"] == before["audit"] + 1
    assert all(json.loads(batch[name]) is not None for name in ("form", "mapping", "warnings"))


def is_sentence(text: str) -> bool:
    """Say whether a text can be shown: words with an end, and no gap that nobody filled."""
    return len(text) > 10 and not GAP.search(text) and text.rstrip()[-1] in ".)…"
