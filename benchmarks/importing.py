"""Import of 1 M canonical bookings by some 600 k guests: rows a second and peak memory."""
import csv
import datetime as dt
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import measured
from crm_core import settings

ROWS, PEOPLE, HOTELS = 1_000_000, 1_000_000, 6
ROWS_A_SECOND, MEGABYTES = 40_000, 1_500
GIVEN = ("Anna", "Bekele", "Chamari", "Davit", "Elena", "Farid", "Grace", "Hana",
         "Ivan", "Jonas", "Kavya", "Lusine", "Marta", "Nimal", "Oscar", "Priya")
FAMILY = ("Weber", "Tesfaye", "Perera", "Sargsyan", "Rossi", "Haddad", "Okafor",
          "Suzuki", "Petrov", "Lindqvist", "Sharma", "Costa", "Novak", "Silva")
CHANNELS = ("Booking.com", "Expedia", "Own site", "Phone", "Walk-in", "Tour operator")
STATUSES = ("checked_out",) * 8 + ("cancelled", "no_show")
HEAD = ("confirmation", "property", "status", "booked_on", "arrival", "departure", "channel", "segment", "room_type",
        "adults", "children", "guest_country", "currency", "room_revenue", "food_revenue", "guest_ref",
        "given_name", "family_name", "email", "phone")


def bookings(rows: int) -> Iterator[tuple]:
    """Yield rows of the canonical file; each guest has up to several bookings, one in twenty has no guest at all."""
    draw, first = random.Random(11), dt.date(2022, 1, 1)
    for number in range(rows):
        arrival = first + dt.timedelta(draw.randrange(1200))
        nights, person = draw.randrange(1, 8), draw.randrange(PEOPLE)
        given, family = GIVEN[person % len(GIVEN)], FAMILY[person // 16 % len(FAMILY)]
        known = (f"G-{person}", given, family, f"{given}.{family}.{person}@example.com".lower(), f"+49 30 {person:07d}")
        who = known if draw.random() < 0.95 else ("",) * 5
        yield (f"R-{number}", f"HOTEL{draw.randrange(HOTELS)}", draw.choice(STATUSES), arrival - dt.timedelta(draw.randrange(90)), arrival,
               arrival + dt.timedelta(nights), draw.choice(CHANNELS), "leisure", "Double", 2, draw.randrange(2), "DE", "EUR",
               f"{nights * draw.randrange(6000, 24000) / 100:.2f}",
               f"{draw.randrange(9000) / 100:.2f}" if draw.random() < 0.3 else "", *who)


def file_of(rows: int) -> Path:
    """Return the generated file, written once."""
    path = measured.folder() / f"bookings-{rows}.csv"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([HEAD, *bookings(rows)])
    return path


def measure(path: Path) -> dict:
    """Import the file into a new store; return the outcome and the guests that came of it."""
    from crm_core.ingest.importing import import_file
    from crm_core.store.record import open_store
    home = Path(tempfile.mkdtemp(prefix="import-", dir=measured.folder()))
    try:
        store, outcome = open_store(settings.at(home, "hotel")), {}
        wall, cpu = measured.timed(lambda: outcome.update(import_file(store, path).as_json()))
        with store.reading() as connection:
            guests = connection.exec_driver_sql("SELECT count(*) FROM guest").scalar()
        return {**outcome, "guests": guests, "wall": wall, "cpu": cpu}
    finally:
        shutil.rmtree(home)


def report(rows: int) -> None:
    """Measure in a process of its own and write the section."""
    cost = measured.child(__file__, "--step", file_of(rows))
    said, speed = cost.said, rows / cost.said["wall"]
    met = "met" if speed >= ROWS_A_SECOND and cost.peak <= MEGABYTES else "MISSED"
    measured.write("Import", f"""
{rows:,} bookings, {said['guests']:,} guests: **{speed:,.0f} rows/s** ({rows / said['cpu']:,.0f} a CPU second), peak memory
{cost.peak:,.0f} MB; target {ROWS_A_SECOND:,} rows/s and {MEGABYTES:,} MB: {met}.

Accepted {said['accepted']:,}, rejected {said['rejected']:,}, duplicates {said['duplicates']:,};
wall {said['wall']:.1f} s, CPU {said['cpu']:.1f} s.
""")


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[2])))) if "--step" in sys.argv else report(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
