"""What all campaigns of a period say together, in words: what they caused, what platforms report, and what is wrong with the figures."""
from collections.abc import Mapping

import pandas as pd

from crm_core import formats
from crm_core.i18n import t, tn
from crm_core.ui.campaign_words import VERDICTS

PRIVACY = "2021-09-20"  # since then a large mail programme loads every picture by itself
OPENS = ("delivered", "openable", "reported", "opened_human", "machine_opened", "clicked")
TOLD = ("shown", "harm", "not_shown")


def unfiltered(scope) -> str:
    """Return that messages know no channel of booking and no kind of stay, where somebody filters by them; else nothing."""
    return t("Campaigns are written to people: the filters on channels and stays change nothing here.") if scope.channels or scope.identified else ""


def together(tile, held: int) -> str:
    """Return what the campaigns that held somebody out caused together; `tile` is that of incremental_bookings, `held` how many such campaigns are told."""
    if not held:
        return t("What the campaigns caused is not known")
    if tile.few or pd.isna(tile.value):
        return t("Too few people to tell what the campaigns caused together")
    low, high = (formats.count(round(end)) for end in (tile.low, tile.high))
    if tile.low > 0:
        return t("Together the campaigns caused about {n} bookings, between {low} and {high}", n=formats.count(round(tile.value)), low=low, high=high)
    if tile.high < 0:
        return t("Together the campaigns cost bookings: about {n} fewer, between {low} and {high}", n=formats.count(round(-tile.value)),
                 low=formats.count(round(-tile.high)), high=formats.count(round(-tile.low)))
    return t("Together no effect is seen: {low} to {high} bookings", low=formats.signed(tile.low), high=formats.signed(tile.high))


def counted(found: pd.DataFrame) -> str:
    """Return how many campaigns there are of each verdict: "12 campaigns: 3 lift shown, 5 effect not known"."""
    counts = found["verdict"].value_counts()
    parts = [f"{formats.count(counts[code])} {t(said)}" for code, (_, said) in VERDICTS.items() if code in counts]
    return t("{campaigns}: {parts}", campaigns=tn("{n} campaign", "{n} campaigns", len(found), n=formats.count(len(found))), parts=formats.listed(parts))


def unknown_said(found: pd.DataFrame) -> str:
    """Return how many campaigns held nobody out, and what that means; nothing where every one did."""
    n = int((found["verdict"] == "no_control").sum())
    return tn("{n} campaign held nobody out: what it caused nobody can tell, and it is not part of this sum.",
              "{n} campaigns held nobody out: what they caused nobody can tell, and they are not part of this sum.", n) if n else ""


def table_title(found: pd.DataFrame) -> str:
    """Return how many of the campaigns whose effect is told showed one."""
    told = found[found["verdict"].isin(TOLD)]
    if told.empty:
        return tn("{n} campaign, none of them with an effect that can be told", "{n} campaigns, none of them with an effect that can be told", len(found))
    shown = int((told["verdict"] == "shown").sum())
    if not shown:
        return t("No campaign shows a lift; the effect of {told} of {n} can be told", told=formats.count(len(told)), n=formats.count(len(found)))
    return tn("{shown} campaign shows a lift, of {told} whose effect can be told", "{shown} campaigns show a lift, of {told} whose effect can be told", shown,
              shown=formats.count(shown), told=formats.count(len(told)))


def lifts_title(found: pd.DataFrame) -> str:
    """Return which campaign has the largest lift that is beyond chance."""
    sure = found[found["low"] > 0]
    if sure.empty:
        return t("No campaign shows a lift")
    best = sure.sort_values("lift").iloc[-1]
    return t("“{name}” has the largest lift that is beyond chance: {lift}", name=best["campaign"], lift=formats.points(best["lift"]))


# --- the global holdout -----------------------------------------------------------------------------------------------------------
def holdout_title(row: Mapping) -> str:
    """Return what all campaigns together cause, by the guests whom the lot keeps out of every one of them."""
    state = row["verdict"]
    if state == "no_control":
        return t("Nobody is held out of all campaigns")
    if state == "early":
        return t("The holdout of all campaigns has just begun")
    if state == "broken":
        return t("The holdout of all campaigns is not what was drawn")
    if state in ("shown", "harm"):
        lift = formats.points(row["lift"])
        return t("Campaigns lift bookings by {lift}", lift=lift) if state == "shown" else t("Where campaigns are sent, fewer book: {lift}", lift=lift)
    return t("Too few held out to tell what all campaigns do") if state == "few" else t("All campaigns together: no effect seen")


def holdout_lines(row: Mapping, share_bp: float | None) -> list[str]:
    """Return both groups with their counts, the difference with its interval, and the smallest one that could be seen."""
    if row["verdict"] == "no_control":
        return [t("With a small part of all guests held out of everything, the sum of all campaigns can be told, including what they take from one another.")]
    if row["verdict"] == "early" or pd.isna(row["treated_n"]):
        return [t("From the first complete day on both groups are compared.")]
    lines = [t("Not held out: {share} booked ({n}). Held out: {held_share} booked ({held}).", share=_share(row["treated_booked"], row["treated_n"]),
               n=formats.n_of(int(row["treated_booked"]), int(row["treated_n"])), held_share=_share(row["control_booked"], row["control_n"]),
               held=formats.n_of(int(row["control_booked"]), int(row["control_n"])))]
    if share_bp:
        lines.append(t("The lot is to hold out {share} of all guests.", share=formats.percent(share_bp / 10_000, 0)))
    if pd.notna(row["detectable"]) and row["verdict"] in ("not_shown", "few"):
        lines.append(t("With so many people a lift of {least} or more could be seen.", least=formats.points(row["detectable"])))
    return lines


def _share(part: float, whole: float) -> str:
    return formats.percent(part / whole) if whole else formats.DASH


# --- what platforms say -----------------------------------------------------------------------------------------------------------
def quarters(months: pd.DataFrame) -> pd.DataFrame:
    """Return the months' counts by quarter (its first day), those without an e-mail left out."""
    days = pd.to_datetime(months["month"])
    sums = months[list(OPENS)].groupby(days.dt.to_period("Q").dt.to_timestamp().rename("quarter")).sum().reset_index()
    return sums[sums["delivered"] > 0].reset_index(drop=True)


def opens_title(found: pd.DataFrame) -> str:
    """Return what platforms report as opened beside what people opened, in the last four quarters; `found` from quarters()."""
    last = found.tail(4)
    if not last["delivered"].sum() or not last["openable"].sum():
        return t("What platforms call opened")
    return t("Platforms report {reported} opened; people opened {human}", reported=_share(last["reported"].sum(), last["delivered"].sum()),
             human=_share(last["opened_human"].sum(), last["openable"].sum()))


def opens_lines(found: pd.DataFrame) -> list[str]:
    """Return what the difference is made of, and what moved while reported openings rose."""
    last = found.tail(4)
    lines = [t("In the last four quarters {share} of what arrived was opened by a machine: mail programmes load pictures by themselves, scanners follow links "
               "({n}).", share=_share(last["machine_opened"].sum(), last["delivered"].sum()), n=formats.n(int(last["delivered"].sum())))]
    before, after = (found[mask] for mask in (found["quarter"] < pd.Timestamp(PRIVACY), found["quarter"] >= pd.Timestamp(PRIVACY)))
    if before["openable"].sum() and after["openable"].sum():
        pairs = _pair("", before, after, "reported", "delivered") | _pair("human_", before, after, "opened_human", "openable") | _pair(
            "click_", before, after, "clicked", "delivered")
        lines.append(t("Since September 2021 reported openings went from {before} to {after}; openings by people from {human_before} to {human_after}, "
                       "clicks from {click_before} to {click_after}.", **pairs))
    return lines


def _pair(name: str, before: pd.DataFrame, after: pd.DataFrame, part: str, of: str) -> dict[str, str]:
    return {f"{name}{when}": _share(rows[part].sum(), rows[of].sum()) for when, rows in (("before", before), ("after", after))}


# --- what is wrong with the figures -----------------------------------------------------------------------------------------------
def cautions(found: pd.DataFrame, overlaps: pd.DataFrame) -> list[str]:
    """Return what limits the figures of a period's campaigns, each in a sentence with its count."""
    state, uncosted = found["verdict"], found["cost"].isna()
    counts = {"cost": uncosted & found["currency"].isna(), "rate": uncosted & found["currency"].notna(), "control": state == "no_control",
              "mailed": found["contaminated"], "broken": state == "broken", "reported": found["is_reported"] == 1}
    n = {name: int(column.sum()) for name, column in counts.items()} | {"overlap": int(overlaps["overlapping"].sum()) if len(overlaps) else 0}
    return [said for name, said in _cautions(n).items() if n[name]]


def _cautions(n: Mapping[str, int]) -> dict[str, str]:
    w = {name: formats.count(count) for name, count in n.items()}
    return {
        "control": tn("{n} campaign held nobody out: its effect is not known.", "{n} campaigns held nobody out: their effect is not known.",
                      n["control"], n=w["control"]),
        "cost": tn("{n} campaign has no known cost: its return is not told.", "{n} campaigns have no known cost: their return is not told.",
                   n["cost"], n=w["cost"]),
        "rate": tn("{n} campaign has a cost in a currency without a rate: its return is not told.",
                   "{n} campaigns have a cost in a currency without a rate: their return is not told.", n["rate"], n=w["rate"]),
        "mailed": tn("{n} person held out was written to all the same: that effect is rather larger than told.",
                     "{n} people held out were written to all the same: those effects are rather larger than told.", n["mailed"], n=w["mailed"]),
        "overlap": tn("{n} person got another campaign in the same window. Both arms may, so the lift is fair, but it is the lift beside other campaigns.",
                      "{n} people got another campaign in the same window. Both arms may, so the lift is fair, but it is the lift beside other campaigns.",
                      n["overlap"], n=w["overlap"]),
        "broken": tn("{n} campaign has another split than planned: no effect is told.", "{n} campaigns have another split than planned: no effect is told.",
                     n["broken"], n=w["broken"]),
        "reported": tn("{n} campaign is known by its platform's counts only.", "{n} campaigns are known by their platform's counts only.",
                       n["reported"], n=w["reported"])}


def messages_said(troubles: list[Mapping[str, int]]) -> list[str]:
    """Return what is wrong with the messages themselves, over several campaigns."""
    n = {kind: sum(one.get(kind, 0) for one in troubles) for kind in ("unlinked", "twice", "early")}
    w = {kind: formats.count(count) for kind, count in n.items()}
    said = {
        "unlinked": tn("{n} message went to an address that no guest has.", "{n} messages went to addresses that no guest has.", n["unlinked"], n=w["unlinked"]),
        "twice": tn("{n} message more went to somebody who had one.", "{n} messages more went to people who had one.", n["twice"], n=w["twice"]),
        "early": tn("{n} event is dated before its message: clocks differ.", "{n} events are dated before their message: clocks differ.", n["early"], n=w["early"])}
    fine = t("Every message belongs to a guest, went out once, and nothing happened to it before it was sent.")
    return [sentence for kind, sentence in said.items() if n[kind]] or [fine]
