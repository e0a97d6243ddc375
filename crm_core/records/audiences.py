"""Audiences: guests who are to be contacted, saved as they stood, some of them held out by lot to see what contact does."""
import json
import secrets
from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection

from crm_core.i18n import N_, t
from crm_core.outreach.arms import WHOLE, BadShares, split
from crm_core.outreach.waterfall import HELD, STEPS, Person, why_left
from crm_core.records import campaigns, reachable
from crm_core.records.guests import visible
from crm_core.records.holdout import outreach
from crm_core.records.persons import persons_of
from crm_core.records.registry import Refused, Stale, action, lookup
from crm_core.records.segments import is_taken, plain_name, seen
from crm_core.schema import (
    ARMS,
    AUDIENCE_KINDS,
    CAMPAIGN_PURPOSES,
    CONSENT_CHANNELS,
    audience,
    audience_left,
    audience_member,
    campaign,
    guest,
)
from crm_core.scope import Scope
from crm_core.store.bulk import among, insert
from crm_core.store.record import Change

MOST = 50_000
MOST_HELD_OUT = 5000  # of ten thousand
WINDOW, LONGEST_WINDOW = 180, 730
MOST_ARMS, LONGEST_ARM = 6, 20
ABSENT = N_("There is no such audience.")
TOO_MANY = N_("An audience has at least one guest and at most 50,000: narrow the rule.")


@lookup("read")
def audiences(connection: Connection, scope: Scope, *, kind: str | None = None, archived: bool = False) -> list[dict]:
    """Return the audiences saved for properties that are all in the scope, newest first: the row, with how many are in each arm."""
    counts = [func.count(case((audience_member.c.arm == arm, 1))).label(arm) for arm in ARMS]
    put_away = audience.c.archived_at.is_not(None) if archived else audience.c.archived_at.is_(None)
    rows = connection.execute(
        select(audience, *counts).outerjoin(audience_member, audience_member.c.audience_id == audience.c.id)
        .where(put_away, *([audience.c.kind == kind] if kind else [])).group_by(audience.c.id).order_by(audience.c.id.desc())).mappings()  # fmt: skip
    return [{**row, "definition": json.loads(row["definition"])} for row in rows if seen(row["properties"], scope)]


@lookup("people")
def audience_members(connection: Connection, scope: Scope, *, id: int) -> list[tuple[int, str]]:
    """Return (person, arm) of an audience, by person; empty where there is none that the scope may see. Records that are one person now
    stand once, as contacted if one of them was to be."""
    if find(connection, scope, id) is None:
        return []
    rows = connection.execute(select(audience_member.c.guest_id, audience_member.c.arm).where(audience_member.c.audience_id == id)).all()
    who, found = persons_of(connection, [guest_id for guest_id, _ in rows]), {}
    for guest_id, arm in rows:
        found[who[guest_id]] = min(arm, found.get(who[guest_id], arm))
    return sorted(found.items())


@action("segment", "save", "audience")
def save_audience(change: Change, scope: Scope, *, name: str, kind: str, definition: dict, guests: list[int], holdout_bp: int = 0,
                  window_days: int = WINDOW) -> int:
    """Save guests as an audience, split into arms by person, and return its id.

    Raises Refused where the name is empty or taken, a number is out of range, there is nobody or more than MOST, or one of the guests is
    not in the scope; a guest who was erased meanwhile is left out.
    """
    if kind not in AUDIENCE_KINDS or not 0 <= holdout_bp <= MOST_HELD_OUT or not 1 <= window_days <= LONGEST_WINDOW:
        raise Refused(N_("Hold out 0 to 50 %, and look at 1 to 730 days afterwards."))
    salt = secrets.token_hex(8)
    arms_of = split(list(_persons(change.connection, scope, guests)), salt, {ARMS[0]: WHOLE - holdout_bp, ARMS[1]: holdout_bp})
    made = _write(change, scope, {"name": _named(change.connection, scope, name), "kind": kind, "window_days": window_days, "holdout_bp": holdout_bp,
                                  "definition": json.dumps(definition, ensure_ascii=False), "salt": salt})
    change.connection.execute(sa.insert(audience_member), [{"audience_id": made, "guest_id": i, "arm": arm} for i, arm in sorted(arms_of.items())])
    return made


# --- drawn: everybody who may be written to, and why the others may not ---------------------------------------------------
@dataclass(frozen=True)
class Preview:
    """Whom a draw would find now: persons who may be written to, and those who may not, with the step at which they leave and why."""

    remaining: tuple[int, ...]
    left: dict[int, tuple[str, str]]


@lookup("campaign")
def audience_preview(connection: Connection, scope: Scope, *, guests: tuple[int, ...], purpose: str = "marketing", channel: str = "email") -> Preview:
    """Return whom draw_audience would find of these guests now, by person, those outside of the scope left out; nothing is saved.

    Raises Refused for more than MOST guests.
    """
    if len(guests) > MOST:
        raise Refused(TOO_MANY)
    mine = among(connection, guest.c.id, set(persons_of(connection, guests).values()))
    seen_ = connection.execute(select(guest.c.id).where(mine, visible(scope), guest.c.erased_at.is_(None))).scalars().all()
    persons = reachable.people(connection, scope, seen_, purpose=purpose, channel=channel)
    left = _left(connection, scope, persons, purpose)
    return Preview(tuple(one.guest_id for one in persons if one.guest_id not in left), left)


@action("campaign", "draw", "audience")
def draw_audience(change: Change, scope: Scope, *, name: str, kind: str, definition: dict, guests: list[int], purpose: str = "marketing",
                  channel: str = "email", shares: dict[str, int], strata: tuple[str, ...] = (), strata_of: dict[int, str] | None = None,
                  window_days: int = 30, campaign_id: int | None = None) -> int:
    """Freeze who of the guests is written to, in which arm, who is held out, and at which step the others leave and why; return the audience's id.

    `shares`: basis points of each arm ("held_out" is the control group; "contact" has no variant), which hold in each stratum too (`strata`
    names the traits, `strata_of` a guest's). Raises Refused where nobody is left, for a name that is taken, shares that cannot be, a guest
    outside of the scope, and for a campaign that has an audience already or whose first message is out.
    """
    connection = change.connection
    values = _drawable(connection, scope, kind, purpose, channel, shares, window_days) | {"name": _named(connection, scope, name)}
    drawn_for = _unwritten(connection, scope, campaign_id) if campaign_id is not None else None
    persons = reachable.people(connection, scope, _persons(connection, scope, guests), purpose=purpose, channel=channel)
    left, salt, stratum = _left(connection, scope, persons, purpose), secrets.token_hex(8), _strata(connection, strata_of or {})
    arms_of = _arms([one.guest_id for one in persons if one.guest_id not in left], salt, shares, stratum)
    values |= {"definition": json.dumps(definition, ensure_ascii=False), "strata": json.dumps(strata), "salt": salt,
               "steps": json.dumps(_steps(len(persons), left, arms_of))}
    made = _write(change, scope, values)
    _freeze(connection, made, arms_of, stratum, left)
    if drawn_for:
        _link(change, drawn_for, made)
    return made


def _write(change: Change, scope: Scope, values: dict) -> int:
    own = {"as_of": scope.as_of, "properties": json.dumps(sorted(scope.properties)), "actor": scope.user, "at": change.at}
    return change.connection.execute(sa.insert(audience).values(**values, **own).returning(audience.c.id)).scalar_one()


def _drawable(connection: Connection, scope: Scope, kind: str, purpose: str, channel: str, shares: dict[str, int], window_days: int) -> dict:
    """Return what is stored of these. Raises Refused where one of them cannot be."""
    if kind not in AUDIENCE_KINDS or purpose not in CAMPAIGN_PURPOSES or channel not in CONSENT_CHANNELS or not 1 <= window_days <= LONGEST_WINDOW:
        raise Refused(N_("Choose a purpose and a channel, and look at 1 to 730 days afterwards."))
    held = shares.get(ARMS[1], 0)
    if not 0 <= held <= MOST_HELD_OUT or len(shares) > MOST_ARMS or not all(0 < len(arm) <= LONGEST_ARM for arm in shares):
        raise Refused(N_("Hold out 0 to 50 %, and try at most five variants with short names."))
    try:
        split((), "", shares)
    except BadShares as wrong:
        raise Refused(t(wrong.message, **wrong.values)) from wrong
    return {"kind": kind, "purpose": purpose, "channel": channel, "window_days": window_days, "holdout_bp": held, "shares": json.dumps(shares)}


def _unwritten(connection: Connection, scope: Scope, campaign_id: int) -> dict:
    """Return a campaign that an audience can still be drawn for."""
    row = campaigns.find(connection, scope, campaign_id)
    if row is None or row["archived_at"]:
        raise Refused(campaigns.ABSENT)
    if row["audience_id"]:
        raise Refused(N_("This campaign has its audience: it was drawn once and for all."))
    if campaigns.is_sent(connection, row):
        raise Refused(N_("Messages are out: an audience is drawn before the first one."))
    return row


def _left(connection: Connection, scope: Scope, persons: list[Person], purpose: str) -> dict[int, tuple[str, str]]:
    """Return those who may not be written to, with the step at which they leave and why. The lot and the cap are for marketing."""
    rules, marketing = outreach(connection), purpose == "marketing"
    held = rules.held((one.guest_id for one in persons), scope.as_of) if marketing else set()
    found = ((one.guest_id, why_left(one, rules.cap if marketing else None) or (HELD[0] if one.guest_id in held else None)) for one in persons)
    return {guest_id: left for guest_id, left in found if left}


def _strata(connection: Connection, strata_of: dict[int, str]) -> dict[int, str]:
    """Return the stratum of each person; of two records of one person the first one's counts."""
    who = persons_of(connection, strata_of)
    return {who[guest_id]: str(strata_of[guest_id]) for guest_id in sorted(strata_of, reverse=True) if guest_id in who}


def _arms(people: list[int], salt: str, shares: dict[str, int], strata: dict[int, str]) -> dict[int, str]:
    if not people:
        raise Refused(N_("Nobody is left who may be written to: look at the steps to see why."))
    return split(people, salt, shares, strata)


def _steps(selected: int, left: dict[int, tuple[str, str]], arms_: dict[int, str]) -> list[tuple[str, int]]:
    """How many are left after each step: of the last two, without those whom the lots hold out."""
    counts, remaining = [(STEPS[0], selected)], selected
    lost = Counter(step for step, _ in left.values()) + Counter(HELD[1][0] for arm in arms_.values() if arm == ARMS[1])
    for step in STEPS[1:]:
        remaining -= lost[step]
        counts.append((step, remaining))
    return counts


def _freeze(connection: Connection, made: int, arms_: dict[int, str], strata: dict[int, str], left: dict[int, tuple[str, str]]) -> None:
    rows = ((i, ARMS[1] if arm == ARMS[1] else ARMS[0], "" if arm in ARMS else arm, strata.get(i, "")) for i, arm in sorted(arms_.items()))
    insert(connection, audience_member, ("guest_id", "arm", "cell", "stratum"), rows, audience_id=made)
    insert(connection, audience_left, ("guest_id", "step", "why"), ((i, *why) for i, why in sorted(left.items())), audience_id=made)


def _link(change: Change, row: dict, made: int) -> None:
    values = {"audience_id": made, "version": row["version"] + 1, "revision": change.revision}
    change.connection.execute(sa.update(campaign).where(campaign.c.id == row["id"]).values(values))


@action("segment", "archive", "audience", marks=False)
def archive_audience(change: Change, scope: Scope, *, id: int, version: int) -> None:
    """Put an audience away; who was on it stays known. Raises Stale where somebody else changed it since."""
    present = find(change.connection, scope, id)
    if present is None:
        raise Refused(ABSENT)
    mine = (audience.c.id == id) & (audience.c.version == version)
    if change.connection.execute(sa.update(audience).where(mine).values(archived_at=change.at, version=version + 1)).rowcount != 1:
        raise Stale(present)


def find(connection: Connection, scope: Scope, id: int) -> dict | None:
    """Return an audience's row, None where there is none that the scope may see."""
    row = connection.execute(select(audience).where(audience.c.id == id)).mappings().one_or_none()
    return dict(row) if row and seen(row["properties"], scope) else None


def _persons(connection: Connection, scope: Scope, guests: list[int]) -> set[int]:
    """Return the persons of these guests. Raises Refused for the whole list where one of them is not in the scope."""
    if not 0 < len(guests) <= MOST:
        raise Refused(TOO_MANY)
    who = persons_of(connection, guests)
    persons = set(who.values())
    gone = set(connection.execute(select(guest.c.id).where(among(connection, guest.c.id, persons), guest.c.erased_at.is_not(None))).scalars())
    found = set(connection.execute(select(guest.c.id).where(among(connection, guest.c.id, persons - gone), visible(scope))).scalars())
    if len(who) != len(set(guests)) or found != persons - gone:
        raise Refused(N_("There is no such guest among yours; nothing was saved."))
    if not found:
        raise Refused(N_("Nobody is left on this list: the figures are older than the records. Refresh, then save it again."))
    return found


def _named(connection: Connection, scope: Scope, name: str) -> str:
    plain = plain_name(name)
    rows = connection.execute(select(audience.c.name, audience.c.properties).where(audience.c.archived_at.is_(None)))
    if any(is_taken(plain, row, scope) for row in rows):
        raise Refused(N_("There is an audience of this name: choose another."))
    return plain
