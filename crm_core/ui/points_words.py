"""What the page of points says in words: titles with what was found, rewards, lines of the roll-forward."""
from collections.abc import Callable

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.ui.text import plain

REWARDS = {"room": N_("Free nights"), "upgrade": N_("Upgrades"), "fnb": N_("Food and drinks"), "spa": N_("Spa"), "minibar": N_("Minibar"),
           "laundry": N_("Laundry"), "transfer": N_("Transfers"), "events": N_("Events"), "other": N_("Other")}
LINES = {
    "opening": N_("At the beginning"), "issued": N_("Issued"), "redeemed": N_("Redeemed"), "expired": N_("Expired"), "adjusted": N_("Adjusted"),
    "transferred": N_("Transferred"), "estimate": N_("New estimate"), "closing": N_("At the end"),
}
YEAR = 12
FLAT = 0.2  # the breakage that books on loyalty take for an example


def compact(n: float) -> str:
    """Return a number of points short enough for an axis: "1.2M", "46k"."""
    size = abs(n)
    if size >= 1e6:
        return t("{n}M", n=formats.decimal(n / 1e6, 1 if size < 1e8 else 0))
    return t("{n}k", n=formats.decimal(n / 1e3, 0)) if size >= 1e4 else formats.count(n)


def reward(spend: object) -> str:
    """Return what points were redeemed for; what a source calls it otherwise stays as it is."""
    said = str(spend) if isinstance(spend, str) else ""
    return t(REWARDS[said]) if said in REWARDS else plain(said) or t("Not known")


def flow_title(months: pd.DataFrame) -> str:
    """Return how many points were redeemed for each hundred issued in the last 12 months; `months` from the query points_flow."""
    year = months.tail(YEAR)
    issued, redeemed = year["issued"].sum(), year["redeemed"].sum()
    if issued <= 0:
        return t("No points were issued within 12 months")
    return t("{n} points are redeemed for each 100 issued", n=formats.count(round(100 * redeemed / issued)))


def age_title(quarters: pd.DataFrame) -> str:
    """Return what of the open points expires soon."""
    soon, total = quarters["expiring"].sum(), quarters["points"].sum()
    if not total:
        return t("Open points by age")
    if not soon:
        return t("No open points expire within 90 days")
    return t("{share} of the open points expire within 90 days", share=formats.percent(soon / total))


def redeemed_title(groups: pd.DataFrame, by: str) -> str:
    """Return what most points go to, where the groups are kinds of reward."""
    if by != "spend" or groups.empty:
        return t("Points redeemed")
    first = groups.iloc[0]
    return t("{reward}: {share} of the points redeemed", reward=reward(first["group"]), share=formats.percent(first["points"] / groups["points"].sum(), 0))


def breakage_said(name: str, row) -> str:
    """Return what share of a group's ripe points was never redeemed, with its interval."""
    if row.few or pd.isna(row.breakage):
        return t("{group}: too few ripe points to tell what is never redeemed", group=name)
    return t("{group}: {share} of ripe points never redeemed ({interval}) · n {n}", group=name, share=formats.percent(row.breakage),
             interval=formats.share_interval(row.low, row.high), n=formats.count(row.holders))


def expiring_title(members: int, points: int) -> str:
    """Return how many members lose how many points soon."""
    if not members:
        return t("No points expire within 90 days")
    return tn("{n} member loses {points} points within 90 days", "{n} members lose {points} points within 90 days", members, n=formats.count(members),
              points=formats.count(points))


def owed_title(row: pd.Series, currency: str) -> str:
    """Return what is owed for open points, with its interval."""
    if pd.isna(row["liability"]):
        return t("What is owed for points cannot be told yet")
    amount = formats.compact_money(row["liability"], currency)
    if pd.isna(row["low"]):
        return t("{amount} is owed for points", amount=amount)
    return t("{amount} is owed for points ({interval})", amount=amount, interval=span(row["low"], row["high"], currency))


def span(low: float, high: float, currency: str) -> str:
    """Return an interval of large amounts: "€38.1k–€42.9k"."""
    return f"{formats.compact_money(low, currency)}–{formats.compact_money(high, currency)}"


def shift_said(shift: float) -> str:
    """Return a shift of the breakage in words: "breakage +5 pp"."""
    return t("as estimated") if not shift else t("breakage {shift}", shift=formats.points(shift / 100, 0))


def triangle_title(vintages: pd.DataFrame) -> str:
    """Return what share of all points is redeemed in the end, with the range over quarters of issue that are ripe."""
    known = vintages[vintages["urr"].notna()]
    if known.empty:
        return t("What share of points is redeemed in the end")
    share = (known["urr"] * known["issued"]).sum() / known["issued"].sum()
    return t("{share} of points are redeemed in the end, {breakage} never", share=formats.percent(share, 0), breakage=formats.percent(1 - share, 0))


def end_said(row) -> str:
    """Return what share of a quarter's points is redeemed in the end, with its interval; a ripe quarter's was observed."""
    if pd.isna(row.urr):
        return formats.DASH
    said = formats.percent(row.urr)
    return said if pd.isna(row.urr_low) or row.is_ripe else f"{said} ({formats.share_interval(row.urr_low, row.urr_high)})"


def triangle_note(vintages: pd.DataFrame, name: Callable[[object], str]) -> str:
    """Return how to read the triangle, with the estimate of the youngest quarter, which is the least sure; `name` tells a quarter."""
    known = vintages[vintages["urr"].notna()].sort_values("issued_on")
    if known.empty:
        return t("In grey: points issued. What is redeemed in the end can be told after six complete quarters of issue and some redemptions.")
    last = known.iloc[-1]
    return t("In grey: points issued. End: what is redeemed in the end, by chain ladder over the whole programme; of {quarter} {share}, with 95% interval "
             "{interval}. What is not yet redeemed is not breakage.", quarter=name(last["issued_on"]), share=formats.percent(last["urr"], 0),
             interval=formats.share_interval(last["urr_low"], last["urr_high"], 0))


def why_not() -> str:
    """Return why nothing can be said of what is owed yet."""
    return t("An estimate needs six complete quarters of issue and some redemptions. Until then the open points stand in the roll-forward, without money.")


def owed_lines(found: pd.DataFrame, currency: str) -> list[str]:
    """Return what the liability hangs on, in sentences; `found` from the query sensitivity, with shifts of 0 and 5."""
    now, more = (found[found["shift_pp"] == shift].iloc[0] for shift in (0, 5))
    lines = [t("{n} open points, of which {share} are expected to be redeemed, at {worth} per 1,000", n=formats.count(now["open"]),
               share=formats.percent(now["expected"] / now["open"], 0) if now["open"] else formats.DASH, worth=formats.money_exact(now["value"] * 1000, currency))]
    if now["liability"]:
        change = formats.relative(more["liability"] / now["liability"] - 1)
        lines.append(t("If {share} more of the points issued are never redeemed, the liability changes by {change}", share=formats.percent(0.05, 0), change=change))
    flat = now["open"] * (1 - FLAT) * now["value"]
    if flat > now["high"]:
        lines.append(t("A flat breakage of {share} on all open points would say {amount}: too much, because what is left of old quarters mostly expires",
                       share=formats.percent(FLAT, 0), amount=formats.compact_money(flat, currency)))
    if pd.notna(now["deferred"]):
        lines.append(t("Deferred revenue (IFRS 15) for the same points: {amount} ({interval})", amount=formats.compact_money(now["deferred"], currency),
                       interval=span(now["deferred_low"], now["deferred_high"], currency)))
    return lines


def expiry_said(rules) -> str:
    """Return when points expire by a programme's rules."""
    months = tn("{n} month", "{n} months", rules.expiry_months, n=formats.count(rules.expiry_months))
    if rules.expiry == "age":
        return t("{months} after they were issued", months=months)
    return t("after {months} without activity", months=months) if rules.expiry == "inactivity" else t("never, or as the source says")


WORKINGS = (
    N_("Ledger: every movement stands on two accounts, so that all accounts add up to 0. A balance is the sum of the movements. Redemptions and expiries take "
       "the oldest points first."),
    N_("Redeemed in the end: the share of a quarter's points that is redeemed by each age grows as it grew for older quarters (chain ladder, Mack 1993); "
       "the youngest quarters lean on the programme's mean (Bornhuetter and Ferguson 1972). The interval is a bootstrap over quarters of issue: it says how "
       "sure the estimate is, not what chance will do."),
    N_("Liability: open points of each quarter, times what share of them will still be redeemed, times the worth of a point in the redemptions of the last 12 "
       "months, or the worth by the rules where no redemption tells it."),
    N_("Deferred revenue: the price of a stay is divided between the stay and its points by their stand-alone prices, where points count with the share that "
       "is redeemed. It is released as points are redeemed, out of those expected to be (IFRS 15 B39–B43; KPMG, examples 10A and 10B)."),
    N_("Roll-forward: points come in at the share expected at the end of their month and leave at full worth. Whatever the new estimate changes is a line of "
       "its own."),
)
