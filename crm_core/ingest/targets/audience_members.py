"""Who was in which arm of a campaign, as another system drew it: its holdouts can be read like those that are drawn here."""
import datetime as dt
import json
from collections import defaultdict
from typing import NamedTuple

import sqlalchemy as sa

from crm_core.i18n import N_
from crm_core.ingest.lookup import among
from crm_core.ingest.targets.arms import CONTACT, HELD_OUT, arm_of
from crm_core.ingest.targets.definition import Column, Target
from crm_core.ingest.targets.landing import Fault, Landing, Misfit, Row, on
from crm_core.ingest.targets.messages import messages
from crm_core.schema import audience, audience_member, campaign, guest, profile, send

WHOLE = 10_000  # basis points
LONGEST_NAME = 80


class Told(NamedTuple):
    """Whom a row names, by record and person, and in which arm: contact or held_out, and the variant."""

    guest_id: int
    person: int
    arm: tuple[str, str]


def write(landing: Landing) -> None:
    """Write the arms of campaigns, those of each as one audience; what is known of a person's arm is never changed."""
    numbers: dict[str, int] = {}
    landing.members = defaultdict(list)
    for rows in landing.chunks():
        landing.staging.gather((row.line, numbers.setdefault(row["campaign_id"], len(numbers))) for row in rows)
    for owned in landing.gathered():
        for rows in owned.values():
            _campaign(landing, rows)
    landing.kept.noted("audience_member", sorted(landing.members.items()))


def _campaign(landing: Landing, rows: list[Row]) -> None:
    """Write the rows of one campaign; those that do not go with the others, or with what is here, are kept out."""
    messages(landing).look_up_campaigns(rows)
    number = messages(landing).campaign(rows[0])
    there = _audience(landing, number)
    day, told, known = there.as_of if there else _day(landing, number, rows), _told(landing, rows), _known(landing, there)
    said, new = _arms(told, known), {}
    for row in rows:
        try:
            one = _checked(landing, row, there, day, told.get(row.line), said)
            landing.done(row, "duplicates" if one.person in known or one.person in new else "added")
            if one.person not in known:
                new.setdefault(one.person, one)
        except Fault as fault:
            landing.keep_out(row, fault)
    if new:
        _join(landing, there.id if there else _establish(landing, rows[0], day), list(new.values()))


def _checked(landing: Landing, row: Row, there: sa.Row | None, day: dt.date | None, one: Told | None, said: dict[int, set]) -> Told:
    """Return whom a row names; raises Misfit for a row that cannot be."""
    if there and json.loads(there.definition).get("import") != landing.source:
        raise Misfit("campaign_id", "arms_drawn_here")
    if day is None:
        raise Misfit("assigned_on", "no_day_of_arms")
    if _is_to_come(row):
        raise Misfit("assigned_on", "after_today")
    if on(row["assigned_on"]) not in (None, day):
        raise Misfit("assigned_on", "other_day_of_arms")
    if one is None:
        raise Misfit("guest_ref" if row["guest_ref"] else "email", "no_such_guest")
    if len(said[one.person]) > 1:
        raise Misfit("arm", "two_arms")
    return one


def _is_to_come(row: Row) -> bool:
    return bool(row["assigned_on"]) and on(row["assigned_on"]) > dt.date.today() + dt.timedelta(1)


# --- what is known --------------------------------------------------------------------------------------------------------
def _audience(landing: Landing, number: int | None) -> sa.Row | None:
    """The audience that a campaign has."""
    asked = sa.select(audience).join(campaign, campaign.c.audience_id == audience.c.id).where(campaign.c.id == number)
    return landing.connection.execute(asked).first() if number else None


def _day(landing: Landing, number: int | None, rows: list[Row]) -> dt.date | None:
    """The day on which the arms were drawn: the earliest that the rows tell, else that of the campaign or of its first message."""
    days = [on(row["assigned_on"]) for row in rows if row["assigned_on"] and not _is_to_come(row)]
    if days or number is None:
        return min(days, default=None)
    c, first = campaign.c, sa.select(sa.func.min(send.c.sent_at)).where(send.c.campaign_id == number).scalar_subquery()
    sent_at, planned_on = landing.connection.execute(sa.select(sa.func.coalesce(c.sent_at, first), c.planned_on).where(c.id == number)).one()
    return dt.date.fromisoformat(sent_at[:10]) if sent_at else planned_on


def _told(landing: Landing, rows: list[Row]) -> dict[int, Told]:
    """Whom rows name and in which arm, by line; without those whose guest is not here."""
    found = {row.line: (landing.find.profile(row), arm_of(row["arm"], row["cell"])) for row in rows}
    person = sa.func.coalesce(guest.c.merged_into, guest.c.id)
    asked = sa.select(profile.c.id, guest.c.id, person).join_from(profile, guest, guest.c.id == profile.c.guest_id)
    guests = {id_: who for id_, *who in landing.connection.execute(asked.where(
        among(landing.connection, profile.c.id, {id_ for id_, _ in found.values() if id_})))}
    return {line: Told(*guests[id_], arm) for line, (id_, arm) in found.items() if id_}


def _known(landing: Landing, there: sa.Row | None) -> dict[int, tuple[str, str]]:
    """The arm of each person who is on an audience already."""
    person, m = sa.func.coalesce(guest.c.merged_into, guest.c.id), audience_member.c
    asked = sa.select(person, m.arm, m.cell).join_from(audience_member, guest, guest.c.id == m.guest_id)
    return {id_: (arm, cell) for id_, arm, cell in landing.connection.execute(asked.where(m.audience_id == there.id))} if there else {}


def _arms(told: dict[int, Told], known: dict[int, tuple[str, str]]) -> dict[int, set[tuple[str, str]]]:
    """All arms in which each person is told to be, by the file and by the store."""
    said = defaultdict(set)
    for one in told.values():
        said[one.person] |= {one.arm} | ({known[one.person]} if one.person in known else set())
    return said


# --- what is written ------------------------------------------------------------------------------------------------------
def _establish(landing: Landing, row: Row, day: dt.date) -> int:
    """Make the audience of a campaign, which is created too where it is not here."""
    connection, number = landing.connection, messages(landing).campaign_or_new(row)
    found = connection.execute(sa.select(campaign).where(campaign.c.id == number)).one()
    values = {"name": _name(landing, found.name), "kind": "segment", "definition": json.dumps({"import": landing.source}), "as_of": day,
              "properties": json.dumps(sorted(place.id for place in landing.places.values())), "window_days": found.window_days, "holdout_bp": 0,
              "salt": "", "actor": landing.actor, "at": landing.change.at, "purpose": found.purpose, "channel": found.channel}  # fmt: skip
    made = connection.execute(sa.insert(audience).values(values).returning(audience.c.id)).scalar_one()
    landing.kept.added("audience", [made])
    landing.kept.keep(campaign, [number])
    connection.execute(sa.update(campaign).where(campaign.c.id == number).values(audience_id=made, revision=landing.change.revision))
    return made


def _name(landing: Landing, name: str) -> str:
    """The campaign's name, with a number where another audience bears it."""
    taken = {one.casefold() for one in landing.connection.execute(sa.select(audience.c.name)).scalars()}
    name = name[:LONGEST_NAME - 4]
    return next(one for one in (name, *(f"{name} {n}" for n in range(2, len(taken) + 3))) if one.casefold() not in taken)


def _join(landing: Landing, id_: int, new: list[Told]) -> None:
    """Put people on an audience, and say what its shares are now."""
    landing.connection.execute(sa.insert(audience_member), [
        {"audience_id": id_, "guest_id": one.guest_id, "arm": one.arm[0], "cell": one.arm[1]} for one in new])
    for one in new:
        landing.members[one.guest_id].append(id_)
    m = audience_member.c
    counts = {(arm, cell): n for arm, cell, n in landing.connection.execute(
        sa.select(m.arm, m.cell, sa.func.count()).where(m.audience_id == id_).group_by(m.arm, m.cell).order_by(m.arm, m.cell))}
    shares = _shares({cell or arm: n for (arm, cell), n in counts.items()})
    landing.kept.keep(audience, [id_])
    landing.connection.execute(sa.update(audience).where(audience.c.id == id_).values(
        shares=json.dumps(shares, ensure_ascii=False), holdout_bp=shares.get(HELD_OUT, 0)))
    landing.counts["no_control"] += HELD_OUT not in shares
    landing.counts["few_in_arm"] += sum(n == 1 for n in counts.values()) + all(arm != CONTACT for arm, _ in counts)


def _shares(counts: dict[str, int]) -> dict[str, int]:
    """The share of each arm in basis points; what rounding leaves over is the largest arm's."""
    everybody = sum(counts.values())
    shares = {arm: n * WHOLE // everybody for arm, n in counts.items()}
    shares[max(counts, key=lambda arm: (counts[arm], arm))] += WHOLE - sum(shares.values())
    return shares


AUDIENCE_MEMBERS = Target("audience_members", N_("Who was in which arm"), N_("One row per person whom another system put into an arm of a campaign."), (
    Column("campaign_id", N_("The campaign's number on its platform."), "id", True, "K-17"),
    Column("campaign_name", N_("The campaign's name, by which a new one is created."), "text", False, "Spring at the coast"),
    Column("guest_ref", N_("The guest's number in your system."), "id", False, "G-77"),
    Column("email", N_("The guest's own e-mail address."), "email", False, "anna.weber@example.com"),
    Column("arm", N_("contact for those who were written to, or the variant; holdout or control for those who got nothing."), "text", True, "contact"),
    Column("cell", N_("The variant, where the arm does not name it."), "text", False, "A"),
    Column("assigned_on", N_("The day on which the arms were drawn, the same for all; where it is empty, the campaign's."), "past_day", False, "2025-02-01"),
), needs=("guest_ref", "email"), write=write, keeps_equals=False)
