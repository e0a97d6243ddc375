"""The command `lift` compares the arms of any CSV file; what it cannot compare it says in one line, with what to do."""

import json

import pytest

from crm_core.__main__ import main


@pytest.fixture
def run(tmp_path, capsys):
    """A function that writes a file, compares it, and returns exit code, output and errors."""

    def command(text, *words, encoding="utf-8"):
        (tmp_path / "campaign.csv").write_bytes(text.encode(encoding))
        code = main(["lift", str(tmp_path / "campaign.csv"), *words])
        return code, *capsys.readouterr()

    return command


@pytest.fixture
def told(run):
    """The same, returning what it says in JSON after making sure that the command succeeded."""

    def command(text, *words, arm="arm", outcome="booked", **how):
        code, out, errors = run(text, "--arm", arm, "--outcome", outcome, "--json", *words, **how)
        assert (code, errors) == (0, "")
        return json.loads(out)

    return command


def table(header="arm,booked", **arms):
    """A file in which each arm has (those with yes, people)."""
    return "\n".join([header, *(f"{arm},{int(i < yes)}" for arm, (yes, n) in arms.items() for i in range(n))])


def test_two_arms_are_compared_as_the_worked_example(told):
    """40 of 500 against 25 of 500: + 3.0 pp, z = 1.9241."""
    said = told(table(mail=(40, 500), control=(25, 500)))
    assert (said["kind"], said["control"], said["rows"], said["srm"]) == ("share", "control", 1000, None)
    assert said["arms"] == {"control": {"n": 500, "sum": 25, "mean": 0.05}, "mail": {"n": 500, "sum": 40, "mean": 0.08}}
    one = said["comparisons"][0]
    assert (one["difference"], one["z"], one["p"], one["q"]) == pytest.approx((0.03, 1.92411, 0.05434, 0.05434), abs=1e-5)
    assert (one["low"], one["high"]) == pytest.approx((-0.0008, 0.0614), abs=1e-4)
    assert (one["incremental"], one["relative"]) == pytest.approx((15, 0.6))
    assert one["verdict"] == "not_shown"


def test_the_text_says_the_same(run):
    code, out, _ = run(table(mail=(60, 500), control=(25, 500)), "--arm", "arm", "--outcome", "booked")
    assert code == 0
    assert "mail − control: lift shown" in out
    assert "+7.000 pp (" in out
    assert "in all +35.0 (" in out
    assert "say --ratio" in out


def test_several_arms_are_judged_together(told):
    """Alone, 40 of 500 against 22 of 500 is a lift (p .018); beside three arms without any it is not (q .073)."""
    said = told(table(control=(22, 500), a=(40, 500), b=(22, 500), c=(23, 500), d=(21, 500)))
    assert [one["arm"] for one in said["comparisons"]] == ["a", "b", "c", "d"]
    first = said["comparisons"][0]
    assert first["low"] > 0
    assert first["q"] == pytest.approx(4 * first["p"])
    assert first["verdict"] == "not_shown"


@pytest.mark.parametrize(("yes", "no"), [("yes", "no"), ("TRUE", "False"), ("1.0", "0.0"), ("ja", "nein")])
def test_yes_and_no_are_known_in_many_spellings(told, yes, no):
    said = told("arm;booked\n" + f"mail;{yes}\nmail;{no}\nholdout;{no}\nholdout;{no}\n")
    assert (said["kind"], said["control"], said["arms"]["mail"]["mean"]) == ("share", "holdout", 0.5)


@pytest.mark.parametrize(
    ("cells", "decimal"),
    [(("12.50", "0", "7.5"), "."), (("12,50", "0", "7,5"), ","), (("1.012,50", "0", "7"), ","), (("€1,012.50", "0", "7"), "."), (("1e1", "0.0", "-2"), ".")],
)
def test_amounts_are_read_with_the_decimal_sign_that_fits(told, cells, decimal):
    first, second, third = cells
    said = told(f"arm;booked\nmail;{first}\nmail;{second}\nControl;{third}\nControl;0\n")
    assert (said["kind"], said["decimal"], said["control"]) == ("amount", decimal, "Control")
    expected = {"12.50": 6.25, "12,50": 6.25, "1.012,50": 506.25, "€1,012.50": 506.25, "1e1": 5}
    assert said["arms"]["mail"]["mean"] == expected[first]


def test_amounts_are_compared_after_welch(told):
    said = told("arm,booked\n" + "".join(f"mail,{x}\n" for x in (0, 2, 4, 10)) + "".join(f"control,{x}\n" for x in (0, 0, 3)))
    one = said["comparisons"][0]
    assert (one["difference"], one["t"], one["low"], one["high"]) == pytest.approx((3, 1.260252, -3.522982, 9.522982), abs=1e-6)
    assert (one["verdict"], one["detectable"]) == ("few", None)


def test_any_encoding_and_separator_is_read(told):
    text = "Gruppe\tErlös\nKöln\t1\nKöln\t0\nKontrolle\t0\nKontrolle\t0\n"
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        assert told(text, arm="gruppe", outcome="ERLÖS", encoding=encoding)["control"] == "Kontrolle"


def test_arms_of_zeros_and_ones_are_told_by_their_column(told):
    rows = "1,0\n1,1\n1,1\n0,0\n0,0\n"
    assert told("treatment,booked\n" + rows, arm="treatment")["control"] == "0"
    assert told("is_control,booked\n" + rows, arm="is_control")["control"] == "1"
    assert told("arm,booked\n" + rows, "--control", "0")["control"] == "0"


def test_a_split_that_was_not_planned_voids_the_lift(told):
    text = table(mail=(60, 500), control=(10, 300))
    broken = told(text, "--ratio", "equal")
    assert (broken["srm"]["chi2"], broken["srm"]["broken"]) == (50, True)
    assert broken["comparisons"][0]["verdict"] == "broken"
    kept = told(text, "--ratio", "mail=5, control=3")
    assert (kept["srm"]["chi2"], kept["srm"]["p"], kept["comparisons"][0]["verdict"]) == (0, 1, "shown")


def test_rows_without_an_arm_are_left_out_and_counted(told):
    said = told(table(mail=(1, 2), control=(0, 2)) + "\n,1\n ,0\n")
    assert (said["rows"], said["without_arm"], said["arms"]["mail"]["n"]) == (6, 2, 2)


@pytest.mark.parametrize(
    ("text", "words", "says"),
    [
        ("", (), "empty"),
        ("arm,booked\n", (), "nobody has an arm"),
        ("a,b\n1,2\n", (), "There is no column arm. Choose one of: a, b."),
        ("arm,booked\nmail,1\nmail,0\n", (), "one arm only: mail"),
        ("arm,booked\nmail,1\nmail,0\ncontrol,0\n", (), "one person only in arm control"),
        ("arm,booked\nA,1\nA,0\nB,0\nB,1\n", (), "Say --control and one of: A, B."),
        ("arm,booked\nA,1\nA,0\nB,0\nB,1\n", ("--control", "C"), "There is no arm C. Choose one of: A, B."),
        ("arm,booked\nA,1\nA,0\nB,0\nB,1\n", ("--control", "A", "--ratio", "A=1"), "A=50,B=50"),
        ("arm,booked\n1,1\n1,0\n0,0\n0,1\n", (), "Say --control and one of: 1, 0."),
        ("arm,booked\nmail,lots\nmail,0\ncontrol,0\ncontrol,1\n", (), "Row 2 of column booked says 'lots'"),
        ("arm,booked\nmail,nan\nmail,0\ncontrol,0\ncontrol,1\n", (), "write 0 where nothing came"),
        ("arm,booked\nmail,€1.50\nmail,$2.50\ncontrol,0\ncontrol,1\n", (), "EUR, USD"),
        ("arm,booked\nmail,12,50\nmail,0\ncontrol,0\ncontrol,1\n", (), "Row 2 has more cells than the header"),
        ("arm,booked\n" + "".join(f"g{i},1\n" for i in range(30)), (), "30 different values: is it the arm?"),
        ("%PDF-1.4 arm,booked\n", (), "csv"),
    ],
)
def test_what_cannot_be_compared_is_one_line_and_exit_code_2(run, text, words, says):
    code, out, errors = run(text, "--arm", "arm", "--outcome", "booked", *words)
    assert (code, out) == (2, "")
    assert says.lower() in errors.lower()
    assert errors.count("\n") == 1


def test_a_file_that_is_not_there_is_said(capsys, tmp_path):
    assert main(["lift", str(tmp_path / "nowhere.csv"), "--arm", "a", "--outcome", "b"]) == 2
    assert "There is no file nowhere.csv" in capsys.readouterr().err
