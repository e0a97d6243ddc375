"""Show rate, nights around events and advocates, counted by hand at Lisbon for March 2025."""
import math
from dataclasses import replace

import pytest

from crm_core import queries
from crm_core.queries import kpis

BEN = 2


@pytest.fixture
def lisbon(scope):
    return replace(scope, properties=(1,))


def now(made, scope, key: str, by: str | None = None):
    frame = queries.run(made, scope, "kpi_values", keys=(key,), by=by)
    return frame[frame["period"] == "now"]


def test_the_show_rate_is_told_by_kind_of_event(hotel, rebuilt, lisbon):
    """A concert with two of three, a tasting with one of one; who cancelled in time is out, and so is February."""
    concert, tasting, before = hotel.event("LIS", "2025-03-11"), hotel.event("LIS", "2025-03-20", kind="food"), hotel.event("LIS", "2025-02-11")
    for event, status in ((concert, "attended"), (concert, "attended"), (concert, "no_show"), (concert, "cancelled"), (tasting, "attended"),
                          (before, "no_show")):
        hotel.attend(event, None, status)
    made = rebuilt()
    whole = now(made, lisbon, "event_show_rate").iloc[0]
    assert (whole["numerator"], whole["denominator"], whole["few"]) == (3, 4, True)
    assert now(made, lisbon, "event_show_rate", "event_kind").set_index("group")["value"].to_dict() == pytest.approx({"social": 2 / 3, "food": 1})


def crowd(hotel) -> None:
    """Thirty guests of Portugal come to a concert: ten of them sleep there that night; of ten others nobody does but one."""
    event = hotel.event("LIS", "2025-03-25")
    for i in range(40):
        guest = hotel.guest(f"Guest {i}", "LIS", country="PT")
        if i < 10 or i == 30:
            hotel.stay("LIS", "2025-03-25", 1, 100, guest)
        if i < 30:
            hotel.attend(event, guest)


def test_the_nights_of_attendees_stand_beside_those_of_others(hotel, rebuilt, lisbon, monkeypatch):
    """Ten nights of thirty, less thirty times one night of ten: 7.

    The interval is that of a sum of 30 guests of whom ten have 0.9 and the rest −0.1 nights; linearised ± 5.37 (t of 29, variance 30 · 0.22989).
    """
    crowd(hotel)
    made = rebuilt()
    found = now(made, lisbon, "event_halo_nights").iloc[0]
    assert (found["value"], found["n"], found["few"]) == (7.0, 30, False)
    assert (found["low"], found["high"]) == pytest.approx((2.0, 12.0), abs=0.01)  # of 2,000 draws
    monkeypatch.setattr(kpis.intervals, "BOOTSTRAP_UP_TO", 0)
    wide = kpis.kpi_values(made, lisbon, keys=("event_halo_nights",)).iloc[0]
    assert (wide["low"], wide["high"]) == pytest.approx((7 - 5.371, 7 + 5.371), abs=0.001)
    assert (wide["change_low"], wide["change_high"]) == pytest.approx((math.nan, math.nan), nan_ok=True)


def test_below_thirty_attendees_there_are_too_few(hotel, rebuilt, lisbon):
    hotel.guest("Cora Lind", "LIS", country="GB")
    hotel.attend(hotel.event("LIS", "2025-03-11"), BEN)
    found = now(rebuilt(), lisbon, "event_halo_nights").iloc[0]
    assert (found["value"], found["n"], found["few"]) == (2.0, 1, True)


def test_behind_the_nights_around_events_stand_the_guests_who_came(hotel, rebuilt, lisbon):
    hotel.guest("Cora Lind", "LIS", country="GB")
    hotel.attend(hotel.event("LIS", "2025-03-11"), BEN)
    rows = queries.run(rebuilt(), lisbon, "behind", key="event_halo_nights")
    assert rows[["id", "part"]].to_numpy().tolist() == [[BEN, 2000]]


def test_an_advocate_of_two_houses_is_one_guest(hotel, rebuilt, scope):
    for stay in (2, 5):  # Ana in Lisbon and in Addis
        hotel.review(stay, 9.0, kind="review", reviewed_on="2025-03-25")
        hotel.review(stay, None, kind="survey", nps=10, reviewed_on="2025-03-25")
    made = rebuilt()
    assert now(made, scope, "advocates").iloc[0]["value"] == 1
    assert now(made, scope, "advocates", "property").set_index("group")["value"].to_dict() == {1: 1, 2: 1}
