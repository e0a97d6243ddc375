"""What the page of reach and fatigue says in words: what arrives, what comes back, who resents it, and how much a guest gets."""
import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn

TARGET, CEILING = 0.001, 0.003  # complaints: what mail providers ask for, and from where they block (Google sender rules, 2024)
MEDIUMS = {"email": N_("E-mail"), "sms": N_("SMS"), "post": N_("Post")}
WAYS = {"email": N_("e-mail"), "sms": N_("SMS"), "post": N_("post")}  # within a sentence
PURPOSES = {"marketing": N_("Marketing"), "survey": N_("Surveys"), "transactional": N_("What a stay needs")}
BANDS = {"1": N_("1 message"), "2": N_("2 messages"), "3": N_("3 messages"), "4": N_("4 messages"), "5+": N_("5 and more")}
OTHERS = {"0": N_("No other"), "1": N_("1 other"), "2+": N_("2 and more")}
# Messages from which a rate is told, as the KPIs have it.
LEAST = {"unsubscribe_rate": 300, "complaint_rate": 1000, "bounce_rate": 30, "click_rate": 100, "machine_rate": 100}
OF = {"unsubscribe_rate": "delivered", "complaint_rate": "delivered", "bounce_rate": "sent", "click_rate": "delivered", "machine_rate": "delivered"}
CELL = 100  # messages of a weekday and hour


def share(row, rate: str, digits: int = 1) -> str:
    """Return a rate of a row with its interval, or how many messages are still missing: "1.2% (0.9–1.6)"."""
    n, least = getattr(row, OF[rate]), LEAST[rate]
    if n < least:
        return t("{n} of {least}", n=formats.count(n), least=formats.count(least))
    value, low, high = (getattr(row, f"{rate}{end}") for end in ("", "_low", "_high"))
    return f"{formats.percent(value, digits)} ({formats.share_interval(low, high, digits)})"


def enough(found: pd.DataFrame, rate: str) -> pd.Series:
    """Return which rows have messages enough for a rate."""
    return found[OF[rate]] >= LEAST[rate]


# --- what arrives ------------------------------------------------------------------------------------------------------------------------
def complaints_title(found: pd.DataFrame) -> str:
    """Return whether complaints lie beyond chance above what mail providers ask for; `found` from the query bounces."""
    total = int(found["delivered"].sum())
    if total < LEAST["complaint_rate"]:
        return t("Too few e-mails to tell about complaints: {n} of {least}", n=formats.count(total), least=formats.count(LEAST["complaint_rate"]))
    above, blocked = found[found["complaint_rate_low"] > TARGET], found[found["complaint_rate_low"] > CEILING]
    if len(blocked):
        return t("Complaints were above {limit} in {months}: mail providers block from there", limit=formats.percent(CEILING), months=_months(blocked))
    if len(above):
        return t("Complaints were above {limit} in {months}", limit=formats.percent(TARGET), months=_months(above))
    whole = found["complained"].sum() / total
    return t("{share} complained; no month is beyond chance above {limit}", share=formats.percent(whole, 2), limit=formats.percent(TARGET))


def _months(found: pd.DataFrame) -> str:
    return formats.listed([formats.month(pd.Timestamp(month).date()) for month in found["month"]])


def bounces_title(found: pd.DataFrame) -> str:
    """Return how much came back, and how much of that for good."""
    sent = int(found["sent"].sum())
    if sent < LEAST["bounce_rate"]:
        return t("Too few e-mails to tell what comes back: {n} of {least}", n=formats.count(sent), least=LEAST["bounce_rate"])
    return t("{share} came back, {hard} for good", share=formats.percent(found["bounced"].sum() / sent), hard=formats.percent(found["hard"].sum() / sent))


def providers_title(found: pd.DataFrame) -> str:
    """Return which mail provider returns more than all of them together, beyond chance."""
    sent = int(found["sent"].sum())
    if sent < LEAST["bounce_rate"]:
        return t("What arrives, by mail provider")
    whole = found["bounced"].sum() / sent
    above = found[enough(found, "bounce_rate") & (found["bounce_rate_low"] > whole) & (found["domain"] != "other")]
    if above.empty:
        return t("No mail provider returns more than others, beyond chance")
    worst = above.sort_values("bounce_rate").iloc[-1]
    return t("{provider} returns {share}, all together {all}", provider=worst["domain"], share=formats.percent(worst["bounce_rate"]), all=formats.percent(whole))


# --- how much a guest can bear -----------------------------------------------------------------------------------------------------------
def fatigue_title(found: pd.DataFrame) -> str:
    """Return whether guests who got more messages unsubscribe more often, beyond chance."""
    known = found[enough(found, "unsubscribe_rate")]
    if len(known) < 2:
        return t("Too few guests got several messages to tell when it is too much")
    first = known.iloc[0]
    above = known[known["unsubscribe_rate_low"] > first["unsubscribe_rate_high"]]
    if above.empty:
        return t("Who gets more messages does not unsubscribe more often, beyond chance")
    worst = above.iloc[0]
    return t("At {many} in 30 days {share} unsubscribe, at {few} {less}", many=t(BANDS[worst["band"]]), share=formats.percent(worst["unsubscribe_rate"], 2),
             few=t(BANDS[first["band"]]), less=formats.percent(first["unsubscribe_rate"], 2))


def lifts_title(found: pd.DataFrame) -> str:
    """Return whether campaigns cause less among those whom other campaigns wrote to."""
    known = found[found["few"] == 0]
    if len(known) < 2:
        return t("Too few to tell whether other messages wear a campaign out")
    first, last = known.iloc[0], known.iloc[-1]
    if last["high"] < first["low"]:
        return t("Campaigns add less among those whom others write to")
    return t("No difference beyond chance between those whom others write to and those they do not")


def lift(row) -> str:
    """Return a lift with its interval and people, or how many an arm still lacks."""
    n = formats.n(row.treated_n + row.control_n)
    if row.few or pd.isna(row.lift):
        return t("held out: {n} of 100", n=formats.count(row.control_n)) if row.control_n < CELL else t("too few: {n}", n=n)
    return f"{formats.points(row.lift, 1)} ({formats.points_interval(row.low, row.high, 1)})"


def percentile(found: pd.DataFrame, share: float = 0.95) -> int:
    """Return the number of messages that this share of guests got at most; 0 where nobody got one."""
    if found.empty:
        return 0
    up_to = found["guests"].cumsum() / found["guests"].sum()
    return int(found["messages"][up_to >= share - 1e-9].iloc[0])


def spread_title(found: pd.DataFrame) -> str:
    """Return how many marketing messages nineteen guests of twenty got at most."""
    if found.empty:
        return t("Nobody got a marketing message in the last 30 days")
    most = percentile(found)
    return tn("19 of 20 guests who were written to got {n} message at most", "19 of 20 guests who were written to got {n} messages at most", most,
              n=formats.count(most))


def over_cap(found: pd.DataFrame, cap: int) -> int:
    """Return how many guests got more messages than the cap."""
    return int(found[found["messages"] > cap]["guests"].sum())


# --- when and how ------------------------------------------------------------------------------------------------------------------------
def times_title(found: pd.DataFrame) -> str:
    """Return at which hour most people click, where that is beyond chance more than over all hours; never as an advice."""
    known = found[found["delivered"] >= CELL]
    if len(known) < 2:
        return t("Too few messages by weekday and hour to tell")
    whole = found["clicked"].sum() / found["delivered"].sum()
    # Of many cells some lie apart by chance alone: one that is named must lie apart from all others, too.
    best = known.sort_values("click_rate").iloc[-1]
    rest = known[known.index != best.name]
    if best["click_rate_low"] <= max(whole, rest["click_rate_high"].max()):
        return t("No hour stands out: {share} clicked over all of them", share=formats.percent(whole))
    return t("Most clicked what was sent on {day} at {hour}: {share}, over all hours {all}", day=_weekday(int(best["weekday"])), hour=hour(int(best["hour"])),
             share=formats.percent(best["click_rate"]), all=formats.percent(whole))


def hour(at: int) -> str:
    """Return an hour as a clock shows it."""
    return f"{at:02}:00"


def _weekday(number: int) -> str:
    return formats.weekday(pd.Timestamp(2024, 1, number).date())  # 1 January 2024 was a Monday


def weekday_short(number: int) -> str:
    """Return the short name of a weekday, 1 Monday to 7."""
    return formats.weekday_short(pd.Timestamp(2024, 1, number).date())


def mediums_title(found: pd.DataFrame) -> str:
    """Return by how many ways marketing was sent."""
    if found.empty:
        return t("No marketing message was sent in this period")
    if len(found) == 1:
        return t("All marketing went by {medium}", medium=t(WAYS[found["medium"].iloc[0]]))
    return t("Marketing went by {mediums}", mediums=formats.listed([t(WAYS[m]) for m in found.sort_values("sent", ascending=False)["medium"]]))


def purposes_title(found: pd.DataFrame) -> str:
    """Return which part of all messages was marketing."""
    total = int(found["sent"].sum())
    if not total:
        return t("No message was sent in this period")
    marketing = int(found[found["purpose"] == "marketing"]["sent"].sum())
    return t("{share} of the messages were marketing", share=formats.percent(marketing / total, 0))


def reported_title(found: pd.DataFrame) -> str:
    """Return how many campaigns are known by their platform's counts only."""
    return tn("Of {n} campaign only the platform's counts are known", "Of {n} campaigns only the platform's counts are known", len(found),
              n=formats.count(len(found)))
