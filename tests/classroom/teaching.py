"""A class small enough to count by hand: two lessons, three questions, and what is right."""

from crm_core.association.lessons import Lesson, Question

L02 = Lesson(
    "L02", {"en": "Did the campaign cause it?", "hy": "Արշավի՞ շնորհիվ"}, {"en": "How much did the campaign add?"},
    {"en": "Those who were written to would have come anyway: SECRETNOTICE."}, {"en": "Ask for the control group."}, ({"en": "Look for people held out."},),
    "campaign", {"campaign": "3", "period": "12m"}, 10,
    (Question("lift", "number", {"en": "By how many points?"}, truth="true", scale=100.0, tolerance=0.2, unit={"en": "points"}, why={"en": "SECRETWHY one"}),
     Question("verdict", "choice", {"en": "Did it pay?"}, (("yes", {"en": "Yes <b>bold</b>"}), ("no", {"en": "No"}), ("open", {"en": "Nobody can tell"})),
              answer="no", why={"en": "SECRETWHY two"})),
    truth="L02", honest_page="attribution", honest_params={"campaign": "3"})  # fmt: skip
L05 = Lesson(
    "L05", {"en": "Who comes back"}, {"en": "Is it rising?"}, {"en": "The young cohorts had no time yet."}, {}, (), "briefing", {}, 5,
    (Question("share", "number", {"en": "Which share came back?"}, answer=24.5, tolerance=0.5, unit={"en": "%"}),))  # fmt: skip
LESSONS = (L02, L05)
KEYS = {"L02": {"lift": 1.9618, "verdict": "no"}, "L05": {"share": 24.5}}
LIFT, VERDICT, SHARE = ("L02", "lift"), ("L02", "verdict"), ("L05", "share")
SECRETS = ("1.96", "SECRET")  # what no page may hold before the reveal
