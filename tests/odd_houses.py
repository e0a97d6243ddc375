"""Houses of which little can be foretold: few guests, one cohort, nobody or everybody twice, and money that makes no sense."""
import datetime as dt
from collections.abc import Callable

from tests.hotel import AS_OF, Hotel
from tests.simulated import Stay, drawn

DAY = dt.date(2023, 6, 1)


def _of(guest: int, *arrivals: dt.date, cents: int = 20_000, **details) -> list[Stay]:
    return [(guest, 1, arrival, 1, cents, details) for arrival in arrivals]


def _after(days: int) -> dt.date:
    return DAY + dt.timedelta(days)


def thirty_guests() -> list[Stay]:
    return drawn(1, 30, 1)


def one_cohort() -> list[Stay]:
    """Everybody began on one day; a third came again, each after a time of their own."""
    return [stay for g in range(1, 601) for stay in _of(g, DAY, *([_after(30 + g)] if g % 3 == 0 else []))]


def nobody_twice() -> list[Stay]:
    return [stay for g in range(1, 601) for stay in _of(g, _after(g % 500))]


def everybody_twice() -> list[Stay]:
    return [stay for g in range(1, 601) for stay in _of(g, _after(g % 200), _after(200 + g % 300))]


def one_with_900_stays() -> list[Stay]:
    often = [AS_OF - dt.timedelta(2 * i + 3) for i in range(900)]
    return [*_of(701, *often), *drawn(1, 700, 1, 3, days=2200)]


def all_on_one_day() -> list[Stay]:
    return [stay for g in range(1, 601) for stay in _of(g, DAY)]


def nothing_but_bookings() -> list[Stay]:
    return [stay for g in range(1, 41) for stay in _of(g, AS_OF + dt.timedelta(g), status="confirmed", lead=60)]


def for_nothing() -> list[Stay]:
    return [(g, place, day, nights, 0, details) for g, place, day, nights, _, details in drawn(1, 700, 1, 3, days=2200)]


def for_less_than_nothing() -> list[Stay]:
    return [(g, place, day, nights, -cents, details) for g, place, day, nights, cents, details in drawn(1, 700, 1, 3, days=2200)]


def without_a_rate() -> list[Stay]:
    return [(g, place, day, nights, cents, {**details, "currency": "AMD"}) for g, place, day, nights, cents, details in drawn(1, 700, 1, 3, days=2200)]


ODD: dict[str, Callable[[], list[Stay]]] = {f.__name__: f for f in (
    thirty_guests, one_cohort, nobody_twice, everybody_twice, one_with_900_stays, all_on_one_day, nothing_but_bookings, for_nothing, for_less_than_nothing,
    without_a_rate)}


def settle(hotel: Hotel, name: str) -> None:
    """Write the stays of an odd house into a hotel with one property."""
    from tests.simulated import fill
    fill(hotel, ODD[name]())
