"""Whatever is wrong with a file, the message says what to do, and nothing is half-imported."""
import pytest

from crm_core import i18n
from crm_core.ingest.importing import import_file
from crm_core.ingest.problems import PROBLEMS, RULES, WARNINGS, ImportProblem, reason, warning
from tests.ingest.conftest import BOOKING, csv_of

GOOD = csv_of([BOOKING])
HEADER, LINE = GOOD.splitlines()

WHOLE_FILES = [
    ("empty", b"", "empty", "start from our template"),
    ("nothing but blank lines", b"\n\n  \n", "empty", "Export it again"),
    ("a workbook named as text", b"PK\x03\x04\x14\x00", "extension", "holds an Excel workbook"),
    ("a picture", b"\x89PNG\r\n\x1a\n\x00\x00", "binary", "CSV UTF-8"),
    ("Latin-1", (GOOD + LINE.replace("GALLE", "ÜBER") + "\n").encode("latin-1"), "encoding_unsure", "--encoding"),
    ("unknown columns only", "a,b,c\n1,2,3\n", "header", "a,b,c"),
    ("missing columns", csv_of([{k: v for k, v in BOOKING.items() if k not in ("arrival", "channel")}]), "columns_missing",
        "--map arrival="),
    ("no property", csv_of([{k: v for k, v in BOOKING.items() if k != "property"}]), "property_needed", "--property"),
    ("dates of unknown order", GOOD.replace("2025-03-28", "03/04/2025").replace("2025-03-31", "05/04/2025"), "date_order",
        "--date-order dmy|mdy"),
    ("600 columns", ",".join(f"c{i}" for i in range(600)) + "\n", "too_wide", "500"),
    ("a guest's name as channel in every row", csv_of([BOOKING | {"confirmation": str(i), "channel": f"Guest {i}"} for i in range(300)]),
        "channels", "200"),
]


@pytest.mark.parametrize(("content", "code", "advice"), [case[1:] for case in WHOLE_FILES], ids=[case[0] for case in WHOLE_FILES])
def test_a_file_that_cannot_be_used_is_refused_with_advice_and_nothing_is_written(desk, content, code, advice):
    before = desk.everything()
    with pytest.raises(ImportProblem) as problem:
        desk.bring(content, "march.csv")
    assert problem.value.code == code
    assert "march.csv" in str(problem.value)
    assert advice in str(problem.value)
    assert desk.everything() == before


@pytest.mark.parametrize("content", [GOOD.replace(",", ";"), GOOD.replace(",", "\t"), GOOD.encode("utf-16"), GOOD.encode("utf-16-le")],
    ids=["semicolons", "tabs", "UTF-16", "UTF-16 without its mark"])
def test_other_delimiters_and_encodings_are_read(desk, content):
    assert desk.bring(content).accepted == 1


def test_a_column_that_stands_twice_counts_where_it_stands_first(desk):
    result = desk.bring(f"{HEADER},check_in\n{LINE},2025-03-01\n")
    assert ("columns_ignored", {"columns": "check_in"}) in result.warnings
    assert str(desk.one("stay", "arrival_on")) == "2025-03-28"


def test_a_file_that_is_not_there_and_a_source_a_target_and_a_property_that_do_not_exist_are_named(desk):
    with pytest.raises(ImportProblem, match=r"no file missing\.csv"):
        import_file(desk.store, desk.home / "missing.csv")
    with pytest.raises(ImportProblem, match="bookings"):
        desk.bring(GOOD, source="fidelio")
    with pytest.raises(ImportProblem, match="reviews"):
        desk.bring(GOOD, target="dreams")
    desk.bring(GOOD)
    with pytest.raises(ImportProblem, match="NOWHERE"):
        desk.bring(GOOD.replace("R-1", "R-2"), property_code="NOWHERE")


BAD_CELLS = [
    ("property", "", "missing"), ("status", "", "missing"), ("status", "asleep", "status"), ("channel", " ", "missing"),
    ("room_revenue", "", "missing"),
    ("arrival", "", "missing"), ("arrival", "28/03/2025/1", "date_spelling"), ("arrival", "soon", "date_spelling"),
    ("arrival", "0000-01-01", "year"), ("arrival", "0000-00-00", "missing"), ("departure", "2025-02-31", "no_such_day"),
    ("departure", "2025-03-27", "departure_before_arrival"), ("departure", "2052-03-31", "too_many_nights"),
    ("booked_on", "2025-04-01", "booked_after_departure"),
    ("room_revenue", "abc", "amount_spelling"), ("room_revenue", "1.240,50", "grouping"), ("room_revenue", "1240,5", "grouping"),
    ("room_revenue", "-1", "negative"), ("room_revenue", "1e3", "amount_spelling"), ("room_revenue", "NaN", "missing"),
    ("room_revenue", "٤٢", "amount_spelling"),
    ("room_revenue", "9" * 13, "too_large"), ("adults", "-2", "negative"),
    ("adults", "two", "whole_number"),
    ("adults", "2.5", "whole_number"), ("children", "12345", "too_large"), ("currency", "LKRS", "currency"),
    ("currency", "XYZ", "currency"),
    ("rate_class", "cheap", "rate_class"), ("email", "=cmd|' /C calc'!A0", "email"), ("email", "anna@", "email"),
    ("language", "l33t!", "language"),
    ("guest_is_booker", "perhaps", "yes_no"), ("email_consent", "maybe", "consent"), ("birth_date", "17 of May", "date_spelling"),
]


@pytest.mark.parametrize(("column", "value", "rule"), BAD_CELLS)
def test_a_wrong_cell_keeps_its_line_out_and_only_that_one(desk, column, value, rule):
    result = desk.bring_rows({}, {"confirmation": "R-2", column: value}, {"confirmation": "R-3"}, form={"decimal": ".", "date_order": "ymd"})
    assert (result.read, result.accepted, result.rejected, result.duplicates) == (3, 2, 1, 0)
    assert desk.rejected() == [(3, column, value, rule)]
    assert desk.table("stay", "external_id") == [("R-1",), ("R-3",)]
    assert reason(rule).endswith(".")


BROKEN_LINES = [
    ("cut off", LINE[:30], "cells_missing"), ("too many cells", LINE + ",7", "cells_extra"),
    ("a NUL character", LINE.replace("GALLE", "GAL\0LE"), "nul"),
    ("a cell of 70 kB", LINE.replace("GALLE", "G" * 70_000), "cell_too_long"),
    ("a line of 2 MB", LINE.replace("GALLE", "G" * 2_000_000), "cell_too_long"),
    ("a quote that is never closed", LINE.replace("GALLE", '"GALLE'), "quotes"),
    ("text after a quote", LINE.replace("GALLE", '"GALLE" fort'), "quotes"),
]


@pytest.mark.parametrize(("line", "rule"), [case[1:] for case in BROKEN_LINES], ids=[case[0] for case in BROKEN_LINES])
@pytest.mark.parametrize("following", [0, 3, 250])
def test_a_broken_line_is_kept_out_and_the_lines_after_it_come_in(desk, line, rule, following):
    others = [LINE.replace("R-1", f"R-{n}") for n in range(10, 10 + following)]
    result = desk.bring("\n".join([HEADER, LINE, line, *others]) + "\n")
    assert (result.read, result.accepted, result.rejected) == (following + 2, following + 1, 1)
    (found,) = desk.rejected()
    assert (found[0], found[3]) == (3, rule)
    assert len(found[2]) <= 200


def test_a_header_alone_brings_in_nothing_and_says_so(desk):
    result = desk.bring(HEADER + "\n")
    assert result.as_json() == {"batch": 1, "read": 0, "accepted": 0, "rejected": 0, "duplicates": 0, "warnings": [("no_rows", {})]}


def test_blank_lines_are_reported_and_are_no_rows(desk):
    result = desk.bring(f"{HEADER}\n\n{LINE}\n,,,,,,,\n")
    assert (result.read, result.accepted) == (1, 1)
    assert ("blank_lines", {"n": 2}) in result.warnings


@pytest.mark.parametrize(("column", "text"), [
    ("given_name", "Anna 4111 1111 1111 1111"), ("channel", "4111111111111111"), ("phone", "4111 1111 1111 1111"),
    ("preferences", "bed: king; other: 4111-1111-1111-1111")])
def test_a_payment_card_number_is_never_stored(desk, column, text):
    result = desk.bring_rows({column: text})
    (found,) = desk.rejected()
    assert (result.rejected, found[3]) == (1, "card_number")
    assert "•••• 1111" in found[2]
    assert "4111" not in str(desk.everything())


def test_a_card_number_in_a_line_that_is_wrong_elsewhere_is_masked_too(desk):
    desk.bring_rows({"status": "4111111111111111"})
    assert desk.rejected()[0][2] == "•••• 1111"


def test_every_message_can_be_shown_and_is_extracted_for_translation():
    values = dict.fromkeys(("first", "example", "choices", "said", "target", "targets", "amount", "currency", "last", "new", "changed"), "x")
    values |= {"file": "f", "line": 1, "found": "x", "columns": "x", "column": "x", "most": 1, "source": "x", "sources": "x",
        "property": "x", "batch": 1, "n": 1, "named": "x",
              "codes": "x", "values": "x"}
    problems, rules = [str(ImportProblem(code, **values)) for code in PROBLEMS], [reason(rule) for rule in RULES]
    shown = [*problems, *rules, *(warning(code, values) for code in WARNINGS)]
    assert all(text and "{" not in text for text in shown)
    assert i18n.language() == "en"
