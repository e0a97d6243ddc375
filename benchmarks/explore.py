"""Explore for a filter never seen: KPIs of every kind by two dimensions over 1 M guests, 7.3 M reservations and 20 M messages, on two threads."""
import argparse
import json
from functools import partial
from itertools import combinations

import duckdb

from benchmarks import campaigns, measured
from crm_core import queries
from crm_core.metrics import metric
from crm_core.queries.explore import fits
from crm_core.scope import Scope, default_period
from crm_core.store import warehouse

GUESTS, STAYS, SENDS, CAMPAIGNS, ROUNDS, TARGET = 1_000_000, 7_300_000, 20_000_000, 200, 3, 1.5
DIMENSIONS = ("month", "week", "channel", "country", "room_type", "segment", "party", "lead_band", "visit", "domain", "campaign")
KPIS = ("rooms_sold", "adr", "stays", "guests", "cancellation_rate", "alos", "lead_time_median", "km_return_12m", "human_open_rate", "lift_abs")
MADE = """
CREATE OR REPLACE TABLE made AS SELECT range AS id, hash(range) AS h, CAST((range * 104729) % {guests} AS BIGINT) AS guest_id,
    1 + CAST(range % 5 AS INTEGER) AS property_id, DATE '2021-04-05' + CAST(hash(range) % 1450 AS INTEGER) AS arrival_on FROM range({stays}) ORDER BY arrival_on;
CREATE OR REPLACE TABLE firsts AS SELECT guest_id, min(epoch(arrival_on)::BIGINT * 10000000 + id) AS first_key FROM made WHERE h % 10 > 0 AND h % 9 > 0 GROUP BY ALL;
DELETE FROM mart_stays;
INSERT INTO mart_stays BY NAME SELECT id AS reservation_id, id AS stay_id, property_id, CASE WHEN h % 9 > 0 THEN guest_id END AS guest_id,
    CASE WHEN h % 9 > 0 THEN guest_id ELSE -id - 1 END AS cluster, ['own_site', 'phone', 'ota', 'agency', 'corporate', 'email'][1 + CAST(h % 6 AS INTEGER)]
    AS channel, CAST(h % 6 IN (0, 1, 5) AS INTEGER) AS is_direct, ['leisure', 'business', 'group', 'other'][1 + CAST(h // 7 % 4 AS INTEGER)] AS segment,
    'R' || h // 11 % 8 AS room_type, CASE WHEN h % 13 > 0 THEN chr(65 + CAST(guest_id % 7 AS INTEGER)) || chr(65 + CAST(guest_id % 8 AS INTEGER)) END AS country,
    ['single', 'couple', 'family', 'other'][1 + CAST(h // 17 % 4 AS INTEGER)] AS party, ['0', '1-3', '4-7', '8-14', '15-30', '31-60', '61-90'][1 + CAST(h % 7
    AS INTEGER)] AS lead_band, epoch(arrival_on)::BIGINT * 10000000 + id AS stay_key, CASE WHEN h % 10 = 0 THEN 'cancelled' ELSE 'checked_out' END AS status,
    'paid' AS rate_class, arrival_on - CAST(h % 90 AS INTEGER) AS booked_on, arrival_on, arrival_on + CAST(1 + h % 4 AS INTEGER) AS departure_on,
    arrival_on + CAST(1 + h % 4 AS INTEGER) AS ended_on, 1 + CAST(h % 4 AS BIGINT) AS nights, CAST(h % 90 AS BIGINT) AS lead_days, 'EUR' AS currency,
    CAST(20000 + h % 50000 AS BIGINT) AS revenue_minor, 0 AS cost_minor, CAST(20000 + h % 50000 AS BIGINT) AS room_revenue, CAST(h % 2000 AS BIGINT) AS booking_cost,
    CAST(h % 9000 AS BIGINT) AS other_revenue, CAST(h % 10 > 0 AS INTEGER) AS is_arrival, CAST(h % 10 > 0 AS INTEGER) AS is_stay,
    arrival_on AS stay_arrival_on, arrival_on + CAST(1 + h % 4 AS INTEGER) AS stay_departure_on, 1 + CAST(h % 4 AS BIGINT) AS stay_nights,
    CAST(20000 + h % 50000 AS BIGINT) AS stay_room_revenue, CAST(h % 9000 AS BIGINT) AS stay_other_revenue, 0 AS cases, 0 AS complaints,
    CASE WHEN h % 10 > 0 THEN first_key END AS first_here, CASE WHEN h % 10 > 0 THEN first_key END AS first_anywhere,
    CASE WHEN h % 3 > 0 THEN arrival_on + CAST(30 + h % 300 AS INTEGER) END AS next_here,
    CASE WHEN h % 3 > 0 THEN arrival_on + CAST(30 + h % 300 AS INTEGER) END AS next_anywhere FROM made LEFT JOIN firsts USING (guest_id);
INSERT INTO mart_nights BY NAME SELECT arrival_on + CAST(n AS INTEGER) AS night_on, reservation_id, property_id, guest_id, cluster, channel, is_direct, segment,
    room_type, country, party, lead_band, stay_key, status, CAST(guest_id % 5 = 0 AS INTEGER) AS is_member, 1 AS sold, 0 AS complimentary,
    room_revenue // nights AS room_revenue, booking_cost // nights AS booking_cost FROM mart_stays, range(4) AS r(n) WHERE n < nights AND is_stay = 1;
INSERT INTO mart_daily BY NAME SELECT night_on, property_id, channel, is_direct, status, CAST(guest_id IS NOT NULL AS INTEGER) AS is_known,
    coalesce(is_member, 0) AS is_member, sum(sold) AS sold, sum(complimentary) AS complimentary, sum(room_revenue) AS room_revenue,
    sum(booking_cost) AS booking_cost FROM mart_nights GROUP BY ALL;
DROP TABLE made; DROP TABLE firsts;
"""


def made(scale: float) -> warehouse.Warehouse:
    """Return the warehouse of the campaigns' pages with reservations that can be told apart, and their nights."""
    from crm_core.marts import credits, tables
    from crm_core.marts.campaigns import campaign_rows
    from crm_core.marts.sends import day_rows

    guests, stays, sends = (round(size * scale) for size in (GUESTS, STAYS, SENDS))
    name, more = f"explore_{scale:g}", ((tables.send_days, day_rows), (tables.credits, credits.rows), (tables.campaigns, campaign_rows))
    shown = campaigns.built(name, sends, max(20, round(CAMPAIGNS * scale)), guests, stays, *more)
    with duckdb.connect(str(shown.path), config={"memory_limit": "5GB"}) as duck:
        if not duck.execute("SELECT count(*) FROM mart_nights").fetchone()[0]:
            duck.execute("BEGIN;" + MADE.format(guests=guests, stays=stays) + "COMMIT;")
    return shown


def pairs(key: str) -> list[tuple[str, str]]:
    """Return the pairs of dimensions that a KPI can be told apart by."""
    return list(combinations([d for d in DIMENSIONS if fits(metric(key), d)], 2))


def measure(scale: float, rounds: int) -> dict:
    """Ask for every KPI by every pair, as Explore does; return the wall and CPU seconds of each round."""
    shown = made(scale)
    scope = Scope("local", campaigns.PROPERTIES, default_period(campaigns.AS_OF), campaigns.AS_OF, chain=campaigns.PROPERTIES)
    return measured.each(((f"{key} by {a} and {b}", partial(queries.run, shown, scope, "explored", key=key, rows=a, columns=b))
                          for key in KPIS for a, b in pairs(key)), rounds)


def report(scale: float) -> None:
    """Measure in a process of its own and write the section."""
    cost = measured.child(__file__, "--step", "pairs", "--scale", scale)
    middle = {name: measured.median(wall for wall, _ in rounds) for name, rounds in cost.said.items()}
    by_kpi = {key: {n: s for n, s in middle.items() if n.startswith(f"{key} ")} for key in KPIS}
    rows = [(key, len(found), f"{1000 * measured.median(found.values()):,.0f}", f"{1000 * max(found.values()):,.0f}", max(found, key=found.get))
            for key, found in by_kpi.items()]
    slowest = max(middle.values())
    measured.write("Explore M", f"A KPI by two dimensions with totals, three periods and the people behind each cell; {GUESTS * scale:,.0f} guests, "
                   f"{STAYS * scale:,.0f} reservations, {SENDS * scale:,.0f} messages, median of {ROUNDS}: the slowest **{1000 * slowest:,.0f} ms**, target "
                   f"{1000 * TARGET:,.0f} ms: {'met' if slowest <= TARGET else 'MISSED'}. Peak memory {cost.peak:,.0f} MB.\n\n"
                   + measured.table(("KPI", "pairs", "median ms", "slowest ms", "which"), rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", choices=("pairs",))
    parser.add_argument("--scale", type=float, default=1)
    asked = parser.parse_args()
    print(json.dumps(measure(asked.scale, ROUNDS))) if asked.step else report(asked.scale)
