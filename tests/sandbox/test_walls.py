"""Behind the grammar stand other walls: each is tried alone, and what is allowed is counted by hand."""
import datetime as dt
from dataclasses import replace

import duckdb
import pyarrow as pa
import pytest

from crm_core.marts import tables
from crm_core.sandbox import child, grammar, views
from crm_core.scope import Scope
from tests.sandbox.test_grammar import TRIED

LIS, ADD = 1, 2
ONLY_ADDIS = ("Addis", "ADD", "corporate", "business", "ETB")


@pytest.fixture(scope="module")
def lisbon(scope) -> Scope:
    """The view of Lisbon alone, where there is Addis Ababa, too."""
    return replace(scope, properties=(LIS,), chain=(LIS, ADD))


@pytest.fixture(scope="module")
def both(scope) -> Scope:
    return replace(scope, chain=(LIS, ADD))


def answer(warehouse, view: Scope, question: str) -> pa.Table:
    return child.answer(str(warehouse.path), views.statements(view), not view.everywhere, question)[0]


def values(warehouse, view: Scope, question: str) -> list:
    return answer(warehouse, view, question).to_pylist()


def test_a_view_holds_exactly_the_rows_of_the_scope(warehouse, lisbon, both):
    question = "SELECT count(*) AS n, sum(nights) AS nights, min(property_id) AS p FROM stays"
    assert values(warehouse, lisbon, question) == [{"n": 8, "nights": 16, "p": 1}]
    assert values(warehouse, both, question) == [{"n": 9, "nights": 18, "p": 1}]
    assert values(warehouse, replace(both, properties=(ADD,)), question) == [{"n": 1, "nights": 2, "p": 2}]
    assert values(warehouse, replace(both, properties=()), "SELECT count(*) AS n FROM stays") == [{"n": 0}]
    assert values(warehouse, replace(both, channels=("ota",)), "SELECT count(*) AS n FROM stays") == [{"n": 4}]


@pytest.mark.parametrize("way", [
    "SELECT * FROM {0}", "WITH {0} AS (SELECT * FROM {0}) SELECT * FROM {0}", "SELECT * FROM (SELECT * FROM {0} UNION ALL SELECT * FROM {0})",
    "SELECT a FROM {0} a, LATERAL (SELECT * FROM {0} b) c", "SELECT list(x) FROM \"{0}\" x", "WITH RECURSIVE r AS (SELECT * FROM {0} UNION SELECT * FROM r) FROM r",
    "SELECT * FROM {0} -- AND property_id = 1\nWHERE true OR 1 = 2", "SELECT (SELECT list(x) FROM {0} x)",
])
@pytest.mark.parametrize("name", ["stays", "properties", "visits"])
def test_no_way_of_asking_shows_another_propertys_rows(warehouse, lisbon, way, name):
    shown = repr(values(warehouse, lisbon, way.format(name)))
    assert "1" in shown
    assert not [word for word in ONLY_ADDIS if word in shown]


def test_every_view_answers_and_has_the_columns_that_the_list_says(warehouse, lisbon, both):
    with warehouse.engine.connect() as opened:  # the file is open in this process already, in its way
        for view in (lisbon, both):
            selects = views.statements(view)
            for offered in views.offered(view):
                found = opened.exec_driver_sql(selects[offered.name].replace(f"{child.WAREHOUSE}.main.", ""))
                assert list(found.keys()) == [name for name, _ in offered.columns], offered.name
                assert offered.grain.startswith("One row per ")


def test_what_is_reckoned_over_every_property_is_told_only_where_all_are_seen(warehouse, lisbon, both):
    columns = {view: {name for offered in views.offered(view) for name, _ in offered.columns} for view in (lisbon, both)}
    assert columns[both] - columns[lisbon] == {"first_anywhere", "next_anywhere"}
    assert "salt" not in columns[both]
    assert {f"mart_{offered.name}" for offered in views.offered(both)} | {mart.name for mart in views.LEFT_OUT} == set(tables.marts.tables)


@pytest.fixture
def no_grammar(monkeypatch):
    """Let every question through to the walls behind, with all the views made for it."""
    monkeypatch.setattr(grammar, "tables_of", lambda parser, question, views: {"stays", "nights", "guests", "properties"})


@pytest.fixture(scope="module")
def lisbons_house(warehouse, lisbon):
    """A connection as the child has it when it asks a question of Lisbon."""
    with duckdb.connect(config=child.OPENED) as connection:
        child.show(connection, str(warehouse.path), "w0", {name: sql.replace(child.WAREHOUSE, "w0") for name, sql in views.statements(lisbon).items()}, apart=True)
        yield child.locked(connection)


# What only takes memory or time is ended by the limits of the process.
ENDLESS = ("1000000000", "RECURSIVE", "sleep", "1 + 1 +")


@pytest.mark.parametrize("question", sorted({question for question, _ in TRIED if not any(word in question for word in ENDLESS)}),
                         ids=lambda words: words[:60].encode("unicode_escape").decode())
def test_without_the_grammar_an_attack_still_shows_no_file_and_no_row_of_another_property(warehouse, lisbons_house, question):
    try:
        found = lisbons_house.execute(question)
        shown = repr(found.fetchmany(1_000)) if found else ""
    except (duckdb.Error, OverflowError, UnicodeEncodeError) as error:
        shown = str(error)
    for word in ("Addis Ababa", "corporate", "root:", str(warehouse.path)):
        assert word not in shown


@pytest.mark.parametrize("question", ["FROM mart_stays", "FROM main.mart_stays", "FROM memory.mart_stays", "FROM query_table('mart_stays')",
                                      "FROM query('FROM mart_stays')"])
def test_the_warehouse_cannot_be_named_even_where_everything_is_seen(warehouse, both, no_grammar, question):
    with pytest.raises(duckdb.CatalogException) as refused:
        answer(warehouse, both, question)
    assert "mart_stays does not exist" in str(refused.value)
    assert not [word for word in str(refused.value).replace('"', " ").split() if word.startswith("w") and len(word) > 30]


@pytest.mark.parametrize("question", ["FROM read_text('/etc/passwd')", "FROM 'tests/hotel.py'", "COPY (SELECT 1) TO 'stolen.csv'", "FROM glob('*')",
                                      "ATTACH 'stolen.duckdb'", "EXPORT DATABASE 'stolen'", "INSTALL httpfs", "LOAD httpfs"])
def test_no_file_is_opened_even_without_the_grammar(warehouse, both, no_grammar, question, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(duckdb.Error):
        answer(warehouse, both, question)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("question", ["SET enable_external_access = true", "RESET disabled_filesystems", "SET threads = 64", "SET memory_limit = '64GB'",
                                      "SET lock_configuration = false", "PRAGMA temp_directory = '/tmp'"])
def test_no_lock_can_be_opened_even_without_the_grammar(warehouse, both, no_grammar, question):
    with pytest.raises(duckdb.Error, match=r"(?i)lock|cannot|disabled"):
        answer(warehouse, both, question)


def test_a_condition_that_fails_tells_nothing_of_a_row_outside(warehouse, lisbon):
    """A conversion is tried on the rows of the scope only: were a view's condition tried later, "corporate" would be in the message."""
    with pytest.raises(duckdb.ConversionException) as refused:
        answer(warehouse, lisbon, "SELECT * FROM stays WHERE channel::INTEGER = 1")
    assert "corporate" not in str(refused.value)
    assert values(warehouse, lisbon, "SELECT count(*) AS n FROM guests WHERE CASE country WHEN 'ET' THEN 'x'::INTEGER = 1 ELSE true END") == [{"n": 2}]


def test_a_mistake_is_told_with_its_position_and_without_the_warehouses_name(warehouse, both):
    with pytest.raises(duckdb.BinderException) as refused:
        answer(warehouse, both, "SELECT nihgts\nFROM stays")
    assert "LINE 1: SELECT nihgts" in str(refused.value)
    assert "^" in str(refused.value)
    assert "mart_" not in str(refused.value)


def test_an_answer_ends_after_ten_thousand_rows_and_says_so(warehouse, both):
    found, more = child.answer(str(warehouse.path), {}, False, "FROM range(25000)")
    assert (found.num_rows, more) == (10_000, True)
    found, more = child.answer(str(warehouse.path), {}, False, "FROM range(10000)")
    assert (found.num_rows, more) == (10_000, False)


def test_an_answer_ends_before_ten_million_bytes_and_says_so(warehouse, both, monkeypatch):
    monkeypatch.setattr(child, "MOST_BYTES", 20_000)
    found, more = child.answer(str(warehouse.path), {}, False, "SELECT i FROM range(9000) t(i)")
    assert (found.num_rows, more) == (2_000, True)
    found, more = child.answer(str(warehouse.path), {}, False, "SELECT {'long': i} AS a FROM range(2000) t(i)")
    assert (found.num_rows, more) == (1_000, True)
    assert found.nbytes <= 20_000
    monkeypatch.setattr(child, "MOST_BYTES", 1_000)
    with pytest.raises(grammar.Refused, match="too_wide"):
        child.answer(str(warehouse.path), {}, False, "SELECT i FROM range(9000) t(i)")


def test_what_comes_back_is_numbers_texts_and_days_under_names_of_their_own(warehouse, both):
    question = """SELECT 1 AS a, 2 AS a, sum(i) AS a, 1.50 AS b, [1, 2] AS c, {'x': 1} AS d, DATE '2025-03-01' AS e, INTERVAL 2 DAY AS f, NULL AS g,
                  12345678901234567890123::HUGEINT AS h FROM range(4) t(i)"""
    found = values(warehouse, both, question)
    assert found == [{"a": 1, "a_2": 2, "a_3": 6, "b": 1.5, "c": "[1, 2]", "d": "{'x': 1}", "e": dt.date(2025, 3, 1), "f": found[0]["f"], "g": None,
                      "h": pytest.approx(1.2345678901234568e22)}]
    assert "2" in found[0]["f"]
