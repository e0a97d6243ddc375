"""Damaged and unusual CSV: each record, or each fault, with the physical line it begins on."""
import io

import pytest

from crm_core.ingest.reading import Lines, records


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
