"""The live count of a rule over 1 M guests with 7 M stays: what one edit in the rule builder costs, rule by rule."""
import argparse
import datetime as dt
import json

import duckdb
import sqlalchemy as sa
from duckdb_sqlalchemy import Dialect

from benchmarks import measured
from crm_core import queries
from crm_core.marts import tables
from crm_core.marts.fields import FIELDS
from crm_core.rule import parse
from crm_core.scope import Scope, default_period
from crm_core.store import warehouse

GUESTS, STAYS, ROUNDS, TARGET = 1_000_000, 7_000_000, 5, 0.3
AS_OF, PROPERTIES = dt.date(2025, 4, 1), (1, 2, 3, 4, 5)


def _is(field: str, operator: str, value: object = None) -> dict:
    return {"field": field, "is": operator} | ({} if value is None else {"value": value})


RULES = {
    "one condition on visits": _is("stays", "at_least", 2),
    "one condition on scores": _is("tier", "one_of", ["top", "high"]),
    "one condition on any stay": _is("any_channel", "one_of", ["ota"]),
    "a negation on any stay": _is("any_channel", "none_of", ["ota"]),
    "stayed between dates": _is("stayed_on", "between", ["2024-01-01", "2024-12-31"]),
    "first stay": _is("first_segment", "one_of", ["business"]),
    "one-time guests of last year with consent": {"all": [_is("stays", "is", 1), _is("last_departure", "between", ["2024-01-01", "2024-12-31"]),
                                                          _is("email_consent", "yes"), _is("valid_email", "yes")]},
    "regulars who are late": {"all": [_is("stays", "at_least", 3), _is("late", "at_least", 2), _is("next_arrival", "unknown")]},
    "high value without consent": {"all": [_is("tier", "one_of", ["top", "high"]), _is("email_consent", "no")]},
    "five sources, nested": {"all": [
        _is("stays", "at_least", 2), {"any": [_is("country", "one_of", ["PT", "GB"]), {"not": _is("email_consent", "yes")}]},
        {"not": {"all": [_is("any_channel", "one_of", ["ota"]), _is("first_segment", "one_of", ["business"])]}}, _is("late", "at_least", 1.5),
        _is("reachable", "yes")]},
}  # fmt: skip
SCOPES = {"all properties": PROPERTIES, "two of five": (1, 3), "one": (2,)}

MADE = f"""
CREATE TEMP TABLE pick AS SELECT *, 1 + (CASE WHEN at_home THEN guest_id % 3 ELSE reservation_id % 5 END) AS property_id FROM (
  SELECT CAST(range AS BIGINT) AS reservation_id, random() < 0.93 AS at_home, CAST(1 + floor({GUESTS} * pow(random(), 2.2)) AS BIGINT) AS guest_id,
    DATE '2018-01-01' + CAST(2640 * random() AS INTEGER) AS stay_arrival_on, CAST(1 + floor(4 * random()) AS INTEGER) AS n,
    ['ota', 'own_site', 'phone', 'corporate', 'operator'][1 + CAST(floor(5 * pow(random(), 1.3)) AS INTEGER)] AS channel,
    ['leisure', 'business', 'group', 'contract'][1 + CAST(floor(4 * pow(random(), 2)) AS INTEGER)] AS segment,
    ['single', 'couple', 'family'][1 + CAST(floor(3 * random()) AS INTEGER)] AS party, 'Room ' || CAST(floor(6 * random()) AS INTEGER) AS room_type,
    random() < 0.88 AS real FROM range({STAYS}));
INSERT INTO mart_stays (reservation_id, stay_id, property_id, guest_id, cluster, channel, segment, room_type, party, stay_key, is_stay, status,
    stay_arrival_on, stay_departure_on, stay_nights, stay_room_revenue, stay_other_revenue, first_here, first_anywhere)
  SELECT reservation_id, reservation_id, property_id, guest_id, guest_id, channel, segment, room_type, party, key, CAST(real AS INTEGER),
    CASE WHEN real THEN 'checked_out' ELSE 'cancelled' END, stay_arrival_on, stay_arrival_on + n, n, 9000 * n, 1200,
    min(CASE WHEN real THEN key END) OVER (PARTITION BY guest_id, property_id), min(CASE WHEN real THEN key END) OVER (PARTITION BY guest_id)
  FROM (SELECT *, CAST(stay_arrival_on + n - DATE '1970-01-01' AS BIGINT) * 68719476736 + reservation_id AS key FROM pick);
INSERT INTO mart_visits SELECT guest_id, property_id, min(CASE WHEN is_stay = 1 THEN stay_key END), sum(is_stay), sum(is_stay * stay_nights),
    sum(is_stay * 10200), min(CASE WHEN is_stay = 1 THEN stay_departure_on END), max(CASE WHEN is_stay = 1 THEN stay_departure_on END),
    max(CASE WHEN is_stay = 0 AND stay_arrival_on >= DATE '2025-04-01' THEN stay_arrival_on END) FROM mart_stays GROUP BY 1, 2;
INSERT INTO mart_guests SELECT guest_id, ['PT', 'GB', 'DE', 'FR', NULL][1 + guest_id % 5], ['pt', 'en', 'de'][1 + guest_id % 3],
    CAST(guest_id % 7 < 3 AS INTEGER) FROM (SELECT DISTINCT guest_id FROM mart_visits);
INSERT INTO mart_profiles (profile_id, guest_id, property_id, source, email_state, phone_state, email_word, sms_word)
  SELECT row_number() OVER (), guest_id, property_id, 'pms', ['valid', 'relay', 'missing'][1 + guest_id % 3], 'valid',
    CASE WHEN guest_id % 7 < 3 THEN 'given' ELSE '' END, '' FROM mart_visits;
INSERT INTO mart_stages SELECT guest_id, property_id, 'known', first_departure_on, NULL FROM mart_visits
  UNION ALL SELECT guest_id, property_id, 'stay', stay_departure_on, NULL FROM mart_stays WHERE is_stay = 1
  UNION ALL SELECT guest_id, property_id, 'member', DATE '2024-01-01', NULL FROM mart_visits WHERE guest_id % 11 = 0;
INSERT INTO mart_guest_scores (property_id, guest_id, stays, silent_days, gap_days, recency, frequency, monetary, rfm, tier, season, party, purpose,
    alive_ppm, return_ppm, value, at_stake, value_decile, spend, recent_spend)
  SELECT place, guest_id, n, silent, CASE WHEN n > 1 THEN age / (n - 1.0) END, 1 + guest_id % 5, 1 + guest_id % 4, 1 + guest_id % 5,
    ['champion', 'loyal', 'promising', 'recent', 'cooling', 'at_risk', 'lost'][1 + guest_id % 7], ['top', 'high', 'high', 'middle', 'base'][1 + guest_id % 5],
    'mixed', 'couple', 'leisure', (guest_id * 37) % 1000000, (guest_id * 91) % 1000000, guest_id % 90000, guest_id % 4000, 1 + guest_id % 10, spend, spend
  FROM (SELECT coalesce(property_id, 0) AS place, guest_id, sum(stays) AS n, DATE '2025-04-01' - max(last_departure_on) AS silent,
    max(last_departure_on) - min(first_departure_on) AS age, sum(spend) AS spend
    FROM mart_visits WHERE stays > 0 GROUP BY GROUPING SETS ((guest_id), (guest_id, property_id)));
"""


def made() -> warehouse.Warehouse:
    """Return a warehouse with only the marts that rules read, filled by chance; it is kept beside the stores of the other benchmarks."""
    path = measured.folder() / "segments.duckdb"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        building = path.with_suffix(".new")
        with duckdb.connect(str(building), config={"memory_limit": "4GB", "temp_directory": str(path.parent / "tmp")}) as duck:
            for table in tables.marts.sorted_tables:
                duck.execute(str(sa.schema.CreateTable(table).compile(dialect=Dialect())))
            duck.execute("SET enable_progress_bar = false; SET threads = 1; SELECT setseed(0.4)")
            duck.execute(MADE)
        building.rename(path)
    return warehouse.Warehouse(path, warehouse.Version(1, 1, AS_OF, "", "full", ""))


def measure() -> dict:
    """Count every rule in every scope ROUNDS times; return the guests and the wall and CPU seconds of each round."""
    shown, cost = made(), {}
    for place, properties in SCOPES.items():
        scope = Scope("local", properties, default_period(AS_OF), AS_OF, chain=PROPERTIES)
        for name, said in RULES.items():
            rule, found = parse(said, FIELDS), []
            times = [measured.timed(lambda: found.append(queries.run(shown, scope, "segment_sizes", rules=(rule,)))) for _ in range(ROUNDS)]  # noqa: B023
            cost[f"{place}: {name}"] = [int(found[0]["guests"].iloc[0]), times]
    return cost


def report() -> None:
    """Measure in a process of its own and write the section."""
    cost = measured.child(__file__, "--step")
    rows = []
    for name, (guests, rounds) in cost.said.items():
        walls, cpus = zip(*rounds, strict=True)
        rows.append((name, f"{guests:,}", *(f"{1000 * v:,.0f}" for v in (measured.median(walls), max(walls), measured.median(cpus)))))
    slowest = max(measured.median([wall for wall, _ in rounds]) for _, rounds in cost.said.values())
    met = "met" if slowest <= TARGET else "MISSED"
    measured.write("Segments M", f"Count of one rule, {GUESTS:,} guests with {STAYS:,} reservations, median of {ROUNDS}; the slowest: "
                   f"**{1000 * slowest:,.0f} ms**, target {1000 * TARGET:,.0f} ms: {met}. Peak memory {cost.peak:,.0f} MB.\n\n"
                   + measured.table(("rule", "guests", "ms median", "ms worst", "CPU ms median"), rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--step", action="store_true")
    print(json.dumps(measure())) if parser.parse_args().step else report()
