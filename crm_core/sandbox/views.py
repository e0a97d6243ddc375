"""The tables that a question may read: for each mart a view of the scope's rows, under the mart's name without its prefix."""
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from duckdb_sqlalchemy import Dialect
from sqlalchemy.sql.elements import quoted_name

from crm_core.marts import scoped, tables
from crm_core.sandbox.child import WAREHOUSE
from crm_core.scope import Scope

# No views: rows as recorded, which stand in another mart beside what became of them and would be counted twice;
# sums of another mart; and what is told of all properties together, whoever asks.
AS_RECORDED = {tables.said, tables.marks, tables.complaints, tables.invited, tables.enquiries, tables.dues}
OF_ALL = {tables.plans, tables.draws, tables.audience_members, tables.held_out}
LEFT_OUT = AS_RECORDED | OF_ALL | set(tables.SUMS_OF.values())
# Ends the names of columns that are reckoned over every property: only told where all of them may be seen.
ANYWHERE = "_anywhere"
KINDS = {"BIGINT": "whole", "INTEGER": "whole", "DOUBLE": "number", "DATE": "date", "DATETIME": "instant", "TEXT": "text"}


@dataclass(frozen=True)
class View:
    """A table that a question may read: its name, its grain and its columns with their kinds (keys of KINDS' values)."""

    name: str
    grain: str
    columns: tuple[tuple[str, str], ...]


def offered(scope: Scope) -> tuple[View, ...]:
    """Return the views of a scope, by name."""
    return tuple(sorted((_view(mart, scope) for mart in _marts()), key=lambda view: view.name))


@lru_cache(maxsize=8)
def statements(scope: Scope) -> dict[str, str]:
    """Return each view's SELECT in DuckDB's SQL with its values in place; the warehouse is called by child.WAREHOUSE."""
    return {_name(mart): _sql(_rows(mart, scope)) for mart in _marts()}


def _marts() -> list[sa.Table]:
    return [mart for mart in tables.marts.sorted_tables if mart not in LEFT_OUT]


def _name(mart: sa.Table) -> str:
    return mart.name.removeprefix("mart_")


def _view(mart: sa.Table, scope: Scope) -> View:
    kinds = tuple((c.name, KINDS[str(c.type)]) for c in _rows(mart, scope).selected_columns)
    return View(_name(mart), mart.comment, kinds)


def _rows(mart: sa.Table, scope: Scope) -> sa.Select:
    rows = mart if mart in tables.SHARED else scoped.within(mart, scope)
    return sa.select(*(c for c in rows.c if scope.everywhere or not c.name.endswith(ANYWHERE)))


def _sql(statement: sa.Select) -> str:
    house = quoted_name(f"{WAREHOUSE}.main", quote=False)
    return str(statement.compile(dialect=Dialect(), schema_translate_map={None: house}, render_schema_translate=True, compile_kwargs={"literal_binds": True}))
