"""From the record store to a new version of the warehouse: all of it, or the guests that changed since the last one."""

import datetime as dt
import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import duckdb
import pandas as pd
import sqlalchemy as sa
from filelock import FileLock

from crm_core import schema
from crm_core.formats import exponent
from crm_core.ingest import quality
from crm_core.marts import (
    FILLS,
    FILLS_LAST,
    feedback_models,
    fingerprint,
    guest_scores,
    hazards,
    lead_scores,
    leads,
    loyalty,
    nights,
    tables,
)
from crm_core.outreach import draw
from crm_core.settings import Settings
from crm_core.store import audit, extract, warehouse
from crm_core.store.record import RecordStore, now, open_store

MEMORY = "900MB"
HOTEL = (schema.property, schema.room, schema.channel, schema.exchange_rate, schema.rooms_available)
PEOPLE = (schema.guest, schema.survivor, schema.profile, schema.stay, schema.charge, schema.consent, schema.lead, schema.lead_step,
          schema.interaction, schema.membership, schema.review, schema.service_case, schema.audience, schema.audience_member, schema.programme,
          schema.programme_rules, schema.programme_cost, schema.points_entry, schema.tier_override, schema.referral_code, schema.referral,
          schema.review_source, schema.review_score, schema.mention, schema.correction, schema.survey, schema.invitation,
          schema.review_benchmark, schema.case_step, schema.campaign, schema.send, schema.send_event, schema.journey, schema.journey_due,
          schema.event, schema.attendance, schema.market, schema.standard, schema.assessment, schema.assessment_item, schema.staff, schema.course,
          schema.certificate)
# Beyond this share of the guests, rebuilding everything is quicker than splicing.
SPLICE_UP_TO = 0.25
FIRST_DAY = dt.date(1990, 1, 1)
# The last day on which anything was seen to happen; what is only planned (arrivals, departures to come) is no event.
LATEST_EVENT = """
    SELECT greatest(max(ended_on), max(booked_on), max(departure_on) FILTER (status = 'checked_out'), max(arrival_on) FILTER (status = 'in_house'),
                    (SELECT max(posted_on) FROM mart_charges), (SELECT max(posted_on) FROM mart_points WHERE kind IN ('earn', 'burn')),
                    (SELECT max(reviewed_on) FROM mart_said), (SELECT max(sent_on) FROM mart_sends)) FROM mart_stays"""

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Result:
    """What a refresh did: the version in use now, how it was made, and the rows of each mart."""

    version: int
    kind: str
    as_of: dt.date
    rows: dict[str, int]
    seconds: float


def refresh(settings: Settings, *, full: bool = False, progress: Progress | None = None) -> Result:
    """Publish a version that holds everything committed so far; return what was done.

    `full` forbids the incremental way. A refresh that is killed leaves the last version in use and nothing in the way of the next.
    """
    started = dt.datetime.now()
    settings.warehouse.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.warehouse / "refresh.lock"):
        for left in settings.warehouse.glob("building-*"):
            shutil.rmtree(left)
        with tempfile.TemporaryDirectory(dir=settings.warehouse, prefix="building-") as folder:
            return _build(settings, open_store(settings), Path(folder), full, progress or (lambda *_: None), started)


def _build(settings: Settings, store: RecordStore, folder: Path, full: bool, progress: Progress, started: dt.datetime) -> Result:
    last = _last(settings)
    quality.check_profiles(store, last.version.revision if last and fits(last.version) else None)
    with extract.Snapshot(settings.store_url) as snapshot:
        hotel = _fingerprint(snapshot)
        since = None if full or last is None or last.version.hotel != hotel else last.version.revision
        if since is not None and snapshot.revision == since and last.version.as_of == (_as_of(settings, snapshot) or _derived(last)):
            return _unchanged(last, started)
        built, kind = _fill(settings, snapshot, folder, last, since, progress)
        as_of, first, rows = _finish(built, _as_of(settings, snapshot))
        number = last.version.number + 1 if last else 1
        made = warehouse.Version(number, snapshot.revision, as_of, now(), kind, hotel, first, fingerprint())
    progress(5, 5, "publish")
    warehouse.publish(settings, built, made)
    _note(store, made, rows)
    return Result(number, kind, as_of, rows, _seconds(started))


def fits(version: warehouse.Version) -> bool:
    """Say whether this version of Innsight can read a published warehouse; one that does not fit is rebuilt, never migrated."""
    return version.marts == fingerprint()


def _unchanged(last: warehouse.Warehouse, started: dt.datetime) -> Result:
    return Result(last.version.number, "unchanged", last.version.as_of, {}, _seconds(started))


def _fill(settings: Settings, snapshot: extract.Snapshot, folder: Path, last, since: int | None, progress: Progress) -> tuple[Path, str]:
    """Build a file with all marts, or splice the marts of the touched guests into a copy of the last version."""
    touched = None if since is None else _touched(snapshot, last, since)
    if touched is None:
        return _marts(snapshot, folder / "whole.duckdb", progress), "full"
    part = _marts(snapshot, folder / "part.duckdb", progress, touched.horizon)
    return _splice(last.path, part, touched, folder / "spliced.duckdb"), "incremental"


@dataclass(frozen=True)
class Touched:
    """Ids whose rows changed since the last version, and the last day of that version's calendar."""

    guests: list[int]
    stays: list[int]
    horizon: dt.date


def _touched(snapshot: extract.Snapshot, last: warehouse.Warehouse, since: int) -> Touched | None:
    """Find what changed and narrow the snapshot to it; None where so much did that a full build is quicker."""
    stays = snapshot.changed_stays(since)
    # Through the version's own engine: DuckDB refuses a second way of opening a file that this process may be reading.
    with last.engine.connect() as old:
        # A reservation that moved to another guest leaves a mark on the one it left.
        left = old.exec_driver_sql(
            "SELECT DISTINCT guest_id FROM mart_stays SEMI JOIN (SELECT CAST(unnest(?) AS BIGINT) AS reservation_id) "
            "USING (reservation_id) WHERE guest_id IS NOT NULL",
            (stays,),
        ).fetchall()
        left += _recast(old, snapshot.campaign_kinds())
        total = old.exec_driver_sql("SELECT count(*) FROM mart_guests").scalar_one()
        horizon = old.exec_driver_sql("SELECT max(day_on) FROM mart_rates").scalar_one()
    lost = [g for (g,) in left]
    guests = sorted({*snapshot.changed_guests(since), *lost, *snapshot.records(lost)})
    if len(guests) > max(1000, SPLICE_UP_TO * total):
        return None
    snapshot.narrow(guests, stays)
    return Touched(guests, stays, horizon)


def _recast(old: sa.Connection, kinds: dict[int, tuple[str, str]]) -> list[tuple[int]]:
    """Guests to whom campaigns wrote that go another way or have another purpose since: each of their messages says so."""
    told = old.exec_driver_sql("SELECT DISTINCT campaign_id, medium, purpose FROM mart_send_days").fetchall()
    changed = [number for number, *kind in told if kinds.get(number) != tuple(kind)]
    return old.exec_driver_sql("SELECT DISTINCT guest_id FROM mart_sends WHERE campaign_id IN (SELECT unnest(?))", (changed,)).fetchall() if changed else []


def _marts(snapshot: extract.Snapshot, path: Path, progress: Progress, horizon: dt.date = FIRST_DAY) -> Path:
    """Fill every mart from the snapshot into a new DuckDB file and return its path. The calendar reaches `horizon` at least."""
    raw = path.with_suffix(".raw")
    with duckdb.connect(str(path), config={"memory_limit": MEMORY, "temp_directory": str(path.with_suffix(".tmp"))}) as duck:
        duck.execute(f"ATTACH '{raw}' AS raw")
        for step, table in enumerate((*HOTEL, *PEOPLE)):
            progress(step, len(HOTEL + PEOPLE) + len(FILLS), table.name)
            snapshot.load(table, duck)
        duck.execute("; ".join(f"CREATE TEMP VIEW {table.name} AS FROM raw.{table.name}" for table in (*HOTEL, *PEOPLE)))
        _calendar(duck, snapshot, horizon)
        _create(duck, [table for table, _ in FILLS])
        for step, (table, rows) in enumerate(FILLS):
            progress(step + len(HOTEL + PEOPLE), len(HOTEL + PEOPLE) + len(FILLS), table.name)
            _fill_table(duck, table, rows)
        duck.execute("; ".join(f"DROP VIEW {table.name}" for table in (*HOTEL, *PEOPLE)))
        duck.execute("DETACH raw")
    raw.unlink()
    return path


def _calendar(duck: duckdb.DuckDBPyConnection, snapshot: extract.Snapshot, horizon: dt.date) -> None:
    """Provide what the marts need beside the records: days, numbers, and a rate for each currency and day."""
    reporting = snapshot.setting("reporting_currency") or "EUR"
    latest = duck.execute("SELECT greatest((SELECT max(departure_on) FROM stay), (SELECT max(posted_on) FROM points_entry))").fetchone()[0] or FIRST_DAY
    last = max(dt.date(latest.year + 2, 12, 31), horizon)
    duck.execute(
        "CREATE TEMP TABLE calendar AS SELECT CAST(unnest(generate_series(?, ?, INTERVAL 1 DAY)) AS DATE) AS day_on", [FIRST_DAY, last]
    )
    # A time zone that nobody knows counts as UTC.
    duck.execute(
        "CREATE TEMP TABLE zones AS SELECT id AS property_id, coalesce(known.name, 'UTC') AS zone FROM property "
        "LEFT JOIN (SELECT DISTINCT name FROM pg_timezone_names()) AS known ON known.name = property.time_zone"
    )
    _drawn(duck, snapshot)
    _numbers(duck)
    factors = [
        (c, 10.0 ** (exponent(reporting) - exponent(c)))
        for (c,) in duck.execute(
            "SELECT DISTINCT currency FROM exchange_rate UNION SELECT currency FROM property UNION SELECT DISTINCT currency FROM stay "
            "UNION SELECT currency FROM programme UNION SELECT currency FROM event UNION SELECT currency FROM market"
        ).fetchall()
    ]
    duck.execute("CREATE TEMP TABLE scale (currency TEXT, factor DOUBLE)")
    if factors:
        duck.executemany("INSERT INTO scale VALUES (?, ?)", factors)
    duck.execute(
        """
        CREATE TEMP TABLE daily_rate AS
        WITH spans AS (SELECT currency, from_on, lead(from_on) OVER (PARTITION BY currency ORDER BY from_on) AS until_on, rate FROM exchange_rate
                       WHERE currency <> $reporting UNION ALL SELECT $reporting, $first, NULL, 1.0)
        SELECT currency, day_on, rate * factor AS factor FROM spans JOIN scale USING (currency)
        JOIN calendar ON day_on >= from_on AND (until_on IS NULL OR day_on < until_on)""",
        {"reporting": reporting, "first": FIRST_DAY},
    )


def _numbers(duck: duckdb.DuckDBPyConnection) -> None:
    """Provide the numbers that spread a stay over its nights, and an event or a span of the market over its days."""
    duck.execute(f"CREATE TEMP TABLE numbers AS SELECT CAST(unnest(range({nights.LONGEST_STAY})) AS INTEGER) AS n")


def _drawn(duck: duckdb.DuckDBPyConnection, snapshot: extract.Snapshot) -> None:
    """Provide the draw of the global holdout, where there is one."""
    salt, share, since = (snapshot.setting(f"holdout_{name}") for name in ("salt", "bp", "from"))
    duck.execute("CREATE TEMP TABLE drawn (salt TEXT, share_bp INTEGER, upto TEXT, from_on DATE)")
    if salt and share and int(share):
        duck.execute("INSERT INTO drawn VALUES (?, ?, ?, ?)", [salt, int(share), draw.limit(int(share)), since or FIRST_DAY])


def _splice(last: Path, part: Path, touched: Touched, path: Path) -> Path:
    """Copy the last version and replace in it the rows of the touched guests; return the new file."""
    shutil.copyfile(last, path)
    with duckdb.connect(str(path), config={"memory_limit": MEMORY}) as duck:
        duck.execute(f"ATTACH '{part}' AS part (READ_ONLY)")
        duck.execute("CREATE TEMP TABLE touched AS SELECT CAST(unnest(?) AS BIGINT) AS guest_id", [touched.guests])
        duck.execute(
            "CREATE TEMP TABLE gone AS SELECT reservation_id FROM part.mart_stays UNION SELECT CAST(unnest(?) AS BIGINT)", [touched.stays]
        )
        duck.execute("BEGIN")
        for table in tables.WHOLE:
            duck.execute(f"DELETE FROM {table.name}")
        for table in tables.BY_GUEST:
            duck.execute(f"DELETE FROM {table.name} WHERE guest_id IN (FROM touched)")
            if table in tables.BY_STAY:
                duck.execute(f"DELETE FROM {table.name} WHERE reservation_id IN (FROM gone)")
        for table in tables.WHOLE:
            duck.execute(f"INSERT INTO {table.name} FROM part.{table.name}")
        for table in tables.BY_GUEST:  # the part also holds what leads, which are read whole, say of guests that nothing else touched
            duck.execute(f"INSERT INTO {table.name} FROM part.{table.name} WHERE guest_id IS NULL OR guest_id IN (FROM touched)")
        for table, rows in FILLS:
            if table in tables.SUMS_OF.values():
                duck.execute(f"DELETE FROM {table.name}")
                _fill_table(duck, table, rows)
        duck.execute("COMMIT")
    return path


def _fill_table(duck: duckdb.DuckDBPyConnection, table: sa.Table, rows: Callable[[], sa.Select]) -> None:
    duck.execute(_filling(table, rows))


def _create(duck: duckdb.DuckDBPyConnection, made: Sequence[sa.Table]) -> None:
    """Create tables anew, all in one transaction: one for each would take a small store longer than to fill them."""
    duck.execute("; ".join(["BEGIN", *(f"DROP TABLE IF EXISTS {table.name}; {_creating(table)}" for table in made), "COMMIT"]))


@cache
def _creating(table: sa.Table) -> str:
    return _text(sa.schema.CreateTable(table))


@cache
def _filling(table: sa.Table, rows: Callable[[], sa.Select]) -> str:
    return _text(sa.insert(table).from_select([c.name for c in table.c], rows()))


def _finish(built: Path, fixed: dt.date | None) -> tuple[dt.date, dt.date | None, dict[str, int]]:
    """Fill what only the as-of date can tell; return that date, fixed or derived, the first day of known history, and the rows of each mart."""
    with duckdb.connect(str(built), config={"memory_limit": MEMORY}) as duck:
        first = duck.execute("SELECT min(arrival_on) FROM mart_stays").fetchone()[0]
        as_of = fixed or _day_after(duck.execute(LATEST_EVENT).fetchone()[0])
        _tell(duck, as_of)
        counts = " UNION ALL ".join(f"SELECT '{t.name}', count(*) FROM {t.name}" for t in tables.marts.sorted_tables)
        return as_of, first, dict(duck.execute(counts).fetchall())


def _tell(duck: duckdb.DuckDBPyConnection, as_of: dt.date) -> None:
    """Fill the outcomes and scores of leads and of guests, drivers and alarms, and the programme, as they stand on the as-of date."""
    duck.execute("CREATE TEMP TABLE today AS SELECT CAST(? AS DATE) AS as_of", [as_of])
    _numbers(duck)
    _create(duck, tables.LAST)
    ask = lambda statement: duck.execute(_text(statement)).fetch_df()  # noqa: E731
    _fill_table(duck, tables.leads, leads.rows)
    for table, rows in FILLS_LAST:
        _fill_table(duck, table, rows)
    _insert(duck, lead_scores.scored(ask(lead_scores.looks())))
    properties = [number for (number,) in duck.execute("SELECT property_id FROM mart_properties ORDER BY 1").fetchall()]
    for rows in guest_scores.scored(ask, as_of, properties):
        _insert(duck, rows)
    for rows in hazards.told(ask, as_of, properties):
        _insert(duck, {tables.guest_hazards: rows})
    _insert(duck, {tables.drivers: feedback_models.driver_rows(ask, as_of, properties), tables.alarms: feedback_models.alarm_rows(ask, as_of, properties)})
    _reward(duck, ask, as_of, properties)


def _reward(duck: duckdb.DuckDBPyConnection, ask: loyalty.Ask, as_of: dt.date, properties: list[int]) -> None:
    """Fill the loyalty marts, with what they are made from in temporary tables."""
    _create(duck, loyalty.TABLES)
    for table, rows in loyalty.steps(ask, as_of, properties):
        if callable(rows):
            _fill_table(duck, table, rows)
        else:
            _insert(duck, {table: rows})
    for table in loyalty.TABLES:
        duck.execute(f"DROP TABLE {table.name}")


def _insert(duck: duckdb.DuckDBPyConnection, rows: dict[sa.Table, pd.DataFrame]) -> None:
    for table, frame in rows.items():
        if frame.empty:
            continue
        duck.register("incoming", frame)
        duck.execute(f"INSERT INTO {table.name} SELECT {', '.join(c.name for c in table.c)} FROM incoming")
        duck.unregister("incoming")


def _derived(last: warehouse.Warehouse) -> dt.date:
    """Return the as-of date that a version has where the operator fixed none."""
    with last.engine.connect() as connection:
        return _day_after(connection.exec_driver_sql(LATEST_EVENT).scalar_one())


def _day_after(latest: dt.date | None) -> dt.date:
    return latest + dt.timedelta(1) if latest else dt.date.today()


def _as_of(settings: Settings, snapshot: extract.Snapshot) -> dt.date | None:
    """Return the as-of date that the operator fixed, in the environment or in the store."""
    said = snapshot.setting("as_of")
    return settings.as_of or (dt.date.fromisoformat(said) if said else None)


def _last(settings: Settings) -> warehouse.Warehouse | None:
    try:
        return warehouse.current(settings)
    except warehouse.NoWarehouse:
        return None


def _fingerprint(snapshot: extract.Snapshot) -> str:
    """Return a hash of what every row depends on; where it changed, only a full build is right."""
    undone = snapshot.ids(sa.select(schema.import_batch.c.id).where(schema.import_batch.c.undone_at.is_not(None)))  # their rows left no mark
    depends = [snapshot.setting("reporting_currency"), [_filling(table, rows) for table, rows in FILLS], *(undone and [undone])]
    text = repr([snapshot.rows(table) for table in HOTEL] + depends)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _note(store: RecordStore, made: warehouse.Version, rows: dict[str, int]) -> None:
    entry = audit.Entry("refresh", "publish", "warehouse", str(made.number))
    with store.changing(entry, marks=False) as change:
        change.connection.execute(
            sa.insert(schema.warehouse_version).values(
                version=made.number, revision=made.revision, as_of=made.as_of, at=made.at, kind=made.kind, counts=repr(rows)
            )
        )


@lru_cache(maxsize=256)  # a refresh of a small store spends more on wording its statements than on answering them
def _text(statement) -> str:
    return str(statement.compile(dialect=_dialect(), compile_kwargs={"literal_binds": True}))


@cache
def _dialect():
    from duckdb_sqlalchemy import Dialect

    return Dialect()


def _seconds(started: dt.datetime) -> float:
    return round((dt.datetime.now() - started).total_seconds(), 2)
