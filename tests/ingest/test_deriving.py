"""Cells that are made from other cells: names, flags, days."""
import pytest

from crm_core.ingest.chunk import Chunk
from crm_core.ingest.systems import deriving, names


@pytest.mark.parametrize(("cell", "given", "family"), [
    ("Anna Weber", "Anna", "Weber"), ("Weber, Anna", "Anna", "Weber"), ("WEBER/ANNA", "ANNA", "WEBER"), ("WEBER Anna Maria", "Anna Maria",
        "WEBER"),
    ("Anna Weber, Jonas Weber", "Anna", "Weber"), ("Anna Weber; Rui Silva", "Anna", "Weber"), ("Anna & Jonas Weber", "Anna", "Weber"),
    ("Ludwig van Beethoven", "Ludwig", "van Beethoven"), ("de la Cruz, Maria Jose", "Maria Jose", "de la Cruz"), ("Mrs. Anna Weber",
        "Anna", "Weber"),
    ("Herr Dr. Jonas Weber", "Jonas", "Weber"), ("王小明", "", "王小明"), ("Anna", "", "Anna"), ("", "", "")])
def test_one_cell_of_names_becomes_given_and_family_name_of_the_first(cell, given, family):
    assert names.split(cell) == (given, family)


def test_a_flag_that_says_no_is_a_withdrawal_and_one_that_says_nothing_is_nothing():
    assert [deriving.consent(cell) for cell in ("Y", "true", "1", "N", "false", "0", "", "?")] == ["given"] * 3 + ["withdrawn"] * 3 + ["",
        ""]
    assert [deriving.yes_no(cell) for cell in ("Y", "n", "maybe")] == ["yes", "no", ""]


@pytest.mark.parametrize(("instant", "zone", "day"), [
    ("2025-03-31T22:30:00Z", "", "2025-03-31"), ("2025-03-31T22:30:00Z", "Asia/Yerevan", "2025-04-01"), ("2025-04-01T02:00:00Z",
        "America/New_York", "2025-03-31"),
    ("2025-03-31T22:30:00", "Asia/Yerevan", "2025-03-31"), ("2025-03-31T22:30:00Z", "Moon/Base", "2025-03-31"), ("soon", "", "soon"), ("",
        "", "")])
def test_an_instant_is_a_day_of_the_hotel(instant, zone, day):
    assert deriving.hotel_day(instant, zone) == day


def test_names_that_are_there_are_not_made_again():
    chunk = Chunk([2, 3], {"full_name": ("Weber, Anna", "Silva, Rui"), "given_name": ("A.", ""), "family_name": ("", "")})
    deriving.divide_names(chunk)
    assert (chunk.column("given_name"), chunk.column("family_name")) == (("A.", "Rui"), ("", "Silva"))
