"""Every number the demo is made of, each with its mark: measured, published, assumed or calculated."""
import datetime as dt
from math import exp, log

MARKS = {
    "M1": "Antonio, Almeida & Nunes 2019, Data in Brief 22: bookings of a city and a resort hotel in Portugal",
    "M2": "Antonio, Almeida & Nunes 2020, Data in Brief 33: guest profiles of a Lisbon four-star hotel",
    "P": "published figure", "A": "assumption made for this demo", "C": "calculated from the figures above",
}
ASSUMED: list[tuple[str, str, str]] = []


def assumptions() -> list[tuple[str, str, str]]:
    """Return (what, mark, source) of every parameter, in reading order; M1 and M2 are measured, P published, A assumed, C calculated."""
    return list(ASSUMED)


def given(value, what: str, mark: str, source: str = ""):
    """Return the value, and enter it in the list of what is measured and what is assumed."""
    ASSUMED.append((what, mark, source or MARKS[mark]))
    return value


START = given(dt.date(2021, 4, 1), "First day of history", "A")
AS_OF = given(dt.date(2025, 4, 1), "As-of date: the first day that is not complete", "A")

# --- when and for how long -------------------------------------------------------------------------------------------
MONTHS = given({"city": (5.8, 6.3, 8.3, 9.6, 11.1, 9.7, 7.6, 8.2, 9.4, 10.3, 7.6, 6.0)}, "Arrivals by month, city, %", "M1")
MONTHS |= given({
    "addis": (11, 9, 8, 8, 8, 6, 5, 5, 8, 10, 11, 11), "galle": (12, 11, 11, 8, 5, 5, 7, 8, 6, 7, 8, 12),
    "kandy": (10, 10, 9, 8, 6, 6, 11, 12, 7, 6, 7, 8), "yerevan": (4, 4, 5, 8, 11, 11, 11, 12, 12, 11, 6, 5),
}, "Arrivals by month: Addis Ababa, Galle, Kandy, Yerevan, %", "A")
CANCELLED_BY_MONTH = given({"city": (44, 37, 38, 49, 49, 46, 33, 37, 41, 46, 44, 43)},
                           "Cancelled by month of arrival, city, % (elsewhere alike in every month)", "M1")
WEEKDAYS = given((.152, .117, .135, .161, .164, .151, .118), "Arrivals by weekday, Monday first", "M1")
LEAD_EDGES = given((0, 1, 4, 8, 15, 31, 61, 91, 181, 366, 500), "Classes of lead time, days", "M1")
LEADS = given((.04, .05, .05, .06, .10, .15, .11, .23, .18, .03), "Lead time by class, city", "M1")
CANCELLED_BY_LEAD = given((.07, .10, .13, .22, .31, .36, .40, .45, .56, .68), "Cancelled by class of lead time", "M1")
NIGHTS = given((.0067, .198, .238, .257, .167, .070, .024, .027, .0045, .0026, .0018, .0008, .0008, .0003, .0006, .001),
               "Nights of a stay, 0 (day use) to 15, city", "M1")

# --- what is booked --------------------------------------------------------------------------------------------------
MARKET = ("ota", "operator", "group", "direct", "corporate", "complimentary", "aviation")
MARKET_SHARES = given({"city": (.473, .203, .166, .106, .044, .006, .002)}, "Market segments of the single hotel", "M1")
MARKET_SHARES |= given({"group": (.42, .14, .10, .22, .11, .005, .005)}, "Market segments of the group", "A")
MARKET_AGAIN = given({"city": (.20, .08, .03, .23, .42, .03, .01)},
                     "Market segments of returning guests, single hotel: corporate 42 %, direct 23 %", "M2")
MARKET_AGAIN |= given({"group": (.365, .09, .065, .265, .20, .008, .007)},
                      "Market segments of returning guests in the group: half the difference", "A")
MARKET_CANCELLED = given((.367, .343, .611, .153, .187, .131, .219), "Cancelled by market segment", "M1")
CANCEL_CONTRAST = given({"independent": 1.0, "group": .5}, "How far cancellation differs by segment (power; 1 = as measured)", "A")
MARKET_LEAD = given((58, 109, 162, 16, 7, 3, 3), "Median lead by market segment, days", "M1")
MARKET_RATE = given((115, 85, 80, 116, 68, 0, 102), "Rate by market segment, EUR", "M1")
GROUP_RATE = given((118.0, 85.0, 80.0, 112.0, 68.0, 0.0, 102.0), "The same in the group: agency 118, direct 112 (lesson L9)", "A")
GROUP_MEAN = given(101.9, "Mean rate of the group's hotels, EUR, by room", "C")
BUSINESS = given((.12, .02, .0, .22, 1.0, .0, .0), "Business share of a segment's bookings", "A")
SINGLE = given((0., -.1, -.1, 0., .6, 0., .6), "Pull of a segment towards one person per room", "A")
PARTY = given({"city": (.196, .675, .061, .068), "resort": (.175, .700, .027, .098)},
              "Party: one, two, three adults, family; city and resort", "M1")
ROOM_TYPES = ("Standard", "Single", "Family", "Superior", "Deluxe", "Junior suite", "Suite", "Garden suite")
ROOM_TYPE_SHARES = given({
    "city": (.789, .0141, .0002, .1483, .0196, .0226, .0061, .0), "resort": (.5841, .0001, .0229, .1855, .1244, .0276, .0402, .015),
}, "Room types A to H (named here), city and resort", "M1")
ROOM_TYPE_RATE = given((91, 91, 157, 118, 122, 165, 180, 184), "Rate by room type, EUR", "M1")
CITY_RATE_BY_MONTH = given((84, 88, 92, 114, 123, 120, 118, 121, 116, 105, 89, 92), "Rate by month of the city hotel, EUR", "M1")
RATE_SEASON = given(.5, "Rate follows the month's share of arrivals to this power (Addis Ababa, Yerevan, Galle, Kandy)", "A")
RATE_NOISE = given(.17, "Rate differs between bookings of one kind by this coefficient of variation", "C",
                   "standard deviation within a month 25–43 EUR (M1)")
PURSE = given(.5, "Variance of rates, and of the order in other spend, that is the guest's own", "A")

# --- who -------------------------------------------------------------------------------------------------------------
COUNTRIES = given({"city": "PT .235 FR .153 DE .108 GB .081 ES .071 IT .044 BE .032 NL .027 US .026 BR .023 CH .021"},
                  "Countries of guests who stayed, city", "M1")
COUNTRIES |= given({
    "addis": "ET .24 US .13 KE .06 GB .06 CN .06 AE .05 DE .05 IT .04 FR .04 ZA .04 IN .04",
    "lanka": "LK .22 IN .15 GB .12 DE .09 RU .08 AU .06 FR .05 CN .05 NL .03",
    "yerevan": "RU .24 AM .16 GE .09 IR .08 US .08 DE .06 FR .06",
}, "Countries of guests: Addis Ababa, Galle and Kandy, Yerevan", "A")
TAIL_DECAY = given(.96, "Each further country of the long tail has this share of the one before", "A")
COUNTRY_EMPTY = given(.004, "Guests without a country", "M1")
COUNTRY_DRAW = given("country 77", "Name of the draw that deals out countries; it moves no return, and this one shows one of thirty by chance (L12)", "A")
NATIVE_SCRIPT = given({
    "amharic": .5, "armenian": .5, "sinhala": .5, "tamil": .1, "russian": .15, "chinese": .15, "arabic": .1, "persian": .1,
}, "Guests whose name is kept in their own script", "A")
SECOND_GIVEN = given({
    "iberian": .6, "english": .5, "german": .3, "french": .3, "italian": .2, "dutch": .4, "chinese": .8, "sinhala": .6, "tamil": .4,
    "arabic": .6, "persian": .2,
}, "Guests with a second given name, by name group", "A")
SECOND_FAMILY = given({"iberian": .85, "amharic": .6, "german": .05, "english": .03, "italian": .03},
                      "Guests with a second family name (in Ethiopia the grandfather's), by name group", "A")
IN_FULL = given({"independent": 6, "group": 1}, "The single hotel copies names from passports: so many chances of a second name", "A")
ADDRESS = given(.55, "Persons who leave an address, where the demo knows towns of their country", "A")
FAMILY = given(.04, "Persons who use the e-mail address of a relative, with the same family name and address", "A")
AGE_EDGES = given((14, 18, 25, 35, 45, 55, 65, 75, 92), "Age bands", "M2")
AGES = given((.015, .041, .167, .203, .250, .189, .097, .038), "Guests by age band", "M2")
BIRTH_EMPTY = given(.046, "Guests without a birth date", "M2")
PHONE = given(.72, "Guests with a phone number", "A")
REACH = given((.38, .52, .58, .88), "Consent to e-mail marketing ⊂ mailbox works ⊂ own address ⊂ any address, share of persons", "A")
SURVEY_CONSENT = given(.85, "Consent to surveys among guests whose mailbox works", "A")
SMS_CONSENT = given(.11, "Consent to SMS", "A")
POST_CONSENT = given(.06, "Consent to post", "A")
WITHDRAWN_AND_GIVEN_AGAIN = given(.03, "Consents withdrawn and given again", "A")
WITHDRAWN = given(.02, "Further guests who gave and withdrew their consent, share of persons", "A")
NO_PROOF = given(.015, "Consents without a proof", "A")
WISHES = given({"king": .348, "twin": .141, "quiet": .092, "high": .045, "crib": .0135}, "Wishes per guest", "M2")

# --- one person, several records -------------------------------------------------------------------------------------
OPENS = given((.75, .45, .15), "A repeat stay opens a new profile: guests with 2–3, 4–9, 10 and more stays", "A")
OTHERWISE_OPENS = given({"independent": .18, "group": .055}, "Any other further booking opens a new profile", "C",
                        "7 % and 22 % of profiles are surplus")
UNIDENTIFIED = given({"independent": .01, "group": .04}, "Bookings without a guest profile, all through agencies and operators", "A")
SLIPS = given({
    "mistyped": .30, "swapped": .08, "transliterated": .15, "nickname": .07, "accents": .10, "other_email": .45, "relay": .30,
    "phone_format": .40, "no_birth": .35, "day_for_month": .04, "married": .03, "family_email": .04,
}, "How a further profile differs from the person's own: one to three of these", "A")
DOCUMENT = given({"independent": 1.0, "group": .45}, "Profiles with a document number (as a hash)", "A")
PLACEHOLDER_DOCUMENT = given({"independent": .009, "group": .02}, "Documents that are a placeholder which hundreds share", "A")
PLACEHOLDER_EMAIL = given(.012, "Profiles with an e-mail address that is a placeholder which hundreds share", "A")
PLACEHOLDER_NAME = given(.002, "Profiles whose name is a placeholder", "A")
PLACEHOLDER_BIRTH = given(.005, "Birth dates that are a placeholder, 1900-01-01", "A")
BROKEN_EMAIL = given(.5, "Own addresses whose mailbox does not work that are written wrongly; the others bounce", "A")
BROKEN_PHONE = given(.015, "Phone numbers that cannot be one", "A")
KEEPS = given({"address": .8, "loyalty_number": .6, "second_name": .6},
              "A further profile repeats the person's address, loyalty number, second given name", "A")
SAID_AGAIN = given(.5, "A further profile of a guest who consents to e-mail holds the consent too", "A")

# --- coming back -----------------------------------------------------------------------------------------------------
STAYED = given({"independent": .76}, "Persons who have stayed, single hotel", "M2")
STAYED |= given({"group": .90}, "Persons who have stayed, group", "A")
RETURN = given({"independent": .0245}, "Share of guests who ever return, single hotel", "C",
               "2.3 % seen within the window (M2)")
RETURN |= given({"group": .34}, "Share of guests who ever return, group", "A")
GAP = given({"independent": ((0, 1), (.5, 7), (.75, 74), (.9, 269), (1, 720))}, "Days to the return, quantiles, single hotel", "M1")
GAP |= given({"group": tuple((1 - exp(-m / 16), m * 365.25 / 12) for m in range(0, 97, 2))},
             "Days to the return, group: returned within t months = .34 (1 − exp(−t / 16))", "A")
RETURN_BY_MARKET = given((.82, .97, .97, 1.28, 1.28, 1., 1.),
                         "Chance to return by the segment of the first stay, against all guests'", "A")
RETURN_BY_EXPERIENCE = given(((0, .46), (.15, .61), (.3, .92), (.5, 1.12), (1, 1.28)),
                             "Chance to return by how the first stay was found, worst to best, against all guests'", "A")
GAP_STEPS = given(3, "Gaps between later stays are a sum of so many equal chances: they vary by 58 % around the guest's own mean", "A")
SLOWEST = given({"independent": 720, "group": 1461}, "Longest mean gap that a guest has, days", "C", "three times the mean of the return law")
FASTEST = given(14, "Shortest mean gap that a guest has, days", "A")
GOES_ON = given({"independent": (.0, .93, 3), "group": (.2, .985, 285)},
                "Chance to come once more after the second and each later stay: least, most, and the mean gap (days) with which it lies halfway",
                "C", "stays per guest: .775, .120, .043, .030, .019, .013 with 1, 2, 3, 4–5, 6–9, 10 and more")
GOES_ON_SLOPE, GOES_ON_NOISE = given((1.5, 3.), "How sharply it falls with the logarithm of the mean gap, and how much guests differ in it", "A")
YEARLY = given({"independent": 0., "group": .25}, "Guests who come back in one season only, that of their first stay", "A")
YEARLY_WEEKS = given(5, "They arrive in one of so many weeks, the last of which is that of the first stay", "A")
NIGHTS_OWN = given(.5, "Later stays that are as long as this guest's stays are", "A")
MARKET_OWN = given(.6, "Later bookings made as the guest's first", "A")
AGAIN_SHARE = given({"independent": .045, "group": .39}, "Share of stays after a guest's first", "C")
AGAIN_RATE = given({"independent": .68, "group": .87}, "Rate of returning guests against new ones, before their segments", "C",
                   "ADR 63 against 102 (M1); half of it in the group (A)")
AGAIN_SHORTER = given({"independent": .85, "group": .35},
                      "Returning guests' rank in nights is lower by this much", "C", "1.85 against 3.46 nights (M1)")
AGAIN_LATER = given({"independent": 2.2, "group": 1.0},
                    "Returning guests book later: logarithm of the ratio of leads", "C", "median 2 against 49 days (M1)")
SAME_PROPERTY = given(.15, "A return leads to the property of the first stay, group", "A")
YEARS = given({"independent": (1, 1, 1, 1), "group": (1.38, 1.01, .82, .79)},
              "First stays by year of history: total demand stays flat", "C")

# --- what is not realised --------------------------------------------------------------------------------------------
LOST = given({"independent": (.25, .08, 1.02), "group": (.325, .17, 1.12)},
             "Cancelled bookings and no-shows: per guest who stayed, per further stay, per person who never stayed", "C",
             "41.7 % and 27 % of bookings")
NO_SHOW = given({"independent": .028, "group": .045}, "No-shows among bookings that were lost", "C",
                "1.15 % (M1) and 1.2 % (A) of bookings")
LEAD_FACTOR = given({"independent": 1.0, "group": .6}, "Lead times against the measured ones", "A")
LOST_SHARE = given({"independent": .39, "group": .275}, "Bookings that are lost", "C")
FEE = given(.6, "No-shows and cancellations within a day of arrival that pay one night", "A")
TENTATIVE = given(.1, "Group bookings on the books that are still tentative", "A")

# --- money beside the room ---------------------------------------------------------------------------------------------
OTHER = given((
    (0, 1), (.01, 2), (.05, 6), (.1, 11), (.25, 28), (.5, 56), (.75, 110), (.9, 191.2), (.95, 272), (.99, 527.7), (1, 800),
), "Other spend per stay, EUR quantiles", "M2")
OTHER_LEVEL = given({"independent": .755, "group": .72}, "Level of other spend against these quantiles", "C", "18.4 % of total revenue (M2)")
OTHER_NOISE = given(.9, "Noise in the order of other spend against lodging", "C", "rank correlation of total and other spend .73 (M2)")
DEPARTMENTS = given({"fnb": .62, "spa": .16, "laundry": .04, "minibar": .05, "transfer": .08, "events": .05},
                    "Other spend by department", "A")
POSTINGS = given((.40, .35, .25), "Stays with one, two, three postings", "A")
COMMISSION = given({"ota": 1800}, "Commission of online agencies, basis points", "P", "15–25 % (vendors)")
COMMISSION |= given({"gds": 1000}, "Commission of the GDS, basis points", "A")
DIRECT_COST = given(450, "Cost of a direct booking, basis points", "P", "HeBS (vendor)")
EXPEDIA = given(.25, "Expedia's share of online agency bookings", "A")
BY_PHONE = given(.35, "Phone's share of direct bookings", "A")
RATES = given({"ETB": (.0195, .0068), "LKR": (.0042, .0031), "AMD": (.0016, .0024)},
              "Invented exchange rates: EUR for one unit in the first and in the as-of month; between them even growth with ripples", "A")
RATE_MONTHS = 49


def exchange_rate(currency: str, month: int) -> float:
    """Return the invented EUR for one unit of a currency in a month counted from the first of history; 1 for EUR.

    Nobody knows a rate beyond the as-of month: later months have its rate.
    """
    if currency == "EUR":
        return 1.0
    month = min(month, RATE_MONTHS - 1)
    first, last = RATES[currency]
    ripple = 1 + .015 * ((month * 7) % 5 - 2) / 2
    return round(exp(log(first) + (log(last) - log(first)) * month / (RATE_MONTHS - 1)) * ripple, 8)

# --- members and what guests say -----------------------------------------------------------------------------------------
MEMBERS = given({"independent": (0, 0, 0), "group": (.078, .29, .57)},
                "Members among persons asked once, twice, three times, after their first, second and fourth stay: 12.5 % of persons", "A")
WAYS = given({"front_desk": .55, "own_site": .30, "app": .15},
             "Where members join: at the desk, with the points of that stay; or within sixty days of it on the site or in the app", "A")
REVIEWED = given(.10, "Stays with a public review", "A")
SCORES = given((2.8, .9, 1.7, 2.1, 4.4, 5.1, 11.4, 20.9, 19.8, 31.1), "Review scores 1 to 10, %", "P",
               "157,484 English reviews of 65 hotels on Booking.com, 2021–2024 (measured)")
REVIEW_MONTH = given((.754, .2, .034, .012), "Reviews written in the month of the stay and the three after it", "P",
                     "the same reviews (measured)")
MEMBER_PREMIUM = given(.12, "Members spend more from the day they join: what the programme causes (lesson L6)", "A")
MEMBERS_AGAIN = given({"independent": 0., "group": .3}, "Members' share of the nights after a guest's first stay", "C")
MEMBER_SCORE = given(.8, "Members' scores stand higher: pull on the order, in standard deviations", "A")

# --- the programme and its points ---------------------------------------------------------------------------------------
PROGRAMME = given(("hearth", "Hearth Club", "EUR"), "The programme: its code, name and currency", "A")
QUALIFY = given({"Base": 0, "Silver": 3, "Gold": 7, "Platinum": 20}, "Nights in 12 months that lead into a tier, and keep it", "A")
VALID = given(24, "Months for which a tier is valid", "A")
TIER_FACTORS = given((1.0, 1.25, 1.5, 2.0), "Factors by which the tiers earn", "A")
EARN = given(10.0, "Points per EUR, on the room and in every department", "A")
WELCOME = given(500, "Points for joining", "A")
EXPIRY = given(36, "Months after which points expire", "A")
VALUE_PER_1000 = given(400, "EUR cents that 1,000 points are worth", "A")
REDEEMED = given(.74, "Points of every month of issue that are redeemed in the end (lesson L11)", "A")
REDEEMED_MONTHS = given(30, "Redeemed within t months: .74 (1 − exp(−t / 30)) / (1 − exp(−36 / 30))", "A")
REWARDS = given({"room": .45, "fnb": .28, "upgrade": .16, "spa": .11}, "What points are redeemed for", "A")
REWARDS_AT_ONCE = given((.6, .3, .1), "Redemptions that are one, two, three rewards", "A")
POINTS_TWICE = given(.01, "Lines of the ledger that were posted twice, and the second reversed", "A")
POINTS_ADJUSTED = given(.005, "Lines of the ledger that staff adjusted", "A")
ADJUSTMENTS = given((("Room was not ready on arrival", 500), ("Breakfast was missing on the first day", 250), ("Noise from works next door", 1000),
                     ("Points of a stay with another card", -300), ("Wrong rate was credited", -200)), "Adjustments: reason and points", "A")
CLOSES = given(.012, "Members who close their account in a year", "A")
FORFEITED = given(.6, "Closed accounts whose points are forfeited; of the others, all are redeemed on the last day", "A")
PROGRAMME_COSTS = given({"fees": 1.70, "benefits": 1.65, "staff": .85},
                        "Cost of the programme beside its points, EUR per occupied room; with them about 5", "A", "$5.46 (CBRE 2024) in all")
OCCUPANCY = given(.65, "Occupancy that the budget of the programme rests on", "A")
REFERRERS = given(.12, "Members who have a code to recommend the house by", "A")
INVITES = given((.20, .19, .17, .16, .15, .13), "Members with a code who invited one, two, … six persons", "A")
INVITED_COME = given(.18, "Invited persons who stay within 180 days; they spend as others do", "A")
INVITE_CHANNELS = given({"link": .6, "email": .3, "card": .1}, "How invitations travel", "A")

# --- a list that was contacted ----------------------------------------------------------------------------------------------
WIN_BACK_NAME = "Win-back, autumn 2024"
WIN_BACK = given({"days ago": 182, "window": 180, "held out": 1 / 3, "stays": 4, "silent": 180},
                 "A win-back list of half a year ago: guests with so many stays, silent for so many days; a third held out; contact had no effect", "A")

# --- enquiries on their way to a booking -----------------------------------------------------------------------------------
ENQUIRIES = given({"independent": 1500 / 40_000, "group": 6000 / 40_000}, "Leads per person", "A")
LEAD_SOURCES = given({"form": .5, "phone": .3, "event": .2}, "Leads by source", "A")
LEAD_KINDS = given({"room": .68, "group": .14, "wedding": .06, "meeting": .12}, "Leads by kind", "A")
LEAD_AHEAD = given((30, 90, 200, 45), "Median days from enquiry to arrival, by kind", "A")
LEAD_NIGHTS = given((5, 4, 3, 3), "Most nights that a lead asks for, by kind", "A")
LEAD_ROOMS = given(((1, 1), (5, 22), (6, 19), (3, 14)), "Fewest and most rooms of a lead, by kind", "A")
LEAD_EVENT = given(45, "EUR for a guest's dinner at a wedding or day at a meeting", "A")
LEAD_SEVERAL = given(.85, "Rate of five rooms and more against the house's", "A")
LEAD_COMPANY = given((.10, .30, 0., .85), "Leads that a company asks, by kind", "A")
LEAD_RETURNING = given(.18, "Leads of guests who have stayed", "A")
LEAD_STAGES = given((.80, .45, .30, .12), "Leads that are answered, qualified, offered, won", "A")
LEAD_DAYS = given(4.3, "Median days from the answer to won or lost: 6 days from the enquiry", "A")
LEAD_STEPS = given((.15, .4), "Leads are qualified and offered after this share of those days", "A")
LEAD_SPREAD = given((.9, 1.1), "Spread of days, and of hours to an answer: standard deviation of the logarithm", "A")
LEAD_NEXT = given(.85, "Open leads with a next step and its day, five days late to ten days ahead", "A")
LEAD_LEFT = given(.03, "Leads that nobody closes", "A")
LEAD_ANSWER = given((4.0, .58, 16.0), "Median hours to the first answer: form, phone, event", "A")
LEAD_EFFECTS = given({
    "form": 0.0, "phone": .6, "event": -.5, "room": 0.0, "group": -.4, "wedding": -.7, "meeting": .1,
    "doubled days ahead": -.25, "doubled hours to the answer": -.18, "returning guest": 1.1, "company": .4,
}, "What moves the chance of an answered lead to be qualified, offered and won: logarithm of the odds", "A")
LEAD_LEVELS = given((.42, -.53, -1.98), "Level of that logarithm for qualified, offered, won", "C", "45, 30 and 12 % of leads")

# --- messages ------------------------------------------------------------------------------------------------------------
THREADS = given({"independent": .08, "group": .10}, "Exchanges of messages per booking that has a guest", "A")
MOMENTS = given((.45, .35, .20), "Messages before, during and after the stay", "A")
MOMENT_CHANNELS = given({
    "before": {"email": .62, "phone": .22, "chat": .10, "social": .06}, "during": {"front_desk": .48, "app": .22, "chat": .18, "phone": .12},
    "after": {"email": .66, "phone": .12, "social": .22},
}, "Channels of messages before, during and after the stay", "A")
ANSWER_HOURS = given({"email": 4.5, "phone": .58, "chat": .58, "social": 3.0, "app": .58}, "Median hours to the first answer by channel", "A",
                     "35 minutes on phone, chat and app; hours on e-mail")
UNANSWERED = given(.05, "Messages that are never answered", "A")
