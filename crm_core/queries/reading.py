"""What KPIs are told from, read once for a split and all its margins: sums, histograms and waiting times that add up."""
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from crm_core.metrics import Metric
from crm_core.metrics.definition import Measure
from crm_core.metrics.dimensions import parts_of
from crm_core.queries import lifts, uncertainty
from crm_core.queries.splits import By, groups_of, margin_of
from crm_core.queries.totals import margins
from crm_core.scope import Period, Scope
from crm_core.store.warehouse import Warehouse


@dataclass
class Reading:
    """A split of a scope; what is asked of it, by all its parts or some of them, comes from what was read of all.

    With `compared` only the comparison that the scope chose is read: it stands in the place of the other one too.
    """

    warehouse: Warehouse
    scope: Scope
    by: By = None
    compared: bool = False
    _read: dict[object, object] = field(default_factory=dict)

    @cached_property
    def periods(self) -> tuple[Period, Period, Period]:
        """The complete days of the scope's period and the two that it is compared with."""
        elapsed = self.scope.elapsed().period
        if self.compared:
            return elapsed, *[self.scope.compared().period] * 2
        return elapsed, elapsed.previous(), elapsed.year_before()

    def sums(self, measures: tuple[Measure, ...], by: By) -> pd.DataFrame:
        """Return the sums of measures, the groups as index; column(i, j) holds measure i in period j."""
        tell = self._once(("sums", measures), lambda: margins(self.warehouse, self.scope, measures, self.periods, parts_of(self.by)))
        found = tell(parts_of(by))
        return found.set_axis(groups_of(found.index.to_frame(), by), axis=0) if by else found

    def histogram(self, k: Metric, by: By) -> pd.DataFrame:
        """Return how often each value of a KPI's measure occurs, as uncertainty.histogram() does."""
        periods = [k.counted_in(p) for p in self.periods]
        return self._margin(self._once(("histogram", k.key), lambda: uncertainty.histogram(self.warehouse, self.scope, k, periods, self.by)), by)

    def waits(self, by: By) -> pd.DataFrame:
        """Return how many guests waited how long for their second stay, as uncertainty.waits() does."""
        return self._margin(self._once("waits", lambda: uncertainty.waits(self.warehouse, self.scope, self.periods, self.by)), by)

    def arms(self, by: By) -> pd.DataFrame:
        """Return what campaigns caused in each arm, as lifts.sums() does."""
        every = lifts.beside_campaign(self.by)
        tell = self._once("arms", lambda: margins(self.warehouse, self.scope, lifts.READ, self.periods, every))
        return lifts.by_campaign(tell(lifts.beside_campaign(by)), self.scope, len(self.periods), by)

    def _once(self, name: object, read: Callable[[], object]):
        if name not in self._read:
            self._read[name] = read()
        return self._read[name]

    def _margin(self, frame: pd.DataFrame, by: By) -> pd.DataFrame:
        """The counts of a frame by some of the split's parts."""
        if by == self.by or "group" not in frame:
            return frame
        frame = frame.drop(columns="group") if by is None else frame.assign(group=margin_of(frame["group"], self.by, by))
        counts = [name for name in frame if name.startswith("count")]
        keys = [name for name in frame if name not in counts]
        return frame.groupby(keys, dropna=False, as_index=False)[counts].sum().sort_values(keys[0], ignore_index=True, kind="stable")
