"""What playbooks say in words: what calls for one and where, why not, what to watch, when to stop, and how one under way stands."""
import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_core import formats
from crm_core.association.playbooks import Expect, Holding, Playbook, Stop, Trigger
from crm_core.association.texts import Texts, said
from crm_core.i18n import N_, language, t, tn
from crm_core.metrics import CATALOGUE, Metric
from crm_core.telling.figures import interval_text, value_text
from crm_core.ui.text import plain

ORDER = ("holds", "noise", "few", "not", "unknown")
STATES = {"holds": N_("called for"), "noise": N_("may be chance"), "few": N_("too few to tell"), "not": N_("not called for"), "unknown": N_("not known")}
# By the direction of the condition: what is so, what may be chance, what is not so.
SIDES = {"<": {"holds": N_("{place}: {figure} {value}, below {threshold}"),
               "noise": N_("{place}: {figure} {value}, below {threshold}, but the interval reaches it: it may be chance"),
               "not": N_("{place}: {figure} {value}, not below {threshold}")},
         ">": {"holds": N_("{place}: {figure} {value}, above {threshold}"),
               "noise": N_("{place}: {figure} {value}, above {threshold}, but the interval reaches it: it may be chance"),
               "not": N_("{place}: {figure} {value}, not above {threshold}")}}  # fmt: skip
WITHOUT = {"value": N_("{place}: {figure} is not known"), "last_year": N_("{place}: {figure} has no year before to compare with"),
           "benchmark": N_("{place}: no set of hotels is here to hold {figure} against")}


@dataclass(frozen=True)
class Standing:
    """How a playbook's condition stands at one property: the KPI's value with interval and n, what it is held against, and the set's name."""

    property_id: int
    place: str
    holding: Holding
    value: float
    low: float
    high: float
    n: float
    reference: float | None = None
    set_name: str = ""

    @property
    def threshold(self) -> float | None:
        """Where the condition begins, in the KPI's unit; None where it is not known."""
        return None if self.holding.by is None or math.isnan(self.value) else self.value - self.holding.by


def words(texts: Texts) -> str:
    """Return a text in the language of the page, as one line."""
    return plain(said(texts, language()))


def figure(key: str) -> str:
    """Return a KPI's name; its key where this program has no such figure."""
    return t(CATALOGUE[key].name) if key in CATALOGUE else plain(key)


def value(k: Metric, at: float | None, low: float | None, high: float | None, currency: str) -> str:
    """Return a value with its interval: "18.0% (16.0–20.0)"; a dash where it is not known."""
    if at is None or math.isnan(at):
        return formats.DASH
    between = interval_text(k, math.nan if low is None else low, math.nan if high is None else high, currency)
    return value_text(k, at, currency) + (f" ({between})" if between else "")


# --- what calls for one -----------------------------------------------------------------------------------------------------------
def evidence(trigger: Trigger, at: Standing, currency: str) -> str:
    """Return in a sentence how a condition stands at a property, with the numbers that say so."""
    k, state = CATALOGUE[trigger.kpi], at.holding.state
    if state == "unknown":
        against = "value" if math.isnan(at.value) else trigger.against
        return t(WITHOUT[against], place=at.place, figure=t(k.name))
    if state == "few":
        n = 0 if math.isnan(at.n) else at.n
        return t("{place}: too few to tell: {n} of {minimum} needed", place=at.place, n=formats.count(n), minimum=formats.count(max(trigger.least, k.minimum)))
    return t(SIDES[trigger.op][state], place=at.place, figure=t(k.name), value=value(k, at.value, at.low, at.high, currency),
             threshold=threshold(trigger, at, currency))  # fmt: skip


def threshold(trigger: Trigger, at: Standing, currency: str) -> str:
    """Return where a condition begins, and what that comes from."""
    k = CATALOGUE[trigger.kpi]
    if at.threshold is None:
        return formats.DASH
    begins = value_text(k, at.threshold, currency)
    if trigger.against == "value" or at.reference is None:
        return begins
    source = t("a year before") if trigger.against == "last_year" else plain(at.set_name)
    return t("{threshold} ({source}: {value})", threshold=begins, source=source, value=value_text(k, at.reference, currency))


def state_of(standings: Sequence[Standing]) -> str:
    """Return how a playbook stands over all properties: the most pressing state of any of them."""
    return next((state for state in ORDER if any(one.holding.state == state for one in standings)), "unknown")


def called_title(name: str, standings: Sequence[Standing]) -> str:
    """Return the title of a playbook that is called for: its name, and where."""
    return t("{playbook}: called for at {places}", playbook=name, places=where([one.place for one in standings if one.holding.state == "holds"]))


def where(places: Sequence[str]) -> str:
    """Return one or two properties by name, more of them as a number."""
    return formats.listed(list(places)) if len(places) <= 2 else tn("{n} property", "{n} properties", len(places), n=formats.count(len(places)))


def summary(called: int, of: int) -> str:
    """Return how many of the playbooks are called for now."""
    if not called:
        return t("Nothing calls for a playbook now")
    return tn("{n} of {total} playbooks is called for now", "{n} of {total} playbooks are called for now", called, n=formats.count(called),
              total=formats.count(of))  # fmt: skip


# --- what to watch, what to expect, when to stop ------------------------------------------------------------------------------------
def expectation(expect: Expect, watch: str) -> str:
    """Return by how much the watched KPI should move, and within how many days."""
    if expect.unit == "points":
        by = formats.points(expect.change / 100)
    else:
        by = formats.relative(expect.change, 0) if expect.unit == "relative" else formats.signed(expect.change, 0 if expect.change == int(expect.change) else 1)
    return t("{figure}: {by} within {days}", figure=figure(watch), by=by, days=tn("{n} day", "{n} days", expect.days, n=formats.count(expect.days)))


def stopping(stop: Stop, currency: str) -> str:
    """Return at which value of which KPI to stop, and until when to look."""
    k, days = CATALOGUE.get(stop.kpi), tn("{n} day", "{n} days", stop.days, n=formats.count(stop.days))
    if stop.value is not None:
        limit = value_text(k, stop.value, currency) if k else formats.decimal(stop.value)
    else:
        limit = t("{change} against the start", change=formats.relative(stop.change, 0))
    said = N_("{figure} below {limit}, within {days}") if stop.op == "<" else N_("{figure} above {limit}, within {days}")
    return t(said, figure=figure(stop.kpi), limit=limit, days=days)


# --- under way ----------------------------------------------------------------------------------------------------------------------
def so_far(k: Metric, row: Mapping, came: tuple[float | None, float | None, float | None], currency: str) -> str:
    """Return what the watched KPI was, what is expected, and what it has come to since the beginning."""
    was = value(k, row["was"], row["was_low"], row["was_high"], currency)
    parts = [t("{figure} was {value}", figure=t(k.name), value=was)]
    parts += [t("{value} is expected", value=value_text(k, row["expected"], currency))] if row["expected"] is not None else []
    parts += [t("so far {value}", value=value(k, *came, currency))] if came[0] is not None else [t("so far too few to tell")]
    return ", ".join(parts)


def day_of(row: Mapping, as_of: dt.date) -> tuple[int, int]:
    """Return the day that a decision has come to, and of how many."""
    whole = (row["due_on"] - row["from_on"]).days
    return max(0, min((as_of - row["from_on"]).days, whole)), whole


def stop_said(stop: Stop, holding: Holding, now: tuple[float | None, float | None, float | None], currency: str) -> tuple[str, str]:
    """Return how a stop rule stands, as (tone, sentence): "red" where it says to stop."""
    k = CATALOGUE[stop.kpi]
    if holding.state == "unknown" or now[0] is None:
        return "gray", t("Stop rule: {figure} cannot be told yet.", figure=t(k.name))
    limit = value_text(k, now[0] - (holding.by or 0), currency)
    numbers = {"figure": t(k.name), "value": value(k, *now, currency), "limit": limit}
    if holding.state == "holds":
        return "red", t("Stop: {figure} {value} is beyond {limit}.", **numbers)
    if holding.state == "noise":
        return "orange", t("Look closely: {figure} {value} is beyond {limit}, though it may be chance.", **numbers)
    return "gray", t("Stop rule not reached: {figure} {value}, the limit is {limit}.", **numbers)


def names_of(rows: Sequence[Mapping]) -> dict[str, Playbook]:
    """Return the playbooks of records.playbooks by their codes."""
    return {row["code"]: row["playbook"] for row in rows}
