"""Spark's spelling of SQL, so that marts and queries compile for a cluster: names in backticks, text as STRING, literals escaped."""
import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.compiler import GenericTypeCompiler, IdentifierPreparer, SQLCompiler


class SparkText(sa.String):
    """Text whose literals escape the backslash as well as the quote: Spark reads backslashes in strings."""

    def literal_processor(self, dialect):
        return lambda value: "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


class SparkCompiler(SQLCompiler):
    """Spells what Spark spells differently in statements."""

    def visit_empty_set_expr(self, element_types, **kw):
        return "SELECT NULL WHERE FALSE"


class SparkTypes(GenericTypeCompiler):
    """Spells Spark's type names."""

    def visit_TEXT(self, type_, **kw):
        return "STRING"


class SparkNames(IdentifierPreparer):
    """Quotes names with backticks: Spark takes double quotes for text."""

    def __init__(self, dialect, **kw):
        super().__init__(dialect, initial_quote="`", **kw)


class SparkDialect(DefaultDialect):
    """Compiles only; a connection comes with the cluster."""

    name = "spark"
    default_paramstyle = "named"
    supports_statement_cache = True
    statement_compiler = SparkCompiler
    type_compiler_cls = SparkTypes
    preparer = SparkNames
    colspecs = {sa.String: SparkText}
