"""Date order, decimal sign and currency are settled over all columns of the file, or asked."""
import pytest

from crm_core.ingest.styles import Styles, decimal_of


def styles(has_numbers=False, **columns):
    found = Styles(columns, has_numbers=has_numbers)
    found.read([tuple(column) for column in columns.values()])
    return found


def judged(evidence):
    return evidence.value, evidence.why.partition("_")[2], evidence.certain


@pytest.mark.parametrize(("columns", "expected"), [
    ({"arrival": ["01/02/2025", "13/02/2025"]}, ("dmy", "settled", True)),
    ({"arrival": ["01/02/2025", "02/13/2025"]}, ("mdy", "settled", True)),
    ({"arrival": ["01/02/2025", "03/04/2025"], "departure": ["05/02/2025", "14.02.25 10:00"]}, ("dmy", "settled", True)),
    ({"arrival": ["01/02/2025", "03/04/2025"]}, (None, "ambiguous", False)),
    ({"arrival": ["13/02/2025"], "departure": ["02/15/2025"]}, (None, "contradicted", False)),
    ({"arrival": ["13/02/2025", "02/15/2025"]}, (None, "contradicted", False)),
    ({"arrival": ["2025-02-01", "2025-03-31T10:00:00Z"]}, ("ymd", "iso", True)),
    ({"arrival": ["2025-02-01"], "booked": ["01/31/2025"]}, ("mdy", "settled", True)),
    ({"arrival": ["31 Dec 2025", "05/05/2025"]}, ("ymd", "none", True)),
    ({"phone": ["06.12.34.56.78", "077-123-4567"], "note": ["13/02/2025 was rainy", "fine", "good"]}, ("ymd", "none", True)),
    ({"arrival": ["0000-00-00", "", "NULL", "13/02/2025"]}, ("dmy", "settled", True)),
    ({}, ("ymd", "none", True)),
])
def test_the_order_of_day_and_month(columns, expected):
    assert judged(styles(**columns).date_order()) == expected


def test_both_contradicting_dates_are_shown():
    evidence = styles(arrival=["13/02/2025"], departure=["02/15/2025"]).date_order()
    assert evidence.values == {"column": "arrival", "example": "13/02/2025", "other": "departure", "against": "02/15/2025"}
    assert evidence.alternatives == ("dmy", "mdy")


def test_one_mistake_among_hundreds_does_not_make_the_file_ambiguous():
    days = [f"{day}/{month:02}/{year}" for year in (2023, 2024) for month in range(1, 13) for day in range(13, 29)]
    assert judged(styles(arrival=[*days, "02/15/2025"]).date_order()) == ("dmy", "settled", True)


@pytest.mark.parametrize(("cells", "expected"), [
    (["1.240,50", "99,00"], (",", "settled", True)), (["1,240.50", "99"], (".", "settled", True)), (["1 240,50 EUR"], (",", "settled", True)),
    (["1.240", "2.300"], (".", "ambiguous", False)), (["1.240.000"], (",", "settled", True)), (["0.125"], (".", "settled", True)),
    (["99,00", "99.00"], (".", "contradicted", False)), (["100", "200"], (".", "none", True)), (["€1.240", "€12,5"], (",", "settled", True)),
    (["12.3%", "4.5%"], (".", "settled", True)), (["R-1.5", "R-2.5"], (".", "none", True)), (["52.3605759"], (".", "settled", True)),
])
def test_the_decimal_sign(cells, expected):
    assert judged(styles(price=cells).decimal()) == expected


def test_plain_numbers_of_a_workbook_prove_no_decimal_sign():
    assert judged(styles(has_numbers=True, price=["1.240,50 EUR"], rate=["15.5"]).decimal()) == (",", "settled", True)
    assert judged(styles(has_numbers=True, rate=["15.5", "1.125"]).decimal()) == (".", "none", True)


@pytest.mark.parametrize(("number", "sign"), [("1.5", "."), ("1,5", ","), ("1.500", ""), ("1,500.00", "."), ("1.500,00", ","), ("1500.123", "."),
    ("1.500.000", ","), ("1500", None), ("1.2.3", None), ("1.5,5.5", None)])
def test_what_a_number_says_about_its_decimal_sign(number, sign):
    assert decimal_of(number) == sign


@pytest.mark.parametrize(("columns", "value", "certain"), [
    ({"Price (EUR)": ["5"]}, "EUR", True), ({"Revenue($)": ["5"]}, "USD", False), ({"room_revenue_lkr": ["5"]}, "LKR", True),
    ({"Price": ["€5.50", "€6"]}, "EUR", True), ({"Price": ["Rs. 500"]}, "LKR", False), ({"Price": ["5 EUR", "5 CHF"]}, None, True),
    ({"Price": ["5"]}, None, True), ({"Top": ["5"], "All (of it)": ["6"], "Arrived at All": ["1"]}, None, True), ({"Share": ["12.3%"]}, None, True),
])
def test_the_currency(columns, value, certain):
    evidence = styles(**columns).currency()
    assert (evidence.value, evidence.certain) == (value, certain)


def test_a_column_is_looked_at_again_where_its_first_rows_are_empty():
    found = Styles(["cancelled"])
    found.read([("",) * 500])
    found.read([("NULL", "13/02/2025")])
    assert judged(found.date_order()) == ("dmy", "settled", True)
