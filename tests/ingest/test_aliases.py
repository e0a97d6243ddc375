"""What other languages call our columns and words."""
import pytest

from crm_core.ingest import aliases
from crm_core.ingest.sources import COLUMNS


def meaning(target: str, header: str) -> str:
    """The column of ours that a header means to a target."""
    return aliases.spelled(target, COLUMNS[target])[aliases.folded(header)][0][0]


@pytest.mark.parametrize(("written", "folded"), [
    ("Check-in", "checkin"), ("  CHECK IN ", "checkin"), ("Numéro de réservation", "numerodereservation"), ("# of adults", "noofadults"),
    ("Res#", "resno"), ("№ брони", "noброни"), ("Commission %", "commissionpercent"), ("Straße", "strasse"), ("Giriş tarihi",
        "giristarihi"),
    ("İsim", "isim"), ("Soyadı", "soyadi"), ("入住日期", "入住日期"), ("Էլ. փոստ", "էլփոստ"), ("රට", "රට"), ("Revenue($)", "revenue"), ("__", "")])
def test_case_accents_blanks_and_punctuation_make_no_other_header(written, folded):
    assert aliases.folded(written) == folded


@pytest.mark.parametrize(("header", "column"), [
    ("Buchungsnummer", "confirmation"), ("Anreise", "arrival"), ("Abreise", "departure"), ("Nom du client", "full_name"),
    ("Fecha de entrada", "arrival"), ("Arrivo", "arrival"), ("Data di partenza", "departure"), ("Номер бронирования", "confirmation"),
    ("Ժամանում", "arrival"), ("入住日期", "arrival"), ("チェックアウト日", "departure"), ("تاريخ الوصول", "arrival"), ("Çıkış tarihi", "departure"),
    ("Przyjazd", "arrival"), ("Aankomstdatum", "arrival"), ("Valor total", "total_amount"), ("የመድረሻ ቀን", "arrival"), ("පැමිණෙන දිනය",
        "arrival"),
    ("Nationality", "guest_country"), ("Source", "channel"), ("guest id", "guest_ref"), ("Erwachsene", "adults")])
def test_a_booking_s_columns_are_known_in_the_languages_of_guests_and_hotels(header, column):
    assert meaning("bookings", header) == column


@pytest.mark.parametrize(("target", "header", "column"), [
    ("guests", "Country", "country"), ("bookings", "Country", "guest_country"), ("leads", "Source", "via"), ("leads", "Status", "stage"),
    ("cases", "Status", "status"), ("reviews", "Review date", "reviewed_on"), ("reviews", "Nicht gefallen", "disliked"),
    ("reviews", "Понравилось", "liked"), ("campaigns", "Revenue", "attributed_revenue"), ("memberships", "Mitglied seit", "enrolled_on"),
    ("interactions", "Richtung", "direction"), ("points", "Transaction date", "posted_on"), ("events", "Venue", "place"),
    ("attendance", "Tickets", "party"), ("charges", "Department", "department"), ("sends", "Message id", "send_id"),
    ("comparison_sets", "Supply", "rooms_available"), ("comparison_sets", "Demand", "sold"), ("staff", "Reparto", "department"),
    ("certificates", "Behaald op", "earned_on"), ("annotations", "Заметка", "said"), ("events", "Hora de inicio", "starts_time")])
def test_a_header_means_what_its_target_has(target, header, column):
    assert meaning(target, header) == column


def test_every_name_in_the_table_stands_for_a_column_that_a_target_has():
    columns = {column for names in COLUMNS.values() for column in names}
    for section, found in aliases.tables()["headers"].items():
        assert set(found) <= (columns if section == "any" else set(COLUMNS[section])), section


@pytest.mark.parametrize("target", COLUMNS)
def test_each_column_answers_to_its_own_name(target):
    known = aliases.spelled(target, COLUMNS[target])
    assert [known[aliases.folded(column)] for column in COLUMNS[target]] == [((column, ""),) for column in COLUMNS[target]]


@pytest.mark.parametrize(("kind", "spelling", "word"), [
    ("status", "storniert", "cancelled"), ("status", "annulé", "cancelled"), ("status", "cancelada", "cancelled"), ("status", "bestätigt",
        "confirmed"),
    ("status", "Выехал", "checked_out"), ("status", "キャンセル", "cancelled"), ("status", "Չեղարկված", "cancelled"), ("yes_no", "Oui", "yes"),
    ("yes_no", "Нет", "no"), ("segment", "Geschäftsreise", "business"), ("segment", "Vacaciones", "leisure"), ("email_consent",
        "Widerrufen", "withdrawn"),
    ("department", "Recepción", "front_desk"), ("audience", "Huéspedes", "guests"),
    ("direction", "Eingehend", "in"), ("language", "Deutsch", "de"), ("stage", "Angebot", "offer")])
def test_words_of_other_languages_are_ours(kind, spelling, word):
    assert aliases.words(kind)[aliases.folded(spelling)] == word


def test_what_is_never_stored_is_told_by_its_header():
    never = ["Credit Card Type", "Type of Document", "Document Issue Date", "Password", "Company Tax ID Number", "cardsOnFile", "idType"]
    assert [aliases.is_dropped(header) for header in never] == [True] * 7
    assert [aliases.is_dropped(header) for header in ("Membership card number", "Loyalty card no", "Email", "Arrival")] == [False] * 4


def test_no_name_of_a_column_that_is_kept_is_taken_for_one_that_is_not():
    kept = {name for section in aliases.tables()["headers"].values() for column, languages in section.items() if column != "document"
            for names in languages.values() for name in names}
    assert {name for name in kept if aliases.is_dropped(name)} == set()


def test_languages_that_nobody_checked_are_named():
    assert aliases.unsure() == {"am", "hy", "si"}
