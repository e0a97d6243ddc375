"""Offers that a message can make, and which of them come first for whom: by what the guest used before, times what it earns."""
import re
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.outreach.offers import Offer, rank
from crm_core.records.guests import visible
from crm_core.records.leads import factors
from crm_core.records.persons import own_id, persons_of
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.records.segments import plain_name, seen
from crm_core.schema import ARMS, DEPARTMENTS, audience, audience_member, charge, guest, offer, profile, stay
from crm_core.scope import Scope
from crm_core.store.bulk import among
from crm_core.store.record import Change

# What an offer is of: a department that posts charges, a night more or a better room, a late departure. A fee for cancelling is no offer.
OF = (*(one for one in DEPARTMENTS if one != "cancellation_fee"), "room", "late_checkout")
CODE, CURRENCY = re.compile(r"[a-z0-9_-]{1,40}"), re.compile(r"[A-Z]{3}")
MOST_MARGIN, MOST_NIGHTS, MOST_SHOWN = 10**9, 60, 10
ANY_NIGHTS = 10**6  # of a guest without a booking: the stay to come can be of any length
STAYED = ("in_house", "checked_out")


@dataclass(frozen=True)
class Ranked:
    """Which offers come first: `rows` (guest_id, offer, place, p, score_minor in the reporting currency, reason, uses, stays, base), `first` (how many
    guests an offer comes first for, by code) and `without_rate` (codes of offers whose currency has no rate)."""

    rows: list[dict]
    first: dict[str, int]
    without_rate: list[str]


@lookup("read")
def offers(connection: Connection, scope: Scope) -> list[dict]:
    """Return the offers, those that are made first, by name."""
    return sorted(_all(connection), key=lambda row: (not row["is_active"], row["name"].casefold(), row["id"]))


def _all(connection: Connection) -> list[dict]:
    return [dict(row) for row in connection.execute(select(offer)).mappings()]


@lookup("read")
def offers_for(connection: Connection, scope: Scope, *, guests: tuple[int, ...] = (), audience_id: int | None = None, most: int = 3) -> Ranked:
    """Return the offers that come first for guests, or for an audience's contacted people, `most` (1 to 10) for each.

    A ranking by past use at the scope's properties, not by what an offer changes. A room counts as used in stays of the nights that its offer needs;
    of late departures nothing is recorded, so they come last. Where a stay is booked, offers that need more nights are left out.
    """
    asked = guests if audience_id is None else _contacted(connection, scope, audience_id)
    made = [row for row in _all(connection) if row["is_active"]]
    worth = factors(connection, scope.as_of)
    known = [row for row in made if row["currency"] in worth]
    persons = _persons(connection, scope, asked)
    ranked = _ranked(connection, scope, known, worth, persons)
    shown = ranked[ranked["place"] <= max(1, min(most, MOST_SHOWN))]
    first = shown[shown["place"] == 1]["offer"].astype(str).value_counts().sort_index().to_dict()
    return Ranked(shown.to_dict("records"), first, [row["code"] for row in made if row["currency"] not in worth])


def _contacted(connection: Connection, scope: Scope, audience_id: int) -> tuple[int, ...]:
    said = connection.execute(select(audience.c.properties).where(audience.c.id == audience_id)).scalar()
    if said is None or not seen(said, scope):
        return ()
    m = audience_member.c
    return tuple(connection.execute(select(m.guest_id).where(m.audience_id == audience_id, m.arm == ARMS[0])).scalars())


def _persons(connection: Connection, scope: Scope, guests: tuple[int, ...]) -> list[int]:
    mine = among(connection, guest.c.id, set(persons_of(connection, guests).values()))
    return list(connection.execute(select(guest.c.id).where(mine, visible(scope)).order_by(guest.c.id)).scalars())


def _ranked(connection: Connection, scope: Scope, made: list[dict], worth: dict[str, float], persons: list[int]) -> pd.DataFrame:
    listed = [Offer(row["code"], row["name"], _used(row), round(row["margin_minor"] * worth[row["currency"]]), row["least_nights"]) for row in made]
    if not listed or not persons:
        return pd.DataFrame({"place": pd.Series(dtype="int64"), "offer": pd.Series(dtype=object)})
    stays = _stays(connection, scope)
    use, mine = _use(connection, scope, made, stays), stays[stays["guest_id"].isin(persons)]
    base = (use["department"].value_counts() / len(stays)).to_dict() if len(stays) else {}
    counted = use[use["guest_id"].isin(persons)].groupby(["guest_id", "department"]).size().rename("uses").reset_index()
    about = pd.DataFrame({"guest_id": persons}).merge(mine.groupby("guest_id").size().rename("stays").reset_index(), how="left")
    booked = about["guest_id"].map(_booked(connection, scope, persons)).fillna(ANY_NIGHTS)
    return rank(listed, counted, about.assign(stays=about["stays"].fillna(0).astype("int64"), nights=booked), base)


def _used(row: dict) -> str:
    return f"room:{row['least_nights']}" if row["department"] == "room" else row["department"]


def _real(scope: Scope) -> sa.ColumnElement[bool]:
    return and_(stay.c.property_id.in_(scope.properties), stay.c.rate_class != "house_use", profile.c.is_booker == 0, guest.c.erased_at.is_(None))


def _of_stays() -> sa.FromClause:
    return stay.join(profile, profile.c.id == stay.c.profile_id).join(guest, guest.c.id == profile.c.guest_id)


def _stays(connection: Connection, scope: Scope) -> pd.DataFrame:
    """Realised stays of known guests: stay_id, guest_id, nights."""
    s = stay.c
    rows = connection.execute(select(s.id, own_id(), sa.type_coerce(s.arrival_on, sa.Text), sa.type_coerce(s.departure_on, sa.Text))
                              .select_from(_of_stays()).where(_real(scope), s.status.in_(STAYED), s.arrival_on <= scope.as_of)).all()
    frame = pd.DataFrame.from_records([tuple(row) for row in rows], columns=["stay_id", "guest_id", "arrival", "departure"])
    nights = (pd.to_datetime(frame["departure"]) - pd.to_datetime(frame["arrival"])).dt.days
    return frame[["stay_id", "guest_id"]].assign(nights=nights).astype("int64")


def _use(connection: Connection, scope: Scope, made: list[dict], stays: pd.DataFrame) -> pd.DataFrame:
    """One row per stay and department (or room of so many nights) that was used in it: guest_id, department."""
    rows = connection.execute(select(charge.c.stay_id, charge.c.department).where(charge.c.property_id.in_(scope.properties), charge.c.department.in_(OF))
                              .group_by(charge.c.stay_id, charge.c.department).having(func.sum(charge.c.amount_minor) > 0)).all()
    posted = pd.DataFrame([tuple(row) for row in rows], columns=["stay_id", "department"]).astype({"stay_id": "int64"}).merge(stays)
    rooms = [stays[stays["nights"] >= row["least_nights"]].assign(department=_used(row)) for row in made if row["department"] == "room"]
    used = pd.concat([posted, *rooms], ignore_index=True)[["stay_id", "guest_id", "department"]]
    return used.drop_duplicates()[["guest_id", "department"]]


def _booked(connection: Connection, scope: Scope, persons: list[int]) -> dict[int, int]:
    """The nights of the next stay of each guest who has one ahead."""
    s = stay.c
    rows = connection.execute(select(own_id(), s.arrival_on, s.departure_on).select_from(_of_stays()).where(
        _real(scope), s.status == "confirmed", s.arrival_on >= scope.as_of, among(connection, own_id(), persons)).order_by(s.arrival_on.desc(), s.id.desc()))
    return {person: (departure - arrival).days for person, arrival, departure in rows}


# --- actions ------------------------------------------------------------------------------------------------------------
@action("campaign", "save", "offer")
def save_offer(change: Change, scope: Scope, *, name: str, department: str, margin_minor: int, currency: str, least_nights: int = 0, is_active: bool = True,
               code: str = "", id: int | None = None, version: int = 0) -> int:
    """Add an offer under a code, or (with its `id` and `version`) change the one there is; return its id.

    `margin_minor` is what it earns each time it is taken, in minor units. Raises Stale where somebody changed it meanwhile, Refused for a code that
    is taken and for values that cannot be.
    """
    values = {"name": plain_name(name), "is_active": int(is_active), **_checked(department, margin_minor, currency, least_nights)}
    if id is not None:
        return _changed(change, id, version, values)
    if not CODE.fullmatch(code):
        raise Refused(N_("An offer's code has small letters, digits, _ and - only, 40 at most."))
    if change.connection.execute(select(offer.c.id).where(offer.c.code == code)).first():
        raise Refused(N_("There is an offer with this code: choose another."))
    return change.connection.execute(sa.insert(offer).values(code=code, **values).returning(offer.c.id)).scalar_one()


def _checked(department: str, margin_minor: int, currency: str, least_nights: int) -> dict:
    if department not in OF:
        raise Refused(N_("Choose from the list what the offer is of."))
    if not 0 <= margin_minor <= MOST_MARGIN or not 0 <= least_nights <= MOST_NIGHTS:
        raise Refused(N_("An offer earns something, not less than nothing, and needs 0 to 60 nights."))
    if not CURRENCY.fullmatch(currency):
        raise Refused(N_("Write a currency in three capital letters, like EUR."))
    return {"department": department, "margin_minor": margin_minor, "currency": currency, "least_nights": least_nights}


def _changed(change: Change, id: int, version: int, values: dict) -> int:
    row = change.connection.execute(select(offer).where(offer.c.id == id)).mappings().one_or_none()
    if row is None:
        raise Refused(N_("There is no such offer."))
    mine = (offer.c.id == id) & (offer.c.version == version)
    if change.connection.execute(sa.update(offer).where(mine).values(**values, version=version + 1)).rowcount != 1:
        raise Stale(dict(row))
    return id
