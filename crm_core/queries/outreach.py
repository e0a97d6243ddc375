"""How messages fare: by mail provider, month, hour and way, how much a guest can bear, and what is planned for which money."""
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.dialects import month_start
from crm_core.marts import tables
from crm_core.marts.scoped import within
from crm_core.outreach.domains import OTHER
from crm_core.queries.campaigns import plans, share
from crm_core.queries.points import whole
from crm_core.queries.registry import query
from crm_core.queries.totals import inside
from crm_core.schema import ARMS
from crm_core.scope import Scope
from crm_core.stats import uplift
from crm_core.store.warehouse import Warehouse

FEWEST = 5  # guests of a mail provider, below which it is told with all others
BANDS = ("1", "2", "3", "4", "5+")
OTHERS = ("0", "1", "2+")
LEAST = 100  # people in an arm
RATES = {"bounce_rate": ("bounced", "sent"), "complaint_rate": ("complained", "delivered"), "unsubscribe_rate": ("unsubscribed", "delivered"),
         "click_rate": ("clicked", "delivered"), "machine_rate": ("machine_opened", "delivered")}  # fmt: skip
OUTCOMES = {"sent": "is_sent", "delivered": "is_delivered", "bounced": "is_bounced", "hard": "hard_bounced", "soft": "soft_bounced",
            "machine_opened": "machine_opened", "clicked": "is_clicked", "unsubscribed": "is_unsubscribed", "complained": "is_complained"}  # fmt: skip


def _sums(m) -> list[sa.ColumnElement]:
    return [whole(m[column]).label(name) for name, column in OUTCOMES.items()]


def _rated(frame: pd.DataFrame, *rates: str) -> pd.DataFrame:
    """The frame with rates and their limits (Wilson)."""
    return frame.assign(**{name: value for rate in rates for name, value in share(frame, rate, *RATES[rate]).items()})


def _mart(scope: Scope) -> sa.Table:
    """Sums of messages answer, except for a segment: they know no guests."""
    return tables.sends if scope.segment else tables.send_days


# --- where messages arrive ---------------------------------------------------------------------------------------------------------------
@query
def domains(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per mail provider of e-mails sent in the period, the most used first, "other" last: guests, sent, delivered, bounced, hard, soft,
    machine_opened, clicked, unsubscribed, complained, and bounce_rate, complaint_rate, machine_rate and click_rate with _low and _high (Wilson).

    Providers of fewer than five guests are told with "other": a domain could name a person.
    """
    m = within(tables.sends, scope).c
    frame = warehouse.frame(select(m.domain, func.count(sa.distinct(m.guest_id)).label("guests"), *_sums(m))
                            .where(m.medium == "email", m.is_sent == 1, inside(m.sent_on, scope.elapsed().period)).group_by(m.domain))
    named = frame["domain"].where((frame["guests"] >= FEWEST) & (frame["domain"] != ""), OTHER)
    frame = frame.drop(columns="domain").groupby(named).sum().reset_index()
    frame = frame.assign(last=frame["domain"] == OTHER).sort_values(["last", "sent", "domain"], ascending=[True, False, True], ignore_index=True)
    return _rated(frame.drop(columns="last"), "bounce_rate", "complaint_rate", "machine_rate", "click_rate")


@query
def bounces(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per month of the period with e-mails: sent, delivered, bounced, hard, soft, complained …, bounce_rate and complaint_rate (Wilson)."""
    m = within(_mart(scope), scope).c
    month = month_start(m.sent_on)
    frame = warehouse.frame(select(month.label("month"), *_sums(m)).where(m.medium == "email", inside(m.sent_on, scope.elapsed().period))
                            .group_by(month).order_by(month))
    return _rated(frame, "bounce_rate", "complaint_rate")


@query
def mediums(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per way of writing (email, sms, post) of marketing in the period: campaigns, sent, delivered … and rates (Wilson).

    `is_randomised` is 0: who is written to in which way was chosen, so that a difference between ways may be one between guests.
    """
    m = within(_mart(scope), scope).c
    frame = warehouse.frame(select(m.medium, func.count(sa.distinct(m.campaign_id)).label("campaigns"), *_sums(m))
                            .where(m.is_marketing == 1, inside(m.sent_on, scope.elapsed().period)).group_by(m.medium).order_by(m.medium))
    return _rated(frame, *RATES).assign(is_randomised=0)


@query
def send_times(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per weekday (1 Monday to 7) and hour (the property's) at which marketing e-mails of the period were sent: sent, delivered, clicked …

    click_rate and unsubscribe_rate with _low and _high (Wilson). `is_randomised` is 0: hours were chosen, and other guests were written to at others.
    """
    m = within(tables.sends, scope).c
    frame = warehouse.frame(select(m.weekday, m.sent_hour.label("hour"), *_sums(m))
                            .where(m.is_marketing == 1, m.medium == "email", m.is_sent == 1, inside(m.sent_on, scope.elapsed().period))
                            .group_by(m.weekday, m.sent_hour).order_by(m.weekday, m.sent_hour))
    return _rated(frame, "click_rate", "unsubscribe_rate").assign(is_randomised=0)


# --- how much a guest can bear -----------------------------------------------------------------------------------------------------------
@query
def fatigue_bands(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per band (1, 2, 3, 4, 5+) of marketing messages that a guest had got in thirty days with the one that is counted: sent, delivered …

    unsubscribe_rate, complaint_rate and click_rate of the messages delivered in the period, with _low and _high (Wilson). Who gets many was chosen.
    """
    m = within(tables.sends, scope).c
    band = case((m.mails_30d >= len(BANDS), BANDS[-1]), else_=sa.cast(m.mails_30d, sa.Text))
    frame = warehouse.frame(select(band.label("band"), *_sums(m)).where(m.is_marketing == 1, m.is_sent == 1, inside(m.sent_on, scope.elapsed().period))
                            .group_by(band)).set_index("band")
    frame = frame.reindex(list(BANDS), fill_value=0).rename_axis("band").reset_index()
    return _rated(frame, "unsubscribe_rate", "complaint_rate", "click_rate").assign(is_randomised=0)


@query
def fatigue_lifts(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per band (0, 1, 2+) of messages that other campaigns sent a guest in the window: the lift of the campaigns whose window is over.

    campaigns, treated_n, treated_booked, control_n, control_booked; lift with low and high, each campaign against its own held-out guests of the
    same band and then together (MOVER), p, and `few` where an arm has fewer than 100 people. Bands were not drawn by lot.
    """
    a = within(tables.assigned, scope).c
    band = case((a.others >= len(OTHERS) - 1, OTHERS[-1]), else_=sa.cast(a.others, sa.Text))
    count = lambda column, arm: func.count(case((a.arm == arm, 1))) if column is None else whole(case((a.arm == arm, column)))  # noqa: E731
    columns = [count(column, arm).label(f"{side}_{name}") for side, arm in zip(("treated", "control"), ARMS, strict=True)
               for name, column in (("n", None), ("booked", a.is_booked))]
    frame = warehouse.frame(
        select(band.label("band"), a.campaign_id, *columns)
        .where(and_(a.has_control == 1, a.ripe_on <= scope.as_of, a.purpose == "marketing", inside(a.assigned_on, scope.elapsed().period)))
        .group_by(band, a.campaign_id))
    return pd.DataFrame([_pooled(name, frame[frame["band"] == name]) for name in OTHERS])


def _pooled(band: str, rows: pd.DataFrame) -> dict:
    both = rows[(rows["treated_n"] > 0) & (rows["control_n"] > 0)]
    counts = {name: int(both[name].sum()) for name in ("treated_n", "treated_booked", "control_n", "control_booked")}
    told = {"lift": np.nan, "low": np.nan, "high": np.nan, "p": np.nan}
    if len(both):
        one = uplift.pooled(*(both[name].to_numpy(float) for name in ("treated_booked", "treated_n", "control_booked", "control_n")))
        told = {"lift": float(one.difference), "low": float(one.low), "high": float(one.high), "p": float(one.p)}
    return {"band": band, "campaigns": len(both), **counts, **told, "few": int(min(counts["treated_n"], counts["control_n"]) < LEAST), "is_randomised": 0}


# --- what is planned ---------------------------------------------------------------------------------------------------------------------
@query
def calendar(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per campaign from the period's start on, also those to come, by day: campaign_id, campaign, medium, purpose, day, month, is_planned (not
    sent yet), fixed_on, stop_on, ripe_on, people (planned where nobody was written to yet), holdout_bp, cost, budget (minor units, NaN unknown).

    Plans without a day come last.
    """
    frame = _dated(warehouse, scope)
    names = ["campaign_id", "campaign", "medium", "purpose", "day", "month", "is_planned", "fixed_on", "stop_on", "ripe_on", "people", "holdout_bp", "cost",
             "budget"]
    return frame.sort_values(["day", "campaign_id"], na_position="last", ignore_index=True)[names]


def _dated(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    frame = warehouse.frame(plans(scope))
    started = frame["started_on"].notna()
    day = pd.to_datetime(frame["started_on"].where(started, frame["planned_on"]))
    people = frame["people"].where(frame["people"] > 0, frame["planned_people"]).astype(float)
    frame = frame.assign(day=day, month=day.dt.to_period("M").dt.to_timestamp(), is_planned=(~started).astype(int), people=people,
                         **{name: frame[name].astype(float) for name in ("cost", "budget", "holdout_bp")})
    return frame[~(frame["day"] < pd.Timestamp(scope.period.start))]


@query
def budget(warehouse: Warehouse, scope: Scope) -> pd.DataFrame:
    """One row per month from the period's start on: campaigns, budget and cost (minor units, of the campaigns that have one), unbudgeted and uncosted
    (campaigns without), and over = cost − budget of those that have both (NaN where none has)."""
    frame = _dated(warehouse, scope).dropna(subset="day")
    frame = frame.assign(over=frame["cost"] - frame["budget"], unbudgeted=frame["budget"].isna().astype(int), uncosted=frame["cost"].isna().astype(int))
    by = frame.groupby("month")
    sums = by[["budget", "cost", "over"]].sum(min_count=1)
    return sums.assign(campaigns=by.size(), **by[["unbudgeted", "uncosted"]].sum()).reset_index()[
        ["month", "campaigns", "budget", "cost", "over", "unbudgeted", "uncosted"]]  # fmt: skip
