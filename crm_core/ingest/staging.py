"""Checked rows wait in a temporary database of their own, so that the record store is only locked while it is written.

The database is an unnamed SQLite file: the system removes it with the process, however that ends.
"""
import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import blake2b

FACTS = (
    "property", "confirmation", "person", "status", "booked_on", "arrival_on", "departure_on", "ended_on", "channel", "segment",
    "room_type", "room", "rate_class", "adults", "children", "country", "currency", "room_revenue_minor", "commission_minor",
    "fnb", "spa", "other", "cancellation_fee")
PERSON = (
    "given_name", "family_name", "email", "phone", "birth_on", "language", "is_booker", "preferences",
    "consent", "consent_on", "consent_source")
CONTENT = (*FACTS, *PERSON, "rest")  # rest: cells that are not kept but by which equal rows are told
ABSENT = {"rest": "", "room_type": "", "room": "", "adults": 0, "children": 0, "is_booker": 0, "preferences": ""}
DEPARTMENTS = ("fnb", "spa", "other", "cancellation_fee")
STAY = (
    "id", "property_id", "profile_id", "source", "external_id", "status", "booked_on", "arrival_on", "departure_on", "ended_on",
    "channel_id", "segment", "room_type", "room", "rate_class", "adults", "children", "country", "currency", "room_revenue_minor",
    "commission_minor", "row_hash", "batch_id", "revision")
CHARGE = ("stay_id", "property_id", "posted_on", "department", "currency", "amount_minor", "revision")
REMARKABLE = {
    "day_use": "arrival_on = departure_on", "nobody": "adults + children = 0", "unidentified": "person IS NULL",
    "consent_unproven": "consent IS NOT NULL AND (person IS NULL OR (consent = 'given' AND consent_on IS NULL))",
}
TABLES = f"""
    PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-131072; PRAGMA temp_store=FILE;
    CREATE TABLE row (n INTEGER PRIMARY KEY, line, row_hash, {', '.join(CONTENT)}, stay_id);
    CREATE TABLE rejected (line, "column", value, rule, property);
    CREATE TABLE property (code PRIMARY KEY, id); CREATE TABLE channel (code PRIMARY KEY, id);
    CREATE TABLE person (key TEXT PRIMARY KEY, profile_id INTEGER) WITHOUT ROWID;
    CREATE TABLE term (property_id, term, guest_id);
"""


class Staging:
    """The rows of one file between checking and writing."""

    def __init__(self):
        self.db = sqlite3.connect("", isolation_level=None)
        self.db.executescript(TABLES)
        self.db.execute("BEGIN")

    def __enter__(self) -> "Staging":
        return self

    def __exit__(self, *_) -> None:
        self.db.close()

    def add(self, lines: Iterable[int], columns: list[Iterable]) -> int:
        """Stage rows, given by line numbers and the columns of CONTENT; return how many they are."""
        hashes = [digest(values) for values in zip(*columns, strict=True)]
        self._insert("row", ("line", "row_hash", *CONTENT), zip(lines, hashes, *columns, strict=True))
        return len(hashes)

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
        names = ", ".join(f"coalesce(sum({condition}), 0)" for condition in REMARKABLE.values())
        return dict(zip(REMARKABLE, self.db.execute(f"SELECT {names} FROM row").fetchone(), strict=True))

    def bookings(self) -> Iterator[tuple]:
        """Yield (n, property id, confirmation, hash) of the rows with a confirmation."""
        return self.db.execute("SELECT n, p.id, confirmation, row_hash FROM row JOIN property p ON p.code = property "
                               "WHERE confirmation IS NOT NULL ORDER BY n")

    def mark(self, duplicates: list[tuple[int]], updates: list[tuple[int, int]]) -> None:
        """Drop duplicates, given by n, and note the stay of rows that are updates, given by (stay id, n)."""
        self.db.executemany("DELETE FROM row WHERE n = ?", duplicates)
        self.db.executemany("UPDATE row SET stay_id = ? WHERE n = ?", updates)

    def name_ids(self, table: str, ids: dict[str, int]) -> None:
        """Say which id each property or channel code has in the store."""
        self.db.executemany(f"INSERT INTO {table} VALUES (?, ?)", ids.items())

    def people(self) -> Iterator[tuple]:
        """Yield the rows of identified guests by key, each guest's latest arrival first."""
        return self.db.execute(
            "SELECT person, p.id, given_name, family_name, email, phone, birth_on, country, language, is_booker, preferences, consent, "
            "consent_on, consent_source, coalesce(booked_on, "
            "arrival_on) FROM row JOIN property p ON p.code = property WHERE person IS NOT NULL "
            "ORDER BY person, arrival_on DESC, confirmation DESC, n DESC")

    def stays(self, source: str, batch: int, revision: int, first_id: int | None) -> Iterator[tuple]:
        """Yield the stays in the order of STAY: new ones, numbered from the first free id on, or without it those to replace."""
        of_these = "stay_id IS NULL" if first_id else "stay_id IS NOT NULL"
        return self.db.execute(
            "SELECT coalesce(stay_id, n + ? - 1), p.id, profile_id, ?, confirmation, status, booked_on, arrival_on, departure_on, "
            "ended_on, c.id, segment, room_type, room, rate_class, adults, children, country, currency, "
            "room_revenue_minor, commission_minor, "
            "row_hash, ?, ? FROM row JOIN property p ON p.code = property JOIN channel c ON c.code = channel "
            f"LEFT JOIN person ON key = person WHERE {of_these} ORDER BY n", (first_id, source, batch, revision))

    def charges(self, revision: int, first_id: int) -> Iterator[tuple]:
        """Yield the charges of all stays in the order of CHARGE; a fee is dated at the cancellation, the rest at the departure."""
        posted = {"cancellation_fee": "coalesce(ended_on, arrival_on)"}
        part = ("SELECT coalesce(stay_id, n + ? - 1), p.id, {on}, '{department}', currency, {department}, ? "
                "FROM row JOIN property p ON p.code = property WHERE {department} <> 0")
        parts = (part.format(department=name, on=posted.get(name, "departure_on")) for name in DEPARTMENTS)
        return self.db.execute(" UNION ALL ".join(parts), (first_id, revision) * len(DEPARTMENTS))

    def rejects(self) -> Iterator[tuple]:
        """Yield (property id, line, column, value, rule) of the lines that were kept out, in file order."""
        return self.db.execute('SELECT p.id, line, "column", value, rule FROM rejected '
                               "LEFT JOIN property p ON p.code = property ORDER BY line")

    def value(self, statement: str):
        """Return the first value of a statement's first row, None where there is no row."""
        return (self.db.execute(statement).fetchone() or (None,))[0]

    def _insert(self, table: str, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
        self.db.executemany(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})", rows)


def digest(values: tuple) -> bytes:
    """Return the 16 bytes by which two rows of equal content are known, whatever the order of the file's columns."""
    return blake2b(repr(values).encode(), digest_size=16).digest()


def columns(found: dict[str, list], size: int) -> list[list]:
    """Return the columns of CONTENT from those that a source found, the others empty."""
    return [found[name] if name in found else [ABSENT.get(name)] * size for name in CONTENT]
