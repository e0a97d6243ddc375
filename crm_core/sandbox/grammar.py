"""What a question may be: DuckDB's own parser says what stands in it, and whatever is not known to be harmless is refused."""
import json
import re
from collections.abc import Iterable, Iterator

from crm_core.sandbox.functions import FUNCTIONS, ROWS_OF, TYPES

MOST_CHARACTERS = 20_000
PARSED = "SELECT json_serialize_sql(?::VARCHAR)"
# A name of one's own (WITH name AS …) is a plain word: never a path that the engine could take for a file.
WORD = re.compile(r"[^\W\d]\w*")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
PIVOT = re.compile(r"\bpivot(_wider)?\b", re.IGNORECASE)
SYSTEM = ("duckdb_", "pg_", "sqlite_", "pragma_", "mart_", "information_schema")

NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
SOURCES = {"BASE_TABLE", "JOIN", "SUBQUERY", "TABLE_FUNCTION", "EMPTY", "EXPRESSION_LIST"}
ORDERS = {"ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER", "ORDER_DEFAULT", "ASCENDING", "DESCENDING"}
CLASSES = {"COLUMN_REF", "FUNCTION", "STAR", "CONSTANT", "SUBQUERY", "OPERATOR", "CONJUNCTION", "COMPARISON", "CASE", "CAST", "WINDOW", "BETWEEN",
           "LAMBDA", "LAMBDA_REF", "POSITIONAL_REFERENCE", "COLLATE"}
CLOSED = {"SHOW_REF": "show", "PIVOT": "pivot", "PARAMETER": "parameter"}


class Refused(Exception):
    """A question that is not asked: a key of problems.PROBLEMS, and the word of the question that it is about."""

    def __init__(self, problem: str, word: str = ""):
        super().__init__(problem)
        self.problem, self.word = problem, word


def tables_of(connection, question: str, views: Iterable[str]) -> set[str]:
    """Return the views that a question reads; raises Refused for all but one SELECT over them, and DuckDB's error for what is no SQL.

    The connection only parses, and must be locked: to parse IMPORT DATABASE is to read its files.
    """
    if len(question) > MOST_CHARACTERS:
        raise Refused("too_long")
    if CONTROL.search(question):
        raise Refused("control")
    if len(connection.extract_statements(question)) != 1:  # the parser makes several of a PIVOT
        raise Refused("pivot" if PIVOT.search(question) else "one_statement")
    told = _told(connection.execute(PARSED, [question]).fetchone()[0])
    if told["error"]:
        raise Refused("select_only")
    return _tables(told["statements"], {name.lower() for name in views})


def _told(parsed: str) -> dict:
    try:
        return json.loads(parsed)
    except RecursionError as error:
        raise Refused("too_long") from error


def _tables(tree: list, views: set[str]) -> set[str]:
    parts = list(_parts(tree))
    own = {_own(part["key"]) for part in parts if isinstance(part.get("key"), str) and isinstance(part.get("value"), dict) and "query" in part["value"]}
    own |= {_own(part["cte_name"]) for part in parts if part.get("cte_name")}
    for part in parts:
        _check(part, views | own)
    return {part["table_name"].lower() for part in parts if part.get("type") == "BASE_TABLE"} & views


def _parts(tree: list) -> Iterator[dict]:
    """Every part of a parsed statement, in no order; the values of constants and the types of casts are no parts."""
    waiting: list = [tree]  # not one function within the other: a question may be nested deeper than Python can follow
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            closed = {"value"} if part.get("class") == "CONSTANT" else {"cast_type"}
            waiting += [inner for key, inner in part.items() if key not in closed and isinstance(inner, dict | list)]
        else:
            waiting += [inner for inner in part if isinstance(inner, dict | list)]


def _own(name: str) -> str:
    """Return a name that a question gives to a part of itself; raises Refused where it is one that the engine knows."""
    if not WORD.fullmatch(name) or name.lower().startswith(SYSTEM):
        raise Refused("own_name", name)
    return name.lower()


def _check(part: dict, names: set[str]) -> None:
    kind, sort = part.get("type"), part.get("class")
    if not isinstance(kind, str):  # no part of the grammar but a list of them, or a bare value
        return
    if (sort or kind) in CLOSED:
        raise Refused(CLOSED[sort or kind])
    if sort is not None:
        _check_expression(part, sort)
    elif kind not in NODES | SOURCES | ORDERS:
        raise Refused("unknown", kind)
    elif kind == "BASE_TABLE":
        _check_table(part, names)
    elif kind == "TABLE_FUNCTION" and part["function"].get("function_name", "").lower() not in ROWS_OF:
        raise Refused("table_function", part["function"].get("function_name", ""))


def _check_expression(part: dict, sort: str) -> None:
    if sort not in CLASSES:
        raise Refused("unknown", sort)
    if sort in ("FUNCTION", "WINDOW"):
        name = part.get("function_name", "").lower()
        if name not in FUNCTIONS or part.get("schema") not in ("", "main") or part.get("catalog"):
            raise Refused("function", name)
    if sort == "CAST":
        _check_type(part["cast_type"])


def _check_table(part: dict, names: set[str]) -> None:
    if part["schema_name"] or part["catalog_name"] or part["at_clause"] or part["table_name"].lower() not in names:
        raise Refused("table", ".".join(filter(None, (part["catalog_name"], part["schema_name"], part["table_name"]))))


def _check_type(kind: dict) -> None:
    """Raise Refused unless a type and those within it are plain: another one is looked up by its name."""
    for inner in _parts([kind]):
        if "id" in inner and inner["id"] not in TYPES:
            raise Refused("type", str((inner.get("type_info") or {}).get("name") or inner["id"]))
