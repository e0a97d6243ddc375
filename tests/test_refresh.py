"""Refresh publishes what the records say: all at once or only what changed, which is the same; a kill loses nothing."""
import datetime as dt
import json
import multiprocessing
import os
import random
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from crm_core import schema
from crm_core import settings as settings_
from crm_core.ingest import quality
from crm_core.ingest.importing import import_file
from crm_core.programme.rules import DEFAULT, said
from crm_core.records import identity, pipeline
from crm_core.refresh import refresh
from crm_core.store import record, warehouse
from tests.hotel import Hotel, lisbon_and_addis
from tests.looking import ask, content

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "12"))


# --- all of it --------------------------------------------------------------------------------------------------------
def test_the_first_refresh_is_full_and_counts_its_rows(settings, hotel):
    done = refresh(settings)
    assert (done.version, done.kind, done.as_of) == (1, "full", dt.date(2025, 4, 1))
    counts = {"mart_properties": 2, "mart_channels": 3, "mart_stays": 9, "mart_nights": 15, "mart_charges": 1, "mart_visits": 3,
              "mart_guests": 2}
    assert {name: done.rows[name] for name in counts} == counts


def test_every_engine_gives_the_same_marts(engine_settings, store, warehouse):
    lisbon_and_addis(store)
    refresh(engine_settings)
    found = warehouse_of(engine_settings)
    assert content(found) == content(warehouse)


def warehouse_of(settings) -> warehouse.Warehouse:
    return warehouse.current(settings)


def test_the_second_refresh_on_every_engine_takes_only_what_changed(engine_settings, store):
    hotel = lisbon_and_addis(store)
    refresh(engine_settings)
    hotel.stay("LIS", "2025-03-25", 2, 200, hotel.guest("Cora Lind", "LIS"))
    assert refresh(engine_settings).kind == "incremental"
    spliced = content(warehouse_of(engine_settings))
    assert refresh(engine_settings, full=True).kind == "full"
    assert content(warehouse_of(engine_settings)) == spliced


def test_an_empty_store_gives_an_empty_warehouse(settings, sqlite_store):
    done = refresh(settings)
    assert sum(n for name, n in done.rows.items() if name != "mart_rates") == 0
    assert done.as_of == dt.date.today()


def test_a_refresh_is_recorded_in_the_store_and_marks_nothing(settings, hotel):
    quality.check_profiles(hotel.store)  # else the refresh itself tells first what the profiles' fields are worth
    before = hotel.store.revision()
    refresh(settings)
    with hotel.store.reading() as connection:
        row = connection.execute(schema.warehouse_version.select()).one()
        said = connection.execute(schema.audit.select().order_by(schema.audit.c.sequence.desc())).first()
    assert (row.version, row.revision, row.as_of, row.kind) == (1, before, dt.date(2025, 4, 1), "full")
    assert (said.actor, said.verb, said.kind, said.object) == ("refresh", "publish", "warehouse", "1")
    assert hotel.store.revision() == before


def test_progress_is_told_to_the_end(settings, hotel):
    told = []
    refresh(settings, progress=lambda step, of, what: told.append((step / of, what)))
    assert told[-1] == (1.0, "publish")
    assert [part for part, _ in told] == sorted(part for part, _ in told)


# --- only what changed ------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def first_version(tmp_path_factory):
    """The folder of Lisbon and Addis with their first version, to be copied."""
    home = tmp_path_factory.mktemp("first_version")
    store = record.open_store(settings_.at(home))
    lisbon_and_addis(store)
    refresh(settings_.at(home))
    store.engine.dispose()
    return home


@pytest.fixture
def refreshed(first_version, tmp_path):
    """Lisbon and Addis after their first refresh, in a store that the test may change."""
    shutil.copytree(first_version, tmp_path, dirs_exist_ok=True)
    hotel = Changing(tmp_path).hotel
    yield hotel
    hotel.store.engine.dispose()


def test_where_nothing_changed_nothing_is_published(settings, refreshed):
    again = refresh(settings)
    assert (again.kind, again.version) == ("unchanged", 1)


def test_a_new_stay_is_spliced_in(settings, refreshed):
    refreshed.stay("LIS", "2025-03-25", 1, 100)
    done = refresh(settings)
    assert (done.kind, done.version, done.rows["mart_stays"]) == ("incremental", 2, 10)


@pytest.mark.parametrize("change", [lambda h: h.rate("ETB", "2025-03-01", 0.02), lambda h: h.rooms("LIS", "2025-03-01", 9),
                                    lambda h: h.set(schema.channel, 2, commission_bp=2000), lambda h: h.property("YER", 3, "AMD")],
                         ids=["rate", "rooms", "channel", "property"])
def test_what_every_row_depends_on_asks_for_a_full_refresh(settings, refreshed, change):
    change(refreshed)
    assert refresh(settings).kind == "full"


def test_a_refresh_runs_beside_a_reader_in_the_same_process(settings, refreshed):
    with warehouse.current(settings).engine.connect() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM mart_stays").scalar_one() == 9
        refreshed.stay("LIS", "2025-03-25", 1, 100)
        assert refresh(settings).kind == "incremental"
    assert ask(warehouse.current(settings), "SELECT count(*) FROM mart_stays") == [(10,)]


STATUSES = st.sampled_from(schema.STATUSES)
DAYS = st.integers(0, 60)
PICK = st.integers(0, 30)
CHANGES = st.one_of(
    st.tuples(st.just("stay"), st.one_of(st.none(), PICK), st.sampled_from(["LIS", "ADD"]), DAYS, st.integers(0, 5), STATUSES),
    st.tuples(st.just("guest"), st.sampled_from(["LIS", "ADD"])),
    st.tuples(st.just("dates"), PICK, DAYS, st.integers(0, 5)),
    st.tuples(st.just("status"), PICK, STATUSES),
    st.tuples(st.just("rate_class"), PICK, st.sampled_from(schema.RATE_CLASSES)),
    st.tuples(st.just("amount"), PICK, st.integers(0, 100_000)),
    st.tuples(st.just("charge"), PICK, st.sampled_from(schema.DEPARTMENTS), st.integers(-5_000, 5_000)),
    st.tuples(st.just("consent"), PICK, st.sampled_from(schema.CONSENT_STATES), st.integers(1, 9)),
    st.tuples(st.just("country"), PICK, st.sampled_from(["PT", "GB", None])),
    st.tuples(st.just("erase"), PICK),
    st.tuples(st.just("merge"), PICK, PICK),
    st.tuples(st.just("split"), PICK),
    st.tuples(st.just("apart"), PICK, PICK),
    st.tuples(st.just("booker"), PICK, st.integers(0, 1)),
    st.tuples(st.just("owner"), PICK, st.one_of(st.none(), PICK)),
    st.tuples(st.just("review"), PICK, st.one_of(st.none(), st.integers(0, 10))),
    st.tuples(st.just("case"), PICK),
    st.tuples(st.just("member"), PICK, DAYS),
    st.tuples(st.just("joins"), PICK, PICK),
    st.tuples(st.just("points"), PICK, DAYS, st.sampled_from(["earn", "burn", "adjust", "expire"]), st.integers(1, 500)),
    st.tuples(st.just("reverse"), PICK),
    st.tuples(st.just("override"), PICK, DAYS),
    st.tuples(st.just("invite"), PICK, st.one_of(st.none(), PICK), DAYS),
    st.tuples(st.just("refresh")),
)

HAPPENED = st.sampled_from(["delivered", "bounced", "opened", "clicked", "unsubscribed", "complained"])
MAILINGS = st.one_of(
    st.tuples(st.just("send"), PICK, st.one_of(st.none(), PICK), DAYS, st.sampled_from(["", "A", "holdout"])),
    st.tuples(st.just("event"), PICK, HAPPENED, st.integers(0, 1), DAYS),
    st.tuples(st.just("campaign"), PICK, st.sampled_from([
        {"purpose": "transactional"}, {"purpose": "marketing"}, {"channel": "sms"}, {"cost_minor": 9_000, "currency": "EUR"}, {"window_days": 7},
        {"sent_at": "2025-03-02T23:30:00+00:00"}, {"archived_at": "2025-03-31T00:00:00+00:00"}])),
    st.tuples(st.just("audience"), PICK, PICK, PICK, DAYS),
    st.tuples(st.just("due"), PICK, DAYS, st.sampled_from(schema.ARMS), st.sampled_from(schema.DUE_STATES)),
    st.tuples(st.just("holdout"), st.integers(0, 10_000)),
    st.tuples(st.just("stay"), PICK, st.sampled_from(["LIS", "ADD"]), DAYS, st.integers(0, 5), STATUSES),
    st.tuples(st.just("status"), PICK, STATUSES),
    st.tuples(st.just("erase"), PICK),
    st.tuples(st.just("merge"), PICK, PICK),
    st.tuples(st.just("split"), PICK),
    st.tuples(st.just("booker"), PICK, st.integers(0, 1)),
    st.tuples(st.just("refresh")),
)

HOUSE = st.one_of(
    st.tuples(st.just("gathering"), st.sampled_from(["LIS", "ADD"]), DAYS, st.integers(0, 3)),
    st.tuples(st.just("attend"), PICK, st.one_of(st.none(), PICK), st.sampled_from(schema.ATTENDANCE)),
    st.tuples(st.just("call_off"), PICK),
    st.tuples(st.just("market"), st.sampled_from(["LIS", "ADD"]), DAYS, st.integers(1, 9), st.sampled_from(["EUR", "ETB", "USD"])),
    st.tuples(st.just("certificate"), PICK, DAYS),
    st.tuples(st.just("assessment"), st.sampled_from(["LIS", "ADD"]), DAYS, st.sampled_from(["met", "partly", "not_assessed"])),
    st.tuples(st.just("stay"), PICK, st.sampled_from(["LIS", "ADD"]), DAYS, st.integers(0, 5), STATUSES),
    st.tuples(st.just("status"), PICK, STATUSES),
    st.tuples(st.just("guest"), st.sampled_from(["LIS", "ADD"])),
    st.tuples(st.just("review"), PICK, st.integers(0, 10)),
    st.tuples(st.just("erase"), PICK),
    st.tuples(st.just("merge"), PICK, PICK),
    st.tuples(st.just("split"), PICK),
    st.tuples(st.just("booker"), PICK, st.integers(0, 1)),
    st.tuples(st.just("refresh")),
)


class Changing:
    """Applies changes to a hotel: people and stays are picked by a number, around the end of the list."""

    def __init__(self, home):
        self.settings = settings_.at(home)
        self.hotel = Hotel(record.open_store(self.settings), {"LIS": 1, "ADD": 2}, {"own_site": 1, "ota": 2, "corporate": 3}, batch=1)

    def apply(self, change: tuple) -> None:
        getattr(self, f"_{change[0]}")(*change[1:])

    def _picked(self, table, number: int) -> int:
        with self.hotel.store.reading() as connection:
            ids = connection.execute(table.select().with_only_columns(table.c.id).order_by(table.c.id)).scalars().all()
        return ids[number % len(ids)]

    def _stay(self, guest, at, day, nights, status):
        person = None if guest is None else self._picked(schema.guest, guest)
        self.hotel.stay(at, str(dt.date(2025, 2, 15) + dt.timedelta(day)), nights, 100 + day, person, status=status)

    def _guest(self, at):
        self.hotel.guest(f"Guest {self.hotel.store.revision()}", at)

    def _dates(self, stay, day, nights):
        arrival = dt.date(2025, 2, 15) + dt.timedelta(day)
        self.hotel.set(schema.stay, self._picked(schema.stay, stay), arrival_on=arrival, departure_on=arrival + dt.timedelta(nights))

    def _status(self, stay, status):
        self.hotel.set(schema.stay, self._picked(schema.stay, stay), status=status, ended_on=dt.date(2025, 3, 31))

    def _rate_class(self, stay, rate_class):
        self.hotel.set(schema.stay, self._picked(schema.stay, stay), rate_class=rate_class)

    def _amount(self, stay, minor):
        self.hotel.set(schema.stay, self._picked(schema.stay, stay), room_revenue_minor=minor)

    def _charge(self, stay, department, minor):
        self.hotel.charge(self._picked(schema.stay, stay), department, minor / 100)

    def _consent(self, guest, state, day):
        self.hotel.consent(self._picked(schema.guest, guest), state, f"2025-03-0{day}T10:00:00+00:00")

    def _country(self, guest, country):
        self.hotel.set(schema.guest, self._picked(schema.guest, guest), country=country)

    def _erase(self, guest):
        self.hotel.set(schema.guest, self._picked(schema.guest, guest), erased_at="2025-03-31T00:00:00+00:00")

    def _merge(self, one, other):
        with self.hotel.changing("merge") as change:
            identity.link(change, self._picked(schema.guest, one), self._picked(schema.guest, other), decided_by="person", actor="test")

    def _apart(self, one, other):
        one, other = self._picked(schema.guest, one), self._picked(schema.guest, other)
        if one != other:
            with self.hotel.changing("keep apart") as change:
                identity.keep_apart(change, one, other, decided_by="person", actor="test")

    def _split(self, record):
        with self.hotel.changing("split") as change:
            identity.take_out(change, self._picked(schema.guest, record), "test")

    def _booker(self, profile, is_booker):
        self.hotel.set(schema.profile, self._picked(schema.profile, profile), is_booker=is_booker)

    def _owner(self, stay, profile):
        owner = None if profile is None else self._picked(schema.profile, profile)
        self.hotel.set(schema.stay, self._picked(schema.stay, stay), profile_id=owner)

    def _review(self, stay, score):
        self.hotel.review(self._picked(schema.stay, stay), score)

    def _case(self, stay):
        self.hotel.case(self._picked(schema.stay, stay))

    def _member(self, guest, day):
        self.hotel.member(self._picked(schema.guest, guest), str(dt.date(2025, 2, 15) + dt.timedelta(day)), 1)

    def _joins(self, member, profile):
        """A file gives a membership to another record: who had it is marked, as an import does."""
        m, p = schema.membership.c, schema.profile.c
        member = self._picked(schema.membership, member)
        with self.hotel.store.reading() as connection:
            left = connection.execute(sa.select(p.guest_id).join(schema.membership, m.profile_id == p.id).where(m.id == member)).scalar_one()
        self.hotel.set(schema.guest, left)
        self.hotel.set(schema.membership, member, profile_id=self._picked(schema.profile, profile))

    def _points(self, member, day, kind, points):
        sign = -1 if kind in ("burn", "expire") else 1
        self.hotel.points(self._picked(schema.membership, member), str(dt.date(2025, 2, 15) + dt.timedelta(day)), kind, sign * points, spend="room")

    def _reverse(self, entry):
        entry, e = self._picked(schema.points_entry, entry), schema.points_entry
        with self.hotel.store.reading() as connection:
            row = connection.execute(e.select().where(e.c.id == entry)).one()
        self.hotel.points(row.membership_id, "2025-03-31", "reverse", -row.points, reverses_id=entry)

    def _override(self, member, day):
        self.hotel.override(self._picked(schema.membership, member), "Gold", str(dt.date(2025, 2, 15) + dt.timedelta(day)), "2025-12-31")

    def _invite(self, code, guest, day):
        person = None if guest is None else self._picked(schema.guest, guest)
        self.hotel.invite(self._picked(schema.referral_code, code), str(dt.date(2024, 11, 15) + dt.timedelta(day)), person)

    def _send(self, campaign, guest, day, arm):
        person = None if guest is None else self._picked(schema.guest, guest)
        self.hotel.send(self._picked(schema.campaign, campaign), person, f"{dt.date(2025, 2, 1) + dt.timedelta(day)}T23:30", arm=arm)

    def _event(self, send, kind, is_machine, day):
        with self.hotel.changing("event") as change:
            change.connection.execute(sa.insert(schema.send_event).values(
                send_id=self._picked(schema.send, send), source="test", kind=kind, at=f"{dt.date(2025, 2, 1) + dt.timedelta(day)}T22:45:00+00:00",
                is_machine=is_machine, revision=change.revision))

    def _campaign(self, campaign, values):
        self.hotel.set(schema.campaign, self._picked(schema.campaign, campaign), **values)

    def _audience(self, campaign, one, other, day):
        arms = {self._picked(schema.guest, one): "contact", self._picked(schema.guest, other): "held_out"}
        self.hotel.assigned(arms, str(dt.date(2025, 2, 1) + dt.timedelta(day)), self._picked(schema.campaign, campaign))

    def _due(self, guest, day, arm, state):
        with self.hotel.changing("due") as change:
            change.connection.execute(sa.insert(schema.journey_due).values(
                journey_id=1, number=1, guest_id=self._picked(schema.guest, guest), property_id=1, occasion=f"stay:{change.revision}", step=1,
                due_on=dt.date(2025, 2, 1) + dt.timedelta(day), arm=arm, state=state, at=change.at, revision=change.revision))

    def _holdout(self, share):
        with self.hotel.changing("holdout") as change:
            for key, value in (("holdout_salt", "s"), ("holdout_bp", str(share)), ("holdout_from", "2025-01-01")):
                change.connection.execute(schema.setting.delete().where(schema.setting.c.key == key))
                change.connection.execute(schema.setting.insert().values(key=key, value=value))

    def _gathering(self, at, day, length):
        starts = dt.date(2025, 2, 15) + dt.timedelta(day)
        self.hotel.event(at, str(starts), ends_on=str(starts + dt.timedelta(length)))

    def _attend(self, event, guest, status):
        self.hotel.attend(self._picked(schema.event, event), None if guest is None else self._picked(schema.guest, guest), status)

    def _call_off(self, event):
        self.hotel.set(schema.event, self._picked(schema.event, event), cancelled_at="2025-03-01T10:00:00+00:00")

    def _market(self, at, day, length, currency):
        starts = dt.date(2025, 2, 15) + dt.timedelta(day)
        name = f"Set {self.hotel.store.revision()}"
        self.hotel.market(at, str(starts), str(starts + dt.timedelta(length)), 70, 40, 4_000, currency=currency, set_name=name)

    def _certificate(self, staff, day):
        self.hotel.certificate(self._picked(schema.staff, staff), 1, str(dt.date(2024, 4, 1) + dt.timedelta(day)), str(dt.date(2025, 3, 1) + dt.timedelta(day)))

    def _assessment(self, at, day, result):
        self.hotel.assessment(at, 1, str(dt.date(2025, 2, 15) + dt.timedelta(day)), {"R1": "met", "D1": result})

    def _refresh(self):
        refresh(self.settings)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The folder of a small hotel with its first version, to be copied; Ana is a member, with points and a code."""
    home = tmp_path_factory.mktemp("published")
    store = record.open_store(settings_.at(home))
    hotel = lisbon_and_addis(store)
    member = hotel.member(1, "2024-01-01", hotel.programme("club", said(DEFAULT)))
    hotel.points(member, "2024-03-06", "earn", 2000, spend="room")
    hotel.code(member, "2024-01-01")
    refresh(settings_.at(home))
    store.engine.dispose()
    return home


def both_ways_agree(begun: Path, tmp_path_factory, changes: list) -> None:
    """Make changes in a copy of a folder: what the incremental refresh then publishes is what the full one does, mart by mart."""
    home = tmp_path_factory.mktemp("changed") / "home"
    shutil.copytree(begun, home)
    changing = Changing(home)
    for change in changes:
        changing.apply(change)
    assert refresh(changing.settings).kind in ("incremental", "unchanged")
    spliced = content(warehouse.current(changing.settings))
    refresh(changing.settings, full=True)
    whole = content(warehouse.current(changing.settings))
    assert spliced.keys() == whole.keys()
    for mart, rows in whole.items():
        assert spliced[mart] == rows, mart
    record.close_all()
    shutil.rmtree(home)


@examples(max_examples=ROUNDS * 2 // 5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=st.lists(CHANGES, min_size=1, max_size=8))
def test_after_any_changes_the_incremental_way_gives_what_the_full_one_gives(published, tmp_path_factory, changes):
    both_ways_agree(published, tmp_path_factory, changes)


@pytest.fixture(scope="module")
def mailed_version(published, tmp_path_factory):
    """The same folder with two campaigns, a message of the first to each of two guests, and a journey."""
    home = tmp_path_factory.mktemp("mailed") / "home"
    shutil.copytree(published, home)
    changing = Changing(home)
    first, _ = changing.hotel.campaign("First"), changing.hotel.campaign("Second")
    for guest in (1, 2):
        changing.hotel.send(first, guest, "2025-02-20T23:30", ("opened", "2025-02-21T08:00"))
    with changing.hotel.changing("journey") as change:
        change.connection.execute(sa.insert(schema.journey).values(name="After the stay", kind="post_stay", actor="test", created_at=change.at, is_active=1))
    refresh(changing.settings)
    changing.hotel.store.engine.dispose()
    return home


@examples(max_examples=ROUNDS * 2 // 5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=st.lists(MAILINGS, min_size=1, max_size=8))
def test_after_any_messages_and_campaigns_the_incremental_way_gives_what_the_full_one_gives(mailed_version, tmp_path_factory, changes):
    both_ways_agree(mailed_version, tmp_path_factory, changes)


@pytest.fixture(scope="module")
def gathered(published, tmp_path_factory):
    """The same folder with an event to which two guests came, two people on the staff, a course and a checklist."""
    home = tmp_path_factory.mktemp("gathered") / "home"
    shutil.copytree(published, home)
    hotel = Changing(home).hotel
    event = hotel.event("LIS", "2025-03-11")
    for guest in (1, 2):
        hotel.attend(event, guest)
    hotel.course()
    hotel.standard()
    for at in ("LIS", "ADD"):
        hotel.staff(at)
    refresh(settings_.at(home))
    hotel.store.engine.dispose()
    return home


@examples(max_examples=ROUNDS * 2 // 5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=st.lists(HOUSE, min_size=1, max_size=8))
def test_after_any_events_and_what_the_house_does_the_incremental_way_gives_what_the_full_one_gives(gathered, tmp_path_factory, changes):
    both_ways_agree(gathered, tmp_path_factory, changes)


# --- the as-of date ---------------------------------------------------------------------------------------------------
def test_without_a_word_from_anybody_the_as_of_date_follows_the_last_event(settings, hotel):
    """The last thing that happened is the arrival of 31 March; the reservation for 2 April has not."""
    with hotel.store.changing(entry()) as change:
        change.connection.execute(schema.setting.delete().where(schema.setting.c.key == "as_of"))
    assert refresh(settings).as_of == dt.date(2025, 4, 1)
    hotel.charge(9, "spa", 20, "2025-04-01")
    assert refresh(settings).as_of == dt.date(2025, 4, 2)


def test_the_operator_fixes_the_as_of_date_and_lets_go_of_it_again(settings, hotel):
    """The environment stands above the store's setting; a change of it alone is a new version."""
    assert refresh(settings).as_of == dt.date(2025, 4, 1)
    moved = refresh(replace(settings, as_of=dt.date(2025, 3, 15)))
    assert (moved.as_of, moved.kind) == (dt.date(2025, 3, 15), "incremental")
    assert refresh(replace(settings, as_of=dt.date(2025, 3, 15))).kind == "unchanged"
    assert refresh(settings).as_of == dt.date(2025, 4, 1)


def entry():
    from crm_core.store.audit import Entry
    return Entry("test", "edit", "setting")


# --- kill -9 ----------------------------------------------------------------------------------------------------------
def _change_and_refresh_for_ever(home: str, begun, full: bool) -> None:
    """What the child does until it is killed."""
    settings = settings_.at(home)
    hotel = Changing(home).hotel
    begun.set()
    while True:
        hotel.stay("LIS", "2025-03-25", 1, 100)
        refresh(settings, full=full)


def test_a_refresh_that_is_killed_leaves_the_last_version_whole(published, tmp_path):
    """Each stay is one change: a version is whole where it holds exactly the stays of the data version it names."""
    home, chance = tmp_path / "home", random.Random(7)
    shutil.copytree(published, home)
    settings = settings_.at(home)
    context = multiprocessing.get_context("forkserver" if os.name == "posix" else "spawn")
    if os.name == "posix":
        context.set_forkserver_preload(["tests.test_refresh"])
    start = warehouse.current(settings).version.revision
    for round_ in range(ROUNDS):
        begun = context.Event()
        child = context.Process(target=_change_and_refresh_for_ever, args=(str(home), begun, round_ % 3 == 0), daemon=True)
        child.start()
        assert begun.wait(60)
        time.sleep(chance.uniform(0, 0.5))
        child.kill()
        child.join()
        _assert_whole(settings, start)
    last = refresh(settings)
    assert last.rows.get("mart_stays", 9) >= 9
    _assert_whole(settings, start)
    assert not list(settings.warehouse.glob("building-*"))


def _assert_whole(settings, start: int) -> None:
    json.loads((settings.warehouse / "current.json").read_text())
    found = warehouse.current(settings)
    assert ask(found, "SELECT count(*) FROM mart_stays") == [(9 + found.version.revision - start,)]
    assert ask(found, "SELECT count(*) FROM mart_nights") == [(15 + found.version.revision - start,)]
    found.engine.dispose()
    with record.open_store(settings).reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


# --- enquiries and memberships that change hands ----------------------------------------------------------------------
def spliced_and_whole(settings) -> tuple[dict, dict]:
    assert refresh(settings).kind == "incremental"
    spliced = content(warehouse.current(settings))
    refresh(settings, full=True)
    return spliced, content(warehouse.current(settings))


def enquiry_of(hotel, scope, guest: int) -> tuple[int, int]:
    made = pipeline.add_lead(hotel.store, scope, property_id=hotel.properties["LIS"], values={"name": "Cora Lind"})
    return made, pipeline.link_lead(hotel.store, scope, id=made, version=1, person=guest)


def test_an_enquiry_stays_one_step_when_another_guest_changes(settings, hotel, scope):
    enquiry_of(hotel, scope, hotel.guest("Cora Lind", "LIS"))
    refresh(settings)
    hotel.stay("LIS", "2025-03-25", 1, 100)
    spliced, whole = spliced_and_whole(settings)
    assert [row[2] for row in spliced["mart_stages"]].count("lead") == 1
    assert spliced == whole


def test_an_enquiry_that_goes_to_another_guest_leaves_the_first(settings, hotel, scope):
    cora, dina = (hotel.guest(name, "LIS") for name in ("Cora Lind", "Dina Moll"))
    made, version = enquiry_of(hotel, scope, cora)
    refresh(settings)
    pipeline.link_lead(hotel.store, scope, id=made, version=version, person=dina)
    spliced, whole = spliced_and_whole(settings)
    assert [row[0] for row in spliced["mart_stages"] if row[2] == "lead"] == [dina]
    assert spliced == whole


def test_a_membership_that_a_file_gives_to_another_guest_leaves_the_first(settings, hotel, tmp_path):
    guests = {name: hotel.guest(name, "LIS", email=f"{name[:4].lower()}@example.com") for name in ("Cora Lind", "Dina Moll")}
    for email in ("cora@example.com", "dina@example.com"):
        file = tmp_path / f"{email[:4]}.csv"
        file.write_text(f"membership_number,property,email,status,enrolled_on\nM-1,LIS,{email},active,2024-01-01\n")
        assert import_file(hotel.store, file, target="memberships").accepted == 1
        if email[0] == "c":
            refresh(settings)
    spliced, whole = spliced_and_whole(settings)
    assert [row[0] for row in spliced["mart_stages"] if row[2] == "member"] == [guests["Dina Moll"]]
    assert spliced == whole


def test_a_person_of_two_records_who_loses_a_stay_keeps_those_of_both(settings, hotel):
    cora, other = (hotel.guest(name, "LIS") for name in ("Cora Lind", "Cora Lynd"))
    lost = hotel.stay("LIS", "2025-03-20", 1, 100, other)
    hotel.stay("LIS", "2025-03-25", 1, 100, other)
    with hotel.changing("merge") as change:
        identity.link(change, cora, other, decided_by="person", actor="test")
    refresh(settings)
    hotel.set(schema.stay, lost, profile_id=None)
    spliced, whole = spliced_and_whole(settings)
    assert spliced == whole


# --- members ------------------------------------------------------------------------------------------------------------
def test_an_invited_guest_who_turns_out_to_be_somebody_else_is_told_of_the_member_who_invited(settings, hotel):
    """The member's own rows did not change; whom the invitation names did."""
    ana, cora, other = 1, *(hotel.guest(name, "LIS") for name in ("Cora Lind", "Cora Lynd"))
    hotel.invite(hotel.code(hotel.member(ana, "2024-01-01", hotel.programme()), "2024-01-01"), "2025-02-01", other)
    hotel.stay("LIS", "2025-03-25", 1, 100, cora)
    refresh(settings)
    assert ask(warehouse.current(settings), "SELECT invited, came FROM mart_members") == [(1, 0)]
    with hotel.changing("merge") as change:
        identity.link(change, cora, other, decided_by="person", actor="test")
    spliced, whole = spliced_and_whole(settings)
    assert ask(warehouse.current(settings), "SELECT invited_id FROM mart_referrals") == [(cora,)]
    assert ask(warehouse.current(settings), "SELECT invited, came FROM mart_members") == [(1, 1)]
    assert spliced == whole


def test_points_of_a_stay_that_belongs_to_somebody_else_stay_when_that_guest_changes(settings, hotel):
    member = hotel.member(2, "2024-01-01", hotel.programme())
    hotel.points(member, "2025-03-06", "earn", 300, stay_id=2)  # for Ana's second stay
    refresh(settings)
    hotel.set(schema.stay, 2, room_revenue_minor=31_000)
    spliced, whole = spliced_and_whole(settings)
    assert len(spliced["mart_points"]) == 1
    assert spliced == whole


@pytest.mark.parametrize("change", [
    lambda h, member, code: h.points(member, "2025-03-01", "earn", 10), lambda h, member, code: h.override(member, "Gold", "2025-03-01", "2025-12-31"),
    lambda h, member, code: h.invite(code, "2025-03-01", 2), lambda h, member, code: h.cost(1, "LIS", "2025-03-01", 10),
    lambda h, member, code: h.rules(1, said(DEFAULT), "2025-01-01")], ids=["points", "tier by hand", "invitation", "cost", "rules"])  # fmt: skip
def test_what_changes_about_a_member_or_the_programme_is_spliced_in(settings, hotel, change):
    member = hotel.member(1, "2024-01-01", hotel.programme())
    code = hotel.code(member, "2024-01-01")
    refresh(settings)
    before = content(warehouse.current(settings))
    change(hotel, member, code)
    spliced, whole = spliced_and_whole(settings)
    assert spliced == whole
    assert spliced != before


def test_the_day_after_the_last_redemption_is_the_as_of_date_of_a_programme_without_stays(settings, sqlite_store):
    """What expires is no event: that is posted by the as-of date itself."""
    hotel = Hotel(sqlite_store).open()
    hotel.property("LIS", 10)
    member = hotel.member(hotel.guest("Cora Lind", "LIS"), "2024-01-01", hotel.programme("club", said(DEFAULT)))
    with hotel.store.changing(entry()) as change:
        change.connection.execute(schema.setting.delete().where(schema.setting.c.key == "as_of"))
    for day, kind, points in (("2024-05-01", "earn", 100), ("2024-06-10", "burn", -40), ("2024-07-01", "expire", -60)):
        hotel.points(member, day, kind, points)
    assert refresh(settings).as_of == dt.date(2024, 6, 11)
    assert ask(warehouse.current(settings), "SELECT balance FROM mart_members") == [(60,)]
    assert ask(warehouse.current(settings), "SELECT value FROM mart_point_months WHERE month_on = DATE '2024-06-01'") == [(0.4,)]
