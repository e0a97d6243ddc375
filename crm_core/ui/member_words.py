"""What the page of member value says in words: the three answers, the traps in them, the verdict on the programme's cost."""
import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t

TRAITS = {"direct": N_("Booked direct"), "abroad": N_("From abroad"), "prior_stays": N_("Stays so far"), "prior_spend": N_("Spend so far"),
          "prior_nights": N_("Nights so far"), "silent_days": N_("Days since the last stay"), "known_days": N_("Days since the first stay")}
COSTS = {"points_cost": N_("Points redeemed"), "fees": N_("Fees"), "benefits": N_("Benefits"), "staff": N_("Staff"), "other": N_("Other")}


def amount(row, currency: str) -> str:
    """Return an estimate with its interval: "€19 (€11 to €27)"."""
    if pd.isna(row.value):
        return formats.DASH
    said = formats.money(row.value, currency)
    return said if pd.isna(row.low) else f"{said} ({span(row.low, row.high, currency)})"


def span(low: float, high: float, currency: str) -> str:
    """Return an interval of money where a sign can occur: "€11 to €27"."""
    return t("{low} to {high}", low=formats.compact_money(low, currency), high=formats.compact_money(high, currency))


def answers(row: pd.Series) -> pd.DataFrame:
    """Return the three answers of one place, the most misleading first: name, value, low, high, tone."""
    return pd.DataFrame([
        (N_("Members of today, against all others"), row["naive"], None, None, "line"),
        (N_("Members of a year ago, against all others"), row["raw"], row["raw_low"], row["raw_high"], "line"),
        (N_("Members of a year ago, beside their like"), row["effect"], row["effect_low"], row["effect_high"], "accent"),
    ], columns=["name", "value", "low", "high", "tone"])  # fmt: skip


def places(found: pd.DataFrame) -> pd.DataFrame:
    """Return the matched answer of several places."""
    return pd.DataFrame({"name": found["place"], "value": found["effect"], "low": found["effect_low"], "high": found["effect_high"], "tone": "accent"})


def beside_title(found: pd.DataFrame, currency: str) -> str:
    """Return what members spend more than guests like them, where that can be told of one place."""
    if len(found) != 1 or pd.isna(found.iloc[0]["effect"]):
        return t("What members spend more than others")
    row = found.iloc[0]
    said = {"amount": formats.money(abs(row["effect"]), currency), "raw": formats.money(row["raw"], currency)}
    if row["effect_low"] > 0:
        return t("Members spend {amount} a year more than guests like them; it looks like {raw}", **said)
    if row["effect_high"] < 0:
        return t("Members spend {amount} a year less than guests like them; it looks like {raw}", **said)
    return t("Members spend about as much as guests like them; it looks like {raw}", **said)


def traps(found: pd.DataFrame, currency: str) -> list[str]:
    """Return the two traps in sentences, with the numbers of the place with most members."""
    if found.empty or not found["members"].sum():
        return [t("As soon as members have been members for a year, this card says what the plain difference hides.")]
    row = found.sort_values("members", ascending=False).iloc[0]
    money = lambda name: formats.money(row[name], currency)  # noqa: E731
    lines = [
        t("Members of today include those who joined during the year. To join, they had to come, so a stay was certain before they were members. Counting "
          "that stay as the programme's work is called immortal time: it gives {naive}.", naive=money("naive")),
        t("So only those count who were members when the year began: {raw}. But they had come more often before, too, and would have come more often anyway.",
          raw=money("raw"))]
    if pd.notna(row["effect"]):
        share = 1 - row["effect"] / row["raw"] if row["raw"] else float("nan")
        lines.append(t("Beside guests with the same property, way of booking, origin, first stay, number of stays, spend and silence, {effect} is left. {share} "
                       "of the plain difference was who joins, not what the programme does.", effect=money("effect"), share=formats.percent(share, 0)))
    return lines


def verdict(row: pd.Series, currency: str) -> str:
    """Return whether the programme pays, where the interval of its net margin leaves no doubt."""
    if pd.isna(row["net"]):
        return t("Whether the programme pays cannot be told yet")
    said = {"amount": formats.compact_money(abs(row["net"]), currency)}
    if row["net_low"] > 0:
        return t("The programme earns {amount} a year more than it costs", **said)
    if row["net_high"] < 0:
        return t("The programme costs {amount} a year more than its members add", **said)
    return t("The programme costs about what its members add")


def steps(row: pd.Series) -> pd.DataFrame:
    """Return the way from the margin that members add over each cost to what is left: name, value, level."""
    margin = 0.0 if pd.isna(row["margin"]) else row["margin"]
    costs = [(COSTS[name], -row[name], False) for name in COSTS if row[name]]
    return pd.DataFrame([(N_("Margin added"), margin, True), *costs, (N_("Left"), margin - row["cost"], True)], columns=["name", "value", "level"])


def economy_lines(row: pd.Series, currency: str) -> list[str]:
    """Return what the verdict rests on, in sentences."""
    lines = []
    if pd.notna(row["margin"]):
        lines.append(t("{members} members × {effect} more a year × {rate} margin = {margin} ({span})", members=formats.count(row["members"]),
                       effect=formats.money(row["effect"], currency), rate=formats.percent(row["rate"], 0),
                       margin=formats.compact_money(row["margin"], currency), span=span(row["margin_low"], row["margin_high"], currency)))
    if pd.notna(row["per_room"]) and row["cost"]:
        lines.append(t("Cost: {cost}, or {room} for each of {n} occupied room nights", cost=formats.compact_money(row["cost"], currency),
                       room=formats.money_exact(row["per_room"], currency), n=formats.count(row["occupied"])))
    if pd.notna(row["break_even"]):
        lines.append(t("It would pay for itself if each member spent {amount} a year more than guests like them", amount=formats.money(row["break_even"], currency)))
    return lines
