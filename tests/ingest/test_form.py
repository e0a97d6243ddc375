"""A whole file is looked at, and its form comes back with the evidence and with what a person must settle."""
import json
from pathlib import Path

import pytest

from crm_core.ingest.form import EVIDENCE, Detected, Evidence, Form, detect
from crm_core.ingest.parsing import amounts, dates
from crm_core.ingest.problems import ImportProblem
from crm_core.ingest.reading import table
from tests.ingest.books import book

SPECTRUM = Path(__file__).parents[3] / "shared/data/csv_spectrum"
REPORT = ("Galle Face Hotel\nPrinted 12.03.2026\n\nRes#;Arr;Dept;Guest;Revenue(€)\n1;01.02.2026;03.02.2026;Müller;1.240,50\n"
          "2;13.02.2026;14.02.2026;\"Weiß; A\";99,00\n\nTotal;;;;1.339,50\n")


def found(tmp_path, content, name="march.csv", **corrections):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return detect(path, name, **corrections)


def reasons(detected: Detected):
    return {evidence.aspect: evidence.why for evidence in detected.evidence}


def test_a_plain_file_of_our_own_is_written_as_the_default_form_says(tmp_path):
    detected = found(tmp_path, "confirmation,arrival,room_revenue\nR-1,2025-03-28,420.00\n")
    assert detected.form == Form()
    assert (detected.header, detected.sample, detected.rows) == (
        ("confirmation", "arrival", "room_revenue"), (("R-1", "2025-03-28", "420.00"),), 1)
    assert reasons(detected) == {"encoding": "encoding_ascii", "delimiter": "delimiter_steady", "header": "header_first",
        "date_order": "date_iso", "decimal": "decimal_settled", "currency": "currency_none"}
    assert detected.open_questions() == ()


def test_a_report_with_all_the_traps(tmp_path):
    detected = found(tmp_path, REPORT.encode("cp1252"))
    assert detected.form == Form("csv", None, "cp1252", ";", 4, "dmy", ",", "EUR")
    assert detected.rows == 2
    assert [evidence.aspect for evidence in detected.open_questions()] == ["encoding"]
    assert reasons(detected)["footer"] == "footer"
    with table(tmp_path / "march.csv", "march.csv", detected.form) as read:
        rows = [(line, cells) for line, cells, _, _ in read.records if cells]
    assert rows == [(5, ["1", "01.02.2026", "03.02.2026", "Müller", "1.240,50"]), (6, ["2", "13.02.2026", "14.02.2026", "Weiß; A", "99,00"])]
    assert dates(detected.form.date_order)(rows[0][1][1]) == "2026-02-01"
    assert str(amounts(detected.form.decimal)(rows[0][1][4]).value) == "1240.50"
    assert dict(read.skipped) == {"banner": 2, "footer": 1}


def test_what_a_person_has_chosen_is_not_asked_again(tmp_path):
    detected = found(tmp_path, REPORT.encode("cp1252"), encoding="windows-1252", date_order="mdy")
    assert detected.open_questions() == ()
    assert (detected.form.encoding, detected.form.date_order) == ("cp1252", "mdy")
    assert reasons(detected)["encoding"] == reasons(detected)["date_order"] == "given"


def test_dates_that_fit_both_orders_are_asked(tmp_path):
    detected = found(tmp_path, "a,arrival\n1,01/02/2025\n2,03/04/2025\n")
    (question,) = detected.open_questions()
    assert (question.aspect, question.value, question.alternatives) == ("date_order", None, ("dmy", "mdy"))
    assert question.text() == "No date of arrival shows whether day or month stands first, such as 01/02/2025."
    assert detected.form.date_order is None


def test_a_day_above_twelve_in_the_last_of_many_rows_settles_the_order(tmp_path):
    rows = "".join(f"{n},0{n % 9 + 1}/02/2025\n" for n in range(30_000))
    assert found(tmp_path, f"a,arrival\n{rows}30000,02/13/2025\n").form.date_order == "mdy"


@pytest.mark.parametrize(("correction", "code"), [
    ({"encoding": "klingon"}, "encoding"), ({"delimiter": "x"}, "form"), ({"date_order": "ydm"}, "form"), ({"decimal": "'"}, "form")])
def test_a_correction_that_cannot_be_is_refused(tmp_path, correction, code):
    with pytest.raises(ImportProblem) as problem:
        found(tmp_path, "a,b\n1,2\n", **correction)
    assert problem.value.code == code
    assert str(problem.value)


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b"\xff\xfe", "\ufeff\n\n".encode("utf-16-le"), b"\n\n \n"])
def test_a_file_without_a_row_is_empty(tmp_path, content):
    with pytest.raises(ImportProblem) as problem:
        found(tmp_path, content)
    assert problem.value.code == "empty"


def test_too_many_columns(tmp_path):
    with pytest.raises(ImportProblem) as problem:
        found(tmp_path, ",".join(f"c{n}" for n in range(600)) + "\n")
    assert problem.value.code == "too_wide"


def test_a_workbook_with_several_sheets_is_asked_and_the_chosen_one_is_read(tmp_path):
    content = book(Summary=[["x", "y"], ["a", "b"]], Stays=[["Res", "Price"], ["R-1", "1.240,50 EUR"], ["R-2", 15.5]])
    first = found(tmp_path, content, "a.xlsx")
    assert [(question.aspect, question.alternatives) for question in first.open_questions()] == [("sheet", ("Stays",))]
    chosen = found(tmp_path, content, "a.xlsx", sheet="Stays")
    assert chosen.form == Form("xlsx", "Stays", "utf-8", ",", 1, "ymd", ",", "EUR")
    assert chosen.sample == (("R-1", "1.240,50 EUR"), ("R-2", "15,5"))
    assert chosen.open_questions() == ()


def test_json_lines_are_read_through_as_well(tmp_path):
    detected = found(tmp_path, '{"Id": "1", "ScheduledStartUtc": "2025-03-31T22:10:00Z"}\n{"Id": "2"}\nbad\n', "a.jsonl")
    assert (detected.form, detected.rows) == (Form("jsonl", encoding="utf-8"), 2)
    assert detected.header == ("Id", "ScheduledStartUtc")


def test_a_form_survives_json_and_every_reason_can_be_shown():
    form = Form("xlsx", "Data", "utf-8", ";", 4, None, ",", "EUR")
    assert Form.from_dict(json.loads(json.dumps(form.as_dict()))) == form
    assert Form.from_dict({"kind": "csv", "later": 1}) == Form()
    values = dict.fromkeys(("n", "most", "columns", "column", "example", "other", "against", "shown", "values"), "x")
    texts = [Evidence("aspect", "value", why, values).text() for why in EVIDENCE]
    assert all(text.endswith(".") and "{" not in text for text in texts)


@pytest.mark.shared
@pytest.mark.skipif(not SPECTRUM.is_dir(), reason="../shared/data/csv_spectrum is not here")
def test_the_csv_spectrum_is_read_as_it_should_be(tmp_path):
    seen = 0
    for expected in sorted((SPECTRUM / "json").glob("*.json")):
        path, content = tmp_path / f"{expected.stem}.csv", (SPECTRUM / "csvs" / f"{expected.stem}.csv").read_bytes()
        # Copies of these files may have lost their CR on the way, so it is put back.
        path.write_bytes(content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if path.stem.endswith("_crlf") else content)
        with table(path, path.name, detect(path, path.name).form) as read:
            rows = [dict(zip(read.header, cells, strict=True)) for _, cells, _, _ in read.records]
        assert rows == json.loads(expected.read_text())
        seen += 1
    assert seen == 11
