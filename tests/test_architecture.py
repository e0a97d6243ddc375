"""The house keeps its order: imports run downwards, one door to data, modules stay small."""
import ast
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "crm_core").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
PAGES_MAY_IMPORT = ("streamlit", "crm_core.ui", "crm_core.charts", "crm_core.formats", "crm_core.i18n", "crm_core.metrics")
LONGEST_MODULE = 400
# The stores execute; refresh drives DuckDB while it builds a version; an import sorts its rows in a database of its own, jobs have theirs.
# A question in SQL is answered in a locked process, which nothing else of the house may share.
EXECUTES = ("crm_core/store/", "crm_core/refresh.py", "crm_core/ingest/staging.py", "crm_core/jobs/store.py", "crm_core/sandbox/child.py",
            "crm_core/classroom/store.py")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    """Return the full names of what a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def calls(path: Path) -> set[str]:
    """Return the dotted names of what a file calls or decorates with, for example "st.cache_data"."""
    return {ast.unparse(node) for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Attribute)}


def test_imports_run_downwards_only(monkeypatch, capsys):
    from importlinter import cli
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))
    result = cli.lint_imports(no_cache=True, is_debug_mode=True)
    assert result == cli.EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_every_part_of_the_house_has_its_layer():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    layers = {part.strip().removeprefix("crm_core.") for layer in contract["layers"] for part in layer.split("|")}
    parts = {p.stem for p in (ROOT / "crm_core").iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert parts - layers == {"__init__"}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_a_page_imports_only_what_it_shows_with(page):
    strangers = {found for found in imports(page) if not found.startswith(PAGES_MAY_IMPORT)}
    assert not strangers


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_a_page_reads_like_a_table_of_contents(page):
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 80


def test_streamlit_finds_no_pages_of_its_own_beside_the_shell():
    """A folder "pages" beside the entry script would be run by Streamlit past the gate."""
    assert not (ROOT / "crm_core" / "ui" / "pages").exists()


@pytest.mark.parametrize("module", [m for m in MODULES if "migrations" not in m.parts], ids=name)
def test_a_module_is_short_and_opens_with_a_sentence(module):
    text = module.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_MODULE
    opening = ast.get_docstring(ast.parse(text))
    assert opening
    assert opening.splitlines()[0].rstrip().endswith((".", ",", ";", ":", "?")) or "\n" in opening


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_no_module_is_named_after_nothing(module):
    assert module.stem not in ("utils", "util", "helpers", "common", "manager", "misc", "base")


def test_answers_are_cached_behind_the_one_door_only():
    """Streamlit's caches are not used: a second one would be a door of its own."""
    assert not [name(m) for m in MODULES + PAGES if calls(m) & {"st.cache_data", "st.cache_resource"}]


def test_nothing_is_cached_on_disk_as_a_pickle():
    assert not [name(m) for m in MODULES + PAGES if "persist=" in m.read_text(encoding="utf-8")]


def test_only_the_stores_open_engines_and_databases():
    makers = {"sa.create_engine", "sqlalchemy.create_engine", "duckdb.connect", "sqlite3.connect", "psycopg.connect", "dbapi.connect"}
    makers |= {"adbc_driver_sqlite.dbapi.connect", "adbc_driver_postgresql.dbapi.connect"}
    found = [name(m) for m in MODULES + PAGES if makers & calls(m)]
    assert not [m for m in found if not m.startswith(EXECUTES)]


def test_pages_charts_and_queries_execute_nothing_themselves():
    parts = [m for m in MODULES if {"charts", "queries", "metrics", "marts", "ui", "stats"} & set(m.parts)] + PAGES
    executing = ("connection.execute", "engine.connect", "exec_driver_sql")
    assert not [name(m) for m in parts if any(word in m.read_text(encoding="utf-8") for word in executing)]


def test_only_settings_reads_the_environment():
    reading = [name(m) for m in MODULES + PAGES if "os.environ" in calls(m) or "os.getenv" in calls(m)]
    assert reading == ["crm_core/settings.py"]
