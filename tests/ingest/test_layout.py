"""What divides the columns, and where their names stand."""
import pytest

from crm_core.ingest import layout
from crm_core.ingest.problems import ImportProblem


def laid_out(text):
    sign = layout.delimiter(text, "f").value
    return sign, layout.header(layout.divided(text, sign), "f")


@pytest.mark.parametrize(("text", "sign", "line"), [
    ("a,b,c\n1,2,3\n", ",", 1), ("a;b\n1,5;2,5\n3,5;4,5\n", ";", 1), ("a\tb\n1\t2,5\n", "\t", 1), ("a|b|c\n1|x, y|z\n", "|", 1),
    ('a;b\n"x;y;z";2\n"1,2,3,4";5\n', ";", 1), ('Name,"Apt, suite, floor etc."\nAnna,"x;y"\n', ",", 1),
    ("Galle Hotel\nPrinted 12.03.2026\n\nRes#;Arr;Guest;Total\n1;01.02.2026;Anna;5,00\n2;01.02.2026;Karl;6,00\n", ";", 4),
    ("Report,from,2025-01-01,,,,,\n\na,b,c,d,e,f,g,h\n1,2,3,4,5,6,7,8\n", ",", 3), ("\n\na,b\n1,2\n", ",", 3), ("a,b\n", ",", 1),
    ("email\nanna@example.com\nkarl@example.com\n", ",", 1), ("a,b,c\n1\n1,2\n", ",", 1), ("a,b\n1,2,3\n4,5,6\n", ",", 1),
    (",Name,Name,Town\n1,x,y,z\n", ",", 1), ("a,b,c\r1,2,3\r", ",", 1),
])
def test_delimiter_and_header_line(text, sign, line):
    found, header = laid_out(text)
    assert (found, header.value) == (sign, line)


def test_the_lines_above_the_header_are_reported():
    _, header = laid_out("Galle Hotel\nPrinted 12.03.2026\n\nRes#;Arr;Guest\n1;2;Anna\n2;3;Karl\n")
    assert (header.why, header.values, header.certain) == ("header_below", {"n": 2, "example": "Galle Hotel"}, True)


def test_a_first_line_that_is_data_is_asked():
    _, header = laid_out("R-1,2025-01-01,5.00\nR-2,2025-01-02,6.00\n")
    assert (header.why, header.value, header.certain) == ("header_unsure", 1, False)


def test_lines_that_nothing_divides_evenly_are_asked():
    text = "".join(f"a{',x' * (n % 5)};b{';y' * (n % 3)}\n" for n in range(30))
    assert layout.delimiter(text, "f").certain is False
    assert layout.delimiter("name\nAnna\n", "f").why == "delimiter_none"


def test_the_beginning_of_a_long_file_ends_with_a_whole_line(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("name,note\n" + "Anna,über\n" * 50_000, encoding="utf-16")
    text = layout.head(path, "utf-16")
    assert text.endswith("Anna,über\n")
    assert 100_000 < len(text) < 128_001


def test_a_file_of_which_no_line_can_be_read_is_damaged_and_not_empty():
    with pytest.raises(ImportProblem) as problem:
        layout.header(layout.divided('a"b,c\0\n', ","), "f.csv")
    assert problem.value.code == "damaged"
    with pytest.raises(ImportProblem) as problem:
        layout.header(layout.divided(" \n,\n", ","), "f.csv")
    assert problem.value.code == "empty"
