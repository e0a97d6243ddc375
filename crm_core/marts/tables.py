"""The warehouse's tables: each with its grain; no name, contact or text of a person is among their columns."""
import sqlalchemy as sa

from crm_core.marts.declaring import Day, Flag, Text, Whole, booking_dimensions, mart, marts  # noqa: F401 — pages and queries know them from here
from crm_core.marts.house_tables import (
    advocates,
    assessed,
    attendances,
    certified,
    credentials,
    events,
    findings,
    market,
    market_days,
    pickups,
    registrations,
)

properties = mart("properties", "One row per property.", property_id=Flag, code=Text, name=Text, country=Text, currency=Text,
    margin_bp=Flag)

rooms = mart("rooms", "One row per room whose place in the house is known.", property_id=Flag, room=Text, floor=Text, block=Text)

channels = mart("channels", "One row per channel.", channel=Text, name=Text, kind=Text, is_direct=Flag)

rates = mart("rates", "One row per currency and day: reporting minor units for one minor unit.", currency=Text, day_on=Day,
    factor=sa.Double)

days = mart("days", "One row per property and day: the rooms it offers.", property_id=Flag, day_on=Day, rooms=Whole)

stays = mart(
    "stays", "One row per reservation; the first folio of a realised stay carries the whole stay (folios without a free night between are one).",
    reservation_id=Whole, stay_id=Whole, **booking_dimensions(), status=Text, rate_class=Text, booked_on=Day, arrival_on=Day,
        departure_on=Day,
    ended_on=Day, nights=Whole, lead_days=Whole, currency=Text, revenue_minor=Whole, cost_minor=Whole, room_revenue=Whole,
        booking_cost=Whole,
    other_revenue=Whole, is_arrival=Flag, is_stay=Flag, stay_arrival_on=Day, stay_departure_on=Day, stay_nights=Whole,
        stay_room_revenue=Whole, stay_other_revenue=Whole,
    score_bp=Flag, cases=Flag, complaints=Flag, room=Text, first_here=Whole, first_anywhere=Whole, next_here=Day, next_anywhere=Day,
    member_from=Day, member_until=Day, strict_id=Whole, loose_id=Whole)

nights = mart(
    "nights", "One row per room night that was spent or is on the books.",
    night_on=Day, reservation_id=Whole, **booking_dimensions(), status=Text, is_member=Flag, sold=Flag, complimentary=Flag, room_revenue=Whole,
    booking_cost=Whole)

daily = mart(
    "daily",
    "One row per night, property, channel and status of the booking, for known and unknown guests, members and others: their room nights added up.",
    night_on=Day, property_id=Flag, channel=Text, is_direct=Flag, status=Text, is_known=Flag, is_member=Flag, sold=Whole, complimentary=Whole,
        room_revenue=Whole,
    booking_cost=Whole)

charges = mart(
    "charges", "One row per posting outside the room.",
    charge_id=Whole, posted_on=Day, reservation_id=Whole, **booking_dimensions(), department=Text, amount=Whole)

visits = mart(
    "visits", "One row per guest and property that knows the guest; first_key is null where no stay was realised.",
    guest_id=Whole, property_id=Flag, first_key=Whole, stays=Whole, nights=Whole, spend=Whole, first_departure_on=Day,
        last_departure_on=Day,
    next_arrival_on=Day)

guests = mart(
    "guests", "One row per guest: what does not depend on the properties one looks at.",
    guest_id=Whole, country=Text, language=Text, email_consent=Flag)

profiles = mart(
    "profiles", "One row per profile that a source keeps of a guest: what its fields are worth, and the guest's last word on marketing.",
    profile_id=Whole, guest_id=Whole, property_id=Flag, source=Text, country=Text, language=Text, name_state=Text, email_state=Text,
    phone_state=Text, birth_state=Text, seen_on=Day, email_word=Text, has_proof=Flag, sms_word=Text,
    strict_id=Whole, loose_id=Whole)

stages = mart(
    "stages", "One row per guest, property and step of the life cycle: known, lead, booked, stay, member or praise, from which day to which.",
    guest_id=Whole, property_id=Flag, kind=Text, from_on=Day, until_on=Day)

interactions = mart(
    "interactions", "One row per message, call or talk; `opens` marks a guest's word that begins to wait, answered_minutes how long it did.",
    interaction_id=Whole, property_id=Flag, guest_id=Whole, lead_id=Whole, medium=Text, direction=Text, said_at=sa.DateTime, said_on=Day,
    opens=Flag, answered_minutes=Whole, in_time=Flag, ripe_on=Day)

_enquiry = {
    "lead_id": Whole, "property_id": Flag, "guest_id": Whole, "reservation_id": Whole, "via": Text, "kind": Text, "stage": Text,
    "lost_reason": Text, "owner": Text, "country": Text, "value": Whole, "arrival_on": Day, "nights": Whole, "party": Whole,
    "created_at": sa.DateTime, "created_on": Day, "closed_on": Day}

enquiries = mart("enquiries", "One row per lead as it was recorded, money in the reporting currency.", **_enquiry)

lead_stages = mart(
    "lead_stages", "One row per stage that a lead entered; `minutes` and `following` are null where it still is there.",
    step_id=Whole, lead_id=Whole, property_id=Flag, stage=Text, following=Text, entered_at=sa.DateTime, entered_on=Day, minutes=Whole,
    is_counted=Flag)

leads = mart(
    "leads", "One row per lead with what became of it; is_mature once its time to become a booking is over.",
    **_enquiry, cluster=Whole, is_counted=Flag, is_mature=Flag, is_converted=Flag, is_returning=Flag, answered_minutes=Whole,
    messages=Whole)

lead_models = mart(
    "lead_models", "One row per property with leads: how they are scored, how many of its own have a known outcome, and how well the test went.",
    property_id=Flag, kind=Text, mature=Whole, converted=Whole, tested=Whole, brier=sa.Double, base_brier=sa.Double,
    tested_from=Day, tested_to=Day, version=Text)

lead_tests = mart(
    "lead_tests", "One row per lead of the test: its score from before the outcome, and the squared error in millionths.",
    lead_id=Whole, property_id=Flag, reservation_id=Whole, guest_id=Whole, cluster=Whole, country=Text, created_on=Day, score=sa.Double,
    decile=Flag, is_converted=Flag, squared_error=Whole)

lead_scores = mart(
    "lead_scores", "One row per open lead that was scored: a probability with its band, or points; reasons as JSON.",
    lead_id=Whole, property_id=Flag, kind=Text, score=sa.Double, low=sa.Double, high=sa.Double, decile=Flag, reasons=Text)

_experience = {"recency": Flag, "frequency": Flag, "monetary": Flag, "rfm": Text, "purpose": Text, "season": Text, "party": Text}

guest_scores = mart(
    "guest_scores",
    "One row per guest with a stay, and property (0: all of them together): the history in numbers, what is expected, and where the guest stands.",
    property_id=Flag, guest_id=Whole, first_on=Day, last_on=Day, stays=Flag, nights=Flag, age_days=Flag, silent_days=Flag, gap_days=sa.Double,
    spend=Whole, recent_stays=Flag, recent_spend=Whole, margin_bp=Flag, weekend_share=sa.Double, direct_share=sa.Double, **_experience,
    alive_ppm=Whole, alive_low=Whole, alive_high=Whole, expected_ppm=Whole, expected_low=Whole, expected_high=Whole, return_ppm=Whole,
    stays_2=sa.Double, stays_3=sa.Double, spend_per_stay=sa.Double, value=Whole, value_low=Whole, value_high=Whole, at_stake=Whole,
    value_decile=Flag, tier=Text, cluster=Flag, next_from=Day, next_to=Day)

guest_models = mart(
    "guest_models", "One row per property (0: all of them together): what its guests are scored by, what it was fitted to, and how the back-test went.",
    property_id=Flag, kind=Text, why=Text, speaker=Text, speaker_why=Text, guests=Whole, repeats=Whole, fitted=Text, log_likelihood=sa.Double,
    correlation=sa.Double, population=sa.Double, cut_on=Day, tested=Whole, predicted=sa.Double, predicted_low=sa.Double, predicted_high=sa.Double,
    actual=Whole, brier=sa.Double, base_brier=sa.Double, mean_predicted=sa.Double, observed=sa.Double, coverage=sa.Double,
    propensity=Text, clusters=Text, cuts=Text, checks=Text, version=Text)

guest_tests = mart(
    "guest_tests", "One row per guest of the back-test, and property (0: all of them together): what was foretold at the cut, and what came.",
    property_id=Flag, guest_id=Whole, cluster=Whole, last_on=Day, stays=Flag, silent_days=Flag, expected_ppm=Whole, return_ppm=Whole,
    decile=Flag, came=Flag, returned=Flag)

guest_hazards = mart(
    "guest_hazards", "One row per property (0: all of them together) and trait of a first stay: how much sooner or later its guests come again.",
    property_id=Flag, trait=Text, ratio=sa.Double, low=sa.Double, high=sa.Double, p=sa.Double, drift_p=sa.Double, guests=Whole, n=Whole,
    returns=Whole, is_sample=Flag)

audience_members = mart(
    "audience_members", "One row per guest on an audience: since when, for how many days it is followed, and whether the guest was held out.",
    audience_id=Whole, guest_id=Whole, kind=Text, arm=Text, cell=Text, cell_stratum=Text, saved_on=Day, window_days=Whole,
    properties_said=Text)

# --- loyalty: as recorded ------------------------------------------------------------------------------------------------------
programmes = mart(
    "programmes", "One row per version of the rules of a programme (number 0: a programme without rules); rules as JSON.",
    programme_id=Whole, code=Text, name=Text, currency=Text, number=Flag, from_on=Day, rules=Text)

memberships = mart(
    "memberships", "One row per membership of a known guest, at the property of the member's record; said_tier is what its source says.",
    membership_id=Whole, guest_id=Whole, cluster=Whole, property_id=Flag, programme_id=Whole, enrolled_on=Day, enrolled_via=Text, status=Text,
    closed_on=Day, said_tier=Text, country=Text)

points = mart(
    "points", "One row per movement of points of a known member: `kind` is what it moves (a reversal: what it takes back), points the member's side,"
    " moved_from the entry of the lot that came here when accounts were joined or parted.",
    entry_id=Whole, membership_id=Whole, guest_id=Whole, cluster=Whole, property_id=Flag, programme_id=Whole, posted_on=Day, kind=Text,
    counter=Text, points=Whole, amount=Whole, spend=Text, reservation_id=Whole, reverses_id=Whole, lot_on=Day, expires_on=Day,
    moved_from=Whole)

overrides = mart(
    "overrides", "One row per tier given by hand: from a day on, until before another.",
    membership_id=Whole, guest_id=Whole, property_id=Flag, tier=Text, from_on=Day, until_on=Day)

referrals = mart(
    "referrals", "One row per person whom a member invited: `guest_id` is the member, `invited_id` the person once known.",
    referral_id=Whole, membership_id=Whole, guest_id=Whole, cluster=Whole, property_id=Flag, programme_id=Whole, invited_on=Day, channel=Text,
    invited_id=Whole)

programme_costs = mart(
    "programme_costs", "One row per programme, property, month and kind of cost, in the reporting currency.",
    programme_id=Whole, property_id=Flag, month_on=Day, kind=Text, amount=Whole)

# --- loyalty: what follows from it at the as-of date ----------------------------------------------------------------------------
members = mart(
    "members", "One row per membership as it stands: tier, what the next one wants and what this one needs, balance, activity, invitations.",
    membership_id=Whole, guest_id=Whole, cluster=Whole, property_id=Flag, programme_id=Whole, country=Text, enrolled_on=Day, enrolled_via=Text,
    closed_on=Day, is_open=Flag, was_open=Flag, is_active=Flag, tier=Text, tier_rank=Flag, tier_from=Day, tier_until=Day, is_override=Flag,
    year_ago_tier=Text, year_ago_rank=Flag, next_tier=Text, measure=Text, has=Whole, wants=Whole, missing=Whole, reach_ppm=Whole,
    falls_on=Day, falls_to=Text, keeps_with=Whole, balance=Whole, expiring=Whole, expires_next_on=Day, last_active_on=Day,
    early_active=Flag, stays_12m=Flag, nights_12m=Flag, spend_12m=Whole, invited=Flag, came=Flag, promoter=Flag)

tiers = mart(
    "tiers", "One row per spell of a member in a tier: from a day on, until before another (none: still); `why` it began.",
    membership_id=Whole, guest_id=Whole, property_id=Flag, programme_id=Whole, tier=Text, tier_rank=Flag, from_on=Day, until_on=Day, why=Text)

lots = mart(
    "lots", "One row per lot of points and what became of a part of it: burned, expired, taken, or still open; money in 1/1000 minor units.",
    lot_id=Whole, membership_id=Whole, guest_id=Whole, cluster=Whole, property_id=Flag, programme_id=Whole, issued_on=Day, expires_on=Day,
    fate=Text, taken_on=Day, points=Whole, tier=Text, spend=Text, redeems_ppm=Whole, redeems_low=Whole, redeems_high=Whole,
    owed=Whole, owed_low=Whole, owed_high=Whole, deferred=Whole, deferred_low=Whole, deferred_high=Whole)

vintages = mart(
    "vintages", "One row per programme and quarter of issue: what of its points was redeemed and expired, and what share is redeemed in the end.",
    programme_id=Whole, issued_on=Day, age=Flag, issued=Whole, redeemed=Whole, expired=Whole, open=Whole, urr=sa.Double, urr_low=sa.Double,
    urr_high=sa.Double, is_ripe=Flag)

point_months = mart(
    "point_months", "One row per programme, property and month: points at its end, those expected to be redeemed as one knew it then, and their worth.",
    programme_id=Whole, property_id=Flag, month_on=Day, opening=Whole, issued=Whole, redeemed=Whole, expired=Whole, adjusted=Whole,
    transferred=Whole, closing=Whole, expected=sa.Double, urr=sa.Double, value=sa.Double, liability=sa.Double)

member_effects = mart(
    "member_effects",
    "One row per property (0: all of them together): what members spent more in a year than others, raw, and beside matched guests; balance as JSON.",
    property_id=Flag, from_on=Day, members=Whole, others=Whole, matched=Whole, matched_others=Whole, strata=Whole, member_mean=sa.Double,
    other_mean=sa.Double, raw=sa.Double, raw_low=sa.Double, raw_high=sa.Double, effect=sa.Double, effect_low=sa.Double, effect_high=sa.Double,
    naive=sa.Double, naive_members=Whole, balance=Text)

# --- feedback and service: as recorded ---------------------------------------------------------------------------------------------
_said = {
    "review_id": Whole, "property_id": Flag, "kind": Text, "platform": Text, "reviewed_on": Day, "published_at": sa.DateTime, "score_bp": Flag,
    "rating": sa.Double, "nps": Flag, "csat_bp": Flag, "ces": Flag, "words": Flag, "country": Text, "language": Text, "coverage": Text,
    "is_scored": Flag, "unscored": Text, "label": Text, "polarity": sa.Double, "confidence": sa.Double, "concern": Text, "scorer": Text,
    "answered_at": sa.DateTime, "answered_by": Text, "weight": sa.Double, "is_answerable": Flag, "invitation_id": Whole}

said = mart(
    "said", "One row per review or survey answer as recorded: `rating` is 0 to 100 between the ends of its scale, `label` as a person corrected it.",
    **_said, profile_id=Whole, reservation_id=Whole, room=Text)

marks = mart(
    "marks", "One row per clause of a review and aspect that it speaks of, `label` as a person corrected it; is_first marks the first of its aspect.",
    mention_id=Whole, review_id=Whole, property_id=Flag, aspect=Text, label=Text, polarity=sa.Double, confidence=sa.Double, mention_language=Text,
    is_first=Flag)

_complaint = {
    "case_id": Whole, "property_id": Flag, "review_id": Whole, "kind": Text, "aspect": Text, "department": Text, "severity": Text,
    "priority": Text, "status": Text, "opened_from": Text, "opened_at": sa.DateTime, "opened_on": Day, "answered_at": sa.DateTime,
    "answer_due_at": sa.DateTime, "due_at": sa.DateTime, "closed_at": sa.DateTime, "first_closed_at": sa.DateTime, "reopened_at": sa.DateTime,
    "told_at": sa.DateTime, "reopened": Flag, "cost": Whole, "owner": Text, "root_cause": Text}

complaints = mart("complaints", "One row per complaint or request as recorded, money in the reporting currency.", **_complaint,
                   profile_id=Whole, reservation_id=Whole, room=Text)

invited = mart(
    "invited", "One row per guest and stay asked to answer a survey, as recorded.",
    invitation_id=Whole, property_id=Flag, profile_id=Whole, reservation_id=Whole, survey=Text, survey_kind=Text, sent_on=Day, is_bounced=Flag,
    answered_on=Day)

benchmarks = mart(
    "benchmarks", "One row per property, comparison set, month and figure: what the set's hotels come to.",
    property_id=Flag, set_name=Text, month_on=Day, figure=Text, value=sa.Double, hotels=Flag, reviews=Whole, largest_bp=Flag)

# --- feedback and service: beside the stay it is about, at the as-of date -------------------------------------------------------------
_about = {
    "guest_id": Whole, "cluster": Whole, "reservation_id": Whole, "channel": Text, "is_direct": Flag, "segment": Text, "room_type": Text,
    "party": Text, "room": Text, "floor": Text, "block": Text, "stay_departure_on": Day, "stay_nights": Whole, "is_member": Flag, "stratum": Text}

reviews = mart(
    "reviews", "One row per review or survey answer with the guest and stay it is about; wait_minutes is until the answer, or until the as-of date.",
    **_said, **_about, is_critical=Flag, is_negative=Flag, is_answered=Flag, wait_minutes=Whole, ripe_on=Day, case_id=Whole, is_loop_closed=Flag)

mentions = mart(
    "mentions", "One row per clause of a review and aspect that it speaks of, with what its review is grouped by.",
    mention_id=Whole, review_id=Whole, aspect=Text, label=Text, polarity=sa.Double, confidence=sa.Double, is_first=Flag, property_id=Flag,
    kind=Text, platform=Text, reviewed_on=Day, rating=sa.Double, country=Text, language=Text, coverage=Text, **_about)

cases = mart(
    "cases", "One row per complaint or request with the guest and stay it is about, and how far it is at the as-of date.",
    **_complaint, **_about, country=Text, is_complaint=Flag, is_open=Flag, is_waiting=Flag, age_minutes=Whole, answer_minutes=Whole,
    is_answered=Flag, solve_minutes=Whole, due_on=Day, is_due_met=Flag, closed_on=Day, reopen_ripe_on=Day, is_reopened=Flag, next_here=Day,
    next_anywhere=Day, score_bp=Flag)

invitations = mart(
    "invitations", "One row per guest and stay asked to answer a survey; an answer is waited for until ripe_on.",
    invitation_id=Whole, property_id=Flag, survey=Text, survey_kind=Text, sent_on=Day, ripe_on=Day, is_delivered=Flag, is_answered=Flag,
    answered_on=Day, country=Text, **_about)

drivers = mart(
    "drivers",
    "One row per property (0: all of them together) and aspect: how much of the ratings' spread goes with it (Shapley), and with ten points more of it.",
    property_id=Flag, aspect=Text, share=sa.Double, share_low=sa.Double, share_high=sa.Double, effect=sa.Double, effect_low=sa.Double,
    effect_high=sa.Double, positive_share=sa.Double, mentions=Whole, texts=Whole, explained=sa.Double)

alarms = mart(
    "alarms", "One row per property, aspect (empty: the ratings) and week of its control chart: the value, its limits, and whether it rang.",
    property_id=Flag, aspect=Text, week_on=Day, chart=Text, n=Whole, value=sa.Double, centre=sa.Double, low=sa.Double, high=sa.Double,
    is_signal=Flag, is_worse=Flag, false_per_year=sa.Double)

# --- campaigns: as recorded -------------------------------------------------------------------------------------------------------------
plans = mart(
    "plans", "One row per campaign as recorded: its plan, what its platform reports, and its money in the reporting currency; `groups_said` as JSON.",
    campaign_id=Whole, campaign=Text, medium=Text, purpose=Text, offer=Text, sent_on=Day, planned_on=Day, window_days=Whole, stop_on=Day, fixed_on=Day,
    primary_kpi=Text, planned_people=Whole, holdout_bp=Whole, shares_said=Text, groups_said=Text, audience_id=Whole, journey_id=Whole,
    properties_said=Text, currency=Text,
    reported_sent=Whole, reported_delivered=Whole, reported_bounces=Whole, reported_opens=Whole, reported_proxy=Whole, reported_clicks=Whole,
    reported_unsubscribes=Whole, reported_complaints=Whole, reported_bookings=Whole, reported_revenue=Whole, media=Whole, discount=Whole, staff=Whole,
    cost=Whole, budget=Whole)

_outcomes = dict.fromkeys((
    "is_sent", "is_delivered", "is_bounced", "hard_bounced", "soft_bounced", "machine_opened", "is_opened", "can_open", "opened_human", "is_clicked",
    "is_engaged", "is_scanned", "is_unsubscribed", "is_complained", "is_booked", "is_booked_here", "booked_revenue", "booked_revenue_here"), Whole)

sends = mart(
    "sends", "One row per message to a known guest (and per guest whom a file says was held out: is_sent 0), with what became of it within 30 days.",
    send_id=Whole, campaign_id=Whole, property_id=Flag, guest_id=Whole, cluster=Whole, country=Text, medium=Text, purpose=Text, is_marketing=Flag,
    sent_on=Day, sent_hour=Flag, weekday=Flag, domain=Text, arm=Text, is_proxied=Flag, opened_on=Day, clicked_on=Day, acted_on=Day, mails_30d=Flag,
    ripe_on=Day, **_outcomes)

send_days = mart(
    "send_days", "One row per campaign, property, day, weekday and domain: its messages and what became of them, added up.",
    campaign_id=Whole, property_id=Flag, medium=Text, purpose=Text, is_marketing=Flag, sent_on=Day, weekday=Flag, domain=Text, **_outcomes)



def sends_outcomes() -> tuple[str, ...]:
    """Return the columns of sends that send_days adds up."""
    return tuple(_outcomes)


dues = mart(
    "dues", "One row per step of a journey that fell due for a guest, as recorded.",
    due_id=Whole, journey_id=Whole, journey=Text, kind=Text, guest_id=Whole, property_id=Flag, step=Flag, due_on=Day, arm=Text, state=Text, why=Text)

draws = mart("draws", "One row per draw of a global holdout: by which salt, how far, and since when.", salt=Text, share_bp=Flag, upto=Text, from_on=Day)

# --- campaigns: what follows from it at the as-of date ----------------------------------------------------------------------------------
assigned = mart(
    "assigned",
    "One row per campaign and guest assigned to one of its arms (contact, held_out), whether written to or not, with what the guest did in its window.",
    campaign_id=Whole, property_id=Flag, guest_id=Whole, cluster=Whole, country=Text, medium=Text, purpose=Text, arm=Text, cell=Text, cell_stratum=Text,
    assigned_on=Day, window_days=Whole, ripe_on=Day, has_control=Flag, is_booked=Flag, is_booked_here=Flag, bookings=Flag, bookings_here=Flag,
    revenue=Whole, revenue_here=Whole, margin=Whole, margin_here=Whole, is_mailed=Flag,
    is_delivered=Flag, is_opened=Flag, is_clicked=Flag, is_unsubscribed=Flag, is_complained=Flag, others=Flag, trip=Text, is_member=Flag,
    stays_before=Text, is_lapsed=Flag, way=Text)

credits = mart(
    "credits", "One row per rule, campaign and booking that the rule credits to it: which part of the booking, and what that part is worth.",
    rule=Text, campaign_id=Whole, property_id=Flag, place_id=Flag, guest_id=Whole, reservation_id=Whole, booked_on=Day, sent_on=Day, part=sa.Double,
    revenue=Whole, is_double=Flag)

campaigns = mart(
    "campaigns", "One row per campaign and property (0: all of them together): a property's money is its share by people, so that parts add up.",
    campaign_id=Whole, property_id=Flag, campaign=Text, medium=Text, purpose=Text, offer=Text, started_on=Day, planned_on=Day, window_days=Whole, stop_on=Day,
    fixed_on=Day, ripe_on=Day, primary_kpi=Text, planned_people=Whole, holdout_bp=Whole, shares_said=Text, groups_said=Text, audience_id=Whole,
    journey_id=Whole, currency=Text, people=Whole, contacted=Whole, held=Whole, has_sends=Flag, reported_sent=Whole, reported_delivered=Whole,
    reported_bounces=Whole, reported_opens=Whole, reported_proxy=Whole, reported_clicks=Whole, reported_unsubscribes=Whole, reported_complaints=Whole,
    reported_bookings=Whole, reported_revenue=Whole, media=Whole, discount=Whole, staff=Whole, cost=Whole, budget=Whole)

journey_steps = mart(
    "journey_steps", "One row per step of a journey that fell due for a guest, with whether the guest booked within 30 days of it.",
    due_id=Whole, journey_id=Whole, journey=Text, kind=Text, guest_id=Whole, cluster=Whole, property_id=Flag, step=Flag, due_on=Day, arm=Text, state=Text,
    why=Text, is_booked=Flag, is_booked_here=Flag, booked_revenue=Whole, booked_revenue_here=Whole, ripe_on=Day)

held_out = mart("held_out", "One row per guest whom the global holdout keeps from every campaign, since when.", guest_id=Whole, from_on=Day)

# What stands as it is at the as-of date: no day places these rows in a period.
UNDATED = {profiles, guest_scores, guest_tests, members, lots, member_effects, pickups, assessed, credentials, advocates}
# The day on which such a row was last seen to be alive: it orders lists, and places nothing.
SEEN = {profiles: "seen_on", guest_scores: "last_on", guest_tests: "last_on", members: "last_active_on", lots: "issued_on", cases: "opened_on", sends: "sent_on",
        pickups: "changed_on", advocates: "answered_on"}
# What is told of each property and of all together (property 0): summing over properties would count a guest several times.
PLACED = {guest_scores, guest_models, guest_tests, guest_hazards, member_effects, drivers, campaigns}
TOGETHER = 0
# What a guest of several properties has of each, and may be added up.
ADDED_UP = {"stays", "nights", "spend", "recent_stays", "recent_spend", "expected_ppm", "expected_low", "expected_high", "stays_2", "stays_3",
            "value", "value_low", "value_high", "at_stake"}
# Where the second is known, the first must be, or their sum is not: spend without an exchange rate, the bounds of what nobody could test.
KNOWN_WITH = {"spend": "stays", "recent_spend": "stays", "value": "expected_ppm", "at_stake": "expected_ppm", "expected_low": "expected_ppm",
              "expected_high": "expected_ppm", "value_low": "value", "value_high": "value"}
# How a mart reaches its property: by its own column, through the guest's visits, or not at all (shared by everyone).
SHARED = {channels, rates, programmes, vintages, plans, draws}
THROUGH_VISITS = {guests, audience_members, held_out}
# What a guest booked anywhere stands beside what the guest booked "_here", at the row's own property: elsewhere is only told where all may be seen.
HERE = "_here"
BOOKED = {sends, send_days, assigned, journey_steps}
# The marts whose rows belong to one guest (or one reservation without a guest): an incremental refresh replaces just those.
BY_GUEST = (stays, nights, charges, visits, guests, profiles, stages, memberships, points, overrides, referrals, sends)
# Of these the rows of a reservation go with it, whoever's they are.
BY_STAY = (stays, nights, charges)
WHOLE = (properties, rooms, channels, rates, days, interactions, enquiries, lead_stages, audience_members, programmes, programme_costs,
         said, marks, complaints, invited, benchmarks, plans, dues, draws, events, registrations, market,
         findings, certified)
# What can only be told once the as-of date is known: made anew by every refresh, after all others.
LAST = (leads, lead_models, lead_tests, lead_scores, guest_scores, guest_models, guest_tests, guest_hazards,
        members, tiers, lots, vintages, point_months, member_effects, reviews, mentions, cases, invitations, drivers, alarms,
        assigned, credits, campaigns, journey_steps, held_out, advocates, attendances, market_days, pickups, assessed, credentials)
# Sums of another mart, a tenth of its size: they answer in its place where nothing finer is asked, and are made anew by every refresh.
SUMS_OF = {nights: daily, sends: send_days}
