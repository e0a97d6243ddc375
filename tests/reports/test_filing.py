"""A report is written whole, with its manifest beside it and as PDF where a Chromium is; every attempt is noted."""
import datetime as dt
import hashlib
import json

import pytest

from crm_core.__main__ import main
from crm_core.records.boards import add_to_board, save_board
from crm_core.records.registry import Refused
from crm_core.records.reports import report_card, reports, save_report
from crm_core.records.views import save_view
from crm_core.reports import filing, making, printing

DAY = dt.date(2025, 4, 1)


@pytest.fixture
def there(hotel, rebuilt, settings) -> making.House:
    """A store with the board "Monday" of one view, whose report 1 is asked for, and the empty board "Tuesday", whose report 2 is."""
    rebuilt()
    here = making.house(settings)
    view = save_view(hotel.store, here.scope, name="Rates", page="figure", params={"kpi": "adr", "by": "weekday", "period": "1m"})
    for name, forms in (("Monday", ("html", "pdf")), ("Tuesday", ("html",))):
        board = save_board(hotel.store, here.scope, name=name)
        save_report(hotel.store, here.scope, board_id=board, name=f"{name}'s", rhythm="asked", forms=forms)
    add_to_board(hotel.store, here.scope, id=1, version=1, view_id=view)
    return here


def named(there, name: str) -> dict:
    return next(row for row in reports(there.store, there.scope) if row["name"] == name)


def test_the_files_lie_in_the_stores_own_folder_and_the_manifest_names_the_bytes(there, settings, monkeypatch):
    monkeypatch.setattr(printing, "BROWSERS", ())
    filed = filing.print_report(settings, there, named(there, "Monday's"), DAY)
    assert [file.relative_to(settings.home).as_posix() for file in filed.files] == [
        f"reports/demo/2025-04-01-monday-s-1.{ending}" for ending in ("html", "json")]
    assert "No Chromium" in filed.missing
    said = json.loads(filed.files[1].read_text())
    assert said["sha256"] == hashlib.sha256(filed.files[0].read_bytes()).hexdigest()
    assert said["hash"] == filed.hash
    run = report_card(there.store, there.scope, id=1)["runs"][0]
    assert (run["state"], run["for_on"], run["hash"], run["warehouse_version"]) == ("made", DAY, filed.hash, there.warehouse.version.number)
    assert "No Chromium" in run["why"]


def test_the_operator_names_another_folder(settings, monkeypatch, tmp_path):
    monkeypatch.setenv("CRM_REPORTS", str(tmp_path / "shared"))
    assert filing.folder_of(settings) == tmp_path / "shared" / "demo"


def test_made_again_it_replaces_itself_and_leaves_nothing_half_written(there, settings, monkeypatch):
    monkeypatch.setattr(printing, "BROWSERS", ())
    one, two = (filing.print_report(settings, there, named(there, "Monday's"), DAY) for _ in range(2))
    assert one == two
    assert sorted(file.suffix for file in filing.folder_of(settings).iterdir()) == [".html", ".json"]


def test_a_board_without_views_is_noted_as_a_failure_with_what_to_do(there, settings):
    with pytest.raises(Refused, match="put some on it"):
        filing.print_report(settings, there, named(there, "Tuesday's"), DAY)
    run = report_card(there.store, there.scope, id=2)["runs"][0]
    assert (run["state"], run["file"]) == ("failed", "")
    assert "put some on it" in run["why"]


@pytest.mark.browser
@pytest.mark.skipif(printing.browser() is None, reason="no Chromium on this machine")
def test_a_chromium_prints_it_as_pdf(there, settings):
    filed = filing.print_report(settings, there, named(there, "Monday's"), DAY)
    assert (filed.missing, [file.suffix for file in filed.files]) == ("", [".html", ".json", ".pdf"])
    assert filed.files[2].read_bytes().startswith(b"%PDF")


def test_a_browser_that_fails_is_told_in_words(tmp_path, monkeypatch):
    (tmp_path / "report.html").write_text("<p>")
    monkeypatch.setattr(printing, "browser", lambda: "/bin/false")
    with pytest.raises(printing.NotPrinted, match="could not print"):
        printing.print_pdf(tmp_path / "report.html", tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


def test_the_command_lists_reports_and_makes_one_where_it_is_told(there, settings, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("CRM_HOME", str(settings.home))
    monkeypatch.setattr(printing, "BROWSERS", ())
    assert main(["report", "--store", "demo"]) == 0
    assert "Monday's" in capsys.readouterr().out
    assert main(["report", "monday's", "--out", str(tmp_path / "there"), "--store", "demo"]) == 0
    said = capsys.readouterr().out
    assert f"Hash {report_card(there.store, there.scope, id=1)['runs'][0]['hash']}" in said
    assert (tmp_path / "there" / "2025-04-01-monday-s-1.html").exists()
    assert main(["report", "friday", "--store", "demo"]) == 1
    assert "Known: Monday's, Tuesday's" in capsys.readouterr().err
