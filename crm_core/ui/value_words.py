"""What the Value page says in sentences: titles, how the forecast did last year, and why there may be none."""
import datetime as dt
import math

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.stats import lifetime

TIERS = {"top": N_("Best tenth"), "high": N_("Next two tenths"), "middle": N_("Next three tenths"), "base": N_("All others")}
BANDS = {"likely": N_("Likely still here"), "open": N_("Rather here"), "doubtful": N_("Rather gone"), "gone": N_("Likely gone")}
WHY = {
    "few": N_("{guests} guests with {repeats} repeat stays are too few to foretell from: {least_guests} and {least_repeats} are needed."),
    "not_converged": N_("No lifetime model fits these guests' stays: they come too unlike what it assumes."),
    "biased": N_("The forecast failed its test: a year ago it would have said {predicted} stays, and {actual} came."),
    "miscalibrated": N_("The forecast failed its test: it said that {mean} of the guests would come within the year, and {observed} came."),
    "untested": N_("Nobody could test this forecast yet: that needs a year more of history. It is shown without intervals."),
}
# What is told of properties without any guest.
NOBODY = {"property_id": 0, "kind": "none", "why": "few", "guests": 0, "repeats": 0,
          **dict.fromkeys(("predicted", "actual", "mean_predicted", "observed"), math.nan)}
RULE = N_("What is shown instead is simpler: how many came within the last year of those who had stayed as often and as lately.")
NOTHING = N_("Counts are shown, no forecast.")


def top_title(deciles: pd.DataFrame) -> str:
    """Return what the best tenth of the guests is worth, out of all."""
    total = deciles["value"].sum()
    if not total > 0 or 10 not in set(deciles["decile"]):
        return t("What guests are worth, by tenth")
    best = deciles.set_index("decile")["value"][10]
    return t("The best tenth of the guests holds {share} of the value", share=formats.percent(best / total, 0))


def came_true(model: pd.Series) -> str:
    """Return how the forecast did, in plain words."""
    first = pd.Timestamp(model["cut_on"]).date()
    until = first + dt.timedelta(365)
    return t("For {period} we would have said {predicted} stays ({low} to {high}); {actual} came.", period=formats.period(first, until),
             predicted=formats.count(model["predicted"]), low=formats.count(model["predicted_low"]), high=formats.count(model["predicted_high"]),
             actual=formats.count(model["actual"]))


def why_not(model: pd.Series) -> str:
    """Return why the lifetime model is not shown or not tested, and what is shown instead; nothing where all is well."""
    if model["kind"] in ("own", "group") and model["why"] == "passed":
        return ""
    text = t(WHY[model["why"]], guests=formats.count(model["guests"]), repeats=formats.count(model["repeats"]), least_guests=lifetime.MIN_GUESTS,
             least_repeats=lifetime.MIN_REPEATS, predicted=formats.count(model["predicted"]), actual=formats.count(model["actual"]),
             mean=formats.percent(model["mean_predicted"]), observed=formats.percent(model["observed"]))
    return f"{text} {t(RULE if model['kind'] == 'rule' else NOTHING)}" if model["kind"] in ("rule", "none") else text


def speaker(model: pd.Series) -> str:
    """Return who says how likely a guest comes within 12 months, and why not the other."""
    said = {
        "used": N_("Chances to come within 12 months are from the learnt model: on last year's guests it beat the lifetime model."),
        "auc": N_("Chances are from the lifetime model: the learnt one ranked last year's guests no better."),
        "brier": N_("Chances are from the lifetime model: the learnt one was further from what came last year."),
        "drift": N_("Chances are from the lifetime model: the learnt one had drifted from what came last year."),
    }
    return t(said.get(model["speaker_why"], N_("Chances are from the lifetime model.")))


def margin_title(groups: pd.DataFrame, names: list[str]) -> str:
    """Return which guests are worth most, by how they first came; `groups` by mean value, highest first, small ones left out."""
    large = groups["guests"] >= 0.05 * groups["guests"].sum()
    groups, names = groups[large], [name for name, is_large in zip(names, large, strict=True) if is_large]
    if len(groups) < 2:
        return t("Value by first stay")
    first, last = groups.iloc[0], groups.iloc[-1]
    if not first["low"] > last["high"]:
        return t("Value by first stay: no difference beyond noise")
    return t("{first}: guests are worth {times} times those of {last}", first=names[0], last=names[-1],
             times=formats.decimal(first["mean"] / last["mean"], 1)) if last["mean"] > 0 else t("Value by first stay")
