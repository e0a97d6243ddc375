"""The command line gives the pages' numbers as JSON and CSV; what it cannot do it says in one line."""

import csv
import io
import json

import pytest

from crm_core import settings as settings_
from crm_core.__main__ import main
from crm_core.ingest.targets import TARGETS
from crm_core.programme.rules import DEFAULT, said
from crm_core.records import hotel
from crm_core.refresh import refresh
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.hotel import AS_OF, lisbon_and_addis

FIGURE = ["key", "value", "n", "low", "high", "unit", "previous", "version", "as_of"]
RESERVATIONS = (
    "confirmation,property,status,booked_on,arrival,departure,channel,room_revenue\n"
    "R-1,GALLE,checked_out,2025-01-12,2025-03-28,2025-03-31,Phone,420.00\n"
)
MARCH = ("--from", "2025-03-01", "--to", "2025-04-01")


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """The folder of Lisbon and Addis, refreshed."""
    home = tmp_path_factory.mktemp("counted")
    opened = record.open_store(settings_.at(home))
    lisbon_and_addis(opened)
    refresh(settings_.at(home))
    opened.engine.dispose()
    return home


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """A function that runs a command over a folder (an empty one if not said) and returns its exit code, output and errors."""

    def command(*words, home=tmp_path):
        monkeypatch.setenv("CRM_HOME", str(home))
        for name in ("CRM_STORE", "CRM_AS_OF", "CRM_STORE_URL", "CRM_WAREHOUSE_URL"):
            monkeypatch.delenv(name, raising=False)
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return command


@pytest.fixture
def counted_run(run, counted):
    """The same over Lisbon and Addis; returns the output after making sure that the command succeeded."""

    def command(*words) -> str:
        code, out, _ = run(*words, home=counted)
        assert code == 0
        return out

    return command


def test_a_metric_is_printed_with_what_it_rests_on(counted_run):
    said = json.loads(counted_run("metric", "rooms_sold", *MARCH, "--json"))
    assert list(said) == FIGURE
    # Ana 3, Ben 2, one without a name 1, Ana in Addis 2, and the first of Ana's three nights from the 31st.
    assert (said["value"], said["unit"], said["version"], said["as_of"]) == (9, "nights", 1, "2025-04-01")


def test_money_is_in_units_of_the_reporting_currency(counted_run):
    said = json.loads(counted_run("metric", "room_revenue", *MARCH, "--json"))
    assert (said["value"], said["unit"]) == (300 + 240 + 100 + 200 + 110, "EUR")


def test_a_metric_by_a_dimension_is_a_list(counted_run):
    said = json.loads(counted_run("metric", "rooms_sold", *MARCH, "--by", "property", "--json"))
    assert {row["group"]: row["value"] for row in said} == {"LIS": 7, "ADD": 2}
    assert [list(row) for row in said] == [["key", "by", "group", *FIGURE[1:]]] * 2


def test_a_metric_of_one_property(counted_run):
    assert json.loads(counted_run("metric", "rooms_sold", *MARCH, "--property", "add", "--json"))["value"] == 2


def test_without_a_key_all_metrics_are_named(counted_run):
    assert "repeat_ratio_guests" in counted_run("metric")
    assert "guest_list" in counted_run("query").split()


def test_a_query_is_printed_as_csv_or_json(counted_run):
    table = list(csv.DictReader(io.StringIO(counted_run("query", "properties"))))
    assert [row["code"] for row in table] == ["ADD", "LIS"]
    said = json.loads(counted_run("query", "guest_list", "--param", "sort=stays", "--param", "limit=1", "--format", "json"))
    assert [(row["guest_id"], row["stays"]) for row in said] == [(1, 3)]


def test_a_refresh_without_changes_says_so(counted_run):
    said = json.loads(counted_run("refresh", "--json"))
    assert {"version", "kind", "as_of", "rows", "seconds"} <= set(said)
    assert said["version"] == 1


def test_the_audit_chain_is_checked(counted_run):
    assert counted_run("audit") == "The audit chain is whole.\n"


def test_points_that_are_over_expire_once(run, tmp_path):
    """Ana's points of 2023 were valid until 10 January 2025."""
    store = record.open_store(settings_.at(tmp_path))
    hotel_ = lisbon_and_addis(store)
    hotel_.member(1, "2023-01-10", hotel_.programme(rules=said(DEFAULT)))
    hotel_.points(1, "2023-01-10", "earn", 300, expires_on="2025-01-10", external_id="e1")
    refresh(settings_.at(tmp_path))
    assert run("expire-points")[1] == "1 expiries posted, by 2025-04-01. Refresh to see them in the figures.\n"
    assert run("expire-points")[1] == "0 expiries posted, by 2025-04-01.\n"


def test_a_demo_is_made_once(run, tmp_path):
    assert run("demo", "--profile", "independent", "--scale", "0.01")[0] == 0
    first = run("metric", "rooms_sold", "--json")[1]
    assert run("demo", "--if-missing")[0] == 0
    assert run("metric", "rooms_sold", "--json")[1] == first
    assert json.loads(first)["value"] > 0


def test_a_file_comes_in_once_and_its_rejects_can_be_read(run, tmp_path):
    _house(tmp_path)
    code, template, _ = run("template")
    assert code == 0
    (tmp_path / "b.csv").write_text(template.replace("2025-05-10", "2025-05-01"), encoding="utf-8")
    said = json.loads(run("import", tmp_path / "b.csv", "--json", "--rejects", tmp_path / "no.csv")[1])
    assert list(said)[:6] == ["batch", "read", "accepted", "rejected", "duplicates", "warnings"]
    assert (said["file"], said["source"], said["target"]) == ("b.csv", "bookings", "bookings")
    assert (said["read"], said["accepted"], said["rejected"], said["duplicates"]) == (3, 2, 1, 0)
    rejected = list(csv.DictReader(io.StringIO(run("rejects", said["batch"])[1].lstrip("\ufeff"))))
    assert [(row["line"], row["column"], row["value"]) for row in rejected] == [("4", "departure", "2025-05-01")]
    assert (tmp_path / "no.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    again = json.loads(run("import", tmp_path / "b.csv", "--json")[1])
    assert (again["accepted"], again["duplicates"]) == (0, 2)


def test_several_files_are_a_batch_each_and_one_that_fails_is_told(run, tmp_path):
    _house(tmp_path)
    (tmp_path / "a.csv").write_text(RESERVATIONS)
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "c.csv").write_text(RESERVATIONS.replace("R-1", "R-2"))
    code, out, errors = run("import", *(tmp_path / f"{name}.csv" for name in ("a", "empty", "c")), "--no-match", "--no-refresh", "--json")
    first, second, third = json.loads(out)
    assert code == 1
    assert (first["batch"], first["accepted"], third["batch"], third["accepted"]) == (1, 1, 2, 1)
    assert list(second) == ["file", "error"]
    assert "empty.csv is empty." in errors


def test_what_was_found_out_about_a_file_is_told_on_stderr(run, tmp_path):
    _house(tmp_path)
    (tmp_path / "a.csv").write_text(RESERVATIONS.replace(",", ";"))
    _, out, errors = run("import", tmp_path / "a.csv", "--no-match", "--no-refresh")
    assert out.startswith("a.csv: 1 of 1 rows came in (1 new, 0 changed), 0 rejected, 0 were already here. Batch 1.")
    assert "“;” divides 2 of 2 lines into 8 columns." in errors
    assert "arrival: arrival is our own name." in errors


def test_a_dry_run_writes_nothing(run, tmp_path):
    _house(tmp_path)
    (tmp_path / "a.csv").write_text(RESERVATIONS)
    said = json.loads(run("import", tmp_path / "a.csv", "--dry-run", "--json")[1])
    assert (said["batch"], said["read"], said["accepted"]) == (0, 1, 1)
    assert "There is no batch 1" in run("rejects", "1")[2]


def test_a_mapping_is_said_saved_and_used_again_for_the_same_header(run, tmp_path):
    _house(tmp_path)
    strange = RESERVATIONS.replace("confirmation,", "Zett Nummer,").replace("arrival", "Wumm")
    (tmp_path / "a.csv").write_text(strange)
    words = ("--target", "bookings", "--map", "confirmation=Zett Nummer", "--map", "arrival=Wumm", "--save-mapping", "Zett")
    assert run("import", tmp_path / "a.csv", *words, "--no-match", "--no-refresh")[0] == 0
    for number, named in ((2, ("--mapping", "Zett")), (3, ())):
        (tmp_path / "b.csv").write_text(strange.replace("R-1", f"R-{number}"))
        code, out, errors = run("import", tmp_path / "b.csv", *named, "--no-match", "--no-refresh")
        assert (code, out[:25]) == (0, "b.csv: 1 of 1 rows came in"[:25])
        assert "by the mapping that was saved for this header" in errors


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--mapping", "Zett"), "No mapping was saved as 'Zett'. Saved: none."),
        (("--map", "wumm=status"), "--map 'wumm=status': write it as column=Header."),
        (("--map", "arrival=Wumm"), "the file has no column 'Wumm'. It has: confirmation, property"),
        (("--source", "nonsense"), "There is no source 'nonsense'."),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_and_nothing_is_written(run, tmp_path, words, says):
    _house(tmp_path)
    (tmp_path / "a.csv").write_text(RESERVATIONS)
    code, out, errors = run("import", tmp_path / "a.csv", *words)
    assert (code, out) == (1, "")
    assert says in errors
    assert "There is no batch 1" in run("rejects", "1")[2]


def test_a_batch_is_taken_back(run, tmp_path):
    _house(tmp_path)
    (tmp_path / "a.csv").write_text(RESERVATIONS)
    run("import", tmp_path / "a.csv", "--no-match", "--no-refresh")
    assert run("undo", "1")[0] == 0
    said = json.loads(run("import", tmp_path / "a.csv", "--no-match", "--no-refresh", "--json")[1])
    assert (said["batch"], said["accepted"]) == (2, 1)


def test_known_sources_and_every_targets_template_are_printed(run):
    names = [line.split()[0] for line in run("sources")[1].splitlines()]
    assert {"bookings", "guests", "reviews"} <= set(names)
    for target in TARGETS:
        header = run("template", target)[1].splitlines()[0].split(",")
        assert header == list(TARGETS[target].names)
    assert "There is no target 'nonsense'" in run("template", "nonsense")[2]


def _house(home) -> None:
    """A hotel's own store with the property of the template."""
    store = record.open_store(settings_.at(home, "hotel"))
    scope = Scope("local", (), default_period(AS_OF), AS_OF)
    hotel.add_row(store, scope, table="property", values={"code": "GALLE", "name": "Galle", "currency": "EUR"})
    store.engine.dispose()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("metric", "nonsense"), "There is no KPI 'nonsense'"),
        (("metric", "adr", "--by", "nonsense"), "There is no dimension 'nonsense'"),
        (("metric", "adr", "--property", "ROME"), "There is no property ROME"),
        (("metric", "adr", "--from", "2025-03-01", "--to", "2025-02-01"), "A period ends after it starts"),
        (("query", "nonsense"), "There is no query 'nonsense'"),
        (("query", "guest_list", "--param", "nonsense=1"), "does not take these parameters"),
        (("query", "guest_list", "--param", "nonsense"), "key=value"),
        (("query", "guest_list", "--param", "sort=nonsense"), "Guests are sorted by"),
        (("query", "behind", "--param", "key=nonsense"), "There is no KPI 'nonsense'"),
        (("import", "nowhere.csv"), "There is no file nowhere.csv"),
        (("rejects", "99"), "There is no batch 99."),
        (("undo", "99"), "There is no batch 99."),
        (("rejects", "9223372036854775808"), "There is no batch 9223372036854775808."),
        (("undo", "9223372036854775808"), "There is no batch 9223372036854775808."),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_1(run, counted, words, says):
    code, out, errors = run(*words, home=counted)
    assert (code, out) == (1, "")
    assert says in errors
    assert errors.count("\n") == 1


def test_without_data_the_way_to_some_is_told(run):
    code, _, errors = run("metric", "adr")
    assert code == 1
    assert "python -m crm_core" in errors


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("metric", "adr", "--from", "31.3.2025"),
        ("metric", "adr", "--from", "0001-01-01"),
        ("demo", "--scale", "x"),
        ("rejects", "first"),
    ],
)
def test_a_word_that_does_not_fit_is_exit_code_2(run, words):
    with pytest.raises(SystemExit) as ended:
        run(*words)
    assert ended.value.code == 2


def test_whole_rejected_lines_are_corrected_and_sent_again(run, tmp_path):
    (tmp_path / "b.csv").write_text(
        "confirmation,property,status,arrival,departure,channel,room_revenue\nR-1,LIS,checked_out,2025-03-01,2025-03-03,Direct,many\n"
    )
    batch = json.loads(run("import", tmp_path / "b.csv", "--json", "--no-refresh", "--no-match")[1])["batch"]
    whole = run("rejects", str(batch), "--whole")[1].lstrip("\ufeff")
    assert "many" in whole
    (tmp_path / "again.csv").write_text(whole.replace("many", "120.00"))
    said = json.loads(run("import", tmp_path / "again.csv", "--json", "--no-refresh", "--no-match")[1])
    assert (said["read"], said["accepted"]) == (1, 1)
