"""Many keys at once against the record store, as one bound value."""
import json
from collections.abc import Iterable, Iterator
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Connection

CHUNK = 10_000


def among(connection: Connection, column: sa.Column, keys: Iterable) -> sa.ColumnElement[bool]:
    """Return the condition that a column is one of the keys. They travel as one value: no engine then limits their number."""
    if connection.dialect.name == "sqlite":
        return column.in_(sa.select(sa.func.json_each(json.dumps(list(keys))).table_valued("value").c.value))
    return column == sa.any_(sa.literal(list(keys), ARRAY(column.type)))


def in_chunks(rows: Iterable, size: int = CHUNK) -> Iterator[list]:
    """Yield lists of so many rows."""
    rows = iter(rows)
    while chunk := list(islice(rows, size)):
        yield chunk
