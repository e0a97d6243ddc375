"""Amounts and percentages in the two decimal styles, with and without currency."""
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_core.ingest.amounts import amounts, meant, percents
from crm_core.ingest.problems import Fault


def rule(parse, cell):
    with pytest.raises(Fault) as fault:
        parse(cell)
    return fault.value.rule


@pytest.mark.parametrize(("decimal", "cell", "value", "currency"), [
    (".", "€100", "100", "EUR"), (".", "$1,020.00", "1020.00", "USD"), (",", "1.240,50 EUR", "1240.50", "EUR"), (",", "1 240,50", "1240.50", None),
    (".", "(12.00)", "-12.00", None), (".", "-5", "-5", None), (".", "€-5", "-5", "EUR"), (".", "-€5", "-5", "EUR"), (".", "5-", "-5", None),
    (",", "−12,5", "-12.5", None), (".", "1,00,000.50", "100000.50", None), (".", "EUR 1,240.50", "1240.50", "EUR"), (".", "1'240.50 CHF", "1240.50", "CHF"),
    (".", "Rs. 1,000", "1000", "LKR"), (".", "LKR1000", "1000", "LKR"), (",", "1\u202f234\u202f567,89 €", "1234567.89", "EUR"), (".", ".5", "0.5", None),
    (".", "5.", "5", None), (".", "1.240", "1.240", None), (",", "1.240", "1240", None), (".", "1,240", "1240", None), (",", "1,240", "1.240", None),
    (",", "R$ 1.240,50", "1240.50", "BRL"), (".", '="1240.50"', "1240.50", None), (".", "0", "0", None), (".", "֏ 5 000", "5000", "AMD"),
])
def test_an_amount_is_read(decimal, cell, value, currency):
    assert amounts(decimal)(cell) == (Decimal(value), currency)


@pytest.mark.parametrize("cell", ["", "-", "N/A", "null", "—"])
def test_nothing_is_no_amount(cell):
    assert amounts(".")(cell) is None
    assert percents(".")(cell) is None


@pytest.mark.parametrize(("decimal", "cell", "broken"), [
    (".", "1,5", "grouping"), (".", "1.240,50", "grouping"), (",", "1,240.50", "grouping"), (".", "12,34,56", "grouping"), (".", "1,0,0", "grouping"),
    (",", "1.5", "grouping"), (".", "1.240.50", "grouping"), (".", "1240,500.00", "grouping"), (".", "1 240,500.00", "grouping"),
    (".", "abc", "amount_spelling"), (".", "1e3", "amount_spelling"), (".", "12/3", "amount_spelling"), (".", "€ 5 €x", "amount_spelling"),
    (".", "5 XYZ", "currency"), (".", "12.3%", "currency"), (".", "99999999999999", "too_large"), (".", "٤٢", "amount_spelling"),
])
def test_what_is_no_amount_of_the_files_style_is_a_fault_and_never_a_guess(decimal, cell, broken):
    assert rule(amounts(decimal), cell) == broken


def test_a_sign_of_several_currencies_means_the_files():
    assert amounts(".", "AUD")("$5").currency == "AUD"
    assert amounts(".", "INR")("Rs 5").currency == "INR"
    assert amounts(".", "EUR")("$5").currency == "USD"
    assert meant("") is None


def test_percentages_are_read_as_written():
    assert [percents(".")(cell) for cell in ("12.3%", "12.3 %", "-5%", "0")] == [Decimal("12.3"), Decimal("12.3"), Decimal(-5), Decimal(0)]
    assert percents(",")("12,3%") == Decimal("12.3")
    assert rule(percents("."), "12,3%") == "grouping"


STYLES = {".": [",", "'", " ", "\u00a0", ""], ",": [".", "'", " ", "\u202f", ""]}


@given(st.integers(-10**11, 10**11), st.integers(0, 3), st.sampled_from([".", ","]), st.integers(0, 4), st.sampled_from(["", "€", "EUR ", " CHF", "$"]))
def test_what_is_written_in_a_style_is_read_back(units, places, decimal, gap, sign):
    value = Decimal(units).scaleb(-places)
    number = f"{abs(value):,.{places}f}".replace(",", "g").replace(".", decimal).replace("g", STYLES[decimal][gap])
    cell = ("-" if value < 0 else "") + (number + sign if sign[:1] == " " else sign + number)
    assert amounts(decimal)(cell).value == value


@given(st.text(max_size=20) | st.text("0123456789.,'-+()€$ EUR%", max_size=14))
def test_any_text_gives_an_amount_nothing_or_a_fault(text):
    for parse in (amounts("."), amounts(","), percents(".")):
        try:
            found = parse(text)
        except Fault:
            continue
        assert found is None or isinstance(found, Decimal) or found.value.is_finite()
