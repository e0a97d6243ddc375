"""What the page of revenue says in words: what a night keeps, how the books fill, what is cancelled, what sells, and the house beside its market."""
import math
from collections.abc import Callable

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.telling.figures import Change
from crm_core.telling.words import group_name

LEAST = 30  # nights from which a rate is told
STILL = 0.005  # half a per cent is no news
MEASURES = {"revpar": N_("RevPAR"), "occupancy": N_("Occupancy"), "adr": N_("Average daily rate")}
HIDDEN = {"hotels": N_("{place}, {set}: fewer than four hotels beside the own. A single one could be recognised, so nothing is told."),
          "large": N_("{place}, {set}: one hotel is more than half of it and could be recognised, so nothing is told.")}  # fmt: skip
Name = Callable[[object], str]


# --- what a night keeps ------------------------------------------------------------------------------------------------------------------
def told_ways(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the ways of booking of the period that sold enough nights to tell a rate, most nights first."""
    now = ledger[ledger["period"] == "now"]
    return now[(now["nights"] >= LEAST) & now["adr"].notna()].reset_index(drop=True)


def kept_title(ledger: pd.DataFrame, currency: str) -> str:
    """Return what agencies' nights bring more or less than direct ones, before and after the cost of booking."""
    ways = told_ways(ledger).set_index("way")
    if not {"direct", "ota"} <= set(ways.index):
        return t("What a night keeps, by way of booking")
    gross, net = (float(ways.at["ota", of] - ways.at["direct", of]) for of in ("adr", "net_adr"))
    said = {"gross": formats.money_exact(abs(gross), currency), "net": formats.money_exact(abs(net), currency)}
    still = STILL * float(ways.at["direct", "adr"])
    if abs(net) < still:
        return t("After the cost of booking, agencies and direct nights leave the same")
    if net > 0:
        return t("A night from an online agency leaves {net} more than a direct one", net=said["net"])
    if gross > still:
        return t("Online agencies bring {gross} more a night; after costs a direct night leaves {net} more", **said)
    return t("A direct night leaves {net} more than one from an online agency", net=said["net"])


def kept_text(row, currency: str) -> str:
    """Return a way's rate, what is left of it, and what part that is."""
    return f"{formats.money(row.adr, currency)} → {formats.money(row.net_adr, currency)} · {formats.percent(row.net_adr / row.adr if row.adr else math.nan, 0)}"


def kept_note(ledger: pd.DataFrame, currency: str) -> str:
    """Return what agencies and direct nights come to as a difference of both rates, so that nobody has to reckon it."""
    ways = told_ways(ledger).set_index("way")
    if not {"direct", "ota"} <= set(ways.index):
        return ""
    gross, net = (float(ways.at["ota", of] - ways.at["direct", of]) for of in ("adr", "net_adr"))
    return t("Online agency beside direct: {gross} a night before the cost of booking, {net} after it.", gross=difference(gross, currency),
             net=difference(net, currency))


def difference(amount: float, currency: str) -> str:
    """Return an amount of money with its sign, to the minor unit."""
    said = formats.money_exact(amount, currency)
    return f"+{said}" if round(amount) > 0 else said


def direct_title(share: float, change: Change) -> str:
    """Return the direct share and how it stands to the year before."""
    if math.isnan(share):
        return t("Nights booked directly")
    said = formats.percent(share)
    if change.verdict == "noise":
        return t("{share} of the nights are booked directly", share=said)
    return t("{share} of the nights are booked directly, {change} on last year", share=said, change=change.text)


# --- the books ---------------------------------------------------------------------------------------------------------------------------
def books_title(months: pd.DataFrame) -> str:
    """Return how the nights on the books stand to the same point a year before, and what the last seven days did."""
    nights, before, picked = (float(months[name].sum(skipna=False)) for name in ("nights", "was_nights", "picked"))
    week = t("the last 7 days added {n}", n=formats.count(picked)) if picked >= 0 else t("the last 7 days took {n} away", n=formats.count(-picked))
    if math.isnan(before) or not before:
        return t("{n} nights are on the books; {week}", n=formats.count(nights), week=week)
    change = nights / before - 1
    if abs(change) < STILL:
        return t("As many nights are on the books as a year ago; {week}", week=week)
    said = N_("{part} more nights are on the books than a year ago; {week}") if change > 0 else N_("{part} fewer nights are on the books than a year ago; {week}")
    return t(said, part=formats.percent(abs(change)), week=week)


def cancelled_title(bands: pd.DataFrame) -> str:
    """Return the bands whose cancellation rates are lowest and highest, where they differ beyond their intervals."""
    told = bands[(bands["period"] == "now") & ~bands["few"].astype(bool) & (bands["lead_band"] != "unknown")].reset_index(drop=True)
    if len(told) < 2:
        return t("Cancellations by how far ahead was booked")
    low, high = told.loc[told["rate"].idxmin()], told.loc[told["rate"].idxmax()]
    if low["high"] >= high["low"]:
        return t("How far ahead was booked makes no difference to cancellations beyond chance")
    return t("Of bookings made {high} {most} are cancelled, made {low} {least}", high=ahead(high["lead_band"]), low=ahead(low["lead_band"]),
             most=formats.percent(high["rate"], 0), least=formats.percent(low["rate"], 0))


def ahead(band: object) -> str:
    """Return a band of days between booking and arrival in words."""
    if band == "0":
        return t("on the day")
    days = group_name("lead_band", band, {})
    return t("{days} days ahead", days=days) if str(band)[:1].isdigit() else days


def rate_text(row) -> str:
    """Return a cancellation rate with its interval; of too few bookings, how many there are."""
    return t("too few: {n}", n=formats.count(row.n)) if row.few else f"{formats.percent(row.rate)} ({formats.share_interval(row.low, row.high, 0)})"


# --- what sells --------------------------------------------------------------------------------------------------------------------------
def rooms_title(mix: pd.DataFrame, name: Name) -> str:
    """Return which room type brings most of the room revenue."""
    now = mix[(mix["period"] == "now") & mix["revenue_share"].notna()]
    if len(now) < 2:
        return t("Room types")
    first = now.loc[now["revenue_share"].idxmax()]
    return t("{type} brings {share} of the room revenue", type=name(first["room_type"]), share=formats.percent(first["revenue_share"], 0))


def products_title(mix: pd.DataFrame, name: Name, room: str) -> str:
    """Return what part of the revenue comes from beside the rooms, and where most of it."""
    now = mix[(mix["period"] == "now") & mix["share"].notna()]
    others = now[now["department"] != room]
    if others.empty or others["share"].sum() <= 0:
        return t("Revenue by department")
    first = others.loc[others["share"].idxmax()]
    return t("{share} of the revenue comes from beside the rooms, most from: {department}", share=formats.percent(others["share"].sum()),
             department=name(first["department"]))


# --- beside the market -------------------------------------------------------------------------------------------------------------------
def changes(year: pd.DataFrame) -> dict[str, float]:
    """Return how the house's and the set's RevPAR changed on the year before (as a share), and the index in points; NaN where unknown."""
    now, before = (year[year["period"] == period].iloc[0] for period in ("now", "year"))
    over = lambda name: float(now[name] / before[name] - 1) if before[name] else math.nan  # noqa: E731
    return {"own": over("revpar"), "set": over("set_revpar"), "rgi": float(now["rgi"] - before["rgi"])}


def market_title(year: pd.DataFrame) -> str:
    """Return what house and market lost or gained, and what that did to the share of what there was to earn."""
    now, moved = year[year["period"] == "now"].iloc[0], changes(year)
    if math.isnan(moved["rgi"]):
        return t("For each room the house earns {index} where its set earns 100", index=formats.decimal(now["rgi"], 1)) if now["rgi"] == now["rgi"] else t(
            "The house beside its market")
    said = {name: formats.percent(abs(moved[name])) for name in ("own", "set")}
    return f"{t(_moves(moved), **said)}: {_share_words(moved['rgi'])}"


def _moves(moved: dict[str, float]) -> str:
    return {(True, True): N_("We gained {own}, the market gained {set}"), (True, False): N_("We gained {own}, the market lost {set}"),
            (False, True): N_("We lost {own}, the market gained {set}"), (False, False): N_("We lost {own}, the market lost {set}")}[
                moved["own"] >= 0, moved["set"] >= 0]  # fmt: skip


def _share_words(points: float) -> str:
    if abs(points) < STILL * 100:
        return t("our share stayed")
    return t("our share rose") if points > 0 else t("our share fell")


def market_note(year: pd.DataFrame) -> str:
    """Return how to read the index, with its numbers now and a year before."""
    now, before = (year[year["period"] == period].iloc[0] for period in ("now", "year"))
    said = t("100 means: we earn as much for a room as the set does. A simple house may stand below 100 for good: look at where it moves.")
    if now["rgi"] != now["rgi"] or before["rgi"] != before["rgi"]:
        return said
    moved = t("The RevPAR index went from {before} to {now}, by {points} points.", before=formats.decimal(before["rgi"], 1),
              now=formats.decimal(now["rgi"], 1), points=formats.signed(now["rgi"] - before["rgi"], 1))
    return f"{moved} {said}"
