"""The demo comes back to what it was, in seconds and under the eyes of its visitors."""

import pytest
import sqlalchemy as sa

from crm_core import queries, schema
from crm_core import settings as settings_
from crm_core.classroom import pristine
from crm_core.records import hotel as hotel_records
from crm_core.records.registry import Refused
from crm_core.refresh import refresh
from crm_core.scope import Scope, default_period
from crm_core.store import audit, record, warehouse
from tests.hotel import AS_OF, Hotel

SCOPE = Scope("local", (1,), default_period(AS_OF), AS_OF)


@pytest.fixture
def demo(tmp_path, monkeypatch):
    """A demo of one guest, published."""
    monkeypatch.setattr(pristine, "MACHINES", (*pristine.MACHINES, "test"))  # who builds the tests' hotel
    settings = settings_.at(tmp_path)
    built = Hotel(record.open_store(settings)).open()
    built.property("LIS", 10)
    built.stay("LIS", "2025-03-03", 2, 200, built.guest("Ana Lima", "LIS"))
    with built.store.changing(audit.Entry("demo", "generate", "store")) as change:
        change.connection.execute(sa.insert(schema.setting), [{"key": "demo_profile", "value": "group"}, {"key": "demo_seed", "value": "7"}])
    refresh(settings, full=True)
    (tmp_path / "truth-demo.csv").write_text("lesson,L02\n")
    yield settings
    record.close_all()


def names(settings) -> list[str]:
    with record.open_store(settings).reading() as connection:
        return list(connection.execute(sa.select(schema.property.c.name)).scalars())


def rename(settings) -> None:
    store = record.open_store(settings)
    version = hotel_records.properties(store, SCOPE)[0]["version"]
    hotel_records.edit_row(store, SCOPE, table="property", id=1, version=version, values={"name": "Renamed"})
    refresh(settings)


def test_a_demo_is_kept_while_nobody_has_changed_it(demo):
    assert pristine.kept(demo) is None
    made = pristine.keep(demo)
    assert (made.profile, made.seed, made.folder.name) == ("group", "7", "pristine-group-7")
    assert sorted(path.name for path in made.folder.iterdir()) == ["demo.db", "made.json", "truth-demo.csv", "warehouse.duckdb"]
    rename(demo)
    assert pristine.keep(demo) is None
    assert pristine.kept(demo) == made


def test_a_reset_brings_back_store_warehouse_and_truth_as_a_new_version(demo):
    pristine.keep(demo)
    before = names(demo)
    rename(demo)
    (demo.home / "truth-demo.csv").write_text("lost")
    assert names(demo) == ["Renamed"]
    seconds = pristine.restore(demo)
    assert seconds < 10
    assert names(demo) == before
    assert (demo.home / "truth-demo.csv").read_text() == "lesson,L02\n"
    shown = warehouse.current(demo)
    assert (shown.version.number, shown.version.revision) == (3, record.open_store(demo).revision())
    assert queries.run(shown, SCOPE, "freshness").empty is False
    assert refresh(demo).kind == "unchanged"
    with record.open_store(demo).reading() as connection:
        assert audit.verify(connection) == []
    rename(demo)
    assert warehouse.current(demo).version.number == 4


def test_who_reads_during_a_reset_goes_on_with_what_they_began_to_read(demo):
    pristine.keep(demo)
    rename(demo)
    with record.open_store(demo).reading() as connection:
        counted = sa.select(schema.property.c.name)
        assert connection.execute(counted).scalars().all() == ["Renamed"]
        pristine.restore(demo)
        assert connection.execute(counted).scalars().all() == ["Renamed"]
    assert names(demo) != ["Renamed"]


def test_without_a_copy_and_for_the_hotels_own_store_a_reset_is_refused(demo):
    with pytest.raises(Refused, match="python -m crm_core demo"):
        pristine.restore(demo)
    pristine.keep(demo)
    with pytest.raises(Refused, match="No copy"):
        pristine.restore(settings_.at(demo.home, "hotel"))


def test_a_copy_of_another_innsight_is_not_put_back(demo, monkeypatch):
    pristine.keep(demo)
    monkeypatch.setattr(pristine, "fingerprint", lambda: "another")
    with pytest.raises(Refused, match="another version of Innsight"):
        pristine.restore(demo)
