"""Which column of a file is which of ours, and why."""
import pytest

from crm_core.ingest.mapping import Mapping, header_hash, suggest, why_text
from crm_core.ingest.sources import SOURCES
from crm_core.ingest.written import Detected, Form


def file(header: str, *rows: str, **form) -> Detected:
    """A file of bars and lines as it was detected."""
    return Detected(Form(**form), (), tuple(header.split("|")), tuple(tuple(row.split("|")) for row in rows), len(rows))


BOOKING = ("confirmation", "arrival", "departure", "full_name", "email", "room_type", "total_amount", "status", "channel", "adults",
    "guest_country")


@pytest.mark.parametrize(("language", "header"), [
    ("de", "Buchungsnummer|Anreise|Abreise|Name des Gastes|E-Mail-Adresse|Zimmertyp|Gesamtpreis|Buchungsstatus|Quelle|Erwachsene|Land"),
    ("fr", "Numéro de réservation|Date d'arrivée|Date de départ|Nom du client|Courriel|Type de chambre|Montant total|Statut|Canal|Adultes|"
        "Pays"),
    ("es", "Número de reserva|Fecha de entrada|Fecha de salida|Nombre del huésped|Correo electrónico|Tipo de habitación|Importe total|"
        "Estado|Canal|Adultos|País"),
    ("it", "Numero di prenotazione|Data di arrivo|Data di partenza|Nome dell'ospite|Posta elettronica|Tipo di camera|Importo totale|Stato|"
        "Canale|Adulti|Paese"),
    ("pt", "Número da reserva|Data de chegada|Data de partida|Nome do hóspede|Correio eletrónico|Tipo de quarto|Valor total|Estado|Canal|"
        "Adultos|País"),
    ("nl", "Boekingsnummer|Aankomstdatum|Vertrekdatum|Naam van de gast|E-mailadres|Kamertype|Totaalbedrag|Boekingsstatus|Kanaal|"
        "Volwassenen|Land"),
    ("ru", "Номер бронирования|Дата заезда|Дата выезда|ФИО гостя|Эл. почта|Тип номера|Общая сумма|Статус|Источник|Взрослых|Страна"),
    ("hy", "Ամրագրման համար|Ժամանում|Մեկնում|Հյուրի անուն|Էլ. փոստ|Սենյակի տեսակ|Գումար|Կարգավիճակ|Աղբյուր|Մեծահասակներ|Երկիր"),
    ("zh", "订单号|入住日期|离店日期|客人姓名|电子邮箱|房型|总价|订单状态|渠道|成人数|国家"),
    ("ja", "予約番号|チェックイン日|チェックアウト日|宿泊者名|メールアドレス|部屋タイプ|合計金額|予約状況|予約経路|大人人数|国籍"),
    ("ar", "رقم الحجز|تاريخ الوصول|تاريخ المغادرة|اسم الضيف|البريد الإلكتروني|نوع الغرفة|المبلغ الإجمالي|حالة الحجز|المصدر|عدد البالغين|"
        "البلد"),
    ("tr", "Rezervasyon numarası|Giriş tarihi|Çıkış tarihi|Misafir adı|E-posta|Oda tipi|Toplam tutar|Durum|Kaynak|Yetişkin sayısı|Ülke"),
    ("pl", "Numer rezerwacji|Data przyjazdu|Data wyjazdu|Imię i nazwisko gościa|Adres e-mail|Typ pokoju|Cena całkowita|Stan|Źródło|"
        "Dorośli|Kraj"),
    ("am", "የማስያዣ ቁጥር|የመድረሻ ቀን|የመነሻ ቀን|የእንግዳ ስም|ኢሜይል|የክፍል ዓይነት|ጠቅላላ ዋጋ|ሁኔታ|ምንጭ|አዋቂዎች|አገር"),
    ("si", "වෙන්කිරීමේ අංකය|පැමිණෙන දිනය|පිටවන දිනය|අමුත්තාගේ නම|විද්‍යුත් තැපෑල|කාමර වර්ගය|මුළු මුදල|තත්ත්වය|මූලාශ්‍රය|වැඩිහිටියන්|රට")])
def test_a_list_of_bookings_in_another_language_is_understood_by_its_headers(language, header):
    found = suggest(file(header))
    assert found.mapping == Mapping("bookings", "bookings", dict(zip(BOOKING, header.split("|"), strict=True)))
    assert (found.missing, found.ignored) == (("property",), ())
    unsure = "alias_unsure" if language in ("am", "hy", "si") else "alias"
    assert found.why["departure"] == (unsure, {"header": header.split("|")[2], "language": language})


@pytest.mark.parametrize(("target", "header", "columns"), [
    ("guests", "Vorname|Nachname|E-Mail|Telefon|Geburtsdatum|PLZ|Ort|Land|Newsletter",
        "given_name family_name email phone birth_date postcode city country email_consent"),
    ("guests", "Nom|Prénom|Courriel|Téléphone|Ville|Pays", "family_name given_name email phone city country"),
    ("guests", "Фамилия|Имя|Телефон|Эл. почта|Дата рождения", "family_name given_name phone email birth_date"),
    ("reviews", "Datum|Bewertung|Titel|Positiv|Negativ|Sprache", "reviewed_on score title liked disliked language"),
    ("reviews", "Fecha|Puntuación|Título|Comentario positivo|Comentario negativo|Idioma",
        "reviewed_on score title liked disliked language"),
    ("leads", "Anfragedatum|Ansprechpartner|Firma|E-Mail|Phase|Angebotswert|Nächster Schritt|Verlustgrund",
        "created_at name company email stage value next_step lost_reason"),
    ("interactions", "Datum und Uhrzeit|Kanal|Richtung|Betreff|Nachricht|E-Mail", "at channel direction subject text email"),
    ("cases", "Ticketnummer|Eröffnet am|Kategorie|Priorität|Status|Beschreibung|Lösung|Gelöst am",
        "case_id opened_at kind severity status text resolution closed_at"),
    ("campaigns", "Kampagnenname|Betreff|Versanddatum|Empfänger|Zugestellt|Eindeutige Öffnungen|Eindeutige Klicks|Abmeldungen",
        "campaign_name subject sent_at sent delivered opens_reported clicks unsubscribes"),
    ("memberships", "Mitgliedsnummer|Vorname|Nachname|Stufe|Mitglied seit|Punktestand",
        "membership_number given_name family_name tier enrolled_on points"),
    ("points", "Mitgliedsnummer|Buchungsdatum|Art|Punkte|Verwendungszweck", "membership_number posted_on kind points reference"),
    ("charges", "Reservierungsnummer|Leistungsdatum|Abteilung|Nettobetrag|Währung", "confirmation posted_on department amount currency"),
    ("events", "Veranstaltung|Beginn|Ende|Veranstaltungsort|Kapazität", "name starts_on ends_on place capacity"),
    ("attendance", "Event id|First name|Last name|Email|Registration date|Party size",
        "event_id given_name family_name email registered_on party"),
    ("events", "Event|Event date|Start time|Venue|Audience|Registration deadline|Cost|Currency",
        "name starts_on starts_time place audience register_until cost currency"),
    ("attendance", "Event id|First name|Last name|Status|Cancelled on", "event_id given_name family_name status cancelled_at"),
    ("comparison_sets", "Vergleichsgruppe|Monat|Anzahl Hotels|Verfügbare Zimmernächte|Verkaufte Zimmernächte|Zimmerumsatz|Größter Anteil",
        "set month hotels rooms_available sold revenue largest_share"),
    ("staff", "Personalnummer|Mitarbeiter|Abteilung|Funktion|Eintrittsdatum|Austrittsdatum", "staff_ref name department job joined_on left_on"),
    ("certificates", "Employee id|Course|Completion date|Expiry date|Certificate number", "staff_ref course earned_on expires_on number"),
    ("annotations", "Fecha|Hasta|Tipo|Observación", "on_day until_on kind said"),
    ("send_events", "Campaign id|Recipient|Event type|Occurred at|Clicked url", "campaign_id email kind at url"),
    ("sends", "Message id|Campaign id|Recipient|Sent at|Variant", "send_id campaign_id email sent_at arm"),
    ("audience_members", "Campaign id|E-mail|Test group|Assigned on", "campaign_id email arm assigned_on"),
    ("commissions", "Booking reference|Commission payable|Currency", "confirmation commission currency")])
def test_the_target_is_the_one_whose_columns_the_header_names_best(target, header, columns):
    found = suggest(file(header))
    assert (found.mapping.target, found.mapping.columns) == (target, dict(zip(columns.split(), header.split("|"), strict=True)))
    assert set(found.missing) <= {"property"}


def test_a_name_beside_a_given_name_is_the_family_name_and_alone_the_whole_one():
    assert suggest(file("Name|Vorname|E-Mail|Telefon")).mapping.columns == {
        "family_name": "Name", "given_name": "Vorname", "email": "E-Mail", "phone": "Telefon"}
    assert suggest(file("Name|E-Mail|Telefon|PLZ")).mapping.columns["full_name"] == "Name"
    assert suggest(file("Nom|Courriel|Code postal|Ville")).mapping.columns["full_name"] == "Nom"
    assert suggest(file("Nome|Cognome|Posta elettronica|CAP")).mapping.columns["given_name"] == "Nome"


NAMELESS = ("A|B|C|D|E|F|G|H|I",
    "X-1001|2025-01-05|2025-03-01|2025-03-04|anna@example.com|bestätigt|420,50 €|Anna Weber|2",
    "X-1002|2025-01-09|2025-03-02|2025-03-04|rui@example.com|storniert|0,00 €|Rui Silva|1",
    "X-1003|2025-02-05|2025-03-03|2025-03-10|eva@example.com|bestätigt|900,00 €|Eva Stein|2",
    "X-1004|2025-02-07|2025-03-05|2025-03-06||abgereist|88,00 €|Tariq Aziz|3")


def test_columns_without_a_name_are_told_by_their_values():
    found = suggest(file(*NAMELESS, decimal=","))
    assert found.mapping == Mapping("bookings", "bookings", {
        "confirmation": "A", "booked_on": "B", "arrival": "C", "departure": "D", "email": "E", "status": "F", "total_amount": "G",
            "full_name": "H",
        "adults": "I"})
    assert found.missing == ("property", "channel")
    assert found.why["email"] == ("values", {"header": "E", "n": 3, "of": 3, "kind": "e-mail addresses"})
    assert found.why["arrival"] == ("values", {"header": "C", "n": 4, "of": 4, "kind": "days that begin a stay"})


@pytest.mark.parametrize(("target", "header", "rows", "columns"), [
    ("reviews", "x|y|z|w", [
        f"2025-03-0{day}|8.{day}|Friendly people, a quiet room above the garden, and the best breakfast of our whole way.|en"
        for day in (1, 2, 3)], {"reviewed_on": "x", "score": "y", "text": "z", "language": "w"}),
    ("guests", "x|y|z|w", ["Anna Weber|+49 30 901821|DE|1980-05-17", "Eva Stein|+49 30 901822|DE|1978-05-17",
        "Rui Silva|+351 21 000 0000|PT|1951-02-03"], {"full_name": "x", "phone": "y", "country": "z", "birth_date": "w"})])
def test_other_rows_without_names_are_told_by_their_values(target, header, rows, columns):
    found = suggest(file(header, *rows))
    assert (found.mapping.target, found.mapping.columns) == (target, columns)


def test_values_that_are_mostly_of_a_kind_say_how_many():
    found = suggest(file("Ankunft|Kontaktweg", "2025-03-01|a@example.com", "2025-03-02|b@example.com", "2025-03-03|c@example.com",
        "2025-03-04|d@example.com",
        "2025-03-05|none at all"), target="bookings")
    assert found.why["email"] == ("values", {"header": "Kontaktweg", "n": 4, "of": 5, "kind": "e-mail addresses"})
    assert why_text(*found.why["email"]) == "4 of 5 cells of Kontaktweg look like e-mail addresses."


@pytest.mark.parametrize("header", ["", "|", " | ", "\0|\ufeff", "=1+1|@x", "🙂|🙂", "a" * 5000])
def test_a_header_that_says_nothing_is_mapped_to_nothing(header):
    found = suggest(file(header, "", "one", "1|2|3"))
    assert (found.mapping.columns, bool(found.missing)) == ({}, True)


def test_too_few_values_say_nothing():
    assert suggest(file("A|B", "anna@example.com|2025-03-01", "rui@example.com|2025-03-02")).mapping.columns == {}


def test_of_two_columns_for_one_the_first_is_taken_and_the_other_said():
    found = suggest(file("Reservation number|Booking id|Arrival|Departure|Guest|Status|Price|Source"))
    assert found.mapping.columns["confirmation"] == "Reservation number"
    assert found.why["confirmation"] == ("alias_first", {"header": "Reservation number", "language": "en", "others": "Booking id"})
    assert (found.ignored, why_text(*found.why["confirmation"])) == (
        ("Booking id",), "Reservation number means it (en); Booking id would fit too and was left out.")
    opera = suggest(file("confirmationNo|resvNumber|resvStatus|arrival|arrivalDate|departure|guestEmail|roomCategory|marketCode"))
    assert opera.why["confirmation"] == ("system_first", {"header": "confirmationNo", "system": "OPERA Cloud reservations",
        "others": "resvNumber"})


def test_a_header_that_stands_twice_counts_where_it_stands_first():
    assert suggest(file("Arrival|Arrival|Departure|Guest name|Booking number")).mapping.columns["arrival"] == "Arrival"


def test_a_saved_mapping_wins_over_everything():
    saved = Mapping("bookings", "bookings", {"confirmation": "Listing", "arrival": "Gone"}, {"channel": "Airbnb"})
    found = suggest(file("Confirmation code|# of infants|Start date|End date|# of nights|Listing|Earnings"), saved=saved)
    assert found.mapping == Mapping("bookings", "bookings", {"confirmation": "Listing"}, {"channel": "Airbnb"})
    assert found.why == {"confirmation": ("saved", {"header": "Listing"})}
    assert found.missing == ("property", "status", "arrival", "departure", "room_revenue")


def test_a_mapping_is_kept_as_json_and_comes_back():
    mapping = Mapping("airbnb", "bookings", {"arrival": "Start date"}, {"channel": "Airbnb"})
    assert mapping.as_dict() == {"source": "airbnb", "target": "bookings", "columns": {"arrival": "Start date"},
        "constants": {"channel": "Airbnb"}}
    assert Mapping.from_dict(mapping.as_dict()) == mapping


def test_a_saved_mapping_is_found_by_the_same_columns_in_any_order_and_spelling():
    assert header_hash(["Anreise", "E-Mail"]) == header_hash(["e mail", "ANREISE "])
    assert header_hash(["Anreise", "E-Mail"]) != header_hash(["Anreise", "E-Mail", "Zimmer"])


def test_a_source_or_target_that_is_said_is_taken():
    header = "Reservation number|Commission amount"
    assert suggest(file(header)).mapping.source == "booking_com_invoice"
    assert suggest(file(header), source="bookings").mapping == Mapping("bookings", "bookings", {"confirmation": "Reservation number",
        "commission": "Commission amount"})
    assert suggest(file(header), target="guests").mapping.source == "guests"
    assert suggest(file(header), target="commissions").mapping.source == "booking_com_invoice"


def test_a_list_of_changes_is_told_by_its_words():
    header = "Reservation number|Event|Arrival|Departure|Guest name|Price|Booked on|Source"
    found = suggest(file(header, "1|New booking|2025-03-01|2025-03-04|Anna Weber|420|2025-01-05|Phone",
        "1|Modification|2025-03-02|2025-03-04|Anna Weber|280|2025-01-09|Phone",
        "1|Cancellation|2025-03-02|2025-03-04|Anna Weber|0|2025-01-20|Phone"))
    assert (found.mapping.source, found.mapping.columns["status"], found.missing) == ("bookings_by_change", "Event", ("property",))
    source = SOURCES["bookings_by_change"]
    assert (source.fold, [source.words["status"][word] for word in ("newbooking", "modification", "cancellation")]) == (
        "amendments", ["confirmed", "confirmed", "cancelled"])
    assert suggest(file("Date|Channel|Direction|Message", "2025-03-01|email|in|modified")).mapping.source == "interactions"


def test_a_list_of_rooms_must_be_said_to_be_one():
    header = "Reservation number|Status|Arrival|Departure|Room type|Price|Source"
    assert (suggest(file(header)).mapping.source, suggest(file(header), source="bookings_by_room").mapping.source) == ("bookings",
        "bookings_by_room")
    assert SOURCES["bookings_by_room"].fold == "rooms"


def test_candidates_are_the_best_first():
    found = suggest(file("Confirmation code|Status|Guest name|# of adults|# of infants|Start date|End date|# of nights|Listing|Earnings"))
    assert (found.candidates[0], found.candidates[1][0]) == (("airbnb", 1.0), "bookings")
    assert [share for _, share in found.candidates[1:]] == sorted((share for _, share in found.candidates[1:]), reverse=True)


def test_what_is_never_stored_stands_apart_from_what_is_not_used():
    found = suggest(file("First name|Last name|Email|Passport number|Passport issue date|Credit card number|Shoe size"))
    assert found.mapping.columns["document"] == "Passport number"
    assert (found.dropped, found.ignored) == (("Passport issue date", "Credit card number"), ("Shoe size",))


def test_every_reason_is_a_sentence():
    found = suggest(file("Res #|Arrival|Dept|Total|Booking Time"))
    assert why_text(*found.why["confirmation"]) == "Res # is what Thundi booking list calls it."
    assert why_text(*found.why["status"]) == "Every row is “confirmed”: Thundi booking list has no column for it."
    demand = suggest(file("hotel|lead_time|arrival_date_year|adr|market_segment|distribution_channel|stays_in_week_nights"))
    assert why_text(*demand.why["arrival"]) == "Made from other columns of Hotel booking demand (public data set)."
    assert why_text(*suggest(file("Anreise|Abreise|Gastname")).why["arrival"]) == "Anreise means it (de)."
    assert why_text(*suggest(file("arrival|departure")).why["arrival"]) == "arrival is our own name."
