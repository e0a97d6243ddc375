"""The same data, views and definitions give the same bytes, on every day and in every process; another input another hash."""
import datetime as dt
import json
import os
import re
import subprocess
import sys
import threading
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from crm_core import i18n
from crm_core.metrics import CATALOGUE
from crm_core.reports import making, manifest
from crm_core.reports.making import file_stem, made, speaking
from crm_core.settings import ROOT
from crm_core.views import View

SAVED = (("Rates", "For Monday", View("figure", {"kpi": "adr", "by": "weekday", "period": "1m"})), ("Values", "", View("value")),
         ("Gone", "", View("figure", {"kpi": "happiness"})))


def report(house, saved=SAVED, language="en", src=None) -> making.Made:
    return made(src or making.source_of(house), "Monday", saved, language, house.facts, house.is_demo)


def test_made_twice_it_is_the_same_to_the_byte_and_names_no_day_but_its_own(house):
    one, two = report(house), report(house)
    assert one.html == two.html
    assert one.hash == two.hash
    assert dt.datetime.now(dt.UTC).date().isoformat() not in one.html


def test_made_in_another_process_it_is_the_same_to_the_byte(house, small_settings):
    code = ("import sys; from pathlib import Path; from crm_core import settings; from crm_core.reports import making; from tests.reports.test_making import report;"
            "sys.stdout.write(report(making.house(settings.at(Path(sys.argv[1])))).html)")
    environment = {**{k: v for k, v in os.environ.items() if not k.startswith("CRM_")}, "PYTHONHASHSEED": "7", "PYTHONIOENCODING": "utf-8", "TZ": "Asia/Colombo"}
    there = subprocess.run([sys.executable, "-c", code, str(small_settings.home)], cwd=ROOT, env=environment, capture_output=True, check=True, timeout=300)
    assert there.stdout.decode() == report(house).html


def test_the_manifest_says_what_it_was_made_from(house):
    said = report(house).manifest
    assert said["warehouse"]["as_of"] == "2025-04-01"
    assert [one["page"] for one in said["views"]] == ["figure", "value", "figure"]
    first, _, gone = said["views"]
    assert (first["scope"]["properties"], first["scope"]["from"], first["scope"]["to"]) == ([1, 2], "2025-03-01", "2025-04-01")
    assert (gone["scope"], len(gone["missing"])) == (None, 1)
    assert set(said["kpis"]) == {"adr", "clv_3y_margin", "expected_stays_12m", "p_alive_mean", "past_spend", "backtest_error"}
    assert manifest.digest({key: value for key, value in said.items() if key != "hash"}) == said["hash"]


def test_the_manifest_stands_in_the_page_and_can_be_read_from_it(house):
    one = report(house)
    written = re.search(r'<pre id="manifest">(.*?)</pre>', one.html, re.S).group(1)
    from html import unescape
    assert json.loads(unescape(written)) == one.manifest


def test_another_view_language_or_definition_has_another_hash(house, monkeypatch):
    hashes = {report(house).hash, report(house, SAVED[:2]).hash, report(house, language="hy").hash,
              report(house, [("Rates", "", View("figure", {"kpi": "adr", "by": "weekday", "period": "3m"}))]).hash}
    assert len(hashes) == 4
    rows = report(house).manifest["views"][0]["rows"]
    monkeypatch.setitem(CATALOGUE, "adr", replace(CATALOGUE["adr"], definition="Something else"))
    manifest.definition.cache_clear()
    other = report(house)
    manifest.definition.cache_clear()
    assert other.hash not in hashes
    assert other.manifest["views"][0]["rows"] == rows


def test_other_data_have_other_rows_and_the_same_definitions(hotel, rebuilt, settings, house):
    hotel.stay("LIS", "2025-03-20", 1, 500, None)
    rebuilt()
    other, one = report(making.house(settings)).manifest, report(house).manifest
    assert other["definitions"] == one["definitions"]
    assert other["views"][0]["rows"] != one["views"][0]["rows"]


class Tags(HTMLParser):
    """Collects the tags and addresses of a page."""

    def __init__(self, html: str):
        super().__init__()
        self.tags, self.addresses = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "action", "srcset")]


def test_the_page_has_no_script_and_asks_for_nothing_from_elsewhere(house):
    found = Tags(report(house, language="am").html)
    assert {"table", "style", "section"} <= found.tags
    assert not found.tags & {"script", "link", "img", "iframe", "object", "form", "a"}
    assert found.addresses == []
    outside = re.findall(r"url\((?!data:)|https?://|@import", report(house, language="am").html)
    assert outside == []


def test_names_are_written_letter_by_letter(house):
    html = report(house, [("<script>alert(1)</script>", "<b>", View("figure", {"kpi": "<img>"}))]).html
    assert "&lt;script&gt;" in html
    assert not Tags(html).tags & {"script", "b", "img"}


@pytest.mark.parametrize(("language", "letters"), [("en", set()), ("hy", {"armenian"}), ("am", {"ethiopic"}), ("si", {"sinhala"})])
def test_only_the_letters_in_use_are_brought_along_and_the_language_is_named(house, language, letters):
    html = report(house, language=language).html
    assert html.startswith(f'<!doctype html><html lang="{language}">')
    assert set(re.findall(r"@font-face\{font-family:(\w+)", html)) == letters
    assert i18n.language() == "en"


def test_a_language_is_spoken_in_its_own_thread_only_and_given_back_after_a_failure():
    heard = []
    with speaking("hy"):
        other = threading.Thread(target=lambda: heard.append(i18n.language()))
        other.start()
        other.join()
        heard.append(i18n.language())
    assert heard == ["en", "hy"]
    with pytest.raises(ZeroDivisionError), speaking("am"):
        raise ZeroDivisionError
    assert i18n.language() == "en"


@pytest.mark.parametrize(("title", "stem"), [
    ("My Monday", "2025-04-01-my-monday-3"), ("../../etc/passwd", "2025-04-01-etc-passwd-3"), ("ሰኞ!", "2025-04-01-ሰኞ-3"), ("///", "2025-04-01-report-3"),
    ("x" * 200, "2025-04-01-" + "x" * 60 + "-3")])
def test_a_file_is_named_after_its_day_and_the_letters_of_its_title(title, stem):
    assert file_stem(title, dt.date(2025, 4, 1), 3) == stem
