"""The page of revenue on a house counted by hand: ways of booking beside their cost, the market, the books; a filter moves a number."""
import datetime as dt

import pytest

from crm_core import schema, settings
from crm_core.refresh import refresh
from crm_core.store import record
from tests.hotel import lisbon_and_addis
from tests.pages.test_retention import titles
from tests.pages.visiting import Visits, everything, fine


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    """Lisbon sold 40 nights directly for €100 and 40 through an agency for €110, of which 18 % is due; its set earned more a year before."""
    made = settings.at(tmp_path_factory.mktemp("revenue_page"))
    hotel = lisbon_and_addis(record.open_store(made))
    hotel.stay("LIS", "2025-02-01", 40, 4000, channel="own_site")
    hotel.stay("LIS", "2025-02-01", 40, 4400, channel="ota")
    hotel.stay("LIS", "2024-02-03", 40, 4000, channel="own_site")
    gone = hotel.stay("LIS", "2025-04-12", 3, 300, status="cancelled", lead=60)
    hotel.set(schema.stay, gone, ended_on=dt.date(2025, 3, 30))
    hotel.market("LIS", "2025-02-01", "2025-03-01", 2800, 1400, 140_000)
    hotel.market("LIS", "2024-02-01", "2024-03-01", 2900, 2900, 290_000)
    hotel.market("LIS", "2025-02-01", "2025-03-01", 300, 150, 15_000, set_name="Few", hotels=3)
    refresh(made)
    hotel.store.engine.dispose()
    return made


@pytest.fixture
def revenue(monkeypatch, beside) -> Visits:
    """Visits to that house."""
    return Visits(monkeypatch, beside)


def figures(at) -> dict[str, str]:
    return {m.label: m.value for m in at.metric}


def table(at, column: str):
    return next(d.value for d in at.dataframe if column in d.value)


def test_ways_of_booking_stand_before_and_after_their_cost(revenue):
    """Direct: 44 nights for €4,410 at 4.5 %; the agency: 43 nights for €4,740 at 18 %."""
    at = fine(revenue.open("revenue", period="3m"))
    assert "Online agencies bring €10.01 more a night; after costs a direct night leaves €5.33 more" in titles(at)[0]
    ledger = table(at, "Net rate").set_index("Booked through")
    assert ledger.loc["Direct", ["Rate", "Net rate"]].tolist() == ["€100.23", "€95.72"]
    assert ledger.loc["Online agency", ["Rate", "Net rate"]].tolist() == ["€110.23", "€90.39"]


def test_a_filter_moves_the_numbers(revenue):
    months, month = (figures(fine(revenue.open("revenue", period=period)))["Room nights"] for period in ("3m", "1m"))
    assert months != month


def test_the_house_stands_beside_its_set_now_and_a_year_before(revenue):
    at = fine(revenue.open("revenue", period="12m"))
    rows = table(at, "Twelve months").set_index("Twelve months")
    assert rows.index.tolist()[:3] == ["Our RevPAR", "RevPAR of the set", "RevPAR index"]
    assert rows.loc["RevPAR of the set", ["Now", "Last year", "Change"]].tolist() == ["€50.00", "€100.00", "−50.0%"]
    assert "the market lost 50.0%: our share rose" in " ".join(titles(at)).replace("\\", "")
    assert "fewer than four hotels beside the own" in everything(at)


def test_without_a_set_the_page_says_how_one_comes_in(monkeypatch, lisbon):
    at = fine(Visits(monkeypatch, lisbon).open("revenue"))
    assert any(title.startswith("No comparison set yet") for title in titles(at))
    assert "Too few nights were sold" in everything(at)
