"""The numbers of the demo's standards, staff and certificates, and what it keeps from the first morning on, each with its mark."""
import datetime as dt

from crm_core.ingest.demo.parameters import AS_OF, given

ASSESSED_ON = given((dt.date(2024, 5, 14), dt.date(2025, 2, 11)), "Days on which every hotel was held against the first checklist", "A")
AUDITED = given(("ADD", "LIS"), "Hotels whose second assessment was an audit", "A")
RESULTS = given((("met", (.66, .78)), ("partly", (.17, .12)), ("not_met", (.13, .07)), ("not_applicable", (.04, .03))),
                "Items of a checklist by result, first and second time", "A")
TICKED = given(("ADD", "r2"), "An item that a hotel ticked and its guests contradict: rooms that hear the street (lesson L10)", "A")
PLANNED = given(3, "Items not met or partly met that each hotel means to improve", "A")
STAFF = given(60 / 184, "People on the staff list per room", "A")
DEPARTMENTS = given({"front_desk": .22, "housekeeping": .28, "restaurant": .22, "maintenance": .10, "management": .07, "spa": .05, "accounts": .04, "it": .02},
                    "People by department", "A")
JOINED = given((dt.date(2015, 3, 1), dt.date(2025, 2, 1)), "First and last day on which somebody joined", "A")
LEFT = given(.05, "People who have left", "A")
VALID = given(.78, "Certificates that departments ask for and that are valid", "A")
EXPIRING = given(.15, "Of those, certificates that expire within ninety days", "A")
HELD_ONCE = given(.6, "Of the others, certificates that have expired; the rest was never earned", "A")
LEARNT = given(.5, "People who took lessons, one to three of them", "A")
RIGHT = given(.68, "Answers in lessons that were right", "A")

VIEWS = given((
    ("Rooms and revenue", "revenue", {"comparison": "year", "period": "12m"}, "What was sold, at which rate, and what is left of it."),
    ("Who comes back", "retention", {"period": "12m"}, "Read the curve, not the youngest cohort."),
    ("Recommendation by hotel", "figure", {"by": "property", "kpi": "nps", "period": "12m"}, "Mind the intervals: the small hotels have few answers."),
    ("Cases of the last month", "service", {"period": "1m"}, ""),
), "Saved views: name, page, parameters, note", "A")
BOARD = given(("My Monday", "Ten minutes before the weekly meeting."), "The board of these views, which is printed every Monday", "A")
NOTES = given((
    ("LIS", dt.date(2024, 4, 15), None, "market", "Two new hotels opened near by"),
    ("ADD", dt.date(2023, 2, 6), dt.date(2023, 3, 10), "works", "Lobby rebuilt, entrance through the courtyard"),
    ("EVN", dt.date(2024, 5, 1), None, "price", "Breakfast is part of every rate"),
    ("GAL", dt.date(2024, 11, 1), None, "team", "New head of kitchen"),
    ("KAN", dt.date(2024, 8, 9), dt.date(2024, 8, 19), "other", "Procession in the town, streets closed in the evening"),
), "Notes on the time axis: hotel, days, kind, what", "A")
DECISIONS = given((
    {"kpi": "direct_share_nights", "will_do": "Ask guests of online agencies for their own address at check-in, and give them the card for booking direct.",
     "owner": "Front office manager", "from_on": dt.date(2024, 10, 1), "due_on": dt.date(2025, 3, 31), "expected": .26, "was": .246, "was_n": 42_200,
     "playbook": "ask_for_direct", "state": "open"},
    {"kpi": "review_answer_rate", "will_do": "Two people answer every morning before ten, the worst reviews first.", "owner": "Guest relations manager",
     "from_on": dt.date(2024, 7, 1), "due_on": dt.date(2025, 1, 1), "expected": .75, "was": .690, "was_low": .660, "was_high": .719, "was_n": 959,
     "playbook": "answer_reviews", "state": "read", "came": .667, "came_low": .637, "came_high": .697, "came_n": 944},
    {"kpi": "no_show_rate", "will_do": "Ask for a card with every booking of a day with more than nine in ten rooms sold.", "owner": "Revenue manager",
     "from_on": dt.date(2025, 2, 1), "due_on": AS_OF + dt.timedelta(120), "expected": .012, "was": .0151, "was_low": .0133, "was_high": .0171, "was_n": 15_781,
     "playbook": "", "state": "open"},
), "Decisions: one is due, one was read, one is open", "A")
