"""Whom a survey may ask: one guest for each stay, with an address that works, who never refused; and the links that are made for them."""
import datetime as dt
import hashlib
import secrets
import zoneinfo
from collections import Counter, defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_
from crm_core.records.guests import consent_state, visible
from crm_core.records.persons import shown
from crm_core.records.registry import Refused
from crm_core.schema import consent, guest, invitation, profile, property, stay
from crm_core.scope import Scope
from crm_core.store.bulk import among
from crm_core.store.record import Change

SOURCE, PURPOSE, CHANNEL = "innsight", "survey", "email"
REFUSALS = ("withdrawn", "objected")
UNUSABLE = ("missing", "invalid", "placeholder", "bounced")
STAYED = ("in_house", "checked_out")
# Why somebody is left out: the stay did not take place (yet), asked for this stay already, nobody known of the stay, no address that works, said no to
# surveys; and, of invitations, answered already.
LEFT_OUT = ("not_stayed", "already_asked", "nobody", "no_email", "refused", "answered")
TOKEN_BYTES = 24


@dataclass(frozen=True)
class Link:
    """A link that was made for a guest: its token exists nowhere else."""

    invitation_id: int
    stay_id: int | None
    guest_id: int
    name: str
    email: str
    language: str
    token: str
    expires_at: str


@dataclass(frozen=True)
class Invited:
    """The links that were made, and how many guests were left out and why (keys of LEFT_OUT)."""

    links: list[Link]
    left_out: dict[str, int]


def hash_of(token: str) -> bytes:
    """Return what is kept of a link's token."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


def those_to_ask(connection: Connection, scope: Scope, survey: sa.RowMapping, stays: list[int] | None, since: dt.date | None,
                 until: dt.date | None) -> tuple[list[dict], dict[str, int]]:
    """Return the stays whose guests a survey asks, with person, name, email and language, and how many are left out and why."""
    s = stay.c
    if stays is not None:
        where, wanted = among(connection, s.id, stays), len(set(stays))
    else:
        where, wanted = _between(survey["kind"], since, until), None
    asked = select(invitation.c.id).where(invitation.c.stay_id == s.id).exists().label("is_asked")
    chosen = select(s.id.label("stay_id"), s.property_id, s.profile_id, s.status, asked).where(where, s.property_id.in_(scope.properties))
    rows = _reached(connection, chosen, stay, scope)
    if wanted is not None and len(rows) != wanted:
        raise Refused(N_("There is no such stay."))
    return _apart(rows)


def _between(kind: str, since: dt.date | None, until: dt.date | None) -> sa.ColumnElement[bool]:
    if since is None or until is None or since >= until:
        raise Refused(N_("Choose the days from which, and until which, stays are meant."))
    status, day = ("in_house", stay.c.arrival_on) if kind == "in_stay" else ("checked_out", stay.c.departure_on)
    return (stay.c.status == status) & (day >= since) & (day < until)


def invitation_rows(connection: Connection, scope: Scope, ids: list[int], *, every: bool = False) -> tuple[list[dict], dict[str, int]]:
    """Return invitations of the scope that may be sent again, and how many are left out and why; with `every` none is left out.

    Raises Refused for one that is not in the scope.
    """
    i = invitation.c
    columns = (i.id, i.survey_id, i.stay_id, i.property_id, i.profile_id, i.sent_on, i.expires_at, i.answered_at)
    rows = _reached(connection, select(*columns).where(among(connection, i.id, ids), i.property_id.in_(scope.properties)), invitation, scope)
    if len(rows) != len(set(ids)):
        raise Refused(N_("There is no such invitation."))
    return (rows, {}) if every else _apart(rows)


def _reached(connection: Connection, rows: sa.Select, table: sa.Table, scope: Scope) -> list[dict]:
    """Rows with a profile, each with the person, its name, address and language, and why (`why`) it cannot be asked ("" : it can)."""
    own = func.coalesce(guest.c.merged_into, guest.c.id).label("person")
    joined = table.outerjoin(profile, profile.c.id == table.c.profile_id).outerjoin(guest, guest.c.id == profile.c.guest_id)
    found = [dict(row) for row in connection.execute(rows.add_columns(own).select_from(joined).order_by(table.c.id)).mappings()]
    persons = sorted({row["person"] for row in found if row["person"]})
    known = {row["id"]: dict(row) for row in connection.execute(shown().where(among(connection, guest.c.id, persons), visible(scope))).mappings()}
    refused, unusable = _refused(connection, persons), _unusable(connection, persons)
    return [row | _who(row, known.get(row["person"]), refused, unusable) for row in found]


def _who(row: dict, person: dict | None, refused: set[int], unusable: set[tuple[int, str]]) -> dict:
    said = {name: (person or {}).get(name) or "" for name in ("name", "email", "language")}
    reasons = {
        "not_stayed": row.get("status", "in_house") not in STAYED, "already_asked": row.get("is_asked"),
        "answered": row.get("answered_at"), "nobody": person is None,
        "refused": row["person"] in refused, "no_email": not said["email"] or (row["person"], said["email"].lower()) in unusable}
    return said | {"why": next((why for why, holds in reasons.items() if holds), "")}


def _apart(rows: list[dict]) -> tuple[list[dict], dict[str, int]]:
    return [row for row in rows if not row["why"]], dict(Counter(row["why"] for row in rows if row["why"]))


def _refused(connection: Connection, persons: list[int]) -> set[int]:
    """Persons whose last word on surveys by e-mail, by whichever of their records, is no."""
    own = func.coalesce(guest.c.merged_into, guest.c.id)
    c, events = consent.c, defaultdict(list)
    words = (select(own.label("person"), c.purpose, c.channel, c.state, c.at).join(guest, guest.c.id == c.guest_id)
             .where(among(connection, own, persons), c.purpose == PURPOSE, c.channel == CHANNEL).order_by(c.at, c.id))
    for row in connection.execute(words).mappings():
        events[row["person"]].append(dict(row))
    return {person for person, some in events.items() if consent_state(some)[PURPOSE, CHANNEL]["state"] in REFUSALS}


def _unusable(connection: Connection, persons: list[int]) -> set[tuple[int, str]]:
    """Addresses of persons that are known not to work."""
    own = func.coalesce(guest.c.merged_into, guest.c.id)
    rows = (select(own, func.lower(profile.c.email)).join(guest, guest.c.id == profile.c.guest_id)
            .where(among(connection, own, persons), profile.c.email_state.in_(UNUSABLE), profile.c.email.is_not(None)))
    return {tuple(row) for row in connection.execute(rows)}


def links(change: Change, survey: sa.RowMapping, rows: list[dict]) -> list[Link]:
    """Make a link for each stay, or for each invitation (which has an `id`), that works once until its days are over. Return them."""
    until = dt.datetime.fromisoformat(change.at) + dt.timedelta(survey["days_open"])
    expires_at = until.isoformat(timespec="seconds")
    zones = {row.id: row.time_zone for row in change.connection.execute(select(property.c.id, property.c.time_zone))}
    return [_link(change, survey, row, expires_at, local_day(change.at, zones[row["property_id"]])) for row in rows]


def _link(change: Change, survey: sa.RowMapping, row: dict, expires_at: str, day: dt.date) -> Link:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    i, values = invitation.c, {"token_hash": hash_of(token), "expires_at": expires_at, "sent_on": day, "revision": change.revision}
    if "id" in row:
        change.connection.execute(sa.update(invitation).where(i.id == row["id"]).values(**values, version=i.version + 1))
        made = row["id"]
    else:
        of = {name: row[name] for name in ("property_id", "profile_id", "stay_id")}
        new = sa.insert(invitation).values(survey_id=survey["id"], source=SOURCE, created_at=change.at, channel=CHANNEL, **of, **values)
        made = change.connection.execute(new.returning(i.id)).scalar_one()
    return Link(made, row["stay_id"], row["person"], row["name"], row["email"], row["language"], token, expires_at)


def local_day(at: str, zone: str) -> dt.date:
    """Return the local day of an instant; a time zone that nobody knows counts as UTC."""
    try:
        there = zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        there = dt.UTC
    return dt.datetime.fromisoformat(at).astimezone(there).date()
