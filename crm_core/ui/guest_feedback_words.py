"""What is remembered of a guest's reviews and complaints, in words: what pleased, what annoyed and when, and whether it was solved."""
import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from crm_core import formats
from crm_core.i18n import t, tn
from crm_core.telling.case_words import title
from crm_core.telling.feedback_words import aspect

MONTHS = 24  # older blame is no news at the desk
MOST = 3


def named(reviews: Sequence[Mapping], label: str) -> list[str]:
    """Return the aspects that reviews praise or blame (`label`), most often named first, in lower-case words."""
    found = Counter(a for card in reviews for a in {m["aspect"] for m in card["mentions"] if m["label"] == label and m["aspect"] != "general"})
    return [aspect(a).lower() for a, _ in found.most_common(MOST)]


def annoyed(reviews: Sequence[Mapping], cases: Sequence[Mapping], today: dt.date) -> list[tuple[str, bool]]:
    """Return up to three sentences on what annoyed in the last two years, newest first, with whether it still waits for somebody.

    Reviews that blame something tell whether the case opened from them is solved; complaints made otherwise follow by their day.
    """
    since, by_id = today - dt.timedelta(MONTHS * 365 // 12), {row["id"]: row for row in cases}
    told = [(card["reviewed_on"], _blamed(card), by_id.get(card["case_id"])) for card in reviews if card["reviewed_on"] and named([card], "negative")]
    of_reviews = {card["case_id"] for card in reviews if card["reviewed_on"] and named([card], "negative")}
    told += [(dt.date.fromisoformat(row["opened_at"][:10]), _complained(row), row) for row in cases if row["kind"] != "request" and row["id"] not in of_reviews]
    recent = sorted((one for one in told if one[0] >= since), key=lambda one: one[0], reverse=True)[:MOST]
    return [(_with_case(said, case), bool(case and case["status"] != "closed")) for _, said, case in recent]


def _blamed(card: Mapping) -> str:
    return t("Annoyed by {aspects} in {month}", aspects=formats.listed(named([card], "negative")), month=formats.month(card["reviewed_on"]))


def _complained(row: Mapping) -> str:
    return t("{what}, in {month}", what=title(row), month=formats.month(dt.date.fromisoformat(row["opened_at"][:10])))


def _with_case(said: str, case: Mapping | None) -> str:
    if case is None:
        return said
    return t("{what}; the case is solved", what=said) if case["status"] == "closed" else t("{what}; the case is still open", what=said)


def spoken_title(reviews: Sequence[Mapping]) -> str:
    """Return what pleased and annoyed a guest over all reviews; without marks, how many there are."""
    pleased, blamed = named(reviews, "positive"), named(reviews, "negative")
    if pleased and blamed:
        return t("Pleased by {pleased}; annoyed by {annoyed}", pleased=formats.listed(pleased), annoyed=formats.listed(blamed))
    if pleased:
        return t("Pleased by {aspects}", aspects=formats.listed(pleased))
    if blamed:
        return t("Annoyed by {aspects}", aspects=formats.listed(blamed))
    return tn("{n} review", "{n} reviews", len(reviews), n=formats.count(len(reviews)))


def spoken(reviews: Sequence[Mapping]) -> list[tuple[dt.date, float]]:
    """Return how well a guest spoke of us through time, oldest first: (day, −100 to +100) of every review that was read."""
    read = [card for card in reviews if card["reviewed_on"] and card["score"] and card["score"]["label"] and card["score"]["polarity_ppm"] is not None]
    return sorted((card["reviewed_on"], card["score"]["polarity_ppm"] / 10_000) for card in read)
