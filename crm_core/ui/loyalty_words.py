"""What the pages of loyalty say in words: tiers and their badges, measures, rules, and titles with what was found beyond noise."""
import json

import numpy as np
import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.programme.rules import BadRules, Rules, Tier, parse
from crm_core.queries.tiers import CLOSED
from crm_core.stats import intervals
from crm_core.ui.return_words import CERTAIN, FEW, alike
from crm_core.ui.text import safe

# By rank, from the lowest up; what is higher still looks like the last.
BADGES = ("gray", "blue", "yellow", "violet")
WHY = {
    "enrolled": N_("joined"), "qualified": N_("reached it"), "kept": N_("kept it"), "fell": N_("did not keep the tier above"), "by_hand": N_("given by hand"),
    "as_told": N_("as the source says"),
}
VIA = {
    "own_site": N_("Own website"), "web": N_("Own website"), "front_desk": N_("Front desk"), "desk": N_("Front desk"), "app": N_("App"),
    "partner": N_("Partner"), "phone": N_("Phone"), "email": N_("E-mail"),
}
MEASURES = {"nights": N_("Nights"), "stays": N_("Stays"), "points": N_("Points")}
MOVES = ("up", "keep", "down", CLOSED)
MOVED = {"up": N_("Moved up"), "keep": N_("Kept their tier"), "down": N_("Moved down"), CLOSED: N_("Left the programme")}
YEAR_OF_MONTHS = 12
MONTH = 365 / 12


# --- names ----------------------------------------------------------------------------------------------------------------
def tier_name(tier: object) -> str:
    """Return a tier's name, which is the programme's own; of an account that is closed that its member left."""
    if tier == CLOSED:
        return t("Left")
    return str(tier) if isinstance(tier, str) and tier else t("No tier")


def tier_colour(rank: object) -> str:
    """Return the palette's name of a tier's badge by its rank, 0 the lowest; grey where no rank is known."""
    return BADGES[min(max(int(rank), 0), len(BADGES) - 1)] if pd.notna(rank) else BADGES[0]


def tier_badge(tier: object, rank: object) -> str:
    """Return a tier's badge as Markdown."""
    return f":{tier_colour(rank)}-badge[{safe(tier_name(tier))}]"


def way_name(via: object) -> str:
    """Return where a member enrolled, in words; what a source calls it otherwise stays as it is."""
    said = str(via) if isinstance(via, str) else ""
    return t(VIA.get(said, said)) if said and said != "unknown" else t("Not known")


def amount(measure: object, n: float) -> str:
    """Return an amount of what a tier is reached with: "3 nights"."""
    size = formats.count(n)
    if measure == "stays":
        return tn("{n} stay", "{n} stays", int(n), n=size)
    return tn("{n} point", "{n} points", int(n), n=size) if measure == "points" else tn("{n} night", "{n} nights", int(n), n=size)


def way(before: object, now: object) -> str:
    """Return a move from one tier to another: "Silver → Gold"."""
    return t("{before} → {now}", before=tier_name(before), now=tier_name(now))


# --- rules ----------------------------------------------------------------------------------------------------------------
def rules_of(said: object) -> Rules | None:
    """Return the rules of a row of the query programmes; None where the programme has none, or none that can be read."""
    try:
        return parse(json.loads(said)) if isinstance(said, str) and said else None
    except (BadRules, ValueError):
        return None


def criteria(wanted: dict[str, int]) -> str:
    """Return what a tier asks for: "15 nights or 5,000 points"; a dash where it asks for nothing."""
    return formats.either([amount(measure, n) for measure, n in wanted.items()]) if wanted else formats.DASH


def window_said(rules: Rules) -> str:
    """Return over which time is counted, and for how long a tier then holds."""
    if rules.window == "calendar":
        return t("Counted from 1 January. A tier is given on the day it is reached and holds to the end of the next year.")
    return t("Counted over the last {window}. A tier is given on the day it is reached and holds for {valid}; reaching it again renews it.",
             window=_months(rules.window_months), valid=_months(rules.valid_months))


def kept_said(tier: Tier) -> str:
    """Return what keeps a tier when its time is over."""
    return criteria(tier.retain) if tier.retain else t("not lost again")


def _months(n: int) -> str:
    return tn("{n} month", "{n} months", n, n=formats.count(n))


# --- titles of the programme's life -----------------------------------------------------------------------------------------
def joined_title(months: pd.Series) -> str:
    """Return how many joined within 12 months, and whether that is more or fewer than in the 12 before; `months` are complete, oldest first.

    A difference of counts is a finding where chance alone (Poisson) would hardly make it.
    """
    now, before = (int(part.sum()) for part in (months.iloc[-YEAR_OF_MONTHS:], months.iloc[-2 * YEAR_OF_MONTHS:-YEAR_OF_MONTHS]))
    if not now:
        return t("Nobody joined within the last 12 months")
    said = {"n": formats.count(now), "before": formats.count(before)}
    if not before or len(months) < 2 * YEAR_OF_MONTHS:
        return tn("{n} member joined within 12 months", "{n} members joined within 12 months", now, **said)
    if abs(now - before) <= 1.96 * np.sqrt(now + before):
        return t("{n} members joined within 12 months, about as many as in the 12 before", **said)
    return t("More join: {n} members within 12 months, {before} in the 12 before", **said) if now > before else t(
        "Fewer join: {n} members within 12 months, {before} in the 12 before", **said)


def mix_title(mix: pd.DataFrame) -> str:
    """Return how many members stand above the lowest tier, and whether that is another share than 12 months earlier; `mix` by month and tier."""
    above = _above(mix)
    if above.empty or not above["of"].iloc[-1]:
        return t("Members by tier")
    now, lowest = above.iloc[-1], tier_name(mix.sort_values("tier_rank")["tier"].iloc[0])
    said = {"share": formats.percent(now["part"] / now["of"], 0), "tier": lowest}
    if len(above) <= YEAR_OF_MONTHS or mix["tier_rank"].nunique() < 2:
        return t("{share} of members stand above {tier}", **said) if mix["tier_rank"].nunique() > 1 else t("Members by tier")
    then = above.iloc[-1 - YEAR_OF_MONTHS]
    low, high = intervals.newcombe(now["part"], now["of"], then["part"], then["of"])
    if not (low > 0 or high < 0):
        return t("{share} of members stand above {tier}, about as many as a year ago", **said)
    return t("{share} of members stand above {tier}, {before} a year ago", **said, before=formats.percent(then["part"] / then["of"], 0))


def _above(mix: pd.DataFrame) -> pd.DataFrame:
    """Members above the lowest tier, and all of them, by month."""
    higher = mix["members"].where(mix["tier_rank"] > mix["tier_rank"].min(), 0)
    return pd.DataFrame({"part": higher.groupby(mix["month"]).sum(), "of": mix.groupby("month")["members"].sum()})


def share_title(months: pd.DataFrame, what: str) -> str:
    """Return the members' share of "nights" or "revenue" in 12 months, and whether the last one differs from the same month a year ago.

    `months` are complete, oldest first, with the share of each and its interval.
    """
    year = months.tail(YEAR_OF_MONTHS)
    whole, mine = year[what].sum(skipna=False), year[f"member_{what}"].sum(skipna=False)
    if not whole > 0 or pd.isna(mine):
        return t("Members' share, month by month")
    said = {"share": formats.percent(mine / whole, 0)}
    turn = _turn(months, what)
    if turn == 0:
        return t("Members bring {share} of the nights", **said) if what == "nights" else t("Members bring {share} of the room revenue", **said)
    said |= {"month": formats.month(months["month"].iloc[-1])}
    if what == "nights":
        return t("Members bring {share} of the nights; in {month} more than a year earlier", **said) if turn > 0 else t(
            "Members bring {share} of the nights; in {month} fewer than a year earlier", **said)
    return t("Members bring {share} of the room revenue; in {month} more than a year earlier", **said) if turn > 0 else t(
        "Members bring {share} of the room revenue; in {month} less than a year earlier", **said)


def _turn(months: pd.DataFrame, what: str) -> int:
    """1 or −1 where the last month's share is above or below that of a year earlier beyond noise, else 0."""
    if len(months) <= YEAR_OF_MONTHS:
        return 0
    now, then = (tuple(months[f"{what}_{part}"].iloc[at] for part in ("share", "low", "high")) for at in (-1, -1 - YEAR_OF_MONTHS))
    low, high = intervals.apart(now, then)
    return int(low > 0) - int(high < 0)


def early_title(quarters: pd.DataFrame) -> str:
    """Return how many new members act within 90 days, and whether that has moved; only quarters whose 90 days are over speak."""
    ripe = quarters[quarters["is_mature"] & (quarters["members"] >= FEW)]
    if ripe.empty:
        return t("New members in their first 90 days")
    if alike(ripe["engaged"], ripe["members"]) > CERTAIN:
        return t("{share} of new members earn or redeem within 90 days", share=formats.percent(ripe["engaged"].sum() / ripe["members"].sum(), 0))
    low, high = formats.percent(ripe["share"].min(), 0), formats.percent(ripe["share"].max(), 0)
    return t("Between {low} and {high} of new members earn or redeem within 90 days", low=low, high=high)


# --- titles of tiers --------------------------------------------------------------------------------------------------------
def moved(flows: pd.DataFrame) -> pd.DataFrame:
    """Return what became of all members of the first day, by move: members, of, share, low, high (Wilson); `flows` from the query tier_moves."""
    found = flows.groupby("move")["members"].sum().reindex(list(MOVES), fill_value=0)
    of = int(found.sum())
    low, high = intervals.wilson(found.to_numpy(), of)
    return pd.DataFrame({"members": found, "of": of, "share": found / of if of else np.nan, "low": low, "high": high})


def more(flows: pd.DataFrame) -> str:
    """Return which way more members moved beyond chance, "up" or "down"; "" where neither, or where too few were there.

    Who moves goes one way only, so that by chance the two counts differ as those of a coin do (McNemar).
    """
    found = flows.groupby("move")["members"].sum().reindex(list(MOVES), fill_value=0)
    up, down = int(found["up"]), int(found["down"])
    if found.sum() < FEW or abs(up - down) <= 1.96 * np.sqrt(up + down):
        return ""
    return "up" if up > down else "down"


def moves_title(flows: pd.DataFrame) -> str:
    """Return whether more members moved up than down between two days; `flows` from the query tier_moves."""
    found = moved(flows)
    if found["of"].iloc[0] < FEW:
        return t("Who moved between tiers")
    said = {"up": formats.percent(found["share"]["up"], 0), "down": formats.percent(found["share"]["down"], 0)}
    if not found["members"][["up", "down"]].sum():
        return t("Nobody changed tier between the two days")
    if more(flows) == "":
        return t("About as many moved up as down: {up} and {down}", **said)
    return t("More moved up than down: {up} against {down}", **said) if more(flows) == "up" else t(
        "More moved down than up: {down} against {up}", **said)


def lasting_title(spells: pd.DataFrame) -> str:
    """Return how long the highest tier lasts whose median is known and rests on enough spells."""
    sure = spells[spells["days"].notna() & ~spells["few"].astype(bool)]
    if sure.empty:
        return t("How long a tier lasts")
    best = sure.sort_values("tier_rank").iloc[-1]
    return t("{tier}: half of the members hold it for {months} or longer", tier=tier_name(best["tier"]), months=_months(round(best["days"] / MONTH)))


def work_title(kind: str, total: int) -> str:
    """Return how many members a work list of tiers holds: "rise" near the next one, "keep" about to lose their own."""
    if not total:
        return t("Nobody is within reach of the next tier") if kind == "rise" else t("Nobody loses a tier within 90 days")
    n = formats.count(total)
    if kind == "rise":
        return tn("{n} member is within reach of the next tier", "{n} members are within reach of the next tier", total, n=n)
    return tn("{n} member loses a tier within 90 days", "{n} members lose their tier within 90 days", total, n=n)
