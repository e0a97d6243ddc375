"""What a file is, is told by its first bytes and its name together."""
import datetime as dt
import json

import pyarrow as pa
import pytest
from pyarrow import parquet

from crm_core.ingest import opening
from crm_core.ingest.form import Form
from crm_core.ingest.problems import ImportProblem
from crm_core.ingest.reading import table
from tests.ingest.books import book


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(tmp_path, name, content, kind, **form):
    """The header and the records of a file, a broken one as its rule."""
    with table(written(tmp_path, name, content), name, Form(kind=kind, **form)) as found:
        return found.header, [(line, rule or cells) for line, cells, rule, _ in found.records]


@pytest.mark.parametrize(("name", "content", "kind"), [
    ("a.csv", "a,b\n", "csv"), ("a.tsv", "a\tb\n", "csv"), ("a.TXT", "a|b\n", "csv"), ("a", "a,b\n", "csv"), ("a.dat", "a,b\n", "csv"),
    ("a.csv", "a,b\n".encode("utf-16"), "csv"), ("a.csv", "name,town\n".encode("utf-16-le"), "csv"), ("a.csv", '{"a":1},b\n', "csv"),
    ("a.jsonl", '{"a":1}\n', "jsonl"), ("a.json", '\ufeff [{"a":1}]', "jsonl"), ("a.xlsx", b"PK\x03\x04...", "xlsx"), ("a.xls", b"\xd0\xcf\x11\xe0...", "xls"),
    ("a.parquet", b"PAR1...", "parquet"), ("export", b"PAR1...", "parquet"),
])
def test_the_kind_of_a_file(tmp_path, name, content, kind):
    assert opening.kind(written(tmp_path, name, content), name) == kind


@pytest.mark.parametrize(("name", "content", "code", "says"), [
    ("a.xlsx", "a,b\n", "extension", "a text table"), ("a.csv", b"PK\x03\x04...", "extension", "an Excel workbook (.xlsx)"),
    ("a.xls", b"PK\x03\x04...", "extension", "(.xlsx)"), ("a.xls", "<html><table>", "extension", "a web page"), ("a.json", "a,b\n", "extension", "a text table"),
    ("a.csv", b"PAR1", "extension", "Parquet"), ("a.csv", b"", "empty", "is empty"), ("a.csv", b" \n\n", "empty", "is empty"),
    ("a.csv", b"\x89PNG\r\n\x1a\n", "binary", "not a text file"), ("a.csv", b"\x1f\x8b\x08", "binary", "not a text file"),
    ("a.csv", b"a\0b,c\n", "binary", "not a text file"),
])
def test_a_name_that_does_not_fit_its_content_says_what_to_do(tmp_path, name, content, code, says):
    with pytest.raises(ImportProblem, match=name) as problem:
        opening.kind(written(tmp_path, name, content), name)
    assert problem.value.code == code
    assert says in str(problem.value)


def test_a_workbooks_lines_are_its_rows(tmp_path):
    content = book(["Galle Hotel"], [], ["Res", "Arrival", "At", "Price", "Paid", "Note"],
        ["R-1", dt.datetime(2025, 3, 28), dt.datetime(2025, 3, 28, 22, 10), 1240.5, True, "two\nlines"], [], ["R-2", None, None, 42.0, False],
        ["Total", None, None, 1282.5])
    with table(written(tmp_path, "a.xlsx", content), "a.xlsx", Form(kind="xlsx", header_line=3)) as found:
        assert found.header == ["Res", "Arrival", "At", "Price", "Paid", "Note"]
        assert [(line, cells) for line, cells, _, _ in found.records] == [
            (4, ["R-1", "2025-03-28", "2025-03-28T22:10:00", "1240.5", "true", "two lines"]), (5, []), (6, ["R-2", "", "", "42", "false", ""])]
        assert dict(found.skipped) == {"banner": 1, "footer": 1}
        assert (found.size, found.bytes_read()) == (len(content), len(content))


def test_a_workbooks_numbers_have_the_decimal_sign_of_its_texts(tmp_path):
    _, rows = read(tmp_path, "a.xlsx", book(["Price", "Rate"], ["1.240,50", 15.5]), "xlsx", decimal=",")
    assert rows == [(2, ["1.240,50", "15,5"])]


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(tmp_path):
    with pytest.raises(ImportProblem, match=r"no sheet called May.*One, Two"):
        read(tmp_path, "a.xlsx", book(One=[["a"], [1]], Two=[["b"], [2]]), "xlsx", sheet="May")


LINES = """{"Id": "1", "Options": {"SendMarketingEmails": true}, "Tags": ["a", "b"], "Price": 1240.50}

not json
{"Id": "2", "Start": "2025-03-31T22:10:00Z", "Note": "two\\nlines", "Nights": null}
{"Id": "3", "Note": "\\ud800"}
[1, 2]
"""


def test_json_lines_keep_their_lines_and_a_bad_one_is_kept_out(tmp_path):
    deep = '{"a":' * 2_000 + "1" + "}" * 2_000
    header, rows = read(tmp_path, "a.jsonl", LINES + deep + "\n" + '{"Id": "' + "x" * 1_100_000 + '"}\n{"Id": "4"}\n', "jsonl")
    assert header == ["Id", "Options.SendMarketingEmails", "Tags", "Price", "Start", "Note", "Nights"]
    assert rows == [(1, ["1", "true", "a; b", "1240.50", "", "", ""]), (2, []), (3, "json"), (4, ["2", "", "", "", "2025-03-31T22:10:00Z", "two lines", ""]),
                    (5, "undecodable"), (6, "json"), (7, "json"), (8, "cell_too_long"), (9, ["4", "", "", "", "", "", ""])]


def test_a_json_array_is_read_as_if_each_element_were_a_line(tmp_path):
    content = json.dumps([{"Id": "1", "Guests": [{"Name": "Anna"}, {"Name": "Karl"}]}, 5, {"Id": "2"}], indent=1)
    assert read(tmp_path, "a.json", content, "jsonl") == (["Id", "Guests"], [(1, ["1", "Name: Anna; Name: Karl"]), (2, "json"), (3, ["2", ""])])
    with pytest.raises(ImportProblem, match="damaged"):
        read(tmp_path, "a.json", content[:-5], "jsonl")


def test_parquet_is_read_with_nested_columns_and_instants_in_utc(tmp_path):
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({
        "Id": ["1", "2"], "at": pa.array([dt.datetime(2025, 3, 31, 22, 10), None], pa.timestamp("ns", "Europe/Berlin")),
        "day": pa.array([dt.date(2025, 3, 31), None]), "price": [1240.5, 2.0], "guest": [{"name": "Anna", "n": 1}, None], "tags": [["a"], ["b", "c"]]}), path)
    header, rows = read(tmp_path, "a.parquet", path.read_bytes(), "parquet")
    assert header == ["Id", "at", "day", "price", "guest.name", "guest.n", "tags"]
    assert rows == [(2, ["1", "2025-03-31T22:10:00Z", "2025-03-31", "1240.5", "Anna", "1", "a"]), (3, ["2", "", "", "2", "", "", "b; c"])]
    with pytest.raises(ImportProblem, match="damaged"):
        read(tmp_path, "b.parquet", path.read_bytes()[:-20], "parquet")
