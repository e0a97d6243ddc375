"""The SQL of a KPI, a rule or a query as it runs, laid out to be read, with its parameters beside it."""
import re
from collections.abc import Sequence

import sqlalchemy as sa
import sqlglot
from duckdb_sqlalchemy import Dialect
from sqlglot.optimizer.pushdown_projections import pushdown_projections

from crm_core.marts.segments import members
from crm_core.metrics import Metric
from crm_core.metrics.dimensions import Part
from crm_core.queries import registry
from crm_core.queries.totals import statements
from crm_core.rule import Rule
from crm_core.scope import Scope
from crm_core.store.warehouse import Warehouse

PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


def sql_of(scope: Scope, k: Metric, by: Sequence[str | Part] = ()) -> list[tuple[str, dict[str, object]]]:
    """Return a KPI's statements for the scope's period, split by dimensions if any, one per mart, each with its parameters by name."""
    measures = list(dict.fromkeys(k.measures))
    return [_readable(statement) for statement in statements(scope, measures, (k.counted_in(scope.elapsed().period),), by)]


def sql_of_rule(scope: Scope, rule: Rule) -> tuple[str, dict[str, object]]:
    """Return the statement that finds a rule's guests, with its parameters by name."""
    return _readable(members(rule, scope))


def statements_of(warehouse: Warehouse, scope: Scope, name: str, **params) -> list[tuple[str, dict[str, object]]]:
    """Return the statements of a registered query, each once with its parameters by name: the query runs, and what it asks is written down.

    Raises what the query raises.
    """
    listening = _Listening(warehouse)
    registry.run(listening, scope, name, **params)
    found = [_readable(statement) for statement in listening.statements]
    return [one for place, one in enumerate(found) if one not in found[:place]]


class _Listening(Warehouse):
    """A version that remembers what it was asked."""

    def __init__(self, shown: Warehouse):
        super().__init__(shown.path, shown.version)
        self.engine = shown.engine
        self.statements: list[sa.Select] = []

    def frame(self, statement: sa.Select):
        self.statements.append(statement)
        return super().frame(statement)


def _readable(statement: sa.Select) -> tuple[str, dict[str, object]]:
    compiled = statement.compile(dialect=Dialect(paramstyle="named"), compile_kwargs={"render_postcompile": True})
    text = PARAMETER.sub(r"$\1", str(compiled))  # after a bracket a colon would be read as the end of a slice
    # Columns of a subquery that nobody reads are left out: the statement says the same in a third of the lines.
    short = pushdown_projections(sqlglot.parse_one(text, read="duckdb"))
    text = short.sql("duckdb", pretty=True)
    return text, {name: value for name, value in compiled.params.items() if re.search(rf"\${re.escape(name)}\b", text)}
