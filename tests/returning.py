"""Eleven guests of three properties who come back, or do not, in every way that one can count by hand."""
import datetime as dt

from crm_core.scope import Period, Scope
from crm_core.store.record import RecordStore
from tests.hotel import AS_OF, Hotel

LIS, ADD, FAR = 1, 2, 3
CHAIN = (LIS, ADD, FAR)
ANA, BEN, CORA, DINA, EVE, FRED, GIL, HANA, IDA, LEA, MIA, AGENCY = range(1, 13)
NAMES = ("Ana", "Ben", "Cora", "Dina", "Eve", "Fred", "Gil", "Hana", "Ida", "Lea", "Mia", "Agency")
JANUARY = Period(dt.date(2023, 1, 1), dt.date(2023, 2, 1))
# Guest, place, arrival, nights, and what is not usual about it. A night costs 100 euros everywhere.
STAYS = [
    (ANA, LIS, "2023-01-10", 2, {}), (ANA, LIS, "2024-01-12", 1, {}),  # on the 365th day after 12 January 2023
    (BEN, LIS, "2023-01-10", 2, {"channel": "ota"}), (BEN, LIS, "2024-01-13", 1, {}),  # on the 366th
    (CORA, LIS, "2023-01-10", 2, {}), (CORA, ADD, "2023-03-01", 1, {}), (CORA, LIS, "2023-07-01", 2, {}),  # after 48 and 170 days
    (DINA, LIS, "2023-01-10", 2, {"channel": "ota"}), (DINA, ADD, "2023-01-22", 1, {}), (DINA, FAR, "2023-02-11", 3, {}),  # after 10 and 30
    # Eve never came again: cancelled, no-show, house use, a day room, and a booking to come are no returns.
    (EVE, LIS, "2023-01-10", 2, {"channel": "ota"}), (EVE, LIS, "2023-02-01", 2, {"status": "cancelled"}), (EVE, LIS, "2023-03-01", 2, {"status": "no_show"}),
    (EVE, LIS, "2023-04-01", 2, {"rate_class": "house_use"}), (EVE, LIS, "2023-05-01", 0, {}), (EVE, LIS, "2025-05-01", 2, {"status": "confirmed"}),
    (FRED, LIS, "2024-03-29", 2, {}), (FRED, LIS, "2025-03-30", 4, {"status": "in_house"}),  # in house now, since the 364th day
    (GIL, LIS, "2023-05-01", 9, {}), (GIL, ADD, "2023-05-08", 4, {}),  # began the second stay before the first one ended
    (HANA, LIS, "2025-03-01", 1, {}),  # a month ago
    (IDA, LIS, "2024-04-01", 1, {}), (IDA, LIS, "2025-01-01", 1, {}),  # after 274 days, but her 365 are over tomorrow
    (LEA, LIS, "2023-01-15", 2, {"rate_class": "complimentary"}), (LEA, LIS, "2023-01-20", 1, {}),  # after 3 days; the first was a present
    (MIA, LIS, "2023-01-10", 2, {}), (MIA, LIS, "2023-01-12", 2, {}),  # two folios without a free night: one stay to the 14th
    (AGENCY, LIS, "2023-01-10", 1, {}), (AGENCY, LIS, "2023-06-10", 1, {}),  # books for others
    (None, LIS, "2023-01-10", 1, {}), (None, LIS, "2023-02-10", 1, {}),
]  # fmt: skip
# Days from the end of the first stay to the next arrival, by the properties one looks at (None: not yet).
BACK = {
    CHAIN: {ANA: 365, BEN: 366, CORA: 48, DINA: 10, EVE: None, FRED: 364, GIL: 0, HANA: None, IDA: 274, LEA: 3, MIA: None},
    (LIS,): {ANA: 365, BEN: 366, CORA: 170, DINA: None, EVE: None, FRED: 364, GIL: None, HANA: None, IDA: 274, LEA: 3, MIA: None},
    (LIS, FAR): {ANA: 365, BEN: 366, CORA: 170, DINA: 30, EVE: None, FRED: 364, GIL: None, HANA: None, IDA: 274, LEA: 3, MIA: None},
    (LIS, ADD): {ANA: 365, BEN: 366, CORA: 48, DINA: 10, EVE: None, FRED: 364, GIL: 0, HANA: None, IDA: 274, LEA: 3, MIA: None},
    (ADD, FAR): {CORA: None, DINA: 19, GIL: None},
    (FAR,): {DINA: None},
}  # fmt: skip


def house(store: RecordStore) -> Hotel:
    """Write the guests and their stays."""
    hotel = Hotel(store).open()
    for code in ("LIS", "ADD", "FAR"):
        hotel.property(code, 10)
    for name in NAMES:
        hotel.guest(f"{name} Silva", "LIS", email=f"{name.lower()}@example.com", country="PT", is_booker=int(name == "Agency"))
    for guest, place, arrival, nights, details in STAYS:
        hotel.stay(("", "LIS", "ADD", "FAR")[place], arrival, nights, 100 * nights, guest, **details)
    return hotel


def view(properties: tuple[int, ...] = CHAIN, period: Period = Period(JANUARY.start, AS_OF), **details) -> Scope:
    """The local user's view of some of the three properties."""
    return Scope("local", properties, period, AS_OF, **{"chain": CHAIN, **details})
