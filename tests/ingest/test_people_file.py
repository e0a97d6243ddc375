"""Any file of people is read by the usual names of its columns, and the command match writes who is in it twice."""

import pandas as pd
import pytest

from crm_core.__main__ import main
from crm_core.ingest.people_file import read_people
from crm_core.ingest.problems import ImportProblem
from crm_core.stats.matching import COLUMNS

TWICE = """guest_id,first_name,last_name,e-mail,mobile,dob,zip,town,remark
7,John,Whitaker,john@example.com,+447700900123,1971-06-24,LS1 4AP,Leeds,late
9,Jon,Whitaker,john@example.com,+447700900123,1971-06-24,LS1 4AP,Leeds,
8,Dora,Engel,dora@example.org,+4930123456,1950-01-30,10115,Berlin,vip
"""


@pytest.fixture
def file(tmp_path):
    """A function that writes a file and returns its path."""

    def written(text: str, name: str = "people.csv", encoding: str = "utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return written


def row(people: pd.DataFrame, at: int = 0) -> dict:
    return {column: value for column, value in people.iloc[at].items() if value is not None}


def test_columns_are_found_by_their_usual_names(file):
    people = read_people(file(TWICE))
    assert tuple(people) == COLUMNS
    assert row(people) == {
        "id": "7", "given_name": "John", "family_name": "Whitaker", "email": "john@example.com", "phone": "+447700900123",
        "birth_date": "1971-06-24", "postcode": "LS1 4AP", "city": "Leeds"}  # fmt: skip


def test_blanks_before_cells_numbers_of_houses_and_compact_dates_are_understood(file):
    text = "rec_id, surname, street_number, address_1, suburb, date_of_birth, soc_sec_id\nr-1, waller, 6, tullaroop street, st james, 19081209, 69\n"
    assert row(read_people(file(text))) == {
        "id": "r-1", "family_name": "waller", "street": "6 tullaroop street", "city": "st james", "birth_date": "19081209",
        "document": "69"}  # fmt: skip


@pytest.mark.parametrize(("dates", "expected"), [
    (["03/04/1980", "25/12/1990"], ["1980-04-03", "1990-12-25"]), (["03/04/1980", "12/25/1990"], ["1980-03-04", "1990-12-25"]),
    (["3.4.1980", "1990-12-25"], ["1980-04-03", "1990-12-25"])])  # fmt: skip
def test_whether_day_or_month_stands_first_is_told_by_the_whole_column(file, dates, expected):
    text = "id,dob\n" + "\n".join(f"{at},{date}" for at, date in enumerate(dates))
    assert list(read_people(file(text))["birth_date"]) == expected


@pytest.mark.parametrize("whole", ["Anna Maria Weber", "Weber, Anna Maria"])
def test_a_whole_name_is_divided(file, whole):
    people = read_people(file(f'id,full_name,country\n1,"{whole}",Germany\n'))
    assert row(people) == {"id": "1", "given_name": "Anna Maria", "family_name": "Weber", "country": "DE"}


def test_without_a_column_of_ids_the_first_one_is_taken(file):
    assert list(read_people(file("number;email\nA-1;x@example.com\nA-2;y@example.com\n"))["id"]) == ["A-1", "A-2"]


def test_other_encodings_and_delimiters_are_read(file):
    text = "id;given_name;family_name\n1;Jürgen;Müller\n2;François;Béranger\n"
    assert list(read_people(file(text, encoding="cp1252"))["given_name"]) == ["Jürgen", "François"]


@pytest.mark.parametrize(("text", "code"), [
    ("", "empty"), ("id,email\n", "people_none"), ("a,b\n1,2\n", "people_columns"), ("id,email\n1,a@x.org\n1,b@x.org\n", "people_ids_twice"),
    ("id,email\n,a@x.org\n2,b@x.org\n", "people_id"), ("email,phone\na@x.org,+4930123456\n", "people_id"),
    ("id,email\n1,a@x.org\n2,b,c,d\n", "people_cells")])  # fmt: skip
def test_what_cannot_be_matched_is_refused_with_what_to_do(file, text, code):
    with pytest.raises(ImportProblem) as refused:
        read_people(file(text))
    assert refused.value.code == code
    assert "people.csv" in str(refused.value)


def test_the_command_writes_the_pairs(file, tmp_path, capsys):
    out = tmp_path / "pairs.csv"
    assert main(["match", str(file(TWICE)), "--out", str(out)]) == 0
    pairs = pd.read_csv(out)
    assert list(pairs) == ["id_a", "id_b", "probability"]
    assert pairs[["id_a", "id_b"]].to_numpy().tolist() == [[7, 9]]
    assert pairs["probability"].iloc[0] >= 0.99
    assert "3 people" in capsys.readouterr().out


def test_the_command_says_in_one_line_what_is_wrong(tmp_path, file, capsys):
    assert main(["match", str(tmp_path / "nowhere.csv"), "--out", str(tmp_path / "pairs.csv")]) == 1
    assert main(["match", str(file(TWICE)), "--out", str(tmp_path / "no" / "folder" / "pairs.csv")]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "nowhere.csv" in said[0]
    assert "--out" in said[1]


@pytest.mark.parametrize("threshold", ["1.5", "-1", "high"])
def test_a_threshold_is_a_probability(threshold, file):
    with pytest.raises(SystemExit):
        main(["match", str(file(TWICE)), "--out", "pairs.csv", "--threshold", threshold])
