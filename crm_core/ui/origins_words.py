"""What the map of origins says in words beside nights: who grew, who spends most, and who books directly; one of many countries is named only
where it lies beyond what chance does among so many."""
import math
from statistics import NormalDist

import pandas as pd

from crm_core import formats
from crm_core.i18n import t

USUAL = NormalDist().inv_cdf(0.975)  # what the intervals were drawn with


def told(figures: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the countries of which a measure is told: known, not hidden, thirty guests or more."""
    return figures[figures["country"].notna() & ~figures["hidden"].astype(bool) & ~figures["few"].astype(bool) & figures[measure].notna()]


def beyond(figures: pd.DataFrame, measure: str, centre: float = 0.0) -> pd.DataFrame:
    """Return the countries whose measure differs from `centre` beyond chance among all that are told: intervals widened by Bonferroni's rule."""
    found = told(figures, measure)
    if found.empty:
        return found
    wider = NormalDist().inv_cdf(1 - 0.025 / len(found)) / USUAL
    value, low, high = found[measure], found[f"{measure}_low"], found[f"{measure}_high"]
    return found[(value - wider * (value - low) > centre) | (value + wider * (high - value) < centre)]


def growth_title(figures: pd.DataFrame) -> str:
    """Return which country's guests grew most beyond chance, else which fell; with none, that none did."""
    if told(figures, "growth").empty:
        return t("Change of guests by country")
    moved = beyond(figures, "growth")
    if moved.empty:
        return t("No country brings more or fewer guests than before beyond chance")
    up = moved["growth"].max() > 0
    row = moved.loc[moved["growth"].idxmax() if up else moved["growth"].idxmin()]
    said = {"country": formats.territory(row["country"]), "change": formats.percent(abs(row["growth"]), 0)}
    return t("{country} grew by {change} in guests, beyond chance", **said) if up else t("{country} fell by {change} in guests, beyond chance", **said)


def spend_title(figures: pd.DataFrame, currency: str) -> str:
    """Return the country whose guests spend most where that is beyond chance above the mean of all guests told."""
    found = told(figures, "spend")
    if found.empty:
        return t("What a guest is worth, by country")
    mean = float((found["spend"] * found["guests"]).sum() / found["guests"].sum())
    above = beyond(figures, "spend", mean)
    above = above[above["spend"] > mean]
    if above.empty:
        return t("No country's guests spend more than all do beyond chance: {mean} each", mean=formats.money(mean, currency))
    row = above.loc[above["spend"].idxmax()]
    return t("Guests from {country} spend most: {spend} each, all {mean}", country=formats.territory(row["country"]), spend=formats.money(row["spend"], currency),
             mean=formats.money(mean, currency))


def direct_title(figures: pd.DataFrame) -> str:
    """Return the country furthest below the house's direct share beyond chance, with the nights it comes to; else the one furthest above."""
    if told(figures, "distance").empty:
        return t("Direct bookings by country")
    apart = beyond(figures, "distance")
    if apart.empty:
        return t("No country books directly more or less often than the house beyond chance")
    below = apart[apart["distance"] < 0]
    if below.empty:
        row = apart.loc[apart["distance"].idxmax()]
        return t("{country} books directly most often beyond chance: {share}", country=formats.territory(row["country"]), share=formats.percent(row["direct"]))
    row = below.loc[below["distant_nights"].idxmin()]
    return t("{country} books directly less often than the house: to catch up would bring {nights} nights", country=formats.territory(row["country"]),
             nights=formats.count(-row["distant_nights"]))


def with_interval(row, measure: str, currency: str) -> str:
    """Return a country's measure with its interval; ≈ where a change or distance may be chance; a dash where it is not told."""
    value, low, high = (getattr(row, name, math.nan) for name in (measure, f"{measure}_low", f"{measure}_high"))
    if row.few:
        return t("too few")
    if measure == "direct":
        return formats.percent(value)
    if measure == "spend":
        return f"{formats.money(value, currency)} ({formats.money(low, currency)}–{formats.money(high, currency)})" if low == low else formats.money(value, currency)
    said = formats.relative(value, 0) if measure == "growth" else formats.points(value)
    if math.isnan(value):
        return formats.DASH
    if math.isnan(low):
        return said
    return f"{'≈ ' if low <= 0 <= high else '▲ ' if value > 0 else '▼ '}{said} ({formats.points_interval(low, high, 0 if measure == 'growth' else 1)})"
