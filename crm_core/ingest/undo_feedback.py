"""A batch with reviews or cases is undone: what the scorer read goes with them, what people made of them forbids it."""
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm_core.i18n import t
from crm_core.ingest import former as before
from crm_core.ingest.lookup import among
from crm_core.records import review_search
from crm_core.records.registry import Refused
from crm_core.schema import case_step, correction, interaction, invitation, mention, profile, review, review_score, service_case, stay

READ = (review_score, mention, correction)


def check(connection: Connection, batch: int, guests: list[int], images: dict) -> None:
    """Raise Refused where people answered or corrected reviews of a batch, sent surveys to its guests or worked on its cases since."""
    asked = {correction: correction.c.review_id.in_(_own(review, batch)),
             invitation: _by_hand(invitation) & sa.or_(invitation.c.stay_id.in_(_own(stay, batch)), invitation.c.profile_id.in_(_profiles(connection, guests)))}
    corrections, surveys = (_count(connection, table, where) for table, where in asked.items())
    answers = before.edited(connection, review, batch, images.get("review", {}))
    cases = max(before.edited(connection, service_case, batch, images.get("service_case", {})),
                _count(connection, case_step, _by_hand(case_step) & case_step.c.service_case_id.in_(_own(service_case, batch))))
    cases += _count(connection, service_case, _opened_from(batch))
    if answers or corrections or surveys or cases:
        raise Refused(t("The staff have worked with reviews, surveys or cases of this file since: answers {answers}, corrections {corrections}, surveys sent "
            "{surveys}, cases {cases}. The file has to stay.", answers=answers, corrections=corrections, surveys=surveys, cases=cases))


def remove(connection: Connection, batch: int, images: dict) -> None:
    """Remove what was read in the reviews of a batch, those that it changed too: these are read anew. Call it while the reviews still stand."""
    own = list(connection.execute(_own(review, batch)).scalars())
    for table in READ:
        connection.execute(sa.delete(table).where(among(connection, table.c.review_id, own)))
    review_search.forget(connection, [id_ for id_ in own if id_ not in images.get("review", {})])


def _own(table: sa.Table, batch: int) -> sa.Select:
    return sa.select(table.c.id).where(table.c.batch_id == batch)


def _by_hand(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.batch_id.is_(None)


def _profiles(connection: Connection, guests: list[int]) -> sa.Select:
    return sa.select(profile.c.id).where(among(connection, profile.c.guest_id, guests))


def _opened_from(batch: int) -> sa.ColumnElement[bool]:
    """Cases that people opened from what a batch brought: from a review, a message, or of a stay."""
    c = service_case.c
    return _by_hand(service_case) & sa.or_(c.review_id.in_(_own(review, batch)), c.interaction_id.in_(_own(interaction, batch)), c.stay_id.in_(_own(stay, batch)))


def _count(connection: Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar_one()
