"""What a guest said of us, was asked, and complained of, as events of the timeline."""
import datetime as dt

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.engine import Connection

from crm_core import formats
from crm_core.i18n import N_, t
from crm_core.records.events import Event
from crm_core.records.persons import members
from crm_core.records.reviews import BOXES
from crm_core.schema import invitation, profile, property, review, service_case, survey
from crm_core.scope import Scope

LONGEST = 400  # letters of a text that the timeline shows
PLATFORMS = {"booking_com": "Booking.com", "tripadvisor": "TripAdvisor", "google": "Google", "expedia": "Expedia", "airbnb": "Airbnb"}
COMPLAINTS = {
    "noise": N_("Complaint about noise"), "cleanliness": N_("Complaint about cleanliness"), "air": N_("Complaint about air or heating"),
    "billing": N_("Complaint about the bill"), "wifi": N_("Complaint about Wi-Fi"), "staff": N_("Complaint about staff"),
    "food": N_("Complaint about food"), "request": N_("Request"),
}  # fmt: skip
BEST = 10_000  # a score's share of the best, in hundredths of a per cent


def _theirs(table: sa.Table, guest: int, scope: Scope) -> sa.ColumnElement[bool]:
    records = select(profile.c.id).where(profile.c.guest_id.in_(members(guest)))
    return table.c.profile_id.in_(records) & table.c.property_id.in_(scope.properties)


def reviews(connection: Connection, scope: Scope, guest: int) -> list[Event]:
    """Reviews and survey answers, with score and text; those without a day are left out."""
    rows = connection.execute(select(review, property.c.name.label("place")).join(property, property.c.id == review.c.property_id)
                              .where(_theirs(review, guest, scope), review.c.reviewed_on.is_not(None)).order_by(review.c.reviewed_on)).mappings()
    return [Event(row["reviewed_on"], "reviews", "rate_review", _reviewed(row), _words(row)) for row in rows]


def _reviewed(row: sa.RowMapping) -> str:
    via = PLATFORMS.get(row["platform"])
    head = t("Survey answered") if row["kind"] == "survey" else t("Review on {platform}", platform=via) if via else t("Review")
    return ", ".join(filter(None, (head, row["place"], score_text(row["score_bp"], row["floor_bp"]))))


def score_text(score_bp: int | None, floor_bp: int) -> str:
    """Return a score on the scale on which it was given, such as "4 of 5"; scales that begin at 0 are told out of ten. Empty without a score."""
    if score_bp is None:
        return ""
    best = round(BEST / floor_bp) if floor_bp else 10
    score = score_bp * best / BEST
    return t("{score} of {best}", score=formats.decimal(score, 0 if score == round(score) else 1), best=formats.count(best))


def _words(row: sa.RowMapping) -> str:
    return " · ".join(filter(None, (row[box] for box in BOXES)))[:LONGEST]


def surveys(connection: Connection, scope: Scope, guest: int) -> list[Event]:
    """Each time the guest was asked to answer a survey."""
    rows = connection.execute(select(invitation.c.sent_on, survey.c.name).join(survey, survey.c.id == invitation.c.survey_id)
                              .where(_theirs(invitation, guest, scope), invitation.c.sent_on.is_not(None)).order_by(invitation.c.sent_on))
    return [Event(row.sent_on, "surveys", "forward_to_inbox", t("Asked to answer a survey"), row.name) for row in rows]


def cases(connection: Connection, scope: Scope, guest: int) -> list[Event]:
    """Complaints and requests, until they were solved; an open one asks for action."""
    rows = connection.execute(select(service_case).where(_theirs(service_case, guest, scope)).order_by(service_case.c.opened_at)).mappings()
    return [Event(_day(row["opened_at"]), "cases", "support_agent", t(COMPLAINTS.get(row["kind"], N_("Complaint"))), (row["text"] or "")[:LONGEST],
                  None if row["status"] == "closed" else "orange", _day(row["closed_at"])) for row in rows]


def _day(at: str | None) -> dt.date | None:
    return at and dt.date.fromisoformat(at[:10])
