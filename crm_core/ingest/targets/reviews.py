"""Reviews and survey answers, as their sources have them."""
from decimal import Decimal

from crm_core.i18n import N_
from crm_core.ingest.targets.definition import EMAIL, GUEST_REF, PROPERTY, Column, Target
from crm_core.ingest.targets.landing import Landing, Misfit, Row, instant, land, on
from crm_core.schema import review

USUAL_SCALE = "10"


def _review(landing: Landing, row: Row) -> dict:
    stay = landing.find.stay(row, landing.places[row.property].id if row.property else None)
    place, profile = landing.place(row, stay), landing.find.profile(row, stay)
    landing.counts["unlinked"] += profile is None and any(row[name] for name in ("confirmation", "email", "guest_ref"))
    same = ("stay_month", "language", "title", "text", "liked", "disliked", "author", "tags", "room", "answer")
    return {name: row[name] for name in same} | {
        "property_id": place.id, "profile_id": profile, "stay_id": stay and stay.id, "reviewed_on": on(row["reviewed_on"]),
        "country": row["guest_country"], "score_bp": _basis_points(row), "answered_at": instant(row["answered_on"], place.time_zone)}


def _basis_points(row: Row) -> int | None:
    """Return the score as a share of the best one, in hundredths of a per cent; None for a review without a score."""
    if row["score"] is None:
        return None
    score, scale = Decimal(row["score"]), Decimal(row["score_scale"] or USUAL_SCALE)
    if not 0 <= score <= scale or not scale:
        raise Misfit("score", "score")
    return int((score / scale * 10_000).to_integral_value())


def write(landing: Landing) -> None:
    """Write reviews, each linked with its stay and guest where they are known."""
    land(landing, review, _review)


REVIEWS = Target("reviews", N_("Reviews"), N_("One row per review or survey answer."), (
    Column("review_id", N_("The review's number. With it a later file updates the review."), "id", False, "RV-88"),
    PROPERTY,
    Column("reviewed_on", N_("The day the review was written."), "day", True, "2025-04-03"),
    Column("stay_month", N_("The month of the stay as 2025-03."), "month", False, "2025-03"),
    Column("score", N_("The score as the source gives it."), "decimal", False, "8.4"),
    Column("score_scale", N_("The best score that can be given: 5, 10 or 100; 10 where it is empty."), "decimal", False, "10"),
    Column("title", N_("The review's title."), "prose", False, "Lovely stay"),
    Column("text", N_("The review's text."), "prose", False, "Friendly people and a quiet room."),
    Column("liked", N_("What the guest liked, where the source asks for it apart."), "prose", False, ""),
    Column("disliked", N_("What the guest did not like, where the source asks for it apart."), "prose", False, ""),
    Column("language", N_("The text's language as a code."), "language", False, "en"),
    Column("guest_country", N_("The guest's country as a code or an English name."), "country", False, "DE"),
    Column("author", N_("The name under which the review stands."), "text", False, "Anna W."),
    Column("tags", N_("What the source says about the stay, separated by semicolons or commas."), "words", False, "couple; leisure trip"),
    Column("confirmation", N_("The number of the booking that the review is about."), "id", False, "R-1001"),
    EMAIL, GUEST_REF,
    Column("room", N_("The room's number or type."), "text", False, ""),
    Column("answer", N_("The hotel's answer."), "prose", False, ""),
    Column("answered_on", N_("The day, or the moment, of the answer."), "instant", False, ""),
), needs=("score", "text", "liked", "disliked", "title"), number="review_id", write=write)
