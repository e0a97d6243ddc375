"""What came of a decision, told by its figure's interval: as expected, better, worse, not so far, nothing seen, or not to be told."""
import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

from crm_core.i18n import N_, t
from crm_core.metrics import Metric
from crm_core.stats import intervals
from crm_core.telling.figures import STILL

VERDICTS = {
    "early": N_("too early to tell"),
    "few": N_("too few to tell"),
    "expected": N_("as expected"),
    "better": N_("better than expected"),
    "worse": N_("worse than before"),
    "short": N_("moved, but not so far"),
    "same": N_("no change seen"),
    "up": N_("better than before"),
    "moved": N_("it moved"),
}
# A figure before and after says that it moved, never why: seasons, prices of others and chance move it too.
CAUTION = N_("Before and after alone do not say why a figure moved.")
SHARES = ("share", "lift", "lift_share")


@dataclass(frozen=True)
class Outcome:
    """A figure with its 95% interval (NaN for a full count) on the day that a decision named; NaN where there were too few cases."""

    value: float
    low: float = math.nan
    high: float = math.nan


def verdict(k: Metric, was: Outcome, expected: float, came: Outcome, *, is_due: bool = True) -> str:
    """Return a key of VERDICTS. `expected` and `was` are NaN where nobody said.

    What lies in the interval of what came is as expected. Else it is beyond it (by the figure's better direction, or the way that was expected
    where it has none), or short of it: told against what was, whose own interval counts too (MOVER; Zou & Donner 2008).
    """
    if not is_due:
        return "early"
    if math.isnan(came.value):
        return "few"
    if math.isnan(expected):
        return _against_before(k, was, came)
    if _holds(k, came, expected):
        return "expected"
    good = _good(k, expected - was.value)
    if good * (came.value - expected) > 0:
        return "better"
    if _is_still(k, was, came):
        return "same"
    return "short" if good * (came.value - was.value) > 0 else "worse"


def read(k: Metric, row: Mapping, as_of: dt.date) -> str:
    """Return the verdict on a row of records.decisions on a day."""
    number = lambda name: math.nan if row[name] is None else row[name]  # noqa: E731
    was, came = (Outcome(number(name), number(f"{name}_low"), number(f"{name}_high")) for name in ("was", "came"))
    return verdict(k, was, number("expected"), came, is_due=row["state"] == "read" or as_of >= row["due_on"])


def said(code: str) -> str:
    """Return a verdict in words."""
    return t(VERDICTS[code])


def _against_before(k: Metric, was: Outcome, came: Outcome) -> str:
    if math.isnan(was.value) or _is_still(k, was, came):
        return "same"
    if k.better == "none":
        return "moved"
    return "up" if _good(k, 0) * (came.value - was.value) > 0 else "worse"


def _good(k: Metric, expected_change: float) -> int:
    """The direction that is good: +1 or −1."""
    return {"up": 1, "down": -1}.get(k.better, -1 if expected_change < 0 else 1)


def _holds(k: Metric, came: Outcome, expected: float) -> bool:
    """Whether what was expected lies in the interval, or as near to a full count as nobody would tell apart."""
    if math.isnan(came.low):
        return abs(came.value - expected) <= _unseen(k, expected)
    return came.low <= expected <= came.high


def _is_still(k: Metric, was: Outcome, came: Outcome) -> bool:
    if math.isnan(was.value):
        return False
    if math.isnan(came.low):
        return abs(came.value - was.value) < _unseen(k, was.value)
    before = (was.value, was.low, was.high) if not math.isnan(was.low) else (was.value,) * 3
    low, high = intervals.apart((came.value, came.low, came.high), before)
    return bool(low <= 0 <= high)


def _unseen(k: Metric, value: float) -> float:
    """Half a per cent of a value, of a share half a point."""
    return STILL if k.unit in SHARES else abs(value) * STILL
