"""The pages of feedback and service for a filter never seen: each question over 1 M reviews with 2 M mentions, 1.5 M stays and 100 k cases."""
import argparse
import datetime as dt
import json
from functools import partial

import duckdb
import sqlalchemy as sa
from duckdb_sqlalchemy import Dialect

from benchmarks import measured
from crm_core import queries
from crm_core.marts import tables
from crm_core.scope import Scope, default_period
from crm_core.store import warehouse

REVIEWS, MENTIONS, STAYS, CASES, ROUNDS, TARGET = 1_000_000, 2_000_000, 1_500_000, 100_000, 3, 1.0
AS_OF, PROPERTIES = dt.date(2025, 4, 1), (1, 2, 3, 4, 5)
SCOPES = {"all properties": PROPERTIES, "two of five": (1, 3)}
ASKED = {
    "Reviews": {
        "KPI row": ("kpi_values", {"keys": ("review_index", "nps", "nps_weighted", "review_answer_rate", "answer_time_median", "survey_response_rate")}),
        "aspects": ("aspects", {}), "noise by floor": ("aspect_groups", {"aspect": "noise", "by": "floor"}), "NPS by property": ("nps_groups", {}),
        "mix of the NPS": ("nps_mix", {}), "who stays silent": ("silent_guests", {}), "coverage": ("review_coverage", {}),
        "newest": ("review_list", {}), "critical": ("review_list", {"view": "critical"}), "lowest": ("review_list", {"view": "lowest"}),
        "of an aspect": ("review_list", {"aspect": "noise", "label": "negative"}), "how many of an aspect": ("review_count", {"aspect": "noise"})},
    "What matters": {
        "drivers": ("drivers", {}), "what if": ("what_if", {}), "gap to others": ("index_gaps", {}), "charts": ("alarm_charts", {}),
        "weeks of a chart": ("alarm_weeks", {"property": 1, "aspect": "noise"}), "signals": ("alarm_signals", {})},
    "Answers": {
        "KPI row": ("kpi_values", {"keys": ("review_answer_rate", "answer_time_median", "answer_time_p90", "loop_closed_rate")}),
        "waiting": ("waiting_reviews", {}), "who answers": ("answering", {}), "by platform": ("answering", {"by": "platform"}),
        "what waits": ("review_list", {"view": "waiting", "limit": 50})},
    "Service": {
        "KPI row": ("kpi_values", {"keys": ("backlog_open", "first_response_median", "sla_met_rate", "reopen_rate", "cases_per_100_stays", "solve_time_median",
                                            "post_case_return")}),
        "by department": ("cases_by", {"by": "department"}), "by month": ("cases_by", {"by": "month"}), "backlog": ("backlog_ages", {}),
        "causes": ("case_causes", {}), "list": ("case_ids", {}), "who comes back": ("recovery", {}), "fast and slow": ("recovery_contrast", {})},
}  # fmt: skip

STAYS_MADE = f"""
CREATE TEMP TABLE pick AS SELECT CAST(range AS BIGINT) AS id, 1 + CAST(range % 5 AS INTEGER) AS property_id, CAST(1 + floor(400000 * pow(random(), 1.5)) AS BIGINT)
    AS guest_id, DATE '2021-01-01' + CAST(1540 * random() AS INTEGER) AS on_day, CAST(1 + floor(5 * random()) AS INTEGER) AS n,
    ['own_site', 'ota', 'phone', 'corporate'][1 + CAST(floor(4 * random()) AS INTEGER)] AS channel,
    ['leisure', 'business', 'group'][1 + CAST(floor(3 * random()) AS INTEGER)] AS segment FROM range({STAYS});
INSERT INTO mart_stays BY NAME SELECT id AS reservation_id, id AS stay_id, property_id, guest_id, guest_id AS cluster, channel, segment, 'A' AS room_type,
    'couple' AS party, CAST(channel = 'own_site' OR channel = 'phone' AS INTEGER) AS is_direct, 'checked_out' AS status, 1 AS is_stay, 1 AS is_arrival,
    on_day AS arrival_on, on_day + n AS departure_on, on_day AS stay_arrival_on, on_day + n AS stay_departure_on, n AS stay_nights, 8000 AS score_bp,
    CAST(on_day + n - DATE '1970-01-01' AS BIGINT) * 68719476736 + id AS stay_key, 'PT' AS country,
    min(CAST(on_day + n - DATE '1970-01-01' AS BIGINT) * 68719476736 + id) OVER (PARTITION BY guest_id, property_id) AS first_here,
    min(CAST(on_day + n - DATE '1970-01-01' AS BIGINT) * 68719476736 + id) OVER (PARTITION BY guest_id) AS first_anywhere,
    lead(on_day) OVER (PARTITION BY guest_id, property_id ORDER BY on_day, id) AS next_here, lead(on_day) OVER (PARTITION BY guest_id ORDER BY on_day, id)
    AS next_anywhere FROM pick;
INSERT INTO mart_channels BY NAME SELECT * FROM (VALUES ('own_site', 'own_site', 1), ('ota', 'ota', 0), ('phone', 'phone', 1), ('corporate', 'corporate', 0))
    AS c (channel, kind, is_direct);
INSERT INTO mart_properties BY NAME SELECT CAST(range AS INTEGER) AS property_id, 'House ' || range AS name FROM range(1, 6);
CREATE TEMP TABLE about AS SELECT id, id AS reservation_id, property_id, guest_id, guest_id AS cluster, channel, segment, 'A' AS room_type, 'couple' AS party,
    CAST(channel IN ('own_site', 'phone') AS INTEGER) AS is_direct, CAST(100 + (id * 7919) % 400 AS VARCHAR) AS room, CAST(1 + id % 5 AS VARCHAR) AS floor,
    ['Garden', 'Sea'][1 + id % 2] AS block, on_day + n AS stay_departure_on, n AS stay_nights, 0 AS is_member, 'PT' AS country,
    CASE WHEN channel = 'ota' THEN 'ota' WHEN channel = 'corporate' THEN 'other' ELSE 'direct' END || '/guest/' ||
    CASE WHEN n = 1 THEN '1' WHEN n < 4 THEN '2-3' ELSE '4+' END AS stratum FROM pick;
"""
SAID = f"""
INSERT INTO mart_reviews BY NAME SELECT a.* EXCLUDE (id), id AS review_id, CASE WHEN id % 3 = 0 THEN 'survey' ELSE 'review' END AS kind,
    CASE WHEN id % 3 = 0 THEN 'survey' ELSE ['booking_com', 'tripadvisor', 'google'][1 + id % 3] END AS platform, stay_departure_on + 2 AS reviewed_on,
    CAST(stay_departure_on + 2 AS TIMESTAMP) AS published_at, score AS score_bp, score / 100.0 AS rating, CASE WHEN id % 3 = 0 THEN (id * 31) % 11 END AS nps,
    CASE WHEN id % 5 < 3 THEN 40 ELSE 0 END AS words, ['en', 'de', 'fr', 'es', 'pt', 'am'][1 + id % 6] AS language,
    CASE WHEN id % 6 = 5 THEN 'indicative' ELSE 'validated_other' END AS coverage, CAST(id % 5 < 3 AS INTEGER) AS is_scored,
    CASE WHEN id % 5 < 3 THEN '' ELSE 'no_text' END AS reason, CASE WHEN score > 5000 THEN 'positive' ELSE 'negative' END AS label, 1.0 AS weight,
    CAST(id % 3 > 0 AS INTEGER) AS is_answerable, CAST(id % 10 < 6 AS INTEGER) AS is_answered, ['ana', 'ben', 'eve'][1 + id % 3] AS answered_by,
    CAST(score < 4000 AS INTEGER) AS is_critical, CAST(score < 5000 AS INTEGER) AS is_negative, (id * 911) % 40000 AS wait_minutes,
    stay_departure_on + 5 AS ripe_on, 0 AS is_loop_closed, 0 AS is_repeat
    FROM (SELECT *, CAST(2000 + (id * 7907) % 8001 AS INTEGER) AS score FROM about WHERE id < {REVIEWS}) AS a;
INSERT INTO mart_mentions BY NAME SELECT r.* EXCLUDE (label), range AS mention_id, 1.0 AS polarity, 0.9 AS confidence,
    CAST(range < {REVIEWS} AS INTEGER) AS is_first,
    ['room', 'cleanliness', 'staff', 'food', 'location', 'value', 'facilities', 'checkin', 'wifi', 'noise', 'general'][1 + range % 11] AS aspect,
    ['positive', 'positive', 'negative', 'neutral'][1 + (range * 13) % 4] AS label
    FROM range({MENTIONS}) JOIN mart_reviews AS r ON r.review_id = range % {REVIEWS};
INSERT INTO mart_invitations BY NAME SELECT a.* EXCLUDE (id), id AS invitation_id, 'after' AS survey, 'post_stay' AS survey_kind, stay_departure_on + 1 AS sent_on,
    stay_departure_on + 15 AS ripe_on, 1 AS is_delivered, CAST(id % 3 = 0 AS INTEGER) AS is_answered FROM about AS a WHERE id < {REVIEWS};
INSERT INTO mart_cases BY NAME SELECT a.* EXCLUDE (id), id AS case_id, ['noise', 'cleanliness', 'air', 'request'][1 + id % 4] AS kind,
    ['front_desk', 'housekeeping', 'maintenance'][1 + id % 3] AS department, ['minor', 'major'][1 + id % 2] AS severity, 'high' AS priority, 'open' AS status,
    'desk' AS opened_from, CAST(stay_departure_on AS TIMESTAMP) AS opened_at, stay_departure_on AS opened_on, CAST(stay_departure_on + 1 AS TIMESTAMP) AS due_at,
    CAST(stay_departure_on AS TIMESTAMP) AS closed_at, ['broken', 'weather', 'booking', ''][1 + id % 4] AS root_cause, CAST(id % 4 < 3 AS INTEGER) AS is_complaint,
    CAST(id % 50 = 0 AS INTEGER) AS is_open, 0 AS is_waiting, (id * 37) % 6000 AS age_minutes, (id * 17) % 900 AS answer_minutes, 1 AS is_answered,
    (id * 37) % 6000 AS solve_minutes, stay_departure_on + 1 AS due_on, CAST(id % 4 > 0 AS INTEGER) AS is_due_met, stay_departure_on AS closed_on,
    stay_departure_on + 14 AS reopen_ripe_on, 0 AS is_reopened, 0 AS reopened, 100 AS cost FROM about AS a WHERE id % {STAYS // CASES} = 0;
INSERT INTO mart_drivers BY NAME SELECT p.range AS property_id, m.aspect, 0.1 AS share, 0.05 AS share_low, 0.15 AS share_high, 1.0 AS effect, 0.5 AS effect_low,
    1.5 AS effect_high, 0.6 AS positive_share, 100000 AS mentions, 400000 AS texts, 0.4 AS explained
    FROM range(6) AS p, (SELECT DISTINCT aspect FROM mart_mentions) AS m;
INSERT INTO mart_alarms BY NAME SELECT property_id, aspect, DATE '2021-01-04' + CAST(7 * w.range AS INTEGER) AS week_on, 'p' AS chart, 300 AS n, 0.3 AS value,
    0.3 AS centre, 0.2 AS low, 0.4 AS high, CAST(w.range % 90 = 0 AS INTEGER) AS is_signal, 1 AS is_worse, 1.0 AS false_per_year
    FROM mart_drivers, range(220) AS w WHERE property_id > 0;
"""


def made() -> warehouse.Warehouse:
    """Return a warehouse with only the marts that these pages read, filled by arithmetic; it is kept beside the stores of the other benchmarks."""
    path = measured.folder() / "feedback.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        building = path.with_suffix(".new")
        building.unlink(missing_ok=True)
        with duckdb.connect(str(building), config={"memory_limit": "4GB", "temp_directory": str(path.parent / "tmp")}) as duck:
            for table in tables.marts.sorted_tables:
                duck.execute(str(sa.schema.CreateTable(table).compile(dialect=Dialect())))
            duck.execute("SET enable_progress_bar = false; SET threads = 1; SELECT setseed(0.4)")
            duck.execute(STAYS_MADE)
            for statement in SAID.strip(";\n").split(";\n"):
                duck.execute(_fitting(duck, statement))
        building.rename(path)
    return warehouse.Warehouse(path, warehouse.Version(1, 1, AS_OF, "", "full", ""))


def _fitting(duck: duckdb.DuckDBPyConnection, statement: str) -> str:
    """The statement with only the columns that its mart has: what a review is about is more than a mention keeps."""
    name, select = statement.removeprefix("INSERT INTO ").split(" BY NAME ", 1)
    made_of = {row[0] for row in duck.execute(f"DESCRIBE {select}").fetchall()}
    wanted = [row[0] for row in duck.execute(f"DESCRIBE {name}").fetchall() if row[0] in made_of]
    return f"INSERT INTO {name} BY NAME SELECT {', '.join(wanted)} FROM ({select}) AS made"


def measure() -> dict:
    """Ask every question in every scope ROUNDS times; return the wall and CPU seconds of each round."""
    shown = made()
    scopes = {place: Scope("local", properties, default_period(AS_OF), AS_OF, chain=PROPERTIES) for place, properties in SCOPES.items()}
    return measured.each(((f"{page}: {name}, {place}", partial(queries.run, shown, scope, query, **values))
                          for place, scope in scopes.items() for page, asked in ASKED.items() for name, (query, values) in asked.items()), ROUNDS)


def report() -> None:
    """Measure in a process of its own and write the section."""
    cost = measured.child(__file__, "--step")
    middle = {name: tuple(measured.median(times) for times in zip(*rounds, strict=True)) for name, rounds in cost.said.items()}
    rows = [(name, *(f"{1000 * v:,.0f}" for v in times)) for name, times in middle.items()]
    slowest = max(wall for wall, _ in middle.values())
    measured.write("Feedback M", f"One question of a page, {REVIEWS:,} reviews, {MENTIONS:,} mentions, {STAYS:,} stays, {CASES:,} cases, median of {ROUNDS}; the "
                   f"slowest: **{1000 * slowest:,.0f} ms**, target {1000 * TARGET:,.0f} ms: {'met' if slowest <= TARGET else 'MISSED'}. "
                   f"Peak memory {cost.peak:,.0f} MB.\n\n" + measured.table(("question", "ms", "CPU ms"), rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", action="store_true")
    print(json.dumps(measure())) if parser.parse_args().step else report()
