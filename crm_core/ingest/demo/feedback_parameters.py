"""The numbers of what guests say and how the hotels answer, each with its mark."""
from crm_core.ingest.demo.parameters import given

PLATFORMS = given({"google": .55, "tripadvisor": .33, "airbnb": .12},
                  "Platforms of public reviews by guests whom no agency brought; agency guests write at their agency", "A")
BLANK = given(.423, "Public reviews without text", "P", "157,484 English reviews of 65 hotels on Booking.com, 2021–2024 (measured)")
WORDS = given(((0, 2), (.1, 5), (.25, 10), (.5, 22), (.75, 46), (.9, 81), (1, 130)), "Words of a text, quantiles", "P", "the same reviews (measured)")
TONE = given({1: (.06, .10), 2: (.08, .10), 3: (.10, .12), 4: (.14, .14), 5: (.36, .18), 6: (.46, .20), 7: (.58, .18), 8: (.74, .14), 9: (.86, .09),
              10: (.91, .06)}, "Positive and neutral share of what is said, by score of ten; 76 % of judgements are positive", "A")
ASPECTS = given({"staff": .20, "room": .18, "location": .16, "food": .13, "cleanliness": .11, "value": .08, "checkin": .05, "noise": .04,
                 "wifi": .03, "facilities": .02}, "What texts speak of", "A")
IN_ENGLISH = given(.2, "Guests who write in English and not in their own language", "A")
OPENS_WITH, CLOSES_WITH = given((.25, .3), "Texts with an opening that says nothing, and with a closing word", "A")
MIXED, IRONIC = given((.08, .04), "Sentences that praise one thing and blame another; complaints that are meant ironically", "A")
TYPING = given(.02, "Texts with a typing error", "A")
EMOJI = given(.03, "Texts that end with an emoji", "A")
ANSWERED = given(.688, "Public reviews that the hotel answers", "P", "Shiji/ReviewPro 2025")
ANSWERED_OF_LATE = given(.25, "Critical reviews of the last thirty days that the hotel has answered or will answer", "A")
CRITICAL = given(4, "Score of ten up to which a review is critical: 40 of 100, as the product counts", "A")
ANSWER_DAYS = given((2.1, 1.0), "Median days to the answer, and spread of their logarithm; scores of five and less in two thirds of it", "A")
NOISY = given({"block": .31, "elsewhere": .04}, "Texts about the first hotel that complain of noise: floor 3 on the street side, and elsewhere (lesson L10)", "A")
STREET = given((3, 8), "Floor and number of its rooms that look on the street", "A")

# --- surveys -----------------------------------------------------------------------------------------------------------------
ASKED = given(.98, "Stays of known guests who booked themselves (leisure, business) that are followed by an invitation", "A")
BOUNCED = given(.0093, "Invitations that bounce", "P", "Campaign Monitor 2019, travel")
SURVEY_WAIT = given(((0, 0), (.5, 1.5), (.9, 9), (1, 20)), "Days from the invitation to the answer, quantiles", "A")
ANSWERS = given({"keen": .30, "others": .096, "first hotel": .157},
                "Answers of delivered invitations: members (single hotel: who books direct), others; first hotel", "A")
RECOMMENDS = given({"keen": (.03, .09, .24, .64), "others": (.06, .155, .375, .41)},
                   "How stays would be recommended: 0–3, 4–6, 7–8, 9–10 of ten (lesson L8)", "A")
EXTREMES = given(1.2, "Stays of 0–3 and 9–10 answer this much more often", "A")
MIX = given({"before": .80, "last year": .35}, "Leisure share of the first hotel's answers, until a year ago and since then (lesson L4)", "A")
SEGMENTS = given({
    ("leisure", "before"): (.04, .12, .24, .60), ("leisure", "last year"): (.03, .09, .24, .64),
    ("business", "before"): (.10, .22, .36, .32), ("business", "last year"): (.08, .20, .36, .36),
}, "The same of its answers by segment: NPS 44 → 52 and 0 → 8 (lesson L4)", "A")
WITHIN = given(((.4, .3, .2, .1), (.2, .3, .5), (.4, .6), (.4, .6)), "Shares of 0 to 3, 4 to 6, 7 and 8, 9 and 10 within their class", "A")
SATISFIED = given(((.55, .45), (.25, .55, .20), (.15, .60, .25), (.05, .25, .70)), "Satisfaction of five by class, from 1, 2, 3 and 3 on", "A")
SURVEY_TEXT = given(.40, "Survey answers with a text", "A")
EASE = given(.6, "Survey answers that say how easy it was", "A")

# --- cases -------------------------------------------------------------------------------------------------------------------
CASES = given(.04, "Cases per stay that is over", "A")
CASE_KINDS = given({"noise": .17, "cleanliness": .16, "air": .14, "billing": .12, "wifi": .11, "staff": .08, "food": .08, "other": .14}, "Cases by kind", "A")
SOLVED = given((.45, .40, .15), "Cases solved in less than 4 hours, in 4 to 48, in more", "A")
SOLVED_HOURS = given(((.4, 3.9), (4.2, 46.), (50., 260.)), "Shortest and longest hours of these classes; evenly in the logarithm", "A")
MAJOR = given((.15, .45, .75), "Major cases in these classes (lesson L14)", "A")
BACK_AFTER_CASE = given(((.24, .12), (.22, .10), (.20, .08)), "Guests who come back within a year by class, after a minor and a major case (lesson L14)", "A")
CASE_ANSWER = given((35., 1.0), "Median minutes to the first answer, and spread of their logarithm", "A")
REOPENED = given((0., .11, .11), "Cases that were reopened, by class: 6 % of all", "A")
PAID_FOR = given(.6, "Major cases with a compensation", "A")
COMPENSATION = given((15., 120.), "Compensation, EUR from and to", "A")
FROM_REVIEW = given(.5, "Critical reviews of known guests' first stays from which a case was opened, as far as there are cases", "A")
WAITS = given(.7, "Cases of the last thirty days that are still open", "A")
