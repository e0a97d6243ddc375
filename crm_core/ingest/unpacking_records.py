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
CELLS_A_BYTE, SMALL = 100, 5_000  # more cells for each byte of a Parquet file, or of this size, are no table of a hotel


class Number(str):
    """A number as it was written, unlike text that looks like one."""


DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=lambda _: None)


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
            values = DECODER.decode(file.read())
        except (ValueError, RecursionError) as error:
            raise Refused("damaged") from error
    for value in values:
        yield _flat_or_text(value, str(value))


def _object(line: str) -> dict[str, str] | str:
    try:
        return _flat_or_text(DECODER.decode(line), line)
    except (ValueError, RecursionError):
        return line


def _flat_or_text(value, line: str) -> dict[str, str] | str:
    if not isinstance(value, dict):
        return line
    kinds = set(map(type, value.values()))
    if kinds <= {str, Number}:  # nearly always
        return value
    try:
        return dict(flat(value))
    except RecursionError:
        return line


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
    if isinstance(value, str):
        return value
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
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


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
        names = _unnested(file.schema_arrow.empty_table(), pa).column_names
        if len(names) > COLUMNS:
            raise Refused("too_wide")
        if file.metadata.num_rows * len(names) > CELLS_A_BYTE * max(os.path.getsize(asked.source), SMALL):
            raise Refused("too_large")
        yield names
        for batch in file.iter_batches(BATCH, use_threads=False):
            columns = [_texts(column, asked.decimal, pa) for column in _unnested(pa.Table.from_batches([batch]), pa).columns]
            yield from map(list, zip(*columns, strict=True))


def _unnested(table, pa):
    """Return the table with a column for each field of a nested one."""
    while any(pa.types.is_struct(kind) for kind in table.schema.types):
        table = table.flatten()
    return table


def _texts(column, decimal: str, pa) -> list[str]:
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":  # a plain datetime has no nanoseconds
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    values = (_listed(value, 0) if isinstance(value, list | tuple) else text(value) for value in column.to_pylist())
    return [_decimal(value, decimal) for value in values]
