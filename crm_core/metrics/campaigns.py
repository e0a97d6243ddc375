"""Campaigns: what arrived and was opened, clicked or resented, what rules credit them with, and what they caused beside people held out."""
from sqlalchemy import literal

from crm_core.dialects import days_between
from crm_core.i18n import N_
from crm_core.marts import credits as rules
from crm_core.marts import tables
from crm_core.metrics.definition import Measure, Metric

MAILS_DAYS = 30
CONTACT, HELD_OUT = "contact", "held_out"


def _sent(column: str, when=None, **options) -> Measure:
    """A measure of messages by e-mail, placed by the day they were sent."""
    return Measure(tables.sends, "sent_on", lambda r: r[column], lambda r: (r.medium == "email") & (when(r) if when else literal(True)), **options)


def _ripe(r):
    return days_between(r.sent_on, r.as_of) >= rules.WINDOW


def _offered(column: str, when=None) -> Measure:
    """A measure of marketing e-mails: what a stay needs is opened and clicked for other reasons."""
    return _sent(column, lambda r: (r.is_marketing == 1) & (when(r) if when else literal(True)))


sent, delivered, bounced, complained = (_sent(column) for column in ("is_sent", "is_delivered", "is_bounced", "is_complained"))
offered, taken, clicked, unsubscribed, openable, opened, engaged = (
    _offered(column) for column in ("is_sent", "is_delivered", "is_clicked", "is_unsubscribed", "can_open", "opened_human", "is_engaged"))
booked, ripe_sent = _offered("is_booked", _ripe), _offered("is_sent", _ripe)
credited = Measure(tables.credits, "sent_on", lambda r: r.revenue, lambda r: r.rule == rules.DEFAULT, money=True)
arrived = Measure(tables.sends, "sent_on", lambda r: r.is_delivered, lambda r: r.is_marketing == 1)


def _lately(r):
    return (r.is_marketing == 1) & (r.is_sent > 0) & days_between(r.sent_on, r.as_of).between(1, MAILS_DAYS)


mails = Measure(tables.sends, None, lambda r: r.is_sent, _lately)
mailed = Measure(tables.sends, None, lambda r: literal(1), _lately, people=True)


# --- everyone who was assigned, once the window is over, of campaigns that held somebody out ---------------------------------------------
def _arm(arm: str, value=lambda r: literal(1), **options) -> Measure:
    return Measure(tables.assigned, "assigned_on", value, lambda r: (r.arm == arm) & (r.has_control == 1) & (r.ripe_on <= r.as_of), **options)


def _squared(r):
    return r.margin * r.margin


treated, held = _arm(CONTACT), _arm(HELD_OUT)
treated_booked, held_booked = _arm(CONTACT, lambda r: r.is_booked), _arm(HELD_OUT, lambda r: r.is_booked)
treated_margin, held_margin = (_arm(arm, lambda r: r.margin, money=True) for arm in (CONTACT, HELD_OUT))
treated_squares, held_squares = (_arm(arm, _squared, money=True) for arm in (CONTACT, HELD_OUT))
cost = Measure(tables.campaigns, "started_on", lambda r: r.cost, lambda r: (r.held > 0) & (r.ripe_on <= r.as_of), money=True)
planned_holdout = Measure(tables.campaigns, "started_on", lambda r: r.holdout_bp, lambda r: (r.held > 0) & (r.ripe_on <= r.as_of), money=True)
ARMS = (treated, treated_booked, treated_margin, treated_squares, held, held_booked, held_margin, held_squares)
BESIDE = (cost, planned_holdout)


def _caused(key: str, number: str, name: str, definition: str, unit: str, better: str, reads: str, source: str) -> Metric:
    return Metric(key, number, name, definition, unit, better, (treated_booked,), (treated,), interval="lift", minimum=100, source=source, reads=reads)


def _rate(key: str, number: str, name: str, definition: str, better: str, top: Measure, bottom: Measure, minimum: int, source: str) -> Metric:
    return Metric(key, number, name, definition, "share", better, (top,), (bottom,), interval="wilson", minimum=minimum, source=source)


METRICS = (
    _rate("delivery_rate", "37", N_("Delivery rate"),
          N_("E-mails that arrived divided by those sent in the period. What did not bounce, for good or for the time being, counts as arrived."),
          "up", delivered, sent, 30, "ESP practice"),
    _rate("bounce_rate", "38", N_("Bounce rate"),
          N_("E-mails that came back divided by those sent in the period; bounces for good and for the time being also stand apart on the reach page."),
          "down", bounced, sent, 30, "ESP practice"),
    _rate("human_open_rate", "39", N_("Human open rate"),
          N_("People who opened a marketing e-mail, without openings by mail programmes and scanners, divided by those that arrived at people whose programme is "
             "not known to open by itself (since September 2021 many do). Not a measure of success."),
          "none", opened, openable, 100, "Litmus, Brevo and Segment practice"),
    _rate("ctr_delivered", "40", N_("Click rate (delivered)"),
          N_("People who clicked divided by marketing e-mails that arrived. Scanners that follow every link, and the link to unsubscribe, are no clicks."),
          "up", clicked, taken, 100, "own"),
    _rate("ctr_sent", "40a", N_("Click rate (sent)"),
          N_("People who clicked divided by marketing e-mails sent. Scanners that follow every link, and the link to unsubscribe, are no clicks."),
          "up", clicked, offered, 100, "Revinate"),
    _rate("ctor", "41", N_("Click-to-open"),
          N_("People who clicked divided by people who opened a marketing e-mail; who clicked without a known opening counts as having opened."),
          "none", clicked, engaged, 30, "Campaign Monitor"),
    _rate("unsubscribe_rate", "42", N_("Unsubscribe rate"),
          N_("People who unsubscribed through a marketing e-mail within 30 days divided by those that arrived."), "down", unsubscribed, taken, 300, "ESP practice"),
    _rate("complaint_rate", "43", N_("Complaint rate"),
          N_("E-mails reported as spam divided by e-mails that arrived. Mail providers ask for less than 0.1 %, and block from 0.3 %."),
          "down", complained, delivered, 1000, "Google sender rules"),
    _rate("conversion_rate", "44", N_("Conversion"),
          N_("Marketing e-mails whose guest booked within 30 days, by any channel, and did not cancel, divided by those sent; once the 30 days are over. "
             "Many of them would have booked anyway."),
          "up", booked, ripe_sent, 300, "Revinate; own window"),
    Metric("attributed_revenue", "45", N_("Attributed revenue"),
           N_("Room revenue of bookings made within 30 days of a marketing message that a person opened, all of it to the last such message (a vendor's "
              "rule). An upper bound, not an effect: it counts what would have come anyway."),
           "money", "none", (credited,), source="Revinate"),
    Metric("revenue_per_recipient", "49", N_("Revenue per recipient"),
           N_("Attributed revenue divided by marketing messages that arrived. Like attributed revenue an upper bound, not an effect."),
           "money", "none", (credited,), (arrived,), minimum=1, source="Klaviyo practice"),
    _caused("lift_abs", "46", N_("Lift"),
            N_("Share of the people written to who booked in the window, less the same share of those held out at random; everyone assigned counts, "
               "written to or not. Each campaign stands beside its own held-out part, once its window is over."), "lift", "up", "difference", "randomised trial"),
    _caused("lift_rel", "46a", N_("Relative lift"),
            N_("The lift as a part of what those held out did: 50 % means that half as many again booked. Needs five bookings in each arm."),
            "lift_share", "up", "relative", "Koopman"),
    _caused("incremental_bookings", "47", N_("Incremental bookings"),
            N_("Guests who booked because they were written to: people written to times the lift, campaign by campaign."), "count", "up", "incremental", "own"),
    _caused("incremental_margin", "47a", N_("Incremental margin"),
            N_("Margin that came because people were written to: people written to times the difference of the mean margin per person assigned, those "
               "who did not book counting as 0."), "money", "up", "margin", "own"),
    _caused("romi_incremental", "48", N_("Return on cost"),
            N_("Incremental margin less cost, divided by cost (media, discounts given and work); 100 % earns the cost twice. Without a known cost there is none."),
            "lift_share", "up", "romi", "own"),
    _caused("cost_per_incremental_booking", "50", N_("Cost per incremental booking"),
            N_("Cost divided by incremental bookings; not told where the interval of the bookings touches 0, for then no lift was shown."),
            "money", "down", "cost_per", "own"),
    Metric("mails_per_guest_30d", "51", N_("Messages per guest"),
           N_("Marketing messages of the last 30 days divided by the guests who got at least one; what a stay needs (confirmations, surveys) is apart."),
           "ratio", "none", (mails,), (mailed,), source="own"),
    _caused("minimal_detectable_lift", "53", N_("Smallest lift this can show"),
            N_("The lift that so many people, written to and held out, show in four cases of five (5 % error, two-sided). A true lift below it usually "
               "stays unseen."),
            "lift", "down", "detectable", "sample-size formula"),
    _caused("srm_p", "54", N_("Sample-ratio check"),
            N_("How easily chance alone makes shares of people written to and held out as far from the plan as these (chi-square). Below 0.001 the split is "
               "broken, and no lift is told."), "ratio", "none", "split", "Fabijan et al. 2019"),
)
