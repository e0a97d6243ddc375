"""What came of a decision: its figure over the days it named, in its own properties and under its own filters."""
import json
import math
from dataclasses import dataclass

from crm_core import queries, views
from crm_core.metrics import CATALOGUE
from crm_core.reports.content import Source
from crm_core.views import View

FILTERS = ("properties", "channels", "among", "who")  # what narrows a figure besides its days


@dataclass(frozen=True)
class Came:
    """The figure with its interval and n, None each for what is not known; a value of None stands for too few cases."""

    value: float | None
    low: float | None
    high: float | None
    n: float | None


def outcome(src: Source, decision: dict) -> Came:
    """Return what a decision's figure (a row of records.decisions) came to by its day, or stands at now where it belongs to no days.

    Raises ValueError in words where its KPI, properties or filters are no longer here: nothing is read in their place.
    """
    filters = View("figure", {key: value for key, value in decision["view"].params.items() if key in FILTERS})
    told = views.problems(filters, src.places, src.channels, src.segments)
    if decision["kpi"] not in CATALOGUE or told or not set(json.loads(decision["properties"])) <= set(src.places):
        raise ValueError(" ".join(told) or decision["kpi"])
    scope = views.outcome_scope(decision, src.scope, {place: place for place in src.places}, src.channels.keys(), src.segments)
    frame = queries.run(src.warehouse, scope, "kpi_values", keys=(decision["kpi"],))
    now = next(frame[frame["period"] == "now"].itertuples())
    if now.few or math.isnan(now.value):
        return Came(None, None, None, _known(now.n))
    return Came(*map(_known, (now.value, now.low, now.high, now.n)))


def _known(x: float) -> float | None:
    return None if math.isnan(x) else float(x)
