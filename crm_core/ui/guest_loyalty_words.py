"""What a guest's loyalty card says in words: the way to the next tier, what keeps this one, movements, lots, codes, and the next stay."""
import datetime as dt

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.programme.rules import Rules
from crm_core.programme.tiers import Standing
from crm_core.telling import words
from crm_core.ui.loyalty_words import amount, way_name
from crm_core.ui.points_words import reward
from crm_core.ui.text import plain

KINDS = {
    "earn": N_("Earned"), "burn": N_("Redeemed"), "expire": N_("Expired"), "adjust": N_("Adjusted"), "transfer": N_("Moved between accounts"),
    "reverse": N_("Taken back"), "opening": N_("Balance taken over"),
}
REVERSIBLE = ("earn", "burn", "adjust", "opening")
THOUSAND = 1000


def title(member: dict) -> str:
    """Return the card's title: what is in the account, or that it is closed."""
    name = member["programme"] or t("Loyalty")
    if member["closed_on"]:
        return t("{programme}: closed on {day}", programme=name, day=formats.date(member["closed_on"]))
    return tn("{programme}: {n} point", "{programme}: {n} points", member["balance"], programme=name, n=formats.count(member["balance"]))


def since(member: dict) -> str:
    """Return the member's number, and since when and by which way the guest is a member."""
    said = t("member since {day}", day=formats.date(member["enrolled_on"]))
    return " · ".join(filter(None, (plain(member["number"]), said, way_name(member["enrolled_via"]) if member["enrolled_via"] else "")))


def progress(now: Standing, counts_until: dt.date | None, rules: Rules) -> str:
    """Return how far the next tier is, and by when what was done so far still counts; "" where there is no next tier."""
    if not now.next_tier or now.measure is None:
        return ""
    said = {"has": formats.count(now.has), "wanted": amount(now.measure, now.wants), "tier": now.next_tier, "missing": formats.count(now.missing)}
    if counts_until is None:
        return t("{has} of {wanted} to {tier}", **said)
    return t("{has} of {wanted} to {tier}, {missing} more by {day}", **said, day=formats.date(counts_until))


def keeps(now: Standing) -> str:
    """Return until when a tier holds and what keeps it, to stand after its badge; "" for the lowest tier, which is never over."""
    if now.until_on is None:
        return ""
    said = {"day": formats.date(now.until_on), "below": now.falls_to or ""}
    if now.by_hand:
        return t("given by hand until {day}, then {below}", **said) if now.falls_to else t("given by hand until {day}", **said)
    if not now.falls_to:
        return t("until {day}, and kept then with what was done so far", **said)
    if (now.keeps_with or 0) <= 0 or now.measure is None:
        return t("until {day}, then {below}", **said)
    return t("until {day}: {missing} more keep it, else {below}", **said, missing=amount(now.measure, now.keeps_with))


def worth(balance: int, rules: Rules | None, currency: str | None) -> str:
    """Return what a balance is worth by the rules; "" where they do not say."""
    if not rules or not currency or balance <= 0:
        return ""
    said = {"amount": formats.money_exact(round(balance * rules.value_per_1000 / THOUSAND), currency),
            "rate": formats.money_exact(rules.value_per_1000, currency)}
    return t("worth {amount} at {rate} for 1,000 points", **said)


def next_stay(found: dict | None, now: Standing | None, currency: str) -> list[str]:
    """Return what one more stay like those so far would change; nothing where no stay is known."""
    if not found or not now:
        return []
    stay = t("One more stay like those so far ({nights}, {amount}) earns {points}.", nights=amount("nights", found["nights"]),
             amount=formats.money(found["spend"], currency), points=amount("points", found["points"]))
    return [stay, t("It leads to {tier}.", tier=found["tier"]) if found["rises"] else t("The tier stays {tier}.", tier=found["tier"])]


def movement(row: dict) -> str:
    """Return a movement in words: what it was and what stands behind it; a reason is the staff's own text."""
    kind = t(KINDS[row["kind"]])
    behind = {"earn": _spend(row["spend"]), "burn": reward(row["spend"]) if row["spend"] else ""}.get(row["kind"], "")
    marks = t("taken back since") if row["was_reversed"] else ""
    return " · ".join(filter(None, (kind, behind, plain(row["reason"]), marks)))


def _spend(spend: str) -> str:
    if spend == "welcome":
        return t("welcome")
    return t(words.DEPARTMENTS[spend]) if spend in words.DEPARTMENTS else plain(spend)


def choice(row: dict) -> str:
    """Return a movement as an option of a list: day, what, points."""
    return f"{formats.date(row['posted_on'])} · {movement(row)} · {formats.signed(row['points'])}"


def lot(one: dict) -> tuple[str, str, str]:
    """Return a lot's issue, its points and its end in words."""
    issued = formats.date(one["issued_on"]) if one["issued_on"] else t("unknown age")
    return issued, formats.count(one["points"]), formats.date(one["expires_on"]) if one["expires_on"] else t("no end")


def invited(code: dict) -> str:
    """Return whom a code invited: how many, and how many of them are guests."""
    n, came = len(code["invitations"]), len({one["guest_id"] for one in code["invitations"] if one["guest_id"]})
    if not n:
        return t("nobody invited yet")
    return tn("{n} person invited, {came} known as guests", "{n} persons invited, {came} known as guests", n, n=formats.count(n), came=formats.count(came))


def override(one: dict) -> str:
    """Return a tier given by hand: which, when, by whom and why."""
    when = t("{tier} by hand from {first} until {last}", tier=one["tier"], first=formats.date(one["from_on"]), last=formats.date(one["ends_on"]))
    return " · ".join(filter(None, (when, one["actor"], plain(one["reason"]))))
