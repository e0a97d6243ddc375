"""The loyalty programme: how alive it is, what its points cost and are owed, and what members add. An account counts once, whoever shares it."""
import sqlalchemy as sa
from sqlalchemy import case, literal, or_

from crm_core.dialects import add_days
from crm_core.i18n import N_
from crm_core.marts import tables
from crm_core.metrics import measures as m
from crm_core.metrics.definition import Measure, Metric

MILLION = 1_000_000
THOUSAND = 1_000  # money of lots is in 1/1000 minor units: a point is worth less than a cent
JOINING = 7  # days after departure during which joining counts as of this stay
# What becomes of points that were issued; who takes them over issues none, and what is taken back never was.
OF_ISSUE = ("open", "burned", "expired")


def _member(value=lambda r: literal(1), when=lambda r: r.is_open == 1, **options) -> Measure:
    """A measure of accounts as they stand, of those that are open unless another condition is given."""
    return Measure(tables.members, None, value, when, **options)


def _lot(value, *fates: str, **options) -> Measure:
    return Measure(tables.lots, None, value, lambda r: r.fate.in_(fates), **options)


def _night(value, **options) -> Measure:
    return Measure(tables.nights, "night_on", value, lambda r: r.status.in_(m.SPENT) & (r.is_member == 1), **options)


def _moved(value, kind: str, **options) -> Measure:
    """A measure of the points of one kind by the day of posting; a reversal counts against the kind it takes back."""
    return Measure(tables.points, "posted_on", value, lambda r: r.kind == kind, **options)


def _arrived(joined: bool) -> Measure:
    """Guests who arrived while they were no members, and of those who joined in time; the time to join must be over.

    How old a guest was is not kept here, so that a minor who is known by name is counted.
    """
    def when(r):
        outsider = or_(r.member_from.is_(None), r.member_from >= r.stay_arrival_on, r.member_until <= r.stay_arrival_on)
        known = (r.is_stay == 1) & r.guest_id.is_not(None) & (r.seen_days > JOINING) & outsider
        in_time = (r.member_from >= r.stay_arrival_on) & (r.member_from <= add_days(r.stay_departure_on, JOINING))
        return known & in_time if joined else known

    return Measure(tables.stays, "stay_arrival_on", lambda r: r.guest_id, when, people=True, returns=True)


def _worth(r) -> sa.ColumnElement:
    """What a reward cost the house; taken back, it cost nothing."""
    return case((r.points > 0, -sa.func.abs(r.amount)), else_=sa.func.abs(r.amount))


def _redeemed(column: str) -> Measure:
    """Points that were, or by a column of millionths will be, redeemed, in millionths of a point."""
    return _lot(lambda r: r.points * case((r.fate == "burned", MILLION), (r.fate == "open", r[column]), else_=0), *OF_ISSUE)


def _broken(column: str) -> Measure:
    return _lot(lambda r: r.points * case((r.fate == "burned", 0), (r.fate == "open", MILLION - r[column]), else_=MILLION), *OF_ISSUE)


def _effect(column: str) -> Measure:
    """What each matched member spent more, by a column of the comparison, added up over them."""
    return Measure(tables.member_effects, None, lambda r: r[column] * r.matched, lambda r: r.effect.is_not(None))


members = _member()
active = _member(when=lambda r: (r.is_open == 1) & (r.is_active == 1))
then = _member(when=lambda r: r.was_open == 1)
moved = _member(when=lambda r: (r.was_open == 1) & or_(r.is_open == 0, r.tier != r.year_ago_tier))
invited = _member(lambda r: r.invited)
came = _member(lambda r: r.came)
member_nights = _night(lambda r: r.sold)
member_revenue = _night(lambda r: r.room_revenue, money=True)
# Without an estimate for a single lot there is none for all of them: the sum of what is issued is then unknown.
issued = _lot(lambda r: r.points * case((or_(r.fate != "open", r.redeems_ppm.is_not(None)), MILLION)), *OF_ISSUE, money=True)
# Accounts, not lots, are the cases: counting the guests of ten million lots takes longer than all the rest.
with_points = _member(when=lambda r: r.last_active_on.is_not(None))
holders = _member(when=lambda r: r.balance > 0)
matched = Measure(tables.member_effects, None, lambda r: r.matched, lambda r: r.effect.is_not(None))

METRICS = (
    Metric(
        "members", "1a", N_("Members"),
        N_("Accounts of the loyalty programme that are open at the as-of date. A household that shares one counts once."),
        "count", "up", (members,),
    ),
    Metric(
        "members_active_12m", "1", N_("Active members"),
        N_("Open accounts that earned or redeemed points in the 365 days before the as-of date, out of all open accounts. Points that "
           "expire, are adjusted or taken back are no activity."),
        "share", "up", (active,), (members,), "wilson", 30, source="CRM practice",
    ),
    Metric(
        "enrolment_rate", "2", N_("Enrolment"),
        N_("Guests who joined between their arrival and seven days after departure, out of all guests known by name who arrived in the "
           "period and were no members yet. Stays whose seven days are not over are not counted."),
        "share", "up", (_arrived(True),), (_arrived(False),), "wilson", 30,
    ),
    Metric(
        "member_contribution", "3", N_("Member share"),
        N_("Sold nights of guests who were members on the night itself, out of all sold nights. Reward nights count where their points "
           "release revenue."),
        "share", "up", (member_nights,), (m.sold,), source="CBRE",
    ),
    Metric(
        "member_revenue_share", "3a", N_("Member share, value"),
        N_("Room revenue of guests who were members on the night itself, out of all room revenue."),
        "share", "up", (member_revenue,), (m.room_revenue,), cases=m.sold,
    ),
    Metric(
        "burn_earn_ratio", "4", N_("Redeemed per issued"),
        N_("Points redeemed in the period for each point issued in it, by the day of posting; what was taken back is taken off."),
        "ratio", "none", (_moved(lambda r: -r.points, "burn"),), (_moved(lambda r: r.points, "earn"),), source="CBRE",
    ),
    Metric(
        "ultimate_redemption_rate", "5", N_("Ultimate redemption"),
        N_("Points that were redeemed, and of those still open the part that is expected to be, out of all points ever issued. What is "
           "expected follows how quickly former quarters' points were redeemed (chain ladder)."),
        # The six quarters that the estimate needs are asked for where it is made: no sum can tell how many there are.
        "share", "none", (_redeemed("redeems_ppm"),), (issued,), "model", 30, cases=with_points, source="actuarial practice; Hilton S-1",
        bounds=(_redeemed("redeems_low"), _redeemed("redeems_high")), scale=MILLION,
    ),
    Metric(
        "breakage_rate", "5a", N_("Breakage"),
        N_("Points that expired, and of those still open the part that nobody is expected to redeem, out of all points ever issued. It is "
           "what the ultimate redemption leaves."),
        "share", "none", (_broken("redeems_ppm"),), (issued,), "model", 30, cases=with_points, source="actuarial practice; Hilton S-1",
        bounds=(_broken("redeems_high"), _broken("redeems_low")), scale=MILLION,
    ),
    Metric(
        "points_liability", "6", N_("Points liability"),
        N_("What open points are worth: of each lot the part that is expected to be redeemed, times the money that redeemed points have "
           "cost per point. Points that nobody has earned yet are not in it."),
        "money", "none", (_lot(lambda r: r.owed, "open", money=True),), (), "model", 30, cases=holders, source="KPMG; Hilton S-1",
        bounds=(_lot(lambda r: r.owed_low, "open", money=True), _lot(lambda r: r.owed_high, "open", money=True)), scale=THOUSAND,
    ),
    Metric(
        "ifrs15_deferred", "6a", N_("Deferred revenue"),
        N_("The part of past revenue that was allocated to points by their stand-alone price and is not released yet. It is released as "
           "points are redeemed, out of those expected to be; the interval is for a breakage 5 points higher or lower."),
        "money", "none", (_lot(lambda r: r.deferred, "open", money=True),), (), "model", 30, cases=holders, source="IFRS 15 B39–B43, KPMG",
        bounds=(_lot(lambda r: r.deferred_low, "open", money=True), _lot(lambda r: r.deferred_high, "open", money=True)), scale=THOUSAND,
    ),
    Metric(
        "liability_per_member", "7", N_("Liability per member"),
        N_("Points liability, shared out over the accounts that are open."),
        "money", "none", (_lot(lambda r: r.owed, "open", money=True),), (_member(lambda r: literal(THOUSAND)),), cases=members, source="CBRE",
        scale=THOUSAND,
    ),
    Metric(
        "tier_migration_rate", "8", N_("Tier changes"),
        N_("Accounts that are in another tier than 365 days ago, higher or lower, or were closed since, out of all that were open then."),
        "share", "none", (moved,), (then,), "wilson", 30, source="Markov transition",
    ),
    Metric(
        "programme_cost_per_room", "9", N_("Cost per room"),
        N_("What the programme cost for each occupied room night: the rewards redeemed in the period, and the fees, benefits and staff of "
           "the months that began in it. Complimentary nights are occupied."),
        "money", "down", (_moved(_worth, "burn", money=True), Measure(tables.programme_costs, "month_on", lambda r: r.amount, money=True)),
        (m.occupied,), source="CBRE",
    ),
    Metric(
        "incremental_member_value", "10", N_("Value of membership"),
        N_("What members of a year ago spent in the 12 months since more than guests who were alike but no members. It is a difference "
           "between people who chose differently, not a proof."),
        "money", "up", (_effect("effect"),), (matched,), "model", 100, bounds=(_effect("effect_low"), _effect("effect_high")),
    ),
    Metric(
        "referral_k", "11", N_("Referral factor"),
        N_("Persons whom members invited and who stayed within 180 days, for each open account: invitations per member times the share of "
           "those invited who came."),
        "ratio", "up", (came,), (members,), "clusters", 100, cases=invited, source="common K-factor",
    ),
    Metric(
        "points_expiring_90d", "12", N_("Points expiring"),
        N_("Open points that expire within 90 days of the as-of date, if nobody redeems them before. The oldest points are redeemed first."),
        "count", "down", (_member(lambda r: r.expiring),), cases=_member(when=lambda r: (r.is_open == 1) & (r.expiring > 0)),
    ),
)  # fmt: skip
