"""Every mart and every query compiles for each engine, and an engine that nobody named is refused, not guessed."""
import datetime as dt
import re
from dataclasses import replace
from functools import partial

import pytest
import sqlalchemy as sa
from duckdb_sqlalchemy import Dialect as DuckDB
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects.postgresql import psycopg

from crm_core import dialects, queries
from crm_core.dialects import SPELLINGS, UnknownSpelling
from crm_core.marts import FILLS, FILLS_LAST, hazards, lead_scores, leads, tables
from crm_core.marts.histories import histories
from crm_core.marts.loyalty import effects, estimates, lots, members, months
from crm_core.metrics import CATALOGUE
from crm_core.queries import QUERIES
from crm_core.store.spark import SparkDialect
from crm_core.store.warehouse import Warehouse
from tests.hotel import AS_OF
from tests.test_canary import ASKED, CANARIES

ENGINES = {"duckdb": DuckDB, "postgresql": psycopg.dialect, "spark": SparkDialect}


def text_of(statement, engine: str) -> str:
    return str(statement.compile(dialect=ENGINES[engine](), compile_kwargs={"literal_binds": True}))


class Recording(Warehouse):
    """A warehouse that keeps the statements it is asked."""

    def __init__(self, path, version):
        super().__init__(path, version)
        self.asked: list[sa.Select] = []

    def frame(self, statement):
        self.asked.append(statement)
        return super().frame(statement)


@pytest.fixture
def recording(warehouse):
    return Recording(warehouse.path, warehouse.version)


def test_every_engine_of_the_list_is_tried():
    assert set(ENGINES) == set(dialects.ENGINES)
    assert all(set(spellings) == set(ENGINES) for spellings in SPELLINGS.values())


# --- the functions that engines spell differently ---------------------------------------------------------------------
DAY, LATER = sa.literal(dt.date(2025, 3, 30)), sa.literal(dt.date(2025, 4, 2))
EVENING = sa.literal("2025-03-30T19:30:00+00:00")
RESULTS = [
    (dialects.days_between(DAY, LATER), 3),
    (dialects.add_days(DAY, 3), dt.date(2025, 4, 2)),
    (dialects.month_start(DAY), dt.date(2025, 3, 1)),
    (dialects.quarter_start(DAY), dt.date(2025, 1, 1)),
    (dialects.iso_weekday(DAY), 7),  # 30 March 2025 was a Sunday
    (dialects.iso_weekday(LATER), 3),
    (dialects.day_number(sa.literal(dt.date(1970, 1, 3))), 2),
    (dialects.local_time(EVENING, sa.literal("Asia/Colombo")), dt.datetime(2025, 3, 31, 1, 0)),
    (dialects.local_time(EVENING, sa.literal("Europe/Lisbon")), dt.datetime(2025, 3, 30, 20, 30)),  # summer time began that morning
    (dialects.minutes_between(EVENING, sa.literal("2025-03-30T20:31:59+00:00")), 61),
]


def test_every_function_is_tried():
    assert {type(expression) for expression, _ in RESULTS} == set(SPELLINGS)


@pytest.mark.parametrize(("expression", "result"), RESULTS, ids=lambda value: getattr(value, "name", None))
def test_duckdb_computes_it(warehouse, expression, result):
    with warehouse.engine.connect() as connection:
        assert connection.execute(sa.select(expression)).scalar_one() == result


@pytest.mark.postgres
def test_postgresql_computes_the_same(postgres_url):
    from crm_core.store import record
    engine = record.connect(postgres_url)
    with engine.connect() as connection:
        assert [connection.execute(sa.select(expression)).scalar_one() for expression, _ in RESULTS] == [result for _, result in RESULTS]
    engine.dispose()


def test_spark_is_told_so_in_its_own_words():
    day = sa.column("d", sa.Date)
    said = {text_of(function, "spark") for function in (
        dialects.days_between(day, DAY), dialects.add_days(day, 3), dialects.month_start(day), dialects.quarter_start(day),
        dialects.iso_weekday(day),
        dialects.day_number(day), dialects.local_time(sa.column("i"), sa.column("z")), dialects.minutes_between(sa.column("a"), sa.column("b")))}
    assert said == {"datediff('2025-03-30', d)", "date_add(d, CAST(3 AS INT))", "trunc(d, 'MM')", "trunc(d, 'QUARTER')", "(weekday(d) + 1)",
                    "CAST(datediff(d, DATE '1970-01-01') AS BIGINT)", "from_utc_timestamp(CAST(i AS TIMESTAMP), z)",
                    "CAST(floor((unix_timestamp(CAST(b AS TIMESTAMP)) - unix_timestamp(CAST(a AS TIMESTAMP))) / 60) AS BIGINT)"}


@pytest.mark.parametrize("function", SPELLINGS, ids=lambda f: f.__name__)
def test_an_engine_without_a_spelling_is_refused(function):
    with pytest.raises(UnknownSpelling, match=f"{function.__name__} has no spelling for 'mysql'"):
        sa.select(function(DAY, LATER)).compile(dialect=mysql.dialect())


# --- marts and queries ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("table", "rows"), [*FILLS, *FILLS_LAST], ids=[t.name for t, _ in (*FILLS, *FILLS_LAST)])
def test_a_mart_compiles_for_every_engine(table, rows, engine):
    text = text_of(sa.insert(table).from_select([c.name for c in table.c], rows()), engine)
    assert f"INSERT INTO {table.name}" in text
    _assert_plain(text, engine)
    assert ("STRING" if engine == "spark" else "TEXT") in str(sa.schema.CreateTable(table).compile(dialect=ENGINES[engine]())) \
        or not any(isinstance(c.type, sa.Text) for c in table.c)


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_filled_last_compiles_for_every_engine(engine):
    of_leads = sa.insert(tables.leads).from_select([c.name for c in tables.leads.c], leads.rows()), lead_scores.looks()
    of_guests = (select(AS_OF, place) for place in (tables.TOGETHER, 1) for select in (histories, hazards.first_stays, partial(histories, horizon=365)))
    lasting = (sa.insert(table).from_select([c.name for c in table.c], rows()) for table, rows in ((tables.lots, lots.rows), (tables.members, members.rows)))
    sums = estimates.flow_rows(), estimates.worth_rows(AS_OF), months.moved_rows(AS_OF), *(effects.sums(AS_OF, AS_OF, place) for place in (tables.TOGETHER, 1))
    for statement in (*of_leads, *of_guests, *lasting, *sums):
        _assert_plain(text_of(statement, engine), engine)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_compiles_for_every_engine(recording, scope, name):
    filtered = replace(scope, channels=("o'ta",), identified=True)
    for params in ASKED[name](CANARIES[1], CANARIES[2]):
        queries.run(recording, filtered, name, **params)
    assert recording.asked
    for statement in recording.asked:
        for engine in ENGINES:
            _assert_plain(text_of(statement, engine), engine)


def test_a_scope_without_properties_compiles_for_every_engine(recording, scope):
    queries.run(recording, replace(scope, properties=()), "kpi_values", keys=("stays", "occupancy"))
    for statement in recording.asked:
        for engine in ENGINES:
            _assert_plain(text_of(statement, engine), engine)


@pytest.mark.parametrize("by", [None, "month", "visit"])
def test_every_kpi_compiles_for_every_engine(recording, scope, by):
    queries.run(recording, scope, "kpi_values", keys=tuple(CATALOGUE), by=by)
    for statement in recording.asked:
        for engine in ENGINES:
            _assert_plain(text_of(statement, engine), engine)


def _assert_plain(text: str, engine: str) -> None:
    """Nothing is left unspelled: no parameter, no placeholder, and on Spark no name in double quotes."""
    bare = re.sub(r"'(?:[^'\\]|\\.|'')*'", "''", text)
    assert "__[POSTCOMPILE" not in bare
    assert not re.search(r"%\(|(?<!:):[a-z_]", bare)
    assert engine != "spark" or '"' not in bare


# --- literals on Spark ------------------------------------------------------------------------------------------------
@given(st.text(alphabet=st.one_of(st.sampled_from("'\\\"`-;/*%:\n"), st.characters(codec="utf-8"))))
def test_a_text_on_spark_ends_where_it_ends(value):
    """What a reader who honours backslashes makes of the literal is the value, and nothing follows it."""
    literal = text_of(sa.select(sa.literal(value)), "spark").removeprefix("SELECT ").rpartition(" AS ")[0]
    assert literal[0] == literal[-1] == "'"
    assert not re.search(r"(?<!\\)(\\\\)*'", literal[1:-1])
    assert re.sub(r"\\(.)", r"\1", literal[1:-1], flags=re.DOTALL) == value


def test_names_on_spark_stand_in_backticks():
    assert text_of(sa.select(sa.column("all"), sa.column("Two words")), "spark") == "SELECT `all`, `Two words`"


def test_a_statement_for_spark_keeps_its_values_as_named_parameters():
    statement = sa.select(sa.column("n")).where(sa.column("n") == sa.bindparam("wanted", 3))
    assert str(statement.compile(dialect=SparkDialect())).endswith("WHERE n = :wanted")
