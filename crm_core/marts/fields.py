"""What a rule can ask of a guest: each field once, with its type, its choices, and where in the marts its value comes from."""
from collections.abc import Callable, Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import and_, case, func, or_, select

from crm_core.dialects import days_between
from crm_core.i18n import N_
from crm_core.marts import rfm, tables
from crm_core.marts.reach import firsts, reached
from crm_core.schema import SEGMENTS
from crm_core.scope import Scope

MILLION = 1_000_000
Rows = sa.sql.ColumnCollection
PARTIES = ("single", "couple", "family", "other", "unknown")
SEASONS = ("spring", "summer", "autumn", "winter", "mixed")
TIERS = ("top", "high", "middle", "base")


@dataclass(frozen=True)
class Source:
    """Rows inside a scope's properties that facts about guests are read from; `single` = at most one row per guest.

    `rows` returns them for a scope, as far as the fields of these keys need them.
    """

    name: str
    rows: Callable[[Scope, Collection[str]], sa.Select]
    single: bool = False


@dataclass(frozen=True)
class Field:
    """A fact about a guest. `value` is its expression over a source's row, or where the source has several, the aggregate over them.

    With `each` the value stands on every row, and a condition holds where it holds on one of them. `listed` names what the choices of a
    field are that only the data knows.
    """

    key: str
    name: str
    type: str
    heading: str
    source: Source
    value: Callable[[Rows, Scope], sa.ColumnElement]
    choices: tuple | None = None
    range: tuple[int, int] | None = None
    each: bool = False
    listed: str | None = None


def _mart(table: sa.Table, **options) -> Source:
    return Source(table.name.removeprefix("mart_"), lambda scope, keys: reached(table, scope, sums=not tables.ADDED_UP.isdisjoint(keys)), **options)


def _realised(scope: Scope, _keys: Collection[str] = ()) -> sa.Select:
    s = tables.stays.c
    return reached(tables.stays, scope).where(s.is_stay == 1, s.guest_id.is_not(None))


def _standing(kind: str) -> Callable[[Scope, Collection[str]], sa.Select]:
    """The steps of one kind that a guest has reached and not left."""
    s = tables.stages.c
    open_ = lambda scope: or_(s.until_on.is_(None), s.until_on >= scope.as_of)  # noqa: E731
    return lambda scope, keys: reached(tables.stages, scope).where(s.kind == kind, s.from_on < scope.as_of, open_(scope))


def _open_accounts(scope: Scope, _keys: Collection[str]) -> sa.Select:
    return reached(tables.members, scope).where(tables.members.c.is_open == 1)


def _first_stays(scope: Scope, _keys: Collection[str]) -> sa.Select:
    """The realised stay of each guest that was the first at the scope's properties."""
    s = tables.stays
    mark = "first_here" if len(scope.properties) == 1 else "first_anywhere" if scope.everywhere else None
    if mark:
        return _realised(scope).where(s.c.stay_key == s.c[mark])
    first = firsts(scope)
    return _realised(scope).join(first, and_(first.c.guest_id == s.c.guest_id, first.c.first_key == s.c.stay_key))


GUESTS = _mart(tables.guests, single=True)
VISITS = _mart(tables.visits)
PROFILES = _mart(tables.profiles)
MEMBERSHIPS = Source("memberships", _standing("member"))
ACCOUNTS = Source("accounts", _open_accounts)
PRAISE = Source("praise", _standing("praise"))
SCORES = _mart(tables.guest_scores, single=True)
STAYS = Source("any_stay", _realised)
FIRST_STAY = Source("first_stay", _first_stays, single=True)

HISTORY, PAST, CONTACT, MODEL, LOYALTY = N_("History"), N_("Stays"), N_("Contact"), N_("Standing"), N_("Loyalty")
FIFTH, TENTH = (1, 5), (1, 10)


def _column(name: str) -> Callable[[Rows, Scope], sa.ColumnElement]:
    return lambda r, scope: r[name]


def _share(name: str) -> Callable[[Rows, Scope], sa.ColumnElement]:
    return lambda r, scope: sa.cast(r[name], sa.Double) / sa.literal(float(MILLION), sa.Double)


def _total(name: str) -> Callable[[Rows, Scope], sa.ColumnElement]:
    return lambda r, scope: func.sum(r[name])


def _money(name: str) -> Callable[[Rows, Scope], sa.ColumnElement]:
    """The sum, or nothing where one amount lacks an exchange rate."""
    return lambda r, scope: case((func.count() == func.count(r[name]), func.sum(r[name])))


def _at_least_one(holds: Callable[[Rows, Scope], sa.ColumnElement[bool]]) -> Callable[[Rows, Scope], sa.ColumnElement]:
    return lambda r, scope: func.max(case((holds(r, scope), 1), else_=0))


def _there(r: Rows, scope: Scope) -> sa.ColumnElement:
    return func.least(func.count(), 1)


def _reachable(r: Rows, scope: Scope) -> sa.ColumnElement[bool]:
    return or_(and_(r.email_state == "valid", r.email_word == "given"), and_(r.phone_state == "valid", r.sms_word == "given"))


def _late(r: Rows, scope: Scope) -> sa.ColumnElement:
    return case((r.gap_days > 0, sa.cast(r.silent_days, sa.Double) / r.gap_days))


_FIELDS = (
    Field("stays", N_("Stays"), "number", HISTORY, VISITS, _total("stays"), range=(0, 100_000)),
    Field("nights", N_("Nights"), "number", HISTORY, VISITS, _total("nights"), range=(0, 1_000_000)),
    Field("spend", N_("Spend to date"), "money", HISTORY, VISITS, _money("spend")),
    Field("recent_spend", N_("Spend in 36 months"), "money", HISTORY, SCORES, _column("recent_spend")),
    Field("first_departure", N_("First departure"), "date", HISTORY, VISITS, lambda r, scope: func.min(r.first_departure_on)),
    Field("last_departure", N_("Last departure"), "date", HISTORY, VISITS, lambda r, scope: func.max(r.last_departure_on)),
    Field("silent_days", N_("Days since last stay"), "days", HISTORY, VISITS,
          lambda r, scope: days_between(func.max(r.last_departure_on), sa.literal(scope.as_of, sa.Date)), range=(0, 36_500)),
    Field("next_arrival", N_("Next arrival"), "ahead", HISTORY, VISITS, lambda r, scope: func.min(r.next_arrival_on)),
    Field("properties", N_("Properties stayed at"), "number", HISTORY, VISITS, lambda r, scope: func.count(case((r.stays > 0, 1))), range=(0, 10_000)),
    Field("stayed_at", N_("Stayed at"), "choice", HISTORY, VISITS, lambda r, scope: case((r.stays > 0, r.property_id)), each=True,
          listed="properties"),
    Field("stayed_on", N_("Departure of any stay"), "date", PAST, STAYS, _column("stay_departure_on"), each=True),
    *(Field(f"any_{key}", any_, "choice", PAST, STAYS, _column(key), choices, each=True, listed=listed)
      for key, any_, choices, listed in (
          ("channel", N_("Channel of any stay"), None, "channels"), ("segment", N_("Segment of any stay"), SEGMENTS, None),
          ("room_type", N_("Room type of any stay"), None, "room_types"), ("party", N_("Party of any stay"), PARTIES, None))),
    *(Field(f"first_{key}", first, "choice", PAST, FIRST_STAY, _column(key), choices, listed=listed)
      for key, first, choices, listed in (
          ("channel", N_("Channel of first stay"), None, "channels"), ("segment", N_("Segment of first stay"), SEGMENTS, None),
          ("room_type", N_("Room type of first stay"), None, "room_types"), ("party", N_("Party of first stay"), PARTIES, None))),
    Field("any_score", N_("Review of any stay"), "score", PAST, STAYS, lambda r, scope: r.score_bp / sa.literal(1000.0, sa.Double), range=(0, 10),
          each=True),
    Field("cases", N_("Complaints, requests"), "number", PAST, STAYS, _total("cases"), range=(0, 100_000)),
    Field("country", N_("Country"), "choice", CONTACT, GUESTS, _column("country"), listed="countries"),
    Field("language", N_("Language"), "choice", CONTACT, GUESTS, _column("language"), listed="languages"),
    Field("email_consent", N_("E-mail consent"), "flag", CONTACT, GUESTS, _column("email_consent")),
    Field("valid_email", N_("Valid e-mail address"), "flag", CONTACT, PROFILES, _at_least_one(lambda r, scope: r.email_state == "valid")),
    Field("reachable", N_("Reachable with consent"), "flag", CONTACT, PROFILES, _at_least_one(_reachable)),
    Field("member", N_("Member"), "flag", CONTACT, MEMBERSHIPS, _there),
    Field("praised", N_("Scored us 9 or 10"), "flag", CONTACT, PRAISE, _there),
    Field("member_tier", N_("Tier of the programme"), "choice", LOYALTY, ACCOUNTS, _column("tier"), each=True, listed="member_tiers"),
    Field("points", N_("Points balance"), "number", LOYALTY, ACCOUNTS, _total("balance"), range=(-1_000_000_000, 1_000_000_000)),
    Field("points_expire", N_("Next points expire"), "ahead", LOYALTY, ACCOUNTS, lambda r, scope: func.min(r.expires_next_on)),
    Field("rfm", N_("RFM group"), "choice", MODEL, SCORES, _column("rfm"), rfm.GROUPS),
    Field("recency", N_("Recency"), "number", MODEL, SCORES, _column("recency"), range=FIFTH),
    Field("frequency", N_("Frequency"), "number", MODEL, SCORES, _column("frequency"), range=FIFTH),
    Field("monetary", N_("Monetary value"), "number", MODEL, SCORES, _column("monetary"), range=FIFTH),
    Field("tier", N_("Value tier"), "choice", MODEL, SCORES, _column("tier"), TIERS),
    Field("value_decile", N_("Tenth by value"), "number", MODEL, SCORES, _column("value_decile"), range=TENTH),
    Field("value", N_("Value, 3 years"), "money", MODEL, SCORES, _column("value")),
    Field("at_stake", N_("Value at stake"), "money", MODEL, SCORES, _column("at_stake")),
    Field("alive", N_("Chance still a customer"), "share", MODEL, SCORES, _share("alive_ppm"), range=(0, 1)),
    Field("returns", N_("Chance of a stay in 12 months"), "share", MODEL, SCORES, _share("return_ppm"), range=(0, 1)),
    Field("gap_days", N_("Usual days between stays"), "days", MODEL, SCORES, lambda r, scope: func.round(r.gap_days), range=(0, 36_500)),
    Field("late", N_("Silence against own rhythm"), "times", MODEL, SCORES, _late, range=(0, 1000)),
    Field("purpose", N_("Usual purpose"), "choice", MODEL, SCORES, _column("purpose"), SEGMENTS),
    Field("season", N_("Usual season"), "choice", MODEL, SCORES, _column("season"), SEASONS),
    Field("party", N_("Usual party"), "choice", MODEL, SCORES, _column("party"), PARTIES),
    Field("cluster", N_("Cluster"), "choice", MODEL, SCORES, lambda r, scope: func.nullif(r.cluster, 0), tuple(range(1, 21))),
)
FIELDS: dict[str, Field] = {field.key: field for field in _FIELDS}


def choices_in_data(field: Field, scope: Scope) -> sa.Select:
    """One row per value of a field that only the data knows the choices of, most frequent first."""
    value = field.value(field.source.rows(scope, {field.key}).subquery(field.source.name).c, scope)
    return select(value.label("value")).where(value.is_not(None)).group_by(value).order_by(func.count().desc(), value)
