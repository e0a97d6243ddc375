"""Money, shares, counts and dates as text in the language in use; what is not known (None, NaN) is a dash."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, wraps
from unicodedata import category

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal, get_currency_symbol

from crm_core.i18n import language, t, tn

DASH = "–"
MINUS = "−"
NO_BREAK = "\u00a0"
UNKNOWN = {"None", "nan", "NaN", "NaT", "<NA>", "inf", "-inf"}
LOCALES = {"en": "en_GB", "am": "am_ET", "si": "si_LK", "hy": "hy_AM"}

# ISO 4217 minor units where they are not two. CLDR differs (its digits are for display), and stored amounts follow ISO.
WITHOUT_MINOR_UNIT = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
IN_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
EXPONENTS = dict.fromkeys(WITHOUT_MINOR_UNIT.split(), 0) | dict.fromkeys(IN_THOUSANDTHS.split(), 3) | {"CLF": 4, "UYW": 4}


def _or_dash(write: Callable[..., str]) -> Callable[..., str]:
    """A number or date that is not known is a dash, never an error and never a zero."""

    @wraps(write)
    def written(*values, **how) -> str:
        return DASH if any(str(value) in UNKNOWN for value in (*values, *how.values())) else write(*values, **how)

    return written


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(LOCALES[code])


def locale() -> Locale:
    """The Babel locale of the language in use; English is written day before month."""
    return _locale(language())


# Numbers


@_or_dash
def decimal(x: float, digits: int = 1) -> str:
    """1,240.5: grouped, with a fixed number of decimals, halves rounded away from zero, true minus."""
    return _sign(x, digits, plus="") + _unsigned(x, digits)


@_or_dash
def signed(x: float, digits: int = 0) -> str:
    """+39, −9; what rounds to zero has no sign."""
    return _sign(x, digits) + _unsigned(x, digits)


def count(n: float) -> str:
    """10,930."""
    return decimal(n, 0)


@_or_dash
def percent(share: float, digits: int = 1) -> str:
    """24.1% of a share of 0.241."""
    return _sign(share, digits + 2, plus="") + _per_cent(share, digits)


@_or_dash
def round_percent(share: float) -> str:
    """20%, 0.5%: the round numbers of an axis, without decimals that say nothing and with those that tell two apart."""
    return next((said for digits in (0, 1) if abs(round(100 * share, digits) - 100 * share) < 1e-6 for said in [percent(share, digits)]), percent(share, 2))


@_or_dash
def chance(share: float) -> str:
    """24%, below 1%, over 99%: a probability is never certain."""
    if share < 0.005:
        return t("below {share}", share=percent(0.01, 0))
    return t("over {share}", share=percent(0.99, 0)) if share > 0.995 else percent(share, 0)


@_or_dash
def relative(change: float, digits: int = 1) -> str:
    """+4.2% of a change by 0.042."""
    return _sign(change, digits + 2) + _per_cent(change, digits)


@_or_dash
def points(difference: float, digits: int = 1) -> str:
    """+1.9 pp of a difference of two shares by 0.019."""
    return t("{n} pp", n=signed(_hundredfold(difference), digits))


def times(x: float, digits: int = 1) -> str:
    """7.3×."""
    text = decimal(x, digits)
    return text if text == DASH else f"{text}×"


@_or_dash
def days(n: float, digits: int = 0) -> str:
    """34 days, 1 day."""
    shown = _rounded(n, digits)
    return tn("{n} day", "{n} days", shown, n=decimal(shown, digits))


@_or_dash
def n(size: int) -> str:
    """n 3,312, the number of cases behind a figure."""
    return t("n {n}", n=count(size))


@_or_dash
def n_of(k: int, size: int) -> str:
    """874 of 3,312."""
    return t("{k} of {n}", k=count(k), n=count(size))


@_or_dash
def hours(n: float) -> str:
    """1.5 hours, 36 hours, 3.5 days: in days from two days on."""
    if n >= 48:
        return days(n / 24, 1)
    shown = _rounded(n, 1 if n < 10 else 0)
    return tn("{n} hour", "{n} hours", shown, n=decimal(shown, 1 if n < 10 else 0))


# Intervals: a dash joins what cannot be negative; where a sign can occur a dash would read as a minus


@_or_dash
def interval(low: float, high: float, digits: int = 1) -> str:
    """5.1–11.6."""
    return f"{decimal(low, digits)}–{decimal(high, digits)}"


@_or_dash
def share_interval(low: float, high: float, digits: int = 1) -> str:
    """24.9–27.9 of shares of 0.249 and 0.279, in per cent like the figure beside it."""
    return interval(_hundredfold(low), _hundredfold(high), digits)


@_or_dash
def signed_interval(low: float, high: float, digits: int = 0) -> str:
    """33 to 45; −3.6 to +13.6 as soon as one end is negative."""
    write = signed if _rounded(low, digits) < 0 else decimal
    return t("{low} to {high}", low=write(low, digits), high=write(high, digits))


@_or_dash
def points_interval(low: float, high: float, digits: int = 1) -> str:
    """0.4 to 1.9, −3.6 to +13.6 of differences of shares, in percentage points."""
    return signed_interval(_hundredfold(low), _hundredfold(high), digits)


# Money: integer minor units and a currency code


def exponent(currency: str) -> int:
    """How many decimals the currency's minor unit has by ISO 4217: EUR 2, JPY 0, KWD 3."""
    return EXPONENTS.get(currency, 2)


@_or_dash
def money_exact(minor: float, currency: str) -> str:
    """€1,240.50, to the minor unit."""
    return _amount(_units(minor, currency), currency, exponent(currency))


@_or_dash
def money(minor: float, currency: str) -> str:
    """€1,240 for lists: whole units, so that a column reads easily."""
    return _amount(_units(minor, currency), currency, 0)


@_or_dash
def compact_money(minor: float, currency: str) -> str:
    """€1.14M, €114.6k, €9,640 for tiles and labels: whole units below ten thousand, one decimal in the thousands, then three figures."""
    amount = _units(minor, currency)
    if abs(_rounded(amount, 0)) < 10_000:
        return _amount(amount, currency, 0)
    shown = _rounded(amount, -2 if abs(amount) < 1_000_000 else 2 - amount.adjusted())  # before the unit is chosen: 999,990 is 1.00M
    power = min(shown.adjusted() // 3, 4)
    scaled = shown.scaleb(-3 * power)
    return _amount(scaled, currency, 1 if power == 1 else max(0, 2 - scaled.adjusted()), str(1000**power))


@_or_dash
def round_money(minor: float, currency: str) -> str:
    """€400k, €1.5M: the round numbers of an axis, without decimals that say nothing."""
    amount = _units(minor, currency)
    power = min(max(amount.adjusted(), 0) // 3, 4) if amount else 0
    scaled = amount.scaleb(-3 * power)
    return _amount(scaled, currency, 0 if scaled == scaled.to_integral_value() else 1, str(1000**power) if power else None)


@_or_dash
def money_interval(low: float, high: float, currency: str) -> str:
    """€66.10–€71.20, to the minor unit."""
    return f"{money_exact(low, currency)}–{money_exact(high, currency)}"


def currency_name(currency: str) -> str:
    """Ethiopian Birr; the code itself if there is no such currency."""
    return locale().currencies.get(currency, currency)


# Dates


@_or_dash
def date(on: dt.date) -> str:
    """1 Apr 2025."""
    return _skeleton("yMMMd", on)


@_or_dash
def day_month(on: dt.date) -> str:
    """1 Apr, where the year is said elsewhere."""
    return _skeleton("MMMd", on)


@_or_dash
def month(on: dt.date) -> str:
    """Apr 2025."""
    return _skeleton("yMMM", on)


@_or_dash
def month_short(on: dt.date) -> str:
    """Apr, standing alone, as on an axis."""
    return format_date(on, "LLL", locale())


@_or_dash
def year(on: dt.date) -> str:
    """2025."""
    return _skeleton("y", on)


@_or_dash
def weekday(on: dt.date) -> str:
    """Tuesday."""
    return format_date(on, "cccc", locale())


@_or_dash
def weekday_short(on: dt.date) -> str:
    """Tue."""
    return format_date(on, "ccc", locale())


@_or_dash
def period(start: dt.date, end: dt.date) -> str:
    """1 Jan – 31 Mar 2025 of a half-open period (end is the first day after it); 2024 of a whole year, a date of one day."""
    if (start.month, start.day, end.month, end.day, end.year - start.year) == (1, 1, 1, 1, 1):
        return year(start)
    text = format_interval(start, end - dt.timedelta(days=1), "yMMMd", locale=locale())
    return _plain_spaces(re.sub(r"(?<!\d)0(?=\d\b)", "", text))  # Armenian ranges pad the day, Armenian dates do not


@_or_dash
def instant(at: dt.datetime) -> str:
    """1 Apr 2025, 17:05 UTC; a time without zone is taken as UTC, as all stored times are."""
    utc = at.astimezone(dt.UTC) if at.tzinfo else at
    clock = format_skeleton("Hm", utc, locale=locale())
    return f"{date(utc)}, {clock} UTC"


# Names


def territory(alpha2: str | None) -> str:
    """The country's name for an ISO 3166 code; the code itself if there is no such country, a dash for none."""
    return locale().territories.get(alpha2.upper(), alpha2) if alpha2 else DASH


def language_name(code: str | None) -> str:
    """The language's name ("pt-BR" as Portuguese); the code itself if unknown, a dash for none."""
    return locale().languages.get(code.replace("_", "-").split("-")[0].lower(), code) if code else DASH


def listed(words: list[str]) -> str:
    """Galle, Kandy and Lisbon."""
    return format_list(words, locale=locale())


def either(words: list[str]) -> str:
    """Galle, Kandy or Lisbon."""
    return format_list(words, style="or", locale=locale())


def _rounded(x: float, digits: int) -> Decimal:
    """Rounded as people do it (0.5 up), from the shortest spelling of a float; zero is never negative."""
    return Decimal(str(x)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) + 0


def _sign(x: float, digits: int, plus: str = "+") -> str:
    shown = _rounded(x, digits)
    return MINUS if shown < 0 else plus if shown > 0 else ""


def _unsigned(x: float, digits: int) -> str:
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(abs(_rounded(x, digits)), pattern, locale())


def _hundredfold(share: float) -> Decimal:
    return Decimal(str(share)) * 100


def _per_cent(share: float, digits: int) -> str:
    return locale().percent_formats[None].pattern.replace("#,##0", _unsigned(_hundredfold(share), digits))


def _units(minor: float, currency: str) -> Decimal:
    return Decimal(str(minor)).scaleb(-exponent(currency))


def _amount(units: Decimal, currency: str, digits: int, magnitude: str | None = None) -> str:
    """Number and symbol in the language's order; magnitude "1000" is thousands, written as the language shortens them."""
    pattern = _compact_pattern(magnitude) if magnitude else locale().currency_formats["standard"].pattern
    text = re.sub(r"[#0][#,.0]*", _unsigned(units, digits), pattern, count=1)
    return _sign(units, digits, plus="") + text.replace("¤", _symbol(currency, pattern))


def _compact_pattern(magnitude: str) -> str:
    pattern = locale().compact_currency_formats["short"]["other"][magnitude].pattern
    return pattern.replace("K", "k") if language() == "en" else pattern


def _symbol(currency: str, pattern: str) -> str:
    """€ stands close, a word or a code keeps a space, as CLDR asks and Babel does not do."""
    symbol = get_currency_symbol(currency, locale())
    stands_close = category(symbol[-1]).startswith("S") or not pattern.startswith("¤")
    return symbol if stands_close else symbol + NO_BREAK


def _skeleton(skeleton: str, on: dt.date) -> str:
    return _plain_spaces(format_skeleton(skeleton, on, locale=locale()))


def _plain_spaces(text: str) -> str:
    return text.replace("\u2009", " ").replace("\u202f", NO_BREAK)
