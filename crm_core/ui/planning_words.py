"""Planning in words: what the calendar holds, whether money keeps to plan, what a number of people can show, and how experiments ended."""
import math
from collections.abc import Mapping, Sequence

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.stats import uplift

STATUSES = {"planned": ("gray", N_("planned")), "fixed": ("blue", N_("fixed")), "sent": ("gray", N_("sent")), "read": ("green", N_("read as planned"))}
CLOSE_DAYS = 30  # two campaigns nearer than this write to the same people twice in a window
FAR = 3.0  # a lift beyond three times the base is none that anybody plans for
MOST_POOLED = 40


# --- calendar ---------------------------------------------------------------------------------------------------------------------
def calendar_title(found: pd.DataFrame, close: int) -> str:
    """Return what the calendar says: how many are to come, else how many stand close together, else its plain name."""
    ahead = int(found["is_planned"].sum()) if len(found) else 0
    if ahead:
        return tn("{n} campaign is planned", "{n} campaigns are planned", ahead, n=formats.count(ahead))
    if close:
        return tn("{n} campaign began within 30 days of another", "{n} campaigns began within 30 days of another", close, n=formats.count(close))
    return t("Campaigns by day")


def close_by(found: pd.DataFrame) -> pd.Series:
    """Return for each dated marketing campaign, in order of days, the days to the nearest other one (NaN: none)."""
    days = pd.to_datetime(found["day"])
    dated = found[days.notna() & (found["purpose"] == "marketing")]
    ordered = pd.to_datetime(dated["day"]).sort_values(kind="stable")
    gap = ordered.diff().dt.days
    nearest = pd.concat([gap, gap.shift(-1)], axis=1).min(axis=1)
    return nearest.reindex(found.index)


# --- money ------------------------------------------------------------------------------------------------------------------------
def budget_title(found: pd.DataFrame, currency: str) -> str:
    """Return whether what was spent keeps to the budget, of the campaigns that have both."""
    both = (found["cost"] - found["budget"]).dropna()
    if both.empty:
        return t("Budget and cost")
    over = both.sum()
    if over > 0:
        return t("{amount} over budget", amount=formats.compact_money(over, currency))
    return t("{amount} below budget", amount=formats.compact_money(-over, currency)) if over < 0 else t("Exactly on budget")


def budget_note(found: pd.DataFrame) -> str:
    """Return how many campaigns cannot be compared: without a known cost there is no return, without a budget nothing to keep to."""
    uncosted, unbudgeted = int((found["cost"].isna() & (found["is_planned"] == 0)).sum()), int(found["budget"].isna().sum())
    parts = []
    if uncosted:
        parts.append(tn("{n} campaign without a known cost", "{n} campaigns without a known cost", uncosted, n=formats.count(uncosted)))
    if unbudgeted:
        parts.append(tn("{n} without a budget", "{n} without a budget", unbudgeted, n=formats.count(unbudgeted)))
    return " · ".join(parts)


def spent(cost: float, budget: float, currency: str) -> str:
    """Return what a campaign cost, of its budget where it has one; before anything is spent, the budget."""
    if math.isnan(cost):
        return t("cost not known") if math.isnan(budget) else t("budget {amount}", amount=formats.money(budget, currency))
    amount = formats.money(cost, currency)
    return amount if math.isnan(budget) else t("{cost} of {budget}", cost=amount, budget=formats.money(budget, currency))


# --- sample size ------------------------------------------------------------------------------------------------------------------
def smallest(people: float, held_share: float, base: float) -> float:
    """Return the smallest lift that so many people show at a base rate, as a part of the base; NaN where nothing can be told."""
    held = round(people * held_share)
    if not 0 < base < 1 or held < 1 or people - held < 1:
        return math.nan
    return float(uplift.detectable(people - held, held, base)) / base


def pooled(people: float, held_share: float, base: float, wanted: float) -> int | None:
    """Return how many campaigns of this size, taken together, show the lift that is wanted; None where MOST_POOLED are not enough."""
    sizes = range(1, MOST_POOLED + 1)
    return next((n for n in sizes if smallest(n * people, held_share, base) <= wanted), None)


def size_title(people: int, held_share: float, base: float, wanted: float) -> str:
    """Return plainly whether so many people can show the lift that is wanted."""
    least = smallest(people, held_share, base)
    if math.isnan(least) or base * (1 + wanted) >= 1:
        return t("How many people does it take?")
    if least <= wanted:
        return t("{n} people are enough to see {lift}", n=formats.count(people), lift=formats.relative(wanted, 0))
    return t("{n} people are too few to see {lift}", n=formats.count(people), lift=formats.relative(wanted, 0))


def size_advice(people: int, held_share: float, base: float, wanted: float) -> list[str]:
    """Return what so many people can see, and what a hotel that is too small for the lift it wants can do."""
    least = smallest(people, held_share, base)
    if base * (1 + wanted) >= 1:
        return [t("{lift} of {base} would be everybody and more: hope for less.", lift=formats.relative(wanted, 0), base=formats.percent(base, 2))]
    if math.isnan(least):
        return [_untold(people, held_share, base)]
    said = [t("The smallest lift that {n} people show in four cases of five is {lift}: from {base} to {lifted} who book.", n=formats.count(people),
              lift=formats.relative(least, 0), base=formats.percent(base, 2), lifted=formats.percent(base * (1 + least), 2))]
    if least <= wanted:
        return said
    if least > FAR:
        said.append(t("One campaign of this size cannot tell any effect that is likely. That is no fault of the campaign: it is a small house."))
    count = pooled(people, held_share, base, wanted)
    if count is None:
        said.append(t("Even {n} such campaigns together would not show {lift}. Write to everybody, and judge by cost.", n=formats.count(MOST_POOLED),
                      lift=formats.relative(wanted, 0)))
    else:
        said.append(t("{n} campaigns like this one together show {lift}: hold the same share out of each, and read them together. More properties, or a longer "
                      "window, help as well.", n=formats.count(count), lift=formats.relative(wanted, 0)))
    return said


def _untold(people: int, held_share: float, base: float) -> str:
    if not 0 < base < 1 or not 0 < held_share < 1 or people < 2:
        return t("Give people, a share held out and a base rate above zero.")
    return t("So few people cannot show any lift.")


def needed_rows(base: float, held_share: float, lifts: Sequence[float]) -> list[tuple[str, str, str]]:
    """Return (lift, written to, held out) for some lifts: how many people show them in four cases of five."""
    found = []
    for lift in lifts:
        treated, held = uplift.required_n(base, lift, 1 - held_share) if 0 < base * (1 + lift) < 1 and 0 < held_share < 1 else (math.nan, math.nan)
        found.append((formats.relative(lift, 0), formats.count(treated), formats.count(held)))
    return found


# --- experiments ------------------------------------------------------------------------------------------------------------------
def log_title(rows: Sequence[Mapping]) -> str:
    """Return how many experiments were fixed before their first message, and how many of those were read as planned."""
    fixed = sum(1 for row in rows if row["fixed_at"])
    read = sum(1 for row in rows if row["status"] == "read")
    if not rows:
        return t("Log of experiments")
    return t("{fixed} of {n} fixed before the first message, {read} read as planned", fixed=formats.count(fixed), n=formats.count(len(rows)),
             read=formats.count(read))


def looks(readings: Sequence[Mapping]) -> str:
    """Return how a campaign's result was looked at: as planned, or before time, which makes chance look like an effect."""
    peeks = sum(1 for one in readings if one["kind"] == "peek")
    planned = next((one for one in readings if one["kind"] == "planned"), None)
    parts = [t("read as planned on {day}", day=formats.date(planned["as_of"]))] if planned else []
    if peeks:
        parts.append(tn("looked at {n} time before", "looked at {n} times before", peeks, n=formats.count(peeks)))
    return " · ".join(parts) or formats.DASH
