"""One consistent snapshot of the record store, streamed as Arrow into DuckDB; personal columns stay behind."""
import datetime as dt
from contextlib import suppress
from functools import cache

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from crm_core import schema

BATCH_ROWS = "65536"
# The SQLite driver reads a column's type off its first values; this row comes first, and is dropped again.
PRIMER = {sa.BigInteger: sa.literal(-1), sa.Text: sa.literal("x"), sa.Date: sa.literal(dt.date(2000, 1, 1)), sa.Double: sa.literal(0.5)}


# What is told of a reservation and kept beside it.
ABOUT_STAYS = (schema.charge, schema.review, schema.service_case)
OF_MEMBERS = (schema.points_entry, schema.tier_override, schema.referral_code)


class Snapshot:
    """An open read transaction. `narrow` limits people's rows to the guests and reservations that changed."""

    def __init__(self, url: str):
        self.url = url
        self.narrowed = False
        self.cursors = []  # a stream ends when its cursor is collected

    def __enter__(self) -> "Snapshot":
        self.connection = _connect(self.url)
        self.dialect = _dialect("sqlite" if self.is_sqlite else "postgresql")
        if not self.is_sqlite:
            self._run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        self.revision = self.ids(sa.select(schema.store_state.c.revision))[0]
        return self

    def __exit__(self, *_) -> None:
        with suppress(Exception):  # the transaction only read
            self.connection.rollback()
        for cursor in self.cursors:
            cursor.close()
        self.connection.close()

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def rows(self, table: sa.Table) -> list[tuple]:
        """Return a small table's rows, ordered, without its version counters."""
        columns = [c for c in table.c if c.name != "version"]
        arrow = self._arrow(sa.select(*columns).order_by(*table.primary_key.columns))
        return [tuple(map(str, row.values())) for row in arrow.read_all().to_pylist()]

    def setting(self, key: str) -> str | None:
        """Return a setting of the store, or None."""
        found = self._arrow(sa.select(schema.setting.c.value).where(schema.setting.c.key == key)).read_all().column(0).to_pylist()
        return found[0] if found else None

    def ids(self, statement: sa.Select) -> list[int]:
        """Return the first column of a statement."""
        return self._arrow(statement).read_all().column(0).to_pylist()

    def campaign_kinds(self) -> dict[int, tuple[str, str]]:
        """Return the channel and the purpose of each campaign."""
        c = schema.campaign.c
        rows = self._arrow(sa.select(c.id, c.channel, c.purpose)).read_all().to_pylist()
        return {row["id"]: (row["channel"], row["purpose"]) for row in rows}

    def changed_stays(self, since: int) -> list[int]:
        """Return the reservations that changed, or whose postings, reviews or cases did, after a data version."""
        s = schema.stay
        about = (sa.select(t.c.stay_id).where(t.c.revision > since, t.c.stay_id.is_not(None)) for t in ABOUT_STAYS)
        return self.ids(sa.union(sa.select(s.c.id).where(s.c.revision > since), *about))

    def changed_guests(self, since: int) -> list[int]:
        """Return all records of the persons with a row that changed after a data version.

        Whoever merges or splits persons marks every record that came or went.
        """
        g, p, s, k, e = schema.guest, schema.profile, schema.stay, schema.consent, schema.lead
        stays = sa.select(p.c.guest_id).join(s, s.c.profile_id == p.c.id)
        theirs = (sa.select(p.c.guest_id).join(t, t.c.profile_id == p.c.id).where(t.c.revision > since)
                  for t in (schema.membership, schema.review, schema.service_case))
        changed = sa.union(
            sa.select(g.c.id).where(g.c.revision > since), sa.select(p.c.guest_id).where(p.c.revision > since),
            sa.select(k.c.guest_id).where(k.c.revision > since), stays.where(s.c.revision > since),
            *(stays.join(t, t.c.stay_id == s.c.id).where(t.c.revision > since) for t in ABOUT_STAYS), *theirs, *_members_changed(since), *_written_to(since),
            sa.select(e.c.guest_id).where(e.c.guest_id.is_not(None), e.c.revision > since)).cte("changed")
        person = sa.func.coalesce(g.c.merged_into, g.c.id)
        touched = sa.union(sa.select(changed.c[0]), _advocates(changed)).cte("touched")  # whom they invited has become somebody else
        persons = sa.select(person).where(g.c.id.in_(sa.select(touched)))
        return self.ids(sa.union(sa.select(touched), sa.select(g.c.id).where(person.in_(persons))))

    def records(self, persons: list[int]) -> list[int]:
        """Return all records of these persons."""
        g = schema.guest.c
        return self.ids(sa.select(g.id).where(sa.func.coalesce(g.merged_into, g.id).in_(persons))) if persons else []

    def narrow(self, guests: list[int], stays: list[int]) -> None:
        """Read, from now on, only these guests with all they own, and these reservations."""
        with self.connection.cursor() as cursor:
            for name, ids in (("touched_guest", guests), ("touched_stay", stays)):
                cursor.adbc_ingest(name, pa.table({"id": pa.array(ids, pa.int64())}), mode="create", temporary=True)
        self.narrowed = True

    def load(self, table: sa.Table, duck: duckdb.DuckDBPyConnection) -> None:
        """Create raw.<table> in DuckDB and stream the table's impersonal columns into it."""
        columns = _impersonal(table)
        first = columns[0].name  # the key, which no row has at -1
        duck.register("incoming", self._stream(_wording(table, self.narrowed, self.dialect.name)))
        cast = ", ".join(f'CAST("{c.name}" AS {_duck_type(c)}) AS "{c.name}"' for c in columns)
        duck.execute(f"CREATE TABLE raw.{table.name} AS SELECT {cast} FROM incoming WHERE {first} <> -1")
        duck.unregister("incoming")

    def _arrow(self, statement) -> pa.RecordBatchReader:
        return self._stream(_text(statement, self.dialect.name))

    def _stream(self, text: str) -> pa.RecordBatchReader:
        cursor = self.connection.cursor()
        self.cursors.append(cursor)
        if self.is_sqlite:
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": BATCH_ROWS})
        cursor.execute(text)
        return cursor.fetch_record_batch()

    def _run(self, text: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(text)


@cache
def _dialect(name: str) -> sa.engine.Dialect:
    return sa.engine.make_url({"sqlite": "sqlite://", "postgresql": "postgresql+psycopg://"}[name]).get_dialect()()


def _text(statement, dialect: str) -> str:
    return str(statement.compile(dialect=_dialect(dialect), compile_kwargs={"literal_binds": True}))


@cache
def _wording(table: sa.Table, narrowed: bool, dialect: str) -> str:
    """The statement that reads a table's impersonal columns, all rows or those of what was touched; it is worded once."""
    columns = _impersonal(table)
    wanted = sa.select(*columns)
    wanted = wanted.where(NARROWED[table]()) if narrowed and table in NARROWED else wanted
    return _text(sa.union_all(sa.select(*(_primer(c).label(c.name) for c in columns)), wanted), dialect)


def _impersonal(table: sa.Table) -> list[sa.Column]:
    return [c for c in table.c if not c.info.get("personal") and not isinstance(c.type, sa.LargeBinary)]


def _members() -> sa.Select:
    """Each membership's guest record, to be joined with what a membership owns."""
    m, p = schema.membership, schema.profile
    return sa.select(p.c.guest_id).join(m, m.c.profile_id == p.c.id)


def _members_changed(since: int) -> list[sa.Select]:
    """The records of members whose points, tiers by hand, codes or invitations changed after a data version."""
    m, k, r = schema.membership, schema.referral_code, schema.referral
    own = [_members().join(t, t.c.membership_id == m.c.id).where(t.c.revision > since) for t in OF_MEMBERS]
    return [*own, _members().join(k, k.c.membership_id == m.c.id).join(r, r.c.referral_code_id == k.c.id).where(r.c.revision > since)]


def _written_to(since: int) -> list[sa.Select]:
    """The records of guests with a message that was sent, or to which something happened, after a data version."""
    p, s, e = schema.profile, schema.send, schema.send_event
    theirs = sa.select(p.c.guest_id).join(s, s.c.profile_id == p.c.id)
    return [theirs.where(s.c.revision > since), theirs.join(e, e.c.send_id == s.c.id).where(e.c.revision > since)]


def _advocates(changed: sa.CTE) -> sa.Select:
    """The records of the members who invited one of these guests, or another record of the same person."""
    m, k, r, g = schema.membership, schema.referral_code, schema.referral, schema.guest.c
    person = sa.func.coalesce(g.merged_into, g.id)
    persons = sa.select(person).where(g.id.in_(sa.select(changed.c[0])))
    invited = sa.select(schema.profile.c.id).join(schema.guest, g.id == schema.profile.c.guest_id).where(person.in_(persons))
    return _members().join(k, k.c.membership_id == m.c.id).join(r, r.c.referral_code_id == k.c.id).where(r.c.profile_id.in_(invited))


_guests = sa.table("touched_guest", sa.column("id"))
_stays = sa.table("touched_stay", sa.column("id"))


def _owned_profiles() -> sa.Select:
    return sa.select(schema.profile.c.id).where(schema.profile.c.guest_id.in_(sa.select(_guests.c.id)))


def _owned_memberships() -> sa.Select:
    return sa.select(schema.membership.c.id).where(schema.membership.c.profile_id.in_(_owned_profiles()))


def _owned_codes() -> sa.Select:
    return sa.select(schema.referral_code.c.id).where(schema.referral_code.c.membership_id.in_(_owned_memberships()))


def _invited_profiles() -> sa.Select:
    """Whom the touched guests invited: their rows say who that is."""
    r = schema.referral.c
    return sa.select(r.profile_id).where(r.profile_id.is_not(None), r.referral_code_id.in_(_owned_codes()))


def _owned_stays() -> sa.Select:
    owned = sa.select(schema.stay.c.id).where(schema.stay.c.profile_id.in_(_owned_profiles()))
    return sa.union(owned, sa.select(_stays.c.id))


def _named_guests() -> sa.Select:
    """The touched guests, whom they invited, and whom leads, interactions, audiences and journeys name: these are read whole, and ask who a record is."""
    named = (table.c.guest_id for table in (schema.interaction, schema.lead, schema.audience_member, schema.journey_due))
    invited = sa.select(schema.profile.c.guest_id).where(schema.profile.c.id.in_(_invited_profiles()))
    return sa.union(sa.select(_guests.c.id), invited, *(sa.select(column).where(column.is_not(None)) for column in named))


NARROWED = {
    schema.guest: lambda: schema.guest.c.id.in_(_named_guests()),
    schema.profile: lambda: sa.or_(schema.profile.c.guest_id.in_(sa.select(_guests.c.id)), schema.profile.c.id.in_(_invited_profiles())),
    schema.stay: lambda: schema.stay.c.id.in_(_owned_stays()),
    schema.charge: lambda: schema.charge.c.stay_id.in_(_owned_stays()),
    schema.membership: lambda: schema.membership.c.profile_id.in_(_owned_profiles()),
    **{table: (lambda table=table: table.c.membership_id.in_(_owned_memberships())) for table in OF_MEMBERS},
    schema.referral: lambda: schema.referral.c.referral_code_id.in_(_owned_codes()),
    schema.survivor: lambda: schema.survivor.c.guest_id.in_(sa.select(_guests.c.id)),
    schema.send: lambda: schema.send.c.profile_id.in_(_owned_profiles()),
    schema.send_event: lambda: schema.send_event.c.send_id.in_(sa.select(schema.send.c.id).where(schema.send.c.profile_id.in_(_owned_profiles()))),
    schema.consent: lambda: schema.consent.c.guest_id.in_(sa.select(_guests.c.id)),
}


def _primer(column: sa.Column) -> sa.ColumnElement:
    return next(value for kind, value in PRIMER.items() if isinstance(column.type, kind))


def _duck_type(column: sa.Column) -> str:
    return {sa.BigInteger: "BIGINT", sa.Date: "DATE", sa.Double: "DOUBLE"}.get(type(column.type), "TEXT")


def _connect(url: str):
    """Open an ADBC connection, which starts its transaction with its first statement."""
    if url.startswith("sqlite"):
        import adbc_driver_sqlite.dbapi
        return adbc_driver_sqlite.dbapi.connect(f"file:{sa.engine.make_url(url).database}?mode=ro")
    import adbc_driver_postgresql.dbapi
    return adbc_driver_postgresql.dbapi.connect(url.replace("postgresql+psycopg://", "postgresql://"))
