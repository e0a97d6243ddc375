"""What a guest was sent and may be sent, in words: the cards' titles, what became of each message, and consents with their proof."""
import datetime as dt
from collections.abc import Mapping, Sequence

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.outreach.simulation import WHYS
from crm_core.outreach.waterfall import REASONS
from crm_core.records.timeline import purpose_name
from crm_core.schema import ARMS

# Each outcome with the tone of its badge and whether it tells anything of the guest.
OUTCOMES = {
    "delivered": ("gray", N_("arrived")), "bounced": ("orange", N_("came back")), "opened": ("green", N_("opened by a person")),
    "machine_opened": ("gray", N_("opened by a machine")), "clicked": ("green", N_("clicked")), "scanned": ("gray", N_("clicked by a scanner")),
    "unsubscribed": ("orange", N_("unsubscribed")), "complained": ("red", N_("complained"))}
HELD = ("blue", N_("held out, got nothing"))
STATES = {"given": ("green", N_("yes")), "withdrawn": ("gray", N_("withdrawn")), "objected": ("red", N_("objected")), "expired": ("gray", N_("expired"))}


# --- messages --------------------------------------------------------------------------------------------------------------------
def lately(rows: Sequence[Mapping], today: dt.date, days: int) -> int:
    """Return how many marketing messages a guest got in the days before a day."""
    since = (today - dt.timedelta(days)).isoformat()
    return sum(row["purpose"] == "marketing" and row["arm"] != ARMS[1] and since < row["sent_at"][:10] <= today.isoformat() for row in rows)


def messages_title(sent: int, cap: int, days: int) -> str:
    """Return how many messages a guest had lately against the limit."""
    said = tn("{n} marketing message in {days}", "{n} marketing messages in {days}", sent, n=formats.count(sent), days=formats.days(days))
    return t("{said}: enough for now", said=said) if sent >= cap else t("{said}, at most {cap}", said=said, cap=formats.count(cap))


def outcomes(row: Mapping) -> list[tuple[str, str]]:
    """Return what became of a message as (tone, text); of one that was never sent, that the guest was held out."""
    if row["arm"] == ARMS[1]:
        return [(HELD[0], t(HELD[1]))]
    found = [OUTCOMES[code] for code in row["outcomes"] if code in OUTCOMES]
    return [(tone, t(name)) for tone, name in found] or [("gray", t("nothing known"))]


# --- may we write ---------------------------------------------------------------------------------------------------------------
def may_title(rows: Sequence[Mapping]) -> str:
    """Return what a guest may be written for, from the last words on consent."""
    yes = [purpose_name(row["purpose"], row["channel"]) for row in rows if row["is_last"] and row["state"] == "given"]
    if yes:
        return t("May be written to: {purposes}", purposes=formats.listed(yes))
    return t("May not be written to: no consent stands") if rows else t("May not be written to: this guest never consented")


def word(row: Mapping) -> tuple[str, str, str]:
    """Return a word on consent as its tone, its head, and a line with day, source, wording, language and proof."""
    tone, name = STATES.get(row["state"], ("gray", row["state"]))
    proof = t("proof: {proof}", proof=row["proof"]) if row["proof"] else t("no proof")
    wording = t("wording {name}", name=row["wording"]) if row["wording"] else ""
    spoken = formats.language_name(row["language"]) if row["language"] else ""
    parts = (day(row["at"]), t("by {source}", source=row["source"].replace("_", " ")) if row["source"] else "", wording, spoken, proof)
    return tone, f"{purpose_name(row['purpose'], row['channel'])}: {t(name)}", " · ".join(filter(None, parts))


def day(instant: str) -> str:
    """Return the day of an instant as text."""
    return formats.date(dt.date.fromisoformat(instant[:10]))


# --- audiences and journeys -----------------------------------------------------------------------------------------------------
def on_list(row: Mapping) -> tuple[str, str]:
    """Return why a guest is on an audience or left it, as it was frozen: (tone, text)."""
    if row["on"]:
        if row["arm"] == ARMS[1]:
            return "blue", t("held out by lot")
        return "green", t("written to, variant {name}", name=row["cell"]) if row["cell"] else t("written to")
    return "gray", t(REASONS[row["why"]]) if row["why"] in REASONS else row["why"]


def lists_title(rows: Sequence[Mapping]) -> str:
    """Return on how many audiences a guest is, of those that selected the guest."""
    on = sum(bool(row["on"]) for row in rows)
    return t("On {n} audiences that were drawn", n=formats.n_of(on, len(rows)))


def step_state(row: Mapping) -> str:
    """Return what became of a step of a journey."""
    if row["state"] == "left":
        return t("left out: {why}", why=_within(t(WHYS.get(row["why"]) or REASONS.get(row["why"], row["why"]))))
    if row["arm"] == ARMS[1]:
        return t("held out by lot")
    return t("in a file") if row["state"] == "exported" else t("due")


def _within(name: str) -> str:
    return name[:1].lower() + name[1:]
