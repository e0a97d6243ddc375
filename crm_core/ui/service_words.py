"""What the page of service says in words: how fast and in time, what waits, what cases come from, and who comes back."""
import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn

BY = {"department": N_("Department"), "kind": N_("Kind"), "priority": N_("Priority"), "property": N_("Property"), "owner": N_("Owner"),
      "opened_from": N_("Where it came from"), "block": N_("Block"), "month": N_("Month")}
GROUPS = {"fast": N_("Solved within 4 hours"), "between": N_("Solved in 4 to 48 hours"), "slow": N_("Solved after 48 hours"), "unsolved": N_("Not solved"),
          "none": N_("No complaint")}
LEAST, LEAST_STAYS = 30, 100
LATE = ("3-7", "8-30", ">30")


def backlog_title(found: pd.DataFrame) -> str:
    """Return how many cases are open at the as-of date, and how many of them are overdue."""
    total, late = int(found["cases"].sum()), int(found["overdue"].sum())
    if not total:
        return t("No case is open")
    said = tn("{n} case is open", "{n} cases are open", total, n=formats.count(total))
    return t("{cases}, {late} of them overdue", cases=said, late=formats.count(late)) if late else t("{cases}, none is overdue", cases=said)


def met_title(found: pd.DataFrame, name) -> str:
    """Return which group's share solved in time lies beyond chance below that of all; else that of all."""
    due = int(found["due"].sum())
    if due < LEAST:
        return t("Too few cases were due to tell: {n} of {least}", n=formats.count(due), least=LEAST)
    whole = float((found["met"].fillna(0) * found["due"]).sum()) / due
    below = found[(found["due"] >= LEAST) & (found["met_high"] < whole)]
    if below.empty:
        return t("{share} were solved in time; no group is beyond chance below that", share=formats.percent(whole, 0))
    worst = below.sort_values("met").iloc[0]
    return t("{group} solves {share} in time, {all} of all cases are", group=name(worst["group"]), share=formats.percent(worst["met"], 0),
             all=formats.percent(whole, 0))


def causes_title(found: pd.DataFrame, name) -> str:
    """Return which few causes most cases come from."""
    if found.empty:
        return t("No cause was noted in this period")
    vital = found[found["is_vital"]]
    names = formats.listed([name(cause) for cause in vital["cause"].head(3)])
    share = formats.percent(vital["up_to"].iloc[min(len(vital), 3) - 1], 0)
    return t("{share} of the cases come from: {causes}", share=share, causes=names)


def rates_title(found: pd.DataFrame, name) -> str:
    """Return where most complaints come in per 100 stays; without enough stays the plain name."""
    told = found[found["stays"] >= LEAST].sort_values("per_100", ascending=False)
    if len(told) < 2:
        return t("Complaints per 100 stays")
    return t("{property} has most complaints: {n} per 100 stays", property=name(told["group"].iloc[0]), n=formats.decimal(told["per_100"].iloc[0]))


def share(part: float, low: float, high: float, size: float) -> str:
    """Return a share with its interval; with fewer cases than it takes to tell, how many there are."""
    if size < LEAST or pd.isna(part):
        return t("{n} of {least}", n=formats.count(size), least=LEAST)
    return f"{formats.percent(part, 0)} ({formats.share_interval(low, high, 0)})"


def lasted(hours: float) -> str:
    """Return hours as text; what was never reached says so."""
    return t("not reached") if pd.isna(hours) else formats.hours(float(hours))


# --- who comes back -------------------------------------------------------------------------------------------------------------
def recovery_title(row) -> str:
    """Return what the contrast of fast and slow solutions tells, in words that claim no cause."""
    if row.verdict == "few":
        return t("Too few to tell whether guests with a fast solution come back more often")
    points = formats.points(abs(row.stratified), 0)
    if row.verdict == "unclear":
        return t("Fast or slow: no difference in who came back beyond chance")
    said = N_("Guests with a fast solution came back more often, by {points}") if row.verdict == "higher" else N_(
        "Guests with a fast solution came back less often, by {points}")
    return t(said, points=points)


def warning(row) -> str:
    """Return what the numbers cannot say: they compare guests who differ, and on how many they rest."""
    said = t("This is no proof of a cause: whose case took long often had the worse case, and who complains is another guest than who does not.")
    if row.verdict == "few":
        return said + " " + t("There are {fast} stays solved fast and {slow} solved slowly to compare; each side needs {least}.",
                              fast=formats.count(row.n), slow=formats.count(row.others), least=LEAST_STAYS)
    return said


def contrast(row) -> tuple[str, str]:
    """Return fast minus slow, raw and among those alike, each with its interval."""
    say = lambda value, low, high: f"{formats.points(value)} ({formats.points_interval(low, high)})"  # noqa: E731
    return say(row.raw, row.raw_low, row.raw_high), say(row.stratified, row.low, row.high)


def returned(row) -> str:
    """Return a group's share that came again with its interval and stays; with too few stays, how many there are."""
    if row.stays < LEAST:
        return t("{n} of {least} stays", n=formats.count(row.stays), least=LEAST)
    return f"{formats.percent(row.rate, 0)} ({formats.share_interval(row.low, row.high, 0)}) · {formats.n(int(row.stays))}"


def against(value: float, low: float, high: float) -> str:
    """Return a difference to guests without a complaint in points with its interval; a dash where nothing is compared."""
    return formats.DASH if pd.isna(value) else f"{formats.points(value)} ({formats.points_interval(low, high)})"
