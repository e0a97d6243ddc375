"""What the page of member value says in words: the three answers, the traps in them, the verdict on the programme's cost."""
import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t

TRAITS = {"direct": N_("Booked direct"), "abroad": N_("From abroad"), "prior_stays": N_("Stays so far"), "prior_spend": N_("Spend so far"),
          "prior_nights": N_("Nights so far"), "silent_days": N_("Days since the last stay"), "known_days": N_("Days since the first stay")}
COSTS = {"points_cost": N_("Points redeemed"), "fees": N_("Fees"), "benefits": N_("Benefits"), "staff": N_("Staff"), "other": N_("Other")}


def amount(row, currency: str) -> str:
    """Return an estimate with its interval in whole units of the currency: "€19 (11–27)"."""
    if pd.isna(row.value):
        return formats.DASH
    said, scale = formats.money(row.value, currency), 10 ** formats.exponent(currency)
    if pd.isna(row.low):
        return said
    write = formats.interval if row.low >= 0 else formats.signed_interval
    return f"{said} ({write(row.low / scale, row.high / scale, 0)})"


def span(low: float, high: float, currency: str) -> str:
    """Return an interval of money where a sign can occur: "€11 to €27"."""
    return t("{low} to {high}", low=formats.compact_money(low, currency), high=formats.compact_money(high, currency))


def answers(row: pd.Series) -> pd.DataFrame:
    """Return the three answers of one place, the most misleading first: name, value, low, high, tone."""
    return pd.DataFrame([
        (N_("Members today"), row["naive"], None, None, "line"),
        (N_("Members a year ago"), row["raw"], row["raw_low"], row["raw_high"], "line"),
        (N_("Like with like"), row["effect"], row["effect_low"], row["effect_high"], "accent"),
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


def beside_lines(found: pd.DataFrame) -> list[str]:
    """Return how many members and others the answers rest on, in sentences; `found` from the query member_effect."""
    total = {name: formats.count(found[name].sum()) for name in ("naive_members", "members", "matched", "matched_others")}
    return [
        t("Of guests who had come before that year: {now} members today, {then} a year ago. Like with like: {matched} of these, beside {others} others.",
          now=total["naive_members"], then=total["members"], matched=total["matched"], others=total["matched_others"]),
        t("A difference, not proof: people choose to join.")]


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
    amount = formats.compact_money(abs(row["net"]), currency)
    if row["net_low"] > 0:
        return t("The programme earns {amount} a year more than it costs ({span})", amount=amount, span=span(row["net_low"], row["net_high"], currency))
    if row["net_high"] < 0:
        return t("The programme costs {amount} a year more than its members add ({span})", amount=amount,
                 span=span(-row["net_high"], -row["net_low"], currency))
    return t("The programme costs about what its members add")


def steps(row: pd.Series) -> pd.DataFrame:
    """Return the way from the margin that members add over each cost to what is left; of an unknown margin, only to the cost: name, value, level."""
    costs = [(COSTS[name], -row[name], False) for name in COSTS if row[name]]
    first, last = [(N_("Margin added"), row["margin"], True)], (N_("What is left"), row["margin"] - row["cost"], True)
    if pd.isna(row["margin"]):
        first, last = [], (N_("Cost"), -row["cost"], True)
    return pd.DataFrame([*first, *costs, last], columns=["name", "value", "level"])


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
