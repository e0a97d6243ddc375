"""What a reader sees: numbers, money and dates as text, in English to the letter and in every language in its own order."""

import datetime as dt
import math
from decimal import Decimal

import pandas as pd
import pytest

from crm_core import formats, i18n

APRIL = dt.date(2025, 4, 1)
NB = "\u00a0"


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use("en")


@pytest.mark.parametrize(("minor", "text"), [
    (114_000_000, "€1.14M"), (11_460_000, "€114.6k"), (64_000, "€640"), (964_000, "€9,640"), (1_000_000, "€10.0k"),
    (99_999_900, "€1.00M"), (1_146_000_000, "€11.5M"), (123_456_789_000, "€1.23B"), (-11_460_000, "−€114.6k"), (0, "€0"), (-4, "€0"),
])
def test_a_tile_shortens_money(minor, text):
    assert formats.compact_money(minor, "EUR") == text


def test_a_list_shows_whole_units_and_an_exact_amount_its_minor_units():
    assert formats.money(124_049, "EUR") == "€1,240"
    assert formats.money(124_050, "EUR") == "€1,241"
    assert formats.money_exact(124_050, "EUR") == "€1,240.50"
    assert formats.money_exact(6_864.4, "EUR") == "€68.64"
    assert formats.money_interval(6_610, 7_120, "EUR") == "€66.10–€71.20"


@pytest.mark.parametrize(("currency", "exponent", "text"), [
    ("EUR", 2, "€1,240.50"), ("JPY", 0, "JP¥124,050"), ("KWD", 3, f"KWD{NB}124.050"), ("ETB", 2, f"ETB{NB}1,240.50"),
    ("XYZ", 2, f"XYZ{NB}1,240.50"),
])
def test_minor_units_follow_iso_4217_and_a_code_keeps_its_distance(currency, exponent, text):
    assert formats.exponent(currency) == exponent
    assert formats.money_exact(124_050, currency) == text


@pytest.mark.parametrize(("language", "amounts"), [
    ("am", ["€1.14" + NB + "ሚ", f"ብር{NB}1,240.50", f"LKR{NB}1,240.50", f"AMD{NB}1,240.50"]),
    ("si", ["€මි1.14", f"ETB{NB}1,240.50", f"රු.{NB}1,240.50", f"AMD{NB}1,240.50"]),
    ("hy", [f"1,14{NB}մլն{NB}€", f"1{NB}240,50{NB}ETB", f"1{NB}240,50{NB}LKR", f"1{NB}240,50{NB}֏"]),
])
def test_each_language_writes_money_its_own_way(language, amounts):
    i18n.use(language)
    assert [formats.compact_money(114_000_000, "EUR"), *(formats.money_exact(124_050, code) for code in ("ETB", "LKR", "AMD"))] == amounts


def test_an_axis_of_shares_has_the_decimals_that_tell_its_ticks_apart():
    assert [formats.round_percent(share) for share in (0, 0.005, 0.01, 0.015, 0.2, 0.0025)] == ["0%", "0.5%", "1%", "1.5%", "20%", "0.25%"]


def test_shares_and_changes():
    assert formats.percent(0.241) == "24.1%"
    assert formats.percent(-0.241, 0) == "−24%"
    assert formats.relative(0.042) == "+4.2%"
    assert formats.relative(-0.5, 0) == "−50%"
    assert formats.points(0.019) == "+1.9 pp"
    assert formats.points(-0.019) == "−1.9 pp"
    assert formats.times(7.3) == "7.3×"


@pytest.mark.parametrize("text", [
    formats.percent(-0.0004), formats.relative(-0.0004), formats.relative(0.0004),
    formats.decimal(-0.04), formats.signed(-0.04, 1), formats.signed(0.04, 1),
])
def test_what_rounds_to_zero_has_no_sign(text):
    assert text.rstrip("%") == "0.0"


def test_halves_round_away_from_zero_as_people_expect():
    assert [formats.count(x) for x in (0.5, 1.5, 2.5, -2.5)] == ["1", "2", "3", "−3"]
    assert formats.percent(0.1245) == "12.5%"
    assert formats.percent(0.285, 0) == "29%"


def test_counts_and_cases():
    assert formats.count(10_930) == "10,930"
    assert formats.signed(39) == "+39"
    assert formats.signed(-9) == "−9"
    assert formats.n(3_312) == "n 3,312"
    assert formats.n_of(874, 3_312) == "874 of 3,312"
    assert formats.decimal(1_240.25) == "1,240.3"


def test_days_take_their_plural():
    assert [formats.days(1), formats.days(34), formats.days(0), formats.days(1.5, 1)] == ["1 day", "34 days", "0 days", "1.5 days"]
    i18n.use("am")
    assert [formats.days(1), formats.days(34)] == ["1 ቀን", "34 ቀናት"]


def test_a_dash_joins_an_interval_unless_a_sign_can_occur():
    assert formats.interval(5.1, 11.6) == "5.1–11.6"
    assert formats.interval(1_240, 1_430, 0) == "1,240–1,430"
    assert formats.share_interval(0.249, 0.279) == "24.9–27.9"
    assert formats.signed_interval(33, 45) == "33 to 45"
    assert formats.signed_interval(-45, -33) == "−45 to −33"
    assert formats.points_interval(-0.036, 0.136) == "−3.6 to +13.6"
    assert formats.points_interval(-0.0001, 0.019) == "0.0 to 1.9"


@pytest.mark.parametrize("unknown", [None, math.nan, math.inf, -math.inf, Decimal("NaN"), pd.NA, pd.NaT])
def test_what_is_not_known_is_a_dash(unknown):
    numbers = (formats.count, formats.percent, formats.points, formats.times, formats.days, formats.n)
    dates = (formats.date, formats.month, formats.weekday, formats.instant)
    assert {write(unknown) for write in numbers + dates} == {"–"}
    assert formats.money(unknown, "EUR") == formats.interval(unknown, 3) == formats.period(APRIL, unknown) == "–"
    assert formats.money(minor=unknown, currency="EUR") == "–"


def test_dates():
    assert formats.date(APRIL) == "1 Apr 2025"
    assert formats.day_month(APRIL) == "1 Apr"
    assert formats.month(APRIL) == "Apr 2025"
    assert formats.month_short(APRIL) == "Apr"
    assert formats.year(APRIL) == "2025"
    assert [formats.weekday(APRIL), formats.weekday_short(APRIL)] == ["Tuesday", "Tue"]
    assert formats.date(pd.Timestamp(APRIL)) == "1 Apr 2025"


@pytest.mark.parametrize(("start", "end", "text"), [
    ((2025, 1, 1), (2025, 4, 1), "1 Jan – 31 Mar 2025"),
    ((2024, 10, 2), (2025, 1, 1), "2 Oct – 31 Dec 2024"),
    ((2024, 4, 1), (2025, 4, 1), "1 Apr 2024 – 31 Mar 2025"),
    ((2025, 1, 1), (2025, 1, 10), "1–9 Jan 2025"),
    ((2025, 4, 1), (2025, 4, 2), "1 Apr 2025"),
    ((2024, 1, 1), (2025, 1, 1), "2024"),
    ((2024, 2, 29), (2025, 2, 28), "29 Feb 2024 – 27 Feb 2025"),
])
def test_a_period_names_its_last_day_and_a_shared_year_once(start, end, text):
    assert formats.period(dt.date(*start), dt.date(*end)) == text


@pytest.mark.parametrize(("language", "date", "period"), [
    ("am", "ኤፕሪ 1 2025", "ጃን 1 – ማርች 31፣ 2025"),
    ("si", "2025 අප්\u200dරේල් 1", "2025 ජන 1 – මාර්තු 31"),
    ("hy", "1 ապր, 2025 թ.", "1 հնվ – 31 մրտ, 2025 թ."),
])
def test_dates_keep_the_order_of_the_language(language, date, period):
    i18n.use(language)
    assert formats.date(APRIL) == date
    assert formats.period(dt.date(2025, 1, 1), APRIL) == period


def test_an_instant_is_told_in_utc():
    assert formats.instant(dt.datetime(2025, 4, 1, 17, 5)) == "1 Apr 2025, 17:05 UTC"
    addis = dt.timezone(dt.timedelta(hours=3))
    assert formats.instant(dt.datetime(2025, 4, 1, 1, 5, tzinfo=addis)) == "31 Mar 2025, 22:05 UTC"


@pytest.mark.parametrize(("language", "country", "spoken", "money"), [
    ("en", "Armenia", "Portuguese", "Euro"), ("am", "አርሜኒያ", "ፖርቹጋልኛ", "ዩሮ"),
    ("si", "ආර්මේනියාව", "පෘතුගීසි", "යුරෝ"), ("hy", "Հայաստան", "պորտուգալերեն", "եվրո"),
])
def test_names_come_in_the_language(language, country, spoken, money):
    i18n.use(language)
    assert [formats.territory("AM"), formats.language_name("pt-BR"), formats.currency_name("EUR")] == [country, spoken, money]


def test_a_code_without_a_name_stands_for_itself():
    assert [formats.territory("QQ"), formats.language_name("tlh1"), formats.currency_name("QQQ")] == ["QQ", "tlh1", "QQQ"]
    assert [formats.territory(None), formats.language_name("")] == ["–", "–"]


def test_names_are_listed_as_in_a_sentence():
    assert formats.listed(["Galle", "Kandy", "Lisbon"]) == "Galle, Kandy and Lisbon"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_no_language_writes_a_hyphen_for_minus_or_a_space_that_may_break_a_number(language):
    i18n.use(language)
    amounts = [formats.compact_money(-11_460_000, "ETB"), formats.money_exact(-124_050, "LKR")]
    texts = [formats.count(-10_930), formats.relative(-0.042), *amounts]
    assert all(text.startswith("−") and "-" not in text and " " not in text for text in texts)
