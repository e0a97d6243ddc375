"""What somebody who means harm, or a tired clerk, would put into a file: card numbers, formulas, limits, doubles and masked addresses."""
import random
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from crm_core import schema, settings
from crm_core.ingest import documents
from crm_core.ingest.importing import Result, import_file
from crm_core.ingest.mapping import Mapping
from crm_core.ingest.problems import ImportProblem
from crm_core.ingest.rejects import as_csv, rejects
from crm_core.ingest.targets import TARGETS
from crm_core.refresh import refresh
from crm_core.store import record
from tests.ingest import sound
from tests.ingest.conftest import BOOKING, csv_of
from tests.ingest.judging import Judge
from tests.ingest.mutating import STRANGE, written

CARD, RELAY = "4111 1111 1111 1111", "anna.1@guest.booking.com"
FORM = {"encoding": "utf-8", "date_order": "ymd", "decimal": "."}
COUNTS = {"id", "revision", "version", "tag.at", "guest.created_at"}
FACTS = ("stay", "charge", "guest", "profile", "search_term", "preference", "consent", "tag", "review", "campaign", "send", "send_event", "membership",
         "points_entry", "service_case", "interaction", "lead", "event", "attendance", "audience", "audience_member", "market",
         "staff", "certificate", "annotation")


@pytest.fixture(scope="module")
def hotel(tmp_path_factory):
    """A store with one row of everything, to copy."""
    base = Judge(tmp_path_factory.mktemp("hunted")).base
    documents.keyed(base)("X1")  # makes the key by which copies hash documents alike
    return base


@pytest.fixture
def house(hotel, tmp_path):
    """A copy of it: a function brings grids in by target or as text, one after the other."""
    return House(hotel, tmp_path / "home")


class House:
    """A hotel of one test."""

    def __init__(self, base: Path, home: Path):
        shutil.copytree(base, home)
        self.home, self.settings = home, settings.at(home)
        self.store = record.RecordStore(record.connect(self.settings.store_url))

    def bring(self, source: str, grid: list[list[str]], name: str = "x.csv") -> Result:
        (path := self.home / name).write_bytes(written(grid, "csv"))
        return import_file(self.store, path, source=source, form=FORM)

    def stored(self) -> bytes:
        """All bytes of the database."""
        self.store.engine.dispose()
        return b"".join(path.read_bytes() for path in self.home.glob("demo.db*"))

    def facts(self) -> dict[str, list]:
        """What stands in the tables, without what only counts."""
        with self.store.reading() as connection:
            return {name: sorted(map(repr, connection.execute(sa.select(*(column for column in schema.metadata.tables[name].c
                if not {column.name, f"{name}.{column.name}"} & COUNTS and (column.name == "external_id" or not column.name.endswith("_id"))))))) for name in FACTS}


def in_each_column(target: str, cell: str, *, but: tuple[str, ...] = ()) -> list[list[str]]:
    """Return a sound file in which the cell stands in each row in another column."""
    header, row, *_ = sound.files()[target]
    places = [at for at, name in enumerate(header) if TARGETS[target].column(name).kind not in but]
    return [header, *([*row[:at], cell, *row[at + 1:]] for at in places)]


def of_four_people(target: str) -> list[list[str]]:
    """Return a sound file whose rows are of somebody else, or another month or day, each: what is said twice depends on who speaks first."""
    header, *rows = sound.files()[target]
    own = [{"@": f"{n}@", "G-77": f"G-7{n}"} for n in range(len(rows))]
    when = [{"2025-03": f"2025-0{n + 4}", "2025-03-14": f"2025-03-1{n + 5}"} for n in range(len(rows))]
    return [header, *([_replaced(when[n].get(cell, cell), own[n]) for cell in row] for n, row in enumerate(rows))]


def _replaced(cell: str, others: dict[str, str]) -> str:
    for what, by in others.items():
        cell = cell.replace(what, by)
    return cell


@pytest.mark.parametrize("target", TARGETS)
def test_a_card_number_is_stored_in_no_column_but_those_of_numbers(house, target):
    house.bring(target, in_each_column(target, CARD, but=("id",)))
    house.bring(target, in_each_column(target, f"paid with {CARD} 12/26", but=("id",)))
    assert CARD.encode() not in house.stored()


def test_numbers_that_could_be_cards_come_in_as_numbers_with_a_warning(house):
    header, row, *_ = sound.files()["reviews"]
    result = house.bring("reviews", [header, [CARD, *row[1:]]])
    assert (result.accepted, dict(result.warnings)["card_like"]) == (1, {"n": 1})


def test_a_first_file_cannot_make_a_property_or_a_warning_of_a_card_number(desk):
    result = desk.bring_rows({"property": CARD}, {"confirmation": "R-2", "guest_country": CARD})
    assert (result.accepted, result.rejected) == (1, 1)
    assert ("country", {"n": 1, "values": "•••• 1111"}) in result.warnings
    assert "4111" not in str(desk.everything())


def test_a_card_number_above_a_column_is_masked(desk):
    result = desk.bring(csv_of([BOOKING | {CARD: "x", "status": "asleep"}, BOOKING]))
    assert ("columns_ignored", {"columns": "•••• 1111"}) in result.warnings
    assert "4111" not in str(desk.everything())


def test_commands_for_databases_and_spreadsheets_are_text(house):
    header, row, *_ = sound.files()["leads"]
    evil = ["'; DROP TABLE stay; --", '"); DELETE FROM guest; --', "=cmd|' /C calc'!A0", "@SUM(1+1)*cmd", "${jndi:ldap://x}", "{{7*7}}", "<script>1</script>"]
    at = {name: place for place, name in enumerate(header)}
    rows = [[f"L-{n}" if place == 0 else text if place == at["note"] else cell for place, cell in enumerate(row)] for n, text in enumerate(evil)]
    assert house.bring("leads", [header, *rows]).accepted == 7
    with house.store.reading() as connection:
        kept = connection.execute(sa.select(schema.lead.c.note).where(schema.lead.c.external_id.like("L-_")).order_by(schema.lead.c.external_id))
        assert kept.scalars().all() == evil
        assert connection.execute(sa.select(sa.func.count()).select_from(schema.stay)).scalar_one() == 3


def test_rejects_that_hold_formulas_are_safe_in_a_spreadsheet(house):
    header, row, *_ = sound.files()["leads"]
    at = header.index("arrival")
    result = house.bring("leads", [header, [*row[:at], "=cmd|' /C calc'!A0", *row[at + 1:]]])
    with house.store.reading() as connection:
        line = as_csv(rejects(connection, result.batch)).splitlines()[1]
    assert line.startswith("2,arrival,'=cmd|")


@pytest.mark.parametrize("target", TARGETS)
def test_figures_can_still_be_made_after_the_strangest_cells(house, target):
    """Each strange cell stands in turn in each column; the rows are told, and what came in can be counted."""
    for first in range(0, len(STRANGE), 30):
        result = house.bring(target, in_each_column(target, STRANGE[first]))
        assert result.accepted + result.rejected + result.duplicates == result.read
    with house.store.reading() as connection:
        for name in FACTS:
            connection.execute(sa.select(schema.metadata.tables[name])).all()


def test_a_refresh_reads_what_the_strangest_cells_left(house):
    chance = random.Random(5)
    for target in ("bookings", "leads", "sends"):
        header, *rows = sound.files()[target]
        house.bring(target, [header, *([chance.choice(STRANGE) if chance.random() < 0.05 else cell for cell in row] for row in rows * 5)])
    refresh(house.settings)
    house.store.engine.dispose()


@pytest.mark.parametrize(("arrival", "departure", "rule"), [
    ("1900-01-01", "1900-01-02", None), ("2199-12-31", "2200-01-01", None), ("2024-02-29", "2024-03-01", None), ("0001-01-01", "0001-01-02", "year"),
    ("9999-12-31", "9999-12-31", "year"), ("2023-02-29", "2023-03-01", "no_such_day"), ("2025-03-28", "2028-03-29", "too_many_nights")])
def test_dates_at_the_limits(desk, arrival, departure, rule):
    desk.bring_rows({"arrival": arrival, "departure": departure, "booked_on": min(arrival, "2025-01-12")}, {"confirmation": "R-2"}, form=FORM)
    assert [row[3] for row in desk.rejected()] == ([rule] if rule else [])


def test_numbers_of_three_hundred_digits_are_kept_out(desk):
    for column in ("room_revenue", "adults", "commission"):
        result = desk.bring_rows({column: "9" * 300, "confirmation": column}, {"confirmation": f"{column}-2"}, form=FORM)
        assert (result.rejected, result.accepted) == (1, 1)
    assert sorted(rule for *_, rule in desk.rejected()) == ["amount_spelling", "amount_spelling", "whole_number"]


def test_five_hundred_columns_are_read_and_one_more_is_refused(desk):
    wide = BOOKING | {f"column {n}": "x" for n in range(500 - len(BOOKING))}
    assert desk.bring(csv_of([wide])).accepted == 1
    with pytest.raises(ImportProblem) as problem:
        desk.bring(csv_of([wide | {"one more": "x"}]))
    assert problem.value.code == "too_wide"


def test_one_column_is_enough_for_contacts_and_the_first_of_two_equal_headers_counts(house):
    assert house.bring("guests", [["email"], ["one@example.com"], ["two@example.com"]]).accepted == 2
    assert house.bring("guests", [["email", "email"], ["three@example.com", "four@example.com"]]).accepted == 1
    assert b"three@example.com" in (found := house.stored())
    assert b"four@example.com" not in found


@pytest.mark.parametrize("name", ["Zoë 🛎️", "محمد \u200fعلي", "\u202eannA", "王伟", "O'Brien-Łódź", "e\u0301"])
def test_names_of_all_scripts_come_in(desk, name):
    assert desk.bring_rows({"given_name": name, "email": "a@example.com"}).accepted == 1
    assert desk.one("profile", "given_name").startswith(name[0] if name != "e\u0301" else "é")


@pytest.mark.parametrize("target", [name for name in TARGETS if name != "commissions"])
def test_another_name_another_order_or_two_halves_give_the_same_tables(hotel, tmp_path, target):
    header, *rows = of_four_people(target)
    whole, halves = House(hotel, tmp_path / "whole"), House(hotel, tmp_path / "halves")
    if target == "audience_members":  # are of guests who are here
        for house in (whole, halves):
            house.bring("guests", of_four_people("guests"), "guests.csv")
    assert whole.bring(target, [header, *rows]).accepted == 4
    expected = whole.facts()
    assert whole.bring(target, [header, *rows], "renamed.csv").duplicates == 4
    assert whole.bring(target, [header, *reversed(rows)], "reversed.csv").duplicates == 4
    assert whole.facts() == expected
    assert halves.bring(target, [header, *rows[2:]], "second.csv").accepted == halves.bring(target, [header, *rows[:2]], "first.csv").accepted == 2
    assert halves.facts() == expected
    whole.store.engine.dispose()
    halves.store.engine.dispose()


SITE = [["Book number", "Booked by", "Guest name(s)", "Check-in", "Check-out", "Booked on", "Status", "Rooms", "Price", "Commission %", "Commission amount"],
        ["4402118999", "Silva, Rui", "Rui Silva", "2025-05-01", "2025-05-04", "2025-01-12", "ok", "1", "420 EUR", "15", "63 EUR"]]
OWN = [["confirmation", "channel_ref", "property", "status", "booked_on", "arrival", "departure", "channel", "room_revenue", "family_name"],
       ["R-9", "4402118999", "GALLE", "checked_out", "2025-01-12", "2025-05-01", "2025-05-04", "Booking.com", "420.00", "Silva"]]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["the site's list first", "the hotel's list first"])
def test_a_booking_of_the_sites_and_of_the_hotels_list_is_one_stay_that_became_what_the_hotel_says(house, order):
    lists = [("booking_com", SITE), ("bookings", OWN)]
    for at in order:
        house.bring(*lists[at])
    with house.store.reading() as connection:
        c = schema.stay.c
        (found,) = connection.execute(sa.select(c.commission_minor, c.status, c.source, c.external_id).where(
            c.arrival_on == sa.literal_column("'2025-05-01'"))).all()
    assert found == (6300, "checked_out", "bookings", "R-9")


@pytest.mark.parametrize("target", [name for name, target in TARGETS.items() if "email" in target.names and name not in ("send_events", "audience_members")])
def test_a_masked_address_is_nobodys_address_and_finds_nobody(house, target):
    header, *rows = sound.files()[target]
    at = header.index("email")
    assert house.bring(target, [header, *([*row[:at], RELAY, *row[at + 1:]] for row in rows)]).accepted == 4
    with house.store.reading() as connection:
        for column in (schema.profile.c.email, schema.guest.c.email, schema.lead.c.email, schema.search_term.c.term):
            assert connection.execute(sa.select(column).where(column.contains("guest.booking"))).all() == []


@pytest.mark.parametrize(("encoding", "code"), [
    ("utf-16", "header"), ("utf-32", "damaged"), ("idna", "encoding"), ("punycode", "encoding"), ("base64", "encoding"), ("", "encoding"), ("cp037", "header")])
def test_an_encoding_that_does_not_fit_costs_a_message(desk, encoding, code):
    with pytest.raises(ImportProblem) as problem:
        desk.bring_rows({}, form={"encoding": encoding})
    assert problem.value.code == code


def test_two_byte_letters_without_their_mark_are_read_where_somebody_says_so(desk):
    assert desk.bring(csv_of([BOOKING]).encode("utf-16-le"), form={"encoding": "utf-16"}).accepted == 1


@pytest.mark.parametrize(("mapping", "code"), [
    (Mapping("gone", "bookings", {}, {}), "source"), (Mapping("bookings", "gone", {}, {}), "target"),
    (Mapping("bookings", "bookings", {"dreams": "status"}, {}), "map"), (Mapping("bookings", "bookings", {"status": "Zustand"}, {}), "header")])
def test_a_saved_mapping_that_does_not_fit_costs_a_message(desk, mapping, code):
    with pytest.raises(ImportProblem) as problem:
        desk.bring_rows({}, mapping=mapping)
    assert problem.value.code == code
