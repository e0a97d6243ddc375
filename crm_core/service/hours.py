"""Business hours of a property: when a case that was opened at an instant is due, and how much of a span the desk was there."""
import datetime as dt
import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
MOST_HOURS = 2000
DAY = 24 * 60


class BadDesk(ValueError):
    """Opening hours that no desk can have."""


@dataclass(frozen=True)
class Desk:
    """From when until when a desk is there by its local clock (until an earlier time: over midnight), and on which weekdays (1 = Monday)."""

    zone: str = "UTC"
    opens: str = "00:00"
    closes: str = "24:00"
    days: str = "1234567"

    def __post_init__(self) -> None:
        if not (CLOCK.fullmatch(self.opens) and CLOCK.fullmatch(self.closes)) or self.opens in ("24:00", self.closes):
            raise BadDesk(f"Desk hours are two different times such as 08:00 and 20:00, not {self.opens} and {self.closes}.")
        if not re.fullmatch("[1-7]+", self.days):
            raise BadDesk("A desk is open on at least one weekday: write them as digits, 1 for Monday.")


def due(desk: Desk, opened: dt.datetime, hours: float) -> dt.datetime:
    """Return the instant (UTC) by which so many business hours have passed since `opened`; both ends of a time change count as they pass.

    A due time that falls on the end of a day is that end. Raises ValueError for hours outside 0 to 2000, or for an instant without a zone.
    """
    if not 0 <= hours <= MOST_HOURS:
        raise ValueError(f"A case is due within 0 to {MOST_HOURS} hours.")
    left = dt.timedelta(hours=hours)
    for start, end in _spans(desk, opened):
        if left <= end - start:
            return start + left
        left -= end - start
    raise AssertionError  # the spans of a desk never end


def minutes(desk: Desk, start: dt.datetime, end: dt.datetime) -> int:
    """Return the business minutes between two instants; 0 where the second is not later."""
    total = dt.timedelta()
    for opens, closes in _spans(desk, start):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return int(total.total_seconds() // 60)


def _spans(desk: Desk, since: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """When the desk is there from an instant on, in UTC; the day before is looked at too, for it may last over midnight."""
    zone = _zone(desk.zone)
    day = since.astimezone(zone).date() - dt.timedelta(1)
    while True:
        if str(day.isoweekday()) in desk.days:
            opens, closes = _minute(desk.opens), _minute(desk.closes)
            start, end = _instant(day, opens, zone), _instant(day, closes if closes > opens else closes + DAY, zone)
            if end > since:
                yield max(start, since.astimezone(dt.UTC)), end
        day += dt.timedelta(1)


def _zone(name: str) -> dt.tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return dt.UTC


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _instant(day: dt.date, minute: int, zone: dt.tzinfo) -> dt.datetime:
    day += dt.timedelta(minute // DAY)
    return dt.datetime.combine(day, dt.time(minute % DAY // 60, minute % 60), zone).astimezone(dt.UTC)
