"""Whatever happens to members, in any order, their ledger holds: nothing below zero, nothing lost, nothing edited, nothing twice.

Random lives of four guests: they join, earn and redeem (also too much, too late, twice), are merged, joined, parted and erased, and time passes.
"""
import datetime as dt
import os
import shutil
import tempfile
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from crm_core import schema
from crm_core import settings as settings_
from crm_core.programme import ledger
from crm_core.records import erasure, identity, joining, memberships, points
from crm_core.records.movements import Movement, entries_of
from crm_core.records.persons import members, person_of
from crm_core.records.posting import unsettled
from crm_core.records.registry import Refused
from crm_core.scope import Period, Scope
from crm_core.store import record
from tests.hotel import Hotel

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "400"))
GUESTS = (1, 2, 3, 4)
FIRST = dt.date(2024, 1, 1)
RULES = {"tiers": [{"name": "Base"}], "welcome": 100, "expiry": "age", "expiry_months": 6}
IDLE = {"tiers": [{"name": "Base"}], "expiry": "inactivity", "expiry_months": 2}
CALM = examples(deadline=None, database=None, suppress_health_check=list(HealthCheck))
KINDS = ("earn", "earn", "burn", "burn", "adjust", "opening")
SIGNS = {"earn": 1, "opening": 1, "burn": -1, "adjust": 1}


class Members(RuleBasedStateMachine):
    """Four guests of one house and its programme; `template` is the store before anything happened."""

    template: Path

    @initialize(idle=st.booleans(), earned=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 150), st.integers(1, 9)), min_size=3, max_size=9))
    def open(self, idle, earned):
        self.folder = tempfile.TemporaryDirectory()
        settings = settings_.at(Path(self.folder.name))
        settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.template, settings.sqlite_path)
        self.store = record.RecordStore(record.connect(settings.store_url))
        sa.event.listen(self.store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        self.hotel, self.today = Hotel(self.store), FIRST
        self.links, self.erased, self.stood, self.posted, self.keys = [], set(), {}, [], 0
        if idle:
            self.hotel.rules(1, IDLE, "2024-05-01")
        self._move_to(FIRST)
        for place, back, hundreds in earned:
            self._post_new(place, [("earn", back, hundreds)])

    def teardown(self):
        if hasattr(self, "store"):
            self.store.engine.dispose()
            self.folder.cleanup()

    def _move_to(self, day: dt.date) -> None:
        self.today = day
        self.scope = Scope("local", (1,), Period(FIRST, FIRST + dt.timedelta(1)), day)
        with self.hotel.changing("today") as change:
            change.connection.execute(sa.update(schema.setting).where(schema.setting.c.key == "as_of").values(value=day.isoformat()))

    def _key(self) -> str:
        self.keys += 1
        return str(self.keys)

    def _memberships(self) -> list:
        with self.store.reading() as connection:
            return list(connection.execute(sa.select(schema.membership).order_by(schema.membership.c.id)))

    @rule(days=st.sampled_from((1, 1, 20, 70, 200)))
    def time_passes(self, days):
        self._move_to(self.today + dt.timedelta(days))
        points.expire_due(self.store, self.today)

    @rule(guest=st.sampled_from(GUESTS))
    def enrol(self, guest):
        with suppress(Refused):
            memberships.enrol(self.store, self.scope, guest_id=guest, programme_id=1, key=self._key())

    @rule(place=st.integers(0, 3), back=st.integers(0, 150), hundreds=st.integers(1, 9), kind=st.sampled_from(("earn", "earn", "opening")))
    def gain(self, place, back, hundreds, kind):
        self._post_new(place, [(kind, back, hundreds)])

    @rule(place=st.integers(0, 3), rows=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 120), st.integers(1, 6)), min_size=1, max_size=4),
          taken=st.booleans())
    def post(self, place, rows, taken):
        self._post_new(place, [(kind, back, -n if kind == "adjust" and taken else n) for kind, back, n in rows])

    def _post_new(self, place: int, rows: list[tuple[str, int, int]]) -> None:
        known = self._memberships()
        one = known[place % len(known)]
        made = [Movement(0, self.today - dt.timedelta(back), kind, 50 * n * SIGNS[kind], membership_id=one.id, source="file", external_id=self._key())
                for kind, back, n in rows]
        self._post(made)
        self.posted += made

    def _post(self, rows: list[Movement]) -> list[points.Outcome]:
        with self.hotel.changing("points") as change:
            return points.post_batch(change, rows, self.today)

    @precondition(lambda self: self.posted)
    @rule(place=st.integers(0, 50))
    def post_again(self, place):
        before, row = self._rows(), self.posted[place % len(self.posted)]
        outcome = self._post([row])[0]
        if outcome.what != "added":  # what was refused at first may fit now
            assert self._rows() == before
        assert self._post([replace(row, points=row.points * 2)])[0].what == "refused" or outcome.what == "refused"

    @precondition(lambda self: self.stood)
    @rule(place=st.integers(0, 200))
    def reverse(self, place):
        number = sorted(self.stood)[place % len(self.stood)]
        with suppress(Refused):
            points.reverse_entry(self.store, self.scope, id=number, reason="x", key=self._key())

    @rule(pair=st.sampled_from([(a, b) for a in GUESTS for b in GUESTS if a < b]), place=st.integers(0, 3), joins=st.booleans())
    def merge(self, pair, place, joins):
        if self.erased.isdisjoint(pair):
            with self.hotel.changing("merge") as change:
                self.links.append(identity.link(change, *pair, decided_by="person", actor="test"))
            if joins:
                self.join(pair[0], place)

    @rule(guest=st.sampled_from(GUESTS), place=st.integers(0, 3))
    def join(self, guest, place):
        with self.store.reading() as connection:
            theirs = (sa.select(schema.membership).join(schema.profile).where(schema.profile.c.guest_id.in_(members(person_of(connection, guest))))
                      .where(schema.membership.c.closed_on.is_(None)).order_by(schema.membership.c.id))
            open_ = list(connection.execute(theirs))
        if len(open_) > 1:
            into = open_[place % len(open_)]
            with suppress(Refused):
                joining.join_accounts(self.store, self.scope, guest_id=guest, into=into.id, version=into.version)

    @rule(place=st.integers(0, 9))
    def part(self, place):
        standing = [link for link in self.links if link]
        if standing:
            with self.hotel.changing("split") as change:
                identity.end(change, [standing[place % len(standing)]], "test")

    @rule(guest=st.sampled_from(GUESTS))
    def take_out(self, guest):
        with self.hotel.changing("split") as change:
            identity.take_out(change, guest, "test")

    @precondition(lambda self: not self.erased)
    @rule(guest=st.sampled_from(GUESTS))
    def erase(self, guest):
        with self.hotel.changing("erase") as change:
            erasure.erase(change, guest, "test")
        self.erased.add(guest)

    # --- what always holds ----------------------------------------------------------------------------------------------
    def _rows(self) -> dict[int, tuple]:
        e = schema.points_entry.c
        kept = [column for column in e if column.name not in ("reason", "revision")]
        with self.store.reading() as connection:
            return {row.id: tuple(row) for row in connection.execute(sa.select(*kept))}

    @invariant()
    def the_ledger_holds(self):
        if not hasattr(self, "store"):
            return
        rows = self._rows()
        assert self.stood.items() <= rows.items(), "a row was edited or lost"
        self.stood = rows
        accounts = self._memberships()
        with self.store.reading() as connection:
            entries = entries_of(connection, [one.id for one in accounts])
            assert unsettled(connection, [one.id for one in accounts], self.today) == [], "something is to follow"
        sides = defaultdict(int)
        for one in accounts:
            self._check_account(entries[one.id], one)
            for entry in entries[one.id]:
                sides[entry.counter] -= entry.points
        assert set(sides) <= {*schema.COUNTERS.values()}
        assert sides["transferred"] == 0
        assert sum(sides.values()) + sum(entry.points for some in entries.values() for entry in some) == 0

    def _check_account(self, entries: list[Movement], account) -> None:
        settled = ledger.settle(entries, self.today)
        assert settled.short_on is None
        days = sorted({entry.posted_on for entry in entries})
        assert all(ledger.balance(entries, day) >= 0 for day in days)
        assert settled.balance == sum(part.points for part in settled.parts if part.fate == "open")
        assert all(part.points > 0 for part in settled.parts)
        assert all(part.expires_on is None or part.expires_on > self.today for part in settled.parts if part.fate == "open")
        of_lots = defaultdict(int)
        for part in settled.parts:
            of_lots[part.lot_id] += part.points
        points_of = {entry.id: entry.points for entry in entries}
        assert all(points_of[lot] == total for lot, total in of_lots.items())
        if account.closed_on:
            assert settled.balance == 0, "points stayed behind in an account that was joined"


@pytest.fixture(scope="module", autouse=True)
def template(tmp_path_factory):
    """The house before anything happened."""
    settings = settings_.at(tmp_path_factory.mktemp("machine"))
    hotel = Hotel(record.open_store(settings)).open()
    hotel.property("LIS", 10)
    for name in ("Ana Silva", "Ben Okafor", "A. Silva", "Ana S."):
        hotel.guest(name, "LIS")
    hotel.programme("club", RULES, from_on="2020-01-01")
    for guest in GUESTS[:3]:
        hotel.member(guest, "2023-06-01", 1)
    hotel.store.engine.dispose()
    Members.template = settings.sqlite_path


def test_the_ledger_holds_whatever_happens():
    run_state_machine_as_test(Members, settings=examples(CALM, max_examples=4, stateful_step_count=10))


@pytest.mark.soak
def test_the_ledger_holds_over_many_lives():
    run_state_machine_as_test(Members, settings=examples(CALM, max_examples=ROUNDS, stateful_step_count=30))
