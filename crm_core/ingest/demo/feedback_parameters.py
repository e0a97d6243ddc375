"""The numbers of what guests say and how the hotels answer, each with its mark."""
from crm_core.ingest.demo.parameters import given

PLATFORMS = given({"google": .25, "tripadvisor": .15, "airbnb": .05}, "Public reviews on open platforms, share of all; agency guests write at their agency", "A")
AGENCY_REVIEWS = given({"booking_ota": 1.5, "expedia_ota": 1.0}, "Chance of a review by the booking's agency, against all stays'", "A")
OTHER_REVIEWS = given(.75, "The same for stays that no agency brought", "C", "one review for every tenth stay")
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
ANSWER_DAYS = given((2.1, 1.0), "Median days to the answer, and spread of their logarithm; scores of five and less in two thirds of it", "A")
NOISY = given({"block": .31, "elsewhere": .04}, "Texts about the first hotel that complain of noise: floor 3 on the street side, and elsewhere (lesson L10)", "A")
STREET = given((3, 8), "Floor and number of its rooms that look on the street", "A")
