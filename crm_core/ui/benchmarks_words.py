"""What the page of benchmarks says in words: where a value stands beside a set or a range, why there is no index, titles with what was found."""
import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from crm_core import formats
from crm_core.association.benchmarks import LEAST_HOTELS, Benchmark, Reference, index
from crm_core.association.texts import said
from crm_core.i18n import N_, language, t, tn
from crm_core.metrics import CATALOGUE, Metric, metric
from crm_core.scope import Period, months_back
from crm_core.telling.figures import interval_text, value_text

STRENGTHS = {"strong": (N_("strong"), "green"), "pooled": (N_("pooled"), "blue"), "weak": (N_("weak"), "orange"), "assumption": (N_("assumption"), "gray")}
STANDS = {"inside": N_("inside"), "above": N_("above"), "below": N_("below")}
LEAST_WITH_OWN = LEAST_HOTELS + 1  # in a pool the own house may be one of them
SIGNED = ("points", "lift", "lift_share", "set_index")  # what can be less than nothing, or is an index already
ADDS_UP = ("none", "wilson", "clusters")  # kinds of KPIs whose value is a ratio of sums that several hotels can add up
GIVEN = ("occupancy", "adr", "revpar", "direct_share_nights", "cope_pct", "cancellation_rate", "no_show_rate", "alos", "repeat_ratio_guests", "survey_response_rate",
         "review_answer_rate", "cases_per_100_stays")  # fmt: skip
YEARS, QUARTERS = 3, 4  # the latest complete ones that a house may give


@dataclass(frozen=True)
class Beside:
    """A figure of a set, the own value with its interval (NaN where not known), the index with its interval, and why there is none."""

    benchmark: Benchmark
    value: float
    low: float
    high: float
    index: float | None
    index_low: float | None
    index_high: float | None
    why: str = ""

    @property
    def k(self) -> Metric:
        """The KPI of the catalogue."""
        return metric(self.benchmark.figure)

    @property
    def is_beyond(self) -> bool:
        """Whether the whole interval of the index lies on one side of 100."""
        return self.index_low is not None and self.index_high is not None and (self.index_low > 100 or self.index_high < 100)

    @property
    def tone(self) -> str:
        """The token of its marker: good or bad beyond chance and with a better direction, else the line's."""
        if not self.is_beyond or self.k.better == "none":
            return "accent" if self.is_beyond else "line"
        return "good" if (self.index > 100) == (self.k.better == "up") else "bad"


def beside(one: Benchmark, own: Mapping, currency: str) -> Beside:
    """Return a figure of a set beside the row of kpi_values of the same KPI; without an index where a rule forbids one, and why."""
    values = tuple(float(own[name]) if not pd.isna(own[name]) else math.nan for name in ("value", "low", "high"))
    why = _why_not(one, bool(own["few"]) or math.isnan(values[0]), currency)
    found = (None, None, None) if why else index(values, (one.value, one.low, one.high))
    return Beside(one, *values, *found, why or ("" if found[0] is not None else t("no index of values that are not above zero")))


def _why_not(one: Benchmark, is_few: bool, currency: str) -> str:
    if one.hotels < LEAST_HOTELS:
        return t("no index: fewer than {least} hotels are behind it", least=LEAST_HOTELS) if one.hotels else t("no index: how many hotels are behind it is not told")
    if one.strength == "pooled" and one.hotels < LEAST_WITH_OWN:
        return t("no index: our house may be one of the {n}, and {least} others are needed", n=formats.count(one.hotels), least=LEAST_HOTELS)
    if metric(one.figure).unit == "money" and one.currency != currency:
        return t("no index: the set is in {currency}", currency=one.currency or t("a currency that is not told"))
    if metric(one.figure).unit in SIGNED:
        return t("no index of a figure that can be less than nothing")
    return t("too few of our own to tell") if is_few else ""


# --- a set ------------------------------------------------------------------------------------------------------------------------
def same_days(one: Benchmark, as_of: dt.date) -> tuple[Period, int]:
    """Return the days of the own value that stands beside a figure, and how many years they lie before the set's: its own days, once they are over."""
    back = next((years for years in range(51) if months_back(one.to_on, 12 * years) <= as_of), 0)
    return Period(months_back(one.from_on, 12 * back), months_back(one.to_on, 12 * back)), back


def set_name(one: Benchmark) -> str:
    """Return a set's name with its days."""
    return f"{one.set_name} · {formats.period(one.from_on, one.to_on)}"


def set_title(found: Sequence[Beside]) -> str:
    """Return what stands farthest from the set beyond chance; else that nothing does."""
    known = [one for one in found if one.index is not None and one.index_low is not None]
    beyond = sorted((one for one in known if one.is_beyond), key=lambda one: -abs(math.log(one.index / 100)))
    if beyond:
        first = beyond[0]
        far = {"name": t(first.k.name), "index": formats.count(first.index)}
        return t("{name} is farthest above the set: index {index}", **far) if first.index > 100 else t("{name} is farthest below the set: index {index}", **far)
    if known:
        return tn("{n} figure beside the set: within chance", "{n} figures beside the set: all within chance", len(known), n=formats.count(len(known)))
    return t("No figure of this set can be made an index")


def index_text(one: Beside) -> str:
    """Return an index with its interval, or why there is none."""
    if one.index is None:
        return one.why
    if one.index_low is None:
        return formats.count(one.index)
    digits = 1 if 100 in (round(one.index_low), round(one.index_high)) else 0  # a limit beside 100 is told apart from it
    return f"{formats.decimal(one.index, digits)} ({formats.interval(one.index_low, one.index_high, digits)})"


def own_text(one: Beside, currency: str) -> str:
    """Return the own value with its interval."""
    return _with_interval(one.k, one.value, one.low, one.high, currency)


def set_text(one: Beside) -> str:
    """Return the set's value with its interval between hotels."""
    found = one.benchmark
    return _with_interval(one.k, found.value, *(math.nan if end is None else end for end in (found.low, found.high)), found.currency)


def middle_text(one: Beside) -> str:
    """Return between which values the middle half of the hotels lies."""
    found = one.benchmark
    if found.lower_quartile is None or found.upper_quartile is None:
        return formats.DASH
    return t("{low} to {high}", low=value_text(one.k, found.lower_quartile, found.currency), high=value_text(one.k, found.upper_quartile, found.currency))


def _with_interval(k: Metric, value: float, low: float, high: float, currency: str) -> str:
    if math.isnan(value):
        return formats.DASH
    ends = interval_text(k, low, high, currency)
    return f"{value_text(k, value, currency)} ({ends})" if ends else value_text(k, value, currency)


# --- figures of the trade --------------------------------------------------------------------------------------------------------------
def strength(code: str) -> str:
    """Return how sure a source is, in words."""
    return t(STRENGTHS[code][0]) if code in STRENGTHS else code


def stands(value: float, one: Reference, currency: str) -> str:
    """Return "inside", "above" or "below" the typical range; "" where nothing can be compared."""
    if pd.isna(value) or (one.low is None and one.high is None) or (one.unit == "money" and one.currency != currency):
        return ""
    factor = 10 ** formats.exponent(one.currency) if one.unit == "money" else 1
    if one.low is not None and value < one.low * factor:
        return "below"
    return "above" if one.high is not None and value > one.high * factor else "inside"


def reference_title(places: Collection[str]) -> str:
    """Return how many of our values lie inside a typical range; places as stands() gives them."""
    known = [place for place in places if place]
    if not known:
        return t("Figures of the trade")
    return tn("{inside} of {n} value lies inside the typical range", "{inside} of {n} values lie inside the typical range", len(known),
              inside=formats.count(known.count("inside")), n=formats.count(len(known)))  # fmt: skip


def figure(one: Reference) -> str:
    """Return the name of a figure of the trade."""
    return said(one.figure, language())


# --- giving --------------------------------------------------------------------------------------------------------------------------
def spans(as_of: dt.date, first: dt.date | None) -> dict[str, Period]:
    """Return the complete calendar years and quarters that a house may give, latest first, by code; none from before its first known day."""
    years = [Period(dt.date(year, 1, 1), dt.date(year + 1, 1, 1)) for year in range(as_of.year - 1, as_of.year - 1 - YEARS, -1)]
    start = dt.date(as_of.year, 3 * ((as_of.month - 1) // 3) + 1, 1)
    quarters = [Period(months_back(start, 3 * n), months_back(start, 3 * n - 3)) for n in range(1, QUARTERS + 1)]
    found = {str(one.start.year): one for one in years} | {f"{one.start.year}-Q{(one.start.month + 2) // 3}": one for one in quarters}
    return {code: one for code, one in found.items() if first is None or one.start >= first}


def givable() -> list[str]:
    """Return the KPIs that several hotels can add up, those that most houses give first."""
    found = [k.key for k in CATALOGUE.values() if k.denominator and k.dated and k.interval in ADDS_UP and k.unit not in SIGNED and not k.by]
    return sorted(found, key=lambda key: (GIVEN.index(key) if key in GIVEN else len(GIVEN), found.index(key)))


def leaving(kept: int, withheld: int) -> str:
    """Return how many lines would leave the house, and how many stay."""
    leaves = tn("{n} line would leave the house", "{n} lines would leave the house", kept, n=formats.count(kept))
    return t("{leaves}, {n} stay here", leaves=leaves, n=formats.count(withheld)) if withheld else leaves


def pooled_title(pooled: int, refused: int) -> str:
    """Return how many figures were pooled and how many were not."""
    done = tn("{n} figure was pooled", "{n} figures were pooled", pooled, n=formats.count(pooled))
    return t("{done}, {n} refused", done=done, n=formats.count(refused)) if refused else done


def kpi_name(key: str) -> str:
    """Return the name of a KPI; one that this program does not know is shown by its key."""
    return t(metric(key).name) if key in CATALOGUE else key
