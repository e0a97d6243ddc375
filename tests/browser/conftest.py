"""One browser and two servers for the session: over a demo, and over a demo beside a hotel whose every text is hostile."""

import csv
import datetime as dt
import json

import pytest

from crm_core import settings
from crm_core.records import hotel
from crm_core.scope import Scope, default_period
from crm_core.store import record
from tests.browser.visiting import FLAGS, ROOT, Server, Visitor, command, found, regular
from tests.hotel import AS_OF

HOSTILE = (
    "<script>window.hacked=1</script><img src=x onerror=window.hacked=1>![b](http://evil.test/b.png)[l](javascript:window.hacked=1)"
    " :red[R] :material/home: &lt;b&gt; http://evil.test/a www.evil.test \u202eabc **x** `y` $z$"
)


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(ROOT / "tests/browser"):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser():
    """A real Chromium or Chrome; without one every test here is skipped."""
    path = found()
    if path is None:
        pytest.skip("NO BROWSER: sudo apt-get install chromium   (or install Chrome), then run the tests again")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def home(tmp_path_factory, browser):
    """The folder of a demo of 8,000 guests."""
    made = tmp_path_factory.mktemp("demo")
    command(made, "demo", "--scale", "0.2")
    return made


@pytest.fixture(scope="session")
def server(home):
    """A server over the demo that all tests share."""
    started = Server.start(home)
    yield started
    started.stop()


@pytest.fixture(scope="session")
def guest(home) -> int:
    """The id of the guest with most stays."""
    return regular(home)


@pytest.fixture
def arrive(browser):
    """A function that lets a visitor arrive at a server; after the test nobody may have asked an outsider for anything."""
    here: list[Visitor] = []

    def come(to: Server, **options) -> Visitor:
        here.append(Visitor.arrive(browser, to, **options))
        return here[-1]

    yield come
    for visitor in here:
        visitor.context.close()
    assert [url for visitor in here for url in visitor.outside] == []


@pytest.fixture
def visitor(arrive, server) -> Visitor:
    """A visitor to the demo with a wide screen in light."""
    return arrive(server)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory, browser):
    """A server over a demo and a hotel's own store, brought in from a file whose every text is hostile."""
    made = tmp_path_factory.mktemp("hostile")
    store = record.open_store(settings.at(made, "hotel"))
    scope = Scope("local", (1,), default_period(AS_OF), AS_OF)
    hotel.add_row(store, scope, table="property", values={"code": "EVIL", "name": f"House {HOSTILE}", "currency": "EUR"})
    rooms = {"property_id": 1, "from_on": "2024-01-01", "rooms": 10, "reason": HOSTILE}
    hotel.add_row(store, scope, table="rooms_available", values=rooms)
    hotel.set_setting(store, scope, id="as_of", value=AS_OF.isoformat())
    store.engine.dispose()
    with (made / "bookings.csv").open("w", encoding="utf-8", newline="") as file:
        _write_hostile(file)
    assert json.loads(command(made, "import", str(made / "bookings.csv"), "--json"))["accepted"] == 40
    command(made, "demo", "--scale", "0.02")
    started = Server.start(made)
    yield started
    started.stop()


def _write_hostile(file) -> None:
    writer = csv.DictWriter(file, list(_hostile(0)))
    writer.writeheader()
    writer.writerows(map(_hostile, range(40)))


def _hostile(i: int) -> dict[str, object]:
    """A booking of one of twenty guests whose every text is hostile."""
    arrival, guest = dt.date(2025, i % 3 + 1, i % 27 + 1), i % 20
    return {
        "confirmation": f"C{i} {HOSTILE}",
        "property": "EVIL",
        "status": "checked_out",
        "arrival": arrival,
        "departure": arrival + dt.timedelta(1),
        "channel": f"Via {HOSTILE}",
        "room_type": HOSTILE,
        "room": HOSTILE,
        "room_revenue": "100.00",
        "food_revenue": "10.00",
        "guest_ref": f"G{guest} {HOSTILE}",
        "given_name": f"Given{guest} {HOSTILE}",
        "family_name": f"Family{guest} {HOSTILE}",
        "phone": f"+4912345{guest:02} {HOSTILE}",
        "preferences": f"pillow: {HOSTILE.replace(';', '')}",
        "guest_country": "DE",
        "email_consent": "given",
        "email_consent_on": "2025-01-01",
        "email_consent_source": HOSTILE,
    }
