"""A guest is erased: what is personal goes from every table, and from what is kept for undoing; stays and figures remain, nobody's."""
import json

import sqlalchemy as sa
from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from crm_core.records import identity, readings, review_search
from crm_core.records.movements import today
from crm_core.schema import (
    audience_left,
    audience_member,
    case_step,
    former,
    guest,
    interaction,
    invitation,
    journey_due,
    lead,
    match_pair,
    membership,
    note,
    points_entry,
    preference,
    profile,
    referral,
    referral_code,
    review,
    search_term,
    send,
    service_case,
    survivor,
    tag,
    tier_override,
)
from crm_core.store.bulk import among
from crm_core.store.record import Change

OWNED = (search_term, preference, tag, note, survivor, audience_member, audience_left, journey_due)
OF_PROFILES = (membership, send, review)
ALSO = {"send": {"domain": ""}}  # what was made of an address goes with it
# Images of these go as a whole; of other rows a batch's undoing needs the rest, or it would take the row for one that the batch added.
FORGOTTEN = (guest, survivor, search_term)


def erase(change: Change, guest_id: int, actor: str) -> None:
    """Remove all that is personal of one guest record, for good; the others of its person stay together and keep theirs.

    Its consents stay: they are a record that only grows, and hold no name.
    """
    connection = change.connection
    profiles = connection.execute(select(profile.c.id).where(profile.c.guest_id == guest_id)).scalars().all()
    _leave_others(change, guest_id, actor)
    for table in OWNED:
        connection.execute(sa.delete(table).where(table.c.guest_id == guest_id))
    _blank(change, guest, guest.c.id == guest_id, erased_at=change.at)
    states = {column.name: "missing" for column in profile.c if column.name.endswith("_state")}
    _blank(change, profile, profile.c.guest_id == guest_id, **states)
    _forget(connection, FORGOTTEN, [guest_id])
    _forget(connection, (profile,), profiles)
    _leave_feedback(change, profiles)
    for table in OF_PROFILES:
        _blank_with_images(change, table, among(connection, table.c.profile_id, profiles))
    _leave_programme(change, profiles)
    leads = select(lead.c.id).where(lead.c.guest_id == guest_id)
    _blank_with_images(change, interaction, or_(interaction.c.guest_id == guest_id, interaction.c.lead_id.in_(leads)))
    _blank_with_images(change, lead, lead.c.guest_id == guest_id)


def _leave_others(change: Change, guest_id: int, actor: str) -> None:
    """Take the record out of its person and off the queue, so that it stands for nobody else."""
    connection, touching = change.connection, or_(match_pair.c.a_id == guest_id, match_pair.c.b_id == guest_id)
    near = {id_ for pair in connection.execute(select(match_pair.c.a_id, match_pair.c.b_id).where(touching)) for id_ in pair}
    connection.execute(sa.delete(match_pair).where(touching))
    identity.take_out(change, guest_id, actor)
    identity.settle(change, near)


def _leave_programme(change: Change, profiles: list[int]) -> None:
    """Blank what was written of the guest as a member, end codes and forget their words, and whose invitation the guest was.

    Points stay as they are, nobody's: the ledger's sums do not change.
    """
    connection = change.connection
    theirs = select(membership.c.id).where(among(connection, membership.c.profile_id, profiles))
    for table in (points_entry, tier_override):
        said = table.c.reason.is_not(None)
        _blank_with_images(change, table, table.c.membership_id.in_(theirs) & said)
    c = referral_code.c
    connection.execute(sa.update(referral_code).where(c.membership_id.in_(theirs)).values(
        code="erased-" + sa.cast(c.id, sa.Text), ended_on=sa.func.coalesce(c.ended_on, today(connection)), version=c.version + 1, revision=change.revision))
    invited = among(connection, referral.c.profile_id, profiles)
    connection.execute(sa.update(referral).where(invited).values(profile_id=None, revision=change.revision))


def _leave_feedback(change: Change, profiles: list[int]) -> None:
    """Forget what was read in the guest's reviews, and their words in every index; blank the steps of their cases; end links to surveys."""
    connection = change.connection
    reviews = connection.execute(select(review.c.id).where(among(connection, review.c.profile_id, profiles))).scalars().all()
    readings.forget(connection, reviews)
    review_search.forget(connection, reviews, for_good=True)
    touched = among(connection, service_case.c.profile_id, profiles) | among(connection, service_case.c.review_id, reviews)
    cases = connection.execute(select(service_case.c.id).where(touched)).scalars().all()
    _blank_with_images(change, service_case, among(connection, service_case.c.id, cases))
    _blank_with_images(change, case_step, among(connection, case_step.c.service_case_id, cases))
    asked = among(connection, invitation.c.profile_id, profiles)
    connection.execute(sa.update(invitation).where(asked).values(token_hash=None, version=invitation.c.version + 1, revision=change.revision))


def _blank(change: Change, table: sa.Table, where: sa.ColumnElement[bool], **also) -> None:
    marks = {"revision": change.revision} | ({"version": table.c.version + 1} if "version" in table.c else {})
    change.connection.execute(sa.update(table).where(where).values(**_empty(table), **also, **marks))


def _empty(table: sa.Table) -> dict[str, str | None]:
    return {column.name: None for column in table.c if column.info.get("personal")} | ALSO.get(table.name, {})


def _blank_with_images(change: Change, table: sa.Table, where: sa.ColumnElement[bool]) -> None:
    connection, f = change.connection, former.c
    ids = connection.execute(select(table.c.id).where(where)).scalars().all()
    images = connection.execute(select(f.id, f.row).where(f.table_name == table.name, among(connection, f.row_id, ids), f.row.is_not(None))).all()
    for id_, row in images:
        connection.execute(sa.update(former).where(f.id == id_).values(row=json.dumps(json.loads(row) | _empty(table), ensure_ascii=False)))
    _blank(change, table, among(connection, table.c.id, ids))


def _forget(connection: Connection, tables: tuple[sa.Table, ...], ids: list[int]) -> None:
    names = [table.name for table in tables]
    connection.execute(sa.delete(former).where(former.c.table_name.in_(names), among(connection, former.c.row_id, ids)))
