"""The few SQL functions that engines spell differently; an engine that is not named here raises instead of guessing."""

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

ENGINES = ("duckdb", "spark", "postgresql")


class days_between(GenericFunction):
    """days_between(start, end): whole days from one date to another."""

    type = sa.Integer()
    inherit_cache = True


class add_days(GenericFunction):
    """add_days(date, n): the date n days later."""

    type = sa.Date()
    inherit_cache = True


class month_start(GenericFunction):
    """month_start(date): the first day of its month."""

    type = sa.Date()
    inherit_cache = True


class quarter_start(GenericFunction):
    """quarter_start(date): the first day of its quarter."""

    type = sa.Date()
    inherit_cache = True


class iso_weekday(GenericFunction):
    """iso_weekday(date): 1 for Monday to 7 for Sunday."""

    type = sa.Integer()
    inherit_cache = True


class day_number(GenericFunction):
    """day_number(date): days since 1970-01-01, as a big integer."""

    type = sa.BigInteger()
    inherit_cache = True


class local_time(GenericFunction):
    """local_time(instant, zone): the wall clock of a time zone at an instant that is written in UTC, ISO 8601."""

    type = sa.DateTime()
    inherit_cache = True


class minutes_between(GenericFunction):
    """minutes_between(start, end): whole minutes from one instant to another, both written in UTC, ISO 8601."""

    type = sa.BigInteger()
    inherit_cache = True


_EPOCHS = "CAST(floor(({epoch}(CAST({{1}} AS {kind})) - {epoch}(CAST({{0}} AS {kind}))) / 60) AS BIGINT)"

SPELLINGS: dict[type, dict[str, str]] = {
    days_between: {"duckdb": "({1} - {0})", "postgresql": "({1} - {0})", "spark": "datediff({1}, {0})"},
    add_days: {
        "duckdb": "({0} + CAST({1} AS INTEGER))",
        "postgresql": "({0} + CAST({1} AS INTEGER))",
        "spark": "date_add({0}, CAST({1} AS INT))",
    },
    month_start: {
        "duckdb": "CAST(date_trunc('month', {0}) AS DATE)",
        "postgresql": "CAST(date_trunc('month', {0}) AS DATE)",
        "spark": "trunc({0}, 'MM')",
    },
    quarter_start: {
        "duckdb": "CAST(date_trunc('quarter', {0}) AS DATE)",
        "postgresql": "CAST(date_trunc('quarter', {0}) AS DATE)",
        "spark": "trunc({0}, 'QUARTER')",
    },
    iso_weekday: {"duckdb": "isodow({0})", "postgresql": "CAST(extract(isodow FROM {0}) AS INTEGER)", "spark": "(weekday({0}) + 1)"},
    day_number: {
        "duckdb": "CAST({0} - DATE '1970-01-01' AS BIGINT)",
        "postgresql": "CAST({0} - DATE '1970-01-01' AS BIGINT)",
        "spark": "CAST(datediff({0}, DATE '1970-01-01') AS BIGINT)",
    },
    local_time: {
        "duckdb": "timezone({1}, CAST({0} AS TIMESTAMPTZ))",
        "postgresql": "timezone({1}, CAST({0} AS TIMESTAMPTZ))",
        "spark": "from_utc_timestamp(CAST({0} AS TIMESTAMP), {1})",
    },
    minutes_between: {
        "duckdb": _EPOCHS.format(epoch="epoch", kind="TIMESTAMPTZ"),
        "postgresql": "CAST(floor(extract(epoch FROM CAST({1} AS TIMESTAMPTZ) - CAST({0} AS TIMESTAMPTZ)) / 60) AS BIGINT)",
        "spark": _EPOCHS.format(epoch="unix_timestamp", kind="TIMESTAMP"),
    },
}


class UnknownSpelling(NotImplementedError):
    """This engine's spelling of a function is missing from SPELLINGS."""


def _register(function: type, spellings: dict[str, str]) -> None:
    @compiles(function)
    def _compile(element, compiler, **kw):
        engine = compiler.dialect.name
        if engine not in spellings:
            raise UnknownSpelling(f"{function.__name__} has no spelling for {engine!r}: add it to crm_core/dialects.py")
        return spellings[engine].format(*(compiler.process(argument, **kw) for argument in element.clauses))


for _function, _spellings in SPELLINGS.items():
    _register(_function, _spellings)


# SQLite's STRICT tables know five type names only; dates and instants are ISO 8601 text, which sorts like time.
for _type, _name in ((sa.BigInteger, "INTEGER"), (sa.Date, "TEXT"), (sa.Double, "REAL"), (sa.LargeBinary, "BLOB")):

    @compiles(_type, "sqlite")
    def _strict(element, compiler, _name=_name, **kw):
        return _name
