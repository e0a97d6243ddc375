"""The newest batch is undone: what it added goes away, what it changed is as it was, in one audited transaction."""
import json

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.i18n import N_, t
from crm_core.ingest import former as before
from crm_core.ingest import undo_campaigns, undo_feedback, undo_house, undo_points
from crm_core.ingest.lookup import among
from crm_core.records import identity
from crm_core.records.registry import Refused, action
from crm_core.schema import (
    audience_left,
    audience_member,
    bulk_action,
    consent,
    former,
    guest,
    guest_link,
    import_batch,
    import_reject,
    interaction,
    journey_due,
    lead,
    lead_step,
    match_pair,
    metadata,
    note,
    preference,
    profile,
    search_term,
    service_case,
    survivor,
    tag,
)
from crm_core.scope import Scope
from crm_core.store.record import Change

STAY_BEHIND = (consent, former)  # append-only, and what is read here
OWNED = (preference, tag, search_term, survivor, audience_member, audience_left, journey_due)
FOUND_IN_SETTINGS = ("property", "channel", "referral_code", "programme")


@action("import", "undo", "import_batch")
def undo_batch(change: Change, scope: Scope, *, id: int) -> dict[str, int]:
    """Undo the newest batch that stands; return how many rows went away ("removed") and how many are as before ("restored").

    Stays, charges, reviews and all else that the batch added go away, profiles with their guests too; merges that touch these guests are
    ended first. Consents are a record that only grows: one that was given by the batch is followed by "expired", a refusal stays, and the
    guest of either stays as an empty, erased row. What the source had anonymised does not come back. The same file can come in again.
    Raises Refused where the batch is not the newest one, reaches other properties, or the staff have worked with its guests or changed
    the contacts that it changed since, have used the points that it brought, have planned, read or used its campaigns, or have worked with
    its events, staff or notes.
    """
    connection = change.connection
    _check_newest(connection, id)
    _check_scope(connection, scope, id)
    images = before.images(connection, id)
    guests = _own_guests(connection, id, images)
    _check_untouched(connection, id, guests, images)
    _check_contacts(connection, id)
    undo_feedback.check(connection, id, guests, images)
    undo_campaigns.check(connection, id, guests, images)
    undo_points.check(connection, scope, id, images)
    undo_house.check(connection, scope, id, guests, images)
    accounts = undo_points.remove_following(connection, id)
    _end_links(change, scope, guests, images)
    _expire_consents(change, scope, id)
    undo_feedback.remove(connection, id, images)
    removed = _remove_noted(connection, images) + undo_campaigns.remove_members(connection, images)
    restored = _restore(change, images)  # first, so that nothing refers any more to what goes away
    removed += _remove(connection, id, images) + _remove_guests(change, guests)
    undo_campaigns.remove_audiences(connection, images)
    _remove_settings(connection, images)
    undo_points.settle(change, accounts)
    identity.renew(change)
    connection.execute(sa.delete(former).where(former.c.batch_id == id))
    connection.execute(sa.update(import_batch).where(import_batch.c.id == id).values(undone_at=change.at, undone_by=scope.user))
    return {"removed": removed, "restored": restored}


def newest(connection: Connection) -> int | None:
    """Return the batch that can be undone: the newest one that stands."""
    return connection.execute(sa.select(sa.func.max(import_batch.c.id)).where(import_batch.c.undone_at.is_(None))).scalar()


def _check_newest(connection: Connection, batch: int) -> None:
    if batch != newest(connection):
        raise Refused(N_("Only the newest file can be undone. Undo those after it first."))


def _check_scope(connection: Connection, scope: Scope, batch: int) -> None:
    for table in _tables():
        if "property_id" in table.c:
            elsewhere = table.c.property_id.not_in(scope.properties)
            if connection.execute(sa.select(table.c.id).where(table.c.batch_id == batch, elsewhere).limit(1)).first():
                raise Refused(N_("This file holds rows of properties that you do not see."))


def _tables() -> list[sa.Table]:
    """Return the tables whose rows say which batch they are of, those that others refer to first."""
    return [table for table in metadata.sorted_tables if "batch_id" in table.c and table not in STAY_BEHIND]


def _own_guests(connection: Connection, batch: int, images: dict) -> list[int]:
    """Return the guests that came with the batch: they have no profile but its own."""
    added = profile.c.batch_id == batch
    others = sa.select(profile.c.guest_id).where(sa.or_(profile.c.batch_id.is_(None), profile.c.batch_id != batch))
    changed = images.get("profile", {})
    rows = connection.execute(sa.select(profile.c.id, profile.c.guest_id).where(added, profile.c.guest_id.not_in(others))).all()
    return sorted({guest_id for id_, guest_id in rows if id_ not in changed} - {guest_id for id_, guest_id in rows if id_ in changed})


def _check_untouched(connection: Connection, batch: int, guests: list[int], images: dict) -> None:
    profiles = sa.select(profile.c.id).where(among(connection, profile.c.guest_id, guests))
    leads = sa.select(lead.c.id).where(lead.c.batch_id == batch)
    by_hand = {
        note: among(connection, note.c.guest_id, guests),
        lead: lead.c.batch_id.is_(None) & among(connection, lead.c.guest_id, guests),
        lead_step: lead_step.c.batch_id.is_(None) & lead_step.c.lead_id.in_(leads),
        interaction: interaction.c.batch_id.is_(None) & sa.or_(
            among(connection, interaction.c.guest_id, guests), interaction.c.lead_id.in_(leads)),
        service_case: service_case.c.batch_id.is_(None) & service_case.c.profile_id.in_(profiles),
    }
    counts = [connection.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar_one() for table, where in by_hand.items()]
    edited = before.edited(connection, lead, batch, images.get("lead", {}))
    if any(counts) or edited:
        notes, leads, steps, talks, cases = counts
        raise Refused(t("The staff have worked with guests of this file since: notes {notes}, leads {leads}, messages and calls {talks}, "
            "cases {cases}. Remove these first, or keep the file.", notes=notes, leads=leads + max(steps, edited), talks=talks, cases=cases))


def _check_contacts(connection: Connection, batch: int) -> None:
    """Refuse where a bulk action that stands changed a guest or profile after the batch did: what it says would be lost."""
    ours, later = former.alias("ours"), former.alias("later")
    same = (later.c.table_name == ours.c.table_name) & (later.c.row_id == ours.c.row_id) & (later.c.id > ours.c.id)
    changed = ours.join(later, same).join(bulk_action, (bulk_action.c.id == later.c.bulk_action_id) & bulk_action.c.undone_at.is_(None))
    rows = connection.execute(sa.select(ours.c.table_name, ours.c.row_id).select_from(changed).where(ours.c.batch_id == batch)).all()
    guests, profiles = ({id_ for name, id_ in rows if name == table} for table in ("guest", "profile"))
    guests |= set(connection.execute(sa.select(profile.c.guest_id).where(among(connection, profile.c.id, profiles))).scalars())
    if guests:
        raise Refused(t("Contacts of this file were changed since: {n}. Undo these changes first, or keep the file.", n=len(guests)))


def _end_links(change: Change, scope: Scope, guests: list[int], images: dict) -> None:
    """End the merges that the batch made, and those that touch its guests; the others of a person stay together."""
    connection = change.connection
    own = list(images.pop("guest_link", ()))
    identity.end(change, own, scope.user)
    connection.execute(sa.delete(guest_link).where(among(connection, guest_link.c.id, own)))
    touching = sa.or_(among(connection, guest_link.c.a_id, guests), among(connection, guest_link.c.b_id, guests))
    linked = connection.execute(sa.select(guest_link.c.a_id, guest_link.c.b_id).where(touching, identity.STANDING)).all()
    for record in sorted({id_ for pair in linked for id_ in pair} & set(guests)):
        identity.take_out(change, record, scope.user)
    connection.execute(sa.delete(guest_link).where(touching))
    pairs = sa.or_(among(connection, match_pair.c.a_id, guests), among(connection, match_pair.c.b_id, guests))
    connection.execute(sa.delete(match_pair).where(pairs))
    connection.execute(sa.update(guest).where(among(connection, guest.c.loose_id, guests)).values(loose_id=None))
    connection.execute(sa.update(guest).where(among(connection, guest.c.id, guests)).values(loose_id=None))


def _expire_consents(change: Change, scope: Scope, batch: int) -> None:
    given = sa.select(consent).where(consent.c.batch_id == batch, consent.c.state == "given")
    rows = [{"guest_id": row["guest_id"], "purpose": row["purpose"], "channel": row["channel"], "state": "expired", "at": change.at,
             "source": row["source"], "actor": scope.user, "revision": change.revision}
            for row in change.connection.execute(given).mappings()]
    if rows:
        change.connection.execute(sa.insert(consent), rows)


def _remove(connection: Connection, batch: int, images: dict) -> int:
    """Remove the rows that the batch added: those of its number that were not there before."""
    removed = 0
    for table in reversed(_tables()):
        changed = among(connection, table.c.id, images.get(table.name, {}))
        removed += connection.execute(sa.delete(table).where(table.c.batch_id == batch, sa.not_(changed))).rowcount * (table is not import_reject)
    return removed


def _remove_noted(connection: Connection, images: dict) -> int:
    """Remove what the batch added to tables that do not say which batch a row is of: tags, and search terms of known guests."""
    tags = images.pop("tag", {})
    removed = connection.execute(sa.delete(tag).where(among(connection, tag.c.id, tags))).rowcount
    for guest_id, added in images.pop("search_term", {}).items():
        for place, term in json.loads(added):
            s = search_term.c
            connection.execute(sa.delete(search_term).where(s.property_id == place, s.term == term, s.guest_id == guest_id))
    return removed


def _restore(change: Change, images: dict) -> int:
    """Put back what stood there, rows that others refer to first."""
    restored = 0
    for table in metadata.sorted_tables:
        rows = {id_: row for id_, row in images.get(table.name, {}).items() if row is not before.NEW}
        if rows:
            before.restore(change.connection, table.name, rows, change.revision)
        restored += len(rows)
    return restored


def _remove_guests(change: Change, guests: list[int]) -> int:
    """Remove the batch's own guests; one with a consent event stays as an empty row, because the event may not be lost."""
    connection = change.connection
    for table in OWNED:
        connection.execute(sa.delete(table).where(among(connection, table.c.guest_id, guests)))
    for table in (lead, interaction):
        connection.execute(sa.update(table).where(among(connection, table.c.guest_id, guests)).values(guest_id=None))
    kept = set(connection.execute(sa.select(consent.c.guest_id).where(among(connection, consent.c.guest_id, guests))).scalars())
    empty = {column.name: None for column in guest.c if column.info.get("personal")} | {"country": None, "language": None}
    connection.execute(sa.update(guest).where(among(connection, guest.c.id, kept)).values(
        **empty, erased_at=change.at, revision=change.revision, version=guest.c.version + 1))
    return connection.execute(sa.delete(guest).where(among(connection, guest.c.id, set(guests) - kept))).rowcount


def _remove_settings(connection: Connection, images: dict) -> None:
    """Remove the properties and channels that the batch created, where nobody has edited or used them since."""
    for name in FOUND_IN_SETTINGS:
        table = metadata.tables[name]
        for id_ in [id_ for id_, row in images.get(name, {}).items() if row is before.NEW]:
            used = [sa.exists().where(column == id_) for other in metadata.sorted_tables for column in other.c if column.references(table.c.id)]
            connection.execute(sa.delete(table).where(table.c.id == id_, table.c.version == 1, *(sa.not_(one) for one in used)))
