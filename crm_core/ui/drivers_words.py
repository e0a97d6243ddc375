"""What the page of drivers says in words: what ratings go with, what would be gained, how others do, what rang."""
import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.telling.feedback_words import aspect

HIDDEN = {"hotels": N_("fewer than four hotels beside your own: one of them could be recognised"), "large": N_("one hotel gives more than half of the reviews"),
          "few": N_("under 25 reviews on one side")}


def drivers_title(found: pd.DataFrame) -> str:
    """Return which aspects most of the explained spread goes with."""
    if found.empty:
        return t("What ratings go with cannot be told yet")
    first = found.iloc[0]
    sure = found[found["share_low"] > found["share_high"].iloc[1:].max()] if len(found) > 1 else found
    if len(sure):
        return t("Ratings go most with {aspect}: {share} of what is explained", aspect=aspect(first["aspect"]), share=formats.percent(first["share"], 0))
    names = formats.listed([aspect(a) for a in found["aspect"].head(3)])
    return t("Ratings go most with {aspects}; which comes first is not sure", aspects=names)


def gain_title(found: pd.DataFrame, place) -> str:
    """Return where reaching the best property's level would bring most."""
    if found.empty:
        return t("What more praise would bring cannot be told yet")
    told = found[found["gain_low"] > 0]
    if told.empty:
        return t("Nothing stands out that the best property does surely better")
    top = told.sort_values("gain", ascending=False).iloc[0]
    return t("If {aspect} reached {property}'s level: {gain} points", aspect=aspect(top["aspect"]), property=place(top["best_id"]),
             gain=formats.signed(top["gain"], 1))


def gap_title(found: pd.DataFrame) -> str:
    """Return whether the own index lies above or below the comparison sets beyond noise."""
    told = found[found["hidden"] == ""]
    if told.empty:
        return t("No comparison set is large enough to be shown")
    below, above = int((told["high"] < 0).sum()), int((told["low"] > 0).sum())
    if below or above:
        return t("{above} of {n} comparisons are won beyond noise, {below} lost", above=formats.count(above), n=formats.count(len(told)), below=formats.count(below))
    return t("Level with the comparison set: the gap is within noise")


def signals_title(found: pd.DataFrame, charts: int) -> str:
    """Return how many of the charts rang lately, or that there is none that could."""
    if not charts:
        return t("Too few reviews to watch week by week")
    return tn("{n} alarm in the last 13 weeks", "{n} alarms in the last 13 weeks", len(found), n=formats.count(len(found))) if len(found) else t(
        "No alarm in the last 13 weeks")


def chart_name(property_name: str, key: str) -> str:
    """Return what a control chart watches."""
    return t("{property} · {what}", property=property_name, what=aspect(key) if key else t("Ratings"))


def signal_said(row, property_name: str, say) -> str:
    """Return what rang: the value of the week against its limit."""
    if row.chart == "ewma":
        return t("{chart}: the moving average fell to {value}, its limit is {limit}", chart=chart_name(property_name, row.aspect),
                 value=formats.decimal(row.value), limit=formats.decimal(row.low))
    return t("{chart}: blamed in {value} of {n} texts, usual are {centre}", chart=chart_name(property_name, row.aspect), value=say(row.value),
             n=formats.count(row.n), centre=say(row.centre))


def false_said(charts: int, false_per_year: float) -> str:
    """Return how often charts ring by chance."""
    return tn("{n} chart of a property rings by chance about {times} a year.", "{n} charts of a property together ring by chance about {times} a year.", charts,
              n=formats.count(charts), times=formats.times(charts * false_per_year, 1))
