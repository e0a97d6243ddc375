"""Reservations become stays: folios fold, house use and bookers stay out, and money without a rate is blank."""
import datetime as dt

import pytest

from crm_core import schema
from tests.looking import ask

MARCH_3, MARCH_5, MARCH_7 = dt.date(2025, 3, 3), dt.date(2025, 3, 5), dt.date(2025, 3, 7)


@pytest.fixture
def cora(hotel):
    """A guest of Lisbon without any stay."""
    return hotel.guest("Cora Lind", "LIS", country="SE")


def folded(warehouse, guest: int) -> list[tuple]:
    """Each realised stay of a guest: first night, last day, nights, room revenue."""
    return ask(warehouse, f"""SELECT stay_arrival_on, stay_departure_on, stay_nights, stay_room_revenue FROM mart_stays
                              WHERE is_stay = 1 AND guest_id = {guest} ORDER BY 1""")


def column(warehouse, name: str, stays) -> dict:
    """Return a column of mart_stays by reservation."""
    return dict(ask(warehouse, f"SELECT reservation_id, {name} FROM mart_stays WHERE reservation_id IN {tuple(stays)}"))


# --- folding ----------------------------------------------------------------------------------------------------------
def test_folios_without_a_free_night_between_are_one_stay(hotel, cora, rebuilt):
    first = hotel.stay("LIS", "2025-03-03", 2, 200, cora)
    second = hotel.stay("LIS", "2025-03-05", 2, 220, cora)
    hotel.charge(second, "fnb", 15)
    made = rebuilt()
    assert folded(made, cora) == [(MARCH_3, MARCH_7, 4, 42000)]
    carried = ask(made, f"SELECT reservation_id, stay_id, is_arrival, is_stay, stay_nights, stay_other_revenue FROM mart_stays "
                        f"WHERE guest_id = {cora} ORDER BY 1")
    assert carried == [(first, first, 1, 1, 4, 1500), (second, first, 0, 0, 0, 0)]


def test_a_free_night_makes_two_stays(hotel, cora, rebuilt):
    hotel.stay("LIS", "2025-03-03", 2, 200, cora)
    hotel.stay("LIS", "2025-03-06", 1, 90, cora)
    assert folded(rebuilt(), cora) == [(MARCH_3, MARCH_5, 2, 20000), (dt.date(2025, 3, 6), MARCH_7, 1, 9000)]


def test_a_short_folio_inside_a_long_one_does_not_end_the_stay(hotel, cora, rebuilt):
    hotel.stay("LIS", "2025-03-03", 4, 400, cora)
    hotel.stay("LIS", "2025-03-03", 1, 80, cora)
    hotel.stay("LIS", "2025-03-05", 2, 160, cora)
    assert folded(rebuilt(), cora) == [(MARCH_3, MARCH_7, 4, 64000)]


def test_two_rooms_of_one_guest_are_one_stay_and_twice_the_room_nights(hotel, cora, rebuilt):
    hotel.stay("LIS", "2025-03-03", 2, 200, cora, room="101")
    hotel.stay("LIS", "2025-03-03", 2, 240, cora, room="102")
    made = rebuilt()
    assert folded(made, cora) == [(MARCH_3, MARCH_5, 2, 44000)]
    assert ask(made, f"SELECT sum(sold), sum(room_revenue) FROM mart_nights WHERE guest_id = {cora}") == [(4, 44000)]


def test_folios_of_two_properties_are_two_stays(hotel, cora, rebuilt):
    hotel.stay("LIS", "2025-03-03", 2, 200, cora)
    hotel.stay("ADD", "2025-03-05", 2, 20000, cora)
    assert [row[2] for row in folded(rebuilt(), cora)] == [2, 2]


def test_stays_without_a_name_never_fold(hotel, rebuilt):
    hotel.stay("LIS", "2025-03-03", 2, 200)
    hotel.stay("LIS", "2025-03-05", 2, 200)
    nameless = "SELECT count(*) FROM mart_stays WHERE is_stay = 1 AND guest_id IS NULL AND arrival_on IN ('2025-03-03', '2025-03-05')"
    assert ask(rebuilt(), nameless) == [(2,)]


def test_a_cancelled_folio_joins_nothing(hotel, cora, rebuilt):
    hotel.stay("LIS", "2025-03-03", 1, 100, cora)
    hotel.stay("LIS", "2025-03-04", 1, 100, cora, status="cancelled")
    hotel.stay("LIS", "2025-03-05", 1, 100, cora)
    assert [row[2] for row in folded(rebuilt(), cora)] == [1, 1]


def test_a_stay_is_complete_when_its_last_folio_is(hotel, cora, rebuilt):
    hotel.stay("LIS", "2025-03-29", 2, 200, cora)
    hotel.stay("LIS", "2025-03-31", 2, 200, cora, status="in_house")
    made = rebuilt()
    assert folded(made, cora) == []
    assert ask(made, f"SELECT sum(is_arrival) FROM mart_stays WHERE guest_id = {cora}") == [(1,)]


def test_a_day_room_is_no_stay(hotel, cora, rebuilt):
    hotel.stay("LIS", "2025-03-03", 0, 50, cora)
    made = rebuilt()
    assert folded(made, cora) == []
    assert ask(made, f"SELECT count(*) FROM mart_nights WHERE guest_id = {cora}") == [(0,)]


# --- who and what counts ----------------------------------------------------------------------------------------------
def test_complimentary_stays_are_stays_and_not_sold(hotel, cora, rebuilt):
    hotel.stay("LIS", "2025-03-03", 2, 0, cora, rate_class="complimentary")
    made = rebuilt()
    assert folded(made, cora) == [(MARCH_3, MARCH_5, 2, 0)]
    assert ask(made, f"SELECT sum(sold), sum(complimentary) FROM mart_nights WHERE guest_id = {cora}") == [(0, 2)]


def test_house_use_is_neither_a_stay_nor_an_arrival_nor_sold(hotel, cora, rebuilt):
    hotel.stay("LIS", "2025-03-03", 2, 0, cora, rate_class="house_use")
    made = rebuilt()
    assert folded(made, cora) == []
    assert ask(made, f"SELECT sum(is_arrival) FROM mart_stays WHERE guest_id = {cora}") == [(0,)]
    assert ask(made, f"SELECT sum(sold), sum(complimentary) FROM mart_nights WHERE guest_id = {cora}") == [(0, 0)]


def test_the_stay_of_a_booker_is_a_stay_without_a_guest(hotel, rebuilt):
    agency = hotel.guest("Sun Travel", "LIS", is_booker=1)
    booked = hotel.stay("LIS", "2025-03-03", 2, 200, agency)
    made = rebuilt()
    assert ask(made, f"SELECT guest_id, cluster, is_stay FROM mart_stays WHERE reservation_id = {booked}") == [(None, -booked, 1)]
    assert ask(made, f"SELECT count(*) FROM mart_visits WHERE guest_id = {agency}") == [(0,)]
    assert ask(made, f"SELECT count(*) FROM mart_guests WHERE guest_id = {agency}") == [(0,)]


def test_days_ahead_fall_into_bands(hotel, rebuilt):
    bands = {0: "0", 1: "1-3", 3: "1-3", 4: "4-7", 30: "15-30", 365: "181-365", 366: "366+", -1: "unknown"}
    stays = {hotel.stay("LIS", "2025-03-03", 1, 100, lead=lead): band for lead, band in bands.items()}
    assert column(rebuilt(), "lead_band", stays) == stays


def test_a_party_is_named_by_its_adults_and_children(hotel, rebuilt):
    parties = {(1, 0): "single", (2, 0): "couple", (3, 0): "other", (1, 1): "family", (0, 0): "unknown"}
    stays = {hotel.stay("LIS", "2025-03-03", 1, 100, adults=a, children=c): party for (a, c), party in parties.items()}
    assert column(rebuilt(), "party", stays) == stays


def test_a_stay_keeps_its_own_country_and_else_takes_the_guests(hotel, cora, rebuilt):
    own = hotel.stay("LIS", "2025-03-03", 1, 100, cora, country="NO")
    guests = hotel.stay("LIS", "2025-03-13", 1, 100, cora)
    assert column(rebuilt(), "country", (own, guests)) == {own: "NO", guests: "SE"}


# --- what a booking cost ----------------------------------------------------------------------------------------------
def test_a_booking_costs_its_commission_and_the_channels_marketing(hotel, rebuilt):
    """A stay of €100: agency 18 %, own website 4.5 % marketing; a commission that was invoiced replaces the channel's rate."""
    costs = {("ota", None): 1800, ("ota", 500): 500, ("own_site", None): 450, ("corporate", None): 0, ("own_site", 100): 550}
    stays = {hotel.stay("LIS", "2025-03-03", 1, 100, channel=c, commission_minor=m): cost for (c, m), cost in costs.items()}
    assert column(rebuilt(), "booking_cost", stays) == stays


# --- currencies -------------------------------------------------------------------------------------------------------
def test_money_is_converted_at_the_rate_of_its_day(hotel, rebuilt):
    """From 21 March one birr is worth 2 cents: of two nights of ETB 10,000 the first is €100, the second €200; the bill is of the 22nd."""
    hotel.rate("ETB", "2025-03-21", 0.02)
    made = rebuilt()
    addis = "FROM mart_nights WHERE property_id = 2 ORDER BY night_on"
    assert ask(made, f"SELECT room_revenue {addis}") == [(10000,), (20000,)]
    assert ask(made, "SELECT room_revenue FROM mart_stays WHERE property_id = 2") == [(40000,)]


def test_money_without_a_rate_is_blank_and_never_zero(hotel, rebuilt):
    hotel.property("YER", 3, "AMD")
    stay = hotel.stay("YER", "2025-03-03", 1, 40000, hotel.guest("Ani Petrosyan", "YER"))
    hotel.charge(stay, "spa", 5000)
    made = rebuilt()
    amounts = "room_revenue, other_revenue, stay_room_revenue, stay_other_revenue"
    assert ask(made, f"SELECT {amounts} FROM mart_stays WHERE property_id = 3") == [(None,) * 4]
    assert ask(made, "SELECT room_revenue FROM mart_nights WHERE property_id = 3") == [(None,)]
    assert ask(made, "SELECT amount FROM mart_charges WHERE property_id = 3") == [(None,)]
    assert ask(made, "SELECT stays, spend FROM mart_visits WHERE property_id = 3") == [(1, None)]


def test_a_cancellation_fee_is_a_posting_and_no_spend_of_a_stay(hotel, cora, rebuilt):
    stay = hotel.stay("LIS", "2025-03-03", 1, 100, cora)
    hotel.charge(stay, "cancellation_fee", 50)
    made = rebuilt()
    assert ask(made, f"SELECT amount FROM mart_charges WHERE reservation_id = {stay}") == [(5000,)]
    assert ask(made, f"SELECT stay_other_revenue FROM mart_stays WHERE reservation_id = {stay}") == [(0,)]


# --- what is known of guests ------------------------------------------------------------------------------------------
def test_a_visit_counts_realised_stays_at_one_property(hotel, rebuilt):
    """Ana: 2 + 3 nights and €200 + €300 + €60 in Lisbon, the stay she is on not yet; 2 nights and €200 in Addis."""
    visits = ask(rebuilt(), "SELECT property_id, stays, nights, spend, first_departure_on, last_departure_on FROM mart_visits "
                            "WHERE guest_id = 1 ORDER BY 1")
    assert visits == [(1, 2, 5, 56000, dt.date(2024, 3, 6), dt.date(2025, 3, 6)),
                      (2, 1, 2, 20000, dt.date(2025, 3, 22), dt.date(2025, 3, 22))]


def test_a_guest_who_never_stayed_is_known_where_the_profile_is(hotel, cora, rebuilt):
    assert ask(rebuilt(), f"SELECT property_id, stays, first_key FROM mart_visits WHERE guest_id = {cora}") == [(1, 0, None)]


def test_the_next_arrival_is_the_first_confirmed_one(hotel, rebuilt):
    hotel.stay("LIS", "2025-05-01", 1, 100, 2, status="confirmed")
    assert ask(rebuilt(), "SELECT next_arrival_on FROM mart_visits WHERE guest_id = 2") == [(dt.date(2025, 4, 2),)]


def test_the_last_word_on_marketing_counts_and_at_equal_times_the_refusal(hotel, rebuilt):
    says = {(): 0, (("given", 1),): 1, (("given", 1), ("withdrawn", 2)): 0, (("withdrawn", 1), ("given", 2)): 1,
            (("given", 1), ("objected", 1)): 0, (("objected", 1), ("given", 1)): 0}
    guests = {}
    for i, words in enumerate(says):
        guests[hotel.guest(f"Guest {i}", "LIS")] = says[words]
        for state, day in (*words, ("given", 9)):
            hotel.consent(max(guests), state, f"2025-03-0{day}T10:00:00+00:00", purpose="survey" if day == 9 else "marketing")
    found = ask(rebuilt(), f"SELECT guest_id, email_consent FROM mart_guests WHERE guest_id IN {tuple(guests)}")
    assert dict(found) == guests


def test_an_erased_guest_is_in_no_list(hotel, rebuilt):
    hotel.set(schema.guest, 1, erased_at="2025-03-30T00:00:00+00:00")
    assert ask(rebuilt(), "SELECT guest_id FROM mart_guests") == [(2,)]

