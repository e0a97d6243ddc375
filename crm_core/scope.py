"""Who asks, for which properties and which time: the frozen value that every statement is filtered by."""
import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace

from crm_core.rule import Segment

COMPARISONS = ("previous", "year")

# What each role may do; what is not listed is forbidden. "contact" = read names and contact details, "people" = say which records are
# one person and change many contacts at once, "lead" = work on leads and log what was said, "segment" = save segments and audiences,
# "loyalty" = enrol members and change their points, tiers and codes, "feedback" = answer reviews, correct marks, run surveys,
# "case" = open and work on service cases, "campaign" = plan campaigns and journeys, draw who is written to and who is held out,
# "view" = save views, boards, reports, decisions and notes on time axes, "standards" = assess, keep staff, courses, lessons and events,
# "teach" = run a class, "sql" = ask the warehouse in SQL. A "participant" of a class looks at the demo from another machine.
ROLES: dict[str, frozenset[str]] = {
    "local": frozenset({"read", "contact", "note", "people", "lead", "segment", "loyalty", "feedback", "case", "campaign", "view", "standards", "export", "import",
                        "settings", "audit", "teach", "sql"}),
    "manager": frozenset({"read", "contact", "note", "people", "lead", "segment", "loyalty", "feedback", "case", "campaign", "view", "standards",
                          "export", "import"}),
    "group": frozenset({"read", "view", "export"}),
    "trainer": frozenset({"read", "teach"}),
    "participant": frozenset({"read"}),
    "privacy": frozenset({"contact", "audit", "export"}),
    "admin": frozenset({"settings", "audit"}),
}


class NotAllowed(PermissionError):
    """The role does not carry the right that an action asks for."""


@dataclass(frozen=True)
class Period:
    """A half-open span of local dates [start, end)."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"A period ends after it starts: {self.start} to {self.end}.")

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def back(self, days: int) -> "Period":
        """Return the same length, `days` earlier."""
        return Period(self.start - dt.timedelta(days), self.end - dt.timedelta(days))

    def previous(self) -> "Period":
        """Return the period before: as long, on the same weekdays (back by the smallest multiple of 7 that clears it)."""
        return self.back(-(-self.days // 7) * 7)

    def year_before(self) -> "Period":
        """Return the same weekdays of the year before: 364 days back."""
        return self.back(364)

    def until(self, as_of: dt.date) -> "Period | None":
        """Return the part that is complete at `as_of`, or None where nothing is yet."""
        return None if as_of <= self.start else Period(self.start, min(self.end, as_of))


@dataclass(frozen=True)
class Scope:
    """A role's view: explicit property ids (none = nothing), a period, a comparison and filters.

    Filters (`channels`, `identified`, `segment`) narrow what is counted, never a guest's history; `properties` narrows both. A segment is
    who fits its rule at the as-of date, in every period alike.
    `chain` names every property there is: it widens nothing, it only lets a scope know that it is the whole.
    """

    role: str
    properties: tuple[int, ...]
    period: Period
    as_of: dt.date
    comparison: str = "year"
    channels: tuple[str, ...] = ()
    identified: bool = False
    segment: Segment | None = None
    user: str = field(default="local", compare=False)
    chain: tuple[int, ...] = field(default=(), compare=False)

    @property
    def everywhere(self) -> bool:
        return bool(self.chain) and set(self.properties) >= set(self.chain)

    def previous(self) -> "Scope":
        """Return the scope of the period before."""
        return replace(self, period=self.elapsed().period.previous())

    def year_before(self) -> "Scope":
        """Return the scope of the same weekdays a year before."""
        return replace(self, period=self.elapsed().period.year_before())

    def compared(self) -> "Scope":
        """Return the scope of the comparison that was chosen."""
        return self.year_before() if self.comparison == "year" else self.previous()

    def elapsed(self) -> "Scope":
        """Return the scope cut to the days that are complete, so that a running period is compared with as many days."""
        return replace(self, period=self.period.until(self.as_of) or self.period)

    @property
    def provisional(self) -> bool:
        return self.period.end > self.as_of

    def may(self, right: str) -> bool:
        """Say whether the role carries a right."""
        return right in ROLES.get(self.role, frozenset())

    def require(self, right: str) -> None:
        """Raise NotAllowed where the role does not carry the right."""
        if not self.may(right):
            raise NotAllowed(f"The role {self.role!r} may not {right}.")

    def digest(self) -> str:
        """Return a short hash of the scope for the audit: it says 'the same view' without saying which."""
        shown = (self.role, self.properties, self.period, self.as_of, self.channels, self.identified)
        text = repr((*shown, self.segment.form) if self.segment else shown)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def default_period(as_of: dt.date) -> Period:
    """Return the last twelve complete months before `as_of`."""
    end = as_of.replace(day=1)
    return Period(end.replace(year=end.year - 1), end)


def months(period: Period) -> list[dt.date]:
    """Return the first day of every month that the period touches."""
    found, month = [], period.start.replace(day=1)
    while month < period.end:
        found.append(month)
        month = next_month(month)
    return found


def next_month(day: dt.date) -> dt.date:
    """Return the first day of the month after a day's."""
    return (day.replace(day=1) + dt.timedelta(32)).replace(day=1)


def months_back(day: dt.date, count: int) -> dt.date:
    """Return the first day of the month `count` months before a day's month."""
    whole = day.year * 12 + day.month - 1 - count
    return dt.date(whole // 12, whole % 12 + 1, 1)
