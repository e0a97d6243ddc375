"""Playbooks: best practices as data, with what calls for them, their steps, what to expect by when, and when to stop."""

import math
from collections.abc import Collection
from dataclasses import asdict, dataclass

from crm_core.association.forms import LARGEST
from crm_core.association.reading import LINE, NAME, Bad, Sheet, filled, place
from crm_core.association.texts import Texts
from crm_core.i18n import N_, t

OPS, AGAINST, UNITS = ("<", ">"), ("value", "last_year", "benchmark"), ("relative", "points", "absolute")
STATES = ("holds", "not", "noise", "few", "unknown")
MOST_STEPS, MOST_DAYS, MOST_CASES = 20, 1_000, 1_000_000
OF_PLAYBOOK = ("code", "name", "why", "trigger", "steps", "watch", "expect", "stop", "benefits")
OF_TRIGGER, OF_EXPECT, OF_STOP = ("kpi", "op", "against", "value", "least"), ("change", "unit", "days"), ("text", "kpi", "op", "value", "change", "days")


class BadPlaybook(Bad):
    """The playbook cannot be meant."""


@dataclass(frozen=True)
class Trigger:
    """The condition that calls for a playbook: a KPI below or above a threshold, from at least so many cases.

    against "value": the threshold is `value`, in the KPI's own unit (a share as 0.25, money in the minor unit); "last_year" and "benchmark": it
    lies the part `value` above (below zero: below) what the KPI was a year before, or what the comparison set has: −0.1 is a tenth below.
    """

    kpi: str
    op: str
    against: str
    value: float
    least: int


@dataclass(frozen=True)
class Expect:
    """By how much the watched KPI should move within so many days: a part of itself ("relative"), percentage points of a share, or its own unit."""

    change: float
    unit: str
    days: int


@dataclass(frozen=True)
class Stop:
    """When to stop: a KPI beyond `value`, or beyond the part `change` of what it was at the start, looked at within so many days."""

    text: Texts
    kpi: str
    op: str
    value: float | None
    change: float | None
    days: int


@dataclass(frozen=True)
class Playbook:
    """One best practice; `watch` is the key of the KPI that it should move, `benefits` says who gains."""

    code: str
    name: Texts
    why: Texts
    trigger: Trigger
    steps: tuple[Texts, ...]
    watch: str
    expect: Expect
    stop: Stop
    benefits: Texts


@dataclass(frozen=True)
class Holding:
    """Whether a condition holds, and by how much the value lies from the threshold (value − threshold, in the KPI's unit; None where unknown).

    "holds": the value and its whole interval lie beyond the threshold; "noise": the value does, its interval does not; "few": too few cases
    to tell; "unknown": there is no value, or nothing to compare it with.
    """

    state: str
    by: float | None = None


# --- reading and writing ------------------------------------------------------------------------------------------------
def parse(said: object) -> Playbook:
    """Return the playbook of what JSON or TOML gave, in the form of form(). Raises BadPlaybook with every problem."""
    sheet = Sheet.of(said, place(N_("Playbook “{code}”"), said), OF_PLAYBOOK)
    steps = tuple(sheet.texts_of(one, "steps", LINE) for one in sheet.several("steps", 1, MOST_STEPS))
    playbook = Playbook(
        sheet.code("code"), sheet.texts("name", NAME), sheet.texts("why"), _trigger(sheet), steps, sheet.code("watch"), _expect(sheet),
        _stop(sheet), sheet.texts("benefits", LINE))  # fmt: skip
    return sheet.done(playbook, BadPlaybook)


def _trigger(outer: Sheet) -> Trigger:
    sheet = outer.part("trigger", OF_TRIGGER, t("{place}, trigger", place=outer.place))
    return Trigger(sheet.code("kpi"), sheet.choice("op", OPS), sheet.choice("against", AGAINST), sheet.number("value", -LARGEST, LARGEST),
                   sheet.whole("least", 1, MOST_CASES))  # fmt: skip


def _expect(outer: Sheet) -> Expect:
    sheet = outer.part("expect", OF_EXPECT, t("{place}, what to expect", place=outer.place))
    return Expect(sheet.number("change", -LARGEST, LARGEST), sheet.choice("unit", UNITS), sheet.whole("days", 1, MOST_DAYS))


def _stop(outer: Sheet) -> Stop:
    sheet = outer.part("stop", OF_STOP, t("{place}, when to stop", place=outer.place))
    value, change = (sheet.maybe(name, sheet.number, -LARGEST, LARGEST) for name in ("value", "change"))
    if (value is None) == (change is None):
        sheet.refuse("value", t("say either the value or the change at which to stop."))
    return Stop(sheet.texts("text", LINE), sheet.code("kpi"), sheet.choice("op", OPS), value, change, sheet.whole("days", 1, MOST_DAYS))


def form(playbook: Playbook) -> dict:
    """Return a playbook as JSON takes it; parse() reads it again."""
    stop = filled(asdict(playbook.stop))
    return asdict(playbook) | {"steps": [dict(step) for step in playbook.steps], "stop": stop}


def problems(playbook: Playbook, kpis: Collection[str]) -> list[str]:
    """Say which KPIs a playbook names that the catalogue does not have."""
    named = dict.fromkeys((playbook.trigger.kpi, playbook.watch, playbook.stop.kpi))
    return [t("Playbook “{code}” looks at the KPI “{kpi}”, which does not exist here: choose another.", code=playbook.code, kpi=kpi)
            for kpi in named if kpi not in kpis]  # fmt: skip


# --- conditions ---------------------------------------------------------------------------------------------------------
def holds(trigger: Trigger, value: float | None, low: float | None, high: float | None, n: int | None, reference: float | None = None) -> Holding:
    """Say whether a trigger holds for a KPI's value with its 95 % interval and its number of cases.

    `reference` is the value a year before or of the comparison set, where the trigger asks for one. Without an interval the value stands alone.
    """
    threshold = trigger.value if trigger.against == "value" else _moved(reference, trigger.value)
    if not _is_known(value) or threshold is None:
        return Holding("unknown")
    if n is None or n < trigger.least:
        return Holding("few", value - threshold)
    return _held(trigger.op, threshold, value, low, high)


def stops(stop: Stop, value: float | None, low: float | None, high: float | None, started: float | None) -> Holding:
    """Say whether the stop rule holds for a KPI's value with its interval; `started` is what the KPI was when the playbook began."""
    threshold = stop.value if stop.change is None else _moved(started, stop.change)
    if not _is_known(value) or threshold is None:
        return Holding("unknown")
    return _held(stop.op, threshold, value, low, high)


def expected(expect: Expect, started: float) -> float:
    """Return what the watched KPI should come to, from what it was at the start."""
    by = {"relative": abs(started) * expect.change, "points": expect.change / 100, "absolute": expect.change}
    return started + by[expect.unit]


def _held(op: str, threshold: float, value: float, low: float | None, high: float | None) -> Holding:
    """Turned round for “>”, so that beyond is always below."""
    sign, edge = (1, high) if op == "<" else (-1, low)
    nearest = edge if _is_known(edge) else value
    state = "not" if sign * value >= sign * threshold else "holds" if sign * nearest < sign * threshold else "noise"
    return Holding(state, value - threshold)


def _moved(reference: float | None, part: float) -> float | None:
    return reference + part * abs(reference) if _is_known(reference) else None


def _is_known(number: float | None) -> bool:
    return number is not None and math.isfinite(number)
