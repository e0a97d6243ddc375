"""How a rule's guests fall: each test takes its guests once, the first reason counts, and what is left adds up to the selected."""
import shutil
from dataclasses import replace

import duckdb
import pytest

from crm_core import queries
from crm_core.marts.fields import FIELDS
from crm_core.outreach.waterfall import LEAVES
from crm_core.rule import parse
from crm_core.store import warehouse as warehouses
from tests.queries.test_outreach import VIEW

EVERYONE = parse({"not": {"field": "stays", "is": "at_least", "value": 99}}, FIELDS)


@pytest.fixture(scope="module")
def sorted_out(mailed, tmp_path_factory):
    """Everybody is reachable but guest 1, who has no address; 2 has a travel site's, 3 withdrew, 4 has no proof, 5 complained, 6 is held out of
    everything. Guest 7 has a record with an address that bounced, too, and is held out from 2030 on."""
    path = tmp_path_factory.mktemp("sorted") / "sorted.duckdb"
    shutil.copy(mailed.path, path)
    with duckdb.connect(str(path)) as duck:
        for statement in (
            "DELETE FROM mart_held_out", "UPDATE mart_sends SET is_complained = CAST(guest_id = 5 AS BIGINT), sent_on = DATE '2024-01-01'",
            "UPDATE mart_profiles SET email_state = 'valid', email_word = 'given', has_proof = 1",
            "UPDATE mart_profiles SET email_state = 'missing' WHERE guest_id = 1", "UPDATE mart_profiles SET email_state = 'relay' WHERE guest_id = 2",
            "UPDATE mart_profiles SET email_word = 'withdrawn' WHERE guest_id = 3", "UPDATE mart_profiles SET has_proof = 0 WHERE guest_id = 4",
            "INSERT INTO mart_profiles BY NAME SELECT * REPLACE ('bounced' AS email_state, 99 AS profile_id) FROM mart_profiles WHERE guest_id = 7",
            "INSERT INTO mart_held_out VALUES (6, DATE '2024-01-01'), (7, DATE '2030-01-01')",
        ):
            duck.execute(statement)
    return warehouses.Warehouse(path, mailed.version)


def fallen(made, view=VIEW, **params) -> dict[str, int]:
    frame = queries.run(made, view, "audience_fall", rule=EVERYONE, **params)
    assert all((row.step, row.why) in LEAVES or row.why == "" for row in frame.itertuples())
    return frame.set_index("why")["guests"].to_dict()


def test_everybody_leaves_once_and_the_rest_may_be_written_to(sorted_out):
    everyone = int(queries.run(sorted_out, VIEW, "segment_everyone")["guests"].iloc[0])
    found = fallen(sorted_out)
    assert found == {"no_address": 1, "relay": 1, "withdrawn": 1, "no_proof": 1, "complained": 1, "global_holdout": 1, "": everyone - 6}


def test_a_property_sees_its_own_guests_only(sorted_out):
    own = replace(VIEW, properties=(2,))
    assert sum(fallen(sorted_out, own).values()) == int(queries.run(sorted_out, own, "segment_everyone")["guests"].iloc[0])


def test_the_cap_looks_at_the_last_thirty_days(sorted_out, tmp_path):
    assert "frequency_cap" not in fallen(sorted_out, cap=1)
    path = tmp_path / "lately.duckdb"
    shutil.copy(sorted_out.path, path)
    with duckdb.connect(str(path)) as duck:
        duck.execute("UPDATE mart_sends SET sent_on = DATE '2025-03-20' WHERE guest_id IN (1, 8) AND is_marketing = 1 AND is_sent = 1")
        counted = duck.sql("SELECT count(*) FROM mart_sends WHERE guest_id = 8 AND is_marketing = 1 AND is_sent = 1 AND medium = 'email'").fetchone()[0]
    lately = warehouses.Warehouse(path, sorted_out.version)
    assert counted > 0
    assert fallen(lately, cap=counted)["frequency_cap"] == 1  # guest 1 left before
    assert "frequency_cap" not in fallen(lately, cap=counted + 1)
