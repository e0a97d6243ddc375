"""What the pages of feedback say in words: aspects, platforms, verdicts, titles with what was found."""
import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn

ASPECTS = {"room": N_("Room"), "cleanliness": N_("Cleanliness"), "staff": N_("Staff"), "food": N_("Breakfast, food"), "location": N_("Location"),
           "value": N_("Value"), "facilities": N_("Facilities"), "checkin": N_("Check-in"), "wifi": N_("Wi-Fi"), "noise": N_("Noise"), "general": N_("In general")}
PLATFORMS = {"booking_com": "Booking.com", "tripadvisor": "TripAdvisor", "google": "Google", "expedia": "Expedia", "airbnb": "Airbnb", "survey": N_("Survey"),
             "other": N_("Other"), "": N_("Not known")}
LABELS = {"positive": N_("Positive"), "neutral": N_("Neutral or mixed"), "negative": N_("Negative")}
CONCERNS = {"safety": N_("safety"), "discrimination": N_("discrimination"), "pests": N_("pests"), "health": N_("health")}
TIERS = {"validated": N_("validated on hotel texts"), "validated_other": N_("validated on other reviews"), "indicative": N_("indicative"),
         "not_scored": N_("not scored"), "": N_("not read yet")}
REASONS = {"no_text": N_("no words"), "too_short": N_("too short"), "unsupported_language": N_("a language that is not scored"),
           "unsure_language": N_("language not clear"), "low_confidence": N_("not sure enough"), "no_scorer": N_("no scorer is installed"),
           "error": N_("could not be read"), "waiting": N_("not read yet")}
AGES = {"<1": N_("< 1 day"), "1-2": "1–2", "3-7": "3–7", "8-30": "8–30", ">30": "> 30"}
GROUPS = {"property": N_("Property"), "month": N_("Month"), "platform": N_("Platform"), "language": N_("Language"), "country": N_("Country"), "party": N_("Party"),
          "segment": N_("Segment"), "room_type": N_("Room type"), "floor": N_("Floor"), "block": N_("Block"), "room": N_("Room number")}
TONES = {"better": "good", "worse": "bad", "noise": "line", "few": "line"}


def aspect(key: str) -> str:
    """Return the name of an aspect."""
    return t(ASPECTS[key]) if key in ASPECTS else key


def platform(key: str | None) -> str:
    """Return where a review was written."""
    return t(PLATFORMS.get(key or "", key or ""))


def rating(score_bp: int | None, nps: int | None = None) -> str:
    """Return a review's score of ten, or the recommendation of a survey answer."""
    if score_bp is not None and not pd.isna(score_bp):
        return t("{score} of 10", score=formats.decimal(score_bp / 1000))
    return t("recommends: {score} of 10", score=formats.count(nps)) if nps is not None and not pd.isna(nps) else t("no score")


# --- aspects -----------------------------------------------------------------------------------------------------------------
def aspects_title(found: pd.DataFrame) -> str:
    """Return what stands out: what got worse or better beyond noise, else the weakest of what is named enough."""
    told = found[(found["verdict"] != "few") & (found["aspect"] != "general")]
    worse, better = (told[told["verdict"] == verdict]["aspect"].tolist() for verdict in ("worse", "better"))
    known = found[(found["positive"] + found["negative"] >= 30) & (found["aspect"] != "general")]
    weakest = known.loc[known["share"].idxmin(), "aspect"] if len(known) > 1 else None
    if worse:
        names = formats.listed([aspect(a) for a in worse])
        if worse == [weakest]:
            return t("{aspect} is the weakest aspect, and the only one that got worse", aspect=names)
        return t("Got worse beyond noise: {aspects}", aspects=names)
    if better:
        return t("Got better beyond noise: {aspects}", aspects=formats.listed([aspect(a) for a in better]))
    return t("{aspect} is the weakest aspect; nothing moved beyond noise", aspect=aspect(weakest)) if weakest else t("What guests talk about")


def change(row) -> str:
    """Return the change of an aspect's share in points, with an arrow where it is beyond noise."""
    if row.verdict == "few" or pd.isna(row.change):
        return t("too few")
    points = formats.signed(100 * row.change, 1)
    return f"≈ {points}" if row.verdict == "noise" else f"{'▲' if row.change > 0 else '▼'} {points}"


def aspect_hover(row) -> str:
    """Return one aspect's numbers as a sentence."""
    return t("{aspect}: named in {reviews} of {texts} texts; {positive} praise, {negative} blame", aspect=aspect(row.aspect), reviews=formats.count(row.reviews),
             texts=formats.count(row.texts), positive=formats.count(row.positive), negative=formats.count(row.negative))


def groups_title(found: pd.DataFrame, aspect_key: str, by: str, name) -> str:
    """Return where an aspect is blamed most: the group whose share of blame is beyond chance above that of all others."""
    sure = found[(found["ratio_low"] > 1) & (found["texts"] >= 20) & (found["group"].astype(str) != "")] if by != "month" else found.iloc[:0]
    if sure.empty:
        return t("{aspect}, {by}", aspect=aspect(aspect_key), by=t(GROUPS[by]))
    worst = sure.sort_values("ratio", ascending=False).iloc[0]
    return t("{aspect}: {group} is blamed {times} as often as the rest and gives {part} of the complaints", aspect=aspect(aspect_key), group=name(worst["group"]),
             times=formats.times(worst["ratio"]), part=formats.percent(worst["part"], 0))


# --- recommending -------------------------------------------------------------------------------------------------------------
def nps_title(found: pd.DataFrame, name) -> str:
    """Return which groups' NPS fell or rose beyond noise."""
    told = found[(found["n"] >= 30) & (found["was_n"] >= 30)]
    fell, rose = told[told["change_high"] < 0], told[told["change_low"] > 0]
    if len(fell):
        return t("NPS fell: {groups}", groups=formats.listed([name(g) for g in fell["group"]]))
    if len(rose):
        return t("NPS rose: {groups}", groups=formats.listed([name(g) for g in rose["group"]]))
    return t("NPS did not move beyond noise")


def moved_most(found: pd.DataFrame):
    """Return the group whose NPS moved most beyond noise, None where none did."""
    told = found[(found["n"] >= 30) & (found["was_n"] >= 30) & ((found["change_high"] < 0) | (found["change_low"] > 0))]
    return None if told.empty else told.loc[told["change"].abs().idxmax(), "group"]


def mix_said(found: pd.DataFrame, segment) -> str:
    """Return how much of the change of the NPS is within the groups and how much because other guests answer; empty where it does not matter."""
    if found.empty or found["within"].isna().all():
        return ""
    within, mix = found["within"].sum(), found["mix"].sum()
    if abs(mix) < 3:
        return ""
    most = found.loc[(found["share"] - found["was_share"]).abs().idxmax()]
    more = most["share"] > most["was_share"]
    said = t("{change} points: {within} within the groups, {mix} because the mix of guests changed", change=formats.signed(within + mix, 0),
             within=formats.signed(within, 0), mix=formats.signed(mix, 0))
    return said + " " + (t("(more {group}).", group=segment(most["group"])) if more else t("(fewer {group}).", group=segment(most["group"])))


def silent_title(row) -> str:
    """Return what weighting answers to all stays does to the NPS."""
    if pd.isna(row.raw) or pd.isna(row.weighted):
        return t("Too few answers to weigh them")
    if abs(row.raw - row.weighted) < 2:
        return t("Who answers is like who stays: weighting changes little")
    values = {"weighted": formats.signed(row.weighted), "raw": formats.signed(row.raw)}
    if row.weighted < row.raw:
        return t("Answers flatter: weighted to all stays, NPS is {weighted} instead of {raw}", **values)
    return t("Answers are too harsh: weighted to all stays, NPS is {weighted} instead of {raw}", **values)


# --- waiting ------------------------------------------------------------------------------------------------------------------
def waiting_title(found: pd.DataFrame) -> str:
    """Return how many critical reviews have waited for longer than two days."""
    late = int(found.loc[found["age"].isin(("3-7", "8-30", ">30")), "critical"].sum())
    if late:
        return tn("{n} critical review waits longer than two days", "{n} critical reviews wait longer than two days", late, n=formats.count(late))
    total = int(found["reviews"].sum())
    return tn("{n} review waits for an answer", "{n} reviews wait for an answer", total, n=formats.count(total)) if total else t("Every review is answered")


def coverage_said(found: pd.DataFrame) -> str:
    """Return how many of the texts were scored, and what the rest is."""
    texts, scored, waiting = (int(found[name].sum()) for name in ("texts", "scored", "waiting"))
    if not texts:
        return t("No texts in this period.")
    said = t("{n} of {texts} texts scored ({share})", n=formats.count(scored), texts=formats.count(texts), share=formats.percent(scored / texts, 0))
    return said + (" · " + tn("{n} waits to be read", "{n} wait to be read", waiting, n=formats.count(waiting)) if waiting else "")
