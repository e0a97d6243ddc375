"""Reviews and survey answers, as their sources have them."""
import datetime as dt
from decimal import Decimal

from crm_core.i18n import N_
from crm_core.ingest.targets.definition import EMAIL, GUEST_REF, PROPERTY, Column, Target, words
from crm_core.ingest.targets.landing import Landing, Misfit, Row, instant, land, on
from crm_core.schema import PLATFORMS, REVIEW_KINDS, review

USUAL_SCALE = "10"
# What the lowest score is where the file does not say: stars and points begin at one, percentages at none.
LOWEST = {5: 1, 10: 1}
TEXTS = ("title", "text", "liked", "disliked")
# Where reviews of a known source come from.
PLATFORM_OF = {"reviews_booking_com": "booking_com", "reviews_tripadvisor": "tripadvisor", "airbnb_reviews": "airbnb"}
SPELLED = words(*PLATFORMS, booking_com="booking bookingcom", google="googlemaps googlereviews", expedia="hotelscom vrbo", survey="questionnaire internal own",
                other="website direct")
KINDS = words(*REVIEW_KINDS, survey="questionnaire answer", review="publicreview")


def _review(landing: Landing, row: Row) -> dict:
    stay = landing.find.stay(row, landing.places[row.property].id if row.property else None)
    place, profile = landing.place(row, stay), landing.find.profile(row, stay)
    landing.counts["unlinked"] += profile is None and any(row[name] for name in ("confirmation", "email", "guest_ref"))
    same = ("stay_month", "language", *TEXTS, "author", "tags", "room", "answer")
    kind = row["kind"] or ("survey" if row["platform"] == "survey" or row["nps"] is not None else "review")
    score, floor = _between(row, "score", "score_scale", row["score_lowest"])
    asked = {"nps": _within(row, "nps", 0, 10), "ces": _within(row, "ces", 1, 7), "csat_bp": _between(row, "csat", "csat_scale", None, "5")[0]}
    return {name: row[name] for name in same} | asked | {
        "property_id": place.id, "profile_id": profile, "stay_id": stay and stay.id, "reviewed_on": _written_on(row), "kind": kind,
        "platform": row["platform"] or ("survey" if kind == "survey" else PLATFORM_OF.get(landing.source, "")), "country": row["guest_country"],
        "score_bp": score, "floor_bp": floor, "reviewed_at": instant(row["reviewed_at"], place.time_zone), "words": _words(row),
        "answered_at": instant(row["answered_on"], place.time_zone), "answered_by": row["answered_by"] or ""}


def _written_on(row: Row) -> dt.date | None:
    """The day on which a review was written; nobody has written one tomorrow. Raises Misfit."""
    day = on(row["reviewed_on"])
    if day and day > dt.date.today() + dt.timedelta(1):  # it may be tomorrow already elsewhere
        raise Misfit("reviewed_on", "after_today")
    return day


def _within(row: Row, column: str, least: int, most: int) -> int | None:
    """An answer on a scale of its own; raises Misfit for one outside it."""
    if row[column] is not None and not least <= row[column] <= most:
        raise Misfit(column, "score")
    return row[column]


def _words(row: Row) -> int:
    """How many words the guest wrote; signs of a script without blanks between words count as one for two."""
    said = " ".join(row[name] or "" for name in TEXTS)
    return sum(max(1, sum("\u3040" <= c <= "\u9fff" for c in word) // 2) for word in said.split() if any(c.isalnum() for c in word))


def _between(row: Row, column: str, scale: str, lowest: str | None, usual: str = USUAL_SCALE) -> tuple[int | None, int]:
    """Return a score and the lowest that can be given, as shares of the best one in hundredths of a per cent; (None, 0) without a score.

    A score of none where the scale is thought to begin at one says that it begins at none. Raises Misfit for one outside its scale.
    """
    if row[column] is None:
        return None, 0
    score, best = Decimal(row[column]), Decimal(row[scale] or usual)
    told = Decimal(lowest) if lowest is not None else Decimal(LOWEST.get(int(best), 0))
    least = Decimal(0) if lowest is None and 0 <= score < told else told
    if not best or not least <= score <= best or least >= best:
        raise Misfit(column, "score")
    return tuple(int((value / best * 10_000).to_integral_value()) for value in (score, least))


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
    Column("score_lowest", N_("The lowest score that can be given; 1 of 5 and of 10, 0 of 100 where it is empty."), "decimal", False, ""),
    Column("kind", N_("review or survey; survey where the platform is one, or a recommendation is given."), "word", False, "review", KINDS, "review"),
    Column("platform", N_("Where it was written: booking_com, tripadvisor, google, expedia, airbnb, survey or other."), "word", False, "google", SPELLED, "other"),
    Column("reviewed_at", N_("The moment it was written, where the source tells it; a time without a zone is the property's."), "instant", False, ""),
    Column("nps", N_("Would the guest recommend the house, 0 to 10 (surveys)."), "whole", False, ""),
    Column("csat", N_("How satisfied the guest is (surveys)."), "decimal", False, ""),
    Column("csat_scale", N_("The best satisfaction that can be given; 5 where it is empty."), "decimal", False, ""),
    Column("ces", N_("How easy it was, 1 to 7 (surveys)."), "whole", False, ""),
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
    Column("answered_by", N_("Who answered."), "text", False, ""),
), needs=("score", "text", "liked", "disliked", "title", "nps", "csat", "ces"), number="review_id", write=write)
