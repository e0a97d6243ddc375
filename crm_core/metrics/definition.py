"""What a KPI is made of: measures over one mart each, put together as a count, a sum, a ratio or a median."""
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from crm_core.scope import Period

Rows = sa.sql.ColumnCollection
# What a row is told of: by the mart's own key, else by the first of these columns that it has; a movement on an account is its member's.
THINGS = {"profile_id": "profiles", "lead_id": "leads", "review_id": "reviews", "case_id": "cases", "reservation_id": "stays", "guest_id": "guests"}
# "set_index" is 100 where the property is as its comparison set, "lift" is a difference of shares, "lift_share" a part by which something is more or less.
UNITS = ("count", "money", "share", "nights", "days", "hours", "ratio", "points", "index", "set_index", "lift", "lift_share")
# Kinds whose value is no ratio of sums: each row behind them counts once.
COUNTED = ("median", "waiting", "index")


@dataclass(frozen=True)
class Measure:
    """A sum over the rows of one mart: `value` where `when` holds, placed in time by the column `on` (None: as it stands, in no period).

    With `people` it counts the distinct guests of those rows instead, with `distinct` the distinct values. `order` asks for `is_repeat`,
    `returns` for when the guest came again; `money` blanks the sum where a part is unknown, such as an amount without an exchange rate.
    """

    mart: sa.Table
    on: str | None
    value: Callable[[Rows], sa.ColumnElement]
    when: Callable[[Rows], sa.ColumnElement[bool]] | None = None
    people: bool = False
    order: bool = False
    money: bool = False
    returns: bool = False
    distinct: bool = False


@dataclass(frozen=True)
class Metric:
    """One KPI. The value is Σ numerator / Σ denominator (or Σ numerator alone), computed from sums at every grouping.

    interval: "none" (a full count), "wilson" (a share of independent cases), "clusters" (a ratio over guests), "median",
    "survival" (who came again within `horizon` days of a first stay, or after how many days half had, by Kaplan-Meier), "waiting" (after how
    long `percentile` of a hundred had `ended`, by Kaplan-Meier), "nps" (promoters, detractors and all answers), "strata" (the same, weighted by
    `stays`), "index" (ratings of the `horizon` days before the period's end, weighted by age and source), "model" (a sum or mean of what a
    model says of each guest, between the sums of its `bounds`), "total" (a sum over guests, of which `cases` counts), "lift" (what campaigns
    caused, read as `reads` says). With `beside` (numerator, denominator) the ratio is told in hundredths of that ratio. `minimum` is the smallest n
    below which the tile says "too few to tell". Sums are in 1/`scale` of the unit. `by` = a part of the total over this dimension.
    """

    key: str
    number: str
    name: str
    definition: str
    unit: str
    better: str
    numerator: tuple[Measure, ...]
    denominator: tuple[Measure, ...] = ()
    interval: str = "none"
    minimum: int = 1
    cases: Measure | None = None
    source: str = "own"
    by: str | None = None
    horizon: int | None = None
    bounds: tuple[Measure, ...] = ()
    scale: int = 1
    ended: Measure | None = None
    percentile: int = 50
    stays: Measure | None = None
    reads: str = ""
    beside: tuple[Measure, ...] = ()

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure that a value and its n need."""
        return (*self.numerator, *self.denominator, *(m for m in (self.cases, self.ended, self.stays) if m), *self.bounds, *self.beside)

    @property
    def dated(self) -> bool:
        """Whether the KPI belongs to a period; what stands at the as-of date has no earlier value to be compared with."""
        return self.numerator[0].on is not None

    def counted_in(self, period: Period) -> Period:
        """Return the days whose rows a period counts: its own, or of an index as many as it looks back from the period's end."""
        return Period(period.end - dt.timedelta(self.horizon), period.end) if self.interval == "index" else period

    @property
    def people(self) -> bool:
        """Whether the KPI counts guests."""
        return self.numerator[0].people

    @property
    def behind(self) -> str:
        """What the tile opens to: "guests", "leads", "profiles", "stays", "reviews", "cases"."""
        return THINGS["guest_id" if self.people else thing(self.numerator[0].mart)]

    @property
    def opens(self) -> bool:
        """Whether rows of guests stand behind the KPI; behind the costs of a programme, or a comparison of groups, there are none."""
        return all("guest_id" in measure.mart.c for measure in self.numerator)


def thing(mart: sa.Table) -> str:
    """Return the column by which a mart's rows are told apart where a number is opened."""
    own = next(iter(mart.c.keys()))
    return "guest_id" if "membership_id" in mart.c else next((name for name in (own, *THINGS) if name in THINGS and name in mart.c), "guest_id")
