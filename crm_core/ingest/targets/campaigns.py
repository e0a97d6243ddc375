"""Campaigns: the counts that their platform reports, what was planned, and what they cost."""
from decimal import Decimal

import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.targets.definition import CURRENCY, Column, Target, words
from crm_core.ingest.targets.landing import Landing, Misfit, Row, instant, land, on
from crm_core.schema import campaign, exchange_rate

CHANNELS = words("email", "sms", "post", email="mail newsletter emailcampaign", sms="text textmessage", post="letter directmail")
PURPOSES = words("marketing", "survey", "transactional", marketing="campaign newsletter promotional regular automation", survey="feedback",
    transactional="service prearrival confirmation")
COUNTS = (
    ("sent", N_("Messages that were sent."), "1200"), ("delivered", N_("Messages that arrived."), "1180"),
    ("bounces", N_("Messages that came back."), "20"), ("soft_bounces", N_("Messages that came back for the time being."), ""),
    ("hard_bounces", N_("Messages that came back for good."), ""),
    ("opens_reported", N_("People who opened it, as the platform reports."), "410"),
    ("opens_proxy", N_("Opens by the mail programme itself, without a person."), "190"), ("clicks", N_("People who clicked."), "36"),
    ("unsubscribes", N_("People who unsubscribed."), "3"), ("complaints", N_("People who complained about spam."), "0"),
    ("conversions", N_("Bookings that the platform counts as its own."), "4"))
# No more messages than the first can be in the second: a row that says so has its columns mixed up.
WITHIN = (("delivered", "sent"), ("bounces", "sent"), ("unsubscribes", "delivered"), ("complaints", "delivered"))
OF_PEOPLE = ("opens_reported", "opens_proxy", "clicks")  # more of these than messages: a count of times, not of people
MONEY = {"attributed_revenue": "attributed_minor", "cost": "cost_minor", "discount": "discount_minor", "staff_cost": "staff_minor", "budget": "budget_minor"}
WINDOW, LONGEST_WINDOW = 30, 365
# What people may have entered here: a file that says nothing of it takes nothing away.
ENTERED = {"purpose": "purpose", "channel": "channel", "offer": "offer", "window_days": "window_days", "planned_on": "planned_on", "stop_on": "stop_on",
           "holdout": "holdout_bp", "planned_people": "planned_people"} | MONEY  # fmt: skip
FIXED = ("window_days", "stop_on", "holdout_bp", "planned_people")  # of an experiment whose plan is fixed


def _campaign(landing: Landing, row: Row) -> dict:
    currency, counts = _currency(landing, row), _counts(landing, row)
    return counts | _plan(row) | {
        "name": row["campaign_name"], "subject": row["subject"] or None, "channel": row["channel"] or "email",
        "purpose": row["purpose"] or "marketing", "sent_at": instant(row["sent_at"]), "currency": currency,
        **{name: landing.money(row, column, currency) for column, name in MONEY.items()}}


def _currency(landing: Landing, row: Row) -> str | None:
    """The one currency of all amounts of a row, None where it has none; raises Misfit where two of them differ."""
    said = [column for column in MONEY if row[column]]
    beside = {row[column][1]: column for column in said if row[column][1]}
    if len(beside) > 1:
        raise Misfit(list(beside.values())[-1], "currencies")
    found = landing.currency(row, said[0], next(iter(beside), None)) if said else None
    if beside and found not in beside:
        raise Misfit(next(iter(beside.values())), "currencies")
    landing.counts["no_rate"] += found is not None and found not in _rated(landing)
    return found


def _rated(landing: Landing) -> frozenset[str]:
    """The currencies that can be told in the reporting currency."""
    if not hasattr(landing, "rated"):
        landing.rated = frozenset(landing.connection.execute(sa.select(exchange_rate.c.currency).distinct()).scalars()) | {landing.reporting}
    return landing.rated


def _counts(landing: Landing, row: Row) -> dict[str, int | None]:
    """The counts of a row; what counts times instead of people is left out. Raises Misfit for counts that cannot be."""
    found = {name: row[name] for name, *_ in COUNTS if name not in ("soft_bounces", "hard_bounces")}
    if found["bounces"] is None and (row["soft_bounces"], row["hard_bounces"]) != (None, None):
        found["bounces"] = (row["soft_bounces"] or 0) + (row["hard_bounces"] or 0)
    for part, whole in WITHIN:
        if (most := _most(found, whole)) is not None and (found[part] or 0) > most:
            raise Misfit(part, "above_sent" if whole == "sent" else "above_delivered")
    most = _most(found, "delivered")
    times = [name for name in OF_PEOPLE if most is not None and (found[name] or 0) > most]
    landing.counts["times_counted"] += bool(times)
    return found | dict.fromkeys(times)


def _most(counts: dict, name: str) -> int | None:
    return counts["sent"] if counts[name] is None else counts[name]


def _plan(row: Row) -> dict:
    """What was planned; raises Misfit for a plan that cannot be."""
    window, holdout, planned, stop = row["window_days"], row["holdout"], on(row["planned_on"]), on(row["stop_on"])
    if window is not None and not 1 <= window <= LONGEST_WINDOW:
        raise Misfit("window_days", "window")
    if holdout is not None and not 0 <= Decimal(holdout) < 100:
        raise Misfit("holdout", "share")
    if planned and stop and stop < planned:
        raise Misfit("stop_on", "stop_before_start")
    return {"offer": row["offer"], "window_days": window or WINDOW, "planned_on": planned, "stop_on": stop, "planned_people": row["planned_people"],
            "holdout_bp": None if holdout is None else round(Decimal(holdout) * 100)}


def _kept(landing: Landing, row: Row, former: dict, values: dict) -> dict:
    """What is written over a campaign that is here: what the file does not say stays, and a plan that is fixed does. Raises Misfit."""
    stays = {name: former[name] for column, name in ENTERED.items() if not row[column] and row[column] != 0}
    if former["fixed_at"]:
        landing.counts["plan_fixed"] += any(values[name] != former[name] for name in FIXED if name not in stays)
        stays |= {name: former[name] for name in FIXED}
    if values["currency"] is None or any(stays.get(name) is not None for name in MONEY.values()):
        if values["currency"] not in (None, former["currency"]):
            raise Misfit("currency", "other_currency_campaign")
        stays["currency"] = former["currency"]
    return values | stays


def write_campaigns(landing: Landing) -> None:
    """Write campaigns with the counts of their platform; what people planned here stays."""
    land(landing, campaign, _campaign, keep=_kept)


CAMPAIGNS = Target("campaigns", N_("Campaigns"), N_("One row per campaign."), (
    Column("campaign_id", N_("The campaign's number on its platform."), "id", False, "K-17"),
    Column("campaign_name", N_("The campaign's name."), "text", True, "Spring at the coast"),
    Column("subject", N_("The subject line."), "text", False, "Three nights for two"),
    Column("channel", N_("email, sms or post; email where it is empty."), "word", False, "email", CHANNELS, "email"),
    Column("purpose", N_("marketing, survey or transactional; marketing where it is empty."), "word", False, "marketing", PURPOSES,
        "marketing"),
    Column("sent_at", N_("The moment of sending; a time without a zone is UTC."), "instant", False, "2025-02-03T09:00:00Z"),
    *(Column(name, meaning, "whole", False, example) for name, meaning, example in COUNTS),
    Column("attributed_revenue", N_("The revenue that the platform counts as the campaign's."), "amount", False, "1640.00"),
    Column("cost", N_("What the media cost: the platform, letters, advertisements."), "amount", False, "90.00"),
    Column("discount", N_("What discounts of the campaign cost."), "amount", False, "240.00"),
    Column("staff_cost", N_("What the time of the staff cost."), "amount", False, "75.00"),
    Column("budget", N_("What the campaign was allowed to cost."), "amount", False, "500.00"),
    CURRENCY,
    Column("offer", N_("What was offered."), "text", False, "Third night free"),
    Column("planned_on", N_("The day on which it was to be sent."), "day", False, "2025-02-03"),
    Column("stop_on", N_("The day on which the result is read."), "day", False, "2025-03-05"),
    Column("window_days", N_("How many days after the message a booking counts, 1 to 365; 30 where it is empty."), "whole", False, "30"),
    Column("planned_people", N_("How many people the plan counts on."), "whole", False, "1300"),
    Column("holdout", N_("The share of people who get nothing, in per cent, so that the effect can be told."), "decimal", False, "10"),
), number="campaign_id", write=write_campaigns)
