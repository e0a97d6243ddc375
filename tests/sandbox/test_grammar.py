"""Nothing but one SELECT over the listed tables is asked; whatever else is tried is refused, with a reason in plain words."""
import duckdb
import pytest

from crm_core.sandbox import child, functions, grammar
from crm_core.sandbox.problems import PROBLEMS, NotAnswered

VIEWS = ("stays", "nights", "guests", "properties")
ATTACKS = {
    "one_statement": [
        "", ";", "-- nothing", "SELECT 1; SELECT 2", "SELECT 1; DROP TABLE mart_stays", "SELECT 1;;SELECT 2", "SELECT 1 /* ; */; ATTACH 'x.duckdb'",
    ],
    "select_only": [
        "PRAGMA version", "PRAGMA database_list", "SET threads = 8", "RESET memory_limit", "ATTACH 'other.duckdb' AS o", "DETACH memory", "USE memory",
        "COPY stays TO 'out.csv'", "COPY (SELECT 1) TO 'out.parquet'", "EXPORT DATABASE 'folder'", "INSTALL httpfs",
        "LOAD httpfs", "CREATE TABLE t AS SELECT 1", "CREATE TEMP VIEW v AS FROM mart_stays", "CREATE MACRO m() AS TABLE FROM mart_stays",
        "CREATE SECRET s (TYPE s3)", "INSERT INTO stays VALUES (1)", "UPDATE stays SET nights = 0", "DELETE FROM stays", "DROP VIEW stays",
        "ALTER TABLE stays RENAME TO s", "EXPLAIN SELECT 1", "EXPLAIN ANALYZE FROM mart_stays", "PREPARE p AS SELECT 1", "EXECUTE p", "CALL pragma_version()",
        "CALL duckdb_tables()", "CHECKPOINT", "VACUUM", "BEGIN", "COMMIT",
        "COMMENT ON TABLE stays IS 'x'", "SET VARIABLE v = (SELECT 1)",
    ],
    "engine": ["IMPORT DATABASE 'folder'", "WITH d AS (DELETE FROM stays RETURNING *) FROM d", "SELECT 'HOME'.getenv()", "SELEC 1", "SELECT FROM WHERE",
        "DROP TABLE mart_stays CASCADE CASCADE", "SELECT * FROM stays WHERE (", "\ufeff\ufdd0"],
    "show": [
        "DESCRIBE stays", "DESCRIBE mart_stays", "SUMMARIZE stays", "SUMMARIZE mart_stays", "SHOW TABLES", "SHOW ALL TABLES", "SHOW DATABASES",
        "FROM (DESCRIBE mart_stays)", "FROM (SUMMARIZE mart_stays)", "FROM (SHOW TABLES)", "DESCRIBE SELECT * FROM mart_stays",
    ],
    "pivot": ["PIVOT stays ON channel USING sum(nights)", "SELECT * FROM (PIVOT mart_stays ON channel)", "UNPIVOT stays ON nights INTO NAME n VALUE v",
        "FROM stays PIVOT (sum(nights) FOR channel IN ('ota'))",
              "FROM mart_stays UNPIVOT (v FOR n IN (nights))"],
    "parameter": ["SELECT ?", "SELECT $1", "SELECT $name", "FROM stays LIMIT ?"],
    "table": [
        "FROM mart_stays", "TABLE mart_stays", "SELECT * FROM \"mart_stays\"", "SELECT * FROM MART_STAYS", "FROM main.mart_stays", "FROM memory.mart_stays",
        "FROM memory.main.stays", "FROM main.stays", "FROM temp.stays", "FROM information_schema.tables", "FROM duckdb_tables", "FROM sqlite_master",
        "FROM pg_catalog.pg_class", "FROM pg_tables", "FROM duckdb_settings", "FROM 'a.csv'", "FROM '/etc/passwd'", "FROM 'https://example.com/a.parquet'",
        "FROM \"a.parquet\"", "FROM 'warehouse-000001.duckdb'", "FROM stays AT (VERSION => 1)", "FROM nothing", "SELECT (SELECT max(nights) FROM mart_stays)",
        "SELECT 1 WHERE EXISTS (FROM mart_stays)", "FROM stays JOIN mart_stays USING (stay_id)", "FROM stays, LATERAL (FROM mart_stays)",
        "FROM stays UNION ALL FROM mart_stays", "FROM stays EXCEPT FROM mart_stays", "WITH a AS (FROM mart_stays) FROM a",
        "FROM stays s ORDER BY (FROM mart_nights LIMIT 1)",
        "WITH RECURSIVE r AS (FROM mart_stays UNION ALL FROM r) FROM r", "SELECT sum(nights) FILTER (WHERE stay_id IN (FROM mart_nights)) FROM stays",
        "SELECT row_number() OVER (ORDER BY (SELECT 1 FROM mart_stays)) FROM stays", "FROM stays LIMIT (SELECT count(*) FROM mart_stays)",
        "SELECT CASE WHEN (FROM mart_stays) THEN 1 END", "VALUES ((SELECT max(nights) FROM mart_stays))",
        "SELECT [x FOR x IN (SELECT list(nights) FROM mart_stays)]",
        "SELECT {'a': (SELECT max(nights) FROM mart_stays)}.a", "FROM stays GROUP BY (FROM mart_stays)", "FROM stays QUALIFY (FROM mart_stays) = 1",
        "FROM/**/mart_stays", "FROM -- stays\nmart_stays", "SELECT * REPLACE ((SELECT 1 FROM mart_stays) AS nights) FROM stays",
        "SELECT DISTINCT ON ((FROM mart_stays)) nights FROM stays", "FROM stays TABLESAMPLE 10% JOIN mart_stays ON true",
        "FROM range((SELECT max(nights) FROM mart_stays))",
        "SELECT list_transform([1], lambda x: (FROM mart_stays))", "FROM ＭART_STAYS", "FROM \"stays \"", "FROM \"stays\u200b\"",
    ],
    "table_function": [
        "FROM read_csv('a.csv')", "FROM read_text('/etc/passwd')", "FROM read_blob('/etc/passwd')", "FROM read_parquet('*.parquet')", "FROM read_json('a')",
        "FROM glob('/*')", "FROM query('FROM mart_stays')", "FROM query_table('mart_stays')", "FROM query_table(['mart_stays'])", "FROM duckdb_tables()",
        "FROM duckdb_columns()", "FROM duckdb_settings()", "FROM duckdb_secrets()", "FROM pragma_table_info('mart_stays')", "FROM pragma_database_size()",
        "FROM sniff_csv('a.csv')", "FROM which_secret('a', 's3')", "FROM duckdb_logs()", "FROM seq_scan('mart_stays')",
        "FROM json_execute_serialized_sql('{}')",
        "FROM parquet_metadata('a')", "FROM arrow_scan(1, 2, 3)", "FROM pandas_scan(1)", "FROM main.read_csv('a.csv')", "FROM stays, read_text('/etc/passwd')",
        "FROM enable_logging()", "FROM checkpoint('x')", "FROM test_all_types()", "FROM repeat_row(1, num_rows = 9)", "FROM pg_timezone_names()",
    ],
    "function": [
        "SELECT getenv('HOME')", "SELECT current_setting('threads')", "SELECT version()", "SELECT current_query()", "SELECT getvariable('v')",
        "SELECT sleep_ms(9)",
        "SELECT pg_sleep(9)", "SELECT error('x')", "SELECT nextval('s')", "SELECT random()", "SELECT gen_random_uuid()",
        "SELECT json_serialize_sql('SELECT 1')",
        "SELECT json_serialize_plan('FROM mart_stays')", "SELECT list_aggregate([1], 'sum')", "SELECT write_log('x')", "SELECT repeat('x', 1000000000)",
        "SELECT lpad('x', 1000000000, 'y')", "SELECT stats(nights) FROM stays", "SELECT nights.getenv() FROM stays", "SELECT main.getenv('HOME')",
        "SELECT system.main.sum(nights) FROM stays",
        "SELECT GETENV('HOME')", "SELECT \"getenv\"('HOME')", "SELECT obj_description(1)", "SELECT pg_get_viewdef(1)",
        "SELECT nights FROM stays ORDER BY getenv('HOME')",
        "SELECT current_database()", "SELECT in_search_path('memory', 'main')", "SELECT cast_to_type(1, 'x')", "SELECT max(getenv('HOME')) OVER () FROM stays",
        "SELECT (SELECT getenv('HOME'))", "SELECT * FROM unnest([getenv('HOME')])", "SELECT array_resize([1], 1000000000)", "SELECT enum_range(NULL::VARCHAR)",
    ],
    "type": ["SELECT 'x'::regclass", "SELECT 'x'::own_type", "SELECT '1'::json", "SELECT TRY_CAST('x' AS own_type[])"],
    "own_name": [
        "WITH mart_stays AS (FROM mart_stays) FROM mart_stays", "WITH duckdb_tables AS (SELECT 1) FROM duckdb_tables",
        "WITH \"a.csv\" AS (SELECT 1) FROM 'a.csv'",
        "WITH sqlite_master AS (SELECT 1) FROM sqlite_master", "SELECT (WITH \"/etc/passwd\" AS (SELECT 1) SELECT 1), (FROM '/etc/passwd')",
        "WITH RECURSIVE pg_tables AS (SELECT 1 UNION ALL FROM pg_tables) FROM pg_tables", "WITH Mart_Nights AS (SELECT 1) FROM Mart_Nights",
    ],
    "control": ["SELECT 1\x00; FROM mart_stays", "SELECT\x08 1", "SELECT '\ud800'"],
    "too_long": ["SELECT " + "1 + " * 6_000 + "1"],
}
TRIED = [(question, problem) for problem, questions in ATTACKS.items() for question in questions]
ASKED = {
    "SELECT count(*) FROM stays": {"stays"}, "FROM stays": {"stays"}, "TABLE stays": {"stays"}, "from \"Stays\" S where S.nights > 1;": {"stays"},
    "WITH stays AS (SELECT nights FROM stays WHERE nights > 1) SELECT sum(nights) FROM stays": {"stays"},
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n, (SELECT max(nights) FROM stays) FROM r": {"stays"},
    "SELECT s.country, n.night_on FROM stays s LEFT JOIN nights n USING (reservation_id) ASOF JOIN guests g ON s.guest_id >= g.guest_id":
        {"stays", "nights", "guests"},
    "SELECT channel, sum(nights) FILTER (WHERE is_stay = 1), median(lead_days) FROM stays GROUP BY ROLLUP (channel) HAVING count(*) > 1 ORDER BY ALL LIMIT 9":
        {"stays"},
    "SELECT row_number() OVER w, lag(nights) OVER w FROM stays WINDOW w AS (PARTITION BY guest_id ORDER BY arrival_on) QUALIFY row_number() OVER w = 1": {"stays"},
    "SELECT date_trunc('month', arrival_on) AS month, extract(year FROM arrival_on), arrival_on + INTERVAL 1 DAY, current_date FROM stays": {"stays"},
    "SELECT channel ILIKE 'o%', channel || 'x', trim(channel), -nights, nights // 2, nights BETWEEN 1 AND 2, nights IN (1, 2), coalesce(room, '?') FROM stays":
        {"stays"},
    "SELECT CASE nights WHEN 1 THEN 'one' ELSE 'more' END, nights::DOUBLE, CAST(nights AS DECIMAL(9, 2)), NOT (nights = 1 OR nights IS NULL) FROM stays": {"stays"},
    "SELECT unnest([1, 2]), list_transform([1, 2], lambda x: x + 1), {'a': 1}.a, MAP {'a': 1}, [x * 2 FOR x IN [1, 2]]": set(),
    "VALUES (1), (2)": set(), "SELECT * FROM range(3) t(i), unnest([1]) u(x), generate_series(1, 2)": set(),
    "SELECT COLUMNS('n.*'), * EXCLUDE (room) REPLACE (nights * 2 AS nights) FROM stays POSITIONAL JOIN guests": {"stays", "guests"},
    "FROM stays USING SAMPLE 10% (bernoulli)": {"stays"}, "FROM stays SEMI JOIN guests USING (guest_id) UNION BY NAME FROM nights": {"stays", "guests",
        "nights"},
    "SELECT s FROM stays s, LATERAL (SELECT s.nights + 1 AS more)": {"stays"},
}


@pytest.fixture(scope="module")
def parser():
    with child.locked(duckdb.connect(config=child.OPENED)) as connection:
        yield connection


def refusal(parser, question: str) -> str:
    """Return the problem of a question, "" where it may be asked."""
    try:
        grammar.tables_of(parser, question, VIEWS)
    except grammar.Refused as refused:
        return refused.problem
    except duckdb.Error as error:
        return child.problem(error)["problem"]
    return ""


@pytest.mark.parametrize(("question", "problem"), TRIED, ids=lambda words: words[:60].encode("unicode_escape").decode())
def test_an_attack_is_refused_with_its_reason(parser, question, problem):
    assert refusal(parser, question) == problem
    assert NotAnswered(problem, question).words() != problem


@pytest.mark.parametrize("question", ASKED)
def test_an_analysts_question_is_let_through_and_its_tables_are_known(parser, question):
    assert grammar.tables_of(parser, question, VIEWS) == ASKED[question]


def test_a_hundred_attacks_and_more_are_tried_and_every_reason_is_met():
    assert len(TRIED) > 150
    met_elsewhere = {"unknown", "memory", "too_wide", "time", "stopped", "busy"}
    assert {*ATTACKS, *met_elsewhere} == set(PROBLEMS)


@pytest.mark.parametrize("part", [{"type": "COLUMN_DATA"}, {"type": "EXTENSION_NODE"}, {"type": "BOUND_TABLE_REF"}, {"class": "BOUND_FUNCTION", "type": "X"},
                                  {"class": "DEFAULT", "type": "VALUE_DEFAULT"}])
def test_a_part_that_nobody_has_read_about_is_refused(part):
    with pytest.raises(grammar.Refused, match="unknown"):
        grammar._check(part, set())


def test_a_question_nested_a_thousand_times_is_refused_or_answered_and_ends_nothing(parser):
    assert refusal(parser, "SELECT " + "(" * 900 + "1" + ")" * 900) in ("", "engine", "too_long")
    assert refusal(parser, "SELECT 1 WHERE " + "NOT " * 900 + "true") in ("", "engine", "too_long")


def known(parser, where: str) -> set[str]:
    return {name for (name,) in parser.execute(f"SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE {where}").fetchall()}


def test_every_function_on_the_list_is_one_of_the_engine(parser):
    made_by_the_parser = {"coalesce", "if", "ifnull", "width_bucket", "row"}
    assert functions.FUNCTIONS - known(parser, "true") <= made_by_the_parser | functions.ROWS_OF


def test_no_function_on_the_list_answers_differently_each_time_or_opens_anything(parser):
    volatile = known(parser, "stability IN ('VOLATILE', 'CONSISTENT_WITHIN_QUERY')")
    assert not functions.FUNCTIONS & volatile
    tables = known(parser, "function_type IN ('table', 'table_macro', 'pragma')")
    assert functions.FUNCTIONS & tables <= functions.ROWS_OF
