"""What the Retention page's cards say in their titles: a finding where there is one beyond noise, else the plain name of the measure."""
import pandas as pd
from scipy.special import chdtrc

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.telling import words

YEAR_OF_MONTHS = 12
CERTAIN = 0.05
FEW = 30
SCORES = {"9-10": N_("Review 9–10"), "7-8": N_("Review 7–8"), "0-6": N_("Review below 7"), "none": N_("No review")}
CASES = {"case": N_("With a case"), "none": N_("Without a case")}
SPENDS = {"high": N_("Highest third"), "middle": N_("Middle third"), "low": N_("Lowest third"), "unknown": N_("Unknown")}
TRAITS = {
    "direct": N_("Booked direct"), "business": N_("On business"), "family": N_("With children"), "one_night": N_("One night"), "long": N_("Five nights or more"),
    "late_booking": N_("Booked in the last week"), "early_booking": N_("Booked over 60 days ahead"), "weekend": N_("Came on a weekend"),
    "extras": N_("Spent beyond the room"), "praised": N_("Scored 9 or 10"), "disappointed": N_("Scored below 7"), "case": N_("Had a service case"),
}  # fmt: skip
EXPERIENCES = {"score": SCORES, "case": CASES, "spend": SPENDS}


def cohort_name(start, grain: str) -> str:
    """Return a cohort's name: "Q2 21", "Apr 2021", "2021"."""
    day = pd.Timestamp(start)
    if grain == "quarter":
        return t("Q{quarter} {year}", quarter=day.quarter, year=f"{day.year % 100:02d}")
    return formats.year(day.date()) if grain == "year" else formats.month(day.date())


def group_name(by: str, group: object, names: dict) -> str:
    """Return the name of a group of first stays."""
    return t(EXPERIENCES[by].get(str(group), str(group))) if by in EXPERIENCES else words.group_name(by, group, names)


def alike(part: pd.Series, size: pd.Series) -> float:
    """Return the p-value that all groups have one share (chi², k − 1 degrees of freedom); 1 where there is nothing to tell apart."""
    share = part.sum() / size.sum() if size.sum() else 0.0
    if len(part) < 2 or not 0 < share < 1:
        return 1.0
    return float(chdtrc(len(part) - 1, ((part - size * share) ** 2 / (size * share * (1 - share))).sum()))


def _large(cohorts: pd.DataFrame) -> pd.DataFrame:
    """Cohorts that are large enough to be told; none where they hold less than half of the guests."""
    large = cohorts[cohorts["size"] >= FEW]
    return large if 2 * large["size"].sum() >= cohorts["size"].sum() else large.iloc[:0]


def cohorts_title(cells: pd.DataFrame) -> str:
    """Return the title of the cohort matrix of guests: whether cohorts differ within the time that all of them had."""
    year = _large(cells[cells["months"] == YEAR_OF_MONTHS])
    if len(year) < 3:
        return t("Who came back, by first stay")
    if alike(year["part"], year["size"]) > CERTAIN:
        return t("Every cohort returns at the same pace; young ones only look weaker")
    half = len(year) // 2
    older, newer = (part["part"].sum() / part["size"].sum() for part in (year.iloc[:half], year.iloc[-half:]))
    if alike(*(pd.Series([p[name].sum() for p in (year.iloc[:half], year.iloc[-half:])]) for name in ("part", "size"))) > CERTAIN:
        return t("Cohorts return at different paces, without a direction")
    shares = {"older": formats.percent(older, 0), "newer": formats.percent(newer, 0)}
    return t("Newer guests come back more: {newer} within a year, before {older}", **shares) if newer > older else t(
        "Newer guests come back less: {newer} within a year, before {older}", **shares)


def year_title(year: pd.DataFrame) -> str:
    """Return the title of the line of 12-month returns by cohort; small ones say nothing of it."""
    year = _large(year)
    if year.empty:
        return t("Back within 12 months, by first stay")
    low, high = formats.percent(year["value"].min(), 0), formats.percent(year["value"].max(), 0)
    if len(year) < 2 or low == high:
        return t("12-month return is {share}", share=high)
    said = N_("12-month return has stayed between {low} and {high}") if alike(year["part"], year["size"]) > CERTAIN else N_(
        "12-month return has moved between {low} and {high}")
    return t(said, low=low, high=high)


def curves_title(groups: pd.DataFrame, names: list[str]) -> str:
    """Return the title of the return curves; `groups` are the drawn ones, by their share within a year, highest first."""
    if len(groups) < 2:
        return t("How many come back, and when")
    first, last = groups.iloc[0], groups.iloc[-1]
    if groups["p"].iloc[0] > CERTAIN or not first["year_low"] > last["year_high"]:
        return t("No difference beyond noise in how many come back")
    return t("{first}: {more} come back within a year; {last}: {fewer}", first=names[0], last=names[-1],
             more=formats.percent(first["year"], 0), fewer=formats.percent(last["year"], 0))


def hazards_title(found: pd.DataFrame) -> str:
    """Return the title of what goes with coming back: the trait that most surely does, or the plain name."""
    sure = found[(found["low"] > 1) | (found["high"] < 1)]
    if sure.empty or found["property_id"].nunique() > 1:
        return t("What goes with coming back")
    top = sure.iloc[sure["p"].argmin()]
    said = N_("{trait}: guests come again {times} times as fast") if top["ratio"] > 1 else N_("{trait}: guests come again only {times} times as fast")
    return t(said, trait=t(TRAITS[top["trait"]]), times=formats.decimal(top["ratio"], 1))


def gaps_title(median: float) -> str:
    """Return the title of the time between stays."""
    return t("Half of those who come again do so within {days}", days=formats.days(median))
