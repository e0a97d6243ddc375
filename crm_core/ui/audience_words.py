"""Audiences in words: how a list falls from the selected to those who are written to, what its arms can show, and why somebody is not on it."""
import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from crm_core import formats
from crm_core.i18n import N_, t, tn
from crm_core.outreach.waterfall import HELD, LEAVES, REASONS
from crm_core.schema import ARMS
from crm_core.stats.uplift import detectable

KINDS = {"segment": N_("From a segment or rule"), "win_back": N_("Win-back"), "tier_rise": N_("Close to a tier"), "tier_keep": N_("About to lose a tier"),
         "advocates": N_("Advocates")}
CHANNELS = {"email": N_("E-mail"), "sms": N_("SMS"), "post": N_("Post")}
PURPOSES = {"marketing": N_("Marketing"), "survey": N_("Survey"), "transactional": N_("About a booking")}
STRATA = {"trip": N_("Reason of the stay"), "is_member": N_("Membership"), "stays_before": N_("Stays before"), "way": N_("Way of booking"),
          "property": N_("Property")}
# A step as a question that a guest passes or not.
ASKED = {"has_address": N_("Has an address"), "valid_address": N_("The address works"), "consent": N_("Said yes, with proof"),
         "not_suppressed": N_("Nothing speaks against writing"), "not_held_out": N_("Not held out by lot")}
CELLS = "ABCD"
WHOLE = 10_000
WANTED = 0.2  # of the bookings that come anyway: an increase that a list should be able to show
POOLED = 6
GLANCE = 3  # reasons that are named beside a count
LEAST_KNOWN = 100  # people who were not written to, for a rate of this hotel's own
USUAL_RATE = 0.02


@dataclass(frozen=True)
class Row:
    """A row of the waterfall: a level or a loss, with its name and the people."""

    name: str
    people: int
    is_level: bool


# --- how it falls -----------------------------------------------------------------------------------------------------------------
def fall(selected: int, left: Sequence[tuple[str, str, int]], held: int) -> list[Row]:
    """Return the rows from the selected to those who are written to; `held`: this list's own held-out part, the last loss."""
    known = {(step, why): n for step, why, n in left}
    order = [one for one in LEAVES if one in known] + [one for one in known if one not in LEAVES]
    lost = [Row(reason(why), -known[step, why], False) for step, why in order if known[step, why]]
    may = selected - sum(known.values())
    level = [Row(t("May be written to"), may, True), Row(reason(HELD[1][1]), -held, False)] if held else []
    return [Row(t("Selected"), selected, True), *lost, *level, Row(t("To be written to"), may - held, True)]


def reason(why: str) -> str:
    """Return why somebody left a list, in words."""
    return t(REASONS[why]) if why in REASONS else why


def fall_title(selected: int, written: int, left: Sequence[tuple[str, str, int]]) -> str:
    """Return the finding of a waterfall: how many of the selected are written to, and the largest loss."""
    if not selected:
        return t("Nobody is selected")
    said = t("{n} of {all} selected are written to", n=formats.count(written), all=formats.count(selected))
    most = max(left, key=lambda one: one[2], default=None)
    return said if not most or not most[2] else t("{said}; most are lost to: {why}", said=said, why=_within(reason(most[1])))


def glance(found: pd.DataFrame, as_of: dt.date) -> str:
    """Return what a rule's list comes to by the figures of a day: how many may be written to, and the largest losses."""
    may, lost = found[found["why"] == ""]["guests"].sum(), found[found["why"] != ""].sort_values("guests", ascending=False)
    fit = formats.count(found["guests"].sum())
    said = t("By the figures of {day} {n} of {all} who fit may be written to", day=formats.date(as_of), n=formats.count(may), all=fit)
    return " · ".join([said, *(f"{reason(row.why)} {formats.count(row.guests)}" for row in lost.head(GLANCE).itertuples())])


def _within(name: str) -> str:
    return name[:1].lower() + name[1:]


# --- the arms -----------------------------------------------------------------------------------------------------------------------
def shares(held_percent: int, variants: int) -> dict[str, int]:
    """Return the shares of arms in basis points: some held out, the rest in equal variants (one has no name of its own)."""
    held = held_percent * 100
    rest, names = WHOLE - held, list(CELLS[:variants]) if variants > 1 else [ARMS[0]]
    each = {name: rest // len(names) + (place < rest % len(names)) for place, name in enumerate(names)}
    return each | ({ARMS[1]: held} if held else {})


def arm(arm_: str, cell: str = "") -> str:
    """Return what an arm is called."""
    if arm_ == ARMS[1]:
        return t("Held out")
    return t("Variant {name}", name=cell) if cell else t("To be written to")


def planned_arm(name: str) -> str:
    """Return what an arm is called by the name that its share has."""
    return arm(name) if name in ARMS else arm(ARMS[0], name)


def gap_said(gap: float | None) -> str:
    """Return how alike the arms are, in one sentence."""
    if gap is None:
        return t("No traits were chosen to be kept alike: the lot alone makes the arms alike.")
    return t("In no group does the share of an arm differ by more than {gap} from the share it should have.", gap=formats.points(gap / 100).lstrip("+"))


# --- what it can show ---------------------------------------------------------------------------------------------------------------
def least(written: int, held: int, base: float, campaigns: int = 1) -> float:
    """Return the smallest lift, as a part of the base rate, that so many campaigns of these arms show in four cases of five; NaN for none."""
    if not base > 0:
        return math.nan
    return float(detectable(written * campaigns, held * campaigns, base)) / base


def power_title(written: int, held: int, base: float) -> str:
    """Return what these arms can show, as a finding."""
    if written and not held:
        return t("Nobody is held out: what the campaign causes will not be known")
    smallest = least(written, held, base)
    if math.isnan(smallest):
        return t("Too few people to show any lift")
    if smallest <= WANTED:
        return t("Large enough: {least} bookings and more would be seen", least=lift(smallest))
    return t("Too small to see less than {least} bookings", least=lift(smallest))


def power_lines(written: int, held: int, base: float) -> list[str]:
    """Return what these arms can show in sentences; plainly where the hotel is too small, with what several campaigns together would show."""
    if written and not held:
        return [t("Hold a part out by lot: only the difference between those written to and those held out says what the campaign caused.")]
    rate = t("Of those who are not written to, {share} book in the window.", share=formats.percent(base, 2))
    smallest, together = least(written, held, base), least(written, held, base, POOLED)
    if math.isnan(smallest):
        return [rate, t("With {n} people held out not even a campaign after which everybody books would be told from chance.", n=formats.count(held))]
    told = t("With {written} written to and {held} held out, {least} bookings or more would be seen in four cases of five.",
             written=formats.count(written), held=formats.count(held), least=lift(smallest))
    if smallest <= WANTED:
        return [rate, told]
    small = t("An increase of {wanted} would not be seen here, even if it is there.", wanted=formats.percent(WANTED, 0))
    if math.isnan(together):
        return [rate, told, small]
    pooled = t("Read several campaigns together: {n} like this one would show {least}.", n=formats.count(POOLED), least=lift(together))
    return [rate, told, small, pooled]


def lift(relative: float) -> str:
    """Return a relative lift in words: +45%."""
    return formats.relative(relative, 0)


# --- lists ------------------------------------------------------------------------------------------------------------------------
def list_title(rows: Sequence[Mapping], today: dt.date) -> str:
    """Return the finding of the list of audiences: how many there are, and how many hold nobody out."""
    if not rows:
        return t("No audience is saved yet")
    said = tn("{n} audience", "{n} audiences", len(rows), n=formats.count(len(rows)))
    without = sum(not row[ARMS[1]] for row in rows)
    late = sum(is_expired(row, today) for row in rows)
    parts = [tn("{n} of them holds nobody out", "{n} of them hold nobody out", without, n=formats.count(without))] * bool(without)
    parts += [tn("{n} file has expired", "{n} files have expired", late, n=formats.count(late))] * bool(late)
    return "; ".join([said, *parts]) if parts else t("{said}, each with a part held out", said=said)


def is_expired(row: Mapping, today: dt.date) -> bool:
    """Say whether the file of a list may not be used any more."""
    return row["expires_on"] is not None and row["expires_on"] < today


def state(row: Mapping, today: dt.date) -> str:
    """Return what became of a list: put away, exported and until when, or not yet."""
    if row["archived_at"]:
        return t("put away on {day}", day=_day(row["archived_at"]))
    if not row["exported_at"]:
        return t("not exported yet")
    said = t("exported on {day}", day=_day(row["exported_at"]))
    if row["expires_on"] is None:
        return said
    day = formats.date(row["expires_on"])
    return t("{said}, the file expired on {day}", said=said, day=day) if is_expired(row, today) else t("{said}, to be used until {day}", said=said, day=day)


def _day(instant: str) -> str:
    return formats.date(dt.date.fromisoformat(instant[:10]))


def arms_title(arms: Sequence[tuple[str, str, int]]) -> str:
    """Return the finding of the arms: how large the part is that is held out."""
    total, held = sum(n for *_, n in arms), sum(n for name, _, n in arms if name == ARMS[1])
    if not total:
        return t("Nobody is on the list")
    if not held:
        return t("Nobody is held out by lot")
    return t("{share} are held out by lot", share=formats.percent(held / total, 0 if round(1000 * held / total) % 10 == 0 else 1))


# --- the file and one guest -----------------------------------------------------------------------------------------------------------
def export_said(rows: int, dropped: Mapping[tuple[str, str], int]) -> list[str]:
    """Return what a file holds, and how many were dropped since the list was drawn, by reason."""
    gone = sum(dropped.values())
    first = tn("{n} person may be written to at this moment.", "{n} people may be written to at this moment.", rows, n=formats.count(rows))
    if not gone:
        return [first, t("Nobody was dropped since the list was drawn.")]
    why = " · ".join(f"{reason(code)} {formats.count(n)}" for (_, code), n in sorted(dropped.items(), key=lambda one: (-one[1], one[0])))
    return [first, tn("{n} person was dropped since the list was drawn: {why}", "{n} people were dropped since the list was drawn: {why}", gone,
                      n=formats.count(gone), why=why)]


def frozen_said(said: Mapping) -> str:
    """Return why a guest is on a list or not, as it was frozen."""
    day = formats.date(said["as_of"])
    if said["on"]:
        return t("On the list of {day}: {arm}", day=day, arm=_within(arm(said["arm"], said["cell"])))
    if said["step"]:
        return t("Selected on {day}, but left: {why}", day=day, why=_within(reason(said["why"])))
    return t("Not selected on {day}", day=day)
