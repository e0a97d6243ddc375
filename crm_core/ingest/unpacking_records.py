"""JSON lines, JSON arrays and Parquet as rows of text under one header."""
import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator
from decimal import Decimal

from crm_core.ingest.unpacking import BROKEN, COLUMNS, UNPACKED, Asked, Refused, more_time
from crm_core.ingest.unpacking_workbooks import number

DEEPEST = 8
LINE = 1_000_000
BATCH = 5_000


class Number(str):
    """A number as it was written, unlike text that looks like one."""


def json_lines(asked: Asked) -> Iterator[list[str]]:
    """Yield a header, the keys in the order in which they appear, and a row for each line; a line that is no object is marked."""
    names: dict[str, None] = {}
    for row, value in enumerate(_objects(asked.source)):
        more_time(row)
        if isinstance(value, dict):
            names.update(dict.fromkeys(value))
            if len(names) > COLUMNS:
                raise Refused("too_wide")
    yield list(names)
    for value in _objects(asked.source):
        yield _broken(value) if isinstance(value, str) else [_decimal(value.get(name, ""), asked.decimal) for name in names] if value else []


def _objects(path: str) -> Iterator[dict[str, str] | str]:
    """Yield a flat object per line or element, {} for a blank line, the line's text where it is no object."""
    with open(path, "rb") as file:
        head = file.read(4_096)
    encoding = json.detect_encoding(head)
    if head.decode(encoding, "replace").lstrip()[:1] == "[":
        yield from _array(path, encoding)
        return
    for line in _lines(path, encoding):
        yield _object(line) if line.strip() else {}


def _lines(path: str, encoding: str) -> Iterator[str]:
    """Yield the lines; of one that is too long only the beginning, which is no object."""
    with open(path, encoding=encoding, errors="surrogateescape") as file:
        while line := file.readline(LINE):
            yield line
            while len(line) == LINE and line[-1] != "\n":
                line = file.readline(LINE)


def _array(path: str, encoding: str) -> Iterator[dict[str, str] | str]:
    if os.path.getsize(path) > UNPACKED:
        raise Refused("too_large")
    with open(path, encoding=encoding, errors="surrogateescape") as file:
        try:
            values = _load(file.read())
        except (ValueError, RecursionError) as error:
            raise Refused("damaged") from error
    for value in values:
        yield _flat_or_text(value, str(value))


def _object(line: str) -> dict[str, str] | str:
    try:
        return _flat_or_text(_load(line), line)
    except (ValueError, RecursionError):
        return line


def _load(text: str):
    return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=lambda _: None)


def _flat_or_text(value, text: str) -> dict[str, str] | str:
    if not isinstance(value, dict):
        return text
    try:
        return dict(flat(value))
    except RecursionError:
        return text


def flat(value: dict, before: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of an object; nested ones have names with dots, lists are joined by semicolons. Raises RecursionError."""
    if depth > DEEPEST:
        raise RecursionError
    for key, inner in value.items():
        name = f"{before}{key}"
        if isinstance(inner, dict):
            yield from flat(inner, f"{name}.", depth + 1)
        else:
            yield name, _listed(inner, depth) if isinstance(inner, list | tuple) else text(inner)


def _listed(values: Iterable, depth: int) -> str:
    parts = (", ".join(f"{name}: {part}" for name, part in flat(value, depth=depth + 1) if part) if isinstance(value, dict)
             else _listed(value, depth + 1) if isinstance(value, list | tuple) and depth <= DEEPEST else text(value) for value in values)
    return "; ".join(filter(None, parts))


def text(value) -> str:
    """Return a value as text; instants in UTC, "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return Number(number(value)) if value == value else ""
    if isinstance(value, int | Decimal):
        return Number(f"{value:f}" if isinstance(value, Decimal) else value)
    if isinstance(value, dt.datetime):
        return _instant(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value if isinstance(value, str) else str(value)


def _instant(value: dt.datetime) -> str:
    if value.tzinfo:
        return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    return value.date().isoformat() if value.time() == dt.time() else value.isoformat(timespec="seconds")


def _decimal(value: str, sign: str) -> str:
    return value.replace(".", sign) if isinstance(value, Number) else value


def _broken(line: str) -> list[str]:
    return [BROKEN, "cell_too_long" if len(line) >= LINE else "json", line[:200]]


def parquet(asked: Asked) -> Iterator[list[str]]:
    """Yield the names of the columns, those of nested ones with dots, and the rows."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile
    with ParquetFile(asked.source, memory_map=False, pre_buffer=False) as file:
        names = [name for field in file.schema_arrow for name in _names(field, pa)]
        if len(names) > COLUMNS:
            raise Refused("too_wide")
        yield names
        for batch in file.iter_batches(BATCH, use_threads=False):
            for row in _whole_microseconds(batch, pa).to_pylist():
                found = dict(flat(row))
                yield [_decimal(found.get(name, ""), asked.decimal) for name in names]


def _names(field, pa) -> Iterator[str]:
    if not pa.types.is_struct(field.type):
        yield field.name
        return
    for inner in field.type:
        for name in _names(inner, pa):
            yield f"{field.name}.{name}"


def _whole_microseconds(batch, pa):
    """Return the batch without nanoseconds, which a plain datetime does not have."""
    def cast(column):
        kind = column.type
        return column.cast(pa.timestamp("us", kind.tz), safe=False) if pa.types.is_timestamp(kind) and kind.unit == "ns" else column
    return pa.RecordBatch.from_arrays([cast(column) for column in batch.columns], names=batch.schema.names)
