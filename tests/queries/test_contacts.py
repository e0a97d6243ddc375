"""Quality of contacts and work lists, counted by hand."""
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crm_core import queries, schema
from crm_core.queries.contacts import LISTS
from crm_core.records import identity
from tests.hotel import Hotel

DUBIOUS = {
    "Anna Weber": {"email": "anna@example.com", "phone": "+49 30 901820", "country": "DE"},
    "Ben Okafor": {"email": "noemail@hotel.com", "phone": "12", "country": "GB"},
    "Cora Lind": {"email": "cl@guest.booking.com"},
    "Dora Diaz": {},
}


@pytest.fixture
def built(sqlite_store):
    """Anna (all right, consent without proof, seen 2025), Ben (all wrong, seen 2020), Cora (a travel site's address), Dora (nothing)."""
    hotel = Hotel(sqlite_store).open()
    hotel.property("LIS", 10)
    hotel.property("COL", 10)
    for name, details in DUBIOUS.items():
        hotel.guest(name, "LIS", **details)
    hotel.stay("LIS", "2025-03-01", 2, 100, 1)
    hotel.stay("LIS", "2020-03-01", 2, 100, 2)
    hotel.consent(1, "given", "2025-03-01T10:00:00+00:00")
    return hotel


def quality(made, scope) -> dict[str, dict]:
    return queries.run(made, scope, "contact_quality").set_index("field").to_dict("index")


def parts(row: dict, *names: str) -> list[tuple[int, int]]:
    return [(row[f"{name}_part"], row[f"{name}_n"]) for name in names]


def test_each_dimension_counts_of_what_the_one_before_leaves(built, rebuilt, scope):
    found = quality(rebuilt(), scope)
    # Ben's placeholder counts as empty: Anna and Cora have an address, Anna's is her own, Anna was seen, Anna said yes.
    assert parts(found["email"], "complete", "valid", "unique", "fresh", "reachable") == [(2, 4), (1, 2), (2, 2), (1, 2), (1, 1)]
    assert parts(found["phone"], "complete", "valid", "reachable") == [(2, 4), (1, 2), (0, 1)]
    assert parts(found["name"], "complete", "valid", "fresh", "reachable") == [(4, 4), (4, 4), (1, 4), (0, 0)]
    assert parts(found["country"], "complete", "valid") == [(2, 4), (2, 2)]
    assert parts(found["consent"], "complete", "valid") == [(1, 4), (0, 1)]


def test_what_fails_is_what_lies_behind_a_cell(built, rebuilt, scope):
    made = rebuilt()
    found = quality(made, scope)
    for field, row in found.items():
        for name in ("complete", "valid", "unique", "fresh", "reachable"):
            behind = queries.run(made, scope, "quality_behind", field=field, dimension=name)
            assert len(behind) == row[f"{name}_n"] - row[f"{name}_part"], (field, name)
    assert queries.run(made, scope, "quality_behind", field="email", dimension="valid")["guest_id"].tolist() == [3]
    assert sorted(queries.run(made, scope, "quality_behind", field="email", dimension="right")["guest_id"]) == [2, 3, 4]


def test_by_source_the_parts_add_up_to_the_whole(built, rebuilt, scope):
    built.set(schema.profile, 2, source="mews")
    made = rebuilt()
    by = queries.run(made, scope, "contact_quality", by_source=True)
    assert by.groupby("field")["complete_part"].sum().to_dict() == {f: row["complete_part"] for f, row in quality(made, scope).items()}
    assert by[by["field"] == "name"].set_index("source")["profiles"].to_dict() == {"bookings": 3, "mews": 1}


def test_a_pair_that_waits_makes_both_records_doubtful_within_the_scope(built, rebuilt, scope):
    with built.changing("match") as change:
        change.connection.execute(sa.insert(schema.match_pair).values(a_id=1, b_id=3, probability=.7, found_at=change.at))
        identity.settle(change, (1, 3))
    made = rebuilt()
    assert parts(quality(made, scope)["name"], "unique") == [(2, 4)]
    band = queries.run(made, scope, "duplicate_band").set_index("identity")
    assert band["guests"].to_dict() == {"strict": 4, "default": 4, "loose": 3}
    assert band["duplicate_rate"].to_dict() == {"strict": 0, "default": 0, "loose": 0.25}


def test_records_that_were_joined_are_profiles_beyond_the_first(built, rebuilt, scope):
    with built.changing("match") as change:
        identity.link(change, 1, 3, decided_by="test", actor="ana")
    made = rebuilt()
    value = queries.run(made, scope, "kpi_values", keys=("duplicate_rate", "completeness"))
    now = value[value["period"] == "now"].set_index("key")
    assert (now.at["duplicate_rate", "numerator"], now.at["duplicate_rate", "denominator"]) == (1, 4)
    assert now.at["completeness", "denominator"] == 5 * 3
    assert queries.run(made, scope, "behind", key="duplicate_rate")["id"].tolist() == [3]


@pytest.mark.parametrize(("work", "guests"), [
    ("email_invalid", [2]), ("phone_invalid", [2]), ("no_proof", [1]), ("alias_only", [3]), ("unseen", [2, 3, 4]), ("no_country", [3, 4]),
    ("birth_impossible", [])])
def test_a_work_list_holds_whom_its_rule_names(built, rebuilt, scope, work, guests):
    made = rebuilt()
    assert sorted(queries.run(made, scope, "work_list", work=work)["guest_id"]) == guests
    assert queries.run(made, scope, "work_lists").set_index("name")["guests"][work] == len(guests)
    assert queries.run(made, replace(scope, properties=(2,)), "work_list", work=work).empty


def test_a_good_profile_of_the_same_guest_settles_some_lists(built, rebuilt, scope):
    """Cora is Anna: the travel site's address and the missing country no longer matter."""
    with built.changing("match") as change:
        identity.link(change, 1, 3, decided_by="test", actor="ana")
    counts = queries.run(rebuilt(), scope, "work_lists").set_index("name")["guests"].to_dict()
    assert counts == dict.fromkeys(LISTS, 0) | {"email_invalid": 1, "phone_invalid": 1, "no_proof": 1, "unseen": 2, "no_country": 1}
