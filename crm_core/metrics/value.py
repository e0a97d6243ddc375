"""What guests are worth and who slips away: what the lifetime model says of each guest as of today, whatever the period."""
from sqlalchemy import and_, literal

from crm_core.i18n import N_
from crm_core.marts import tables
from crm_core.metrics.definition import Measure, Metric

MILLION = 1_000_000
HALF = MILLION // 2
TOP_DEPTH = 8  # of the tenths by value, the three best


def _score(value, when=None, mart=tables.guest_scores, **options) -> Measure:
    return Measure(mart, None, value, when or (lambda r: r.alive_ppm.is_not(None)), **options)


def at_risk(r):
    """Whether a guest is at risk: has come back before, is likelier gone than not, and worth much: something, and among the best three tenths."""
    return and_(r.stays > 1, r.alive_ppm < HALF, r.value_decile >= TOP_DEPTH, r.value > 0)


scored = _score(lambda r: literal(1))
_tested = lambda value: _score(value, lambda r: r.expected_ppm.is_not(None), tables.guest_tests)  # noqa: E731

METRICS = (
    Metric(
        "p_alive_mean", "31", N_("Still a customer"),
        N_("The mean probability that a guest who has stayed may still come, by the lifetime model MBG/NBD. Nobody tells a hotel that they "
           "left: the model weighs how long a guest has been silent against how often and for how long the guest came."),
        "share", "up", (_score(lambda r: r.alive_ppm),), (_score(lambda r: literal(MILLION)),), "model", 500, cases=scored,
        source="Batislam et al. 2007; Fader-Hardie-Lee 2005", bounds=(_score(lambda r: r.alive_low), _score(lambda r: r.alive_high)), scale=MILLION,
    ),
    Metric(
        "guests_at_risk", "31a", N_("Guests at risk"),
        N_("Guests with two stays or more who are likelier gone than not by the lifetime model, and are worth much: among the best three "
           "tenths by their value over three years."),
        "count", "down", (_score(lambda r: r.guest_id, at_risk, people=True),),
    ),
    Metric(
        "expected_stays_12m", "32", N_("Stays expected"),
        N_("Stays of all guests known today that the lifetime model expects in the 12 months from the as-of date. Guests who come for the "
           "first time are not in it. The interval is widened by the error of the back-test."),
        "count", "up", (_score(lambda r: r.expected_ppm),), (), "model", 500, cases=scored, source="Batislam et al. 2007",
        bounds=(_score(lambda r: r.expected_low, money=True), _score(lambda r: r.expected_high, money=True)), scale=MILLION,
    ),
    Metric(
        "clv_3y_margin", "33", N_("Value, 3 years"),
        N_("The margin that all guests known today are expected to bring in 36 months: expected stays times expected margin per stay, "
           "discounted by 10 % a year. The margin rate is the property's. The interval is widened by the error of the back-test."),
        "money", "up", (_score(lambda r: r.value, money=True),), (), "model", 500, cases=scored, source="Fader-Hardie 2005, 2013",
        bounds=(_score(lambda r: r.value_low, money=True), _score(lambda r: r.value_high, money=True)),
    ),
    Metric(
        "past_spend", "33a", N_("Spend to date"),
        N_("Net revenue of all stays ever of the guests known today. It says what was, not what will be."),
        "money", "up", (_score(lambda r: r.spend, lambda r: r.guest_id.is_not(None), money=True),),
        cases=_score(lambda r: literal(1), lambda r: r.guest_id.is_not(None)),
    ),
    Metric(
        "backtest_error", "36", N_("Forecast error"),
        N_("What the lifetime model, fitted to all that was known a year ago, foretold for the year since, against the stays that came: the "
           "difference out of the stays that came."),
        "share", "none", (_tested(lambda r: r.expected_ppm - r.came * MILLION),), (_tested(lambda r: r.came * MILLION),), "clusters", 100,
        cases=_tested(lambda r: literal(1)), scale=MILLION,
    ),
)  # fmt: skip
