"""Nothing leaves the building, nothing of a file becomes part of a page, and the browser's policy holds."""

import os
import urllib.request

import pytest

from tests.browser.conftest import HOSTILE
from tests.browser.visiting import PATHS

HARM = "[src*='evil.test'], [href*='evil.test'], [href^='javascript:'], [onerror]"


SCHEMES = ("light", "dark")
# One page is seen in light, the next in dark; in the long version each in both.
SEEN = [(path, scheme) for place, path in enumerate(PATHS) for scheme in (SCHEMES if "SOAK_ROUNDS" in os.environ else SCHEMES[place % 2 :][:1])]


@pytest.mark.parametrize(("path", "scheme"), SEEN)
def test_a_page_is_whole_without_any_other_host(arrive, server, guest, path, scheme):
    visitor = arrive(server, color_scheme=scheme)
    page = visitor.open(path.format(guest=guest))
    page.wait_for_timeout(500)
    assert page.get_by_role("heading", level=2).first.is_visible()
    assert page.get_by_test_id("stException").count() == 0
    assert visitor.outside == []
    assert visitor.faults() == []


def test_every_answer_carries_the_policy(server):
    with urllib.request.urlopen(server.url) as answer:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'; script-src 'self'")
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("closed", ["/_stcore/metrics", "/_stcore/agent/openapi.json"])
def test_what_streamlit_tells_of_itself_stays_closed(server, closed):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(server.url + closed)


@pytest.mark.parametrize("path", [*PATHS[:-1], "/guest?guest=1", "/figure?by=channel", "/figure?kpi=stays&by=room_type"])
def test_hostile_text_of_a_file_stays_text(arrive, hostile, path):
    visitor = arrive(hostile)
    page = visitor.open(path + ("&" if "?" in path else "?") + "store=hotel")
    assert page.get_by_test_id("stException").count() == 0
    _is_inert(visitor)


def test_hostile_text_stays_text_in_search_notes_and_drawer(arrive, hostile):
    visitor = arrive(hostile)
    page = visitor.open("/guests?store=hotel")
    page.locator(".st-key-find input").press_sequentially("Family1", delay=20)
    page.locator("a[href*='guest=']").first.wait_for()
    _is_inert(visitor)
    visitor.open("/guest?guest=1&store=hotel")
    page.locator(".st-key-new_note_text textarea").fill(HOSTILE)
    page.get_by_role("button", name="Add note").click()
    page.get_by_role("button", name="Edit").wait_for()
    _is_inert(visitor)
    visitor.open("/?store=hotel")
    visitor.button("open_room_revenue").click()
    page.get_by_role("dialog").get_by_test_id("stDataFrame").first.wait_for()
    for tab in page.get_by_role("tab").all():
        tab.click()
    visitor.settle()
    _is_inert(visitor)


def _is_inert(visitor) -> None:
    assert visitor.page.locator(HARM).count() == 0
    assert visitor.page.evaluate("window.hacked ?? 0") == 0
    assert visitor.dialogs == []
    assert visitor.outside == []
