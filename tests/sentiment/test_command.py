"""python -m crm_core sentiment: any CSV file with texts, written again with what was read in them."""

import csv
import json

import pytest

from crm_core import sentiment
from crm_core.__main__ import main

ROWS = 'Id;Text;Note\n1;"Das Zimmer war schmutzig; das Personal war unhöflich.";=2+3\n2;👍;\n'


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = main(["sentiment", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_file_keeps_its_columns_and_gains_what_was_read(tmp_path, capsys, encoding):
    (tmp_path / "in.csv").write_text(ROWS, encoding=encoding)
    code, out, _ = run(capsys, tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--json")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (code, json.loads(out)["rows"]) == (0, 2)
    assert (first["Id"], first["Note"], first["language"], first["scorer_version"]) == ("1", "'=2+3", "de", sentiment.version())
    assert (second["reason"], second["polarity"], second["label"]) == ("no_text", "", "")


def test_a_column_of_that_name_is_kept(tmp_path, capsys):
    (tmp_path / "in.csv").write_text("comment,label\nn/a,mine\n")
    run(capsys, tmp_path / "in.csv", "--out", tmp_path / "out.csv")
    (row,) = csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8-sig", newline=""))
    assert (row["label"], row["label_read"]) == ("mine", "")


def test_a_very_long_text_is_read(tmp_path, capsys):
    (tmp_path / "in.csv").write_text("text\n" + "x" * 300_000 + "\n")
    assert run(capsys, tmp_path / "in.csv", "--out", tmp_path / "out.csv")[0] == 0


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        ("a,b\n1,2\n", (), "Which column holds the texts? Say --text and one of: a, b."),
        ("a,b\n1,2\n", ("--text", "c"), "There is no column c. Choose one of: a, b."),
        ("", (), "is empty"),
    ],
)
def test_what_cannot_be_read_is_said_with_what_to_do(tmp_path, capsys, content, more, said):
    (tmp_path / "in.csv").write_text(content)
    code, _, told = run(capsys, tmp_path / "in.csv", *more)
    assert code == 1
    assert said in told


def test_the_file_that_is_read_is_never_written_over(tmp_path, capsys):
    (tmp_path / "in.csv").write_text("text\nGood\n")
    code, _, told = run(capsys, tmp_path / "in.csv", "--out", tmp_path / "in.csv")
    assert (code, (tmp_path / "in.csv").read_text()) == (1, "text\nGood\n")
    assert "another name" in told


def test_the_boxes_of_a_review_are_read_together(tmp_path, capsys):
    (tmp_path / "in.csv").write_text("Liked,Disliked\nFriendly and helpful team here,The room was dirty and cold\n")
    run(capsys, tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--text", "liked", "--text", "disliked")
    (row,) = csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8-sig", newline=""))
    assert {one.split(":")[0] for one in row["aspects"].split("; ")} == {"staff", "room", "cleanliness"}
