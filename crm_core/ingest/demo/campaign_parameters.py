"""The numbers of campaigns and of their messages, each with its mark."""
import datetime as dt

from crm_core.ingest.demo.parameters import given

PROXY_FROM = given(dt.date(2021, 9, 20), "First day on which mail programs open messages by themselves (lesson L1)", "P", "Apple Mail Privacy Protection, iOS 15")
PROXIED = given(.32, "Addresses whose mail program opens messages by itself", "A")
PROXY_OPENS = given(.72, "Their messages that it opens", "A", "gives .343 opens reported, two thirds of them by machines")
CAMPAIGN_OPENS = given((.18, .165), "Human opens of campaigns, before and since then, of addresses without such a program", "P", "17.1 % (Revinate 2019)")
CAMPAIGN_CLICKS = given((.024, .019), "Clicks of campaigns, before and since then, of delivered messages", "P", "2.38 % (Revinate 2019), 1.9 % (Revinate 2024)")
AUTOMATIC = given({"welcome": (.42, .13), "pre_arrival": (.52, .25), "survey": (.38, .20), "birthday": (.30, .06), "lapsed": (.12, .012)},
                  "Human opens and clicks of messages that follow from what a guest does", "A")
SMS_CLICKS = given(.03, "Clicks in text messages", "A")
BOUNCED = given(.0093, "Messages to working addresses that bounce, for a time", "P", "Campaign Monitor 2019, travel")
SCANNED = given(.008, "Deliveries in which a scanner clicks every link", "A")
LEAVES_BY_CAMPAIGN = given(.36, "Guests who withdraw for good that do so by a campaign's link: .16 % of messages", "P", "Campaign Monitor 2019, travel")
LEAVES_BY_JOURNEY = given(.08, "Guests who withdraw for good that do so by the link of a greeting", "A")
COMPLAINS = given(.2, "Of those who leave by a link, so many by a complaint: .04 % of messages", "A")
LEAVES_SERVICE = given({"pre_arrival": .0005, "survey": .001}, "Unsubscriptions from messages before arrival and from invitations to a survey", "A")
OPEN_DAYS = given(((0, .002), (.5, .12), (.9, 1.3), (1, 6.)), "Days to an open, quantiles", "A")
PROVIDERS = given({"gmail.com": .40, "outlook.com": .12, "yahoo.com": .08, "icloud.com": .07, "mail.ru": .06, "gmx": .04, "orange.fr": .03, "web.de": .02,
                   "qq.com": .02, "other": .16}, "Mail providers, invented for each address", "A")
HOLDOUT = given(("demo", 1000), "Global holdout: its salt, and its share in basis points", "A")
MAILS = given({"independent": .3, "group": 1.}, "Campaigns' people against the group's, per person", "A")
MISTAKEN = given(.015, "Held-out guests of one campaign who were written to by mistake", "A")
SELECTED_BEFORE = given(31, "Days for which a guest must be known to be on the list of lessons L2 and L3", "A")
QUIET = given(30, "Days around the lists of lessons L2 and L3 in which their people get no other marketing message", "A")
LAUNCHED = given({"birthday": dt.date(2024, 5, 1), "lapsed": dt.date(2023, 4, 1)}, "First days of the journeys", "A")
PRE_ARRIVAL_FROM = given({"independent": dt.date(2024, 6, 1), "group": dt.date(2021, 4, 1)}, "First day of messages before arrival", "A")
SURVEYED_FROM = given({"independent": dt.date(2024, 2, 1), "group": dt.date(2021, 4, 1)},
                      "First day on which invitations to surveys go through the mail platform", "A")
DUE_DAYS = given(60, "Days before the as-of date of which steps of journeys are kept", "A")

# --- lessons -----------------------------------------------------------------------------------------------------------------
WINDOW = given(30, "Days in which a booking counts for a campaign", "A")
EARLY = given(5, "Bookings of the first so many days are those that a rule of four days credits", "C")
SEPTEMBER = given({"treated": 8100, "held": 900, "booked": 162, "held booked": 18, "early": 22, "held early": 2, "later": 0, "opened": 65, "open": .40},
                  "Lesson L2, September sun: 2.0 % book in both arms", "A")
NOVEMBER = given({"treated": 7200, "held": 1800, "booked": 230, "held booked": 36, "early": 19, "held early": 4, "later": 86, "opened": 58, "open": .25},
                 "Lesson L3, Winter light: 3.2 % against 2.0 %, the extra bookings from day 6 on", "A")
LATER_FROM = given(6, "Day from which on Winter light's extra bookings come", "A")
LESSON_CLICKS = given({"september": .046, "november": .029}, "Clicks of these two", "C", "as of other campaigns, for each open")
MOVED = given(200, "Days by which a booking is moved at most, so that these counts are met", "A")
NEW_GUESTS = given(120, "Bookings of guests who have not stayed yet are moved only where others lie so many days further off", "A")
ARMS_DRAW = given({"september": "arms 217", "november": "arms 320"},
                  "Names of the draws that deal out arms among those who book: by chance one of thirty groups of September sun's stands out (lesson L12)", "A")
ORDER_DRAW = given("order 6", "Name of the draw by which bookings are chosen: September sun's first ones are worth more (lesson L3)", "A")
OPENED_DRAW = given("opened 1558", "Name of the draw that says which of those who book opened the message: September sun's spend more (lesson L2)", "A")
