"""What the cards of groups say: the rule of each group in words, what clusters have in common, and titles with what was found."""
import datetime as dt

import numpy as np
import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.metrics import Metric
from crm_core.queries import moves
from crm_core.queries.comparing import per_guest
from crm_core.queries.value import LEAST
from crm_core.stats import clusters, contrasts
from crm_core.stats.alerts import adjusted
from crm_core.telling import words
from crm_core.ui import rule_words, value_words
from crm_core.ui.group_words import RFM

# Stays of 36 months, and the days since the last departure, as marts/rfm.py has them.
RULES = {
    "champion": N_("5+ stays, the last ≤ 180 days ago"), "loyal": N_("3+ stays, the last ≤ 365 days ago"),
    "promising": N_("2 stays, the last ≤ 180 days ago"), "recent": N_("1 stay, ≤ 180 days ago"), "cooling": N_("1–2 stays, the last 181–365 days ago"),
    "at_risk": N_("2+ stays, the last > 365 days ago"), "lost": N_("0–1 stay, the last > 365 days ago"),
}  # fmt: skip
RECENCIES = {5: N_("≤ 90 days"), 4: N_("≤ 180"), 3: N_("≤ 365"), 2: N_("≤ 730"), 1: N_("longer")}
FREQUENCIES = {5: N_("9 or more"), 4: N_("5–8"), 3: N_("3–4"), 2: N_("2"), 1: N_("1 or none")}
FIFTHS = dict(zip(moves.FIFTHS, (N_("Top fifth"), N_("Second fifth"), N_("Middle fifth"), N_("Fourth fifth"), N_("Last fifth")), strict=True))
MOVED = {moves.NEW: N_("New"), moves.NO_STAY: N_("No stay"), moves.UNPRICED: N_("Unknown")}
FEATURES = {
    ("stays", "+"): N_("many stays"), ("stays", "-"): N_("few stays"), ("silent_days", "+"): N_("long silent"), ("silent_days", "-"): N_("here lately"),
    ("spend_per_stay", "+"): N_("high spend a stay"), ("spend_per_stay", "-"): N_("low spend a stay"), ("nights_per_stay", "+"): N_("long stays"),
    ("nights_per_stay", "-"): N_("short stays"), ("weekend_share", "+"): N_("on weekends"), ("weekend_share", "-"): N_("on weekdays"),
    ("direct_share", "+"): N_("booked direct"), ("direct_share", "-"): N_("not booked direct"),
}
WHY_NONE = {
    "few": N_("Fewer than {least} guests: too few to look for kinds of guests."),
    "alike": N_("These guests do not differ enough in stays, spend and time to be told apart."),
    "unstable": N_("No kinds of guests were found: those of one sample of the guests are not those of the next (agreement {best}, {needed} needed)."),
    "cloud": N_("No kinds of guests were found. They can be cut into {k} parts that come back in every sample (agreement {best}), but no gap lies between "
                "the parts: they are one cloud."),
}
GOOD, GONE = ("champion", "loyal"), ("cooling", "at_risk", "lost")
DISCOVERY = 0.10


# --- names ----------------------------------------------------------------------------------------------------------------
def group_name(by: str, group: object, segments: tuple = ()) -> str:
    """Return the name of a group of guests, as the query compare_groups names it."""
    if by == "segment":
        return segments[group].name
    if by == "cluster":
        return t("Cluster {n}", n=int(group))
    coded = rule_words.CODED.get(by)
    return t(coded.get(group, str(group))) if coded else words.group_name(by, group, {})


def move_name(group: str) -> str:
    """Return the name of a group between which guests move."""
    return t({**{key: name for key, (name, _) in RFM.items()}, **FIFTHS, **MOVED}[group])


def season_name(season: str) -> str:
    """Return the usual season of a guest; of a guest without one that it is any."""
    return t("All year") if season == "mixed" else t(rule_words.SEASONS[season])


def cluster_name(deviant: list) -> str:
    """Return what the guests of a cluster have in common: the two features in which they differ most from all others."""
    said = formats.listed([t(FEATURES[name, side]) for name, side in deviant])
    return said[:1].upper() + said[1:]


def no_clusters(said: dict) -> str:
    """Return why there are no clusters; `said` is the JSON of guest_models."""
    stability = {int(k): value for k, value in said.get("stability", {}).items()}
    best = max(stability, key=stability.get, default=0)
    return t(WHY_NONE[said.get("why") or "few"], least=clusters.FEWEST, k=best, best=formats.decimal(stability.get(best, 0), 2),
             needed=formats.decimal(clusters.STABLE, 2))


# --- titles ---------------------------------------------------------------------------------------------------------------
def rfm_title(groups: pd.DataFrame) -> str:
    """Return what the best two groups bring; `groups` by name: guests, recent_spend."""
    best, spend = groups.loc[list(GOOD)].sum(skipna=False), groups["recent_spend"].sum(skipna=False)
    if not best["guests"] or not spend > 0:
        return t("Guests by how lately and how often they stayed")
    return t("Champions and loyal guests are {guests} of all and bring {spend} of the spend", guests=_share(best["guests"], groups["guests"].sum()),
             spend=_share(best["recent_spend"], spend))


def tiers_title(tiers: pd.DataFrame) -> str:
    """Return what the best tenth is worth, or has spent where no model speaks; `tiers` by name: guests, value, recent_spend."""
    column = "value" if tiers["value"].notna().any() else "recent_spend"
    total = tiers[column].sum(skipna=False)
    if "top" not in tiers.index or not total > 0:
        return t("Guests by value")
    said = N_("The best tenth of the guests holds {share} of the value") if column == "value" else N_("The best tenth of the guests brought {share} of the spend")
    return t(said, share=_share(tiers[column]["top"], total))


def patterns_title(patterns: pd.DataFrame) -> str:
    """Return the purpose whose guests keep to a season the most, beyond chance; `patterns` has purpose, season, guests.

    Guests without a season of their own are left out: whoever came once has one, so that their share says how often guests come.
    """
    told = patterns[patterns["season"] != "mixed"].groupby(["purpose", "season"], as_index=False)["guests"].sum()
    size, whole, every = told.groupby("purpose")["guests"].transform("sum"), told.groupby("season")["guests"].transform("sum"), told["guests"].sum()
    found = contrasts.shares(told["guests"], size, whole - told["guests"], every - size)
    p = np.where((size >= LEAST) & (every - size >= LEAST), found.p, np.nan)
    more = np.where((adjusted(p) <= DISCOVERY) & (found.difference > 0), found.difference, 0.0)
    if not more.any():
        return t("No purpose keeps to a season more than the others")
    best = int(more.argmax())
    return t("{purpose}, {season}: {share} of those with a season, {rest} of all others", purpose=t(words.SEGMENTS[told["purpose"][best]]),
             season=season_name(told["season"][best]).lower(), share=formats.percent(found.value[best], 0), rest=formats.percent(found.rest[best], 0))


def clusters_title(k: int) -> str:
    """Return how many kinds of guests there are."""
    return t("{n} kinds of guests, the same in every sample", n=k) if k else t("No clear kinds of guests")


def moves_title(flows: pd.DataFrame, kind: str, since: dt.date) -> str:
    """Return how many of the best guests of a day are slipping away; `flows` has before, now, guests."""
    best, worse = (GOOD, GONE) if kind == "rfm" else (moves.FIFTHS[:1], (*moves.FIFTHS[1:], moves.NO_STAY))
    were = flows[flows["before"].isin(best)]
    fell, all_ = int(were.loc[were["now"].isin(worse), "guests"].sum()), int(were["guests"].sum())
    if not all_:
        return t("How guests moved between groups")
    said = (N_("{n} of {all} champions and loyal guests of {day} have slipped away") if kind == "rfm"
            else N_("{n} of {all} guests of the top fifth on {day} have fallen out of it"))
    return t(said, n=formats.count(fell), all=formats.count(all_), day=formats.date(since))


def slipped(kind: str, before: str, now: str) -> bool:
    """Say whether the title of the moves counts a flow."""
    if kind == "rfm":
        return before in GOOD and now in GONE
    return before == moves.FIFTHS[0] and now != before


def compare_title(k: Metric, found: pd.DataFrame, names: list[str], said: list[str]) -> str:
    """Return what stands out; `found` from compare_groups in the order of `names`, `said` the values as text."""
    judged = found["p"].notna()
    flagged = (found["q"] <= DISCOVERY).to_numpy()
    if not judged.any():
        return t("{name}, by group", name=kpi_name(k))
    if not flagged.any():
        return t("No group differs from the others beyond chance")
    best = found[flagged].assign(size=found["difference"].abs()).sort_values(["p", "size"], ascending=[True, False]).index[0]
    if flagged.sum() == 1:
        return t("{group} stands out: {value}", group=names[best], value=said[best])
    return t("{n} of {all} groups differ from the others, {group} most clearly: {value}", n=int(flagged.sum()), all=int(judged.sum()), group=names[best],
             value=said[best])


def scan(found: pd.DataFrame) -> str:
    """Return what a look at so many groups is worth: how many differ by chance alone, how many do, how many after correction."""
    judged, raw, kept = int(found["p"].notna().sum()), int((found["p"] < 0.05).sum()), int((found["q"] <= DISCOVERY).sum())
    if not judged:
        return t("Too few to tell: no group has {n} cases with as many among the others.", n=LEAST) if found["few"].all() else t(
            "Of no group is the figure known beside that of the others.")
    return t("{n} compared: at 5%, chance alone makes about {expected} look different; here {raw}. After correction for so many looks: {kept}.", n=judged,
             expected=formats.decimal(0.05 * judged, 1), raw=raw, kept=kept if kept else t("none of them"))


def kpi_name(k: Metric) -> str:
    """Return a KPI's name; a sum is told per guest."""
    return t("{name} per guest", name=t(k.name)) if per_guest(k) else t(k.name)


def tier_name(tier: str) -> str:
    """Return the name of a value tier."""
    return t(value_words.TIERS.get(tier, tier))


def _share(part: float, whole: float) -> str:
    return formats.percent(part / whole, 0)
