"""Days and instants in the spellings of hotel systems; which of day and month stands first is the file's, never the cell's."""
import datetime as dt
import re
from collections.abc import Callable

from babel.dates import get_day_names, get_month_names

from crm_core.ingest.bare import bare, is_nothing
from crm_core.ingest.problems import Fault

LOCALES = ("en", "de", "fr", "es", "it", "pt", "nl")
ORDERS = ("ymd", "dmy", "mdy")
LONGEST = 40  # characters of a date with its time; longer ones are text, and cost time to compare
CENTURY = 69  # two-digit years from here on are of the 1900s
NUMERIC = re.compile(r"(\d{4}|\d{1,2})([./-]) ?(\d{1,2})\2 ?(\d{4}|\d{1,2})\.?")
COMPACT = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)")
CLOCK = re.compile(
    r"(?:T|,? +|(?<=[^\W\d]))(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)? ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?")
OF_DAY = re.compile(r"(\d{1,2})(?:[:.hH](\d\d))?(?::\d\d)?\s*(?:(?P<unit>[Uu]hr|[hH])|(?P<half>[AaPp])\.?[Mm]\.?)?")
DAY, WORD, YEAR = r"(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?", r"([^\W\d_]+)\.?", r"'?(\d{4}|\d{2})"
BETWEEN = r"[\s,./-]*(?:del? )?"
DAY_FIRST = re.compile(f"{DAY}{BETWEEN}{WORD}{BETWEEN}{YEAR}")
MONTH_FIRST = re.compile(rf"{WORD}{BETWEEN}{DAY}[\s,./-]+{YEAR}")
YEAR_FIRST = re.compile(rf"(\d{{4}})[\s,./-]*{WORD}[\s,./-]*{DAY}")


def _names(found: Callable) -> dict[str, int]:
    """Return the numbers of months or week-days by name and abbreviation, without points, in small letters."""
    return {name.replace(".", "").casefold(): number for locale in LOCALES for context in ("format", "stand-alone")
            for width in ("wide", "abbreviated") for number, name in found(width, context, locale).items()}


MONTHS = _names(get_month_names) | {"sept": 9, "mrz": 3, "mär": 3}
WEEKDAYS = frozenset(_names(get_day_names))


def dates(order: str | None, *, past: bool = False) -> Callable[[str], str | None]:
    """Return a parser of days to ISO text, None for nothing; a time of day is left away.

    `order` is "ymd", "dmy" or "mdy", or None where the file's is not known. A date of the `past`, such as a birth, with a year of two
    digits never lies ahead. Raises Fault: date_spelling, date_order, no_such_day, year.
    """
    def parsed(cell: str) -> str | None:
        value = bare(cell)
        if is_nothing(value) or not value.strip("0-/. :"):
            return None
        if len(value) > LONGEST:
            raise Fault("date_spelling")
        return _day(CLOCK.sub("", value, count=1) if ":" in value else value, order, past).isoformat()
    return parsed


def instants(order: str | None) -> Callable[[str], str | None]:
    """Return a parser of instants to ISO text, None for nothing: 2025-03-31T22:10:00, with Z where the cell names its zone.

    A day without a time is its midnight. Raises Fault as dates(), and `time` for a time that no clock shows.
    """
    def parsed(cell: str) -> str | None:
        value = bare(cell)
        if is_nothing(value) or not value.strip("0-/. :"):
            return None
        if len(value) > LONGEST:
            raise Fault("date_spelling")
        clock = CLOCK.search(value)
        day = _day(value[:clock.start()] + value[clock.end():] if clock else value, order, False)
        return _instant(day, clock)
    return parsed


def time_of_day(cell: str) -> str | None:
    """Return a time such as 7:30 pm, 19.30 or 19 h as 19:30, None for nothing. Raises Fault `time` for one that no clock shows."""
    value = bare(cell)
    if is_nothing(value):
        return None
    found = OF_DAY.fullmatch(value[:LONGEST])
    if not found or not (found[2] or found["unit"] or found["half"]):
        raise Fault("time")
    hour, minute, half = int(found[1]), int(found[2] or 0), found["half"]
    if hour > (12 if half else 23) or minute > 59 or (half and not hour):
        raise Fault("time")
    hour = hour % 12 + 12 * (half in "Pp") if half else hour
    return f"{hour:02}:{minute:02}"


def _instant(day: dt.date, clock: re.Match | None) -> str:
    if not clock:
        return f"{day}T00:00:00"
    hour, minute, second, half, zone = clock.groups()
    hour = int(hour) % 12 + 12 * (half in "Pp") if half else int(hour)
    try:
        local = dt.datetime.combine(day, dt.time(hour, int(minute), int(second or 0)))
        return f"{(local - _offset(zone)).isoformat()}Z" if zone else local.isoformat()
    except (ValueError, OverflowError) as error:
        raise Fault("time") from error


def _offset(zone: str) -> dt.timedelta:
    if zone[0] not in "+-":
        return dt.timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    return dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) * (1 if zone[0] == "+" else -1)


def _day(value: str, order: str | None, past: bool) -> dt.date:
    value = value.strip(" ,")
    if compact := COMPACT.fullmatch(value):
        return _made(*map(int, compact.groups()))
    value = _without_weekday(value)
    if numeric := NUMERIC.fullmatch(value):
        return _numeric(numeric, order, past)
    return _with_month_name(value, past)


def _without_weekday(value: str) -> str:
    first, _, rest = value.partition(" ")
    return rest.strip() if first.strip(".,").casefold() in WEEKDAYS and first.strip(".,").casefold() not in MONTHS else value


def _numeric(found: re.Match, order: str | None, past: bool) -> dt.date:
    first, _, second, last = found.groups()
    if (len(first) == 4 and len(last) <= 2) or (order == "ymd" and len(first) == len(last) == 2):
        return _made(_year(first, past), int(second), int(last))
    if len(last) == 1 or len(first) == 4:
        raise Fault("date_spelling")
    one, two = int(first), int(second)
    if order not in ("dmy", "mdy"):
        if one != two:
            raise Fault("date_order")
        order = "dmy"
    day, month = (one, two) if order == "dmy" else (two, one)
    if month > 12 >= day:
        raise Fault("date_order")
    return _made(_year(last, past), month, day)


def _with_month_name(value: str, past: bool) -> dt.date:
    value = value.strip()
    for form, (day, word, year) in ((DAY_FIRST, (1, 2, 3)), (MONTH_FIRST, (2, 1, 3)), (YEAR_FIRST, (3, 2, 1))):
        if (found := form.fullmatch(value)) and (month := MONTHS.get(found[word].casefold())):
            return _made(_year(found[year], past), month, int(found[day]))
    raise Fault("date_spelling")


def _year(digits: str, past: bool) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    year += 1900 if year >= CENTURY else 2000
    return year - 100 if past and year > dt.date.today().year else year


def _made(year: int, month: int, day: int) -> dt.date:
    if not 1900 <= year <= 2200:
        raise Fault("year")
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise Fault("no_such_day") from error
