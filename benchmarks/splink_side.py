"""Splink 5 on DuckDB over the same people, in an environment of its own: SPLINK_PYTHON benchmarks/splink_side.py people.csv pairs.csv."""

import json
import sys
import time

import duckdb
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

RULES = [
    block_on("given", "family", "postcode"), block_on("birth", "family"), block_on("birth", "given"), block_on("email"), block_on("phone"),
    block_on("family", "postcode"), block_on("document"), block_on("loyalty"), block_on("given", "family"),
    block_on("birth", "postcode"), block_on("birth", "city"), block_on("birth", "substr(given, 1, 1)"),
    block_on("birth", "substr(family, 1, 1)"), block_on("given", "substr(birth, 1, 4)"), block_on("family", "substr(birth, 1, 4)"),
    block_on("given", "substr(birth, 5)"), block_on("family", "substr(birth, 5)"), block_on("family", "city"),
    block_on("split_part(email, '@', 1)"), block_on("street", "substr(given, 1, 1)"),
]  # fmt: skip


def settings(share: float) -> SettingsCreator:
    """Return the nearest that Splink's own comparisons come to ours, with term frequencies where we have them."""
    names = [cl.JaroWinklerAtThresholds(column, [0.92, 0.8]).configure(term_frequency_adjustments=True) for column in ("given", "family")]
    near = [cl.DamerauLevenshteinAtThresholds(column, [1, 2]) for column in ("birth", "email", "phone", "postcode")]
    exact = [cl.ExactMatch(column) for column in ("document", "loyalty")]
    return SettingsCreator(
        link_type="dedupe_only", unique_id_column_name="id", probability_two_random_records_match=share,
        blocking_rules_to_generate_predictions=RULES, comparisons=[*names, *near, *exact, cl.JaroWinklerAtThresholds("street", [0.92, 0.8])],
    )  # fmt: skip


def run(people: str, out: str) -> dict:
    """Train, predict at one half, write the pairs; return the seconds that training and prediction took."""
    table = duckdb.sql(f"SELECT * FROM read_csv('{people}', all_varchar=true, nullstr='')").to_arrow_table()
    api = DuckDBAPI()
    started, cpu = time.perf_counter(), time.process_time()
    share = 0.2 / (len(table) - 1)  # our prior, fixed as ours is
    linker = Linker(api.register(table), settings(share), log_level=40)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=7)
    for rule in (block_on("given", "family"), block_on("birth")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, fix_probability_two_random_records_match=True)
    found = linker.inference.predict(threshold_match_probability=0.5).as_duckdbpyrelation()
    arrow = found.select("id_l AS id_a, id_r AS id_b, match_probability AS probability").to_arrow_table()
    took = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - cpu, "pairs": len(arrow), "duckdb": duckdb.__version__}
    duckdb.sql(f"COPY (SELECT * FROM arrow) TO '{out}' (HEADER)")
    return took


if __name__ == "__main__":
    print(json.dumps(run(*sys.argv[1:])))
