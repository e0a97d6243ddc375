"""What was brought in: the batches, newest first, and the lines that each kept out."""

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from crm_core.records.registry import lookup
from crm_core.schema import import_batch, import_reject
from crm_core.scope import Scope


@lookup("import")
def batches(connection: Connection, scope: Scope, *, limit: int = 20) -> list[dict]:
    """Return the latest batches with their counts: read = added + updated + rejected + duplicates."""
    return [dict(row) for row in connection.execute(select(import_batch).order_by(import_batch.c.id.desc()).limit(limit)).mappings()]


@lookup("import")
def rejected_lines(connection: Connection, scope: Scope, *, batch: int) -> list[dict]:
    """Return a batch's rejected lines in file order; those of other properties stay unseen."""
    seen = or_(import_reject.c.property_id.is_(None), import_reject.c.property_id.in_(scope.properties))
    rows = connection.execute(
        select(import_reject).where(import_reject.c.batch_id == batch, seen).order_by(import_reject.c.line, import_reject.c.id)
    )
    return [dict(row) for row in rows.mappings()]
