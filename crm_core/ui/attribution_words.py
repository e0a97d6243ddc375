"""What the attribution lab says in words: rules and their terms, what was caused beside what is credited, ranks, and what is counted twice."""
from typing import NamedTuple

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn

HOLDOUT = "holdout_lift"
RULES = {
    HOLDOUT: N_("Held out: caused"), "revinate_30d_open": N_("30 days, opened (Revinate)"), "cloudbeds_30d_engaged": N_("30 days, opened or clicked (Cloudbeds)"),
    "guestfolio_15d_any": N_("15 days, any send (Guestfolio)"), "inntopia_4d_action": N_("4 days, last action (Inntopia)"),
    "last_touch": N_("Last touch"), "first_touch": N_("First touch"), "linear": N_("Every touch alike"), "markov_credit": N_("Markov removal effect"),
    "shapley_credit": N_("Shapley value")}  # fmt: skip
# On a chart a name has less than half a phone's width.
SHORT = RULES | {"revinate_30d_open": N_("30 days, opened"), "cloudbeds_30d_engaged": N_("30 days, reacted"), "guestfolio_15d_any": N_("15 days, any send"),
                 "inntopia_4d_action": N_("4 days, last action"), "markov_credit": N_("Markov"), "shapley_credit": N_("Shapley")}  # fmt: skip
PUBLISHED = ("revinate_30d_open", "cloudbeds_30d_engaged", "guestfolio_15d_any", "inntopia_4d_action")
TOLD = ("shown", "not_shown", "harm")  # with these verdicts enough people were held out to compare
UNTOLD = ("early", "no_control", "broken")
MESSAGES = 10_000  # of which the caution tells
NOTABLE = 1.005  # what rounding to cents adds is no double counting


class Terms(NamedTuple):
    """What a rule counts, in words."""

    clock: str
    window: str
    engagement: str
    several: str
    source: str


_LAST_GETS_ALL = N_("The last one gets all (assumed: the page is silent)")
_OWN = N_("Own definition")
TERMS = {
    HOLDOUT: Terms(N_("Day of the lot"), N_("Planned window"), N_("None: all who were assigned"), N_("Each against its own held-out guests"),
                   N_("Randomised trial")),
    "revinate_30d_open": Terms(N_("Day it was sent"), N_("30 days"), N_("Opened"), _LAST_GETS_ALL, "help.revinate.com 360028924732, 12380302764699"),
    "cloudbeds_30d_engaged": Terms(N_("Day it arrived"), N_("30 days"), N_("Opened or clicked"), _LAST_GETS_ALL,
                                   "myfrontdesk.cloudbeds.com 40713418084251, 30946177332763"),
    "guestfolio_15d_any": Terms(N_("Day it arrived"), N_("15 days"), N_("None"), N_("Each gets the full amount"), "help.guestfolio.com 251"),
    "inntopia_4d_action": Terms(N_("Last of: arrived, opened, clicked"), N_("4 days"), N_("Arrival is enough"),
                                N_("Each gets the full amount (assumed: the page is silent)"), "help.inntopia.com, Email Revenue Attribution"),
    "last_touch": Terms(N_("Day it arrived"), N_("30 days"), N_("None"), N_("The last one gets all"), _OWN),
    "first_touch": Terms(N_("Day it arrived"), N_("30 days"), N_("None"), N_("The first one gets all"), _OWN),
    "linear": Terms(N_("Day it arrived"), N_("30 days"), N_("None"), N_("Each message gets the same part"), _OWN),
    "markov_credit": Terms(N_("Day it arrived"), N_("30 days"), N_("None"), N_("In proportion to what is lost without it"), "Anderl et al. 2016"),
    "shapley_credit": Terms(N_("Day it arrived"), N_("30 days"), N_("None"), N_("Shared equally among those on the path"), "Shapley 1953"),
}  # fmt: skip


# --- one campaign ------------------------------------------------------------------------------------------------------------------------
def in_order(found: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of credits_by_rule with what was caused first, then the published rules and then all others, by what they credit."""
    group = found["rule"].map(lambda rule: 0 if rule == HOLDOUT else 1 if rule in PUBLISHED else 2)
    return found.assign(group=group).sort_values(["group", "bookings", "rule"], ascending=[True, False, True], na_position="last", ignore_index=True)


def title(found: pd.DataFrame, card: pd.Series) -> str:
    """Return what the rules credit a campaign with, from least to most, beside what it caused."""
    published = found[found["rule"].isin(PUBLISHED)]["bookings"].dropna()
    if published.empty or not published.max():
        return t("No published rule credits a booking to this campaign; {effect}", effect=effect(card))
    low, high = formats.count(published.min()), formats.count(published.max())
    said = tn("Published rules credit {n} booking", "Published rules credit {n} bookings", round(published.max()),
              n=high if low == high else t("{low} to {high}", low=low, high=high))
    return f"{said}; {effect(card)}"


def effect(card: pd.Series) -> str:
    """Return what is known of the effect of a campaign in half a sentence, from a row of campaign_card."""
    verdict, span = card["verdict"], formats.signed_interval(card["incremental_low"], card["incremental_high"])
    if verdict == "early":
        return t("what it caused is not known before {day}", day=formats.date(_day(card["ripe_on"])))
    if verdict == "no_control":
        return t("what it caused nobody knows: no one was held out")
    if verdict == "broken":
        return t("what it caused is not told: the split is not the one that was planned")
    if verdict == "few":
        return t("too few people to tell what it caused")
    if verdict == "shown":
        return t("{n} were caused, between {low} and {high}", n=formats.count(card["incremental"]), low=formats.count(card["incremental_low"]),
                 high=formats.count(card["incremental_high"]))
    if verdict == "harm":
        return t("fewer booked than without it ({span})", span=span)
    return t("no effect is shown ({span})", span=span)


def facts(card: pd.Series) -> str:
    """Return when a campaign was sent, to how many, how many were held out, and what became of both."""
    parts = [formats.date(_day(card["started_on"])) if pd.notna(card["started_on"]) else t("not sent yet"), t("{n} messages sent", n=formats.count(card["sent"]))]
    if card["control_n"]:
        parts += [t("{n} held out", n=formats.count(card["control_n"]))]
    if card["control_n"] and card["verdict"] not in UNTOLD:
        parts += [t("{k} of those written to booked, {j} of those held out", k=formats.n_of(card["treated_booked"], card["treated_n"]),
                    j=formats.n_of(card["control_booked"], card["control_n"]))]
    return " · ".join(parts)


def numbers(row, card: pd.Series) -> tuple[str, str]:
    """Return the number at a bar and what stands beside it."""
    if row.rule == HOLDOUT:
        if pd.isna(row.bookings):
            return t("not known"), ""
        return formats.decimal(row.bookings, 0), f"({formats.signed_interval(row.low, row.high)})"
    if pd.isna(row.came_anyway) or not row.bookings:
        return credit(row.bookings), ""
    return credit(row.bookings), t("{n} anyway", n=formats.count(row.came_anyway))


def credit(bookings: float) -> str:
    """Return bookings, of which a rule may credit parts."""
    return formats.decimal(bookings, 0 if pd.isna(bookings) or abs(bookings - round(bookings)) < 0.05 else 1)


def anyway(row) -> str:
    """Return how many of the bookings that a rule credits would have come anyway, with limits: "36 (18–52)"."""
    if pd.isna(row.came_anyway):
        return formats.DASH
    return f"{formats.count(row.came_anyway)} ({formats.interval(row.came_anyway_low, row.came_anyway_high, 0)})"


def reading(card: pd.Series) -> list[str]:
    """Return how the bars are to be read, in sentences."""
    lines = [t("No rule subtracts what would have come anyway: a credit is an upper bound, not an effect.")]
    if card["verdict"] in UNTOLD:
        lines.append(t("Only guests held out by lot show what would have come anyway. Hold out a part of the next campaign."))
    else:
        lines.append(t("Came anyway: the share of all who booked among those written to that the held-out guests would have booked too. It is assumed to be the "
                       "same among those whom a rule credits."))
    lines.append(t("Markov and Shapley describe which messages stood before bookings. They are descriptive, not causal: they know nobody who got no message."))
    return lines


# --- all campaigns of the period ---------------------------------------------------------------------------------------------------------
def told(ranks: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of campaigns whose effect can be compared."""
    return ranks[ranks["verdict"].isin(TOLD)]


def first_of(ranks: pd.DataFrame) -> pd.Series:
    """Return the campaign that each rule credits most, by rule; without rules that credit nothing or two alike."""
    most = ranks.groupby("rule")["bookings"].transform("max")
    first = ranks[(ranks["bookings"] == most) & (most > 0)]
    return first.drop_duplicates("rule", keep=False).set_index("rule")["campaign_id"]


def ranks_title(ranks: pd.DataFrame) -> str:
    """Return which campaign the rules rank first, and which one caused most."""
    known = told(ranks)
    campaigns = known.drop_duplicates("campaign_id").set_index("campaign_id")
    if len(campaigns) < 2:
        return t("Fewer than two campaigns have an effect to be ranked by")
    first, shown = first_of(known), campaigns[campaigns["verdict"] == "shown"]
    if shown.empty:
        return t("No campaign shows an effect, and the rules still credit {n} bookings to them", n=_span_of(known))
    best = shown["incremental"].idxmax()
    wrong = first[first != best]
    said = {"n": formats.count(len(wrong)), "all": formats.count(len(first)), "best": shown["campaign"][best]}
    if wrong.empty:
        return t("Every rule ranks “{best}” first, and it caused most", **said)
    other = wrong.mode().iloc[0]
    said |= {"n": formats.count((wrong == other).sum()), "other": campaigns["campaign"][other]}
    if campaigns["verdict"][other] != "shown":
        return t("{n} of {all} rules rank “{other}” first, which shows no effect; “{best}” caused most", **said)
    return t("{n} of {all} rules rank “{other}” first; “{best}” caused most", **said)


def _span_of(ranks: pd.DataFrame) -> str:
    sums = ranks[ranks["rule"].isin(PUBLISHED)].groupby("rule")["bookings"].sum()
    return t("{low} to {high}", low=formats.count(sums.min()), high=formats.count(sums.max()))


def ranked(ranks: pd.DataFrame) -> pd.DataFrame:
    """Return one row per campaign, what caused most first, then those without an effect to tell: its effect and a text per rule, "(1)  65"."""
    each = ranks.drop_duplicates("campaign_id").sort_values("incremental", ascending=False, na_position="last", kind="stable").reset_index(drop=True)
    place = ranks.groupby("rule")["bookings"].rank(method="min", ascending=False)
    texts = ranks.assign(text=[_placed(at, n) for at, n in zip(place, ranks["bookings"], strict=True)]).pivot(index="campaign_id", columns="rule", values="text")
    return each.drop(columns=["rule", "bookings", "revenue"]).join(texts, on="campaign_id")


def _placed(place: float, bookings: float) -> str:
    return f"({formats.count(place)})  {credit(bookings)}" if bookings else formats.DASH


def shortened(name: str, most: int) -> str:
    """Return a name of at most so many letters."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def caused(row) -> str:
    """Return what a campaign caused with its interval, or why that is not told."""
    why = {"early": N_("too early"), "no_control": N_("nobody held out"), "broken": N_("split broken"), "few": N_("too few people")}
    if row.verdict in why:
        return t(why[row.verdict])
    return f"{formats.count(row.incremental)} ({formats.signed_interval(row.incremental_low, row.incremental_high)})"


def shares(ranks: pd.DataFrame) -> pd.DataFrame:
    """Return one row per rule: bookings that it credits to campaigns whose effect can be told, and the share that came anyway with limits.

    Limits of campaigns are added up, which is wider than needed: campaigns do not all err in the same direction.
    """
    known = told(ranks)
    known = known[known["came_anyway"].notna()]
    sums = known.groupby("rule")[["bookings", "came_anyway", "came_anyway_low", "came_anyway_high"]].sum()
    sums = sums[sums["bookings"] > 0]
    found = pd.DataFrame({"bookings": sums["bookings"], **{end: sums[f"came_anyway{part}"] / sums["bookings"] for end, part in
                                                           (("share", ""), ("low", "_low"), ("high", "_high"))}})
    return found.sort_values("bookings", ascending=False).reset_index()


def shares_title(found: pd.DataFrame) -> str:
    """Return how much of the credit would have come anyway."""
    if found.empty:
        return t("What would have come anyway cannot be told yet")
    low, high = formats.percent(found["share"].min(), 0), formats.percent(found["share"].max(), 0)
    span = low if low == high else t("{low} to {high}", low=low, high=high)
    return t("About {share} of what rules credit would have come anyway", share=span)


def double_title(found: pd.DataFrame) -> str:
    """Return which rule claims more than was booked."""
    if found.empty or not found["bookings"].sum():
        return t("No rule credits a booking of this period")
    top = found.loc[found["times"].idxmax()] if found["times"].notna().any() else None
    if top is None:
        return t("What rules claim cannot be added up: an exchange rate is missing")
    if top["times"] < NOTABLE:
        return t("No rule claims more than was booked")
    return t("“{rule}” claims {times} of what was booked", rule=t(RULES[top["rule"]]), times=formats.times(top["times"], 2))


# --- the caution -------------------------------------------------------------------------------------------------------------------------
def without_effect(base: float, opened: float) -> float:
    """Return the share of messages that the rule "30 days, opened" credits with a booking although none has an effect: base rate × open rate."""
    return base * opened


def caution_title(base: float, opened: float) -> str:
    """Return what that rule credits without any effect."""
    if not base or not opened:
        return t("What a rule credits where a campaign does nothing at all")
    return t("A campaign without any effect is credited {n} bookings for each 10,000 messages", n=formats.count(MESSAGES * without_effect(base, opened)))


def own_base(ranks: pd.DataFrame) -> tuple[float, int]:
    """Return the share of held-out guests who booked in the window, over all campaigns whose window is over, and how many they were."""
    held = ranks[~ranks["verdict"].isin(UNTOLD)].drop_duplicates("campaign_id")
    n = int(held["control_n"].sum())
    return (float(held["control_booked"].sum()) / n if n else 0.0), n


def _day(value: object):
    return pd.Timestamp(value).date() if pd.notna(value) else None
