"""A batch with events, people who work here or notes is undone: what people did with them since forbids it."""
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.i18n import N_, t
from crm_core.ingest import former as before
from crm_core.ingest.lookup import among
from crm_core.records.registry import Refused
from crm_core.schema import annotation, attendance, certificate, event, learning, profile, staff
from crm_core.scope import Scope


def check(connection: Connection, scope: Scope, batch: int, guests: list[int], images: dict) -> None:
    """Raise Refused where rows of a batch are of other properties, or people worked with its events, its guests at events, its staff or notes."""
    _check_scope(connection, scope, batch)
    events, people = (_added(connection, table, batch, images) for table in (event, staff))
    theirs = sa.select(profile.c.id).where(among(connection, profile.c.guest_id, guests))
    edited = {table.name: before.edited(connection, table, batch, images.get(table.name, {})) for table in (event, attendance, staff, certificate, annotation)}
    registered = attendance.c.batch_id.is_(None) & (attendance.c.event_id.in_(events) | attendance.c.profile_id.in_(theirs))
    awarded = certificate.c.batch_id.is_(None) & certificate.c.staff_id.in_(people)
    registrations = edited["attendance"] + _count(connection, attendance, registered)
    certificates = edited["certificate"] + _count(connection, certificate, awarded) + _count(connection, learning, learning.c.staff_id.in_(people))
    if edited["event"] or registrations or edited["staff"] or certificates or edited["annotation"]:
        raise Refused(t("The staff have worked with events, people or notes of this file since: events {events}, registrations {registrations}, people "
            "{people}, certificates and lessons {certificates}, notes {notes}. The file has to stay.", events=edited["event"],
            registrations=registrations, people=edited["staff"], certificates=certificates, notes=edited["annotation"]))


def _check_scope(connection: Connection, scope: Scope, batch: int) -> None:
    """Registrations and certificates have the property of their event or person."""
    for table, owner, reference in ((attendance, event, attendance.c.event_id), (certificate, staff, certificate.c.staff_id)):
        elsewhere = sa.select(owner.c.id).where(owner.c.property_id.not_in(scope.properties))
        if _count(connection, table, (table.c.batch_id == batch) & reference.in_(elsewhere)):
            raise Refused(N_("This file holds rows of properties that you do not see."))


def _added(connection: Connection, table: sa.Table, batch: int, images: dict) -> sa.Select:
    """The rows that a batch added, which go away with it: not those that it changed only."""
    return sa.select(table.c.id).where(table.c.batch_id == batch, sa.not_(among(connection, table.c.id, images.get(table.name, {}))))


def _count(connection: Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar_one()
