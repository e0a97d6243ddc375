"""Words and numbers of decisions: what was expected and what came in a sentence, and values in the units in which people write them."""
import math
from collections.abc import Mapping

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.metrics import Metric
from crm_core.telling.figures import interval_text, value_text

HUNDREDTHS = ("share", "lift", "lift_share")
UNITS = {"share": "%", "lift": N_("percentage points"), "lift_share": "%", "hours": N_("hours"), "days": N_("days"), "nights": N_("nights")}
TONES = {"better": "good", "up": "good", "expected": "accent", "worse": "bad"}


def typed(k: Metric, value: float | None, currency: str) -> float | None:
    """Return a KPI's value as it is typed: shares in per cent, money in whole units of its currency; None where it is not known."""
    if value is None or math.isnan(value):
        return None
    if k.unit in HUNDREDTHS:
        return round(value * 100, 2)
    return round(value / 10 ** formats.exponent(currency), 2) if k.unit == "money" else round(value, 2)


def stored(k: Metric, value: float | None, currency: str) -> float | None:
    """Return what was typed as the KPI's value."""
    if value is None:
        return None
    if k.unit in HUNDREDTHS:
        return value / 100
    return value * 10 ** formats.exponent(currency) if k.unit == "money" else float(value)


def adds_up(k: Metric) -> bool:
    """Whether a KPI grows with the days that it counts, so that only as many days stand fairly beside it."""
    return k.dated and not k.denominator and k.unit in ("count", "money", "nights") and k.interval in ("none", "total")


def unit(k: Metric, currency: str) -> str:
    """Return the unit in which a KPI is typed, "" for a bare number."""
    return currency if k.unit == "money" else t(UNITS[k.unit]) if k.unit in UNITS else ""


def number(k: Metric, row: Mapping, name: str, currency: str) -> str:
    """Return a decision's value ("was", "expected", "came") with its interval as text; a dash where it is not known."""
    if row[name] is None:
        return formats.DASH
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    between = interval_text(k, low, high, currency) if low is not None and high is not None else ""
    return value_text(k, row[name], currency) + (f" ({between})" if between else "")


def sentence(k: Metric, row: Mapping, currency: str) -> str:
    """Return what was before, what was expected and what came in one sentence."""
    was, expected, came = (number(k, row, name, currency) for name in ("was", "expected", "came"))
    if row["came"] is None:
        return t("It was {was}; {expected} was expected.", was=was, expected=expected) if row["expected"] is not None else t("It was {was}.", was=was)
    if row["expected"] is None:
        return t("It was {was} and came to {came}.", was=was, came=came)
    return t("It was {was}; {expected} was expected, and it came to {came}.", was=was, expected=expected, came=came)


def ahead(row: Mapping, as_of) -> str:
    """Return how long a decision still runs."""
    left = (row["due_on"] - as_of).days
    return tn("in {n} day", "in {n} days", left, n=formats.count(left)) if left > 0 else t("due")
