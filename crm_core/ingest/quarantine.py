"""Lines that were kept out wait here: they are corrected and sent again, exported and fixed, dropped, or forgotten after thirty days."""
import csv
import datetime as dt
import json
import tempfile
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.exports import csv_text
from crm_core.i18n import N_
from crm_core.ingest.importing import Result, import_file
from crm_core.ingest.lookup import among
from crm_core.ingest.mapping import Mapping
from crm_core.ingest.planning import TOLD
from crm_core.ingest.problems import reason
from crm_core.ingest.written import Form
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import import_batch, import_reject
from crm_core.scope import Scope
from crm_core.store.audit import Entry
from crm_core.store.record import Change, RecordStore

DAYS = 30
EXPIRED = "expired"


@lookup("import")
def open_rejects(connection: Connection, scope: Scope, *, batch: int) -> list[dict]:
    """Return a batch's lines that wait, in file order: id, line, column, value, rule, reason, and `cells` by the file's own headers."""
    rows = connection.execute(_waiting(scope, batch).order_by(import_reject.c.line, import_reject.c.id)).mappings()
    return [{name: row[name] for name in ("id", "line", "column", "value", "rule")} | {"reason": reason(row["rule"]), "cells": _cells(row)}
            for row in rows]


def _waiting(scope: Scope, batch: int) -> sa.Select:
    seen = sa.or_(import_reject.c.property_id.is_(None), import_reject.c.property_id.in_(scope.properties))
    return sa.select(import_reject).where(import_reject.c.batch_id == batch, import_reject.c.settled_at.is_(None), seen)


def _cells(row: sa.RowMapping) -> dict[str, str]:
    return json.loads(row["cells"]) if row["cells"] else {}


def correct(store: RecordStore, scope: Scope, *, batch: int, rows: dict[int, dict[str, str]]) -> Result:
    """Send lines again with other cells, {reject: {header: cell}}, as a batch of their own; return what became of them.

    They are read as their file was: same form, mapping and property. All of them are settled; one that is still wrong waits in the new
    batch. Raises Refused for a line that does not wait or has no cells, because it was broken before it had columns.
    """
    scope.require("import")
    with store.reading() as connection:
        brought = connection.execute(sa.select(import_batch).where(import_batch.c.id == batch)).mappings().one_or_none()
        wanted = _waiting(scope, batch).where(among(connection, import_reject.c.id, rows)).order_by(import_reject.c.line)
        found = {row["id"]: _cells(row) for row in connection.execute(wanted).mappings()}
    if brought is None or set(found) != set(rows) or not all(found.values()):
        raise Refused(N_("One of these lines does not wait any more, or cannot be corrected here. Correct it in its file."))
    lines = [found[id_] | rows[id_] for id_ in found]
    form = Form.from_dict(json.loads(brought["form"]) | {"kind": "csv", "sheet": None, "encoding": "utf-8", "delimiter": ",", "header_line": 1})
    with tempfile.TemporaryDirectory() as folder:
        return import_file(store, _written(Path(folder) / "corrected.csv", lines), form=form,
            mapping=Mapping.from_dict(json.loads(brought["mapping"])), actor=scope.user, name=f"{brought['file_name']} (corrected)",
            settles=tuple(found))


def _written(path: Path, lines: list[dict[str, str]]) -> Path:
    header = list(dict.fromkeys(name for line in lines for name in line))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(lines)
    return path


@action("import", "drop", "import_reject")
def drop(change: Change, scope: Scope, *, batch: int, rejects: tuple[int, ...] | None = None) -> int:
    """Settle lines that shall not come in (all of a batch where none are named), and forget their cells; return how many they were.

    Raises Refused for one that does not wait.
    """
    waiting = import_reject.c.id.in_(sa.select(_waiting(scope, batch).subquery().c.id))
    asked = waiting if rejects is None else waiting & among(change.connection, import_reject.c.id, rejects)
    done = change.connection.execute(sa.update(import_reject).where(asked).values(
        settled_at=change.at, settled_by=scope.user, value="", cells=None)).rowcount
    if not done or (rejects is not None and done != len(set(rejects))):
        raise Refused(N_("One of these lines does not wait any more."))
    return done


def as_csv(rows: Iterable[dict]) -> str:
    """Return what open_rejects() gave as CSV: all columns of the file, then line, column and reason, which an import passes over.

    The file can be put right in a spreadsheet and brought in again.
    """
    rows = list(rows)
    header = list(dict.fromkeys(name for row in rows for name in row["cells"]))
    return csv_text([*header, *TOLD], ([*(row["cells"].get(name, "") for name in header), row["line"], row["column"], row["reason"]]
                                       for row in rows))


def expire(store: RecordStore, today: dt.date) -> int:
    """Forget the values and cells of lines that have waited for thirty days; return how many. Their files can still be sent again."""
    before = (today - dt.timedelta(DAYS)).isoformat()
    old = sa.select(import_batch.c.id).where(import_batch.c.at < before)
    wanted = import_reject.c.batch_id.in_(old) & import_reject.c.settled_at.is_(None)
    with store.reading() as connection:
        if connection.execute(sa.select(import_reject.c.id).where(wanted).limit(1)).first() is None:
            return 0
    with store.changing(Entry("innsight", "expire", "import_reject"), marks=False) as change:
        return change.connection.execute(sa.update(import_reject).where(wanted).values(
            value="", cells=None, settled_at=change.at, settled_by=EXPIRED)).rowcount
