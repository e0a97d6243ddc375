"""The hotel's own data: only good values come in, under an optimistic lock, each change with one audit row."""
import datetime as dt
import json

import pytest
import sqlalchemy as sa

from crm_core import schema
from crm_core.records import hotel
from crm_core.records.registry import Refused, Stale


def last_audit(store) -> dict:
    with store.reading() as connection:
        return dict(connection.execute(sa.select(schema.audit).order_by(schema.audit.c.sequence.desc())).mappings().first())


def audits(store) -> int:
    with store.reading() as connection:
        return connection.execute(sa.select(schema.store_state.c.audit_sequence)).scalar_one()


# --- what is listed ---------------------------------------------------------------------------------------------------
def test_properties_rooms_channels_and_rates_are_listed(filled, view):
    assert [p["code"] for p in hotel.properties(filled.store, view())] == ["ADD", "LIS"]
    assert [(r["property_id"], r["rooms"]) for r in hotel.rooms(filled.store, view())] == [(1, 10), (2, 5)]
    assert [c["code"] for c in hotel.channels(filled.store, view())] == ["corporate", "ota", "own_site"]
    assert [(r["currency"], r["rate"]) for r in hotel.rates(filled.store, view())] == [("ETB", 0.01)]
    assert hotel.settings(filled.store, view())["as_of"] == "2025-04-01"


def test_the_scope_of_one_property_lists_one(filled, view):
    assert [p["code"] for p in hotel.properties(filled.store, view(2))] == ["ADD"]
    assert [r["property_id"] for r in hotel.rooms(filled.store, view(2))] == [2]


# --- edits ------------------------------------------------------------------------------------------------------------
GOOD = [
    ("property", {"name": "  Lisbon   Baixa "}, {"name": "Lisbon Baixa"}), ("property", {"country": "Portugal"}, {"country": "PT"}),
    ("property", {"currency": "lkr"}, {"currency": "LKR"}),
    ("property", {"time_zone": "Africa/Addis_Ababa"}, {"time_zone": "Africa/Addis_Ababa"}),
    ("property", {"margin_bp": 10_000, "sla_hours": "48"}, {"margin_bp": 10_000, "sla_hours": 48}),
    ("rooms_available", {"rooms": 0, "reason": "renovation"}, {"rooms": 0, "reason": "renovation"}),
    ("rooms_available", {"from_on": "2024-01-01"}, {"from_on": dt.date(2024, 1, 1)}),
    ("rooms_available", {"from_on": dt.datetime(2024, 1, 1, 12)}, {"from_on": dt.date(2024, 1, 1)}),
    ("channel", {"kind": "ota", "commission_bp": 0}, {"kind": "ota", "commission_bp": 0}),
    ("exchange_rate", {"rate": "0.0068"}, {"rate": 0.0068}),
]


@pytest.mark.parametrize(("table", "values", "stored"), GOOD, ids=lambda value: str(value) if isinstance(value, str) else None)
def test_a_good_value_is_stored(filled, view, table, values, stored):
    assert hotel.edit_row(filled.store, view(), table=table, id=1, version=1, values=values) == 2
    with filled.store.reading() as connection:
        row = connection.execute(sa.select(hotel.EDITABLE[table][0]).where(sa.column("id") == 1)).mappings().one()
    assert {name: row[name] for name in stored} == stored
    assert row["version"] == 2


REFUSED = [
    ("property", "name", ""), ("property", "name", "   "), ("property", "name", None), ("property", "currency", "EURO"),
    ("property", "currency", ""),
    ("property", "country", "Atlantis"), ("property", "time_zone", "Mars/Olympus"), ("property", "time_zone", "../../etc/passwd"),
    ("property", "margin_bp", -1), ("property", "margin_bp", 10_001), ("property", "margin_bp", "much"), ("property", "sla_hours", 0),
    ("property", "margin_bp", float("inf")), ("property", "margin_bp", float("nan")), ("property", "margin_bp", 12.5),
    ("property", "margin_bp", None),
    ("property", "code", "X"), ("property", "id", 7), ("property", "version", 9), ("property", "no_such", 1),
    ("rooms_available", "rooms", -1), ("rooms_available", "rooms", 100_001), ("rooms_available", "from_on", "31.3.2025"),
    ("rooms_available", "from_on", "2025-02-30"), ("rooms_available", "from_on", None), ("rooms_available", "property_id", 2),
    ("channel", "kind", "carrier_pigeon"), ("channel", "commission_bp", 10_001), ("channel", "cost_bp", -5), ("channel", "name", ""),
    ("exchange_rate", "rate", 0), ("exchange_rate", "rate", -1), ("exchange_rate", "rate", float("nan")),
    ("exchange_rate", "rate", float("inf")),
    ("exchange_rate", "rate", "cheap"), ("exchange_rate", "rate", None), ("exchange_rate", "currency", "XXXX"),
    ("audit", "actor", "nobody"),
    ("guest", "name", "Ana"),
]


@pytest.mark.parametrize(("table", "column", "value"), REFUSED)
def test_a_bad_value_is_refused_with_words_and_changes_nothing(small, view, table, column, value):
    before = audits(small.store)
    with pytest.raises(Refused) as refused:
        hotel.edit_row(small.store, view(), table=table, id=1, version=1, values={column: value})
    assert str(refused.value).endswith(".")
    assert audits(small.store) == before


def test_the_second_of_two_editors_is_told(filled, view):
    hotel.edit_row(filled.store, view(), table="property", id=1, version=1, values={"sla_hours": 12})
    with pytest.raises(Stale) as told:
        hotel.edit_row(filled.store, view(), table="property", id=1, version=1, values={"sla_hours": 6})
    assert (told.value.current["sla_hours"], told.value.current["version"]) == (12, 2)


def test_a_row_that_is_gone_is_refused(filled, view):
    with pytest.raises(Refused, match="reload"):
        hotel.edit_row(filled.store, view(), table="channel", id=99, version=1, values={"name": "X"})


# --- rows that come and go --------------------------------------------------------------------------------------------
ADDED = [
    ("property", {"code": "YER", "name": "Yerevan", "currency": "AMD"}), ("channel", {"code": "tour", "name": "Tours", "kind": "operator"}),
    ("rooms_available", {"property_id": 1, "from_on": "2025-06-01", "rooms": 12}),
    ("exchange_rate", {"currency": "LKR", "from_on": "2025-01-01", "rate": 0.003}),
]


@pytest.mark.parametrize(("table", "values"), ADDED, ids=[table for table, _ in ADDED])
def test_a_row_is_added_once(filled, view, table, values):
    added = hotel.add_row(filled.store, view(), table=table, values=values)
    with filled.store.reading() as connection:
        assert connection.execute(sa.select(sa.func.max(hotel.EDITABLE[table][0].c.id))).scalar_one() == added
    before = audits(filled.store)
    with pytest.raises(Refused, match="already"):
        hotel.add_row(filled.store, view(), table=table, values=values)
    assert audits(filled.store) == before


@pytest.mark.parametrize(("table", "values"), [
    ("property", {"name": "Yerevan", "currency": "AMD"}), ("property", {"code": " ", "name": "Yerevan", "currency": "AMD"}),
    ("property", {"code": "YER", "name": "Yerevan"}), ("channel", {"code": "tour", "name": "Tours"}),
    ("rooms_available", {"property_id": 1, "rooms": 2}),
    ("exchange_rate", {"currency": "LKR", "from_on": "2025-01-01"}), ("rooms_available", {"from_on": "2025-06-01", "rooms": 2}),
    ("note", {"text": "x"}),
])
def test_a_row_that_lacks_something_is_refused_and_not_called_a_double(small, view, table, values):
    with pytest.raises(Refused) as refused:
        hotel.add_row(small.store, view(), table=table, values=values)
    assert "already" not in str(refused.value)


def test_rooms_and_rates_are_removed(filled, view):
    hotel.remove_row(filled.store, view(), table="exchange_rate", id=1, version=1)
    assert hotel.rates(filled.store, view()) == []
    with pytest.raises(Stale):
        hotel.remove_row(filled.store, view(), table="exchange_rate", id=1, version=1)


@pytest.mark.parametrize("table", ["property", "channel", "guest"])
def test_what_facts_point_to_is_not_removed(small, view, table):
    with pytest.raises(Refused):
        hotel.remove_row(small.store, view(), table=table, id=1, version=1)


# --- settings ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("key", "value", "stored"), [
    ("as_of", "2025-05-01", "2025-05-01"), ("as_of", dt.date(2025, 5, 1), "2025-05-01"),
    ("as_of", dt.datetime(2025, 5, 1, 9), "2025-05-01"),
    ("reporting_currency", "usd", "USD"), ("as_of", None, None), ("as_of", "", None)])
def test_a_setting_is_set_or_cleared(filled, view, key, value, stored):
    hotel.set_setting(filled.store, view(), id=key, value=value)
    assert hotel.settings(filled.store, view()).get(key) == stored


@pytest.mark.parametrize(("key", "value"), [
    ("as_of", "tomorrow"), ("as_of", "2025-13-01"), ("reporting_currency", "gold"), ("store", "hotel"), ("demo_seed", "8")])
def test_a_bad_setting_is_refused_and_the_old_one_stays(small, view, key, value):
    before = hotel.settings(small.store, view())
    with pytest.raises(Refused):
        hotel.set_setting(small.store, view(), id=key, value=value)
    assert hotel.settings(small.store, view()) == before


# --- the audit row of each change -------------------------------------------------------------------------------------
DONE = [
 
    (hotel.edit_row, {"table": "property", "id": 1, "version": 1, "values": {"name": "Secret Name", "sla_hours": 12}},
     ("edit", "property", "1"), ["id=1", "table", "name", "sla_hours", "version=1"]),
    (hotel.add_row, {"table": "channel", "values": {"code": "secret", "name": "Secret Name", "kind": "ota"}}, ("add", "channel", ""),
     ["table", "code", "kind", "name"]),
    (hotel.remove_row, {"table": "exchange_rate", "id": 1, "version": 1}, ("remove", "exchange_rate", "1"),
     ["id=1", "table", "version=1"]),
    (hotel.set_setting, {"id": "as_of", "value": "2025-05-01"}, ("edit", "setting", "as_of"), ["id", "value"]),
]


@pytest.mark.parametrize(("act", "params", "said", "fields"), DONE, ids=[act.__name__ for act, *_ in DONE])
def test_a_change_leaves_one_audit_row_that_names_fields_and_no_value(filled, view, act, params, said, fields):
    before = audits(filled.store)
    act(filled.store, view(user="carla"), **params)
    row = last_audit(filled.store)
    assert row["sequence"] == audits(filled.store) == before + 1
    assert (row["actor"], row["verb"], row["kind"], row["object"]) == ("carla", *said)
    assert sorted(json.loads(row["fields"])) == sorted(fields)
    assert row["scope"] == view().digest()
    assert "ecret" not in json.dumps(row)
