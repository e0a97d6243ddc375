"""What the page of advocates says in words: titles, the way from an invitation to a stay, and what the invited brought."""
import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.queries.advocates import LEAST
from crm_core.ui.text import plain

CHANNELS = {"link": N_("Link"), "email": N_("E-mail"), "card": N_("Card"), "app": N_("App"), "sms": N_("SMS"), "desk": N_("Front desk"), "phone": N_("Phone")}


def channel(said: object) -> str:
    """Return how an invitation was sent; what a source calls it otherwise stays as it is."""
    word = str(said) if isinstance(said, str) else ""
    return t(CHANNELS[word]) if word in CHANNELS else plain(word) or t("Not known")


def invited_title(row: pd.Series) -> str:
    """Return what share of invited persons came, where enough invitations are over; `row` from the query referral_summary."""
    if not row["ripe"]:
        return t("Who came because a member invited them")
    if row["few"]:
        return tn("{n} invited person came", "{n} invited persons came", int(row["came"]), n=formats.count(row["came"]))
    return t("{share} of invited persons came within 180 days ({interval})", share=formats.percent(row["share"], 0),
             interval=formats.share_interval(row["low"], row["high"], 0))


def steps(row: pd.Series) -> pd.DataFrame:
    """Return the steps from persons invited to persons who came: name, n, note."""
    return pd.DataFrame([
        (N_("Persons invited"), row["invited"], ""),
        (N_("Time to come is over"), row["ripe"], ""),
        (N_("Came in time"), row["came"], formats.percent(row["share"]) if row["ripe"] else ""),
    ], columns=["name", "n", "note"])  # fmt: skip


def brought(row: pd.Series, currency: str) -> list[str]:
    """Return how many members invited, what the invited brought so far, and the referral factor with its interval."""
    lines = [tn("{n} member invited somebody", "{n} members invited somebody", int(row["inviting"]), n=formats.count(row["inviting"]))]
    if row["guests"]:
        money = formats.compact_money(row["revenue"], currency) if pd.notna(row["revenue"]) else formats.DASH
        lines.append(t("Invited guests who came, however late: {guests} · stays: {stays} · nights: {nights} · revenue so far: {money}", money=money,
                       guests=formats.count(row["guests"]), stays=formats.count(row["stays"]), nights=formats.count(row["nights"])))
    if pd.notna(row["k"]) and not row["few"]:
        lines.append(t("Each member brings {k} new guests ({interval}); some would have come anyway", k=formats.decimal(row["k"], 2),
                       interval=formats.interval(row["k_low"], row["k_high"], 2)))
    return lines


def praise(row) -> str:
    """Return the share of promoters of a tier with its interval and n; n alone where they are too few."""
    n = formats.n(int(row.answered))
    return n if row.few else f"{formats.percent(row.share, 0)} ({formats.share_interval(row.low, row.high, 0)}) · {n}"


def recommends(row, tier: str) -> str:
    """Return what share of a tier's promoters also invited somebody, with its interval; numbers alone where they are too few."""
    also = formats.n_of(int(row.recommended), int(row.promoters))
    if row.promoters < LEAST:
        return t("{tier}: {n} promoters also invited somebody", tier=tier, n=also)
    return t("{tier}: {share} ({interval}) also invited somebody · {n}", tier=tier, share=formats.percent(row.recommends, 0),
             interval=formats.share_interval(row.recommends_low, row.recommends_high, 0), n=also)


def promoters_title(found: pd.DataFrame) -> str:
    """Return how many promoters also recommend."""
    promoters, invited = int(found["promoters"].sum()), int(found["recommended"].sum())
    if not promoters:
        return t("Who praises the house")
    return t("{n} of {of} members who praise us also invited somebody", n=formats.count(invited), of=formats.count(promoters))


def work_title(total: int) -> str:
    """Return how many members the work list of advocates holds."""
    if not total:
        return t("Whom to thank")
    return tn("{n} member recommends or praises us", "{n} members recommend or praise us", total, n=formats.count(total))
