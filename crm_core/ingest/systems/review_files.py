"""Lists of reviews: the public set of Booking.com reviews with two texts, and review services with rating, title and text."""
from crm_core.i18n import N_
from crm_core.ingest.aliases import folded
from crm_core.ingest.chunk import Chunk
from crm_core.ingest.systems import deriving
from crm_core.ingest.systems.source import Source
from crm_core.ingest.written import Form

NOTHING_SAID = frozenset(("nonegative", "nopositive", "nothing", ""))


def prepare_two_texts(chunk: Chunk, form: Form) -> None:
    """Empty the texts that only say that there is none, and read the tags out of their list."""
    for column in ("liked", "disliked"):
        deriving.change(chunk, column, lambda cell: "" if folded(cell) in NOTHING_SAID else cell.strip())
    deriving.change(chunk, "tags", deriving.listed)
    deriving.change(chunk, "guest_country", str.strip)


def prepare_ratings(chunk: Chunk, form: Form) -> None:
    """Keep the month of travel where a whole date stands for it."""
    deriving.change(chunk, "stay_month", lambda cell: cell.strip()[:7] if cell.strip()[4:5] == "-" else cell)


SOURCES = (
    Source(
        "reviews_booking_com", N_("Booking.com reviews (public data set)"), "reviews",
        columns={
            "property": ("Hotel_Name",), "reviewed_on": ("Review_Date",), "score": ("Reviewer_Score",), "liked": ("Positive_Review",),
            "disliked": ("Negative_Review",), "guest_country": ("Reviewer_Nationality",), "tags": ("Tags",)},
        constants={"score_scale": "10"}, prepare=prepare_two_texts, closed=True,
        signature=("Reviewer_Score", "Positive_Review", "Negative_Review", "Review_Date", "Reviewer_Nationality"), enough=3),
    Source(
        "reviews_tripadvisor", N_("Reviews with rating, title and text"), "reviews",
        columns={
            "review_id": ("reviewId", "id"), "property": ("placeName",), "reviewed_on": ("publishedDate",), "stay_month": ("travelDate",),
            "score": ("rating",), "title": ("title",), "text": ("text",), "language": ("lang",), "author": ("user.name",)},
        constants={"score_scale": "5"}, prepare=prepare_ratings,
        signature=("rating", "publishedDate", "travelDate", "title", "text"), enough=4),
)
