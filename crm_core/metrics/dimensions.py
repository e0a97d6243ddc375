"""What a KPI can be split by: each dimension as an expression over a mart's rows, and several of them together."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import case

from crm_core.dialects import add_days, iso_weekday, month_start, quarter_start
from crm_core.i18n import N_
from crm_core.marts.about import stratum
from crm_core.marts.memberships import is_member
from crm_core.marts.tables import UNDATED, channels


@dataclass(frozen=True)
class Dimension:
    """`of(rows, day)` returns the grouping expression; `day` is the date that places the row. `needs` is a column of the mart.

    `apart` asks for what is told of several properties together to be told of each.
    """

    key: str
    name: str
    of: Callable[[sa.sql.ColumnCollection, sa.ColumnElement], sa.ColumnElement]
    needs: str | None = None
    dated: bool = False
    order: bool = False
    apart: bool = False

    def fits(self, mart: sa.Table, dated: bool = True) -> bool:
        """Say whether a mart's rows (`dated`: placed in a period) can be split by this dimension; where not, its total stands beside every group."""
        if self.dated and (mart in UNDATED or not dated):
            return False
        return self.needs is None or self.needs in mart.c


    def holds(self, rows: sa.sql.ColumnCollection, day: sa.ColumnElement, group: object) -> sa.ColumnElement[bool]:
        """Return the predicate of the rows that belong to a group; None is the group of those of which nothing is known."""
        return self.of(rows, day) == group


def _column(key: str, name: str, column: str | None = None) -> Dimension:
    return Dimension(key, name, lambda r, day: r[column or key], column or key)


# Kinds of channels that are told apart; the direct ones are one way.
WAYS = ("ota", "operator", "corporate", "group", "gds")


def _way(r, _day) -> sa.ColumnElement[str]:
    """Direct, or the kind of agency or contract through which it was booked."""
    c = channels.c
    return case((r.is_direct == 1, "direct"), *((r.channel.in_(sa.select(c.channel).where(c.kind == kind)), kind) for kind in WAYS), else_="other")


def _monday(day: sa.ColumnElement) -> sa.ColumnElement[dt.date]:
    """The Monday of a day's week: weeks are those of ISO 8601."""
    return add_days(day, 1 - iso_weekday(day))


def _stratum(r, _day) -> sa.ColumnElement[str]:
    """By what a stay is weighted where answers stand for all stays: said by what is about a stay, worked out for stays themselves."""
    if "stratum" in r:
        return r.stratum
    agency = case((r.channel.in_(sa.select(channels.c.channel).where(channels.c.kind == "ota")), "ota"), else_="")
    return stratum(r, agency, is_member(r, r.stay_departure_on))


DIMENSIONS = {
    d.key: d
    for d in (
        Dimension("property", N_("Property"), lambda r, day: r.property_id, "property_id", apart=True),
        Dimension("month", N_("Month"), lambda r, day: month_start(day), dated=True),
        Dimension("week", N_("Week"), lambda r, day: _monday(day), dated=True),
        Dimension("quarter", N_("Quarter"), lambda r, day: quarter_start(day), dated=True),
        Dimension("year", N_("Year"), lambda r, day: sa.cast(sa.extract("year", day), sa.Integer), dated=True),
        Dimension("weekday", N_("Weekday"), lambda r, day: iso_weekday(day), dated=True),
        Dimension("day", N_("Day"), lambda r, day: day, dated=True),
        _column("channel", N_("Channel")),
        Dimension("way", N_("Way of booking"), _way, "channel"),
        _column("segment", N_("Segment")),
        _column("room_type", N_("Room type")),
        _column("country", N_("Country")),
        _column("party", N_("Party")),
        _column("lead_band", N_("Days ahead")),
        Dimension("tier", N_("Tier"), lambda r, day: r.tier, "tier_rank"),  # of a member: guests' tiers by value have no rank
        Dimension(
            "visit",
            N_("New or returning"),
            lambda r, day: case((r.guest_id.is_(None), "unidentified"), (r.is_repeat == 1, "returning"), else_="new"),
            "stay_key",
            order=True,
        ),
        _column("platform", N_("Platform")),
        _column("language", N_("Language")),
        _column("aspect", N_("Aspect")),
        Dimension("label", N_("Sentiment"), lambda r, day: r.label, "unscored"),  # of a whole text: each mention has its own
        _column("coverage", N_("Reading of the language"), "coverage"),
        _column("floor", N_("Floor")),
        _column("block", N_("Building")),
        Dimension("stratum", N_("Kind of stay"), _stratum, "stay_departure_on"),
        # Of a case: reviews, channels and postings have kinds and departments of other sorts.
        Dimension("case_kind", N_("Kind of case"), lambda r, day: r.kind, "is_complaint"),
        Dimension("department", N_("Department"), lambda r, day: r.department, "is_complaint"),
        Dimension("priority", N_("Priority"), lambda r, day: r.priority, "is_complaint"),
        _column("campaign", N_("Campaign"), "campaign_id"),
        Dimension("medium", N_("By which way"), lambda r, day: r.medium, "medium"),
        Dimension("domain", N_("Mail provider"), lambda r, day: r.domain, "is_sent"),
        Dimension("trip", N_("Last trip"), lambda r, day: r.trip, "has_control"),
        Dimension("stays_before", N_("Stays before"), lambda r, day: r.stays_before, "stays_before"),
        Dimension("root_cause", N_("Root cause"), lambda r, day: r.root_cause, "is_complaint"),
        _column("event_kind", N_("Kind of event")),
        _column("audience", N_("For whom")),
        _column("place", N_("Social space")),
        _column("section", N_("Section")),
        _column("course", N_("Course")),
        _column("standard", N_("Standard")),
    )
}

OTHERS, TOTAL = "…", "∑"  # no codes of any dimension: all groups that are not told apart, and all there are


@dataclass(frozen=True)
class Part:
    """A dimension as one of several: with `kept`, these groups stay themselves and all the rest become OTHERS, counted from the rows."""

    dimension: str
    kept: tuple[object, ...] | None = None

    @property
    def key(self) -> str:
        """The name of the column that holds the groups."""
        return self.dimension if self.kept is None else f"{self.dimension}_kept"

    @property
    def whole(self) -> Dimension:
        return DIMENSIONS[self.dimension]

    @property
    def dated(self) -> bool:
        return self.whole.dated

    @property
    def order(self) -> bool:
        return self.whole.order

    @property
    def apart(self) -> bool:
        return self.whole.apart

    def fits(self, mart: sa.Table, dated: bool = True) -> bool:
        """Say whether a mart's rows can be split by the dimension."""
        return self.whole.fits(mart, dated)

    def of(self, rows: sa.sql.ColumnCollection, day: sa.ColumnElement) -> sa.ColumnElement:
        """Return the grouping expression: the dimension's, or with `kept` the place of the group among them, and after the last for OTHERS."""
        group = self.whole.of(rows, day)
        if self.kept is None:
            return group
        return case(*((group == one, place) for place, one in enumerate(self.kept)), else_=len(self.kept)) if self.kept else sa.cast(0, sa.Integer)

    def holds(self, rows: sa.sql.ColumnCollection, day: sa.ColumnElement, group: object) -> sa.ColumnElement[bool]:
        """Return the predicate of the rows that belong to a group, OTHERS too."""
        if self.kept is None:
            return self.whole.holds(rows, day, group)
        return self.of(rows, day) == self.code(group)

    def code(self, group: object) -> object:
        """Return what the grouping expression finds for a group: the group, or with `kept` its place."""
        return group if self.kept is None else len(self.kept) if group == OTHERS else self.kept.index(group)

    def bare(self, found: object) -> object:
        """Return the group that the grouping expression found: plain numbers, texts and dates, None where nothing is known."""
        if found is None or found != found:  # NaN and NaT are not even themselves
            return None
        found = getattr(found, "item", lambda: found)() if not hasattr(found, "date") else found.date()
        if self.kept is None:
            return found
        return self.kept[int(found)] if found < len(self.kept) else OTHERS


@dataclass(frozen=True)
class Split:
    """Several dimensions together: a group is one of each. Raises ValueError where a dimension is named twice."""

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        names = [part.dimension for part in self.parts]
        if len(set(names)) < len(names):
            raise ValueError(f"A figure is split by each dimension once: {', '.join(names)}.")


def parts_of(by: "str | Split | None") -> tuple[Dimension | Part, ...]:
    """Return what a split is made of: nothing, one dimension, or the parts of several."""
    return () if by is None else by.parts if isinstance(by, Split) else (DIMENSIONS[by],)


def axis(by: str | Dimension | Part) -> Dimension | Part:
    """Return a dimension by its key; what is one already stays."""
    return DIMENSIONS[by] if isinstance(by, str) else by
