"""Checked rows wait in a temporary database of their own, so that the record store is only locked while it is written.

The database is an unnamed SQLite file: the system removes it with the process, however that ends.
"""
import marshal
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import groupby, repeat
from operator import itemgetter

# A row is kept packed, in three parts: what it is looked up by, the facts of the stay, and what it says about the guest.
KEYS = ("property", "confirmation", "person", "channel", "rest")  # rest: cells that are not kept but by which equal rows are told
FACTS = (
    "status", "booked_on", "arrival_on", "departure_on", "ended_on", "segment", "room_type", "room", "rate_class", "adults", "children",
    "country", "currency", "room_revenue_minor", "commission_minor", "fnb", "spa", "other", "cancellation_fee")
PERSON = (
    "given_name", "family_name", "email", "phone", "birth_on", "country", "language", "is_booker", "preferences",
    "consent", "consent_on", "consent_source", "booked_on")
# What few files say: packed only where it is said, so that the hash of all other rows is what it was before these columns came.
MORE = ("channel_ref", "street", "postcode", "city", "document_hash", "loyalty_number", "relay")
CONTENT = (*KEYS, *FACTS, *PERSON)
ABSENT = {"rest": "", "room_type": "", "room": "", "adults": 0, "children": 0, "is_booker": 0, "preferences": ""}
FORMAT = 2  # marshal's last format that writes equal values as equal bytes
DEPARTMENTS = ("fnb", "spa", "other", "cancellation_fee")
STAY = (
    "id", "property_id", "profile_id", "source", "external_id", "status", "booked_on", "arrival_on", "departure_on", "ended_on",
    "channel_id", "segment", "room_type", "room", "rate_class", "adults", "children", "country", "currency", "room_revenue_minor",
    "commission_minor", "row_hash", "channel_ref")
CHARGE = ("stay_id", "property_id", "posted_on", "department", "currency", "amount_minor")
REMARKS = ("day_use", "nobody", "unidentified", "consent_unproven", "further_room")  # a row's bits
FURTHER = 1 << REMARKS.index("further_room")  # a room beyond the first of a row that has several: a stay, but no row of the file
ROW = ("line", "property", "confirmation", "person", "channel", "arrival_on", "row_hash", "remarks", "facts", "said", "more", "channel_ref")
TABLES = f"""
    PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-131072; PRAGMA temp_store=FILE;
    CREATE TABLE row (n INTEGER PRIMARY KEY, {', '.join(ROW)}, stay_id);
    CREATE TABLE rejected (line, "column", value, rule, property, cells);
    CREATE TABLE record (n INTEGER PRIMARY KEY, line, key, property, hash, said, cells);
"""


class Staging:
    """The rows of one file between checking and writing."""

    def __init__(self):
        self.db = sqlite3.connect("", isolation_level=None)
        self.db.executescript(TABLES)
        self.db.execute("BEGIN")
        self.ids: dict[str, dict[str, int]] = {}
        self.profiles = array("q")  # by n; 0 is none

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, *_) -> None:
        self.db.close()

    def add(self, lines: Iterable[int], columns: list[Iterable]) -> int:
        """Stage rows, given by line numbers and the columns of CONTENT; return how many they are."""
        named = dict(zip((*CONTENT, *MORE, "further"), columns, strict=True))
        keys, facts, said = (_packed([named[name] for name in part]) for part in (KEYS, FACTS, PERSON))
        more = _packed_where(named, len(facts))
        indexed = [named[name] for name in ("property", "confirmation", "person", "channel", "arrival_on")]
        hashes = map(digest, keys, facts, said, (part or b"" for part in more))
        self._insert("row", ROW, zip(lines, *indexed, hashes, _remarks(named), facts, said, more, named["channel_ref"], strict=True))
        return len(facts)

    def reject(self, rejects: Iterable) -> None:
        """Stage rejects."""
        self._insert("rejected", ("line", '"column"', "value", "rule", "property", "cells"),
                     ((r.line, r.column, r.value, r.rule, r.property, r.cells) for r in rejects))

    def drop_lines_but(self, kept: Iterable[int]) -> int:
        """Drop the rows of all lines but these; return how many rows of the file were dropped."""
        self.db.execute("CREATE TABLE kept (line PRIMARY KEY)")
        self.db.executemany("INSERT INTO kept VALUES (?)", ((line,) for line in kept))
        wanted = "WHERE line NOT IN (SELECT line FROM kept)"
        dropped = self.value(f"SELECT count(*) FROM row {wanted} AND NOT remarks & {FURTHER}") + self.value(
            f"SELECT count(*) FROM record {wanted}")
        self.db.executescript(f"DELETE FROM row {wanted}; DELETE FROM record {wanted}")
        return dropped

    def is_empty(self) -> bool:
        """Return whether no row is left."""
        return self.value("SELECT 1 FROM row UNION ALL SELECT 1 FROM record LIMIT 1") is None

    def repeated(self) -> Iterator[list[tuple]]:
        """Yield the rows of each booking that stands several times, in the order of the file: (n, line, remarks, facts)."""
        if not self.value("SELECT 1 FROM row WHERE confirmation IS NOT NULL LIMIT 1"):
            return
        self.db.execute("CREATE INDEX IF NOT EXISTS booking ON row (property, confirmation)")
        twice = "SELECT property, confirmation FROM row WHERE confirmation IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1"
        rows = self.db.execute(f"SELECT property, confirmation, n, line, remarks, facts FROM row WHERE (property, confirmation) IN ({twice}) "
                               "ORDER BY property, confirmation, line, n").fetchall()
        for _, group in groupby(rows, itemgetter(0, 1)):
            yield [row[2:] for row in group]

    def drop(self, numbers: Iterable[int]) -> None:
        """Drop rows, given by n."""
        self.db.executemany("DELETE FROM row WHERE n = ?", ((n,) for n in numbers))

    def rename(self, names: Iterable[tuple[str, int]]) -> None:
        """Give rows another confirmation: (confirmation, n)."""
        self.db.executemany("UPDATE row SET confirmation = ? WHERE n = ?", names)

    def replace_facts(self, rows: Iterable[tuple[bytes, int]]) -> None:
        """Give rows other facts, packed: (facts, n); their hash follows."""
        for facts, n in rows:
            old = self.db.execute("SELECT row_hash FROM row WHERE n = ?", (n,)).fetchone()[0]
            self.db.execute("UPDATE row SET facts = ?, row_hash = ? WHERE n = ?", (facts, digest(old, facts), n))

    def equal_rows(self) -> int:
        """Return how many rows without a confirmation equal an earlier one."""
        lines = self.value(f"SELECT count(*) - count(DISTINCT row_hash) FROM row WHERE confirmation IS NULL AND NOT remarks & {FURTHER}")
        return lines + self.value("SELECT count(*) - count(DISTINCT hash) FROM record WHERE key IS NULL")

    def used(self, column: str) -> set[str]:
        """Return the property or channel codes of all rows."""
        also = " UNION SELECT property FROM record" if column == "property" else ""
        return {code for code, in self.db.execute(f"SELECT DISTINCT {column} FROM row{also}") if code}

    def remarkable(self) -> dict[str, int]:
        """Return the rows worth a warning, counted by its code."""
        counts = ", ".join(f"coalesce(sum(remarks >> {bit} & 1), 0)" for bit in range(len(REMARKS)))
        return dict(zip(REMARKS, self.db.execute(f"SELECT {counts} FROM row").fetchone(), strict=True))

    def bookings(self) -> list[tuple]:
        """Return (n, property id, confirmation, hash, remarks) of the rows with a confirmation."""
        rows = self.db.execute("SELECT n, property, confirmation, row_hash, remarks FROM row WHERE confirmation IS NOT NULL ORDER BY n")
        return [(n, self.ids["property"][code], *row) for n, code, *row in rows]

    def unpaired(self) -> list[tuple]:
        """Return (n, property id, confirmation, channel's number, arrival, facts, remarks) of the rows with a number and no stay yet."""
        rows = self.db.execute("SELECT n, property, confirmation, channel_ref, arrival_on, facts, remarks FROM row "
                               "WHERE stay_id IS NULL AND coalesce(confirmation, channel_ref) IS NOT NULL ORDER BY n")
        return [(n, self.ids["property"][code], *row) for n, code, *row in rows]

    def mark(self, updates: list[tuple[int, int]]) -> None:
        """Note the stay of rows that are updates, given by (stay id, n)."""
        self.db.executemany("UPDATE row SET stay_id = ? WHERE n = ?", updates)

    def count(self, which: str) -> int:
        """Return how many rows of the file are new ("added") or replace a stay ("updated"); further rooms of a row are not counted."""
        wanted = {"added": "IS NULL", "updated": "IS NOT NULL"}[which]
        return self.value(f"SELECT count(*) FROM row WHERE stay_id {wanted} AND NOT remarks & {FURTHER}")

    def keep(self, rows: Iterable[tuple]) -> int:
        """Stage records of any target: (line, key, property, values, cells of the file); return how many they are."""
        packed = [(line, key, code, marshal.dumps(values, FORMAT), marshal.dumps(cells, FORMAT)) for line, key, code, values, cells in rows]
        self._insert("record", ("line", "key", "property", "hash", "said", "cells"), (
            (line, key, code, digest(said), said, cells) for line, key, code, said, cells in packed))
        return len(packed)

    def drop_repeated(self) -> int:
        """Drop the records whose number stands again further down; return how many were dropped."""
        self.db.execute("CREATE INDEX number ON record (key)")
        last = "SELECT max(n) FROM record WHERE key IS NOT NULL GROUP BY key"
        return self.db.execute(f"DELETE FROM record WHERE key IS NOT NULL AND n NOT IN ({last})").rowcount

    def records(self) -> Iterator[tuple]:
        """Yield (line, key, property code, hash, values, cells of the file) of the records in file order."""
        for line, key, code, hash_, said, cells in self.db.execute("SELECT line, key, property, hash, said, cells FROM record ORDER BY n"):
            yield line, key, code, hash_, unpacked(said), unpacked(cells)

    def gather(self, owners: Iterable[tuple[int, int]]) -> None:
        """Say whose the records of some lines are, as (line, owner): gathered() then gives each owner's records together."""
        self.db.execute("CREATE TABLE IF NOT EXISTS owned (line INTEGER PRIMARY KEY, owner)")
        self.db.executemany("INSERT INTO owned VALUES (?, ?)", owners)

    def gathered(self) -> Iterator[tuple]:
        """Yield the records that have an owner as (owner, *record), by owner and then in file order."""
        self.db.execute("CREATE TABLE IF NOT EXISTS owned (line INTEGER PRIMARY KEY, owner)")
        for owner, line, key, code, hash_, said, cells in self.db.execute(
                "SELECT owner, line, key, property, hash, said, cells FROM owned JOIN record USING (line) ORDER BY owner, n"):
            yield owner, line, key, code, hash_, unpacked(said), unpacked(cells)

    def name_ids(self, table: str, ids: dict[str, int]) -> None:
        """Say which id each property or channel code has in the store."""
        self.ids[table] = ids

    def people(self) -> Iterator[tuple]:
        """Yield (person, property code, n, arrival, packed PERSON, packed MORE or None) of identified guests by key, each one's latest arrival first."""
        self.profiles = array("q", bytes(8 * (self.value("SELECT max(n) FROM row") or 0) + 8))
        return self.db.execute("SELECT person, property, n, arrival_on, said, more FROM row WHERE person IS NOT NULL "
                               "ORDER BY person, arrival_on DESC, confirmation DESC, n DESC")

    def note_profile(self, rows: Iterable[int], profile_id: int) -> None:
        """Note the profile of some rows, given by n."""
        for n in rows:
            self.profiles[n] = profile_id

    def stays(self, source: str, first_id: int | None) -> Iterator[tuple[tuple, tuple]]:
        """Yield the stays in the order of STAY, each with its amounts by DEPARTMENTS.

        These are the new ones, numbered from the first free id on, or without it those to replace.
        """
        places, channels, profiles = self.ids["property"], self.ids["channel"], self.profiles
        for n, stay_id, code, confirmation, channel, row_hash, packed, channel_ref in self.db.execute(
                "SELECT n, stay_id, property, confirmation, channel, row_hash, facts, channel_ref FROM row "
                f"WHERE stay_id IS {'' if first_id else 'NOT'} NULL ORDER BY n"):
            facts = unpacked(packed)
            yield (stay_id or first_id + n - 1, places[code], profiles[n] or None, source, confirmation, *facts[:5], channels[channel],
                   *facts[5:15], row_hash, channel_ref), facts[15:]

    def rejects(self) -> Iterator[tuple]:
        """Yield (property id, line, column, value, rule, cells) of the lines that were kept out, in file order."""
        for code, *row in self.db.execute('SELECT property, line, "column", value, rule, cells FROM rejected ORDER BY line'):
            yield self.ids["property"].get(code), *row

    def value(self, statement: str):
        """Return the first value of a statement's first row, None where there is no row."""
        return (self.db.execute(statement).fetchone() or (None,))[0]

    def _insert(self, table: str, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
        self.db.executemany(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})", rows)


def charges(stays: Iterable[tuple[tuple, tuple]]) -> Iterator[tuple]:
    """Yield the charges of stays in the order of CHARGE; a fee is dated at the cancellation, the rest at the departure."""
    for stay, amounts in stays:
        if any(amounts):
            id_, place, *_, arrival, departure, ended = stay[:10]
            days = (departure, departure, departure, ended or arrival)
            for department, on, amount in zip(DEPARTMENTS, days, amounts, strict=True):
                if amount:
                    yield id_, place, on, department, stay[18], amount


def _packed_where(named: dict[str, list], size: int) -> list[bytes | None]:
    """Return MORE of each row, packed, None for the rows that say nothing of it."""
    columns = [named[name] for name in MORE]
    if not any(map(any, columns)):
        return [None] * size
    return [marshal.dumps(row, FORMAT) if any(row) else None for row in zip(*columns, strict=True)]


def _packed(columns: list[Iterable]) -> list[bytes]:
    return list(map(marshal.dumps, zip(*columns, strict=True), repeat(FORMAT)))


def unpacked(part: bytes) -> tuple:
    """Return a part of a staged row in the order of FACTS or PERSON."""
    return marshal.loads(part)  # noqa: S302  this process packed it


def _remarks(named: dict[str, list]) -> Iterator[int]:
    """Yield each row's bits of REMARKS; only the first counts for a further room."""
    wanted = ("arrival_on", "departure_on", "adults", "children", "person", "consent", "consent_on", "further")
    for arrival, departure, adults, children, person, consent, on, further in zip(*(named[name] for name in wanted), strict=True):
        unproven = consent is not None and (person is None or (consent == "given" and on is None))
        yield FURTHER if further else (
            (arrival == departure) | (not (adults or children)) << 1 | (person is None) << 2 | unproven << 3)


def digest(*parts: bytes) -> bytes:
    """Return the 16 bytes by which two rows of equal content are known, whatever the order of the file's columns."""
    return blake2b(b"".join(parts), digest_size=16).digest()


def columns(found: dict[str, list], size: int) -> list[list]:
    """Return the columns of CONTENT and MORE, and which rows are further rooms, from those that a source found, the others empty."""
    return [found[name] if name in found else [ABSENT.get(name)] * size for name in (*CONTENT, *MORE, "further")]
