"""What guests say: who would recommend, how they rate, what they name and how they speak of it, and whether they were answered."""
from sqlalchemy import literal

from crm_core.dialects import days_between
from crm_core.i18n import N_
from crm_core.marts import tables
from crm_core.metrics import measures as m
from crm_core.metrics.definition import Measure, Metric

PROMOTES, DETRACTS = 9, 6
# A part of the best answer: 4 of 5, 7 of 10. Whatever the scale, the top two boxes of five are its best 40 %.
TOP_BP = 6_000
EASY = 5  # of 7
ANSWER_DAYS = 3  # a review that is younger is not late yet
YEAR = 365
# Languages whose labels count; what is only indicative is told apart (SENTIMENT: coverage).
VALIDATED = ("validated", "validated_other")
HOUR = 60


def _said(when, value=lambda r: literal(1), **options) -> Measure:
    """A measure of reviews and survey answers, placed by the day they were written."""
    return Measure(tables.reviews, "reviewed_on", value, when, **options)


def recommends(r):
    """Whether a survey answers the recommendation question, and the guest did not answer it again for the same stay."""
    return (r.kind == "survey") & r.nps.is_not(None) & (r.is_repeat == 0)


def _asked(points: int | None = None, holds=None, known=None) -> Measure:
    """Answers to the recommendation question that `holds` is true of, each worth so many points; `known` = only with a known stay."""
    def when(r):
        return recommends(r) & (literal(True) if holds is None else holds(r)) & (literal(True) if known is None else known(r))

    return _said(when, lambda r: literal(1 if points is None else points), order=True)


def _score(known=None) -> tuple[tuple[Measure, Measure], tuple[Measure]]:
    """The parts of a Net Promoter Score: a promoter adds a hundred points, a detractor takes them; and all answers."""
    promoters = _asked(100, lambda r: r.nps >= PROMOTES, known)
    detractors = _asked(-100, lambda r: r.nps <= DETRACTS, known)
    return (promoters, detractors), (_asked(None, None, known),)


plain, answers = _score()
of_stays, answers_of_stays = _score(lambda r: r.stratum.is_not(None))
satisfied, rated = _said(lambda r: r.csat_bp > TOP_BP), _said(lambda r: r.csat_bp.is_not(None))
easy, effort = _said(lambda r: r.ces >= EASY), _said(lambda r: r.ces.is_not(None))


def _delivered(r):
    return (r.is_delivered == 1) & (r.ripe_on <= r.as_of)


invited = Measure(tables.invitations, "sent_on", lambda r: literal(1), _delivered)
replied = Measure(tables.invitations, "sent_on", lambda r: literal(1), lambda r: _delivered(r) & (r.is_answered == 1))
scores = _said(lambda r: r.rating.is_not(None), lambda r: r.rating)


def _mentioned(label: str | None = None, **options) -> Measure:
    """Mentions in languages that are validated."""
    labels = ("positive", "negative") if label is None else (label,)
    return Measure(tables.mentions, "reviewed_on", lambda r: literal(1), lambda r: r.coverage.in_(VALIDATED) & r.label.in_(labels), **options)


naming = Measure(tables.mentions, "reviewed_on", lambda r: r.review_id, lambda r: r.coverage.in_(VALIDATED), distinct=True)
texts = _said(lambda r: (r.words > 0) & r.coverage.in_(VALIDATED))
written, read = _said(lambda r: r.words > 0), _said(lambda r: (r.words > 0) & (r.is_scored == 1))


def _read_as(*labels: str) -> Measure:
    return _said(lambda r: (r.is_scored == 1) & r.coverage.in_(VALIDATED) & r.label.in_(labels))


def _due(r):
    """Whether a review asks for an answer and has had time to get one."""
    return (r.is_answerable == 1) & (days_between(r.reviewed_on, r.as_of) >= ANSWER_DAYS)


waiting = _said(lambda r: r.is_answerable == 1, lambda r: r.wait_minutes)
answered = _said(lambda r: (r.is_answerable == 1) & (r.is_answered == 1))


def _negative(r):
    return (r.is_negative == 1) & (r.ripe_on <= r.as_of)


def _answer_time(key: str, number: str, name: str, definition: str, percentile: int) -> Metric:
    return Metric(key, number, name, definition, "hours", "down", (waiting,), (), "waiting", 20, source="Kaplan-Meier 1958, Greenwood", ended=answered,
                  percentile=percentile, scale=HOUR)


METRICS = (
    Metric(
        "nps", "13", N_("Net Promoter Score®"),
        N_("Answers of 9 and 10 less answers of 0 to 6, out of all answers to the question whether one would recommend the hotel (0 to 10), in "
           "points from −100 to 100. Of several answers for one stay the last counts."),
        "points", "up", plain, answers, "nps", 30, source="Reichheld 2003",
    ),
    Metric(
        "nps_weighted", "14", N_("NPS, adjusted"),
        N_("The Net Promoter Score if every kind of stay had answered as often as it stayed: by way of booking (direct, agency, other), member or "
           "not, and 1, 2 to 3 or 4 nights and more. Kinds with fewer than five answers are told with their neighbour. It shows how far those who "
           "answer differ from those who stay."),
        "points", "up", of_stays, answers_of_stays, "strata", 100, source="post-stratification", stays=m.stays,
    ),
    Metric(
        "csat_top2", "15", N_("Satisfied guests"),
        N_("Answers of 4 and 5 out of 5 to the question how satisfied one was, out of all answers. On other scales: the best 40 % of the scale."),
        "share", "up", (satisfied,), (rated,), "wilson", 30, source="common practice",
    ),
    Metric(
        "ces_top", "15a", N_("Found it easy"),
        N_("Answers of 5 to 7 out of 7 to the question how easy it was to get what one needed, out of all answers."),
        "share", "up", (easy,), (effort,), "wilson", 30, source="common practice",
    ),
    Metric(
        "survey_response_rate", "16", N_("Survey response"),
        N_("Invitations to a survey that were answered, out of all that were sent in the period and did not bounce. Who was asked less than 21 days "
           "ago is not counted yet."),
        "share", "up", (replied,), (invited,), "wilson", 30,
    ),
    Metric(
        "review_index", "17", N_("Open review index"),
        N_("(Σ weight × rating + 10 × prior) / (Σ weight + 10), over the ratings of the 365 days before the period's end, each rescaled to 0–100 "
           "between the ends of its scale. A rating weighs half as much for every 90 days of its age, times the weight of its source; the prior is "
           "the mean of all ratings ever here."),
        "index", "up", (scores,), (), "index", 25, horizon=YEAR,
    ),
    Metric(
        "aspect_positive_share", "18", N_("Spoken well of"),
        N_("Mentions that are positive, out of the positive and negative ones. Neutral and mixed ones are out, and so are languages in which the "
           "reading is not validated."),
        "share", "up", (_mentioned("positive"),), (_mentioned(),), "wilson", 30, source="TrustYou / ReviewPro practice",
    ),
    Metric(
        "sentiment_positive_share", "18a", N_("Positive texts"),
        N_("Reviews and survey answers whose text is positive, out of those whose text is positive or negative, in languages in which the reading is "
           "validated."),
        "share", "up", (_read_as("positive"),), (_read_as("positive", "negative"),), "wilson", 30,
    ),
    Metric(
        "aspect_mention_rate", "19", N_("Mention rate"),
        N_("Reviews and survey answers that name an aspect of the stay (of a split: this aspect), out of all with text in languages in which the "
           "reading is validated."),
        "share", "none", (naming,), (texts,), "wilson", 30,
    ),
    Metric(
        "scored_share", "19a", N_("Texts read"),
        N_("Reviews and survey answers whose text could be read for what it says, out of all with text. It stands beside every figure of sentiment."),
        "share", "up", (read,), (written,),
    ),
    Metric(
        "review_answer_rate", "21", N_("Reviews answered"),
        N_("Reviews that were answered, out of all published in the period that ask for an answer: their source allows one, and they have text or rate "
           "60 of 100 or lower. Reviews of the last 3 days are not counted yet."),
        "share", "up", (_said(lambda r: _due(r) & (r.is_answered == 1)),), (_said(_due),), "wilson", 30, source="Shiji reports",
    ),
    _answer_time("answer_time_median", "22", N_("Answer time"),
                 N_("Hours after which half of the reviews that ask for an answer had one, by Kaplan-Meier: those without an answer count for as long as "
                    "they have waited."), 50),
    _answer_time("answer_time_p90", "22a", N_("Answer time, slowest tenth"),
                 N_("Hours after which nine of ten reviews that ask for an answer had one, by Kaplan-Meier: those without an answer count for as long "
                    "as they have waited."), 90),
    Metric(
        "loop_closed_rate", "23", N_("Loop closed"),
        N_("Guests with bad feedback (0 to 6 on the recommendation question, or a rating of 40 of 100 or lower) whose case was solved and who were told "
           "within 30 days, out of all bad feedback that is 30 days old."),
        "share", "up", (_said(lambda r: _negative(r) & (r.is_loop_closed == 1)),), (_said(_negative),), "wilson", 30,
    ),
)  # fmt: skip
