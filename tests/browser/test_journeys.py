"""What a manager does: from a number to the guest behind it, by search, by keyboard, into a file, and with a colleague on the same note."""

import csv
import io

import pytest
from playwright.sync_api import expect

from crm_core.i18n import t, use

LOADED = "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('\"', ''))"
FOCUSED = "document.activeElement.closest('[class*=st-key-]')?.className.match(/st-key-(\\w+)/)[1] ?? ''"
FAMILIES = {"am": "Noto Sans Ethiopic", "si": "Noto Sans Sinhala", "hy": "Noto Sans Armenian"}


def click_first_row(page, table) -> None:
    """Tick the first row of a table, which is drawn on a canvas."""
    box = table.bounding_box()
    page.mouse.click(box["x"] + 22, box["y"] + 52)


def test_a_tile_opens_to_the_rows_behind_it_and_a_row_to_its_guest(visitor):
    page = visitor.open("/")
    visitor.button("open_room_revenue").click()
    visitor.settle()
    drawer = page.get_by_role("dialog")
    table = drawer.get_by_test_id("stDataFrame").first
    table.wait_for()
    page.wait_for_timeout(600)
    click_first_row(page, table)
    visitor.settle()
    drawer.get_by_role("link", name="Open guest").click()
    page.wait_for_url("**/guest?*")
    visitor.settle()
    assert page.get_by_test_id("stMetric").count() == 5


def test_a_bar_leads_to_the_stays_behind_it(visitor):
    page = visitor.open("/figure?kpi=rooms_sold&by=channel")
    whole = visitor.text
    page.locator(".js-plotly-plot .bars .point, .js-plotly-plot .scatterlayer .point").first.wait_for(state="attached")
    box = page.locator(".js-plotly-plot .bars .point, .js-plotly-plot .scatterlayer .point").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(500)
    visitor.settle()
    assert visitor.text != whole


def test_a_guest_is_found_while_one_types(visitor, guest):
    page = visitor.open(f"/guest?guest={guest}")
    name = page.get_by_role("heading", level=2).first.inner_text().strip()
    visitor.open("/guests")
    page.locator(".st-key-find input").press_sequentially(name[:-1], delay=20)
    hit = page.locator(f"a[href*='guest={guest}']").first
    hit.wait_for(timeout=10_000)
    hit.click()
    page.wait_for_url(f"**/guest?*guest={guest}*")
    visitor.settle()
    assert page.get_by_role("heading", level=2).first.inner_text().strip() == name


def test_the_guest_list_is_exported_as_it_is_listed(visitor):
    page = visitor.open("/guests?sort=spend")
    with page.expect_download() as download:
        visitor.button("download_guests_CSV").click()
    content = download.value.path().read_bytes()
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert content.startswith(b"\xef\xbb\xbf")
    assert download.value.suggested_filename == "innsight-guests.csv"
    assert header[0] == "Guest"
    assert f"of {len(rows):,}" in visitor.text
    assert rows[0][0] in visitor.text
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []


@pytest.mark.parametrize("language", FAMILIES)
def test_the_language_changes_the_words_and_uses_the_font_that_is_shipped(visitor, language):
    page = visitor.open("/")
    assert "Briefing" in visitor.text
    visitor.choose("choose_language", {"am": "አማርኛ", "si": "සිංහල", "hy": "Հայերեն"}[language])
    use(language)
    heading = t("Briefing")
    use("en")
    assert page.get_by_role("heading", level=2).first.inner_text().strip() == heading
    assert f"lang={language}" in page.url
    page.wait_for_timeout(500)
    assert FAMILIES[language] in page.evaluate(LOADED)


def test_the_keyboard_reaches_a_filter_and_opens_a_tile(visitor):
    page = visitor.open("/")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
        if reached[-1] == "open_room_revenue":
            break
    assert "period" in reached
    page.keyboard.press("Enter")
    visitor.settle()
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


def test_two_editors_of_a_note_are_told_of_each_other_and_lose_nothing(arrive, server, guest):
    first, second = arrive(server), arrive(server)
    page = first.open(f"/guest?guest={guest}")
    page.locator(".st-key-new_note_text textarea").fill("Likes room 12")
    page.get_by_role("button", name="Add note").click()
    page.locator("p", has_text="Likes room 12").wait_for()
    expect(page.locator(".st-key-new_note_text textarea")).to_have_value("")  # emptied once the note stands above it
    second.open(f"/guest?guest={guest}")
    for editor, text in ((first, "Likes room 14"), (second, "Likes tea")):
        editor.page.get_by_role("button", name="Edit").first.click()
        editor.page.locator("[class*=st-key-note_] textarea").fill(text)
        editor.page.keyboard.press("Tab")
        editor.settle()
    for editor in (first, second):
        editor.page.get_by_role("button", name="Save").click()
        editor.settle()
    second.page.get_by_test_id("stAlert").wait_for()
    assert "Likes room 14" in second.text
    assert second.page.locator("[class*=st-key-note_] textarea").input_value() == "Likes tea"
