"""One campaign opened: its funnel, what happened day by day, each variant beside those held out, and whether it annoyed more than others do."""
import datetime as dt
import json

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, select

from crm_core.dialects import add_days, days_between
from crm_core.marts import tables
from crm_core.marts.booked import STANDS
from crm_core.marts.scoped import within
from crm_core.queries.campaigns import UNTOLD, each, figures, moments, share
from crm_core.queries.points import whole
from crm_core.queries.registry import query
from crm_core.schema import ARMS
from crm_core.scope import Scope
from crm_core.stats import alerts, intervals, uplift
from crm_core.store.warehouse import Warehouse

# Each step with the one that it is a share of.
STEPS = (("assigned", ""), ("held_out", "assigned"), ("sent", ""), ("bounced", "sent"), ("delivered", "sent"), ("openable", "delivered"),
         ("opened_human", "openable"), ("machine_opened", "delivered"), ("clicked", "delivered"), ("scanned", "delivered"),
         ("unsubscribed", "delivered"), ("complained", "delivered"), ("booked", "sent"))  # fmt: skip
HARMS = ("unsubscribed", "complained", "bounced")
HARM_LEAST = {"unsubscribed": 300, "complained": 1000, "bounced": 30}  # messages from which a rate is told (KPI 38, 42, 43)


@query
def campaign_card(warehouse: Warehouse, scope: Scope, *, campaign: int) -> pd.DataFrame:
    """One row: a campaign as in campaign_list, whenever it was or will be sent; none where the scope does not know it."""
    return figures(warehouse, scope, campaign)


@query
def campaign_funnel(warehouse: Warehouse, scope: Scope, *, campaign: int) -> pd.DataFrame:
    """One row per step (STEPS): n, the step it is a share `of` ("" for none), share with low and high (Wilson).

    assigned and held_out count people, all others messages; openable = arrived at a person whose mail programme is not known to open by itself;
    booked = the guest booked within thirty days, NaN before they are over. NaN also where a platform reports no such count.
    """
    card = figures(warehouse, scope, campaign)
    if card.empty:
        return pd.DataFrame(columns=["step", "n", "of", "share", "low", "high"])
    n = card.iloc[0].to_dict() | {"assigned": card["treated_n"].iloc[0] + card["control_n"].iloc[0], "held_out": card["control_n"].iloc[0]}
    frame = pd.DataFrame([{"step": step, "n": float(n[step]), "of": of, "whole": float(n[of]) if of else np.nan} for step, of in STEPS])
    found = share(frame, "share", "n", "whole")
    return frame.drop(columns="whole").assign(share=found["share"], low=found["share_low"], high=found["share_high"])


@query
def campaign_days(warehouse: Warehouse, scope: Scope, *, campaign: int) -> pd.DataFrame:
    """One row per day from 0 (sent, or assigned) to the last of the window or before the as-of date: what people did on it.

    opened and clicked = messages first opened by a person or clicked; treated and control = people with their first booking of the window on that
    day; treated_share and control_share = those who had booked by then, of everyone assigned (NaN without such an arm).
    """
    frame = _first_bookings(warehouse, scope, campaign).merge(_first_actions(warehouse, scope, campaign), how="outer", on="day")
    card = figures(warehouse, scope, campaign)
    days = pd.RangeIndex(_days(card, scope), name="day")
    frame = frame.set_index("day").reindex(days, fill_value=0).fillna(0).astype("int64").reset_index()
    for side in ("treated", "control"):
        people = float(card[f"{side}_n"].sum())
        frame[f"{side}_share"] = frame[side].cumsum() / (people or np.nan)
    return frame


def _days(card: pd.DataFrame, scope: Scope) -> int:
    """How many days there are to tell: those of the window that are complete."""
    if card.empty or pd.isna(card["started_on"].iloc[0]):
        return 0
    return max(0, min(int(card["window_days"].iloc[0]) + 1, (scope.as_of - _date(card["started_on"].iloc[0])).days))


def _date(day: object) -> dt.date:
    return pd.Timestamp(day).date()


def _first_bookings(warehouse: Warehouse, scope: Scope, campaign: int) -> pd.DataFrame:
    """One row per day of the window: guests of each arm who made their first booking of it then."""
    a, s = within(tables.assigned, scope).c, within(tables.stays, scope, history=True).c
    # Of some properties only, a guest's bookings at the property that assigned the guest count: the others' are not the scope's to see.
    here = sa.true() if scope.everywhere else s.property_id == a.property_id
    made = and_(s.guest_id == a.guest_id, here, s.status.in_(STANDS), s.booked_on >= a.assigned_on, s.booked_on <= add_days(a.assigned_on, a.window_days))
    first = (select(a.guest_id, a.arm, func.min(days_between(a.assigned_on, s.booked_on)).label("day"))
             .select_from(a.guest_id.table.join(s.guest_id.table, made)).where(a.campaign_id == campaign).group_by(a.guest_id, a.arm).subquery("first_booking").c)
    arms = (func.count(case((first.arm == arm, 1))).label(name) for name, arm in zip(("treated", "control"), ARMS, strict=True))
    return warehouse.frame(select(first.day, *arms).group_by(first.day))


def _first_actions(warehouse: Warehouse, scope: Scope, campaign: int) -> pd.DataFrame:
    """One row per day since sending: messages first opened by a person, and first clicked, on it."""
    m = within(tables.sends, scope).c
    opened = (select(days_between(m.sent_on, m.opened_on).label("day"), sa.literal(1).label("opened"), sa.literal(0).label("clicked"))
              .where(m.campaign_id == campaign, m.opened_human == 1))
    m = within(tables.sends, scope).c
    clicked = select(days_between(m.sent_on, m.clicked_on), sa.literal(0), sa.literal(1)).where(m.campaign_id == campaign, m.is_clicked == 1)
    one = sa.union_all(opened, clicked).subquery("action").c
    return warehouse.frame(select(one.day, whole(one.opened).label("opened"), whole(one.clicked).label("clicked")).group_by(one.day))


@query
def campaign_arms(warehouse: Warehouse, scope: Scope, *, campaign: int) -> pd.DataFrame:
    """One row per arm, variants first and those held out last: people assigned, those who booked, and the difference from whom it is compared with.

    cell = the variant ("" without), n, booked, rate with rate_low and rate_high (Wilson), margin (mean per person, minor units); `against` =
    "held_out", or without such an arm the first variant ("" for that one): then a difference is between variants, and no effect. lift with low and
    high (Newcombe), p, q (Benjamini-Hochberg over the variants), incremental and gain (margin) with _low and _high, verdict as in campaign_list;
    srm_p = the split among all arms against the planned shares.
    """
    card, a = figures(warehouse, scope, campaign), within(tables.assigned, scope).c
    frame = warehouse.frame(select(a.arm, a.cell, *moments(a, sa.true())).where(a.campaign_id == campaign)
                            .group_by(a.arm, a.cell).order_by(a.arm, a.cell))
    frame = frame.assign(**share(frame, "rate", "booked", "n"))
    base = _base(frame)
    of = frame.iloc[[base] * len(frame)].reset_index(drop=True) if len(frame) else frame
    lifts = uplift.lift(frame["booked"].to_numpy(), frame["n"].to_numpy(), of["booked"].to_numpy(), of["n"].to_numpy())
    gains = uplift.lift_mean_of(*(part[name].to_numpy(float) for part in (frame, of) for name in ("n", "margin", "squares")))
    return _compared(frame, card, base, lifts, gains)


def _base(frame: pd.DataFrame) -> int:
    """The place of the arm that the others are compared with: those held out, else the first variant."""
    held = np.flatnonzero(frame["arm"] == ARMS[1])
    return int(held[0]) if len(held) else 0


def _compared(frame: pd.DataFrame, card: pd.DataFrame, base: int, lifts: uplift.Lift, gains: uplift.MeanLift) -> pd.DataFrame:
    split = _split(frame, card)
    state = "early" if card.empty else "broken" if split < uplift.BROKEN else card["verdict"].iloc[0]
    others = np.arange(len(frame)) != base
    held = bool((frame["arm"] == ARMS[1]).any())
    told = others & (state != "broken") & bool(len(card) and card["is_ripe"].iloc[0])
    against = np.where(others, ARMS[1] if held else (frame["cell"].iloc[base] if len(frame) else ""), "")
    limits = {"lift": lifts.difference, "low": lifts.low, "high": lifts.high, "p": lifts.p}
    limits |= {f"{name}{end}": getattr(of, f"incremental{end}") for name, of in (("incremental", lifts), ("gain", gains)) for end in ("", "_low", "_high")}
    limits = {name: np.where(told, value, np.nan) for name, value in limits.items()}
    verdicts = [uplift.verdict(each(lifts, i), None, None) if told[i] else "" if not others[i] else state if state in UNTOLD else "early"
                for i in range(len(frame))]
    return frame.assign(margin=frame["margin"] / frame["n"], against=against, **limits, q=alerts.adjusted(limits["p"]),
                        srm_p=split, verdict=np.array(verdicts, object)).drop(columns="squares")


def _split(frame: pd.DataFrame, card: pd.DataFrame) -> float:
    """The p of the split among all arms against the shares of the audience; without such shares that of those held out among everyone."""
    said = card["shares_said"].iloc[0] if len(card) else None
    shares = json.loads(said) if isinstance(said, str) else {}
    named = np.where(frame["arm"] == ARMS[1], ARMS[1], np.where(frame["cell"] == "", ARMS[0], frame["cell"]))
    counts = dict(zip(named, frame["n"], strict=True))
    planned = {arm: share for arm, share in shares.items() if share > 0}
    if len(planned) > 1 and set(counts) <= set(planned):
        return uplift.srm([counts.get(arm, 0) for arm in planned], list(planned.values()))[1]
    return float(card["srm_p"].iloc[0]) if len(card) and ARMS[1] in counts else np.nan


@query
def campaign_harm(warehouse: Warehouse, scope: Scope, *, campaign: int) -> pd.DataFrame:
    """One row per harm (unsubscribed, complained, bounced): how often it came with this campaign's messages, and with all others of its way and purpose.

    k of n delivered (bounced: of sent), rate with low and high (Wilson); others_k, others_n, others_rate; difference with difference_low and
    difference_high (Newcombe); verdict "more", "less", "not_shown" or "few".
    """
    own = within(tables.campaigns, scope).c
    kind = warehouse.frame(select(own.medium, own.purpose).where(own.campaign_id == campaign).limit(1))
    if kind.empty:
        return pd.DataFrame(columns=["harm", "k", "n"])
    counted = _harms(warehouse, scope, campaign, *kind.iloc[0])
    frame = pd.DataFrame([{"harm": name, **{f"{side}{part}": counted[f"{side}{column}"] for side in ("", "others_") for part, column in (
        ("k", name), ("n", "sent" if name == "bounced" else "delivered"))}} for name in HARMS])
    for side in ("", "others_"):
        found = share(frame, f"{side}rate", f"{side}k", f"{side}n")
        frame = frame.assign(**{f"{side}{end}": value for end, value in zip(("rate", "low", "high"), found.values(), strict=True)})
    low, high = intervals.newcombe(frame["k"], frame["n"], frame["others_k"], frame["others_n"])
    few = frame[["n", "others_n"]].min(axis=1) < frame["harm"].map(HARM_LEAST)
    verdict = np.where(few, "few", np.where(low > 0, "more", np.where(high < 0, "less", "not_shown")))
    return frame.assign(difference=frame["rate"] - frame["others_rate"], difference_low=low, difference_high=high, verdict=verdict)


def _harms(warehouse: Warehouse, scope: Scope, campaign: int, medium: str, purpose: str) -> pd.Series:
    m = within(tables.sends if scope.segment else tables.send_days, scope).c
    columns = {"sent": m.is_sent, "delivered": m.is_delivered, "unsubscribed": m.is_unsubscribed, "complained": m.is_complained, "bounced": m.is_bounced}
    sums = [whole(case((m.campaign_id == campaign if side == "" else m.campaign_id != campaign, column))).label(side + name)
            for side in ("", "others_") for name, column in columns.items()]
    return warehouse.frame(select(*sums).where(m.medium == medium, m.purpose == purpose)).iloc[0]
