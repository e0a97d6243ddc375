"""The SQL of a KPI or of a rule as it runs, laid out to be read, with its parameters beside it."""
import re

import sqlalchemy as sa
import sqlglot
from duckdb_sqlalchemy import Dialect
from sqlglot.optimizer.pushdown_projections import pushdown_projections

from crm_core.marts.segments import members
from crm_core.metrics import Metric
from crm_core.queries.totals import statements
from crm_core.rule import Rule
from crm_core.scope import Scope

PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


def sql_of(scope: Scope, k: Metric) -> list[tuple[str, dict[str, object]]]:
    """Return a KPI's statements for the scope's period, one per mart, each with its parameters by name."""
    measures = list(dict.fromkeys(k.measures))
    return [_readable(statement) for statement in statements(scope, measures, (k.counted_in(scope.elapsed().period),))]


def sql_of_rule(scope: Scope, rule: Rule) -> tuple[str, dict[str, object]]:
    """Return the statement that finds a rule's guests, with its parameters by name."""
    return _readable(members(rule, scope))


def _readable(statement: sa.Select) -> tuple[str, dict[str, object]]:
    compiled = statement.compile(dialect=Dialect(paramstyle="named"), compile_kwargs={"render_postcompile": True})
    text = PARAMETER.sub(r"$\1", str(compiled))  # after a bracket a colon would be read as the end of a slice
    # Columns of a subquery that nobody reads are left out: the statement says the same in a third of the lines.
    short = pushdown_projections(sqlglot.parse_one(text, read="duckdb"))
    text = short.sql("duckdb", pretty=True)
    return text, {name: value for name, value in compiled.params.items() if re.search(rf"\${re.escape(name)}\b", text)}
