"""mart_tiers: in which tier every member was on every day, and where each stands at the as-of date, a piece of the programme at a time."""
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, case, func, literal, select

from crm_core.marts import tables
from crm_core.marts.loyalty.given import Ask, Piece, days, pieces, standings, told
from crm_core.marts.loyalty.programmes import Programme
from crm_core.programme.rules import spans
from crm_core.programme.standings import many

MEMBERS = 250_000  # at once
MEASURED = ("nights", "stays", "points")


@dataclass(frozen=True)
class Tiers:
    """The rows of mart_tiers and of the temporary table `standings` for some members."""

    spells: pd.DataFrame
    standings: pd.DataFrame


def settled(ask: Ask, as_of: dt.date, every: dict[int, Programme]) -> Iterator[Tiers]:
    """Yield the tiers of all members who joined before the as-of date; the last known day is the one before it."""
    for piece in pieces(ask(_counts(as_of)), MEMBERS):
        yield _tiers(ask, piece, as_of, every[piece.programme_id])


def _counts(as_of: dt.date) -> sa.Select:
    m = tables.memberships.c
    return (select(m.programme_id, m.membership_id, literal(1, sa.Integer).label("rows")).where(m.enrolled_on < as_of)
            .order_by(m.programme_id, m.membership_id))


def _tiers(ask: Ask, piece: Piece, as_of: dt.date, programme: Programme) -> Tiers:
    members = _columns(ask(_members(piece, as_of)), "enrolled_on", "closed_on")
    counts_points = any("points" in {*tier.qualify, *tier.retain} for version in programme.versions for tier in version.rules.tiers)
    activity = _columns(ask(_activity(piece, as_of, counts_points)), "day")
    given = _columns(ask(_overrides(piece)), "from_on", "until_on")
    last = as_of - dt.timedelta(1)
    spells, found = many(members, activity, programme.versions, given, last)
    spells["rank"] = _placed(spells, places(programme, last))
    place = np.searchsorted(members["member"], spells["member"])
    whose = {"guest_id": members["guest_id"][place], "property_id": members["property_id"][place], "programme_id": programme.id}
    return Tiers(told(tables.tiers, _named(spells) | whose), _standings(found, spells))


def places(programme: Programme, day: dt.date) -> dict[str, int]:
    """Return the place of every tier by its name, as the rules of a day have it; one that is gone keeps the last that it had, as far as there are so many.

    So a spell that began under other rules ranks as its tier does now, and no tier has two places.
    """
    found: dict[str, int] = {}
    tiers = ()
    for _, _, rules in spans(version for version in programme.versions if version.from_on <= day):
        tiers = rules.tiers
        found |= {tier.name: at for at, tier in enumerate(tiers)}
    return {name: min(at, len(tiers) - 1) for name, at in found.items()}


def _placed(spells: dict[str, np.ndarray], known: dict[str, int]) -> np.ndarray:
    """The rank of every spell; a tier by hand that no rules know ranks as the one that it hides."""
    names, which = np.unique(spells["tier"].astype(str), return_inverse=True)
    now = np.array([known.get(name, -1) for name in names.tolist()], np.int64)[which]
    return np.where(now < 0, spells["rank"], now)


def _columns(frame: pd.DataFrame, *dated: str) -> dict[str, np.ndarray]:
    return {name: days(frame[name]) if name in dated else frame[name].to_numpy() for name in frame}


def _named(found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The columns under the warehouse's names, days as the warehouse takes them."""
    named = {"membership_id": found["member"], "tier_rank": found["rank"]}
    return {name: column.astype("datetime64[s]") if column.dtype.kind == "M" else column for name, column in (found | named).items()}


def _standings(found: dict[str, np.ndarray], spells: dict[str, np.ndarray]) -> pd.DataFrame:
    """Where members stand; whose account is closed stood last in the last tier, and nothing more is said."""
    frame = pd.DataFrame(_named(found)).assign(why=np.where(found["by_hand"].astype(bool), "by_hand", ""))
    numbers = ("has", "wants", "missing", "keeps_with")
    frame = frame.assign(**{name: frame[name].where(frame[name] >= 0).astype("Int64") for name in numbers})
    last = pd.DataFrame(_named(spells)).drop_duplicates("membership_id", keep="last")
    gone = frame["tier"].isna()
    left = last[last["membership_id"].isin(frame.loc[gone, "membership_id"])]
    return pd.concat([frame[~gone], left], ignore_index=True)[[c.name for c in standings.c]]


def _members(piece: Piece, as_of: dt.date) -> sa.Select:
    """A closing to come is not known yet."""
    m = tables.memberships.c
    return (select(m.membership_id.label("member"), m.guest_id, m.property_id, m.enrolled_on, case((m.closed_on < as_of, m.closed_on)).label("closed_on"),
                   m.said_tier.label("tier"))
            .where(piece.holds(m), m.enrolled_on < as_of).order_by(m.membership_id))


def _activity(piece: Piece, as_of: dt.date, counts_points: bool) -> sa.Select:
    """What counts for a tier: stays on the day of departure, wherever they were, and points earned that were not taken back."""
    m, s, p = tables.memberships.c, tables.stays.c, tables.points.c
    stays = (select(m.membership_id.label("member"), s.stay_departure_on.label("day"), s.stay_nights.label("nights"), literal(1, sa.BigInteger).label("stays"),
                    literal(0, sa.BigInteger).label("points"))
             .select_from(tables.memberships.join(tables.stays, and_(s.guest_id == m.guest_id, s.is_stay == 1)))
             .where(piece.holds(m), s.stay_departure_on >= m.enrolled_on, s.stay_departure_on < as_of))
    back = tables.points.alias("back").c
    taken = select(back.reverses_id).where(back.reverses_id.is_not(None), back.posted_on < as_of)
    earned = (select(p.membership_id, p.posted_on, literal(0, sa.BigInteger), literal(0, sa.BigInteger), p.points)
              .where(piece.holds(p), p.kind == "earn", p.posted_on < as_of, p.reverses_id.is_(None), p.entry_id.not_in(taken)))
    found = (sa.union_all(stays, earned) if counts_points else stays).subquery("found").c
    return (select(found.member, found.day, *(sa.cast(func.sum(found[name]), sa.BigInteger).label(name) for name in MEASURED))
            .group_by(found.member, found.day).order_by(found.member, found.day))


def _overrides(piece: Piece) -> sa.Select:
    o, m = tables.overrides.c, tables.memberships.c
    return (select(o.membership_id.label("member"), o.tier, o.from_on, o.until_on)
            .select_from(tables.overrides.join(tables.memberships, m.membership_id == o.membership_id)).where(piece.holds(m))
            .order_by(o.membership_id, o.from_on))
