"""Mappings that were saved under a name: which column of a hotel's own export is which of ours, and how the file is written."""

import json

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.registry import Refused, action, lookup
from crm_core.schema import import_mapping
from crm_core.scope import Scope
from crm_core.store.record import Change

LONGEST = 80


@lookup("import")
def saved_mappings(connection: Connection, scope: Scope) -> list[dict]:
    """Return the saved mappings by name; `mapping` and `form` are dicts."""
    return [_read(row) for row in connection.execute(select(import_mapping).order_by(import_mapping.c.name)).mappings()]


@lookup("import")
def saved_mapping(connection: Connection, scope: Scope, *, name: str | None = None, header_hash: str | None = None) -> dict | None:
    """Return the mapping of a name, or the one saved last for a header (see mapping.header_hash); None where there is none."""
    here = import_mapping.c.name == name if name else import_mapping.c.header_hash == header_hash
    row = connection.execute(select(import_mapping).where(here).order_by(import_mapping.c.at.desc(), import_mapping.c.id.desc())).mappings()
    return next(map(_read, row), None)


@action("import", "save", "import_mapping", marks=False)
def save_mapping(change: Change, scope: Scope, *, id: str, mapping: dict, form: dict, header_hash: str) -> None:
    """Save a mapping (Mapping.as_dict()) and the corrected fields of its form under the name `id`, in place of an earlier one."""
    name = id.strip()
    if not name or len(name) > LONGEST:
        raise Refused(N_("A mapping needs a name of at most 80 characters."))
    values = {"source": mapping["source"], "target": mapping["target"], "header_hash": header_hash, "mapping": json.dumps(mapping),
              "form": json.dumps(form), "actor": scope.user, "at": change.at}  # fmt: skip
    if not change.connection.execute(update(import_mapping).where(import_mapping.c.name == name).values(**values)).rowcount:
        change.connection.execute(insert(import_mapping).values(name=name, **values))


def _read(row) -> dict:
    return {**row, "mapping": json.loads(row["mapping"]), "form": json.loads(row["form"])}
