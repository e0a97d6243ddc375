"""A link opens what it says, on a fresh server too; filters live in it, stay on the next page and come back."""

import pytest

from crm_core.i18n import t, use
from crm_core.views import COMPARISONS, PERIODS
from tests.browser.visiting import Server


@pytest.fixture
def fresh(home):
    """A server that nobody has asked for a page yet."""
    started = Server.start(home)
    yield started
    started.stop()


def test_the_very_first_request_of_a_server_may_be_a_guest(arrive, fresh, guest):
    visitor = arrive(fresh)
    page = visitor.open(f"/guest?guest={guest}")
    page.get_by_role("heading", level=2).first.wait_for()
    assert page.get_by_test_id("stMetric").count() == 5
    assert page.get_by_role("link", name="Briefing").first.is_visible()
    assert visitor.faults() == []


def test_a_filter_goes_into_the_url_onto_the_next_page_and_back(visitor):
    page = visitor.open("/")
    before = page.get_by_test_id("stMetricValue").first.inner_text()
    visitor.choose("period", "Last 3 months")
    chosen = page.get_by_test_id("stMetricValue").first.inner_text()
    assert chosen != before
    assert "period=" in page.url
    page.get_by_role("link", name="Guests", exact=True).first.click()
    page.wait_for_url("**/guests?*")
    visitor.settle()
    assert "period=" in page.url
    assert visitor.chosen("period") == "Last 3 months"
    page.go_back()
    page.wait_for_url(lambda url: "/guests" not in url)
    visitor.settle()
    assert page.get_by_test_id("stMetricValue").first.inner_text() == chosen


@pytest.mark.parametrize("written", ["codes", "words"])
def test_a_link_with_codes_or_with_armenian_words_sets_the_filters(visitor, written):
    use("hy")
    period, comparison = (t(PERIODS["3m"]), t(COMPARISONS["previous"])) if written == "words" else ("3m", "previous")
    use("en")
    visitor.open(f"/?period={period}&comparison={comparison}")
    assert visitor.chosen("period") == PERIODS["3m"]
    assert visitor.chosen("comparison") == COMPARISONS["previous"]


def test_both_stores_can_be_seen_where_both_have_data(arrive, hostile):
    visitor = arrive(hostile)
    page = visitor.open("/")
    assert "House <script>" in visitor.text
    visitor.choose("choose_store", "Demo data")
    assert "synthetic data" in visitor.text
    assert "store=demo" in page.url
    visitor.choose("choose_store", "Our hotel")
    assert "synthetic data" not in visitor.text
