"""What values look like."""
import pytest

from crm_core.ingest.looks import look, looks_of, meant, stays
from crm_core.ingest.written import Form

FORM = Form(date_order="dmy", decimal=",")


@pytest.mark.parametrize(("cells", "kind"), [
    (["anna@example.com", "rui@example.com", "eva@example.com"], "email"), (["28.03.2025", "31.03.2025", "1.4.2025"], "day"),
    (["17.05.1980", "03.02.1951", "09.09.1999"], "birth_date"), (["+49 30 901820", "(030) 901 820", "0049 30 901820"], "phone"),
    (["storniert", "bestätigt", "abgereist"], "status"), (["de", "pt-BR", "en"], "language"), (["DE", "PRT", "Sri Lanka"], "country"),
    (["420,50 €", "1.020,00 €", "0,00 €"], "money"), (["8,5", "10", "9"], "score"), (["2", "1", "2"], "few"),
    (["Anna Weber", "Weber, Anna", "Rui Silva-Costa"], "name"), (["R-1001", "R-1002", "R-1003"], "id"),
    (["A quiet room above the garden, and people who remembered our names on the second day."] * 3, "text")])
def test_a_column_looks_like_its_values(cells, kind):
    seen = look(cells, FORM)
    assert (seen.kind, seen.found, seen.of, seen.share) == (kind, 3, 3, 1.0)


@pytest.mark.parametrize("cells", [
    ["R-1001", "R-1001", "R-1003"], ["yes", "blue", "7 o'clock"], ["anna@example.com", "rui@example.com"], ["", "?", "NULL", "-", "n/a"],
    ["31.03.2025", "03/31/2025", "half past"]])
def test_what_is_no_kind_or_too_little_looks_like_nothing(cells):
    assert look(cells, FORM) is None


def test_cells_that_say_nothing_are_not_counted_and_one_in_five_may_differ():
    seen = look(["a@example.com", "", "NULL", "b@example.com", "c@example.com", "d@example.com", "none of these"], FORM)
    assert (seen.found, seen.of, seen.share) == (4, 5, .8)
    assert look(["a@example.com", "b@example.com", "c@example.com", "none of", "these are"], FORM) is None


def test_arrival_and_departure_are_the_two_days_that_lie_closest_in_this_order():
    header = ("gone", "made", "came")
    rows = [("04.03.2025", "05.01.2025", "01.03.2025"), ("04.03.2025", "01.02.2025", "02.03.2025"), ("10.03.2025", "03.03.2025", "03.03.2025")]
    assert stays(looks_of(header, rows, FORM)) == ("came", "gone", 3, 3)
    found = meant("bookings", looks_of(header, rows, FORM), set())
    assert {column: name for column, (name, _) in found.items()} == {"arrival": "came", "departure": "gone", "booked_on": "made"}


def test_a_column_that_is_known_is_not_looked_for_again():
    header, rows = ("x", "y"), [("04.03.2025", "1"), ("05.03.2025", "2"), ("06.03.2025", "2")]
    assert {column: name for column, (name, _) in meant("bookings", looks_of(header, rows, FORM), {"booked_on"}).items()} == {"adults": "y"}
