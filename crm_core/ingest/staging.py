"""Checked rows wait in a temporary database of their own, so that the record store is only locked while it is written.

The database is an unnamed SQLite file: the system removes it with the process, however that ends.
"""
import marshal
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import repeat

# A row is kept packed, in three parts: what it is looked up by, the facts of the stay, and what it says about the guest.
KEYS = ("property", "confirmation", "person", "channel", "rest")  # rest: cells that are not kept but by which equal rows are told
FACTS = (
    "status", "booked_on", "arrival_on", "departure_on", "ended_on", "segment", "room_type", "room", "rate_class", "adults", "children",
    "country", "currency", "room_revenue_minor", "commission_minor", "fnb", "spa", "other", "cancellation_fee")
PERSON = (
    "given_name", "family_name", "email", "phone", "birth_on", "country", "language", "is_booker", "preferences",
    "consent", "consent_on", "consent_source", "booked_on")
CONTENT = (*KEYS, *FACTS, *PERSON)
ABSENT = {"rest": "", "room_type": "", "room": "", "adults": 0, "children": 0, "is_booker": 0, "preferences": ""}
FORMAT = 2  # marshal's last format that writes equal values as equal bytes
DEPARTMENTS = ("fnb", "spa", "other", "cancellation_fee")
STAY = (
    "id", "property_id", "profile_id", "source", "external_id", "status", "booked_on", "arrival_on", "departure_on", "ended_on",
    "channel_id", "segment", "room_type", "room", "rate_class", "adults", "children", "country", "currency", "room_revenue_minor",
    "commission_minor", "row_hash")
CHARGE = ("stay_id", "property_id", "posted_on", "department", "currency", "amount_minor")
REMARKS = ("day_use", "nobody", "unidentified", "consent_unproven")  # a row's bits
ROW = ("line", "property", "confirmation", "person", "channel", "arrival_on", "row_hash", "remarks", "facts", "said")
TABLES = f"""
    PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-131072; PRAGMA temp_store=FILE;
    CREATE TABLE row (n INTEGER PRIMARY KEY, {', '.join(ROW)}, stay_id);
    CREATE TABLE rejected (line, "column", value, rule, property);
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
        named = dict(zip(CONTENT, columns, strict=True))
        keys, facts, said = (_packed([named[name] for name in part]) for part in (KEYS, FACTS, PERSON))
        indexed = [named[name] for name in ("property", "confirmation", "person", "channel", "arrival_on")]
        self._insert("row", ROW, zip(lines, *indexed, map(digest, keys, facts, said), _remarks(named), facts, said, strict=True))
        return len(facts)

    def reject(self, rejects: Iterable) -> None:
        """Stage rejects."""
        self._insert("rejected", ("line", '"column"', "value", "rule", "property"),
                     ((r.line, r.column, r.value, r.rule, r.property) for r in rejects))

    def drop_lines_but(self, kept: Iterable[int]) -> int:
        """Drop the rows of all lines but these; return how many were dropped."""
        self.db.execute("CREATE TABLE kept (line PRIMARY KEY)")
        self.db.executemany("INSERT INTO kept VALUES (?)", ((line,) for line in kept))
        return self.db.execute("DELETE FROM row WHERE line NOT IN (SELECT line FROM kept)").rowcount

    def is_empty(self) -> bool:
        """Return whether no row is left."""
        return self.value("SELECT 1 FROM row LIMIT 1") is None

    def supersede(self) -> int:
        """Drop the rows whose booking stands again further down; return how many were dropped."""
        if not self.value("SELECT 1 FROM row WHERE confirmation IS NOT NULL LIMIT 1"):
            return 0
        self.db.execute("CREATE INDEX booking ON row (property, confirmation)")
        by_booking = "FROM row WHERE confirmation IS NOT NULL GROUP BY property, confirmation"
        if not self.value(f"SELECT 1 {by_booking} HAVING count(*) > 1 LIMIT 1"):
            return 0
        return self.db.execute(f"DELETE FROM row WHERE confirmation IS NOT NULL AND n NOT IN (SELECT max(n) {by_booking})").rowcount

    def equal_rows(self) -> int:
        """Return how many rows without a confirmation equal an earlier one."""
        return self.value("SELECT count(*) - count(DISTINCT row_hash) FROM row WHERE confirmation IS NULL")

    def used(self, column: str) -> set[str]:
        """Return the property or channel codes of all rows."""
        return {code for code, in self.db.execute(f"SELECT DISTINCT {column} FROM row")}

    def remarkable(self) -> dict[str, int]:
        """Return the rows worth a warning, counted by its code."""
        counts = ", ".join(f"coalesce(sum(remarks >> {bit} & 1), 0)" for bit in range(len(REMARKS)))
        return dict(zip(REMARKS, self.db.execute(f"SELECT {counts} FROM row").fetchone(), strict=True))

    def bookings(self) -> list[tuple]:
        """Return (n, property id, confirmation, hash) of the rows with a confirmation."""
        rows = self.db.execute("SELECT n, property, confirmation, row_hash FROM row WHERE confirmation IS NOT NULL ORDER BY n")
        return [(n, self.ids["property"][code], confirmation, row_hash) for n, code, confirmation, row_hash in rows]

    def mark(self, duplicates: list[tuple[int]], updates: list[tuple[int, int]]) -> None:
        """Drop duplicates, given by n, and note the stay of rows that are updates, given by (stay id, n)."""
        self.db.executemany("DELETE FROM row WHERE n = ?", duplicates)
        self.db.executemany("UPDATE row SET stay_id = ? WHERE n = ?", updates)

    def name_ids(self, table: str, ids: dict[str, int]) -> None:
        """Say which id each property or channel code has in the store."""
        self.ids[table] = ids

    def people(self) -> Iterator[tuple]:
        """Yield (person, property code, n, arrival, packed PERSON) of identified guests by key, each one's latest arrival first."""
        self.profiles = array("q", bytes(8 * (self.value("SELECT max(n) FROM row") or 0) + 8))
        return self.db.execute("SELECT person, property, n, arrival_on, said FROM row WHERE person IS NOT NULL "
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
        for n, stay_id, code, confirmation, channel, row_hash, packed in self.db.execute(
                "SELECT n, stay_id, property, confirmation, channel, row_hash, facts FROM row "
                f"WHERE stay_id IS {'' if first_id else 'NOT'} NULL ORDER BY n"):
            facts = unpacked(packed)
            yield (stay_id or first_id + n - 1, places[code], profiles[n] or None, source, confirmation, *facts[:5], channels[channel],
                   *facts[5:15], row_hash), facts[15:]

    def rejects(self) -> Iterator[tuple]:
        """Yield (property id, line, column, value, rule) of the lines that were kept out, in file order."""
        for code, *row in self.db.execute('SELECT property, line, "column", value, rule FROM rejected ORDER BY line'):
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


def _packed(columns: list[Iterable]) -> list[bytes]:
    return list(map(marshal.dumps, zip(*columns, strict=True), repeat(FORMAT)))


def unpacked(part: bytes) -> tuple:
    """Return a part of a staged row in the order of FACTS or PERSON."""
    return marshal.loads(part)  # noqa: S302  this process packed it


def _remarks(named: dict[str, list]) -> Iterator[int]:
    """Yield each row's bits of REMARKS."""
    wanted = ("arrival_on", "departure_on", "adults", "children", "person", "consent", "consent_on")
    for arrival, departure, adults, children, person, consent, on in zip(*(named[name] for name in wanted), strict=True):
        unproven = consent is not None and (person is None or (consent == "given" and on is None))
        yield (arrival == departure) | (not (adults or children)) << 1 | (person is None) << 2 | unproven << 3


def digest(*parts: bytes) -> bytes:
    """Return the 16 bytes by which two rows of equal content are known, whatever the order of the file's columns."""
    return blake2b(b"".join(parts), digest_size=16).digest()


def columns(found: dict[str, list], size: int) -> list[list]:
    """Return the columns of CONTENT from those that a source found, the others empty."""
    return [found[name] if name in found else [ABSENT.get(name)] * size for name in CONTENT]
