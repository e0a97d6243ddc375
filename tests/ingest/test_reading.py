"""Damaged and unusual CSV: each record, or each fault, with the physical line it begins on."""
import hashlib
import io

import pytest

from crm_core.ingest.form import Form
from crm_core.ingest.reading import Lines, Table, records, table


def read(text):
    content = text if isinstance(text, bytes) else text.encode()
    return [(line, cells or rule) for line, cells, rule, _ in records(Lines(io.BytesIO(content), "f"))]


@pytest.mark.parametrize(("text", "expected"), [
    ("a,b\n1,2\n", [(1, ["a", "b"]), (2, ["1", "2"])]),
    ("a,b\r\n1,2\r\n", [(1, ["a", "b"]), (2, ["1", "2"])]),
    ("a,b\r1,2", [(1, ["a", "b"]), (2, ["1", "2"])]),
    ("\ufeffa,b\n", [(1, ["a", "b"])]),
    ("a,b\n1,2".encode("utf-16"), [(1, ["a", "b"]), (2, ["1", "2"])]),
    ('"Kandy, upper","say ""hello"""\n', [(1, ["Kandy, upper", 'say "hello"'])]),
    ('a,"two\nlines"\nb,c\n', [(1, ["a", "two\nlines"]), (3, ["b", "c"])]),
    ('a,"two\r\nlines"\r\nb,c\r\n', [(1, ["a", "two\r\nlines"]), (3, ["b", "c"])]),
    ('a,""\n"",b\n', [(1, ["a", ""]), (2, ["", "b"])]),
    ('5" nails,b\n', [(1, ['5" nails', "b"])]),
    ("አዲስ,කොළඹ,Երևան\n", [(1, ["አዲስ", "කොළඹ", "Երևան"])]),
    ('{"a":1},b\n', [(1, ['{"a":1}', "b"])]),
    ('a,"b\nc,d\ne,f\n', [(1, "quotes"), (2, ["c", "d"]), (3, ["e", "f"])]),
    ('a,"b\nc,"d"\ne,f\n', [(1, "quotes"), (2, ["c", "d"]), (3, ["e", "f"])]),
    ("a,\0\nc,d\n", [(1, "nul"), (2, ["c", "d"])][:0] or None),
])
def test_records_and_their_lines(text, expected):
    if expected is None:  # damage in the first line is a binary file, so it is put into the second
        assert read("x,y\n" + text) == [(1, ["x", "y"]), (2, "nul"), (3, ["c", "d"])]
    else:
        assert read(text) == expected


def test_a_record_of_a_hundred_lines_is_read_and_a_longer_one_is_given_up_at_its_first_line():
    assert read('"' + "\n" * 99 + '",b\nc,d\n') == [(1, ["\n" * 99, "b"]), (101, ["c", "d"])]
    found = read('a,"b\n' + "x,y\n" * 150 + 'c,"d"\n')
    assert found[:2] == [(1, "quotes"), (2, ["x", "y"])]
    assert (len(found), found[-1]) == (152, (152, ["c", "d"]))


def test_a_line_without_end_is_passed_over_without_being_kept():
    assert read("a,b\n" + "x" * 5_000_000 + "\nc,d\n") == [(1, ["a", "b"]), (2, "cell_too_long"), (3, ["c", "d"])]


def through(content, **form):
    """Header, records (a broken one as its rule) and counts of a table."""
    content = content if isinstance(content, bytes) else content.encode()
    found = Table(io.BytesIO(content), "f", Form(**form), len(content))
    rows = [(line, rule or cells) for line, cells, rule, _ in found.records]
    return found.header, rows, dict(found.skipped)


def test_a_table_begins_at_its_header_and_ends_before_its_footers():
    content = "Galle;\n\nRes;Name\n1;Anna\n\n2;Karl\n\nTotal;\n"
    assert through(content, delimiter=";", header_line=3) == (
        ["Res", "Name"], [(4, ["1", "Anna"]), (5, []), (6, ["2", "Karl"]), (7, [])], {"banner": 1, "footer": 1})


def test_wrapped_cells_are_unwrapped_and_empty_cells_beyond_the_header_are_left_out():
    content = '"Res",Name\n="0042",Anna\n"=""0043""",Karl,,\n1,2,3\n1\n'
    assert through(content)[:2] == (["Res", "Name"], [(2, ["0042", "Anna"]), (3, ["0043", "Karl"]), (4, ["1", "2", "3"]), (5, ["1"])])


@pytest.mark.parametrize(("encoding", "line"), [
    ("utf-8-sig", b"M\xfcller,2"), ("utf-8-sig", b"\xed\xa0\x80,2"), ("cp1252", b"\x81,2"), ("shift_jis", b"\x81,\xff2")])
def test_a_line_that_cannot_be_decoded_is_kept_out_and_no_letter_is_replaced(encoding, line):
    header, rows, _ = through(b"name,n\nAnna,1\n" + line + b"\nKarl,3\n", encoding=encoding)
    assert (header, rows) == (["name", "n"], [(2, ["Anna", "1"]), (3, "undecodable"), (4, ["Karl", "3"])])


def test_a_cut_off_file_of_two_bytes_a_letter_loses_its_last_line_only():
    content = "name,n\nAnna,1\nKarl,2".encode("utf-16")[:-1]
    assert through(content, encoding="utf-16")[1] == [(2, ["Anna", "1"]), (3, "undecodable")]


def test_the_hash_and_size_are_those_of_the_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n1,2\n")
    with table(path, "a.csv", Form()) as found:
        assert (list(found.records), found.size, found.bytes_read()) == ([(2, ["1", "2"], "", "")], 8, 8)
        assert found.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
