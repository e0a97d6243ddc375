"""The rules of a programme as tables that are edited and as sentences: rows to rules and back, and what differs between two versions."""
import datetime as dt
import math

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.programme.rules import MEASURES, Promotion, Rules, Tier
from crm_core.telling import words
from crm_core.ui.loyalty_words import criteria, window_said
from crm_core.ui.points_words import expiry_said

SPENDS = ("room", "fnb", "spa", "minibar", "laundry", "transfer", "events", "other")
WINDOWS = {"rolling": N_("The last months, up to each day"), "calendar": N_("The calendar year")}
EXPIRIES = {"age": N_("So long after they were issued"), "inactivity": N_("After so long without activity"), "none": N_("Never, or as the source says")}
OF_PROMOTION = ("name", "from_on", "until_on", "spend", "factor", "tiers")


# --- rows and rules -----------------------------------------------------------------------------------------------------
def tier_rows(rules: dict) -> list[dict]:
    """Return the tiers as rows of a table, from the lowest up: name, what leads into it and what keeps it by measure, factor."""
    return [{"name": tier["name"], **{f"qualify_{m}": tier["qualify"].get(m) for m in MEASURES}, **{f"retain_{m}": tier["retain"].get(m) for m in MEASURES},
             "factor": tier["factor"]} for tier in rules["tiers"]]


def tiers_of(rows: list[dict]) -> list[dict]:
    """Return the tiers of such rows as rules write them; a row that is wholly empty is none, an empty cell asks for nothing."""
    return [{"name": row.get("name") or "", "qualify": _wanted(row, "qualify"), "retain": _wanted(row, "retain"), "factor": _or(row.get("factor"), 1.0)}
            for row in rows if any(_is_said(value) for value in row.values())]


def _wanted(row: dict, what: str) -> dict:
    return {m: _whole(row[f"{what}_{m}"]) for m in MEASURES if _is_said(row.get(f"{what}_{m}"))}


def promotion_rows(rules: dict) -> list[dict]:
    """Return the promotions as rows of a table, the days as dates."""
    return [{**one, "from_on": dt.date.fromisoformat(one["from_on"]), "until_on": dt.date.fromisoformat(one["until_on"])} for one in rules["promotions"]]


def promotions_of(rows: list[dict]) -> list[dict]:
    """Return the promotions of such rows as rules write them; a row that is wholly empty is none."""
    return [{"name": row.get("name") or "", "from_on": _day(row.get("from_on")), "until_on": _day(row.get("until_on")), "spend": _several(row.get("spend")),
             "factor": _or(row.get("factor"), 1.0), "tiers": _several(row.get("tiers"))}
            for row in rows if any(_is_said(row.get(name)) for name in OF_PROMOTION if name not in ("spend", "tiers"))]


def earn_of(rows: list[dict]) -> dict[str, float]:
    """Return the points per unit by kind of spend; an empty cell or a nought earns nothing."""
    return {row["spend"]: row["points"] for row in rows if _is_said(row["points"]) and row["points"]}


def _is_said(value: object) -> bool:
    return value is not None and value != "" and not (isinstance(value, float) and math.isnan(value)) and str(value) not in ("NaT", "<NA>")


def _or(value: object, usual: float) -> object:
    return value if _is_said(value) else usual


def _whole(number: float) -> float | int:
    return int(number) if float(number).is_integer() else float(number)


def _day(value: object) -> str:
    return str(value)[:10] if _is_said(value) else ""


def _several(value: object) -> list:
    return [str(one) for one in value] if value is not None and not isinstance(value, float) else []


# --- sentences ----------------------------------------------------------------------------------------------------------
def spend_name(spend: str) -> str:
    """Return a kind of spend in words; what a programme calls it otherwise stays as it is."""
    return t(words.DEPARTMENTS[spend]) if spend in words.DEPARTMENTS else spend


def tier_said(tier: Tier) -> str:
    """Return what leads into a tier, what keeps it, and by what factor its members earn."""
    said = {"tier": tier.name, "reached": criteria(tier.qualify), "kept": criteria(tier.retain), "factor": formats.times(tier.factor, 2)}
    if not tier.qualify:
        return t("{tier}: everybody begins here, earns by {factor}", **said)
    if not tier.retain:
        return t("{tier}: reached with {reached}, never lost again, earns by {factor}", **said)
    return t("{tier}: reached with {reached}, kept with {kept}, earns by {factor}", **said)


def differences(before: Rules | None, after: Rules, currency: str) -> list[str]:
    """Return what is otherwise in rules than in those before, in sentences; of the first rules, all their tiers."""
    if before is None:
        return [*map(tier_said, after.tiers), window_said(after)]
    return [*_tiers(before, after), *_counting(before, after), *_earning(before, after, currency), *_promotions(before, after)]


def _tiers(before: Rules, after: Rules) -> list[str]:
    old, new = ({tier.name: tier for tier in rules.tiers} for rules in (before, after))
    said = [t("{tier} is no longer a tier", tier=name) for name in old if name not in new]
    said += [tier_said(tier) for name, tier in new.items() if old.get(name) != tier]
    moved = [name for name in old if name in new] != [name for name in new if name in old]
    return [*said, t("The tiers are in another order")] if moved else said


def _counting(before: Rules, after: Rules) -> list[str]:
    said = []
    if (before.window, before.window_months, before.valid_months) != (after.window, after.window_months, after.valid_months):
        said.append(window_said(after))
    if (before.expiry, before.expiry_months) != (after.expiry, after.expiry_months):
        said.append(t("Expiry of points: {when}", when=expiry_said(after)))
    return said


def _earning(before: Rules, after: Rules, currency: str) -> list[str]:
    said = [t("{spend} earns {points} per {currency} 1, {before} before", spend=spend_name(one), points=_rate(after, one), before=_rate(before, one),
              currency=currency) for one in sorted(before.earn.keys() | after.earn.keys()) if before.earn.get(one, 0) != after.earn.get(one, 0)]  # fmt: skip
    if before.welcome != after.welcome:
        said.append(tn("New members get {n} point, {before} before", "New members get {n} points, {before} before", after.welcome,
                       n=formats.count(after.welcome), before=formats.count(before.welcome)))
    if before.value_per_1000 != after.value_per_1000:
        said.append(t("1,000 points are worth {amount}, {before} before", amount=formats.money_exact(after.value_per_1000, currency),
                      before=formats.money_exact(before.value_per_1000, currency)))
    return said


def _rate(rules: Rules, spend: str) -> str:
    return f"{rules.earn.get(spend, 0):g}"


def _promotions(before: Rules, after: Rules) -> list[str]:
    gone = [t("The promotion {name} is taken out", name=one.name) for one in before.promotions if one.name not in {new.name for new in after.promotions}]
    return gone + [promotion_said(one) for one in after.promotions if one not in before.promotions]


def promotion_said(one: Promotion) -> str:
    """Return a promotion: what it multiplies, for whom, from when until when."""
    said = {"name": one.name, "spend": formats.listed([spend_name(spend) for spend in one.spend]), "factor": formats.times(one.factor, 2),
            "first": formats.date(one.from_on), "last": formats.date(one.until_on - dt.timedelta(1))}
    if one.tiers:
        return t("{name}: {factor} on {spend} for {tiers}, {first} to {last}", **said, tiers=formats.listed(list(one.tiers)))
    return t("{name}: {factor} on {spend}, {first} to {last}", **said)


def preview_title(found: dict) -> str:
    """Return how many members would be in another tier; `found` from records.rules_preview."""
    moved = sum(members for before, now, members in found["moves"] if before != now)
    if not found["n"]:
        return t("There are no members yet")
    if not moved:
        return t("Nobody would be in another tier")
    return tn("{n} of {of} members would be in another tier", "{n} of {of} members would be in another tier", moved, n=formats.count(moved),
              of=formats.count(found["n"]))
